/* tests/unit/crypto/test_private_key.c: private keys and what they sign: ECDSA with the
 * keys and the k of RFC 6979 A.2.5 to A.2.7, EdDSA with those of RFC 8032 7.1 and 7.4,
 * RSA by signing and verifying. */
#include "hex.h"
#include "rsa_key_vectors.h"

#include <stdlib.h>

/* ---- memory that is watched ---- */

typedef struct memory {
    unsigned left; /* allocations until none is given */
    size_t size;   /* of the one that is out */
    bool was_wiped;
} memory;

static void *watched_allocate(void *ctx, size_t size)
{
    memory *m = ctx;

    if (m->left == 0)
        return NULL;
    m->left--;
    m->size = size;
    return malloc(size);
}

static void watched_release(void *ctx, void *p)
{
    memory *m = ctx;
    const uint8_t *bytes = p;

    m->was_wiped = true;
    for (size_t i = 0; i < m->size; i++)
        m->was_wiped = m->was_wiped && bytes[i] == 0;
    free(p);
}

static hfi_alloc watched(memory *m)
{
    hfi_alloc alloc = {watched_allocate, watched_release, m};
    return alloc;
}

/* ---- random sources ---- */

/* Numbers that look drawn; the same ones each time. */
static bool counter_fill(void *ctx, uint8_t *p, size_t len)
{
    uint32_t *state = ctx;

    for (size_t i = 0; i < len; i++) {
        *state = *state * 1664525 + 1013904223;
        p[i] = (uint8_t)(*state >> 24);
    }
    return true;
}

static bool zero_fill(void *ctx, uint8_t *p, size_t len)
{
    (void)ctx;
    memset(p, 0, len);
    return true;
}

/* ---- keys ---- */

enum { PARTS = 8 };
typedef struct key_text {
    hfi_key_type type;
    const char *parts[PARTS]; /* n, e, p, q, dp, dq, qinv, scalar */
} key_text;

#define KEY(bits)                                                                  \
    {                                                                              \
        KEY_##bits##_N, "010001", KEY_##bits##_P, KEY_##bits##_Q, KEY_##bits##_DP, \
            KEY_##bits##_DQ, KEY_##bits##_QINV, ""                                 \
    }
#define SCALAR(text)                     \
    {                                    \
        "", "", "", "", "", "", "", text \
    }

#define P256_SCALAR "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define P384_SCALAR                                                    \
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8" \
    "96d5724e4c70a825f872c9ea60d2edf5"
#define P521_SCALAR                                                    \
    "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75" \
    "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8" \
    "3538"
#define ED25519_SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define ED448_SEED                                                     \
    "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3" \
    "528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b"

static const key_text rsa_1024 = {HFI_KEY_RSA, KEY(1024)};
static const key_text rsa_2048 = {HFI_KEY_RSA, KEY(2048)};
static const key_text rsa_pss_2048 = {HFI_KEY_RSA_PSS, KEY(2048)};
static const key_text p256 = {HFI_KEY_EC_P256, SCALAR(P256_SCALAR)};
static const key_text p384 = {HFI_KEY_EC_P384, SCALAR(P384_SCALAR)};
static const key_text p521 = {HFI_KEY_EC_P521, SCALAR(P521_SCALAR)};
static const key_text ed25519 = {HFI_KEY_ED25519, SCALAR(ED25519_SEED)};
static const key_text ed448 = {HFI_KEY_ED448, SCALAR(ED448_SEED)};

static hfi_err make_with(const hfi_alloc *alloc, const key_text *text,
                         hfi_private_key **key)
{
    hfi_span parts[PARTS];
    hfi_view views[PARTS];

    for (size_t i = 0; i < PARTS; i++) {
        parts[i] = hex(text->parts[i]);
        views[i] = hfi_view_of(parts[i].p, parts[i].len);
    }
    const hfi_private_parts given = {
        text->type, views[0], views[1], views[2], views[3],
        views[4],   views[5], views[6], views[7],
    };
    hfi_err err = tested.private_key_new(alloc, &given, key);
    for (size_t i = 0; i < PARTS; i++)
        hex_free(parts[i]);
    return err;
}

static void expect_refused(const key_text *text, hfi_err want)
{
    memory m = {.left = 10};
    const hfi_alloc alloc = watched(&m);
    hfi_private_key *key = (hfi_private_key *)&m;

    assert_int_equal(make_with(&alloc, text, &key), want);
    assert_null(key);
    assert_true(m.size == 0 || m.was_wiped);
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

static hfi_private_key *key_of(const key_text *text)
{
    static const hfi_alloc alloc = {plain_allocate, plain_release, NULL};
    hfi_private_key *key;

    assert_int_equal(make_with(&alloc, text, &key), HFI_OK);
    return key;
}

static void key_free(hfi_private_key *key)
{
    tested.private_key_free(key);
}

/* ---- refusals ---- */

static void test_types(void **state)
{
    key_text none = rsa_2048;
    (void)state;
    none.type = HFI_KEY_NONE;
    expect_refused(&none, HFI_E_PRIVATE_KEY_UNSUPPORTED);
}

/* Every number of an RSA key: missing, even, off by a little or with a byte too many. */
static void test_rsa_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARTS - 1; i++) {
        key_text text = rsa_2048;
        char changed[600];
        const size_t len = strlen(text.parts[i]);

        text.parts[i] = "";
        hfi_private_key *key = NULL;
        memory m = {.left = 10};
        const hfi_alloc alloc = watched(&m);
        assert_int_not_equal(make_with(&alloc, &text, &key), HFI_OK);
        assert_null(key);

        text.parts[i] = changed;
        memcpy(changed, rsa_2048.parts[i], len + 1);
        changed[len - 1] = '4'; /* even; the last digit of dp, dq, qinv may be that */
        if (strcmp(changed, rsa_2048.parts[i]) != 0)
            expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
        memcpy(changed, rsa_2048.parts[i], len + 1);
        changed[len - 2] = changed[len - 2] == '1' ? '3' : '1';
        expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
    }
}

static void test_rsa_relations(void **state)
{
    key_text swapped = rsa_2048, other = rsa_2048, exponent = rsa_2048;
    (void)state;
    swapped.parts[2] = KEY_2048_Q; /* 1 / q modulo p no longer fits */
    swapped.parts[3] = KEY_2048_P;
    swapped.parts[4] = KEY_2048_DQ;
    swapped.parts[5] = KEY_2048_DP;
    expect_refused(&swapped, HFI_E_PRIVATE_KEY_MALFORMED);
    other.parts[2] = KEY_1024_P;
    expect_refused(&other, HFI_E_PRIVATE_KEY_MALFORMED);
    other.parts[2] = KEY_2048_N; /* n = n * 1 */
    other.parts[3] = "01";
    expect_refused(&other, HFI_E_PRIVATE_KEY_MALFORMED);
    exponent.parts[1] = "01";
    expect_refused(&exponent, HFI_E_PRIVATE_KEY_MALFORMED);
    exponent.parts[1] = "03";
    expect_refused(&exponent, HFI_E_PRIVATE_KEY_MALFORMED);
    exponent.parts[1] = "010000000000000001";
    expect_refused(&exponent, HFI_E_PRIVATE_KEY_UNSUPPORTED);
}

static void test_rsa_sizes(void **state)
{
    key_text text = rsa_1024;
    char modulus[2 * 1025 + 1];
    (void)state;
    text.parts[0] = &KEY_1024_N[2]; /* 1016 bits */
    expect_refused(&text, HFI_E_PRIVATE_KEY_UNSUPPORTED);
    memset(modulus, 'f', sizeof modulus - 1);
    modulus[sizeof modulus - 1] = '\0';
    text.parts[0] = modulus; /* 8200 bits */
    expect_refused(&text, HFI_E_PRIVATE_KEY_UNSUPPORTED);
}

static void test_ec_scalars(void **state)
{
    static const struct {
        hfi_key_type type;
        const char *order;
    } curves[] = {
        {HFI_KEY_EC_P256,
         "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"},
        {HFI_KEY_EC_P384,
         "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
         "581a0db248b0a77aecec196accc52973"},
        {HFI_KEY_EC_P521,
         "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
         "ffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e9138640"
         "9"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        key_text text = {curves[i].type, SCALAR("")};
        expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
        text.parts[7] = "0000";
        expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
        text.parts[7] = curves[i].order;
        expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
        text.parts[7] = P521_SCALAR "01";
        expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
    }
}

static void test_eddsa_seeds(void **state)
{
    key_text text = ed25519;
    (void)state;
    text.parts[7] = "";
    expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
    text.parts[7] = ED25519_SEED "00";
    expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
    text.parts[7] = ED448_SEED;
    expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
    text.type = HFI_KEY_ED448;
    text.parts[7] = ED25519_SEED;
    expect_refused(&text, HFI_E_PRIVATE_KEY_MALFORMED);
}

static void test_memory(void **state)
{
    const key_text *const keys[] = {&rsa_2048, &p256, &p384, &p521, &ed25519, &ed448};

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        memory m = {.left = 0};
        const hfi_alloc alloc = watched(&m);
        hfi_private_key *key = (hfi_private_key *)&m;
        assert_int_equal(make_with(&alloc, keys[i], &key), HFI_E_NO_MEMORY);
        assert_null(key);
        m.left = 1;
        assert_int_equal(make_with(&alloc, keys[i], &key), HFI_OK);
        key_free(key);
        assert_true(m.was_wiped);
    }
    key_free(NULL);
}

/* ---- signing ---- */

static hfi_err sign(hfi_signature algorithm, const hfi_private_key *key,
                    const hfi_random *random, const char *message, hfi_span out,
                    size_t *len)
{
    return tested.sign(algorithm, key, random, hfi_view_of_text(message), out, len);
}

static bool verify(hfi_signature algorithm, const hfi_private_key *key,
                   const char *message, const uint8_t *signature, size_t len)
{
    const hfi_public_key pub = tested.private_key_public(key);
    return tested.verify(algorithm, &pub, hfi_view_of_text(message),
                         hfi_view_of(signature, len));
}

typedef struct fit {
    const key_text *key;
    hfi_signature algorithms[7]; /* the ones that it makes; 0 ends */
} fit;

static const fit fits[] = {
    {&rsa_2048,
     {HFI_RSA_PKCS1_SHA256, HFI_RSA_PKCS1_SHA384, HFI_RSA_PKCS1_SHA512,
      HFI_RSA_PSS_SHA256, HFI_RSA_PSS_SHA384, HFI_RSA_PSS_SHA512}},
    {&rsa_pss_2048, {HFI_RSA_PSS_SHA256, HFI_RSA_PSS_SHA384, HFI_RSA_PSS_SHA512}},
    {&p256, {HFI_ECDSA_SHA256, HFI_ECDSA_SHA384, HFI_ECDSA_SHA512}},
    {&p384, {HFI_ECDSA_SHA256, HFI_ECDSA_SHA384, HFI_ECDSA_SHA512}},
    {&p521, {HFI_ECDSA_SHA256, HFI_ECDSA_SHA384, HFI_ECDSA_SHA512}},
    {&ed25519, {HFI_ED25519}},
    {&ed448, {HFI_ED448}},
};
enum { FITS = sizeof fits / sizeof fits[0] };

static bool is_among(const fit *f, hfi_signature algorithm)
{
    for (size_t i = 0; i < 7 && f->algorithms[i] != HFI_SIGNATURE_NONE; i++) {
        if (f->algorithms[i] == algorithm)
            return true;
    }
    return false;
}

/* Each algorithm with each key: what does not fit is refused, what fits verifies, and
 * not for another message; a byte too little of room is noticed. */
static void test_every_pair(void **state)
{
    uint32_t seed = 7;
    const hfi_random random = {counter_fill, &seed};
    uint8_t out[HFI_SIGNATURE_MAX];

    (void)state;
    for (size_t i = 0; i < FITS; i++) {
        hfi_private_key *key = key_of(fits[i].key);
        for (int a = HFI_SIGNATURE_NONE; a <= HFI_ED448 + 1; a++) {
            const hfi_signature algorithm = (hfi_signature)a;
            size_t len = 99;
            hfi_err err =
                sign(algorithm, key, &random, "text", (hfi_span){out, sizeof out}, &len);
            if (!is_among(&fits[i], algorithm)) {
                assert_int_equal(err, HFI_E_INTERNAL);
                assert_int_equal(len, 0);
                continue;
            }
            assert_int_equal(err, HFI_OK);
            assert_true(verify(algorithm, key, "text", out, len));
            assert_false(verify(algorithm, key, "test", out, len));
            err = sign(algorithm, key, &random, "text", (hfi_span){out, 60}, &len);
            assert_int_equal(err, HFI_E_BUFFER_TOO_SMALL);
            assert_int_equal(len, 0);
        }
        key_free(key);
    }
}

/* PSS with SHA-512 wants 130 bytes, RFC 8017 9.1.1. */
static void test_modulus_too_short(void **state)
{
    uint32_t seed = 7;
    const hfi_random random = {counter_fill, &seed};
    hfi_private_key *key = key_of(&rsa_1024);
    uint8_t out[128];
    size_t len;

    (void)state;
    assert_int_equal(
        sign(HFI_RSA_PSS_SHA512, key, &random, "", (hfi_span){out, 128}, &len),
        HFI_E_INTERNAL);
    assert_int_equal(
        sign(HFI_RSA_PSS_SHA384, key, &random, "", (hfi_span){out, 128}, &len), HFI_OK);
    assert_true(verify(HFI_RSA_PSS_SHA384, key, "", out, len));
    key_free(key);
}

/* A source that fails, or is stuck where it is asked again, gives no signature. */
static void test_random_failure(void **state)
{
    static const hfi_signature drawing[] = {HFI_RSA_PKCS1_SHA256, HFI_RSA_PSS_SHA256,
                                            HFI_ECDSA_SHA256};
    const hfi_random failing = {failing_fill, NULL};
    const hfi_random zeros = {zero_fill, NULL};
    uint8_t out[HFI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        hfi_private_key *key = key_of(i < 2 ? &rsa_2048 : &p256);
        assert_int_equal(
            sign(drawing[i], key, &failing, "", (hfi_span){out, sizeof out}, &len),
            HFI_E_RANDOM_FAILED);
        assert_int_equal(
            sign(drawing[i], key, &zeros, "", (hfi_span){out, sizeof out}, &len),
            HFI_E_RANDOM_FAILED);
        assert_int_equal(len, 0);
        key_free(key);
    }
}

/* p is no prime, so that the result is wrong, as after a fault of the machine: it must
 * not get out, for it would give q away. */
static void test_wrong_result(void **state)
{
    const key_text composite = {HFI_KEY_RSA,
                                {COMPOSITE_N, "010001", COMPOSITE_P, KEY_2048_Q,
                                 COMPOSITE_DP, KEY_2048_DQ, COMPOSITE_QINV, ""}};
    uint32_t seed = 7;
    const hfi_random random = {counter_fill, &seed};
    uint8_t out[256] = {0};
    static const uint8_t untouched[256];
    size_t len;

    (void)state;
    hfi_private_key *key = key_of(&composite);
    assert_int_equal(
        sign(HFI_RSA_PKCS1_SHA256, key, &random, "", (hfi_span){out, 256}, &len),
        HFI_E_INTERNAL);
    assert_int_equal(
        sign(HFI_RSA_PSS_SHA256, key, &random, "", (hfi_span){out, 256}, &len),
        HFI_E_INTERNAL);
    assert_memory_equal(out, untouched, sizeof out);
    key_free(key);
}

/* Appends the DER of RFC 3279 2.2.3 by hand: each is what its numbers give. */
static void test_ecdsa_values(void **state)
{
    static const struct {
        const key_text *key;
        hfi_signature algorithm;
        const char *k, *signature;
    } rows[] = {
        {&p256, HFI_ECDSA_SHA256,
         "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
         "3046"
         "022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
         "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
        {&p384, HFI_ECDSA_SHA384,
         "94ed910d1a099dad3254e9242ae85abde4ba15168eaf0ca87a555fd56d10fbca"
         "2907e3e83ba95368623b8c4686915cf9",
         "3066"
         "02310094edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
         "81a648152e44acf96e36dd1e80fabe46"
         "02310099ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
         "a329c145786e679e7b82c71a38628ac8"},
        {&p521, HFI_ECDSA_SHA512,
         "01dae2ea071f8110dc26882d4d5eae0621a3256fc8847fb9022e2b7d28e6f10198b15"
         "74fdd03a9053c08a1854a168aa5a57470ec97dd5ce090124ef52a2f7ecbffd3",
         "308187"
         "024200c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f17"
         "4e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa"
         "0241617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af2826"
         "23eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a"},
    };
    uint8_t out[HFI_SIGNATURE_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hfi_private_key *key = key_of(rows[i].key);
        fixed_source source = {.bytes = hex(rows[i].k)};
        const hfi_random random = {fixed_fill, &source};
        size_t len;
        assert_int_equal(sign(rows[i].algorithm, key, &random, "sample",
                              (hfi_span){out, sizeof out}, &len),
                         HFI_OK);
        expect_hex(out, len, rows[i].signature);
        hex_free(source.bytes);
        key_free(key);
    }
}

static void test_eddsa_values(void **state)
{
    uint8_t out[HFI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    hfi_private_key *key = key_of(&ed25519);
    expect_hex(tested.private_key_public(key).point.p, 32,
               "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_int_equal(sign(HFI_ED25519, key, NULL, "", (hfi_span){out, 64}, &len), HFI_OK);
    expect_hex(out, len,
               "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
               "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    key_free(key);

    key = key_of(&ed448);
    expect_hex(tested.private_key_public(key).point.p, 57,
               "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778"
               "edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180");
    assert_int_equal(sign(HFI_ED448, key, NULL, "", (hfi_span){out, 114}, &len), HFI_OK);
    expect_hex(out, len,
               "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f"
               "2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a"
               "9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4db"
               "b61149f05a7363268c71d95808ff2e652600");
    /* Its last byte belongs to s and is zero, RFC 8032 5.2.7. */
    assert_true(verify(HFI_ED448, key, "", out, len));
    for (size_t bit = 0; bit < 8 * len; bit++) {
        out[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(verify(HFI_ED448, key, "", out, len));
        out[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    key_free(key);
}

/* ---- the public half ---- */

static void test_matches(void **state)
{
    hfi_private_key *keys[FITS];

    (void)state;
    for (size_t i = 0; i < FITS; i++)
        keys[i] = key_of(fits[i].key);
    for (size_t i = 0; i < FITS; i++) {
        for (size_t k = 0; k < FITS; k++) {
            const hfi_public_key pub = tested.private_key_public(keys[k]);
            const bool both_rsa = i < 2 && k < 2; /* one key, for either certificate */
            assert_int_equal(tested.private_key_matches(keys[i], &pub),
                             i == k || both_rsa);
        }
    }
    hfi_private_key *other = key_of(&rsa_1024);
    hfi_public_key pub = tested.private_key_public(other);
    assert_false(tested.private_key_matches(keys[0], &pub));
    pub = tested.private_key_public(keys[0]);
    assert_int_equal(pub.bits, 2048);
    pub.exponent = hfi_view_of_text("\x03");
    assert_false(tested.private_key_matches(keys[0], &pub));
    key_free(other);
    for (size_t i = 0; i < FITS; i++)
        key_free(keys[i]);
}

/* Leading zeros of numbers do not count, as DER and fixed lengths write them. */
static void test_leading_zeros(void **state)
{
    const key_text padded = {HFI_KEY_RSA,
                             {"00" KEY_1024_N, "0000010001", "00" KEY_1024_P,
                              "00" KEY_1024_Q, "00" KEY_1024_DP, "00" KEY_1024_DQ,
                              "00" KEY_1024_QINV, ""}};
    const key_text scalar = {HFI_KEY_EC_P256, SCALAR("000000" P256_SCALAR)};
    const key_text one = {HFI_KEY_EC_P256, SCALAR("01")};

    (void)state;
    hfi_private_key *a = key_of(&padded), *b = key_of(&rsa_1024);
    hfi_public_key pub = tested.private_key_public(a);
    assert_true(tested.private_key_matches(b, &pub));
    key_free(a);
    key_free(b);
    a = key_of(&scalar);
    b = key_of(&p256);
    pub = tested.private_key_public(a);
    assert_true(tested.private_key_matches(b, &pub));
    key_free(a);
    key_free(b);
    a = key_of(&one); /* the generator, SEC 2 2.4.2 */
    expect_hex(tested.private_key_public(a).point.p, 65,
               "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
               "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    key_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_rsa_numbers),
        cmocka_unit_test(test_rsa_relations),
        cmocka_unit_test(test_rsa_sizes),
        cmocka_unit_test(test_ec_scalars),
        cmocka_unit_test(test_eddsa_seeds),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_every_pair),
        cmocka_unit_test(test_modulus_too_short),
        cmocka_unit_test(test_random_failure),
        cmocka_unit_test(test_wrong_result),
        cmocka_unit_test(test_ecdsa_values),
        cmocka_unit_test(test_eddsa_values),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_leading_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
