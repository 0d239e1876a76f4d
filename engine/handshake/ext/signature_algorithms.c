/* engine/handshake/ext/signature_algorithms.c: signature_algorithms and
 * signature_algorithms_cert.  RFC 8446 4.2.3.
 * The first lists every scheme, because many servers judge their chain by it alone; the
 * second is sent where some of them are for certificates only. */
#include "handshake/own_auth.h"
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static void write_schemes(const hfi_hs *hs, hfi_writer *w)
{
    const hfi_settings *s = hs->settings;
    size_t mark = hfi_write_vec16_begin(w);

    hfi_grease_write(hs, w, HFI_GREASE_SCHEME);
    for (size_t i = 0; i < s->scheme_count; i++)
        hfi_write_u16(w, s->schemes[i]);
    hfi_write_vec16_end(w, mark);
}

static hfi_err write_signature_algorithms(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    (void)skip;
    write_schemes(hs, w);
    return HFI_OK;
}

static hfi_err write_signature_algorithms_cert(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    const hfi_settings *s = hs->settings;

    *skip = true;
    for (size_t i = 0; i < s->scheme_count; i++) {
        const hfi_scheme *scheme = hfi_scheme_find(s->schemes[i]);
        if (scheme != NULL && !scheme->in_handshake)
            *skip = false;
    }
    write_schemes(hs, w);
    return HFI_OK;
}

/* In a CertificateRequest. */
static hfi_err read_schemes(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    hfi_view schemes = hfi_read_vec16(&r, 2, 65534);
    if (!hfi_reader_done(&r) || schemes.len % 2 != 0)
        return HFI_E_DECODE_EXTENSION;
    return hfi_own_keep_schemes(hs, schemes);
}

/* How our certificates are signed was decided when they were issued: what a server takes
 * of them, it must see for itself. */
static hfi_err read_schemes_cert(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)hs;
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    hfi_view schemes = hfi_read_vec16(&r, 2, 65534);
    return hfi_reader_done(&r) && schemes.len % 2 == 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    return read_schemes(hs, HFI_IN_CLIENT_HELLO, body);
}

static hfi_err read_offer_cert(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_view schemes = hfi_read_vec16(&r, 2, 65534);

    if (!hfi_reader_done(&r) || schemes.len % 2 != 0)
        return HFI_E_DECODE_EXTENSION;
    hs->as.server.cert_schemes = hfi_scheme_set(schemes);
    return HFI_OK;
}

/* In our CertificateRequest. */
static hfi_err request_schemes(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    (void)where;
    return write_signature_algorithms(hs, w, skip);
}

static hfi_err request_schemes_cert(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    (void)where;
    return write_signature_algorithms_cert(hs, w, skip);
}

const hfi_ext hfi_ext_signature_algorithms = {HFI_EXT_SIGNATURE_ALGORITHMS,
                                              "signature_algorithms",
                                              HFI_IN_CLIENT_HELLO |
                                                  HFI_IN_CERTIFICATE_REQUEST,
                                              write_signature_algorithms,
                                              read_schemes,
                                              read_offer,
                                              request_schemes};

const hfi_ext hfi_ext_signature_algorithms_cert = {HFI_EXT_SIGNATURE_ALGORITHMS_CERT,
                                                   "signature_algorithms_cert",
                                                   HFI_IN_CLIENT_HELLO |
                                                       HFI_IN_CERTIFICATE_REQUEST,
                                                   write_signature_algorithms_cert,
                                                   read_schemes_cert,
                                                   read_offer_cert,
                                                   request_schemes_cert};
