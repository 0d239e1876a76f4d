/* engine/handshake/ext/pre_shared_key.c: pre_shared_key with one identity.
 * RFC 8446 4.2.11.  The binder is left zero here: client_hello.c fills it in over the
 * finished message. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err write_pre_shared_key(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = !hs->as.client.psk_offered;
    if (*skip)
        return HFI_OK;
    hfi_psk_offer offer = hfi_client_psk_offer(hs);
    size_t size = offer.psk.hash->size;

    size_t identities = hfi_write_vec16_begin(w);
    size_t mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, offer.psk.identity);
    hfi_write_vec16_end(w, mark);
    hfi_write_u32(w, offer.age);
    hfi_write_vec16_end(w, identities);

    size_t binders = hfi_write_vec16_begin(w);
    mark = hfi_write_vec8_begin(w);
    uint8_t *binder = hfi_write_space(w, size);
    if (binder != NULL)
        memset(binder, 0, size);
    hfi_write_vec8_end(w, mark);
    hfi_write_vec16_end(w, binders);
    return HFI_OK;
}

static hfi_err read_pre_shared_key(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    uint16_t selected = hfi_read_u16(&r);

    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_EXTENSION;
    if (selected != 0)
        return HFI_E_PSK_IDENTITY_UNKNOWN;
    hs->as.client.psk_accepted = true;
    return HFI_OK;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hfi_hs_server *server = &hs->as.server;
    hfi_reader r = hfi_reader_of(body);

    server->identities = hfi_read_vec16(&r, 7, 65535);
    /* DEVIATION: binders shorter than 32 bytes are read, and then found wrong: the alert
     * tells more (RFC 8446 4.2.11 has both the syntax and decrypt_error). */
    server->binders = hfi_read_vec16(&r, 2, 65535);
    hfi_reader identities = hfi_reader_of(server->identities);
    hfi_reader binders = hfi_reader_of(server->binders);
    size_t surplus = 0;
    while (hfi_reader_more(&identities)) {
        (void)hfi_read_vec16(&identities, 1, 65535);
        (void)hfi_read_u32(&identities);
        surplus++;
    }
    while (hfi_reader_more(&binders)) {
        (void)hfi_read_vec8(&binders, 1, 255);
        surplus--;
    }
    if (!hfi_reader_done(&r) || !hfi_reader_done(&identities) ||
        !hfi_reader_done(&binders))
        return HFI_E_DECODE_EXTENSION;
    return surplus == 0 ? HFI_OK : HFI_E_PSK_BINDERS_COUNT;
}

static hfi_err answer_pre_shared_key(hfi_hs *hs, unsigned where, hfi_writer *w,
                                     bool *skip)
{
    (void)where;
    *skip = !hs->as.server.psk_accepted;
    hfi_write_u16(w, hs->as.server.psk_index);
    return HFI_OK;
}

const hfi_ext hfi_ext_pre_shared_key = {HFI_EXT_PRE_SHARED_KEY,
                                        "pre_shared_key",
                                        HFI_IN_CLIENT_HELLO | HFI_IN_SERVER_HELLO,
                                        write_pre_shared_key,
                                        read_pre_shared_key,
                                        read_offer,
                                        answer_pre_shared_key};
