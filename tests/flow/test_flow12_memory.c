/* tests/flow/test_flow12_memory.c: the n-th allocation fails in a TLS 1.2 connection, for
 * every n; the n-th draw of entropy; and what is given back holds no secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lives.h"
#include "staple.h"

#define TLS12 .tls12 = {.on = true}
#define ALL_SCHEMES "0403 0503 0603 0804 0805 0806 0807"
#define STAPLED(status)                                                      \
    TLS12, .steps = {{AT_HELLO, OP_EXT_ADD, 5, ""},                          \
                     {AT_CERTIFICATE, OP_BODY, 0, STAPLE_CERTIFICATE_TLS12}, \
                     {AT_CERTIFICATE, OP_SEND, 0, "16" status}}

static const life lives[] = {
    {"full", {TLS12, .tickets = 1}, 0, HFI_OK, 60},
    {"with an id", {.tls12 = {.on = true, .gives_id = true}}, 0, HFI_OK, 60},
    {"RSA, with a request",
     {TLS12, .key = SCRIPT_RSA, .requests_certificate = true, .sends_ca = true},
     0,
     HFI_OK,
     60},
    {"resumed", {TLS12}, LIFE_RESUMES, HFI_OK, 60},
    {"resumed with a ticket", {TLS12, .tickets = 1}, LIFE_RESUMES, HFI_OK, 60},
    {"in small records", {TLS12, .record_size = 50, .tickets = 1}, 0, HFI_OK, 0},
    {"large", {TLS12, .coalesces = true, .leaf_copies = 50}, 0, HFI_OK, 60},
    {"a refused chain", {TLS12, .key = SCRIPT_EXPIRED}, 0, HFI_E_CERT_EXPIRED, 0},
    {"client certificate",
     {TLS12, .requests_certificate = true, .accepts_certificate = true,
      .request_schemes = ALL_SCHEMES},
     LIFE_CERTIFICATE,
     HFI_OK,
     60},
    {"client certificate, the key elsewhere",
     {TLS12, .requests_certificate = true, .accepts_certificate = true,
      .request_schemes = ALL_SCHEMES},
     LIFE_ELSEWHERE,
     HFI_OK,
     60},
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

/* Everything is fixed, so a first run tells what a second one must not leave behind, at
 * any moment of its life.  The master secret is seen in the key log besides. */
static void test_no_secret_is_left(void **state)
{
    static const script_config config = {TLS12, .tickets = 1, .group = 0x001d};
    flow first, second;
    uint8_t drawn[64], shared[32];

    (void)state;
    flow_init(&first, &config);
    flow_init(&second, &config);
    apply_row(&first, ROW_TLS12_ONLY | ROW_NO_COMPAT);
    apply_row(&second, ROW_TLS12_ONLY | ROW_NO_COMPAT);
    flow_memory *m = &second.memory;

    /* The private key is drawn behind the random. */
    uint64_t keep = second.random_state;
    assert_true(second.settings.random.fill(second.settings.random.ctx, drawn, 64));
    second.random_state = keep;

    assert_int_equal(life_live(&first, &lives[0]), HFI_OK);
    const script12_state *t = &first.server.tls12;
    assert_int_equal(
        hfi_crypto_nettle.x25519->derive(drawn + 32, hfi_view_of(t->share, 32), shared),
        HFI_OK);
    assert_memory_equal(shared, t->premaster, 32);
    life_remember(m, drawn + 32, 32);
    life_remember(m, t->premaster, 32);
    life_remember(m, t->master, 48);
    life_remember(m, t->write_keys[HFI_CLIENT], 16);
    life_remember(m, t->write_keys[HFI_SERVER], 16);
    life_remember(m, (const uint8_t *)life_text, 38);

    assert_int_equal(life_live(&second, &lives[0]), HFI_OK);
    flow_free(&first);
    flow_free(&second);
    assert_null(flow_left_over(&first));
    assert_null(flow_left_over(&second));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation),
        cmocka_unit_test(test_every_draw),
        cmocka_unit_test(test_no_secret_is_left),
    };

    return cmocka_run_group_tests(tests, lives_set_up, lives_tear_down);
}
