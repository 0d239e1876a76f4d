/* bench/credentials.h: a root, an intermediate and a server's leaf, freshly made. */
#ifndef HF_BENCH_CREDENTIALS_H
#define HF_BENCH_CREDENTIALS_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

typedef enum bench_key {
    BENCH_P256,
    BENCH_RSA_2048,
    BENCH_ED25519,
    BENCH_KEYS,
} bench_key;

/* All three certificates have keys of the same kind. */
typedef struct bench_credentials {
    X509 *leaf, *intermediate;
    EVP_PKEY *key;
    char *root; /* PEM text */
} bench_credentials;

/* False, with a line on stderr, if OpenSSL fails. */
bool bench_credentials_make(bench_credentials *c, bench_key kind);
void bench_credentials_free(bench_credentials *c);
/* root.pem, chain.pem and key.pem into a directory. */
bool bench_credentials_write(const bench_credentials *c, const char *directory);

#endif
