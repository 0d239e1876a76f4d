/* tests/unit/pki/status_fixture.c: one verification with revocation lists and a stapled
 * response. */
#include "status_fixture.h"

static void add_lists(const status_attempt *a, hfi_crl_store *crls)
{
    for (size_t i = 0; i < 3 && a->lists[i] != NULL; i++) {
        size_t added = 0;
        assert_int_equal(hfi_crl_store_add(crls, hfi_view_of_text(a->lists[i]), &added),
                         HFI_OK);
        assert_int_equal(added, 1);
    }
}

hfi_err status_verify(const status_attempt *a, hfi_cert_fault *fault)
{
    counting_heap heap = {0, 0, 0};
    hfi_alloc alloc = counting_alloc(&heap);
    chain c = {.count = 0};
    hfi_view asked = hfi_view_of_text(a->name == NULL ? "app.example.com" : a->name);
    hfi_trust_store *store = hfi_trust_store_new(&alloc, &hfi_crypto_nettle);
    hfi_crl_store *crls = hfi_crl_store_new(&alloc, &hfi_crypto_nettle);
    hfi_verify_params params = {
        .crypto = &hfi_crypto_nettle,
        .alloc = &alloc,
        .store = store,
        .now = a->now == 0 ? CHAIN_NOW : a->now,
        .purpose = a->purpose,
        .names = &asked,
        .name_count = asked.len == 0 ? 0 : 1,
        .profile = a->profile,
        .crls = a->lists[0] == NULL ? NULL : crls,
        .crl_whole_chain = a->whole_chain,
        .crl_required = a->required,
        .staple_state = a->staple_state,
        .staple = a->staple,
    };

    assert_non_null(store);
    assert_non_null(crls);
    assert_int_equal(hfi_trust_store_add(store, hfi_view_of_text(a->root), NULL), HFI_OK);
    add_lists(a, crls);
    chain_add(&c, a->leaf);
    if (*a->inter != '\0')
        chain_add(&c, a->inter);
    memset(fault, 0, sizeof *fault);
    size_t calls = heap.calls;
    hfi_err err = hfi_verify_chain(&params, c.certs, c.count, NULL, fault);
    assert_true(heap.calls - calls <= 1);
    hfi_crl_store_free(crls);
    hfi_trust_store_free(store);
    chain_free(&c);
    assert_int_equal(heap.live, 0);
    return err;
}

void status_refused(const status_attempt *a, hfi_err code, int index, const char *rule)
{
    hfi_cert_fault fault;

    assert_int_equal(status_verify(a, &fault), code);
    assert_int_equal(fault.code, code);
    assert_int_equal(fault.index, index);
    assert_string_equal(fault.rule, rule);
    assert_true(fault.expected[0] != '\0');
    assert_true(fault.presented[0] != '\0');
}

void status_accepted(const status_attempt *a)
{
    hfi_cert_fault fault;
    assert_int_equal(status_verify(a, &fault), HFI_OK);
}
