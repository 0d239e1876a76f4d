/* pki/ocsp.c: the status of one certificate, as its issuer's responder tells it.
 * RFC 6960 3.2 and 4.2.2.2.
 *
 * The responder is the issuer itself, or holds a certificate for it that the issuer has
 * signed directly.  Whether that one was revoked is not asked: RFC 6960 4.2.2.2.1 leaves
 * it to short lives.  A nonce means nothing in a response that the client did not ask
 * for itself. */
#include "pki/ocsp.h"

#include <stdio.h>

#include "pki/algorithm.h"
#include "pki/der.h"
#include "pki/name.h"
#include "pki/ocsp_response.h"
#include "pki/rules.h"

typedef struct check {
    const hfi_verify_params *params;
    const hfi_x509 *leaf;
    const hfi_x509 *issuer;
    hfi_ocsp_response response;
    hfi_ocsp_single single;
    size_t *signatures;
    hfi_cert_fault *fault;
} check;

static hfi_err refuse(const check *c, hfi_err code, const char *expected,
                      const char *presented)
{
    return hfi_fault_say(c->fault, code, c->leaf, 0, NULL, expected, presented);
}

/* ---- is it about this certificate? ---- */

static bool hash_is(const hfi_hash *hash, hfi_view bytes, hfi_view digest)
{
    uint8_t out[HFI_HASH_SIZE_MAX];
    hfi_hash_ctx ctx;

    if (digest.len != hash->size)
        return false;
    hash->init(&ctx);
    hash->update(&ctx, bytes.p, bytes.len);
    hash->finish(&ctx, out);
    return hfi_view_equal(hfi_view_of(out, hash->size), digest);
}

/* The public key's bytes, the contents of the BIT STRING: what key hashes are made of. */
static hfi_view key_bits(const hfi_x509 *cert)
{
    hfi_reader whole = hfi_reader_of(cert->spki);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    (void)hfi_der_read(&r, HFI_DER_SEQUENCE);
    return hfi_der_read_bit_string(&r);
}

static const hfi_hash *hash_of(const hfi_crypto *crypto, hfi_view oid)
{
    static const uint8_t sha1[] = {0x2b, 0x0e, 3, 2, 0x1a};
    static const uint8_t sha2[] = {0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2};

    if (hfi_view_equal(oid, hfi_view_of(sha1, sizeof sha1)))
        return crypto->sha1;
    if (oid.len != sizeof sha2 + 1 || memcmp(oid.p, sha2, sizeof sha2) != 0)
        return NULL;
    switch (oid.p[sizeof sha2]) {
    case 1:
        return crypto->sha256;
    case 2:
        return crypto->sha384;
    case 3:
        return crypto->sha512;
    default:
        return NULL;
    }
}

/* RFC 6960 3.2 (1): serial number, and the issuer's name and key by their hashes. */
static bool is_about_leaf(const check *c, const hfi_ocsp_single *single)
{
    const hfi_hash *hash = hash_of(c->params->crypto, single->hash);
    return hash != NULL && hfi_view_equal(single->serial, c->leaf->serial) &&
           hash_is(hash, c->leaf->issuer, single->issuer_name_hash) &&
           hash_is(hash, key_bits(c->issuer), single->issuer_key_hash);
}

static hfi_err find_single(check *c)
{
    hfi_reader r = hfi_reader_of(c->response.responses);

    while (hfi_reader_more(&r) && hfi_ocsp_next_single(&r, &c->single))
        if (is_about_leaf(c, &c->single))
            return HFI_OK;
    return refuse(c, HFI_E_STAPLE_INVALID, "a response about this certificate",
                  "one about another");
}

/* ---- did the right one sign it? ---- */

static bool named_by(const check *c, const hfi_x509 *cert)
{
    if (c->response.by_name.len != 0)
        return hfi_name_equal(c->response.by_name, cert->subject);
    return hash_is(c->params->crypto->sha1, key_bits(cert), c->response.by_key);
}

static bool signature_right(const check *c, hfi_signature algorithm,
                            const hfi_x509 *signer, hfi_view tbs, hfi_view signature)
{
    if (*c->signatures == 0 || !hfi_signature_fits_key(algorithm, signer->key.type) ||
        (signer->key_only != HFI_SIGNATURE_NONE && signer->key_only != algorithm))
        return false;
    --*c->signatures;
    return c->params->crypto->verify(algorithm, &signer->key, tbs, signature);
}

static bool signed_by(const check *c, const hfi_x509 *signer)
{
    return signature_right(c, c->response.signature_algorithm, signer, c->response.tbs,
                           c->response.signature);
}

/* RFC 6960 4.2.2.2: signed by the issuer itself for OCSPSigning, and valid now.  The
 * rules are those of any leaf; what they found is told as one cause. */
static const char *delegate_problem(const check *c, const hfi_x509 *cert)
{
    hfi_verify_params params = *c->params;
    hfi_cert_fault unused;

    params.profile = HFI_PROFILE_DEFAULT;
    if (!hfi_name_equal(cert->issuer, c->issuer->subject))
        return "a responder of another issuer";
    if ((cert->extended_key_usage & HFI_EKU_OCSP_SIGNING) == 0)
        return "a responder without OCSPSigning";
    if (cert->has_key_usage && (cert->key_usage & HFI_KU_DIGITAL_SIGNATURE) == 0)
        return "a responder without digitalSignature";
    hfi_err err = hfi_rules_certificate(&params, cert, -1, HFI_ROLE_LEAF, &unused);
    if (err == HFI_E_CERT_EXPIRED || err == HFI_E_CERT_NOT_YET_VALID)
        return "a responder whose certificate is not valid now";
    if (err != HFI_OK)
        return "a responder whose certificate breaks a rule";
    if (!signature_right(c, cert->signature_algorithm, c->issuer, cert->tbs,
                         cert->signature))
        return "a responder that the issuer did not sign";
    return NULL;
}

/* The certificate brought along that the response names; false if none is. */
static bool find_delegate(const check *c, hfi_x509 *cert)
{
    hfi_reader r = hfi_reader_of(c->response.certificates);

    for (unsigned i = 0; i < HFI_OCSP_CERTIFICATES_MAX && hfi_reader_more(&r); i++) {
        hfi_view der = hfi_der_read_element(&r, HFI_DER_SEQUENCE, NULL);
        if (!r.failed && hfi_x509_parse(der, cert) == HFI_OK && named_by(c, cert))
            return true;
    }
    return false;
}

static hfi_err check_signer(check *c)
{
    static const char expected[] = "a response signed by the issuer or for it";
    hfi_x509 delegate;
    const char *problem = NULL;

    if (named_by(c, c->issuer)) {
        if (!signed_by(c, c->issuer))
            problem = "a signature that does not verify";
    } else if (!find_delegate(c, &delegate)) {
        problem = "a responder without a certificate";
    } else {
        problem = delegate_problem(c, &delegate);
        if (problem == NULL && !signed_by(c, &delegate))
            problem = "a signature that does not verify";
    }
    if (problem == NULL)
        return HFI_OK;
    if (*c->signatures == 0)
        return refuse(c, HFI_E_CERT_WORK_LIMIT, "work within the limit",
                      "too many signatures");
    return refuse(c, HFI_E_STAPLE_INVALID, expected, problem);
}

/* ---- is it of now, and what does it say? ---- */

static hfi_err check_dates(const check *c)
{
    const hfi_ocsp_single *s = &c->single;
    int64_t now = c->params->now;
    int64_t end = s->has_next_update ? s->next_update : s->this_update + HFI_OCSP_AGE_MAX;
    int64_t begin = s->this_update > c->response.produced_at ? s->this_update
                                                             : c->response.produced_at;

    if (now < begin - HFI_OCSP_SKEW)
        return hfi_fault_date(c->fault, HFI_E_STAPLE_EXPIRED, c->leaf, 0,
                              "a response not later than", now, begin);
    if (now > end + HFI_OCSP_SKEW)
        return hfi_fault_date(c->fault, HFI_E_STAPLE_EXPIRED, c->leaf, 0,
                              "a response not earlier than", now, end);
    return HFI_OK;
}

static hfi_err check_status(const check *c)
{
    char presented[96], date[32];

    switch (c->single.status) {
    case HFI_OCSP_GOOD:
        return HFI_OK;
    case HFI_OCSP_REVOKED:
        hfi_x509_time_text(c->single.revoked_at, date, sizeof date);
        (void)snprintf(presented, sizeof presented, "revoked at %s: %s", date,
                       c->single.reason);
        return hfi_fault_say(c->fault, HFI_E_CERT_REVOKED, c->leaf, 0, "RFC 6960 2.2",
                             "a certificate that its issuer calls good", presented);
    default:
        return refuse(c, HFI_E_STAPLE_UNKNOWN, "good", "unknown");
    }
}

/* RFC 6960 2.3. */
static hfi_err tell_error(const check *c)
{
    static const char *const names[] = {
        NULL, "malformedRequest", "internalError", "tryLater",
        NULL, "sigRequired",      "unauthorized"};
    unsigned status = c->response.status;
    const char *name = status < sizeof names / sizeof names[0] && names[status] != NULL
                           ? names[status]
                           : "another";
    return refuse(c, HFI_E_STAPLE_REFUSED, "successful", name);
}

hfi_err hfi_ocsp_check(const hfi_verify_params *params, hfi_view response,
                       const hfi_x509 *leaf, const hfi_x509 *issuer, size_t *signatures,
                       hfi_cert_fault *fault)
{
    check c = {.params = params,
               .leaf = leaf,
               .issuer = issuer,
               .signatures = signatures,
               .fault = fault};

    if (!hfi_ocsp_response_parse(response, &c.response))
        return refuse(&c, HFI_E_STAPLE_MALFORMED, "an OCSP response",
                      "bytes that are none");
    if (c.response.status != 0)
        return tell_error(&c);
    hfi_err err = find_single(&c);
    if (err == HFI_OK)
        err = check_signer(&c);
    if (err == HFI_OK)
        err = check_dates(&c);
    return err != HFI_OK ? err : check_status(&c);
}
