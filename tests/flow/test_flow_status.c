/* tests/flow/test_flow_status.c: what comes beside the server's certificate: a stapled
 * OCSP response, and signed certificate timestamps.  RFC 6066 8, RFC 6962 3.3, RFC 8446
 * 4.4.2.1.  What a response must say is tested in unit/pki/test_ocsp.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

#define LEAF(n, hex) DO({AT_CERTIFICATE, OP_EXT_ADD, n, hex})
#define TLS12(...) WITH(.tls12 = {.on = true}, .steps = {__VA_ARGS__})

static void test_refusals(void **state)
{
    static const row rows[] = {
        {"in EncryptedExtensions", DO({AT_EXTENSIONS, OP_EXT_ADD, 5, ""}),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"in ServerHello", DO({AT_HELLO, OP_EXT_ADD, 5, ""}),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"empty", LEAF(5, ""), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"no response", LEAF(5, "01 000000"), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"a byte behind", LEAF(5, "01 000001 30 00"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"ocsp_multi", LEAF(5, "02 000001 30"), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"not DER", LEAF(5, "01 000002 3001"),
         FAILS(STAPLE_MALFORMED, BAD_CERTIFICATE_STATUS_RESPONSE), 0},
        {"tryLater", LEAF(5, "01 000005 30030a0103"),
         FAILS(STAPLE_REFUSED, BAD_CERTIFICATE_STATUS_RESPONSE), 0},
        {"timestamps that were not asked for", LEAF(18, "0003 0001 00"),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), 0},
        {"1.2: not empty in ServerHello", TLS12({AT_HELLO, OP_EXT_ADD, 5, "00"}),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"1.2: CertificateStatus without the extension",
         TLS12({AT_CERTIFICATE, OP_SEND, 0, "16 01 000002 3001"}),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
        {"1.2: CertificateStatus twice",
         TLS12({AT_HELLO, OP_EXT_ADD, 5, ""},
               {AT_CERTIFICATE, OP_SEND, 2, "16 01 000002 3001"}),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
        {"1.2: CertificateStatus malformed",
         TLS12({AT_HELLO, OP_EXT_ADD, 5, ""},
               {AT_CERTIFICATE, OP_SEND, 0, "16 01 000003 3001"}),
         FAILS(DECODE_CERTIFICATE_STATUS, DECODE_ERROR), 0},
        {"1.2: not DER",
         TLS12({AT_HELLO, OP_EXT_ADD, 5, ""},
               {AT_CERTIFICATE, OP_SEND, 0, "16 01 000002 3001"}),
         FAILS(STAPLE_MALFORMED, BAD_CERTIFICATE_STATUS_RESPONSE), 0},
        {"1.2: announced and left out", TLS12({AT_HELLO, OP_EXT_ADD, 5, ""}), PASSES, 0},
        {"a wish in CertificateRequest",
         WITH(.requests_certificate = true,
              .steps = {{AT_REQUEST, OP_EXT_ADD, 5, "0100000000"},
                        {AT_REQUEST, OP_EXT_ADD, 18, ""}}),
         PASSES, 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

static void run(flow *f, const script_config *config, uint64_t options, hfi_err want)
{
    flow_init(f, config);
    f->client.options |= options;
    assert_int_equal(flow_run(f), want);
}

static void finish(flow *f)
{
    assert_null(flow_conduct(f));
    flow_free(f);
    assert_null(flow_left_over(f));
}

/* What was not asked for does not come. */
static void test_not_asked(void **state)
{
    static const script_config plain = {.tickets = 0};
    static const script_config staple = {
        .steps = {{AT_CERTIFICATE, OP_EXT_ADD, 5, "01 000002 3001"}}};
    hfi_view data;
    flow f;

    (void)state;
    run(&f, &staple, HFI_OPTION_NO_STATUS_REQUEST, HFI_E_UNSOLICITED_EXTENSION);
    finish(&f);
    run(&f, &plain, HFI_OPTION_NO_STATUS_REQUEST, HFI_OK);
    assert_false(script_hello_find(&f.server.hello, 5, &data));
    assert_false(script_hello_find(&f.server.hello, 18, &data));
    finish(&f);
    run(&f, &plain, HFI_OPTION_REQUEST_SCTS, HFI_OK);
    assert_true(script_hello_find(&f.server.hello, 5, &data));
    assert_true(hfi_view_equal(data, hfi_view_of("\x01\0\0\0\0", 5)));
    assert_true(script_hello_find(&f.server.hello, 18, &data));
    assert_int_equal(data.len, 0);
    finish(&f);
}

static void test_malformed_timestamps(void **state)
{
    static const char *const bad[] = {"",          "00",          "0000",
                                      "0002 0000", "0003 000200", "0003 0001 00 00"};
    flow f;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        script_config config = {.steps = {{AT_CERTIFICATE, OP_EXT_ADD, 18, bad[i]}}};
        run(&f, &config, HFI_OPTION_REQUEST_SCTS, HFI_E_DECODE_EXTENSION);
        assert_int_equal(f.server.alert, HFI_ALERT_DECODE_ERROR);
        finish(&f);
    }
}

/* They stay when the handshake is over, and also when it failed because of them. */
static void test_both_are_kept(void **state)
{
    static const script_config config = {
        .steps = {{AT_CERTIFICATE, OP_EXT_ADD, 5, "01 000002 3001"},
                  {AT_CERTIFICATE, OP_EXT_ADD, 18, "0003 0001 07"}}};
    static const script_config tls12 = {
        .tls12 = {.on = true},
        .steps = {{AT_HELLO, OP_EXT_ADD, 5, ""},
                  {AT_HELLO, OP_EXT_ADD, 18, "0003 0001 07"},
                  {AT_CERTIFICATE, OP_SEND, 0, "16 01 000002 3001"}}};
    flow f;

    (void)state;
    for (int i = 0; i < 4; i++) {
        hfi_err want = i & 1 ? HFI_OK : HFI_E_STAPLE_MALFORMED;
        flow_init(&f, i & 2 ? &tls12 : &config);
        f.client.options |= HFI_OPTION_REQUEST_SCTS;
        f.settings.verify_chain = (i & 1) == 0;
        assert_int_equal(flow_run(&f), want);
        assert_int_equal(f.client.agreed.verify_result, HFI_E_STAPLE_MALFORMED);
        const hfi_chain *chain = &f.client.chain;
        assert_int_equal(chain->staple_len, 2);
        assert_memory_equal(chain->staple, "\x30\x01", 2);
        assert_int_equal(chain->scts_len, 5);
        assert_memory_equal(chain->scts, "\0\x03\0\x01\x07", 5);
        finish(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_not_asked),
        cmocka_unit_test(test_malformed_timestamps),
        cmocka_unit_test(test_both_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
