/* tools/handfast/serve_page.h: what --www shows. */
#ifndef CLI_SERVE_PAGE_H
#define CLI_SERVE_PAGE_H

#include "server.h"

#include <stdio.h>

/* The page about this connection. */
void cli_page_connection(FILE *out, const struct cli_client *c);
/* A page that says this status alone. */
void cli_page_status(FILE *out, const char *status);

#endif
