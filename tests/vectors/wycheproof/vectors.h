/* tests/vectors/wycheproof/vectors.h: between the runner and the checks. */
#ifndef HF_TESTS_WYCHEPROOF_VECTORS_H
#define HF_TESTS_WYCHEPROOF_VECTORS_H

#include <jansson.h>

#include "crypto/provider.h"

/* The provider at work: nettle's, or with what crypto/accel puts in its place. */
extern hfi_crypto tested;

typedef enum outcome {
    TAKEN, /* accepted, and every output as the vector has it */
    REFUSED,
    DIFFERS,      /* accepted, with another output: never right */
    OUT_OF_SCOPE, /* not run, or run only to see that it is refused; says why */
} outcome;

/* Checks one test of a group.  Sets *why when it says OUT_OF_SCOPE. */
typedef outcome (*check)(const json_t *group, const json_t *test, const char **why);

outcome check_aes_gcm(const json_t *group, const json_t *test, const char **why);
outcome check_aes_ccm(const json_t *group, const json_t *test, const char **why);
outcome check_aes_cbc(const json_t *group, const json_t *test, const char **why);
outcome check_chacha20_poly1305(const json_t *group, const json_t *test,
                                const char **why);
outcome check_hmac_sha1(const json_t *group, const json_t *test, const char **why);
outcome check_hmac_sha256(const json_t *group, const json_t *test, const char **why);
outcome check_hmac_sha384(const json_t *group, const json_t *test, const char **why);
outcome check_hmac_sha512(const json_t *group, const json_t *test, const char **why);
outcome check_hkdf_sha256(const json_t *group, const json_t *test, const char **why);
outcome check_hkdf_sha384(const json_t *group, const json_t *test, const char **why);
outcome check_hkdf_sha512(const json_t *group, const json_t *test, const char **why);
outcome check_x25519(const json_t *group, const json_t *test, const char **why);
outcome check_x448(const json_t *group, const json_t *test, const char **why);
outcome check_ecdh_p521(const json_t *group, const json_t *test, const char **why);
outcome check_ecdh_p256(const json_t *group, const json_t *test, const char **why);
outcome check_ecdh_p384(const json_t *group, const json_t *test, const char **why);
outcome check_mlkem(const json_t *group, const json_t *test, const char **why);
outcome check_mlkem_encaps(const json_t *group, const json_t *test, const char **why);
outcome check_mlkem_keygen(const json_t *group, const json_t *test, const char **why);
outcome check_mlkem_decaps(const json_t *group, const json_t *test, const char **why);
outcome check_ecdsa(const json_t *group, const json_t *test, const char **why);
outcome check_ed448(const json_t *group, const json_t *test, const char **why);
outcome check_ed25519(const json_t *group, const json_t *test, const char **why);
outcome check_rsa_pkcs1(const json_t *group, const json_t *test, const char **why);
outcome check_rsa_pkcs1_sign(const json_t *group, const json_t *test, const char **why);
outcome check_rsa_pss(const json_t *group, const json_t *test, const char **why);

/* bytes.c: a member that is hexadecimal text.  The memory lasts as long as the program
 * works on this test.  A missing or odd member ends the program: the file is not what
 * we take it for. */
hfi_view hex_member(const json_t *object, const char *name);
/* The same number without leading zero bytes. */
hfi_view number_member(const json_t *object, const char *name);
size_t size_member(const json_t *object, const char *name);
const char *text_member(const json_t *object, const char *name);
/* An exact-size copy or buffer, so that a sanitizer sees a byte too many. */
uint8_t *scratch(size_t len);
/* Forgets the memory of one test. */
void scratch_reset(void);

#endif
