/* pki/field_text.c: fields of a certificate as text for people: how it is signed, what
 * its key may do, what a critical extension is called.  RFC 5280 4.1.1.2, 4.2. */
#include <stdio.h>

#include "pki/der.h"
#include "pki/text.h"
#include "pki/x509.h"

typedef struct named_oid {
    uint8_t len;
    uint8_t oid[11];
    const char *name;
} named_oid;

#define PKCS1(n)                                          \
    9,                                                    \
    {                                                     \
        0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, n \
    }
#define ECDSA_SHA2(n)                               \
    8,                                              \
    {                                               \
        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, n \
    }

/* RFC 3279 2.2, RFC 4055 5, RFC 5758 3.2, RFC 8410 3. */
static const named_oid signatures[] = {
    {PKCS1(2), "RSA with MD2"},
    {PKCS1(3), "RSA with MD4"},
    {PKCS1(4), "RSA with MD5"},
    {PKCS1(5), "RSA with SHA-1"},
    {PKCS1(10), "RSA-PSS with parameters that are not accepted"},
    {PKCS1(11), "RSA with SHA-256"},
    {PKCS1(12), "RSA with SHA-384"},
    {PKCS1(13), "RSA with SHA-512"},
    {PKCS1(14), "RSA with SHA-224"},
    {7, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01}, "ECDSA with SHA-1"},
    {ECDSA_SHA2(1), "ECDSA with SHA-224"},
    {ECDSA_SHA2(2), "ECDSA with SHA-256"},
    {ECDSA_SHA2(3), "ECDSA with SHA-384"},
    {ECDSA_SHA2(4), "ECDSA with SHA-512"},
    {7, {0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03}, "DSA with SHA-1"},
    {9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x02}, "DSA with SHA-256"},
    {3, {0x2b, 0x65, 0x70}, "Ed25519"},
    {3, {0x2b, 0x65, 0x71}, "Ed448"},
};

#define CE(n)         \
    3,                \
    {                 \
        0x55, 0x1d, n \
    }
#define PE(n)                                       \
    8,                                              \
    {                                               \
        0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, n \
    }

/* RFC 5280 4.2 and what else is met: RFC 3739, RFC 6962, RFC 7633, RFC 3820, RFC 3779. */
static const named_oid extensions[] = {
    {CE(9), "subjectDirectoryAttributes"},
    {CE(14), "subjectKeyIdentifier"},
    {CE(15), "keyUsage"},
    {CE(16), "privateKeyUsagePeriod"},
    {CE(17), "subjectAltName"},
    {CE(18), "issuerAltName"},
    {CE(19), "basicConstraints"},
    {CE(30), "nameConstraints"},
    {CE(31), "cRLDistributionPoints"},
    {CE(32), "certificatePolicies"},
    {CE(33), "policyMappings"},
    {CE(35), "authorityKeyIdentifier"},
    {CE(36), "policyConstraints"},
    {CE(37), "extKeyUsage"},
    {CE(46), "freshestCRL"},
    {CE(54), "inhibitAnyPolicy"},
    {PE(1), "authorityInfoAccess"},
    {PE(3), "qcStatements"},
    {PE(7), "ipAddrBlocks"},
    {PE(8), "autonomousSysIds"},
    {PE(11), "subjectInfoAccess"},
    {PE(14), "proxyCertInfo"},
    {PE(24), "tlsfeature"},
    {9, {0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01}, "netscape-cert-type"},
    {10,
     {0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x03},
     "the poison of a precertificate"},
};

static const char *find(const named_oid *rows, size_t count, hfi_view oid)
{
    for (size_t i = 0; i < count; i++) {
        if (hfi_view_equal(oid, hfi_view_of(rows[i].oid, rows[i].len)))
            return rows[i].name;
    }
    return NULL;
}

void hfi_x509_signature_text(const hfi_x509 *cert, char *out, size_t size)
{
    hfi_reader whole = hfi_reader_of(cert->signature_identifier);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    hfi_view oid = hfi_der_read_oid(&r);
    const char *name = find(signatures, sizeof signatures / sizeof signatures[0], oid);

    if (name != NULL)
        (void)snprintf(out, size, "%s", name);
    else
        hfi_x509_oid_text(oid, out, size);
}

void hfi_x509_extension_text(hfi_view oid, char *out, size_t size)
{
    const char *name = find(extensions, sizeof extensions / sizeof extensions[0], oid);
    char dotted[64];

    hfi_x509_oid_text(oid, dotted, sizeof dotted);
    if (name != NULL)
        (void)snprintf(out, size, "%s (%s)", name, dotted);
    else
        (void)snprintf(out, size, "%s", dotted);
}

void hfi_x509_key_usage_text(const hfi_x509 *cert, char *out, size_t size)
{
    static const char *const names[] = {
        "digitalSignature", "nonRepudiation", "keyEncipherment",
        "dataEncipherment", "keyAgreement",   "keyCertSign",
        "cRLSign",          "encipherOnly",   "decipherOnly",
    };
    hfi_text t = hfi_text_into(out, size);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((cert->key_usage & 1U << i) == 0)
            continue;
        if (t.len > 0)
            hfi_text_add(&t, ", ");
        hfi_text_add(&t, names[i]);
    }
    if (t.len == 0)
        hfi_text_add(&t, "no usage that is known");
    hfi_text_end(&t);
}
