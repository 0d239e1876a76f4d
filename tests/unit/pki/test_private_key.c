/* tests/unit/pki/test_private_key.c: files of private keys, and their numbers.
 * RFC 5958, RFC 5915, RFC 8017 A.1.2, RFC 8018. */
#include "chain_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "keys.h"
#include "pki/der.h"
#include "pki/pbes2.h"
#include "pki/private_key.h"

static counting_heap heap;

#define NUMBER(name) hfi_view_of(name, sizeof name)

static void assert_view(hfi_view got, hfi_view want)
{
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.p, want.p, want.len);
}

static hfi_err read_key(hfi_view input, const char *password, hfi_private_key_parts *out)
{
    hfi_alloc alloc = counting_alloc(&heap);
    hfi_view secret = hfi_view_of_text(password == NULL ? "" : password);
    return hfi_private_key_read(&hfi_crypto_nettle, &alloc, input,
                                password == NULL ? NULL : &secret, out);
}

static void clear(hfi_private_key_parts *k)
{
    hfi_alloc alloc = counting_alloc(&heap);
    hfi_private_key_parts_clear(&alloc, k);
    hfi_private_key_parts_clear(&alloc, k);
    assert_int_equal(heap.live, 0);
}

static void refused(hfi_view input, const char *password, hfi_err code)
{
    hfi_private_key_parts k;

    assert_int_equal(read_key(input, password, &k), code);
    assert_null(k.bytes);
    assert_true(k.parts.type == HFI_KEY_NONE);
    assert_int_equal(heap.live, 0);
}

static void refused_text(const char *pem, const char *password, hfi_err code)
{
    refused(hfi_view_of_text(pem), password, code);
}

static void holds_scalar(hfi_view input, const char *password, hfi_key_type type,
                         hfi_view scalar)
{
    hfi_private_key_parts k;

    assert_int_equal(read_key(input, password, &k), HFI_OK);
    assert_int_equal(k.parts.type, type);
    assert_view(k.parts.scalar, scalar);
    clear(&k);
}

static void test_rsa(void **state)
{
    (void)state;
    static const uint8_t e[] = {1, 0, 1};
    const hfi_view inputs[] = {hfi_view_of_text(rsa_pkcs8_pem),
                               hfi_view_of_text(rsa_pkcs1_pem), NUMBER(rsa_pkcs8_der),
                               NUMBER(rsa_pkcs1_der)};

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        hfi_private_key_parts k;
        assert_int_equal(read_key(inputs[i], NULL, &k), HFI_OK);
        assert_int_equal(k.parts.type, HFI_KEY_RSA);
        assert_view(k.parts.modulus, NUMBER(rsa_n));
        assert_view(k.parts.exponent, NUMBER(e));
        assert_view(k.parts.p, NUMBER(rsa_p));
        assert_view(k.parts.q, NUMBER(rsa_q));
        assert_view(k.parts.dp, NUMBER(rsa_dp));
        assert_view(k.parts.dq, NUMBER(rsa_dq));
        assert_view(k.parts.qinv, NUMBER(rsa_qinv));
        clear(&k);
    }
    hfi_private_key_parts k;
    assert_int_equal(read_key(hfi_view_of_text(rsa_pss_pem), NULL, &k), HFI_OK);
    assert_int_equal(k.parts.type, HFI_KEY_RSA_PSS);
    assert_int_equal(k.parts.modulus.len, 256);
    clear(&k);
}

static void test_curves(void **state)
{
    (void)state;
    const struct {
        hfi_view input;
        hfi_key_type type;
        hfi_view scalar;
    } cases[] = {
        {hfi_view_of_text(p256_pkcs8_pem), HFI_KEY_EC_P256, NUMBER(p256_d)},
        {hfi_view_of_text(p256_sec1_pem), HFI_KEY_EC_P256, NUMBER(p256_d)},
        {hfi_view_of_text(p256_with_parameters_pem), HFI_KEY_EC_P256, NUMBER(p256_d)},
        {NUMBER(p256_sec1_der), HFI_KEY_EC_P256, NUMBER(p256_d)},
        {hfi_view_of_text(p384_pkcs8_pem), HFI_KEY_EC_P384, NUMBER(p384_d)},
        {hfi_view_of_text(p384_sec1_pem), HFI_KEY_EC_P384, NUMBER(p384_d)},
        {hfi_view_of_text(p521_pkcs8_pem), HFI_KEY_EC_P521, NUMBER(p521_d)},
        {hfi_view_of_text(p521_sec1_pem), HFI_KEY_EC_P521, NUMBER(p521_d)},
        {hfi_view_of_text(ed25519_pem), HFI_KEY_ED25519, NUMBER(ed25519_d)},
        {hfi_view_of_text(ed448_pem), HFI_KEY_ED448, NUMBER(ed448_d)},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        holds_scalar(cases[i].input, NULL, cases[i].type, cases[i].scalar);
}

static const char *const encrypted[] = {
    enc_128_sha1_pem, enc_128_sha256_pem, enc_128_sha384_pem, enc_128_sha512_pem,
    enc_192_sha1_pem, enc_192_sha256_pem, enc_192_sha384_pem, enc_192_sha512_pem,
    enc_256_sha1_pem, enc_256_sha256_pem, enc_256_sha384_pem, enc_256_sha512_pem,
};

static void test_encrypted(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof encrypted / sizeof encrypted[0]; i++) {
        hfi_view input = hfi_view_of_text(encrypted[i]);
        refused(input, NULL, HFI_E_PRIVATE_KEY_ENCRYPTED);
        refused(input, "", HFI_E_PRIVATE_KEY_PASSWORD);
        refused(input, "correct horsf", HFI_E_PRIVATE_KEY_PASSWORD);
        holds_scalar(input, "correct horse", HFI_KEY_EC_P256, NUMBER(p256_d));
    }
    holds_scalar(NUMBER(enc_der), "correct horse", HFI_KEY_EC_P256, NUMBER(p256_d));
    /* A password that is not needed does no harm. */
    holds_scalar(hfi_view_of_text(p256_pkcs8_pem), "x", HFI_KEY_EC_P256, NUMBER(p256_d));
}

/* Of 600 wrong passwords some leave a right padding; they are told by what is inside. */
static void test_many_wrong_passwords(void **state)
{
    (void)state;
    char password[16];

    for (int i = 0; i < 600; i++) {
        (void)snprintf(password, sizeof password, "guess %d", i);
        refused_text(enc_128_sha256_pem, password, HFI_E_PRIVATE_KEY_PASSWORD);
    }
}

static void test_unsupported(void **state)
{
    (void)state;
    const char *right = "correct horse";

    refused_text(enc_many_pem, right, HFI_E_PRIVATE_KEY_ITERATIONS);
    refused_text(enc_des3_pem, right, HFI_E_PRIVATE_KEY_ENCRYPTION);
    refused_text(enc_scrypt_pem, right, HFI_E_PRIVATE_KEY_ENCRYPTION);
    refused_text(enc_pbes1_pem, right, HFI_E_PRIVATE_KEY_ENCRYPTION);
    refused_text(rsa_old_cipher_pem, right, HFI_E_PRIVATE_KEY_ENCRYPTION);
    refused_text(k256_pem, NULL, HFI_E_PRIVATE_KEY_UNSUPPORTED);
    refused_text(k256_sec1_pem, NULL, HFI_E_PRIVATE_KEY_UNSUPPORTED);
    refused_text(x25519_pem, NULL, HFI_E_PRIVATE_KEY_UNSUPPORTED);
    refused_text(dsa_pem, NULL, HFI_E_PRIVATE_KEY_UNSUPPORTED);
    refused_text(dsa_old_pem, NULL, HFI_E_PRIVATE_KEY_UNSUPPORTED);
    refused_text(openssh_pem, NULL, HFI_E_PRIVATE_KEY_UNSUPPORTED);
}

static void test_not_a_key(void **state)
{
    (void)state;
    static uint8_t big[HFI_PRIVATE_KEY_INPUT_MAX + 1];

    refused_text("", NULL, HFI_E_NO_PRIVATE_KEY_IN_INPUT);
    refused_text("hello", NULL, HFI_E_NO_PRIVATE_KEY_IN_INPUT);
    refused_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", NULL,
                 HFI_E_NO_PRIVATE_KEY_IN_INPUT);
    refused_text("-----BEGIN PRIVATE KEY-----\nAAAA\n", NULL, HFI_E_PEM_MALFORMED);
    refused_text("-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n", NULL,
                 HFI_E_PEM_MALFORMED);
    refused_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NULL,
                 HFI_E_PRIVATE_KEY_MALFORMED);
    refused_text("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", NULL,
                 HFI_E_PRIVATE_KEY_MALFORMED);
    refused(hfi_view_of(big, sizeof big), NULL, HFI_E_INPUT_TOO_LARGE);
}

/* Every cut of each form, and of what is encrypted. */
static void test_cut(void **state)
{
    (void)state;
    const hfi_view inputs[] = {NUMBER(rsa_pkcs8_der), NUMBER(rsa_pkcs1_der),
                               NUMBER(p256_sec1_der), NUMBER(enc_der)};

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        for (size_t len = 0; len < inputs[i].len; len++) {
            uint8_t *exact = malloc(len == 0 ? 1 : len);
            hfi_private_key_parts k;
            assert_non_null(exact);
            memcpy(exact, inputs[i].p, len);
            hfi_err err = read_key(hfi_view_of(exact, len), "correct horse", &k);
            assert_true(err == HFI_E_PRIVATE_KEY_MALFORMED ||
                        err == HFI_E_NO_PRIVATE_KEY_IN_INPUT);
            assert_int_equal(heap.live, 0);
            free(exact);
        }
}

static void test_no_memory(void **state)
{
    (void)state;

    heap.fail_at = heap.calls + 1;
    refused(NUMBER(rsa_pkcs8_der), NULL, HFI_E_NO_MEMORY);
    heap.fail_at = heap.calls + 1;
    refused_text(rsa_pkcs8_pem, NULL, HFI_E_NO_MEMORY);
    heap.fail_at = 0;
}

static bool copy_through(hfi_view key, const uint8_t iv[16], const uint8_t *in,
                         size_t len, uint8_t *out)
{
    (void)key;
    (void)iv;
    memmove(out, in, len);
    return true;
}

/* RFC 8018 6.1.1: the last bytes say how many they are, 1 to 16. */
static void test_padding(void **state)
{
    (void)state;
    static const struct {
        uint8_t last[16];
        size_t len; /* of 32; 0: refused */
    } cases[] = {
        {{9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 4, 4, 4, 4}, 28},
        {{9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 1}, 31},
        {{16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16}, 16},
        {{9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 3, 4, 4, 4}, 0},
        {{15, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16}, 0},
        {{17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17}, 0},
        {{0}, 0},
    };
    hfi_crypto crypto = hfi_crypto_nettle;
    hfi_reader whole = hfi_reader_of(NUMBER(enc_der));
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    hfi_view identifier = hfi_der_read(&r, HFI_DER_SEQUENCE);

    crypto.aes_cbc_decrypt = copy_through;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t data[32] = {0};
        hfi_span span = {data, sizeof data};
        size_t len = 99;
        memcpy(&data[16], cases[i].last, 16);
        assert_int_equal(
            hfi_pbes2_open(&crypto, identifier, hfi_view_of_text("x"), span, &len),
            cases[i].len == 0 ? HFI_E_PRIVATE_KEY_PASSWORD : HFI_OK);
        assert_int_equal(len, cases[i].len);
    }
}

/* RFC 6070 2: PBKDF2 with HMAC-SHA-1. */
static void test_pbkdf2(void **state)
{
    (void)state;
    static const struct {
        const char *password, *salt;
        uint32_t iterations;
        uint8_t want[25];
        size_t len;
    } cases[] = {
        {"password",
         "salt",
         1,
         {0x0c, 0x60, 0xc8, 0x0f, 0x96, 0x1f, 0x0e, 0x71, 0xf3, 0xa9,
          0xb5, 0x24, 0xaf, 0x60, 0x12, 0x06, 0x2f, 0xe0, 0x37, 0xa6},
         20},
        {"password",
         "salt",
         4096,
         {0x4b, 0x00, 0x79, 0x01, 0xb7, 0x65, 0x48, 0x9a, 0xbe, 0xad,
          0x49, 0xd9, 0x26, 0xf7, 0x21, 0xd0, 0x65, 0xa4, 0x29, 0xc1},
         20},
        {"passwordPASSWORDpassword",
         "saltSALTsaltSALTsaltSALTsaltSALTsalt",
         4096,
         {0x3d, 0x2e, 0xec, 0x4f, 0xe4, 0x1c, 0x84, 0x9b, 0x80, 0xc8, 0xd8, 0x36, 0x62,
          0xc0, 0xe4, 0x4a, 0x8b, 0x29, 0x1a, 0x96, 0x4c, 0xf2, 0xf0, 0x70, 0x38},
         25},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t out[25];
        hfi_pbkdf2(hfi_crypto_nettle.sha1, hfi_view_of_text(cases[i].password),
                   hfi_view_of_text(cases[i].salt), cases[i].iterations, out,
                   cases[i].len);
        assert_memory_equal(out, cases[i].want, cases[i].len);
    }
}

/* From a file to a signature that its public half verifies. */
static void test_load(void **state)
{
    (void)state;
    const hfi_crypto *crypto = &hfi_crypto_nettle;
    const struct {
        const char *pem;
        hfi_signature algorithm;
    } cases[] = {
        {rsa_pkcs1_pem, HFI_RSA_PSS_SHA256},
        {rsa_pss_pem, HFI_RSA_PSS_SHA384},
        {p256_sec1_pem, HFI_ECDSA_SHA256},
        {p384_pkcs8_pem, HFI_ECDSA_SHA384},
        {p521_pkcs8_pem, HFI_ECDSA_SHA512},
        {ed25519_pem, HFI_ED25519},
        {ed448_pem, HFI_ED448},
        {enc_256_sha256_pem, HFI_ECDSA_SHA256},
    };
    hfi_alloc alloc = counting_alloc(&heap);
    hfi_view password = hfi_view_of_text("correct horse");
    hfi_view message = hfi_view_of_text("abc");
    hfi_private_key *key;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t room[HFI_SIGNATURE_MAX];
        hfi_span out = {room, sizeof room};
        size_t len;
        assert_int_equal(hfi_private_key_load(crypto, &alloc,
                                              hfi_view_of_text(cases[i].pem), &password,
                                              &key),
                         HFI_OK);
        hfi_public_key half = crypto->private_key_public(key);
        assert_int_equal(
            crypto->sign(cases[i].algorithm, key, &hfi_random_system, message, out, &len),
            HFI_OK);
        assert_true(
            crypto->verify(cases[i].algorithm, &half, message, hfi_view_of(room, len)));
        crypto->private_key_free(key);
        assert_int_equal(heap.live, 0);
    }
    assert_int_equal(
        hfi_private_key_load(crypto, &alloc, hfi_view_of_text("none"), NULL, &key),
        HFI_E_NO_PRIVATE_KEY_IN_INPUT);
    assert_null(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rsa),         cmocka_unit_test(test_curves),
        cmocka_unit_test(test_encrypted),   cmocka_unit_test(test_many_wrong_passwords),
        cmocka_unit_test(test_unsupported), cmocka_unit_test(test_not_a_key),
        cmocka_unit_test(test_cut),         cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_padding),     cmocka_unit_test(test_pbkdf2),
        cmocka_unit_test(test_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
