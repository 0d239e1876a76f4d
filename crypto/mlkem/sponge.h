/* crypto/mlkem/sponge.h: the hashes of FIPS 203 4.1, as one sponge.
 *
 * H is SHA3-256, G is SHA3-512, J and PRF are SHAKE256, XOF is SHAKE128 (FIPS 202 6).
 * They differ in rate and suffix only. */
#ifndef HFI_CRYPTO_MLKEM_SPONGE_H
#define HFI_CRYPTO_MLKEM_SPONGE_H

#include "crypto/keccak.h"

enum {
    HFI_SHAKE128_RATE = 168,
    HFI_SHA3_256_SIZE = 32,
    HFI_SHA3_512_SIZE = 64,
};

/* Secrets go through here: whoever makes one wipes it. */
typedef struct hfi_sponge {
    uint64_t lanes[HFI_KECCAK_LANES];
    size_t rate; /* bytes */
    size_t used; /* bytes of the rate absorbed, or squeezed */
    uint8_t suffix;
} hfi_sponge;

hfi_sponge hfi_sponge_sha3_256(void);
hfi_sponge hfi_sponge_sha3_512(void);
hfi_sponge hfi_sponge_shake128(void);
hfi_sponge hfi_sponge_shake256(void);

void hfi_sponge_absorb(hfi_sponge *sponge, hfi_view bytes);
/* Ends the input; only squeezing may follow. */
void hfi_sponge_pad(hfi_sponge *sponge);
/* The next len bytes of output. */
void hfi_sponge_squeeze(hfi_sponge *sponge, uint8_t *out, size_t len);

/* The usual whole: pads, squeezes len bytes and wipes the sponge. */
void hfi_sponge_finish(hfi_sponge *sponge, uint8_t *out, size_t len);

#endif
