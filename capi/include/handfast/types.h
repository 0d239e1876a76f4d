/* handfast/types.h: the handles, the calling convention and the callback tables. */
#ifndef HANDFAST_TYPES_H
#define HANDFAST_TYPES_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define HF_API
#else
#define HF_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Settings shared by many connections; reference counted; frozen by the first one. */
typedef struct hf_config hf_config;
/** One connection; one thread at a time. */
typedef struct hf_conn hf_conn;
/** What is needed to resume a session; reference counted, immutable. */
typedef struct hf_session hf_session;
/** A transport: it carries ciphertext and knows no TLS. */
typedef struct hf_bio hf_bio;
/** Why a connection failed; lives inside its connection. */
typedef struct hf_error hf_error;
/** A parsed certificate. */
typedef struct hf_certificate hf_certificate;

/**
 * Result of a setting: 1 on success, else a negated error code (-HF_E_...), whose name
 * and text hf_code_name() and hf_code_text() give.
 */
typedef int hf_status;

/**
 * Memory for everything that belongs to a configuration and its connections.
 * size is sizeof(hf_allocator).  allocate returns NULL when it has none; release never
 * receives NULL.  Both may be called from any thread that uses the configuration.
 */
typedef struct hf_allocator {
    size_t size;
    void *(*allocate)(void *context, size_t bytes);
    void (*release)(void *context, void *memory);
    void *context;
} hf_allocator;

/**
 * Time.  size is sizeof(hf_clock).  unix_seconds dates certificates and tickets;
 * monotonic_microseconds, which never runs backwards, times the handshake.
 */
typedef struct hf_clock {
    size_t size;
    int64_t (*unix_seconds)(void *context);
    int64_t (*monotonic_microseconds)(void *context);
    void *context;
} hf_clock;

/** Randomness.  size is sizeof(hf_random).  fill returns 1, or 0 if it failed. */
typedef struct hf_random {
    size_t size;
    int (*fill)(void *context, uint8_t *bytes, size_t count);
    void *context;
} hf_random;

/** What an I/O function returns instead of a count of bytes. */
#define HF_IO_EOF 0          /**< read only: no more bytes will come */
#define HF_IO_WOULD_BLOCK -1 /**< nothing now; try again later */
#define HF_IO_ERROR -2       /**< failed; *error_number says why, 0 if unknown */
/* For transports that wait for something else than the call does, as TLS within TLS: */
#define HF_IO_WANT_READ -3    /**< would block until it can read, also in a write */
#define HF_IO_WANT_WRITE -4   /**< would block until it can write, also in a read */
#define HF_IO_WANT_CONNECT -5 /**< is still connecting */
#define HF_IO_WANT_ACCEPT -6  /**< is still accepting */

/**
 * A transport of your own.  size is sizeof(hf_io).  read stores 1..count bytes and write
 * takes 1..count bytes, and both return how many, or one of HF_IO_*; any other number is
 * taken for HF_IO_ERROR.  destroy, unless NULL, is called once when the transport is
 * released.  context is yours.  The functions must not call back into the connection.
 */
typedef struct hf_io {
    size_t size;
    ptrdiff_t (*read)(void *context, uint8_t *bytes, size_t count, int *error_number);
    ptrdiff_t (*write)(void *context, const uint8_t *bytes, size_t count,
                       int *error_number);
    void (*destroy)(void *context);
    void *context;
} hf_io;

#ifdef __cplusplus
}
#endif

#endif
