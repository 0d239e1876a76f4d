/* tests/unit/capi/one_end.c: a connection without a peer. */
#include "one_end.h"

#include <stddef.h>

hf_config *config;
hf_conn *conn;

int one_end_make(void **state)
{
    (void)state;
    config = hf_config_new(NULL);
    (void)hf_config_disable_certificate_verification(config);
    (void)hf_config_add_trust_file(config, "/nonexistent");
    conn = hf_conn_new(config);
    return conn == NULL;
}

int one_end_drop(void **state)
{
    (void)state;
    hf_conn_free(conn);
    hf_config_free(config);
    return 0;
}
