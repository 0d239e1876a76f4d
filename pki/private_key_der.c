/* pki/private_key_der.c: the DER of private keys, read in place.
 * RFC 5208, RFC 5958, RFC 5915, RFC 8017 A.1.2, RFC 8410 7.
 * Whether the numbers belong together is found out by crypto/, which loads them. */
#include "pki/private_key_der.h"

#include "pki/algorithm.h"
#include "pki/der.h"

hfi_private_key_form hfi_private_key_form_of(hfi_view der)
{
    hfi_reader whole = hfi_reader_of(der);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    uint8_t tag;

    if (hfi_der_next_is(&r, HFI_DER_SEQUENCE))
        return HFI_PRIVATE_KEY_ENCRYPTED;
    (void)hfi_der_read(&r, HFI_DER_INTEGER);
    (void)hfi_der_read_any(&r, &tag);
    if (r.failed || !hfi_reader_done(&whole))
        return HFI_PRIVATE_KEY_UNKNOWN;
    switch (tag) {
    case HFI_DER_SEQUENCE:
        return HFI_PRIVATE_KEY_PKCS8;
    case HFI_DER_INTEGER:
        return HFI_PRIVATE_KEY_PKCS1;
    case HFI_DER_OCTET_STRING:
        return HFI_PRIVATE_KEY_SEC1;
    default:
        return HFI_PRIVATE_KEY_UNKNOWN;
    }
}

/* ---- RSA ---- */

static hfi_view read_positive(hfi_reader *r)
{
    hfi_view v = hfi_der_read_unsigned(r);
    if (v.len == 0)
        hfi_reader_fail(r);
    return v;
}

/* RFC 8017 A.1.2; version 1 has more than two primes. */
static hfi_err read_rsa(hfi_view der, hfi_key_type type, hfi_private_parts *parts)
{
    hfi_reader whole = hfi_reader_of(der);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));

    if (hfi_der_read_number(&r, 1) == 1 && !r.failed)
        return HFI_E_PRIVATE_KEY_UNSUPPORTED;
    parts->type = type;
    parts->modulus = read_positive(&r);
    parts->exponent = read_positive(&r);
    (void)read_positive(&r); /* d */
    parts->p = read_positive(&r);
    parts->q = read_positive(&r);
    parts->dp = read_positive(&r);
    parts->dq = read_positive(&r);
    parts->qinv = read_positive(&r);
    return hfi_reader_done(&r) && hfi_reader_done(&whole) ? HFI_OK
                                                          : HFI_E_PRIVATE_KEY_MALFORMED;
}

/* ---- EC ---- */

/* RFC 5915 3.  curve is that of the AlgorithmIdentifier around it, or NONE. */
static hfi_err read_ec(hfi_view der, hfi_key_type curve, hfi_private_parts *parts)
{
    hfi_reader whole = hfi_reader_of(der);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    hfi_view tagged;

    if (hfi_der_read_number(&r, 1) != 1)
        return HFI_E_PRIVATE_KEY_MALFORMED;
    parts->scalar = hfi_der_read(&r, HFI_DER_OCTET_STRING);
    if (hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0, &tagged)) {
        hfi_reader inside = hfi_reader_of(tagged);
        hfi_key_type named = hfi_curve_read(&inside);
        if (named == HFI_KEY_NONE)
            return inside.failed ? HFI_E_PRIVATE_KEY_MALFORMED
                                 : HFI_E_PRIVATE_KEY_UNSUPPORTED;
        if (curve != HFI_KEY_NONE && curve != named)
            return HFI_E_PRIVATE_KEY_MALFORMED;
        curve = named;
    }
    if (hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 1, &tagged)) {
        hfi_reader inside = hfi_reader_of(tagged);
        (void)hfi_der_read_bit_string(&inside);
        if (!hfi_reader_done(&inside))
            return HFI_E_PRIVATE_KEY_MALFORMED;
    }
    if (!hfi_reader_done(&r) || !hfi_reader_done(&whole) || parts->scalar.len == 0 ||
        parts->scalar.len > HFI_GROUP_SECRET_MAX || curve == HFI_KEY_NONE)
        return HFI_E_PRIVATE_KEY_MALFORMED;
    parts->type = curve;
    return HFI_OK;
}

/* ---- PKCS#8 ---- */

/* RFC 8410 7: CurvePrivateKey, an OCTET STRING within the other one. */
static hfi_err read_edwards(hfi_view der, hfi_key_type type, hfi_private_parts *parts)
{
    hfi_reader r = hfi_reader_of(der);
    size_t len = type == HFI_KEY_ED25519 ? 32 : 57;

    parts->type = type;
    parts->scalar = hfi_der_read(&r, HFI_DER_OCTET_STRING);
    return hfi_reader_done(&r) && parts->scalar.len == len ? HFI_OK
                                                           : HFI_E_PRIVATE_KEY_MALFORMED;
}

static hfi_err read_inside(hfi_key_type type, hfi_view der, hfi_private_parts *parts)
{
    switch (type) {
    case HFI_KEY_RSA:
    case HFI_KEY_RSA_PSS:
        return read_rsa(der, type, parts);
    case HFI_KEY_ED25519:
    case HFI_KEY_ED448:
        return read_edwards(der, type, parts);
    case HFI_KEY_NONE:
        return HFI_E_PRIVATE_KEY_UNSUPPORTED;
    default:
        return read_ec(der, type, parts);
    }
}

/* RFC 5958 2: attributes mean nothing to us, and a public key is found from the
 * private one. */
static hfi_err read_pkcs8(hfi_view der, hfi_private_parts *parts)
{
    hfi_reader whole = hfi_reader_of(der);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    uint32_t version = hfi_der_read_number(&r, 1);
    hfi_view identifier = hfi_der_read_element(&r, HFI_DER_SEQUENCE, NULL);
    hfi_view inside = hfi_der_read(&r, HFI_DER_OCTET_STRING);
    hfi_view attributes, public_key;
    hfi_key_type type;

    (void)hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0, &attributes);
    bool has_public = hfi_der_read_optional(&r, HFI_DER_CONTEXT | 1, &public_key);
    if (!hfi_reader_done(&r) || !hfi_reader_done(&whole) ||
        has_public != (version == 1) ||
        !hfi_der_well_formed(attributes, HFI_DER_NESTING_MAX) ||
        !hfi_key_algorithm_read(identifier, &type))
        return HFI_E_PRIVATE_KEY_MALFORMED;
    return read_inside(type, inside, parts);
}

hfi_err hfi_private_key_parse(hfi_private_key_form form, hfi_view der,
                              hfi_private_parts *parts)
{
    memset(parts, 0, sizeof *parts);
    switch (form) {
    case HFI_PRIVATE_KEY_PKCS8:
        return read_pkcs8(der, parts);
    case HFI_PRIVATE_KEY_PKCS1:
        return read_rsa(der, HFI_KEY_RSA, parts);
    case HFI_PRIVATE_KEY_SEC1:
        return read_ec(der, HFI_KEY_NONE, parts);
    default:
        return HFI_E_PRIVATE_KEY_MALFORMED;
    }
}
