/* capi/certificate.c: a certificate for people to read. */
#include <stdlib.h>

#include "capi/objects.h"
#include "pki/verify.h"
#include "pki/x509.h"

struct hf_certificate {
    hfi_x509 x509; /* points into der */
    char subject[512];
    char issuer[512];
    char serial[96];
    char names[4096];
    char key[32];
    char fingerprint[65];
    uint8_t der[];
};

static void write_fingerprint(hf_certificate *c, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const hfi_hash *sha256 = hfi_crypto_nettle.sha256;
    uint8_t digest[32];
    hfi_hash_ctx ctx;

    sha256->init(&ctx);
    sha256->update(&ctx, c->der, len);
    sha256->finish(&ctx, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        c->fingerprint[2 * i] = digits[digest[i] >> 4];
        c->fingerprint[2 * i + 1] = digits[digest[i] & 15];
    }
    c->fingerprint[64] = '\0';
}

hf_certificate *hf_certificate_new(const uint8_t *der, size_t len)
{
    if (der == NULL || len == 0 || len > HFI_CERTIFICATE_SIZE_MAX)
        return NULL;
    hf_certificate *c = calloc(1, sizeof *c + len);
    if (c == NULL)
        return NULL;
    memcpy(c->der, der, len);
    if (hfi_x509_parse(hfi_view_of(c->der, len), &c->x509) != HFI_OK) {
        free(c);
        return NULL;
    }
    hfi_x509_name_text(c->x509.subject, c->subject, sizeof c->subject);
    hfi_x509_name_text(c->x509.issuer, c->issuer, sizeof c->issuer);
    hfi_x509_serial_text(&c->x509, c->serial, sizeof c->serial);
    hfi_x509_names_text(&c->x509, c->names, sizeof c->names);
    hfi_x509_key_text(&c->x509, c->key, sizeof c->key);
    write_fingerprint(c, len);
    return c;
}

void hf_certificate_free(hf_certificate *certificate)
{
    free(certificate);
}

const char *hf_certificate_subject(const hf_certificate *certificate)
{
    return certificate != NULL ? certificate->subject : "";
}

const char *hf_certificate_issuer(const hf_certificate *certificate)
{
    return certificate != NULL ? certificate->issuer : "";
}

const char *hf_certificate_serial(const hf_certificate *certificate)
{
    return certificate != NULL ? certificate->serial : "";
}

const char *hf_certificate_names(const hf_certificate *certificate)
{
    return certificate != NULL ? certificate->names : "";
}

const char *hf_certificate_key(const hf_certificate *certificate)
{
    return certificate != NULL ? certificate->key : "";
}

const char *hf_certificate_fingerprint(const hf_certificate *certificate)
{
    return certificate != NULL ? certificate->fingerprint : "";
}

int64_t hf_certificate_not_before(const hf_certificate *certificate)
{
    return certificate != NULL ? certificate->x509.not_before : 0;
}

int64_t hf_certificate_not_after(const hf_certificate *certificate)
{
    return certificate != NULL ? certificate->x509.not_after : 0;
}

int hf_certificate_is_ca(const hf_certificate *certificate)
{
    return certificate != NULL && certificate->x509.is_ca;
}
