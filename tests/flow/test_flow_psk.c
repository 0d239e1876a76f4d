/* tests/flow/test_flow_psk.c: a key that both sides were given.  RFC 8446 4.2.11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

static const uint8_t key[48] = {1, 2, 3, 4, 5, 6, 7, 8};
static hfi_psk psk = {{(const uint8_t *)"the identity 16 ", 16}, {key, sizeof key}, NULL};

/* Both sides know the key; the server only if known. */
static void start(flow *f, const script_config *config, const hfi_hash *hash, bool known)
{
    script_ticket *t = &f->server.tickets[0];

    flow_init(f, config);
    psk.hash = hash;
    psk.key.len = hash->size;
    f->client.psk = &psk;
    if (known) {
        t->hash = hash;
        t->external = true;
        memcpy(t->psk, key, hash->size);
        memcpy(t->name, psk.identity.p, 16);
        f->server.ticket_count = 1;
    }
    f->memory.secret_count = 1;
    memcpy(f->memory.secrets[0], key, 32);
    f->memory.secret_len[0] = 32;
}

static void without_name(flow *f)
{
    f->client.hostname_count = 0;
    f->client.server_name = hfi_view_of(NULL, 0);
}

static void finish(flow *f, hfi_err err, hfi_alert alert)
{
    const char *wrong = flow_conduct(f);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_int_equal(f->err, err);
    if (err != HFI_OK)
        assert_int_equal(f->server.alert, alert);
    flow_free(f);
    assert_null(flow_left_over(f));
}

/* Without the key the server must prove itself, and we must be able to check that. */
static void test_not_taken(void **state)
{
    static const script_config plain = {.tickets = 0};
    static const script_config tls12 = {.tls12 = {.on = true}};
    flow f;

    (void)state;
    for (int i = 0; i < 4; i++) {
        start(&f, i & 1 ? &tls12 : &plain, hfi_crypto_nettle.sha256, false);
        if (i & 2)
            f.settings.store = NULL;
        else
            without_name(&f);
        (void)flow_run(&f);
        finish(&f, HFI_E_PSK_REFUSED, HFI_ALERT_HANDSHAKE_FAILURE);
    }
    start(&f, &plain, hfi_crypto_nettle.sha256, false);
    (void)flow_run(&f);
    assert_false(f.client.agreed.psk_used);
    assert_true(f.client.agreed.verify_done);
    finish(&f, HFI_OK, HFI_ALERT_NONE);
}

static void test_answers_that_do_not_fit(void **state)
{
    static const script_config second = {.steps = {{AT_HELLO, OP_EXT_SET, 41, "0001"}}};
    static const script_config hash = {.suite = 0x1302,
                                       .steps = {{AT_HELLO, OP_EXT_ADD, 41, "0000"}}};
    static const script_config no_share = {.steps = {{AT_HELLO, OP_EXT_DROP, 51, NULL}}};
    flow f;

    (void)state;
    start(&f, &second, hfi_crypto_nettle.sha256, true);
    (void)flow_run(&f);
    finish(&f, HFI_E_PSK_IDENTITY_UNKNOWN, HFI_ALERT_ILLEGAL_PARAMETER);
    start(&f, &hash, hfi_crypto_nettle.sha256, true);
    (void)flow_run(&f);
    finish(&f, HFI_E_PSK_SUITE_MISMATCH, HFI_ALERT_ILLEGAL_PARAMETER);
    start(&f, &no_share, hfi_crypto_nettle.sha256, true);
    (void)flow_run(&f);
    finish(&f, HFI_E_PSK_WITHOUT_KEY_SHARE, HFI_ALERT_ILLEGAL_PARAMETER);
}

static void takes(const script_config *config, const hfi_hash *hash)
{
    flow f;

    start(&f, config, hash, true);
    without_name(&f);
    f.settings.store = NULL;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_true(f.server.resumed);
    assert_true(f.client.agreed.psk_used);
    assert_false(f.client.agreed.resumed);
    assert_false(f.client.agreed.verify_done);
    assert_int_equal(hfi_conn_certificate_count(&f.client), 0);
    assert_int_equal(flow_write(&f, "ping"), HFI_OK);
    /* What a ticket of this connection vouches for is not a certificate. */
    if (f.client.new_session != NULL)
        assert_false(hfi_session_get(f.client.new_session)->verified);
    finish(&f, HFI_OK, HFI_ALERT_NONE);
}

static void test_taken(void **state)
{
    static const script_config plain = {.tickets = 1};
    static const script_config sha384 = {.suite = 0x1302};
    static const script_config retried = {.retries = 1, .group = 0x0017};

    (void)state;
    takes(&plain, hfi_crypto_nettle.sha256);
    takes(&sha384, hfi_crypto_nettle.sha384);
    takes(&retried, hfi_crypto_nettle.sha256);
}

/* Not offered where no suite has its hash, or a retry chose another. */
static void test_not_offered(void **state)
{
    static const script_config plain = {.tickets = 0};
    static const script_config retried = {.retries = 1, .group = 0x0017, .suite = 0x1301};
    hfi_view data;
    flow f;

    (void)state;
    start(&f, &plain, hfi_crypto_nettle.sha384, false);
    apply_row(&f, ROW_AES_128_ONLY);
    (void)flow_run(&f);
    assert_false(script_hello_find(&f.server.hello, SCRIPT_EXT_PRE_SHARED_KEY, &data));
    finish(&f, HFI_OK, HFI_ALERT_NONE);
    start(&f, &retried, hfi_crypto_nettle.sha384, true);
    (void)flow_run(&f);
    assert_true(
        script_hello_find(&f.server.first_hello, SCRIPT_EXT_PRE_SHARED_KEY, &data));
    assert_false(script_hello_find(&f.server.hello, SCRIPT_EXT_PRE_SHARED_KEY, &data));
    finish(&f, HFI_OK, HFI_ALERT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_taken),
        cmocka_unit_test(test_answers_that_do_not_fit),
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_not_offered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
