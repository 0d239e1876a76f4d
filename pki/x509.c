/* pki/x509.c: one X.509 certificate, parsed in place.  RFC 5280 4.1.
 * Syntax, and the rules that a field can break by itself; whether a certificate may
 * stand where it does in a path is decided in rules.c. */
#include "pki/x509.h"

#include "pki/algorithm.h"
#include "pki/der.h"
#include "pki/extensions.h"
#include "pki/name.h"
#include "pki/time.h"
#include "pki/verify.h"

/* Notes the part that is at fault. */
static hfi_err malformed(hfi_x509 *cert, const char *part)
{
    cert->problem_text = part;
    return HFI_E_CERT_MALFORMED;
}

/* RFC 5280 4.1.2.1: absent means 1; a written 1 is not DER. */
static bool read_version(hfi_reader *tbs, hfi_x509 *cert)
{
    hfi_view tagged;

    cert->version = 1;
    if (!hfi_der_read_optional(tbs, HFI_DER_CONTEXT_CONSTRUCTED | 0, &tagged))
        return !tbs->failed;
    hfi_reader r = hfi_reader_of(tagged);
    cert->version = (int)hfi_der_read_number(&r, 0xff) + 1;
    return hfi_reader_done(&r);
}

/* RFC 5280 4.1.2.5. */
static hfi_err read_validity(hfi_reader *tbs, hfi_x509 *cert)
{
    hfi_reader r = hfi_reader_of(hfi_der_read(tbs, HFI_DER_SEQUENCE));
    if (tbs->failed)
        return malformed(cert, "its validity");
    bool right = hfi_der_read_time(&r, &cert->not_before) &&
                 hfi_der_read_time(&r, &cert->not_after) && hfi_reader_done(&r);
    return right ? HFI_OK : HFI_E_CERT_DATE_MALFORMED;
}

/* RFC 5280 4.1.2.8 and 4.1.2.9: unique identifiers, which mean nothing, and extensions.
 */
static hfi_err read_tail(hfi_reader *tbs, hfi_x509 *cert)
{
    hfi_view unused, tagged;
    bool unique = hfi_der_read_optional(tbs, HFI_DER_CONTEXT | 1, &unused);
    unique = hfi_der_read_optional(tbs, HFI_DER_CONTEXT | 2, &unused) || unique;
    bool extensions =
        hfi_der_read_optional(tbs, HFI_DER_CONTEXT_CONSTRUCTED | 3, &tagged);

    if (!hfi_reader_done(tbs))
        return malformed(cert, "what follows its public key");
    if ((unique && cert->version < 2) || (extensions && cert->version < 3))
        return HFI_E_CERT_VERSION;
    if (!extensions)
        return HFI_OK;
    hfi_reader r = hfi_reader_of(tagged);
    hfi_view list = hfi_der_read(&r, HFI_DER_SEQUENCE);
    if (!hfi_reader_done(&r) || hfi_extensions_read(list, cert) != HFI_OK)
        return malformed(cert, "its list of extensions");
    return HFI_OK;
}

/* TBSCertificate; *algorithm is its own idea of the signature algorithm. */
static hfi_err read_tbs(hfi_view contents, hfi_x509 *cert, hfi_view *algorithm)
{
    hfi_reader tbs = hfi_reader_of(contents);

    if (!read_version(&tbs, cert))
        return malformed(cert, "its version");
    if (cert->version > 3)
        return HFI_E_CERT_VERSION;
    cert->serial = hfi_der_read_integer(&tbs);
    if (tbs.failed)
        return malformed(cert, "its serial number");
    *algorithm = hfi_der_read_element(&tbs, HFI_DER_SEQUENCE, NULL);
    if (tbs.failed)
        return malformed(cert, "its signature algorithm");
    cert->issuer = hfi_der_read_element(&tbs, HFI_DER_SEQUENCE, NULL);
    if (tbs.failed || !hfi_name_valid(cert->issuer))
        return malformed(cert, "its issuer's name");
    hfi_err err = read_validity(&tbs, cert);
    if (err != HFI_OK)
        return err;
    cert->subject = hfi_der_read_element(&tbs, HFI_DER_SEQUENCE, NULL);
    cert->spki = hfi_der_read_element(&tbs, HFI_DER_SEQUENCE, NULL);
    if (cert->subject.len == 0 || !hfi_name_valid(cert->subject))
        return malformed(cert, "its subject's name");
    if (tbs.failed)
        return malformed(cert, "its public key");
    return read_tail(&tbs, cert);
}

hfi_err hfi_x509_parse(hfi_view der, hfi_x509 *cert)
{
    memset(cert, 0, sizeof *cert);
    cert->der = der;
    cert->path_len = -1;
    cert->require_policy = -1;
    cert->inhibit_mapping = -1;
    cert->inhibit_any_policy = -1;
    if (der.len > HFI_CERTIFICATE_SIZE_MAX)
        return HFI_E_CERT_TOO_LARGE;

    hfi_view contents, inner_algorithm;
    hfi_reader whole = hfi_reader_of(der);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    cert->tbs = hfi_der_read_element(&r, HFI_DER_SEQUENCE, &contents);
    hfi_view algorithm = hfi_der_read_element(&r, HFI_DER_SEQUENCE, NULL);
    cert->signature = hfi_der_read_bit_string(&r);
    if (!hfi_reader_done(&r) || !hfi_reader_done(&whole))
        return malformed(cert, "its outermost structure, which is no certificate's");

    hfi_err err = read_tbs(contents, cert, &inner_algorithm);
    if (err != HFI_OK)
        return err;
    cert->signature_identifier = algorithm;
    cert->signature_mismatch = !hfi_view_equal(algorithm, inner_algorithm);
    cert->signature_problem =
        hfi_signature_algorithm_read(algorithm, &cert->signature_algorithm);
    cert->key_problem = hfi_public_key_read(cert->spki, &cert->key, &cert->key_only);
    if (cert->signature_problem == HFI_E_CERT_MALFORMED)
        return malformed(cert, "its signature algorithm");
    if (cert->key_problem == HFI_E_CERT_MALFORMED)
        return malformed(cert, "its public key");
    return HFI_OK;
}
