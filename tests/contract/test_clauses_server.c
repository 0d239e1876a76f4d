/* tests/contract/test_clauses_server.c: the contract at the server's end: hf_accept and
 * what follows it, with OpenSSL's client as the peer.  The numbers are the contract's. */
#include "server_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- settings of either end ---- */

static void ours_12(hf_config *config)
{
    assert_int_equal(hf_config_set_versions(config, "TLSv1.2"), 1);
}

static void ours_13(hf_config *config)
{
    assert_int_equal(hf_config_set_versions(config, "TLSv1.3"), 1);
}

static void theirs_12(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION), 1);
}

static void theirs_13(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION), 1);
}

/* ---- return values ---- */

/* Clauses 1 to 4 and 6. */
static void returns(stage *s)
{
    assert_wants(s, hf_accept(s->conn), HF_ERROR_WANT_READ);
    assert_wants(s, hf_accept(s->conn), HF_ERROR_WANT_READ);
    assert_int_equal(hf_in_init(s->conn), 1);
    server_stage_establish(s);
    assert_int_equal(hf_accept(s->conn), 1);
    assert_int_equal(hf_do_handshake(s->conn), 1);
    assert_int_equal(hf_connect(s->conn), 1);
    assert_int_equal(hf_is_init_finished(s->conn), 1);
    assert_string_equal(hf_conn_requested_name(s->conn), "server.test");
}

static void test_clauses_1_to_6_returns(void **state)
{
    (void)state;
    accepting_on_every_carrier(returns);
}

/* Clause 4: pieces of a byte and of seven. */
static void test_clause_4_pieces(void **state)
{
    (void)state;
    for (size_t chop = 1; chop <= 7; chop += 6) {
        stage s;
        server_stage_open(&s, CARRIER_CUSTOM, NULL, NULL);
        s.chop = chop;
        server_stage_establish(&s);
        stage_close(&s);
    }
}

static int waits_of(void (*ours)(hf_config *), void (*theirs)(SSL_CTX *))
{
    int waits = 0;
    stage s;

    server_stage_open(&s, CARRIER_CUSTOM, ours, theirs);
    assert_int_equal(stage_drive(&s, hf_accept, &waits), 1);
    stage_close(&s);
    return waits;
}

static void ours_other_group(hf_config *config)
{
    ours_13(config);
    assert_int_equal(hf_config_set_groups(config, "secp384r1"), 1);
}

/* Clause 5: one wait for each flight of the client. */
static void test_clause_5_flights(void **state)
{
    (void)state;
    assert_int_equal(waits_of(ours_13, NULL), 2);
    assert_int_equal(waits_of(ours_12, NULL), 2);
    assert_int_equal(waits_of(ours_other_group, NULL), 3);
}

/* Clauses 10 and 11. */
static void role_then_read(stage *s)
{
    uint8_t byte;
    size_t got;

    assert_int_equal(hf_set_accept_state(s->conn), 1);
    assert_wants(s, hf_read(s->conn, &byte, 1, &got), HF_ERROR_WANT_READ);
    assert_int_equal(stage_drive(s, hf_do_handshake, NULL), 1);
}

static void test_clauses_10_11_roles(void **state)
{
    (void)state;
    accepting_on_every_carrier(role_then_read);
}

/* Clause 14. */
static void test_clause_14_no_transport(void **state)
{
    stage s;

    (void)state;
    server_stage_open(&s, CARRIER_SOCKET, NULL, NULL);
    hf_conn *bare = hf_conn_new(s.config);
    assert_int_equal(hf_accept(bare), -1);
    assert_int_equal(hf_conn_error_code(bare), HF_E_TRANSPORT_NOT_SET);
    hf_conn_free(bare);
    server_stage_establish(&s);
    stage_close(&s);
}

/* ---- data and closing ---- */

static void talk(stage *s)
{
    static uint8_t sent[40000], got[40000];
    size_t len = s->kind == CARRIER_PAIR_1 || s->kind == CARRIER_PAIR_7 ? 2000 : 40000;

    for (size_t i = 0; i < len; i++)
        sent[i] = (uint8_t)(i * 7 + (i >> 8));
    server_stage_establish(s);
    assert_true(peer_write(&s->server, sent, len));
    stage_client_reads(s, got, len);
    assert_memory_equal(sent, got, len);
    memset(got, 0, len);
    stage_client_writes(s, sent, len);
    stage_server_reads(s, got, len);
    assert_memory_equal(sent, got, len);
}

static void test_clause_24_data(void **state)
{
    (void)state;
    accepting_on_every_carrier(talk);
}

static void close_by_turns(stage *s)
{
    uint8_t byte;
    size_t got;

    server_stage_establish(s);
    assert_int_equal(stage_drive(s, hf_shutdown, NULL), 0);
    assert_int_equal(hf_get_shutdown(s->conn), HF_SENT_SHUTDOWN);
    while (stage_to_server(s) > 0)
        ;
    assert_int_equal(peer_read(&s->server, &byte, 1), 0);
    assert_int_equal(SSL_get_shutdown(s->server.ssl), SSL_RECEIVED_SHUTDOWN);
    peer_shutdown(&s->server);
    assert_int_equal(stage_drive(s, hf_shutdown, NULL), 1);
    assert_int_equal(hf_write(s->conn, "x", 1, &got), -1);
    assert_int_equal(stage_code(s), HF_E_PROTOCOL_IS_SHUTDOWN);
}

/* Clauses 31, 33 and 34. */
static void test_clause_31_shutdown(void **state)
{
    (void)state;
    accepting_on_every_carrier(close_by_turns);
}

/* Clauses 32 and 35. */
static void test_clauses_32_35_ends(void **state)
{
    uint8_t byte;
    size_t got;
    stage s;

    (void)state;
    server_stage_open(&s, CARRIER_CUSTOM, NULL, NULL);
    server_stage_establish(&s);
    peer_shutdown(&s.server);
    (void)stage_carry(&s);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(hf_read(s.conn, &byte, 1, &got), 0);
        assert_int_equal(hf_get_error(s.conn, 0), HF_ERROR_ZERO_RETURN);
    }
    stage_close(&s);

    server_stage_open(&s, CARRIER_CUSTOM, NULL, NULL);
    server_stage_establish(&s);
    stage_end_input(&s);
    (void)stage_carry(&s);
    assert_int_equal(hf_read(s.conn, &byte, 1, &got), -1);
    assert_int_equal(stage_code(&s), HF_E_EOF_WITHOUT_CLOSE_NOTIFY);
    stage_close(&s);
}

/* A client that says what it has to say and is gone before its tickets come. */
static void test_client_that_leaves(void **state)
{
    uint8_t bytes[4];
    size_t got;
    stage s;

    (void)state;
    server_stage_open(&s, CARRIER_SOCKET, ours_13, NULL);
    assert_wants(&s, hf_accept(s.conn), HF_ERROR_WANT_READ);
    (void)stage_carry(&s);
    assert_wants(&s, hf_accept(s.conn), HF_ERROR_WANT_READ);
    (void)stage_to_server(&s);
    assert_true(peer_write(&s.server, "bye", 3));
    (void)stage_to_client(&s);
    assert_int_equal(close(s.fds[1]), 0);
    s.fds[1] = -1;
    assert_int_equal(hf_accept(s.conn), 1);
    assert_int_equal(hf_read(s.conn, bytes, sizeof bytes, &got), 1);
    assert_int_equal(got, 3);
    assert_memory_equal(bytes, "bye", 3);
    assert_int_equal(hf_read(s.conn, bytes, sizeof bytes, &got), -1);
    stage_close(&s);
}

/* ---- when the peer misbehaves ---- */

/* Clause 42: each flight cut in the middle, then the end. */
static void test_clause_42_cut(void **state)
{
    (void)state;
    for (int flight = 0; flight < 2; flight++) {
        stage s;
        server_stage_open(&s, CARRIER_CUSTOM, NULL, NULL);
        assert_wants(&s, hf_accept(s.conn), HF_ERROR_WANT_READ);
        for (int i = 0; i < flight; i++) {
            (void)stage_carry(&s);
            assert_wants(&s, hf_accept(s.conn), HF_ERROR_WANT_READ);
        }
        s.chop = 40;
        (void)stage_carry(&s);
        s.to_client.end = s.to_client.start;
        stage_end_input(&s);
        (void)stage_to_client(&s);
        assert_failed(&s, hf_accept(s.conn), HF_ERROR_SSL, HF_E_EOF_IN_RECORD);
        stage_close(&s);
    }
}

static void inject(const char *text, size_t len, int code)
{
    stage s;

    server_stage_open(&s, CARRIER_CUSTOM, NULL, NULL);
    assert_wants(&s, hf_accept(s.conn), HF_ERROR_WANT_READ);
    stage_inject(&s, text, len);
    s.server.failed = true; /* the client says nothing */
    (void)stage_to_client(&s);
    assert_failed(&s, hf_accept(s.conn), HF_ERROR_SSL, code);
    stage_close(&s);
}

/* Clauses 43 and 44. */
static void test_clauses_43_44_not_tls(void **state)
{
    (void)state;
    inject("GET / HTTP/1.1\r\n\r\n", 18, HF_E_HTTP_REQUEST);
    inject("CONNECT a:443 HTTP/1.1\r\n\r\n", 26, HF_E_HTTPS_PROXY_REQUEST);
    inject("SSH-2.0-client\r\n", 16, HF_E_PEER_SPEAKS_SSH);
    inject("whatever else", 13, HF_E_PEER_NOT_TLS);
    inject("\x15\x03\x01\x00\x02\x02\x28", 7, HF_E_ALERT_RECEIVED);
    inject("\x17\x03\x03\x00\x01\x00", 6, HF_E_APPLICATION_DATA_EARLY);
    inject("\x16\x03\x01\xff\xff", 5, HF_E_RECORD_TOO_LONG);
}

/* Clause 45: a byte of the client's Finished. */
static void test_clause_45_changed(void **state)
{
    stage s;

    (void)state;
    server_stage_open(&s, CARRIER_CUSTOM, ours_13, NULL);
    assert_wants(&s, hf_accept(s.conn), HF_ERROR_WANT_READ);
    (void)stage_carry(&s);
    assert_wants(&s, hf_accept(s.conn), HF_ERROR_WANT_READ);
    (void)stage_carry(&s);
    s.custom_in.bytes[s.custom_in.end - 1] ^= 1;
    assert_failed(&s, hf_accept(s.conn), HF_ERROR_SSL, HF_E_BAD_RECORD_MAC);
    (void)stage_to_server(&s);
    uint8_t byte;
    (void)peer_read(&s.server, &byte, 1);
    assert_int_equal(s.server.alert_heard, 20);
    stage_close(&s);
}

static void theirs_other_suite(SSL_CTX *ctx)
{
    theirs_13(ctx);
    assert_int_equal(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_CCM_SHA256"), 1);
}

static void theirs_other_group(SSL_CTX *ctx)
{
    char list[] = "X448"; /* OpenSSL's macro takes no const */

    theirs_13(ctx);
    assert_int_equal(SSL_CTX_set1_groups_list(ctx, list), 1);
}

static void theirs_other_key(SSL_CTX *ctx)
{
    char list[] = "RSA-PSS+SHA256"; /* OpenSSL's macro takes no const */

    theirs_13(ctx);
    assert_int_equal(SSL_CTX_set1_sigalgs_list(ctx, list), 1);
}

static void expect_apart(void (*ours)(hf_config *), void (*theirs)(SSL_CTX *), int code,
                         int alert)
{
    stage s;

    server_stage_open(&s, CARRIER_CUSTOM, ours, theirs);
    assert_failed(&s, server_stage_accept(&s), HF_ERROR_SSL, code);
    (void)stage_carry(&s);
    assert_int_equal(s.server.alert_heard, alert);
    stage_close(&s);
}

/* Clause 46. */
static void test_clause_46_nothing_in_common(void **state)
{
    (void)state;
    expect_apart(ours_13, theirs_12, HF_E_NO_COMMON_VERSION, 70);
    expect_apart(ours_12, theirs_13, HF_E_NO_COMMON_VERSION, 70);
    expect_apart(ours_13, theirs_other_suite, HF_E_NO_COMMON_SUITE, 40);
    expect_apart(ours_13, theirs_other_group, HF_E_NO_COMMON_GROUP, 40);
    expect_apart(ours_13, theirs_other_key, HF_E_NO_COMMON_SIGNATURE_ALGORITHM, 40);
}

/* ---- clients' certificates ---- */

static int auth_mode;

static void ours_ask(hf_config *config)
{
    assert_int_equal(hf_config_set_client_auth(config, auth_mode), 1);
}

typedef enum shown { NOTHING, GOOD, OF_OTHERS, FOR_SERVERS } shown;

/* The client's certificate; a new connection uses it. */
static void show(stage *s, shown what)
{
    const wish other = {.subject = "Other Root", .is_ca = true};
    const wish wanted = {.subject = "client",
                         .extended_key_usage = what == FOR_SERVERS ? NULL : "clientAuth"};
    credential root = authority_issue(NULL, &other);
    credential mine = authority_issue(what == OF_OTHERS ? &root : &s->root, &wanted);

    if (what != NOTHING) {
        assert_int_equal(SSL_CTX_use_certificate(s->context, mine.cert), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey(s->context, mine.key), 1);
    }
    server_stage_again(s, NULL);
    credential_free(&mine);
    credential_free(&root);
}

static void expect_client(int mode, shown what, void (*theirs)(SSL_CTX *), int code)
{
    stage s;

    auth_mode = mode;
    server_stage_open(&s, CARRIER_CUSTOM, ours_ask, theirs);
    show(&s, what);
    int ret = server_stage_accept(&s);
    if (code == 0) {
        if (ret != 1)
            fail_msg("%s", hf_error_summary(hf_conn_get0_error(s.conn)));
        assert_int_equal(hf_conn_peer_certificate_count(s.conn), what == GOOD ? 1 : 0);
        if (what == GOOD)
            assert_int_equal(hf_conn_verify_result(s.conn), 0);
    } else {
        assert_failed(&s, ret, HF_ERROR_SSL, code);
    }
    stage_close(&s);
}

/* Clause 52: given, missing, optional, untrusted, of the wrong purpose. */
static void test_clause_52_client_certificates(void **state)
{
    void (*const versions[])(SSL_CTX *) = {theirs_13, theirs_12};

    (void)state;
    for (int i = 0; i < 2; i++) {
        expect_client(HF_CLIENT_AUTH_REQUIRED, GOOD, versions[i], 0);
        expect_client(HF_CLIENT_AUTH_OPTIONAL, GOOD, versions[i], 0);
        expect_client(HF_CLIENT_AUTH_OPTIONAL, NOTHING, versions[i], 0);
        expect_client(HF_CLIENT_AUTH_NONE, NOTHING, versions[i], 0);
        expect_client(HF_CLIENT_AUTH_REQUIRED, NOTHING, versions[i],
                      i == 0 ? HF_E_CLIENT_CERTIFICATE_MISSING
                             : HF_E_CLIENT_CERTIFICATE_MISSING_TLS12);
        expect_client(HF_CLIENT_AUTH_REQUIRED, OF_OTHERS, versions[i],
                      HF_E_CERT_UNKNOWN_ISSUER);
        expect_client(HF_CLIENT_AUTH_OPTIONAL, FOR_SERVERS, versions[i],
                      HF_E_CERT_EXTENDED_KEY_USAGE);
    }
}

/* Clause 52: a TLS 1.3 client hears of it when it reads. */
static void test_clause_52_refusal_is_heard_late(void **state)
{
    uint8_t byte;
    stage s;

    (void)state;
    auth_mode = HF_CLIENT_AUTH_REQUIRED;
    server_stage_open(&s, CARRIER_CUSTOM, ours_ask, theirs_13);
    assert_failed(&s, server_stage_accept(&s), HF_ERROR_SSL,
                  HF_E_CLIENT_CERTIFICATE_MISSING);
    assert_true(SSL_is_init_finished(s.server.ssl));
    (void)stage_to_server(&s);
    assert_int_equal(peer_read(&s.server, &byte, 1), 0);
    assert_int_equal(s.server.alert_heard, 116);
    stage_close(&s);
}

/* ---- sessions ---- */

static void ours_no_tickets(hf_config *config)
{
    (void)hf_config_set_options(config, HF_OPTION_NO_TICKET);
}

static bool comes_back(void (*ours)(hf_config *), void (*theirs)(SSL_CTX *))
{
    uint8_t byte;
    stage s;

    server_stage_open(&s, CARRIER_CUSTOM, ours, theirs);
    server_stage_establish(&s);
    assert_int_equal(hf_conn_session_reused(s.conn), 0);
    (void)peer_read(&s.server, &byte, 1); /* tickets of TLS 1.3 */
    SSL_SESSION *session = SSL_get1_session(s.server.ssl);
    SSL_set_shutdown(s.server.ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    server_stage_again(&s, session);
    SSL_SESSION_free(session);
    server_stage_establish(&s);
    bool reused = SSL_session_reused(s.server.ssl) == 1;
    assert_int_equal(hf_conn_session_reused(s.conn), reused);
    stage_close(&s);
    return reused;
}

/* Clause 54. */
static void test_clause_54_sessions(void **state)
{
    (void)state;
    assert_true(comes_back(NULL, theirs_13));
    assert_true(comes_back(NULL, theirs_12));
    assert_false(comes_back(ours_no_tickets, theirs_13));
    assert_false(comes_back(ours_no_tickets, theirs_12));
}

/* ---- negotiation ---- */

static void theirs_alpn(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_alpn_protos(ctx, (const uint8_t *)"\x02h2\x01x", 5), 0);
}

static void ours_alpn(hf_config *config)
{
    assert_int_equal(hf_config_add_alpn(config, (const uint8_t *)"x", 1), 1);
    assert_int_equal(hf_config_add_alpn(config, (const uint8_t *)"h2", 2), 1);
}

static void ours_other_alpn(hf_config *config)
{
    assert_int_equal(hf_config_add_alpn(config, (const uint8_t *)"y", 1), 1);
}

/* Clauses 56 to 58: versions, our order of suites, protocols. */
static void test_clauses_56_to_58_choices(void **state)
{
    const unsigned char *alpn;
    unsigned len;
    stage s;

    (void)state;
    server_stage_open(&s, CARRIER_CUSTOM, ours_12, NULL);
    server_stage_establish(&s);
    assert_int_equal(SSL_version(s.server.ssl), TLS1_2_VERSION);
    assert_int_equal(hf_conn_version(s.conn), 0x0303);
    stage_close(&s);

    server_stage_open(&s, CARRIER_CUSTOM, ours_alpn, theirs_alpn);
    server_stage_establish(&s);
    SSL_get0_alpn_selected(s.server.ssl, &alpn, &len);
    assert_int_equal(len, 1);
    assert_memory_equal(alpn, "x", 1);
    assert_string_equal(SSL_get_cipher_name(s.server.ssl), "TLS_AES_128_GCM_SHA256");
    stage_close(&s);

    expect_apart(ours_other_alpn, theirs_alpn, HF_E_NO_COMMON_PROTOCOL, 120);
}

/* Clause 59: exported keys agree, and key updates keep data flowing. */
static void test_clause_59_keys(void **state)
{
    uint8_t ours[32], theirs[32], byte;
    stage s;

    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        server_stage_open(&s, CARRIER_CUSTOM, tls12 ? ours_12 : ours_13, NULL);
        server_stage_establish(&s);
        assert_int_equal(hf_export_keying_material(s.conn, "EXPERIMENTAL a", 14,
                                                   (const uint8_t *)"ctx", 3, ours, 32),
                         1);
        assert_int_equal(SSL_export_keying_material(s.server.ssl, theirs, 32,
                                                    "EXPERIMENTAL a", 14,
                                                    (const uint8_t *)"ctx", 3, 1),
                         1);
        assert_memory_equal(ours, theirs, 32);
        assert_int_equal(hf_key_update(s.conn, 1),
                         tls12 ? -HF_E_KEY_UPDATE_UNAVAILABLE : 1);
        stage_client_writes(&s, (const uint8_t *)"a", 1);
        stage_server_reads(&s, &byte, 1);
        assert_true(peer_write(&s.server, "b", 1));
        stage_client_reads(&s, &byte, 1);
        assert_int_equal(byte, 'b');
        stage_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clauses_1_to_6_returns),
        cmocka_unit_test(test_clause_4_pieces),
        cmocka_unit_test(test_clause_5_flights),
        cmocka_unit_test(test_clauses_10_11_roles),
        cmocka_unit_test(test_clause_14_no_transport),
        cmocka_unit_test(test_clause_24_data),
        cmocka_unit_test(test_clause_31_shutdown),
        cmocka_unit_test(test_clauses_32_35_ends),
        cmocka_unit_test(test_client_that_leaves),
        cmocka_unit_test(test_clause_42_cut),
        cmocka_unit_test(test_clauses_43_44_not_tls),
        cmocka_unit_test(test_clause_45_changed),
        cmocka_unit_test(test_clause_46_nothing_in_common),
        cmocka_unit_test(test_clause_52_client_certificates),
        cmocka_unit_test(test_clause_52_refusal_is_heard_late),
        cmocka_unit_test(test_clause_54_sessions),
        cmocka_unit_test(test_clauses_56_to_58_choices),
        cmocka_unit_test(test_clause_59_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
