/* engine/msg/compressed_certificate.c: CompressedCertificate, bytes to struct and back.
 * RFC 8879 4.  Nothing is decompressed here. */
#include "msg/compressed_certificate.h"

#include "msg/types.h"
#include "wire/reader.h"

hfi_err hfi_msg_read_compressed_certificate(hfi_view body,
                                            hfi_compressed_certificate *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->algorithm = hfi_read_u16(&r);
    out->length = hfi_read_u24(&r);
    out->compressed = hfi_read_vec24(&r, 1, 0xffffff);
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_DECODE_COMPRESSED_CERTIFICATE;
}

void hfi_msg_write_compressed_certificate(hfi_writer *w,
                                          const hfi_compressed_certificate *message)
{
    hfi_write_u8(w, HFI_COMPRESSED_CERTIFICATE);
    size_t whole = hfi_write_vec24_begin(w);
    hfi_write_u16(w, message->algorithm);
    hfi_write_u24(w, (uint32_t)message->length);
    size_t mark = hfi_write_vec24_begin(w);
    hfi_write_bytes(w, message->compressed);
    hfi_write_vec24_end(w, mark);
    hfi_write_vec24_end(w, whole);
}
