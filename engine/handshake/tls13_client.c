/* engine/handshake/tls13_client.c: the TLS 1.3 client's table and its handlers.
 * RFC 8446 4.1 to 4.4, A.1. */
#include "handshake/tls13_client.h"

#include "base/ct.h"
#include "handshake/demand.h"
#include "handshake/ext/registry.h"
#include "handshake/machine.h"
#include "handshake/own_auth.h"
#include "handshake/peer_auth.h"
#include "handshake/registered.h"
#include "handshake/row.h"
#include "handshake/steps.h"
#include "handshake/tls12_client.h"
#include "handshake/tls13_steps.h"
#include "msg/certificate.h"
#include "msg/certificate_request.h"
#include "msg/encrypted_extensions.h"
#include "msg/server_hello.h"
#include "msg/types.h"

/* ---- ServerHello and HelloRetryRequest, RFC 8446 4.1.3, 4.1.4 ---- */

/* Whoever has supported_versions may put anything into legacy_version, which is ignored
 * (RFC 8446 4.2.1).  Without it this is TLS 1.2, which cannot come after a retry
 * (4.1.4). */
static hfi_err check_version(hfi_hs *hs)
{
    const hfi_hs_client *client = &hs->as.client;
    char text[HFI_REGISTRY_TEXT];

    if (client->selected_version == 0)
        return hs->agreed->retried ? HFI_E_VERSION_CHANGED
                                   : HFI_E_SUPPORTED_VERSIONS_MISSING;
    if (client->selected_version != 0x0304) {
        uint16_t chosen = client->selected_version;
        hfi_report_detail(hs->report, "offered TLSv1.3 (0x0304), chosen %s",
                          hfi_registry_text(hfi_registry_version(chosen),
                                            HFI_REGISTRY_HEX, chosen, text));
        return HFI_E_VERSION_NOT_OFFERED;
    }
    return HFI_OK;
}

static bool is_offered(const uint16_t *list, size_t count, uint16_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == id)
            return true;
    }
    return false;
}

hfi_err hfi_client_check_suite(hfi_hs *hs, uint16_t id)
{
    const hfi_settings *s = hs->settings;
    char text[HFI_REGISTRY_TEXT];

    if (hs->suite.id != 0 && hs->suite.id != id)
        return HFI_E_SUITE_CHANGED;
    if (!is_offered(s->suites, s->suite_count, id) ||
        hfi_suite_find(s->crypto, id, &hs->suite) == NULL ||
        hs->suite.version != hs->agreed->version) {
        hfi_report_detail(hs->report, "the server chose %s",
                          hfi_registry_text(hfi_registry_suite(s->crypto, id),
                                            HFI_REGISTRY_HEX, id, text));
        return HFI_E_UNOFFERED_SUITE;
    }
    hs->agreed->suite = id;
    return HFI_OK;
}

/* What both kinds of ServerHello have in common. */
static hfi_err read_hello(hfi_hs *hs, hfi_view body, unsigned where)
{
    hfi_hs_client *client = &hs->as.client;
    hfi_server_hello hello;
    hfi_extension_list extensions;

    hfi_err err = hfi_msg_read_server_hello(body, &hello);
    if (err == HFI_OK)
        err = hfi_msg_read_extensions(hello.extensions, HFI_E_DECODE_SERVER_HELLO,
                                      &extensions);
    if (err != HFI_OK)
        return err;

    /* The version comes first: the rules for all else hang on it. */
    client->selected_version = 0;
    client->peer_share = hfi_view_of(NULL, 0);
    err = hfi_ext_read_version(hs, &extensions);
    if (err == HFI_OK)
        err = check_version(hs);
    if (err != HFI_OK)
        return err;
    hs->agreed->version = client->selected_version;

    if (!hfi_view_equal(hello.session_id,
                        hfi_view_of(client->session_id, client->session_id_len)))
        return HFI_E_SESSION_ID_MISMATCH;
    if (hello.compression != 0)
        return HFI_E_COMPRESSION_SELECTED;
    err = hfi_client_check_suite(hs, hello.suite);
    return err == HFI_OK ? hfi_ext_read_all(hs, where, &extensions) : err;
}

static hfi_err recv_hello_retry(hfi_hs *hs, hfi_view body)
{
    hfi_hs_client *client = &hs->as.client;

    client->retry_group = 0;
    hfi_err err = read_hello(hs, body, HFI_IN_HELLO_RETRY);
    if (err != HFI_OK)
        return err;
    if (client->retry_group == 0 && client->cookie == NULL)
        return HFI_E_RETRY_CHANGES_NOTHING;
    hs->agreed->retried = true;
    if (hs->agreed->early_data == HFI_EARLY_OFFERED) {
        hs->agreed->early_data = HFI_EARLY_REJECTED; /* 4.1.2: the next hello is bare */
        hs->sink.uninstall(hs->sink.ctx);
    }
    hfi_transcript_start(&hs->transcript, &hs->settings->alloc, hs->suite.hash);
    hfi_transcript_retry(&hs->transcript);
    return HFI_OK;
}

static hfi_err recv_server_hello_12(hfi_hs *hs, hfi_view body)
{
    return hfi_client_take_hello_tls12(hs, body);
}

/* The early secret comes of the PSK, and was made for the binder then, or of nothing if
 * none was accepted. */
static hfi_err start_keys(hfi_hs *hs)
{
    if (!hs->as.client.psk_accepted) {
        if (hs->agreed->early_data == HFI_EARLY_OFFERED)
            hs->agreed->early_data = HFI_EARLY_REJECTED;
        hfi_keys_start(&hs->keys, hs->suite.hash, hfi_view_of(NULL, 0));
        return hfi_client_check_refused_psk(hs);
    }
    if (hs->keys.hash != hs->suite.hash)
        return HFI_E_PSK_SUITE_MISMATCH;
    hs->agreed->psk_used = hs->wishes.psk != NULL;
    hs->agreed->resumed = !hs->agreed->psk_used;
    if (hs->agreed->resumed) {
        const hfi_session_fields *f = hfi_session_get(hs->wishes.session);
        hs->agreed->verify_done = f->verified;
        hs->agreed->accepted = f->accepted;
    }
    return HFI_OK;
}

static hfi_err recv_server_hello(hfi_hs *hs, hfi_view body)
{
    hfi_hs_client *client = &hs->as.client;

    hfi_err err = read_hello(hs, body, HFI_IN_SERVER_HELLO);
    if (err != HFI_OK)
        return err;
    /* RFC 8446 9.2; with a PSK 4.2.11 names another alert. */
    if (client->peer_share.p == NULL)
        return client->psk_accepted ? HFI_E_PSK_WITHOUT_KEY_SHARE
                                    : HFI_E_KEY_SHARE_MISSING;
    err = start_keys(hs);
    if (err == HFI_OK)
        err = client->group->derive(client->private_key, client->peer_share,
                                    hs->shared_secret);
    if (err != HFI_OK)
        return err;

    hfi_wipe(client->private_key, sizeof client->private_key);
    hfi_alloc_release(&hs->settings->alloc, client->share);
    client->share = NULL;
    hs->shared_len = client->group->secret_len;
    hs->agreed->group = client->group->id;
    hfi_transcript_start(&hs->transcript, &hs->settings->alloc, hs->suite.hash);
    return HFI_OK;
}

/* ---- the server's parameters, RFC 8446 4.3 ---- */

static hfi_err recv_encrypted_exts(hfi_hs *hs, hfi_view body)
{
    hfi_extension_list extensions;

    hfi_err err = hfi_msg_read_encrypted_extensions(body, &extensions);
    if (err == HFI_OK)
        err = hfi_ext_read_all(hs, HFI_IN_ENCRYPTED_EXTENSIONS, &extensions);
    if (err != HFI_OK)
        return err;
    if (hs->agreed->early_data == HFI_EARLY_OFFERED)
        hs->agreed->early_data = HFI_EARLY_REJECTED;
    return hfi_client_check_early_data(hs);
}

static hfi_err recv_cert_request(hfi_hs *hs, hfi_view body)
{
    hfi_certificate_request request;

    hfi_err err = hfi_msg_read_certificate_request(body, &request);
    if (err != HFI_OK)
        return err;
    err = hfi_demand_keep(hs, &request.extensions);
    if (err != HFI_OK)
        return err;
    if (request.context.len != 0)
        return HFI_E_CERTIFICATE_REQUEST_CONTEXT;
    if (hfi_extension_find(&request.extensions, HFI_EXT_SIGNATURE_ALGORITHMS) == NULL)
        return HFI_E_SIGNATURE_ALGORITHMS_MISSING;
    hs->agreed->certificate_requested = true;
    err = hfi_own_keep_request(hs, body);
    return err == HFI_OK
               ? hfi_ext_read_all(hs, HFI_IN_CERTIFICATE_REQUEST, &request.extensions)
               : err;
}

/* ---- authentication, RFC 8446 4.4 ---- */

static hfi_err recv_certificate(hfi_hs *hs, hfi_view body)
{
    return hfi_peer_take_certificate(hs, body);
}

static hfi_err recv_compressed(hfi_hs *hs, hfi_view body)
{
    return hfi_peer_take_compressed(hs, body);
}

/* ---- what we send ---- */

static hfi_err send_client_hello(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hfi_client_send_hello(hs);
}

/* Compatibility mode: before the second flight, which this is (RFC 8446 D.4). */
static hfi_err send_second_hello(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_err err = hs->wishes.compatible ? hs->sink.send_ccs(hs->sink.ctx) : HFI_OK;
    return err == HFI_OK ? hfi_client_send_hello(hs) : err;
}

static hfi_err send_ccs(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hs->wishes.compatible ? hs->sink.send_ccs(hs->sink.ctx) : HFI_OK;
}

/* Under the keys of early data, which it ends, RFC 8446 4.5. */
static hfi_err send_end_of_early_data(hfi_hs *hs, hfi_view body)
{
    static const uint8_t message[HFI_HANDSHAKE_HEADER] = {HFI_END_OF_EARLY_DATA};

    (void)body;
    return hfi_hs_send(hs, hfi_view_of(message, sizeof message));
}

static hfi_err choose_certificate(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hfi_client_choose_credential(hs);
}

/* ---- conditions ---- */

static bool using_psk(const hfi_hs *hs)
{
    return hs->as.client.psk_accepted;
}

static bool cert_requested(const hfi_hs *hs)
{
    return hs->agreed->certificate_requested;
}

static bool early_data_taken(const hfi_hs *hs)
{
    return hs->agreed->early_data == HFI_EARLY_ACCEPTED;
}

static bool has_certificate(const hfi_hs *hs)
{
    return hs->auth.credential != NULL;
}

/* ---- the table ---- */

enum state {
    START,
    WAIT_SH,
    SEND_CH2,
    WAIT_SH2,
    WAIT_EE,
    VERIFY_SESSION,
    WAIT_CERT_CR,
    WAIT_CERT,
    VERIFY_CERT,
    WAIT_CV,
    WAIT_FINISHED,
    SEND_EOED,
    SEND_FLIGHT2,
    CHOOSE_CERT,
    SEND_CERT,
    SEND_CV,
    SEND_FINISHED,
    CONNECTED,
    TLS12,
};

static const char *const state_names[] = {
    "START",          "WAIT_SH",       "SEND_CH2",     "WAIT_SH2",    "WAIT_EE",
    "VERIFY_SESSION", "WAIT_CERT_CR",  "WAIT_CERT",    "VERIFY_CERT", "WAIT_CV",
    "WAIT_FINISHED",  "SEND_EOED",     "SEND_FLIGHT2", "CHOOSE_CERT", "SEND_CERT",
    "SEND_CV",        "SEND_FINISHED", "CONNECTED",    "TLS12",
};

enum {
    NONE = HFI_KEYS_NONE,
    FLIGHT_ENDS = HFI_FLIGHT_ENDS,
    /* The secrets that the message at hand completes, and the keys to use from now. */
    MAKE_RECV_HS = HFI_MAKE_HS | HFI_RECV_HS,
    MAKE_RECV_APP = HFI_MAKE_APP | HFI_RECV_APP,
    SEND_HS = HFI_SEND_HS,
    RESUME_SEND_APP = HFI_MAKE_RESUME | HFI_SEND_APP,
};

/* clang-format off */
static const hfi_edge edges[] = {
    /* from           event               when            handler              keys              to            */
    ROW(START,         GO,                 always,         send_client_hello,   NONE,             WAIT_SH),
    ROW(WAIT_SH,       RECV_HELLO_RETRY,   always,         recv_hello_retry,    FLIGHT_ENDS,      SEND_CH2),
    ROW(WAIT_SH,       RECV_SERVER_HELLO,  always,         recv_server_hello,   MAKE_RECV_HS,     WAIT_EE),
    ROW(WAIT_SH,       RECV_SERVER_HELLO_12, always,       recv_server_hello_12, NONE,            TLS12),
    ROW(SEND_CH2,      GO,                 always,         send_second_hello,   NONE,             WAIT_SH2),
    ROW(WAIT_SH2,      RECV_SERVER_HELLO,  always,         recv_server_hello,   MAKE_RECV_HS,     WAIT_EE),
    ROW(WAIT_EE,       RECV_ENCRYPTED_EXTS, hfi_peer_judges_session, recv_encrypted_exts, NONE,     VERIFY_SESSION),
    ROW(WAIT_EE,       RECV_ENCRYPTED_EXTS, using_psk,     recv_encrypted_exts, NONE,             WAIT_FINISHED),
    ROW(WAIT_EE,       RECV_ENCRYPTED_EXTS, always,        recv_encrypted_exts, NONE,             WAIT_CERT_CR),
    ROW(VERIFY_SESSION, GO,                always,         verify_session,      NONE,             WAIT_FINISHED),
    ROW(WAIT_CERT_CR,  RECV_CERT_REQUEST,  always,         recv_cert_request,   NONE,             WAIT_CERT),
    ROW(WAIT_CERT_CR,  RECV_CERTIFICATE,   always,         recv_certificate,    NONE,             VERIFY_CERT),
    ROW(WAIT_CERT_CR,  RECV_COMPRESSED_CERTIFICATE, always, recv_compressed,    NONE,             VERIFY_CERT),
    ROW(WAIT_CERT,     RECV_CERTIFICATE,   always,         recv_certificate,    NONE,             VERIFY_CERT),
    ROW(WAIT_CERT,     RECV_COMPRESSED_CERTIFICATE, always, recv_compressed,    NONE,             VERIFY_CERT),
    ROW(VERIFY_CERT,   GO,                 always,         verify_chain,        NONE,             WAIT_CV),
    ROW(WAIT_CV,       RECV_CERT_VERIFY,   always,         recv_cert_verify,    NONE,             WAIT_FINISHED),
    ROW(WAIT_FINISHED, RECV_FINISHED,      early_data_taken, recv_finished,     MAKE_RECV_APP,    SEND_EOED),
    ROW(WAIT_FINISHED, RECV_FINISHED,      always,         recv_finished,       MAKE_RECV_APP,    SEND_FLIGHT2),
    ROW(SEND_EOED,     GO,                 always,         send_end_of_early_data, NONE,          SEND_FLIGHT2),
    ROW(SEND_FLIGHT2,  GO,                 cert_requested, send_ccs,            SEND_HS,          CHOOSE_CERT),
    ROW(SEND_FLIGHT2,  GO,                 always,         send_ccs,            SEND_HS,          SEND_FINISHED),
    ROW(CHOOSE_CERT,   GO,                 always,         choose_certificate,  NONE,             SEND_CERT),
    ROW(SEND_CERT,     GO,                 has_certificate, send_certificate,   NONE,             SEND_CV),
    ROW(SEND_CERT,     GO,                 always,         send_certificate,    NONE,             SEND_FINISHED),
    ROW(SEND_CV,       GO,                 always,         send_cert_verify,    NONE,             SEND_FINISHED),
    ROW(SEND_FINISHED, GO,                 always,         send_finished,       RESUME_SEND_APP,  CONNECTED),
};
/* clang-format on */

/* RFC 8446 4.6.  post_handshake_auth is never offered, so that nobody may ask (4.6.2). */
static const hfi_after after[] = {
    AFTER(RECV_NEW_SESSION_TICKET, TAKE_TICKET, KEYS_NONE),
    AFTER(RECV_KEY_UPDATE, TAKE_KEY_UPDATE, RECV_NEXT),
    AFTER(RECV_CERT_REQUEST, REFUSE_CERT_REQUEST, KEYS_NONE),
};

const hfi_table hfi_tls13_client =
    TABLE("TLS 1.3 client", START, CONNECTED, TLS12, &hfi_tls12_client);

void hfi_hs_enter_tls13_client(hfi_hs *hs)
{
    hs->side = HFI_CLIENT;
    hs->table = &hfi_tls13_client;
    hs->state = START;
}
