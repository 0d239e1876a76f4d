/* tools/handfast/serve_www.c: --www: answers requests, one after the other.
 *
 * A request's head is kept until it is whole, and only then; it has the idle timeout in
 * all, so that nobody holds a connection with a byte now and then. */
#include "serve_http.h"
#include "serve_page.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct cli_request {
    size_t len;
    char bytes[CLI_HTTP_HEAD_MAX + CLI_SCRATCH];
};

struct answer {
    int status;
    const char *type;
    char *body;
    size_t len;
};

void cli_www_free(struct cli_client *c)
{
    free(c->request);
    c->request = NULL;
}

/* ---- what is answered ---- */

static bool is_path(const struct cli_http *h, const char *path)
{
    return h->path_len == strlen(path) && memcmp(h->path, path, h->path_len) == 0;
}

static const char icon[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">"
    "<rect x=\"2\" y=\"7\" width=\"12\" height=\"8\" rx=\"2\" fill=\"#1a7f5a\"/>"
    "<path d=\"M5 7V5a3 3 0 0 1 6 0v2\" fill=\"none\" stroke=\"#1a7f5a\" "
    "stroke-width=\"2\"/></svg>\n";

static void write_json(FILE *out, const hf_conn *conn)
{
    size_t size = hf_conn_json(conn, NULL, 0) + 1;
    char *text = malloc(size);

    if (text != NULL && hf_conn_json(conn, text, size) < size)
        fprintf(out, "%s\n", text);
    free(text);
}

static void write_body(FILE *out, struct answer *a, const struct cli_http *h,
                       const struct cli_client *c)
{
    a->type = "text/html; charset=utf-8";
    if (h->status == 200 && is_path(h, "/")) {
        cli_page_connection(out, c);
    } else if (h->status == 200 && is_path(h, "/connection.json")) {
        a->type = "application/json";
        write_json(out, c->conn);
    } else if (h->status == 200 && is_path(h, "/icon.svg")) {
        a->type = "image/svg+xml";
        fputs(icon, out);
    } else {
        a->status = h->status == 200 ? 404 : h->status;
        cli_page_status(out, cli_http_status(a->status));
    }
}

static bool make_answer(struct answer *a, const struct cli_http *h,
                        const struct cli_client *c)
{
    FILE *out;

    *a = (struct answer){.status = h->status};
    out = open_memstream(&a->body, &a->len);
    if (out == NULL)
        return false;
    write_body(out, a, h, c);
    if (fclose(out) == 0 && a->body != NULL)
        return true;
    free(a->body);
    return false;
}

/* RFC 9110 5.6.7 */
static void format_date(char *out, size_t size)
{
    time_t now = time(NULL);
    struct tm tm;

    out[0] = '\0';
    if (gmtime_r(&now, &tm) != NULL)
        (void)strftime(out, size, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

/* Of what came from the client the page shows only what is escaped; the policy sees to it
 * that nothing could run, if it were not. */
static bool send_answer(struct cli_client *c, const struct cli_http *h)
{
    struct answer a;
    char head[700], date[64];
    bool sent;

    if (!make_answer(&a, h, c)) {
        cli_client_close(c);
        return false;
    }
    format_date(date, sizeof date);
    snprintf(head, sizeof head,
             "HTTP/1.1 %s\r\nDate: %s\r\nServer: handfast\r\nContent-Type: %s\r\n"
             "Content-Length: %zu\r\n%sCache-Control: no-store\r\n"
             "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
             "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
             "img-src 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"
             "Connection: %s\r\n\r\n",
             cli_http_status(a.status), date, a.type, a.len,
             a.status == 405 ? "Allow: GET, HEAD\r\n" : "",
             h->keep_alive ? "keep-alive" : "close");
    sent = cli_client_send(c, head, strlen(head)) &&
           (h->is_head || cli_client_send(c, a.body, a.len));
    free(a.body);
    return sent;
}

/* ---- requests ---- */

static void answer(struct cli_client *c, const struct cli_http *h)
{
    cli_client_touch(c);
    if (!send_answer(c, h) || h->keep_alive)
        return;
    cli_www_free(c);
    cli_client_close(c);
}

bool cli_www_next(struct cli_client *c)
{
    struct cli_request *r = c->request;
    size_t len = r != NULL ? cli_http_head_length(r->bytes, r->len) : 0;
    struct cli_http h;

    if (r == NULL)
        return false;
    if (len == 0 && r->len < CLI_HTTP_HEAD_MAX)
        return false;
    if (len == 0 || len > CLI_HTTP_HEAD_MAX) {
        h = (struct cli_http){.status = 431, .path = ""};
        answer(c, &h);
        return true;
    }
    h = cli_http_parse(r->bytes, len);
    answer(c, &h);
    r = c->request;
    if (r == NULL || c->state != CLI_CLIENT_OPEN)
        return true;
    r->len -= len;
    memmove(r->bytes, r->bytes + len, r->len);
    if (r->len == 0)
        cli_www_free(c);
    return true;
}

void cli_www_input(struct cli_client *c, const uint8_t *bytes, size_t count)
{
    if (c->request == NULL)
        c->request = calloc(1, sizeof *c->request);
    if (c->request == NULL) {
        cli_client_close(c);
        return;
    }
    memcpy(c->request->bytes + c->request->len, bytes, count);
    c->request->len += count;
}

/* A method, and what is asked for: RFC 9112 3.  CONNECT takes us for a proxy. */
bool cli_www_is_plain(const char *bytes, size_t count)
{
    size_t at = 0;

    while (at < count && bytes[at] >= 'A' && bytes[at] <= 'Z')
        at++;
    return at > 0 && at + 1 < count && bytes[at] == ' ' &&
           (bytes[at + 1] == '/' || bytes[at + 1] == '*');
}
