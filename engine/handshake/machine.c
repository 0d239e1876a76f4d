/* engine/handshake/machine.c: the only driver of the handshake tables.
 * For one message it finds the row group, runs the handler once, adds the message to the
 * transcript, takes the first row whose condition holds, makes and installs that row's
 * keys, and moves.  A handler that fails moves nothing. */
#include "handshake/machine.h"

#include "base/ct.h"
#include "keys/key_log.h"
#include "msg/server_hello.h"
#include "msg/types.h"
#include "wire/reader.h"

const hfi_table *hfi_table_at(size_t index)
{
    static const hfi_table *const tables[] = {&hfi_tls13_client, &hfi_tls12_client,
                                              &hfi_tls13_server, &hfi_tls12_server};

    return index < sizeof tables / sizeof tables[0] ? tables[index] : NULL;
}

const char *hfi_event_type_name(int event)
{
    static const char *const names[HFI_EVENT_TYPES] = {
        "GO",
        "RECV_HELLO_RETRY",
        "RECV_SERVER_HELLO",
        "RECV_ENCRYPTED_EXTS",
        "RECV_CERT_REQUEST",
        "RECV_CERTIFICATE",
        "RECV_CERT_VERIFY",
        "RECV_FINISHED",
        "RECV_NEW_SESSION_TICKET",
        "RECV_KEY_UPDATE",
        "RECV_SERVER_HELLO_12",
        "RECV_CERT_STATUS",
        "RECV_SERVER_KEY_EXCHANGE",
        "RECV_SERVER_HELLO_DONE",
        "RECV_CCS",
        "RECV_CLIENT_HELLO",
        "RECV_CLIENT_KEY_EXCHANGE",
        "RECV_END_OF_EARLY_DATA",
        "RECV_COMPRESSED_CERTIFICATE",
        "RECV_HELLO_REQUEST",
    };

    return event >= 0 && event < HFI_EVENT_TYPES ? names[event] : "unknown";
}

bool hfi_machine_connected(const hfi_hs *hs)
{
    return hs->state == hs->table->connected;
}

const char *hfi_machine_state_name(const hfi_hs *hs)
{
    return hs->table->states[hs->state];
}

/* The first row of the group; NULL if there is none. */
static const hfi_edge *find_group(const hfi_hs *hs, uint8_t event)
{
    for (size_t i = 0; i < hs->table->edge_count; i++) {
        const hfi_edge *e = &hs->table->edges[i];
        if (e->from == hs->state && e->event == event)
            return e;
    }
    return NULL;
}

/* The lint of the tables sees to it that the last row of a group always holds. */
static const hfi_edge *choose_row(const hfi_hs *hs, const hfi_edge *group)
{
    while (group->when != NULL && !group->when(hs))
        group++;
    return group;
}

static bool group_ends_record(const hfi_hs *hs, const hfi_edge *group)
{
    const hfi_edge *end = hs->table->edges + hs->table->edge_count;

    for (const hfi_edge *e = group;
         e < end && e->from == group->from && e->event == group->event; e++) {
        if ((e->keys & HFI_ENDS_RECORD) != 0)
            return true;
    }
    return false;
}

/* ---- keys ---- */

void hfi_machine_log_secret(const hfi_hs *hs, const char *label, const uint8_t *secret,
                            size_t len)
{
    if (hs->settings->key_log == NULL)
        return;
    char line[HFI_KEY_LOG_LINE_MAX];
    hfi_key_log_line(label, hfi_view_of(hs->client_random, 32), hfi_view_of(secret, len),
                     line);
    hs->settings->key_log(hs->settings->key_log_ctx, hs->wishes.owner, line);
    hfi_wipe(line, sizeof line);
}

static void make_secrets(hfi_hs *hs, unsigned keys)
{
    hfi_digest transcript;

    if ((keys & HFI_MAKE_MASTER) != 0)
        hfi_machine_log_secret(hs, "CLIENT_RANDOM", hs->tls12.master,
                               sizeof hs->tls12.master);

    if ((keys & (HFI_MAKE_HS | HFI_MAKE_APP | HFI_MAKE_RESUME)) == 0)
        return;
    size_t size = hs->suite.hash->size;
    hfi_transcript_digest(&hs->transcript, &transcript);
    if ((keys & HFI_MAKE_HS) != 0) {
        hfi_keys_enter_handshake(
            &hs->keys, hfi_view_of(hs->shared_secret, hs->shared_len), &transcript);
        hfi_wipe(hs->shared_secret, sizeof hs->shared_secret);
        hs->has_handshake_keys = true;
        hfi_machine_log_secret(hs, "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                               hs->keys.handshake[HFI_CLIENT], size);
        hfi_machine_log_secret(hs, "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                               hs->keys.handshake[HFI_SERVER], size);
    }
    if ((keys & HFI_MAKE_APP) != 0) {
        hfi_keys_enter_application(&hs->keys, &transcript);
        hfi_machine_log_secret(hs, "CLIENT_TRAFFIC_SECRET_0",
                               hs->keys.application[HFI_CLIENT], size);
        hfi_machine_log_secret(hs, "SERVER_TRAFFIC_SECRET_0",
                               hs->keys.application[HFI_SERVER], size);
        hfi_machine_log_secret(hs, "EXPORTER_SECRET", hs->keys.exporter, size);
    }
    if ((keys & HFI_MAKE_RESUME) != 0)
        hfi_keys_finish(&hs->keys, &transcript);
}

/* which: as HFI_EVENT_KEYS has it. */
static hfi_err install(hfi_hs *hs, hfi_direction direction, uint8_t which,
                       const uint8_t *secret)
{
    hs->installing = which;
    return hs->sink.install(hs->sink.ctx, direction, &hs->suite, secret);
}

/* The key block is made anew for either direction: it is cheaper to make than to keep. */
static hfi_err install_tls12(hfi_hs *hs, hfi_direction direction, hfi_side side)
{
    const hfi_hs_tls12 *t = &hs->tls12;
    hfi_tls12_lengths len = hfi_suite_key_block(&hs->suite);
    hfi_tls12_keys block;

    hfi_tls12_expand(hs->suite.hash, t->master, hfi_view_of(hs->client_random, 32),
                     hfi_view_of(hs->server_random, 32), len, &block);
    hfi_err err =
        hs->sink.install_tls12(hs->sink.ctx, direction, &hs->suite, &block, side);
    hfi_wipe(&block, sizeof block);
    return err;
}

static hfi_err install_keys(hfi_hs *hs, unsigned keys)
{
    hfi_side own = hs->side;
    hfi_side peer = own == HFI_CLIENT ? HFI_SERVER : HFI_CLIENT;
    hfi_err err = HFI_OK;

    /* A state of GO may change what a message that has been read led up to. */
    if ((keys & HFI_ENDS_RECORD) != 0 && !hs->at_boundary)
        return HFI_E_HANDSHAKE_NOT_AT_BOUNDARY;
    if ((keys & HFI_RECV_TLS12) != 0)
        err = install_tls12(hs, HFI_DIRECTION_RECEIVED, peer);
    if (err == HFI_OK && (keys & HFI_SEND_TLS12) != 0)
        err = install_tls12(hs, HFI_DIRECTION_SENT, own);
    if (err != HFI_OK)
        return err;

    if ((keys & (HFI_RECV_EARLY | HFI_RECV_HS)) != 0)
        hs->reads_early = (keys & HFI_RECV_EARLY) != 0;
    hs->sends_application = hs->sends_application || (keys & HFI_SEND_APP) != 0;
    if ((keys & HFI_RECV_EARLY) != 0)
        err = install(hs, HFI_DIRECTION_RECEIVED, 4, hs->as.server.early_secret);
    if (err == HFI_OK && (keys & HFI_RECV_HS) != 0)
        err = install(hs, HFI_DIRECTION_RECEIVED, 1, hs->keys.handshake[peer]);
    if (err == HFI_OK && (keys & HFI_SEND_HS) != 0) {
        err = install(hs, HFI_DIRECTION_SENT, 1, hs->keys.handshake[own]);
        hs->sends_protected = true;
    }
    if (err == HFI_OK && (keys & HFI_RECV_APP) != 0)
        err = install(hs, HFI_DIRECTION_RECEIVED, 2, hs->keys.application[peer]);
    if (err == HFI_OK && (keys & HFI_SEND_APP) != 0)
        err = install(hs, HFI_DIRECTION_SENT, 2, hs->keys.application[own]);
    return err;
}

/* Until EndOfEarlyData the server reads with the keys of early data, which are there
 * already.  What goes out instead of a client's second flight is like it: behind
 * change_cipher_spec (RFC 8446 D.4). */
hfi_err hfi_machine_protect_alert(hfi_hs *hs)
{
    bool is_client = hs->side == HFI_CLIENT;
    hfi_early_data early = hs->agreed->early_data;

    if (!hs->has_handshake_keys || hs->sends_protected ||
        (is_client && (early == HFI_EARLY_OFFERED || early == HFI_EARLY_ACCEPTED)))
        return HFI_OK;
    hfi_err err =
        is_client && hs->wishes.compatible ? hs->sink.send_ccs(hs->sink.ctx) : HFI_OK;
    return err == HFI_OK ? install_keys(hs, HFI_SEND_HS) : err;
}

/* ---- driving ---- */

/* One state of a table may stand for the start of another table: there 1.2 and 1.3 part.
 */
static void move(hfi_hs *hs, uint8_t to)
{
    if (hs->table->next != NULL && to == hs->table->leaves) {
        hs->table = hs->table->next;
        to = hs->table->start;
    }
    hs->state = to;
}

static hfi_err take(hfi_hs *hs, const hfi_edge *group, hfi_view body, hfi_view message)
{
    hfi_err err = group->handler(hs, body);
    if (err == HFI_OK && message.len != 0)
        err = hfi_transcript_add(&hs->transcript, &hs->settings->alloc, message);
    if (err != HFI_OK)
        return err;

    const hfi_edge *row = choose_row(hs, group);
    make_secrets(hs, row->keys);
    err = install_keys(hs, row->keys);
    if (err == HFI_OK)
        move(hs, row->to);
    return err;
}

hfi_err hfi_machine_go(hfi_hs *hs)
{
    const hfi_edge *group;

    while ((group = find_group(hs, HFI_GO)) != NULL) {
        hfi_err err = take(hs, group, hfi_view_of(NULL, 0), hfi_view_of(NULL, 0));
        if (err != HFI_OK)
            return err;
    }
    return HFI_OK;
}

/* HFI_GO: no such event. */
static hfi_event_type event_of_type(uint8_t type)
{
    switch (type) {
    case HFI_HELLO_REQUEST:
        return HFI_RECV_HELLO_REQUEST;
    case HFI_SERVER_HELLO:
        return HFI_RECV_SERVER_HELLO;
    case HFI_CERTIFICATE_STATUS:
        return HFI_RECV_CERT_STATUS;
    case HFI_SERVER_KEY_EXCHANGE:
        return HFI_RECV_SERVER_KEY_EXCHANGE;
    case HFI_SERVER_HELLO_DONE:
        return HFI_RECV_SERVER_HELLO_DONE;
    case HFI_ENCRYPTED_EXTENSIONS:
        return HFI_RECV_ENCRYPTED_EXTS;
    case HFI_CERTIFICATE_REQUEST:
        return HFI_RECV_CERT_REQUEST;
    case HFI_CERTIFICATE:
        return HFI_RECV_CERTIFICATE;
    case HFI_COMPRESSED_CERTIFICATE:
        return HFI_RECV_COMPRESSED_CERTIFICATE;
    case HFI_CERTIFICATE_VERIFY:
        return HFI_RECV_CERT_VERIFY;
    case HFI_FINISHED:
        return HFI_RECV_FINISHED;
    case HFI_NEW_SESSION_TICKET:
        return HFI_RECV_NEW_SESSION_TICKET;
    case HFI_KEY_UPDATE:
        return HFI_RECV_KEY_UPDATE;
    case HFI_CLIENT_HELLO:
        return HFI_RECV_CLIENT_HELLO;
    case HFI_CLIENT_KEY_EXCHANGE:
        return HFI_RECV_CLIENT_KEY_EXCHANGE;
    case HFI_END_OF_EARLY_DATA:
        return HFI_RECV_END_OF_EARLY_DATA;
    default:
        return HFI_GO;
    }
}

/* Content decides the event before look-up: a HelloRetryRequest is an event of its own,
 * so that a second one has no row. */
static hfi_event_type event_of(const hfi_hs *hs, uint8_t type, hfi_view body)
{
    if (type != HFI_SERVER_HELLO)
        return event_of_type(type);
    if (hfi_msg_is_hello_retry(body))
        return HFI_RECV_HELLO_RETRY;
    return !hs->agreed->retried && hfi_msg_is_before_tls13(body)
               ? HFI_RECV_SERVER_HELLO_12
               : HFI_RECV_SERVER_HELLO;
}

hfi_err hfi_machine_receive(hfi_hs *hs, hfi_view message, bool ends_record)
{
    hfi_reader r = hfi_reader_of(message);
    uint8_t type = hfi_read_u8(&r);
    (void)hfi_read_u24(&r);
    hfi_view body = hfi_read_rest(&r);

    hfi_event_type event = event_of(hs, type, body);
    const hfi_edge *group = event == HFI_GO ? NULL : find_group(hs, (uint8_t)event);
    if (group == NULL) {
        hfi_report_detail(hs->report, "%s is not expected in state %s",
                          event == HFI_RECV_HELLO_RETRY ? "HelloRetryRequest"
                                                        : hfi_handshake_type_name(type),
                          hfi_machine_state_name(hs));
        return event == HFI_RECV_HELLO_RETRY && hs->agreed->retried
                   ? HFI_E_RETRY_REPEATED
                   : HFI_E_UNEXPECTED_MESSAGE;
    }
    if (group_ends_record(hs, group) && !ends_record)
        return HFI_E_HANDSHAKE_NOT_AT_BOUNDARY;

    hs->at_boundary = ends_record;
    hfi_err err = take(hs, group, body, message);
    return err == HFI_OK ? hfi_machine_go(hs) : err;
}

hfi_err hfi_machine_receive_ccs(hfi_hs *hs)
{
    const hfi_edge *group = find_group(hs, HFI_RECV_CCS);

    if (group == NULL)
        return HFI_E_CCS_MISPLACED;
    hfi_err err = take(hs, group, hfi_view_of(NULL, 0), hfi_view_of(NULL, 0));
    return err == HFI_OK ? hfi_machine_go(hs) : err;
}

/* ---- after the handshake ---- */

const char *hfi_after_step_name(int step)
{
    static const char *const names[HFI_AFTER_STEPS] = {
        "take_ticket",        "take_key_update",       "refuse_cert_request",
        "take_hello_request", "decline_renegotiation",
    };

    return step >= 0 && step < HFI_AFTER_STEPS ? names[step] : "unknown";
}

const hfi_after *hfi_after_find(hfi_side side, uint16_t version, uint8_t type)
{
    const hfi_table *tls12 = side == HFI_CLIENT ? &hfi_tls12_client : &hfi_tls12_server;
    const hfi_table *tls13 = side == HFI_CLIENT ? &hfi_tls13_client : &hfi_tls13_server;
    const hfi_table *t = version == 0x0304 ? tls13 : tls12;

    for (size_t i = 0; version != 0 && i < t->after_count; i++) {
        if (t->after[i].event == event_of_type(type))
            return &t->after[i];
    }
    return NULL;
}
