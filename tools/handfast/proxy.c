/* tools/handfast/proxy.c: the way through a proxy.
 * HTTP: CONNECT, RFC 9110 9.3.6, with Basic authentication, RFC 7617; SOCKS version 5:
 * RFC 1928, with user name and password, RFC 1929.  The proxy resolves the name. */
#include "proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- --proxy URL ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Undoes %XX; false if that is wrong or the text does not fit. */
static bool unescape(char *out, size_t size, const char *text, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (c == '%') {
            int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text[i + 2]) : -1;

            if (low < 0 || (high == 0 && low == 0))
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (n + 1 >= size)
            return false;
        out[n++] = c;
    }
    out[n] = '\0';
    return true;
}

static bool take_user(struct cli_proxy *p, const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    size_t user = colon != NULL ? (size_t)(colon - text) : len;

    p->has_user = true;
    return unescape(p->user, sizeof p->user, text, user) && p->user[0] != '\0' &&
           (colon == NULL ||
            unescape(p->password, sizeof p->password, colon + 1, len - user - 1));
}

bool cli_proxy_parse(struct cli_proxy *p, const char *text, const char **why)
{
    const char *place = strstr(text, "://"), *at;
    char host[sizeof p->at.host + 10];
    size_t len;

    memset(p, 0, sizeof *p);
    *why = "it is not http://HOST:PORT or socks5://HOST:PORT";
    if (place == NULL)
        return false;
    if (strncasecmp(text, "socks5://", 9) == 0 ||
        strncasecmp(text, "socks5h://", 10) == 0)
        p->is_socks = true;
    else if (strncasecmp(text, "http://", 7) != 0)
        return false;
    place += 3;
    at = strrchr(place, '@');
    if (at != NULL) {
        *why = "user name and password are at most 255 bytes each, %XX for special ones";
        if (!take_user(p, place, (size_t)(at - place)))
            return false;
        place = at + 1;
    }
    len = strlen(place);
    if (len > 0 && place[len - 1] == '/')
        len--;
    *why = "the proxy's HOST:PORT is wrong";
    if (len >= sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)len, place);
    if (!cli_target_parse(&p->at, host, ""))
        return false;
    *why = "the proxy's port is missing";
    return p->at.port[0] != '\0';
}

void cli_proxy_format(const struct cli_proxy *proxy, char *out, size_t size)
{
    int n = snprintf(out, size, "%s://", proxy->is_socks ? "socks5" : "http");

    cli_target_format(proxy->at.host, proxy->at.port, out + n, size - (size_t)n);
}

/* ---- HTTP ---- */

/* out has room for 4 characters for every 3 bytes, rounded up, and the 0. */
static void base64(char *out, const char *text)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    enum { PAD = 64 };
    size_t left = strlen(text);

    for (const unsigned char *p = (const unsigned char *)text; left > 0; p += 3) {
        unsigned b0 = p[0], b1 = left > 1 ? p[1] : 0, b2 = left > 2 ? p[2] : 0;

        *out++ = digits[b0 >> 2];
        *out++ = digits[(b0 & 3) << 4 | b1 >> 4];
        *out++ = digits[left > 1 ? (b1 & 15) << 2 | b2 >> 6 : PAD];
        *out++ = digits[left > 2 ? b2 & 63 : PAD];
        left -= left < 3 ? left : 3;
    }
    *out = '\0';
}

static bool http_ask(struct cli_talk *t, const struct cli_proxy *proxy, const char *place)
{
    char plain[2 * 256 + 2], coded[sizeof plain / 3 * 4 + 8];
    char line[sizeof coded + 40] = "";

    if (proxy->has_user) {
        if (strchr(proxy->user, ':') != NULL)
            return cli_talk_fail(t, CLI_TALK_CREDENTIALS,
                                 "a user name with a colon cannot be sent (RFC 7617 2)");
        snprintf(plain, sizeof plain, "%s:%s", proxy->user, proxy->password);
        base64(coded, plain);
        snprintf(line, sizeof line, "Proxy-Authorization: Basic %s\r\n", coded);
    }
    return cli_talk_say(t, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", place, place,
                        line);
}

/* The number of "HTTP/1.1 200 OK"; 0 if the line is nothing of that kind. */
static int http_status(const char *line)
{
    if (strncmp(line, "HTTP/1.", 7) != 0 || line[7] < '0' || line[7] > '9' ||
        line[8] != ' ' || strspn(line + 9, "0123456789") != 3 ||
        (line[12] != ' ' && line[12] != '\0'))
        return 0;
    return (int)strtol(line + 9, NULL, 10);
}

/* The headers up to the empty line; challenge keeps the first Proxy-Authenticate. */
static bool http_headers(struct cli_talk *t, char *challenge, size_t size)
{
    static const char name[] = "Proxy-Authenticate:";
    char line[CLI_LINE_SIZE];

    challenge[0] = '\0';
    for (;;) {
        if (!cli_talk_line(t, line))
            return false;
        if (line[0] == '\0')
            return true;
        if (challenge[0] == '\0' && strncasecmp(line, name, sizeof name - 1) == 0) {
            const char *value = line + sizeof name - 1;

            value += strspn(value, " \t");
            cli_escape(challenge, size, value, strlen(value));
        }
    }
}

static bool http_connect(struct cli_talk *t, const struct cli_proxy *proxy,
                         const char *place)
{
    char line[CLI_LINE_SIZE], said[200], challenge[200];
    int status;

    t->step = "the answer to CONNECT";
    if (!http_ask(t, proxy, place))
        return false;
    do { /* 100 and its like are followed by the answer itself: RFC 9110 15.2 */
        if (!cli_talk_line(t, line))
            return false;
        cli_escape(said, sizeof said, line, strlen(line));
        status = http_status(line);
        if (status == 0)
            return cli_talk_fail(t, CLI_TALK_STRANGE, "this is not HTTP: \"%s\"", said);
        if (!http_headers(t, challenge, sizeof challenge))
            return false;
    } while (status >= 100 && status < 200);
    if (status >= 200 && status < 300)
        return true;
    if (status == 407)
        return cli_talk_fail(t, CLI_TALK_CREDENTIALS, "%s: \"%s\"%s%s",
                             proxy->has_user
                                 ? "the proxy does not take this user name and password"
                                 : "the proxy wants a user name and a password",
                             said, challenge[0] != '\0' ? ", " : "", challenge);
    return cli_talk_fail(t, CLI_TALK_REFUSED, "CONNECT %s: the proxy said \"%s\"", place,
                         said);
}

/* ---- SOCKS ---- */

enum {
    SOCKS = 5,
    NO_AUTHENTICATION = 0,
    BY_PASSWORD = 2,
    NO_METHOD = 0xff,
    IPV4 = 1,
    NAME = 3,
    IPV6 = 4,
};

static bool socks_strange(struct cli_talk *t, const uint8_t *bytes, size_t count)
{
    char said[80];

    cli_escape(said, sizeof said, bytes, count);
    return cli_talk_fail(t, CLI_TALK_STRANGE, "this is not %s of SOCKS 5: \"%s\"",
                         t->step, said);
}

static bool socks_login(struct cli_talk *t, const struct cli_proxy *proxy)
{
    size_t user = strlen(proxy->user), password = strlen(proxy->password);
    uint8_t request[3 + 255 + 255], answer[2];

    t->step = "the answer to the user name";
    request[0] = 1;
    request[1] = (uint8_t)user;
    memcpy(request + 2, proxy->user, user);
    request[2 + user] = (uint8_t)password;
    memcpy(request + 3 + user, proxy->password, password);
    if (!cli_talk_send(t, request, 3 + user + password) ||
        !cli_talk_read(t, answer, sizeof answer))
        return false;
    if (answer[1] != 0)
        return cli_talk_fail(t, CLI_TALK_CREDENTIALS,
                             "the proxy does not take this user name and password");
    return answer[0] == 1 || socks_strange(t, answer, sizeof answer);
}

static bool socks_greet(struct cli_talk *t, const struct cli_proxy *proxy)
{
    uint8_t request[4] = {SOCKS, 1, NO_AUTHENTICATION, BY_PASSWORD}, answer[2];
    bool ours;

    t->step = "the first answer";
    request[1] = proxy->has_user ? 2 : 1;
    if (!cli_talk_send(t, request, 2u + request[1]) ||
        !cli_talk_read(t, answer, sizeof answer))
        return false;
    ours = answer[1] == NO_AUTHENTICATION ||
           (answer[1] == BY_PASSWORD && proxy->has_user) || answer[1] == NO_METHOD;
    if (answer[0] != SOCKS || !ours)
        return socks_strange(t, answer, sizeof answer);
    if (answer[1] == NO_METHOD)
        return cli_talk_fail(t, CLI_TALK_CREDENTIALS,
                             proxy->has_user
                                 ? "the proxy wants another kind of authentication"
                                 : "the proxy wants a user name and a password");
    return answer[1] == NO_AUTHENTICATION || socks_login(t, proxy);
}

static const char *socks_reason(unsigned reply)
{
    static const char *const reasons[] = {
        "",
        "the proxy failed",
        "not allowed by the proxy's rules",
        "network unreachable",
        "host unreachable",
        "connection refused",
        "TTL expired",
        "the proxy cannot connect",
        "the proxy does not take this kind of address",
    };

    return reply < sizeof reasons / sizeof reasons[0] ? reasons[reply]
                                                      : "a reason without a name";
}

/* The address that the proxy uses follows its answer, and is of no interest. */
static bool socks_answer(struct cli_talk *t, const char *place)
{
    uint8_t head[4], rest[255 + 2], len = 0;

    if (!cli_talk_read(t, head, sizeof head))
        return false;
    if (head[0] != SOCKS)
        return socks_strange(t, head, sizeof head);
    if (head[1] != 0)
        return cli_talk_fail(t, CLI_TALK_REFUSED, "connect to %s: %s (reply %u)", place,
                             socks_reason(head[1]), head[1]);
    if (head[3] == NAME && !cli_talk_read(t, &len, 1))
        return false;
    if (head[3] != NAME && head[3] != IPV4 && head[3] != IPV6)
        return socks_strange(t, head, sizeof head);
    return cli_talk_read(t, rest,
                         (head[3] == IPV4   ? 4u
                          : head[3] == IPV6 ? 16u
                                            : (unsigned)len) +
                             2u);
}

static bool socks_connect(struct cli_talk *t, const struct cli_proxy *proxy,
                          const struct cli_target *target, const char *place)
{
    uint8_t request[4 + 1 + 255 + 2] = {SOCKS, 1, 0};
    size_t n = 4, len = strlen(target->host);
    long port = strtol(target->port, NULL, 10);

    if (!socks_greet(t, proxy))
        return false;
    t->step = "the answer to the request";
    if (inet_pton(AF_INET, target->host, request + 4) == 1) {
        request[3] = IPV4;
        n += 4;
    } else if (inet_pton(AF_INET6, target->host, request + 4) == 1) {
        request[3] = IPV6;
        n += 16;
    } else {
        request[3] = NAME;
        request[n++] = (uint8_t)len; /* a target's host has at most 255 bytes */
        memcpy(request + n, target->host, len);
        n += len;
    }
    request[n++] = (uint8_t)(port >> 8);
    request[n++] = (uint8_t)port;
    return cli_talk_send(t, request, n) && socks_answer(t, place);
}

bool cli_proxy_run(struct cli_talk *t, const struct cli_proxy *proxy,
                   const struct cli_target *target)
{
    char place[sizeof target->host + 10];

    cli_target_format(target->host, target->port, place, sizeof place);
    cli_talk_with(t, true, proxy->is_socks ? "socks5" : "http");
    return proxy->is_socks ? socks_connect(t, proxy, target, place)
                           : http_connect(t, proxy, place);
}
