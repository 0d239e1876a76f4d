/* capi/replay_tape.c: a recording as chunks, and the queues that they are taken from.
 * Whoever wrote the file may be a stranger: only the bounded reader sees its bytes. */
#include "base/ct.h"
#include "capi/recording.h"
#include "wire/reader.h"

static hfi_view tape_of(const hf_replay *p)
{
    return hfi_view_of(p->bytes, p->len);
}

bool hfi_tape_next(hfi_view tape, size_t *at, uint8_t *kind, hfi_view *body)
{
    hfi_reader r = hfi_reader_of(tape);

    (void)hfi_read_bytes(&r, *at);
    *kind = hfi_read_u8(&r);
    uint32_t len = hfi_read_u32(&r);
    if (len > HFI_CHUNK_MAX)
        hfi_reader_fail(&r);
    *body = hfi_read_bytes(&r, len);
    if (r.failed)
        return false;
    *at = tape.len - r.left;
    return true;
}

bool hfi_tape_take(hf_replay *p, hfi_queue *queue, hfi_chunk kind, hfi_view *body)
{
    uint8_t found;

    while (hfi_tape_next(tape_of(p), &queue->at, &found, body)) {
        if (found == HFI_CHUNK_LIMIT)
            break;
        if (found == kind)
            return true;
    }
    queue->at = p->len;
    return false;
}

/* ---- what is done in order ---- */

static bool is_in_order(uint8_t kind)
{
    return kind < HFI_CHUNK_RANDOM;
}

bool hfi_tape_peek(hf_replay *p, uint8_t *kind, hfi_view *body)
{
    size_t at = p->acts.at;

    while (hfi_tape_next(tape_of(p), &at, kind, body)) {
        if (*kind >= HFI_CHUNK_ERROR)
            return false;
        if (is_in_order(*kind))
            return true;
        p->acts.at = at;
    }
    return false;
}

void hfi_tape_skip(hf_replay *p)
{
    uint8_t kind;
    hfi_view body;

    (void)hfi_tape_next(tape_of(p), &p->acts.at, &kind, &body);
}

/* ---- the frame ---- */

static bool is_known(uint8_t kind)
{
    return (kind >= HFI_CHUNK_LIBRARY && kind <= HFI_CHUNK_MEMORY) ||
           (kind >= HFI_CHUNK_CALL && kind <= HFI_CHUNK_OWN_KEY) ||
           (kind >= HFI_CHUNK_HELLO && kind <= HFI_CHUNK_SEALED) ||
           (kind >= HFI_CHUNK_RANDOM && kind <= HFI_CHUNK_WRITE) ||
           (kind >= HFI_CHUNK_ERROR && kind <= HFI_CHUNK_END);
}

static hf_status check_front(const hf_replay *p)
{
    hfi_reader r = hfi_reader_of(tape_of(p));
    hfi_view magic = hfi_read_bytes(&r, HFI_RECORDING_MAGIC_SIZE);
    uint16_t format = hfi_read_u16(&r);

    if (r.failed || !hfi_view_equal(magic, hfi_view_of(HFI_RECORDING_MAGIC,
                                                       HFI_RECORDING_MAGIC_SIZE)))
        return -HF_E_RECORDING_MALFORMED;
    return format == HFI_RECORDING_FORMAT ? 1 : -HF_E_RECORDING_UNSUPPORTED;
}

/* The digest is there for accidents: whoever forges a recording can forge that as well.
 */
static bool digest_fits(const hf_replay *p, size_t len, hfi_view digest)
{
    const hfi_hash *sha256 = hfi_crypto_nettle.sha256;
    hfi_hash_ctx ctx;
    uint8_t own[32];

    sha256->init(&ctx);
    sha256->update(&ctx, p->bytes, len);
    sha256->finish(&ctx, own);
    return hfi_view_equal(digest, hfi_view_of(own, sizeof own));
}

static bool note_chunk(hf_replay *p, uint8_t kind, hfi_view body, size_t begins)
{
    if (kind == HFI_CHUNK_LIMIT)
        p->cut = true;
    if (kind >= HFI_CHUNK_ERROR && kind <= HFI_CHUNK_AGREED)
        p->results[kind - HFI_CHUNK_ERROR] = body;
    if (kind == HFI_CHUNK_END) {
        p->whole = digest_fits(p, begins, body);
        return p->whole;
    }
    return is_known(kind);
}

static bool told_all(const hf_replay *p)
{
    return p->results[0].len != 0 && p->results[1].len != 0 && p->results[2].len != 0;
}

/* Chunks up to the last whole one; what a cut has left of another is not looked at. */
hf_status hfi_tape_check(hf_replay *p)
{
    size_t at = HFI_RECORDING_FRONT;
    uint8_t kind = 0;
    hfi_view body;
    hf_status status = check_front(p);

    if (status != 1)
        return status;
    for (size_t begins = at; hfi_tape_next(tape_of(p), &at, &kind, &body); begins = at) {
        bool is_first = begins == HFI_RECORDING_FRONT;
        if (p->whole || (kind == HFI_CHUNK_LIBRARY) != is_first ||
            !note_chunk(p, kind, body, begins))
            return -HF_E_RECORDING_MALFORMED;
        if (is_first)
            p->library = body;
    }
    if (p->whole && (at != p->len || !told_all(p)))
        return -HF_E_RECORDING_MALFORMED;
    if (p->library.len == 0 || p->library.len >= sizeof p->library_text)
        return p->library.len == 0 && at == HFI_RECORDING_FRONT
                   ? -HF_E_RECORDING_INCOMPLETE
                   : -HF_E_RECORDING_MALFORMED;
    p->len = at;
    return 1;
}
