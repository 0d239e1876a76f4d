/* bench/server.h: the common other end: an OpenSSL server in memory, never measured. */
#ifndef HF_BENCH_SERVER_H
#define HF_BENCH_SERVER_H

#include <openssl/ssl.h>

#include "buffer.h"
#include "credentials.h"

typedef struct bench_server {
    SSL *tls;
    BIO *rbio, *wbio;
} bench_server;

/* Sends no tickets unless asked to. */
SSL_CTX *bench_server_context(const bench_credentials *c, bool tickets);
bool bench_server_open(bench_server *s, SSL_CTX *ctx);
void bench_server_free(bench_server *s);
/* Takes all of in, and goes on; its answer comes behind what is in out. */
bool bench_server_step(bench_server *s, bench_buffer *in, bench_buffer *out);
bool bench_server_connected(const bench_server *s);
/* Application data to and from the client. */
bool bench_server_write(bench_server *s, const uint8_t *bytes, size_t size,
                        bench_buffer *out);

#endif
