/* crypto/provider.h: the cryptographic primitives as the rest of handfast sees them.
 *
 * One const table, hfi_crypto, holds every primitive; crypto/nettle fills it.  All
 * contexts live in memory of the caller and can be copied by assignment; whoever
 * makes one that holds a secret wipes it.  Nothing here allocates for the caller. */
#ifndef HFI_CRYPTO_PROVIDER_H
#define HFI_CRYPTO_PROVIDER_H

#include <stdalign.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/types.h"

/* ---- hashes and HMAC ---- */

enum {
    HFI_HASH_SIZE_MAX = 64, /* SHA-512 */
    HFI_HASH_CTX_SIZE = 256,
    HFI_HMAC_CTX_SIZE = 768,
};

typedef struct hfi_hash_ctx {
    alignas(16) uint8_t opaque[HFI_HASH_CTX_SIZE];
} hfi_hash_ctx;

typedef struct hfi_hmac_ctx {
    alignas(16) uint8_t opaque[HFI_HMAC_CTX_SIZE];
} hfi_hmac_ctx;

typedef struct hfi_digest {
    uint8_t bytes[HFI_HASH_SIZE_MAX];
    size_t len;
} hfi_digest;

typedef struct hfi_hash {
    const char *name; /* "SHA256", as in RFC 8446 B.4 */
    size_t size;      /* of the digest, bytes */
    size_t block;     /* bytes */
    size_t ctx_used;  /* bytes of hfi_hash_ctx that hold state: a copy needs no more */
    size_t hmac_used; /* bytes of hfi_hmac_ctx that hold state: a wipe needs no more */
    const uint8_t *of_nothing; /* the digest of no bytes */

    void (*init)(hfi_hash_ctx *ctx);
    void (*update)(hfi_hash_ctx *ctx, const uint8_t *p, size_t len);
    /* Writes size bytes and leaves ctx as after init. */
    void (*finish)(hfi_hash_ctx *ctx, uint8_t *out);

    /* The key's pads are hashed once, by hmac_key; finish returns to that state, so
     * that one key serves many messages. */
    void (*hmac_key)(hfi_hmac_ctx *ctx, const uint8_t *key, size_t len);
    void (*hmac_update)(hfi_hmac_ctx *ctx, const uint8_t *p, size_t len);
    void (*hmac_finish)(hfi_hmac_ctx *ctx, uint8_t *out);
} hfi_hash;

/* ---- AEAD ---- */

enum {
    HFI_AEAD_KEY_MAX = 32,
    HFI_AEAD_NONCE = 12,
    HFI_AEAD_TAG_MAX = 16,
};

typedef struct hfi_aead {
    const char *name;
    size_t key_len;
    size_t tag_len;
    size_t ctx_size;       /* bytes that the caller provides, aligned as by malloc */
    uint64_t record_limit; /* records per key, RFC 8446 5.5; UINT64_MAX: none */

    void (*init)(void *ctx, const uint8_t *key);
    /* Writes len + tag_len bytes to out; out may equal in (in place) or not overlap. */
    void (*seal)(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                 const uint8_t *in, size_t len, uint8_t *out);
    /* len counts the tag.  Writes len - tag_len bytes; false: the tag is wrong, and
     * what out holds must not be used.  out may equal in. */
    bool (*open)(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                 const uint8_t *in, size_t len, uint8_t *out);
} hfi_aead;

/* ---- AES-CBC ---- */

enum { HFI_CBC_BLOCK = 16 };

/* AES-CBC, SP 800-38A 6.2, for records of TLS 1.2; padding and MAC are the caller's. */
typedef struct hfi_cbc {
    const char *name;
    size_t key_len;
    size_t ctx_size; /* bytes that the caller provides, aligned as by malloc */

    void (*init)(void *ctx, const uint8_t *key); /* for both directions */
    /* len is a multiple of 16; out may equal in. */
    void (*encrypt)(const void *ctx, const uint8_t iv[HFI_CBC_BLOCK], const uint8_t *in,
                    size_t len, uint8_t *out);
    void (*decrypt)(const void *ctx, const uint8_t iv[HFI_CBC_BLOCK], const uint8_t *in,
                    size_t len, uint8_t *out);
} hfi_cbc;

/* ---- random ---- */

/* Fills len bytes; false if the source failed. */
typedef struct hfi_random {
    bool (*fill)(void *ctx, uint8_t *p, size_t len);
    void *ctx;
} hfi_random;

/* The operating system's source, getrandom(2): safe across fork, keeps no state. */
extern const hfi_random hfi_random_system;

/* ---- key exchange ---- */

enum {
    HFI_GROUP_SECRET_MAX = 66,  /* bytes; P-521's coordinate */
    HFI_GROUP_PRIVATE_MAX = 96, /* a hybrid's: a scalar and a seed of ML-KEM */
    HFI_GROUP_SHARE_MAX = 1249, /* SecP256r1MLKEM768's, of the client */
    HFI_GROUP_POINT_MAX = 133,  /* P-521's share: the longest that TLS 1.2 has */
};

/* A group, or a KEM in its place (draft-ietf-tls-hybrid-design 3): the client calls
 * generate and derive, the server encapsulate. */
typedef struct hfi_group {
    const char *name; /* "x25519", as in the TLS registry */
    uint16_t id;      /* NamedGroup, RFC 8446 4.2.7 */
    size_t private_len;
    size_t share_len; /* of what generate writes, bytes */
    size_t secret_len;

    /* Draws a private key and computes its share.  HFI_E_RANDOM_FAILED. */
    hfi_err (*generate)(const hfi_random *random, uint8_t *private_key, uint8_t *share);
    /* The shared secret, RFC 8446 7.4.2.  HFI_E_KEY_SHARE_INVALID: a point off the
     * curve, an encoding that is not the uncompressed one, a wrong length, or an
     * all-zero result of X25519 or X448. */
    hfi_err (*derive)(const uint8_t *private_key, hfi_view peer_share, uint8_t *secret);

    size_t peer_share_len; /* of what encapsulate writes; share_len but for a KEM */
    /* The answer to a share of generate, and the secret that it makes.  Errors as of
     * both above; HFI_E_KEY_SHARE_INVALID also for a key of ML-KEM that is not reduced
     * (FIPS 203 7.2). */
    hfi_err (*encapsulate)(const hfi_random *random, hfi_view peer_share, uint8_t *share,
                           uint8_t *secret);

    /* A hybrid's curve: its private key stands at the start of ours, and its share within
     * ours at curve_share_at, so that one generate makes the shares of both (draft-ietf-
     * tls-hybrid-design 3.2).  curve_id 0: no hybrid. */
    uint16_t curve_id;
    size_t curve_share_at;
} hfi_group;

/* crypto/mlkem: ML-KEM-768 beside a group of hfi_crypto_nettle,
 * draft-ietf-tls-ecdhe-mlkem. */
extern const hfi_group hfi_hybrid_x25519_mlkem768;
extern const hfi_group hfi_hybrid_p256_mlkem768;

/* ---- signatures ---- */

typedef enum hfi_key_type {
    HFI_KEY_NONE = 0,
    HFI_KEY_RSA,     /* rsaEncryption */
    HFI_KEY_RSA_PSS, /* id-RSASSA-PSS */
    HFI_KEY_EC_P256,
    HFI_KEY_EC_P384,
    HFI_KEY_EC_P521,
    HFI_KEY_ED25519,
    HFI_KEY_ED448,
} hfi_key_type;

/* A public key in place: the views point into its certificate. */
typedef struct hfi_public_key {
    hfi_key_type type;
    size_t bits;       /* of the modulus, or of the curve */
    hfi_view modulus;  /* RSA: unsigned, no leading zero */
    hfi_view exponent; /* RSA */
    hfi_view point;    /* EC: 0x04 and both coordinates; Ed25519: 32 bytes; Ed448: 57 */
} hfi_public_key;

typedef enum hfi_signature {
    HFI_SIGNATURE_NONE = 0,
    HFI_RSA_PKCS1_SHA256,
    HFI_RSA_PKCS1_SHA384,
    HFI_RSA_PKCS1_SHA512,
    HFI_RSA_PSS_SHA256, /* MGF1 with the same hash, salt as long as the hash */
    HFI_RSA_PSS_SHA384,
    HFI_RSA_PSS_SHA512,
    HFI_ECDSA_SHA256, /* on the key's curve; the signature is strict DER, RFC 3279 2.2.3
                       */
    HFI_ECDSA_SHA384,
    HFI_ECDSA_SHA512,
    HFI_ED25519,
    HFI_ED448,
} hfi_signature;

/* ---- private keys ---- */

enum { HFI_SIGNATURE_MAX = 1024 }; /* bytes; RSA of 8192 bits */

/* What a file of a private key holds.  Numbers are unsigned, most significant byte
 * first, and may have leading zeros. */
typedef struct hfi_private_parts {
    hfi_key_type type;
    hfi_view modulus, exponent;  /* RSA, RFC 8017 A.1.2: n, e; d is not needed */
    hfi_view p, q, dp, dq, qinv; /* RSA: the primes, d modulo p - 1, q - 1; 1 / q */
    hfi_view scalar;             /* EC: the number; Ed25519, Ed448: the 32 or 57 bytes */
} hfi_private_parts;

/* A private key in memory of its own; may be used by several threads at once. */
typedef struct hfi_private_key hfi_private_key;

/* ---- the table ---- */

typedef struct hfi_crypto {
    const char *name; /* "nettle 3.8" */
    const hfi_hash *sha256;
    const hfi_hash *sha384;
    const hfi_hash *sha512;
    const hfi_aead *aes_128_gcm;
    const hfi_aead *aes_256_gcm;
    const hfi_aead *chacha20_poly1305;
    const hfi_group *x25519;
    const hfi_group *p256;
    const hfi_group *p384;

    /* True if the signature is right.  False for a key of another type, a malformed
     * key or signature, or sizes outside of what is supported (RSA 1024..8192 bits,
     * odd exponent of 3 or more, at most 64 bits).  Policy is the caller's. */
    bool (*verify)(hfi_signature algorithm, const hfi_public_key *key, hfi_view message,
                   hfi_view signature);

    /* RFC 4648 base64, white space allowed between groups, padding checked.  out has
     * room for len / 4 * 3 + 3 bytes; returns the bytes written, or -1. */
    ptrdiff_t (*base64_decode)(const uint8_t *text, size_t len, uint8_t *out);
    /* The same in time that does not depend on the digits. */
    ptrdiff_t (*base64_decode_secret)(const uint8_t *text, size_t len, uint8_t *out);

    /* Names issuers in OCSP (RFC 6960 4.1.1), derives keys from passwords (RFC 8018
     * 5.2), and is in the HMAC of old cipher suites.  Never for signatures. */
    const hfi_hash *sha1;
    /* AES-CBC, FIPS 197 and SP 800-38A, for files that hold private keys.  A key of 16,
     * 24 or 32 bytes, and len a multiple of 16: false otherwise.  out may equal in. */
    bool (*aes_cbc_decrypt)(hfi_view key, const uint8_t iv[16], const uint8_t *in,
                            size_t len, uint8_t *out);

    const hfi_aead *aes_128_ccm; /* with the whole tag */
    const hfi_aead *aes_256_ccm;
    const hfi_group *p521;
    const hfi_group *x448;
    const hfi_group *x25519_mlkem768;
    const hfi_group *p256_mlkem768;
    const hfi_cbc *aes_128_cbc;
    const hfi_cbc *aes_256_cbc;

    /* Makes a private key of its parts; release it with private_key_free.
     * HFI_E_PRIVATE_KEY_MALFORMED: the parts are out of range or do not belong
     * together; HFI_E_PRIVATE_KEY_UNSUPPORTED: sizes that verify would not take, or no
     * such type; HFI_E_NO_MEMORY.  alloc must outlive the key. */
    hfi_err (*private_key_new)(const hfi_alloc *alloc, const hfi_private_parts *parts,
                               hfi_private_key **out);
    /* Wipes the key; key may be NULL. */
    void (*private_key_free)(hfi_private_key *key);
    /* The public half; its views point into key. */
    hfi_public_key (*private_key_public)(const hfi_private_key *key);
    /* Ed25519: the 32 bytes that the key is made of (RFC 8032 5.1.5), within key; of
     * other keys nothing. */
    hfi_view (*private_key_seed)(const hfi_private_key *key);
    /* Whether a certificate's key is the public half.  An RSA key fits a certificate of
     * either kind, rsaEncryption or RSASSA-PSS. */
    bool (*private_key_matches)(const hfi_private_key *key, const hfi_public_key *pub);
    /* Signs message; out holds HFI_SIGNATURE_MAX bytes or as many as the key makes.
     * HFI_E_BUFFER_TOO_SMALL; HFI_E_RANDOM_FAILED; HFI_E_INTERNAL: the algorithm does
     * not fit the key, or a computation went wrong and was noticed. */
    hfi_err (*sign)(hfi_signature algorithm, const hfi_private_key *key,
                    const hfi_random *random, hfi_view message, hfi_span out,
                    size_t *len);
} hfi_crypto;

/* The provider built on nettle; always complete. */
extern const hfi_crypto hfi_crypto_nettle;
/* Of a copy of it: the same functions with smaller contexts, where the processor and the
 * nettle that is loaded need no more. */
void hfi_crypto_nettle_fit(hfi_crypto *crypto);

#endif
