/* engine/conn/input.c: what comes in: bytes into records, records to those whom they
 * concern.  RFC 8446 5, 6, D.4. */
#include "conn/conn.h"
#include "conn/internal.h"
#include "handshake/machine.h"
#include "wire/reader.h"

/* Of the memory for a handshake, and of that for bytes whose number is known; a record
 * that is larger gets what it needs. */
enum { IN_FIRST_SIZE = 1024 - HFI_CONN_LEAD, IN_LEAST_SIZE = 256 - HFI_CONN_LEAD };

/* ---- room for what comes ---- */

static void drop_input(hfi_conn *c)
{
    hfi_alloc_release_secret(&c->settings->alloc, c->in, c->in_cap);
    c->in = NULL;
    c->in_cap = c->in_start = c->in_end = 0;
}

/* What was fed and not yet taken; there may be no buffer at all. */
static hfi_span held_bytes(const hfi_conn *c)
{
    hfi_span held = {NULL, 0};

    if (c->in_end != c->in_start) {
        held.p = c->in + c->in_start;
        held.len = c->in_end - c->in_start;
    }
    return held;
}

/* The size of the record at the start, whose length stands at the end of its header
 * (opening it judges that length); 0: not known yet. */
static size_t record_size(const hfi_conn *c)
{
    hfi_span held = held_bytes(c);
    hfi_reader r = hfi_reader_of(hfi_view_of(held.p, held.len));
    size_t most = hfi_record_longest(&c->keys_in);

    (void)hfi_read_bytes(&r, HFI_RECORD_HEADER - 2);
    size_t size = HFI_RECORD_HEADER + (size_t)hfi_read_u16(&r);
    if (r.failed)
        return 0;
    return size < most ? size : most;
}

/* How many bytes the buffer must be able to hold so that it goes on. */
static size_t needed_room(const hfi_conn *c)
{
    size_t size = record_size(c);

    return size != 0 ? size : c->in_end - c->in_start + 1;
}

/* And how many it had better hold. */
static size_t wanted_room(const hfi_conn *c)
{
    size_t size = record_size(c);

    if (size == 0 && c->phase == HFI_PHASE_OPEN)
        return hfi_record_longest(&c->keys_in);
    return size < IN_FIRST_SIZE ? IN_FIRST_SIZE : size;
}

static hfi_err grow_input(hfi_conn *c, size_t room)
{
    const hfi_alloc *a = &c->settings->alloc;
    size_t held = c->in_end - c->in_start;
    uint8_t *bigger = hfi_alloc_bytes(a, HFI_CONN_LEAD + room);

    if (bigger == NULL)
        return HFI_E_NO_MEMORY;
    if (held != 0)
        memcpy(bigger + HFI_CONN_LEAD, c->in + c->in_start, held);
    hfi_alloc_release_secret(a, c->in, c->in_cap);
    c->in = bigger;
    c->in_cap = HFI_CONN_LEAD + room;
    c->in_start = HFI_CONN_LEAD;
    c->in_end = HFI_CONN_LEAD + held;
    return HFI_OK;
}

static bool takes_input(const hfi_conn *c)
{
    return c->phase != HFI_PHASE_FAILED && !c->feed_ended && !c->close_received &&
           c->plain.len == 0;
}

void hfi_conn_feed_reserve(hfi_conn *c, size_t count)
{
    size_t held = c->in_end - c->in_start;
    size_t most = hfi_record_longest(&c->keys_in);

    if (!takes_input(c) || held >= most)
        return;
    size_t room = count < most - held ? held + count : most;
    size_t needed = needed_room(c);
    if (room < needed)
        room = needed;
    if (room < IN_LEAST_SIZE)
        room = IN_LEAST_SIZE;
    if (HFI_CONN_LEAD + room > c->in_cap)
        (void)grow_input(c, room); /* less is enough, too */
}

hfi_span hfi_conn_feed_space(hfi_conn *c)
{
    hfi_span none = {NULL, 0};

    if (!takes_input(c))
        return none;
    size_t wanted = wanted_room(c);
    if (HFI_CONN_LEAD + needed_room(c) > c->in_cap) {
        hfi_err err = grow_input(c, wanted);
        if (err != HFI_OK) {
            (void)hfi_conn_fail(c, err);
            return none;
        }
    }
    if (c->in_start + wanted > c->in_cap && c->in_start > HFI_CONN_LEAD) {
        memmove(c->in + HFI_CONN_LEAD, c->in + c->in_start, c->in_end - c->in_start);
        c->in_end -= c->in_start - HFI_CONN_LEAD;
        c->in_start = HFI_CONN_LEAD;
    }
    hfi_span space = {c->in + c->in_end, c->in_cap - c->in_end};
    return space;
}

void hfi_conn_feed_commit(hfi_conn *c, size_t n)
{
    c->in_end += n;
    c->bytes_in += n;
    if (n == 0 && c->in_start == c->in_end && c->plain.len == 0)
        drop_input(c);
}

/* ---- alerts, RFC 8446 6 ---- */

static hfi_err take_close_notify(hfi_conn *c)
{
    c->close_received = true;
    if (c->phase == HFI_PHASE_OPEN)
        return HFI_OK;
    return c->canceled ? HFI_E_USER_CANCELED_RECEIVED : HFI_E_CLOSED_IN_HANDSHAKE;
}

/* In TLS 1.3 every alert but two is fatal, whatever its level says; a warning of TLS 1.2,
 * or of a server that has not answered yet, ends nothing (RFC 5246 7.2, RFC 6066 3). */
static bool is_harmless(const hfi_conn *c, uint8_t level, uint8_t alert)
{
    if (alert == HFI_ALERT_USER_CANCELED)
        return true;
    if (level != 1 || alert == HFI_ALERT_CLOSE_NOTIFY)
        return false;
    return c->agreed.version == 0x0303 ||
           (c->agreed.version == 0 && hfi_settings_allow(c->settings, 0x0303));
}

/* An alert may be the verdict on our own certificate: in TLS 1.3 it comes when the client
 * has long taken the handshake for done (RFC 8446 4.4.2.4, 6.2; RFC 5246 7.4.6). */
static hfi_err verdict_on_ours(const hfi_conn *c, uint8_t alert)
{
    bool answered = hfi_record_protects(&c->keys_out); /* our flight is out */

    if (c->role != HFI_ROLE_CLIENT || !c->agreed.certificate_requested || !answered)
        return HFI_E_ALERT_RECEIVED;
    if (!c->agreed.certificate_sent)
        return alert == HFI_ALERT_CERTIFICATE_REQUIRED ||
                       (alert == HFI_ALERT_HANDSHAKE_FAILURE &&
                        c->agreed.version == 0x0303)
                   ? HFI_E_CLIENT_CERTIFICATE_REQUIRED
                   : HFI_E_ALERT_RECEIVED;
    switch (alert) {
    case HFI_ALERT_BAD_CERTIFICATE:
    case HFI_ALERT_UNSUPPORTED_CERTIFICATE:
    case HFI_ALERT_CERTIFICATE_REVOKED:
    case HFI_ALERT_CERTIFICATE_EXPIRED:
    case HFI_ALERT_CERTIFICATE_UNKNOWN:
    case HFI_ALERT_UNKNOWN_CA:
    case HFI_ALERT_ACCESS_DENIED:
        return HFI_E_CLIENT_CERTIFICATE_REJECTED;
    default:
        return HFI_E_ALERT_RECEIVED;
    }
}

static hfi_err take_alert(hfi_conn *c, const hfi_record *record)
{
    if (record->content.len != 2) {
        hfi_report_detail(&c->report, "%zu bytes, an alert has 2", record->content.len);
        return HFI_E_ALERT_MALFORMED;
    }
    uint8_t level = record->content.p[0];
    uint8_t alert = record->content.p[1];
    hfi_conn_note(c, HFI_EVENT_ALERT, HFI_DIRECTION_RECEIVED, alert, 2,
                  record->was_protected);
    if (level != 1 && level != 2) {
        hfi_report_detail(&c->report, "level %u, alert %s (%u)", level,
                          hfi_alert_name(alert), alert);
        return HFI_E_ALERT_LEVEL;
    }
    if (is_harmless(c, level, alert)) {
        c->canceled = c->canceled || alert == HFI_ALERT_USER_CANCELED;
        return ++c->warnings > HFI_CONN_WARNINGS_MAX ? HFI_E_TOO_MANY_WARNINGS : HFI_OK;
    }
    if (alert == HFI_ALERT_CLOSE_NOTIFY && c->phase == HFI_PHASE_OPEN)
        return take_close_notify(c);

    c->report.alert = alert;
    c->report.alert_level = level;
    c->report.alert_direction = HFI_DIRECTION_RECEIVED;
    if (alert == HFI_ALERT_CLOSE_NOTIFY)
        return take_close_notify(c);
    hfi_report_detail(&c->report, "alert %s (%u)", hfi_alert_name(alert), alert);
    return verdict_on_ours(c, alert);
}

/* ---- the other kinds of record ---- */

/* In TLS 1.2 it changes the keys.  In TLS 1.3 it is there for middleboxes, says nothing,
 * and may come while the handshake lasts (RFC 8446 D.4). */
static hfi_err take_ccs(hfi_conn *c, const hfi_record *record)
{
    if (record->content.len != 1 || record->content.p[0] != 1) {
        hfi_report_detail(
            &c->report, "length %zu, first byte %u; only length 1, value 1 is right",
            record->content.len, record->content.len == 0 ? 0U : record->content.p[0]);
        return HFI_E_CCS_MALFORMED;
    }
    if (c->phase != HFI_PHASE_HANDSHAKE)
        return HFI_E_CCS_MISPLACED;
    hfi_conn_note(c, HFI_EVENT_CCS, HFI_DIRECTION_RECEIVED, 0, 1, false);
    /* RFC 8446 5: not before the first ClientHello; but with cookies another connection
     * may have had that. */
    if (c->role == HFI_ROLE_SERVER && c->agreed.version == 0 &&
        (c->options & HFI_OPTION_COOKIE) == 0)
        return HFI_E_CCS_MISPLACED;
    if (c->agreed.version == 0x0303 || !hfi_settings_allow(c->settings, 0x0304))
        /* The keys change between messages, never inside of one. */
        return c->message_len != 0 ? HFI_E_RECORDS_INTERLEAVED
                                   : hfi_machine_receive_ccs(c->hs);
    return ++c->idle_records > HFI_CONN_IDLE_RECORDS_MAX ? HFI_E_TOO_MANY_RECORDS
                                                         : HFI_OK;
}

static hfi_err take_data(hfi_conn *c, const hfi_record *record)
{
    if (hfi_conn_reads_early(c))
        return hfi_conn_take_early(c, record);
    if (c->phase != HFI_PHASE_OPEN)
        return HFI_E_APPLICATION_DATA_EARLY;
    if (record->content.len == 0)
        return ++c->idle_records > HFI_CONN_IDLE_RECORDS_MAX
                   ? HFI_E_TOO_MANY_EMPTY_RECORDS
                   : HFI_OK;
    if (!c->received_data)
        hfi_conn_note(c, HFI_EVENT_DATA, HFI_DIRECTION_RECEIVED, 0, record->content.len,
                      true);
    c->received_data = true;
    c->idle_records = 0;
    c->key_updates = 0;
    c->warnings = 0;
    c->plain = hfi_view_of(record->content.p, record->content.len);
    return HFI_OK;
}

/* Nothing stands between the pieces of a message (RFC 8446 5.1), but the peer may give
 * up in the middle of one, and change_cipher_spec is dropped wherever it comes (5). */
static bool may_interrupt(const hfi_record *record)
{
    if (record->type == HFI_CONTENT_ALERT)
        return record->content.len != 2 ||
               record->content.p[1] != HFI_ALERT_USER_CANCELED;
    return record->type == HFI_CONTENT_HANDSHAKE || record->type == HFI_CONTENT_CCS;
}

/* A client that cannot read our answer has no keys yet to say so under. */
static bool may_be_first_alert(const hfi_conn *c, const hfi_record *record)
{
    return c->role == HFI_ROLE_SERVER && c->phase == HFI_PHASE_HANDSHAKE &&
           record->type == HFI_CONTENT_ALERT && c->agreed.version == 0x0304 &&
           c->keys_in.sequence == 0;
}

static hfi_err take_record(hfi_conn *c, const hfi_record *record)
{
    /* Nothing but protected records once there are keys, and change_cipher_spec. */
    if (!record->was_protected && hfi_record_protects(&c->keys_in) &&
        record->type != HFI_CONTENT_CCS && !may_be_first_alert(c, record))
        return HFI_E_RECORD_UNPROTECTED;
    if (c->message_len != 0 && !may_interrupt(record))
        return HFI_E_RECORDS_INTERLEAVED;

    switch (record->type) {
    case HFI_CONTENT_CCS:
        return take_ccs(c, record);
    case HFI_CONTENT_ALERT:
        return take_alert(c, record);
    case HFI_CONTENT_HANDSHAKE:
        c->idle_records = 0;
        return hfi_conn_take_handshake(c, record->content);
    case HFI_CONTENT_APPLICATION:
        return take_data(c, record);
    }
    return HFI_E_RECORD_TYPE_UNKNOWN;
}

/* RFC 8449 4: what a peer that knows of our limit may put into a protected record. */
static hfi_err check_size(hfi_conn *c, const hfi_record *record)
{
    if (!record->was_protected || c->agreed.limit_in == 0 ||
        record->inner_len <= c->agreed.limit_in || hfi_conn_reads_early(c))
        return HFI_OK;
    hfi_report_detail(&c->report, "%zu bytes, we told of a limit of %u",
                      record->inner_len, c->agreed.limit_in);
    return HFI_E_PLAINTEXT_TOO_LONG;
}

/* The peer must not protect more with one key than is safe (RFC 8446 5.5).  One that goes
 * on is not cut off, but asked for a new key, once for each key; TLS 1.2 has none to
 * ask for. */
static hfi_err ask_for_new_key(hfi_conn *c)
{
    if (c->phase != HFI_PHASE_OPEN || c->close_sent || c->close_received ||
        c->keys_in.is_tls12 || c->keys_in.sequence != c->aead->record_limit)
        return HFI_OK;
    return hfi_conn_update_keys(c, true);
}

/* ---- the loop ---- */

/* The bytes that came first show what the peer speaks. */
static hfi_err judge_answer(hfi_conn *c, bool *wait)
{
    hfi_view held = hfi_view_of(held_bytes(c).p, held_bytes(c).len);

    *wait = false;
    if (c->answered || held.len == 0)
        return HFI_OK;
    hfi_err err = hfi_conn_judge_first_bytes(c->role, held, c->feed_ended, wait);
    if (err != HFI_OK) {
        hfi_report *r = &c->report;
        r->first_bytes_len =
            held.len < sizeof r->first_bytes ? held.len : sizeof r->first_bytes;
        memcpy(r->first_bytes, held.p, r->first_bytes_len);
    }
    return err;
}

static hfi_err at_end_of_input(const hfi_conn *c)
{
    if (!c->feed_ended || c->close_received)
        return HFI_OK;
    if (c->in_end != c->in_start)
        return HFI_E_EOF_IN_RECORD;
    if (c->message_len != 0)
        return HFI_E_EOF_IN_MESSAGE;
    if (c->phase == HFI_PHASE_OPEN)
        return HFI_E_EOF_WITHOUT_CLOSE_NOTIFY;
    return c->bytes_in == 0 ? HFI_E_EOF_BEFORE_HELLO : HFI_E_EOF_IN_HANDSHAKE;
}

/* One record, if there is a whole one: *more is set. */
static hfi_err process_one(hfi_conn *c, bool *more)
{
    hfi_span held = held_bytes(c);
    hfi_record record;
    hfi_err err = HFI_OK;

    *more = false;
    if (held.len == 0)
        return at_end_of_input(c);
    bool wait = false;
    err = judge_answer(c, &wait);
    if (err != HFI_OK || wait)
        return err;

    switch (hfi_record_open(&c->keys_in, held, &record, &err)) {
    case HFI_RECORD_FAILED:
        return hfi_conn_skip_early(c, hfi_view_of(held.p, held.len), err, more);
    case HFI_RECORD_PARTIAL:
        return at_end_of_input(c);
    case HFI_RECORD_READY:
        break;
    }
    c->answered = true;
    if (record.was_protected || c->agreed.retried)
        c->early_over = c->early_over || record.type == HFI_CONTENT_HANDSHAKE;
    c->in_start += record.consumed;
    *more = true;
    err = check_size(c, &record);
    if (err == HFI_OK)
        err = take_record(c, &record);
    return err == HFI_OK && record.was_protected ? ask_for_new_key(c) : err;
}

/* The owner may have answered what the handshake waits for: in time. */
static void go_on(hfi_conn *c, bool *progress)
{
    hfi_err err = hfi_conn_after_step(c, hfi_machine_go(c->hs));

    if (err == HFI_OK)
        err = hfi_conn_take_held(c);
    if (err != HFI_OK)
        (void)hfi_conn_fail(c, err);
    if (progress != NULL)
        *progress = !c->paused;
}

hfi_err hfi_conn_process(hfi_conn *c, bool *progress)
{
    bool more = true;

    if (progress != NULL)
        *progress = false;
    if (c->paused && c->phase == HFI_PHASE_HANDSHAKE && hfi_conn_time_left(c) != 0)
        go_on(c, progress);
    while (more && c->plain.len == 0 && !c->close_received && !c->paused) {
        if (c->phase == HFI_PHASE_FAILED)
            return c->report.code;
        if (c->phase == HFI_PHASE_BEFORE)
            return HFI_OK;
        hfi_err err = process_one(c, &more);
        if (err != HFI_OK)
            return hfi_conn_fail(c, err);
        if (more && progress != NULL)
            *progress = true;
    }
    if (c->phase == HFI_PHASE_FAILED)
        return c->report.code;
    if (hfi_conn_time_left(c) == 0)
        return hfi_conn_fail(c, HFI_E_DEADLINE_EXCEEDED);
    if (c->plain.len == 0 && c->in_start == c->in_end)
        drop_input(c);
    return HFI_OK;
}

hfi_err hfi_conn_feed_eof(hfi_conn *c)
{
    c->feed_ended = true;
    return hfi_conn_process(c, NULL);
}

hfi_view hfi_conn_plain(const hfi_conn *c)
{
    return c->plain;
}

void hfi_conn_plain_take(hfi_conn *c, size_t n)
{
    if (n == 0)
        return;
    c->plain.p += n;
    c->plain.len -= n;
    if (c->plain.len == 0 && c->in_start == c->in_end)
        drop_input(c);
}
