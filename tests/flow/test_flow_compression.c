/* tests/flow/test_flow_compression.c: certificates that come compressed, and ours that
 * go so.  RFC 8879.  Streams of zlib are made here by hand, of stored blocks (RFC 1951
 * 3.2.4), so that they may lie; the other methods are tried with what they make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "fixtures/fixtures.h"
#include "rows.h"
#include "script_flight.h"

enum { ZLIB = 1, BROTLI = 2, ZSTD = 3, CERTIFICATE = 11, COMPRESSED = 25 };

/* The ends of loops over methods. */
static const uint16_t to_brotli = BROTLI;
static const uint16_t to_zstd = ZSTD;

/* What is done to the server's Certificate. */
typedef struct packing {
    const char *name;
    uint16_t method;   /* that makes the stream */
    uint16_t claimed;  /* 0: that one */
    int longer;        /* announced beyond its length */
    size_t announced;  /* 0: as it is */
    size_t stored;     /* zlib: this many zeros in place of the body */
    size_t cut;        /* bytes off the stream's end */
    const char *tail;  /* hex, behind the stream; NULL: nothing */
    const char *whole; /* hex: the message's body; NULL: the above */
    hfi_err err;
    hfi_alert alert;
    bool done;
} packing;

/* ---- streams ---- */

static uint32_t adler32_of(hfi_view v)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < v.len; i++) {
        a = (a + v.p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static void store(script_bytes *out, hfi_view plain)
{
    script_append_hex(out, "7801");
    for (size_t at = 0; at == 0 || at < plain.len; at += 65535) {
        size_t n = plain.len - at < 65535 ? plain.len - at : 65535;
        uint8_t head[5] = {at + n == plain.len, (uint8_t)n, (uint8_t)(n >> 8),
                           (uint8_t)~n, (uint8_t)(~n >> 8)};
        script_append(out, head, sizeof head);
        script_append(out, plain.p + at, n);
    }
    script_append_number(out, adler32_of(plain), 4);
}

static void shrink(uint16_t id, script_bytes *out, hfi_view plain)
{
    uint8_t room[8192];
    hfi_span span = {room, sizeof room};
    size_t len = 0;

    assert_int_equal(hfi_compression_find(id)->shrink(&script_alloc, plain, span, &len),
                     HFI_OK);
    assert_int_not_equal(len, 0);
    script_append(out, room, len);
}

static void write_body(const packing *k, hfi_view plain, script_bytes *body)
{
    script_bytes stream = {NULL, 0, 0}, zeros = {NULL, 0, 0};

    for (size_t i = 0; i < k->stored; i++)
        script_append(&zeros, "", 1);
    if (k->stored != 0)
        plain = script_view(&zeros);
    if (k->method == ZLIB)
        store(&stream, plain);
    else
        shrink(k->method, &stream, plain);
    script_truncate(&stream, stream.len - k->cut);
    if (k->tail != NULL)
        script_append_hex(&stream, k->tail);
    script_append_number(body, k->claimed != 0 ? k->claimed : k->method, 2);
    size_t length = k->announced != 0 ? k->announced : plain.len;
    script_append_number(body, length + (size_t)k->longer, 3);
    script_append_number(body, stream.len, 3);
    script_append_view(body, script_view(&stream));
    script_free(&stream);
    script_free(&zeros);
}

/* The server's Certificate becomes a CompressedCertificate, which the transcript gets. */
static bool compress_hook(void *ctx, script_bytes *message)
{
    packing *k = ctx;
    script_bytes body = {NULL, 0, 0}, out = {NULL, 0, 0};

    if (message->p[0] != CERTIFICATE || k->done)
        return false;
    k->done = true;
    if (k->whole != NULL)
        script_append_hex(&body, k->whole);
    else
        write_body(k, hfi_view_of(message->p + 4, message->len - 4), &body);
    script_append_number(&out, COMPRESSED, 1);
    script_append_number(&out, body.len, 3);
    script_append_view(&out, script_view(&body));
    script_replace(message, 0, message->len, script_view(&out));
    script_free(&body);
    script_free(&out);
    return false;
}

/* ---- flows ---- */

static void offer_all(flow *f)
{
    for (size_t i = 0; hfi_compression_at(i) != NULL; i++)
        f->settings.compressions[f->settings.compression_count++] = hfi_compression_at(i);
}

static bool is_built_in(uint16_t id)
{
    if (hfi_compression_find(id) == NULL)
        print_message("method %u is not in this build\n", id);
    return hfi_compression_find(id) != NULL;
}

static void finish(flow *f)
{
    const char *wrong = flow_conduct(f);

    if (wrong != NULL)
        fail_msg("%s", wrong);
    flow_free(f);
    assert_null(flow_left_over(f));
}

static void run(const packing *given, bool requested, bool offered)
{
    packing k = *given;
    script_config config = {
        .requests_certificate = requested, .hook = compress_hook, .hook_ctx = &k};
    flow f;

    flow_init(&f, &config);
    if (offered)
        offer_all(&f);
    hfi_err err = flow_run(&f);
    if (!k.done || err != k.err || (err != HFI_OK && f.server.alert != (int)k.alert))
        fail_msg("%s: error %d, alert %d", k.name, err, f.server.alert);
    if (err == HFI_OK) {
        assert_true(f.server.connected);
        assert_int_equal(f.client.chain.count, 1);
        assert_int_equal(flow_write(&f, "ping"), HFI_OK);
        assert_int_equal(f.server.data.len, 4);
    }
    finish(&f);
}

/* The two states in which it may come. */
static void run_both(const packing *k)
{
    run(k, false, true);
    run(k, true, true);
}

#define FAIL(code, what) .err = HFI_E_##code, .alert = HFI_ALERT_##what

static void test_refusals(void **state)
{
    static const packing rows[] = {
        {"empty message", .whole = "", FAIL(DECODE_COMPRESSED_CERTIFICATE, DECODE_ERROR)},
        {"no stream", .whole = "0001 000010 000000",
         FAIL(DECODE_COMPRESSED_CERTIFICATE, DECODE_ERROR)},
        {"cut", .whole = "0001 000010 000004 7801",
         FAIL(DECODE_COMPRESSED_CERTIFICATE, DECODE_ERROR)},
        {"a byte behind", .whole = "0001 000010 000002 7801 00",
         FAIL(DECODE_COMPRESSED_CERTIFICATE, DECODE_ERROR)},
        {"method 0", .method = ZLIB, .claimed = 0xffff,
         FAIL(UNOFFERED_CERTIFICATE_COMPRESSION, ILLEGAL_PARAMETER)},
        {"method 4", .method = ZLIB, .claimed = 4,
         FAIL(UNOFFERED_CERTIFICATE_COMPRESSION, ILLEGAL_PARAMETER)},
        {"more than the limit", .method = ZLIB, .announced = 131073,
         FAIL(COMPRESSED_CERTIFICATE_TOO_LONG, BAD_CERTIFICATE)},
        {"16 MiB", .method = ZLIB, .announced = 0xffffff,
         FAIL(COMPRESSED_CERTIFICATE_TOO_LONG, BAD_CERTIFICATE)},
        {"as much as the limit, which it has not", .method = ZLIB, .announced = 131072,
         FAIL(CERTIFICATE_DECOMPRESSED_LENGTH, BAD_CERTIFICATE)},
        {"a byte fewer", .method = ZLIB, .longer = 1,
         FAIL(CERTIFICATE_DECOMPRESSED_LENGTH, BAD_CERTIFICATE)},
        {"a byte more", .method = ZLIB, .longer = -1,
         FAIL(CERTIFICATE_DECOMPRESSED_LENGTH, BAD_CERTIFICATE)},
        {"truncated stream", .method = ZLIB, .cut = 1,
         FAIL(CERTIFICATE_DECOMPRESSION, BAD_CERTIFICATE)},
        {"no checksum", .method = ZLIB, .cut = 4,
         FAIL(CERTIFICATE_DECOMPRESSION, BAD_CERTIFICATE)},
        {"wrong checksum", .method = ZLIB, .cut = 1, .tail = "a5",
         FAIL(CERTIFICATE_DECOMPRESSION, BAD_CERTIFICATE)},
        {"bytes behind the stream", .method = ZLIB, .tail = "00",
         FAIL(CERTIFICATE_DECOMPRESSION, BAD_CERTIFICATE)},
        {"not a stream", .whole = "0001 000010 000004 deadbeef",
         FAIL(CERTIFICATE_DECOMPRESSION, BAD_CERTIFICATE)},
        {"expands to nothing", .whole = "0001 000000 000008 789c 0300 00000001",
         FAIL(DECODE_CERTIFICATE, DECODE_ERROR)},
        {"expands to no Certificate", .method = ZLIB, .stored = 100,
         FAIL(DECODE_CERTIFICATE, DECODE_ERROR)},
        {"expands to an empty one", .method = ZLIB, .stored = 4,
         FAIL(CERTIFICATE_EMPTY, DECODE_ERROR)},
    };

    (void)state;
    if (!is_built_in(ZLIB))
        skip();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        run_both(&rows[i]);
}

/* Who offers nothing is sent nothing, whatever its body. */
static void test_not_offered(void **state)
{
    packing k = {"not offered", .whole = "0001 000010 000004 deadbeef",
                 FAIL(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE)};

    (void)state;
    run(&k, false, false);
    run(&k, true, false);
}

/* One method is offered and another that we know comes. */
static void test_other_method(void **state)
{
    packing k = {"zlib", .method = ZLIB};
    script_config config = {.hook = compress_hook, .hook_ctx = &k};
    flow f;

    (void)state;
    if (!is_built_in(ZLIB) || !is_built_in(BROTLI))
        skip();
    flow_init(&f, &config);
    f.settings.compressions[0] = hfi_compression_find(BROTLI);
    f.settings.compression_count = 1;
    assert_int_equal(flow_run(&f), HFI_E_UNOFFERED_CERTIFICATE_COMPRESSION);
    assert_int_equal(f.server.alert, HFI_ALERT_ILLEGAL_PARAMETER);
    finish(&f);
}

static void test_where_the_extension_stands(void **state)
{
    static const row rows[] = {
        {"in EncryptedExtensions", DO({AT_EXTENSIONS, OP_EXT_ADD, 27, "020001"}),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"in ServerHello", DO({AT_HELLO, OP_EXT_ADD, 27, "020001"}),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"in Certificate", DO({AT_CERTIFICATE, OP_EXT_ADD, 27, "020001"}),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"request: empty",
         WITH(.requests_certificate = true, .steps = {{AT_REQUEST, OP_EXT_ADD, 27, ""}}),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"request: an empty list",
         WITH(.requests_certificate = true,
              .steps = {{AT_REQUEST, OP_EXT_ADD, 27, "00"}}),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"request: half a method",
         WITH(.requests_certificate = true,
              .steps = {{AT_REQUEST, OP_EXT_ADD, 27, "03000100"}}),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"request: a byte behind",
         WITH(.requests_certificate = true,
              .steps = {{AT_REQUEST, OP_EXT_ADD, 27, "02000100"}}),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"request: unknown methods",
         WITH(.requests_certificate = true,
              .steps = {{AT_REQUEST, OP_EXT_ADD, 27, "060000fafa0004"}}),
         PASSES, 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* ---- what goes well ---- */

static void test_compressed(void **state)
{
    (void)state;
    for (uint16_t id = ZLIB; id <= to_zstd; id++) {
        packing k = {"good", .method = id, .err = HFI_OK};
        if (is_built_in(id))
            run_both(&k);
    }
}

/* A server may leave it as it is. */
static void test_uncompressed(void **state)
{
    static const script_config config = {.tickets = 0};
    flow f;

    (void)state;
    flow_init(&f, &config);
    offer_all(&f);
    assert_int_equal(flow_run(&f), HFI_OK);
    finish(&f);
}

/* An offer to a server of TLS 1.2 is passed over, and without TLS 1.3 there is none. */
static void test_tls12(void **state)
{
    static const script_config config = {.tls12 = {.on = true}};

    (void)state;
    for (int alone = 0; alone < 2; alone++) {
        flow f;
        hfi_view data;
        flow_init(&f, &config);
        offer_all(&f);
        apply_row(&f, alone ? ROW_TLS12_ONLY : ROW_TLS12);
        assert_int_equal(flow_run(&f), HFI_OK);
        bool told = script_hello_find(&f.server.hello, 27, &data);
        assert_int_equal(told, !alone && hfi_compression_at(0) != NULL);
        finish(&f);
    }
}

/* Memory that runs out, at every call.  zstd takes its own. */
static void test_memory(void **state)
{
    (void)state;
    for (uint16_t id = ZLIB; id <= to_brotli; id++) {
        if (!is_built_in(id))
            continue;
        hfi_err err = HFI_E_NO_MEMORY;
        for (size_t n = 1; err != HFI_OK; n++) {
            packing k = {"memory", .method = id};
            script_config config = {.hook = compress_hook, .hook_ctx = &k};
            flow f;
            flow_init(&f, &config);
            offer_all(&f);
            f.memory.fail_at = n;
            err = flow_run(&f);
            assert_true(err == HFI_E_NO_MEMORY || err == HFI_OK);
            flow_free(&f);
            assert_null(flow_left_over(&f));
            assert_in_range(n, 1, 100);
        }
    }
}

/* ---- our own certificates ---- */

static void show(uint16_t asked, hfi_credentials *list, bool want_compressed)
{
    char hex[16];
    script_config config = {.requests_certificate = true,
                            .accepts_certificate = true,
                            .takes_compression = asked,
                            .request_schemes = "0403"};
    flow f;

    snprintf(hex, sizeof hex, "04fafa%04x", asked);
    if (asked != 0)
        config.steps[0] = (script_step){AT_REQUEST, OP_EXT_ADD, 27, hex};
    flow_init(&f, &config);
    offer_all(&f);
    f.settings.credentials = list;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_int_equal(f.server.client_compressed, want_compressed);
    assert_int_equal(f.server.client_verified, list->count != 0);
    assert_int_equal(f.client.agreed.certificate_sent, list->count != 0);
    if (list->count != 0)
        assert_true(hfi_view_equal(script_view(&f.server.client_certificate),
                                   list->items[0].certs[0]));
    finish(&f);
}

static void add_chain(hfi_credentials *list)
{
    hfi_private_parts parts = {.type = HFI_KEY_EC_P256,
                               .scalar =
                                   hfi_view_of(fixture_p256_key, fixture_p256_key_len)};
    hfi_view chain[3];
    hfi_private_key *key = NULL;

    for (size_t i = 0; i < 3; i++) /* repetition compresses well */
        chain[i] = script_certificate(SCRIPT_P256);
    assert_int_equal(hfi_credential_init(&list->items[0], &script_alloc, chain, 3),
                     HFI_OK);
    list->count = 1;
    assert_int_equal(hfi_crypto_nettle.private_key_new(&script_alloc, &parts, &key),
                     HFI_OK);
    assert_int_equal(hfi_credential_take_key(&list->items[0], &hfi_crypto_nettle, key),
                     HFI_OK);
}

/* Each method twice: made, and taken from what was kept with the credential. */
static void test_our_own(void **state)
{
    hfi_credentials list = {.count = 0};

    (void)state;
    show(ZLIB, &list, false); /* an empty list is sent as it is */
    add_chain(&list);
    show(0, &list, false);
    show(4, &list, false);
    for (int times = 0; times < 2; times++) {
        for (uint16_t id = ZLIB; id <= to_zstd; id++)
            show(id, &list, hfi_compression_find(id) != NULL);
    }
    hfi_credentials_clear(&list, &script_alloc, &hfi_crypto_nettle);
}

/* What is kept is for an equal message and method alone. */
static void test_kept(void **state)
{
    hfi_credentials list = {.count = 0};
    hfi_view one = hfi_view_of_text("one"), two = hfi_view_of_text("two");

    (void)state;
    add_chain(&list);
    const hfi_credential *c = &list.items[0];
    assert_int_equal(hfi_credential_packed(c, ZLIB, one).len, 0);
    hfi_credential_keep_packed(c, ZLIB, one, hfi_view_of_text("packed"));
    hfi_credential_keep_packed(c, ZLIB, two, hfi_view_of_text("later"));
    hfi_credential_keep_packed(c, ZSTD, two, hfi_view_of_text("other"));
    assert_int_equal(hfi_credential_packed(c, ZLIB, one).len, 6);
    assert_int_equal(hfi_credential_packed(c, ZSTD, two).len, 5);
    assert_int_equal(hfi_credential_packed(c, ZLIB, two).len, 0);
    assert_int_equal(hfi_credential_packed(c, ZSTD, one).len, 0);
    assert_int_equal(hfi_credential_packed(c, BROTLI, one).len, 0);
    hfi_credentials_clear(&list, &script_alloc, &hfi_crypto_nettle);
}

static void test_our_own_memory(void **state)
{
    (void)state;
    for (uint16_t id = ZLIB; id <= to_brotli; id++) {
        if (!is_built_in(id))
            continue;
        hfi_err err = HFI_E_NO_MEMORY;
        for (size_t n = 1; err != HFI_OK; n++) {
            hfi_credentials list = {.count = 0};
            script_config config = {.requests_certificate = true,
                                    .accepts_certificate = true,
                                    .takes_compression = id,
                                    .request_schemes = "0403",
                                    .steps = {{AT_REQUEST, OP_EXT_ADD, 27,
                                               id == ZLIB ? "020001" : "020002"}}};
            flow f;
            add_chain(&list);
            flow_init(&f, &config);
            offer_all(&f);
            f.settings.credentials = &list;
            f.memory.fail_at = n;
            err = flow_run(&f);
            assert_true(err == HFI_E_NO_MEMORY || err == HFI_OK);
            flow_free(&f);
            assert_null(flow_left_over(&f));
            hfi_credentials_clear(&list, &script_alloc, &hfi_crypto_nettle);
            assert_in_range(n, 1, 200);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_not_offered),
        cmocka_unit_test(test_other_method),
        cmocka_unit_test(test_where_the_extension_stands),
        cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_uncompressed),
        cmocka_unit_test(test_tls12),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_our_own),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_our_own_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
