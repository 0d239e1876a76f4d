/* tools/handfast/paragraph.h: text in lines that fit the terminal. */
#ifndef CLI_PARAGRAPH_H
#define CLI_PARAGRAPH_H

#include "terminal.h"

/* Prints text behind what stands on the line already (column characters), in lines that
 * begin at indent, and ends the last one.  Words are not divided. */
void cli_paragraph(const struct cli_terminal *t, int column, int indent,
                   const char *text);

#endif
