/* tests/support/flow.c: a client of ours and a scripted server, joined in memory. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>

#include "script_flight.h"

enum { ROUNDS_MAX = 2000000 };

/* ---- memory ---- */

typedef struct block {
    size_t size;
    alignas(16) uint8_t bytes[];
} block;

static bool holds(const uint8_t *p, size_t len, const uint8_t *what, size_t what_len)
{
    for (size_t i = 0; what_len != 0 && i + what_len <= len; i++)
        if (p[i] == what[0] && memcmp(p + i, what, what_len) == 0)
            return true;
    return false;
}

static bool holds_secret(const flow_memory *m, const void *p, size_t len)
{
    for (size_t i = 0; i < m->secret_count; i++)
        if (holds(p, len, m->secrets[i], m->secret_len[i]))
            return true;
    return false;
}

static void *allocate(void *ctx, size_t size)
{
    flow_memory *m = ctx;

    m->calls++;
    if (m->calls == m->fail_at || (m->fails_on && m->fail_at && m->calls > m->fail_at))
        return NULL;
    block *b = malloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->size = size;
    memset(b->bytes, 0xdb, size); /* nobody may count on zeros */
    m->live++;
    m->bytes += size;
    if (m->bytes > m->peak)
        m->peak = m->bytes;
    return b->bytes;
}

static void release(void *ctx, void *p)
{
    flow_memory *m = ctx;

    if (p == NULL)
        return;
    block *b = (block *)(void *)((uint8_t *)p - offsetof(block, bytes));
    m->live--;
    m->bytes -= b->size;
    if (holds_secret(m, b->bytes, b->size))
        m->secret_released = true;
    free(b);
}

hfi_alloc flow_allocator(flow_memory *m)
{
    return (hfi_alloc){allocate, release, m};
}

/* ---- entropy, clocks, key log ---- */

void flow_random_bytes(uint64_t *state, uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        p[i] = (uint8_t)(*state >> 24);
    }
}

static bool fill(void *ctx, uint8_t *p, size_t len)
{
    flow *f = ctx;

    if (++f->random_calls == f->random_fails_at)
        return false;
    flow_random_bytes(&f->random_state, p, len);
    return true;
}

static int64_t unix_seconds(void *ctx)
{
    return ((const flow *)ctx)->unix_seconds;
}

static int64_t microseconds(void *ctx)
{
    flow *f = ctx;

    f->microseconds += f->microseconds_step;
    return f->microseconds;
}

/* "LABEL <random> <secret>" */
hfi_view flow_keep_secret(flow_memory *m, const char *line)
{
    const char *secret = strrchr(line, ' ');
    hfi_view kept = {NULL, 0};
    script_bytes bytes = {NULL, 0, 0};

    if (secret == NULL || m->secret_count == FLOW_SECRETS_MAX)
        return kept;
    script_append_hex(&bytes, secret + 1);
    if (bytes.len <= HFI_SECRET_MAX) {
        memcpy(m->secrets[m->secret_count], bytes.p, bytes.len);
        kept = hfi_view_of(m->secrets[m->secret_count], bytes.len);
        m->secret_len[m->secret_count++] = bytes.len;
    }
    script_free(&bytes);
    return kept;
}

static void key_log(void *ctx, const void *owner, const char *line)
{
    flow *f = ctx;

    (void)owner;
    if (f->log_lines < FLOW_LOG_MAX)
        snprintf(f->log[f->log_lines], sizeof f->log[0], "%s", line);
    f->log_lines++;
    hfi_view secret = flow_keep_secret(&f->memory, line);
    if (secret.len == 0)
        return;
    if (strncmp(line, "CLIENT_HANDSHAKE_TRAFFIC_SECRET ", 32) == 0) {
        memcpy(f->logged.handshake, secret.p, secret.len);
        f->logged.len = secret.len;
    }
    if (strncmp(line, "CLIENT_EARLY_TRAFFIC_SECRET ", 28) == 0)
        memcpy(f->logged.early, secret.p, secret.len);
}

/* ---- making and releasing ---- */

void flow_choose_groups(flow *f, const uint16_t *groups, size_t count)
{
    memcpy(f->settings.groups, groups, count * sizeof groups[0]);
    f->settings.group_count = count;
}

void flow_init(flow *f, const script_config *config)
{
    hfi_settings *s = &f->settings;

    memset(f, 0, sizeof *f);
    scripted_server_init(&f->server, config);
    f->server.logged = &f->logged;
    f->random_state = 0x9e3779b97f4a7c15;
    f->unix_seconds = FLOW_NOW;
    f->cut_at = SIZE_MAX;

    s->alloc = flow_allocator(&f->memory);
    s->crypto = &hfi_crypto_nettle;
    s->random = (hfi_random){fill, f};
    s->clock = (hfi_clock){unix_seconds, microseconds, f};
    s->verify_chain = true;
    s->verify_name = true;
    s->key_log = key_log;
    s->key_log_ctx = f;
    hfi_settings_defaults(s);
    s->version_min = config->tls12.on ? 0x0303 : 0x0304;
    flow_choose_groups(f, (const uint16_t[]){0x001d, 0x0017, 0x0018}, 3);
    f->store = hfi_trust_store_new(&script_alloc, s->crypto);
    if (f->store == NULL || hfi_trust_store_add(f->store, script_ca(), NULL) != HFI_OK) {
        fprintf(stderr, "flow: the trust store cannot be filled\n");
        abort();
    }
    s->store = f->store;

    hfi_conn_init(&f->client, s, f);
    f->names[0] = hfi_view_of_text("server.example");
    f->client.hostnames[0] = f->names[0];
    f->client.hostname_count = 1;
    f->client.server_name = f->names[0];
    f->client.verify_name = true;
}

void flow_free(flow *f)
{
    hfi_conn_free(&f->client);
    if (holds_secret(&f->memory, &f->client, sizeof f->client))
        f->memory.secret_released = true;
    hfi_trust_store_free(f->store);
    f->store = NULL;
    scripted_server_free(&f->server);
    script_free(&f->received);
    script_free(&f->wire);
}

void flow_resume(flow *second, const flow *first)
{
    scripted_server_adopt(&second->server, &first->server);
    if (first->client.new_session != NULL)
        second->client.session =
            hfi_session_new(&script_alloc, hfi_session_get(first->client.new_session));
}

/* ---- moving bytes ---- */

static bool client_to_server(flow *f)
{
    hfi_view v = hfi_conn_drain(&f->client);

    if (v.len == 0)
        return false;
    scripted_server_feed(&f->server, v);
    hfi_conn_drain_commit(&f->client, v.len);
    return true;
}

static bool take_plain(flow *f)
{
    hfi_view v = hfi_conn_plain(&f->client);

    script_append_view(&f->received, v);
    if (v.len != 0)
        hfi_conn_plain_take(&f->client, v.len);
    return v.len != 0;
}

static void process(flow *f)
{
    bool progress;

    do {
        progress = false;
        hfi_err err = hfi_conn_process(&f->client, &progress);
        if (err != HFI_OK)
            f->err = err;
        if (take_plain(f))
            progress = true;
    } while (progress && f->err == HFI_OK);
}

static bool server_to_client(flow *f)
{
    size_t n = f->server.out.len;

    if (f->err != HFI_OK)
        return false;
    if (n > f->cut_at - f->delivered)
        n = f->cut_at - f->delivered;
    if (f->piece != 0 && n > f->piece)
        n = f->piece;
    if (n == 0)
        return false;
    hfi_span space = hfi_conn_feed_space(&f->client);
    if (space.len == 0) {
        process(f);
        return f->err == HFI_OK && hfi_conn_feed_space(&f->client).len != 0;
    }
    if (n > space.len)
        n = space.len;
    memcpy(space.p, f->server.out.p, n);
    if (f->change_at >= f->delivered && f->change_at - f->delivered < n)
        space.p[f->change_at - f->delivered] ^= f->change_mask;
    script_append(&f->wire, space.p, n);
    script_consume(&f->server.out, n);
    f->delivered += n;
    hfi_conn_feed_commit(&f->client, n);
    process(f);
    return true;
}

hfi_err flow_pump(flow *f)
{
    for (size_t i = 0; i < ROUNDS_MAX; i++) {
        bool moved = server_to_client(f);
        if (!client_to_server(f) && !moved)
            return f->err;
    }
    f->endless = true;
    return f->err;
}

hfi_err flow_run(flow *f)
{
    f->err = hfi_conn_start_client(&f->client);
    return flow_pump(f);
}

hfi_err flow_end(flow *f)
{
    hfi_err err = hfi_conn_feed_eof(&f->client);

    if (err != HFI_OK)
        f->err = err;
    return flow_pump(f);
}

hfi_err flow_write(flow *f, const char *text)
{
    hfi_view left = hfi_view_of_text(text);

    while (left.len != 0 && f->err == HFI_OK) {
        size_t taken = 0;
        hfi_err err = hfi_conn_write(&f->client, left, &taken);
        if (err != HFI_OK)
            f->err = err;
        left = hfi_view_of(left.p + taken, left.len - taken);
        (void)flow_pump(f);
    }
    return f->err;
}
