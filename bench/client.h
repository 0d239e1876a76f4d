/* bench/client.h: a client of one library, as a program would use it.
 *
 * All clients are set up alike: TLS 1.3, X25519, one cipher suite, the chain checked to
 * the given root, the host name, and CertificateVerify.  No client remembers anything of
 * an earlier connection unless the setup says so.  What stands in a context is
 * made once and used by all connections; the rest is what a handshake costs. */
#ifndef HF_BENCH_CLIENT_H
#define HF_BENCH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

#define BENCH_HOST "server.example"

typedef enum bench_suite {
    BENCH_AES_128_GCM,
    BENCH_CHACHA20_POLY1305,
} bench_suite;

/* Offered first, and whose share is sent; with the hybrid, that of X25519, too. */
typedef enum bench_group {
    BENCH_X25519,
    BENCH_X25519MLKEM768, /* where the library has it, else X25519 */
} bench_group;

typedef struct bench_setup {
    bench_suite suite;
    bench_group group;
    bool remembers;    /* chains seen before, where the library can */
    bool nettle_alone; /* handfast: without what may replace nettle's primitives */
} bench_setup;

typedef enum bench_status {
    BENCH_FAILED = -1,
    BENCH_WAITS, /* for more from the server */
    BENCH_DONE,
} bench_status;

typedef struct bench_client {
    const char *name;

    /* root is PEM text. */
    void *(*context_new)(const char *root, const bench_setup *setup);
    void (*context_free)(void *context);
    /* A fresh context with the roots of a file; released by context_free. */
    void *(*trust_load)(const char *file);

    /* session, from session() below, is resumed; NULL: none.  in and out outlive the
     * connection. */
    void *(*open)(void *context, const void *session, bench_buffer *in,
                  bench_buffer *out);
    bench_status (*handshake)(void *conn);
    bool (*resumed)(void *conn);
    /* Reads what is in the buffer and yields the newest ticket, or NULL. */
    void *(*session)(void *conn);
    void (*session_free)(void *session);
    /* At most one record's bytes; how many, 0 if there are none. */
    size_t (*read)(void *conn, uint8_t *bytes, size_t size);
    /* All of them. */
    bool (*write)(void *conn, const uint8_t *bytes, size_t size);
    /* Sends close_notify. */
    void (*close)(void *conn);
    void (*free)(void *conn);
} bench_client;

extern const bench_client bench_handfast;
extern const bench_client bench_openssl;
extern const bench_client bench_gnutls;

/* OpenSSL, to which the others are compared, first. */
enum { BENCH_CLIENTS = 3 };
extern const bench_client *const bench_clients[BENCH_CLIENTS];

#endif
