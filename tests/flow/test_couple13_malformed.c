/* tests/flow/test_couple13_malformed.c: what a TLS 1.3 client sends under its keys, cut
 * or spoilt: the server's record says in which field and at which byte.  RFC
 * 8446 4.4, 4.5, 4.6.3.  What travels in the clear is in tests/failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "conn/internal.h"
#include "couple.h"
#include "script_flight.h"

enum { RESUMES_EARLY = 1 << 0, ASKS = 1 << 1 };

typedef struct row {
    const char *state; /* of the server; "CONNECTED": once it is through */
    unsigned how;
    const char *hex; /* the message with its header */
    hfi_err err;
    const char *detail;
} row;

static const row rows[] = {
    {"WAIT_EOED", RESUMES_EARLY, "05 000002 0000", HFI_E_DECODE_END_OF_EARLY_DATA,
     "at byte 0 of 2: 2 bytes left over"},
    {"WAIT_CERT", ASKS, "0b 000005 00 000001 30", HFI_E_DECODE_CERTIFICATE,
     "certificate_list[0] / cert_data at byte 4 of 5: needs 3 bytes, 1 is left"},
    {"WAIT_CERT", ASKS, "0b 000009 00 000005 000000 0000", HFI_E_DECODE_CERTIFICATE,
     "certificate_list[0] / cert_data at byte 4 of 9: length 0, at least 1"},
    {"WAIT_CERT", ASKS, "0b 000012 00 00000e 00000130 0008 1234 0000 1234 0000",
     HFI_E_EXTENSION_DUPLICATE,
     "certificate_list[0] / extensions / extension 4660 at byte 14 of 18: stands there "
     "twice"},
    /* Our CertificateRequest asks for neither; the ClientHello offered both. */
    {"WAIT_CERT", ASKS, "0b 000013 00 00000f 00000130 0009 0012 0005 0003 0001 11",
     HFI_E_UNSOLICITED_EXTENSION, "signed_certificate_timestamp"},
    {"WAIT_CERT", ASKS, "0b 000013 00 00000f 00000130 0009 0005 0005 01 000001 11",
     HFI_E_UNSOLICITED_EXTENSION, "status_request"},
    {"WAIT_CV", ASKS, "0f 000006 0807 0003 1111", HFI_E_DECODE_CERTIFICATE_VERIFY,
     "signature at byte 2 of 6: length 3, 2 are left"},
    {"WAIT_FINISHED", 0, "14 00001f 22*31", HFI_E_DECODE_FINISHED,
     "verify_data at byte 0 of 31: needs 32 bytes, 31 are left"},
    {"WAIT_FINISHED", 0, "14 000021 22*33", HFI_E_DECODE_FINISHED,
     "at byte 32 of 33: 1 byte left over"},
    {"CONNECTED", 0, "18 000000", HFI_E_DECODE_KEY_UPDATE,
     "request_update at byte 0 of 0: needs 1 byte, 0 are left"},
    {"CONNECTED", 0, "18 000002 0000", HFI_E_DECODE_KEY_UPDATE,
     "at byte 1 of 2: 1 byte left over"},
    {"CONNECTED", 0, "63 000000", HFI_E_DECODE_HANDSHAKE_TYPE, "type 99"},
};

static couple first;
static hfi_replay replay;

static void init(couple *c)
{
    couple_init(c, SCRIPT_ED25519);
    couple_version(c, 0x0304);
    c->server.settings.suites[0] = 0x1301;
    c->server.settings.suite_count = 1;
    c->server.settings.max_early_data = 1000;
    c->server.settings.replay = &replay;
}

static void start(couple *c, const row *r)
{
    size_t taken = 0;

    init(c);
    if (r->how & ASKS) {
        couple_client_auth(c, HFI_CLIENT_AUTH_REQUIRED);
        couple_add_client(c, COUPLE_CLIENT_ED25519);
    }
    if (r->how & RESUMES_EARLY) {
        couple_resume(c, &first);
        c->client.conn.early_data = c->server.conn.early_data = true;
    }
    c->client.way.cut_at = 0;
    c->server.err = hfi_conn_start_server(&c->server.conn);
    c->client.err = hfi_conn_start_client(&c->client.conn);
    if (r->how & RESUMES_EARLY)
        assert_int_equal(
            hfi_conn_write_early(&c->client.conn, hfi_view_of_text("early"), &taken),
            HFI_OK);
    couple_send_alone(&c->client);
}

static bool waits_there(const couple *c, const row *r)
{
    return strcmp(hfi_conn_step(&c->server.conn), r->state) == 0;
}

/* A byte more of the client's at a time, until the server waits there; then the message,
 * as if it had come under the keys. */
static void run(const row *r)
{
    script_bytes message = {NULL, 0, 0};
    couple c;

    start(&c, r);
    assert_int_equal(couple_pump(&c), HFI_OK);
    while (!waits_there(&c, r)) {
        c.client.way.cut_at++;
        assert_int_equal(couple_pump(&c), HFI_OK);
        assert_true(c.client.way.cut_at < 8192);
    }
    script_append_hex(&message, r->hex);
    hfi_err err =
        hfi_conn_take_handshake(&c.server.conn, (hfi_span){message.p, message.len});
    const char *detail = c.server.conn.report.detail;
    if (err != r->err || strcmp(detail, r->detail) != 0)
        fail_msg("%s in %s: %s, \"%s\" instead of \"%s\"", r->hex, r->state,
                 hfi_err_lookup((int)err)->name, detail, r->detail);
    script_free(&message);
    couple_free(&c);
    assert_null(couple_left_over(&c));
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        run(&rows[i]);
}

/* A connection whose ticket the one with early data has. */
static int set_up(void **state)
{
    (void)state;
    hfi_replay_init(&replay, &script_alloc);
    init(&first);
    first.client.conn.early_data = first.server.conn.early_data = true;
    return couple_run(&first) == HFI_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    couple_free(&first);
    hfi_replay_free(&replay);
    return couple_left_over(&first) == NULL ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
