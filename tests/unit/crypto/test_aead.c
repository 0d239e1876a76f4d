/* tests/unit/crypto/test_aead.c: AES-GCM against the examples of its specification
 * (McGrew and Viega, test cases 1, 2, 4, 14 and 16), ChaCha20-Poly1305 against
 * RFC 8439 2.8.2, AES-CCM against Wycheproof's aes_ccm; every flipped bit is refused; in
 * place.  The context that they have is as large as they say that they need, and behind
 * it is memory that nobody can read or write. */
#include "hex.h"

#include <sys/mman.h>
#include <unistd.h>

typedef struct vector {
    const hfi_aead *const *aead;
    const char *key, *nonce, *ad, *text, *sealed;
} vector;

#define GCM_KEY "feffe9928665731c6d6a8f9467308308"
#define GCM_NONCE "cafebabefacedbaddecaf888"
#define GCM_AD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define GCM_TEXT                                                       \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" \
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define ZEROS_12 "000000000000000000000000"
#define ZEROS_16 "00000000000000000000000000000000"

static const vector vectors[] = {
    {&tested.aes_128_gcm, ZEROS_16, ZEROS_12, "", "", "58e2fccefa7e3061367f1d57a4e7455a"},
    {&tested.aes_128_gcm, ZEROS_16, ZEROS_12, "", ZEROS_16,
     "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"},
    {&tested.aes_128_gcm, GCM_KEY, GCM_NONCE, GCM_AD, GCM_TEXT,
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
     "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {&tested.aes_256_gcm, ZEROS_16 ZEROS_16, ZEROS_12, "", ZEROS_16,
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {&tested.aes_256_gcm, GCM_KEY GCM_KEY, GCM_NONCE, GCM_AD, GCM_TEXT,
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    {&tested.chacha20_poly1305,
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
     "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
     "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
     "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
     "637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
     "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
     "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
     "3ff4def08e4b7a9de576d26586cec64b6116"
     "1ae10b594f09e26a7e902ecbd0600691"},
    /* tcId 1 */
    {&tested.aes_128_ccm, "bedcfb5a011ebc84600fcb296c15af0d", "438a547a94ea88dce46c6c85",
     "", "", "25d1a38495a7dea45bda049705627d10"},
    /* tcId 157 */
    {&tested.aes_256_ccm,
     "80ba3192c803ce965ea371d5ff073cf0f43b6a2ab576b208426e11409c09b9b0",
     "4da5bf8dfd5852c1ea12379d", "", "", "6dc4ef59a73ebcabb5e34c0d34d9f2d7"},
    /* tcId 13 */
    {&tested.aes_128_ccm, "d97c9b043bdccfd59491a995e78f1696", "ef423240358830df915506a3",
     "3ddba7b3ab69c8b2", "f047594a5cffda64303a80b2fa6a957169",
     "e0caf2a9d50f70ecaa43b4a287c3b34a99cff4c61882b413b686ff35b63a3a73"
     "de"},
    /* tcId 169 */
    {&tested.aes_256_ccm,
     "f60c6a1b625725f76c7037b48fe3577fa7f7b87b1bd5a982176d182306ffb870",
     "f0384fb876121410633d993d", "9aaf299eeea78f79", "63858ca3e2ce69887b578a3c167b421c9c",
     "f05e290bbbc61927fa65760648dcca88b0b721be96a6b95c0931fb243dd1287c"
     "70"},
};

enum { VECTORS = sizeof vectors / sizeof vectors[0] };

/* One vector made ready. */
typedef struct fixture {
    const hfi_aead *aead;
    void *pages;
    size_t pages_len;
    void *ctx;
    hfi_span key, nonce, ad, text, sealed, out;
} fixture;

/* Pages of which the last is forbidden; the context ends where it begins, as far as a
 * context may begin anywhere. */
static void make_context(fixture *f)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t needed = (f->aead->ctx_size + 15) / 16 * 16;
    size_t usable = (needed + page - 1) / page * page;

    f->pages_len = usable + page;
    f->pages = mmap(NULL, f->pages_len, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(f->pages != MAP_FAILED);
    assert_int_equal(mprotect((uint8_t *)f->pages + usable, page, PROT_NONE), 0);
    f->ctx = (uint8_t *)f->pages + usable - needed;
    /* What was in memory before does not matter. */
    memset(f->ctx, 0xa5, needed);
}

static fixture fixture_of(const vector *v)
{
    fixture f = {.aead = *v->aead,
                 .key = hex(v->key),
                 .nonce = hex(v->nonce),
                 .ad = hex(v->ad),
                 .text = hex(v->text),
                 .sealed = hex(v->sealed)};
    make_context(&f);
    f.out = hex(v->sealed);
    assert_int_equal(f.key.len, f.aead->key_len);
    f.aead->init(f.ctx, f.key.p);
    return f;
}

static void fixture_free(fixture *f)
{
    assert_int_equal(munmap(f->pages, f->pages_len), 0);
    hex_free(f->key);
    hex_free(f->nonce);
    hex_free(f->ad);
    hex_free(f->text);
    hex_free(f->sealed);
    hex_free(f->out);
}

static bool open_sealed(fixture *f, size_t len)
{
    return f->aead->open(f->ctx, f->nonce.p, hfi_view_of(f->ad.p, f->ad.len), f->sealed.p,
                         len, f->out.p);
}

/* Every bit of bytes, flipped by itself, must be noticed. */
static void expect_flips_refused(fixture *f, hfi_span bytes)
{
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(open_sealed(f, f->sealed.len));
        bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(open_sealed(f, f->sealed.len));
}

static void test_flipped_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        fixture f = fixture_of(&vectors[i]);
        expect_flips_refused(&f, f.sealed);
        expect_flips_refused(&f, f.nonce);
        expect_flips_refused(&f, f.ad);
        fixture_free(&f);
    }
}

/* Every shorter input, down to none, and another length of additional data. */
static void test_truncation(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        fixture f = fixture_of(&vectors[i]);
        for (size_t len = 0; len < f.sealed.len; len++)
            assert_false(open_sealed(&f, len));
        f.ad.len = f.ad.len == 0 ? 0 : f.ad.len - 1;
        if (f.ad.len != 0)
            assert_false(open_sealed(&f, f.sealed.len));
        fixture_free(&f);
    }
}

/* What does not verify leaves nothing of its text behind. */
static void test_refused_text_is_wiped(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        fixture f = fixture_of(&vectors[i]);
        f.sealed.p[f.sealed.len - 1] ^= 1;
        memset(f.out.p, 0xee, f.out.len);
        assert_false(open_sealed(&f, f.sealed.len));
        for (size_t k = 0; k < f.text.len; k++)
            assert_int_equal(f.out.p[k], 0);
        fixture_free(&f);
    }
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        fixture f = fixture_of(&vectors[i]);
        hfi_view ad = hfi_view_of(f.ad.p, f.ad.len);
        for (int again = 0; again < 2; again++) { /* the context serves many records */
            memset(f.out.p, 0, f.out.len);
            f.aead->seal(f.ctx, f.nonce.p, ad, f.text.p, f.text.len, f.out.p);
            expect_hex(f.out.p, f.out.len, vectors[i].sealed);
            assert_true(open_sealed(&f, f.sealed.len));
            assert_memory_equal(f.out.p, f.text.p, f.text.len);
        }
        fixture_free(&f);
    }
}

static void test_in_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        fixture f = fixture_of(&vectors[i]);
        hfi_view ad = hfi_view_of(f.ad.p, f.ad.len);
        memcpy(f.out.p, f.text.p, f.text.len);
        f.aead->seal(f.ctx, f.nonce.p, ad, f.out.p, f.text.len, f.out.p);
        expect_hex(f.out.p, f.out.len, vectors[i].sealed);
        assert_true(f.aead->open(f.ctx, f.nonce.p, ad, f.out.p, f.out.len, f.out.p));
        assert_memory_equal(f.out.p, f.text.p, f.text.len);
        fixture_free(&f);
    }
}

/* A full record of TLS: many blocks, and bytes beyond the last whole one. */
static void test_large_record(void **state)
{
    enum { LEN = 16384 + 1 };
    static uint8_t text[LEN], out[LEN + 16];
    static const uint8_t header[5] = {23, 3, 3, 0x40, 0x11};

    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        fixture f = fixture_of(&vectors[i]);
        for (size_t k = 0; k < LEN; k++)
            text[k] = (uint8_t)(k * 7);
        hfi_view ad = hfi_view_of(header, sizeof header);
        f.aead->seal(f.ctx, f.nonce.p, ad, text, LEN, out);
        assert_memory_not_equal(out, text, LEN);
        assert_true(f.aead->open(f.ctx, f.nonce.p, ad, out, sizeof out, out));
        assert_memory_equal(out, text, LEN);
        fixture_free(&f);
    }
}

/* RFC 8446 5.5, rounded down; ChaCha20-Poly1305 has no limit that can be reached. */
static void test_limits(void **state)
{
    const hfi_crypto *c = &tested;
    (void)state;
    assert_true(c->aes_128_gcm->record_limit == UINT64_C(1) << 24);
    assert_true(c->aes_256_gcm->record_limit == UINT64_C(1) << 24);
    assert_true(c->chacha20_poly1305->record_limit == UINT64_MAX);
    assert_true(c->aes_128_ccm->record_limit == UINT64_C(1) << 23);
    assert_true(c->aes_256_ccm->record_limit == UINT64_C(1) << 23);
    assert_int_equal(c->aes_128_ccm->key_len, 16);
    assert_int_equal(c->aes_256_ccm->key_len, 32);
    assert_int_equal(c->aes_128_ccm->tag_len, 16);
    assert_int_equal(c->aes_256_ccm->tag_len, 16);
    assert_int_equal(c->aes_128_gcm->key_len, 16);
    assert_int_equal(c->aes_256_gcm->key_len, 32);
    assert_int_equal(c->chacha20_poly1305->key_len, 32);
    assert_int_equal(c->aes_128_gcm->tag_len, 16);
    assert_int_equal(c->aes_256_gcm->tag_len, 16);
    assert_int_equal(c->chacha20_poly1305->tag_len, 16);
}

/* A fitted context is never larger, and all else is as it was. */
static void test_fitted(void **state)
{
    hfi_crypto fitted = hfi_crypto_nettle;

    (void)state;
    hfi_crypto_nettle_fit(&fitted);
    assert_in_range(fitted.aes_128_gcm->ctx_size, 16,
                    hfi_crypto_nettle.aes_128_gcm->ctx_size);
    assert_in_range(fitted.aes_256_gcm->ctx_size, 32,
                    hfi_crypto_nettle.aes_256_gcm->ctx_size);
    assert_true(fitted.aes_128_gcm->record_limit ==
                hfi_crypto_nettle.aes_128_gcm->record_limit);
    hfi_crypto again = fitted;
    hfi_crypto_nettle_fit(&again);
    assert_memory_equal(&again, &fitted, sizeof fitted);
    fitted.aes_128_gcm = hfi_crypto_nettle.aes_128_gcm;
    fitted.aes_256_gcm = hfi_crypto_nettle.aes_256_gcm;
    assert_memory_equal(&fitted, &hfi_crypto_nettle, sizeof fitted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flipped_bits),
        cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_refused_text_is_wiped),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_large_record),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_fitted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
