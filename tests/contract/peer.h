/* tests/contract/peer.h: a real TLS server in this process: OpenSSL over memory. */
#ifndef CONTRACT_PEER_H
#define CONTRACT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "authority.h"

typedef struct peer {
    SSL_CTX *ctx;
    SSL *ssl;
    BIO *in;  /* what the client sent */
    BIO *out; /* what it shall receive */
    bool failed;
    int reason;      /* of the failure, ERR_GET_REASON */
    int alert_heard; /* the last alert that came, -1 none */
} peer;

/* chain holds further certificates to send, count of them.  configure may be NULL. */
SSL_CTX *peer_context(const credential *leaf, const credential *chain, size_t count,
                      void (*configure)(SSL_CTX *ctx));

/* Its connections note the alerts that they hear; peer_context does that, too. */
void peer_listen(SSL_CTX *ctx);
void peer_open(peer *p, SSL_CTX *ctx);
void peer_close(peer *p);

/* Carries the handshake on with what has come. */
void peer_step(peer *p);

/* SSL_write, SSL_read and SSL_shutdown, over the same memory. */
bool peer_write(peer *p, const void *bytes, size_t len);
size_t peer_read(peer *p, void *bytes, size_t size);
void peer_shutdown(peer *p);

/* Bytes on their way. */
void peer_receive(peer *p, const uint8_t *bytes, size_t len);
size_t peer_send(peer *p, uint8_t *bytes, size_t size);

#endif
