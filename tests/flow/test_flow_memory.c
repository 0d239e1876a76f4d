/* tests/flow/test_flow_memory.c: the n-th allocation fails, for every n; and what is
 * given back holds no secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lives.h"
#include "staple.h"

#define ALL_SCHEMES "0403 0503 0603 0804 0805 0806 0807"
#define STAPLED(status)                                         \
    .steps = {{AT_CERTIFICATE, OP_BODY, 0, STAPLE_CERTIFICATE}, \
              {AT_CERTIFICATE, OP_EXT_ADD, 5, status}}

static const life lives[] = {
    {"full", {.tickets = 2}, 0, HFI_OK, 60},
    {"RSA, with a request",
     {.key = SCRIPT_RSA, .requests_certificate = true, .sends_ca = true},
     0,
     HFI_OK,
     60},
    {"retried", {.retries = 1, .group = 0x0017, .cookie = "01*9000"}, 0, HFI_OK, 60},
    {"resumed", {.tickets = 1}, LIFE_RESUMES, HFI_OK, 60},
    {"resumed and retried", {.retries = 1, .group = 0x0017}, LIFE_RESUMES, HFI_OK, 60},
    {"in small records", {.record_size = 50, .tickets = 1}, 0, HFI_OK, 0},
    {"large", {.coalesces = true, .leaf_copies = 50}, 0, HFI_OK, 60},
    {"a refused chain", {.key = SCRIPT_EXPIRED}, 0, HFI_E_CERT_EXPIRED, 0},
    {"client certificate",
     {.requests_certificate = true,
      .accepts_certificate = true,
      .request_schemes = ALL_SCHEMES},
     LIFE_CERTIFICATE,
     HFI_OK,
     60},
    {"client certificate, the key elsewhere",
     {.requests_certificate = true,
      .accepts_certificate = true,
      .request_schemes = ALL_SCHEMES},
     LIFE_ELSEWHERE,
     HFI_OK,
     60},
    {"external PSK", {.tickets = 1}, LIFE_PSK, HFI_OK, 60},
    {"external PSK, refused", {.refuses_psk = true}, LIFE_PSK, HFI_OK, 60},
    {"external PSK, retried", {.retries = 1, .group = 0x0017}, LIFE_PSK, HFI_OK, 60},
    {"early data", {.max_early_data = 100}, LIFE_RESUMES | LIFE_EARLY, HFI_OK, 60},
    {"early data, rejected",
     {.rejects_early_data = true},
     LIFE_RESUMES | LIFE_EARLY,
     HFI_OK,
     60},
    {"early data, session refused",
     {.refuses_psk = true},
     LIFE_RESUMES | LIFE_EARLY,
     HFI_OK,
     60},
    {"early data, retried",
     {.retries = 1, .group = 0x0017},
     LIFE_RESUMES | LIFE_EARLY,
     HFI_OK,
     60},
    {"X25519MLKEM768", {.group = 0x11ec}, LIFE_HYBRID, HFI_OK, 60},
    {"X25519MLKEM768, its curve taken", {.group = 0x001d}, LIFE_HYBRID, HFI_OK, 60},
    {"X25519MLKEM768, retried", {.retries = 1, .group = 0x0017}, LIFE_HYBRID, HFI_OK, 60},
    {"stapled", {STAPLED(STAPLE_GOOD)}, LIFE_STAPLE, HFI_OK, 60},
    {"stapled, revoked", {STAPLED(STAPLE_REVOKED)}, LIFE_STAPLE, HFI_E_CERT_REVOKED, 0},
};

enum { LIVES = sizeof lives / sizeof lives[0] };

static void test_every_allocation(void **state)
{
    (void)state;
    lives_without_memory(lives, LIVES);
}

static void test_every_draw(void **state)
{
    (void)state;
    lives_without_entropy(lives, LIVES);
}

/* ---- secrets ---- */

static void remember_key(flow_memory *m, const scripted_server *s, const uint8_t *secret)
{
    uint8_t key[HFI_AEAD_KEY_MAX], iv[HFI_AEAD_NONCE];

    hfi_keys_traffic(s->hash, secret, 16, key, iv);
    life_remember(m, key, 16);
}

/* Everything is fixed, so a first run tells what a second one must not leave behind, at
 * any moment of its life. */
static void test_no_secret_is_left(void **state)
{
    static const script_config config = {.tickets = 1};
    flow first, second;
    const scripted_server *s = &first.server;
    uint8_t private_key[32], shared[32];

    (void)state;
    flow_init(&first, &config);
    flow_init(&second, &config);
    flow_memory *m = &second.memory;

    /* The private key is drawn behind the random and the session id. */
    uint8_t drawn[96];
    uint64_t keep = second.random_state;
    assert_true(second.settings.random.fill(second.settings.random.ctx, drawn, 96));
    second.random_state = keep;
    memcpy(private_key, drawn + 64, 32);

    assert_int_equal(life_live(&first, &lives[0]), HFI_OK);
    hfi_view share = hfi_view_of(first.wire.p + 5 + 4 + 72 + 6 + 8, 32);
    assert_int_equal(hfi_crypto_nettle.x25519->derive(private_key, share, shared),
                     HFI_OK);
    life_remember(m, private_key, 32);
    life_remember(m, shared, 32);
    life_remember(m, s->keys.secret, 32);
    life_remember(m, s->keys.handshake[HFI_CLIENT], 32);
    life_remember(m, s->keys.handshake[HFI_SERVER], 32);
    life_remember(m, s->keys.application[HFI_CLIENT], 32);
    life_remember(m, s->keys.application[HFI_SERVER], 32);
    life_remember(m, s->keys.exporter, 32);
    life_remember(m, s->keys.resumption, 32);
    life_remember(m, s->tickets[0].psk, 32);
    remember_key(m, s, s->keys.handshake[HFI_CLIENT]);
    remember_key(m, s, s->keys.handshake[HFI_SERVER]);
    remember_key(m, s, s->keys.application[HFI_CLIENT]);
    remember_key(m, s, s->keys.application[HFI_SERVER]);
    life_remember(m, (const uint8_t *)life_text, 38);

    assert_int_equal(life_live(&second, &lives[0]), HFI_OK);
    flow_free(&first);
    flow_free(&second);
    assert_null(flow_left_over(&second));
}

/* The check above can fail: a block with a secret in it is seen. */
static void test_the_check_itself(void **state)
{
    static const script_config config = {.tickets = 0};
    flow f;

    (void)state;
    flow_init(&f, &config);
    life_remember(&f.memory, (const uint8_t *)life_text, 32);
    hfi_alloc_release(&f.settings.alloc,
                      hfi_alloc_copy(&f.settings.alloc, life_text, 39));
    flow_free(&f);
    assert_string_equal(flow_left_over(&f), "a secret was left in memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation),
        cmocka_unit_test(test_every_draw),
        cmocka_unit_test(test_no_secret_is_left),
        cmocka_unit_test(test_the_check_itself),
    };

    return cmocka_run_group_tests(tests, lives_set_up, lives_tear_down);
}
