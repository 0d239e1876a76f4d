/* engine/handshake/handshake.c: sending a message, and the end of a handshake's
 * memory. */
#include "handshake/handshake.h"

#include "base/ct.h"

hfi_err hfi_hs_send(hfi_hs *hs, hfi_view message)
{
    hfi_err err = hfi_transcript_add(&hs->transcript, &hs->settings->alloc, message);

    return err == HFI_OK ? hs->sink.send(hs->sink.ctx, message) : err;
}

hfi_err hfi_hs_keep_alpn(hfi_hs *hs, hfi_view name)
{
    const hfi_alloc *alloc = &hs->settings->alloc;
    uint8_t *copy = hfi_alloc_copy(alloc, name.p, name.len);

    if (copy == NULL)
        return HFI_E_NO_MEMORY;
    hfi_alloc_release(alloc, hs->agreed->alpn);
    hs->agreed->alpn = copy;
    hs->agreed->alpn_len = (uint8_t)name.len;
    return HFI_OK;
}

hfi_err hfi_hs_pause(hfi_hs *hs, hfi_pause why)
{
    hs->pause = why;
    return HFI_PAUSED;
}

void hfi_hs_free(hfi_hs *hs)
{
    const hfi_settings *settings = hs->settings;

    hfi_transcript_free(&hs->transcript, &settings->alloc);
    hfi_keys_wipe(&hs->keys);
    if (hs->side == HFI_CLIENT) {
        hfi_alloc_release(&settings->alloc, hs->as.client.cookie);
        hfi_alloc_release(&settings->alloc, hs->as.client.share);
    } else {
        hfi_session_free(hs->as.server.session);
    }
    hfi_alloc_release(&settings->alloc, hs->auth.authorities);
    hfi_alloc_release(&settings->alloc, hs->auth.request);
    hfi_alloc_release(&settings->alloc, hs->auth.to_sign);
    hfi_alloc_release(&settings->alloc, hs->auth.signature);
    hfi_alloc_release(&settings->alloc, hs->tls12.ticket);
    hfi_wipe(hs, sizeof *hs);
}
