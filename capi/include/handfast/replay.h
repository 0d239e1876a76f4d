/* handfast/replay.h: recordings of one connection, and their replay without a network.
 *
 * A RECORDING HOLDS THE CONNECTION'S SECRETS.  It has the random bytes that keys are made
 * of, and all that the peer sent: whoever has the file can derive the keys, read what
 * both sides said on that connection, and use the session or the pre-shared key that it
 * offered or was given.  It also names the host, the peer's certificates, our own chains
 * and the trusted roots.  It does not hold private keys (their signatures are kept
 * instead), the keys of a server's tickets, or the bytes that the application wrote, of
 * which the lengths are kept.  Treat the file like a private key, and nothing is recorded
 * unless one of the functions below was called for that connection.  docs/replay.md has
 * the format. */
#ifndef HANDFAST_REPLAY_H
#define HANDFAST_REPLAY_H

#include <handfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- recording ---- */

/** The most bytes of a recording: what would go beyond is left out, and its replay ends
 * there with RECORDING_INCOMPLETE. */
#define HF_RECORDING_MAX 67108864
/** The most bytes of application data that a recorded connection writes before its
 * recording ends in the same way. */
#define HF_RECORDING_WRITES_MAX 268435456

/** Takes the next bytes of a recording; they are wiped afterwards.  1: taken; 0: not, and
 * the recording ends.  It must not use conn. */
typedef int hf_record_function(void *context, const uint8_t *bytes, size_t len);
/**
 * Records the next handshake of conn and what follows it, until hf_conn_record_end,
 * hf_clear or hf_conn_free, whichever is first; then the recording is whole.  Settings
 * may still be made after this call, before the handshake.
 * @return 1; INVALID_ARGUMENT, ALREADY_STARTED, NO_MEMORY
 */
HF_API hf_status hf_conn_record(hf_conn *conn, hf_record_function *function,
                                void *context);
/** The same into a new file that its owner alone can read.  A file that exists is never
 * overwritten: RECORDING_FAILED, and errno is EEXIST. */
HF_API hf_status hf_conn_record_file(hf_conn *conn, const char *path);
/** Ends the recording; the connection goes on.  1 also if there was none.
 * RECORDING_FAILED: it could not be written whole.  A recording that fails does the
 * connection no harm, and this is the one place that tells; errno says why of a file. */
HF_API hf_status hf_conn_record_end(hf_conn *conn);

/* ---- replay ---- */

/** A recording that was read, and the connection that it was played to. */
typedef struct hf_replay hf_replay;

/**
 * Reads a recording, which is judged like bytes from a stranger.  The bytes are copied.
 * @param status  unless NULL: 1, INVALID_ARGUMENT, NO_MEMORY, INPUT_TOO_LARGE,
 *                RECORDING_MALFORMED, RECORDING_UNSUPPORTED (a later format)
 * @return owned by the caller, released with hf_replay_free; NULL on failure
 * @threads one thread at a time per replay
 */
HF_API hf_replay *hf_replay_new(const uint8_t *bytes, size_t len, hf_status *status);
/** The same from a file.  Also FILE_UNREADABLE, with errno. */
HF_API hf_replay *hf_replay_new_file(const char *path, hf_status *status);
/** Wipes and releases it, with its connection.  NULL is allowed. */
HF_API void hf_replay_free(hf_replay *replay);

/**
 * Does again what was recorded: the same settings, entropy and time, the same bytes of
 * the peer in the same pieces, the same calls.  It uses no network, no clock, no file and
 * no entropy of this process.  Once per replay.
 * @return 1: reproduced, the error record, the timeline and what was agreed are the same,
 *         byte by byte; -HF_E_REPLAY_DIFFERS; -HF_E_RECORDING_INCOMPLETE: the same as far
 *         as the recording goes; -HF_E_RECORDING_UNSUPPORTED: this build lacks what its
 *         settings name; -HF_E_RECORDING_MALFORMED, -HF_E_NO_MEMORY
 */
HF_API hf_status hf_replay_run(hf_replay *replay);

/** What the last status means here, in a sentence: where the two differ.  "" if there is
 * nothing to tell.  Borrowed until the next call on replay, as all that follows. */
HF_API const char *hf_replay_message(const hf_replay *replay);
/** What the recording holds that its readers should know of, a sentence for each, divided
 * by newlines; never empty. */
HF_API const char *hf_replay_warning(const hf_replay *replay);
/** The version of the library that recorded it. */
HF_API const char *hf_replay_library(const hf_replay *replay);
/** The connection as the replay left it, for hf_conn_get0_error, hf_trace_json and their
 * kin; NULL before hf_replay_run, and if that could not begin.  It has no transport: only
 * questions may be put to it.  Borrowed until hf_replay_free. */
HF_API hf_conn *hf_replay_get0_conn(hf_replay *replay);

#define HF_REPLAY_ERROR 0      /**< as of hf_error_json */
#define HF_REPLAY_TRACE 1      /**< as of hf_trace_json */
#define HF_REPLAY_CONNECTION 2 /**< as of hf_conn_json */
/** What the recording has as its result, one of HF_REPLAY_..., in JSON; NULL if it is not
 * whole. */
HF_API const char *hf_replay_recorded_json(const hf_replay *replay, int which);

#ifdef __cplusplus
}
#endif

#endif
