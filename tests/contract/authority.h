/* tests/contract/authority.h: a certificate authority that lives as long as a test.
 * Dates stand around CONTRACT_NOW, the fixed time of the tests' clock. */
#ifndef CONTRACT_AUTHORITY_H
#define CONTRACT_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#define CONTRACT_NOW INT64_C(1900000000) /* 2030-03-17T17:46:40Z */
#define CONTRACT_DAY INT64_C(86400)

/* A certificate with its key; both owned. */
typedef struct credential {
    X509 *cert;
    EVP_PKEY *key;
} credential;

/* What a certificate shall be; zeros mean the usual. */
typedef struct wish {
    const char *subject; /* common name; NULL: "leaf" */
    const char *names;   /* as in OpenSSL's configuration: "DNS:a,IP:192.0.2.1" */
    const char *key;     /* "P-256" (the usual), "P-384", "RSA", "Ed25519" */
    int64_t not_before, not_after;  /* 0: a day before now, thirty days after */
    const char *extended_key_usage; /* NULL: serverAuth; "": no such extension */
    bool is_ca;
    bool wrongly_signed;
} wish;

/* Signed by issuer, or by itself if that is NULL. */
credential authority_issue(const credential *issuer, const wish *wanted);
void credential_free(credential *c);

/* PEM, 0-terminated, released with free. */
char *credential_pem(const credential *c);

#endif
