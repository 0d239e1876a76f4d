/* tests/unit/pki/test_revocation.c: revocation lists, RFC 5280 5 and 6.3. */
#include "status_fixture.h"

#include <stdlib.h>

#include "pki/crl.h"
#include "pki/pem.h"
#include "status.h"

static status_attempt with(const char *list)
{
    status_attempt a = {.root = status_root_pem,
                        .inter = status_inter_pem,
                        .leaf = status_leaf_pem,
                        .lists = {list}};
    return a;
}

static void test_revoked(void **state)
{
    (void)state;
    hfi_cert_fault f;
    status_attempt a = with(revoked_crl);
    status_attempt bare = with(no_reason_crl);
    status_attempt kind = with(users_crl);
    status_attempt harmless = with(not_critical_crl);
    status_attempt both = {.root = status_root_pem,
                           .inter = status_inter_pem,
                           .leaf = status_leaf_pem,
                           .lists = {good_crl, revoked_crl}};

    status_refused(&a, HFI_E_CERT_REVOKED, 0, "RFC 5280 6.3");
    assert_int_equal(status_verify(&a, &f), HFI_E_CERT_REVOKED);
    assert_string_equal(f.presented, "revoked at 2029-06-01T00:00:00Z: keyCompromise");
    assert_string_equal(f.subject, "CN=leaf, O=Handfast tests");
    assert_int_equal(status_verify(&bare, &f), HFI_E_CERT_REVOKED);
    assert_string_equal(f.presented, "revoked at 2029-06-01T00:00:00Z: unspecified");
    status_refused(&kind, HFI_E_CERT_REVOKED, 0, "RFC 5280 6.3");
    status_refused(&harmless, HFI_E_CERT_REVOKED, 0, "RFC 5280 6.3");
    status_refused(&both, HFI_E_CERT_REVOKED, 0, "RFC 5280 6.3");
    assert_int_equal(hfi_err_lookup(HFI_E_CERT_REVOKED)->alert,
                     HFI_ALERT_CERTIFICATE_REVOKED);
}

static void test_not_revoked(void **state)
{
    (void)state;
    const char *lists[] = {good_crl, empty_crl, root_crl, cas_crl, other_key_crl};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        status_attempt a = with(lists[i]);
        status_accepted(&a);
        /* The last three tell nothing about the leaf. */
        a.required = true;
        if (i < 2)
            status_accepted(&a);
        else
            status_refused(&a, HFI_E_CRL_MISSING, 0, "RFC 5280 6.3");
    }
    status_attempt none = with(NULL);
    none.required = true;
    status_refused(&none, HFI_E_CRL_MISSING, 0, "RFC 5280 6.3");
}

/* A list that is of no use is an error, and the useful one beside it counts. */
static void test_unusable_lists(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        hfi_err code;
        const char *rule;
    } cases[] = {
        {old_crl, HFI_E_CRL_EXPIRED, "RFC 5280 5.1.2.5"},
        {future_crl, HFI_E_CRL_NOT_YET_VALID, "RFC 5280 5.1.2.4"},
        {forged_crl, HFI_E_CRL_BAD_SIGNATURE, "RFC 5280 6.3.3"},
        {no_number_crl, HFI_E_CRL_MALFORMED, "RFC 5280 5.2.3"},
        {removal_crl, HFI_E_CRL_MALFORMED, "RFC 5280 5.3.1"},
        {delta_crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2.4"},
        {critical_crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2"},
        {critical_entry_crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.3"},
        {indirect_entry_crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.3.3"},
        {indirect_crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2.5"},
        {attributes_crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2.5"},
        {reasons_crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2.5"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        status_attempt a = with(cases[i].list);
        status_refused(&a, cases[i].code, 0, cases[i].rule);
        a.lists[1] = good_crl;
        status_accepted(&a);
        a.lists[1] = revoked_crl;
        status_refused(&a, HFI_E_CERT_REVOKED, 0, "RFC 5280 6.3");
    }
    status_attempt mute = {.root = status_root_pem,
                           .inter = mute_inter_pem,
                           .leaf = mute_leaf_pem,
                           .lists = {mute_crl}};
    status_refused(&mute, HFI_E_CRL_ISSUER, 0, "RFC 5280 6.3.3");
}

/* Both ends of the period belong to it. */
static void test_dates(void **state)
{
    (void)state;
    const int64_t day = 86400;
    status_attempt a = with(good_crl);

    a.now = CHAIN_NOW - day;
    status_accepted(&a);
    a.now--;
    status_refused(&a, HFI_E_CRL_NOT_YET_VALID, 0, "RFC 5280 5.1.2.4");
    a.now = CHAIN_NOW + day;
    status_accepted(&a);
    a.now++;
    status_refused(&a, HFI_E_CRL_EXPIRED, 0, "RFC 5280 5.1.2.5");
}

static void test_whole_chain(void **state)
{
    (void)state;
    status_attempt a = with(root_crl);

    status_accepted(&a); /* the leaf alone, of which it tells nothing */
    a.whole_chain = true;
    status_refused(&a, HFI_E_CERT_REVOKED, 1, "RFC 5280 6.3");
    a.lists[0] = root_good_crl;
    a.required = true;
    status_refused(&a, HFI_E_CRL_MISSING, 0, "RFC 5280 6.3");
    a.lists[1] = good_crl;
    status_accepted(&a);
    a.lists[0] = good_crl;
    a.lists[1] = NULL;
    status_refused(&a, HFI_E_CRL_MISSING, 1, "RFC 5280 6.3");
}

/* RFC 5280 5.2.5 and 6.3.3: a list for one distribution point counts for certificates
 * that name it. */
static void test_distribution_point(void **state)
{
    (void)state;
    status_attempt a = with(pointed_crl);

    status_accepted(&a);
    a.leaf = pointed_leaf_pem;
    status_refused(&a, HFI_E_CERT_REVOKED, 0, "RFC 5280 6.3");
    a.lists[0] = point_crl;
    a.required = true;
    status_accepted(&a);
    a.lists[0] = other_point_crl;
    status_refused(&a, HFI_E_CRL_MISSING, 0, "RFC 5280 6.3");
}

/* ---- the parser and the store ---- */

static hfi_view decode(const char *pem, uint8_t *out)
{
    hfi_view text = hfi_view_of_text(pem);
    hfi_pem_block block;
    size_t len;

    assert_int_equal(hfi_pem_next(&text, &block), HFI_OK);
    assert_int_equal(hfi_pem_decode(&hfi_crypto_nettle, &block, out, &len), HFI_OK);
    return hfi_view_of(out, len);
}

static void test_cut(void **state)
{
    (void)state;
    uint8_t buffer[2048];
    hfi_view whole = decode(revoked_crl, buffer);
    hfi_crl crl;

    assert_int_equal(hfi_crl_parse(whole, &crl), HFI_OK);
    assert_int_equal(crl.entry_count, 3);
    for (size_t len = 0; len < whole.len; len++) {
        uint8_t *exact = malloc(len == 0 ? 1 : len);
        assert_non_null(exact);
        memcpy(exact, whole.p, len);
        assert_int_equal(hfi_crl_parse(hfi_view_of(exact, len), &crl),
                         HFI_E_CRL_MALFORMED);
        free(exact);
    }
}

/* No change of a byte makes a revoked certificate a good one. */
static void test_changed(void **state)
{
    (void)state;
    uint8_t buffer[2048];
    hfi_view whole = decode(revoked_crl, buffer);
    counting_heap heap = {0, 0, 0};
    hfi_alloc alloc = counting_alloc(&heap);
    chain c = {.count = 0};

    chain_add(&c, status_leaf_pem);
    chain_add(&c, status_inter_pem);
    hfi_trust_store *store = hfi_trust_store_new(&alloc, &hfi_crypto_nettle);
    assert_int_equal(hfi_trust_store_add(store, hfi_view_of_text(status_root_pem), NULL),
                     HFI_OK);
    for (size_t i = 0; i < whole.len; i++) {
        hfi_cert_fault fault;
        hfi_crl_store *crls = hfi_crl_store_new(&alloc, &hfi_crypto_nettle);
        hfi_verify_params params = {.crypto = &hfi_crypto_nettle,
                                    .alloc = &alloc,
                                    .store = store,
                                    .now = CHAIN_NOW,
                                    .crls = crls,
                                    .crl_required = true};
        buffer[i] ^= 1;
        hfi_err err = hfi_crl_store_add(crls, whole, NULL);
        if (err == HFI_OK)
            err = hfi_verify_chain(&params, c.certs, c.count, NULL, &fault);
        assert_int_not_equal(err, HFI_OK);
        buffer[i] ^= 1;
        hfi_crl_store_free(crls);
    }
    hfi_trust_store_free(store);
    chain_free(&c);
    assert_int_equal(heap.live, 0);
}

static void test_store(void **state)
{
    (void)state;
    static uint8_t big[HFI_CRL_SIZE_MAX + 1] = {0x30, 0x83, 0xff, 0xff, 0xff};
    uint8_t buffer[2048];
    counting_heap heap = {0, 0, 0};
    hfi_alloc alloc = counting_alloc(&heap);
    size_t added = 7;

    assert_null(hfi_crl_store_up_ref(NULL));
    hfi_crl_store_free(NULL);
    assert_int_equal(hfi_crl_store_count(NULL), 0);
    hfi_crl_store *s = hfi_crl_store_new(&alloc, &hfi_crypto_nettle);
    assert_non_null(s);
    assert_int_equal(hfi_crl_store_add(s, hfi_view_of(NULL, 0), &added),
                     HFI_E_NO_CRL_IN_INPUT);
    assert_int_equal(added, 0);
    assert_int_equal(hfi_crl_store_add(s, hfi_view_of_text(status_leaf_pem), NULL),
                     HFI_E_NO_CRL_IN_INPUT);
    assert_int_equal(
        hfi_crl_store_add(s, hfi_view_of_text("-----BEGIN X509 CRL-----\n"), NULL),
        HFI_E_PEM_MALFORMED);
    assert_int_equal(hfi_crl_store_add(s,
                                       hfi_view_of_text("-----BEGIN X509 CRL-----\nAAAA\n"
                                                        "-----END X509 CRL-----\n"),
                                       NULL),
                     HFI_E_CRL_MALFORMED);
    assert_int_equal(hfi_crl_store_add(s, hfi_view_of(big, sizeof big), NULL),
                     HFI_E_INPUT_TOO_LARGE);
    assert_int_equal(hfi_crl_store_count(s), 0);
    assert_int_equal(hfi_crl_store_add(s, decode(good_crl, buffer), &added), HFI_OK);
    assert_int_equal(added, 1);
    assert_ptr_equal(hfi_crl_store_up_ref(s), s);
    hfi_crl_store_free(s);
    assert_int_equal(hfi_crl_store_count(s), 1);
    heap.fail_at = heap.calls + 1;
    assert_int_equal(hfi_crl_store_add(s, hfi_view_of_text(revoked_crl), NULL),
                     HFI_E_NO_MEMORY);
    assert_int_equal(hfi_crl_store_count(s), 1);
    hfi_crl_store_free(s);
    assert_int_equal(heap.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_not_revoked),
        cmocka_unit_test(test_unusable_lists),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_whole_chain),
        cmocka_unit_test(test_distribution_point),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
