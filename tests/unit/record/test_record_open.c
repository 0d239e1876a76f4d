/* tests/unit/record/test_record_open.c: taking records apart, RFC 8446 5.1 to 5.4.
 * Inputs lie on the heap in blocks of their exact size, so that a sanitizer sees every
 * byte read too far. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fixture.h"

static fixture_memory memory;
static hfi_alloc alloc;
static hfi_record_keys plain; /* no protection */
static hfi_record_keys keyed;

static int setup(void **state)
{
    (void)state;
    memset(&memory, 0, sizeof memory);
    alloc = fixture_alloc(&memory);
    memset(&plain, 0, sizeof plain);
    fixture_install(&keyed, &alloc, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    hfi_record_keys_clear(&keyed, &alloc);
    hfi_record_keys_clear(&plain, &alloc);
    return memory.live;
}

static uint8_t *block(const void *p, size_t len)
{
    uint8_t *copy = malloc(len == 0 ? 1 : len);
    assert_non_null(copy);
    if (len != 0)
        memcpy(copy, p, len);
    return copy;
}

/* The first byte alone decides what it can decide. */
static void test_every_type_by_its_first_byte(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 256; n++) {
        uint8_t type = (uint8_t)n;
        uint8_t *in = block(&type, 1);
        if (n >= 20 && n <= 22)
            fixture_partial(&plain, in, 1, 5);
        else
            fixture_refused(&plain, in, 1,
                            n == 23 ? HFI_E_APPLICATION_DATA_EARLY
                                    : HFI_E_RECORD_TYPE_UNKNOWN);
        if (n == 20 || n == 21 || n == 23)
            fixture_partial(&keyed, in, 1, 5);
        else
            fixture_refused(&keyed, in, 1,
                            n == 22 ? HFI_E_RECORD_UNPROTECTED
                                    : HFI_E_RECORD_TYPE_UNKNOWN);
        free(in);
    }
}

/* A peer that does not speak TLS is recognised by its first byte, whole or in pieces. */
static void test_other_protocols(void **state)
{
    static const char *const answers[] = {"HTTP/1.1 400 Bad Request\r\n\r\n",
                                          "SSH-2.0-OpenSSH_9.2\r\n",
                                          "220 ready\r\n",
                                          "\n",
                                          "+OK\r\n",
                                          "* OK\r\n"};
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        for (size_t len = 1; len <= strlen(answers[i]); len++) {
            uint8_t *in = block(answers[i], len);
            fixture_refused(&plain, in, len, HFI_E_RECORD_TYPE_UNKNOWN);
            fixture_refused(&keyed, in, len, HFI_E_RECORD_TYPE_UNKNOWN);
            free(in);
        }
    }
}

/* RFC 8446 5.1: legacy_record_version is ignored, but only TLS has the major 3. */
static void test_version(void **state)
{
    (void)state;
    for (unsigned major = 0; major < 256; major++) {
        uint8_t in[2] = {22, (uint8_t)major};
        if (major == 3)
            fixture_partial(&plain, in, 2, 5);
        else
            fixture_refused(&plain, in, 2, HFI_E_RECORD_VERSION);
        in[0] = 23;
        if (major != 3)
            fixture_refused(&keyed, in, 2, HFI_E_RECORD_VERSION);
    }
    for (unsigned minor = 0; minor < 256; minor++) {
        uint8_t in[5] = {22, 3, (uint8_t)minor, 0, 9};
        fixture_partial(&plain, in, 3, 5);
        fixture_partial(&plain, in, 5, 14);
    }
}

static void expect_length(hfi_record_keys *k, uint8_t type, size_t len, hfi_err want)
{
    uint8_t in[5] = {type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len};
    if (want == HFI_OK)
        fixture_partial(k, in, 5, 5 + len);
    else
        fixture_refused(k, in, 5, want);
    /* The fourth byte may suffice. */
    size_t at_least = len & 0xff00;
    size_t max = type == 23 ? 16640 : 16384;
    if (at_least > max)
        fixture_refused(k, in, 4, HFI_E_RECORD_TOO_LONG);
    else
        fixture_partial(k, in, 4, 5);
}

/* RFC 8446 5.1, 5.2: at most 2^14 bytes in the clear and 2^14 + 256 protected. */
static void test_length(void **state)
{
    (void)state;
    for (uint8_t type = 20; type <= 22; type++) {
        expect_length(&plain, type, 0, HFI_E_RECORD_EMPTY);
        expect_length(&plain, type, 1, HFI_OK);
        expect_length(&plain, type, 16384, HFI_OK);
        expect_length(&plain, type, 16385, HFI_E_RECORD_TOO_LONG);
        expect_length(&plain, type, 0x4100, HFI_E_RECORD_TOO_LONG);
        expect_length(&plain, type, 65535, HFI_E_RECORD_TOO_LONG);
    }
    for (uint8_t type = 20; type <= 21; type++) {
        expect_length(&keyed, type, 0, HFI_E_RECORD_EMPTY);
        expect_length(&keyed, type, 16384, HFI_OK);
        expect_length(&keyed, type, 16385, HFI_E_RECORD_TOO_LONG);
    }
    for (size_t len = 0; len < 16; len++)
        expect_length(&keyed, 23, len, HFI_E_BAD_RECORD_MAC); /* no room for a tag */
    expect_length(&keyed, 23, 16, HFI_OK);
    expect_length(&keyed, 23, 16640, HFI_OK);
    expect_length(&keyed, 23, 16641, HFI_E_RECORD_TOO_LONG);
    expect_length(&keyed, 23, 0x4200, HFI_E_RECORD_TOO_LONG);
    expect_length(&keyed, 23, 65535, HFI_E_RECORD_TOO_LONG);
}

static void test_cut_at_every_byte(void **state)
{
    uint8_t sealed[64];
    const uint8_t clear[] = {22, 3, 1, 0, 4, 14, 0, 0, 0};
    hfi_record record;
    hfi_err err;
    (void)state;

    size_t len = fixture_protect(0, (const uint8_t *)"hello\x17", 6, sealed);
    fixture_partial(&keyed, sealed, 0, 5);
    fixture_partial(&keyed, NULL, 0, 5);
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *in = block(sealed, cut);
        fixture_partial(&keyed, in, cut, cut < 5 ? 5 : len);
        assert_memory_equal(in, sealed, cut);
        assert_int_equal(keyed.sequence, 0);
        free(in);
    }
    for (size_t cut = 0; cut < sizeof clear; cut++) {
        uint8_t *in = block(clear, cut);
        fixture_partial(&plain, in, cut, cut < 5 ? 5 : sizeof clear);
        free(in);
    }
    uint8_t *in = block(sealed, len);
    assert_int_equal(fixture_open(&keyed, in, len, &record, &err), HFI_RECORD_READY);
    free(in);
}

/* What one changed bit of the header leads to: the content type, the version and the
 * length are judged, and what passes is covered by the tag (RFC 8446 5.2). */
static void expect_header_flip(size_t bit, uint8_t *in, size_t len)
{
    hfi_record record;
    hfi_err err;
    size_t said = (size_t)in[3] << 8 | in[4];

    if (in[0] == 22) {
        fixture_refused(&keyed, in, len, HFI_E_RECORD_UNPROTECTED);
    } else if (in[0] == 21) { /* looks like an alert in the clear: conn/ decides */
        assert_int_equal(fixture_open(&keyed, in, len, &record, &err), HFI_RECORD_READY);
        assert_false(record.was_protected);
    } else if (bit < 8) {
        fixture_refused(&keyed, in, len, HFI_E_RECORD_TYPE_UNKNOWN);
    } else if (bit < 16) {
        fixture_refused(&keyed, in, len, HFI_E_RECORD_VERSION);
    } else if (said > 16640) {
        fixture_refused(&keyed, in, len, HFI_E_RECORD_TOO_LONG);
    } else if (5 + said > len) {
        fixture_partial(&keyed, in, len, 5 + said);
    } else {
        fixture_refused(&keyed, in, len, HFI_E_BAD_RECORD_MAC);
    }
}

static void test_every_flipped_bit(void **state)
{
    uint8_t sealed[64];
    const uint8_t zeros[64] = {0};
    (void)state;

    size_t len = fixture_protect(0, (const uint8_t *)"some content\x16\0\0", 15, sealed);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        uint8_t *in = block(sealed, len);
        in[bit / 8] ^= (uint8_t)(1U << bit % 8);
        if (bit < 40) {
            expect_header_flip(bit, in, len);
        } else {
            fixture_refused(&keyed, in, len, HFI_E_BAD_RECORD_MAC);
            assert_memory_equal(in + 5, zeros, len - 5); /* nothing unauthentic stays */
        }
        assert_int_equal(keyed.sequence, 0);
        free(in);
    }
}

static void test_replayed_or_out_of_order(void **state)
{
    uint8_t first[32];
    uint8_t second[32];
    uint8_t again[32];
    hfi_record record;
    hfi_err err;
    (void)state;

    size_t len = fixture_protect(0, (const uint8_t *)"1\x17", 2, first);
    assert_int_equal(fixture_protect(1, (const uint8_t *)"2\x17", 2, second), len);
    memcpy(again, second, len);
    fixture_refused(&keyed, again, len, HFI_E_BAD_RECORD_MAC);
    memcpy(again, first, len);
    assert_int_equal(fixture_open(&keyed, first, len, &record, &err), HFI_RECORD_READY);
    fixture_refused(&keyed, again, len, HFI_E_BAD_RECORD_MAC);
    assert_int_equal(fixture_open(&keyed, second, len, &record, &err), HFI_RECORD_READY);
    assert_int_equal(keyed.sequence, 2);
}

/* Opens an inner plaintext of content, type and padding. */
static void expect_inner(const uint8_t *inner, size_t len, hfi_err want, uint8_t type,
                         size_t content)
{
    uint8_t *in = malloc(5 + len + 16);
    hfi_record record;
    hfi_err err;
    assert_non_null(in);

    size_t record_len = fixture_protect(keyed.sequence, inner, len, in);
    if (want != HFI_OK) {
        fixture_refused(&keyed, in, record_len, want);
    } else {
        assert_int_equal(fixture_open(&keyed, in, record_len, &record, &err),
                         HFI_RECORD_READY);
        assert_int_equal(record.type, type);
        assert_true(record.was_protected);
        assert_ptr_equal(record.content.p, in + 5); /* in place */
        assert_int_equal(record.content.len, content);
        assert_memory_equal(record.content.p, inner, content);
        assert_int_equal(record.consumed, record_len);
    }
    free(in);
}

/* RFC 8446 5.4: no non-zero byte at all. */
static void test_only_padding(void **state)
{
    static const uint8_t zeros[16386] = {0};
    (void)state;
    expect_inner(zeros, 0, HFI_E_RECORD_NO_CONTENT_TYPE, 0, 0);
    expect_inner(zeros, 1, HFI_E_RECORD_NO_CONTENT_TYPE, 0, 0);
    expect_inner(zeros, 255, HFI_E_RECORD_NO_CONTENT_TYPE, 0, 0);
    expect_inner(zeros, 16385, HFI_E_RECORD_NO_CONTENT_TYPE, 0, 0);
    expect_inner(zeros, 16386, HFI_E_PLAINTEXT_TOO_LONG, 0, 0);
}

/* RFC 8446 5.4: content, type and padding together are at most 2^14 + 1 bytes. */
static void test_inner_too_long(void **state)
{
    static uint8_t inner[16640 - 16];
    (void)state;

    memset(inner, 'x', sizeof inner);
    inner[16384] = 23;
    expect_inner(inner, 16385, HFI_OK, 23, 16384);
    inner[16385] = 23;
    expect_inner(inner, 16386, HFI_E_PLAINTEXT_TOO_LONG, 0, 0);
    expect_inner(inner, sizeof inner, HFI_E_PLAINTEXT_TOO_LONG, 0, 0);
    memset(inner, 0, sizeof inner);
    inner[0] = 'x';
    inner[1] = 23; /* little content, much padding */
    expect_inner(inner, 16385, HFI_OK, 23, 1);
    expect_inner(inner, 16386, HFI_E_PLAINTEXT_TOO_LONG, 0, 0);
}

static void test_every_inner_type(void **state)
{
    (void)state;
    for (unsigned type = 1; type < 256; type++) {
        const uint8_t inner[2] = {'x', (uint8_t)type};
        hfi_err want = type >= 21 && type <= 23 ? HFI_OK
                       : type == 20             ? HFI_E_CCS_MISPLACED
                                                : HFI_E_RECORD_TYPE_UNKNOWN;
        expect_inner(inner, 2, want, (uint8_t)type, 1);
    }
}

/* RFC 8446 5.1: only application data may be empty. */
static void test_empty_inner(void **state)
{
    uint8_t inner[4] = {0};
    (void)state;
    for (size_t padding = 0; padding <= 3; padding++) {
        inner[0] = 20;
        expect_inner(inner, 1 + padding, HFI_E_CCS_MISPLACED, 0, 0);
        inner[0] = 21;
        expect_inner(inner, 1 + padding, HFI_E_RECORD_EMPTY, 0, 0);
        inner[0] = 22;
        expect_inner(inner, 1 + padding, HFI_E_RECORD_EMPTY, 0, 0);
        inner[0] = 23;
        expect_inner(inner, 1 + padding, HFI_OK, 23, 0);
    }
}

static void test_padding(void **state)
{
    static const size_t contents[] = {1, 2, 100, 1000};
    static const size_t paddings[] = {0, 1, 2, 15, 16, 17, 255, 256, 15000};
    static uint8_t inner[16385];
    (void)state;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        for (size_t j = 0; j < sizeof paddings / sizeof paddings[0]; j++) {
            memset(inner, 0, sizeof inner); /* content of zeros is not padding */
            inner[contents[i]] = 22;
            expect_inner(inner, contents[i] + 1 + paddings[j], HFI_OK, 22, contents[i]);
        }
    }
}

/* Records in the clear among protected ones: for conn/ to judge, and uncounted. */
static void test_clear_among_protected(void **state)
{
    uint8_t ccs[] = {20, 3, 3, 0, 1, 1};
    uint8_t alert[] = {21, 3, 3, 0, 2, 2, 40};
    uint8_t handshake[] = {22, 3, 3, 0, 4, 0, 0, 0, 0};
    hfi_record record;
    hfi_err err;
    (void)state;

    assert_int_equal(fixture_open(&keyed, ccs, sizeof ccs, &record, &err),
                     HFI_RECORD_READY);
    assert_int_equal(record.type, HFI_CONTENT_CCS);
    assert_false(record.was_protected);
    assert_int_equal(fixture_open(&keyed, alert, sizeof alert, &record, &err),
                     HFI_RECORD_READY);
    assert_int_equal(record.type, HFI_CONTENT_ALERT);
    assert_false(record.was_protected);
    assert_int_equal(record.content.len, 2);
    assert_int_equal(record.content.p[1], 40);
    fixture_refused(&keyed, handshake, sizeof handshake, HFI_E_RECORD_UNPROTECTED);
    assert_int_equal(keyed.sequence, 0);
}

static void test_records_in_a_row(void **state)
{
    uint8_t in[128];
    size_t len = 0;
    hfi_record record;
    hfi_err err;
    (void)state;

    for (uint64_t n = 0; n < 3; n++) {
        const uint8_t inner[2] = {(uint8_t)('a' + n), 23};
        len += fixture_protect(n, inner, 2, in + len);
    }
    size_t at = 0;
    for (size_t n = 0; n < 3; n++) {
        assert_int_equal(fixture_open(&keyed, in + at, len - at, &record, &err),
                         HFI_RECORD_READY);
        assert_int_equal(record.content.len, 1);
        assert_int_equal(record.content.p[0], 'a' + n);
        at += record.consumed;
    }
    assert_int_equal(at, len);
    fixture_partial(&keyed, in + at, 0, 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_every_type_by_its_first_byte),
        TEST(test_other_protocols),
        TEST(test_version),
        TEST(test_length),
        TEST(test_cut_at_every_byte),
        TEST(test_every_flipped_bit),
        TEST(test_replayed_or_out_of_order),
        TEST(test_only_padding),
        TEST(test_inner_too_long),
        TEST(test_every_inner_type),
        TEST(test_empty_inner),
        TEST(test_padding),
        TEST(test_clear_among_protected),
        TEST(test_records_in_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
