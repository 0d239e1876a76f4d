/* tests/unit/pki/test_ocsp.c: stapled responses, RFC 6960, and the promise of one, RFC
 * 7633. */
#include "status_fixture.h"

#include <stdlib.h>

#include "pki/ocsp.h"
#include "pki/ocsp_response.h"
#include "status.h"

#define STAPLED(name)                                                                \
    {                                                                                \
        .root = status_root_pem, .inter = status_inter_pem, .leaf = status_leaf_pem, \
        .staple_state = HFI_STAPLE_PRESENT, .staple = {                              \
            name,                                                                    \
            sizeof name                                                              \
        }                                                                            \
    }

static void test_good(void **state)
{
    (void)state;
    static const status_attempt good[] = {
        STAPLED(good_ocsp),   STAPLED(by_key_ocsp),        STAPLED(sha256_ocsp),
        STAPLED(sha384_ocsp), STAPLED(delegated_ocsp),     STAPLED(delegated_key_ocsp),
        STAPLED(no_end_ocsp), STAPLED(delegated_rsa_ocsp),
    };

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        status_accepted(&good[i]);
}

static void test_revoked(void **state)
{
    (void)state;
    hfi_cert_fault f;
    const status_attempt a = STAPLED(revoked_ocsp);

    status_refused(&a, HFI_E_CERT_REVOKED, 0, "RFC 6960 2.2");
    assert_int_equal(status_verify(&a, &f), HFI_E_CERT_REVOKED);
    assert_string_equal(f.presented, "revoked at 2029-06-01T00:00:00Z: keyCompromise");
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        status_attempt a;
        hfi_err code;
        const char *rule;
        const char *presented;
    } cases[] = {
        {STAPLED(unknown_ocsp), HFI_E_STAPLE_UNKNOWN, "RFC 6960 2.2", "unknown"},
        {STAPLED(try_later_ocsp), HFI_E_STAPLE_REFUSED, "RFC 6960 2.3", "tryLater"},
        {STAPLED(other_ocsp), HFI_E_STAPLE_INVALID, "RFC 6960 3.2", "one about another"},
        {STAPLED(other_issuer_ocsp), HFI_E_STAPLE_INVALID, "RFC 6960 3.2",
         "one about another"},
        {STAPLED(renamed_issuer_ocsp), HFI_E_STAPLE_INVALID, "RFC 6960 3.2",
         "one about another"},
        {STAPLED(forged_ocsp), HFI_E_STAPLE_INVALID, "RFC 6960 3.2",
         "a signature that does not verify"},
        {STAPLED(delegate_missing_ocsp), HFI_E_STAPLE_INVALID, "RFC 6960 3.2",
         "a responder without a certificate"},
        {STAPLED(ordinary_ocsp), HFI_E_STAPLE_INVALID, "RFC 6960 3.2",
         "a responder without OCSPSigning"},
        {STAPLED(expired_delegate_ocsp), HFI_E_STAPLE_INVALID, "RFC 6960 3.2",
         "a responder whose certificate is not valid now"},
        {STAPLED(strange_delegate_ocsp), HFI_E_STAPLE_INVALID, "RFC 6960 3.2",
         "a responder of another issuer"},
        {STAPLED(cipher_delegate_ocsp), HFI_E_STAPLE_INVALID, "RFC 6960 3.2",
         "a responder without digitalSignature"},
        {STAPLED(old_ocsp), HFI_E_STAPLE_EXPIRED, "RFC 6960 4.2.2.1",
         "2029-12-31T00:00:00Z"},
        {STAPLED(future_ocsp), HFI_E_STAPLE_EXPIRED, "RFC 6960 4.2.2.1",
         "2030-01-02T00:00:00Z"},
        {STAPLED(no_end_old_ocsp), HFI_E_STAPLE_EXPIRED, "RFC 6960 4.2.2.1",
         "2029-12-09T00:00:00Z"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hfi_cert_fault f;
        status_refused(&cases[i].a, cases[i].code, 0, cases[i].rule);
        (void)status_verify(&cases[i].a, &f);
        assert_string_equal(f.presented, cases[i].presented);
        assert_int_equal(hfi_err_lookup(cases[i].code)->alert,
                         HFI_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE);
    }
}

/* Clocks may differ by HFI_OCSP_SKEW. */
static void test_skew(void **state)
{
    (void)state;
    const int64_t day = 86400;
    status_attempt a = STAPLED(good_ocsp);

    a.now = CHAIN_NOW + day + HFI_OCSP_SKEW;
    status_accepted(&a);
    a.now++;
    status_refused(&a, HFI_E_STAPLE_EXPIRED, 0, "RFC 6960 4.2.2.1");
}

/* RFC 7633: enforced where a staple was asked for. */
static void test_must_staple(void **state)
{
    (void)state;
    status_attempt a = {
        .root = status_root_pem, .inter = status_inter_pem, .leaf = staple_leaf_pem};

    status_accepted(&a);
    a.staple_state = HFI_STAPLE_ABSENT;
    status_refused(&a, HFI_E_STAPLE_MISSING, 0, "RFC 7633 4.2.3");
    a.leaf = status_leaf_pem;
    status_accepted(&a);
}

static void test_malformed(void **state)
{
    (void)state;
    hfi_ocsp_response r;
    status_attempt a = STAPLED(good_ocsp);

    for (size_t len = 0; len < sizeof delegated_ocsp; len++) {
        uint8_t *exact = malloc(len == 0 ? 1 : len);
        assert_non_null(exact);
        memcpy(exact, delegated_ocsp, len);
        assert_false(hfi_ocsp_response_parse(hfi_view_of(exact, len), &r));
        free(exact);
    }
    a.staple.len--;
    status_refused(&a, HFI_E_STAPLE_MALFORMED, 0, "RFC 6960 4.2.1");
    a.staple.len = 0;
    status_refused(&a, HFI_E_STAPLE_MALFORMED, 0, "RFC 6960 4.2.1");
}

/* No change of a byte makes a revoked certificate a good one. */
static void test_changed(void **state)
{
    (void)state;
    uint8_t changed[sizeof revoked_ocsp];
    status_attempt a = STAPLED(revoked_ocsp);

    a.staple.p = changed;
    for (size_t i = 0; i < sizeof changed; i++) {
        hfi_cert_fault f;
        memcpy(changed, revoked_ocsp, sizeof changed);
        changed[i] ^= 1;
        assert_int_not_equal(status_verify(&a, &f), HFI_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),        cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_skew),
        cmocka_unit_test(test_must_staple), cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
