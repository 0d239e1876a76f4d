/* engine/handshake/early_data.c: data with the first flight, under keys of the PSK.
 * RFC 8446 2.3, 4.2.10, 7.1. */
#include "base/ct.h"
#include "handshake/machine.h"
#include "handshake/tls13_client.h"

/* The early secret was made for the binder. */
hfi_err hfi_client_start_early_data(hfi_hs *hs)
{
    const hfi_session_fields *f = hfi_session_get(hs->wishes.session);
    uint8_t secret[HFI_SECRET_MAX];
    hfi_digest transcript;
    hfi_suite suite;

    if (hfi_suite_find(hs->settings->crypto, f->suite, &suite) == NULL)
        return HFI_E_INTERNAL;
    hfi_err err = hs->wishes.compatible ? hs->sink.send_ccs(hs->sink.ctx) : HFI_OK;
    if (err != HFI_OK)
        return err;
    hfi_transcript_digest_with(&hs->transcript, suite.hash, hfi_view_of(NULL, 0),
                               &transcript);
    hfi_keys_early(&hs->keys, 0, &transcript, secret);
    hfi_machine_log_secret(hs, "CLIENT_EARLY_TRAFFIC_SECRET", secret, suite.hash->size);
    hs->installing = 4;
    err = hs->sink.install(hs->sink.ctx, HFI_DIRECTION_SENT, &suite, secret);
    hfi_wipe(secret, sizeof secret);
    return err;
}

hfi_err hfi_client_check_early_data(const hfi_hs *hs)
{
    const hfi_agreed *agreed = hs->agreed;

    if (agreed->early_data != HFI_EARLY_ACCEPTED)
        return HFI_OK;
    const hfi_session_fields *f = hfi_session_get(hs->wishes.session);
    hfi_view alpn = hfi_view_of(agreed->alpn, agreed->alpn_len);
    return f->suite == agreed->suite && hfi_view_equal(f->alpn, alpn)
               ? HFI_OK
               : HFI_E_EARLY_DATA_MISMATCH;
}
