/* tests/unit/session/test_ticket.c: tickets come back from whoever had them, and after
 * any time.  RFC 5077 4, 5; RFC 8446 4.6.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "session/ticket.h"

enum { NOW = 1800000000, LIFETIME = 7200 };

/* ---- memory, randomness ---- */

static size_t live, calls, fail_at;

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    if (++calls == fail_at)
        return NULL;
    live++;
    return malloc(size != 0 ? size : 1);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    live--;
    free(p);
}

static const hfi_alloc alloc = {allocate, release, NULL};

static bool count_up(void *ctx, uint8_t *p, size_t len)
{
    uint8_t *next = ctx;

    for (size_t i = 0; i < len; i++)
        p[i] = (*next)++;
    return true;
}

static bool give_none(void *ctx, uint8_t *p, size_t len)
{
    (void)ctx;
    (void)p;
    (void)len;
    return false;
}

static uint8_t counter;
static const hfi_random random_source = {count_up, &counter};
static const hfi_random no_random = {give_none, NULL};

/* ---- a set of keys and a session ---- */

static hfi_ticket_keys set;
static uint8_t sealed[HFI_SEALED_MAX];
static size_t sealed_len;
static const hfi_sealed_for nothing;

static int set_up(void **state)
{
    (void)state;
    live = calls = fail_at = 0;
    counter = 1;
    memset(&set, 0, sizeof set);
    hfi_ticket_keys_init(&set, &hfi_crypto_nettle, LIFETIME);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hfi_ticket_keys_wipe(&set);
    return live == 0 ? 0 : -1;
}

static hfi_session_fields sample(void)
{
    hfi_session_fields f = {
        .version = 0x0303,
        .suite = 0xc02b,
        .psk_len = 48,
        .received = NOW,
        .born = NOW - 100,
        .lifetime = LIFETIME,
        .age_add = 0x01020304,
        .max_early_data = 16384,
        .extended_master = true,
        .verified = true,
        .group = 29,
        .scheme = 0x0403,
        .verify_result = HFI_E_CERT_EXPIRED,
        .hostname = hfi_view_of_text("app.example"),
        .alpn = hfi_view_of_text("h2"),
        .leaf = hfi_view_of_text("not parsed here"),
    };

    memset(f.psk, 0x5a, sizeof f.psk);
    return f;
}

static void seal_with(hfi_ticket_keys *keys, int64_t now, const hfi_sealed_for *to,
                      const hfi_session_fields *f)
{
    assert_int_equal(hfi_ticket_seal(keys, &random_source, now, to, f, sealed,
                                     sizeof sealed, &sealed_len),
                     HFI_OK);
    assert_int_equal(sealed_len, hfi_ticket_sealed_size(f));
}

static void seal(void)
{
    hfi_session_fields f = sample();

    seal_with(&set, NOW, &nothing, &f);
}

static hfi_session *open_in(hfi_ticket_keys *keys, int64_t now, const hfi_sealed_for *to,
                            bool *renew)
{
    hfi_session *s = NULL;

    assert_int_equal(hfi_ticket_open(keys, &alloc, now, to,
                                     hfi_view_of(sealed, sealed_len), &s, renew),
                     HFI_OK);
    return s;
}

static bool opens_at(int64_t now)
{
    bool renew;
    hfi_session *s = open_in(&set, now, &nothing, &renew);

    hfi_session_free(s);
    return s != NULL;
}

/* ---- refusals ---- */

static void test_every_cut(void **state)
{
    (void)state;
    seal();
    size_t whole = sealed_len;
    for (sealed_len = 0; sealed_len < whole; sealed_len++)
        assert_false(opens_at(NOW));
    assert_true(opens_at(NOW));
    sealed[sealed_len++] = 0;
    assert_false(opens_at(NOW));
    memset(sealed, 0x41, sizeof sealed);
    for (sealed_len = 0; sealed_len <= sizeof sealed; sealed_len += 97)
        assert_false(opens_at(NOW));
}

static void test_every_bit(void **state)
{
    (void)state;
    seal();
    for (size_t i = 0; i < sealed_len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            sealed[i] ^= (uint8_t)(1u << bit);
            assert_false(opens_at(NOW));
            sealed[i] ^= (uint8_t)(1u << bit);
        }
    }
    assert_true(opens_at(NOW));
}

static void test_longer_than_any(void **state)
{
    (void)state;
    static uint8_t bytes[HFI_SEALED_MAX + 1];
    hfi_session *s;
    bool renew;

    seal();
    memcpy(bytes, sealed, sealed_len); /* the name of a key that is there */
    assert_int_equal(hfi_ticket_open(&set, &alloc, NOW, &nothing,
                                     hfi_view_of(bytes, sizeof bytes), &s, &renew),
                     HFI_OK);
    assert_null(s);
    assert_int_equal(calls, 0);
}

/* What a later release would seal: the same key, another format. */
static void test_another_format(void **state)
{
    (void)state;
    hfi_session_fields f = sample();

    seal();
    f.psk_len = 0; /* nothing that this release would write */
    seal_with(&set, NOW, &nothing, &f);
    assert_false(opens_at(NOW));
}

static void test_time(void **state)
{
    (void)state;
    hfi_session_fields f = sample();

    seal();
    assert_true(opens_at(NOW + LIFETIME - 1));
    assert_false(opens_at(NOW + LIFETIME));
    assert_false(opens_at(NOW + 10 * LIFETIME));
    assert_true(opens_at(NOW - 60));
    assert_false(opens_at(NOW - 61));
    assert_false(opens_at(0));
    assert_false(opens_at(-NOW));

    /* Renewals end with the life of the first handshake. */
    f.born = NOW - 604800 + 10;
    seal_with(&set, NOW, &nothing, &f);
    assert_true(opens_at(NOW + 9));
    assert_false(opens_at(NOW + 10));
    f.born = NOW + 1;
    seal_with(&set, NOW, &nothing, &f);
    assert_false(opens_at(NOW));
    f.born = f.received = INT64_C(1) << 40;
    seal_with(&set, NOW, &nothing, &f);
    assert_false(opens_at(INT64_C(1) << 40));
    f = sample();
    f.lifetime = HFI_TICKET_LIFETIME_MAX + 1;
    seal_with(&set, NOW, &nothing, &f);
    assert_false(opens_at(NOW));
}

static void test_bound_to_something_else(void **state)
{
    (void)state;
    static const char *const parts[] = {"", "a", "b", "ab"};
    hfi_session_fields f = sample();
    bool renew;

    for (size_t i = 0; i < 16; i++) {
        hfi_sealed_for to = {hfi_view_of_text(parts[i / 4]),
                             hfi_view_of_text(parts[i % 4])};
        seal_with(&set, NOW, &to, &f);
        for (size_t k = 0; k < 16; k++) {
            hfi_sealed_for other = {hfi_view_of_text(parts[k / 4]),
                                    hfi_view_of_text(parts[k % 4])};
            hfi_session *s = open_in(&set, NOW, &other, &renew);
            assert_int_equal(s != NULL, i == k);
            hfi_session_free(s);
        }
    }
}

static void test_too_large(void **state)
{
    (void)state;
    static uint8_t leaf[HFI_SEALED_LEAF_MAX + 1];
    hfi_session_fields f = sample();

    f.leaf = hfi_view_of(leaf, HFI_SEALED_LEAF_MAX);
    seal_with(&set, NOW, &nothing, &f);
    assert_true(opens_at(NOW));
    f.leaf.len++;
    assert_int_equal(hfi_ticket_sealed_size(&f), 0);
    assert_int_equal(hfi_ticket_seal(&set, &random_source, NOW, &nothing, &f, sealed,
                                     sizeof sealed, &sealed_len),
                     HFI_E_BUFFER_TOO_SMALL);
    f = sample();
    f.hostname = hfi_view_of(leaf, 256);
    assert_int_equal(hfi_ticket_sealed_size(&f), 0);
    f = sample();
    assert_int_equal(hfi_ticket_seal(&set, &random_source, NOW, &nothing, &f, sealed,
                                     hfi_ticket_sealed_size(&f) - 1, &sealed_len),
                     HFI_E_BUFFER_TOO_SMALL);
    assert_int_equal(sealed_len, 0);
}

static void test_without_random(void **state)
{
    (void)state;
    hfi_session_fields f = sample();

    for (unsigned made = 0; made < 2; made++) {
        assert_int_equal(hfi_ticket_seal(&set, &no_random, NOW, &nothing, &f, sealed,
                                         sizeof sealed, &sealed_len),
                         HFI_E_RANDOM_FAILED);
        assert_int_equal(sealed_len, 0);
        seal(); /* from here on there is a key */
    }
}

static void test_without_memory(void **state)
{
    (void)state;
    hfi_session *s;
    bool renew;

    seal();
    for (fail_at = 1; fail_at <= 2; fail_at++) {
        calls = 0;
        assert_int_equal(hfi_ticket_open(&set, &alloc, NOW, &nothing,
                                         hfi_view_of(sealed, sealed_len), &s, &renew),
                         HFI_E_NO_MEMORY);
        assert_null(s);
        assert_false(renew);
    }
    fail_at = 0;
}

/* ---- what opens ---- */

static void test_all_comes_back(void **state)
{
    (void)state;
    hfi_session_fields f = sample();
    bool renew;

    seal();
    hfi_session *s = open_in(&set, NOW, &nothing, &renew);
    assert_non_null(s);
    assert_false(renew);
    const hfi_session_fields *g = hfi_session_get(s);
    assert_int_equal(g->version, f.version);
    assert_int_equal(g->suite, f.suite);
    assert_int_equal(g->psk_len, f.psk_len);
    assert_memory_equal(g->psk, f.psk, 48);
    assert_int_equal(g->received, f.received);
    assert_int_equal(g->born, f.born);
    assert_int_equal(g->lifetime, f.lifetime);
    assert_int_equal(g->age_add, f.age_add);
    assert_int_equal(g->max_early_data, f.max_early_data);
    assert_int_equal(g->group, f.group);
    assert_int_equal(g->scheme, f.scheme);
    assert_int_equal(g->verify_result, f.verify_result);
    assert_true(g->extended_master && g->verified);
    assert_true(hfi_view_equal(g->hostname, f.hostname));
    assert_true(hfi_view_equal(g->alpn, f.alpn));
    assert_true(hfi_view_equal(g->leaf, f.leaf));
    assert_int_equal(g->ticket.len, 0);
    hfi_session_free(s);
}

/* Nothing of the secret shows, and no two tickets are alike. */
static void test_sealed_twice(void **state)
{
    (void)state;
    uint8_t first[HFI_SEALED_MAX];

    seal();
    memcpy(first, sealed, sealed_len);
    for (size_t i = 0; i + 4 <= sealed_len; i++)
        assert_memory_not_equal(sealed + i, sample().psk, 4);
    seal();
    assert_memory_equal(first, sealed, HFI_TICKET_KEY_NAME);
    assert_memory_not_equal(first + 16, sealed + 16, 28);
    assert_memory_not_equal(first + 44, sealed + 44, sealed_len - 44);
}

/* ---- keys by the clock ---- */

static void test_turns(void **state)
{
    (void)state;
    hfi_session_fields f = sample();
    bool renew;

    seal();
    uint8_t name[HFI_TICKET_KEY_NAME];
    memcpy(name, sealed, sizeof name);
    f.received = NOW + LIFETIME - 1; /* the last ticket of the first key */
    seal_with(&set, f.received, &nothing, &f);
    assert_memory_equal(sealed, name, sizeof name);

    /* Its turn is over as soon as the clock says so. */
    hfi_session *due = open_in(&set, f.received, &nothing, &renew);
    assert_false(renew);
    hfi_session_free(due);
    due = open_in(&set, NOW + LIFETIME, &nothing, &renew);
    assert_true(due != NULL && renew);
    hfi_session_free(due);

    uint8_t old[HFI_SEALED_MAX];
    size_t old_len = sealed_len;
    memcpy(old, sealed, sealed_len);
    f.received = NOW + LIFETIME;
    seal_with(&set, f.received, &nothing, &f);
    assert_memory_not_equal(sealed, name, sizeof name);
    assert_int_equal(set.count, 2);

    memcpy(sealed, old, old_len);
    hfi_session *s = open_in(&set, NOW + LIFETIME, &nothing, &renew);
    assert_non_null(s);
    assert_true(renew);
    hfi_session_free(s);
    assert_true(opens_at(NOW + 2 * LIFETIME - 2));
    assert_int_equal(set.count, 2);
    assert_false(opens_at(NOW + 2 * LIFETIME)); /* over, and so is its key */
    assert_int_equal(set.count, 1);
    static const hfi_ticket_key wiped;
    assert_memory_equal(&set.keys[1], &wiped, sizeof wiped);
    assert_false(opens_at(NOW)); /* whatever the clock says then */
}

static void test_clock_set_back(void **state)
{
    (void)state;
    hfi_session_fields f = sample();

    /* A little is no reason for a new key; a clock that was far ahead is. */
    seal();
    f.received = f.born = NOW - LIFETIME;
    seal_with(&set, f.received, &nothing, &f);
    assert_int_equal(set.count, 1);
    f.received = f.born = NOW - LIFETIME - 1;
    seal_with(&set, f.received, &nothing, &f);
    assert_int_equal(set.count, 2);
    assert_int_equal(set.keys[0].made, NOW - LIFETIME - 1);
    seal_with(&set, f.received, &nothing, &f);
    assert_int_equal(set.count, 2);

    /* Forth and back without end: no more keys than there is room for. */
    for (int i = 0; i < 50; i++) {
        f.received = f.born = i % 2 != 0 ? NOW : NOW - 10 * LIFETIME;
        seal_with(&set, f.received, &nothing, &f);
        assert_true(opens_at(f.received));
        assert_true(set.count <= HFI_TICKET_KEYS_MAX);
    }
}

/* ---- keys of the application ---- */

static void fill_keys(uint8_t *bytes, size_t count, uint8_t first)
{
    for (size_t i = 0; i < count; i++)
        memset(bytes + i * HFI_TICKET_KEY_BYTES, first + (int)i, HFI_TICKET_KEY_BYTES);
}

static void test_keys_refused(void **state)
{
    (void)state;
    uint8_t bytes[(HFI_TICKET_KEYS_MAX + 1) * HFI_TICKET_KEY_BYTES];

    fill_keys(bytes, HFI_TICKET_KEYS_MAX + 1, 1);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        bool good = len != 0 && len < sizeof bytes && len % HFI_TICKET_KEY_BYTES == 0;
        assert_int_equal(hfi_ticket_keys_give(&set, hfi_view_of(bytes, len)),
                         good ? HFI_OK : HFI_E_INVALID_ARGUMENT);
    }
    seal();
    /* Refused ones change nothing. */
    memcpy(bytes + HFI_TICKET_KEY_BYTES, bytes, HFI_TICKET_KEY_NAME);
    assert_int_equal(
        hfi_ticket_keys_give(&set, hfi_view_of(bytes, 2 * HFI_TICKET_KEY_BYTES)),
        HFI_E_INVALID_ARGUMENT);
    fill_keys(bytes, 2, 1);
    memset(bytes + HFI_TICKET_KEY_BYTES + HFI_TICKET_KEY_NAME, 0, HFI_TICKET_KEY_SECRET);
    assert_int_equal(
        hfi_ticket_keys_give(&set, hfi_view_of(bytes, 2 * HFI_TICKET_KEY_BYTES)),
        HFI_E_INVALID_ARGUMENT);
    assert_true(opens_at(NOW));
}

static void test_shared_keys(void **state)
{
    (void)state;
    uint8_t bytes[2 * HFI_TICKET_KEY_BYTES];
    hfi_ticket_keys other;
    bool renew;

    memset(&other, 0, sizeof other);
    hfi_ticket_keys_init(&other, &hfi_crypto_nettle, LIFETIME);
    seal(); /* with a key of our own, which the given ones replace */
    fill_keys(bytes, 2, 1);
    assert_int_equal(hfi_ticket_keys_give(&set, hfi_view_of(bytes, sizeof bytes)),
                     HFI_OK);
    assert_false(opens_at(NOW));
    seal();
    uint8_t name[HFI_TICKET_KEY_NAME];
    memset(name, 1, sizeof name);
    assert_memory_equal(sealed, name, sizeof name);
    /* Another host has one more in front. */
    assert_null(open_in(&other, NOW, &nothing, &renew));
    uint8_t more[3 * HFI_TICKET_KEY_BYTES];
    fill_keys(more, 1, 9);
    memcpy(more + HFI_TICKET_KEY_BYTES, bytes, sizeof bytes);
    assert_int_equal(hfi_ticket_keys_give(&other, hfi_view_of(more, sizeof more)),
                     HFI_OK);
    hfi_session *s = open_in(&other, NOW, &nothing, &renew);
    assert_non_null(s);
    assert_true(renew);
    hfi_session_free(s);
    /* The same name with another secret. */
    more[HFI_TICKET_KEY_BYTES + HFI_TICKET_KEY_NAME] ^= 1;
    assert_int_equal(hfi_ticket_keys_give(&other, hfi_view_of(more, sizeof more)),
                     HFI_OK);
    assert_null(open_in(&other, NOW, &nothing, &renew));
    /* The clock does nothing to them. */
    hfi_session_fields f = sample();
    f.received = f.born = NOW + 100 * LIFETIME;
    seal_with(&set, f.received, &nothing, &f);
    assert_memory_equal(sealed, name, sizeof name);
    assert_int_equal(set.count, 2);
    hfi_ticket_keys_wipe(&other);
}

/* ---- threads ---- */

enum { THREADS = 4, ROUNDS = 400 };

/* A key is whole: count_up drew its secret right behind its name. */
static bool is_whole(const hfi_ticket_key *key)
{
    uint8_t next = key->name[0];

    for (size_t i = 0; i < HFI_TICKET_KEY_NAME; i++, next++)
        if (key->name[i] != next)
            return false;
    for (size_t i = 0; i < HFI_TICKET_KEY_SECRET; i++, next++)
        if (key->secret[i] != next)
            return false;
    return true;
}

/* Each with a clock that passes the end of many keys, all with one set. */
static void *seal_and_open(void *arg)
{
    uint8_t next = *(uint8_t *)arg;
    hfi_random own = {count_up, &next};
    hfi_session_fields f = sample();
    uint8_t bytes[1024];

    for (int i = 0; i < ROUNDS; i++) {
        size_t len;
        bool newest;
        hfi_ticket_key key;
        int64_t now = NOW + i * 600;
        f.received = f.born = now;
        if (hfi_ticket_seal(&set, &own, now, &nothing, &f, bytes, sizeof bytes, &len) !=
            HFI_OK)
            return NULL;
        if (hfi_ticket_keys_to_open(&set, bytes, now, &key, &newest) && !is_whole(&key))
            return NULL;
    }
    return arg;
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    uint8_t seeds[THREADS];

    for (size_t i = 0; i < THREADS; i++) {
        seeds[i] = (uint8_t)(i * 61);
        assert_int_equal(pthread_create(&threads[i], NULL, seal_and_open, &seeds[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *result;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &seeds[i]);
    }
}

int main(void)
{
#define TICKET(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TICKET(test_every_cut),
        TICKET(test_every_bit),
        TICKET(test_longer_than_any),
        TICKET(test_another_format),
        TICKET(test_time),
        TICKET(test_bound_to_something_else),
        TICKET(test_too_large),
        TICKET(test_without_random),
        TICKET(test_without_memory),
        TICKET(test_all_comes_back),
        TICKET(test_sealed_twice),
        TICKET(test_turns),
        TICKET(test_clock_set_back),
        TICKET(test_keys_refused),
        TICKET(test_shared_keys),
        TICKET(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
