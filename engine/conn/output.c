/* engine/conn/output.c: what goes out: records behind each other until the owner has
 * carried them away.  RFC 8446 5.1, 5.2, 6.1. */
#include "base/ct.h"
#include "conn/conn.h"
#include "conn/internal.h"
#include "msg/types.h"
#include "wire/reader.h"
#include "wire/writer.h"

enum {
    OUT_FIRST_SIZE = 512,
    OPEN_SLACK = 320, /* bytes of small messages that still come behind a large one */
};

hfi_view hfi_conn_drain(const hfi_conn *c)
{
    return hfi_view_of(c->out == NULL ? NULL : c->out + c->out_start,
                       c->out_end - c->out_start);
}

/* The memory is given back as soon as nothing waits in it. */
void hfi_conn_drain_commit(hfi_conn *c, size_t n)
{
    c->out_start += n;
    c->bytes_out += n;
    if (c->out_start != c->out_end)
        return;
    c->finishing = false;
    if (c->open_len != 0)
        return;
    hfi_alloc_release(&c->settings->alloc, c->out);
    c->out = NULL;
    c->out_cap = c->out_start = c->out_end = 0;
}

/* Bytes behind what waits that are taken by a record that is not sealed yet. */
static size_t open_bytes(const hfi_conn *c)
{
    return c->open_len != 0 ? HFI_RECORD_HEADER + c->open_len : 0;
}

/* Room for need bytes behind what waits; where more memory must be got for that, for
 * slack more. */
static hfi_err make_room(hfi_conn *c, size_t need, size_t slack)
{
    const hfi_alloc *a = &c->settings->alloc;
    size_t waiting = c->out_end - c->out_start;

    if (need <= c->out_cap - c->out_end)
        return HFI_OK;
    size_t cap = HFI_CONN_LEAD + waiting + need + slack;
    if (cap < OUT_FIRST_SIZE)
        cap = OUT_FIRST_SIZE;
    uint8_t *bigger = hfi_alloc_bytes(a, cap);
    if (bigger == NULL)
        return HFI_E_NO_MEMORY;
    if (waiting + open_bytes(c) != 0)
        memcpy(bigger + HFI_CONN_LEAD, c->out + c->out_start, waiting + open_bytes(c));
    hfi_alloc_release(a, c->out);
    c->out = bigger;
    c->out_cap = cap;
    c->out_start = HFI_CONN_LEAD;
    c->out_end = HFI_CONN_LEAD + waiting;
    return HFI_OK;
}

/* RFC 8446 5.1: the first ClientHello's record says TLS 1.0, for old middleboxes. */
static uint16_t record_version(const hfi_conn *c)
{
    return c->role == HFI_ROLE_CLIENT && c->bytes_out == 0 && c->out_end == 0 &&
                   c->phase == HFI_PHASE_HANDSHAKE
               ? 0x0301
               : 0x0303;
}

/* The content that a record may hold: the peer's limit counts the type, and binds
 * protected records alone (RFC 8449 4). */
size_t hfi_conn_content_max(const hfi_conn *c)
{
    size_t own = c->settings->record_size != 0 ? c->settings->record_size
                                               : HFI_RECORD_PLAINTEXT_MAX;
    size_t limit = c->agreed.limit_out;

    if (limit == 0 || !hfi_record_protects(&c->keys_out))
        return own;
    limit -= c->agreed.version == 0x0303 ? 0 : 1;
    return limit < own ? limit : own;
}

/* Zeros that fill the content up to a multiple of the settings', as far as it may grow.
 */
static size_t padding_of(const hfi_conn *c, hfi_content_type type, size_t len)
{
    size_t multiple = c->settings->record_padding;

    if (multiple == 0 || len % multiple == 0 || !hfi_record_pads(&c->keys_out, type))
        return 0;
    size_t padding = multiple - len % multiple;
    size_t most = hfi_conn_content_max(c) - len;
    return padding < most ? padding : most;
}

static hfi_err queue_record(hfi_conn *c, hfi_content_type type, uint16_t version,
                            hfi_view content)
{
    size_t padding = padding_of(c, type, content.len);
    size_t size = hfi_record_sealed_size(&c->keys_out, content.len + padding);
    hfi_err err = make_room(c, size, 0);
    if (err != HFI_OK)
        return err;
    size_t written = 0;
    err = hfi_record_seal_padded(&c->keys_out, type, version, content, padding,
                                 c->out + c->out_end, &written);
    if (err == HFI_OK)
        c->out_end += written;
    return err;
}

/* ---- messages share records ---- */

static hfi_err add_to_open(hfi_conn *c, hfi_view part)
{
    size_t len = c->open_len + part.len;
    hfi_err err = make_room(c, hfi_record_sealed_size(&c->keys_out, len), OPEN_SLACK);

    if (err != HFI_OK)
        return err;
    memcpy(c->out + c->out_end + HFI_RECORD_HEADER + c->open_len, part.p, part.len);
    c->open_len = (uint16_t)len;
    return HFI_OK;
}

hfi_err hfi_conn_seal_open(hfi_conn *c)
{
    hfi_view content = {NULL, c->open_len};
    size_t padding = padding_of(c, HFI_CONTENT_HANDSHAKE, content.len);

    if (content.len == 0)
        return HFI_OK;
    hfi_err err =
        make_room(c, hfi_record_sealed_size(&c->keys_out, content.len + padding), 0);
    c->open_len = 0;
    if (err != HFI_OK)
        return err;
    size_t written = 0;
    content.p = c->out + c->out_end + HFI_RECORD_HEADER;
    err = hfi_record_seal_padded(&c->keys_out, HFI_CONTENT_HANDSHAKE, 0x0303, content,
                                 padding, c->out + c->out_end, &written);
    if (err == HFI_OK)
        c->out_end += written;
    return err;
}

/* Messages of one flight fill records up, one behind the other (RFC 8446 5.1): what is
 * left of one begins the next. */
static hfi_err pack(hfi_conn *c, hfi_view message)
{
    hfi_reader r = hfi_reader_of(message);
    hfi_err err = HFI_OK;

    while (err == HFI_OK && hfi_reader_more(&r)) {
        size_t max = hfi_conn_content_max(c);
        size_t space = max > c->open_len ? max - c->open_len : 0;
        if (space == 0)
            err = hfi_conn_seal_open(c);
        else
            err = add_to_open(c, hfi_read_bytes(&r, r.left < space ? r.left : space));
    }
    return err;
}

/* A ClientHello is alone in its flight, and has a record version of its own.  In TLS 1.2
 * a protected record has a nonce before its content; Finished is all that one ever holds.
 */
static hfi_err queue_message(hfi_conn *c, hfi_view message)
{
    return c->keys_out.is_tls12 || message.p[0] == HFI_CLIENT_HELLO
               ? hfi_conn_queue(c, HFI_CONTENT_HANDSHAKE, message)
               : pack(c, message);
}

/* ---- anything else ---- */

hfi_err hfi_conn_queue(hfi_conn *c, hfi_content_type type, hfi_view content)
{
    hfi_err flushed = hfi_conn_seal_open(c);
    if (flushed != HFI_OK)
        return flushed;
    uint16_t version = record_version(c);
    size_t max = hfi_conn_content_max(c);
    hfi_reader r = hfi_reader_of(content);

    while (hfi_reader_more(&r)) {
        hfi_view part = hfi_read_bytes(&r, r.left < max ? r.left : max);
        hfi_err err = queue_record(c, type, version, part);
        if (err != HFI_OK)
            return err;
    }
    return HFI_OK;
}

hfi_err hfi_conn_queue_alert(hfi_conn *c, uint8_t level, hfi_alert alert)
{
    uint8_t content[2] = {level, (uint8_t)alert};

    hfi_err err = hfi_conn_queue(c, HFI_CONTENT_ALERT, hfi_view_of(content, 2));
    if (err == HFI_OK)
        hfi_conn_note(c, HFI_EVENT_ALERT, HFI_DIRECTION_SENT, (uint8_t)alert, 2,
                      hfi_record_protects(&c->keys_out));
    return err;
}

hfi_err hfi_conn_close(hfi_conn *c)
{
    if (c->close_sent)
        return HFI_OK;
    if (c->phase == HFI_PHASE_FAILED)
        return c->report.code;
    if (c->phase == HFI_PHASE_BEFORE)
        return HFI_E_NOT_CONNECTED;
    if (!c->shutdown_quietly) {
        hfi_err err = hfi_conn_queue_alert(c, 1, HFI_ALERT_CLOSE_NOTIFY);
        if (err != HFI_OK)
            return hfi_conn_fail(c, err);
    }
    c->close_sent = true;
    return HFI_OK;
}

/* ---- application data ---- */

static hfi_err install(hfi_conn *c, hfi_record_keys *keys, const hfi_aead *aead,
                       const hfi_hash *hash, const uint8_t *secret)
{
    uint8_t key[HFI_AEAD_KEY_MAX];
    uint8_t iv[HFI_AEAD_NONCE];

    hfi_keys_traffic(hash, secret, aead->key_len, key, iv);
    hfi_err err = hfi_record_keys_install(keys, &c->settings->alloc, aead, key, iv);
    hfi_wipe(key, sizeof key);
    hfi_wipe(iv, sizeof iv);
    return err;
}

/* The message goes out under the old key; all after it under the new one. */
hfi_err hfi_conn_update_keys(hfi_conn *c, bool request)
{
    if (c->phase != HFI_PHASE_OPEN || c->close_sent)
        return c->close_sent ? HFI_E_PROTOCOL_IS_SHUTDOWN : HFI_E_NOT_CONNECTED;
    if (c->agreed.version == 0x0303)
        return HFI_E_KEY_UPDATE_UNAVAILABLE;

    uint8_t message[5] = {HFI_KEY_UPDATE, 0, 0, 1, request};
    hfi_err err = hfi_conn_queue(c, HFI_CONTENT_HANDSHAKE, hfi_view_of(message, 5));
    if (err == HFI_OK) {
        hfi_conn_note(c, HFI_EVENT_MESSAGE, HFI_DIRECTION_SENT, HFI_KEY_UPDATE, 5, true);
        hfi_keys_update(c->hash, c->secret_out);
        err = install(c, &c->keys_out, c->aead, c->hash, c->secret_out);
    }
    if (err != HFI_OK)
        return hfi_conn_fail(c, err);
    hfi_conn_note(c, HFI_EVENT_KEYS, HFI_DIRECTION_SENT, 3, 0, true);
    c->update_wanted = false;
    return HFI_OK;
}

hfi_err hfi_conn_next_receive_keys(hfi_conn *c)
{
    hfi_keys_update(c->hash, c->secret_in);
    hfi_err err = install(c, &c->keys_in, c->aead, c->hash, c->secret_in);
    if (err == HFI_OK)
        hfi_conn_note(c, HFI_EVENT_KEYS, HFI_DIRECTION_RECEIVED, 3, 0, true);
    return err;
}

/* One record short of the key's limit the key is changed (RFC 8446 5.5), and an update
 * that the peer asked for comes before the next data (4.6.3). */
static bool wants_new_key(const hfi_conn *c)
{
    if (c->agreed.version == 0x0303)
        return false;
    return c->update_wanted || c->keys_out.sequence >= c->aead->record_limit - 1;
}

hfi_err hfi_conn_write(hfi_conn *c, hfi_view data, size_t *taken)
{
    *taken = 0;
    if (c->phase == HFI_PHASE_FAILED)
        return c->report.code;
    if (c->phase != HFI_PHASE_OPEN)
        return HFI_E_NOT_CONNECTED;
    if (c->close_sent)
        return HFI_E_PROTOCOL_IS_SHUTDOWN;
    if (data.len == 0)
        return HFI_OK;
    hfi_err err = wants_new_key(c) ? hfi_conn_update_keys(c, false) : HFI_OK;
    if (err != HFI_OK)
        return err;

    size_t max = hfi_conn_content_max(c);
    hfi_view part = hfi_view_of(data.p, data.len < max ? data.len : max);
    err = hfi_conn_queue(c, HFI_CONTENT_APPLICATION, part);
    if (err != HFI_OK)
        return hfi_conn_fail(c, err);
    if (!c->sent_data)
        hfi_conn_note(c, HFI_EVENT_DATA, HFI_DIRECTION_SENT, 0, part.len, true);
    c->sent_data = true;
    *taken = part.len;
    return HFI_OK;
}

/* ---- the handshake's way out ---- */

static hfi_err sink_send(void *ctx, hfi_view message)
{
    hfi_conn *c = ctx;
    hfi_err err = queue_message(c, message);

    if (err == HFI_OK)
        hfi_conn_note(c, HFI_EVENT_MESSAGE, HFI_DIRECTION_SENT, message.p[0], message.len,
                      hfi_record_protects(&c->keys_out));
    return err;
}

static hfi_err sink_send_ccs(void *ctx)
{
    static const uint8_t content[1] = {1};
    hfi_conn *c = ctx;

    if (c->ccs_sent)
        return HFI_OK;
    hfi_err err = hfi_conn_queue(c, HFI_CONTENT_CCS, hfi_view_of(content, 1));
    if (err != HFI_OK)
        return err;
    c->ccs_sent = true;
    hfi_conn_note(c, HFI_EVENT_CCS, HFI_DIRECTION_SENT, 0, 1, false);
    return HFI_OK;
}

/* What is on its way goes out under the keys that it was written under. */
static hfi_err seal_before(hfi_conn *c, hfi_direction direction)
{
    return direction == HFI_DIRECTION_SENT ? hfi_conn_seal_open(c) : HFI_OK;
}

static hfi_err sink_install(void *ctx, hfi_direction direction, const hfi_suite *suite,
                            const uint8_t *secret)
{
    hfi_conn *c = ctx;
    hfi_record_keys *keys = direction == HFI_DIRECTION_SENT ? &c->keys_out : &c->keys_in;

    hfi_err err = seal_before(c, direction);
    if (err == HFI_OK)
        err = install(c, keys, suite->aead, suite->hash, secret);
    if (err == HFI_OK)
        hfi_conn_note(c, HFI_EVENT_KEYS, direction, c->hs->installing, 0, true);
    return err;
}

static hfi_err sink_install_tls12(void *ctx, hfi_direction direction,
                                  const hfi_suite *suite, const hfi_tls12_keys *block,
                                  hfi_side writer)
{
    hfi_conn *c = ctx;
    hfi_record_keys *keys = direction == HFI_DIRECTION_SENT ? &c->keys_out : &c->keys_in;

    const hfi_alloc *alloc = &c->settings->alloc;
    const hfi_record_cbc cbc = {suite->cbc, suite->mac, c->hs->tls12.encrypt_then_mac,
                                &c->settings->random};

    hfi_err err = seal_before(c, direction);
    if (err != HFI_OK)
        return err;
    err =
        suite->cbc != NULL
            ? hfi_record_keys_install_cbc(keys, alloc, &cbc, block->mac[writer],
                                          block->key[writer])
            : hfi_record_keys_install_tls12(keys, alloc, suite->aead, block->key[writer],
                                            block->salt[writer], suite->salt_len);
    if (err == HFI_OK)
        hfi_conn_note(c, HFI_EVENT_KEYS, direction, 2, 0, true);
    return err;
}

static void sink_uninstall(void *ctx)
{
    hfi_conn *c = ctx;

    hfi_record_keys_clear(&c->keys_out, &c->settings->alloc);
}

hfi_sink hfi_conn_sink(hfi_conn *c)
{
    hfi_sink sink = {sink_send,      sink_send_ccs,      sink_install,
                     sink_uninstall, sink_install_tls12, c};
    return sink;
}
