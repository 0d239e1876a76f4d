/* tests/unit/pki/test_crl_memory.c: the signature of a revocation list is verified once
 * and then remembered; a list with one byte changed, or under another key, never profits.
 * RFC 5280 6.3.3 (g). */
#include "chain_fixture.h"
#include "pki/crl_store.h"
#include "pki/pem.h"
#include "status.h"

enum { LIST_MAX = 2048 };

static size_t verified;

static bool counting_verify(hfi_signature algorithm, const hfi_public_key *key,
                            hfi_view message, hfi_view signature)
{
    verified++;
    return hfi_crypto_nettle.verify(algorithm, key, message, signature);
}

typedef struct trial {
    counting_heap heap;
    hfi_alloc alloc;
    hfi_crypto crypto;
    hfi_signature_memory memory;
    hfi_trust_store *roots;
    chain sent;
    uint8_t list[LIST_MAX]; /* DER */
    size_t list_len;
} trial;

static void open_trial(trial *t, const char *list)
{
    hfi_view text = hfi_view_of_text(list);
    hfi_pem_block block;

    memset(t, 0, sizeof *t);
    t->alloc = counting_alloc(&t->heap);
    t->crypto = hfi_crypto_nettle;
    t->crypto.verify = counting_verify;
    hfi_signature_memory_init(&t->memory, &t->alloc, &t->crypto, 64);
    t->roots = hfi_trust_store_new(&t->alloc, &t->crypto);
    assert_non_null(t->roots);
    assert_int_equal(
        hfi_trust_store_add(t->roots, hfi_view_of_text(status_root_pem), NULL), HFI_OK);
    chain_add(&t->sent, status_leaf_pem);
    chain_add(&t->sent, status_inter_pem);
    assert_int_equal(hfi_pem_next(&text, &block), HFI_OK);
    assert_in_range(block.body.len, 1, LIST_MAX);
    assert_int_equal(hfi_pem_decode(&t->crypto, &block, t->list, &t->list_len), HFI_OK);
}

static void close_trial(trial *t)
{
    chain_free(&t->sent);
    hfi_trust_store_free(t->roots);
    hfi_signature_memory_free(&t->memory);
    assert_int_equal(t->heap.live, 0);
}

/* A store of its own for each look, as a program has that loads its lists anew. */
static hfi_err look(trial *t, hfi_signature_memory *memory)
{
    hfi_view name = hfi_view_of_text("app.example.com");
    hfi_cert_fault fault = {.code = HFI_OK};
    hfi_crl_store *lists = hfi_crl_store_new(&t->alloc, &t->crypto);
    hfi_verify_params params = {.crypto = &t->crypto,
                                .alloc = &t->alloc,
                                .store = t->roots,
                                .now = CHAIN_NOW,
                                .names = &name,
                                .name_count = 1,
                                .crls = lists,
                                .crl_required = true,
                                .signatures = memory};

    assert_non_null(lists);
    verified = 0;
    hfi_err err = hfi_crl_store_add(lists, hfi_view_of(t->list, t->list_len), NULL);
    if (err == HFI_OK)
        err = hfi_verify_chain(&params, t->sent.certs, t->sent.count, NULL, &fault);
    hfi_crl_store_free(lists);
    return err;
}

static void test_once(void **state)
{
    trial t;

    (void)state;
    open_trial(&t, good_crl);
    assert_int_equal(look(&t, &t.memory), HFI_OK);
    assert_int_equal(verified, 3); /* the chain and the list */
    assert_int_equal(look(&t, &t.memory), HFI_OK);
    assert_int_equal(verified, 0);
    /* Without the memory all is done again. */
    assert_int_equal(look(&t, NULL), HFI_OK);
    assert_int_equal(verified, 3);
    close_trial(&t);
}

/* What a list says counts as before. */
static void test_revoked(void **state)
{
    trial t;

    (void)state;
    open_trial(&t, revoked_crl);
    assert_int_equal(look(&t, &t.memory), HFI_E_CERT_REVOKED);
    assert_int_equal(verified, 2);
    assert_int_equal(look(&t, &t.memory), HFI_E_CERT_REVOKED);
    assert_int_equal(verified, 1); /* of the chain, which did not hold */
    close_trial(&t);
}

/* Each bit of the list, with the true one in memory: the answer is that of a verification
 * that remembers nothing, and never that all is well. */
static void test_every_changed_bit(void **state)
{
    trial t;

    (void)state;
    open_trial(&t, good_crl);
    assert_int_equal(look(&t, &t.memory), HFI_OK);
    for (size_t at = 0; at < t.list_len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            t.list[at] ^= (uint8_t)(1u << bit);
            hfi_err err = look(&t, &t.memory);
            if (err == HFI_OK || err != look(&t, NULL))
                fail_msg("byte %zu, bit %u: %d", at, bit, err);
            t.list[at] ^= (uint8_t)(1u << bit);
        }
    }
    assert_int_equal(look(&t, &t.memory), HFI_OK);
    assert_int_equal(verified, 0);
    close_trial(&t);
}

/* A wrong signature is not remembered as right, nor is it as wrong. */
static void test_wrong_is_not_kept(void **state)
{
    trial t;

    (void)state;
    open_trial(&t, good_crl);
    t.list[t.list_len - 1] ^= 1;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(look(&t, &t.memory), HFI_E_CRL_BAD_SIGNATURE);
        assert_int_equal(verified, 2); /* the leaf, and the list in vain */
    }
    t.list[t.list_len - 1] ^= 1;
    assert_int_equal(look(&t, &t.memory), HFI_OK);
    assert_int_equal(verified, 3);
    close_trial(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_every_changed_bit),
        cmocka_unit_test(test_wrong_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
