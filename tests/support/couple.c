/* tests/support/couple.c: a client of ours and a server of ours, joined in memory. */
#include "couple.h"

#include <stdio.h>
#include <stdlib.h>

#include "conn/internal.h"
#include "fixtures/client_fixtures.h"
#include "fixtures/fixtures.h"
#include "pki/private_key.h"
#include "script_flight.h"

enum { ROUNDS_MAX = 2000000 };

static void die(const char *why)
{
    fprintf(stderr, "couple: %s\n", why);
    abort();
}

/* ---- entropy, clocks, key log ---- */

static bool fill(void *ctx, uint8_t *p, size_t len)
{
    couple_end *e = ctx;

    if (++e->random_calls == e->random_fails_at)
        return false;
    flow_random_bytes(&e->random_state, p, len);
    return true;
}

static int64_t unix_seconds(void *ctx)
{
    return ((const couple_end *)ctx)->couple->unix_seconds;
}

static int64_t microseconds(void *ctx)
{
    return ((const couple_end *)ctx)->couple->microseconds;
}

static void key_log(void *ctx, const void *owner, const char *line)
{
    couple_end *e = ctx;

    (void)owner;
    if (e->log_lines < FLOW_LOG_MAX)
        snprintf(e->log[e->log_lines], sizeof e->log[0], "%s", line);
    e->log_lines++;
    (void)flow_keep_secret(&e->memory, line);
}

/* ---- the store ---- */

static int find(void *ctx, void *owner, hfi_view id, hfi_span value, size_t *len)
{
    couple_store *s = ctx;

    (void)owner;
    s->finds++;
    if (s->waits != 0) {
        s->waits--;
        return -1;
    }
    for (size_t i = 0; i < s->count; i++) {
        if (!hfi_view_equal(hfi_view_of(s->entries[i].id, 32), id))
            continue;
        *len = s->entries[i].len;
        if (*len <= value.len)
            memcpy(value.p, s->entries[i].value, *len);
        return 1;
    }
    return 0;
}

static void put(void *ctx, void *owner, hfi_view id, hfi_view value, uint32_t lifetime)
{
    couple_store *s = ctx;

    (void)owner;
    s->puts++;
    if (id.len != 32 || value.len > HFI_SEALED_MAX)
        die("nobody can store that");
    /* The first ones stay: tests use those of a first connection again and again. */
    size_t at = s->count == COUPLE_STORE_MAX ? COUPLE_STORE_MAX - 1 : s->count++;
    memcpy(s->entries[at].id, id.p, id.len);
    memcpy(s->entries[at].value, value.p, value.len);
    s->entries[at].len = value.len;
    s->entries[at].lifetime = lifetime;
}

static void remove_one(void *ctx, void *owner, hfi_view id)
{
    couple_store *s = ctx;

    (void)owner;
    s->removes++;
    for (size_t i = 0; i < s->count; i++) {
        if (hfi_view_equal(hfi_view_of(s->entries[i].id, 32), id))
            s->entries[i] = s->entries[--s->count];
    }
}

/* ---- certificates ---- */

static hfi_private_key *server_key(script_key which)
{
    hfi_private_parts parts = {.type = HFI_KEY_ED25519};
    hfi_private_key *key = NULL;
    hfi_view rsa = {NULL, 0};
    hfi_err err;

    switch (which) {
    case SCRIPT_RSA:
        rsa = hfi_view_of(fixture_rsa_key, fixture_rsa_key_len);
        break;
    case SCRIPT_RSA_PSS:
        rsa = hfi_view_of(fixture_rsa_pss_key, fixture_rsa_pss_key_len);
        break;
    case SCRIPT_P256:
        parts.type = HFI_KEY_EC_P256;
        parts.scalar = hfi_view_of(fixture_p256_key, fixture_p256_key_len);
        break;
    case SCRIPT_P384:
        parts.type = HFI_KEY_EC_P384;
        parts.scalar = hfi_view_of(fixture_p384_key, fixture_p384_key_len);
        break;
    case SCRIPT_P521:
        parts.type = HFI_KEY_EC_P521;
        parts.scalar = hfi_view_of(fixture_p521_key, fixture_p521_key_len);
        break;
    case SCRIPT_OTHER_NAME:
        parts.scalar = hfi_view_of(fixture_other_name_key, fixture_other_name_key_len);
        break;
    default:
        parts.scalar = hfi_view_of(fixture_ed25519_key, fixture_ed25519_key_len);
        break;
    }
    if (rsa.p != NULL)
        err = hfi_private_key_load(&hfi_crypto_nettle, &script_alloc, rsa, NULL, &key);
    else
        err = hfi_crypto_nettle.private_key_new(&script_alloc, &parts, &key);
    if (err != HFI_OK)
        die("a key cannot be read");
    return key;
}

static void add(hfi_credentials *list, hfi_view cert, hfi_private_key *key)
{
    hfi_credential *c = &list->items[list->count];

    if (hfi_credential_init(c, &script_alloc, &cert, 1) != HFI_OK ||
        (key != NULL && hfi_credential_take_key(c, &hfi_crypto_nettle, key) != HFI_OK))
        die("a certificate cannot be used");
    list->count++;
}

void couple_add_certificate(couple *c, script_key key, bool with_key)
{
    add(&c->server.own, script_certificate(key), with_key ? server_key(key) : NULL);
}

#define CLIENT(name)                                                           \
    {                                                                          \
        fixture_##name##_der, &fixture_##name##_der_len, fixture_##name##_key, \
            &fixture_##name##_key_len                                          \
    }

void couple_add_client(couple *c, couple_client_key which)
{
    static const struct {
        const uint8_t *der;
        const size_t *der_len;
        const uint8_t *key;
        const size_t *key_len;
    } rows[COUPLE_CLIENT_KEYS] = {CLIENT(client_rsa), CLIENT(client_p256),
                                  CLIENT(client_p384), CLIENT(client_ed25519),
                                  CLIENT(client_expired)};
    hfi_private_key *key = NULL;

    if (hfi_private_key_load(&hfi_crypto_nettle, &script_alloc,
                             hfi_view_of(rows[which].key, *rows[which].key_len), NULL,
                             &key) != HFI_OK)
        die("a client's key cannot be read");
    add(&c->client.own, hfi_view_of(rows[which].der, *rows[which].der_len), key);
}

/* ---- making and releasing ---- */

static void init_end(couple *c, couple_end *e, uint64_t seed, hfi_view root)
{
    hfi_settings *s = &e->settings;

    e->couple = c;
    e->random_state = seed;
    e->way.cut_at = SIZE_MAX;
    s->alloc = flow_allocator(&e->memory);
    s->crypto = &hfi_crypto_nettle;
    s->random = (hfi_random){fill, e};
    s->clock = (hfi_clock){unix_seconds, microseconds, e};
    s->verify_chain = true;
    s->verify_name = true;
    s->key_log = key_log;
    s->key_log_ctx = e;
    hfi_settings_defaults(s);
    memcpy(s->groups, (const uint16_t[]){0x001d, 0x0017, 0x0018}, 6);
    s->group_count = 3;
    s->credentials = &e->own;
    e->store = hfi_trust_store_new(&script_alloc, s->crypto);
    if (e->store == NULL || hfi_trust_store_add(e->store, root, NULL) != HFI_OK)
        die("the trust store cannot be filled");
    s->store = e->store;
    hfi_conn_init(&e->conn, s, e);
}

void couple_init(couple *c, script_key key)
{
    memset(c, 0, sizeof *c);
    c->unix_seconds = FLOW_NOW;
    init_end(c, &c->client, 0x9e3779b97f4a7c15, script_ca());
    init_end(c, &c->server, 0xbf58476d1ce4e5b9,
             hfi_view_of(fixture_client_ca_der, fixture_client_ca_der_len));
    couple_add_certificate(c, key, true);
    hfi_ticket_keys_init(&c->tickets, &hfi_crypto_nettle, HFI_TICKET_LIFETIME_DEFAULT);
    c->server.settings.tickets = &c->tickets;
    c->store.functions = (hfi_session_store){find, put, remove_one, &c->store};

    c->names[0] = hfi_view_of_text("server.example");
    c->client.conn.hostnames[0] = c->names[0];
    c->client.conn.hostname_count = 1;
    c->client.conn.server_name = c->names[0];
}

static bool holds(const flow_memory *m, const void *p, size_t len)
{
    for (size_t i = 0; i < m->secret_count; i++)
        for (size_t at = 0; m->secret_len[i] != 0 && at + m->secret_len[i] <= len; at++)
            if (memcmp((const uint8_t *)p + at, m->secrets[i], m->secret_len[i]) == 0)
                return true;
    return false;
}

static void free_end(couple_end *e)
{
    hfi_conn_free(&e->conn);
    if (holds(&e->memory, &e->conn, sizeof e->conn))
        e->memory.secret_released = true;
    hfi_trust_store_free(e->store);
    hfi_credentials_clear(&e->own, &script_alloc, &hfi_crypto_nettle);
    script_free(&e->received);
    script_free(&e->way.wire);
}

void couple_free(couple *c)
{
    free_end(&c->client);
    free_end(&c->server);
    hfi_ticket_keys_wipe(&c->tickets);
}

void couple_version(couple *c, uint16_t version)
{
    c->client.settings.version_min = c->client.settings.version_max = version;
    c->server.settings.version_min = c->server.settings.version_max = version;
}

void couple_client_auth(couple *c, hfi_client_auth auth)
{
    c->server.settings.client_auth = auth;
}

void couple_use_store(couple *c)
{
    c->server.settings.sessions = &c->store.functions;
    c->server.conn.options |= HFI_OPTION_NO_TICKET;
}

void couple_resume(couple *second, couple *first)
{
    second->server.random_state ^= 0x94d049bb133111eb; /* other ids and keys */
    hfi_session_free(second->client.conn.session);
    second->client.conn.session = NULL;
    if (first->client.conn.new_session != NULL)
        second->client.conn.session = hfi_session_new(
            &script_alloc, hfi_session_get(first->client.conn.new_session));
    second->server.settings.tickets = first->server.settings.tickets;
    if (first->server.settings.sessions != NULL)
        second->server.settings.sessions = first->server.settings.sessions;
}

static hfi_err send_alone(void *ctx, hfi_view message)
{
    hfi_err err = hfi_conn_sink(ctx).send(ctx, message);

    return err == HFI_OK ? hfi_conn_seal_open(ctx) : err;
}

void couple_send_alone(couple_end *e)
{
    e->conn.hs->sink.send = send_alone;
}

/* ---- moving bytes ---- */

static bool process(couple_end *e)
{
    bool moved = false, progress;

    do {
        progress = false;
        hfi_err err = hfi_conn_process(&e->conn, &progress);
        if (err != HFI_OK && e->err == HFI_OK)
            e->err = err;
        hfi_view v = hfi_conn_plain(&e->conn);
        script_append_view(&e->received, v);
        if (v.len != 0) {
            hfi_conn_plain_take(&e->conn, v.len);
            progress = true;
        }
        moved = moved || progress;
    } while (progress && e->err == HFI_OK);
    return moved;
}

/* As many bytes of out as this direction lets through at a time. */
static size_t portion(const couple_way *w, size_t n)
{
    if (n > w->cut_at - w->delivered)
        n = w->cut_at - w->delivered;
    return w->piece != 0 && n > w->piece ? w->piece : n;
}

static bool move(couple_end *from, couple_end *to)
{
    couple_way *w = &from->way;
    hfi_view out = hfi_conn_drain(&from->conn);
    size_t n = portion(w, out.len);

    if (to->err != HFI_OK || n == 0)
        return false;
    hfi_span space = hfi_conn_feed_space(&to->conn);
    if (space.len == 0)
        return process(to);
    if (n > space.len)
        n = space.len;
    memcpy(space.p, out.p, n);
    if (w->change_at >= w->delivered && w->change_at - w->delivered < n)
        space.p[w->change_at - w->delivered] ^= w->change_mask;
    script_append(&w->wire, space.p, n);
    w->delivered += n;
    hfi_conn_drain_commit(&from->conn, n);
    hfi_conn_feed_commit(&to->conn, n);
    (void)process(to);
    return true;
}

/* The other's alert ended it, whatever the error says of that. */
static bool heard(const couple_end *e)
{
    return e->err != HFI_OK && e->conn.report.alert_direction == HFI_DIRECTION_RECEIVED;
}

static hfi_err verdict(const couple *c)
{
    const couple_end *e = &c->client;

    if (e->err == HFI_OK || heard(e))
        e = c->server.err != HFI_OK ? &c->server : e;
    return e->err;
}

hfi_err couple_pump(couple *c)
{
    for (size_t i = 0; i < ROUNDS_MAX; i++) {
        bool worked = process(&c->client);
        worked = process(&c->server) || worked;
        worked = move(&c->client, &c->server) || worked;
        worked = move(&c->server, &c->client) || worked;
        if (!worked)
            return verdict(c);
    }
    c->endless = true;
    return verdict(c);
}

hfi_err couple_run(couple *c)
{
    c->server.err = hfi_conn_start_server(&c->server.conn);
    c->client.err = hfi_conn_start_client(&c->client.conn);
    return couple_pump(c);
}

hfi_err couple_end_all(couple *c)
{
    couple_end *ends[] = {&c->client, &c->server};

    for (size_t i = 0; i < 2; i++) {
        hfi_err err = hfi_conn_feed_eof(&ends[i]->conn);
        if (err != HFI_OK && ends[i]->err == HFI_OK)
            ends[i]->err = err;
    }
    return couple_pump(c);
}

hfi_err couple_write(couple_end *from, const char *text)
{
    hfi_view left = hfi_view_of_text(text);

    while (left.len != 0 && from->err == HFI_OK) {
        size_t taken = 0;
        hfi_err err = hfi_conn_write(&from->conn, left, &taken);
        if (err != HFI_OK)
            from->err = err;
        left = hfi_view_of(left.p + taken, left.len - taken);
        (void)couple_pump(from->couple);
    }
    return from->err;
}

/* ---- judging ---- */

static bool ends_with(const script_bytes *b, const char *text)
{
    size_t len = strlen(text);

    return b->len >= len && memcmp(b->p + b->len - len, text, len) == 0;
}

static bool same_agreed(const couple *c)
{
    const hfi_agreed *a = &c->client.conn.agreed, *b = &c->server.conn.agreed;

    return a->version == b->version && a->suite == b->suite && a->resumed == b->resumed &&
           a->psk_used == b->psk_used && a->alpn_len == b->alpn_len &&
           hfi_view_equal(hfi_view_of(a->alpn, a->alpn_len),
                          hfi_view_of(b->alpn, b->alpn_len)) &&
           a->limit_in == b->limit_out && a->limit_out == b->limit_in &&
           a->retried == b->retried && (a->resumed || a->group == b->group) &&
           a->certificate_requested == b->certificate_requested;
}

static bool same_log(const couple *c)
{
    for (unsigned i = 0; i < c->client.log_lines && i < FLOW_LOG_MAX; i++) {
        bool found = false;
        for (unsigned k = 0; k < c->server.log_lines && k < FLOW_LOG_MAX; k++)
            found = found || strcmp(c->client.log[i], c->server.log[k]) == 0;
        if (!found)
            return false;
    }
    return c->client.log_lines == c->server.log_lines && c->client.log_lines != 0;
}

static bool same_export(const couple *c)
{
    uint8_t a[32], b[32];
    hfi_view label = hfi_view_of_text("EXPERIMENTAL test");

    return hfi_conn_export(&c->client.conn, label, hfi_view_of("x", 1), a, sizeof a) ==
               HFI_OK &&
           hfi_conn_export(&c->server.conn, label, hfi_view_of("x", 1), b, sizeof b) ==
               HFI_OK &&
           memcmp(a, b, sizeof a) == 0;
}

const char *couple_connected(couple *c)
{
    if (c->endless)
        return "the two never come to rest";
    if (c->client.conn.phase != HFI_PHASE_OPEN)
        return "the client is not connected";
    if (c->server.conn.phase != HFI_PHASE_OPEN)
        return "the server is not connected";
    if (!same_agreed(c))
        return "they agreed on different things";
    if (!same_log(c))
        return "they logged different keys";
    if (!same_export(c))
        return "they export different keys";
    if (couple_write(&c->client, "ping") != HFI_OK ||
        !ends_with(&c->server.received, "ping"))
        return "the server did not get the data";
    if (couple_write(&c->server, "pong") != HFI_OK ||
        !ends_with(&c->client.received, "pong"))
        return "the client did not get the data";
    return NULL;
}

/* Who failed by itself told the other by the alert of its error, and the other knows. */
static bool was_told(const couple_end *by, const couple_end *to)
{
    hfi_alert alert = hfi_err_lookup(by->err)->alert;

    if (alert == HFI_ALERT_NONE)
        return by->conn.report.alert_direction == HFI_DIRECTION_NONE;
    return by->conn.report.alert == (int)alert &&
           by->conn.report.alert_direction == HFI_DIRECTION_SENT &&
           (!heard(to) || to->conn.report.alert == (int)alert);
}

const char *couple_failed(couple *c)
{
    bool client = c->client.err != HFI_OK && !heard(&c->client);
    bool server = c->server.err != HFI_OK && !heard(&c->server);

    if (c->endless)
        return "the two never come to rest";
    if (!client && !server)
        return "nobody failed by itself";
    if (client && !was_told(&c->client, &c->server))
        return "the server was not told as it should";
    if (server && !was_told(&c->server, &c->client))
        return "the client was not told as it should";
    return NULL;
}

const char *couple_left_over(const couple *c)
{
    if (c->client.memory.live != 0 || c->server.memory.live != 0)
        return "memory is left over";
    if (c->client.memory.secret_released || c->server.memory.secret_released)
        return "a secret was left in memory";
    return NULL;
}
