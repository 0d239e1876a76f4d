/* crypto/mlkem/mlkem.c: ML-KEM, FIPS 203 6 and 7. */
#include <assert.h>

#include "crypto/mlkem/mlkem.h"
#include "base/ct.h"
#include "crypto/mlkem/pke.h"
#include "crypto/mlkem/sponge.h"

enum { HASH = HFI_SHA3_256_SIZE, Z = 32 };

static_assert((int)HFI_MLKEM_RANDOM == HFI_MLKEM_MESSAGE, "what is encrypted");

const hfi_mlkem hfi_mlkem_512 = {"ML-KEM-512", 2, 3, 10, 4, 800, 1632, 768};
const hfi_mlkem hfi_mlkem_768 = {
    "ML-KEM-768", 3, 2, 10, 4, HFI_MLKEM_768_EK, HFI_MLKEM_768_DK, HFI_MLKEM_768_CT,
};
const hfi_mlkem hfi_mlkem_1024 = {
    "ML-KEM-1024", 4, 2, 11, 5, HFI_MLKEM_EK_MAX, HFI_MLKEM_DK_MAX, HFI_MLKEM_CT_MAX,
};

/* H, 4.1. */
static void hash_key(const hfi_mlkem *set, const uint8_t *ek, uint8_t out[HASH])
{
    hfi_sponge h = hfi_sponge_sha3_256();
    hfi_sponge_absorb(&h, hfi_view_of(ek, set->ek_len));
    hfi_sponge_finish(&h, out, HASH);
}

/* The shared secret and the encryption's randomness: G(m || H(ek)). */
static void derive(const uint8_t *m, const uint8_t *hash, uint8_t out[2 * 32])
{
    hfi_sponge g = hfi_sponge_sha3_512();
    hfi_sponge_absorb(&g, hfi_view_of(m, HFI_MLKEM_MESSAGE));
    hfi_sponge_absorb(&g, hfi_view_of(hash, HASH));
    hfi_sponge_finish(&g, out, HFI_SHA3_512_SIZE);
}

/* What a ciphertext gives that was not made for this key: J(z || c). */
static void reject(const uint8_t *z, hfi_view ct, uint8_t out[HFI_MLKEM_SECRET])
{
    hfi_sponge j = hfi_sponge_shake256();
    hfi_sponge_absorb(&j, hfi_view_of(z, Z));
    hfi_sponge_absorb(&j, ct);
    hfi_sponge_finish(&j, out, HFI_MLKEM_SECRET);
}

/* out becomes other if a and b differ; whether they do stays unknown. */
static void replace_if_different(const uint8_t *a, const uint8_t *b, size_t len,
                                 uint8_t out[HFI_MLKEM_SECRET], const uint8_t *other)
{
    uint32_t difference = 0;

    for (size_t i = 0; i < len; i++)
        difference |= (uint32_t)(a[i] ^ b[i]);
    /* The compiler must not see that only two masks are possible. */
    uint32_t mask = (UINT32_C(0) - difference) >> 8;
    __asm__("" : "+r"(mask));
    for (size_t i = 0; i < HFI_MLKEM_SECRET; i++)
        out[i] = (uint8_t)(out[i] ^ (mask & (uint32_t)(out[i] ^ other[i])));
}

void hfi_mlkem_keygen(const hfi_mlkem *set, const uint8_t seed[HFI_MLKEM_SEED],
                      uint8_t *ek, uint8_t *dk)
{
    const size_t s_bytes = (size_t)HFI_MLKEM_POLY_BYTES * set->k;
    hfi_pke_key key;
    hfi_pke_secret secret;

    hfi_pke_keygen(set, seed, &key, &secret, ek);
    if (dk != NULL) {
        hfi_pke_write_secret(set, &secret, dk);
        memcpy(&dk[s_bytes], ek, set->ek_len);
        hash_key(set, ek, &dk[s_bytes + set->ek_len]);
        memcpy(&dk[s_bytes + set->ek_len + HASH], &seed[32], Z);
    }
    hfi_wipe(&secret, sizeof secret);
}

bool hfi_mlkem_encaps(const hfi_mlkem *set, hfi_view ek,
                      const uint8_t random[HFI_MLKEM_RANDOM], uint8_t *ct,
                      uint8_t secret[HFI_MLKEM_SECRET])
{
    hfi_pke_key key;
    uint8_t hash[HASH];
    uint8_t derived[2 * 32];

    if (ek.len != set->ek_len || !hfi_pke_read_key(set, ek.p, &key))
        return false;
    hash_key(set, ek.p, hash);
    derive(random, hash, derived);
    hfi_pke_encrypt(set, &key, random, &derived[32], ct);
    memcpy(secret, derived, HFI_MLKEM_SECRET);
    hfi_wipe(derived, sizeof derived);
    return true;
}

/* Algorithm 18 with the key as numbers, the hash of its bytes, and z. */
static void decaps(const hfi_mlkem *set, const hfi_pke_key *key,
                   const hfi_pke_secret *pke_secret, const uint8_t *hash,
                   const uint8_t *z, hfi_view ct, uint8_t secret[HFI_MLKEM_SECRET])
{
    uint8_t m[HFI_MLKEM_MESSAGE];
    uint8_t derived[2 * 32];
    uint8_t rejected[HFI_MLKEM_SECRET];
    uint8_t again[HFI_MLKEM_CT_MAX];

    hfi_pke_decrypt(set, pke_secret, ct.p, m);
    derive(m, hash, derived);
    reject(z, ct, rejected);
    hfi_pke_encrypt(set, key, m, &derived[32], again);
    memcpy(secret, derived, HFI_MLKEM_SECRET);
    replace_if_different(ct.p, again, ct.len, secret, rejected);
    hfi_wipe(m, sizeof m);
    hfi_wipe(derived, sizeof derived);
    hfi_wipe(rejected, sizeof rejected);
    hfi_wipe(again, sizeof again);
}

bool hfi_mlkem_decaps(const hfi_mlkem *set, hfi_view dk, hfi_view ct,
                      uint8_t secret[HFI_MLKEM_SECRET])
{
    const size_t s_bytes = (size_t)HFI_MLKEM_POLY_BYTES * set->k;
    hfi_pke_key key;
    hfi_pke_secret pke_secret;
    uint8_t hash[HASH];

    if (dk.len != set->dk_len || ct.len != set->ct_len)
        return false;
    const uint8_t *ek = &dk.p[s_bytes];
    const uint8_t *z = &dk.p[s_bytes + set->ek_len + HASH];
    hash_key(set, ek, hash);
    if (!hfi_ct_equal(hash, &dk.p[s_bytes + set->ek_len], HASH) ||
        !hfi_pke_read_key(set, ek, &key))
        return false;
    hfi_pke_read_secret(set, dk.p, &pke_secret);
    decaps(set, &key, &pke_secret, hash, z, ct, secret);
    hfi_wipe(&pke_secret, sizeof pke_secret);
    return true;
}

bool hfi_mlkem_decaps_seed(const hfi_mlkem *set, const uint8_t seed[HFI_MLKEM_SEED],
                           hfi_view ct, uint8_t secret[HFI_MLKEM_SECRET])
{
    hfi_pke_key key;
    hfi_pke_secret pke_secret;
    uint8_t ek[HFI_MLKEM_EK_MAX];
    uint8_t hash[HASH];

    if (ct.len != set->ct_len)
        return false;
    hfi_pke_keygen(set, seed, &key, &pke_secret, ek);
    hash_key(set, ek, hash);
    decaps(set, &key, &pke_secret, hash, &seed[32], ct, secret);
    hfi_wipe(&pke_secret, sizeof pke_secret);
    return true;
}
