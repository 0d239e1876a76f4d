/* bench/primitives.c: what nettle's primitives alone take of a handshake: the floor under
 * an engine that is built on them.  A client makes a share and a shared secret and,
 * unless it resumes, verifies three signatures; where it has seen the chain, one. */
#include <nettle/curve25519.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/eddsa.h>
#include <nettle/knuth-lfib.h>
#include <nettle/rsa.h>
#include <nettle/sha2.h>
#include <string.h>

#include "handshake.h"
#include "stopwatch.h"

enum { REPEATS = 20, ED25519_MESSAGE = 400 };

static struct knuth_lfib_ctx random_ctx; /* no secrets here */
static struct ecc_point ec_key;
static struct dsa_signature ec_signature;
static struct rsa_public_key rsa_key;
static mpz_t rsa_pkcs1_signature, rsa_pss_signature;
static uint8_t ed25519_key[ED25519_KEY_SIZE];
static uint8_t ed25519_signature[ED25519_SIGNATURE_SIZE];
static uint8_t message[ED25519_MESSAGE];
static uint8_t digest[SHA256_DIGEST_SIZE] = {1, 2, 3};
static uint8_t scalar[CURVE25519_SIZE] = {7}, point[CURVE25519_SIZE];

static void begin_ec(void)
{
    struct ecc_scalar key;

    ecc_point_init(&ec_key, nettle_get_secp_256r1());
    ecc_scalar_init(&key, nettle_get_secp_256r1());
    dsa_signature_init(&ec_signature);
    ecdsa_generate_keypair(&ec_key, &key, &random_ctx,
                           (nettle_random_func *)knuth_lfib_random);
    ecdsa_sign(&key, &random_ctx, (nettle_random_func *)knuth_lfib_random, sizeof digest,
               digest, &ec_signature);
    ecc_scalar_clear(&key);
}

static void begin_rsa(void)
{
    struct rsa_private_key key;
    static const uint8_t salt[SHA256_DIGEST_SIZE] = {9};

    rsa_public_key_init(&rsa_key);
    rsa_private_key_init(&key);
    mpz_init(rsa_pkcs1_signature);
    mpz_init(rsa_pss_signature);
    mpz_set_ui(rsa_key.e, 65537);
    (void)rsa_generate_keypair(&rsa_key, &key, &random_ctx,
                               (nettle_random_func *)knuth_lfib_random, NULL, NULL, 2048,
                               0);
    (void)rsa_sha256_sign_digest_tr(&rsa_key, &key, &random_ctx,
                                    (nettle_random_func *)knuth_lfib_random, digest,
                                    rsa_pkcs1_signature);
    (void)rsa_pss_sha256_sign_digest_tr(&rsa_key, &key, &random_ctx,
                                        (nettle_random_func *)knuth_lfib_random,
                                        sizeof salt, salt, digest, rsa_pss_signature);
    rsa_private_key_clear(&key);
}

void bench_primitives_begin(void)
{
    static const uint8_t key[ED25519_KEY_SIZE] = {5};

    knuth_lfib_init(&random_ctx, 1);
    begin_ec();
    begin_rsa();
    ed25519_sha512_public_key(ed25519_key, key);
    ed25519_sha512_sign(ed25519_key, key, sizeof message, message, ed25519_signature);
    curve25519_mul_g(point, scalar);
}

void bench_primitives_end(void)
{
    ecc_point_clear(&ec_key);
    dsa_signature_clear(&ec_signature);
    rsa_public_key_clear(&rsa_key);
    mpz_clear(rsa_pkcs1_signature);
    mpz_clear(rsa_pss_signature);
}

static int x25519(void)
{
    uint8_t out[CURVE25519_SIZE];

    curve25519_mul_g(out, scalar);
    curve25519_mul(out, scalar, point);
    return out[0];
}

static int verify_p256(void)
{
    return ecdsa_verify(&ec_key, sizeof digest, digest, &ec_signature);
}

static int verify_pkcs1(void)
{
    return rsa_sha256_verify_digest(&rsa_key, digest, rsa_pkcs1_signature);
}

static int verify_pss(void)
{
    return rsa_pss_sha256_verify_digest(&rsa_key, sizeof digest, digest,
                                        rsa_pss_signature);
}

static int verify_ed25519(void)
{
    return ed25519_sha512_verify(ed25519_key, sizeof message, message, ed25519_signature);
}

static double each(int (*work)(void))
{
    static volatile int result;

    bench_enter();
    for (int i = 0; i < REPEATS; i++)
        result = work();
    bench_leave();
    (void)result;
    return bench_elapsed() / REPEATS;
}

void bench_primitives_round(void)
{
    double exchange = each(x25519);
    const char *who = "nettle alone";

    double p256 = each(verify_p256);
    double ed25519 = each(verify_ed25519);
    bench_sample("client 1.3 P-256", "us", who, exchange + 3 * p256);
    bench_sample("client 1.3 P-256, nettle alone", "us", who, exchange + 3 * p256);
    bench_sample("client 1.3 P-256, chain seen before", "us", who, exchange + p256);
    bench_sample("client 1.3 RSA-2048", "us", who,
                 exchange + 2 * each(verify_pkcs1) + each(verify_pss));
    bench_sample("client 1.3 Ed25519", "us", who, exchange + 3 * ed25519);
    bench_sample("client 1.3 Ed25519, nettle alone", "us", who, exchange + 3 * ed25519);
    bench_sample("client 1.3 resume", "us", who, exchange);
    bench_sample("client 1.3 resume, nettle alone", "us", who, exchange);
}
