/* bench/handshake.h: one connection between a client and the common server. */
#ifndef HF_BENCH_HANDSHAKE_H
#define HF_BENCH_HANDSHAKE_H

#include "client.h"
#include "server.h"

/* Every call of a client stands between these two; what lies outside, the server's work
 * among it, is not measured.  A program of the benchmarks defines them. */
void bench_enter(void);
void bench_leave(void);

/* A client and the server that it talks to. */
typedef struct bench_pair {
    const bench_client *client;
    void *context;
    SSL_CTX *server_context;
    const void *session; /* to resume, or NULL */

    void *conn;
    bench_server server;
} bench_pair;

/* From nothing to established at both ends; false if it failed or, with a session, was
 * not resumed. */
bool bench_pair_connect(bench_pair *p);
/* close_notify and release. */
void bench_pair_close(bench_pair *p);
/* A connection from beginning to end. */
bool bench_pair_run(bench_pair *p);
/* A ticket, got from a server that sends them; NULL: none. */
void *bench_pair_ticket(const bench_client *client, void *context,
                        const bench_credentials *credentials, SSL_CTX **server_context);

/* The two directions, for those who send data. */
extern bench_buffer bench_to_client, bench_to_server;

#endif
