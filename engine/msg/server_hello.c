/* engine/msg/server_hello.c: ServerHello, bytes to struct and back.
 * RFC 8446 4.1.3; RFC 5246 7.4.1.3.
 * Syntax only: whether a value is acceptable is decided in handshake/. */
#include "msg/server_hello.h"

#include "msg/extensions.h"
#include "wire/reader.h"

/* SHA-256 of "HelloRetryRequest". */
static const uint8_t hello_retry_random[32] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

bool hfi_msg_is_hello_retry(hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    (void)hfi_read_u16(&r);
    hfi_view random = hfi_read_bytes(&r, sizeof hello_retry_random);
    return hfi_view_equal(random,
                          hfi_view_of(hello_retry_random, sizeof hello_retry_random));
}

hfi_err hfi_msg_read_server_hello(hfi_view body, hfi_server_hello *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->legacy_version = hfi_read_u16(&r);
    out->random = hfi_read_bytes(&r, 32);
    out->session_id = hfi_read_vec8(&r, 0, 32);
    out->suite = hfi_read_u16(&r);
    out->compression = hfi_read_u8(&r);
    /* Servers older than TLS 1.3 may leave the vector out (RFC 5246 7.4.1.3). */
    if (hfi_reader_more(&r))
        out->extensions = hfi_read_vec16(&r, 0, 65535);
    else
        out->extensions = hfi_view_of(NULL, 0);
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_DECODE_SERVER_HELLO;
}

void hfi_msg_write_server_hello(hfi_writer *w, hfi_view random, hfi_view session_id,
                                uint16_t suite)
{
    hfi_write_u16(w, 0x0303);
    hfi_write_bytes(w, random);
    size_t mark = hfi_write_vec8_begin(w);
    hfi_write_bytes(w, session_id);
    hfi_write_vec8_end(w, mark);
    hfi_write_u16(w, suite);
    hfi_write_u8(w, 0); /* no compression */
}

hfi_view hfi_msg_hello_retry_random(void)
{
    return hfi_view_of(hello_retry_random, sizeof hello_retry_random);
}

bool hfi_msg_is_before_tls13(hfi_view body)
{
    hfi_server_hello hello;
    hfi_extension_list extensions;

    return hfi_msg_read_server_hello(body, &hello) == HFI_OK &&
           hfi_msg_read_extensions(hello.extensions, HFI_E_DECODE_SERVER_HELLO,
                                   &extensions) == HFI_OK &&
           hfi_extension_find(&extensions, HFI_EXT_SUPPORTED_VERSIONS) == NULL;
}
