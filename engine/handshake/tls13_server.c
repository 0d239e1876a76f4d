/* engine/handshake/tls13_server.c: the TLS 1.3 server's table and its handlers.
 * RFC 8446 4.1 to 4.4, A.2.
 * Every server begins here; where TLS 1.2 is chosen, tls12_server.c goes on.  What is
 * chosen and how stands in the files of server.h. */
#include "handshake/ext/registry.h"
#include "handshake/machine.h"
#include "handshake/own_auth.h"
#include "handshake/peer_auth.h"
#include "handshake/row.h"
#include "handshake/server.h"
#include "handshake/steps.h"
#include "handshake/tls13_steps.h"
#include "msg/types.h"

/* ---- ClientHello, RFC 8446 4.1.2 ---- */

/* It is read where the transcript keeps it: the application may be asked in between. */
static hfi_err keep_client_hello(hfi_hs *hs, hfi_view body)
{
    (void)hs;
    (void)body;
    return HFI_OK;
}

static hfi_err read_client_hello(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hfi_server_read_hello(hs);
}

static hfi_err read_second_hello(hfi_hs *hs, hfi_view body)
{
    (void)body;
    bool had_psk = hs->as.server.psk_accepted;
    hfi_err err = hfi_server_read_second_hello(hs);
    if (err != HFI_OK)
        return err;
    /* Only keys that do not fit the suite may be left out now (RFC 8446 4.1.2). */
    if (had_psk && !hfi_ext_is_offered(hs, HFI_EXT_PRE_SHARED_KEY)) {
        hfi_report_detail(hs->report, "pre_shared_key");
        return HFI_E_CLIENT_EXTENSION_MISSING;
    }
    uint16_t version = hs->agreed->version;
    err = hfi_server_choose_version(hs);
    if (err == HFI_OK && hs->agreed->version != version)
        err = HFI_E_CLIENT_HELLO_CHANGED;
    return err == HFI_OK ? hfi_server_take_cookie(hs) : err;
}

static hfi_err ask_client_hello(hfi_hs *hs, hfi_view body)
{
    (void)body;
    if (hs->settings->client_hello == NULL)
        return HFI_OK;
    int answer = hs->settings->client_hello(hs->wishes.owner);
    if (answer == -1)
        return hfi_hs_pause(hs, HFI_PAUSE_CLIENT_HELLO);
    if (answer == -2)
        return HFI_E_SERVER_NAME_UNKNOWN;
    return answer == 1 ? HFI_OK : HFI_E_CALLBACK_FAILED;
}

static hfi_err choose_version(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_err err = hfi_server_choose_version(hs);
    return err == HFI_OK && hs->agreed->version == 0x0304 ? hfi_server_take_cookie(hs)
                                                          : err;
}

/* ---- what is chosen by it, RFC 8446 4.1.1 ---- */

static hfi_err find_psk(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hs->as.server.psk_possible = hfi_server_takes_psk(hs);
    return hfi_server_find_psk(hs);
}

/* After a retry the suite stands, and the share that was asked for must have come,
 * alone (RFC 8446 4.1.4, 4.2.8). */
static hfi_err check_after_retry(const hfi_hs *hs)
{
    const hfi_hs_server *server = &hs->as.server;

    if (server->peer_share.p == NULL ||
        (server->retry_group != 0 && server->group->id != server->retry_group))
        return HFI_E_RETRY_NOT_FOLLOWED;
    return HFI_OK;
}

static hfi_err choose_parameters(hfi_hs *hs, hfi_view body)
{
    (void)body;
    if (hs->suite.id == 0 && !hfi_server_find_suite(hs, HFI_AUTH_ANY, NULL, &hs->suite)) {
        hs->suite.id = 0;
        return HFI_E_NO_COMMON_SUITE;
    }
    hs->agreed->suite = hs->suite.id;
    if (!hfi_server_choose_group(hs))
        return HFI_E_NO_COMMON_GROUP;
    hs->agreed->group = hs->as.server.group->id;
    hfi_err err = hs->agreed->retried ? check_after_retry(hs) : HFI_OK;
    if (err == HFI_OK)
        err = hfi_server_choose_alpn(hs);
    if (err == HFI_OK)
        hfi_server_judge_early_data(hs);
    return err;
}

static hfi_err choose_certificate(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_err err = hfi_server_ask_certificate(hs);
    if (err != HFI_OK)
        return err;
    return hfi_server_choose_credential(hs, HFI_AUTH_ANY)
               ? HFI_OK
               : HFI_E_NO_COMMON_SIGNATURE_ALGORITHM;
}

/* ---- our flight, RFC 8446 4.3, 4.4 ---- */

/* RFC 8446 D.4: behind our first message, and always for a client that shows that it
 * wants it. */
static hfi_err send_ccs(hfi_hs *hs)
{
    bool wanted = hs->wishes.compatible || hs->as.server.session_id_len != 0;

    return wanted ? hs->sink.send_ccs(hs->sink.ctx) : HFI_OK;
}

static hfi_err send_hello_retry(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_hs_server *server = &hs->as.server;

    if (server->peer_share.p == NULL)
        server->retry_group = server->group->id;
    hfi_err err = hfi_server_send_hello_retry(hs);
    hs->agreed->retried = true;
    return err == HFI_OK ? send_ccs(hs) : err;
}

static hfi_err send_server_hello(hfi_hs *hs, hfi_view body)
{
    const hfi_hs_server *server = &hs->as.server;

    (void)body;
    hfi_err err = hfi_server_draw_random(hs);
    if (err != HFI_OK)
        return err;
    if (hs->agreed->early_data == HFI_EARLY_ACCEPTED)
        hfi_server_make_early_secret(hs);
    if (!server->psk_accepted)
        hfi_keys_start(&hs->keys, hs->suite.hash, hfi_view_of(NULL, 0));
    err = hfi_server_send_hello(hs,
                                hfi_view_of(server->session_id, server->session_id_len));
    return err == HFI_OK ? send_ccs(hs) : err;
}

static hfi_err send_encrypted_exts(hfi_hs *hs, hfi_view body)
{
    uint8_t bytes[1024];
    hfi_writer w = hfi_writer_of(bytes, sizeof bytes);

    (void)body;
    hfi_write_u8(&w, HFI_ENCRYPTED_EXTENSIONS);
    size_t mark = hfi_write_vec24_begin(&w);
    hfi_err err = hfi_ext_answer_all(hs, HFI_IN_ENCRYPTED_EXTENSIONS, &w);
    hfi_write_vec24_end(&w, mark);
    return err == HFI_OK ? hfi_hs_send(hs, hfi_writer_view(&w)) : err;
}

static hfi_err send_cert_request(hfi_hs *hs, hfi_view body)
{
    const hfi_alloc *alloc = &hs->settings->alloc;
    size_t room = 512 + hs->settings->client_authorities.len;
    uint8_t *bytes = hfi_alloc_bytes(alloc, room);

    (void)body;
    if (bytes == NULL)
        return HFI_E_NO_MEMORY;
    hfi_writer w = hfi_writer_of(bytes, room);
    hfi_write_u8(&w, HFI_CERTIFICATE_REQUEST);
    size_t mark = hfi_write_vec24_begin(&w);
    hfi_write_u8(&w, 0); /* certificate_request_context */
    hfi_err err = hfi_ext_answer_all(hs, HFI_IN_CERTIFICATE_REQUEST, &w);
    hfi_write_vec24_end(&w, mark);
    if (err == HFI_OK)
        err = hfi_hs_send(hs, hfi_writer_view(&w));
    hfi_alloc_release(alloc, bytes);
    hs->agreed->certificate_requested = true;
    return err;
}

/* ---- the client's flight, RFC 8446 4.4 ---- */

/* What came of a Certificate: a client may show none. */
static hfi_err check_shown(const hfi_hs *hs, hfi_err err)
{
    if (err != HFI_OK || hs->chain->count != 0)
        return err;
    return hs->settings->client_auth == HFI_CLIENT_AUTH_REQUIRED
               ? HFI_E_CLIENT_CERTIFICATE_MISSING
               : HFI_OK;
}

static hfi_err recv_end_of_early_data(hfi_hs *hs, hfi_view body)
{
    (void)hs;
    return body.len == 0 ? HFI_OK : HFI_E_DECODE_END_OF_EARLY_DATA;
}

static hfi_err recv_certificate(hfi_hs *hs, hfi_view body)
{
    return check_shown(hs, hfi_peer_take_certificate(hs, body));
}

static hfi_err recv_compressed(hfi_hs *hs, hfi_view body)
{
    return check_shown(hs, hfi_peer_take_compressed(hs, body));
}

static hfi_err send_tickets(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hfi_server_give_tickets(hs);
}

/* ---- conditions ---- */

static bool tls12_chosen(const hfi_hs *hs)
{
    return hs->agreed->version == 0x0303;
}

static bool retry_needed(const hfi_hs *hs)
{
    return hs->as.server.peer_share.p == NULL;
}

static bool using_psk(const hfi_hs *hs)
{
    return hs->as.server.psk_accepted;
}

static bool early_data_taken(const hfi_hs *hs)
{
    return hs->agreed->early_data == HFI_EARLY_ACCEPTED;
}

static bool cert_wanted(const hfi_hs *hs)
{
    return hs->settings->client_auth != HFI_CLIENT_AUTH_NONE;
}

static bool cert_requested(const hfi_hs *hs)
{
    return hs->agreed->certificate_requested;
}

static bool no_certificate(const hfi_hs *hs)
{
    return hs->chain->count == 0;
}

/* ---- the table ---- */

enum state {
    START,
    RECVD_CH,
    ASK_CH,
    CHOOSE_VERSION,
    FIND_PSK,
    NEGOTIATE,
    SEND_HRR,
    WAIT_CH2,
    RECVD_CH2,
    CHOOSE_CERT,
    SEND_SH,
    SEND_EE,
    SEND_CR,
    SEND_CERT,
    SEND_CV,
    SEND_FINISHED,
    WAIT_EOED,
    WAIT_CERT,
    VERIFY_CERT,
    WAIT_CV,
    WAIT_FINISHED,
    SEND_TICKETS,
    CONNECTED,
    TLS12,
};

static const char *const state_names[] = {
    "START",         "RECVD_CH",     "ASK_CH",    "CHOOSE_VERSION", "FIND_PSK",
    "NEGOTIATE",     "SEND_HRR",     "WAIT_CH2",  "RECVD_CH2",      "CHOOSE_CERT",
    "SEND_SH",       "SEND_EE",      "SEND_CR",   "SEND_CERT",      "SEND_CV",
    "SEND_FINISHED", "WAIT_EOED",    "WAIT_CERT", "VERIFY_CERT",    "WAIT_CV",
    "WAIT_FINISHED", "SEND_TICKETS", "CONNECTED", "TLS12",
};

enum {
    NONE = HFI_KEYS_NONE,
    FLIGHT_ENDS = HFI_FLIGHT_ENDS,
    MAKE_BOTH_HS = HFI_MAKE_HS | HFI_SEND_HS | HFI_RECV_HS,
    MAKE_SEND_HS = HFI_MAKE_HS | HFI_SEND_HS | HFI_RECV_EARLY,
    RECV_HS = HFI_RECV_HS,
    MAKE_SEND_APP = HFI_MAKE_APP | HFI_SEND_APP,
    RESUME_RECV_APP = HFI_MAKE_RESUME | HFI_RECV_APP,
};

/* clang-format off */
static const hfi_edge edges[] = {
    /* from            event               when            handler              keys              to              */
    ROW(START,          RECV_CLIENT_HELLO,  always,         keep_client_hello,   FLIGHT_ENDS,      RECVD_CH),
    ROW(RECVD_CH,       GO,                 always,         read_client_hello,   NONE,             ASK_CH),
    ROW(ASK_CH,         GO,                 always,         ask_client_hello,    NONE,             CHOOSE_VERSION),
    ROW(CHOOSE_VERSION, GO,                 tls12_chosen,   choose_version,      NONE,             TLS12),
    ROW(CHOOSE_VERSION, GO,                 always,         choose_version,      NONE,             FIND_PSK),
    ROW(FIND_PSK,       GO,                 always,         find_psk,            NONE,             NEGOTIATE),
    ROW(NEGOTIATE,      GO,                 retry_needed,   choose_parameters,   NONE,             SEND_HRR),
    ROW(NEGOTIATE,      GO,                 using_psk,      choose_parameters,   NONE,             SEND_SH),
    ROW(NEGOTIATE,      GO,                 always,         choose_parameters,   NONE,             CHOOSE_CERT),
    ROW(SEND_HRR,       GO,                 always,         send_hello_retry,    NONE,             WAIT_CH2),
    ROW(WAIT_CH2,       RECV_CLIENT_HELLO,  always,         keep_client_hello,   FLIGHT_ENDS,      RECVD_CH2),
    ROW(RECVD_CH2,      GO,                 always,         read_second_hello,   NONE,             FIND_PSK),
    ROW(CHOOSE_CERT,    GO,                 always,         choose_certificate,  NONE,             SEND_SH),
    ROW(SEND_SH,        GO,                 early_data_taken, send_server_hello, MAKE_SEND_HS,     SEND_EE),
    ROW(SEND_SH,        GO,                 always,         send_server_hello,   MAKE_BOTH_HS,     SEND_EE),
    ROW(SEND_EE,        GO,                 using_psk,      send_encrypted_exts, NONE,             SEND_FINISHED),
    ROW(SEND_EE,        GO,                 cert_wanted,    send_encrypted_exts, NONE,             SEND_CR),
    ROW(SEND_EE,        GO,                 always,         send_encrypted_exts, NONE,             SEND_CERT),
    ROW(SEND_CR,        GO,                 always,         send_cert_request,   NONE,             SEND_CERT),
    ROW(SEND_CERT,      GO,                 always,         send_certificate,    NONE,             SEND_CV),
    ROW(SEND_CV,        GO,                 always,         send_cert_verify,    NONE,             SEND_FINISHED),
    ROW(SEND_FINISHED,  GO,                 early_data_taken, send_finished,     MAKE_SEND_APP,    WAIT_EOED),
    ROW(SEND_FINISHED,  GO,                 cert_requested, send_finished,       MAKE_SEND_APP,    WAIT_CERT),
    ROW(SEND_FINISHED,  GO,                 always,         send_finished,       MAKE_SEND_APP,    WAIT_FINISHED),
    ROW(WAIT_EOED,      RECV_END_OF_EARLY_DATA, always,     recv_end_of_early_data, RECV_HS,       WAIT_FINISHED),
    ROW(WAIT_CERT,      RECV_CERTIFICATE,   no_certificate, recv_certificate,    NONE,             WAIT_FINISHED),
    ROW(WAIT_CERT,      RECV_CERTIFICATE,   always,         recv_certificate,    NONE,             VERIFY_CERT),
    ROW(WAIT_CERT,      RECV_COMPRESSED_CERTIFICATE, no_certificate, recv_compressed, NONE,        WAIT_FINISHED),
    ROW(WAIT_CERT,      RECV_COMPRESSED_CERTIFICATE, always, recv_compressed,    NONE,             VERIFY_CERT),
    ROW(VERIFY_CERT,    GO,                 always,         verify_chain,        NONE,             WAIT_CV),
    ROW(WAIT_CV,        RECV_CERT_VERIFY,   always,         recv_cert_verify,    NONE,             WAIT_FINISHED),
    ROW(WAIT_FINISHED,  RECV_FINISHED,      always,         recv_finished,       RESUME_RECV_APP,  SEND_TICKETS),
    ROW(SEND_TICKETS,   GO,                 always,         send_tickets,        NONE,             CONNECTED),
};
/* clang-format on */

/* RFC 8446 4.6.3. */
static const hfi_after after[] = {
    AFTER(RECV_KEY_UPDATE, TAKE_KEY_UPDATE, RECV_NEXT),
};

const hfi_table hfi_tls13_server =
    TABLE("TLS 1.3 server", START, CONNECTED, TLS12, &hfi_tls12_server);

void hfi_hs_enter_tls13_server(hfi_hs *hs)
{
    hs->side = HFI_SERVER;
    hs->table = &hfi_tls13_server;
    hs->state = START;
}
