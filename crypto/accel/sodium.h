/* crypto/accel/sodium.h: X25519 and Ed25519 by libsodium. */
#ifndef HFI_CRYPTO_ACCEL_SODIUM_H
#define HFI_CRYPTO_ACCEL_SODIUM_H

#include "crypto/provider.h"

/* Leaves crypto alone if libsodium does not start. */
void hfi_accel_sodium_apply(hfi_crypto *crypto);

#endif
