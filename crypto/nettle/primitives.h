/* crypto/nettle/primitives.h: what the files of this room offer to provider.c and
 * to each other. */
#ifndef HFI_CRYPTO_NETTLE_PRIMITIVES_H
#define HFI_CRYPTO_NETTLE_PRIMITIVES_H

#include "crypto/provider.h"

/* hash.c */
extern const hfi_hash hfi_nettle_sha256;
extern const hfi_hash hfi_nettle_sha384;
extern const hfi_hash hfi_nettle_sha512;

/* Not for signatures: see provider.h. */
extern const hfi_hash hfi_nettle_sha1;

/* aead_gcm.c */
extern const hfi_aead hfi_nettle_aes_128_gcm;
extern const hfi_aead hfi_nettle_aes_256_gcm;

/* aead.c */
extern const hfi_aead hfi_nettle_chacha20_poly1305;

/* aead_ccm.c */
extern const hfi_aead hfi_nettle_aes_128_ccm;
extern const hfi_aead hfi_nettle_aes_256_ccm;

/* group_x25519.c, group_x448.c, group_nist.c */
extern const hfi_group hfi_nettle_x25519;
extern const hfi_group hfi_nettle_x448;
extern const hfi_group hfi_nettle_p256;
extern const hfi_group hfi_nettle_p384;
extern const hfi_group hfi_nettle_p521;

/* group.c: encapsulate of a group that is no KEM, by its generate and derive. */
hfi_err hfi_nettle_answer(const hfi_group *group, const hfi_random *random,
                          hfi_view peer_share, uint8_t *share, uint8_t *secret);

/* signature.c: chooses among those below, and hashes the message. */
bool hfi_nettle_verify(hfi_signature algorithm, const hfi_public_key *key,
                       hfi_view message, hfi_view signature);

hfi_err hfi_nettle_sign(hfi_signature algorithm, const hfi_private_key *key,
                        const hfi_random *random, hfi_view message, hfi_span out,
                        size_t *len);

/* rsa.c: hash is the one that made digest. */
bool hfi_nettle_rsa_pkcs1_verify(const hfi_public_key *key, const hfi_hash *hash,
                                 const uint8_t *digest, hfi_view signature);
bool hfi_nettle_rsa_pss_verify(const hfi_public_key *key, const hfi_hash *hash,
                               const uint8_t *digest, hfi_view signature);

/* RFC 8017 9.2: the DigestInfo of a digest; returns its length. */
enum { HFI_NETTLE_DIGEST_INFO_MAX = 19 + HFI_HASH_SIZE_MAX };
size_t hfi_nettle_rsa_digest_info(const hfi_hash *hash, const uint8_t *digest,
                                  uint8_t out[HFI_NETTLE_DIGEST_INFO_MAX]);

/* ecdsa.c: P-256, P-384 and P-521, by the key's type. */
bool hfi_nettle_ecdsa_verify(const hfi_public_key *key, const hfi_hash *hash,
                             const uint8_t *digest, hfi_view signature);

/* eddsa.c */
bool hfi_nettle_ed25519_verify(const hfi_public_key *key, hfi_view message,
                               hfi_view signature);
bool hfi_nettle_ed448_verify(const hfi_public_key *key, hfi_view message,
                             hfi_view signature);

/* cbc.c */
extern const hfi_cbc hfi_nettle_aes_128_cbc;
extern const hfi_cbc hfi_nettle_aes_256_cbc;
bool hfi_nettle_aes_cbc_decrypt(hfi_view key, const uint8_t iv[16], const uint8_t *in,
                                size_t len, uint8_t *out);

/* base64.c */
ptrdiff_t hfi_nettle_base64_decode(const uint8_t *text, size_t len, uint8_t *out);
ptrdiff_t hfi_nettle_base64_decode_secret(const uint8_t *text, size_t len, uint8_t *out);

#endif
