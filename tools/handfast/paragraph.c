/* tools/handfast/paragraph.c: text in lines that fit the terminal; 80 columns where there
 * is none. */
#include "paragraph.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL = 80, NARROWEST = 30, WIDEST = 100 };

static int width_of(FILE *out)
{
    struct winsize size = {.ws_col = 0};
    int width = USUAL;

    if (isatty(fileno(out)) == 1 && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0)
        width = size.ws_col;
    return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
}

/* Columns of UTF-8: one for each character. */
static int columns_of(const char *text, size_t len)
{
    int n = 0;

    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

void cli_paragraph(const struct cli_terminal *t, int column, int indent, const char *text)
{
    int width = width_of(t->out);
    bool begun = false;

    for (const char *p = text + strspn(text, " "); *p != '\0'; p += strspn(p, " ")) {
        size_t len = strcspn(p, " ");
        int columns = columns_of(p, len);

        if (begun && column + 1 + columns > width) {
            fprintf(t->out, "\n%*s", indent, "");
            column = indent;
        } else if (begun) {
            fputc(' ', t->out);
            column++;
        }
        fwrite(p, 1, len, t->out);
        column += columns;
        begun = true;
        p += len;
    }
    fputc('\n', t->out);
}
