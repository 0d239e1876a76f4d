/* tests/flow/lives.h: whole lives of connections, for tests in which memory or entropy
 * fails at each point of them in turn. */
#ifndef LIVES_H
#define LIVES_H

#include "rows.h"

enum {
    LIFE_RESUMES = 1 << 0,     /* a ticket, or of TLS 1.2, of an earlier connection */
    LIFE_EARLY = 1 << 1,       /* with early data */
    LIFE_PSK = 1 << 2,         /* with a key that both sides were given */
    LIFE_CERTIFICATE = 1 << 3, /* the client has a certificate with its key */
    LIFE_ELSEWHERE = 1 << 4,   /* and the key is somewhere else */
    LIFE_HYBRID = 1 << 5,      /* shares of X25519MLKEM768 and X25519 */
    LIFE_STAPLE = 1 << 6,      /* the certificate of staple.h, and its root */
};

/* A kind of connection, of TLS 1.3 or, by its configuration, TLS 1.2. */
typedef struct life {
    const char *name;
    script_config config;
    unsigned how;
    hfi_err end;        /* what it comes to when nothing fails */
    unsigned calls_max; /* of the handshake alone; 0: not looked at */
} life;

/* Makes the connections that others resume; before and after all tests of a program. */
int lives_set_up(void **state);
int lives_tear_down(void **state);

/* What all of them write and read. */
extern const char life_text[];

/* Sets it up; then lives it, until something fails. */
void life_begin(flow *f, const life *l);
hfi_err life_live(flow *f, const life *l);

/* The n-th allocation fails, for every n: once, and with all that follow.  A clean error,
 * nothing left over, the peer is told where that can be, and the same object connects
 * when there is memory again. */
void lives_without_memory(const life *lives, size_t count);
/* The same of draws of entropy. */
void lives_without_entropy(const life *lives, size_t count);

/* A secret that must not stand in memory that is given back. */
void life_remember(flow_memory *m, const uint8_t *p, size_t len);

#endif
