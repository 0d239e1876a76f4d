/* engine/msg/client_hello.h: ClientHello.  RFC 8446 4.1.2. */
#ifndef HFI_MSG_CLIENT_HELLO_H
#define HFI_MSG_CLIENT_HELLO_H

#include "base/err.h"
#include "base/types.h"
#include "wire/writer.h"

typedef struct hfi_client_hello {
    uint16_t legacy_version;
    hfi_view random;     /* 32 bytes */
    hfi_view session_id; /* 0..32 bytes */
    hfi_view suites;     /* pairs of bytes */
    hfi_view compression;
    hfi_view extensions; /* contents of the vector */
} hfi_client_hello;

/* Writes all up to the extensions, with compression method null alone; the caller then
 * writes the extensions vector.  suites are pairs of bytes. */
void hfi_msg_write_client_hello(hfi_writer *w, hfi_view random, hfi_view session_id,
                                hfi_view suites);

/* The views borrow from body. */
hfi_err hfi_msg_read_client_hello(hfi_view body, hfi_client_hello *out);

#endif
