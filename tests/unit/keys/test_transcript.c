/* tests/unit/keys/test_transcript.c: the transcript's hash, RFC 8446 4.4.1.  Expected
 * digests are made by hashing the whole input at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "keys/transcript.h"

static int live;
static bool exhausted;

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    if (exhausted)
        return NULL;
    live++;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    live--;
    free(p);
}

static const hfi_alloc alloc = {allocate, release, NULL};

static int setup(void **state)
{
    (void)state;
    live = 0;
    exhausted = false;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return live;
}

static void add(hfi_transcript *t, const char *message)
{
    assert_int_equal(hfi_transcript_add(t, &alloc, hfi_view_of_text(message)), HFI_OK);
}

static void hash_once(const hfi_hash *hash, hfi_view bytes, uint8_t *out)
{
    hfi_hash_ctx ctx;
    hash->init(&ctx);
    hash->update(&ctx, bytes.p, bytes.len);
    hash->finish(&ctx, out);
}

static void expect_digest(const hfi_transcript *t, hfi_view whole)
{
    uint8_t want[HFI_HASH_SIZE_MAX];
    hfi_digest digest;

    hash_once(t->hash, whole, want);
    for (int twice = 0; twice < 2; twice++) { /* taking it changes nothing */
        memset(&digest, 0, sizeof digest);
        hfi_transcript_digest(t, &digest);
        assert_int_equal(digest.len, t->hash->size);
        assert_memory_equal(digest.bytes, want, digest.len);
    }
}

static void expect_digest_with(const hfi_transcript *t, const hfi_hash *named,
                               const hfi_hash *used, const char *tail, const char *whole)
{
    uint8_t want[HFI_HASH_SIZE_MAX];
    hfi_digest digest;

    hash_once(used, hfi_view_of_text(whole), want);
    hfi_transcript_digest_with(t, named, hfi_view_of_text(tail), &digest);
    assert_int_equal(digest.len, used->size);
    assert_memory_equal(digest.bytes, want, digest.len);
}

static void test_no_memory(void **state)
{
    hfi_transcript t = {.hash = NULL};
    (void)state;

    exhausted = true;
    assert_int_equal(hfi_transcript_add(&t, &alloc, hfi_view_of_text("a")),
                     HFI_E_NO_MEMORY);
    exhausted = false;
    add(&t, "kept");
    exhausted = true;
    assert_int_equal(hfi_transcript_add(&t, &alloc, hfi_view_of_text("lost")),
                     HFI_E_NO_MEMORY);
    /* What was kept is still there, and with a hash no memory is wanted. */
    hfi_transcript_start(&t, &alloc, hfi_crypto_nettle.sha256);
    expect_digest(&t, hfi_view_of_text("kept"));
    add(&t, " and more");
    expect_digest(&t, hfi_view_of_text("kept and more"));
    hfi_transcript_free(&t, &alloc);
}

static void test_kept_equals_direct(void **state)
{
    const hfi_hash *const hashes[] = {hfi_crypto_nettle.sha256, hfi_crypto_nettle.sha384};
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        for (int kept = 0; kept <= 3; kept++) { /* how many come before the hash */
            hfi_transcript t = {.hash = NULL};
            static const char *const messages[] = {"one ", "two ", "three"};
            for (int n = 0; n < 3; n++) {
                if (n == kept)
                    hfi_transcript_start(&t, &alloc, hashes[i]);
                add(&t, messages[n]);
            }
            hfi_transcript_start(&t, &alloc, hashes[i]);
            assert_null(t.kept); /* the memory is given back at once */
            assert_int_equal(live, 0);
            expect_digest(&t, hfi_view_of_text("one two three"));
            hfi_transcript_free(&t, &alloc);
        }
    }
}

static void test_empty(void **state)
{
    hfi_transcript t = {.hash = NULL};
    (void)state;

    add(&t, "");
    assert_int_equal(live, 0);
    hfi_transcript_start(&t, &alloc, hfi_crypto_nettle.sha256);
    add(&t, "");
    expect_digest(&t, hfi_view_of_text(""));
    hfi_transcript_free(&t, &alloc);
}

/* The hash is named once; a second name changes nothing. */
static void test_started_twice(void **state)
{
    hfi_transcript t = {.hash = NULL};
    (void)state;

    add(&t, "hello");
    hfi_transcript_start(&t, &alloc, hfi_crypto_nettle.sha256);
    hfi_transcript_start(&t, &alloc, hfi_crypto_nettle.sha384);
    hfi_transcript_start(&t, &alloc, hfi_crypto_nettle.sha256);
    assert_ptr_equal(t.hash, hfi_crypto_nettle.sha256);
    expect_digest(&t, hfi_view_of_text("hello"));
    hfi_transcript_free(&t, &alloc);
}

/* RFC 8446 4.4.1: Hash(254 || 0 0 size || Hash(ClientHello1) || HelloRetryRequest ...) */
static void test_retry(void **state)
{
    const hfi_hash *const hashes[] = {hfi_crypto_nettle.sha256, hfi_crypto_nettle.sha384};
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        uint8_t whole[4 + HFI_HASH_SIZE_MAX + 5] = {254, 0, 0, i == 0 ? 32 : 48};
        size_t len = 4 + hashes[i]->size;
        hfi_transcript t = {.hash = NULL};

        hash_once(hashes[i], hfi_view_of_text("first hello"), whole + 4);
        add(&t, "first hello");
        hfi_transcript_start(&t, &alloc, hashes[i]);
        hfi_transcript_retry(&t);
        expect_digest(&t, hfi_view_of(whole, len));
        add(&t, "retry");
        memcpy(whole + len, "retry", 5);
        expect_digest(&t, hfi_view_of(whole, len + 5));
        hfi_transcript_free(&t, &alloc);
    }
}

/* RFC 8446 4.2.11.2: a binder's transcript, before the suite names the hash and after
 * a HelloRetryRequest has. */
static void test_digest_with(void **state)
{
    const hfi_hash *sha256 = hfi_crypto_nettle.sha256;
    const hfi_hash *sha384 = hfi_crypto_nettle.sha384;
    hfi_transcript t = {.hash = NULL};
    (void)state;

    expect_digest_with(&t, sha256, sha256, "tail", "tail");
    expect_digest_with(&t, sha384, sha384, "", "");
    add(&t, "kept ");
    expect_digest_with(&t, sha256, sha256, "tail", "kept tail");
    expect_digest_with(&t, sha384, sha384, "tail", "kept tail");
    hfi_transcript_start(&t, &alloc, sha384);
    expect_digest_with(&t, sha256, sha384, "tail", "kept tail"); /* its own hash counts */
    expect_digest(&t, hfi_view_of_text("kept "));                /* tail was not added */
    hfi_transcript_free(&t, &alloc);
}

static void test_free_and_reuse(void **state)
{
    hfi_transcript t = {.hash = NULL};
    (void)state;

    hfi_transcript_free(&t, &alloc);
    add(&t, "kept");
    assert_int_equal(live, 1);
    hfi_transcript_free(&t, &alloc);
    assert_int_equal(live, 0);
    hfi_transcript_free(&t, &alloc);
    add(&t, "again"); /* as new */
    hfi_transcript_start(&t, &alloc, hfi_crypto_nettle.sha256);
    expect_digest(&t, hfi_view_of_text("again"));
    hfi_transcript_free(&t, &alloc);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_no_memory),      TEST(test_kept_equals_direct),
        TEST(test_empty),          TEST(test_started_twice),
        TEST(test_retry),          TEST(test_digest_with),
        TEST(test_free_and_reuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
