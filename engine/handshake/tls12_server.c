/* engine/handshake/tls12_server.c: the TLS 1.2 server's table and its handlers.
 * RFC 5246 7.3, 7.4; RFC 8422 5; RFC 7627; RFC 5077; RFC 6066 8.
 * It begins where a ClientHello has settled on TLS 1.2 (tls13_server.c). */
#include "handshake/tls12_server.h"

#include "base/ct.h"
#include "handshake/machine.h"
#include "handshake/own_auth.h"
#include "handshake/peer_auth.h"
#include "handshake/row.h"
#include "handshake/server_session.h"
#include "handshake/steps.h"
#include "handshake/tls12_both.h"
#include "msg/certificate_verify.h"
#include "msg/tls12.h"
#include "wire/writer.h"

/* ---- our flight ---- */

/* A whole message in room that is made for it and released again. */
static hfi_err send_allocated(hfi_hs *hs, hfi_handshake_type type, size_t room,
                              void (*fill_in)(const hfi_hs *hs, hfi_writer *w))
{
    const hfi_alloc *alloc = &hs->settings->alloc;
    uint8_t *bytes = hfi_alloc_bytes(alloc, HFI_HANDSHAKE_HEADER + room);

    if (bytes == NULL)
        return HFI_E_NO_MEMORY;
    hfi_writer w = hfi_writer_of(bytes, HFI_HANDSHAKE_HEADER + room);
    hfi_write_u8(&w, (uint8_t)type);
    size_t mark = hfi_write_vec24_begin(&w);
    fill_in(hs, &w);
    hfi_write_vec24_end(&w, mark);
    hfi_err err =
        w.failed ? HFI_E_BUFFER_TOO_SMALL : hfi_hs_send(hs, hfi_writer_view(&w));
    hfi_alloc_release(alloc, bytes);
    return err;
}

static void write_status(const hfi_hs *hs, hfi_writer *w)
{
    hfi_span staple = hs->auth.credential->staple;

    hfi_msg_write_certificate_status(w, hfi_view_of(staple.p, staple.len));
}

static hfi_err send_cert_status(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return send_allocated(hs, HFI_CERTIFICATE_STATUS, 4 + hs->auth.credential->staple.len,
                          write_status);
}

/* A state of its own: the signature over the share may wait. */
static hfi_err make_share(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_hs_tls12 *t = &hs->tls12;

    return t->group->generate(&hs->settings->random, t->private_key, t->share);
}

/* Both randoms and the parameters are signed, RFC 8422 5.4. */
static hfi_err send_server_key_exchange(hfi_hs *hs, hfi_view body)
{
    (void)body;
    const hfi_hs_tls12 *t = &hs->tls12;
    uint8_t content[64 + 4 + HFI_GROUP_POINT_MAX];
    uint8_t room[HFI_SIGNATURE_MAX];
    uint8_t bytes[HFI_HANDSHAKE_HEADER + 8 + HFI_GROUP_POINT_MAX + HFI_SIGNATURE_MAX];
    hfi_writer c = hfi_writer_of(content, sizeof content);
    hfi_writer w = hfi_writer_of(bytes, sizeof bytes);
    hfi_view signature = {NULL, 0};

    hfi_write_bytes(&c, hfi_view_of(hs->client_random, 32));
    hfi_write_bytes(&c, hfi_view_of(hs->server_random, 32));
    hfi_msg_write_server_params(&c, t->group->id,
                                hfi_view_of(t->share, t->group->share_len));
    hfi_err err = hfi_own_sign(hs, hfi_writer_view(&c), room, &signature);
    if (err != HFI_OK)
        return err;
    hfi_write_u8(&w, HFI_SERVER_KEY_EXCHANGE);
    size_t mark = hfi_write_vec24_begin(&w);
    hfi_msg_write_server_key_exchange(&w, hfi_view_of(content + 64, c.len - 64),
                                      hs->auth.sign_scheme->id, signature);
    hfi_write_vec24_end(&w, mark);
    return w.failed ? HFI_E_BUFFER_TOO_SMALL : hfi_hs_send(hs, hfi_writer_view(&w));
}

static void write_request(const hfi_hs *hs, hfi_writer *w)
{
    static const uint8_t types[] = {HFI_ECDSA_SIGN, HFI_RSA_SIGN};
    const hfi_settings *s = hs->settings;
    uint8_t schemes[2 * HFI_SCHEMES_MAX];
    hfi_writer list = hfi_writer_of(schemes, sizeof schemes);

    for (size_t i = 0; i < s->scheme_count; i++)
        hfi_write_u16(&list, s->schemes[i]);
    hfi_certificate_request_tls12 message = {
        .types = hfi_view_of(types, sizeof types),
        .schemes = hfi_writer_view(&list),
        .authorities = s->client_authorities,
    };
    hfi_msg_write_certificate_request_tls12(w, &message);
}

static hfi_err send_cert_request(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hs->agreed->certificate_requested = true;
    return send_allocated(hs, HFI_CERTIFICATE_REQUEST,
                          16 + 2 * HFI_SCHEMES_MAX + hs->settings->client_authorities.len,
                          write_request);
}

static hfi_err send_hello_done(hfi_hs *hs, hfi_view body)
{
    return hfi_both12_send(hs, HFI_SERVER_HELLO_DONE, body);
}

/* ---- the client's flight ---- */

/* RFC 5246 7.4.6: an empty list means that it has none. */
static hfi_err recv_certificate(hfi_hs *hs, hfi_view body)
{
    hfi_certificate_tls12 message;

    hfi_err err =
        hfi_msg_read_certificate_tls12(body, HFI_PEER_CERTIFICATES_MAX, &message);
    if (err != HFI_OK)
        return err;
    if (message.count == 0) {
        hs->as.server.no_certificate = true;
        hfi_transcript_drop_kept(&hs->transcript, &hs->settings->alloc);
        return hs->settings->client_auth == HFI_CLIENT_AUTH_REQUIRED
                   ? HFI_E_CLIENT_CERTIFICATE_MISSING_TLS12
                   : HFI_OK;
    }
    return hfi_peer_keep_chain(hs, message.entries, message.count, message.bytes, false);
}

/* The transcript that the master secret is made of has this message, too: it is made in
 * the next state. */
static hfi_err recv_client_key_exchange(hfi_hs *hs, hfi_view body)
{
    hfi_hs_tls12 *t = &hs->tls12;
    hfi_view share;

    hfi_err err = hfi_msg_read_client_key_exchange(body, &share);
    if (err == HFI_OK)
        err = t->group->derive(t->private_key, share, hs->shared_secret);
    hfi_wipe(t->private_key, sizeof t->private_key);
    hs->shared_len = t->group->secret_len;
    return err;
}

static hfi_err make_master(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_both12_make_master(hs, hfi_view_of(hs->shared_secret, hs->shared_len));
    hfi_wipe(hs->shared_secret, sizeof hs->shared_secret);
    return HFI_OK;
}

/* All messages so far are signed, with the hash of the scheme (RFC 5246 7.4.8). */
static hfi_err recv_cert_verify(hfi_hs *hs, hfi_view body)
{
    hfi_certificate_verify message;

    hfi_err err = hfi_msg_read_certificate_verify(body, &message);
    if (err == HFI_OK)
        err = hfi_peer_check_signature(
            hs, message.scheme, hfi_view_of(hs->transcript.kept, hs->transcript.kept_len),
            message.signature, HFI_E_BAD_CERTIFICATE_VERIFY);
    hfi_transcript_drop_kept(&hs->transcript, &hs->settings->alloc);
    return err;
}

/* ---- the session ---- */

static void describe(const hfi_hs *hs, hfi_session_fields *fields)
{
    hfi_server_describe_session(hs, hs->as.server.session, fields);
    memcpy(fields->psk, hs->tls12.master, HFI_MASTER_SECRET);
    fields->psk_len = HFI_MASTER_SECRET;
}

static void write_ticket(const hfi_hs *hs, hfi_writer *w)
{
    hfi_ticket_tls12 message = {
        .lifetime_hint = hs->tls12.ticket_lifetime,
        .ticket = hfi_view_of(hs->tls12.ticket, hs->tls12.ticket_len),
    };

    hfi_msg_write_ticket_tls12(w, &message);
}

/* It was announced: for a session that is too large, an empty one takes that back
 * (RFC 5077 3.3). */
static hfi_err send_ticket(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_hs_tls12 *t = &hs->tls12;
    hfi_session_fields fields;

    describe(hs, &fields);
    hfi_err err = hfi_server_seal_ticket(hs, &fields, &t->ticket, &t->ticket_len);
    hfi_wipe(&fields, sizeof fields);
    if (err != HFI_OK)
        return err;
    t->ticket_lifetime = t->ticket != NULL ? hs->settings->tickets->lifetime : 0;
    return send_allocated(hs, HFI_NEW_SESSION_TICKET, 6 + t->ticket_len, write_ticket);
}

static hfi_err store_session(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_hs_tls12 *t = &hs->tls12;
    hfi_session_fields fields;

    describe(hs, &fields);
    hfi_err err = hfi_server_store_session(
        hs, hfi_view_of(t->session_id, t->session_id_len), &fields);
    hfi_wipe(&fields, sizeof fields);
    t->stored = err == HFI_OK;
    return err;
}

/* ---- conditions ---- */

static bool resuming(const hfi_hs *hs)
{
    return hs->tls12.resumed;
}

static bool resuming_with_ticket(const hfi_hs *hs)
{
    return hs->tls12.resumed && hs->tls12.ticket_expected;
}

static bool has_status(const hfi_hs *hs)
{
    return hs->tls12.status_expected;
}

static bool asks_certificate(const hfi_hs *hs)
{
    return hfi_server12_asks_certificate(hs);
}

static bool has_no_certificate(const hfi_hs *hs)
{
    return hs->as.server.no_certificate;
}

static bool has_certificate(const hfi_hs *hs)
{
    return hs->chain->count != 0;
}

static bool gives_ticket(const hfi_hs *hs)
{
    return hs->tls12.ticket_expected;
}

static bool gives_id(const hfi_hs *hs)
{
    return hs->tls12.session_id_len != 0;
}

/* ---- the table ---- */

enum state {
    NEGOTIATED,
    CHOOSE,
    SEND_HELLO,
    SEND_CERT,
    SEND_STATUS,
    MAKE_SHARE,
    SEND_SKE,
    SEND_CR,
    SEND_DONE,
    WAIT_CERT,
    VERIFY_CERT,
    WAIT_CKE,
    MAKE_KEYS,
    WAIT_CV,
    WAIT_CCS,
    WAIT_FINISHED,
    SEND_TICKET,
    STORE_SESSION,
    SEND_CCS,
    SEND_FINISHED,
    RESUME_HELLO,
    RESUME_TICKET,
    RESUME_CCS,
    RESUME_FINISHED,
    ANSWERED_CCS,
    ANSWERED_FINISHED,
    CONNECTED,
};

static const char *const state_names[] = {
    "NEGOTIATED",   "CHOOSE",
    "SEND_HELLO",   "SEND_CERT",
    "SEND_STATUS",  "MAKE_SHARE",
    "SEND_SKE",     "SEND_CR",
    "SEND_DONE",    "WAIT_CERT",
    "VERIFY_CERT",  "WAIT_CKE",
    "MAKE_KEYS",    "WAIT_CV",
    "WAIT_CCS",     "WAIT_FINISHED",
    "SEND_TICKET",  "STORE_SESSION",
    "SEND_CCS",     "SEND_FINISHED",
    "RESUME_HELLO", "RESUME_TICKET",
    "RESUME_CCS",   "RESUME_FINISHED",
    "ANSWERED_CCS", "ANSWERED_FINISHED",
    "CONNECTED",
};

enum {
    NONE = HFI_KEYS_NONE,
    MAKE_MASTER = HFI_MAKE_MASTER,
    RECV_TLS12 = HFI_RECV_TLS12,
    SEND_TLS12 = HFI_SEND_TLS12,
};

/* clang-format off */
static const hfi_edge edges[] = {
    /* from               event                     when                  handler                   keys         to                */
    ROW(NEGOTIATED,       GO,                       resuming,             hfi_server12_resume,      MAKE_MASTER, RESUME_HELLO),
    ROW(NEGOTIATED,       GO,                       always,               hfi_server12_resume,      NONE,        CHOOSE),

    ROW(CHOOSE,           GO,                       always,               hfi_server12_choose,      NONE,        SEND_HELLO),
    ROW(SEND_HELLO,       GO,                       always,               hfi_server12_send_hello,  NONE,        SEND_CERT),
    ROW(SEND_CERT,        GO,                       has_status,           send_certificate,         NONE,        SEND_STATUS),
    ROW(SEND_CERT,        GO,                       always,               send_certificate,         NONE,        MAKE_SHARE),
    ROW(SEND_STATUS,      GO,                       always,               send_cert_status,         NONE,        MAKE_SHARE),
    ROW(MAKE_SHARE,       GO,                       always,               make_share,               NONE,        SEND_SKE),
    ROW(SEND_SKE,         GO,                       asks_certificate,     send_server_key_exchange, NONE,        SEND_CR),
    ROW(SEND_SKE,         GO,                       always,               send_server_key_exchange, NONE,        SEND_DONE),
    ROW(SEND_CR,          GO,                       always,               send_cert_request,        NONE,        SEND_DONE),
    ROW(SEND_DONE,        GO,                       asks_certificate,     send_hello_done,          NONE,        WAIT_CERT),
    ROW(SEND_DONE,        GO,                       always,               send_hello_done,          NONE,        WAIT_CKE),
    ROW(WAIT_CERT,        RECV_CERTIFICATE,         has_no_certificate,   recv_certificate,         NONE,        WAIT_CKE),
    ROW(WAIT_CERT,        RECV_CERTIFICATE,         always,               recv_certificate,         NONE,        VERIFY_CERT),
    ROW(VERIFY_CERT,      GO,                       always,               verify_chain,             NONE,        WAIT_CKE),
    ROW(WAIT_CKE,         RECV_CLIENT_KEY_EXCHANGE, always,               recv_client_key_exchange, NONE,        MAKE_KEYS),
    ROW(MAKE_KEYS,        GO,                       has_certificate,      make_master,              MAKE_MASTER, WAIT_CV),
    ROW(MAKE_KEYS,        GO,                       always,               make_master,              MAKE_MASTER, WAIT_CCS),
    ROW(WAIT_CV,          RECV_CERT_VERIFY,         always,               recv_cert_verify,         NONE,        WAIT_CCS),
    ROW(WAIT_CCS,         RECV_CCS,                 always,               hfi_both12_recv_ccs,      RECV_TLS12,  WAIT_FINISHED),
    ROW(WAIT_FINISHED,    RECV_FINISHED,            gives_ticket,         hfi_both12_recv_finished, NONE,        SEND_TICKET),
    ROW(WAIT_FINISHED,    RECV_FINISHED,            gives_id,             hfi_both12_recv_finished, NONE,        STORE_SESSION),
    ROW(WAIT_FINISHED,    RECV_FINISHED,            always,               hfi_both12_recv_finished, NONE,        SEND_CCS),
    ROW(SEND_TICKET,      GO,                       always,               send_ticket,              NONE,        SEND_CCS),
    ROW(STORE_SESSION,    GO,                       always,               store_session,            NONE,        SEND_CCS),
    ROW(SEND_CCS,         GO,                       always,               hfi_both12_send_ccs,      SEND_TLS12,  SEND_FINISHED),
    ROW(SEND_FINISHED,    GO,                       always,               hfi_both12_send_finished, NONE,        CONNECTED),

    ROW(RESUME_HELLO,     GO,                       resuming_with_ticket, hfi_server12_send_hello,  NONE,        RESUME_TICKET),
    ROW(RESUME_HELLO,     GO,                       always,               hfi_server12_send_hello,  NONE,        RESUME_CCS),
    ROW(RESUME_TICKET,    GO,                       always,               send_ticket,              NONE,        RESUME_CCS),
    ROW(RESUME_CCS,       GO,                       always,               hfi_both12_send_ccs,      SEND_TLS12,  RESUME_FINISHED),
    ROW(RESUME_FINISHED,  GO,                       always,               hfi_both12_send_finished, NONE,        ANSWERED_CCS),
    ROW(ANSWERED_CCS,     RECV_CCS,                 always,               hfi_both12_recv_ccs,      RECV_TLS12,  ANSWERED_FINISHED),
    ROW(ANSWERED_FINISHED, RECV_FINISHED,           always,               hfi_both12_recv_finished, NONE,        CONNECTED),
};
/* clang-format on */

/* RFC 5246 7.4.1.2: the client would like to begin anew. */
static const hfi_after after[] = {
    AFTER(RECV_CLIENT_HELLO, DECLINE_RENEGOTIATION, KEYS_NONE),
};

const hfi_table hfi_tls12_server =
    TABLE("TLS 1.2 server", NEGOTIATED, CONNECTED, CONNECTED, NULL);
