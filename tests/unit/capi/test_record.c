/* tests/unit/capi/test_record.c: what the error record and the timeline tell of a
 * handshake between two ends of ours: what both sides offered, how a server judged the
 * client's certificate, what was decided; and that no secret is in any of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capi/objects.h"
#include "fixtures/client_fixtures.h"
#include "session/session.h"
#include "two_ends.h"

static const hf_error *record_of(const hf_conn *conn)
{
    return hf_conn_get0_error(conn);
}

static void expect_code(const hf_conn *conn, int code)
{
    if (hf_error_code(record_of(conn)) != code)
        fail_msg("%s instead of %s: %s", hf_error_name(record_of(conn)),
                 hf_code_name(code), hf_error_summary(record_of(conn)));
}

/* ---- what both sides said ---- */

/* Text that grows in the room of the test's buffer. */
static void append(char *text, size_t size, const char *more)
{
    size_t len = strlen(text);

    assert_true(len + strlen(more) < size);
    (void)snprintf(text + len, size - len, "%s", more);
}

/* The whole list, as text. */
static void expect_list(const hf_conn *conn, int side, int what, const char *want)
{
    char text[1024] = "";
    const char *name;

    for (size_t i = 0;
         hf_error_negotiation(record_of(conn), side, what, i, NULL, &name) == 1; i++) {
        append(text, sizeof text, i == 0 ? "" : " ");
        append(text, sizeof text, name[0] != '\0' ? name : "?");
    }
    assert_string_equal(text, want);
}

#define OFFERED HF_NEGOTIATION_OFFERED
#define PEER HF_NEGOTIATION_PEER

static void test_no_common_suite(void **state)
{
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    two t;

    (void)state;
    assert_int_equal(hf_config_set_cipher_suites(client, "TLS_AES_256_GCM_SHA384"), 1);
    assert_int_equal(hf_config_set_cipher_suites(
                         server, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"),
                     1);
    assert_int_equal(hf_config_set_groups(client, "x25519"), 1);
    assert_int_equal(hf_config_add_alpn(client, (const uint8_t *)"h2", 2), 1);
    assert_int_equal(hf_config_add_alpn(client, (const uint8_t *)"a\x01\xff", 3), 1);
    two_ends_join(&t, client, server);
    assert_false(two_ends_go(&t));

    expect_code(t.server, HF_E_NO_COMMON_SUITE);
    assert_string_equal(hf_error_role(record_of(t.server)), "server");
    expect_list(t.server, OFFERED, HF_NEGOTIATION_CIPHER_SUITE,
                "TLS_AES_128_GCM_SHA256 TLS_CHACHA20_POLY1305_SHA256");
    expect_list(t.server, PEER, HF_NEGOTIATION_CIPHER_SUITE, "TLS_AES_256_GCM_SHA384");
    expect_list(t.server, PEER, HF_NEGOTIATION_VERSION, "TLSv1.3");
    expect_list(t.server, PEER, HF_NEGOTIATION_GROUP, "x25519");
    expect_list(t.server, PEER, HF_NEGOTIATION_PROTOCOL, "h2 a??");
    expect_list(t.server, OFFERED, HF_NEGOTIATION_PROTOCOL, "");

    /* The client has its own words and the server's alert. */
    expect_code(t.client, HF_E_ALERT_RECEIVED);
    assert_string_equal(hf_error_role(record_of(t.client)), "client");
    assert_int_equal(hf_error_alert(record_of(t.client)), 40);
    expect_list(t.client, OFFERED, HF_NEGOTIATION_CIPHER_SUITE, "TLS_AES_256_GCM_SHA384");
    expect_list(t.client, OFFERED, HF_NEGOTIATION_VERSION, "TLSv1.3");
    expect_list(t.client, PEER, HF_NEGOTIATION_CIPHER_SUITE, "");
    assert_non_null(strstr(hf_error_hint(record_of(t.client)),
                           "only the cipher suite TLS_AES_256_GCM_SHA384 and the group"));
    assert_int_equal(hf_error_negotiation(record_of(t.client), 2, 0, 0, NULL, NULL), 0);
    assert_int_equal(hf_error_negotiation(record_of(t.client), 0, 5, 0, NULL, NULL), 0);
    two_ends_part(&t);
}

static void test_no_common_version(void **state)
{
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    two t;

    (void)state;
    assert_int_equal(hf_config_set_versions(client, "TLSv1.2"), 1);
    assert_int_equal(hf_config_set_versions(server, "TLSv1.3"), 1);
    two_ends_join(&t, client, server);
    assert_false(two_ends_go(&t));
    expect_code(t.server, HF_E_NO_COMMON_VERSION);
    expect_list(t.server, OFFERED, HF_NEGOTIATION_VERSION, "TLSv1.3");
    expect_list(t.server, PEER, HF_NEGOTIATION_VERSION, "TLSv1.2");
    expect_list(t.client, OFFERED, HF_NEGOTIATION_VERSION, "TLSv1.2");
    two_ends_part(&t);
}

/* Of a server that got past the ClientHello, what was chosen. */
static void test_after_the_choice(void **state)
{
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    two t;

    (void)state;
    assert_int_equal(hf_config_set_groups(server, "P-256"), 1);
    assert_int_equal(hf_config_set_client_auth(server, HF_CLIENT_AUTH_REQUIRED), 1);
    assert_int_equal(hf_config_add_trust_memory(server, fixture_client_ca_der,
                                                fixture_client_ca_der_len),
                     1);
    two_ends_join(&t, client, server);
    assert_false(two_ends_go(&t));
    expect_code(t.server, HF_E_CLIENT_CERTIFICATE_MISSING);
    expect_list(t.server, PEER, HF_NEGOTIATION_GROUP, "secp256r1");
    expect_list(t.server, OFFERED, HF_NEGOTIATION_GROUP, "secp256r1");
    expect_list(t.server, PEER, HF_NEGOTIATION_VERSION, "TLSv1.3");
    two_ends_part(&t);
}

/* A chain that is not trusted is kept, with the issuers that were tried. */
static void test_chain_is_kept(void **state)
{
    hf_config *client = two_ends_new_config(), *server = two_ends_server_config(false);
    char json[8192];
    size_t len = 0;
    two t;

    (void)state;
    /* The trust store has one certificate, of somebody else. */
    assert_int_equal(hf_config_add_trust_memory(client, fixture_client_rsa_der,
                                                fixture_client_rsa_der_len),
                     1);
    two_ends_join(&t, client, server);
    assert_int_equal(hf_conn_set_hostname(t.client, "www.example"), 1);
    assert_false(two_ends_go(&t));
    assert_true(hf_error_code(record_of(t.client)) >= HF_E_CERT_MALFORMED);
    assert_int_equal(hf_conn_peer_certificate_count(t.client), 1);
    const uint8_t *der = hf_conn_get0_peer_der(t.client, 0, &len);
    assert_int_equal(len, fixture_client_p256_der_len);
    assert_memory_equal(der, fixture_client_p256_der, len);
    assert_string_equal(hf_error_certificate_clock(record_of(t.client)),
                        "2026-06-01T12:00:00Z");
    expect_list(t.client, PEER, HF_NEGOTIATION_VERSION, "TLSv1.3");
    assert_true(hf_error_json(record_of(t.client), json, sizeof json) < sizeof json);
    assert_non_null(strstr(json, "\"negotiation\":{\"offered\":{\"versions\":[{"));

    /* A server says what the client sees. */
    expect_code(t.server, HF_E_ALERT_RECEIVED);
    assert_non_null(strstr(hf_error_hint(record_of(t.server)), "the client"));
    /* With the next handshake all of it is gone. */
    assert_int_equal(hf_clear(t.client), 1);
    assert_int_equal(hf_conn_peer_certificate_count(t.client), 0);
    assert_int_equal(hf_error_negotiation(record_of(t.client), OFFERED, 0, 0, NULL, NULL),
                     0);
    two_ends_part(&t);
}

/* ---- the server's verdict on our certificate ---- */

static hf_config *asking(bool trusts)
{
    hf_config *server = two_ends_server_config(false);
    const uint8_t *der = trusts ? fixture_client_ca_der : fixture_client_rsa_der;
    size_t len = trusts ? fixture_client_ca_der_len : fixture_client_rsa_der_len;

    assert_int_equal(hf_config_set_client_auth(server, HF_CLIENT_AUTH_REQUIRED), 1);
    assert_int_equal(hf_config_add_trust_memory(server, der, len), 1);
    return server;
}

static void expect_verdict(const two *t, int ret, int code)
{
    assert_int_equal(ret, -1);
    assert_int_equal(hf_get_error(t->client, ret), HF_ERROR_SSL);
    expect_code(t->client, code);
    assert_int_equal(hf_error_alert_direction(record_of(t->client)),
                     HF_DIRECTION_RECEIVED);
    assert_non_null(strstr(hf_error_summary(record_of(t->client)), "certificate"));
}

/* By default the client is done before the server has judged. */
static void test_verdict_at_the_first_read(void **state)
{
    uint8_t byte;
    size_t n;

    (void)state;
    for (int shown = 0; shown < 2; shown++) {
        hf_config *client = two_ends_client_config();
        two t;
        if (shown)
            two_ends_show(client, false);
        two_ends_join(&t, client, asking(false));
        assert_int_equal(hf_connect(t.client), -1);
        assert_int_equal(hf_accept(t.server), -1);
        assert_int_equal(hf_connect(t.client), 1);
        assert_int_equal(hf_is_init_finished(t.client), 1);
        assert_int_equal(hf_accept(t.server), -1);
        expect_code(t.server,
                    shown ? HF_E_CERT_UNKNOWN_ISSUER : HF_E_CLIENT_CERTIFICATE_MISSING);
        expect_verdict(&t, hf_read(t.client, &byte, 1, &n),
                       shown ? HF_E_CLIENT_CERTIFICATE_REJECTED
                             : HF_E_CLIENT_CERTIFICATE_REQUIRED);
        assert_int_equal(hf_error_alert(record_of(t.client)), shown ? 48 : 116);
        two_ends_part(&t);
    }
}

/* TLS 1.2 knows within the handshake. */
static void test_verdict_of_tls12(void **state)
{
    (void)state;
    for (int shown = 0; shown < 2; shown++) {
        hf_config *client = two_ends_client_config();
        two t;
        if (shown)
            two_ends_show(client, false);
        assert_int_equal(hf_config_set_versions(client, "TLSv1.2"), 1);
        two_ends_join(&t, client, asking(false));
        assert_false(two_ends_go(&t));
        expect_verdict(&t, t.client_result,
                       shown ? HF_E_CLIENT_CERTIFICATE_REJECTED
                             : HF_E_CLIENT_CERTIFICATE_REQUIRED);
        two_ends_part(&t);
    }
}

static void test_verdict_is_waited_for(void **state)
{
    (void)state;
    for (int shown = 0; shown < 2; shown++) {
        hf_config *client = two_ends_client_config();
        two t;
        if (shown)
            two_ends_show(client, false);
        (void)hf_config_set_options(client, HF_OPTION_WAIT_FOR_VERDICT);
        two_ends_join(&t, client, asking(false));
        assert_int_equal(hf_connect(t.client), -1);
        assert_int_equal(hf_accept(t.server), -1);
        assert_int_equal(hf_connect(t.client), -1);
        assert_int_equal(hf_get_error(t.client, -1), HF_ERROR_WANT_READ);
        assert_int_equal(hf_is_init_finished(t.client), 0);
        assert_int_equal(hf_in_init(t.client), 1);
        assert_int_equal(hf_accept(t.server), -1);
        expect_verdict(&t, hf_connect(t.client),
                       shown ? HF_E_CLIENT_CERTIFICATE_REJECTED
                             : HF_E_CLIENT_CERTIFICATE_REQUIRED);
        two_ends_part(&t);
    }
}

static void waiting(two *t, hf_config *server)
{
    hf_config *client = two_ends_client_config();

    two_ends_show(client, false);
    (void)hf_config_set_options(client, HF_OPTION_WAIT_FOR_VERDICT);
    assert_int_equal(hf_config_set_handshake_timeout(client, 1000), 1);
    two_ends_join(t, client, server);
}

/* A ticket, data or an orderly close is a verdict, too. */
static void test_good_verdicts(void **state)
{
    uint8_t byte;
    size_t n;
    two t;

    (void)state;
    waiting(&t, asking(true));
    assert_true(two_ends_go(&t));
    two_ends_part(&t);

    for (int closes = 0; closes < 2; closes++) {
        hf_config *server = asking(true);
        assert_int_equal(hf_config_set_ticket_count(server, 0), 1);
        waiting(&t, server);
        assert_false(two_ends_go(&t));
        assert_int_equal(t.server_result, 1);
        assert_int_equal(hf_get_error(t.client, t.client_result), HF_ERROR_WANT_READ);
        if (closes)
            assert_int_equal(hf_shutdown(t.server), 0);
        else
            assert_int_equal(hf_write(t.server, "x", 1, &n), 1);
        assert_int_equal(hf_connect(t.client), 1);
        assert_int_equal(hf_read(t.client, &byte, 1, &n), closes ? 0 : 1);
        two_ends_part(&t);
    }
}

/* The drawback: a server that says nothing is waited for, no longer than allowed. */
static void test_silent_server(void **state)
{
    hf_config *server = asking(true);
    two t;

    (void)state;
    assert_int_equal(hf_config_set_ticket_count(server, 0), 1);
    waiting(&t, server);
    assert_false(two_ends_go(&t));
    two_ends_monotonic += 2000000;
    assert_int_equal(hf_connect(t.client), -1);
    expect_code(t.client, HF_E_DEADLINE_EXCEEDED);
    two_ends_part(&t);
    two_ends_monotonic = 0;
}

/* Nobody asked for a certificate: there is nothing to wait for. */
static void test_no_verdict_to_wait_for(void **state)
{
    hf_config *server = two_ends_server_config(false);
    two t;

    (void)state;
    assert_int_equal(hf_config_set_ticket_count(server, 0), 1);
    waiting(&t, server);
    assert_true(two_ends_go(&t));
    two_ends_part(&t);
}

/* ---- decisions ---- */

/* "name=value" of each, in order. */
static void expect_decisions(const hf_conn *conn, const char *want)
{
    char text[1024] = "";

    for (size_t i = 0; i < hf_trace_count(conn); i++) {
        const char *name = NULL, *value = NULL;
        int kind, direction, number = -1;
        size_t bytes = 1;
        assert_int_equal(
            hf_trace_event(conn, i, &kind, &direction, NULL, &name, NULL, &bytes, NULL),
            1);
        assert_int_equal(hf_trace_decision(conn, i, &number, &value),
                         kind == HF_TRACE_DECISION);
        if (kind != HF_TRACE_DECISION)
            continue;
        assert_int_equal(direction, HF_DIRECTION_NONE);
        assert_int_equal(bytes, 0);
        char one[128];
        (void)snprintf(one, sizeof one, "%s%s=%s", text[0] != '\0' ? ", " : "", name,
                       value[0] != '\0' ? value
                       : number == 0    ? "0"
                                        : "?");
        append(text, sizeof text, one);
    }
    assert_string_equal(text, want);
}

static void test_decisions(void **state)
{
    hf_config *client = two_ends_client_config(), *server = asking(true);
    uint8_t byte;
    size_t n;
    two t;

    (void)state;
    two_ends_show(client, false);
    assert_int_equal(hf_config_set_groups(client, "x25519:P-256"), 1);
    assert_int_equal(hf_config_set_groups(server, "P-256"), 1);
    two_ends_join(&t, client, server);
    assert_true(two_ends_go(&t));
    expect_decisions(t.client, "version=TLSv1.3, cipher suite=TLS_AES_128_GCM_SHA256, "
                               "hello retry=secp256r1, group=secp256r1, "
                               "verification=CERT_EXTENDED_KEY_USAGE, certificate=0");
    expect_decisions(t.server, "version=TLSv1.3, cipher suite=TLS_AES_128_GCM_SHA256, "
                               "group=secp256r1, hello retry=secp256r1, certificate=0, "
                               "verification=OK");
    assert_int_equal(hf_trace_dropped(t.client), 0);
    assert_int_equal(hf_trace_decision(t.client, hf_trace_count(t.client), NULL, NULL),
                     0);
    (void)hf_read(t.client, &byte, 1, &n);
    hf_session *session = hf_conn_get1_session(t.client);
    assert_non_null(session);

    /* The same server takes it; another one does not. */
    two again;
    two_ends_join(&again, hf_config_up_ref(client), hf_config_up_ref(server));
    assert_int_equal(hf_conn_set_session(again.client, session), 1);
    assert_true(two_ends_go(&again));
    expect_decisions(again.client,
                     "version=TLSv1.3, cipher suite=TLS_AES_128_GCM_SHA256, "
                     "hello retry=secp256r1, group=secp256r1, "
                     "session=resumed");
    two_ends_part(&again);
    two_ends_join(&again, hf_config_up_ref(client), two_ends_server_config(false));
    assert_int_equal(hf_conn_set_session(again.client, session), 1);
    assert_true(two_ends_go(&again));
    expect_decisions(again.client,
                     "version=TLSv1.3, cipher suite=TLS_AES_128_GCM_SHA256, "
                     "group=x25519, session=not resumed, "
                     "verification=CERT_EXTENDED_KEY_USAGE");
    expect_decisions(again.server,
                     "version=TLSv1.3, cipher suite=TLS_AES_128_GCM_SHA256, "
                     "group=x25519, session=not resumed, certificate=0");
    two_ends_part(&again);
    hf_session_free(session);
    two_ends_part(&t);
}

/* ---- no secret in any of it ---- */

typedef struct secrets {
    uint8_t bytes[64][64];
    size_t len[64];
    size_t count;
} secrets;

static void add_secret(secrets *s, const uint8_t *bytes, size_t len)
{
    assert_true(s->count < 64);
    len = len < 64 ? len : 64;
    memcpy(s->bytes[s->count], bytes, len);
    s->len[s->count++] = len;
}

static uint8_t nibble(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The last word of a line of the key log. */
static void take_line(void *context, const hf_conn *conn, const char *line)
{
    const char *hex = strrchr(line, ' ') + 1;
    uint8_t secret[64];
    size_t len = strcspn(hex, "\n") / 2;

    (void)conn;
    assert_in_range(len, 32, 64);
    for (size_t i = 0; i < len; i++)
        secret[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    add_secret(context, secret, len);
}

static bool is_in(const uint8_t *p, size_t size, const void *what, size_t len)
{
    for (size_t from = 0; from + len <= size; from++) {
        if (memcmp(p + from, what, len) == 0)
            return true;
    }
    return false;
}

/* As bytes or in hexadecimal; a piece of eight bytes is enough to be found. */
static bool holds_secret(const secrets *s, const void *memory, size_t size)
{
    enum { PIECE = 8 };

    for (size_t i = 0; i < s->count; i++) {
        for (size_t at = 0; at + PIECE <= s->len[i]; at += PIECE) {
            char hex[2 * PIECE + 1];
            for (size_t k = 0; k < PIECE; k++)
                (void)snprintf(hex + 2 * k, 3, "%02x", s->bytes[i][at + k]);
            if (is_in(memory, size, s->bytes[i] + at, PIECE) ||
                is_in(memory, size, hex, sizeof hex - 1))
                return true;
        }
    }
    return false;
}

static void expect_none(const secrets *s, const void *memory, size_t size)
{
    assert_false(holds_secret(s, memory, size));
}

static void search(const secrets *s, const hf_conn *conn)
{
    const hfi_report *r = &conn->engine.report;
    static char text[65536];

    assert_true(s->count > 3);
    size_t len = hf_error_json(record_of(conn), text, sizeof text);
    assert_true(len < sizeof text);
    expect_none(s, text, len);
    len = hf_trace_json(conn, text, sizeof text);
    assert_true(len < sizeof text);
    expect_none(s, text, len);
    len = hf_conn_json(conn, text, sizeof text);
    assert_true(len < sizeof text);
    expect_none(s, text, len);
    expect_none(s, &conn->engine.timeline, sizeof conn->engine.timeline);
    expect_none(s, r, sizeof *r);
    expect_none(s, &conn->error, sizeof conn->error);
    if (r->fault != NULL)
        expect_none(s, r->fault, sizeof *r->fault);
    if (r->negotiation != NULL)
        expect_none(s, r->negotiation, sizeof *r->negotiation);
    expect_none(s, hf_error_summary(record_of(conn)),
                strlen(hf_error_summary(record_of(conn))));
}

/* The scalar in the middle of the PKCS #8. */
static void add_private_key(secrets *s)
{
    add_secret(s, fixture_client_p256_key + 36, 32);
}

/* Whoever looks must be able to find. */
static void test_search_finds(void **state)
{
    secrets s = {.count = 0};

    (void)state;
    add_secret(&s, (const uint8_t *)"ABCDEFGHabcdefgh", 16);
    assert_false(holds_secret(&s, "xxabcdefgyyyyyy", 15));
    assert_true(holds_secret(&s, "xxabcdefghy", 11));
    assert_true(holds_secret(&s, "ABCDEFGH", 8));
    assert_false(holds_secret(&s, "x616263646566676", 16));
    assert_true(holds_secret(&s, "x6162636465666768", 17));
}

static void test_no_secret_after_success(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *client = two_ends_client_config(), *server = asking(true);
        secrets s = {.count = 0};
        uint8_t byte;
        size_t n;
        two t;

        two_ends_show(client, false);
        add_private_key(&s);
        assert_int_equal(hf_config_set_key_log(client, take_line, &s), 1);
        assert_int_equal(hf_config_set_key_log(server, take_line, &s), 1);
        assert_int_equal(hf_config_set_versions(client, tls12 ? "TLSv1.2" : "TLSv1.3"),
                         1);
        two_ends_join(&t, client, server);
        assert_true(two_ends_go(&t));
        (void)hf_read(t.client, &byte, 1, &n);
        hf_session *session = hf_conn_get1_session(t.client);
        assert_non_null(session);
        const hfi_session_fields *f = hfi_session_get((const hfi_session *)session);
        add_secret(&s, f->psk, f->psk_len);
        add_secret(&s, f->ticket.p, f->ticket.len);
        add_secret(&s, f->ticket.p + f->ticket.len / 2, f->ticket.len / 2);
        search(&s, t.client);
        search(&s, t.server);

        two again;
        two_ends_join(&again, hf_config_up_ref(client), hf_config_up_ref(server));
        assert_int_equal(hf_conn_set_session(again.client, session), 1);
        assert_true(two_ends_go(&again));
        assert_int_equal(hf_conn_session_reused(again.client), 1);
        search(&s, again.client);
        search(&s, again.server);
        two_ends_part(&again);
        hf_session_free(session);
        two_ends_part(&t);
    }
}

static void test_no_secret_after_failure(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *client = two_ends_client_config(), *server = asking(false);
        secrets s = {.count = 0};
        uint8_t byte;
        size_t n;
        two t;

        two_ends_show(client, false);
        add_private_key(&s);
        assert_int_equal(hf_config_set_key_log(client, take_line, &s), 1);
        assert_int_equal(hf_config_set_key_log(server, take_line, &s), 1);
        assert_int_equal(hf_config_set_versions(client, tls12 ? "TLSv1.2" : "TLSv1.3"),
                         1);
        two_ends_join(&t, client, server);
        assert_false(two_ends_go(&t));
        (void)hf_read(t.client, &byte, 1, &n);
        expect_code(t.client, HF_E_CLIENT_CERTIFICATE_REJECTED);
        add_secret(&s, (const uint8_t *)"no secret, but a fourth entry", 29);
        add_secret(&s, (const uint8_t *)"no secret, but a fifth entry.", 29);
        search(&s, t.client);
        search(&s, t.server);
        two_ends_part(&t);
    }
}

static uint8_t shared[32] = {0x5e, 0xc2, 0xe7, 1,  2,  3,  4,  5,  6,  7,  8,
                             9,    10,   11,   12, 13, 14, 15, 16, 17, 18, 19,
                             20,   21,   22,   23, 24, 25, 26, 27, 28, 29};

/* The server's key of that name, which context is. */
static int find_key(void *context, hf_conn *conn, const uint8_t *identity,
                    size_t identity_len, uint8_t *key, size_t size, size_t *key_len,
                    const char **hash)
{
    (void)conn;
    (void)identity;
    (void)hash;
    assert_int_equal(identity_len, 2);
    assert_true(size >= 32);
    memcpy(key, context, 32);
    *key_len = 32;
    return 1;
}

static void test_no_secret_of_a_psk(void **state)
{
    static uint8_t other[32] = {9, 8, 7, 6, 5, 4, 3, 2, 1};

    (void)state;
    for (int same = 0; same < 2; same++) {
        hf_config *client = two_ends_client_config(), *server = two_ends_new_config();
        secrets s = {.count = 0};
        two t;

        add_secret(&s, shared, sizeof shared);
        assert_int_equal(hf_config_set_groups(client, "x25519"), 1);
        add_private_key(&s);
        assert_int_equal(hf_config_set_key_log(client, take_line, &s), 1);
        assert_int_equal(hf_config_set_key_log(server, take_line, &s), 1);
        assert_int_equal(
            hf_config_set_psk_callback(server, find_key, same ? shared : other), 1);
        two_ends_join(&t, client, server);
        assert_int_equal(hf_conn_set_psk(t.client, (const uint8_t *)"me", 2, shared,
                                         sizeof shared, NULL),
                         1);
        assert_int_equal(two_ends_go(&t), same);
        if (!same)
            expect_code(t.server, HF_E_BAD_BINDER);
        else
            expect_decisions(t.client, "version=TLSv1.3, cipher suite="
                                       "TLS_AES_128_GCM_SHA256, group=x25519, "
                                       "pre-shared key=used");
        add_secret(&s, (const uint8_t *)"no secret, but a third entry.", 29);
        add_secret(&s, (const uint8_t *)"no secret, but a fourth entry", 29);
        search(&s, t.client);
        search(&s, t.server);
        two_ends_part(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_common_suite),
        cmocka_unit_test(test_no_common_version),
        cmocka_unit_test(test_after_the_choice),
        cmocka_unit_test(test_chain_is_kept),
        cmocka_unit_test(test_verdict_at_the_first_read),
        cmocka_unit_test(test_verdict_of_tls12),
        cmocka_unit_test(test_verdict_is_waited_for),
        cmocka_unit_test(test_good_verdicts),
        cmocka_unit_test(test_silent_server),
        cmocka_unit_test(test_no_verdict_to_wait_for),
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_search_finds),
        cmocka_unit_test(test_no_secret_after_success),
        cmocka_unit_test(test_no_secret_after_failure),
        cmocka_unit_test(test_no_secret_of_a_psk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
