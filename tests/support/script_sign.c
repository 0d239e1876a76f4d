/* tests/support/script_sign.c: the test servers' keys, and signing with them.
 * Straight on nettle: the library itself only verifies. */
#include "script_sign.h"

#include <assert.h>
#include <nettle/dsa.h>
#include <nettle/ecc.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/eddsa.h>
#include <nettle/rsa.h>

#include "crypto/provider.h"
#include "fixtures/fixtures.h"

enum {
    ECDSA_P384_SHA384 = 0x0503,
    ECDSA_P521_SHA512 = 0x0603,
    RSA_PKCS1_SHA256 = 0x0401,
    RSA_PKCS1_SHA384 = 0x0501,
    RSA_PKCS1_SHA512 = 0x0601,
    RSA_PSS_RSAE_SHA384 = 0x0805,
    RSA_PSS_RSAE_SHA512 = 0x0806,
    RSA_PSS_PSS_SHA384 = 0x080a,
    RSA_PSS_PSS_SHA512 = 0x080b,
};

typedef struct key_row {
    const uint8_t *der;
    const size_t *der_len;
    const uint8_t *key;
    const size_t *key_len;
    uint16_t scheme;
} key_row;

#define ROW(name, scheme)                                                      \
    {                                                                          \
        fixture_##name##_der, &fixture_##name##_der_len, fixture_##name##_key, \
            &fixture_##name##_key_len, scheme                                  \
    }

static const key_row keys[SCRIPT_KEYS] = {
    [SCRIPT_ED25519] = ROW(ed25519, 0x0807),
    [SCRIPT_RSA] = ROW(rsa, 0x0804),
    [SCRIPT_RSA_PSS] = ROW(rsa_pss, 0x0809),
    [SCRIPT_P256] = ROW(p256, 0x0403),
    [SCRIPT_P384] = ROW(p384, 0x0503),
    [SCRIPT_P521] = ROW(p521, 0x0603),
    [SCRIPT_EXPIRED] = ROW(expired, 0x0807),
    [SCRIPT_FUTURE] = ROW(future, 0x0807),
    [SCRIPT_OTHER_NAME] = ROW(other_name, 0x0807),
    [SCRIPT_NO_SIGNING] = ROW(no_signing, 0x0807),
    [SCRIPT_UNKNOWN_CA] = ROW(unknown_ca, 0x0807),
};

hfi_view script_certificate(script_key key)
{
    return hfi_view_of(keys[key].der, *keys[key].der_len);
}

hfi_view script_ca(void)
{
    return hfi_view_of(fixture_ca_der, fixture_ca_der_len);
}

uint16_t script_key_scheme(script_key key)
{
    return keys[key].scheme;
}

/* Not random at all: tests want the same signature each time. */
static void fill(void *ctx, size_t len, uint8_t *p)
{
    uint8_t *state = ctx;

    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)((*state)++ * 7 + 1);
}

static const hfi_hash *hash_of(uint16_t scheme)
{
    switch (scheme) {
    case ECDSA_P384_SHA384:
    case RSA_PKCS1_SHA384:
    case RSA_PSS_RSAE_SHA384:
    case RSA_PSS_PSS_SHA384:
        return hfi_crypto_nettle.sha384;
    case ECDSA_P521_SHA512:
    case RSA_PKCS1_SHA512:
    case RSA_PSS_RSAE_SHA512:
    case RSA_PSS_PSS_SHA512:
        return hfi_crypto_nettle.sha512;
    default:
        return hfi_crypto_nettle.sha256;
    }
}

static bool is_pkcs1(uint16_t scheme)
{
    return scheme == RSA_PKCS1_SHA256 || scheme == RSA_PKCS1_SHA384 ||
           scheme == RSA_PKCS1_SHA512;
}

static size_t hash(uint16_t scheme, hfi_view message, uint8_t *digest)
{
    const hfi_hash *h = hash_of(scheme);
    hfi_hash_ctx ctx;

    h->init(&ctx);
    h->update(&ctx, message.p, message.len);
    h->finish(&ctx, digest);
    return h->size;
}

static int sign_pkcs1(const struct rsa_public_key *pub,
                      const struct rsa_private_key *priv, uint8_t *state,
                      const uint8_t *digest, size_t len, mpz_t s)
{
    if (len == 32)
        return rsa_sha256_sign_digest_tr(pub, priv, state, fill, digest, s);
    return len == 64 ? rsa_sha512_sign_digest_tr(pub, priv, state, fill, digest, s) : 0;
}

static void sign_rsa(const key_row *key, bool pkcs1, const uint8_t *digest,
                     size_t digest_len, script_bytes *out)
{
    struct rsa_public_key pub;
    struct rsa_private_key priv;
    uint8_t salt[64], state = 1;
    uint8_t bytes[512];
    mpz_t s;
    int ok;

    rsa_public_key_init(&pub);
    rsa_private_key_init(&priv);
    mpz_init(s);
    ok = rsa_keypair_from_der(&pub, &priv, 0, *key->key_len, key->key);
    assert(ok);
    fill(&state, digest_len, salt);
    if (pkcs1)
        ok = sign_pkcs1(&pub, &priv, &state, digest, digest_len, s);
    else if (digest_len == 32)
        ok = rsa_pss_sha256_sign_digest_tr(&pub, &priv, &state, fill, digest_len, salt,
                                           digest, s);
    else if (digest_len == 48)
        ok = rsa_pss_sha384_sign_digest_tr(&pub, &priv, &state, fill, digest_len, salt,
                                           digest, s);
    else
        ok = rsa_pss_sha512_sign_digest_tr(&pub, &priv, &state, fill, digest_len, salt,
                                           digest, s);
    assert(ok);
    nettle_mpz_get_str_256(pub.size, bytes, s);
    script_append(out, bytes, pub.size);
    mpz_clear(s);
    rsa_private_key_clear(&priv);
    rsa_public_key_clear(&pub);
    (void)ok;
}

static void append_integer(script_bytes *out, const mpz_t n)
{
    uint8_t bytes[80];
    size_t len = nettle_mpz_sizeinbase_256_s(n);

    nettle_mpz_get_str_256(len, bytes, n);
    script_append_number(out, 0x02, 1);
    script_append_number(out, len, 1);
    script_append(out, bytes, len);
}

static void sign_ecdsa(const key_row *key, const struct ecc_curve *curve,
                       const uint8_t *digest, size_t digest_len, script_bytes *out)
{
    struct ecc_scalar scalar;
    struct dsa_signature sig;
    script_bytes body = {NULL, 0, 0};
    uint8_t state = 1;
    mpz_t n;

    mpz_init(n);
    nettle_mpz_set_str_256_u(n, *key->key_len, key->key);
    ecc_scalar_init(&scalar, curve);
    int ok = ecc_scalar_set(&scalar, n);
    assert(ok);
    (void)ok;
    dsa_signature_init(&sig);
    ecdsa_sign(&scalar, &state, fill, digest_len, digest, &sig);

    append_integer(&body, sig.r);
    append_integer(&body, sig.s);
    script_append_number(out, 0x30, 1);
    if (body.len > 127)
        script_append_number(out, 0x81, 1);
    script_append_number(out, body.len, 1);
    script_append_view(out, script_view(&body));

    script_free(&body);
    dsa_signature_clear(&sig);
    ecc_scalar_clear(&scalar);
    mpz_clear(n);
}

static void sign_ed25519(const key_row *key, hfi_view message, script_bytes *out)
{
    uint8_t pub[ED25519_KEY_SIZE], sig[ED25519_SIGNATURE_SIZE];

    ed25519_sha512_public_key(pub, key->key);
    ed25519_sha512_sign(pub, key->key, message.len, message.p, sig);
    script_append(out, sig, sizeof sig);
}

void script_sign(script_key key, uint16_t scheme, hfi_view message, script_bytes *out)
{
    const key_row *row = &keys[key];
    uint8_t digest[64];
    size_t len = hash(scheme, message, digest);

    switch (key) {
    case SCRIPT_RSA:
    case SCRIPT_RSA_PSS:
        sign_rsa(row, is_pkcs1(scheme), digest, len, out);
        break;
    case SCRIPT_P256:
        sign_ecdsa(row, nettle_get_secp_256r1(), digest, len, out);
        break;
    case SCRIPT_P384:
        sign_ecdsa(row, nettle_get_secp_384r1(), digest, len, out);
        break;
    case SCRIPT_P521:
        sign_ecdsa(row, nettle_get_secp_521r1(), digest, len, out);
        break;
    default:
        sign_ed25519(row, message, out);
        break;
    }
}
