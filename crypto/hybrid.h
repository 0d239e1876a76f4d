/* crypto/hybrid.h: ML-KEM-768 beside a curve, draft-ietf-tls-ecdhe-mlkem 3 and 4, with
 * whose ever curve.  crypto/mlkem has the code and the two groups on nettle's curves;
 * crypto/accel makes one more. */
#ifndef HFI_CRYPTO_HYBRID_H
#define HFI_CRYPTO_HYBRID_H

#include "crypto/provider.h"

typedef struct hfi_hybrid {
    const hfi_group *const *curve; /* may be a field of a table */
    size_t scalar, point;          /* lengths of the curve's keys; secrets have 32 */
    bool kem_first;
} hfi_hybrid;

/* As the functions of hfi_group. */
hfi_err hfi_hybrid_generate(const hfi_hybrid *h, const hfi_random *random,
                            uint8_t *private_key, uint8_t *share);
hfi_err hfi_hybrid_derive(const hfi_hybrid *h, const uint8_t *private_key,
                          hfi_view peer_share, uint8_t *secret);
hfi_err hfi_hybrid_encapsulate(const hfi_hybrid *h, const hfi_random *random,
                               hfi_view peer_share, uint8_t *share, uint8_t *secret);

#endif
