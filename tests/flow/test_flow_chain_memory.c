/* tests/flow/test_flow_chain_memory.c: connections that share a memory of signatures.
 * The server's own proof, CertificateVerify, is verified each time: RFC 8446 4.4.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"
#include "script_flight.h"

static hfi_signature_memory memory;
static size_t verified;
static hfi_crypto crypto;

static bool counting_verify(hfi_signature algorithm, const hfi_public_key *key,
                            hfi_view message, hfi_view signature)
{
    verified++;
    return hfi_crypto_nettle.verify(algorithm, key, message, signature);
}

static int set_up(void **state)
{
    (void)state;
    crypto = hfi_crypto_nettle;
    crypto.verify = counting_verify;
    hfi_signature_memory_init(&memory, &script_alloc, &crypto,
                              HFI_SIGNATURE_MEMORY_DEFAULT);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hfi_signature_memory_free(&memory);
    return 0;
}

static void run(const script_config *config, int64_t seconds, hfi_err expected,
                size_t signatures)
{
    flow f;

    flow_init(&f, config);
    f.settings.crypto = &crypto;
    f.settings.signatures = &memory;
    f.unix_seconds += seconds;
    verified = 0;
    assert_int_equal(flow_run(&f), expected);
    assert_int_equal(verified, signatures);
    flow_free(&f);
    assert_null(flow_left_over(&f));
}

static void test_the_proof_is_verified_each_time(void **state)
{
    static const script_key keys[] = {SCRIPT_ED25519, SCRIPT_RSA, SCRIPT_P256};
    static const int64_t century = 100LL * 366 * 86400;

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        script_config right = {.key = keys[i]};
        script_config wrong = {
            .key = keys[i],
            .steps = {{AT_VERIFY, OP_SET, -4, "ffffffff"}},
        };
        script_config tls12 = {.key = keys[i], .tls12 = {.on = true}};
        run(&right, 0, HFI_OK, 2);
        run(&right, 0, HFI_OK, 1);
        run(&wrong, 0, HFI_E_BAD_CERTIFICATE_VERIFY, 1);
        /* ServerKeyExchange, RFC 8422 5.4. */
        run(&tls12, 0, HFI_OK, 1);
        run(&right, century, HFI_E_CERT_EXPIRED, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_proof_is_verified_each_time),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
