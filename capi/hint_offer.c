/* capi/hint_offer.c: what a client's ClientHello most likely lacked when the server
 * answers it by an alert: a server name, or what the settings leave out of the usual
 * offer. RFC 8446 4.1.1, 6.2, 9.2; RFC 6066 3. */
#include "capi/hint.h"

#include "capi/sentence.h"

/* ---- what is narrower than by default ---- */

typedef struct narrowing {
    const hfi_said_list *own;
    const uint16_t *usual;
    size_t usual_count;
    const char *one;  /* "cipher suite" */
    const char *many; /* "cipher suites" */
    const char *setting;
    hfi_sentence_name *name;
} narrowing;

static bool is_said(const hfi_said_list *list, uint16_t number)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == number)
            return true;
    }
    return false;
}

/* Something usual is not offered, though its version is. */
static bool is_narrow(const narrowing *n, const hfi_conn *engine, bool suites)
{
    for (size_t i = 0; i < n->usual_count; i++) {
        uint16_t version = n->usual[i] >> 8 == 0x13 ? 0x0304 : 0x0303;
        if (suites && !hfi_settings_allow(engine->settings, version))
            continue;
        if (!is_said(n->own, n->usual[i]))
            return true;
    }
    return false;
}

static void tell_narrow(hfi_sentence *s, const narrowing *n, const hfi_conn *engine,
                        bool is_first)
{
    hfi_sentence_add(s, "%s%s ", is_first ? "" : " and the ",
                     n->own->count == 1 ? n->one : n->many);
    hfi_sentence_add_list(s, n->own, n->name, engine->settings->crypto);
}

/* "the group x25519": all that the settings have narrowed; returns the setting of the
 * first of them, or NULL: nothing is narrower than by default. */
static const char *tell_narrowed(hfi_sentence *s, const hfi_conn *engine,
                                 const hfi_said *own)
{
    hfi_settings usual = {.crypto = engine->settings->crypto};
    const char *setting = NULL;

    hfi_settings_defaults(&usual);
    const narrowing rows[] = {
        {&own->suites, usual.suites, usual.suite_count, "cipher suite", "cipher suites",
         "hf_config_set_cipher_suites", hfi_name_suite},
        {&own->groups, usual.groups, usual.group_count, "group", "groups",
         "hf_config_set_groups", hfi_name_group},
        {&own->schemes, usual.schemes, usual.scheme_count, "signature algorithm",
         "signature algorithms", "hf_config_set_signature_algorithms", hfi_name_scheme},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!is_narrow(&rows[i], engine, i == 0))
            continue;
        tell_narrow(s, &rows[i], engine, setting == NULL);
        if (setting == NULL)
            setting = rows[i].setting;
    }
    return setting;
}

/* Suites of AES-CBC are those of TLS 1.2 that neither GCM, CCM nor ChaCha20 serves. */
static bool offers_cbc(const hfi_conn *engine, const hfi_said *own)
{
    hfi_suite suite;

    for (size_t i = 0; i < own->suites.count; i++) {
        const hfi_suite *found =
            hfi_suite_find(engine->settings->crypto, own->suites.items[i], &suite);
        if (found != NULL && found->cbc != NULL)
            return true;
    }
    return false;
}

static bool offers_only(const hfi_said *own, uint16_t version)
{
    return own->versions.count == 1 && own->versions.items[0] == version;
}

/* ---- the alerts ---- */

static void add_server_name(hfi_sentence *s, const hfi_conn *engine)
{
    hfi_sentence_add(s, "'%.*s'", (int)engine->server_name.len,
                     (const char *)engine->server_name.p);
}

static const char no_name[] = "no server name was sent, and many servers need one to "
                              "choose the site: connect by the host's name";

/* handshake_failure and its neighbours: nothing in common. */
static void tell_nothing_common(hfi_sentence *s, const hfi_conn *engine,
                                const hfi_said *own)
{
    char names[200];
    hfi_sentence narrow = hfi_sentence_into(names, sizeof names);
    const char *setting = tell_narrowed(&narrow, engine, own);

    if (engine->server_name.len == 0 && engine->psk == NULL) {
        hfi_sentence_add(s, "%s%s%s", no_name,
                         setting != NULL ? "; also, this side offers only the " : "",
                         setting != NULL ? names : "");
    } else if (setting != NULL) {
        hfi_sentence_add(
            s,
            "this side offers only the %s, which the server does not accept: "
            "allow more here (%s), or enable it on the server",
            names, setting);
    } else if (offers_only(own, 0x0303) && !offers_cbc(engine, own)) {
        hfi_sentence_add(s,
                         "this side offers TLS 1.2 with modern cipher suites (AES-GCM, "
                         "ChaCha20), and the server accepts others alone, such as CBC: "
                         "its operator must enable modern ones");
    } else {
        hfi_sentence_add(s,
                         "the server accepts nothing of a modern client's offer: it "
                         "knows only outdated cipher suites, or has no certificate for ");
        if (engine->server_name.len > 0)
            add_server_name(s, engine);
        else
            hfi_sentence_add(s, "this client");
        hfi_sentence_add(s, "; its operator must look at its log");
    }
}

static void tell_versions(hfi_sentence *s, const hfi_said *own)
{
    if (own->versions.count == 1)
        hfi_sentence_add(s,
                         "the server refuses %s, the only version that this side offers: "
                         "allow others here (hf_config_set_versions), or have the server "
                         "updated",
                         hfi_name_version(NULL, own->versions.items[0]));
    else
        hfi_sentence_add(s,
                         "the server speaks neither TLS 1.3 nor TLS 1.2, but only older, "
                         "unsafe versions: its operator must enable one of the two");
}

static void tell_protocols(hfi_sentence *s, const hfi_said *own)
{
    if (own->alpn_len == 0) {
        hfi_sentence_add(s, "the server demands an application protocol (ALPN), and none "
                            "was offered: offer the one that it serves, such as http/1.1 "
                            "(hf_config_add_alpn)");
        return;
    }
    hfi_sentence_add(s, "the server serves none of the application protocols (ALPN) that "
                        "were offered, ");
    hfi_sentence_add_names(s, own->alpn, own->alpn_len);
    hfi_sentence_add(s,
                     ": offer one that it serves, such as http/1.1, or enable it there");
}

static void tell_name(hfi_sentence *s, const hfi_conn *engine)
{
    if (engine->server_name.len == 0) {
        hfi_sentence_add(s, "%s", no_name);
        return;
    }
    hfi_sentence_add(s, "the server serves no site called ");
    add_server_name(s, engine);
    hfi_sentence_add(s, ": check the name and where it leads (DNS); if it is right, the "
                        "server's operator must configure a site for it");
}

static void tell_strength(hfi_sentence *s, const hfi_conn *engine, const hfi_said *own)
{
    char names[200];
    hfi_sentence narrow = hfi_sentence_into(names, sizeof names);
    const char *setting = tell_narrowed(&narrow, engine, own);

    if (setting != NULL)
        hfi_sentence_add(s,
                         "the server demands stronger algorithms than the %s that this "
                         "side offers: allow more here (%s)",
                         names, setting);
    else
        hfi_sentence_add(s, "the server demands stronger algorithms than the usual offer "
                            "has (such as longer keys): its operator must tell which, or "
                            "allow those offered");
}

static void tell_extension(hfi_sentence *s, const hfi_conn *engine)
{
    if (engine->server_name.len == 0)
        hfi_sentence_add(s, "%s", no_name);
    else
        hfi_sentence_add(s,
                         "the server demands a part of TLS (an extension) that this side "
                         "does not send: it may want a pre-shared key, or TLS software "
                         "of its own kind; its log tells which");
}

static void tell_key(hfi_sentence *s, const hfi_conn *engine)
{
    if (engine->psk != NULL)
        hfi_sentence_add(s,
                         "the server does not know the identity of our pre-shared key: "
                         "configure the same identity and key on both sides");
    else
        hfi_sentence_add(s, "the server wants a pre-shared key that both sides know, and "
                            "none is set here: set the one that it expects "
                            "(hf_conn_set_psk)");
}

bool hfi_hint_of_offer(const hfi_report *r, const hfi_conn *engine, char *out,
                       size_t size)
{
    hfi_sentence s = hfi_sentence_into(out, size);

    if (r->negotiation == NULL || strcmp(r->step, "CONNECTED") == 0)
        return false;
    const hfi_said *own = &r->negotiation->own;
    switch (r->alert) {
    case HFI_ALERT_HANDSHAKE_FAILURE:
        tell_nothing_common(&s, engine, own);
        break;
    case HFI_ALERT_PROTOCOL_VERSION:
        tell_versions(&s, own);
        break;
    case HFI_ALERT_NO_APPLICATION_PROTOCOL:
        tell_protocols(&s, own);
        break;
    case HFI_ALERT_UNRECOGNIZED_NAME:
        tell_name(&s, engine);
        break;
    case HFI_ALERT_INSUFFICIENT_SECURITY:
        tell_strength(&s, engine, own);
        break;
    case HFI_ALERT_MISSING_EXTENSION:
        tell_extension(&s, engine);
        break;
    case HFI_ALERT_UNKNOWN_PSK_IDENTITY:
        tell_key(&s, engine);
        break;
    default:
        break;
    }
    return s.len > 0;
}
