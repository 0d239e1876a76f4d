/* handfast/session.h: resumption, RFC 8446 2.2 and 4.6.1. */
#ifndef HANDFAST_SESSION_H
#define HANDFAST_SESSION_H

#include <handfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

HF_API hf_session *hf_session_up_ref(hf_session *session);
HF_API void hf_session_free(hf_session *session);

/** Seconds since 1970 when it was made, and how long it may be used, in seconds: 0 for
 * one of TLS 1.2 whose connection a fatal alert ended (RFC 5246 7.2.2). */
HF_API int64_t hf_session_time(const hf_session *session);
HF_API int64_t hf_session_lifetime(const hf_session *session);
/** 0x0304 for TLS 1.3, 0x0303 for TLS 1.2. */
HF_API int hf_session_version(const hf_session *session);
/** The host name it was made for; empty if there was none.  Borrowed. */
HF_API const char *hf_session_hostname(const hf_session *session);

/**
 * The session as bytes that hf_session_parse() reads.  They hold a secret: store them
 * like a private key.  *len is the size of buffer before and of the bytes after; with
 * buffer NULL only the size is told.
 * @return 1, or -HF_E_INVALID_ARGUMENT when the buffer is too small (*len is the need)
 */
HF_API hf_status hf_session_serialize(const hf_session *session, uint8_t *buffer,
                                      size_t *len);
/** A session from those bytes; NULL if they are damaged, of another version, or memory
 * is exhausted.  The allocator is the configuration's. */
HF_API hf_session *hf_session_parse(hf_config *config, const uint8_t *bytes, size_t len);

/** How many bytes of early data the server takes, hf_write_early_data; 0: none. */
HF_API uint32_t hf_session_max_early_data(const hf_session *session);

/* ---- what a server keeps, or gives to its clients to keep ---- */

/** The keys that tickets and stored sessions are sealed with: 48 bytes each, a name of 16
 * and a secret of 32, at most 8; the first one seals, all of them open.  Workers and
 * hosts that share them resume each other's sessions.  Without this call the
 * configuration makes keys of its own, which take turns by the clock.  It may be called
 * at any time, from any thread, also while connections use the configuration, and
 * replaces all keys: in order to take turns, put the new one first and keep the old ones
 * for a ticket's lifetime.  INVALID_ARGUMENT, after which nothing has changed: not whole
 * keys, two of one name, or a secret of zeros. */
HF_API hf_status hf_config_set_ticket_keys(hf_config *config, const uint8_t *keys,
                                           size_t len);
/** Seconds that a session of a server may be resumed for, 0 to 604800; 7200 by default.
 * Our own keys take turns as often, but not oftener than once an hour.  0: no session can
 * be resumed.  INVALID_ARGUMENT. */
HF_API hf_status hf_config_set_ticket_lifetime(hf_config *config, int64_t seconds);
/** Sessions are bound to these bytes, at most 255: under another context they are not
 * resumed, even with the same keys.  Services that ask for different clients'
 * certificates and share their keys need contexts of their own.  INVALID_ARGUMENT. */
HF_API hf_status hf_config_set_session_context(hf_config *config, const uint8_t *context,
                                               size_t len);

/** The most bytes that hf_session_store is given as one value. */
#define HF_SESSION_STORE_VALUE_MAX 8892

/**
 * Where a server keeps sessions under ids of 32 bytes, instead of sending them away in
 * tickets: for all clients with HF_OPTION_NO_TICKET, otherwise for clients of TLS 1.2
 * that know no tickets.  size is sizeof(hf_session_store).  Values are sealed with the
 * ticket keys: they tell nothing, and processes that share a store must share the keys.
 *
 * find: 1, value holds *value_len bytes, at most value_size; 0, there is none; -1, not
 * known yet: the call returns -1 with HF_ERROR_WANT_CLIENT_HELLO_CB, and a repetition
 * asks again.  put keeps a value for lifetime seconds, or does not: nothing hangs on it.
 * remove, which may be NULL, forgets one that is of no use any more: its keys are gone,
 * or a fatal alert ended its connection of TLS 1.2 (RFC 5246 7.2.2), which any call that
 * fails may bring.  The functions must not use conn but for its user data.
 */
typedef struct hf_session_store {
    size_t size;
    int (*find)(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                uint8_t *value, size_t value_size, size_t *value_len);
    void (*put)(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                const uint8_t *value, size_t value_len, int64_t lifetime);
    void (*remove)(void *context, hf_conn *conn, const uint8_t *id, size_t id_len);
    void *context;
} hf_session_store;

/** The store, copied; NULL takes it away.  INVALID_ARGUMENT: find or put is missing. */
HF_API hf_status hf_config_set_session_store(hf_config *config,
                                             const hf_session_store *store);

#ifdef __cplusplus
}
#endif

#endif
