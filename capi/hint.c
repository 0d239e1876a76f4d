/* capi/hint.c: hints made of the particulars of a case: how far the handshake had come
 * when the transport ended, and which versions the other side speaks.  What alerts say of
 * our offer is in hint_offer.c, what servers demand of our certificate in hint_demand.c,
 * and texts that need no particulars are in views.c. */
#include "capi/hint.h"

#include "handshake/registered.h"
#include "capi/sentence.h"

typedef struct waiting {
    const char *step;
    const char *what;
} waiting;

/* What each side waits for in a state. */
static const char *awaited(const char *step, bool is_client)
{
    static const waiting of_client[] = {
        {"WAIT_CH2", "its second ClientHello"},
        {"WAIT_CERT", "its certificate"},
        {"WAIT_CV", "the proof that it owns its certificate"},
        {"WAIT_CKE", "its half of the key exchange"},
    };
    static const waiting of_server[] = {
        {"WAIT_SH", "the end of its first answer"},
        {"WAIT_SH2", "its answer to the second ClientHello"},
        {"WAIT_EE", "its settings (EncryptedExtensions)"},
        {"WAIT_CERT_CR", "its certificate"},
        {"WAIT_CERT", "its certificate"},
        {"WAIT_CV", "the proof that it owns its certificate"},
        {"WAIT_SKE", "its half of the key exchange"},
        {"WAIT_SHD", "the end of its first messages"},
        {"WAIT_CR_SHD", "the end of its first messages"},
        {"WAIT_CS_SKE", "its half of the key exchange"},
    };

    const waiting *rows = is_client ? of_client : of_server;
    size_t count = is_client ? sizeof of_client / sizeof of_client[0]
                             : sizeof of_server / sizeof of_server[0];

    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].step, step) == 0)
            return rows[i].what;
    }
    return "the end of the handshake";
}

static bool has_ended(const hfi_report *r)
{
    return r->code == HFI_E_EOF_IN_RECORD || r->code == HFI_E_EOF_IN_MESSAGE ||
           r->code == HFI_E_EOF_IN_HANDSHAKE;
}

static bool is_reset(const hfi_report *r)
{
    return r->code == HFI_E_TRANSPORT_READ || r->code == HFI_E_TRANSPORT_WRITE;
}

/* ---- what cannot be decoded ---- */

/* All of TLS 1.3 but the hellos, and of 1.2 the Finished (RFC 8446 2, RFC 5246 7.3). */
static bool came_encrypted(const hfi_report *r, const hfi_conn *engine)
{
    if (r->message == NULL || strstr(r->message, "Hello") != NULL)
        return false;
    return engine->agreed.version == 0x0304 || strcmp(r->message, "Finished") == 0;
}

/* Nobody on the way can have spoilt it; the static hints allow for that. */
static bool tell_malformed(hfi_sentence *s, const hfi_report *r, const hfi_conn *engine,
                           hfi_role role)
{
    const char *peer = role == HFI_ROLE_SERVER ? "client" : "server";

    if (!came_encrypted(r, engine))
        return false;
    switch ((int)r->code) {
    case HFI_E_DECODE_CERTIFICATE:
        hfi_sentence_add(s,
                         "the %s's TLS software writes its list of certificates wrongly: "
                         "check the chain file that is configured there, then update it "
                         "or report it to its maker with this record",
                         peer);
        return true;
    case HFI_E_DECODE_CERTIFICATE_VERIFY:
    case HFI_E_DECODE_FINISHED:
    case HFI_E_DECODE_NEW_SESSION_TICKET:
    case HFI_E_DECODE_EXTENSION:
        break;
    default:
        return false;
    }
    hfi_sentence_add(s,
                     "the %s's TLS software breaks the protocol here, for the message "
                     "came encrypted and nobody on the way can have changed it: update "
                     "it there, or report it to its maker with this record",
                     peer);
    return true;
}

/* ---- how far it had come ---- */

/* It has answered, and goes no further. */
static void tell_server(hfi_sentence *s, const hfi_report *r)
{
    bool at_hello = strcmp(r->step, "WAIT_SH") == 0;

    if (has_ended(r) && at_hello)
        hfi_sentence_add(s, "the server broke off in the middle of its first answer: it "
                            "crashed or was stopped, or a proxy or firewall between cut "
                            "the connection; look at the server's log");
    else if (has_ended(r))
        hfi_sentence_add(s,
                         "the server answered and then hung up before %s: it crashed, "
                         "was stopped or refuses this client, or a proxy between cut the "
                         "connection; look at its log",
                         awaited(r->step, false));
    else if (is_reset(r) && at_hello)
        hfi_sentence_add(s,
                         "the connection was reset in the middle of the server's first "
                         "answer: the server crashed, or a proxy or firewall between "
                         "cuts such connections; look at the server's log");
    else if (is_reset(r))
        hfi_sentence_add(s,
                         "the connection was reset after the server had answered, before "
                         "%s: the server crashed or refuses this client, or a firewall "
                         "between cut it; look at its log",
                         awaited(r->step, false));
    else if (r->code == HFI_E_DEADLINE_EXCEEDED)
        hfi_sentence_add(
            s,
            "the server answered and then went silent before %s: it hangs or "
            "is overloaded, or something between drops large packets; look "
            "at its log, or raise the deadline",
            awaited(r->step, false));
}

static void tell_silent_server(hfi_sentence *s, const hfi_report *r,
                               const hfi_conn *engine)
{
    if (r->code == HFI_E_EOF_BEFORE_HELLO && engine->server_name.len == 0)
        hfi_sentence_add(s,
                         "the server hung up on a ClientHello without a server name, "
                         "which many need: connect by the host's name; otherwise check "
                         "that the port is for TLS");
    else if (r->code == HFI_E_EOF_BEFORE_HELLO)
        hfi_sentence_add(s,
                         "the server, or a firewall or router before it, hung up on the "
                         "ClientHello: check that the port is for TLS, that '%.*s' is "
                         "served there, and what the server's log says",
                         (int)engine->server_name.len,
                         (const char *)engine->server_name.p);
}

/* Where it cannot be our certificate that it does not like, or not that alone. */
static void tell_client_gone(hfi_sentence *s, const char *step)
{
    if (strcmp(step, "WAIT_CH2") == 0)
        hfi_sentence_add(
            s, "the client hung up when it was asked for another key share: its "
               "TLS software is outdated and cannot do so, or it lost interest; "
               "its own message tells");
    else if (strcmp(step, "WAIT_EOED") == 0 || strncmp(step, "ANSWERED", 8) == 0)
        hfi_sentence_add(s,
                         "the client hung up in the middle of a resumed session: it was "
                         "stopped, or does not have that session's keys any more; its "
                         "own message tells");
    else if (strcmp(step, "WAIT_CERT") == 0 || strcmp(step, "WAIT_CV") == 0)
        hfi_sentence_add(
            s,
            "the client hung up before %s, which this server asks for: it has "
            "none to show, or does not accept ours; its own message tells",
            awaited(step, true));
}

static void tell_client_silent(hfi_sentence *s, const hfi_report *r)
{
    if (r->bytes_in == 0)
        hfi_sentence_add(s,
                         "the client connected and sent nothing: it is a health check or "
                         "a scanner, or waits for this side to speak first because it is "
                         "not for TLS");
    else if (strcmp(r->step, "START") == 0)
        hfi_sentence_add(s,
                         "the client's ClientHello did not come whole: the client hangs, "
                         "or something between drops a hello of more than one packet");
    else
        hfi_sentence_add(
            s,
            "the client went silent before %s: it hangs or waits for its user, "
            "or the network lost it; raise the deadline if it is only slow",
            awaited(r->step, true));
}

static void tell_client(hfi_sentence *s, const hfi_report *r)
{
    if (r->code == HFI_E_EOF_IN_HANDSHAKE)
        tell_client_gone(s, r->step);
    else if (r->code == HFI_E_DEADLINE_EXCEEDED)
        tell_client_silent(s, r);
    else if (r->code == HFI_E_EOF_IN_RECORD || r->code == HFI_E_EOF_IN_MESSAGE)
        hfi_sentence_add(s, "the client's message was cut in the middle: the client was "
                            "stopped, or a proxy or firewall between does not let a "
                            "ClientHello of more than one packet through");
    else if (is_reset(r))
        hfi_sentence_add(s,
                         "the client broke the connection off in the middle of the "
                         "handshake: it crashed or was stopped, is a port scanner, or a "
                         "firewall between cut the connection");
    else if (r->code == HFI_E_CLOSED_IN_HANDSHAKE)
        hfi_sentence_add(s,
                         "the client closed the connection on purpose before the "
                         "handshake was over: often a health check or a user who left; "
                         "otherwise the client's own message tells why");
}

/* The newest of the versions that a client named, without those that stand for none. */
static void tell_versions(hfi_sentence *s, const hfi_negotiation *n)
{
    uint16_t newest = 0;
    char number[HFI_REGISTRY_TEXT];

    for (size_t i = 0; i < n->peer.versions.count; i++) {
        if (n->peer.versions.items[i] > newest && n->peer.versions.items[i] <= 0x0304)
            newest = n->peer.versions.items[i];
    }
    if (newest == 0)
        return;
    const char *name = hfi_registry_version(newest);
    hfi_sentence_add(
        s, "the client speaks %s%s at most, which is %s (enabled here: ",
        name != NULL ? "" : "version ",
        name != NULL ? name : hfi_registry_text(NULL, HFI_REGISTRY_HEX, newest, number),
        newest >= 0x0303 ? "not allowed here" : "unsafe, and nobody may use it any more");
    hfi_sentence_add_list(s, &n->own.versions, hfi_name_version, NULL);
    hfi_sentence_add(s, newest >= 0x0303 ? "): update the client, or allow that version "
                                           "here (hf_config_set_versions)"
                                         : "): the client must be updated");
}

static void tell_data(hfi_sentence *s, const hfi_report *r)
{
    if (is_reset(r))
        hfi_sentence_add(s,
                         "the connection was reset while data was exchanged: the other "
                         "side crashed or was stopped, or a firewall forgot an idle "
                         "connection; data may be missing");
}

void hfi_hint_tell(const hfi_report *r, const hfi_conn *engine, hfi_role role, char *out,
                   size_t size)
{
    hfi_sentence s = hfi_sentence_into(out, size);

    if (engine == NULL || r->step == NULL || r->fault != NULL)
        return;
    if (tell_malformed(&s, r, engine, role) || hfi_hint_of_demand(r, out, size))
        return;
    if (r->code == HFI_E_ALERT_RECEIVED) {
        if (role != HFI_ROLE_CLIENT || !hfi_hint_of_offer(r, engine, out, size))
            out[0] = '\0';
    } else if (strcmp(r->step, "CONNECTED") == 0) {
        tell_data(&s, r);
    } else if (r->code == HFI_E_NO_COMMON_VERSION && r->negotiation != NULL) {
        tell_versions(&s, r->negotiation);
    } else if (role == HFI_ROLE_SERVER) {
        tell_client(&s, r);
    } else if (r->bytes_in == 0) {
        tell_silent_server(&s, r, engine);
    } else {
        tell_server(&s, r);
    }
}
