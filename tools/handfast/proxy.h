/* tools/handfast/proxy.h: a way to the server through a proxy. */
#ifndef CLI_PROXY_H
#define CLI_PROXY_H

#include "talk.h"

struct cli_proxy {
    bool is_socks; /* else HTTP's CONNECT */
    bool has_user;
    struct cli_target at;
    char user[256]; /* at most 255 bytes: RFC 1929 2 */
    char password[256];
};

/* http://HOST:PORT or socks5://HOST:PORT, with USER:PASSWORD@ before the host.  False,
 * and *why tells, if text is neither. */
bool cli_proxy_parse(struct cli_proxy *proxy, const char *text, const char **why);
/* "http://HOST:PORT", without user and password. */
void cli_proxy_format(const struct cli_proxy *proxy, char *out, size_t size);
/* Has the proxy, which t's socket is connected to, connect to the target. */
bool cli_proxy_run(struct cli_talk *t, const struct cli_proxy *proxy,
                   const struct cli_target *target);

#endif
