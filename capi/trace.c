/* capi/trace.c: the timeline of a connection's messages; docs/connection-json.md. */
#include "capi/json.h"
#include "capi/objects.h"
#include "handshake/registered.h"

_Static_assert(HF_TRACE_MESSAGE == (int)HFI_EVENT_MESSAGE &&
                   HF_TRACE_ALERT == (int)HFI_EVENT_ALERT &&
                   HF_TRACE_CHANGE_CIPHER_SPEC == (int)HFI_EVENT_CCS &&
                   HF_TRACE_KEYS == (int)HFI_EVENT_KEYS &&
                   HF_TRACE_DATA == (int)HFI_EVENT_DATA &&
                   HF_TRACE_DECISION == (int)HFI_EVENT_DECISION &&
                   HF_DECISION_RETRY == (int)HFI_DECISION_RETRY &&
                   HF_DECISION_SESSION == (int)HFI_DECISION_SESSION &&
                   HF_DECISION_VERIFICATION == (int)HFI_DECISION_VERIFICATION &&
                   HF_DIRECTION_SENT == (int)HFI_DIRECTION_SENT &&
                   HF_DIRECTION_RECEIVED == (int)HFI_DIRECTION_RECEIVED,
               "the numbers inside are the public ones");

static const char *event_name(const hfi_event *event)
{
    static const char *const keys[] = {"keys", "handshake keys", "application keys",
                                       "updated keys"};

    static const char *const decisions[] = {
        "decision", "hello retry",    "version",    "cipher suite", "group",
        "session",  "pre-shared key", "early data", "certificate",  "verification",
    };

    switch (event->kind) {
    case HFI_EVENT_DECISION:
        return decisions[event->what <= HF_DECISION_VERIFICATION ? event->what : 0];
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
        *bytes = event->kind == HFI_EVENT_DECISION ? 0 : event->size;
    if (is_protected != NULL)
        *is_protected = event->is_protected;
    return 1;
}

size_t hf_trace_dropped(const hf_conn *conn)
{
    return conn != NULL ? conn->engine.timeline.dropped : 0;
}

static const char *decision_text(const hf_conn *conn, const hfi_event *event)
{
    const hfi_crypto *crypto = conn->config->settings.crypto;
    uint16_t number = (uint16_t)event->value;
    const char *name = NULL;

    switch (event->what) {
    case HF_DECISION_RETRY:
    case HF_DECISION_GROUP:
        name = hfi_registry_group(crypto, number);
        break;
    case HF_DECISION_VERSION:
        name = hfi_registry_version(number);
        break;
    case HF_DECISION_CIPHER_SUITE:
        name = hfi_registry_suite(crypto, number);
        break;
    case HF_DECISION_SESSION:
        return number != 0 ? "resumed" : "not resumed";
    case HF_DECISION_PSK:
        return "used";
    case HF_DECISION_EARLY_DATA:
        return number != 0 ? "accepted" : "rejected";
    case HF_DECISION_VERIFICATION:
        return number != 0 ? hf_code_name(number) : "OK";
    default:
        break;
    }
    return name != NULL ? name : "";
}

int hf_trace_decision(const hf_conn *conn, size_t index, int *value, const char **name)
{
    if (index >= hf_trace_count(conn) ||
        conn->engine.timeline.events[index].kind != HFI_EVENT_DECISION)
        return 0;
    const hfi_event *event = &conn->engine.timeline.events[index];
    if (value != NULL)
        *value = (int)event->value;
    if (name != NULL)
        *name = decision_text(conn, event);
    return 1;
}

static void write_value(hfi_json *j, const hf_conn *conn, size_t index)
{
    const char *name;
    int value;

    if (hf_trace_decision(conn, index, &value, &name) == 0) {
        hfi_json_null(j, "value");
        hfi_json_null(j, "value_name");
        return;
    }
    hfi_json_number(j, "value", value);
    hfi_json_text(j, "value_name", name[0] != '\0' ? name : NULL);
}

static void write_event(hfi_json *j, const hf_conn *conn, size_t index)
{
    const hfi_event *event = &conn->engine.timeline.events[index];
    bool decision = event->kind == HFI_EVENT_DECISION;
    static const char *const kinds[] = {"message", "alert", "change_cipher_spec",
                                        "keys",    "data",  "decision"};

    hfi_json_open(j, NULL, '{');
    hfi_json_text(j, "kind", event->kind < 6 ? kinds[event->kind] : "unknown");
    hfi_json_text(j, "direction",
                  event->direction == HFI_DIRECTION_SENT       ? "sent"
                  : event->direction == HFI_DIRECTION_RECEIVED ? "received"
                                                               : NULL);
    hfi_json_number(j, "what", event->what);
    hfi_json_text(j, "name", event_name(event));
    hfi_json_number(j, "microseconds", (int64_t)event->microseconds);
    hfi_json_number(j, "bytes", decision ? 0 : (int64_t)event->size);
    hfi_json_bool(j, "protected", event->is_protected != 0);
    write_value(j, conn, index);
    hfi_json_close(j, '}');
}

size_t hf_trace_json(const hf_conn *conn, char *buffer, size_t size)
{
    hfi_json j = hfi_json_of(buffer, size);

    hfi_json_open(&j, NULL, '[');
    for (size_t i = 0; i < hf_trace_count(conn); i++)
        write_event(&j, conn, i);
    hfi_json_close(&j, ']');
    return hfi_json_finish(&j);
}
