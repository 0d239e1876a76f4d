/* crypto/accel/accel.h: other libraries' primitives in place of single ones of nettle's,
 * where they are installed and faster. */
#ifndef HFI_CRYPTO_ACCEL_ACCEL_H
#define HFI_CRYPTO_ACCEL_ACCEL_H

#include "crypto/provider.h"

/* Replaces the entries of crypto, a copy of hfi_crypto_nettle, for which this build has
 * something faster that works on this processor; none, if there is nothing. */
void hfi_accel_apply(hfi_crypto *crypto);

#endif
