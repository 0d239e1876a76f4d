/* tools/handfast/serve_http.h: the head of an HTTP request, RFC 9112.  Knows no
 * connection. */
#ifndef CLI_SERVE_HTTP_H
#define CLI_SERVE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum { CLI_HTTP_HEAD_MAX = 8192 };

struct cli_http {
    int status;       /* 200: it is in order; else what is to be answered */
    bool is_head;     /* the method is HEAD */
    bool is_1_0;      /* HTTP/1.0 */
    bool keep_alive;  /* the client wants the connection to stay, and it can */
    const char *path; /* from the first '/', without the query; not terminated */
    size_t path_len;
};

/* How many bytes the head has, with the empty line at its end; 0: it is not whole yet. */
size_t cli_http_head_length(const char *bytes, size_t count);
/* bytes is one whole head. */
struct cli_http cli_http_parse(const char *bytes, size_t count);
/* "404 Not Found". */
const char *cli_http_status(int status);

#endif
