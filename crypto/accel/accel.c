/* crypto/accel/accel.c: which entries of the provider are replaced.  Each library has a
 * file of its own, which is built where CMake finds the library. */
#include "crypto/accel/accel.h"

#include "crypto/accel/sodium.h"

void hfi_accel_apply(hfi_crypto *crypto)
{
#ifdef HF_HAVE_SODIUM
    hfi_accel_sodium_apply(crypto);
#endif
    (void)crypto;
}
