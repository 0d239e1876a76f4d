/* engine/handshake/server_early_data.c: whether a server takes early data, and the keys
 * that it came under.  RFC 8446 2.3, 4.2.10, 7.1, 8. */
#include "base/ct.h"
#include "handshake/machine.h"
#include "handshake/server.h"
#include "session/replay.h"
#include "wire/reader.h"

/* The first identity's binder is unlike that of any other hello. */
static hfi_view first_binder(const hfi_hs *hs)
{
    hfi_reader r = hfi_reader_of(hs->as.server.binders);

    return hfi_read_vec8(&r, 1, 255);
}

/* RFC 8446 8.3: a hello that was held back for long may be a replay that is not
 * remembered any more.  What we know is exact to the second. */
static bool is_fresh(const hfi_hs *hs, const hfi_session_fields *f)
{
    const hfi_clock *clock = &hs->settings->clock;
    int64_t ours = (clock->unix_seconds(clock->ctx) - f->received) * 1000;
    int64_t theirs = (int64_t)(uint32_t)(hs->as.server.ticket_age - f->age_add);
    int64_t off = ours - theirs;
    const int64_t fresh = (int64_t)HFI_REPLAY_FRESH * 1000;

    return off <= fresh && off >= -fresh;
}

/* It was written for that suite and that protocol (RFC 8446 4.2.10). */
static bool fits(const hfi_hs *hs, const hfi_session_fields *f)
{
    hfi_view alpn = hfi_view_of(hs->agreed->alpn, hs->agreed->alpn_len);

    return f->suite == hs->suite.id && hfi_view_equal(f->alpn, alpn);
}

/* A register of the application's lives as long as that says; our own memory begins with
 * this process.  What is not known was there. */
static bool is_first(const hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;
    hfi_view binder = first_binder(hs);

    if (s->early_register != NULL) {
        if (binder.len < HFI_REPLAY_NAME)
            return false;
        binder.len = HFI_REPLAY_NAME;
        return s->early_register(hs->wishes.owner, binder, HFI_REPLAY_KEEPS) == 1;
    }
    /* What is in a store is sealed like a ticket: it dies with our own keys, too. */
    bool outlives_us = s->tickets->given;
    return hfi_replay_first(s->replay, binder,
                            s->clock.monotonic_microseconds(s->clock.ctx), outlives_us);
}

static bool may_take(hfi_hs *hs)
{
    const hfi_hs_server *server = &hs->as.server;
    const hfi_settings *s = hs->settings;

    if (s->max_early_data == 0 || (s->replay == NULL && s->early_register == NULL) ||
        !hs->wishes.early_data || hs->agreed->retried || server->peer_share.p == NULL ||
        server->session == NULL || server->psk_index != 0)
        return false;
    const hfi_session_fields *f = hfi_session_get(server->session);
    if (f->max_early_data == 0 || !fits(hs, f) || !is_fresh(hs, f))
        return false;
    bool first = is_first(hs);
    if (s->witness != NULL)
        s->witness->hello_judged(s->witness->ctx, &first);
    return first;
}

void hfi_server_judge_early_data(hfi_hs *hs)
{
    if (hs->agreed->early_data != HFI_EARLY_NONE || !hs->as.server.early_offered)
        return;
    hs->agreed->early_data = may_take(hs) ? HFI_EARLY_ACCEPTED : HFI_EARLY_REJECTED;
}

/* Over the ClientHello alone, which the transcript still keeps. */
void hfi_server_make_early_secret(hfi_hs *hs)
{
    uint8_t *secret = hs->as.server.early_secret;
    hfi_digest transcript;

    hfi_transcript_digest_front(&hs->transcript, hs->suite.hash, hs->transcript.kept_len,
                                &transcript);
    hfi_keys_early(&hs->keys, 0, &transcript, secret);
    hfi_machine_log_secret(hs, "CLIENT_EARLY_TRAFFIC_SECRET", secret,
                           hs->suite.hash->size);
}
