/* engine/msg/server_hello.h: ServerHello and HelloRetryRequest.  RFC 8446 4.1.3. */
#ifndef HFI_MSG_SERVER_HELLO_H
#define HFI_MSG_SERVER_HELLO_H

#include "base/err.h"
#include "base/types.h"
#include "wire/writer.h"

typedef struct hfi_server_hello {
    uint16_t legacy_version;
    hfi_view random; /* 32 bytes */
    hfi_view session_id;
    uint16_t suite;
    uint8_t compression;
    hfi_view extensions; /* contents of the vector; empty if there was none */
} hfi_server_hello;

/* The views borrow from body. */
hfi_err hfi_msg_read_server_hello(hfi_view body, hfi_server_hello *out);

/* Writes all up to the extensions, which the caller writes behind it. */
void hfi_msg_write_server_hello(hfi_writer *w, hfi_view random, hfi_view session_id,
                                uint16_t suite);
/* What a HelloRetryRequest has in the place of the random. */
hfi_view hfi_msg_hello_retry_random(void);

/* True if body is a HelloRetryRequest, by its random; it need not be well-formed. */
bool hfi_msg_is_hello_retry(hfi_view body);

/* True if body has no supported_versions extension: the server answers in TLS 1.2 or
 * older.  False also if it cannot be read. */
bool hfi_msg_is_before_tls13(hfi_view body);

#endif
