/* crypto/nettle/provider.c: the table of primitives, filled from nettle. */
#include "crypto/nettle/compat.h"
#include "crypto/nettle/primitives.h"
#include "crypto/nettle/private_key.h"

const hfi_crypto hfi_crypto_nettle = {
    .name = HFI_NETTLE_NAME,
    .sha256 = &hfi_nettle_sha256,
    .sha384 = &hfi_nettle_sha384,
    .sha512 = &hfi_nettle_sha512,
    .aes_128_gcm = &hfi_nettle_aes_128_gcm,
    .aes_256_gcm = &hfi_nettle_aes_256_gcm,
    .chacha20_poly1305 = &hfi_nettle_chacha20_poly1305,
    .x25519 = &hfi_nettle_x25519,
    .p256 = &hfi_nettle_p256,
    .p384 = &hfi_nettle_p384,
    .aes_128_ccm = &hfi_nettle_aes_128_ccm,
    .aes_256_ccm = &hfi_nettle_aes_256_ccm,
    .p521 = &hfi_nettle_p521,
    .x448 = &hfi_nettle_x448,
    .x25519_mlkem768 = &hfi_hybrid_x25519_mlkem768,
    .p256_mlkem768 = &hfi_hybrid_p256_mlkem768,
    .aes_128_cbc = &hfi_nettle_aes_128_cbc,
    .aes_256_cbc = &hfi_nettle_aes_256_cbc,
    .private_key_new = hfi_nettle_private_key_new,
    .private_key_free = hfi_nettle_private_key_free,
    .private_key_public = hfi_nettle_private_key_public,
    .private_key_seed = hfi_nettle_private_key_seed,
    .private_key_matches = hfi_nettle_private_key_matches,
    .sign = hfi_nettle_sign,
    .verify = hfi_nettle_verify,
    .base64_decode = hfi_nettle_base64_decode,
    .base64_decode_secret = hfi_nettle_base64_decode_secret,
    .sha1 = &hfi_nettle_sha1,
    .aes_cbc_decrypt = hfi_nettle_aes_cbc_decrypt,
};
