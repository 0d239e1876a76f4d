/* engine/handshake/peer_auth.c: who the peer is: Certificate, the check of its chain,
 * CertificateVerify.  RFC 8446 4.4.2, 4.4.3. */
#include "handshake/peer_auth.h"

#include "handshake/certificate_compression.h"
#include "handshake/ext/registry.h"
#include "handshake/registered.h"
#include "msg/certificate.h"
#include "msg/certificate_verify.h"
#include "msg/shape.h"
#include "msg/types.h"
#include "pki/x509.h"

/* In one block, behind a table of views. */
hfi_err hfi_peer_keep_chain(hfi_hs *hs, hfi_view entries, size_t count, size_t bytes,
                            bool with_extensions)
{
    size_t table = count * sizeof(hfi_view);
    hfi_view *certs = hfi_alloc_bytes(&hs->settings->alloc, table + bytes);

    if (certs == NULL)
        return HFI_E_NO_MEMORY;
    uint8_t *at = (uint8_t *)certs + table;
    hfi_reader list = hfi_reader_of(entries);
    for (size_t i = 0; i < count; i++) {
        hfi_view extensions;
        hfi_view der = with_extensions ? hfi_msg_next_certificate(&list, &extensions)
                                       : hfi_read_vec24(&list, 1, 0xffffff);
        memcpy(at, der.p, der.len);
        certs[i] = hfi_view_of(at, der.len);
        at += der.len;
    }
    hs->chain->certs = certs;
    hs->chain->count = count;
    return HFI_OK;
}

static hfi_err read_entry_extensions(hfi_hs *hs, const hfi_certificate_message *message)
{
    hfi_reader list = hfi_reader_of(message->entries);

    hs->auth.at_leaf = true;
    while (hfi_reader_more(&list)) {
        hfi_view block;
        hfi_extension_list extensions;
        (void)hfi_msg_next_certificate(&list, &block);
        hfi_err err =
            hfi_msg_read_extensions(block, HFI_E_DECODE_CERTIFICATE, &extensions);
        if (err == HFI_OK)
            err = hfi_ext_read_all(hs, HFI_IN_CERTIFICATE, &extensions);
        if (err != HFI_OK)
            return err;
        hs->auth.at_leaf = false;
    }
    return HFI_OK;
}

hfi_err hfi_peer_keep_staple(hfi_hs *hs, hfi_view response)
{
    hfi_chain *chain = hs->chain;

    chain->staple = hfi_alloc_copy(&hs->settings->alloc, response.p, response.len);
    chain->staple_len = response.len;
    return chain->staple == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

hfi_err hfi_peer_take_certificate(hfi_hs *hs, hfi_view body)
{
    hfi_certificate_message message;

    hfi_err err = hfi_msg_read_certificate(body, HFI_PEER_CERTIFICATES_MAX, &message);
    if (err != HFI_OK)
        return err;
    if (message.context.len != 0)
        return HFI_E_CERTIFICATE_REQUEST_CONTEXT;
    if (message.count == 0)
        return hs->side == HFI_CLIENT ? HFI_E_CERTIFICATE_EMPTY : HFI_OK;
    err = read_entry_extensions(hs, &message);
    return err == HFI_OK ? hfi_peer_keep_chain(hs, message.entries, message.count,
                                               message.bytes, true)
                         : err;
}

hfi_err hfi_peer_take_compressed(hfi_hs *hs, hfi_view body)
{
    hfi_span certificate;

    hfi_err err = hfi_compression_open(hs, body, &certificate);
    if (err != HFI_OK)
        return err;
    hfi_view inside = hfi_view_of(certificate.p, certificate.len);
    err = hfi_peer_take_certificate(hs, inside);
    if (err != HFI_OK) /* only here it is at hand */
        hfi_shape_report(hs->report, err,
                         &(hfi_shape_context){HFI_CERTIFICATE, 0x0304, 0}, inside);
    hfi_alloc_release(&hs->settings->alloc, certificate.p);
    return err;
}

hfi_err hfi_peer_read_leaf_key(hfi_hs *hs)
{
    hfi_x509 leaf;

    hfi_err err = hfi_x509_parse(hs->chain->certs[0], &leaf);
    if (err == HFI_OK && leaf.key.type == HFI_KEY_NONE)
        err = leaf.key_problem;
    if (err == HFI_OK)
        hs->auth.leaf_key = leaf.key;
    return err;
}

static hfi_staple_state staple_state(const hfi_hs *hs)
{
    if (hs->side == HFI_SERVER ||
        (hs->wishes.options & HFI_OPTION_NO_STATUS_REQUEST) != 0)
        return HFI_STAPLE_NOT_ASKED;
    return hs->chain->staple == NULL ? HFI_STAPLE_ABSENT : HFI_STAPLE_PRESENT;
}

static hfi_err check_chain(hfi_hs *hs, hfi_cert_fault *fault)
{
    const hfi_settings *s = hs->settings;
    bool is_client = hs->side == HFI_CLIENT;
    hfi_verify_params params = {
        .crypto = s->crypto,
        .alloc = &s->alloc,
        .store = s->store,
        .signatures = s->signatures,
        .now = s->clock.unix_seconds(s->clock.ctx),
        .purpose = is_client ? HFI_PURPOSE_SERVER : HFI_PURPOSE_CLIENT,
        .profile = s->profile,
        .crls = s->crls,
        .crl_whole_chain = s->crl_whole_chain,
        .crl_required = s->crl_required,
        .names = hs->wishes.hostnames,
        .name_count = hs->wishes.verify_name && is_client ? hs->wishes.hostname_count : 0,
        .staple_state = staple_state(hs),
        .staple = hfi_view_of(hs->chain->staple, hs->chain->staple_len),
    };

    if (s->store == NULL)
        return HFI_E_TRUST_STORE_EMPTY;
    return hfi_verify_chain(&params, hs->chain->certs, hs->chain->count,
                            &hs->auth.leaf_key, fault);
}

/* With verification off the answer is still found and told, and nothing hangs on it. */
static hfi_err find_out(hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;
    hfi_cert_fault fault;

    if (hs->agreed->verify_done)
        return hs->agreed->verify_result; /* before a pause */
    memset(&fault, 0, sizeof fault);
    fault.index = -1;
    hfi_err err = check_chain(hs, &fault);
    if (err == HFI_E_NO_MEMORY)
        return err;
    hs->agreed->verify_done = true;
    hs->agreed->verify_result = err;
    if (err != HFI_OK && s->store != NULL && s->verify_chain)
        hfi_report_fault(hs->report, &s->alloc, &fault);
    return err;
}

static bool is_about_certificates(int code)
{
    return code >= HFI_E_CERT_MALFORMED && code <= HFI_E_CERT_UNACCEPTABLE &&
           hfi_err_lookup(code)->code == (hfi_err)code;
}

/* With what it was found to be, or as the application says. */
static hfi_err refused(int answer, hfi_err found)
{
    if (answer < 0)
        return is_about_certificates(-answer) ? (hfi_err)-answer : HFI_E_CALLBACK_FAILED;
    return found == HFI_OK ? HFI_E_CERT_REFUSED : found;
}

/* The application has the last word, in either direction. */
static hfi_err ask_application(hfi_hs *hs, hfi_err found)
{
    int answer = hs->settings->judge_chain(hs->wishes.owner, found);

    if (answer == -1)
        return hfi_hs_pause(hs, HFI_PAUSE_VERIFY);
    hs->agreed->accepted = answer == 1;
    if (answer == 1)
        return found == HFI_OK ? HFI_OK : hfi_peer_read_leaf_key(hs);
    return refused(answer, found);
}

hfi_err hfi_peer_verify_chain(hfi_hs *hs)
{
    hfi_err err = find_out(hs);

    if (err == HFI_E_NO_MEMORY)
        return err;
    if (hs->settings->judge_chain != NULL)
        return ask_application(hs, err);
    return err == HFI_OK || hs->settings->verify_chain ? err : hfi_peer_read_leaf_key(hs);
}

/* ---- a session's peer, again ---- */

bool hfi_peer_session_vouches(const hfi_settings *s, const hfi_session_fields *f)
{
    return !s->verify_chain || (f->verified && f->verify_result == HFI_OK) ||
           (f->accepted && s->judge_chain != NULL);
}

bool hfi_peer_judges_session(const hfi_hs *hs)
{
    return hs->agreed->resumed && (hs->wishes.options & HFI_OPTION_VERIFY_RESUMED) != 0;
}

/* What the first handshake found, and the dates, which may have passed since. */
static hfi_err find_out_again(const hfi_hs *hs)
{
    const hfi_session_fields *f = hfi_session_get(hs->wishes.session);
    int64_t now = hs->settings->clock.unix_seconds(hs->settings->clock.ctx);
    hfi_x509 leaf;

    if (f->leaf.len != 0 && hfi_x509_parse(f->leaf, &leaf) == HFI_OK) {
        if (now < leaf.not_before)
            return HFI_E_CERT_NOT_YET_VALID;
        if (now > leaf.not_after)
            return HFI_E_CERT_EXPIRED;
    }
    return f->verified ? f->verify_result : HFI_E_NOT_CONNECTED;
}

hfi_err hfi_peer_verify_session(hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;
    hfi_err found = find_out_again(hs);

    if (s->judge_chain == NULL)
        return s->verify_chain ? found : HFI_OK;
    int answer = s->judge_chain(hs->wishes.owner, found);
    if (answer == -1)
        return hfi_hs_pause(hs, HFI_PAUSE_VERIFY);
    return answer == 1 ? HFI_OK : refused(answer, found);
}

static bool scheme_offered(const hfi_hs *hs, uint16_t id)
{
    for (size_t i = 0; i < hs->settings->scheme_count; i++) {
        if (hs->settings->schemes[i] == id)
            return true;
    }
    return false;
}

/* What is signed: 64 spaces, the context string, a zero byte, the transcript. */
size_t hfi_tls13_signed_content(const hfi_hs *hs, hfi_side side, uint8_t *out)
{
    static const char by_client[] = "TLS 1.3, client CertificateVerify";
    static const char by_server[] = "TLS 1.3, server CertificateVerify";
    const char *context = side == HFI_CLIENT ? by_client : by_server;
    hfi_digest transcript;

    hfi_transcript_digest(&hs->transcript, &transcript);
    memset(out, ' ', 64);
    memcpy(out + 64, context, sizeof by_client); /* with its zero byte */
    memcpy(out + 64 + sizeof by_client, transcript.bytes, transcript.len);
    return 64 + sizeof by_client + transcript.len;
}

/* TLS 1.2 does not tie an ECDSA scheme to its curve, and still has PKCS #1 v1.5. */
static bool scheme_fits_version(const hfi_hs *hs, const hfi_scheme *scheme)
{
    return scheme->in_handshake || hs->agreed->version == 0x0303;
}

static bool scheme_fits_key(const hfi_hs *hs, const hfi_scheme *scheme)
{
    hfi_key_type have = hs->auth.leaf_key.type;
    bool is_ecdsa =
        scheme->signature >= HFI_ECDSA_SHA256 && scheme->signature <= HFI_ECDSA_SHA512;

    if (scheme->key == have)
        return true;
    return hs->agreed->version == 0x0303 && is_ecdsa && have >= HFI_KEY_EC_P256 &&
           have <= HFI_KEY_EC_P521;
}

hfi_err hfi_peer_check_signature(hfi_hs *hs, uint16_t id, hfi_view content,
                                 hfi_view signature, hfi_err bad)
{
    const hfi_scheme *scheme = hfi_scheme_find(id);
    char text[HFI_REGISTRY_TEXT];

    if (scheme == NULL || !scheme_fits_version(hs, scheme) || !scheme_offered(hs, id)) {
        hfi_report_detail(
            hs->report, "the other side signed with %s",
            hfi_registry_text(hfi_registry_scheme(id), HFI_REGISTRY_HEX, id, text));
        return HFI_E_UNOFFERED_SIGNATURE_ALGORITHM;
    }
    if (!scheme_fits_key(hs, scheme)) {
        hfi_report_detail(hs->report, "%s", scheme->name);
        return HFI_E_SIGNATURE_KEY_MISMATCH;
    }
    if (!hs->settings->crypto->verify(scheme->signature, &hs->auth.leaf_key, content,
                                      signature))
        return bad;
    hs->agreed->scheme = id;
    return HFI_OK;
}

hfi_err hfi_peer_take_certificate_verify(hfi_hs *hs, hfi_view body)
{
    hfi_certificate_verify message;
    uint8_t content[HFI_SIGNED_CONTENT_MAX];

    hfi_err err = hfi_msg_read_certificate_verify(body, &message);
    if (err != HFI_OK)
        return err;
    hfi_side signer = hs->side == HFI_CLIENT ? HFI_SERVER : HFI_CLIENT;
    size_t len = hfi_tls13_signed_content(hs, signer, content);
    return hfi_peer_check_signature(hs, message.scheme, hfi_view_of(content, len),
                                    message.signature, HFI_E_BAD_CERTIFICATE_VERIFY);
}
