/* tests/support/ends.c: a client and a server of ours, joined in memory. */
#include "ends.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#include "fixtures/fixtures.h"
#include "pki/private_key.h"

enum { ROUNDS_MAX = 400000 };

/* ---- memory ---- */

typedef struct block {
    size_t size;
    alignas(16) uint8_t bytes[];
} block;

static void *allocate(void *ctx, size_t size)
{
    end *one = ctx;

    if (++one->calls == one->fail_at)
        return NULL;
    block *b = malloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->size = size;
    memset(b->bytes, 0xdb, size); /* nobody may count on zeros */
    one->live++;
    one->bytes += size;
    if (one->bytes > one->peak)
        one->peak = one->bytes;
    return b->bytes;
}

static void release(void *ctx, void *p)
{
    end *one = ctx;

    if (p == NULL)
        return;
    block *b = (block *)(void *)((uint8_t *)p - offsetof(block, bytes));
    one->live--;
    one->bytes -= b->size;
    free(b);
}

static void *plain_allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void plain_release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static const hfi_alloc plain_alloc = {plain_allocate, plain_release, NULL};

/* ---- entropy, clocks, key log ---- */

static bool fill(void *ctx, uint8_t *p, size_t len)
{
    uint64_t *state = &((end *)ctx)->both->random_state;

    for (size_t i = 0; i < len; i++) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        p[i] = (uint8_t)(*state >> 24);
    }
    return true;
}

static int64_t unix_seconds(void *ctx)
{
    return ((end *)ctx)->both->unix_seconds;
}

static int64_t microseconds(void *ctx)
{
    return ((end *)ctx)->both->microseconds;
}

static void key_log(void *ctx, const void *owner, const char *line)
{
    end *one = ctx;

    (void)owner;
    script_append(&one->log, line, strlen(line));
    script_append(&one->log, "\n", 1);
}

/* ---- making and releasing ---- */

static void give_up(const char *what)
{
    fprintf(stderr, "ends: %s\n", what);
    abort();
}

static void init_one(ends *e, end *one)
{
    hfi_settings *s = &one->settings;

    one->both = e;
    one->cut_at = SIZE_MAX;
    s->alloc = (hfi_alloc){allocate, release, one};
    s->crypto = &hfi_crypto_nettle;
    s->random = (hfi_random){fill, one};
    s->clock = (hfi_clock){unix_seconds, microseconds, one};
    s->verify_chain = true;
    s->verify_name = true;
    s->key_log = key_log;
    s->key_log_ctx = one;
    s->credentials = &one->credentials;
    hfi_settings_defaults(s);
    ends_choose_groups(one, (const uint16_t[]){0x001d, 0x0017, 0x0018}, 3);
    one->store = hfi_trust_store_new(&plain_alloc, s->crypto);
    if (one->store == NULL ||
        hfi_trust_store_add(one->store, script_ca(), NULL) != HFI_OK)
        give_up("the trust store cannot be filled");
    s->store = one->store;
    hfi_conn_init(&one->conn, s, one);
}

static void name_server(ends *e)
{
    hfi_conn *c = &e->client.conn;

    c->hostnames[0] = hfi_view_of_text("server.example");
    c->hostname_count = 1;
    c->server_name = c->hostnames[0];
    c->verify_name = true;
}

void ends_init(ends *e)
{
    memset(e, 0, sizeof *e);
    e->random_state = 0x9e3779b97f4a7c15;
    e->unix_seconds = ENDS_NOW;
    init_one(e, &e->client);
    init_one(e, &e->server);
    name_server(e);
}

static void free_one(end *one)
{
    hfi_conn_free(&one->conn);
    hfi_credentials_clear(&one->credentials, &plain_alloc, &hfi_crypto_nettle);
    hfi_trust_store_free(one->store);
    script_free(&one->wire);
    script_free(&one->received);
    script_free(&one->log);
    if (one->live != 0)
        give_up("memory was not given back");
}

void ends_free(ends *e)
{
    free_one(&e->client);
    free_one(&e->server);
}

static void reset_one(end *one)
{
    hfi_conn_reset(&one->conn);
    script_free(&one->wire);
    script_free(&one->received);
    script_free(&one->log);
    one->sent = 0;
}

void ends_reset(ends *e)
{
    reset_one(&e->client);
    reset_one(&e->server);
}

/* ---- settings ---- */

hfi_private_key *ends_key(script_key which)
{
#define SCALAR(key_type, name)                                                 \
    (hfi_private_parts)                                                        \
    {                                                                          \
        .type = key_type,                                                      \
        .scalar = hfi_view_of(fixture_##name##_key, fixture_##name##_key_len), \
    }
    const hfi_private_parts parts[SCRIPT_KEYS] = {
        [SCRIPT_ED25519] = SCALAR(HFI_KEY_ED25519, ed25519),
        [SCRIPT_P256] = SCALAR(HFI_KEY_EC_P256, p256),
        [SCRIPT_P384] = SCALAR(HFI_KEY_EC_P384, p384),
        [SCRIPT_P521] = SCALAR(HFI_KEY_EC_P521, p521),
        [SCRIPT_EXPIRED] = SCALAR(HFI_KEY_ED25519, expired),
        [SCRIPT_FUTURE] = SCALAR(HFI_KEY_ED25519, future),
        [SCRIPT_OTHER_NAME] = SCALAR(HFI_KEY_ED25519, other_name),
        [SCRIPT_NO_SIGNING] = SCALAR(HFI_KEY_ED25519, no_signing),
        [SCRIPT_UNKNOWN_CA] = SCALAR(HFI_KEY_ED25519, unknown_ca),
    };
#undef SCALAR
    const hfi_crypto *crypto = &hfi_crypto_nettle;
    hfi_private_key *key = NULL;
    hfi_err err;

    if (which == SCRIPT_RSA)
        err = hfi_private_key_load(crypto, &plain_alloc,
                                   hfi_view_of(fixture_rsa_key, fixture_rsa_key_len),
                                   NULL, &key);
    else if (which == SCRIPT_RSA_PSS)
        err = hfi_private_key_load(
            crypto, &plain_alloc,
            hfi_view_of(fixture_rsa_pss_key, fixture_rsa_pss_key_len), NULL, &key);
    else
        err = crypto->private_key_new(&plain_alloc, &parts[which], &key);
    if (err != HFI_OK)
        give_up("a key cannot be read");
    return key;
}

void ends_show(end *one, script_key which, bool with_key)
{
    hfi_view cert = script_certificate(which);
    hfi_credential *c = &one->credentials.items[one->credentials.count];

    if (hfi_credential_init(c, &plain_alloc, &cert, 1) != HFI_OK)
        give_up("a certificate cannot be read");
    one->credentials.count++;
    if (with_key &&
        hfi_credential_take_key(c, &hfi_crypto_nettle, ends_key(which)) != HFI_OK)
        give_up("a key does not fit");
}

void ends_choose_groups(end *one, const uint16_t *groups, size_t count)
{
    memcpy(one->settings.groups, groups, count * sizeof groups[0]);
    one->settings.group_count = count;
}

void ends_choose_suites(end *one, const uint16_t *suites, size_t count)
{
    memcpy(one->settings.suites, suites, count * sizeof suites[0]);
    one->settings.suite_count = count;
}

/* ---- moving bytes ---- */

static bool feed(end *to, const uint8_t *p, size_t len)
{
    while (len != 0) {
        hfi_span space = hfi_conn_feed_space(&to->conn);
        size_t n = len < space.len ? len : space.len;
        if (n == 0)
            return false;
        memcpy(space.p, p, n);
        hfi_conn_feed_commit(&to->conn, n);
        p += n;
        len -= n;
        (void)hfi_conn_process(&to->conn, NULL);
        hfi_view plain = hfi_conn_plain(&to->conn);
        script_append_view(&to->received, plain);
        hfi_conn_plain_take(&to->conn, plain.len);
        (void)hfi_conn_process(&to->conn, NULL);
    }
    return true;
}

static bool carry(end *from, end *to)
{
    hfi_view out = hfi_conn_drain(&from->conn);
    uint8_t bytes[4096];

    if (out.len == 0)
        return false;
    size_t n = from->piece != 0 && out.len > from->piece ? from->piece : out.len;
    if (n > sizeof bytes)
        n = sizeof bytes;
    memcpy(bytes, out.p, n);
    if (from->change_mask != 0 && from->change_at >= from->sent &&
        from->change_at < from->sent + n)
        bytes[from->change_at - from->sent] ^= from->change_mask;
    hfi_conn_drain_commit(&from->conn, n);
    if (from->keeps_wire)
        script_append(&from->wire, bytes, n);
    size_t whole = from->sent >= from->cut_at      ? 0
                   : from->cut_at - from->sent < n ? from->cut_at - from->sent
                                                   : n;
    from->sent += n;
    (void)feed(to, bytes, whole);
    return true;
}

static void take_plain(end *one)
{
    hfi_view plain = hfi_conn_plain(&one->conn);

    while (plain.len != 0) {
        script_append_view(&one->received, plain);
        hfi_conn_plain_take(&one->conn, plain.len);
        (void)hfi_conn_process(&one->conn, NULL);
        plain = hfi_conn_plain(&one->conn);
    }
}

hfi_err ends_pump(ends *e)
{
    size_t rounds = 0;
    bool moved = true;

    while (moved && ++rounds < ROUNDS_MAX) {
        moved = carry(&e->client, &e->server);
        moved = carry(&e->server, &e->client) || moved;
        take_plain(&e->client);
        take_plain(&e->server);
    }
    e->endless = moved;
    if (e->server.conn.report.code != HFI_OK &&
        e->server.conn.report.code != HFI_E_ALERT_RECEIVED)
        return e->server.conn.report.code;
    return e->client.conn.report.code;
}

hfi_err ends_run(ends *e)
{
    (void)hfi_conn_start_server(&e->server.conn);
    (void)hfi_conn_start_client(&e->client.conn);
    return ends_pump(e);
}

hfi_err ends_write(end *one, const char *text)
{
    hfi_view data = hfi_view_of_text(text);

    while (data.len != 0) {
        size_t taken = 0;
        hfi_err err = hfi_conn_write(&one->conn, data, &taken);
        if (err != HFI_OK)
            return err;
        data.p += taken;
        data.len -= taken;
    }
    return HFI_OK;
}

const char *ends_converse(ends *e)
{
    if (e->client.conn.phase != HFI_PHASE_OPEN)
        return "the client is not open";
    if (e->server.conn.phase != HFI_PHASE_OPEN)
        return "the server is not open";
    if (ends_write(&e->client, "question") != HFI_OK ||
        ends_write(&e->server, "answer") != HFI_OK || ends_pump(e) != HFI_OK)
        return "nothing can be written";
    if (!hfi_view_equal(script_view(&e->server.received), hfi_view_of_text("question")))
        return "the server read something else";
    if (!hfi_view_equal(script_view(&e->client.received), hfi_view_of_text("answer")))
        return "the client read something else";
    script_free(&e->server.received);
    script_free(&e->client.received);
    return NULL;
}
