/* engine/conn/timeline.c: what happened on a connection, and what was decided, in order.
 * It is always kept, for whoever must understand a failure later: a few bytes an event,
 * so many events and no more, and no secret in it. */
#include "conn/internal.h"

int64_t hfi_conn_now(const hfi_conn *c)
{
    return c->settings->clock.monotonic_microseconds(c->settings->clock.ctx);
}

static hfi_event event_now(const hfi_conn *c, hfi_event_kind kind, uint8_t what)
{
    int64_t passed = hfi_conn_now(c) - c->started;
    hfi_event event = {
        .microseconds = passed < 0            ? 0
                        : passed > UINT32_MAX ? UINT32_MAX
                                              : (uint32_t)passed,
        .kind = (uint8_t)kind,
        .what = what,
    };

    return event;
}

/* ---- decisions ---- */

/* Once for each kind. */
static void decide(hfi_conn *c, hfi_decision what, bool is_made, uint32_t value)
{
    uint16_t bit = (uint16_t)(1u << what);

    if (!is_made || (c->decided & bit) != 0)
        return;
    c->decided |= bit;
    hfi_event event = event_now(c, HFI_EVENT_DECISION, (uint8_t)what);
    event.value = value;
    hfi_timeline_add(&c->timeline, &event);
}

static bool session_offered(const hfi_hs *hs)
{
    if (hs->side == HFI_CLIENT)
        return hs->wishes.psk == NULL &&
               (hs->as.client.psk_offered || hs->as.client.session_offered);
    return hs->agreed->version == 0x0303 ? hs->as.server.ticket.len != 0
                                         : hs->as.server.identities.len != 0;
}

static uint16_t retry_group(const hfi_hs *hs)
{
    return hs->side == HFI_CLIENT ? hs->as.client.retry_group : hs->as.server.retry_group;
}

/* What is agreed may be taken back until the keys are made that it leads to. */
static void note_session(hfi_conn *c)
{
    const hfi_agreed *a = &c->agreed;
    bool settled = a->version == 0x0303 ? a->suite != 0 : c->hs->has_handshake_keys;

    decide(c, HFI_DECISION_PSK, settled && a->psk_used, 1);
    decide(c, HFI_DECISION_SESSION,
           settled && !a->psk_used && (a->resumed || session_offered(c->hs)), a->resumed);
    decide(c, HFI_DECISION_EARLY_DATA,
           settled && (a->early_data == HFI_EARLY_ACCEPTED ||
                       a->early_data == HFI_EARLY_REJECTED),
           a->early_data == HFI_EARLY_ACCEPTED);
}

void hfi_conn_note_decisions(hfi_conn *c)
{
    const hfi_agreed *a = &c->agreed;

    if (c->hs == NULL || a->version == 0)
        return;
    decide(c, HFI_DECISION_VERSION, true, a->version);
    decide(c, HFI_DECISION_SUITE, a->suite != 0, a->suite);
    decide(c, HFI_DECISION_RETRY, a->retried, retry_group(c->hs));
    decide(c, HFI_DECISION_GROUP, a->group != 0, a->group);
    note_session(c);
    decide(c, HFI_DECISION_VERIFICATION, a->verify_done && !a->resumed,
           (uint32_t)a->verify_result);
    decide(c, HFI_DECISION_CERTIFICATE, a->certificate_sent, a->certificate_index);
}

/* ---- the rest ---- */

/* What led to it comes first. */
void hfi_conn_note(hfi_conn *c, hfi_event_kind kind, hfi_direction direction,
                   uint8_t what, size_t size, bool is_protected)
{
    if (direction == HFI_DIRECTION_SENT)
        hfi_conn_note_decisions(c);
    hfi_event event = event_now(c, kind, what);
    event.size = (uint32_t)size;
    event.direction = (uint8_t)direction;
    event.is_protected = is_protected;
    hfi_timeline_add(&c->timeline, &event);
}
