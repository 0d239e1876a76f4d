/* tools/handfast/serve_http.c: the head of an HTTP request, HTTP/1.0 and 1.1: RFC 9110,
 * RFC 9112.  Where two readers of a request could differ in what it says (RFC 9112 11.2),
 * it is refused. */
#include "serve_http.h"

#include <string.h>
#include <strings.h>

struct text {
    const char *p;
    size_t len;
};

struct headers {
    int hosts;
    bool has_length, has_coding, close, keep_alive, bad;
};

static bool is(struct text t, const char *word)
{
    return t.len == strlen(word) && strncasecmp(t.p, word, t.len) == 0;
}

/* RFC 9110 5.6.2 */
static bool is_token(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && !(c >= '0' && c <= '9') &&
            (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return t.len > 0;
}

/* Up to the separator, which is passed over; all that is left if there is none. */
static struct text take_until(struct text *from, char separator)
{
    const char *end = from->len > 0 ? memchr(from->p, separator, from->len) : NULL;
    struct text part = {from->p, end != NULL ? (size_t)(end - from->p) : from->len};
    size_t passed = part.len + (end != NULL ? 1 : 0);

    from->p += passed;
    from->len -= passed;
    return part;
}

static struct text take_line(struct text *from)
{
    struct text line = take_until(from, '\n');

    if (line.len > 0 && line.p[line.len - 1] == '\r')
        line.len--;
    return line;
}

static struct text trim(struct text t)
{
    while (t.len > 0 && (t.p[0] == ' ' || t.p[0] == '\t')) {
        t.p++;
        t.len--;
    }
    while (t.len > 0 && (t.p[t.len - 1] == ' ' || t.p[t.len - 1] == '\t'))
        t.len--;
    return t;
}

/* Text alone: a control character, a lone CR among them, is read differently by others.
 */
static bool is_clean(struct text line)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.p[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

size_t cli_http_head_length(const char *bytes, size_t count)
{
    struct text left = {bytes, count};
    bool begun = false;

    while (left.len > 0 && memchr(left.p, '\n', left.len) != NULL) {
        struct text line = take_line(&left);

        if (line.len == 0 && begun)
            return (size_t)(left.p - bytes);
        begun = begun || line.len > 0; /* RFC 9112 2.2: empty lines before it */
    }
    return 0;
}

/* ---- the first line ---- */

/* "/path?query", "http://host/path", "*" */
static void take_target(struct cli_http *h, struct text target)
{
    const char *scheme = NULL;

    for (size_t i = 0; scheme == NULL && i + 2 < target.len; i++)
        if (memcmp(target.p + i, "://", 3) == 0)
            scheme = target.p + i + 3;
    if (target.len > 0 && target.p[0] != '/' && scheme != NULL) {
        target.len -= (size_t)(scheme - target.p);
        target.p = scheme;
        (void)take_until(&target, '/');
        target.p--;
        target.len++;
    }
    target = take_until(&target, '?');
    h->path = target.p;
    h->path_len = target.len;
}

static int take_version(struct cli_http *h, struct text version)
{
    if (version.len != 8 || memcmp(version.p, "HTTP/", 5) != 0 || version.p[6] != '.' ||
        version.p[5] < '0' || version.p[5] > '9' || version.p[7] < '0' ||
        version.p[7] > '9')
        return 400;
    if (version.p[5] != '1')
        return 505;
    h->is_1_0 = version.p[7] == '0';
    return 200;
}

static int take_request_line(struct cli_http *h, struct text line)
{
    struct text method = take_until(&line, ' ');
    struct text target = take_until(&line, ' ');
    int status = take_version(h, line);

    if (!is_token(method) || target.len == 0 || status == 400)
        return 400;
    h->is_head = method.len == 4 && memcmp(method.p, "HEAD", 4) == 0;
    if (status != 200)
        return status;
    take_target(h, target);
    if (!h->is_head && !(method.len == 3 && memcmp(method.p, "GET", 3) == 0))
        return 405;
    return 200;
}

/* ---- the others ---- */

static void take_connection(struct headers *all, struct text value)
{
    while (value.len > 0) {
        struct text option = trim(take_until(&value, ','));

        all->close = all->close || is(option, "close");
        all->keep_alive = all->keep_alive || is(option, "keep-alive");
    }
}

static void take_length(struct headers *all, struct text value)
{
    bool is_zero = true;

    all->bad = all->bad || value.len == 0;
    for (size_t i = 0; i < value.len; i++) {
        all->bad = all->bad || value.p[i] < '0' || value.p[i] > '9';
        is_zero = is_zero && value.p[i] == '0';
    }
    all->has_length = all->has_length || !is_zero;
}

static void take_header(struct headers *all, struct text line)
{
    struct text value = line, name = take_until(&value, ':');

    if (name.len == line.len || !is_token(name)) { /* a folded line begins with a space */
        all->bad = true;
        return;
    }
    value = trim(value);
    if (is(name, "host"))
        all->hosts++;
    else if (is(name, "connection"))
        take_connection(all, value);
    else if (is(name, "content-length"))
        take_length(all, value);
    else if (is(name, "transfer-encoding"))
        all->has_coding = true;
}

struct cli_http cli_http_parse(const char *bytes, size_t count)
{
    struct cli_http h = {.status = 400, .path = "", .path_len = 0};
    struct text left = {bytes, count}, line = take_line(&left);
    struct headers all = {0};

    while (line.len == 0 && left.len > 0)
        line = take_line(&left);
    if (!is_clean(line))
        return h;
    h.status = take_request_line(&h, line);
    while (left.len > 0 && !all.bad) {
        line = take_line(&left);
        if (line.len == 0)
            break;
        if (is_clean(line))
            take_header(&all, line);
        else
            all.bad = true;
    }
    if (all.bad || all.hosts > 1 || (all.has_coding && all.has_length) ||
        (!h.is_1_0 && h.status != 505 && all.hosts == 0))
        h.status = 400;
    /* The content of a request is not read: the connection ends with the answer. */
    h.keep_alive = h.status != 400 && h.status != 505 && !all.close && !all.has_length &&
                   !all.has_coding && (!h.is_1_0 || all.keep_alive);
    return h;
}

const char *cli_http_status(int status)
{
    switch (status) {
    case 200:
        return "200 OK";
    case 404:
        return "404 Not Found";
    case 405:
        return "405 Method Not Allowed";
    case 431:
        return "431 Request Header Fields Too Large";
    case 500:
        return "500 Internal Server Error";
    case 505:
        return "505 HTTP Version Not Supported";
    default:
        return "400 Bad Request";
    }
}
