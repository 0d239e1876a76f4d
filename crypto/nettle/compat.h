/* crypto/nettle/compat.h: what changed between nettle 3.6 and 4.0.
 *
 * nettle 4.0 dropped the length argument of every digest function; here the one
 * length that both know is asked for, the full one.  No other file may look at
 * nettle's version. */
#ifndef HFI_CRYPTO_NETTLE_COMPAT_H
#define HFI_CRYPTO_NETTLE_COMPAT_H

#include <nettle/version.h>

#if NETTLE_VERSION_MAJOR >= 4
#define HFI_NETTLE_DIGEST(function, ctx, size, out) function((ctx), (out))
#define HFI_NETTLE_GCM_DIGEST(ctx, key, cipher, f, size, out) \
    gcm_digest((ctx), (key), (cipher), (f), (out))
#else
#define HFI_NETTLE_DIGEST(function, ctx, size, out) function((ctx), (size), (out))
#define HFI_NETTLE_GCM_DIGEST(ctx, key, cipher, f, size, out) \
    gcm_digest((ctx), (key), (cipher), (f), (size), (out))
#endif

#define HFI_NETTLE_QUOTE_(x) #x
#define HFI_NETTLE_QUOTE(x) HFI_NETTLE_QUOTE_(x)

/* "nettle 3.8": what the provider was compiled against. */
#define HFI_NETTLE_NAME                                                    \
    "nettle " HFI_NETTLE_QUOTE(NETTLE_VERSION_MAJOR) "." HFI_NETTLE_QUOTE( \
        NETTLE_VERSION_MINOR)

#endif
