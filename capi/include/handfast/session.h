/* handfast/session.h: resumption, RFC 8446 2.2 and 4.6.1. */
#ifndef HANDFAST_SESSION_H
#define HANDFAST_SESSION_H

#include <handfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

HF_API hf_session *hf_session_up_ref(hf_session *session);
HF_API void hf_session_free(hf_session *session);

/** Seconds since 1970 when it was made, and how long it may be used, in seconds. */
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

#ifdef __cplusplus
}
#endif

#endif
