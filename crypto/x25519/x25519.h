/* crypto/x25519/x25519.h: X25519, RFC 7748 5, on 64-bit processors: nettle 3.8's takes
 * half as long again.  Elsewhere nettle's is used. */
#ifndef HFI_CRYPTO_X25519_X25519_H
#define HFI_CRYPTO_X25519_X25519_H

#include <stdint.h>

#ifdef __SIZEOF_INT128__
#define HFI_HAVE_X25519 1
#else
#define HFI_HAVE_X25519 0
#endif

enum { HFI_X25519_SIZE = 32 };

#if HFI_HAVE_X25519
/* The scalar's fixed bits are set here, and the top bit of u is not looked at.  What a
 * point of small order makes, zeros, is for the caller to refuse.  In constant time; out
 * may be u. */
void hfi_x25519(uint8_t out[HFI_X25519_SIZE], const uint8_t scalar[HFI_X25519_SIZE],
                const uint8_t u[HFI_X25519_SIZE]);
#endif

#endif
