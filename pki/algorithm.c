/* pki/algorithm.c: AlgorithmIdentifiers of signatures, and public keys.
 * RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8017, RFC 8410. */
#include "pki/algorithm.h"

#include "pki/der.h"

#define OID(...)                                                \
    {                                                           \
        (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]) \
        {                                                       \
            __VA_ARGS__                                         \
        }                                                       \
    }

#define OID_PKCS1(n) OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, n)
#define OID_ECDSA(n) OID(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, n)
#define OID_HASH(n) OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, n)

static const hfi_view rsa_encryption = OID_PKCS1(1);
static const hfi_view mgf1 = OID_PKCS1(8);
static const hfi_view rsassa_pss = OID_PKCS1(10);
static const hfi_view ec_public_key = OID(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
static const hfi_view ed25519 = OID(0x2b, 0x65, 0x70);
static const hfi_view ed448 = OID(0x2b, 0x65, 0x71);

/* ---- signature algorithms ---- */

typedef enum allowance { ABSENT, NULL_OR_ABSENT, ANY } allowance;

typedef struct signature_row {
    hfi_view oid;
    hfi_signature algorithm;
    allowance parameters;
    hfi_err err;
} signature_row;

static const signature_row signatures[] = {
    /* RFC 4055 5: parameters NULL, and their absence is to be accepted as well. */
    {OID_PKCS1(11), HFI_RSA_PKCS1_SHA256, NULL_OR_ABSENT, HFI_OK},
    {OID_PKCS1(12), HFI_RSA_PKCS1_SHA384, NULL_OR_ABSENT, HFI_OK},
    {OID_PKCS1(13), HFI_RSA_PKCS1_SHA512, NULL_OR_ABSENT, HFI_OK},
    /* RFC 5758 3.2: parameters absent. */
    {OID_ECDSA(2), HFI_ECDSA_SHA256, ABSENT, HFI_OK},
    {OID_ECDSA(3), HFI_ECDSA_SHA384, ABSENT, HFI_OK},
    {OID_ECDSA(4), HFI_ECDSA_SHA512, ABSENT, HFI_OK},
    /* RFC 8410 3: parameters absent. */
    {OID(0x2b, 0x65, 0x70), HFI_ED25519, ABSENT, HFI_OK},
    {OID(0x2b, 0x65, 0x71), HFI_ED448, ABSENT, HFI_OK},
    /* MD2, MD5, SHA-1 with RSA; SHA-1 with ECDSA and DSA. */
    {OID_PKCS1(2), HFI_SIGNATURE_NONE, ANY, HFI_E_CERT_SIGNATURE_WEAK},
    {OID_PKCS1(4), HFI_SIGNATURE_NONE, ANY, HFI_E_CERT_SIGNATURE_WEAK},
    {OID_PKCS1(5), HFI_SIGNATURE_NONE, ANY, HFI_E_CERT_SIGNATURE_WEAK},
    {OID(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01), HFI_SIGNATURE_NONE, ANY,
     HFI_E_CERT_SIGNATURE_WEAK},
    {OID(0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03), HFI_SIGNATURE_NONE, ANY,
     HFI_E_CERT_SIGNATURE_WEAK},
};

typedef struct pss_row {
    hfi_view hash;
    uint32_t salt;
    hfi_signature algorithm;
} pss_row;

static const pss_row pss_hashes[] = {
    {OID_HASH(1), 32, HFI_RSA_PSS_SHA256},
    {OID_HASH(2), 48, HFI_RSA_PSS_SHA384},
    {OID_HASH(3), 64, HFI_RSA_PSS_SHA512},
};

/* RFC 4055 2.1: a hash's AlgorithmIdentifier; parameters NULL or absent. */
static hfi_view read_hash(hfi_view explicit_tag)
{
    hfi_reader outer = hfi_reader_of(explicit_tag);
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));
    hfi_view oid = hfi_der_read_oid(&r);
    hfi_view null;
    (void)hfi_der_read_optional(&r, HFI_DER_NULL, &null);
    if (null.len != 0 || !hfi_reader_done(&r) || !hfi_reader_done(&outer))
        return hfi_view_of(NULL, 0);
    return oid;
}

static hfi_view read_mask(hfi_view explicit_tag)
{
    hfi_reader outer = hfi_reader_of(explicit_tag);
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));
    hfi_view oid = hfi_der_read_oid(&r);
    hfi_view hash = hfi_read_rest(&r);
    if (!hfi_view_equal(oid, mgf1) || r.failed || !hfi_reader_done(&outer))
        return hfi_view_of(NULL, 0);
    return read_hash(hash);
}

/* RSASSA-PSS-params, RFC 4055 3.1: one hash throughout and a salt of its length.  The
 * defaults of the standard are SHA-1, so a part that is left out is not accepted. */
static hfi_signature read_pss(hfi_reader *parameters)
{
    hfi_reader r = hfi_reader_of(hfi_der_read(parameters, HFI_DER_SEQUENCE));
    hfi_view hash = read_hash(hfi_der_read(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0));
    hfi_view mask = read_mask(hfi_der_read(&r, HFI_DER_CONTEXT_CONSTRUCTED | 1));
    hfi_reader salt = hfi_reader_of(hfi_der_read(&r, HFI_DER_CONTEXT_CONSTRUCTED | 2));
    uint32_t salt_len = hfi_der_read_number(&salt, 64);

    if (!hfi_reader_done(&salt) || !hfi_reader_done(&r) || !hfi_view_equal(hash, mask))
        return HFI_SIGNATURE_NONE;
    for (size_t i = 0; i < sizeof pss_hashes / sizeof pss_hashes[0]; i++)
        if (hfi_view_equal(hash, pss_hashes[i].hash) && salt_len == pss_hashes[i].salt)
            return pss_hashes[i].algorithm;
    return HFI_SIGNATURE_NONE;
}

static bool parameters_fit(hfi_reader *r, allowance allowed)
{
    hfi_view null;
    if (allowed == ANY)
        return true;
    if (allowed == NULL_OR_ABSENT)
        (void)hfi_der_read_optional(r, HFI_DER_NULL, &null);
    else
        null.len = 0;
    return null.len == 0 && hfi_reader_done(r);
}

hfi_err hfi_signature_algorithm_read(hfi_view identifier, hfi_signature *algorithm)
{
    hfi_reader whole = hfi_reader_of(identifier);
    hfi_view inside = hfi_der_read(&whole, HFI_DER_SEQUENCE);
    hfi_reader r = hfi_reader_of(inside);
    hfi_view oid = hfi_der_read_oid(&r);

    *algorithm = HFI_SIGNATURE_NONE;
    if (r.failed || !hfi_reader_done(&whole) ||
        !hfi_der_well_formed(inside, HFI_DER_NESTING_MAX))
        return HFI_E_CERT_MALFORMED;
    if (hfi_view_equal(oid, rsassa_pss)) {
        *algorithm = read_pss(&r);
        if (!hfi_reader_done(&r))
            *algorithm = HFI_SIGNATURE_NONE;
        return *algorithm == HFI_SIGNATURE_NONE ? HFI_E_CERT_SIGNATURE_ALGORITHM : HFI_OK;
    }
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        if (!hfi_view_equal(oid, signatures[i].oid))
            continue;
        if (!parameters_fit(&r, signatures[i].parameters))
            return HFI_E_CERT_SIGNATURE_ALGORITHM;
        *algorithm = signatures[i].algorithm;
        return signatures[i].err;
    }
    return HFI_E_CERT_SIGNATURE_ALGORITHM;
}

bool hfi_signature_fits_key(hfi_signature algorithm, hfi_key_type type)
{
    switch (algorithm) {
    case HFI_RSA_PKCS1_SHA256:
    case HFI_RSA_PKCS1_SHA384:
    case HFI_RSA_PKCS1_SHA512:
        return type == HFI_KEY_RSA;
    case HFI_RSA_PSS_SHA256:
    case HFI_RSA_PSS_SHA384:
    case HFI_RSA_PSS_SHA512:
        return type == HFI_KEY_RSA || type == HFI_KEY_RSA_PSS;
    case HFI_ECDSA_SHA256:
    case HFI_ECDSA_SHA384:
    case HFI_ECDSA_SHA512:
        return type == HFI_KEY_EC_P256 || type == HFI_KEY_EC_P384 ||
               type == HFI_KEY_EC_P521;
    case HFI_ED25519:
        return type == HFI_KEY_ED25519;
    case HFI_ED448:
        return type == HFI_KEY_ED448;
    case HFI_SIGNATURE_NONE:
        break;
    }
    return false;
}

/* ---- public keys ---- */

typedef struct curve_row {
    hfi_view oid;
    hfi_key_type type;
    size_t bits;
    size_t coordinate;
} curve_row;

static const curve_row curves[] = {
    {OID(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07), HFI_KEY_EC_P256, 256, 32},
    {OID(0x2b, 0x81, 0x04, 0x00, 0x22), HFI_KEY_EC_P384, 384, 48},
    {OID(0x2b, 0x81, 0x04, 0x00, 0x23), HFI_KEY_EC_P521, 521, 66},
};

static size_t bit_length(hfi_view number)
{
    size_t bits = number.len * 8;
    for (unsigned top = number.len == 0 ? 0x80 : number.p[0]; top < 0x80; top <<= 1)
        bits--;
    return bits;
}

/* RFC 3279 2.3.1: RSAPublicKey. */
static hfi_err read_rsa(hfi_view bits, hfi_key_type type, hfi_public_key *key)
{
    hfi_reader outer = hfi_reader_of(bits);
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));
    hfi_view modulus = hfi_der_read_unsigned(&r);
    hfi_view exponent = hfi_der_read_unsigned(&r);
    bool right = hfi_reader_done(&r) && hfi_reader_done(&outer) && modulus.len != 0 &&
                 exponent.len != 0;

    /* Both odd, and an exponent of 3 or more. */
    if (!right || (modulus.p[modulus.len - 1] & 1) == 0 ||
        (exponent.p[exponent.len - 1] & 1) == 0 ||
        (exponent.len == 1 && exponent.p[0] < 3))
        return HFI_E_CERT_KEY_MALFORMED;
    key->type = type;
    key->modulus = modulus;
    key->exponent = exponent;
    key->bits = bit_length(modulus);
    return HFI_OK;
}

/* RFC 5480 2.1.1 and 2.2: a named curve and an uncompressed point. */
static hfi_err read_ec(hfi_reader *parameters, hfi_view bits, hfi_public_key *key)
{
    if (!hfi_der_next_is(parameters, HFI_DER_OID))
        return HFI_E_CERT_KEY_UNSUPPORTED; /* explicit parameters, or the issuer's */
    hfi_view oid = hfi_der_read_oid(parameters);
    if (!hfi_reader_done(parameters) || bits.len == 0)
        return HFI_E_CERT_KEY_MALFORMED;
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        if (!hfi_view_equal(oid, curves[i].oid))
            continue;
        if (bits.p[0] == 0x02 || bits.p[0] == 0x03)
            return HFI_E_CERT_KEY_UNSUPPORTED; /* compressed */
        if (bits.p[0] != 0x04 || bits.len != 1 + 2 * curves[i].coordinate)
            return HFI_E_CERT_KEY_MALFORMED;
        key->type = curves[i].type;
        key->bits = curves[i].bits;
        key->point = bits;
        return HFI_OK;
    }
    return HFI_E_CERT_KEY_UNSUPPORTED;
}

/* RFC 4055 1.2: parameters absent, or the only ones the key may be used with. */
static hfi_err read_rsa_pss(hfi_reader *parameters, hfi_view bits, hfi_public_key *key,
                            hfi_signature *only)
{
    if (hfi_reader_more(parameters)) {
        *only = read_pss(parameters);
        if (*only == HFI_SIGNATURE_NONE || !hfi_reader_done(parameters))
            return HFI_E_CERT_KEY_UNSUPPORTED;
    }
    return read_rsa(bits, HFI_KEY_RSA_PSS, key);
}

/* RFC 8410 3 and 4. */
static hfi_err read_edwards(const hfi_reader *parameters, hfi_view bits,
                            hfi_key_type type, hfi_public_key *key)
{
    size_t len = type == HFI_KEY_ED25519 ? 32 : 57;

    if (!hfi_reader_done(parameters) || bits.len != len)
        return HFI_E_CERT_KEY_MALFORMED;
    key->type = type;
    key->bits = type == HFI_KEY_ED25519 ? 255 : 448;
    key->point = bits;
    return HFI_OK;
}

hfi_key_type hfi_curve_read(hfi_reader *r)
{
    hfi_view oid = hfi_der_read_oid(r);

    for (size_t i = 0; !r->failed && i < sizeof curves / sizeof curves[0]; i++)
        if (hfi_view_equal(oid, curves[i].oid))
            return curves[i].type;
    return HFI_KEY_NONE;
}

bool hfi_key_algorithm_read(hfi_view identifier, hfi_key_type *type)
{
    hfi_reader whole = hfi_reader_of(identifier);
    hfi_view inside = hfi_der_read(&whole, HFI_DER_SEQUENCE);
    hfi_reader r = hfi_reader_of(inside);
    hfi_view oid = hfi_der_read_oid(&r);
    hfi_view null;

    *type = HFI_KEY_NONE;
    if (!hfi_reader_done(&whole) || r.failed ||
        !hfi_der_well_formed(inside, HFI_DER_NESTING_MAX))
        return false;
    if (hfi_view_equal(oid, rsa_encryption)) {
        *type = HFI_KEY_RSA;
        (void)hfi_der_read_optional(&r, HFI_DER_NULL, &null);
        return null.len == 0 && hfi_reader_done(&r);
    }
    if (hfi_view_equal(oid, rsassa_pss)) {
        *type = HFI_KEY_RSA_PSS; /* what its parameters say, the certificate says too */
        return true;
    }
    if (hfi_view_equal(oid, ec_public_key)) {
        if (hfi_der_next_is(&r, HFI_DER_OID))
            *type = hfi_curve_read(&r);
        return true;
    }
    if (hfi_view_equal(oid, ed25519))
        *type = HFI_KEY_ED25519;
    else if (hfi_view_equal(oid, ed448))
        *type = HFI_KEY_ED448;
    return *type == HFI_KEY_NONE || hfi_reader_done(&r);
}

hfi_err hfi_public_key_read(hfi_view spki, hfi_public_key *key, hfi_signature *only)
{
    hfi_reader whole = hfi_reader_of(spki);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    hfi_view identifier = hfi_der_read(&r, HFI_DER_SEQUENCE);
    hfi_reader parameters = hfi_reader_of(identifier);
    hfi_view oid = hfi_der_read_oid(&parameters);
    hfi_view bits = hfi_der_read_bit_string(&r);

    memset(key, 0, sizeof *key);
    *only = HFI_SIGNATURE_NONE;
    if (parameters.failed || !hfi_reader_done(&r) || !hfi_reader_done(&whole) ||
        !hfi_der_well_formed(identifier, HFI_DER_NESTING_MAX))
        return HFI_E_CERT_MALFORMED;
    if (hfi_view_equal(oid, rsa_encryption)) {
        hfi_view null = hfi_der_read(&parameters, HFI_DER_NULL);
        if (null.len != 0 || !hfi_reader_done(&parameters))
            return HFI_E_CERT_KEY_MALFORMED;
        return read_rsa(bits, HFI_KEY_RSA, key);
    }
    if (hfi_view_equal(oid, ec_public_key))
        return read_ec(&parameters, bits, key);
    if (hfi_view_equal(oid, ed25519))
        return read_edwards(&parameters, bits, HFI_KEY_ED25519, key);
    if (hfi_view_equal(oid, ed448))
        return read_edwards(&parameters, bits, HFI_KEY_ED448, key);
    if (hfi_view_equal(oid, rsassa_pss))
        return read_rsa_pss(&parameters, bits, key, only);
    return HFI_E_CERT_KEY_UNSUPPORTED;
}
