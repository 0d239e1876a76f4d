/* engine/conn/early.c: data before the handshake is over, in either direction: a client's
 * early data, which a server takes or passes over, and what a server sends before the
 * client has finished.  RFC 8446 2.3, 4.2.10, 4.4.4, D.3. */
#include "conn/conn.h"
#include "conn/internal.h"
#include "handshake/handshake.h"
#include "msg/types.h"
#include "wire/reader.h"

enum { SKIPPED_MAX = 16384, EXPANSION = 17 /* a tag and the inner type */ };

/* ---- a server takes it ---- */

bool hfi_conn_reads_early(const hfi_conn *c)
{
    return c->phase == HFI_PHASE_HANDSHAKE && c->hs->reads_early;
}

/* It is counted before anybody knows who sends it. */
hfi_err hfi_conn_take_early(hfi_conn *c, const hfi_record *record)
{
    if (record->content.len > c->settings->max_early_data - c->early_taken)
        return HFI_E_EARLY_DATA_TOO_MUCH;
    c->early_taken += (uint32_t)record->content.len;
    if (record->content.len == 0)
        return ++c->idle_records > HFI_CONN_IDLE_RECORDS_MAX
                   ? HFI_E_TOO_MANY_EMPTY_RECORDS
                   : HFI_OK;
    c->idle_records = 0;
    c->plain = hfi_view_of(record->content.p, record->content.len);
    return HFI_OK;
}

/* ---- or passes over it ---- */

static bool is_skipping(const hfi_conn *c, hfi_err err)
{
    return c->role == HFI_ROLE_SERVER && c->phase == HFI_PHASE_HANDSHAKE &&
           c->agreed.early_data == HFI_EARLY_REJECTED && !c->early_over &&
           (err == HFI_E_BAD_RECORD_MAC || err == HFI_E_APPLICATION_DATA_EARLY);
}

/* Who has no ticket of ours cannot know a limit of ours: then it is of ciphertext. */
static uint32_t skipped_size(const hfi_conn *c, size_t len)
{
    if (c->settings->max_early_data == 0)
        return (uint32_t)len;
    return (uint32_t)(len > EXPANSION ? len - EXPANSION : 0);
}

/* A record that cannot be opened is early data that was rejected: the keys of the
 * handshake do not fit, or after a retry there are none yet (RFC 8446 4.2.10). */
hfi_err hfi_conn_skip_early(hfi_conn *c, hfi_view held, hfi_err err, bool *skipped)
{
    uint32_t limit = c->settings->max_early_data > SKIPPED_MAX
                         ? c->settings->max_early_data
                         : SKIPPED_MAX;
    hfi_reader r = hfi_reader_of(held);

    *skipped = false;
    if (!is_skipping(c, err))
        return err;
    (void)hfi_read_bytes(&r, HFI_RECORD_HEADER - 2);
    size_t len = hfi_read_u16(&r);
    if (len > HFI_RECORD_MAX - HFI_RECORD_HEADER)
        return HFI_E_RECORD_TOO_LONG;
    if (r.failed || r.left < len)
        return HFI_OK; /* more must come */
    c->early_taken += skipped_size(c, len);
    if (c->early_taken > limit)
        return HFI_E_EARLY_DATA_TOO_MUCH;
    if (++c->idle_records > HFI_CONN_IDLE_RECORDS_MAX * 4)
        return HFI_E_TOO_MANY_RECORDS;
    c->in_start += HFI_RECORD_HEADER + len;
    *skipped = true;
    return HFI_OK;
}

/* ---- writing ---- */

static hfi_err queue_early(hfi_conn *c, hfi_view data, size_t max, size_t *taken)
{
    hfi_view part = hfi_view_of(data.p, data.len < max ? data.len : max);
    hfi_err err = hfi_conn_queue(c, HFI_CONTENT_APPLICATION, part);

    if (err != HFI_OK)
        return hfi_conn_fail(c, err);
    *taken = part.len;
    return HFI_OK;
}

bool hfi_conn_writes_half(const hfi_conn *c)
{
    return c->role == HFI_ROLE_SERVER && c->phase == HFI_PHASE_HANDSHAKE &&
           c->hs->sends_application;
}

/* A server counts the bytes that it takes before it knows who sends them. */
hfi_err hfi_conn_write_early(hfi_conn *c, hfi_view data, size_t *taken)
{
    *taken = 0;
    if (c->phase == HFI_PHASE_FAILED)
        return c->report.code;
    if (c->close_sent)
        return HFI_E_PROTOCOL_IS_SHUTDOWN;
    size_t max = hfi_conn_content_max(c);
    if (hfi_conn_writes_half(c))
        return data.len == 0 ? HFI_OK : queue_early(c, data, max, taken);
    if (c->phase != HFI_PHASE_HANDSHAKE || c->agreed.early_data != HFI_EARLY_OFFERED)
        return HFI_E_EARLY_DATA_UNAVAILABLE;
    if (data.len == 0)
        return HFI_OK;
    if (c->early_left == 0)
        return HFI_E_EARLY_DATA_LIMIT;
    hfi_err err = queue_early(c, data, max < c->early_left ? max : c->early_left, taken);
    c->early_left -= (uint32_t)*taken;
    return err;
}
