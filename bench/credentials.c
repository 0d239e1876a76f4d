/* bench/credentials.c: the certificates of the benchmarks, made with OpenSSL at each run:
 * they are like those of the public web in what a client must check. */
#include "credentials.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

static const long day = 24L * 60 * 60;

static EVP_PKEY *make_key(bench_key kind)
{
    switch (kind) {
    case BENCH_P256:
        return EVP_EC_gen("P-256");
    case BENCH_RSA_2048:
        return EVP_RSA_gen(2048);
    case BENCH_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case BENCH_KEYS:
        break;
    }
    return NULL;
}

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool added = extension != NULL && X509_add_ext(cert, extension, -1) == 1;

    X509_EXTENSION_free(extension);
    return added;
}

/* A root names no issuer's key. */
static bool add_extensions(X509 *cert, X509 *issuer, bool ca)
{
    bool added = add_extension(cert, issuer, NID_subject_key_identifier, "hash") &&
                 (issuer == cert ||
                  add_extension(cert, issuer, NID_authority_key_identifier, "keyid"));

    if (ca)
        return added &&
               add_extension(cert, issuer, NID_basic_constraints, "critical,CA:TRUE") &&
               add_extension(cert, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    return added &&
           add_extension(cert, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(cert, issuer, NID_key_usage, "critical,digitalSignature") &&
           add_extension(cert, issuer, NID_ext_key_usage, "serverAuth") &&
           add_extension(cert, issuer, NID_subject_alt_name, "DNS:" BENCH_HOST);
}

static bool set_name(X509_NAME *name, const char *text)
{
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC,
                                      (const unsigned char *)"Example", -1, -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *)text, -1, -1, 0) == 1;
}

/* issuer NULL: signed by itself. */
static X509 *make_certificate(const char *name, EVP_PKEY *key, X509 *issuer,
                              EVP_PKEY *issuer_key, bool ca)
{
    static long serials;
    X509 *cert = X509_new();
    const EVP_MD *hash = EVP_PKEY_is_a(issuer_key, "ED25519") ? NULL : EVP_sha256();
    ASN1_INTEGER *serial = X509_get_serialNumber(cert);

    if (X509_set_version(cert, 2) == 1 && ASN1_INTEGER_set(serial, ++serials) == 1 &&
        X509_gmtime_adj(X509_getm_notBefore(cert), -day) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(cert), 30 * day) != NULL &&
        set_name(X509_get_subject_name(cert), name) &&
        X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer : cert)) == 1 &&
        X509_set_pubkey(cert, key) == 1 &&
        add_extensions(cert, issuer ? issuer : cert, ca) &&
        X509_sign(cert, issuer_key, hash) > 0)
        return cert;
    X509_free(cert);
    return NULL;
}

static char *pem_text(X509 *cert)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;

    PEM_write_bio_X509(bio, cert);
    long len = BIO_get_mem_data(bio, &data);
    char *text = strndup(data, (size_t)len);
    BIO_free(bio);
    return text;
}

bool bench_credentials_make(bench_credentials *c, bench_key kind)
{
    EVP_PKEY *root_key = make_key(kind);
    EVP_PKEY *intermediate_key = make_key(kind);
    X509 *root = make_certificate("Bench Root", root_key, NULL, root_key, true);

    c->key = make_key(kind);
    c->intermediate = c->leaf = NULL;
    c->root = NULL;
    if (root != NULL)
        c->intermediate = make_certificate("Bench Intermediate", intermediate_key, root,
                                           root_key, true);
    if (c->intermediate != NULL)
        c->leaf = make_certificate(BENCH_HOST, c->key, c->intermediate, intermediate_key,
                                   false);
    if (c->leaf != NULL)
        c->root = pem_text(root);
    else
        ERR_print_errors_fp(stderr);
    X509_free(root);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(intermediate_key);
    return c->root != NULL;
}

void bench_credentials_free(bench_credentials *c)
{
    X509_free(c->leaf);
    X509_free(c->intermediate);
    EVP_PKEY_free(c->key);
    free(c->root);
}

static FILE *create(const char *directory, const char *name)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        perror(path);
    return file;
}

bool bench_credentials_write(const bench_credentials *c, const char *directory)
{
    FILE *root = create(directory, "root.pem");
    FILE *chain = create(directory, "chain.pem");
    FILE *key = create(directory, "key.pem");
    bool written = root != NULL && chain != NULL && key != NULL;

    if (written)
        written = fputs(c->root, root) >= 0 && PEM_write_X509(chain, c->leaf) == 1 &&
                  PEM_write_X509(chain, c->intermediate) == 1 &&
                  PEM_write_PrivateKey(key, c->key, NULL, NULL, 0, NULL, NULL) == 1;
    if (root != NULL && fclose(root) != 0)
        written = false;
    if (chain != NULL && fclose(chain) != 0)
        written = false;
    if (key != NULL && fclose(key) != 0)
        written = false;
    return written;
}
