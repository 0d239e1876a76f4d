/* engine/conn/message.c: handshake messages out of records.  RFC 8446 4, 5.1.
 * A message that lies whole in one record is used where it lies; only one that spans
 * records is copied. */
#include "conn/conn.h"
#include "conn/internal.h"
#include "handshake/machine.h"
#include "handshake/post_handshake.h"
#include "msg/key_update.h"
#include "msg/server_hello.h"
#include "msg/types.h"
#include "wire/reader.h"

_Static_assert((int)HFI_CONN_MESSAGE_MAX == (int)HFI_HANDSHAKE_MESSAGE_MAX,
               "a message may be as long compressed as it is expanded");

/* ---- after the handshake ---- */

/* The name that a session may vouch for later: the one that was checked.  Of several it
 * is not known which one the certificate has. */
static hfi_view checked_name(const hfi_conn *c)
{
    return c->verify_name && c->hostname_count == 1 ? c->hostnames[0]
                                                    : hfi_view_of(NULL, 0);
}

static hfi_post post_of(const hfi_conn *c)
{
    hfi_post post = {
        .settings = c->settings,
        .agreed = &c->agreed,
        .chain = &c->chain,
        .hash = c->hash,
        .resumption_secret = c->resumption,
        .hostname = checked_name(c),
        .resumed = c->agreed.resumed ? c->session : NULL,
    };
    return post;
}

/* The newest session is kept, and handed to whoever asked for them. */
static void keep_session(hfi_conn *c, hfi_session *session)
{
    if (session == NULL)
        return;
    hfi_session_free(c->new_session);
    c->new_session = session;
    if (c->settings->new_session != NULL)
        c->settings->new_session(c->owner, hfi_session_up_ref(session));
}

static hfi_err take_ticket(hfi_conn *c, hfi_view body)
{
    hfi_session *session = NULL;
    hfi_post post = post_of(c);

    if (++c->tickets > HFI_CONN_TICKETS_MAX)
        return HFI_E_TOO_MANY_TICKETS;
    hfi_err err = hfi_post_read_ticket(&post, body, &session);
    if (err == HFI_OK)
        keep_session(c, session);
    return err;
}

/* The new receiving keys are installed by the row. */
static hfi_err take_key_update(hfi_conn *c, hfi_view body)
{
    bool requested = false;

    hfi_err err = hfi_msg_read_key_update(body, &requested);
    if (err != HFI_OK)
        return err;
    if (++c->key_updates > HFI_CONN_KEY_UPDATES_MAX)
        return HFI_E_TOO_MANY_KEY_UPDATES;
    if (requested && !c->close_sent)
        c->update_wanted = true;
    return HFI_OK;
}

/* The peer asks for a renegotiation, which is declined with a warning. */
static hfi_err decline_renegotiation(hfi_conn *c)
{
    if (++c->renegotiations > HFI_CONN_RENEGOTIATIONS_MAX)
        return HFI_E_TOO_MANY_RENEGOTIATIONS;
    if (c->phase != HFI_PHASE_OPEN || c->close_sent)
        return HFI_OK;
    return hfi_conn_queue_alert(c, 1, HFI_ALERT_NO_RENEGOTIATION);
}

/* During a handshake it is passed over (RFC 5246 7.4.1.1). */
static hfi_err take_hello_request(hfi_conn *c, hfi_view body)
{
    return body.len != 0 ? HFI_E_DECODE_HELLO_REQUEST : decline_renegotiation(c);
}

/* The client asks, by a hello that is not even read. */
static hfi_err take_second_hello(hfi_conn *c, hfi_view body)
{
    (void)body;
    return decline_renegotiation(c);
}

static hfi_err refuse_cert_request(hfi_conn *c, hfi_view body)
{
    (void)c;
    (void)body;
    return HFI_E_POST_HANDSHAKE_AUTH;
}

/* What the tables say of messages after the handshake, done. */
static hfi_err take_after_handshake(hfi_conn *c, const hfi_after *row, hfi_view body,
                                    bool ends_record)
{
    static hfi_err (*const handlers[HFI_AFTER_STEPS])(hfi_conn *, hfi_view) = {
        [HFI_AFTER_TAKE_TICKET] = take_ticket,
        [HFI_AFTER_TAKE_KEY_UPDATE] = take_key_update,
        [HFI_AFTER_REFUSE_CERT_REQUEST] = refuse_cert_request,
        [HFI_AFTER_TAKE_HELLO_REQUEST] = take_hello_request,
        [HFI_AFTER_DECLINE_RENEGOTIATION] = take_second_hello,
    };

    if (row == NULL) {
        hfi_report_detail(&c->report, "%s is not expected in state %s", c->message_name,
                          hfi_conn_step(c));
        return HFI_E_UNEXPECTED_MESSAGE;
    }
    if ((row->keys & HFI_ENDS_RECORD) != 0 && !ends_record)
        return HFI_E_HANDSHAKE_NOT_AT_BOUNDARY;
    hfi_err err = handlers[row->step](c, body);
    if (err == HFI_OK && (row->keys & HFI_RECV_NEXT) != 0)
        err = hfi_conn_next_receive_keys(c);
    if (err == HFI_OK)
        c->message_name = NULL;
    return err;
}

/* ---- TLS 1.2 ---- */

/* In TLS 1.2 the handshake itself brings the ticket or the id. */
static hfi_err establish_tls12(hfi_conn *c)
{
    hfi_session *session = NULL;
    hfi_post post = post_of(c);

    hfi_err err = hfi_post_session_tls12(&post, &c->hs->tls12, &session);
    if (err != HFI_OK)
        return err;
    hfi_conn_establish(c);
    keep_session(c, session);
    return HFI_OK;
}

static hfi_err establish_if_connected(hfi_conn *c)
{
    c->message_name = NULL;
    if (!hfi_machine_connected(c->hs))
        return HFI_OK;
    if (c->agreed.version == 0x0303 && c->role == HFI_ROLE_CLIENT)
        return establish_tls12(c);
    hfi_conn_establish(c);
    return HFI_OK;
}

hfi_err hfi_conn_after_step(hfi_conn *c, hfi_err err)
{
    c->paused = err == HFI_PAUSED;
    if (err == HFI_PAUSED)
        return HFI_OK;
    hfi_conn_note_decisions(c);
    if (err == HFI_OK)
        err = hfi_conn_seal_open(c);
    return err == HFI_OK ? establish_if_connected(c) : err;
}

/* ---- one message ---- */

static uint8_t timeline_type(hfi_view message)
{
    hfi_reader r = hfi_reader_of(message);
    uint8_t type = hfi_read_u8(&r);

    (void)hfi_read_u24(&r);
    return type == HFI_SERVER_HELLO && hfi_msg_is_hello_retry(hfi_read_rest(&r))
               ? HFI_HELLO_RETRY_REQUEST
               : type;
}

static hfi_err judge_message(hfi_conn *c, hfi_view message, bool ends_record)
{
    uint8_t type = timeline_type(message);

    c->message_name = hfi_handshake_type_name(type);
    hfi_conn_note(c, HFI_EVENT_MESSAGE, HFI_DIRECTION_RECEIVED, type, message.len,
                  hfi_record_protects(&c->keys_in));
    hfi_reader r = hfi_reader_of(message);
    (void)hfi_read_bytes(&r, HFI_HANDSHAKE_HEADER);
    hfi_view body = hfi_read_rest(&r);
    hfi_side side = c->role == HFI_ROLE_SERVER ? HFI_SERVER : HFI_CLIENT;
    const hfi_after *after = hfi_after_find(side, c->agreed.version, type);
    if (c->phase == HFI_PHASE_OPEN || (after != NULL && after->anywhere))
        return take_after_handshake(c, after, body, ends_record);

    c->handshake_bytes += (uint32_t)message.len;
    if (c->handshake_bytes > HFI_CONN_HANDSHAKE_BYTES_MAX)
        return HFI_E_HANDSHAKE_BYTES_LIMIT;
    hfi_err err =
        hfi_conn_after_step(c, hfi_machine_receive(c->hs, message, ends_record));
    if (err != HFI_OK)
        hfi_conn_keep_message(c, message);
    return err;
}

static hfi_err take_message(hfi_conn *c, hfi_view message, bool ends_record)
{
    hfi_err err = judge_message(c, message, ends_record);

    if (err != HFI_OK)
        hfi_conn_diagnose(c, err, message);
    return err;
}

/* ---- pieces ---- */

static bool type_is_known(uint8_t type)
{
    return type != HFI_HELLO_RETRY_REQUEST &&
           strcmp(hfi_handshake_type_name(type), "unknown") != 0;
}

/* The length of the whole message that starts with these bytes; 0: too few to tell. */
static hfi_err whole_length(hfi_conn *c, hfi_view start, size_t *len)
{
    hfi_reader r = hfi_reader_of(start);

    *len = 0;
    if (start.len == 0)
        return HFI_OK;
    uint8_t type = hfi_read_u8(&r);
    if (!type_is_known(type)) {
        hfi_report_detail(&c->report, "type %u", type);
        return HFI_E_DECODE_HANDSHAKE_TYPE;
    }
    c->message_name = hfi_handshake_type_name(type);
    uint32_t body = hfi_read_u24(&r);
    if (r.failed)
        return HFI_OK;
    if (body > HFI_CONN_MESSAGE_MAX) {
        hfi_report_detail(&c->report, "%u bytes, the limit is %u", (unsigned)body,
                          (unsigned)HFI_CONN_MESSAGE_MAX);
        return HFI_E_HANDSHAKE_TOO_LONG;
    }
    *len = HFI_HANDSHAKE_HEADER + body;
    return HFI_OK;
}

/* Keeps bytes of a message that is not whole; room is what it will need, if known. */
static hfi_err keep(hfi_conn *c, hfi_view bytes, size_t room)
{
    const hfi_alloc *a = &c->settings->alloc;
    size_t need = c->message_len + bytes.len;

    if (need < room)
        need = room;
    if (need > c->message_cap) {
        uint8_t *bigger = hfi_alloc_bytes(a, need);
        if (bigger == NULL)
            return HFI_E_NO_MEMORY;
        if (c->message_len != 0)
            memcpy(bigger, c->message, c->message_len);
        hfi_alloc_release_secret(a, c->message, c->message_cap);
        c->message = bigger;
        c->message_cap = need;
    }
    if (bytes.len != 0)
        memcpy(c->message + c->message_len, bytes.p, bytes.len);
    c->message_len += bytes.len;
    return HFI_OK;
}

static void drop_kept(hfi_conn *c)
{
    hfi_alloc_release_secret(&c->settings->alloc, c->message, c->message_cap);
    c->message = NULL;
    c->message_cap = c->message_len = 0;
}

/* Adds to a kept message until it is whole, and takes it then. */
static hfi_err continue_kept(hfi_conn *c, hfi_reader *r)
{
    size_t whole = 0;
    hfi_err err = HFI_OK;

    while (err == HFI_OK && whole == 0 && hfi_reader_more(r)) {
        /* Byte by byte through the header, then all that is there. */
        err = keep(c, hfi_read_bytes(r, 1), 0);
        if (err == HFI_OK)
            err = whole_length(c, hfi_view_of(c->message, c->message_len), &whole);
    }
    if (err != HFI_OK || whole == 0)
        return err;
    size_t missing = whole - c->message_len;
    err = keep(c, hfi_read_bytes(r, missing < r->left ? missing : r->left), whole);
    if (err != HFI_OK || c->message_len < whole)
        return err;
    err = take_message(c, hfi_view_of(c->message, whole), r->left == 0);
    drop_kept(c);
    return err;
}

/* What stands behind a message that made the handshake pause waits, too. */
static hfi_err hold(hfi_conn *c, hfi_view rest)
{
    c->held = hfi_alloc_copy(&c->settings->alloc, rest.p, rest.len);
    c->held_len = rest.len;
    return c->held == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

void hfi_conn_drop_held(hfi_conn *c)
{
    hfi_alloc_release_secret(&c->settings->alloc, c->held, c->held_len);
    c->held = NULL;
    c->held_len = 0;
}

hfi_err hfi_conn_take_held(hfi_conn *c)
{
    hfi_span held = {c->held, c->held_len};

    if (c->held == NULL || c->paused)
        return HFI_OK;
    c->held = NULL;
    c->held_len = 0;
    hfi_err err = hfi_conn_take_handshake(c, held);
    hfi_alloc_release_secret(&c->settings->alloc, held.p, held.len);
    return err;
}

hfi_err hfi_conn_take_handshake(hfi_conn *c, hfi_span content)
{
    hfi_reader r = hfi_reader_of(hfi_view_of(content.p, content.len));
    hfi_err err = HFI_OK;

    while (err == HFI_OK && !c->paused && hfi_reader_more(&r)) {
        size_t whole = 0;
        if (c->message_len == 0)
            err = whole_length(c, hfi_view_of(r.p, r.left), &whole);
        if (err != HFI_OK)
            break;
        if (c->message_len == 0 && whole != 0 && whole <= r.left) {
            hfi_view message = hfi_read_bytes(&r, whole);
            err = take_message(c, message, r.left == 0);
        } else {
            err = continue_kept(c, &r);
        }
    }
    return err == HFI_OK && hfi_reader_more(&r) ? hold(c, hfi_read_rest(&r)) : err;
}
