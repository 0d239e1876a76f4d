/* tests/unit/pki/test_fault.c: what a refused chain tells beside its rule: the issuers
 * that were tried and why each would not do, the dates and the clock, and where a missing
 * issuer is said to lie. */
#include "chain_fixture.h"

#include "access.h"
#include "chains.h"

static counting_heap heap;

/* roots and above may be NULL. */
static hfi_err verify(const char *roots, const char *leaf, const char *above,
                      hfi_cert_fault *fault)
{
    hfi_alloc alloc = counting_alloc(&heap);
    chain c = {.count = 0};
    hfi_verify_params params = {
        .crypto = &hfi_crypto_nettle, .alloc = &alloc, .now = CHAIN_NOW};

    params.store = hfi_trust_store_new(&alloc, &hfi_crypto_nettle);
    assert_non_null(params.store);
    if (roots != NULL)
        assert_int_equal(hfi_trust_store_add(params.store, hfi_view_of_text(roots), NULL),
                         HFI_OK);
    chain_add(&c, leaf);
    if (above != NULL)
        chain_add(&c, above);
    memset(fault, 0xaa, sizeof *fault);
    hfi_err err = hfi_verify_chain(&params, c.certs, c.count, NULL, fault);
    hfi_trust_store_free(params.store);
    chain_free(&c);
    assert_int_equal(heap.live, 0);
    return err;
}

static void expect_candidate(const hfi_cert_fault *f, size_t at, hfi_err code, int child,
                             int index, const char *subject)
{
    assert_true(at < f->candidate_count);
    const hfi_cert_candidate *c = &f->candidates[at];
    assert_int_equal(c->code, code);
    assert_int_equal(c->child, child);
    assert_int_equal(c->index, index);
    assert_string_equal(c->subject, subject);
    assert_true(strlen(c->serial) >= 2);
    assert_int_equal(strlen(c->key_id), 40); /* SHA-1 of the key */
}

static void test_nobody_was_tried(void **state)
{
    hfi_cert_fault f;

    (void)state;
    assert_int_equal(verify(root_pem, leaf_pem, NULL, &f), HFI_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(f.candidate_count, 0);
    assert_int_equal(f.candidates_left_out, 0);
    /* The leaf alone decides. */
    assert_int_equal(verify(root_pem, expired_pem, inter_pem, &f), HFI_E_CERT_EXPIRED);
    assert_int_equal(f.candidate_count, 0);
    assert_string_equal(f.clock, "2030-01-01T00:00:00Z");
    assert_string_equal(f.not_before, "2020-01-01T00:00:00Z");
    assert_string_equal(f.not_after, "2029-01-01T00:00:00Z");
    assert_string_equal(f.issuer_url, "");
}

static void test_candidates(void **state)
{
    hfi_cert_fault f;

    (void)state;
    /* A root of the right name and another key. */
    assert_int_equal(verify(imposter_pem, direct_pem, NULL, &f),
                     HFI_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(f.candidate_count, 1);
    expect_candidate(&f, 0, HFI_E_CERT_BAD_SIGNATURE, 0, -1, "CN=Root, O=Handfast tests");

    /* The peer's intermediate broke a rule. */
    assert_int_equal(verify(root_pem, old_inter_leaf_pem, old_inter_pem, &f),
                     HFI_E_CERT_EXPIRED);
    assert_int_equal(f.candidate_count, 1);
    expect_candidate(&f, 0, HFI_E_CERT_EXPIRED, 0, 1, "CN=Old, O=Handfast tests");
    assert_int_equal(verify(root_pem, not_a_ca_leaf_pem, not_a_ca_pem, &f),
                     HFI_E_CERT_NOT_A_CA);
    expect_candidate(&f, 0, HFI_E_CERT_NOT_A_CA, 0, 1, "CN=Not a CA, O=Handfast tests");

    /* It is the true issuer, and nobody vouches for it. */
    assert_int_equal(verify(root_pem, stranger_leaf_pem, stranger_pem, &f),
                     HFI_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(f.candidate_count, 1);
    expect_candidate(&f, 0, HFI_E_CERT_UNKNOWN_ISSUER, 0, 1,
                     "CN=Stranger, O=Handfast tests");

    /* Of both: the root of another key above the true intermediate. */
    assert_int_equal(verify(imposter_pem, leaf_pem, inter_pem, &f),
                     HFI_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(f.candidate_count, 2);
    expect_candidate(&f, 0, HFI_E_CERT_BAD_SIGNATURE, 1, -1, "CN=Root, O=Handfast tests");
    expect_candidate(&f, 1, HFI_E_CERT_UNKNOWN_ISSUER, 0, 1,
                     "CN=Intermediate, O=Handfast tests");
}

/* A hostile pool is counted, not kept. */
static void test_candidates_are_bounded(void **state)
{
    hfi_cert_fault f;

    (void)state;
    assert_int_equal(verify(root_pem, hostile_leaf_pem, hostile_pem, &f),
                     HFI_E_CERT_WORK_LIMIT);
    assert_int_equal(f.candidate_count, HFI_CANDIDATES_MAX);
    assert_true(f.candidates_left_out > 0);
}

static void test_issuer_url(void **state)
{
    hfi_cert_fault f;

    (void)state;
    assert_int_equal(verify(root_pem, with_ocsp_pem, NULL, &f),
                     HFI_E_CERT_UNKNOWN_ISSUER);
    assert_string_equal(f.issuer_url, "");
    assert_int_equal(verify(root_pem, with_url_pem, NULL, &f), HFI_E_CERT_UNKNOWN_ISSUER);
    assert_string_equal(f.issuer_url, "http://ca.example/missing.cer");

    /* What the peer wrote there is bounded, and shows nothing that it should not. */
    assert_int_equal(verify(root_pem, with_long_url_pem, NULL, &f),
                     HFI_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(strlen(f.issuer_url), sizeof f.issuer_url - 1);
    assert_string_equal(f.issuer_url + sizeof f.issuer_url - 4, "...");
    assert_int_equal(verify(root_pem, with_odd_url_pem, NULL, &f),
                     HFI_E_CERT_UNKNOWN_ISSUER);
    assert_null(strpbrk(f.issuer_url, "\x1b\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_was_tried),
        cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_candidates_are_bounded),
        cmocka_unit_test(test_issuer_url),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
