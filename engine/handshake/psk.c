/* engine/handshake/psk.c: the pre-shared key that a client offers.
 * RFC 8446 2.2, 4.2.11; RFC 9257 for those that both sides were given. */
#include "handshake/psk.h"

#include "handshake/handshake.h"

/* The ticket's age as the server sees it, in milliseconds; modulo 2^32 by the RFC. */
static uint32_t obfuscated_age(const hfi_hs *hs, const hfi_session_fields *f)
{
    const hfi_clock *clock = &hs->settings->clock;
    int64_t seconds = clock->unix_seconds(clock->ctx) - f->received;

    return (uint32_t)(seconds > 0 ? (uint64_t)seconds * 1000 : 0) + f->age_add;
}

hfi_psk_offer hfi_client_psk_offer(const hfi_hs *hs)
{
    hfi_psk_offer offer = {.external = hs->wishes.psk != NULL};
    hfi_suite suite;

    if (offer.external) {
        offer.psk = *hs->wishes.psk;
        return offer;
    }
    const hfi_session_fields *f = hfi_session_get(hs->wishes.session);
    if (hfi_suite_find(hs->settings->crypto, f->suite, &suite) != NULL)
        offer.psk.hash = suite.hash;
    offer.psk.identity = f->ticket;
    offer.psk.key = hfi_view_of(f->psk, f->psk_len);
    offer.age = obfuscated_age(hs, f);
    return offer;
}

bool hfi_client_may_offer_psk(const hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;
    hfi_suite suite;

    if (hs->wishes.psk == NULL || !hfi_settings_allow(s, 0x0304))
        return false;
    if (hs->suite.id != 0)
        return hs->suite.hash == hs->wishes.psk->hash;
    for (size_t i = 0; i < s->suite_count; i++) {
        if (hfi_suite_find(s->crypto, s->suites[i], &suite) != NULL &&
            suite.version == 0x0304 && suite.hash == hs->wishes.psk->hash)
            return true;
    }
    return false;
}

hfi_err hfi_client_check_refused_psk(const hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;

    if (hs->wishes.psk == NULL || !s->verify_chain)
        return HFI_OK;
    if (hs->wishes.verify_name && hs->wishes.hostname_count == 0)
        return HFI_E_PSK_REFUSED;
    return s->store == NULL || hfi_trust_store_count(s->store) == 0 ? HFI_E_PSK_REFUSED
                                                                    : HFI_OK;
}
