/* tests/unit/compress/test_compression.c: every method that is built in: broken, cut,
 * longer and shorter streams, memory on a stream's word, memory that runs out.
 * RFC 8879 4.  The streams were made by zlib's, brotli's and zstd's own programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compress/compression.h"
#include "script_bytes.h"

static const char text[] = "certificate certificate certificate certificate\n";

enum { TEXT = sizeof text - 1 };

typedef struct vector {
    uint16_t id;
    const char *name;
    const char *stream; /* of the text, hex */
    const char *bomb;   /* a stream of very much more than it seems, or NULL */
} vector;

static const vector vectors[] = {
    {1, "zlib", "78da4b4e2d2ac94ccb4c4e2c49554826cce60200cd111277", NULL},
    {2, "brotli", "a178010020a500928a00d34c2d5c0b6e00",
     /* 20000000 zeros, and a window of 16 MiB */
     "cfffff7f002400e2b14072effff39f25068004401c16802e490c"},
    {3, "zstd", "28b52ffd20309d0000686365727469666963617465200a01004e9624", NULL},
};

/* ---- memory that counts ---- */

typedef struct memory {
    size_t calls;
    size_t fail_at; /* from 1; 0: none */
    size_t bytes;   /* ever taken */
    int live;
} memory;

static void *take(void *ctx, size_t size)
{
    memory *m = ctx;

    if (++m->calls == m->fail_at)
        return NULL;
    m->bytes += size;
    m->live++;
    return malloc(size);
}

static void give(void *ctx, void *p)
{
    memory *m = ctx;

    m->live--;
    free(p);
}

/* What comes of a stream and room for so many bytes, which stand in out. */
static hfi_err expand(const hfi_compression *method, memory *m, hfi_view in, uint8_t *out,
                      size_t room)
{
    hfi_alloc alloc = {take, give, m};
    uint8_t *exact = malloc(room + (room == 0)); /* so that a byte too many is seen */
    uint8_t *stream = malloc(in.len + (in.len == 0));

    assert_non_null(exact);
    if (method == NULL)
        abort(); /* the analyzer cannot follow cmocka's assertions */
    memcpy(stream, in.p, in.len);
    hfi_span span = {exact, room};
    hfi_err err = method->expand(&alloc, hfi_view_of(stream, in.len), span);
    if (err == HFI_OK && out != NULL)
        memcpy(out, exact, room);
    free(exact);
    free(stream);
    assert_int_equal(m->live, 0);
    return err;
}

typedef void check(const vector *v, const hfi_compression *method, hfi_view stream);

static void for_each(check *each)
{
    size_t seen = 0;

    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        const hfi_compression *method = hfi_compression_find(vectors[i].id);
        script_bytes stream = {NULL, 0, 0};
        if (method == NULL) {
            print_message("%s is not in this build\n", vectors[i].name);
            continue;
        }
        assert_string_equal(method->name, vectors[i].name);
        script_append_hex(&stream, vectors[i].stream);
        each(&vectors[i], method, script_view(&stream));
        script_free(&stream);
        seen++;
    }
    if (seen == 0)
        skip();
}

/* ---- refusals ---- */

static void cut_and_longer(const vector *v, const hfi_compression *method, hfi_view in)
{
    uint8_t more[128];

    (void)v;
    for (size_t len = 0; len < in.len; len++) {
        memory m = {0};
        assert_int_equal(expand(method, &m, hfi_view_of(in.p, len), NULL, TEXT),
                         HFI_E_CERTIFICATE_DECOMPRESSION);
    }
    memcpy(more, in.p, in.len);
    for (int byte = 0; byte < 256; byte++) {
        memory m = {0};
        more[in.len] = (uint8_t)byte;
        assert_int_equal(expand(method, &m, hfi_view_of(more, in.len + 1), NULL, TEXT),
                         HFI_E_CERTIFICATE_DECOMPRESSION);
    }
    memory m = {0};
    memcpy(more + in.len, in.p, in.len); /* the stream twice */
    assert_int_equal(expand(method, &m, hfi_view_of(more, 2 * in.len), NULL, 2 * TEXT),
                     HFI_E_CERTIFICATE_DECOMPRESSION);
}

static void test_cut_and_longer(void **state)
{
    (void)state;
    for_each(cut_and_longer);
}

static void other_length(const vector *v, const hfi_compression *method, hfi_view in)
{
    static const size_t rooms[] = {0, 1, TEXT - 1, TEXT + 1, 131072};

    (void)v;
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        memory m = {0};
        assert_int_equal(expand(method, &m, in, NULL, rooms[i]),
                         HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH);
    }
}

static void test_other_length(void **state)
{
    (void)state;
    for_each(other_length);
}

/* One code or the other, never more bytes than there is room for. */
static void changed(const vector *v, const hfi_compression *method, hfi_view in)
{
    uint8_t stream[128];

    (void)v;
    for (size_t bit = 0; bit < in.len * 8; bit++) {
        memory m = {0};
        memcpy(stream, in.p, in.len);
        stream[bit / 8] ^= (uint8_t)(1U << bit % 8);
        hfi_err err = expand(method, &m, hfi_view_of(stream, in.len), NULL, TEXT);
        assert_true(err == HFI_OK || err == HFI_E_CERTIFICATE_DECOMPRESSION ||
                    err == HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH);
        assert_true(m.bytes < 1048576);
    }
}

static void test_changed(void **state)
{
    (void)state;
    for_each(changed);
}

static void bomb(const vector *v, const hfi_compression *method, hfi_view in)
{
    script_bytes stream = {NULL, 0, 0};
    memory m = {0};

    (void)in;
    if (v->bomb == NULL)
        return;
    script_append_hex(&stream, v->bomb);
    hfi_err err = expand(method, &m, script_view(&stream), NULL, 1000);
    assert_true(err == HFI_E_CERTIFICATE_DECOMPRESSION ||
                err == HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH);
    assert_true(m.bytes <= 262144 + 4 * 1000);
    script_free(&stream);
}

/* What the stream announces of itself costs nothing. */
static void test_bomb(void **state)
{
    (void)state;
    for_each(bomb);
}

/* zstd knows frames that hold nothing, and formats of its own past. */
static void test_zstd_frames(void **state)
{
    const hfi_compression *zstd = hfi_compression_find(3);
    static const char *const streams[] = {
        "502a4d1800000000", /* a skippable frame alone, then before the text */
        "502a4d180000000028b52ffd20309d0000686365727469666963617465200a01004e9624",
        "27b52ffd20309d0000686365727469666963617465200a01004e9624", /* version 0.7 */
    };

    (void)state;
    if (zstd == NULL) {
        print_message("zstd is not in this build\n");
        skip();
    }
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        script_bytes stream = {NULL, 0, 0};
        memory m = {0};
        script_append_hex(&stream, streams[i]);
        assert_int_equal(expand(zstd, &m, script_view(&stream), NULL, i == 0 ? 0 : TEXT),
                         HFI_E_CERTIFICATE_DECOMPRESSION);
        script_free(&stream);
    }
}

/* ---- what is right ---- */

static void whole(const vector *v, const hfi_compression *method, hfi_view in)
{
    uint8_t out[TEXT];
    memory m = {0};

    (void)v;
    assert_int_equal(expand(method, &m, in, out, TEXT), HFI_OK);
    assert_memory_equal(out, text, TEXT);
    for (size_t n = 1; n <= m.calls; n++) {
        memory short_of = {.fail_at = n};
        assert_int_equal(expand(method, &short_of, in, NULL, TEXT), HFI_E_NO_MEMORY);
    }
}

static void test_whole(void **state)
{
    (void)state;
    for_each(whole);
}

static hfi_err shrink(const hfi_compression *method, memory *m, hfi_view in, hfi_span out,
                      size_t *len)
{
    hfi_alloc alloc = {take, give, m};
    hfi_err err = method->shrink(&alloc, in, out, len);

    assert_int_equal(m->live, 0);
    return err;
}

static void there_and_back(const vector *v, const hfi_compression *method, hfi_view in)
{
    uint8_t plain[5000], packed[5000], back[5000];
    hfi_span room = {packed, sizeof packed};
    memory m = {0};
    size_t len;

    (void)in;
    for (size_t i = 0; i < sizeof plain; i++) /* half of it random, half of it not */
        plain[i] =
            (uint8_t)(i % 64 < 32 ? (i * i * 2654435761U) >> 13 : (size_t)text[i % 32]);
    hfi_view all = hfi_view_of(plain, sizeof plain);
    assert_int_equal(shrink(method, &m, all, room, &len), HFI_OK);
    assert_in_range(len, 1, sizeof plain - 1000);
    /* As much as an input of that length needs, not the largest; zstd's is malloc's. */
    assert_in_range(m.bytes, 0, v->id == 1 ? 90000 : 800000);
    memory other = {0};
    assert_int_equal(expand(method, &other, hfi_view_of(packed, len), back, sizeof back),
                     HFI_OK);
    assert_memory_equal(back, plain, sizeof plain);

    for (size_t n = 1; n <= m.calls; n++) {
        memory short_of = {.fail_at = n};
        assert_int_equal(shrink(method, &short_of, all, room, &len), HFI_E_NO_MEMORY);
    }
    for (size_t less = 0; less < len;
         less += 97) { /* it does not fit, and no byte more */
        hfi_span small = {packed, less};
        size_t none = 1;
        memory third = {0};
        memset(packed, 0xa5, sizeof packed);
        assert_int_equal(shrink(method, &third, all, small, &none), HFI_OK);
        assert_int_equal(none, 0);
        assert_int_equal(packed[less], 0xa5);
    }
}

static void test_there_and_back(void **state)
{
    (void)state;
    for_each(there_and_back);
}

/* Lists of names show what there is; nothing stands twice. */
static void test_names(void **state)
{
    (void)state;
    size_t built = 0, known = 0;
    while (hfi_compression_known(known) != NULL)
        known++;
    assert_int_equal(known, HFI_COMPRESSIONS_MAX);
    for (; hfi_compression_at(built) != NULL; built++)
        assert_ptr_equal(hfi_compression_find(hfi_compression_at(built)->id),
                         hfi_compression_at(built));
    assert_true(built <= known);
    assert_null(hfi_compression_at(HFI_COMPRESSIONS_MAX + 1));
    assert_null(hfi_compression_find(0));
    assert_null(hfi_compression_find(4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_and_longer), cmocka_unit_test(test_other_length),
        cmocka_unit_test(test_changed),        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_zstd_frames),    cmocka_unit_test(test_whole),
        cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
