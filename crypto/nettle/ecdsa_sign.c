/* crypto/nettle/ecdsa_sign.c: ECDSA signatures, FIPS 186-4 6.3, as the DER of RFC 3279
 * 2.2.3.
 *
 * The number of one signature, k, is drawn like a private key; a k that is known, or
 * repeats, gives the key away.  nettle's scratch is on the stack here, and wiped. */
#include <nettle/ecdsa.h>

#include "base/ct.h"
#include "crypto/nettle/curve.h"
#include "crypto/nettle/primitives.h"
#include "crypto/nettle/private_key.h"

enum {
    SCRATCH = 256, /* limbs; P-521 wants 99 */
    DER_INTEGER = 0x02,
    DER_SEQUENCE = 0x30,
    DER_LONG_1 = 0x81,
    INTEGER_MAX = 2 + 1 + HFI_NETTLE_EC_BYTES_MAX,
    SIG_VALUE_MAX = 3 + 2 * INTEGER_MAX,
};

typedef struct numbers {
    mp_limb_t r[HFI_NETTLE_EC_LIMBS];
    mp_limb_t s[HFI_NETTLE_EC_LIMBS];
} numbers;

/* Appends an INTEGER to out at *at; the number has curve->bytes bytes. */
static void put_integer(uint8_t *out, size_t *at, const uint8_t *number, size_t len)
{
    while (len > 1 && number[0] == 0) {
        number++;
        len--;
    }
    const bool sign = number[0] >= 0x80;
    out[(*at)++] = DER_INTEGER;
    out[(*at)++] = (uint8_t)(len + (sign ? 1 : 0));
    if (sign)
        out[(*at)++] = 0;
    memcpy(&out[*at], number, len);
    *at += len;
}

/* Returns the length of what it wrote. */
static size_t put_sig_value(uint8_t out[SIG_VALUE_MAX], const numbers *n, size_t bytes)
{
    uint8_t body[2 * INTEGER_MAX], number[HFI_NETTLE_EC_BYTES_MAX];
    size_t len = 0, at = 0;

    hfi_nettle_limbs_export(number, bytes, n->r);
    put_integer(body, &len, number, bytes);
    hfi_nettle_limbs_export(number, bytes, n->s);
    put_integer(body, &len, number, bytes);
    out[at++] = DER_SEQUENCE;
    if (len >= 0x80)
        out[at++] = DER_LONG_1;
    out[at++] = (uint8_t)len;
    memcpy(&out[at], body, len);
    return at + len;
}

/* One signature with a k of its own.  r or s of zero has a chance of 2^-255: only a
 * broken source brings it about. */
static hfi_err make(const hfi_nettle_curve *curve, const hfi_nettle_scalar *key,
                    const hfi_hash *hash, const uint8_t *digest, const hfi_random *random,
                    numbers *n)
{
    const mp_size_t limbs = (mp_size_t)ecc_size(curve->ecc());
    uint8_t k_bytes[HFI_NETTLE_EC_BYTES_MAX];
    mp_limb_t scratch[SCRATCH];
    hfi_nettle_scalar k;

    if (ecc_ecdsa_sign_itch(curve->ecc()) > SCRATCH)
        return HFI_E_INTERNAL; /* another nettle than the one that was seen */
    hfi_err err = hfi_nettle_scalar_draw(&k, curve, random, k_bytes);
    if (err == HFI_OK) {
        ecc_ecdsa_sign(curve->ecc(), key->limbs, k.limbs, hash->size, digest, n->r, n->s,
                       scratch);
        if (mpn_zero_p(n->r, limbs) != 0 || mpn_zero_p(n->s, limbs) != 0)
            err = HFI_E_RANDOM_FAILED;
    }
    hfi_wipe(k_bytes, sizeof k_bytes);
    hfi_wipe(scratch, sizeof scratch);
    hfi_wipe(&k, sizeof k);
    return err;
}

hfi_err hfi_nettle_ecdsa_sign(const hfi_private_key *key, const hfi_hash *hash,
                              const uint8_t *digest, const hfi_random *random,
                              hfi_span out, size_t *len)
{
    const hfi_nettle_curve *curve = hfi_nettle_curve_of(key->pub.type);
    uint8_t encoded[SIG_VALUE_MAX];
    hfi_nettle_scalar scalar;
    numbers n = {{0}, {0}};

    if (!hfi_nettle_scalar_import(&scalar, curve, key->secret))
        return HFI_E_INTERNAL; /* it was in range when the key was made */
    hfi_err err = make(curve, &scalar, hash, digest, random, &n);
    hfi_wipe(&scalar, sizeof scalar);
    if (err != HFI_OK)
        return err;
    size_t encoded_len = put_sig_value(encoded, &n, curve->bytes);
    if (out.len < encoded_len)
        return HFI_E_BUFFER_TOO_SMALL;
    memcpy(out.p, encoded, encoded_len);
    *len = encoded_len;
    return HFI_OK;
}
