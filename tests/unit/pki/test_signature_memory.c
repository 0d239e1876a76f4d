/* tests/unit/pki/test_signature_memory.c: what is taken from the memory of signatures,
 * and above all what never is. */
#include "chain_fixture.h"

#include <pthread.h>
#include <stdlib.h>

#include "chains.h"
#include "pki/x509.h"

static counting_heap heap;
static hfi_alloc alloc;
static hfi_signature_memory memory;

static int set_up(void **state)
{
    (void)state;
    memset(&heap, 0, sizeof heap);
    alloc = counting_alloc(&heap);
    hfi_signature_memory_init(&memory, &alloc, &hfi_crypto_nettle,
                              HFI_SIGNATURE_MEMORY_DEFAULT);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hfi_signature_memory_free(&memory);
    return heap.live == 0 ? 0 : -1;
}

/* ---- the table ---- */

enum { PARTS = 3, PART_LEN = 5 };

/* Three parts of five bytes, one of them with one byte changed. */
static hfi_signature_claim claim_of(uint8_t bytes[PARTS * PART_LEN])
{
    hfi_signature_claim c = {HFI_ECDSA_SHA256, hfi_view_of(bytes, PART_LEN),
                             hfi_view_of(bytes + PART_LEN, PART_LEN),
                             hfi_view_of(bytes + 2 * PART_LEN, PART_LEN)};
    return c;
}

static void test_every_byte_of_a_claim_counts(void **state)
{
    (void)state;
    uint8_t bytes[PARTS * PART_LEN] = "issuersigned...";
    hfi_signature_claim c = claim_of(bytes);

    assert_false(hfi_signature_memory_has(&memory, &c));
    hfi_signature_memory_add(&memory, &c);
    assert_true(hfi_signature_memory_has(&memory, &c));
    for (size_t i = 0; i < sizeof bytes; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] ^= (uint8_t)(1u << bit);
            assert_false(hfi_signature_memory_has(&memory, &c));
            bytes[i] ^= (uint8_t)(1u << bit);
        }
    }
    for (int other = HFI_SIGNATURE_NONE; other <= HFI_ED448; other++) {
        c.algorithm = (hfi_signature)other;
        assert_int_equal(hfi_signature_memory_has(&memory, &c),
                         other == HFI_ECDSA_SHA256);
    }
}

/* The same bytes in a row, cut in other places. */
static void test_where_a_part_ends_counts(void **state)
{
    (void)state;
    uint8_t bytes[PARTS * PART_LEN] = "issuersigned...";
    hfi_signature_claim c = claim_of(bytes);

    hfi_signature_memory_add(&memory, &c);
    for (size_t key = 0; key <= sizeof bytes; key++) {
        for (size_t tbs = 0; key + tbs <= sizeof bytes; tbs++) {
            c.issuer_key = hfi_view_of(bytes, key);
            c.tbs = hfi_view_of(bytes + key, tbs);
            c.signature = hfi_view_of(bytes + key + tbs, sizeof bytes - key - tbs);
            assert_int_equal(hfi_signature_memory_has(&memory, &c),
                             key == PART_LEN && tbs == PART_LEN);
        }
    }
    c.issuer_key = c.tbs = c.signature = hfi_view_of(NULL, 0);
    assert_false(hfi_signature_memory_has(&memory, &c));
}

static hfi_signature_claim numbered(uint8_t bytes[PARTS * PART_LEN], size_t n)
{
    memset(bytes, 0, PARTS * PART_LEN);
    memcpy(bytes, &n, PART_LEN < sizeof n ? PART_LEN : sizeof n);
    return claim_of(bytes);
}

static size_t known_of(size_t count)
{
    uint8_t bytes[PARTS * PART_LEN];
    size_t known = 0;

    for (size_t n = 0; n < count; n++) {
        hfi_signature_claim c = numbered(bytes, n);
        known += hfi_signature_memory_has(&memory, &c);
    }
    return known;
}

/* 9 entries are two sets of 8. */
static void test_room_is_bounded(void **state)
{
    (void)state;
    uint8_t bytes[PARTS * PART_LEN];

    hfi_signature_memory_init(&memory, &alloc, &hfi_crypto_nettle, 9);
    for (size_t n = 0; n < 1000; n++) {
        hfi_signature_claim c = numbered(bytes, n);
        hfi_signature_memory_add(&memory, &c);
        hfi_signature_memory_add(&memory, &c); /* a second time takes no place */
        assert_true(hfi_signature_memory_has(&memory, &c));
    }
    assert_int_equal(heap.calls, 1);
    assert_int_equal(known_of(1000), 16);

    /* In one set, the ninth replaces one alone, and the newest eight stay. */
    hfi_signature_memory_free(&memory);
    hfi_signature_memory_init(&memory, &alloc, &hfi_crypto_nettle, 1);
    for (size_t n = 0; n < 8; n++) {
        hfi_signature_claim c = numbered(bytes, n);
        hfi_signature_memory_add(&memory, &c);
    }
    assert_int_equal(known_of(8), 8);
    hfi_signature_claim ninth = numbered(bytes, 8);
    hfi_signature_memory_add(&memory, &ninth);
    assert_int_equal(known_of(8), 7);
    assert_int_equal(known_of(9), 8);
}

static void test_none_at_all(void **state)
{
    (void)state;
    uint8_t bytes[PARTS * PART_LEN] = "issuersigned...";
    hfi_signature_claim c = claim_of(bytes);
    hfi_signature_memory zeroed;

    memset(&zeroed, 0, sizeof zeroed);
    hfi_signature_memory_add(&zeroed, &c);
    assert_false(hfi_signature_memory_has(&zeroed, &c));
    hfi_signature_memory_free(&zeroed);
    hfi_signature_memory_add(NULL, &c);
    assert_false(hfi_signature_memory_has(NULL, &c));
    hfi_signature_memory_init(&memory, &alloc, &hfi_crypto_nettle, 0);
    hfi_signature_memory_add(&memory, &c);
    assert_false(hfi_signature_memory_has(&memory, &c));
    assert_int_equal(heap.calls, 0);
}

/* ---- chains ---- */

static atomic_size_t verified;

static bool counting_verify(hfi_signature algorithm, const hfi_public_key *key,
                            hfi_view message, hfi_view signature)
{
    atomic_fetch_add_explicit(&verified, 1, memory_order_relaxed);
    return hfi_crypto_nettle.verify(algorithm, key, message, signature);
}

/* A chain, its root, and how it is looked at. */
typedef struct trial {
    hfi_crypto crypto;
    hfi_view name;
    chain sent;
    hfi_cert_fault fault;
    hfi_verify_work work;
    hfi_verify_params params;
} trial;

static void open_trial(trial *b, const char *root, const char *leaf, const char *inter)
{
    memset(b, 0, sizeof *b);
    b->crypto = hfi_crypto_nettle;
    b->crypto.verify = counting_verify;
    b->name = hfi_view_of_text("app.example.com");
    b->params.crypto = &b->crypto;
    b->params.alloc = &alloc;
    b->params.store = hfi_trust_store_new(&alloc, &hfi_crypto_nettle);
    b->params.now = CHAIN_NOW;
    b->params.names = &b->name;
    b->params.name_count = 1;
    b->params.work = &b->work;
    b->params.signatures = &memory;
    assert_non_null(b->params.store);
    assert_int_equal(hfi_trust_store_add(b->params.store, hfi_view_of_text(root), NULL),
                     HFI_OK);
    chain_add(&b->sent, leaf);
    if (inter != NULL)
        chain_add(&b->sent, inter);
}

static void close_trial(trial *b)
{
    hfi_trust_store_free(b->params.store);
    chain_free(&b->sent);
}

static hfi_err look(trial *b)
{
    atomic_store(&verified, 0);
    return hfi_verify_chain(&b->params, b->sent.certs, b->sent.count, NULL, &b->fault);
}

/* As if it had been seen and found right. */
static void learn(const hfi_x509 *child, const hfi_x509 *issuer)
{
    hfi_signature_claim c = {child->signature_algorithm, issuer->spki, child->tbs,
                             child->signature};
    hfi_signature_memory_add(&memory, &c);
}

static void learn_all(const trial *b)
{
    hfi_x509 leaf, inter, root;

    assert_int_equal(hfi_x509_parse(hfi_trust_store_at(b->params.store, 0), &root),
                     HFI_OK);
    assert_int_equal(hfi_x509_parse(b->sent.certs[0], &leaf), HFI_OK);
    if (b->sent.count == 1) {
        learn(&leaf, &root);
        return;
    }
    assert_int_equal(hfi_x509_parse(b->sent.certs[1], &inter), HFI_OK);
    learn(&leaf, &inter);
    learn(&inter, &root);
}

static void test_a_chain_seen_before(void **state)
{
    (void)state;
    static const struct {
        const char *root, *leaf, *inter;
        size_t signatures;
    } kinds[] = {
        {root_pem, leaf_pem, inter_pem, 2},
        {rsa_root_pem, rsa_pkcs1_pem, NULL, 1},
        {rsa_root_pem, rsa_pss_pem, NULL, 1},
        {p384_root_pem, p384_leaf_pem, NULL, 1},
        {p521_root_pem, p521_leaf_pem, NULL, 1},
        {ed25519_root_pem, ed25519_leaf_pem, NULL, 1},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        trial b;
        open_trial(&b, kinds[i].root, kinds[i].leaf, kinds[i].inter);
        assert_int_equal(look(&b), HFI_OK);
        assert_int_equal(verified, kinds[i].signatures);
        assert_int_equal(b.work.signatures, kinds[i].signatures);
        assert_int_equal(look(&b), HFI_OK);
        assert_int_equal(verified, 0);
        /* The limits are the same ones. */
        assert_int_equal(b.work.signatures, kinds[i].signatures);

        /* Without the memory, or with another, all is done again. */
        b.params.signatures = NULL;
        assert_int_equal(look(&b), HFI_OK);
        assert_int_equal(verified, kinds[i].signatures);

        b.params.signatures = &memory;
        b.sent.owned[0][b.sent.certs[0].len - 1] ^= 1;
        assert_int_equal(look(&b), HFI_E_CERT_BAD_SIGNATURE);
        assert_int_equal(verified, 1);
        close_trial(&b);
    }
}

/* Each bit of what the peer sends, with all of the true chain in memory. */
static void test_every_changed_bit_is_refused(void **state)
{
    (void)state;
    trial b;

    open_trial(&b, root_pem, leaf_pem, inter_pem);
    assert_int_equal(look(&b), HFI_OK);
    for (size_t i = 0; i < b.sent.count; i++) {
        for (size_t at = 0; at < b.sent.certs[i].len; at++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                b.sent.owned[i][at] ^= (uint8_t)(1u << bit);
                if (look(&b) == HFI_OK)
                    fail_msg("certificate %zu, byte %zu, bit %u", i, at, bit);
                b.sent.owned[i][at] ^= (uint8_t)(1u << bit);
            }
        }
    }
    assert_int_equal(look(&b), HFI_OK);
    assert_int_equal(verified, 0);
    close_trial(&b);
}

/* A root of the same name whose key has one bit changed. */
static void test_another_issuers_key_is_refused(void **state)
{
    (void)state;
    trial b;
    chain root = {.count = 0};
    hfi_x509 parsed;

    open_trial(&b, root_pem, leaf_pem, inter_pem);
    assert_int_equal(look(&b), HFI_OK);
    chain_add(&root, root_pem);
    assert_int_equal(hfi_x509_parse(root.certs[0], &parsed), HFI_OK);
    size_t from = (size_t)(parsed.spki.p - root.owned[0]);
    for (size_t at = from; at < from + parsed.spki.len; at++) {
        root.owned[0][at] ^= 0x04;
        hfi_trust_store *changed = hfi_trust_store_new(&alloc, &hfi_crypto_nettle);
        hfi_trust_store *right = b.params.store;
        assert_non_null(changed);
        /* Refused here, or by the verification. */
        if (hfi_trust_store_add(changed, root.certs[0], NULL) == HFI_OK) {
            b.params.store = changed;
            if (look(&b) == HFI_OK)
                fail_msg("byte %zu", at);
            b.params.store = right;
        }
        hfi_trust_store_free(changed);
        root.owned[0][at] ^= 0x04;
    }
    chain_free(&root);
    close_trial(&b);
}

/* All else is checked each time. */
static void test_rules_hold_with_the_signatures_in_memory(void **state)
{
    (void)state;
    static const struct {
        const char *leaf, *inter, *name;
        hfi_err code;
    } kinds[] = {
        {expired_pem, inter_pem, "app.example.com", HFI_E_CERT_EXPIRED},
        {future_pem, inter_pem, "app.example.com", HFI_E_CERT_NOT_YET_VALID},
        {old_inter_leaf_pem, old_inter_pem, "app.example.com", HFI_E_CERT_EXPIRED},
        {leaf_pem, inter_pem, "other.example.com", HFI_E_CERT_NAME_MISMATCH},
        {not_a_ca_leaf_pem, not_a_ca_pem, "app.example.com", HFI_E_CERT_NOT_A_CA},
        {no_sign_inter_leaf_pem, no_sign_inter_pem, "app.example.com",
         HFI_E_CERT_KEY_USAGE},
        {client_inter_leaf_pem, client_inter_pem, "app.example.com",
         HFI_E_CERT_EXTENDED_KEY_USAGE},
        {client_pem, inter_pem, "app.example.com", HFI_E_CERT_EXTENDED_KEY_USAGE},
        {no_signing_pem, inter_pem, "app.example.com", HFI_E_CERT_KEY_USAGE},
        {outside_pem, limited_pem, "www.example.com", HFI_E_CERT_NAME_CONSTRAINT},
        {unknown_critical_pem, inter_pem, "app.example.com",
         HFI_E_CERT_UNKNOWN_CRITICAL_EXTENSION},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        trial b;
        open_trial(&b, root_pem, kinds[i].leaf, kinds[i].inter);
        b.name = hfi_view_of_text(kinds[i].name);
        learn_all(&b);
        assert_int_equal(look(&b), kinds[i].code);
        assert_int_equal(verified, 0);
        close_trial(&b);
    }

    /* The same chain, later, and with fewer intermediates allowed. */
    trial b;
    open_trial(&b, root_pem, leaf_pem, inter_pem);
    assert_int_equal(look(&b), HFI_OK);
    b.params.intermediates_limited = true;
    assert_int_equal(look(&b), HFI_E_CERT_CHAIN_TOO_LONG);
    b.params.intermediates_limited = false;
    b.params.now += 100LL * 366 * 86400;
    assert_int_equal(look(&b), HFI_E_CERT_EXPIRED);
    close_trial(&b);
}

/* What does not lead to a trusted root takes no room. */
static void test_strangers_leave_nothing(void **state)
{
    (void)state;
    trial b;

    open_trial(&b, root_pem, stranger_leaf_pem, stranger_pem);
    assert_int_equal(look(&b), HFI_E_CERT_UNKNOWN_ISSUER);
    assert_true(verified > 0);
    assert_null(memory.entries);
    close_trial(&b);
    open_trial(&b, root_pem, outside_pem, limited_pem);
    b.name = hfi_view_of_text("www.example.com");
    assert_int_equal(look(&b), HFI_E_CERT_NAME_CONSTRAINT);
    assert_null(memory.entries);
    close_trial(&b);
}

static void test_without_heap_nothing_is_kept(void **state)
{
    (void)state;
    trial b;

    open_trial(&b, root_pem, leaf_pem, inter_pem);
    heap.fail_at = heap.calls + 2; /* the search's own comes first */
    assert_int_equal(look(&b), HFI_OK);
    assert_true(heap.calls >= heap.fail_at);
    heap.fail_at = 0;
    assert_int_equal(look(&b), HFI_OK);
    assert_int_equal(verified, 1); /* the other of the two was tried once more */
    assert_int_equal(look(&b), HFI_OK);
    assert_int_equal(verified, 0);
    close_trial(&b);
}

/* ---- threads ---- */

enum { THREADS = 4, TURNS = 60 };

static void *use_in_turn(void *context)
{
    trial *b = context;
    uint8_t *last = b[0].sent.owned[0] + b[0].sent.certs[0].len - 1;

    for (int i = 0; i < TURNS; i++) {
        for (int j = 0; j < 2; j++)
            if (hfi_verify_chain(&b[j].params, b[j].sent.certs, b[j].sent.count, NULL,
                                 &b[j].fault) != HFI_OK)
                return NULL;
        *last ^= 1;
        hfi_err err = hfi_verify_chain(&b[0].params, b[0].sent.certs, b[0].sent.count,
                                       NULL, &b[0].fault);
        *last ^= 1;
        if (err != HFI_E_CERT_BAD_SIGNATURE)
            return NULL;
    }
    return context;
}

/* Each has chains and heap of its own; the memory, which is too small, is everybody's. */
static void test_threads_share_a_memory(void **state)
{
    (void)state;
    static trial trials[THREADS][2];
    static counting_heap heaps[THREADS];
    hfi_alloc allocs[THREADS];
    pthread_t threads[THREADS];
    uint8_t bytes[PARTS * PART_LEN];

    hfi_signature_memory_init(&memory, &alloc, &hfi_crypto_nettle, 8);
    for (size_t n = 0; n < 6; n++) {
        hfi_signature_claim c = numbered(bytes, n);
        hfi_signature_memory_add(&memory, &c);
    }
    for (size_t i = 0; i < THREADS; i++) {
        open_trial(&trials[i][0], root_pem, leaf_pem, inter_pem);
        open_trial(&trials[i][1], ed25519_root_pem, ed25519_leaf_pem, NULL);
        allocs[i] = counting_alloc(&heaps[i]);
        trials[i][0].params.alloc = trials[i][1].params.alloc = &allocs[i];
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_in_turn, trials[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, trials[i]);
        close_trial(&trials[i][0]);
        close_trial(&trials[i][1]);
        assert_int_equal(heaps[i].live, 0);
    }
}

/* One that finds the memory held does the work itself. */
static void test_nobody_waits(void **state)
{
    (void)state;
    trial b;

    open_trial(&b, root_pem, leaf_pem, inter_pem);
    assert_int_equal(look(&b), HFI_OK);
    assert_false(atomic_flag_test_and_set(&memory.busy));
    assert_int_equal(look(&b), HFI_OK);
    assert_int_equal(verified, 2);
    atomic_flag_clear(&memory.busy);
    assert_int_equal(look(&b), HFI_OK);
    assert_int_equal(verified, 0);
    close_trial(&b);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_byte_of_a_claim_counts),
        TEST(test_where_a_part_ends_counts),
        TEST(test_room_is_bounded),
        TEST(test_none_at_all),
        TEST(test_a_chain_seen_before),
        TEST(test_every_changed_bit_is_refused),
        TEST(test_another_issuers_key_is_refused),
        TEST(test_rules_hold_with_the_signatures_in_memory),
        TEST(test_strangers_leave_nothing),
        TEST(test_without_heap_nothing_is_kept),
        TEST(test_threads_share_a_memory),
        TEST(test_nobody_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
