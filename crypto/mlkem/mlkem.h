/* crypto/mlkem/mlkem.h: ML-KEM, FIPS 203, in constant time.
 *
 * Nothing allocates; a call takes at most 21 kB of stack, and wipes what was secret in
 * it.  Randomness is the caller's. */
#ifndef HFI_CRYPTO_MLKEM_MLKEM_H
#define HFI_CRYPTO_MLKEM_MLKEM_H

#include "base/types.h"

enum {
    HFI_MLKEM_SEED = 64,   /* d and z, algorithm 19 */
    HFI_MLKEM_RANDOM = 32, /* m, algorithm 20 */
    HFI_MLKEM_SECRET = 32, /* K */

    HFI_MLKEM_768_EK = 1184, /* encapsulation key */
    HFI_MLKEM_768_DK = 2400, /* decapsulation key, expanded */
    HFI_MLKEM_768_CT = 1088, /* ciphertext */

    HFI_MLKEM_EK_MAX = 1568, /* ML-KEM-1024 */
    HFI_MLKEM_DK_MAX = 3168,
    HFI_MLKEM_CT_MAX = 1568,
};

/* A parameter set, FIPS 203 8. */
typedef struct hfi_mlkem {
    const char *name;
    unsigned k, eta1, du, dv;
    size_t ek_len, dk_len, ct_len;
} hfi_mlkem;

extern const hfi_mlkem hfi_mlkem_512;
extern const hfi_mlkem hfi_mlkem_768;
extern const hfi_mlkem hfi_mlkem_1024;

/* ML-KEM.KeyGen_internal, algorithm 16, from a seed that is random and secret.  Writes
 * ek_len bytes, and dk_len bytes if dk is not NULL: the seed holds all of it. */
void hfi_mlkem_keygen(const hfi_mlkem *set, const uint8_t seed[HFI_MLKEM_SEED],
                      uint8_t *ek, uint8_t *dk);

/* ML-KEM.Encaps_internal, algorithm 17, after the checks of 7.2; random is drawn for
 * this one call.  Writes ct_len and 32 bytes.  False, and nothing written: ek has a
 * wrong length or numbers that are not reduced. */
bool hfi_mlkem_encaps(const hfi_mlkem *set, hfi_view ek,
                      const uint8_t random[HFI_MLKEM_RANDOM], uint8_t *ct,
                      uint8_t secret[HFI_MLKEM_SECRET]);

/* ML-KEM.Decaps_internal, algorithm 18, after the checks of 7.3.  False, and nothing
 * written: a wrong length, or a dk that does not hold the hash of its own ek.  A
 * ciphertext that was not made for this key gives a secret that nobody knows. */
bool hfi_mlkem_decaps(const hfi_mlkem *set, hfi_view dk, hfi_view ct,
                      uint8_t secret[HFI_MLKEM_SECRET]);
/* The same with the key's seed.  False: ct has a wrong length. */
bool hfi_mlkem_decaps_seed(const hfi_mlkem *set, const uint8_t seed[HFI_MLKEM_SEED],
                           hfi_view ct, uint8_t secret[HFI_MLKEM_SECRET]);

#endif
