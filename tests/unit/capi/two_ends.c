/* tests/unit/capi/two_ends.c: a client and a server through the public functions. */
#include "two_ends.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>

#include "fixtures/client_fixtures.h"

enum { NOW = 1780315200 }; /* 2026-06-01 12:00:00 UTC, when the certificates are valid */

static int64_t now(void *context)
{
    (void)context;
    return NOW;
}

int64_t two_ends_monotonic;

static int64_t moment(void *context)
{
    (void)context;
    return two_ends_monotonic;
}

hf_config *two_ends_new_config(void)
{
    const hf_clock clock = {sizeof clock, now, moment, NULL};
    hf_config *config = hf_config_new(NULL);

    assert_non_null(config);
    assert_int_equal(hf_config_set_clock(config, &clock), 1);
    return config;
}

void two_ends_show(hf_config *config, bool rsa)
{
    const uint8_t *der = rsa ? fixture_client_rsa_der : fixture_client_p256_der;
    size_t der_len = rsa ? fixture_client_rsa_der_len : fixture_client_p256_der_len;
    const uint8_t *key = rsa ? fixture_client_rsa_key : fixture_client_p256_key;
    size_t key_len = rsa ? fixture_client_rsa_key_len : fixture_client_p256_key_len;

    assert_int_equal(hf_config_use_certificate_chain_memory(config, der, der_len), 1);
    assert_int_equal(hf_config_use_private_key_memory(config, key, key_len, NULL), 1);
}

hf_config *two_ends_server_config(bool rsa)
{
    hf_config *config = two_ends_new_config();

    two_ends_show(config, rsa);
    return config;
}

/* It does not look at the server. */
hf_config *two_ends_client_config(void)
{
    hf_config *config = two_ends_new_config();

    assert_int_equal(hf_config_disable_certificate_verification(config), 1);
    assert_int_equal(hf_config_disable_hostname_check(config), 1);
    return config;
}

/* Both configurations are taken. */
void two_ends_join(two *t, hf_config *client, hf_config *server)
{
    hf_bio *a = NULL, *b = NULL;

    memset(t, 0, sizeof *t);
    t->client_config = client;
    t->server_config = server;
    t->client = hf_conn_new(client);
    t->server = hf_conn_new(server);
    assert_non_null(t->client);
    assert_non_null(t->server);
    assert_int_equal(hf_bio_new_pair(&a, 0, &b, 0), 1);
    assert_int_equal(hf_conn_set0_bio(t->client, a), 1);
    assert_int_equal(hf_conn_set0_bio(t->server, b), 1);
    assert_int_equal(hf_conn_set_server_name(t->client, "www.example"), 1);
}

void two_ends_step(two *t)
{
    t->client_result = hf_connect(t->client);
    t->server_result = hf_accept(t->server);
}

bool two_ends_go(two *t)
{
    for (int i = 0; i < 10; i++) {
        two_ends_step(t);
        if (t->client_result == 1 && t->server_result == 1)
            return true;
    }
    return false;
}

void two_ends_part(two *t)
{
    hf_conn_free(t->client);
    hf_conn_free(t->server);
    hf_config_free(t->client_config);
    hf_config_free(t->server_config);
}

int two_ends_code_of(const hf_conn *conn)
{
    return hf_error_code(hf_conn_get0_error(conn));
}

void two_ends_only_version(hf_config *config, bool tls12)
{
    assert_int_equal(hf_config_set_versions(config, tls12 ? "TLSv1.2" : "TLSv1.3"), 1);
}
