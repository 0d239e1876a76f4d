/* tests/contract/authority.c: certificates for the tests, made by OpenSSL. */
#include "authority.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

/* A fixture that cannot be made is no test result: stop at once. */
static void must(int ok)
{
    if (ok != 1)
        abort();
}

static EVP_PKEY *new_key(const char *kind)
{
    if (kind != NULL && strcmp(kind, "RSA") == 0)
        return EVP_RSA_gen(2048);
    if (kind != NULL && strcmp(kind, "Ed25519") == 0)
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    return EVP_EC_gen(kind == NULL ? "P-256" : kind);
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    must(e != NULL && X509_add_ext(cert, e, -1));
    X509_EXTENSION_free(e);
}

static void add_extensions(X509 *cert, X509 *issuer, const wish *w)
{
    const char *purpose = w->extended_key_usage;

    add_extension(cert, issuer, NID_basic_constraints,
                  w->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(cert, issuer, NID_key_usage,
                  w->is_ca ? "critical,keyCertSign,cRLSign"
                           : "critical,digitalSignature");
    if (!w->is_ca && (purpose == NULL || purpose[0] != '\0'))
        add_extension(cert, issuer, NID_ext_key_usage,
                      purpose != NULL ? purpose : "serverAuth");
    if (w->names != NULL)
        add_extension(cert, issuer, NID_subject_alt_name, w->names);
    add_extension(cert, issuer, NID_subject_key_identifier, "hash");
    if (issuer != cert)
        add_extension(cert, issuer, NID_authority_key_identifier, "keyid");
}

static void set_dates(X509 *cert, const wish *w)
{
    int64_t before = w->not_before != 0 ? w->not_before : CONTRACT_NOW - CONTRACT_DAY;
    int64_t after = w->not_after != 0 ? w->not_after : CONTRACT_NOW + 30 * CONTRACT_DAY;

    must(ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)before) != NULL);
    must(ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)after) != NULL);
}

static void sign(X509 *cert, EVP_PKEY *key, bool wrongly)
{
    bool is_ed25519 = EVP_PKEY_get_id(key) == EVP_PKEY_ED25519;
    const ASN1_BIT_STRING *signature;

    must(X509_sign(cert, key, is_ed25519 ? NULL : EVP_sha256()) > 0);
    if (wrongly) {
        X509_get0_signature(&signature, NULL, cert);
        signature->data[signature->length - 1] ^= 1;
    }
}

credential authority_issue(const credential *issuer, const wish *wanted)
{
    static long serial = 1000;
    credential c = {X509_new(), new_key(wanted->key)};
    const char *subject = wanted->subject != NULL ? wanted->subject : "leaf";

    must(c.cert != NULL && c.key != NULL);
    X509 *signer = issuer != NULL ? issuer->cert : c.cert;
    must(X509_set_version(c.cert, X509_VERSION_3));
    must(ASN1_INTEGER_set(X509_get_serialNumber(c.cert), ++serial));
    must(X509_NAME_add_entry_by_txt(X509_get_subject_name(c.cert), "CN", MBSTRING_UTF8,
                                    (const unsigned char *)subject, -1, -1, 0));
    must(X509_set_issuer_name(c.cert, X509_get_subject_name(signer)));
    must(X509_set_pubkey(c.cert, c.key));
    set_dates(c.cert, wanted);
    add_extensions(c.cert, signer, wanted);
    sign(c.cert, issuer != NULL ? issuer->key : c.key, wanted->wrongly_signed);
    return c;
}

void credential_free(credential *c)
{
    X509_free(c->cert);
    EVP_PKEY_free(c->key);
    c->cert = NULL;
    c->key = NULL;
}

char *credential_pem(const credential *c)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *text;

    must(memory != NULL && PEM_write_bio_X509(memory, c->cert));
    long len = BIO_get_mem_data(memory, &text);
    char *copy = calloc(1, (size_t)len + 1);
    must(copy != NULL);
    memcpy(copy, text, (size_t)len);
    BIO_free(memory);
    return copy;
}
