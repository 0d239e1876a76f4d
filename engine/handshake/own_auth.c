/* engine/handshake/own_auth.c: what we show of ourselves: a server always, a client when
 * asked.  RFC 8446 4.4.2, 4.4.3; RFC 5246 7.4.4, 7.4.6, 7.4.8.
 * What is signed differs by version: the tables' files say it.  Which credential a server
 * shows is chosen in choose_credential.c. */
#include "handshake/own_auth.h"

#include "handshake/certificate_compression.h"
#include "handshake/ext/registry.h"
#include "handshake/machine.h"
#include "msg/types.h"
#include "pki/x509.h"
#include "wire/reader.h"
#include "wire/writer.h"

bool hfi_own_can_authenticate(const hfi_hs *hs)
{
    const hfi_credentials *own = hs->wishes.credentials;

    return (own != NULL && own->count != 0) || hs->settings->choose_certificate != NULL;
}

/* ---- what the peer accepts ---- */

hfi_err hfi_own_keep_schemes(hfi_hs *hs, hfi_view schemes)
{
    hs->auth.accepted_schemes |= hfi_scheme_set(schemes);
    return HFI_OK;
}

hfi_err hfi_own_keep_request(hfi_hs *hs, hfi_view body)
{
    if (hs->settings->choose_certificate == NULL)
        return HFI_OK;
    hs->auth.request = hfi_alloc_copy(&hs->settings->alloc, body.p, body.len);
    hs->auth.request_len = body.len;
    return hs->auth.request == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

/* A server chooses by them only if told to. */
static bool needs_authorities(const hfi_hs *hs)
{
    const hfi_credentials *own = hs->wishes.credentials;

    if (hs->side == HFI_CLIENT || hs->settings->choose_certificate != NULL)
        return hfi_own_can_authenticate(hs);
    for (size_t i = 0; own != NULL && i < own->count; i++) {
        if (own->items[i].must_be_listed)
            return true;
    }
    return false;
}

hfi_err hfi_own_keep_authorities(hfi_hs *hs, hfi_view authorities)
{
    if (authorities.len == 0 || !needs_authorities(hs))
        return HFI_OK;
    hfi_alloc_release(&hs->settings->alloc, hs->auth.authorities); /* of a first hello */
    hs->auth.authorities =
        hfi_alloc_copy(&hs->settings->alloc, authorities.p, authorities.len);
    hs->auth.authorities_len = authorities.len;
    return hs->auth.authorities == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

/* TLS 1.2 does not tie an ECDSA scheme to its curve, and still has PKCS #1 v1.5. */
bool hfi_own_scheme_fits(const hfi_hs *hs, const hfi_scheme *scheme, hfi_key_type key)
{
    bool is_tls12 = hs->agreed->version == 0x0303;
    bool is_ecdsa =
        scheme->signature >= HFI_ECDSA_SHA256 && scheme->signature <= HFI_ECDSA_SHA512;
    bool is_ec = key >= HFI_KEY_EC_P256 && key <= HFI_KEY_EC_P521;

    if (!is_tls12 && !scheme->in_handshake)
        return false;
    return scheme->key == key || (is_tls12 && is_ecdsa && is_ec);
}

/* RFC 8017 9.1.1: hash, a salt as long, and two bytes fit into the modulus. */
static bool is_large_enough(const hfi_scheme *scheme, const hfi_public_key *key)
{
    size_t hash = scheme->signature == HFI_RSA_PSS_SHA512   ? 64
                  : scheme->signature == HFI_RSA_PSS_SHA384 ? 48
                  : scheme->signature == HFI_RSA_PSS_SHA256 ? 32
                                                            : 0;

    return hash == 0 || (key->bits + 6) / 8 >= 2 * hash + 2;
}

static const hfi_scheme *accepted_scheme_at(const hfi_hs *hs, size_t i,
                                            const hfi_credential *c)
{
    const hfi_scheme *scheme = hfi_scheme_at(i);
    bool fits = (hs->auth.accepted_schemes & UINT32_C(1) << i) != 0 &&
                hfi_own_scheme_fits(hs, scheme, c->leaf_key.type) &&
                is_large_enough(scheme, &c->leaf_key);

    return fits ? scheme : NULL;
}

static const hfi_scheme *accepted_scheme(const hfi_hs *hs, uint16_t id,
                                         const hfi_credential *c)
{
    for (size_t i = 0; hfi_scheme_at(i) != NULL; i++) {
        if (hfi_scheme_at(i)->id == id)
            return accepted_scheme_at(hs, i, c);
    }
    return NULL;
}

const hfi_scheme *hfi_own_find_scheme(const hfi_hs *hs, const hfi_credential *c)
{
    const hfi_scheme *found = NULL;

    for (size_t i = 0; found == NULL && i < c->scheme_count; i++)
        found = accepted_scheme(hs, c->schemes[i], c);
    for (size_t i = 0; found == NULL && c->scheme_count == 0 && hfi_scheme_at(i) != NULL;
         i++)
        found = accepted_scheme_at(hs, i, c);
    return found;
}

static bool type_fits(const hfi_hs *hs, const hfi_credential *c)
{
    hfi_key_type key = c->leaf_key.type;
    bool is_rsa = key == HFI_KEY_RSA || key == HFI_KEY_RSA_PSS;

    return hs->agreed->version != 0x0303 ||
           (is_rsa ? hs->tls12.accepts_rsa : hs->tls12.accepts_ecdsa);
}

static bool is_listed(const hfi_hs *hs, hfi_view name)
{
    hfi_reader r =
        hfi_reader_of(hfi_view_of(hs->auth.authorities, hs->auth.authorities_len));

    while (hfi_reader_more(&r)) {
        if (hfi_view_equal(hfi_read_vec16(&r, 1, 65535), name))
            return true;
    }
    return false;
}

/* RFC 8446 4.2.4: one of its certificates is issued by a listed authority; no list
 * means any, unless there must be one. */
bool hfi_own_issuer_fits(const hfi_hs *hs, const hfi_credential *c)
{
    hfi_x509 cert;

    if (hs->auth.authorities == NULL)
        return !c->must_be_listed;
    for (size_t i = 0; i < c->count; i++) {
        if (hfi_x509_parse(c->certs[i], &cert) == HFI_OK && is_listed(hs, cert.issuer))
            return true;
    }
    return false;
}

/* Servers that list the wrong authorities are not rare: the application may know. */
static hfi_own_answer judge(const hfi_hs *hs, const hfi_credential *c)
{
    bool any = (hs->wishes.options & HFI_OPTION_ANY_AUTHORITY) != 0 && !c->must_be_listed;

    if (hs->auth.sign_scheme == NULL)
        return HFI_ANSWER_NO_SCHEME;
    if (!type_fits(hs, c))
        return HFI_ANSWER_NO_TYPE;
    return any || hfi_own_issuer_fits(hs, c) ? HFI_ANSWER_SHOWN : HFI_ANSWER_NO_ISSUER;
}

/* Without one that fits, whoever insists on being known would rather stop here. */
static hfi_err choose_none(const hfi_hs *hs, const hfi_credentials *own)
{
    bool insists = (hs->wishes.options & HFI_OPTION_INSIST_ON_CERTIFICATE) != 0;

    return insists && own != NULL && own->count != 0 ? HFI_E_NO_FITTING_CERTIFICATE
                                                     : HFI_OK;
}

hfi_err hfi_client_choose_credential(hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;

    if (s->choose_certificate != NULL) {
        int answer = s->choose_certificate(hs->wishes.owner);
        if (answer < 0)
            return hfi_hs_pause(hs, HFI_PAUSE_CERTIFICATE);
        if (answer == 0)
            return HFI_E_CALLBACK_FAILED;
    }
    const hfi_credentials *own = hs->wishes.credentials;
    hs->report->answer = HFI_ANSWER_NONE_SET;
    for (size_t i = 0; own != NULL && i < own->count; i++) {
        const hfi_credential *c = &own->items[i];
        hs->auth.sign_scheme = hfi_own_find_scheme(hs, c);
        hfi_own_answer answer = judge(hs, c);
        if (answer == HFI_ANSWER_SHOWN) {
            hs->report->answer = HFI_ANSWER_SHOWN;
            hs->auth.credential = c;
            return HFI_OK;
        }
        if (answer > hs->report->answer)
            hs->report->answer = (uint8_t)answer;
    }
    return choose_none(hs, own);
}

/* ---- what we send ---- */

static hfi_err write_certificates(hfi_hs *hs, hfi_writer *w)
{
    const hfi_credential *c = hs->auth.credential;
    bool is_tls13 = hs->agreed->version == 0x0304;
    hfi_err err = HFI_OK;

    if (is_tls13)
        hfi_write_u8(w, 0); /* certificate_request_context */
    size_t list = hfi_write_vec24_begin(w);
    for (size_t i = 0; c != NULL && i < c->count; i++) {
        size_t mark = hfi_write_vec24_begin(w);
        hfi_write_bytes(w, c->certs[i]);
        hfi_write_vec24_end(w, mark);
        if (is_tls13 && i == 0 && hs->side == HFI_SERVER)
            err = hfi_ext_answer_all(hs, HFI_IN_CERTIFICATE, w);
        else if (is_tls13)
            hfi_write_u16(w, 0); /* no extensions */
    }
    hfi_write_vec24_end(w, list);
    return err;
}

/* An empty list says that we have none that would do (RFC 8446 4.4.2). */
hfi_err hfi_own_send_certificate(hfi_hs *hs)
{
    const hfi_credential *c = hs->auth.credential;
    const hfi_alloc *alloc = &hs->settings->alloc;
    size_t room =
        64 + (c != NULL ? c->bytes + 5 * c->count + c->staple.len + c->scts.len : 0);
    uint8_t *bytes = hfi_alloc_bytes(alloc, room);

    if (bytes == NULL)
        return HFI_E_NO_MEMORY;
    hfi_writer w = hfi_writer_of(bytes, room);
    hfi_write_u8(&w, HFI_CERTIFICATE);
    size_t mark = hfi_write_vec24_begin(&w);
    hfi_err err = write_certificates(hs, &w);
    hfi_write_vec24_end(&w, mark);
    if (err == HFI_OK)
        err = hfi_compression_send_certificate(hs, c, hfi_writer_view(&w));
    hfi_alloc_release(alloc, bytes);
    hs->agreed->certificate_sent = err == HFI_OK && c != NULL;
    if (hs->agreed->certificate_sent)
        hs->agreed->certificate_index = (uint8_t)(c - hs->wishes.credentials->items);
    return err;
}

/* What shall be signed is kept for whoever has the key. */
static hfi_err ask_for_signature(hfi_hs *hs, hfi_view content)
{
    if (hs->auth.to_sign == NULL) {
        hs->auth.to_sign = hfi_alloc_copy(&hs->settings->alloc, content.p, content.len);
        hs->auth.to_sign_len = content.len;
        if (hs->auth.to_sign == NULL)
            return HFI_E_NO_MEMORY;
    }
    return hfi_hs_pause(hs, HFI_PAUSE_SIGNATURE);
}

/* A signature from elsewhere is verified: a wrong key shows here, not at the server. */
static hfi_err take_answer(hfi_hs *hs, hfi_view content, hfi_view *signature)
{
    *signature = hfi_view_of(hs->auth.signature, hs->auth.signature_len);
    if (hs->settings->crypto->verify(hs->auth.sign_scheme->signature,
                                     &hs->auth.credential->leaf_key, content, *signature))
        return HFI_OK;
    hfi_report_detail(hs->report, "the signature given does not fit the certificate");
    return HFI_E_CALLBACK_FAILED;
}

hfi_err hfi_own_sign(hfi_hs *hs, hfi_view content, uint8_t *room, hfi_view *signature)
{
    const hfi_settings *s = hs->settings;
    hfi_span out = {room, HFI_SIGNATURE_MAX};

    if (hs->auth.credential->key == NULL)
        return hs->auth.signature == NULL ? ask_for_signature(hs, content)
                                          : take_answer(hs, content, signature);
    signature->p = room;
    return s->crypto->sign(hs->auth.sign_scheme->signature, hs->auth.credential->key,
                           &s->random, content, out, &signature->len);
}

hfi_err hfi_own_send_certificate_verify(hfi_hs *hs, hfi_view content)
{
    uint8_t room[HFI_SIGNATURE_MAX];
    uint8_t bytes[HFI_HANDSHAKE_HEADER + 2 + 2 + HFI_SIGNATURE_MAX];
    hfi_writer w = hfi_writer_of(bytes, sizeof bytes);
    hfi_view signature = {NULL, 0};

    hfi_err err = hfi_own_sign(hs, content, room, &signature);
    if (err != HFI_OK)
        return err;
    hfi_write_u8(&w, HFI_CERTIFICATE_VERIFY);
    size_t mark = hfi_write_vec24_begin(&w);
    hfi_write_u16(&w, hs->auth.sign_scheme->id);
    size_t inner = hfi_write_vec16_begin(&w);
    hfi_write_bytes(&w, signature);
    hfi_write_vec16_end(&w, inner);
    hfi_write_vec24_end(&w, mark);
    return w.failed ? HFI_E_BUFFER_TOO_SMALL : hfi_hs_send(hs, hfi_writer_view(&w));
}
