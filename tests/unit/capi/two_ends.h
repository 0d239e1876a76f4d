/* tests/unit/capi/two_ends.h: a client and a server through the public functions, joined
 * by a pair in memory.  What cannot fail in a test ends it. */
#ifndef TWO_ENDS_H
#define TWO_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handfast/handfast.h"

typedef struct two {
    hf_config *client_config, *server_config;
    hf_conn *client, *server;
    int client_result, server_result;
} two;

/* Of both ends, in microseconds; the test moves it. */
extern int64_t two_ends_monotonic;

/* With a clock that stands where the certificates are valid. */
hf_config *two_ends_new_config(void);
/* Adds the fixtures' certificate and key, of RSA or P-256. */
void two_ends_show(hf_config *config, bool rsa);
hf_config *two_ends_server_config(bool rsa);
/* It does not look at the server. */
hf_config *two_ends_client_config(void);
void two_ends_only_version(hf_config *config, bool tls12);

/* Both configurations are taken.  The client asks for www.example. */
void two_ends_join(two *t, hf_config *client, hf_config *server);
/* One call of either. */
void two_ends_step(two *t);
/* Until both are connected; false: they will not be. */
bool two_ends_go(two *t);
void two_ends_part(two *t);

int two_ends_code_of(const hf_conn *conn);

#endif
