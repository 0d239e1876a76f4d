/* engine/handshake/ext/compress_certificate.c: compress_certificate, which says how the
 * other side may compress its certificates.  RFC 8879 3.  It is for TLS 1.3 alone, and
 * has no answer: the message that follows is one. */
#include "handshake/certificate_compression.h"
#include "handshake/ext/registry.h"

static hfi_err write_methods(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip =
        !hfi_settings_allow(hs->settings, 0x0304) || !hfi_compression_write_list(hs, w);
    return HFI_OK;
}

/* Of CertificateRequest: how our own may be compressed. */
static hfi_err read_methods(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    return hfi_compression_read_list(hs, body);
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    return hfi_compression_read_list(hs, body);
}

/* CertificateRequest says it for itself. */
static hfi_err write_request(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    (void)where;
    *skip = !hfi_compression_write_list(hs, w);
    return HFI_OK;
}

const hfi_ext hfi_ext_compress_certificate = {HFI_EXT_COMPRESS_CERTIFICATE,
                                              "compress_certificate",
                                              HFI_IN_CLIENT_HELLO |
                                                  HFI_IN_CERTIFICATE_REQUEST,
                                              write_methods,
                                              read_methods,
                                              read_offer,
                                              write_request};
