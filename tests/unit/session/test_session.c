/* tests/unit/session/test_session.c: sessions, and sessions as bytes, which come back
 * from places that others may write to.  RFC 5077 4, RFC 8446 4.6.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "session/session.h"

/* ---- memory that is counted, and that must not keep a secret ---- */

static size_t live;
static bool exhausted, secret_seen;
static const uint8_t *secret;

typedef struct block {
    size_t size;
    uint8_t bytes[];
} block;

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    if (exhausted)
        return NULL;
    block *b = malloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    live++;
    b->size = size;
    memset(b->bytes, 0xdb, size);
    return b->bytes;
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    if (p == NULL)
        return;
    block *b = (block *)(void *)((uint8_t *)p - offsetof(block, bytes));
    for (size_t i = 0; secret != NULL && i + 32 <= b->size; i++)
        if (memcmp(b->bytes + i, secret, 32) == 0)
            secret_seen = true;
    live--;
    free(b);
}

static const hfi_alloc alloc = {allocate, release, NULL};

static int no_leak(void **state)
{
    (void)state;
    return live == 0 && !secret_seen ? 0 : -1;
}

/* ---- samples ---- */

enum { KINDS = 6, ENCODED_MAX = 70000 };

static uint8_t large[65535];

static hfi_session_fields fields_of(size_t kind)
{
    hfi_session_fields f;

    memset(&f, 0, sizeof f);
    for (size_t i = 0; i < sizeof f.psk; i++)
        f.psk[i] = (uint8_t)(0x51 + 3 * i);
    f.version = kind < 3 ? 0x0304 : 0x0303;
    f.suite = kind < 3 ? 0x1301 : 0xc02b;
    f.psk_len = kind < 3 ? 32 : 48;
    f.received = 1780315200;
    f.lifetime = 7200;
    f.age_add = kind < 3 ? 0xdeadbeef : 0;
    f.verified = true;
    f.ticket = hfi_view_of_text("ticket");
    f.hostname = hfi_view_of_text("server.example");
    f.alpn = hfi_view_of_text("h2");
    f.leaf = hfi_view_of_text("leaf");
    if (kind == 1) { /* the least there can be */
        f.verified = false;
        f.hostname = f.alpn = f.leaf = hfi_view_of(NULL, 0);
    }
    if (kind == 2) { /* SHA-384, and the most */
        f.suite = 0x1302;
        f.psk_len = 48;
        f.lifetime = 604800;
        f.ticket = hfi_view_of(large, 65535);
        f.hostname = hfi_view_of(large, 253);
        f.alpn = hfi_view_of(large, 255);
    }
    f.extended_master = kind >= 3 && kind != 4;
    if (kind == 4 || kind == 5) {
        f.ticket = hfi_view_of(NULL, 0);
        f.session_id = hfi_view_of(large, kind == 4 ? 1 : 32);
    }
    return f;
}

static void expect_view(hfi_view got, hfi_view want)
{
    assert_int_equal(got.len, want.len);
    if (want.len != 0)
        assert_memory_equal(got.p, want.p, want.len);
}

static void expect_fields(const hfi_session *session, const hfi_session_fields *want)
{
    const hfi_session_fields *f = hfi_session_get(session);

    assert_int_equal(f->version, want->version);
    assert_int_equal(f->suite, want->suite);
    assert_int_equal(f->psk_len, want->psk_len);
    assert_memory_equal(f->psk, want->psk, want->psk_len);
    assert_int_equal(f->received, want->received);
    assert_int_equal(f->lifetime, want->lifetime);
    assert_int_equal(f->age_add, want->age_add);
    assert_int_equal(f->extended_master, want->extended_master);
    assert_int_equal(f->verified, want->verified);
    expect_view(f->ticket, want->ticket);
    expect_view(f->session_id, want->session_id);
    expect_view(f->hostname, want->hostname);
    expect_view(f->alpn, want->alpn);
    expect_view(f->leaf, want->leaf);
}

static size_t encode(const hfi_session_fields *f, uint8_t *out)
{
    hfi_session *s = hfi_session_new(&alloc, f);

    assert_non_null(s);
    size_t len = hfi_session_encoded_size(s);
    assert_in_range(len, 1, ENCODED_MAX);
    assert_int_equal(hfi_session_encode(s, out, ENCODED_MAX), len);
    hfi_session_free(s);
    return len;
}

/* In memory of exactly that size, so that a sanitizer sees a read past the end. */
static hfi_session *decode(const uint8_t *p, size_t len)
{
    uint8_t *copy = malloc(len == 0 ? 1 : len);

    assert_non_null(copy);
    memcpy(copy, p, len);
    hfi_session *s = hfi_session_decode(&alloc, hfi_view_of(copy, len));
    memset(copy, 0xee, len); /* what was decoded does not borrow from it */
    free(copy);
    return s;
}

/* ---- tests ---- */

static void test_round_trip(void **state)
{
    static uint8_t bytes[ENCODED_MAX], again[ENCODED_MAX];

    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) {
        hfi_session_fields f = fields_of(kind);
        size_t len = encode(&f, bytes);
        hfi_session *s = decode(bytes, len);
        assert_non_null(s);
        expect_fields(s, &f);
        assert_int_equal(hfi_session_encoded_size(s), len);
        assert_int_equal(hfi_session_encode(s, again, sizeof again), len);
        assert_memory_equal(bytes, again, len);
        hfi_session_free(s);
    }
}

static void test_every_prefix(void **state)
{
    static uint8_t bytes[ENCODED_MAX];

    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) {
        hfi_session_fields f = fields_of(kind);
        size_t len = encode(&f, bytes);
        for (size_t cut = 0; cut < len; cut += kind == 2 && cut > 100 ? 97 : 1)
            assert_null(decode(bytes, cut));
        bytes[len] = 0;
        assert_null(decode(bytes, len + 1));
    }
}

/* A changed byte is refused, or means what it says: the session has that value, encodes
 * to the changed bytes, and breaks no rule. */
static void test_every_byte(void **state)
{
    static uint8_t bytes[ENCODED_MAX], again[ENCODED_MAX];
    size_t refused = 0, taken = 0;

    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) {
        if (kind == 2)
            continue; /* large, and of the same kinds of byte */
        hfi_session_fields f = fields_of(kind);
        size_t len = encode(&f, bytes);
        for (size_t at = 0; at < len; at++) {
            for (unsigned mask = 1; mask < 256; mask++) {
                bytes[at] ^= (uint8_t)mask;
                hfi_session *s = decode(bytes, len);
                if (s != NULL) {
                    const hfi_session_fields *g = hfi_session_get(s);
                    taken++;
                    assert_int_equal(hfi_session_encode(s, again, sizeof again), len);
                    assert_memory_equal(again, bytes, len);
                    assert_true(g->version == 0x0303 || g->version == 0x0304);
                    assert_int_equal(g->version, f.version);
                    assert_true(g->psk_len == 32 || g->psk_len == 48);
                    assert_true(g->lifetime <= HFI_TICKET_LIFETIME_MAX);
                    assert_true(g->received >= 0);
                    assert_true(g->ticket.len != 0 || g->session_id.len != 0);
                    hfi_session_free(s);
                } else {
                    refused++;
                }
                bytes[at] ^= (uint8_t)mask;
            }
        }
    }
    print_message("# %zu changes refused, %zu taken at their word\n", refused, taken);
    assert_true(refused > 10000);
}

/* Whatever does not belong together is not decoded. */
static void test_nonsense(void **state)
{
    static uint8_t bytes[ENCODED_MAX];

    (void)state;
    for (int i = 0; i < 16; i++) {
        hfi_session_fields f = fields_of(i < 8 ? 0 : 3);
        switch (i) {
        case 0:
            f.version = 0x0302;
            break;
        case 1:
            f.version = 0x0305;
            break;
        case 2:
            f.suite = 0xc02b;
            break; /* of TLS 1.2 in TLS 1.3 */
        case 3:
            f.psk_len = 48;
            break;
        case 4:
            f.psk_len = 31;
            break;
        case 5:
            f.ticket.len = 0;
            break;
        case 6:
            f.session_id = hfi_view_of(large, 32);
            break;
        case 7:
            f.lifetime = HFI_TICKET_LIFETIME_MAX + 1;
            break;
        case 8:
            f.version = 0x0304;
            break; /* a suite of TLS 1.2 */
        case 9:
            f.psk_len = 32;
            break;
        case 10:
            f.psk_len = 47;
            break;
        case 11:
            f.ticket.len = 0;
            break; /* neither ticket nor id */
        case 12:
            f.age_add = 1;
            break;
        case 13:
            f.received = -1;
            break;
        case 14:
            f.received = INT64_MAX;
            break;
        case 15:
            f.suite = 0x1301;
            break; /* of TLS 1.3 in TLS 1.2 */
        default:
            break;
        }
        size_t len = encode(&f, bytes);
        hfi_session *s = decode(bytes, len);
        if (s != NULL)
            fail_msg("case %d was decoded", i);
    }
}

/* RFC 5246 7.4.1.3: a session id has at most 32 bytes; nothing else says so. */
static void test_bounds(void **state)
{
    static uint8_t bytes[ENCODED_MAX];

    (void)state;
    hfi_session_fields f = fields_of(5);
    f.session_id = hfi_view_of(large, 33);
    assert_null(decode(bytes, encode(&f, bytes)));
    f = fields_of(3);
    f.hostname = hfi_view_of(large, 254);
    assert_null(decode(bytes, encode(&f, bytes)));
    f = fields_of(3);
    f.leaf = hfi_view_of(large, 65535);
    hfi_session *s = decode(bytes, encode(&f, bytes));
    assert_non_null(s);
    hfi_session_free(s);
}

static void test_small_room(void **state)
{
    hfi_session_fields f = fields_of(3);
    uint8_t bytes[512];

    (void)state;
    hfi_session *s = hfi_session_new(&alloc, &f);
    size_t len = hfi_session_encoded_size(s);
    for (size_t cap = 0; cap < len; cap++) {
        memset(bytes, 0xee, sizeof bytes);
        (void)hfi_session_encode(s, bytes, cap);
        assert_int_equal(bytes[cap], 0xee);
    }
    hfi_session_free(s);
}

static void test_freshness(void **state)
{
    hfi_session_fields f = fields_of(3);

    (void)state;
    hfi_session *s = hfi_session_new(&alloc, &f);
    assert_true(hfi_session_fresh(s, f.received));
    assert_true(hfi_session_fresh(s, f.received + 7199));
    assert_false(hfi_session_fresh(s, f.received + 7200));
    assert_true(hfi_session_fresh(s, f.received - 60));
    assert_false(hfi_session_fresh(s, f.received - 61));
    assert_false(hfi_session_fresh(s, INT64_MAX));
    assert_false(hfi_session_fresh(s, 0));
    hfi_session_free(s);
}

static void test_references(void **state)
{
    hfi_session_fields f = fields_of(3);

    (void)state;
    hfi_session *s = hfi_session_new(&alloc, &f);
    assert_ptr_equal(hfi_session_up_ref(s), s);
    hfi_session_free(s);
    assert_int_equal(live, 1);
    expect_fields(s, &f);
    secret = f.psk;
    hfi_session_free(s);
    secret = NULL;
    assert_int_equal(live, 0);
    assert_false(secret_seen);
    hfi_session_free(NULL);
}

static void test_no_memory(void **state)
{
    uint8_t bytes[512];
    hfi_session_fields f = fields_of(3);

    (void)state;
    size_t len = encode(&f, bytes);
    exhausted = true;
    assert_null(hfi_session_new(&alloc, &f));
    assert_null(decode(bytes, len));
    exhausted = false;
}

/* RFC 5246 7.2.2: it is over for whoever has it, and in its bytes; the rest stands. */
static void test_ended(void **state)
{
    (void)state;
    uint8_t *bytes = malloc(ENCODED_MAX);

    assert_non_null(bytes);
    hfi_session_end(NULL);
    for (size_t kind = 3; kind < KINDS; kind++) {
        hfi_session_fields f = fields_of(kind);
        hfi_session *s = hfi_session_new(&alloc, &f);
        assert_non_null(s);
        hfi_session *other = hfi_session_up_ref(s);
        assert_int_equal(hfi_session_lifetime(s), 7200);
        assert_true(hfi_session_fresh(other, f.received));
        hfi_session_end(s);
        hfi_session_end(s);
        assert_int_equal(hfi_session_lifetime(other), 0);
        /* A clock that stands behind makes it no younger. */
        for (int64_t now = f.received - 61; now < f.received + 2; now++)
            assert_false(hfi_session_fresh(other, now));
        size_t len = hfi_session_encode(other, bytes, ENCODED_MAX);
        hfi_session_free(s);
        hfi_session_free(other);
        s = decode(bytes, len);
        assert_non_null(s);
        f.lifetime = 0;
        expect_fields(s, &f);
        assert_false(hfi_session_fresh(s, f.received - 1));
        hfi_session_free(s);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_round_trip, no_leak),
        cmocka_unit_test_teardown(test_every_prefix, no_leak),
        cmocka_unit_test_teardown(test_every_byte, no_leak),
        cmocka_unit_test_teardown(test_nonsense, no_leak),
        cmocka_unit_test_teardown(test_bounds, no_leak),
        cmocka_unit_test_teardown(test_small_room, no_leak),
        cmocka_unit_test_teardown(test_freshness, no_leak),
        cmocka_unit_test_teardown(test_references, no_leak),
        cmocka_unit_test_teardown(test_ended, no_leak),
        cmocka_unit_test_teardown(test_no_memory, no_leak),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
