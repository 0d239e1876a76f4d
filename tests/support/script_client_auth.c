/* tests/support/script_client_auth.c: the client's certificate as the scripted server
 * judges it.  RFC 8446 4.4.2, 4.4.3; RFC 5246 7.4.6, 7.4.8. */
#include "script_client_auth.h"

#include "compress/compression.h"
#include "handshake/algorithms.h"
#include "pki/x509.h"
#include "script_flight.h"
#include "wire/reader.h"

static void fault(scripted_server *s, const char *what)
{
    if (s->fault == NULL)
        s->fault = what;
}

void script_take_client_certificate(scripted_server *s, hfi_view message)
{
    hfi_reader r = hfi_reader_of(hfi_view_of(message.p + 4, message.len - 4));

    s->sent_certificate = true;
    if (!s->config.tls12.on && hfi_read_u8(&r) != 0)
        fault(s, "the client's Certificate has a context");
    hfi_reader list = hfi_reader_of(hfi_read_vec24(&r, 0, 0xffffff));
    if (!hfi_reader_done(&r))
        fault(s, "the client's Certificate does not add up");
    s->client_certificate.len = 0;
    s->client_certificates = 0;
    while (hfi_reader_more(&list)) {
        hfi_view der = hfi_read_vec24(&list, 1, 0xffffff);
        if (!s->config.tls12.on && hfi_read_vec16(&list, 0, 65535).len != 0)
            fault(s, "the client's Certificate has extensions");
        if (s->client_certificates++ == 0)
            script_append_view(&s->client_certificate, der);
    }
    if (!hfi_reader_done(&list))
        fault(s, "the client's Certificate does not add up");
    if (s->client_certificates != 0 && !s->config.accepts_certificate)
        fault(s, "the client's Certificate is not an empty one");
}

void script_take_compressed_certificate(scripted_server *s, hfi_view message)
{
    hfi_reader r = hfi_reader_of(hfi_view_of(message.p + 4, message.len - 4));
    uint16_t id = hfi_read_u16(&r);
    size_t size = hfi_read_u24(&r);
    hfi_view packed = hfi_read_vec24(&r, 1, 0xffffff);
    const hfi_compression *method = hfi_compression_find(id);
    script_bytes plain = {NULL, 0, 0};

    if (!hfi_reader_done(&r) || method == NULL || id != s->config.takes_compression) {
        fault(s, "the client's CompressedCertificate is malformed or unasked for");
        return;
    }
    script_append_hex(&plain, "0b");
    script_append_number(&plain, size, 3);
    for (size_t i = 0; i < size; i++)
        script_append_hex(&plain, "00");
    hfi_span body = {plain.p + 4, size};
    if (method->expand(&script_alloc, packed, body) != HFI_OK)
        fault(s, "the client's CompressedCertificate does not expand");
    else
        script_take_client_certificate(s, script_view(&plain));
    if (message.len >= plain.len)
        fault(s, "the client's CompressedCertificate is no shorter than its Certificate");
    s->client_compressed = true;
    script_free(&plain);
}

static void content_of(const scripted_server *s, script_bytes *out)
{
    static const char label[] = "TLS 1.3, client CertificateVerify";
    hfi_digest digest;

    if (s->config.tls12.on) {
        script_append(out, s->transcript.kept, s->transcript.kept_len);
        return;
    }
    hfi_transcript_digest(&s->transcript, &digest);
    script_append_hex(out, "20*64");
    script_append(out, label, sizeof label); /* with its 0 byte */
    script_append(out, digest.bytes, digest.len);
}

void script_take_client_verify(scripted_server *s, hfi_view message)
{
    hfi_reader r = hfi_reader_of(hfi_view_of(message.p + 4, message.len - 4));
    script_bytes content = {NULL, 0, 0};
    hfi_x509 leaf;

    s->client_scheme = hfi_read_u16(&r);
    hfi_view signature = hfi_read_vec16(&r, 0, 65535);
    const hfi_scheme *scheme = hfi_scheme_find(s->client_scheme);
    content_of(s, &content);
    if (!hfi_reader_done(&r) || scheme == NULL || s->client_certificates == 0 ||
        hfi_x509_parse(script_view(&s->client_certificate), &leaf) != HFI_OK ||
        !hfi_crypto_nettle.verify(scheme->signature, &leaf.key, script_view(&content),
                                  signature))
        fault(s, "the client's CertificateVerify is wrong");
    else
        s->client_verified = true;
    script_free(&content);
}
