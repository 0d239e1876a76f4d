/* tests/unit/record/test_record_tls12.c: protected records of TLS 1.2.
 * RFC 5246 6.2.3.3; RFC 5288 3; RFC 7905 2.  Refusals first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fixture.h"
#include "tls12_vectors.h"

enum { LATER_HIGH = 0x01020304, LATER_LOW = 0x05060708 };
static const uint64_t later = (uint64_t)LATER_HIGH << 32 | LATER_LOW;

typedef struct sample {
    const char *name;
    const uint8_t *bytes;
    size_t len;
    size_t key_len; /* 16, 32: AES-GCM; 0: ChaCha20-Poly1305 */
    uint64_t sequence;
    hfi_content_type type;
    const char *content;
    size_t content_len;
    bool ours; /* we would seal it so: the explicit nonce is the sequence number */
} sample;

#define BYTES(array) array, sizeof(array)

static const sample samples[] = {
    {"AES-128-GCM", BYTES(gcm128_first), 16, 0, HFI_CONTENT_APPLICATION, "data", 4, true},
    {"AES-128-GCM, later", BYTES(gcm128_later), 16,
     (uint64_t)LATER_HIGH << 32 | LATER_LOW, HFI_CONTENT_HANDSHAKE, "handshake", 9, true},
    {"AES-128-GCM, a nonce of its own", BYTES(gcm128_other_nonce), 16, 0,
     HFI_CONTENT_APPLICATION, "data", 4, false},
    {"AES-256-GCM", BYTES(gcm256_first), 32, 0, HFI_CONTENT_ALERT, "\x01", 2, true},
    {"AES-128-GCM, empty", BYTES(gcm128_empty), 16, 0, HFI_CONTENT_APPLICATION, "", 0,
     true},
    {"ChaCha20-Poly1305", BYTES(chacha_first), 0, 0, HFI_CONTENT_APPLICATION, "data", 4,
     true},
    {"ChaCha20-Poly1305, later", BYTES(chacha_later), 0,
     (uint64_t)LATER_HIGH << 32 | LATER_LOW, HFI_CONTENT_HANDSHAKE, "handshake", 9, true},
};

enum { SAMPLES = sizeof samples / sizeof samples[0] };

static fixture_memory memory;
static hfi_alloc alloc;

static int set_up(void **state)
{
    (void)state;
    alloc = fixture_alloc(&memory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return memory.live == 0 ? 0 : -1;
}

static void install(hfi_record_keys *k, size_t key_len, uint64_t sequence)
{
    const hfi_aead *aead = key_len == 0    ? hfi_crypto_nettle.chacha20_poly1305
                           : key_len == 16 ? hfi_crypto_nettle.aes_128_gcm
                                           : hfi_crypto_nettle.aes_256_gcm;

    memset(k, 0, sizeof *k);
    assert_int_equal(hfi_record_keys_install_tls12(k, &alloc, aead, fixture_key,
                                                   fixture_iv, key_len == 0 ? 12 : 4),
                     HFI_OK);
    k->sequence = sequence;
}

/* In memory of exactly that size, so that a sanitizer sees a read past the end. */
static uint8_t *copy_of(const uint8_t *p, size_t len)
{
    uint8_t *copy = malloc(len == 0 ? 1 : len);

    assert_non_null(copy);
    memcpy(copy, p, len);
    return copy;
}

/* Opens a copy of the sample; with change set, after that bit was changed. */
static void refuse(const sample *s, const uint8_t *bytes, size_t len, uint64_t sequence,
                   hfi_err want)
{
    hfi_record_keys k;
    uint8_t *p = copy_of(bytes, len);

    install(&k, s->key_len, sequence);
    fixture_refused(&k, p, len, want);
    hfi_record_keys_clear(&k, &alloc);
    free(p);
}

/* ---- opening ---- */

static void test_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        hfi_record_keys k;
        hfi_record record;
        hfi_err err = HFI_E_INTERNAL;
        uint8_t *p = copy_of(s->bytes, s->len);

        install(&k, s->key_len, s->sequence);
        assert_int_equal(fixture_open(&k, p, s->len, &record, &err), HFI_RECORD_READY);
        assert_int_equal(err, HFI_OK);
        assert_int_equal(record.type, s->type);
        assert_true(record.was_protected);
        assert_int_equal(record.consumed, s->len);
        assert_int_equal(record.content.len, s->content_len);
        assert_memory_equal(record.content.p, s->content, s->content_len);
        assert_int_equal(k.sequence, s->sequence + 1);
        /* Once more: another sequence number. */
        memcpy(p, s->bytes, s->len);
        fixture_refused(&k, p, s->len, HFI_E_BAD_RECORD_MAC);
        hfi_record_keys_clear(&k, &alloc);
        free(p);
    }
}

static void test_every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        for (size_t len = 0; len < samples[i].len; len++) {
            hfi_record_keys k;
            uint8_t *p = copy_of(samples[i].bytes, len);
            install(&k, samples[i].key_len, samples[i].sequence);
            fixture_partial(&k, p, len, len < 5 ? 5 : samples[i].len);
            assert_int_equal(k.sequence, samples[i].sequence);
            hfi_record_keys_clear(&k, &alloc);
            free(p);
        }
    }
}

/* Type, version, explicit nonce, ciphertext and tag: all of it is authenticated, and the
 * plaintext is gone where it fails. */
static void test_every_bit(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        for (size_t bit = 0; bit < 8 * s->len; bit++) {
            uint8_t changed[64];
            size_t at = bit / 8;
            if (at == 3 || at == 4)
                continue; /* the length: see below */
            assert_true(s->len <= sizeof changed);
            memcpy(changed, s->bytes, s->len);
            changed[at] ^= (uint8_t)(1u << bit % 8);
            bool known = changed[0] >= 20 && changed[0] <= 23;
            refuse(s, changed, s->len, s->sequence,
                   at == 0 && !known    ? HFI_E_RECORD_TYPE_UNKNOWN
                   : at == 1 || at == 2 ? HFI_E_RECORD_VERSION
                                        : HFI_E_BAD_RECORD_MAC);
        }
    }
}

static void test_other_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        size_t overhead = (s->key_len == 0 ? 0 : 8) + 16;
        for (size_t len = 5; len < s->len; len++) {
            uint8_t cut[64];
            memcpy(cut, s->bytes, s->len);
            cut[3] = 0;
            cut[4] = (uint8_t)(len - 5);
            refuse(s, cut, len, s->sequence, HFI_E_BAD_RECORD_MAC);
            /* Too short for nonce and tag is seen at the header already. */
            if (len - 5 < overhead)
                refuse(s, cut, 5, s->sequence, HFI_E_BAD_RECORD_MAC);
        }
        uint8_t longer[65];
        memcpy(longer, s->bytes, s->len);
        longer[s->len] = 0;
        longer[4]++;
        refuse(s, longer, s->len + 1, s->sequence, HFI_E_BAD_RECORD_MAC);
    }
}

static void test_wrong_sequence(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        refuse(s, s->bytes, s->len, s->sequence + 1, HFI_E_BAD_RECORD_MAC);
        refuse(s, s->bytes, s->len, s->sequence ^ (uint64_t)1 << 40,
               HFI_E_BAD_RECORD_MAC);
        refuse(s, s->bytes, s->len, UINT64_MAX, HFI_E_RECORD_SEQUENCE_EXHAUSTED);
    }
}

static void test_wrong_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        sample other = samples[i];
        other.key_len = other.key_len == 16 ? 32 : 16;
        refuse(&other, samples[i].bytes, samples[i].len, samples[i].sequence,
               HFI_E_BAD_RECORD_MAC);
    }
}

/* The header is judged as soon as its bytes are there. */
static void test_header(void **state)
{
    static const struct {
        uint8_t bytes[5];
        size_t len;
        hfi_err want;
    } rows[] = {
        {{19}, 1, HFI_E_RECORD_TYPE_UNKNOWN},
        {{24}, 1, HFI_E_RECORD_TYPE_UNKNOWN},
        {{0}, 1, HFI_E_RECORD_TYPE_UNKNOWN},
        {{23, 3, 1}, 3, HFI_E_RECORD_VERSION},
        {{23, 3, 4}, 3, HFI_E_RECORD_VERSION},
        {{23, 2, 3}, 3, HFI_E_RECORD_VERSION},
        {{23, 3, 3, 0xff, 0xff}, 5, HFI_E_RECORD_TOO_LONG},
        /* 2^14 + 2048 and one more (RFC 5246 6.2.3) */
        {{23, 3, 3, 0x48, 0x01}, 5, HFI_E_RECORD_TOO_LONG},
        {{23, 3, 3, 0, 0}, 5, HFI_E_BAD_RECORD_MAC},
        {{23, 3, 3, 0, 23}, 5, HFI_E_BAD_RECORD_MAC},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuse(&samples[0], rows[i].bytes, rows[i].len, 0, rows[i].want);
}

/* ---- sealing ---- */

static void test_seal(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        hfi_record_keys k;
        uint8_t out[64];
        size_t len = 0;
        if (!s->ours)
            continue;
        install(&k, s->key_len, s->sequence);
        assert_int_equal(hfi_record_sealed_size(&k, s->content_len), s->len);
        assert_int_equal(
            hfi_record_seal(&k, s->type, 0x0303,
                            hfi_view_of((const uint8_t *)s->content, s->content_len), out,
                            &len),
            HFI_OK);
        assert_int_equal(len, s->len);
        assert_memory_equal(out, s->bytes, len);
        assert_int_equal(k.sequence, s->sequence + 1);
        hfi_record_keys_clear(&k, &alloc);
    }
}

/* In place, from the header on, as record.h promises. */
static void test_seal_in_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        hfi_record_keys k;
        uint8_t out[64];
        size_t len = 0;
        if (!s->ours)
            continue;
        install(&k, s->key_len, s->sequence);
        memcpy(out + 5, s->content, s->content_len);
        assert_int_equal(hfi_record_seal(&k, s->type, 0x0303,
                                         hfi_view_of(out + 5, s->content_len), out, &len),
                         HFI_OK);
        assert_int_equal(len, s->len);
        assert_memory_equal(out, s->bytes, len);
        hfi_record_keys_clear(&k, &alloc);
    }
}

static void test_seal_limits(void **state)
{
    static uint8_t in[16385], out[16385 + HFI_RECORD_OVERHEAD];
    hfi_record_keys k;
    size_t len = 1;

    (void)state;
    install(&k, 16, UINT64_MAX);
    assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                     hfi_view_of(in, 4), out, &len),
                     HFI_E_RECORD_SEQUENCE_EXHAUSTED);
    assert_int_equal(len, 0);
    k.sequence = UINT64_MAX - 1;
    assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                     hfi_view_of(in, 4), out, &len),
                     HFI_OK);
    assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                     hfi_view_of(in, 4), out, &len),
                     HFI_E_RECORD_SEQUENCE_EXHAUSTED);
    hfi_record_keys_clear(&k, &alloc);
    install(&k, 16, 0);
    assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                     hfi_view_of(in, 16385), out, &len),
                     HFI_E_INTERNAL);
    hfi_record_keys_clear(&k, &alloc);
}

/* TLS 1.2 has no key to change to: the limits of TLS 1.3 bind neither side. */
static void test_no_record_limit(void **state)
{
    const hfi_crypto *c = &hfi_crypto_nettle;
    const hfi_aead *const aeads[] = {c->aes_128_gcm, c->aes_256_gcm, c->aes_128_ccm,
                                     c->aes_256_ccm};

    (void)state;
    for (size_t i = 0; i < sizeof aeads / sizeof aeads[0]; i++) {
        hfi_record_keys sender = {.aead = NULL}, receiver = {.aead = NULL};
        hfi_record_keys *const both[] = {&sender, &receiver};
        assert_true(aeads[i]->record_limit < UINT64_MAX);
        for (size_t j = 0; j < 2; j++) {
            assert_int_equal(hfi_record_keys_install_tls12(both[j], &alloc, aeads[i],
                                                           fixture_key, fixture_iv, 4),
                             HFI_OK);
            both[j]->sequence = aeads[i]->record_limit - 1;
        }
        for (size_t j = 0; j < 3; j++) {
            hfi_record record;
            hfi_err err;
            uint8_t out[64];
            size_t len = 0;
            assert_int_equal(hfi_record_seal(&sender, HFI_CONTENT_APPLICATION, 0x0303,
                                             hfi_view_of_text("data"), out, &len),
                             HFI_OK);
            assert_int_equal(fixture_open(&receiver, out, len, &record, &err),
                             HFI_RECORD_READY);
            assert_int_equal(record.content.len, 4);
        }
        hfi_record_keys_clear(&sender, &alloc);
        hfi_record_keys_clear(&receiver, &alloc);
    }
}

/* As much as there may be, there and back; and one byte more from a peer. */
static void test_sizes(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 4095, 16383, 16384};
    static uint8_t in[16385], out[16385 + HFI_RECORD_OVERHEAD];

    (void)state;
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * 7);
    for (size_t key_len = 0; key_len <= 32; key_len += 16) {
        hfi_record_keys sender, receiver;
        install(&sender, key_len, later);
        install(&receiver, key_len, later);
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            hfi_record record;
            hfi_err err;
            size_t len;
            assert_int_equal(hfi_record_seal(&sender, HFI_CONTENT_APPLICATION, 0x0303,
                                             hfi_view_of(in, sizes[i]), out, &len),
                             HFI_OK);
            assert_int_equal(fixture_open(&receiver, out, len, &record, &err),
                             HFI_RECORD_READY);
            assert_int_equal(record.content.len, sizes[i]);
            assert_memory_equal(record.content.p, in, sizes[i]);
        }
        hfi_record_keys_clear(&sender, &alloc);
        hfi_record_keys_clear(&receiver, &alloc);
    }
}

/* Seals whatever there is, as only a broken peer would. */
static size_t protect(uint8_t type, const uint8_t *in, size_t len, uint8_t *out)
{
    const hfi_aead *aead = hfi_crypto_nettle.aes_128_gcm;
    uint8_t nonce[HFI_AEAD_NONCE] = {0}, ad[13] = {0};
    size_t body = 8 + len + aead->tag_len;
    void *ctx = malloc(aead->ctx_size);

    assert_non_null(ctx);
    memcpy(nonce, fixture_iv, 4);
    ad[8] = type;
    ad[9] = ad[10] = 3;
    ad[11] = (uint8_t)(len >> 8);
    ad[12] = (uint8_t)len;
    memset(out, 0, 5 + 8);
    out[0] = type;
    out[1] = out[2] = 3;
    out[3] = (uint8_t)(body >> 8);
    out[4] = (uint8_t)body;
    aead->init(ctx, fixture_key);
    aead->seal(ctx, nonce, hfi_view_of(ad, sizeof ad), in, len, out + 13);
    free(ctx);
    return 5 + body;
}

static void test_hostile_plaintext(void **state)
{
    static uint8_t in[16640], out[16640 + HFI_RECORD_OVERHEAD];
    static const uint8_t types[] = {20, 21, 22};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t len = protect(types[i], in, 0, out);
        refuse(&samples[0], out, len, 0, HFI_E_RECORD_EMPTY);
    }
    size_t len = protect(23, in, 16385, out);
    refuse(&samples[0], out, len, 0, HFI_E_PLAINTEXT_TOO_LONG);
    len = protect(22, in, 16400, out);
    refuse(&samples[0], out, len, 0, HFI_E_PLAINTEXT_TOO_LONG);
    /* So long that no buffer need hold it. */
    len = protect(23, in, 16640 - 24 + 1, out);
    refuse(&samples[0], out, len, 0, HFI_E_RECORD_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_other_lengths),
        cmocka_unit_test(test_wrong_sequence),
        cmocka_unit_test(test_wrong_keys),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_seal),
        cmocka_unit_test(test_seal_in_place),
        cmocka_unit_test(test_seal_limits),
        cmocka_unit_test(test_no_record_limit),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_hostile_plaintext),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
