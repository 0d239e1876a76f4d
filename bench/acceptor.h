/* bench/acceptor.h: a server of one library, as a program would use it.
 *
 * All are set up alike: TLS 1.3, AES-128-GCM, X25519, a leaf and an intermediate, one
 * ticket for those who shall resume and none otherwise, no memory of sessions.  What
 * stands in a context is made once; the rest is what a handshake costs.  The client is
 * always OpenSSL's, and never measured. */
#ifndef HF_BENCH_ACCEPTOR_H
#define HF_BENCH_ACCEPTOR_H

#include "client.h"
#include "credentials.h"

typedef struct bench_acceptor {
    const char *name;

    void *(*context_new)(const bench_credentials *credentials, bool tickets);
    void (*context_free)(void *context);
    /* in and out outlive the connection. */
    void *(*open)(void *context, bench_buffer *in, bench_buffer *out);
    bench_status (*handshake)(void *conn);
    bool (*resumed)(void *conn);
    /* Sends close_notify. */
    void (*close)(void *conn);
    void (*free)(void *conn);
} bench_acceptor;

extern const bench_acceptor bench_acceptor_openssl;
extern const bench_acceptor bench_acceptor_handfast;

enum { BENCH_ACCEPTORS = 2 };
/* OpenSSL first. */
extern const bench_acceptor *const bench_acceptors[BENCH_ACCEPTORS];

/* A server and the client that it talks to. */
typedef struct bench_accepting {
    const bench_acceptor *acceptor;
    void *context;
    void *client_context;
    void *session; /* to resume, owned; or NULL */

    void *conn;
    void *client;
} bench_accepting;

/* Contexts, and with resumes a session; false: something failed. */
bool bench_accepting_make(bench_accepting *a, const bench_acceptor *acceptor,
                          const bench_credentials *credentials, bool resumes);
void bench_accepting_free(bench_accepting *a);
/* From nothing to established at both ends. */
bool bench_accepting_connect(bench_accepting *a);
/* close_notify and release. */
void bench_accepting_close(bench_accepting *a);
bool bench_accepting_run(bench_accepting *a);

#endif
