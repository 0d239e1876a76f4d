/* tests/unit/record/test_record_cbc.c: records of CBC suites opened.
 * RFC 5246 6.2.3.2; RFC 7366 3.  Refusals first; there is one error for all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/ct.h"
#include "cbc.h"
#include "cbc_vectors.h"

enum { APPLICATION = HFI_CONTENT_APPLICATION, CONTENT_BYTE = 0xc7 };

static fixture_memory memory;
static hfi_alloc alloc;
static uint8_t text[CBC_ROOM], bytes[CBC_ROOM];

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

/* In memory of exactly that size, so that a sanitizer sees a step past either end. */
static uint8_t *copy_of(const uint8_t *p, size_t len)
{
    uint8_t *copy = malloc(len == 0 ? 1 : len);

    assert_non_null(copy);
    memcpy(copy, p, len);
    return copy;
}

static void refuse(const cbc_kind *kind, const uint8_t *p, size_t len, uint64_t sequence,
                   hfi_err want)
{
    hfi_record_keys k;
    uint8_t *copy = copy_of(p, len);

    cbc_install(&k, &alloc, kind, sequence);
    fixture_refused(&k, copy, len, want);
    if (want == HFI_E_BAD_RECORD_MAC)
        assert_int_equal(k.sequence, sequence);
    hfi_record_keys_clear(&k, &alloc);
    free(copy);
}

static void accept(const cbc_kind *kind, const uint8_t *p, size_t len, uint8_t type,
                   const uint8_t *content, size_t content_len)
{
    hfi_record_keys k;
    hfi_record record;
    hfi_err err = HFI_E_INTERNAL;
    uint8_t *copy = copy_of(p, len);

    cbc_install(&k, &alloc, kind, 0);
    assert_int_equal(hfi_record_open(&k, (hfi_span){copy, len}, &record, &err),
                     HFI_RECORD_READY);
    assert_int_equal(err, HFI_OK);
    assert_int_equal(record.type, type);
    assert_true(record.was_protected);
    assert_int_equal(record.consumed, len);
    assert_int_equal(record.content.len, content_len);
    assert_int_equal(record.inner_len, content_len);
    assert_memory_equal(record.content.p, content, content_len);
    assert_int_equal(k.sequence, 1);
    hfi_record_keys_clear(&k, &alloc);
    free(copy);
}

/* Content of one byte again and again, which padding of the same byte is not made of. */
static size_t make_text(const cbc_kind *kind, size_t len, size_t padding)
{
    uint8_t *content = malloc(len == 0 ? 1 : len);

    assert_non_null(content);
    memset(content, CONTENT_BYTE, len);
    size_t size = cbc_text(kind, 0, APPLICATION, content, len, padding, text);
    free(content);
    return size;
}

static size_t make_record(const cbc_kind *kind, size_t text_len)
{
    return cbc_record(kind, 0, APPLICATION, text, text_len, bytes);
}

/* ---- padding ---- */

/* Each value that the last byte can have: one is right, and, where the MAC does not stand
 * before the padding, 0 is another. */
static void test_padding_length_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        for (size_t more = 0; more <= 240; more += 48) {
            size_t padding = cbc_least_padding(kind, 20) + more;
            if (padding > 255)
                continue;
            for (size_t value = 0; value < 256; value++) {
                size_t len = make_text(kind, 20, padding);
                text[len - 1] = (uint8_t)value;
                size_t size = make_record(kind, len);
                if (value == padding || (kind->outside && value == 0))
                    accept(kind, bytes, size, APPLICATION, text,
                           value == padding ? 20 : len - 1);
                else
                    refuse(kind, bytes, size, 0, HFI_E_BAD_RECORD_MAC);
            }
        }
    }
}

/* Each byte of the longest padding, and of one within a block, changed in each bit. */
static void test_padding_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        for (size_t more = 0; more <= 240; more += 240) {
            size_t padding = cbc_least_padding(kind, 7) + more;
            for (size_t at = 1; at <= padding; at++) {
                size_t len = make_text(kind, 7, padding);
                text[len - 1 - at] ^= (uint8_t)(1u << at % 8);
                refuse(kind, bytes, make_record(kind, len), 0, HFI_E_BAD_RECORD_MAC);
            }
        }
    }
}

/* All lengths that fill whole blocks, for each length of content. */
static void test_padding_lengths(void **state)
{
    uint8_t content[64];

    (void)state;
    memset(content, CONTENT_BYTE, sizeof content);
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        for (size_t len = 0; len <= sizeof content; len++) {
            for (size_t padding = cbc_least_padding(kind, len); padding < 256;
                 padding += 16) {
                size_t text_len = make_text(kind, len, padding);
                accept(kind, bytes, make_record(kind, text_len), APPLICATION, content,
                       len);
            }
        }
    }
}

/* Padding that would reach over the MAC, or before the start of the record. */
static void test_padding_too_long(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        for (size_t blocks = 1; blocks <= 16; blocks++) {
            size_t len = 16 * blocks;
            if (!kind->outside && len < kind->mac_len + 1)
                continue;
            size_t most = len - 1 - (kind->outside ? 0 : kind->mac_len);
            for (size_t value = most + 1; value < 256; value++) {
                memset(text, (int)value, len);
                refuse(kind, bytes, make_record(kind, len), 0, HFI_E_BAD_RECORD_MAC);
            }
        }
    }
}

/* ---- MAC ---- */

static void test_mac_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        for (size_t bit = 0; bit < 8 * kind->mac_len; bit++) {
            size_t len = make_text(kind, 5, cbc_least_padding(kind, 5) + 16);
            if (!kind->outside)
                text[5 + bit / 8] ^= (uint8_t)(1u << bit % 8);
            size_t size = make_record(kind, len);
            if (kind->outside)
                bytes[size - kind->mac_len + bit / 8] ^= (uint8_t)(1u << bit % 8);
            refuse(kind, bytes, size, 0, HFI_E_BAD_RECORD_MAC);
        }
    }
}

/* Type, IV and ciphertext: there is no bit that does not count. */
static void test_every_bit(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        size_t size = make_record(kind, make_text(kind, 5, cbc_least_padding(kind, 5)));
        for (size_t bit = 0; bit < 8 * size; bit++) {
            size_t at = bit / 8;
            if (at == 3 || at == 4)
                continue; /* the length: see below */
            bytes[at] ^= (uint8_t)(1u << bit % 8);
            bool known = bytes[0] >= 20 && bytes[0] <= 23;
            refuse(kind, bytes, size, 0,
                   at == 0 && !known    ? HFI_E_RECORD_TYPE_UNKNOWN
                   : at == 1 || at == 2 ? HFI_E_RECORD_VERSION
                                        : HFI_E_BAD_RECORD_MAC);
            bytes[at] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

static void test_wrong_sequence_and_layout(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        size_t size = make_record(kind, make_text(kind, 5, cbc_least_padding(kind, 5)));
        refuse(kind, bytes, size, 1, HFI_E_BAD_RECORD_MAC);
        refuse(kind, bytes, size, (uint64_t)1 << 40, HFI_E_BAD_RECORD_MAC);
        refuse(kind, bytes, size, UINT64_MAX, HFI_E_RECORD_SEQUENCE_EXHAUSTED);
        for (size_t j = 0; j < CBC_KINDS; j++) {
            if (j != i)
                refuse(&cbc_kinds[j], bytes, size, 0, HFI_E_BAD_RECORD_MAC);
        }
    }
}

/* ---- lengths ---- */

/* Too short for an IV, a MAC and padding, or no whole blocks: told by the header. */
static void test_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        size_t mac = kind->mac_len;
        size_t least = kind->outside ? 32 + mac : 16 + mac / 16 * 16 + 16;
        for (size_t len = 0; len <= 300; len++) {
            const uint8_t header[5] = {23, 3, 3, (uint8_t)(len >> 8), (uint8_t)len};
            bool fits = len >= least && (len - least) % 16 == 0;
            if (!fits) {
                refuse(kind, header, 5, 0, HFI_E_BAD_RECORD_MAC);
                continue;
            }
            hfi_record_keys k;
            uint8_t *copy = copy_of(header, 5);
            cbc_install(&k, &alloc, kind, 0);
            fixture_partial(&k, copy, 5, 5 + len);
            hfi_record_keys_clear(&k, &alloc);
            free(copy);
        }
    }
}

static void test_too_long(void **state)
{
    static const uint8_t most[5] = {23, 3, 3, 0x48, 0x00};
    static const uint8_t more[5] = {23, 3, 3, 0x48, 0x01};
    hfi_record_keys k;
    uint8_t *copy = copy_of(most, 5);

    (void)state;
    refuse(&cbc_kinds[0], more, 5, 0, HFI_E_RECORD_TOO_LONG);
    cbc_install(&k, &alloc, &cbc_kinds[0], 0);
    assert_int_equal(hfi_record_longest(&k), 5 + 16384 + 2048);
    fixture_partial(&k, copy, 5, 5 + 16384 + 2048);
    hfi_record_keys_clear(&k, &alloc);
    free(copy);
}

/* As much content as there may be with as much padding; one byte more; so much that the
 * ciphertext is just not too long. */
static void test_plaintext_lengths(void **state)
{
    static uint8_t content[16384];

    (void)state;
    memset(content, CONTENT_BYTE, sizeof content);
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        size_t padding = cbc_least_padding(kind, 16384) + 240;
        size_t len = make_text(kind, 16384, padding);
        accept(kind, bytes, make_record(kind, len), APPLICATION, content, 16384);
        len = make_text(kind, 16385, cbc_least_padding(kind, 16385));
        refuse(kind, bytes, make_record(kind, len), 0, HFI_E_PLAINTEXT_TOO_LONG);
        len = make_text(kind, 18300, cbc_least_padding(kind, 18300));
        refuse(kind, bytes, make_record(kind, len), 0, HFI_E_PLAINTEXT_TOO_LONG);
    }
}

/* Some servers send one before each record, for the sake of TLS 1.0. */
static void test_empty(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        size_t len = make_text(kind, 0, cbc_least_padding(kind, 0));
        accept(kind, bytes, make_record(kind, len), APPLICATION, text, 0);
        for (uint8_t type = 20; type <= 22; type++) {
            len = cbc_text(kind, 0, type, text, 0, cbc_least_padding(kind, 0), text);
            refuse(kind, bytes, cbc_record(kind, 0, type, text, len, bytes), 0,
                   HFI_E_RECORD_EMPTY);
        }
    }
}

static void test_every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        size_t size = make_record(kind, make_text(kind, 5, cbc_least_padding(kind, 5)));
        for (size_t len = 0; len < size; len++) {
            hfi_record_keys k;
            uint8_t *copy = copy_of(bytes, len);
            cbc_install(&k, &alloc, kind, 0);
            fixture_partial(&k, copy, len, len < 5 ? 5 : size);
            hfi_record_keys_clear(&k, &alloc);
            free(copy);
        }
    }
}

/* What was decrypted is gone where it is not authentic. */
static void test_wiped(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        hfi_record_keys k;
        size_t len = make_text(kind, 100, cbc_least_padding(kind, 100) + 16);
        text[len - 2] ^= 1;
        size_t size = make_record(kind, len);
        cbc_install(&k, &alloc, kind, 0);
        fixture_refused(&k, bytes, size, HFI_E_BAD_RECORD_MAC);
        assert_true(hfi_ct_is_zero(bytes + 5, size - 5));
        hfi_record_keys_clear(&k, &alloc);
    }
}

/* ---- what is hashed does not depend on what is found, AlFardan and Paterson 2013 ----
 */

typedef struct tally {
    size_t updates, finishes;
    uint64_t trace; /* of each call with its length, in order */
} tally;

static tally seen;
static const hfi_hash *watched;

static void note(size_t what)
{
    seen.trace = (seen.trace ^ what) * 0x100000001b3u;
}

static void watch_update(hfi_hash_ctx *ctx, const uint8_t *p, size_t len)
{
    seen.updates++;
    note(2 * len);
    watched->update(ctx, p, len);
}

static void watch_finish(hfi_hash_ctx *ctx, uint8_t *out)
{
    seen.finishes++;
    note(1);
    watched->finish(ctx, out);
}

static tally open_watched(const cbc_kind *kind, size_t size, bool want)
{
    hfi_record_keys k;
    hfi_record record;
    hfi_err err;
    hfi_hash hash;

    cbc_install(&k, &alloc, kind, 0);
    watched = k.cbc.mac;
    hash = *watched;
    hash.update = watch_update;
    hash.finish = watch_finish;
    const hfi_record_cbc cbc = {k.cbc.cipher, &hash, kind->outside, &cbc_random};
    hfi_record_keys_clear(&k, &alloc);
    assert_int_equal(
        hfi_record_keys_install_cbc(&k, &alloc, &cbc, cbc_mac_key, fixture_key), HFI_OK);
    memset(&seen, 0, sizeof seen);
    bool ready =
        hfi_record_open(&k, (hfi_span){bytes, size}, &record, &err) == HFI_RECORD_READY;
    assert_int_equal(ready, want);
    hfi_record_keys_clear(&k, &alloc);
    return seen;
}

static void test_same_work(void **state)
{
    enum { TEXT = 21 * 16 };

    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        tally first = {0, 0, 0};
        if (kind->outside)
            continue;
        for (size_t padding = 0; padding < 256; padding++) {
            size_t len = make_text(kind, TEXT - kind->mac_len - padding - 1, padding);
            assert_int_equal(len, TEXT);
            tally now = open_watched(kind, make_record(kind, TEXT), true);
            if (padding == 0)
                first = now;
            assert_memory_equal(&now, &first, sizeof now);
            text[TEXT - 1] ^= 0x80; /* the padding is wrong, most often */
            now = open_watched(kind, make_record(kind, TEXT), false);
            assert_memory_equal(&now, &first, sizeof now);
        }
        assert_int_equal(first.finishes, 256 + 1);
    }
}

/* ---- known answers ---- */

#define ROWS(array, kind)                                                         \
    {array, sizeof(array), kind, 0, HFI_CONTENT_APPLICATION, "data", true},       \
        {array##_later,         sizeof(array##_later), kind, 0x0102030405060708,  \
         HFI_CONTENT_HANDSHAKE, "handshake",           true},                     \
    {                                                                             \
        array##_padded, sizeof(array##_padded), kind, 0, HFI_CONTENT_APPLICATION, \
            "data", false                                                         \
    }

static const struct known {
    const uint8_t *bytes;
    size_t len;
    size_t kind;
    uint64_t sequence;
    hfi_content_type type;
    const char *content;
    bool ours; /* we would seal it so: with the least padding */
} known[] = {
    ROWS(aes128_sha1_inside, 0),    ROWS(aes256_sha1_inside, 1),
    ROWS(aes128_sha256_inside, 2),  ROWS(aes256_sha384_inside, 3),
    ROWS(aes128_sha1_outside, 4),   ROWS(aes256_sha1_outside, 5),
    ROWS(aes128_sha256_outside, 6), ROWS(aes256_sha384_outside, 7),
};

static void test_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const struct known *row = &known[i];
        size_t len = strlen(row->content);
        hfi_record_keys k;
        hfi_record record;
        hfi_err err;
        uint8_t out[512];
        size_t sealed = 0;

        uint8_t *copy = copy_of(row->bytes, row->len);
        cbc_install(&k, &alloc, &cbc_kinds[row->kind], row->sequence);
        assert_int_equal(hfi_record_open(&k, (hfi_span){copy, row->len}, &record, &err),
                         HFI_RECORD_READY);
        assert_int_equal(record.type, row->type);
        assert_int_equal(record.content.len, len);
        assert_memory_equal(record.content.p, row->content, len);
        free(copy);
        k.sequence = row->sequence;
        assert_int_equal(hfi_record_seal(&k, row->type, 0x0303,
                                         hfi_view_of_text(row->content), out, &sealed),
                         HFI_OK);
        assert_int_equal(sealed == row->len && memcmp(out, row->bytes, sealed) == 0,
                         row->ours);
        hfi_record_keys_clear(&k, &alloc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_padding_length_values),
        cmocka_unit_test(test_padding_bytes),
        cmocka_unit_test(test_padding_lengths),
        cmocka_unit_test(test_padding_too_long),
        cmocka_unit_test(test_mac_bits),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_wrong_sequence_and_layout),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_plaintext_lengths),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_wiped),
        cmocka_unit_test(test_same_work),
        cmocka_unit_test(test_known),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
