/* pki/ocsp_response.c: an OCSP response, parsed in place.  RFC 6960 4.2.1.
 * Syntax only; what it is worth is decided in ocsp.c.  Extensions of the response say
 * nothing about a certificate; one that is critical is not understood, and the response
 * counts as malformed. */
#include "pki/ocsp_response.h"

#include "pki/algorithm.h"
#include "pki/crl.h"
#include "pki/der.h"
#include "pki/extensions.h"
#include "pki/name.h"
#include "pki/ocsp.h"
#include "pki/time.h"

enum { KEY_HASH = 20 };

/* RFC 6960 4.2.2.1: times are GeneralizedTime throughout. */
static bool read_time(hfi_reader *r, int64_t *seconds)
{
    if (!hfi_der_next_is(r, HFI_DER_GENERALIZED_TIME)) {
        hfi_reader_fail(r);
        return false;
    }
    return hfi_der_read_time(r, seconds);
}

/* [1] EXPLICIT Extensions, if there: none of them critical. */
static bool take_extensions(hfi_reader *r)
{
    hfi_view tagged;

    if (!hfi_der_read_optional(r, HFI_DER_CONTEXT_CONSTRUCTED | 1, &tagged))
        return !r->failed;
    hfi_reader outer = hfi_reader_of(tagged);
    hfi_reader list = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));
    while (hfi_reader_more(&list)) {
        hfi_reader one = hfi_reader_of(hfi_der_read(&list, HFI_DER_SEQUENCE));
        (void)hfi_der_read_oid(&one);
        if (hfi_der_next_is(&one, HFI_DER_BOOLEAN))
            return false; /* critical, or a default that is written out */
        (void)hfi_der_read(&one, HFI_DER_OCTET_STRING);
        if (!hfi_reader_done(&one))
            return false;
    }
    return hfi_reader_done(&list) && hfi_reader_done(&outer);
}

/* ---- SingleResponse ---- */

static bool read_cert_id(hfi_reader *r, hfi_ocsp_single *single)
{
    hfi_reader id = hfi_reader_of(hfi_der_read(r, HFI_DER_SEQUENCE));
    hfi_reader algorithm = hfi_reader_of(hfi_der_read(&id, HFI_DER_SEQUENCE));
    hfi_view null;

    single->hash = hfi_der_read_oid(&algorithm);
    (void)hfi_der_read_optional(&algorithm, HFI_DER_NULL, &null);
    single->issuer_name_hash = hfi_der_read(&id, HFI_DER_OCTET_STRING);
    single->issuer_key_hash = hfi_der_read(&id, HFI_DER_OCTET_STRING);
    single->serial = hfi_der_read_integer(&id);
    return hfi_reader_done(&algorithm) && null.len == 0 && hfi_reader_done(&id);
}

/* RevokedInfo: when, and perhaps why. */
static bool read_revoked(hfi_view inside, hfi_ocsp_single *single)
{
    hfi_reader r = hfi_reader_of(inside);
    hfi_view tagged;

    single->status = HFI_OCSP_REVOKED;
    single->reason = hfi_crl_reason_text(0);
    if (!read_time(&r, &single->revoked_at))
        return false;
    if (hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0, &tagged)) {
        hfi_reader outer = hfi_reader_of(tagged);
        hfi_view reason = hfi_der_read(&outer, HFI_DER_ENUMERATED);
        if (!hfi_reader_done(&outer) || reason.len != 1)
            return false;
        single->reason = hfi_crl_reason_text(reason.p[0]);
    }
    return hfi_reader_done(&r) && single->reason != NULL;
}

static bool read_status(hfi_reader *r, hfi_ocsp_single *single)
{
    uint8_t tag;
    hfi_view inside = hfi_der_read_any(r, &tag);

    switch (tag) {
    case HFI_DER_CONTEXT | 0:
        single->status = HFI_OCSP_GOOD;
        return inside.len == 0;
    case HFI_DER_CONTEXT_CONSTRUCTED | 1:
        return read_revoked(inside, single);
    case HFI_DER_CONTEXT | 2:
        single->status = HFI_OCSP_UNKNOWN;
        return inside.len == 0;
    default:
        return false;
    }
}

bool hfi_ocsp_next_single(hfi_reader *responses, hfi_ocsp_single *single)
{
    hfi_reader r = hfi_reader_of(hfi_der_read(responses, HFI_DER_SEQUENCE));
    hfi_view tagged;

    memset(single, 0, sizeof *single);
    bool right = !responses->failed && read_cert_id(&r, single) &&
                 read_status(&r, single) && read_time(&r, &single->this_update);
    if (right && hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0, &tagged)) {
        hfi_reader next = hfi_reader_of(tagged);
        single->has_next_update = true;
        right = read_time(&next, &single->next_update) && hfi_reader_done(&next);
    }
    if (!right || !take_extensions(&r) || !hfi_reader_done(&r)) {
        hfi_reader_fail(responses);
        return false;
    }
    return true;
}

/* ---- BasicOCSPResponse ---- */

static bool read_responder(hfi_reader *r, hfi_ocsp_response *response)
{
    hfi_view inside;

    if (hfi_der_read_optional(r, HFI_DER_CONTEXT_CONSTRUCTED | 1, &inside)) {
        response->by_name = inside;
        return hfi_name_valid(inside) && !hfi_name_empty(inside);
    }
    hfi_reader key = hfi_reader_of(hfi_der_read(r, HFI_DER_CONTEXT_CONSTRUCTED | 2));
    response->by_key = hfi_der_read(&key, HFI_DER_OCTET_STRING);
    return hfi_reader_done(&key) && response->by_key.len == KEY_HASH;
}

static bool read_data(hfi_view contents, hfi_ocsp_response *response)
{
    hfi_reader r = hfi_reader_of(contents);
    hfi_ocsp_single single;
    size_t count = 0;

    /* version is always v1, the default, and therefore left out. */
    if (!read_responder(&r, response) || !read_time(&r, &response->produced_at))
        return false;
    response->responses = hfi_der_read(&r, HFI_DER_SEQUENCE);
    hfi_reader list = hfi_reader_of(response->responses);
    while (hfi_reader_more(&list))
        if (!hfi_ocsp_next_single(&list, &single) || ++count > HFI_OCSP_RESPONSES_MAX)
            return false;
    return count != 0 && take_extensions(&r) && hfi_reader_done(&r);
}

static bool read_basic(hfi_view der, hfi_ocsp_response *response)
{
    hfi_view data, tagged;
    hfi_reader whole = hfi_reader_of(der);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));

    response->tbs = hfi_der_read_element(&r, HFI_DER_SEQUENCE, &data);
    hfi_view algorithm = hfi_der_read_element(&r, HFI_DER_SEQUENCE, NULL);
    response->signature = hfi_der_read_bit_string(&r);
    if (hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0, &tagged)) {
        hfi_reader certificates = hfi_reader_of(tagged);
        response->certificates = hfi_der_read(&certificates, HFI_DER_SEQUENCE);
        if (!hfi_reader_done(&certificates))
            return false;
    }
    if (!hfi_reader_done(&r) || !hfi_reader_done(&whole))
        return false;
    return hfi_signature_algorithm_read(algorithm, &response->signature_algorithm) !=
               HFI_E_CERT_MALFORMED &&
           read_data(data, response);
}

bool hfi_ocsp_response_parse(hfi_view der, hfi_ocsp_response *response)
{
    /* id-pkix-ocsp-basic */
    static const uint8_t basic[] = {0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1};
    hfi_view tagged;

    memset(response, 0, sizeof *response);
    if (der.len > HFI_OCSP_SIZE_MAX)
        return false;
    hfi_reader whole = hfi_reader_of(der);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    hfi_view status = hfi_der_read(&r, HFI_DER_ENUMERATED);
    bool bytes = hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0, &tagged);
    if (!hfi_reader_done(&r) || !hfi_reader_done(&whole) || status.len != 1)
        return false;
    response->status = status.p[0];
    /* RFC 6960 4.2.1: an error has no bytes, and success has them. */
    if (response->status != 0)
        return !bytes;
    hfi_reader outer = hfi_reader_of(tagged);
    hfi_reader typed = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));
    hfi_view type = hfi_der_read_oid(&typed);
    hfi_view body = hfi_der_read(&typed, HFI_DER_OCTET_STRING);
    return hfi_reader_done(&typed) && hfi_reader_done(&outer) &&
           hfi_view_equal(type, hfi_view_of(basic, sizeof basic)) &&
           read_basic(body, response);
}
