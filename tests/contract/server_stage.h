/* tests/contract/server_stage.h: the stage the other way round: s->conn is a server of
 * ours, and s->server an OpenSSL client.  What stage.h calls the client is our end. */
#ifndef CONTRACT_SERVER_STAGE_H
#define CONTRACT_SERVER_STAGE_H

#include "stage.h"

/* Ours shows the leaf for server.test; theirs trusts the root and asks for server.test.
 * Either function may be NULL. */
void server_stage_open(stage *s, carrier kind, void (*ours)(hf_config *config),
                       void (*theirs)(SSL_CTX *ctx));
/* Another connection between the two configurations; session may be NULL. */
void server_stage_again(stage *s, SSL_SESSION *session);

int server_stage_accept(stage *s);
/* Both sides are through the handshake; asserts it. */
void server_stage_establish(stage *s);

/* Runs a test body over every carrier. */
void accepting_on_every_carrier(void (*body)(stage *s));

/* A credential of ours for the other end, of the stage's root. */
void server_stage_use(hf_config *config, const credential *c);

#endif
