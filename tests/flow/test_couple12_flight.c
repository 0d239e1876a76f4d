/* tests/flow/test_couple12_flight.c: what a TLS 1.2 server makes of its client's second
 * flight, what it waits for the application with, and how large its records are.
 * RFC 5246 7.4.6 to 7.4.9; RFC 8422 5.7; RFC 8449. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "conn/internal.h"
#include "couple.h"
#include "handshake/handshake.h"
#include "msg/types.h"
#include "script_flight.h"

static couple c;

static void init(script_key key)
{
    couple_init(&c, key);
    couple_version(&c, 0x0303);
}

static void finish(void)
{
    couple_free(&c);
    assert_null(couple_left_over(&c));
}

static void expect_connected(hfi_err err)
{
    if (err != HFI_OK)
        fail_msg("%s", hfi_err_lookup((int)err)->name);
    const char *wrong = couple_connected(&c);
    if (wrong != NULL)
        fail_msg("%s", wrong);
}

static void expect_failed(hfi_err err, hfi_alert alert)
{
    if (c.server.err != err)
        fail_msg("%s instead of %s", hfi_err_lookup((int)c.server.err)->name,
                 hfi_err_lookup((int)err)->name);
    assert_int_equal(c.server.conn.report.alert, alert);
    const char *wrong = couple_failed(&c);
    if (wrong != NULL)
        fail_msg("%s", wrong);
}

/* A byte more of the client's at a time, until the server waits in that state. */
static void bring(const char *state)
{
    c.client.way.cut_at = 0;
    (void)couple_run(&c);
    couple_send_alone(&c.client);
    while (c.server.conn.hs == NULL ||
           strcmp(hfi_conn_step(&c.server.conn), state) != 0) {
        c.client.way.cut_at++;
        assert_int_equal(couple_pump(&c), HFI_OK);
        assert_true(c.client.way.cut_at < 8192);
    }
}

/* One message in a record of its own, not protected. */
static void inject(uint8_t type, const char *hex)
{
    script_bytes body = {NULL, 0, 0}, record = {NULL, 0, 0};

    script_append_hex(&body, hex);
    script_append_hex(&record, "16 0303");
    script_append_number(&record, body.len + 4, 2);
    script_append_number(&record, type, 1);
    script_append_number(&record, body.len, 3);
    script_append_view(&record, script_view(&body));
    for (size_t done = 0; done < record.len;) {
        hfi_span space = hfi_conn_feed_space(&c.server.conn);
        size_t n = record.len - done < space.len ? record.len - done : space.len;
        assert_true(n != 0);
        memcpy(space.p, record.p + done, n);
        hfi_conn_feed_commit(&c.server.conn, n);
        done += n;
        (void)couple_pump(&c);
    }
    script_free(&body);
    script_free(&record);
}

typedef struct row {
    const char *name;
    const char *hex;
    hfi_err err;
    hfi_alert alert;
} row;

#define FAILS(code, alert) HFI_E_##code, HFI_ALERT_##alert

static void asks(hfi_client_auth auth)
{
    couple_client_auth(&c, auth);
    couple_add_client(&c, COUPLE_CLIENT_P256);
}

/* ---- ClientKeyExchange ---- */

static void refuse_all(const row *rows, size_t count, const char *state, uint8_t type,
                       const uint16_t *group, hfi_client_auth auth)
{
    for (size_t i = 0; i < count; i++) {
        init(SCRIPT_ED25519);
        if (auth != HFI_CLIENT_AUTH_NONE)
            asks(auth);
        if (group != NULL) {
            c.server.settings.groups[0] = *group;
            c.server.settings.group_count = 1;
        }
        bring(state);
        inject(type, rows[i].hex);
        if (c.server.err != rows[i].err)
            print_error("%s:\n", rows[i].name);
        expect_failed(rows[i].err, rows[i].alert);
        finish();
    }
}

#define REFUSE(rows, ...) refuse_all(rows, sizeof(rows) / sizeof((rows)[0]), __VA_ARGS__)

static void test_key_exchange(void **state)
{
    static const uint16_t p256 = 23;
    static const row x25519_rows[] = {
        {"empty", "", FAILS(DECODE_CLIENT_KEY_EXCHANGE, DECODE_ERROR)},
        {"no share", "00", FAILS(DECODE_CLIENT_KEY_EXCHANGE, DECODE_ERROR)},
        {"a byte behind it", "20 09*32 00",
         FAILS(DECODE_CLIENT_KEY_EXCHANGE, DECODE_ERROR)},
        {"of zeros", "20 00*32", FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
        {"of low order", "20 01 00*31", FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
        {"too short", "1f 09*31", FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
        {"too long", "21 09*33", FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
        {"RSA's", "0100 11*256", FAILS(DECODE_CLIENT_KEY_EXCHANGE, DECODE_ERROR)},
    };
    static const row p256_rows[] = {
        {"off the curve", "41 04 11*64", FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
        {"compressed", "21 02 11*32", FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
        {"X25519's", "20 09*32", FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    };

    (void)state;
    REFUSE(x25519_rows, "WAIT_CKE", HFI_CLIENT_KEY_EXCHANGE, NULL, HFI_CLIENT_AUTH_NONE);
    REFUSE(p256_rows, "WAIT_CKE", HFI_CLIENT_KEY_EXCHANGE, &p256, HFI_CLIENT_AUTH_NONE);
}

/* ---- Certificate, CertificateVerify ---- */

static void test_certificate(void **state)
{
    static const row rows[] = {
        {"empty", "", FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
        {"none", "000000", FAILS(CLIENT_CERTIFICATE_MISSING_TLS12, HANDSHAKE_FAILURE)},
        {"an empty one", "000003 000000", FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
        {"longer inside", "000004 000002 30", FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
        {"as in TLS 1.3", "00 000000", FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
        {"no certificate", "000005 000002 3000", FAILS(CERT_MALFORMED, BAD_CERTIFICATE)},
    };

    (void)state;
    REFUSE(rows, "WAIT_CERT", HFI_CERTIFICATE, NULL, HFI_CLIENT_AUTH_REQUIRED);
}

static void test_certificate_verify(void **state)
{
    static const row rows[] = {
        {"empty", "", FAILS(DECODE_CERTIFICATE_VERIFY, DECODE_ERROR)},
        {"a byte behind it", "0403 0001 11 00",
         FAILS(DECODE_CERTIFICATE_VERIFY, DECODE_ERROR)},
        {"no signature", "0403 0000", FAILS(BAD_CERTIFICATE_VERIFY, DECRYPT_ERROR)},
        {"a wrong one", "0403 0046 3044 0220 11*32 0220 11*32",
         FAILS(BAD_CERTIFICATE_VERIFY, DECRYPT_ERROR)},
        {"SHA-1", "0203 0046 3044 0220 11*32 0220 11*32",
         FAILS(UNOFFERED_SIGNATURE_ALGORITHM, ILLEGAL_PARAMETER)},
        {"for another key", "0804 0002 1111",
         FAILS(SIGNATURE_KEY_MISMATCH, ILLEGAL_PARAMETER)},
    };

    (void)state;
    REFUSE(rows, "WAIT_CV", HFI_CERTIFICATE_VERIFY, NULL, HFI_CLIENT_AUTH_REQUIRED);
}

/* Without a certificate there is nothing to be proved. */
static void test_optional(void **state)
{
    (void)state;
    init(SCRIPT_ED25519);
    couple_client_auth(&c, HFI_CLIENT_AUTH_OPTIONAL);
    expect_connected(couple_run(&c));
    assert_int_equal(hfi_conn_certificate_count(&c.server.conn), 0);
    assert_false(c.server.conn.agreed.verify_done);
    finish();
    init(SCRIPT_ED25519);
    couple_client_auth(&c, HFI_CLIENT_AUTH_REQUIRED);
    (void)couple_run(&c);
    expect_failed(FAILS(CLIENT_CERTIFICATE_MISSING_TLS12, HANDSHAKE_FAILURE));
    finish();
}

/* Optional does not mean any: what is shown must be good, unless nobody verifies. */
static void test_refused_client(void **state)
{
    static const hfi_client_auth auths[] = {HFI_CLIENT_AUTH_OPTIONAL,
                                            HFI_CLIENT_AUTH_REQUIRED};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        init(SCRIPT_ED25519);
        couple_client_auth(&c, auths[i]);
        couple_add_client(&c, COUPLE_CLIENT_EXPIRED);
        (void)couple_run(&c);
        expect_failed(FAILS(CERT_EXPIRED, CERTIFICATE_EXPIRED));
        finish();
    }
    init(SCRIPT_ED25519);
    couple_client_auth(&c, HFI_CLIENT_AUTH_REQUIRED);
    couple_add_client(&c, COUPLE_CLIENT_EXPIRED);
    c.server.settings.verify_chain = false;
    expect_connected(couple_run(&c));
    assert_int_equal(c.server.conn.agreed.verify_result, HFI_E_CERT_EXPIRED);
    finish();
}

/* The authorities that are asked for: a client whose issuer is not among them shows
 * nothing. */
static void test_authorities(void **state)
{
    static const uint8_t nobody[] = {0x00, 0x02, 0x30, 0x00};

    (void)state;
    init(SCRIPT_ED25519);
    asks(HFI_CLIENT_AUTH_OPTIONAL);
    c.server.settings.client_authorities = hfi_view_of(nobody, sizeof nobody);
    expect_connected(couple_run(&c));
    assert_int_equal(hfi_conn_certificate_count(&c.server.conn), 0);
    finish();
}

/* ---- Finished ---- */

static void test_finished(void **state)
{
    uint8_t message[4 + 13] = {HFI_FINISHED, 0, 0, 12};
    hfi_span content = {message, 4 + 12};

    (void)state;
    init(SCRIPT_ED25519);
    bring("WAIT_FINISHED");
    assert_int_equal(hfi_conn_take_handshake(&c.server.conn, content),
                     HFI_E_BAD_FINISHED);
    message[3] = 13;
    content.len = 4 + 13;
    assert_int_equal(hfi_conn_take_handshake(&c.server.conn, content),
                     HFI_E_DECODE_FINISHED);
    c.client.way.cut_at = SIZE_MAX;
    expect_connected(couple_pump(&c));
    finish();
}

/* ---- what waits ---- */

static void take_key_away(script_key which)
{
    hfi_credentials_clear(&c.server.own, &script_alloc, &hfi_crypto_nettle);
    couple_add_certificate(&c, which, false);
}

static void test_key_elsewhere(void **state)
{
    static const script_key keys[] = {SCRIPT_ED25519, SCRIPT_P256, SCRIPT_RSA};

    (void)state;
    for (size_t i = 0; i < 2 * (sizeof keys / sizeof keys[0]); i++) {
        script_bytes signature = {NULL, 0, 0};
        uint16_t scheme;
        bool wrong = i % 2 == 1;
        init(keys[i / 2]);
        take_key_away(keys[i / 2]);
        assert_int_equal(couple_run(&c), HFI_OK);
        assert_int_equal(hfi_conn_pause_reason(&c.server.conn), HFI_PAUSE_SIGNATURE);
        assert_int_equal(couple_pump(&c), HFI_OK); /* asking again changes nothing */
        hfi_view content = hfi_conn_to_sign(&c.server.conn, &scheme);
        assert_int_equal(scheme, script_key_scheme(keys[i / 2]));
        script_sign(keys[i / 2], scheme, content, &signature);
        signature.p[signature.len - 1] ^= wrong;
        assert_int_equal(hfi_conn_give_signature(&c.server.conn, script_view(&signature)),
                         HFI_OK);
        script_free(&signature);
        (void)couple_pump(&c);
        if (wrong)
            expect_failed(FAILS(CALLBACK_FAILED, INTERNAL_ERROR));
        else
            expect_connected(c.server.err);
        finish();
    }
}

static int answers[3], asked;

static int choose(void *owner)
{
    couple_end *e = owner;

    if (answers[asked] == 1)
        hfi_conn_set_credentials(&e->conn, &e->own);
    return answers[asked++];
}

static void test_choice_of_certificate(void **state)
{
    static const hfi_credentials none;

    (void)state;
    for (int last = 0; last < 2; last++) {
        init(SCRIPT_ED25519);
        c.server.settings.credentials = &none;
        c.server.settings.choose_certificate = choose;
        answers[0] = answers[1] = -1;
        answers[2] = last;
        asked = 0;
        (void)couple_run(&c);
        for (int i = 0; hfi_conn_pause_reason(&c.server.conn) != HFI_PAUSE_NONE; i++) {
            assert_int_equal(hfi_conn_pause_reason(&c.server.conn),
                             HFI_PAUSE_CERTIFICATE);
            assert_int_equal(c.server.conn.bytes_out, 0);
            assert_true(i < 3);
            (void)couple_pump(&c);
        }
        assert_int_equal(asked, 3);
        if (last)
            expect_connected(c.server.err);
        else
            expect_failed(FAILS(CALLBACK_FAILED, INTERNAL_ERROR));
        finish();
    }
}

/* A session that is resumed needs no certificate, and asks for none. */
static void test_no_choice_when_resumed(void **state)
{
    couple first;

    (void)state;
    couple_init(&first, SCRIPT_ED25519);
    couple_version(&first, 0x0303);
    assert_int_equal(couple_run(&first), HFI_OK);
    init(SCRIPT_ED25519);
    couple_resume(&c, &first);
    c.server.settings.choose_certificate = choose;
    asked = 0;
    expect_connected(couple_run(&c));
    assert_true(c.server.conn.agreed.resumed);
    assert_int_equal(asked, 0);
    finish();
    couple_free(&first);
    assert_null(couple_left_over(&first));
}

/* ---- sizes ---- */

static size_t longest_record(const script_bytes *wire)
{
    size_t longest = 0;

    for (size_t i = 0; i + 5 <= wire->len;) {
        size_t len = (size_t)script_number(wire->p + i + 3, 2);
        if (wire->p[i] == 23 && len > longest)
            longest = len;
        i += 5 + len;
    }
    return longest;
}

/* RFC 8449 4: the limit is of plaintext; an AEAD record adds nonce and tag. */
static void test_record_sizes(void **state)
{
    static char text[5001];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    init(SCRIPT_ED25519);
    c.client.settings.record_size_limit = 300;
    c.server.settings.record_size_limit = 700;
    expect_connected(couple_run(&c));
    assert_int_equal(couple_write(&c.server, text), HFI_OK);
    assert_int_equal(couple_write(&c.client, text), HFI_OK);
    assert_int_equal(longest_record(&c.server.way.wire), 300 + 8 + 16);
    assert_int_equal(longest_record(&c.client.way.wire), 700 + 8 + 16);
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_exchange),
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_certificate_verify),
        cmocka_unit_test(test_optional),
        cmocka_unit_test(test_refused_client),
        cmocka_unit_test(test_authorities),
        cmocka_unit_test(test_finished),
        cmocka_unit_test(test_key_elsewhere),
        cmocka_unit_test(test_choice_of_certificate),
        cmocka_unit_test(test_no_choice_when_resumed),
        cmocka_unit_test(test_record_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
