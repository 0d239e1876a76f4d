/* tests/contract/test_clauses_misbehaviour.c: when the peer misbehaves; clauses 42 to 46.
 * The server's flight is OpenSSL's, cut, changed, or replaced. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>

/* The hello is out and the server's whole first flight is here: its length. */
static size_t take_flight(stage *s, uint8_t *flight, size_t size)
{
    assert_wants(s, hf_connect(s->conn), HF_ERROR_WANT_READ);
    (void)stage_to_server(s);
    size_t len = peer_send(&s->server, flight, size);
    assert_in_range(len, 500, size - 1);
    return len;
}

/* Another try with the same certificates. */
static void restart(stage *s)
{
    assert_int_equal(hf_clear(s->conn), 1);
    stage_attach(s);
    stage_new_server(s);
}

/* ---- clause 42 ---- */

static void test_clause_42_a_flight_cut_anywhere(void **state)
{
    uint8_t flight[8192];
    stage s;

    (void)state;
    stage_open(&s, CARRIER_MEMORY);
    size_t len = take_flight(&s, flight, sizeof flight);
    for (size_t cut = 0; cut < len; cut++) {
        restart(&s);
        len = take_flight(&s, flight, sizeof flight);
        if (cut >= len)
            break;
        stage_inject(&s, flight, cut);
        stage_end_input(&s);
        int ret = stage_connect(&s);
        assert_int_equal(ret, -1);
        assert_int_equal(hf_get_error(s.conn, ret), HF_ERROR_SSL);
        int code = stage_code(&s);
        if (cut == 0)
            assert_int_equal(code, HF_E_EOF_BEFORE_HELLO);
        else if (code != HF_E_EOF_IN_RECORD && code != HF_E_EOF_IN_HANDSHAKE)
            fail_msg("cut at %zu: %s", cut, hf_code_name(code));
        assert_int_equal(hf_error_alert(hf_conn_get0_error(s.conn)), -1);
    }
    stage_close(&s);
}

static void is_cut_in_the_middle(stage *s)
{
    uint8_t flight[8192];

    while (hf_connect(s->conn) == -1 && hf_get_error(s->conn, -1) == HF_ERROR_WANT_WRITE)
        (void)stage_to_server(s);
    size_t len = take_flight(s, flight, sizeof flight);
    stage_inject(s, flight, len / 2);
    stage_end_input(s);
    assert_failed(s, stage_connect(s), HF_ERROR_SSL, HF_E_EOF_IN_RECORD);
}

static void test_clause_42_on_every_transport(void **state)
{
    (void)state;
    on_every_carrier(is_cut_in_the_middle);
}

/* ---- clause 43 ---- */

static void expect_answer(const char *answer, size_t len, int code)
{
    stage s;

    stage_open(&s, CARRIER_SOCKET);
    (void)hf_connect(s.conn);
    stage_inject(&s, answer, len);
    stage_end_input(&s);
    (void)stage_to_client(&s);
    int ret = hf_connect(s.conn);
    if (ret != -1 || stage_code(&s) != code)
        fail_msg("%.*s: %d, %s", (int)len, answer, ret, hf_code_name(stage_code(&s)));
    assert_int_equal(hf_get_error(s.conn, ret), HF_ERROR_SSL);
    stage_close(&s);
}

static void expect_text(const char *answer, int code)
{
    size_t len;

    expect_answer(answer, strlen(answer), code);
    stage s;
    stage_open(&s, CARRIER_SOCKET);
    (void)hf_connect(s.conn);
    stage_inject(&s, answer, strlen(answer));
    (void)stage_to_client(&s);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, code); /* without its end, too */
    const uint8_t *first = hf_error_first_bytes(hf_conn_get0_error(s.conn), &len);
    assert_in_range(len, 4, 32);
    assert_memory_equal(first, answer, len < strlen(answer) ? len : strlen(answer));
    stage_close(&s);
}

static void test_clause_43_answers_that_are_not_tls(void **state)
{
    (void)state;
    expect_text("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", HF_E_PEER_SPEAKS_HTTP);
    expect_text("SSH-2.0-OpenSSH_9.2p1 Debian\r\n", HF_E_PEER_SPEAKS_SSH);
    expect_text("220 mail.server.test ESMTP ready\r\n", HF_E_PEER_SPEAKS_SMTP);
    expect_text("+OK POP3 server ready\r\n", HF_E_PEER_SPEAKS_POP3);
    expect_text("* OK IMAP4rev1 ready\r\n", HF_E_PEER_SPEAKS_IMAP);
    expect_text("220 (vsFTPd 3.0.3)\r\n", HF_E_PEER_SPEAKS_FTP);
    expect_text("EFATAL:  unsupported protocol\n", HF_E_PEER_SPEAKS_POSTGRESQL);
    expect_text("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
                HF_E_PEER_SPEAKS_PROXY);
    expect_text("this is no TLS server at all\r\n", HF_E_PEER_NOT_TLS);
}

static void test_clause_43_records_that_may_not_be(void **state)
{
    (void)state;
    /* 5.1: longer than 2^14 + 256; an empty handshake record; data before the keys. */
    expect_answer("\x16\x03\x03\xff\xff"
                  "abcdef",
                  11, HF_E_RECORD_TOO_LONG);
    expect_answer("\x16\x03\x03\x00\x00", 5, HF_E_RECORD_EMPTY);
    expect_answer("\x17\x03\x03\x00\x01"
                  "a",
                  6, HF_E_APPLICATION_DATA_EARLY);
    expect_answer("\x15\x03\x03\x00\x03\x02\x28\x00", 8, HF_E_ALERT_MALFORMED);
    /* A Finished where ServerHello belongs. */
    expect_answer("\x16\x03\x03\x00\x05\x14\x00\x00\x01\x00", 10,
                  HF_E_UNEXPECTED_MESSAGE);
}

/* ---- clause 44 ---- */

static void test_clause_44_every_fatal_alert_by_its_name(void **state)
{
    static const struct {
        uint8_t number;
        const char *name;
    } alerts[] = {{10, "unexpected_message"},
                  {20, "bad_record_mac"},
                  {40, "handshake_failure"},
                  {42, "bad_certificate"},
                  {47, "illegal_parameter"},
                  {70, "protocol_version"},
                  {80, "internal_error"},
                  {112, "unrecognized_name"},
                  {116, "certificate_required"},
                  {120, "no_application_protocol"},
                  {200, "unknown"}};

    (void)state;
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++) {
        uint8_t record[7] = {0x15, 3, 3, 0, 2, 2, alerts[i].number};
        stage s;
        stage_open(&s, CARRIER_SOCKET);
        (void)hf_connect(s.conn);
        stage_inject(&s, record, sizeof record);
        (void)stage_to_client(&s);
        assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_ALERT_RECEIVED);
        const hf_error *e = hf_conn_get0_error(s.conn);
        assert_int_equal(hf_error_alert(e), alerts[i].number);
        assert_int_equal(hf_error_alert_level(e), 2);
        assert_int_equal(hf_error_alert_direction(e), HF_DIRECTION_RECEIVED);
        assert_non_null(strstr(hf_error_summary(e), alerts[i].name));
        stage_close(&s);
    }
}

static void no_protocol_in_common(SSL_CTX *ctx)
{
    (void)SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256");
    assert_int_equal(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384"), 1);
}

static void test_clause_44_a_real_servers_alert(void **state)
{
    stage s;

    (void)state;
    stage_open_with(&s, CARRIER_SOCKET, no_protocol_in_common);
    hf_conn_free(s.conn);
    s.conn = NULL;
    hf_config_free(s.config);
    s.config = stage_config(&s.root);
    assert_int_equal(hf_config_set_cipher_suites(s.config, "TLS_AES_128_GCM_SHA256"), 1);
    stage_new_conn(&s);
    assert_failed(&s, stage_connect(&s), HF_ERROR_SSL, HF_E_ALERT_RECEIVED);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(s.conn)), 40);
    stage_close(&s);
}

/* The server said why and went away: that tells more than the broken pipe. */
static void test_clause_44_an_alert_behind_a_broken_pipe(void **state)
{
    int broken[2];
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(pipe(broken), 0);
    (void)close(broken[0]);
    assert_int_equal(hf_conn_set_wfd(s.conn, broken[1]), 1);
    stage_inject(&s, "\x15\x03\x03\x00\x02\x02\x70", 7);
    (void)stage_to_client(&s);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_ALERT_RECEIVED);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(s.conn)), 112);
    (void)close(broken[1]);
    stage_close(&s);
}

/* After the handshake a protected alert is told the same way. */
static void test_clause_44_an_alert_on_an_open_connection(void **state)
{
    uint8_t byte;
    size_t n;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    stage_establish(&s);
    /* Bytes that do not decrypt make the server send bad_record_mac. */
    peer_receive(&s.server,
                 (const uint8_t *)"\x17\x03\x03\x00\x11"
                                  "0123456789abcdefg",
                 22);
    assert_int_equal(peer_read(&s.server, &byte, 1), 0);
    assert_true(s.server.failed);
    (void)stage_to_client(&s);
    assert_failed(&s, hf_read(s.conn, &byte, 1, &n), HF_ERROR_SSL, HF_E_ALERT_RECEIVED);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(s.conn)), 20);
    stage_close(&s);
}

/* ---- clause 45 ---- */

static void expect_bad_mac_heard(stage *s, uint8_t *record, size_t len)
{
    uint8_t byte;
    size_t n;

    stage_inject(s, record, len);
    while (stage_to_client(s) > 0)
        ;
    assert_failed(s, hf_read(s->conn, &byte, 1, &n), HF_ERROR_SSL, HF_E_BAD_RECORD_MAC);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(s->conn)), 20);
    assert_int_equal(hf_error_alert_direction(hf_conn_get0_error(s->conn)),
                     HF_DIRECTION_SENT);
    (void)stage_to_server(s);
    (void)peer_read(&s->server, &byte, 1);
    assert_int_equal(s->server.alert_heard, 20);
    assert_int_equal(s->server.reason, SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
}

/* Established, tickets read, and one protected record of the server's in hand. */
static size_t take_record(stage *s, uint8_t *record, size_t size)
{
    uint8_t byte;
    size_t n;

    stage_establish(s);
    while (stage_carry(s) > 0)
        assert_wants(s, hf_read(s->conn, &byte, 1, &n), HF_ERROR_WANT_READ);
    assert_true(peer_write(&s->server, "data", 4));
    return peer_send(&s->server, record, size);
}

static void test_clause_45_changed_bytes_are_bad_record_mac(void **state)
{
    uint8_t record[64];

    (void)state;
    for (size_t at = 5; at < 26; at++) {
        stage s;
        stage_open(&s, CARRIER_CUSTOM);
        size_t len = take_record(&s, record, sizeof record);
        assert_int_equal(len, 26); /* header, 4 bytes, the type, the tag */
        record[at] ^= 0x10;
        expect_bad_mac_heard(&s, record, len);
        stage_close(&s);
    }
}

static void test_clause_45_replayed_bytes_are_bad_record_mac(void **state)
{
    uint8_t record[64], bytes[8];
    size_t got;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    size_t len = take_record(&s, record, sizeof record);
    stage_inject(&s, record, len);
    (void)stage_to_client(&s);
    assert_int_equal(hf_read(s.conn, bytes, sizeof bytes, &got), 1);
    assert_int_equal(got, 4);
    expect_bad_mac_heard(&s, record, len);
    stage_close(&s);
}

/* The low byte of an unprotected record's legacy version: RFC 8446 5.1 has it ignored. */
static bool is_ignored(const uint8_t *flight, size_t len, size_t at)
{
    for (size_t record = 0; record + 5 <= len;) {
        bool is_protected = flight[record] == 0x17;
        if (at == record + 2)
            return !is_protected;
        record += 5u + ((size_t)flight[record + 3] << 8 | flight[record + 4]);
    }
    return false;
}

/* Any bit of the flight: it fails, and says why. */
static void test_clause_45_a_flipped_bit_anywhere_in_the_flight(void **state)
{
    uint8_t flight[8192];
    stage s;

    (void)state;
    stage_open(&s, CARRIER_MEMORY);
    size_t len = take_flight(&s, flight, sizeof flight);
    for (size_t at = 0; at < len; at++) {
        restart(&s);
        size_t now = take_flight(&s, flight, sizeof flight);
        if (at >= now)
            break;
        flight[at] ^= (uint8_t)(1u << (at % 8));
        stage_inject(&s, flight, now);
        stage_end_input(&s);
        int ret = stage_connect(&s);
        if (ret == 1 && !is_ignored(flight, now, at))
            fail_msg("a flipped bit at %zu of %zu passes", at, now);
        if (ret == 1)
            continue;
        assert_int_equal(ret, -1);
        assert_int_equal(hf_get_error(s.conn, ret), HF_ERROR_SSL);
        assert_int_not_equal(stage_code(&s), HF_E_INTERNAL);
    }
    stage_close(&s);
}

/* ---- clause 46 ---- */

static void only_tls12(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION), 1);
}

/* Replaces the client by one with this setting. */
static void configure_client(stage *s, hf_status (*set)(hf_config *, const char *),
                             const char *names)
{
    hf_conn_free(s->conn);
    s->conn = NULL;
    hf_config_free(s->config);
    s->config = stage_config(&s->root);
    assert_int_equal(set(s->config, names), 1);
    stage_new_conn(s);
}

static void test_clause_46_no_common_version(void **state)
{
    stage s;

    (void)state;
    stage_open_with(&s, CARRIER_SOCKET, only_tls12);
    configure_client(&s, hf_config_set_versions, "TLSv1.3");
    int ret = stage_connect(&s);
    assert_failed(&s, ret, HF_ERROR_SSL, HF_E_ALERT_RECEIVED);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(s.conn)), 70);
    assert_true(s.server.failed);
    assert_int_equal(s.server.reason, SSL_R_UNSUPPORTED_PROTOCOL);
    stage_close(&s);
}

static void expect_both_fail(stage *s, int alert, int reason)
{
    assert_failed(s, stage_connect(s), HF_ERROR_SSL, HF_E_ALERT_RECEIVED);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(s->conn)), alert);
    assert_true(s->server.failed);
    assert_int_equal(s->server.reason, reason);
}

static void only_aes256(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384"), 1);
    (void)SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
}

static void test_clause_46_no_common_cipher(void **state)
{
    stage s;

    (void)state;
    stage_open_with(&s, CARRIER_SOCKET, only_aes256);
    configure_client(&s, hf_config_set_cipher_suites, "TLS_CHACHA20_POLY1305_SHA256");
    expect_both_fail(&s, 40, SSL_R_NO_SHARED_CIPHER);
    stage_close(&s);
}

static void only_x448(SSL_CTX *ctx)
{
    char groups[] = "X448"; /* the macro takes no const */

    assert_int_equal(SSL_CTX_set1_groups_list(ctx, groups), 1);
}

static void test_clause_46_no_common_group(void **state)
{
    stage s;

    (void)state;
    stage_open_with(&s, CARRIER_SOCKET, only_x448);
    expect_both_fail(&s, 40, SSL_R_NO_SUITABLE_KEY_SHARE);
    stage_close(&s);
}

static void test_clause_46_no_common_key_type(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    configure_client(&s, hf_config_set_signature_algorithms,
                     "rsa_pss_rsae_sha256,ed25519");
    expect_both_fail(&s, 40, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clause_42_a_flight_cut_anywhere),
        cmocka_unit_test(test_clause_42_on_every_transport),
        cmocka_unit_test(test_clause_43_answers_that_are_not_tls),
        cmocka_unit_test(test_clause_43_records_that_may_not_be),
        cmocka_unit_test(test_clause_44_every_fatal_alert_by_its_name),
        cmocka_unit_test(test_clause_44_a_real_servers_alert),
        cmocka_unit_test(test_clause_44_an_alert_behind_a_broken_pipe),
        cmocka_unit_test(test_clause_44_an_alert_on_an_open_connection),
        cmocka_unit_test(test_clause_45_changed_bytes_are_bad_record_mac),
        cmocka_unit_test(test_clause_45_replayed_bytes_are_bad_record_mac),
        cmocka_unit_test(test_clause_45_a_flipped_bit_anywhere_in_the_flight),
        cmocka_unit_test(test_clause_46_no_common_version),
        cmocka_unit_test(test_clause_46_no_common_cipher),
        cmocka_unit_test(test_clause_46_no_common_group),
        cmocka_unit_test(test_clause_46_no_common_key_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
