/* capi/trace.c: the timeline of a connection's messages; docs/connection-json.md. */
#include "capi/json.h"
#include "capi/objects.h"

_Static_assert(HF_TRACE_MESSAGE == (int)HFI_EVENT_MESSAGE &&
                   HF_TRACE_ALERT == (int)HFI_EVENT_ALERT &&
                   HF_TRACE_CHANGE_CIPHER_SPEC == (int)HFI_EVENT_CCS &&
                   HF_TRACE_KEYS == (int)HFI_EVENT_KEYS &&
                   HF_TRACE_DATA == (int)HFI_EVENT_DATA &&
                   HF_DIRECTION_SENT == (int)HFI_DIRECTION_SENT &&
                   HF_DIRECTION_RECEIVED == (int)HFI_DIRECTION_RECEIVED,
               "the numbers inside are the public ones");

static const char *event_name(const hfi_event *event)
{
    static const char *const keys[] = {"keys", "handshake keys", "application keys",
                                       "updated keys"};

    switch (event->kind) {
    case HFI_EVENT_MESSAGE:
        return hfi_handshake_type_name(event->what);
    case HFI_EVENT_ALERT:
        return hfi_alert_name(event->what);
    case HFI_EVENT_CCS:
        return "change_cipher_spec";
    case HFI_EVENT_KEYS:
        return keys[event->what < 4 ? event->what : 0];
    case HFI_EVENT_DATA:
        return "application data";
    default:
        return "unknown";
    }
}

size_t hf_trace_count(const hf_conn *conn)
{
    return conn != NULL ? conn->engine.timeline.count : 0;
}

int hf_trace_event(const hf_conn *conn, size_t index, int *kind, int *direction,
                   int *what, const char **name, int64_t *microseconds, size_t *bytes,
                   int *is_protected)
{
    if (index >= hf_trace_count(conn))
        return 0;
    const hfi_event *event = &conn->engine.timeline.events[index];
    if (kind != NULL)
        *kind = event->kind;
    if (direction != NULL)
        *direction = event->direction;
    if (what != NULL)
        *what = event->what;
    if (name != NULL)
        *name = event_name(event);
    if (microseconds != NULL)
        *microseconds = (int64_t)event->microseconds;
    if (bytes != NULL)
        *bytes = event->size;
    if (is_protected != NULL)
        *is_protected = event->is_protected;
    return 1;
}

static void write_event(hfi_json *j, const hfi_event *event)
{
    static const char *const kinds[] = {"message", "alert", "change_cipher_spec", "keys",
                                        "data"};

    hfi_json_open(j, NULL, '{');
    hfi_json_text(j, "kind", event->kind < 5 ? kinds[event->kind] : "unknown");
    hfi_json_text(j, "direction",
                  event->direction == HFI_DIRECTION_SENT ? "sent" : "received");
    hfi_json_number(j, "what", event->what);
    hfi_json_text(j, "name", event_name(event));
    hfi_json_number(j, "microseconds", (int64_t)event->microseconds);
    hfi_json_number(j, "bytes", (int64_t)event->size);
    hfi_json_bool(j, "protected", event->is_protected != 0);
    hfi_json_close(j, '}');
}

size_t hf_trace_json(const hf_conn *conn, char *buffer, size_t size)
{
    hfi_json j = hfi_json_of(buffer, size);

    hfi_json_open(&j, NULL, '[');
    for (size_t i = 0; i < hf_trace_count(conn); i++)
        write_event(&j, &conn->engine.timeline.events[i]);
    hfi_json_close(&j, ']');
    return hfi_json_finish(&j);
}
