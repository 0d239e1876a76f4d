/* engine/handshake/finished.c: Finished of TLS 1.3, for both roles.  RFC 8446 4.4.4. */
#include "handshake/finished.h"

#include "base/ct.h"
#include "msg/types.h"
#include "wire/writer.h"

static void mac_of(const hfi_hs *hs, hfi_side side, hfi_digest *mac)
{
    hfi_digest transcript;

    hfi_transcript_digest(&hs->transcript, &transcript);
    hfi_keys_finished_mac(&hs->keys, side, &transcript, mac);
}

hfi_err hfi_tls13_check_finished(hfi_hs *hs, hfi_view body)
{
    hfi_err err = HFI_OK;
    hfi_digest want;

    mac_of(hs, hs->side == HFI_CLIENT ? HFI_SERVER : HFI_CLIENT, &want);
    if (body.len != want.len)
        err = HFI_E_DECODE_FINISHED;
    else if (!hfi_ct_equal(body.p, want.bytes, want.len))
        err = HFI_E_BAD_FINISHED;
    hfi_wipe(&want, sizeof want);
    return err;
}

hfi_err hfi_tls13_send_finished(hfi_hs *hs)
{
    hfi_digest mac;
    uint8_t bytes[HFI_HANDSHAKE_HEADER + HFI_SECRET_MAX];
    hfi_writer w = hfi_writer_of(bytes, sizeof bytes);

    mac_of(hs, hs->side, &mac);
    hfi_write_u8(&w, HFI_FINISHED);
    size_t mark = hfi_write_vec24_begin(&w);
    hfi_write_bytes(&w, hfi_view_of(mac.bytes, mac.len));
    hfi_write_vec24_end(&w, mark);
    hfi_err err = hfi_hs_send(hs, hfi_writer_view(&w));
    hfi_wipe(&mac, sizeof mac);
    hfi_wipe(bytes, sizeof bytes);
    return err;
}
