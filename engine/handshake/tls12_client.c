/* engine/handshake/tls12_client.c: the TLS 1.2 client's table and its handlers.
 * RFC 5246 7.3, 7.4; RFC 8422 5; RFC 7627; RFC 5077.
 * It begins where the ServerHello has settled on TLS 1.2 (tls13_client.c). */
#include "handshake/tls12_client.h"

#include "base/ct.h"
#include "handshake/demand.h"
#include "handshake/ext/registry.h"
#include "handshake/machine.h"
#include "handshake/own_auth.h"
#include "handshake/peer_auth.h"
#include "handshake/registered.h"
#include "handshake/row.h"
#include "handshake/steps.h"
#include "handshake/tls12_both.h"
#include "handshake/tls13_client.h"
#include "msg/server_hello.h"
#include "msg/tls12.h"
#include "msg/types.h"

/* ---- ServerHello, RFC 5246 7.4.1.3 ---- */

/* RFC 8446 4.1.3: a server that could speak a newer version marks the end of its random
 * when it answers with an older one. */
static bool is_downgrade_marked(const hfi_server_hello *hello)
{
    static const uint8_t to_tls12[] = "DOWNGRD\x01";
    static const uint8_t to_tls11[] = "DOWNGRD";
    hfi_view end = hfi_view_of(hello->random.p + 24, 8);

    return hfi_view_equal(end, hfi_view_of(to_tls12, 8)) ||
           hfi_view_equal(end, hfi_view_of(to_tls11, 8));
}

static hfi_err check_version(hfi_hs *hs, const hfi_server_hello *hello)
{
    const hfi_settings *s = hs->settings;
    char text[HFI_REGISTRY_TEXT];

    if (hfi_settings_allow(s, 0x0304) && is_downgrade_marked(hello))
        return HFI_E_DOWNGRADE_DETECTED;
    if (hello->legacy_version == 0x0303 && hfi_settings_allow(s, 0x0303))
        return HFI_OK;
    uint16_t chosen = hello->legacy_version;
    hfi_report_detail(
        hs->report, "the server chose version %s",
        hfi_registry_text(hfi_registry_version(chosen), HFI_REGISTRY_HEX, chosen, text));
    return hfi_settings_allow(s, 0x0303) ? HFI_E_UNSUPPORTED_VERSION
                                         : HFI_E_SUPPORTED_VERSIONS_MISSING;
}

/* The server repeats the id that it was offered: it resumes. */
static hfi_err check_session(hfi_hs *hs, const hfi_server_hello *hello)
{
    hfi_hs_client *client = &hs->as.client;
    hfi_hs_tls12 *t = &hs->tls12;

    memcpy(t->session_id, hello->session_id.p, hello->session_id.len);
    t->session_id_len = hello->session_id.len;
    if (hello->session_id.len == 0 ||
        !hfi_view_equal(hello->session_id,
                        hfi_view_of(client->session_id, client->session_id_len)))
        return HFI_OK;
    if (!client->session_offered)
        return HFI_E_SESSION_ID_UNKNOWN;

    const hfi_session_fields *f = hfi_session_get(hs->wishes.session);
    if (f->suite != hello->suite)
        return HFI_E_RESUMPTION_CHANGED;
    t->resumed = true;
    memcpy(t->master, f->psk, sizeof t->master);
    hs->agreed->resumed = true;
    hs->agreed->verify_done = f->verified;
    hs->agreed->accepted = f->accepted;
    return HFI_OK;
}

/* Without the extended master secret two connections can be made to share their keys
 * (RFC 7627 1); without renegotiation_info one can be spliced before another. */
static hfi_err check_safety(const hfi_hs *hs)
{
    const hfi_hs_tls12 *t = &hs->tls12;
    uint64_t options = hs->wishes.options;

    if (t->resumed) {
        const hfi_session_fields *f = hfi_session_get(hs->wishes.session);
        if (f->extended_master != t->extended_master)
            return HFI_E_RESUMPTION_CHANGED_MASTER;
    }
    if (!t->extended_master && (options & HFI_OPTION_ALLOW_PLAIN_MASTER_SECRET) == 0)
        return HFI_E_EXTENDED_MASTER_SECRET_MISSING;
    if (!t->secure_renegotiation &&
        (options & HFI_OPTION_ALLOW_UNSAFE_RENEGOTIATION) == 0)
        return HFI_E_RENEGOTIATION_INFO_MISSING;
    return HFI_OK;
}

hfi_err hfi_client_take_hello_tls12(hfi_hs *hs, hfi_view body)
{
    hfi_server_hello hello;
    hfi_extension_list extensions;

    hfi_err err = hfi_msg_read_server_hello(body, &hello);
    if (err == HFI_OK)
        err = hfi_msg_read_extensions(hello.extensions, HFI_E_DECODE_SERVER_HELLO,
                                      &extensions);
    if (err == HFI_OK)
        err = check_version(hs, &hello);
    if (err == HFI_OK && hs->agreed->early_data != HFI_EARLY_NONE) {
        hs->sink.uninstall(hs->sink.ctx); /* nobody else could read the alert */
        err = HFI_E_EARLY_DATA_VERSION;
    }
    if (err != HFI_OK)
        return err;
    hs->agreed->version = 0x0303;
    memcpy(hs->server_random, hello.random.p, sizeof hs->server_random);
    if (hello.compression != 0)
        return HFI_E_COMPRESSION_SELECTED;
    err = hfi_client_check_suite(hs, hello.suite);
    if (err == HFI_OK)
        err = check_session(hs, &hello);
    if (err == HFI_OK)
        err = hfi_ext_read_all(hs, HFI_IN_SERVER_HELLO_TLS12, &extensions);
    if (err == HFI_OK)
        err = check_safety(hs);
    if (err == HFI_OK)
        err = hfi_client_check_refused_psk(hs);
    if (err == HFI_OK && hfi_own_can_authenticate(hs))
        hfi_transcript_keep(&hs->transcript); /* CertificateVerify signs the messages */
    if (err == HFI_OK)
        hfi_transcript_start(&hs->transcript, &hs->settings->alloc, hs->suite.hash);
    return err;
}

/* ---- the server's flight ---- */

static hfi_err check_key_fits_suite(const hfi_hs *hs)
{
    hfi_key_type type = hs->auth.leaf_key.type;
    bool is_rsa = type == HFI_KEY_RSA || type == HFI_KEY_RSA_PSS;

    return is_rsa == (hs->suite.auth == HFI_AUTH_RSA) ? HFI_OK : HFI_E_SUITE_KEY_MISMATCH;
}

static hfi_err recv_certificate(hfi_hs *hs, hfi_view body)
{
    hfi_certificate_tls12 message;

    hfi_err err =
        hfi_msg_read_certificate_tls12(body, HFI_PEER_CERTIFICATES_MAX, &message);
    if (err != HFI_OK)
        return err;
    if (message.count == 0)
        return HFI_E_CERTIFICATE_EMPTY;
    err = hfi_peer_keep_chain(hs, message.entries, message.count, message.bytes, false);
    return err == HFI_OK ? hfi_peer_read_leaf_key(hs) : err;
}

/* RFC 6066 8: it may stay away although ServerHello announced it. */
static hfi_err recv_cert_status(hfi_hs *hs, hfi_view body)
{
    hfi_view response;

    hfi_err err = hfi_msg_read_certificate_status(body, &response);
    return err == HFI_OK ? hfi_peer_keep_staple(hs, response) : err;
}

/* Hybrids are for TLS 1.3 alone. */
static const hfi_group *offered_curve(const hfi_hs *hs, uint16_t id)
{
    const hfi_group *group = hfi_client_offered_group(hs, id);

    return group != NULL && group->curve_id == 0 ? group : NULL;
}

/* Both randoms and the parameters are signed, RFC 8422 5.4. */
static hfi_err check_signature(hfi_hs *hs, const hfi_server_key_exchange *message)
{
    uint8_t content[64 + 4 + 255];
    hfi_writer w = hfi_writer_of(content, sizeof content);

    hfi_write_bytes(&w, hfi_view_of(hs->client_random, 32));
    hfi_write_bytes(&w, hfi_view_of(hs->server_random, 32));
    hfi_write_bytes(&w, message->params);
    return hfi_peer_check_signature(hs, message->scheme, hfi_writer_view(&w),
                                    message->signature, HFI_E_BAD_SERVER_KEY_EXCHANGE);
}

static hfi_err recv_server_key_exchange(hfi_hs *hs, hfi_view body)
{
    hfi_hs_tls12 *t = &hs->tls12;
    hfi_server_key_exchange message;
    char text[HFI_REGISTRY_TEXT];

    hfi_err err = hfi_msg_read_server_key_exchange(body, &message);
    if (err != HFI_OK)
        return err;
    if (message.curve_type != 3)
        return HFI_E_CURVE_TYPE_UNSUPPORTED;
    t->group = offered_curve(hs, message.group);
    if (t->group == NULL) {
        hfi_report_detail(
            hs->report, "the server chose group %s",
            hfi_registry_text(hfi_registry_group(hs->settings->crypto, message.group),
                              HFI_REGISTRY_DECIMAL, message.group, text));
        return HFI_E_UNOFFERED_GROUP;
    }
    if (message.share.len != t->group->share_len)
        return HFI_E_KEY_SHARE_INVALID;
    memcpy(t->peer_share, message.share.p, message.share.len);
    t->peer_share_len = message.share.len;
    hs->agreed->group = message.group;
    err = check_key_fits_suite(hs);
    return err == HFI_OK ? check_signature(hs, &message) : err;
}

static hfi_err recv_cert_request(hfi_hs *hs, hfi_view body)
{
    hfi_certificate_request_tls12 message;

    hs->agreed->certificate_requested = true;
    hfi_err err = hfi_msg_read_certificate_request_tls12(body, &message);
    if (err == HFI_OK)
        err = hfi_demand_keep_tls12(hs, &message);
    if (err != HFI_OK)
        return err;
    hs->tls12.accepts_rsa =
        memchr(message.types.p, HFI_RSA_SIGN, message.types.len) != NULL;
    hs->tls12.accepts_ecdsa =
        memchr(message.types.p, HFI_ECDSA_SIGN, message.types.len) != NULL;
    err = hfi_own_keep_schemes(hs, message.schemes);
    if (err == HFI_OK)
        err = hfi_own_keep_request(hs, body);
    return err == HFI_OK ? hfi_own_keep_authorities(hs, message.authorities) : err;
}

static hfi_err recv_server_hello_done(hfi_hs *hs, hfi_view body)
{
    (void)hs;
    return body.len == 0 ? HFI_OK : HFI_E_DECODE_SERVER_HELLO_DONE;
}

/* ---- our flight ---- */

static hfi_err choose_certificate(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hfi_client_choose_credential(hs);
}

/* All messages so far are signed, with the hash of the scheme (RFC 5246 7.4.8). */
static hfi_err send_cert_verify(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_err err = hfi_own_send_certificate_verify(
        hs, hfi_view_of(hs->transcript.kept, hs->transcript.kept_len));

    if (err == HFI_OK)
        hfi_transcript_drop_kept(&hs->transcript, &hs->settings->alloc);
    return err;
}

static hfi_err send_client_key_exchange(hfi_hs *hs, hfi_view body)
{
    (void)body;
    const hfi_group *group = hs->tls12.group;
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX];
    uint8_t share[HFI_GROUP_POINT_MAX];
    uint8_t premaster[HFI_GROUP_SECRET_MAX];
    uint8_t content[1 + HFI_GROUP_POINT_MAX];
    hfi_writer w = hfi_writer_of(content, sizeof content);

    hfi_err err = group->generate(&hs->settings->random, private_key, share);
    if (err == HFI_OK)
        err = group->derive(private_key,
                            hfi_view_of(hs->tls12.peer_share, hs->tls12.peer_share_len),
                            premaster);
    if (err == HFI_OK) {
        hfi_msg_write_client_key_exchange(&w, hfi_view_of(share, group->share_len));
        err = hfi_both12_send(hs, HFI_CLIENT_KEY_EXCHANGE, hfi_writer_view(&w));
    }
    if (err == HFI_OK)
        hfi_both12_make_master(hs, hfi_view_of(premaster, group->secret_len));
    hfi_wipe(private_key, sizeof private_key);
    hfi_wipe(premaster, sizeof premaster);
    return err;
}

/* ---- the end ---- */

/* An empty ticket means that none is given after all, RFC 5077 3.3. */
static hfi_err recv_ticket(hfi_hs *hs, hfi_view body)
{
    hfi_hs_tls12 *t = &hs->tls12;
    hfi_ticket_tls12 message;

    hfi_err err = hfi_msg_read_ticket_tls12(body, &message);
    if (err != HFI_OK || message.ticket.len == 0)
        return err;
    t->ticket =
        hfi_alloc_copy(&hs->settings->alloc, message.ticket.p, message.ticket.len);
    t->ticket_len = message.ticket.len;
    t->ticket_lifetime = message.lifetime_hint;
    return t->ticket == NULL ? HFI_E_NO_MEMORY : HFI_OK;
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

static bool ticket_expected(const hfi_hs *hs)
{
    return hs->tls12.ticket_expected;
}

static bool status_expected(const hfi_hs *hs)
{
    return hs->tls12.status_expected;
}

static bool has_certificate(const hfi_hs *hs)
{
    return hs->auth.credential != NULL;
}

static bool cert_requested(const hfi_hs *hs)
{
    return hs->agreed->certificate_requested;
}

/* ---- the table ---- */

enum state {
    NEGOTIATED,
    WAIT_CERT,
    WAIT_CS_SKE,
    WAIT_SKE,
    WAIT_CR_SHD,
    WAIT_SHD,
    VERIFY_CERT,
    CHOOSE_CERT,
    SEND_CERT,
    SEND_CKE,
    SEND_CV,
    SEND_CCS,
    SEND_FINISHED,
    WAIT_TICKET,
    WAIT_CCS,
    WAIT_FINISHED,
    RESUME_TICKET,
    RESUME_CCS,
    RESUME_FINISHED,
    VERIFY_SESSION,
    ANSWER_CCS,
    ANSWER_FINISHED,
    CONNECTED,
};

static const char *const state_names[] = {
    "NEGOTIATED",    "WAIT_CERT",       "WAIT_CS_SKE",     "WAIT_SKE",
    "WAIT_CR_SHD",   "WAIT_SHD",        "VERIFY_CERT",     "CHOOSE_CERT",
    "SEND_CERT",     "SEND_CKE",        "SEND_CV",         "SEND_CCS",
    "SEND_FINISHED", "WAIT_TICKET",     "WAIT_CCS",        "WAIT_FINISHED",
    "RESUME_TICKET", "RESUME_CCS",      "RESUME_FINISHED", "VERIFY_SESSION",
    "ANSWER_CCS",    "ANSWER_FINISHED", "CONNECTED",
};

enum {
    NONE = HFI_KEYS_NONE,
    FLIGHT_ENDS = HFI_FLIGHT_ENDS,
    MAKE_MASTER = HFI_MAKE_MASTER,
    RECV_TLS12 = HFI_RECV_TLS12,
    SEND_TLS12 = HFI_SEND_TLS12,
};

/* clang-format off */
static const hfi_edge edges[] = {
    /* from             event                    when                  handler                   keys         to              */
    ROW(NEGOTIATED,      GO,                      resuming_with_ticket, hfi_both12_begin,         MAKE_MASTER, RESUME_TICKET),
    ROW(NEGOTIATED,      GO,                      resuming,             hfi_both12_begin,         MAKE_MASTER, RESUME_CCS),
    ROW(NEGOTIATED,      GO,                      always,               hfi_both12_begin,         NONE,        WAIT_CERT),

    ROW(WAIT_CERT,       RECV_CERTIFICATE,        status_expected,      recv_certificate,         NONE,        WAIT_CS_SKE),
    ROW(WAIT_CERT,       RECV_CERTIFICATE,        always,               recv_certificate,         NONE,        WAIT_SKE),
    ROW(WAIT_CS_SKE,     RECV_CERT_STATUS,        always,               recv_cert_status,         NONE,        WAIT_SKE),
    ROW(WAIT_CS_SKE,     RECV_SERVER_KEY_EXCHANGE, always,              recv_server_key_exchange, NONE,        WAIT_CR_SHD),
    ROW(WAIT_SKE,        RECV_SERVER_KEY_EXCHANGE, always,              recv_server_key_exchange, NONE,        WAIT_CR_SHD),
    ROW(WAIT_CR_SHD,     RECV_CERT_REQUEST,       always,               recv_cert_request,        NONE,        WAIT_SHD),
    ROW(WAIT_CR_SHD,     RECV_SERVER_HELLO_DONE,  always,               recv_server_hello_done,   FLIGHT_ENDS, VERIFY_CERT),
    ROW(WAIT_SHD,        RECV_SERVER_HELLO_DONE,  always,               recv_server_hello_done,   FLIGHT_ENDS, VERIFY_CERT),
    ROW(VERIFY_CERT,     GO,                      cert_requested,       verify_chain,             NONE,        CHOOSE_CERT),
    ROW(VERIFY_CERT,     GO,                      always,               verify_chain,             NONE,        SEND_CKE),
    ROW(CHOOSE_CERT,     GO,                      always,               choose_certificate,       NONE,        SEND_CERT),
    ROW(SEND_CERT,       GO,                      always,               send_certificate,         NONE,        SEND_CKE),
    ROW(SEND_CKE,        GO,                      has_certificate,      send_client_key_exchange, MAKE_MASTER, SEND_CV),
    ROW(SEND_CKE,        GO,                      always,               send_client_key_exchange, MAKE_MASTER, SEND_CCS),
    ROW(SEND_CV,         GO,                      always,               send_cert_verify,         NONE,        SEND_CCS),
    ROW(SEND_CCS,        GO,                      always,               hfi_both12_send_ccs,      SEND_TLS12,  SEND_FINISHED),
    ROW(SEND_FINISHED,   GO,                      ticket_expected,      hfi_both12_send_finished, NONE,        WAIT_TICKET),
    ROW(SEND_FINISHED,   GO,                      always,               hfi_both12_send_finished, NONE,        WAIT_CCS),
    ROW(WAIT_TICKET,     RECV_NEW_SESSION_TICKET, always,               recv_ticket,              NONE,        WAIT_CCS),
    ROW(WAIT_CCS,        RECV_CCS,                always,               hfi_both12_recv_ccs,      RECV_TLS12,  WAIT_FINISHED),
    ROW(WAIT_FINISHED,   RECV_FINISHED,           always,               hfi_both12_recv_finished, NONE,        CONNECTED),

    ROW(RESUME_TICKET,   RECV_NEW_SESSION_TICKET, always,               recv_ticket,              NONE,        RESUME_CCS),
    ROW(RESUME_CCS,      RECV_CCS,                always,               hfi_both12_recv_ccs,      RECV_TLS12,  RESUME_FINISHED),
    ROW(RESUME_FINISHED, RECV_FINISHED,           hfi_peer_judges_session, hfi_both12_recv_finished, NONE,     VERIFY_SESSION),
    ROW(RESUME_FINISHED, RECV_FINISHED,           always,               hfi_both12_recv_finished, NONE,        ANSWER_CCS),
    ROW(VERIFY_SESSION,  GO,                      always,               verify_session,           NONE,        ANSWER_CCS),
    ROW(ANSWER_CCS,      GO,                      always,               hfi_both12_send_ccs,      SEND_TLS12,  ANSWER_FINISHED),
    ROW(ANSWER_FINISHED, GO,                      always,               hfi_both12_send_finished, NONE,        CONNECTED),
};
/* clang-format on */

/* RFC 5246 7.4.1.1: it may come at any time, and is passed over before the end. */
static const hfi_after after[] = {
    ANYWHERE(RECV_HELLO_REQUEST, TAKE_HELLO_REQUEST),
};

const hfi_table hfi_tls12_client =
    TABLE("TLS 1.2 client", NEGOTIATED, CONNECTED, CONNECTED, NULL);
