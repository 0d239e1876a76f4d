/* engine/handshake/certificate_compression.c: certificates that travel compressed.
 * RFC 8879 3, 4.  The methods are those of the settings; compress/ has them. */
#include "handshake/certificate_compression.h"

#include "msg/compressed_certificate.h"
#include "msg/types.h"
#include "wire/reader.h"

/* ---- the list ---- */

bool hfi_compression_write_list(hfi_hs *hs, hfi_writer *w)
{
    const hfi_settings *s = hs->settings;

    hs->compression_offered = s->compression_count != 0;
    if (!hs->compression_offered)
        return false;
    size_t mark = hfi_write_vec8_begin(w);
    for (size_t i = 0; i < s->compression_count; i++)
        hfi_write_u16(w, s->compressions[i]->id);
    hfi_write_vec8_end(w, mark);
    return true;
}

hfi_err hfi_compression_read_list(hfi_hs *hs, hfi_view body)
{
    const hfi_settings *s = hs->settings;
    hfi_reader r = hfi_reader_of(body);
    hfi_view list = hfi_read_vec8(&r, 2, 254);
    hfi_reader methods = hfi_reader_of(list);

    if (!hfi_reader_done(&r) || list.len % 2 != 0)
        return HFI_E_DECODE_EXTENSION;
    hs->peer_compressions = 0;
    while (hfi_reader_more(&methods)) {
        uint16_t id = hfi_read_u16(&methods);
        for (size_t i = 0; i < s->compression_count; i++) {
            if (s->compressions[i]->id == id)
                hs->peer_compressions |= (uint8_t)(1U << i);
        }
    }
    return HFI_OK;
}

/* ---- what the peer sends ---- */

static const hfi_compression *find_offered(const hfi_settings *s, uint16_t id)
{
    for (size_t i = 0; i < s->compression_count; i++) {
        if (s->compressions[i]->id == id)
            return s->compressions[i];
    }
    return NULL;
}

/* What can be told without a byte of memory. */
static hfi_err check_announced(hfi_hs *hs, const hfi_compressed_certificate *m,
                               const hfi_compression **method)
{
    *method = find_offered(hs->settings, m->algorithm);
    if (*method == NULL) {
        hfi_report_detail(hs->report, "method %u", m->algorithm);
        return HFI_E_UNOFFERED_CERTIFICATE_COMPRESSION;
    }
    if (m->length > HFI_HANDSHAKE_MESSAGE_MAX) {
        hfi_report_detail(hs->report, "%u bytes, the limit is %u", (unsigned)m->length,
                          (unsigned)HFI_HANDSHAKE_MESSAGE_MAX);
        return HFI_E_COMPRESSED_CERTIFICATE_TOO_LONG;
    }
    return HFI_OK;
}

hfi_err hfi_compression_open(hfi_hs *hs, hfi_view body, hfi_span *out)
{
    const hfi_alloc *alloc = &hs->settings->alloc;
    hfi_compressed_certificate message;
    const hfi_compression *method;

    if (!hs->compression_offered) {
        hfi_report_detail(hs->report, "compress_certificate was not sent");
        return HFI_E_UNEXPECTED_MESSAGE;
    }
    hfi_err err = hfi_msg_read_compressed_certificate(body, &message);
    if (err == HFI_OK)
        err = check_announced(hs, &message, &method);
    if (err != HFI_OK)
        return err;
    hfi_span room = {hfi_alloc_bytes(alloc, message.length), message.length};
    if (room.p == NULL)
        return HFI_E_NO_MEMORY;
    err = method->expand(alloc, message.compressed, room);
    if (err != HFI_OK) {
        hfi_alloc_release(alloc, room.p);
        hfi_report_detail(hs->report, "%s, %u bytes to become %u", method->name,
                          (unsigned)message.compressed.len, (unsigned)message.length);
        return err;
    }
    *out = room;
    return HFI_OK;
}

/* ---- what we send ---- */

/* The first of ours that the peer takes. */
static const hfi_compression *choose(const hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;

    for (size_t i = 0; i < s->compression_count; i++) {
        if ((hs->peer_compressions & 1U << i) != 0)
            return s->compressions[i];
    }
    return NULL;
}

/* Compresses a Certificate's body.  Memory for as many bytes as it has is enough: what
 * does not fit is not worth it, and then *packed has none. */
static hfi_err pack(const hfi_alloc *alloc, const hfi_compression *method, hfi_view body,
                    hfi_span *packed)
{
    packed->p = hfi_alloc_bytes(alloc, body.len);
    packed->len = 0;
    if (packed->p == NULL)
        return HFI_E_NO_MEMORY;
    hfi_span room = {packed->p, body.len};
    return method->shrink(alloc, body, room, &packed->len);
}

static hfi_err send_packed(hfi_hs *hs, const hfi_compression *method, hfi_view plain,
                           hfi_view packed)
{
    const hfi_alloc *alloc = &hs->settings->alloc;
    size_t room = HFI_COMPRESSED_CERTIFICATE_HEADER + packed.len;
    uint8_t *bytes = hfi_alloc_bytes(alloc, room);

    if (bytes == NULL)
        return HFI_E_NO_MEMORY;
    hfi_writer w = hfi_writer_of(bytes, room);
    hfi_compressed_certificate message = {method->id, plain.len - HFI_HANDSHAKE_HEADER,
                                          packed};
    hfi_msg_write_compressed_certificate(&w, &message);
    /* Not for the sake of a byte: the peer would have to decompress it. */
    bool shorter = !w.failed && w.len < plain.len;
    hfi_err err = hfi_hs_send(hs, shorter ? hfi_writer_view(&w) : plain);
    hfi_alloc_release(alloc, bytes);
    return err;
}

static hfi_err pack_and_send(hfi_hs *hs, const hfi_compression *method, hfi_view plain,
                             const hfi_credential *shown)
{
    const hfi_alloc *alloc = &hs->settings->alloc;
    hfi_reader r = hfi_reader_of(plain);
    hfi_span packed;

    (void)hfi_read_bytes(&r, HFI_HANDSHAKE_HEADER);
    hfi_err err = pack(alloc, method, hfi_read_rest(&r), &packed);
    if (err == HFI_OK)
        err = packed.len == 0
                  ? hfi_hs_send(hs, plain)
                  : send_packed(hs, method, plain, hfi_view_of(packed.p, packed.len));
    if (err == HFI_OK && packed.len != 0)
        hfi_credential_keep_packed(shown, method->id, plain,
                                   hfi_view_of(packed.p, packed.len));
    hfi_alloc_release(alloc, packed.p);
    return err;
}

hfi_err hfi_compression_send_certificate(hfi_hs *hs, const hfi_credential *shown,
                                         hfi_view message)
{
    const hfi_compression *method = choose(hs);

    /* A server may have read the list and agreed on TLS 1.2 nevertheless. */
    if (shown == NULL || method == NULL || hs->agreed->version != 0x0304)
        return hfi_hs_send(hs, message);
    hfi_view kept = hfi_credential_packed(shown, method->id, message);
    return kept.len != 0 ? send_packed(hs, method, message, kept)
                         : pack_and_send(hs, method, message, shown);
}
