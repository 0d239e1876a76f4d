/* tools/handfast/starttls_lines.c: upgrades of the protocols whose answers are lines.
 * SMTP: RFC 3207, RFC 5321 4.2; FTP: RFC 4217 4, RFC 959 4.2; IMAP: RFC 9051 6.2.1;
 * POP3: RFC 2595 4. */
#include "starttls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { SAID = 300 };

static bool fail_with(struct cli_talk *t, enum cli_talk_fault fault, const char *what,
                      const char *line)
{
    char said[SAID];

    cli_escape(said, sizeof said, line, strlen(line));
    return cli_talk_fail(t, fault, "%s: the server said \"%s\"", what, said);
}

static bool strange(struct cli_talk *t, const char *line)
{
    char said[SAID];

    cli_escape(said, sizeof said, line, strlen(line));
    return cli_talk_fail(t, CLI_TALK_STRANGE, "this is not %s: \"%s\"", t->step, said);
}

/* True if one of the words of the line, parted by spaces, is this one. */
static bool has_word(const char *line, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = line; *p != '\0';) {
        size_t n = strcspn(p, " ");

        if (n == len && strncasecmp(p, word, len) == 0)
            return true;
        p += n;
        p += strspn(p, " ");
    }
    return false;
}

/* ---- SMTP and FTP: replies of one or more lines, each with a code ---- */

/* The code of a line, "220 ..." or "220-..."; 0 if it has none. */
static int code_of(const char *line)
{
    if (strspn(line, "0123456789") != 3 ||
        (line[3] != ' ' && line[3] != '-' && line[3] != '\0'))
        return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/* Reads a whole reply; *code is its code and line the last one of it.  *found, unless
 * NULL, tells whether a line has the keyword.  FTP lets lines in between be anything. */
static bool read_reply(struct cli_talk *t, bool is_ftp, int *code,
                       char line[CLI_LINE_SIZE], const char *keyword, bool *found)
{
    *code = 0;
    for (;;) {
        int this_code;

        if (!cli_talk_line(t, line))
            return false;
        this_code = code_of(line);
        if (*code == 0)
            *code = this_code;
        if ((this_code == 0 || this_code != *code) && !(is_ftp && *code != 0))
            return strange(t, line);
        if (found != NULL && this_code != 0 && line[3] != '\0' &&
            has_word(line + 4, keyword))
            *found = true;
        if (this_code == *code && line[3] != '-')
            return true;
    }
}

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]", RFC 5321 4.1.3: our own address, which the
 * server sees anyway, and no name that it does not. */
static void own_address(const struct cli_talk *t, char *out, size_t size)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage all;
    } a;
    socklen_t len = sizeof a;
    char text[INET6_ADDRSTRLEN];

    snprintf(out, size, "[127.0.0.1]");
    if (getsockname(t->dial->fd, &a.any, &len) != 0)
        return;
    if (a.any.sa_family == AF_INET &&
        inet_ntop(AF_INET, &a.v4.sin_addr, text, sizeof text) != NULL)
        snprintf(out, size, "[%s]", text);
    if (a.any.sa_family == AF_INET6 &&
        inet_ntop(AF_INET6, &a.v6.sin6_addr, text, sizeof text) != NULL)
        snprintf(out, size, "[IPv6:%s]", text);
}

bool cli_upgrade_smtp(struct cli_talk *t, const char *name)
{
    char line[CLI_LINE_SIZE], own[INET6_ADDRSTRLEN + 10];
    bool offered = false;
    int code;

    (void)name;
    t->step = "the greeting";
    if (!read_reply(t, false, &code, line, NULL, NULL))
        return false;
    if (code != 220)
        return fail_with(t, CLI_TALK_REFUSED, "no welcome", line);
    own_address(t, own, sizeof own);
    t->step = "the answer to EHLO";
    if (!cli_talk_say(t, "EHLO %s\r\n", own) ||
        !read_reply(t, false, &code, line, "STARTTLS", &offered))
        return false;
    if (code != 250)
        return fail_with(t, CLI_TALK_REFUSED, "EHLO was refused", line);
    if (!offered)
        return cli_talk_fail(t, CLI_TALK_NOT_OFFERED,
                             "the server does not offer STARTTLS");
    t->step = "the answer to STARTTLS";
    if (!cli_talk_say(t, "STARTTLS\r\n") ||
        !read_reply(t, false, &code, line, NULL, NULL))
        return false;
    if (code != 220)
        return fail_with(t, CLI_TALK_REFUSED, "STARTTLS was refused", line);
    return true;
}

bool cli_upgrade_ftp(struct cli_talk *t, const char *name)
{
    char line[CLI_LINE_SIZE];
    int code;

    (void)name;
    t->step = "the greeting";
    do {
        if (!read_reply(t, true, &code, line, NULL, NULL))
            return false;
    } while (code == 120); /* ready in a while */
    if (code != 220)
        return fail_with(t, CLI_TALK_REFUSED, "no welcome", line);
    t->step = "the answer to AUTH TLS";
    if (!cli_talk_say(t, "AUTH TLS\r\n") || !read_reply(t, true, &code, line, NULL, NULL))
        return false;
    if (code == 500 || code == 502 || code == 504) /* RFC 4217 10.1: not known */
        return fail_with(t, CLI_TALK_NOT_OFFERED, "the server does not know AUTH TLS",
                         line);
    if (code != 234)
        return fail_with(t, CLI_TALK_REFUSED, "AUTH TLS was refused", line);
    return true;
}

/* ---- IMAP ---- */

/* Reads up to the line with our tag, whose rest is then in line. */
static bool read_tagged(struct cli_talk *t, const char *tag, char line[CLI_LINE_SIZE],
                        bool *offered)
{
    size_t len = strlen(tag);

    for (;;) {
        if (!cli_talk_line(t, line))
            return false;
        if (strncmp(line, tag, len) == 0 && line[len] == ' ') {
            memmove(line, line + len + 1, strlen(line + len + 1) + 1);
            return true;
        }
        if (strncmp(line, "* ", 2) != 0)
            return strange(t, line);
        if (strncasecmp(line, "* BYE", 5) == 0)
            return fail_with(t, CLI_TALK_REFUSED, "the server said goodbye", line);
        if (strncasecmp(line, "* CAPABILITY ", 13) == 0 && has_word(line, "STARTTLS"))
            *offered = true;
    }
}

bool cli_upgrade_imap(struct cli_talk *t, const char *name)
{
    char line[CLI_LINE_SIZE];
    bool offered = false;

    (void)name;
    t->step = "the greeting";
    if (!cli_talk_line(t, line))
        return false;
    if (strncasecmp(line, "* BYE", 5) == 0)
        return fail_with(t, CLI_TALK_REFUSED, "no welcome", line);
    /* Already authenticated: STARTTLS is over, and somebody may have wanted that. */
    if (strncasecmp(line, "* PREAUTH", 9) == 0)
        return fail_with(t, CLI_TALK_NOT_OFFERED, "STARTTLS is not allowed any more",
                         line);
    if (strncasecmp(line, "* OK", 4) != 0)
        return strange(t, line);
    t->step = "the answer to CAPABILITY";
    if (!cli_talk_say(t, "h1 CAPABILITY\r\n") || !read_tagged(t, "h1", line, &offered))
        return false;
    if (strncasecmp(line, "OK", 2) != 0)
        return fail_with(t, CLI_TALK_REFUSED, "CAPABILITY was refused", line);
    if (!offered)
        return cli_talk_fail(t, CLI_TALK_NOT_OFFERED,
                             "the server does not offer STARTTLS");
    t->step = "the answer to STARTTLS";
    if (!cli_talk_say(t, "h2 STARTTLS\r\n") || !read_tagged(t, "h2", line, &offered))
        return false;
    if (strncasecmp(line, "OK", 2) != 0)
        return fail_with(t, CLI_TALK_REFUSED, "STARTTLS was refused", line);
    return true;
}

/* ---- POP3 ---- */

bool cli_upgrade_pop3(struct cli_talk *t, const char *name)
{
    char line[CLI_LINE_SIZE];

    (void)name;
    t->step = "the greeting";
    if (!cli_talk_line(t, line))
        return false;
    if (strncmp(line, "-ERR", 4) == 0)
        return fail_with(t, CLI_TALK_REFUSED, "no welcome", line);
    if (strncmp(line, "+OK", 3) != 0)
        return strange(t, line);
    t->step = "the answer to STLS";
    if (!cli_talk_say(t, "STLS\r\n") || !cli_talk_line(t, line))
        return false;
    if (strncmp(line, "-ERR", 4) == 0)
        return fail_with(t, CLI_TALK_REFUSED, "STLS was refused", line);
    return strncmp(line, "+OK", 3) == 0 || strange(t, line);
}
