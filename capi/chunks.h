/* capi/chunks.h: the format of recordings (docs/replay.md).
 *
 * A recording is a magic number, the format's number, and chunks: a kind, a length of
 * four bytes, and so many bytes.  Chunks of some kinds are taken one after the other (the
 * settings, calls, answers), those of the others each from a queue of its kind (entropy,
 * the two clocks, reading, writing). */
#ifndef HFI_CAPI_CHUNKS_H
#define HFI_CAPI_CHUNKS_H

#define HFI_RECORDING_MAGIC "\x89HFREC\r\n"

enum {
    HFI_RECORDING_MAGIC_SIZE = 8,
    HFI_RECORDING_FORMAT = 1,
    HFI_RECORDING_FRONT = HFI_RECORDING_MAGIC_SIZE + 2,
    HFI_CHUNK_HEADER = 5,
    HFI_CHUNK_MAX = 1 << 21,
    HFI_CHUNK_DATA = 1 << 16,        /* of the peer's bytes in one chunk */
    HFI_RECORDING_RESERVE = 1 << 20, /* for the result, behind what may be cut off */
};

/* What a chunk is. */
typedef enum hfi_chunk {
    /* settings */
    HFI_CHUNK_LIBRARY = 0x01, /* first of all: the version's text */
    HFI_CHUNK_SETTINGS = 0x02,
    HFI_CHUNK_ROOT = 0x03, /* DER */
    HFI_CHUNK_AUTHORITIES = 0x04,
    HFI_CHUNK_CHAIN = 0x05,
    HFI_CHUNK_SETTINGS_END = 0x06,
    HFI_CHUNK_CONNECTION = 0x07,
    HFI_CHUNK_SESSION = 0x08,
    HFI_CHUNK_PSK = 0x09,
    HFI_CHUNK_OWN_CHAIN = 0x0a, /* of the connection alone */
    HFI_CHUNK_START = 0x0b,
    HFI_CHUNK_CRL = 0x0c,    /* DER, of the configuration */
    HFI_CHUNK_MEMORY = 0x0d, /* what is left of a memory limit */
    /* calls */
    HFI_CHUNK_CALL = 0x10,
    HFI_CHUNK_RETURN = 0x11,
    HFI_CHUNK_FEED = 0x12,
    HFI_CHUNK_FEED_EOF = 0x13,
    HFI_CHUNK_DRAIN = 0x14,
    HFI_CHUNK_OPTIONS = 0x15,
    HFI_CHUNK_MARKS = 0x16, /* hf_set_shutdown */
    HFI_CHUNK_KEY_UPDATE = 0x17,
    HFI_CHUNK_SIGNATURE = 0x18, /* hf_conn_provide_signature */
    HFI_CHUNK_OWN_KEY = 0x19,   /* of the chain added last */
    /* answers of the application, of keys and of stores */
    HFI_CHUNK_HELLO = 0x20,
    HFI_CHUNK_CHOICE = 0x21,
    HFI_CHUNK_ALPN = 0x22,
    HFI_CHUNK_FOUND_PSK = 0x23,
    HFI_CHUNK_VERDICT = 0x24,
    HFI_CHUNK_SIGN = 0x25,
    HFI_CHUNK_FIND = 0x26,
    HFI_CHUNK_SIGNED = 0x27, /* by a private key of ours */
    HFI_CHUNK_TICKET = 0x28,
    HFI_CHUNK_FIRST = 0x29,
    HFI_CHUNK_KEY_LOG = 0x2a,
    HFI_CHUNK_SEALED = 0x2b, /* a ticket or a cookie of ours */
    /* queues */
    HFI_CHUNK_RANDOM = 0x30,
    HFI_CHUNK_UNIX = 0x31,
    HFI_CHUNK_MONOTONIC = 0x32,
    HFI_CHUNK_READ = 0x33,
    HFI_CHUNK_WRITE = 0x34,
    /* the result */
    HFI_CHUNK_ERROR = 0x40,
    HFI_CHUNK_TRACE = 0x41,
    HFI_CHUNK_AGREED = 0x42,
    HFI_CHUNK_LIMIT = 0x43, /* more was not recorded */
    HFI_CHUNK_END = 0x44,   /* SHA-256 of all before it */
} hfi_chunk;

/* Bits of SETTINGS: who is asked. */
enum {
    HFI_ASKS_HELLO = 0x01,
    HFI_ASKS_CHOICE = 0x02,
    HFI_ASKS_ALPN = 0x04,
    HFI_ASKS_PSK = 0x08,
    HFI_ASKS_VERDICT = 0x10,
    HFI_ASKS_SIGNER = 0x20,
    HFI_ASKS_STORE = 0x40,
    HFI_ASKS_KEY_LOG = 0x80,
    HFI_VERIFIES_CHAIN = 0x100,
    HFI_VERIFIES_NAME = 0x200,
    HFI_REQUIRES_CRL = 0x400,
    HFI_CRL_FOR_ALL = 0x800, /* for the whole chain */
};

/* Bits of CHAIN and OWN_CHAIN. */
enum { HFI_CHAIN_HAS_KEY = 0x01, HFI_CHAIN_MUST_BE_LISTED = 0x02 };

/* Bits of CONNECTION. */
enum {
    HFI_CONNECTION_MEMORY = 0x01,
    HFI_CONNECTION_VERIFY_NAME = 0x04,
    HFI_CONNECTION_EARLY_DATA = 0x08,
    HFI_CONNECTION_SERVER_NAME = 0x10, /* set apart from the host name */
};

#endif
