/* tools/handfast/talk.h: what is said in the clear before TLS begins, to a proxy or to a
 * server that upgrades; bounded in time and in size.  Knows no protocol. */
#ifndef CLI_TALK_H
#define CLI_TALK_H

#include "command.h"
#include "dial.h"

enum {
    CLI_LINE_SIZE = 2048,       /* a line of an answer, its end included */
    CLI_TALK_TOTAL_MAX = 65536, /* bytes of all answers together */
};

/* How a talk fails. */
enum cli_talk_fault {
    CLI_TALK_CLOSED,      /* the peer hung up, or the connection broke */
    CLI_TALK_TIMED_OUT,   /* --timeout ran out */
    CLI_TALK_TOO_LONG,    /* a line or all of it is longer than anyone needs */
    CLI_TALK_STRANGE,     /* no answer of this protocol */
    CLI_TALK_REFUSED,     /* a refusal in the words of the protocol */
    CLI_TALK_NOT_OFFERED, /* the server does not know the upgrade */
    CLI_TALK_CREDENTIALS, /* a proxy wants a user name, or another one */
    CLI_TALK_INJECTED,    /* data in the clear where TLS must begin */
};

struct cli_talk {
    struct cli_dial *dial; /* the socket; a failure is written there, too */
    int64_t deadline;
    bool to_proxy;     /* else to the server */
    const char *title; /* "smtp": begins the description of a failure */
    const char *step;  /* what is waited for: "the answer to EHLO" */
    enum cli_exit code;
    size_t total; /* bytes received */
    size_t begin, end;
    uint8_t in[4096];
};

void cli_talk_begin(struct cli_talk *t, struct cli_dial *dial, int64_t deadline);
/* The next part of the talk; what was received and not yet read stays. */
void cli_talk_with(struct cli_talk *t, bool to_proxy, const char *title);

/* All of these return false after a failure, which is then described in *dial. */
bool cli_talk_send(struct cli_talk *t, const void *bytes, size_t count);
bool cli_talk_say(struct cli_talk *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One line without its CR LF or LF. */
bool cli_talk_line(struct cli_talk *t, char line[CLI_LINE_SIZE]);
bool cli_talk_read(struct cli_talk *t, uint8_t *out, size_t count);
/* Fails if anything has come that was not asked for: whoever answers in the clear after
 * the upgrade would have it taken for a part of the protected stream (CVE-2011-0411). */
bool cli_talk_over(struct cli_talk *t);
/* Writes the failure down and returns false. */
bool cli_talk_fail(struct cli_talk *t, enum cli_talk_fault fault, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Bytes of the peer, fit for a terminal: printable ASCII, the rest as \r, \n, \xNN; cut
 * with an ellipsis. */
void cli_escape(char *out, size_t size, const void *bytes, size_t count);

/* ---- reading what came ---- */

/* A bounded reader: a read past the end yields zeros and leaves bad set. */
struct cli_bytes {
    const uint8_t *at;
    size_t left;
    bool bad;
};

/* NULL, and bad set, if there are not so many. */
const uint8_t *cli_bytes_take(struct cli_bytes *b, size_t count);
uint8_t cli_bytes_u8(struct cli_bytes *b);
/* Text that a 0 ends, without it; NULL, and bad set, if none does. */
const char *cli_bytes_text(struct cli_bytes *b);

#endif
