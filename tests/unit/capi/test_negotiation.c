/* tests/unit/capi/test_negotiation.c: what the record tells of both sides' words, and of
 * what a server demands of its client's certificate: hf_error_negotiation(),
 * hf_error_negotiation_incomplete(), hf_conn_certificate_answer() and
 * hf_certificate_answer_text(), on either side, in either version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "fixtures/client_fixtures.h"
#include "two_ends.h"

enum {
    OFFERED = HF_NEGOTIATION_OFFERED,
    PEER = HF_NEGOTIATION_PEER,
    REQUEST = HF_NEGOTIATION_CERTIFICATE_REQUEST,
    SIDES = 3,
    KINDS = HF_NEGOTIATION_OID_FILTERS + 1,
};

static const hf_error *record_of(const hf_conn *conn)
{
    return hf_conn_get0_error(conn);
}

static void expect_nothing(const hf_error *error, int side, int what, size_t index)
{
    int number = -5;
    const char *name = "untouched";

    assert_int_equal(hf_error_negotiation(error, side, what, index, &number, &name), 0);
    assert_int_equal(number, -5);
    assert_string_equal(name, "untouched");
}

static void expect_silence(const hf_error *error)
{
    for (int side = 0; side < SIDES; side++) {
        for (int what = 0; what < KINDS; what++)
            expect_nothing(error, side, what, 0);
        assert_int_equal(hf_error_negotiation_incomplete(error, side), 0);
    }
}

/* The whole list: the names, or the number of what has none. */
static const char *list_of(const hf_conn *conn, int side, int what)
{
    static char text[1024];
    const char *name;
    size_t used = 0;
    int number;

    text[0] = '\0';
    for (size_t i = 0;
         hf_error_negotiation(record_of(conn), side, what, i, &number, &name) == 1; i++) {
        assert_true(used < sizeof text - 256);
        if (i > 0)
            text[used++] = ' ';
        used += (size_t)(name[0] != '\0' ? snprintf(text + used, 256, "%s", name)
                                         : snprintf(text + used, 256, "%d", number));
    }
    return text;
}

/* ---- what is refused ---- */

static void test_no_record(void **state)
{
    static const int sides[] = {INT_MIN, -1, SIDES, INT_MAX};

    (void)state;
    expect_silence(NULL);
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        expect_nothing(NULL, sides[i], 0, 0);
        assert_int_equal(hf_error_negotiation_incomplete(NULL, sides[i]), 0);
    }
    assert_int_equal(hf_conn_certificate_answer(NULL), HF_ANSWER_NONE);
}

static void test_before_the_handshake(void **state)
{
    hf_config *config = two_ends_client_config();
    hf_conn *conn = hf_conn_new(config);

    (void)state;
    for (int role = 0; role < 3; role++) {
        expect_silence(record_of(conn));
        assert_int_equal(hf_conn_certificate_answer(conn), HF_ANSWER_NONE);
        if (role == 0)
            assert_int_equal(hf_set_connect_state(conn), 1);
        if (role == 1)
            assert_int_equal(hf_set_accept_state(conn), 1);
    }
    hf_conn_free(conn);
    hf_config_free(config);
}

/* A failed handshake tells much, but nothing under a number that is none. */
static void test_out_of_range(void **state)
{
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    two t;

    (void)state;
    two_ends_only_version(client, true);
    two_ends_only_version(server, false);
    two_ends_join(&t, client, server);
    assert_false(two_ends_go(&t));
    assert_string_equal(list_of(t.client, OFFERED, HF_NEGOTIATION_VERSION), "TLSv1.2");
    for (int side = -1; side <= SIDES; side++) {
        expect_nothing(record_of(t.client), side, -1, 0);
        expect_nothing(record_of(t.client), side, KINDS, 0);
        expect_nothing(record_of(t.client), side, INT_MAX, 0);
        for (int what = 0; what < KINDS; what++) {
            expect_nothing(record_of(t.client), side, what, 200);
            expect_nothing(record_of(t.client), side, what, SIZE_MAX);
            if (side < 0 || side > PEER)
                expect_nothing(record_of(t.client), side, what, 0);
        }
    }
    assert_int_equal(hf_error_negotiation_incomplete(record_of(t.client), -1), 0);
    assert_int_equal(hf_error_negotiation_incomplete(record_of(t.client), SIDES), 0);
    /* Neither out-parameter is needed. */
    assert_int_equal(hf_error_negotiation(record_of(t.client), OFFERED,
                                          HF_NEGOTIATION_VERSION, 0, NULL, NULL),
                     1);
    /* What only a ClientHello has, or only a CertificateRequest. */
    expect_nothing(record_of(t.client), OFFERED, HF_NEGOTIATION_CERTIFICATE_TYPE, 0);
    expect_nothing(record_of(t.client), OFFERED, HF_NEGOTIATION_AUTHORITY, 0);
    expect_nothing(record_of(t.client), OFFERED, HF_NEGOTIATION_PSK, 0);
    expect_nothing(record_of(t.client), OFFERED, HF_NEGOTIATION_PSK_MODE, 0);
    expect_nothing(record_of(t.client), OFFERED, HF_NEGOTIATION_EARLY_DATA, 0);
    assert_int_equal(hf_clear(t.client), 1);
    expect_silence(record_of(t.client));
    two_ends_part(&t);
}

static void test_words_of_answers(void **state)
{
    static const int none[] = {HF_ANSWER_NONE, HF_ANSWER_AUTHORITY + 1, -1, INT_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_string_equal(hf_certificate_answer_text(none[i]), "");
    for (int a = HF_ANSWER_SHOWN; a <= HF_ANSWER_AUTHORITY; a++) {
        assert_true(strlen(hf_certificate_answer_text(a)) > 20);
        for (int b = HF_ANSWER_SHOWN; b < a; b++)
            assert_string_not_equal(hf_certificate_answer_text(a),
                                    hf_certificate_answer_text(b));
    }
}

/* ---- what a client demanded, a server's record ---- */

static void test_a_client_hello(void **state)
{
    static const uint8_t key[32] = {1, 2, 3};
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    two t;

    (void)state;
    two_ends_only_version(client, false);
    assert_int_equal(hf_config_set_groups(client, "P-384"), 1);
    assert_int_equal(hf_config_set_groups(server, "x25519"), 1);
    assert_int_equal(hf_config_add_alpn(client, (const uint8_t *)"h2", 2), 1);
    two_ends_join(&t, client, server);
    assert_int_equal(
        hf_conn_set_psk(t.client, (const uint8_t *)"me", 2, key, sizeof key, "SHA256"),
        1);
    assert_false(two_ends_go(&t));
    assert_int_equal(two_ends_code_of(t.server), HF_E_NO_COMMON_GROUP);
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_SERVER_NAME),
                        "www.example");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_KEY_SHARE), "secp384r1");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_GROUP), "secp384r1");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_PSK_MODE), "psk_dhe_ke");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_PSK), "1");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_PROTOCOL), "h2");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_EARLY_DATA), "");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_RETRY_GROUP), "");
    assert_string_equal(list_of(t.server, OFFERED, HF_NEGOTIATION_GROUP), "x25519");
    assert_string_equal(list_of(t.server, OFFERED, HF_NEGOTIATION_SERVER_NAME), "");
    assert_int_equal(hf_error_negotiation_incomplete(record_of(t.server), PEER), 0);
    assert_int_equal(hf_conn_certificate_answer(t.server), HF_ANSWER_NONE);

    /* The client says the same of itself. */
    assert_string_equal(list_of(t.client, OFFERED, HF_NEGOTIATION_SERVER_NAME),
                        "www.example");
    assert_string_equal(list_of(t.client, OFFERED, HF_NEGOTIATION_KEY_SHARE),
                        "secp384r1");
    assert_string_equal(list_of(t.client, OFFERED, HF_NEGOTIATION_PSK_MODE),
                        "psk_dhe_ke");
    assert_string_equal(list_of(t.client, OFFERED, HF_NEGOTIATION_PSK), "1");
    two_ends_part(&t);
}

/* More than there is room for. */
static void test_a_hello_of_many_words(void **state)
{
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    two t;

    (void)state;
    two_ends_only_version(client, true);
    two_ends_only_version(server, false);
    for (int c = 'a'; c <= 'e'; c++) {
        uint8_t name[60];
        memset(name, c, sizeof name);
        assert_int_equal(hf_config_add_alpn(client, name, sizeof name), 1);
    }
    two_ends_join(&t, client, server);
    assert_false(two_ends_go(&t));
    assert_int_equal(two_ends_code_of(t.server), HF_E_NO_COMMON_VERSION);
    assert_int_equal(hf_error_negotiation_incomplete(record_of(t.server), PEER), 1);
    assert_int_equal(hf_error_negotiation_incomplete(record_of(t.server), OFFERED), 0);
    assert_int_equal(strlen(list_of(t.server, PEER, HF_NEGOTIATION_PROTOCOL)),
                     60 * 2 + 1);
    assert_int_equal(hf_error_negotiation_incomplete(record_of(t.client), OFFERED), 1);
    two_ends_part(&t);
}

/* All suites of the ClientHello become GREASE, RFC 8701. */
static void grease_suites(uint8_t *record)
{
    uint8_t *suites = record + 5 + 4 + 2 + 32;

    suites += 1 + suites[0];
    memset(suites + 2, 0x0a, (size_t)(suites[0] << 8 | suites[1]));
}

/* A hello without a suite that counts is told of once all the same. */
static void test_a_hello_of_unknown_suites(void **state)
{
    static const uint8_t key[32] = {1};
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    uint8_t hello[4096];
    size_t len = 0, taken = 0;
    two t;

    (void)state;
    assert_int_equal(hf_config_add_alpn(client, (const uint8_t *)"h2", 2), 1);
    two_ends_join(&t, client, server);
    assert_int_equal(
        hf_conn_set_psk(t.client, (const uint8_t *)"me", 2, key, sizeof key, "SHA256"),
        1);
    assert_int_equal(hf_conn_use_memory(t.client), 1);
    assert_int_equal(hf_conn_use_memory(t.server), 1);
    assert_int_not_equal(hf_connect(t.client), 1);
    assert_int_equal(hf_conn_drain(t.client, hello, sizeof hello, &len), 1);
    grease_suites(hello);
    assert_int_equal(hf_conn_feed(t.server, hello, len, &taken), 1);
    assert_int_not_equal(hf_accept(t.server), 1);
    assert_int_equal(two_ends_code_of(t.server), HF_E_NO_COMMON_SUITE);
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_CIPHER_SUITE), "");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_PSK), "1");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_PROTOCOL), "h2");
    two_ends_part(&t);
}

/* ---- HelloRetryRequest ---- */

static void test_hello_retry_request(void **state)
{
    hf_config *client = two_ends_new_config(), *server = two_ends_server_config(false);
    two t;

    (void)state;
    /* It asks for another group; then the client refuses the server's certificate. */
    assert_int_equal(hf_config_set_groups(client, "x25519:P-256:P-384"), 1);
    assert_int_equal(hf_config_set_groups(server, "P-256"), 1);
    two_ends_join(&t, client, server);
    assert_int_equal(hf_conn_set_hostname(t.client, "www.example"), 1);
    assert_false(two_ends_go(&t));
    assert_true(two_ends_code_of(t.client) >= HF_E_CERT_MALFORMED);
    assert_string_equal(list_of(t.client, PEER, HF_NEGOTIATION_RETRY_GROUP), "secp256r1");
    assert_string_equal(list_of(t.client, OFFERED, HF_NEGOTIATION_RETRY_GROUP), "");
    assert_string_equal(list_of(t.client, PEER, HF_NEGOTIATION_GROUP), "secp256r1");
    assert_string_equal(list_of(t.client, OFFERED, HF_NEGOTIATION_GROUP),
                        "x25519 secp256r1 secp384r1");
    assert_int_equal(two_ends_code_of(t.server), HF_E_ALERT_RECEIVED);
    assert_string_equal(list_of(t.server, OFFERED, HF_NEGOTIATION_RETRY_GROUP),
                        "secp256r1");
    assert_string_equal(list_of(t.server, PEER, HF_NEGOTIATION_RETRY_GROUP), "");
    two_ends_part(&t);
}

static void test_no_hello_retry_request(void **state)
{
    hf_config *client = two_ends_new_config();
    two t;

    (void)state;
    two_ends_join(&t, client, two_ends_server_config(false));
    assert_int_equal(hf_conn_set_hostname(t.client, "www.example"), 1);
    assert_false(two_ends_go(&t));
    for (int side = OFFERED; side <= PEER; side++) {
        expect_nothing(record_of(t.client), side, HF_NEGOTIATION_RETRY_GROUP, 0);
        expect_nothing(record_of(t.server), side, HF_NEGOTIATION_RETRY_GROUP, 0);
    }
    two_ends_part(&t);
}

/* ---- what a server demands of our certificate ---- */

/* Both speak one version.  The server names client_ca, or an authority of nobody's. */
static void demand(two *t, bool tls12, int auth, bool names_ours, hf_config *client)
{
    hf_config *server = two_ends_server_config(false);
    const uint8_t *ca = names_ours ? fixture_client_ca_der : fixture_client_rsa_der;
    size_t len = names_ours ? fixture_client_ca_der_len : fixture_client_rsa_der_len;

    two_ends_only_version(client, tls12);
    assert_int_equal(hf_config_set_client_auth(server, auth), 1);
    assert_int_equal(hf_config_add_trust_memory(server, fixture_client_ca_der,
                                                fixture_client_ca_der_len),
                     1);
    assert_int_equal(hf_config_add_client_ca_memory(server, ca, len), 1);
    two_ends_join(t, client, server);
}

static void expect_request(const two *t, bool tls12, const char *authority)
{
    char json[8192];

    assert_string_equal(list_of(t->client, REQUEST, HF_NEGOTIATION_AUTHORITY), authority);
    assert_string_equal(list_of(t->client, REQUEST, HF_NEGOTIATION_CERTIFICATE_TYPE),
                        tls12 ? "ecdsa_sign rsa_sign" : "");
    assert_non_null(
        strstr(list_of(t->client, REQUEST, HF_NEGOTIATION_SIGNATURE_ALGORITHM),
               "ecdsa_secp256r1_sha256"));
    expect_nothing(record_of(t->client), REQUEST, HF_NEGOTIATION_VERSION, 0);
    expect_nothing(record_of(t->client), REQUEST, HF_NEGOTIATION_GROUP, 0);
    expect_nothing(record_of(t->client), REQUEST, HF_NEGOTIATION_AUTHORITY, 1);
    assert_int_equal(hf_error_negotiation_incomplete(record_of(t->client), REQUEST), 0);
    assert_true(hf_conn_json(t->client, json, sizeof json) < sizeof json);
    assert_non_null(strstr(json, "\"certificate_request\":{\"signature_algorithms\":[{"));
    /* It is no word of the client's. */
    for (int what = 0; what < KINDS; what++)
        expect_nothing(record_of(t->server), REQUEST, what, 0);
    assert_int_equal(hf_conn_certificate_answer(t->server), HF_ANSWER_NONE);
}

static void test_nobody_asks(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *client = two_ends_client_config();
        char json[8192];
        two t;
        two_ends_show(client, false);
        two_ends_only_version(client, tls12 != 0);
        two_ends_join(&t, client, two_ends_server_config(false));
        assert_true(two_ends_go(&t));
        expect_silence(record_of(t.client));
        expect_silence(record_of(t.server));
        assert_int_equal(hf_conn_certificate_answer(t.client), HF_ANSWER_NONE);
        assert_true(hf_conn_json(t.client, json, sizeof json) < sizeof json);
        assert_non_null(strstr(json, "\"certificate_request\":null"));
        two_ends_part(&t);
    }
}

/* Told of a handshake that succeeds, too. */
static void test_there_is_none_to_show(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        two t;
        demand(&t, tls12 != 0, HF_CLIENT_AUTH_OPTIONAL, true, two_ends_client_config());
        assert_true(two_ends_go(&t));
        assert_int_equal(hf_conn_certificate_answer(t.client), HF_ANSWER_NOT_SET);
        expect_request(&t, tls12 != 0, "CN=client_ca");
        assert_int_equal(hf_clear(t.client), 1);
        expect_silence(record_of(t.client));
        assert_int_equal(hf_conn_certificate_answer(t.client), HF_ANSWER_NONE);
        two_ends_part(&t);
    }
}

static void test_one_is_shown(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *client = two_ends_client_config();
        two t;
        two_ends_show(client, true);
        demand(&t, tls12 != 0, HF_CLIENT_AUTH_REQUIRED, true, client);
        assert_true(two_ends_go(&t));
        assert_int_equal(hf_conn_certificate_answer(t.client), HF_ANSWER_SHOWN);
        assert_int_equal(hf_conn_certificate_index(t.client), 0);
        expect_request(&t, tls12 != 0, "CN=client_ca");
        two_ends_part(&t);
    }
}

static void test_none_is_of_that_authority(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *client = two_ends_client_config();
        two t;
        two_ends_show(client, false);
        demand(&t, tls12 != 0, HF_CLIENT_AUTH_OPTIONAL, false, client);
        assert_true(two_ends_go(&t));
        assert_int_equal(hf_conn_certificate_answer(t.client), HF_ANSWER_AUTHORITY);
        assert_int_equal(hf_conn_certificate_index(t.client), -1);
        expect_request(&t, tls12 != 0, "CN=client_rsa");
        two_ends_part(&t);
    }
}

/* The server takes ECDSA alone, and ours is of RSA. */
static void test_no_key_signs_so(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *client = two_ends_client_config();
        hf_config *server = two_ends_server_config(false);
        two t;
        two_ends_show(client, true);
        two_ends_only_version(client, tls12 != 0);
        assert_int_equal(hf_config_set_client_auth(server, HF_CLIENT_AUTH_OPTIONAL), 1);
        assert_int_equal(hf_config_add_trust_memory(server, fixture_client_ca_der,
                                                    fixture_client_ca_der_len),
                         1);
        assert_int_equal(
            hf_config_set_signature_algorithms(server, "ecdsa_secp256r1_sha256"), 1);
        two_ends_join(&t, client, server);
        assert_true(two_ends_go(&t));
        assert_int_equal(hf_conn_certificate_answer(t.client), HF_ANSWER_ALGORITHM);
        assert_string_equal(
            list_of(t.client, REQUEST, HF_NEGOTIATION_SIGNATURE_ALGORITHM),
            "ecdsa_secp256r1_sha256");
        two_ends_part(&t);
    }
}

/* The verdict: in TLS 1.3 with the first read, when the handshake is over for us. */
static void test_the_verdict_names_the_authority(void **state)
{
    uint8_t byte;
    size_t n;

    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        two t;
        demand(&t, tls12 != 0, HF_CLIENT_AUTH_REQUIRED, true, two_ends_client_config());
        assert_false(two_ends_go(&t));
        if (tls12 == 0)
            assert_int_equal(hf_read(t.client, &byte, 1, &n), -1);
        assert_int_equal(two_ends_code_of(t.client), HF_E_CLIENT_CERTIFICATE_REQUIRED);
        assert_int_equal(two_ends_code_of(t.server),
                         tls12 ? HF_E_CLIENT_CERTIFICATE_MISSING_TLS12
                               : HF_E_CLIENT_CERTIFICATE_MISSING);
        expect_request(&t, tls12 != 0, "CN=client_ca");
        assert_int_equal(hf_conn_certificate_answer(t.client), HF_ANSWER_NOT_SET);
        assert_non_null(strstr(hf_error_detail(record_of(t.client)), "CN=client_ca"));
        assert_string_equal(list_of(t.client, OFFERED, HF_NEGOTIATION_VERSION),
                            tls12 ? "TLSv1.2" : "TLSv1.3");
        assert_string_equal(list_of(t.client, PEER, HF_NEGOTIATION_VERSION),
                            tls12 ? "TLSv1.2" : "TLSv1.3");
        two_ends_part(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_record),
        cmocka_unit_test(test_before_the_handshake),
        cmocka_unit_test(test_out_of_range),
        cmocka_unit_test(test_words_of_answers),
        cmocka_unit_test(test_a_client_hello),
        cmocka_unit_test(test_a_hello_of_many_words),
        cmocka_unit_test(test_a_hello_of_unknown_suites),
        cmocka_unit_test(test_hello_retry_request),
        cmocka_unit_test(test_no_hello_retry_request),
        cmocka_unit_test(test_nobody_asks),
        cmocka_unit_test(test_there_is_none_to_show),
        cmocka_unit_test(test_one_is_shown),
        cmocka_unit_test(test_none_is_of_that_authority),
        cmocka_unit_test(test_no_key_signs_so),
        cmocka_unit_test(test_the_verdict_names_the_authority),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
