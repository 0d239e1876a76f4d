/* engine/handshake/ext/pre_shared_key.c: pre_shared_key with one ticket.
 * RFC 8446 4.2.11.  The binder is left zero here: client_hello.c fills it in over the
 * finished message. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

/* The ticket's age as the server sees it, in milliseconds; modulo 2^32 by the RFC. */
static uint32_t obfuscated_age(const hfi_hs *hs, const hfi_session_fields *f)
{
    const hfi_clock *clock = &hs->settings->clock;
    int64_t seconds = clock->unix_seconds(clock->ctx) - f->received;

    return (uint32_t)(seconds > 0 ? (uint64_t)seconds * 1000 : 0) + f->age_add;
}

static hfi_err write_pre_shared_key(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = !hs->as.client.psk_offered;
    if (*skip)
        return HFI_OK;
    const hfi_session_fields *f = hfi_session_get(hs->wishes.session);

    size_t identities = hfi_write_vec16_begin(w);
    size_t mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, f->ticket);
    hfi_write_vec16_end(w, mark);
    hfi_write_u32(w, obfuscated_age(hs, f));
    hfi_write_vec16_end(w, identities);

    size_t binders = hfi_write_vec16_begin(w);
    mark = hfi_write_vec8_begin(w);
    uint8_t *binder = hfi_write_space(w, f->psk_len);
    if (binder != NULL)
        memset(binder, 0, f->psk_len);
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

const hfi_ext hfi_ext_pre_shared_key = {HFI_EXT_PRE_SHARED_KEY, "pre_shared_key",
                                        HFI_IN_CLIENT_HELLO | HFI_IN_SERVER_HELLO,
                                        write_pre_shared_key, read_pre_shared_key};
