/* tests/unit/crypto/test_signature.c: the shapes of keys and signatures that must be
 * refused, around one right signature of each kind: ECDSA from RFC 6979 A.2.5, Ed25519
 * from RFC 8032 7.1, RSA made with OpenSSL.  The wider net is tests/vectors/wycheproof.
 */
#include "hex.h"

#include <stdio.h>

#include "rsa_vectors.h"

#define EC_POINT                                                       \
    "04"                                                               \
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" \
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define EC_R "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
#define EC_S "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
#define EC_ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define EC_SIGNATURE "3046022100" EC_R "022100" EC_S

#define ED_KEY "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define ED_R "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
#define ED_S "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
/* the same modulo the group's order, plus the order */
#define ED_S_PLUS_ORDER "4c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b"

static bool verify(hfi_signature algorithm, const hfi_public_key *key,
                   const char *message, const char *signature)
{
    hfi_span sig = hex(signature);
    bool ok = tested.verify(algorithm, key, hfi_view_of_text(message),
                            hfi_view_of(sig.p, sig.len));
    hex_free(sig);
    return ok;
}

/* ---- ECDSA ---- */

static bool verify_ec(hfi_key_type type, const char *point, hfi_signature algorithm,
                      const char *signature)
{
    hfi_span bytes = hex(point);
    hfi_public_key key = {.type = type, .point = hfi_view_of(bytes.p, bytes.len)};
    bool ok = verify(algorithm, &key, "sample", signature);
    hex_free(bytes);
    return ok;
}

static void expect_der_refused(const char *signature)
{
    assert_false(verify_ec(HFI_KEY_EC_P256, EC_POINT, HFI_ECDSA_SHA256, signature));
}

/* RFC 3279 2.2.3 in DER, X.690 8.3.2, 10.1: one encoding, all of its bytes. */
static void test_ecdsa_der(void **state)
{
    (void)state;
    expect_der_refused("");
    expect_der_refused("30");
    expect_der_refused("3000");
    expect_der_refused("3046022100" EC_R "022100" EC_S "00"); /* behind */
    expect_der_refused("3047022100" EC_R "022100" EC_S "00"); /* inside */
    expect_der_refused("3047022100" EC_R "022100" EC_S);      /* too short */
    expect_der_refused("3045022100" EC_R "022100" EC_S);
    expect_der_refused("308146022100" EC_R "022100" EC_S); /* long length */
    expect_der_refused("30820046022100" EC_R "022100" EC_S);
    expect_der_refused("3080022100" EC_R "022100" EC_S "0000"); /* indefinite */
    expect_der_refused("304702812100" EC_R "022100" EC_S);
    expect_der_refused("30470222"
                       "0000" EC_R "022100" EC_S); /* not minimal */
    expect_der_refused("3047022100" EC_R "02220000" EC_S);
    expect_der_refused("30450220" EC_R "022100" EC_S); /* negative */
    expect_der_refused("3045022100" EC_R "0220" EC_S);
    expect_der_refused("3146022100" EC_R "022100" EC_S); /* SET */
    expect_der_refused("3046032100" EC_R "022100" EC_S); /* BIT STRING */
    expect_der_refused("3023022100" EC_R);               /* one number */
    expect_der_refused("3025"
                       "0200"
                       "022100" EC_S); /* empty number */
    expect_der_refused("3048022100" EC_R "022100" EC_S "0500");
    expect_der_refused(EC_R EC_S); /* bare */
}

/* FIPS 186-4 6.4.2: 0 < r, s < n. */
static void test_ecdsa_range(void **state)
{
    (void)state;
    expect_der_refused("3006020100020100");
    expect_der_refused("3006020101020101");
    expect_der_refused("3026020100"
                       "022100" EC_S);
    expect_der_refused("3026022100" EC_R "020100");
    expect_der_refused("3046022100" EC_ORDER "022100" EC_S);
    expect_der_refused("3046022100" EC_R "022100" EC_ORDER);
    /* a number longer than any on the curve: 2^256 + r */
    expect_der_refused("3046022101" EC_R "022100" EC_S);
}

static void test_ecdsa_key(void **state)
{
    const char *compressed =
        "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60"
        "f29fb6";
    (void)state;
    assert_false(verify_ec(HFI_KEY_EC_P256, "", HFI_ECDSA_SHA256, EC_SIGNATURE));
    assert_false(verify_ec(HFI_KEY_EC_P256, "00", HFI_ECDSA_SHA256, EC_SIGNATURE));
    assert_false(verify_ec(HFI_KEY_EC_P256, compressed, HFI_ECDSA_SHA256, EC_SIGNATURE));
    assert_false(
        verify_ec(HFI_KEY_EC_P256, EC_POINT "00", HFI_ECDSA_SHA256, EC_SIGNATURE));
    assert_false(verify_ec(HFI_KEY_EC_P256, "04" EC_R EC_S, HFI_ECDSA_SHA256,
                           EC_SIGNATURE)); /* off the curve */
    assert_false(verify_ec(HFI_KEY_EC_P384, EC_POINT, HFI_ECDSA_SHA256, EC_SIGNATURE));
    assert_false(verify_ec(HFI_KEY_EC_P521, EC_POINT, HFI_ECDSA_SHA256, EC_SIGNATURE));
}

static void test_ecdsa(void **state)
{
    hfi_span bytes = hex(EC_POINT);
    hfi_span signature = hex(EC_SIGNATURE);
    hfi_view sig = hfi_view_of(signature.p, signature.len);
    hfi_public_key key = {.type = HFI_KEY_EC_P256,
                          .point = hfi_view_of(bytes.p, bytes.len)};

    (void)state;
    assert_true(verify(HFI_ECDSA_SHA256, &key, "sample", EC_SIGNATURE));
    assert_false(verify(HFI_ECDSA_SHA256, &key, "sampl", EC_SIGNATURE));
    assert_false(verify(HFI_ECDSA_SHA256, &key, "", EC_SIGNATURE));
    assert_false(verify(HFI_ECDSA_SHA384, &key, "sample", EC_SIGNATURE));
    for (size_t bit = 0; bit < 8 * signature.len; bit++) {
        signature.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(
            tested.verify(HFI_ECDSA_SHA256, &key, hfi_view_of_text("sample"), sig));
        signature.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    hex_free(signature);
    hex_free(bytes);
}

/* ---- Ed25519 ---- */

static void test_ed25519(void **state)
{
    hfi_span bytes = hex(ED_KEY);
    hfi_public_key key = {.type = HFI_KEY_ED25519,
                          .point = hfi_view_of(bytes.p, bytes.len)};
    hfi_public_key cut = {.type = HFI_KEY_ED25519,
                          .point = hfi_view_of(bytes.p, bytes.len - 1)};

    (void)state;
    assert_false(verify(HFI_ED25519, &key, "", ""));
    assert_false(verify(HFI_ED25519, &key, "", ED_R));
    assert_false(verify(HFI_ED25519, &key, "", ED_R ED_S "00"));
    assert_false(verify(HFI_ED25519, &key, "x", ED_R ED_S));
    assert_false(verify(HFI_ED25519, &key, "", ED_S ED_R));
    assert_false(verify(HFI_ED25519, &key, "", ED_R ED_S_PLUS_ORDER)); /* malleable */
    assert_false(verify(HFI_ED25519, &cut, "", ED_R ED_S));
    assert_true(verify(HFI_ED25519, &key, "", ED_R ED_S));
    hex_free(bytes);
}

/* ---- RSA ---- */

static bool verify_rsa(hfi_key_type type, const char *modulus, const char *exponent,
                       hfi_signature algorithm, const char *signature)
{
    hfi_span n = hex(modulus);
    hfi_span e = hex(exponent);
    hfi_public_key key = {.type = type,
                          .modulus = hfi_view_of(n.p, n.len),
                          .exponent = hfi_view_of(e.p, e.len)};
    bool ok = verify(algorithm, &key, RSA_MESSAGE, signature);
    hex_free(n);
    hex_free(e);
    return ok;
}

static bool verify_2048(hfi_key_type type, hfi_signature algorithm, const char *signature)
{
    return verify_rsa(type, RSA_2048_MODULUS, "010001", algorithm, signature);
}

/* 1024 to 8192 bits; the signature under the smaller key is right by itself. */
static void test_rsa_bounds(void **state)
{
    enum { LONG = 2 * (1024 + 1) };
    static char too_long[LONG + 1];

    (void)state;
    assert_true(verify_rsa(HFI_KEY_RSA, RSA_1024_MODULUS, "010001", HFI_RSA_PKCS1_SHA256,
                           RSA_1024_PKCS1_SHA256));
    assert_false(verify_rsa(HFI_KEY_RSA, RSA_1016_MODULUS, "010001", HFI_RSA_PKCS1_SHA256,
                            RSA_1016_PKCS1_SHA256));
    memset(too_long, 'f', LONG);
    assert_false(
        verify_rsa(HFI_KEY_RSA, too_long, "010001", HFI_RSA_PKCS1_SHA256, too_long));
    assert_false(
        verify_rsa(HFI_KEY_RSA, too_long, "010001", HFI_RSA_PSS_SHA256, too_long));
    /* 8192 bits are within: refused only because this is no signature */
    assert_false(verify_rsa(HFI_KEY_RSA, &too_long[2], "010001", HFI_RSA_PSS_SHA256,
                            &too_long[2]));
}

static void expect_rsa_key_refused(const char *modulus, const char *exponent)
{
    assert_false(verify_rsa(HFI_KEY_RSA, modulus, exponent, HFI_RSA_PKCS1_SHA256,
                            RSA_2048_PKCS1_SHA256));
}

static void test_rsa_keys(void **state)
{
    char even[] = RSA_2048_MODULUS;

    (void)state;
    even[sizeof even - 2] = '0';
    expect_rsa_key_refused("", "010001");
    expect_rsa_key_refused(even, "010001");
    expect_rsa_key_refused("00" RSA_2048_MODULUS, "010001");
    expect_rsa_key_refused(RSA_2048_MODULUS, "");
    expect_rsa_key_refused(RSA_2048_MODULUS, "00");
    expect_rsa_key_refused(RSA_2048_MODULUS, "01");
    expect_rsa_key_refused(RSA_2048_MODULUS, "010000");
    expect_rsa_key_refused(RSA_2048_MODULUS, "00010001");
    expect_rsa_key_refused(RSA_2048_MODULUS, "010000000000000001");
    expect_rsa_key_refused(RSA_2048_MODULUS, "03");
}

static void test_rsa_signature_length(void **state)
{
    (void)state;
    assert_false(verify_2048(HFI_KEY_RSA, HFI_RSA_PKCS1_SHA256, ""));
    assert_false(
        verify_2048(HFI_KEY_RSA, HFI_RSA_PKCS1_SHA256, RSA_2048_PKCS1_SHA256 "00"));
    assert_false(
        verify_2048(HFI_KEY_RSA, HFI_RSA_PKCS1_SHA256, "00" RSA_2048_PKCS1_SHA256));
    assert_false(verify_2048(HFI_KEY_RSA, HFI_RSA_PSS_SHA256, "00" RSA_2048_PSS_SHA256));
    assert_false(verify_2048(HFI_KEY_RSA, HFI_RSA_PKCS1_SHA256, RSA_1024_PKCS1_SHA256));
    /* not below the modulus */
    assert_false(verify_2048(HFI_KEY_RSA, HFI_RSA_PKCS1_SHA256, RSA_2048_MODULUS));
}

typedef struct rsa_row {
    hfi_signature algorithm;
    const char *signature;
} rsa_row;

static const rsa_row rsa_rows[] = {
    {HFI_RSA_PKCS1_SHA256, RSA_2048_PKCS1_SHA256},
    {HFI_RSA_PKCS1_SHA384, RSA_2048_PKCS1_SHA384},
    {HFI_RSA_PKCS1_SHA512, RSA_2048_PKCS1_SHA512},
    {HFI_RSA_PSS_SHA256, RSA_2048_PSS_SHA256},
    {HFI_RSA_PSS_SHA384, RSA_2048_PSS_SHA384},
    {HFI_RSA_PSS_SHA512, RSA_2048_PSS_SHA512},
};
enum { RSA_ROWS = sizeof rsa_rows / sizeof rsa_rows[0] };

/* Each signature is right for its own algorithm and for no other. */
static void test_rsa(void **state)
{
    (void)state;
    for (size_t i = 0; i < RSA_ROWS; i++) {
        for (size_t k = 0; k < RSA_ROWS; k++) {
            hfi_signature algorithm = rsa_rows[k].algorithm;
            bool pss = algorithm >= HFI_RSA_PSS_SHA256;
            const char *signature = rsa_rows[i].signature;
            assert_int_equal(verify_2048(HFI_KEY_RSA, algorithm, signature), i == k);
            assert_int_equal(verify_2048(HFI_KEY_RSA_PSS, algorithm, signature),
                             pss && i == k);
        }
    }
    assert_false(
        verify_2048(HFI_KEY_RSA, HFI_RSA_PSS_SHA256, RSA_2048_PSS_SHA256_SALT_20));
    assert_false(verify_2048(HFI_KEY_RSA, HFI_RSA_PKCS1_SHA256, RSA_2048_PKCS1_SHA1));
}

/* ---- which key goes with which algorithm ---- */

static void test_key_and_algorithm(void **state)
{
    static const hfi_key_type types[] = {HFI_KEY_NONE,    HFI_KEY_RSA_PSS,
                                         HFI_KEY_EC_P256, HFI_KEY_EC_P384,
                                         HFI_KEY_EC_P521, HFI_KEY_ED25519};
    hfi_span point = hex(EC_POINT);
    hfi_public_key key = {.point = hfi_view_of(point.p, point.len)};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_false(verify_2048(types[i], HFI_RSA_PKCS1_SHA256, RSA_2048_PKCS1_SHA256));
    assert_false(verify_2048(HFI_KEY_RSA, HFI_SIGNATURE_NONE, RSA_2048_PKCS1_SHA256));
    assert_false(verify_2048(HFI_KEY_RSA, (hfi_signature)99, RSA_2048_PKCS1_SHA256));
    assert_false(verify_2048(HFI_KEY_RSA, HFI_ED25519, RSA_2048_PKCS1_SHA256));

    key.type = HFI_KEY_ED25519;
    assert_false(verify(HFI_ECDSA_SHA256, &key, "sample", EC_SIGNATURE));
    key.type = HFI_KEY_EC_P256;
    assert_false(verify(HFI_ED25519, &key, "", ED_R ED_S));
    assert_false(verify(HFI_RSA_PSS_SHA256, &key, "sample", EC_SIGNATURE));
    assert_true(verify(HFI_ECDSA_SHA256, &key, "sample", EC_SIGNATURE));
    hex_free(point);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ecdsa_der), cmocka_unit_test(test_ecdsa_range),
        cmocka_unit_test(test_ecdsa_key), cmocka_unit_test(test_ecdsa),
        cmocka_unit_test(test_ed25519),   cmocka_unit_test(test_rsa_bounds),
        cmocka_unit_test(test_rsa_keys),  cmocka_unit_test(test_rsa_signature_length),
        cmocka_unit_test(test_rsa),       cmocka_unit_test(test_key_and_algorithm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
