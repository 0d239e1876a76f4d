/* tests/flow/lives.c: whole lives of connections in which one thing fails. */
#include "lives.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixtures/fixtures.h"
#include "handshake/credential.h"
#include "script_flight.h"
#include "staple.h"

const char life_text[] = "these bytes are nobody else's business";

/* Two connections that gave tickets: of TLS 1.3, with early data allowed, and of 1.2. */
static flow earlier[2];
/* A certificate of the client's, without and with its key. */
static hfi_credentials credentials[2];

static const uint8_t psk_key[32] = {1, 2, 3, 4, 5, 6, 7, 8};
static hfi_psk psk = {{(const uint8_t *)"the identity 16 ", 16}, {psk_key, 32}, NULL};

static bool make_credentials(hfi_credentials *list, bool with_key)
{
    hfi_view cert = script_certificate(SCRIPT_ED25519);
    hfi_private_parts parts = {
        .type = HFI_KEY_ED25519,
        .scalar = hfi_view_of(fixture_ed25519_key, fixture_ed25519_key_len)};
    hfi_private_key *key = NULL;

    if (hfi_credential_init(&list->items[0], &script_alloc, &cert, 1) != HFI_OK)
        return false;
    list->count = 1;
    return !with_key ||
           (hfi_crypto_nettle.private_key_new(&script_alloc, &parts, &key) == HFI_OK &&
            hfi_credential_take_key(&list->items[0], &hfi_crypto_nettle, key) == HFI_OK);
}

int lives_set_up(void **state)
{
    static const script_config givers[2] = {
        {.tickets = 1, .max_early_data = 100},
        {.tickets = 1, .tls12 = {.on = true}},
    };

    (void)state;
    psk.hash = hfi_crypto_nettle.sha256;
    for (size_t i = 0; i < 2; i++) {
        flow_init(&earlier[i], &givers[i]);
        if (flow_run(&earlier[i]) != HFI_OK || !make_credentials(&credentials[i], i == 1))
            return -1;
    }
    return 0;
}

int lives_tear_down(void **state)
{
    int code = 0;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        flow_free(&earlier[i]);
        hfi_credentials_clear(&credentials[i], &script_alloc, &hfi_crypto_nettle);
        if (flow_left_over(&earlier[i]) != NULL)
            code = -1;
    }
    return code;
}

static void share_key(flow *f)
{
    script_ticket *t = &f->server.tickets[0];

    f->client.psk = &psk;
    t->hash = psk.hash;
    t->external = true;
    memcpy(t->psk, psk.key.p, psk.key.len);
    memcpy(t->name, psk.identity.p, psk.identity.len);
    f->server.ticket_count = 1;
}

static void trust_staple_root(flow *f)
{
    script_bytes root = {NULL, 0, 0};

    f->unix_seconds = STAPLE_NOW;
    script_append_hex(&root, STAPLE_ROOT);
    assert_int_equal(hfi_trust_store_add(f->store, script_view(&root), NULL), HFI_OK);
    script_free(&root);
}

void life_begin(flow *f, const life *l)
{
    flow_init(f, &l->config);
    if (l->how & LIFE_RESUMES)
        flow_resume(f, &earlier[l->config.tls12.on]);
    f->client.early_data = (l->how & LIFE_EARLY) != 0;
    if (l->how & LIFE_PSK)
        share_key(f);
    if (l->how & (LIFE_CERTIFICATE | LIFE_ELSEWHERE))
        f->settings.credentials = &credentials[(l->how & LIFE_CERTIFICATE) != 0];
    if (l->how & LIFE_HYBRID)
        flow_choose_groups(f, (const uint16_t[]){0x11ec, 0x001d, 0x0017}, 3);
    if (l->how & LIFE_STAPLE)
        trust_staple_root(f);
}

/* The signature that the client waits for.  What cannot be handed in for want of memory
 * may be handed in again. */
static hfi_err sign_elsewhere(flow *f)
{
    script_bytes signature = {NULL, 0, 0};
    uint16_t scheme;

    hfi_view content = hfi_conn_to_sign(&f->client, &scheme);
    script_sign(SCRIPT_ED25519, scheme, content, &signature);
    hfi_err err = hfi_conn_give_signature(&f->client, script_view(&signature));
    if (err == HFI_E_NO_MEMORY)
        err = hfi_conn_give_signature(&f->client, script_view(&signature));
    script_free(&signature);
    f->err = err != HFI_OK ? err : hfi_conn_process(&f->client, NULL);
    return flow_pump(f);
}

static hfi_err shake_hands(flow *f)
{
    size_t taken = 0;

    f->err = hfi_conn_start_client(&f->client);
    if (f->err == HFI_OK && f->client.agreed.early_data == HFI_EARLY_OFFERED)
        f->err = hfi_conn_write_early(&f->client, hfi_view_of_text("early"), &taken);
    if (flow_pump(f) == HFI_OK && f->client.paused)
        (void)sign_elsewhere(f);
    return f->err;
}

hfi_err life_live(flow *f, const life *l)
{
    static const script_step renew = {AT_CONNECTED, OP_RENEW, 1, "01"};
    static const script_step hello_request = {AT_CONNECTED, OP_RECORD, 1, "16 00000000"};
    static uint8_t large[40000];
    const bool tls12 = l->config.tls12.on;

    if (shake_hands(f) != HFI_OK || flow_write(f, life_text) != HFI_OK)
        return f->err;
    scripted_server_step(&f->server, tls12 ? &hello_request : &renew);
    scripted_server_send(&f->server, hfi_view_of_text(life_text));
    scripted_server_send(&f->server, hfi_view_of(large, sizeof large));
    f->piece = 1000;
    if (flow_pump(f) != HFI_OK || flow_write(f, life_text) != HFI_OK)
        return f->err;
    if (!tls12)
        f->err = hfi_conn_update_keys(&f->client, true);
    if (f->err == HFI_OK)
        f->err = hfi_conn_close(&f->client);
    if (f->err == HFI_OK)
        scripted_server_close(&f->server);
    return flow_pump(f);
}

/* ---- one allocation fails ---- */

/* Could the server read an alert? */
static bool is_heard(const flow *f)
{
    return f->client.bytes_out != 0 && !f->client.close_sent &&
           f->client.keys_out.sequence != UINT64_MAX && /* no key: nothing goes out */
           !f->server.skips_early_data; /* it has no key for what it skips */
}

static void check_failure(flow *f, const life *l, size_t n, bool for_good)
{
    const bool by_memory = f->err == HFI_E_NO_MEMORY;

    /* A signature was handed in at the second attempt. */
    if (f->err == HFI_OK && !for_good && (l->how & LIFE_ELSEWHERE) != 0)
        return;
    /* Of a refused chain the fault record alone may be lost. */
    if (!by_memory && !(l->end != HFI_OK && f->err == l->end))
        fail_msg("%s, call %zu: %d", l->name, n, f->err);
    if (f->client.paused) { /* the signature cannot be handed in: that harms nothing */
        assert_true(by_memory && for_good && (l->how & LIFE_ELSEWHERE) != 0);
        assert_int_equal(f->client.phase, HFI_PHASE_HANDSHAKE);
        return;
    }
    assert_int_equal(f->client.phase, HFI_PHASE_FAILED);
    const bool told = l->config.tls12.on || f->logged.len != 0;
    const char *fault = told || is_heard(f) ? flow_conduct(f) : NULL;
    if (fault != NULL && f->client.bytes_out != 0)
        fail_msg("%s, call %zu: %s", l->name, n, fault);
    if (!for_good && by_memory && is_heard(f) &&
        f->server.alert != HFI_ALERT_INTERNAL_ERROR)
        fail_msg("%s, call %zu: alert %d", l->name, n, f->server.alert);
}

static void fail_at(const life *l, size_t n, bool for_good)
{
    const life plain = {"again", {.tls12 = {.on = l->config.tls12.on}}, 0, HFI_OK, 0};
    flow f;

    life_begin(&f, l);
    f.memory.fail_at = n;
    f.memory.fails_on = for_good;
    (void)life_live(&f, l);
    check_failure(&f, l, n, for_good);

    /* The same object connects once there is memory again. */
    f.memory.fail_at = 0;
    hfi_conn_reset(&f.client);
    scripted_server_free(&f.server);
    scripted_server_init(&f.server, &plain.config);
    f.err = HFI_OK;
    if (life_live(&f, &plain) != HFI_OK)
        fail_msg("%s, call %zu, again: %d", l->name, n, f.err);
    flow_free(&f);
    const char *fault = flow_left_over(&f);
    if (fault != NULL)
        fail_msg("%s, call %zu: %s", l->name, n, fault);
}

void lives_without_memory(const life *lives, size_t count)
{
    for (const life *l = lives; l < lives + count; l++) {
        flow f;

        life_begin(&f, l);
        (void)shake_hands(&f);
        size_t handshake = f.memory.calls, peak = f.memory.peak;
        flow_free(&f);
        life_begin(&f, l);
        if (life_live(&f, l) != l->end)
            fail_msg("%s: %d", l->name, f.err);
        size_t all = f.memory.calls;
        flow_free(&f);
        assert_null(flow_left_over(&f));
        print_message("# %s: %zu calls for the handshake (%zu bytes), %zu in all\n",
                      l->name, handshake, peak, all);
        assert_true(all > 5);
        if (l->calls_max != 0)
            assert_in_range(handshake, 1, l->calls_max);
        for (size_t n = 1; n <= all; n++) {
            fail_at(l, n, false);
            fail_at(l, n, true);
        }
    }
}

/* ---- one draw fails ---- */

/* RFC 8446 C.1: without entropy there is no connection, whichever draw fails. */
void lives_without_entropy(const life *lives, size_t count)
{
    for (const life *l = lives; l < lives + count; l++) {
        for (size_t n = 1;; n++) {
            flow f;
            life_begin(&f, l);
            f.random_fails_at = n;
            (void)shake_hands(&f);
            bool drawn = f.random_calls >= n;
            if (f.err != (drawn ? HFI_E_RANDOM_FAILED : l->end))
                fail_msg("%s, draw %zu: %d", l->name, n, f.err);
            if (drawn && f.client.bytes_out > 7 && is_heard(&f))
                assert_int_equal(f.server.alert, HFI_ALERT_INTERNAL_ERROR);
            flow_free(&f);
            assert_null(flow_left_over(&f));
            if (!drawn)
                break;
            assert_in_range(n, 1, 20);
        }
    }
}

void life_remember(flow_memory *m, const uint8_t *p, size_t len)
{
    assert_true(m->secret_count < FLOW_SECRETS_MAX);
    assert_true(len <= HFI_SECRET_MAX);
    memcpy(m->secrets[m->secret_count], p, len);
    m->secret_len[m->secret_count++] = len;
}
