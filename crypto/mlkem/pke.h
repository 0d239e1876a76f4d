/* crypto/mlkem/pke.h: K-PKE, the encryption inside ML-KEM, FIPS 203 5.  Not to be used
 * by itself. */
#ifndef HFI_CRYPTO_MLKEM_PKE_H
#define HFI_CRYPTO_MLKEM_PKE_H

#include "crypto/mlkem/encode.h"
#include "crypto/mlkem/mlkem.h"

enum { HFI_MLKEM_K_MAX = 4 };

/* An encryption key as numbers, transformed; public. */
typedef struct hfi_pke_key {
    hfi_poly matrix[HFI_MLKEM_K_MAX][HFI_MLKEM_K_MAX];
    hfi_poly t[HFI_MLKEM_K_MAX];
} hfi_pke_key;

/* A decryption key as numbers, transformed; whoever makes one wipes it. */
typedef struct hfi_pke_secret {
    hfi_poly s[HFI_MLKEM_K_MAX];
} hfi_pke_secret;

/* Algorithm 13 on d; writes the key's bytes too. */
void hfi_pke_keygen(const hfi_mlkem *set, const uint8_t d[32], hfi_pke_key *key,
                    hfi_pke_secret *secret, uint8_t *ek);

/* From ek_len bytes; false if a number is not reduced, FIPS 203 7.2. */
bool hfi_pke_read_key(const hfi_mlkem *set, const uint8_t *ek, hfi_pke_key *key);

/* 384 k bytes, the first part of dk, and back. */
void hfi_pke_write_secret(const hfi_mlkem *set, const hfi_pke_secret *secret,
                          uint8_t *out);
void hfi_pke_read_secret(const hfi_mlkem *set, const uint8_t *in, hfi_pke_secret *secret);

/* Algorithm 14: message under key with randomness r, ct_len bytes. */
void hfi_pke_encrypt(const hfi_mlkem *set, const hfi_pke_key *key,
                     const uint8_t message[HFI_MLKEM_MESSAGE], const uint8_t r[32],
                     uint8_t *ct);

/* Algorithm 15, ct_len bytes. */
void hfi_pke_decrypt(const hfi_mlkem *set, const hfi_pke_secret *secret,
                     const uint8_t *ct, uint8_t message[HFI_MLKEM_MESSAGE]);

#endif
