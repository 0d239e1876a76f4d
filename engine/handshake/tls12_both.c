/* engine/handshake/tls12_both.c: the master secret and the end of a TLS 1.2 handshake,
 * alike for both sides.  RFC 5246 7.1, 7.4.9, 8.1; RFC 7627 4. */
#include "handshake/tls12_both.h"

#include "base/ct.h"
#include "wire/writer.h"

hfi_err hfi_both12_begin(hfi_hs *hs, hfi_view body)
{
    (void)hs;
    (void)body;
    return HFI_OK;
}

hfi_err hfi_both12_send(hfi_hs *hs, hfi_handshake_type type, hfi_view content)
{
    uint8_t bytes[HFI_HANDSHAKE_HEADER + 1 + HFI_GROUP_POINT_MAX];
    hfi_writer w = hfi_writer_of(bytes, sizeof bytes);

    hfi_write_u8(&w, (uint8_t)type);
    size_t mark = hfi_write_vec24_begin(&w);
    hfi_write_bytes(&w, content);
    hfi_write_vec24_end(&w, mark);
    return w.failed ? HFI_E_BUFFER_TOO_SMALL : hfi_hs_send(hs, hfi_writer_view(&w));
}

void hfi_both12_make_master(hfi_hs *hs, hfi_view premaster)
{
    hfi_hs_tls12 *t = &hs->tls12;
    hfi_digest session_hash;

    if (!t->extended_master) {
        hfi_tls12_master(hs->suite.hash, premaster, hfi_view_of(hs->client_random, 32),
                         hfi_view_of(hs->server_random, 32), t->master);
        return;
    }
    hfi_transcript_digest(&hs->transcript, &session_hash);
    hfi_tls12_extended_master(hs->suite.hash, premaster, &session_hash, t->master);
}

hfi_err hfi_both12_send_ccs(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hs->sink.send_ccs(hs->sink.ctx);
}

hfi_err hfi_both12_recv_ccs(hfi_hs *hs, hfi_view body)
{
    (void)hs;
    (void)body;
    return HFI_OK;
}

static void finished_of(const hfi_hs *hs, hfi_side side, uint8_t *out)
{
    hfi_digest transcript;

    hfi_transcript_digest(&hs->transcript, &transcript);
    hfi_tls12_finished(hs->suite.hash, hs->tls12.master, side, &transcript, out);
}

hfi_err hfi_both12_send_finished(hfi_hs *hs, hfi_view body)
{
    (void)body;
    uint8_t verify_data[HFI_TLS12_VERIFY_DATA];

    finished_of(hs, hs->side, verify_data);
    return hfi_both12_send(hs, HFI_FINISHED,
                           hfi_view_of(verify_data, sizeof verify_data));
}

hfi_err hfi_both12_recv_finished(hfi_hs *hs, hfi_view body)
{
    uint8_t want[HFI_TLS12_VERIFY_DATA];

    if (body.len != sizeof want)
        return HFI_E_DECODE_FINISHED;
    finished_of(hs, hs->side == HFI_CLIENT ? HFI_SERVER : HFI_CLIENT, want);
    bool same = hfi_ct_equal(body.p, want, sizeof want);
    hfi_wipe(want, sizeof want);
    return same ? HFI_OK : HFI_E_BAD_FINISHED;
}
