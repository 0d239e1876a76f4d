/* capi/replay_run.c: the calls of a recording, made again, and what the application did
 * between them. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ct.h"
#include "capi/recording.h"
#include "wire/reader.h"

enum { SCRATCH = 65536 };

/* ---- between the calls ---- */

static void feed(hf_replay *p, hfi_view body)
{
    size_t taken = 0;

    (void)hf_conn_feed(p->conn, body.p, body.len, &taken);
    if (taken != body.len && p->conn->engine.phase != HFI_PHASE_FAILED)
        hfi_replay_stop(p, HFI_E_REPLAY_DIFFERS,
                        "of %zu recorded bytes of the peer only %zu were taken", body.len,
                        taken);
}

static void drain(hf_replay *p, uint64_t count)
{
    uint8_t bytes[4096];
    size_t got = 1;

    while (count > 0 && got > 0) {
        size_t size = count < sizeof bytes ? (size_t)count : sizeof bytes;
        (void)hf_conn_drain(p->conn, bytes, size, &got);
        count -= got;
    }
}

static void change_settings(hf_replay *p)
{
    hf_config *config = NULL;
    hf_status status = hfi_replay_configuration(p, &config);

    if (status == 1)
        status = hf_conn_set_config(p->conn, config);
    hf_config_free(config);
    if (status != 1)
        hfi_replay_stop(p, (hfi_err)-status, "%s", "");
}

static void check(hf_replay *p, hf_status status)
{
    if (status != 1)
        hfi_replay_stop(p, (hfi_err)-status, "%s", "");
}

bool hfi_replay_act(hf_replay *p, uint8_t kind, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    if (p->problem != HFI_OK)
        return false;
    if (kind == HFI_CHUNK_SETTINGS) {
        change_settings(p);
        return p->problem == HFI_OK;
    }
    if (kind == HFI_CHUNK_FEED)
        feed(p, body);
    else if (kind == HFI_CHUNK_FEED_EOF)
        (void)hf_conn_feed_eof(p->conn);
    else if (kind == HFI_CHUNK_DRAIN)
        drain(p, hfi_read_u64(&r));
    else if (kind == HFI_CHUNK_OPTIONS)
        p->conn->engine.options = hfi_read_u64(&r) & HFI_OPTIONS_KNOWN;
    else if (kind == HFI_CHUNK_MARKS)
        hf_set_shutdown(p->conn, (int)(hfi_read_u64(&r) & 3));
    else if (kind == HFI_CHUNK_KEY_UPDATE)
        (void)hf_key_update(p->conn, hfi_read_u64(&r) != 0);
    else if (kind == HFI_CHUNK_SIGNATURE)
        (void)hf_conn_provide_signature(p->conn, body.p, body.len);
    else if (kind == HFI_CHUNK_OWN_CHAIN)
        check(p, hfi_replay_own_chain(p, body));
    else if (kind == HFI_CHUNK_OWN_KEY)
        check(p, hfi_replay_own_key(p));
    else
        return false;
    hfi_tape_skip(p);
    return p->problem == HFI_OK;
}

/* ---- calls ---- */

static const char *call_name(uint8_t call)
{
    static const char *const names[] = {
        "a call",
        "hf_connect",
        "hf_accept",
        "hf_do_handshake",
        "hf_read",
        "hf_peek",
        "hf_write",
        "hf_shutdown",
        "hf_write_early_data",
        "hf_read_early_data",
        "hf_abort",
    };

    return names[call < sizeof names / sizeof names[0] ? call : 0];
}

static int read_call(hf_replay *p, uint8_t call, uint64_t size)
{
    uint8_t *bytes = malloc(SCRATCH);
    size_t count = size < SCRATCH ? (size_t)size : SCRATCH;
    size_t got;
    int ret = -1;

    if (bytes == NULL) {
        hfi_replay_stop(p, HFI_E_NO_MEMORY, "%s", "");
        return -1;
    }
    if (call == HFI_CALL_READ)
        ret = hf_read(p->conn, bytes, count, &got);
    else if (call == HFI_CALL_PEEK)
        ret = hf_peek(p->conn, bytes, count, &got);
    else
        ret = hf_read_early_data(p->conn, bytes, count, &got);
    hfi_wipe(bytes, SCRATCH);
    free(bytes);
    return ret;
}

/* What the application wrote was not recorded: zeros, as many of them. */
static int write_call(hf_replay *p, uint8_t call, uint64_t size)
{
    size_t written;

    if (size > HF_RECORDING_WRITES_MAX - p->application_bytes) {
        hfi_replay_stop(p, HFI_E_RECORDING_MALFORMED,
                        "the recording writes more than %d bytes",
                        HF_RECORDING_WRITES_MAX);
        return -1;
    }
    p->application_bytes += size;
    uint8_t *zeros = calloc(1, size != 0 ? (size_t)size : 1);
    if (zeros == NULL) {
        hfi_replay_stop(p, HFI_E_NO_MEMORY, "%s", "");
        return -1;
    }
    int ret = call == HFI_CALL_WRITE
                  ? hf_write(p->conn, zeros, (size_t)size, &written)
                  : hf_write_early_data(p->conn, zeros, (size_t)size, &written);
    free(zeros);
    return ret;
}

static int make_call(hf_replay *p, uint8_t call, uint64_t size)
{
    switch (call) {
    case HFI_CALL_CONNECT:
        return hf_connect(p->conn);
    case HFI_CALL_ACCEPT:
        return hf_accept(p->conn);
    case HFI_CALL_DO_HANDSHAKE:
        return hf_do_handshake(p->conn);
    case HFI_CALL_SHUTDOWN:
        return hf_shutdown(p->conn);
    case HFI_CALL_ABORT:
        return hf_abort(p->conn, size < INT_MAX ? (int)size : -1);
    case HFI_CALL_READ:
    case HFI_CALL_PEEK:
    case HFI_CALL_READ_EARLY:
        return read_call(p, call, size);
    case HFI_CALL_WRITE:
    case HFI_CALL_WRITE_EARLY:
        return write_call(p, call, size);
    default:
        hfi_replay_stop(p, HFI_E_RECORDING_MALFORMED, "call %u is not known", call);
        return -1;
    }
}

static void compare_return(hf_replay *p, uint8_t call, int ret, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    const uint8_t was_byte = hfi_read_u8(&r);
    const int was = was_byte < 0x80 ? was_byte : was_byte - 0x100;
    int outcome = (int32_t)hfi_read_u32(&r);
    int code = (int32_t)hfi_read_u32(&r);
    int now = hf_conn_error_code(p->conn);

    if (!hfi_reader_done(&r))
        hfi_replay_stop(p, HFI_E_RECORDING_MALFORMED, "%s", "");
    else if (was != ret || outcome != p->conn->outcome || code != now)
        hfi_replay_stop(p, HFI_E_REPLAY_DIFFERS,
                        "call %llu, %s: recorded %d, %s, %s; replayed %d, %s, %s",
                        (unsigned long long)p->calls, call_name(call), was,
                        hf_get_error_name(outcome), code != 0 ? hf_code_name(code) : "OK",
                        ret, hf_get_error_name(p->conn->outcome),
                        now != 0 ? hf_code_name(now) : "OK");
}

/* What the call left of the answers is a difference, but what callbacks did is done. */
static void finish_call(hf_replay *p, uint8_t call, int ret)
{
    uint8_t kind;
    hfi_view body;

    while (p->problem == HFI_OK && hfi_tape_peek(p, &kind, &body)) {
        if (kind == HFI_CHUNK_RETURN) {
            hfi_tape_skip(p);
            compare_return(p, call, ret, body);
            return;
        }
        if (!hfi_replay_act(p, kind, body) && p->problem == HFI_OK)
            hfi_replay_stop(p, HFI_E_REPLAY_DIFFERS,
                            "call %llu, %s: an answer was recorded that nobody asked for",
                            (unsigned long long)p->calls, call_name(call));
    }
}

static void replay_call(hf_replay *p, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    uint8_t call = hfi_read_u8(&r);
    uint64_t size = hfi_read_u64(&r);

    hfi_tape_skip(p);
    p->calls++;
    if (!hfi_reader_done(&r)) {
        hfi_replay_stop(p, HFI_E_RECORDING_MALFORMED, "%s", "");
        return;
    }
    int ret = make_call(p, call, size);
    finish_call(p, call, ret);
}

hf_status hfi_replay_all(hf_replay *p)
{
    uint8_t kind;
    hfi_view body;

    while (p->problem == HFI_OK && hfi_tape_peek(p, &kind, &body)) {
        if (kind == HFI_CHUNK_CALL)
            replay_call(p, body);
        else if (!hfi_replay_act(p, kind, body) && p->problem == HFI_OK)
            hfi_replay_stop(p, HFI_E_RECORDING_MALFORMED,
                            "a chunk of kind 0x%02x stands where none may", kind);
    }
    return p->problem == HFI_OK ? 1 : -(hf_status)p->problem;
}
