/* tests/bogo/options.c: the command line of the test runner. */
#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum flag_kind {
    FLAG_BOOL,
    FLAG_INT,
    FLAG_TEXT,
    FLAG_LIST,
    FLAG_BASE64,
    FLAG_IGNORED,         /* it changes nothing here */
    FLAG_NEW_CREDENTIAL,  /* the flags for credentials that follow are for this one */
    FLAG_CREDENTIAL_TEXT, /* offsets below are within shim_credential */
    FLAG_CREDENTIAL_LIST,
    FLAG_CREDENTIAL_BASE64,
    FLAG_CREDENTIAL_BOOL,
} flag_kind;

typedef struct flag {
    const char *name;
    flag_kind kind;
    size_t offset;
} flag;

#define O(field) offsetof(shim_options, field)
#define C(field) offsetof(shim_credential, field)

/* A server of handfast prefers its own order, and always seals tickets as the application
 * says; a stapled response is set before or not at all: these flags change nothing.
 * -allow-unknown-alpn-protos: handfast always refuses a protocol that was not offered, so
 * the flag is left unknown.  TLS 1.0 and 1.1 do not exist here: switching them off is
 * nothing to do. */
static const flag flags[] = {
    {"-port", FLAG_INT, O(port)},
    {"-shim-id", FLAG_TEXT, O(shim_id)},
    {"-ipv6", FLAG_BOOL, O(ipv6)},
    {"-server", FLAG_BOOL, O(server)},
    {"-resume-count", FLAG_INT, O(resume_count)},
    {"-async", FLAG_BOOL, O(async)},
    {"-is-handshaker-supported", FLAG_BOOL, O(is_handshaker_supported)},
    {"-no-tls1", FLAG_BOOL, O(no_tls1)},
    {"-no-tls11", FLAG_BOOL, O(no_tls11)},
    {"-no-tls12", FLAG_BOOL, O(no_tls12)},
    {"-no-tls13", FLAG_BOOL, O(no_tls13)},
    {"-min-version", FLAG_INT, O(min_version)},
    {"-max-version", FLAG_INT, O(max_version)},
    {"-cipher", FLAG_TEXT, O(cipher)},
    {"-curves", FLAG_LIST, O(curves)},
    {"-verify-prefs", FLAG_LIST, O(verify_prefs)},
    {"-host-name", FLAG_TEXT, O(host_name)},
    {"-advertise-alpn", FLAG_TEXT, O(advertise_alpn)},
    {"-enable-ocsp-stapling", FLAG_BOOL, O(ocsp_stapling)},
    {"-enable-early-data", FLAG_BOOL, O(early_data)},
    {"-select-alpn", FLAG_TEXT, O(select_alpn)},
    {"-decline-alpn", FLAG_BOOL, O(decline_alpn)},
    {"-reject-alpn", FLAG_BOOL, O(reject_alpn)},
    {"-select-empty-alpn", FLAG_BOOL, O(select_empty_alpn)},
    {"-expect-advertised-alpn", FLAG_TEXT, O(expect_advertised_alpn)},
    {"-expect-server-name", FLAG_TEXT, O(expect_server_name)},
    {"-expect-peer-verify-pref", FLAG_LIST, O(expect_peer_schemes)},
    {"-expect-certificate-types", FLAG_BASE64, O(expect_certificate_types)},
    {"-expect-client-ca-list", FLAG_TEXT, O(expect_client_ca_list)},
    {"-max-send-fragment", FLAG_INT, O(max_send_fragment)},
    {"-send-alert", FLAG_BOOL, O(send_alert)},
    {"-renew-ticket", FLAG_BOOL, O(renew_ticket)},
    {"-no-ticket", FLAG_BOOL, O(no_ticket)},
    {"-use-ticket-callback", FLAG_IGNORED, 0},
    {"-skip-ticket", FLAG_BOOL, O(skip_ticket)},
    {"-server-preference", FLAG_IGNORED, 0},
    {"-expect-session-id", FLAG_BOOL, O(expect_session_id)},
    {"-expect-no-session-id", FLAG_BOOL, O(expect_no_session_id)},
    {"-resumption-delay", FLAG_INT, O(resumption_delay)},
    {"-new-x509-credential", FLAG_NEW_CREDENTIAL, 0},
    {"-cert-file", FLAG_CREDENTIAL_TEXT, C(cert_file)},
    {"-key-file", FLAG_CREDENTIAL_TEXT, C(key_file)},
    {"-signing-prefs", FLAG_CREDENTIAL_LIST, C(signing_prefs)},
    {"-must-match-issuer", FLAG_CREDENTIAL_BOOL, C(must_match_issuer)},
    {"-ocsp-response", FLAG_CREDENTIAL_BASE64, C(ocsp_response)},
    {"-require-any-client-certificate", FLAG_BOOL, O(require_client_certificate)},
    {"-use-client-ca-list", FLAG_TEXT, O(client_ca_list)},
    {"-trust-cert", FLAG_TEXT, O(trust_cert)},
    {"-verify-peer", FLAG_BOOL, O(verify_peer)},
    {"-verify-fail", FLAG_BOOL, O(verify_fail)},
    {"-use-custom-verify-callback", FLAG_BOOL, O(custom_verify)},
    {"-reverify-on-resume", FLAG_BOOL, O(reverify_on_resume)},
    {"-fail-cert-callback", FLAG_BOOL, O(fail_cert_callback)},
    {"-use-ocsp-callback", FLAG_BOOL, O(use_ocsp_callback)},
    {"-set-ocsp-in-callback", FLAG_IGNORED, 0},
    {"-decline-ocsp-callback", FLAG_BOOL, O(decline_ocsp)},
    {"-fail-ocsp-callback", FLAG_BOOL, O(fail_ocsp)},
    {"-implicit-handshake", FLAG_BOOL, O(implicit_handshake)},
    {"-shim-writes-first", FLAG_BOOL, O(shim_writes_first)},
    {"-shim-initial-write", FLAG_TEXT, O(initial_write)},
    {"-repeat-shim-initial-write", FLAG_INT, O(initial_write_count)},
    {"-read-with-unfinished-write", FLAG_BOOL, O(read_with_unfinished_write)},
    {"-shim-shuts-down", FLAG_BOOL, O(shim_shuts_down)},
    {"-check-close-notify", FLAG_BOOL, O(check_close_notify)},
    {"-read-size", FLAG_INT, O(read_size)},
    {"-key-update", FLAG_BOOL, O(key_update)},
    {"-export-keying-material", FLAG_INT, O(export_len)},
    {"-export-label", FLAG_TEXT, O(export_label)},
    {"-export-context", FLAG_TEXT, O(export_context)},
    {"-use-export-context", FLAG_BOOL, O(use_export_context)},
    {"-export-traffic-secrets", FLAG_BOOL, O(export_traffic_secrets)},
    {"-expect-version", FLAG_INT, O(expect_version)},
    {"-expect-cipher", FLAG_INT, O(expect_cipher)},
    {"-expect-curve-id", FLAG_INT, O(expect_curve)},
    {"-expect-peer-signature-algorithm", FLAG_INT, O(expect_signature_algorithm)},
    {"-expect-alpn", FLAG_TEXT, O(expect_alpn)},
    {"-expect-msg-callback", FLAG_TEXT, O(expect_msg_callback)},
    {"-expect-early-data-reason", FLAG_TEXT, O(expect_early_data_reason)},
    {"-expect-peer-cert-file", FLAG_TEXT, O(expect_peer_cert_file)},
    {"-expect-ocsp-response", FLAG_BASE64, O(expect_ocsp_response)},
    {"-expect-session-miss", FLAG_BOOL, O(expect_session_miss)},
    {"-expect-no-session", FLAG_BOOL, O(expect_no_session)},
    {"-expect-ticket-renewal", FLAG_BOOL, O(expect_ticket_renewal)},
    {"-expect-ticket-supports-early-data", FLAG_BOOL, O(expect_ticket_early_data)},
    {"-expect-accept-early-data", FLAG_BOOL, O(expect_accept_early_data)},
    {"-expect-reject-early-data", FLAG_BOOL, O(expect_reject_early_data)},
    {"-expect-no-offer-early-data", FLAG_BOOL, O(expect_no_offer_early_data)},
    {"-expect-extended-master-secret", FLAG_BOOL, O(expect_extended_master)},
    {"-expect-secure-renegotiation", FLAG_BOOL, O(expect_secure_renegotiation)},
    {"-expect-hrr", FLAG_BOOL, O(expect_hrr)},
    {"-expect-no-hrr", FLAG_BOOL, O(expect_no_hrr)},
    {"-expect-verify-result", FLAG_BOOL, O(expect_verify_result)},
    {"-expect-selected-credential", FLAG_INT, O(expect_selected_credential)},
};

static void unimplemented(const char *what, const char *value)
{
    fprintf(stderr, "unimplemented: %s %s\n", what, value);
    exit(SHIM_UNIMPLEMENTED);
}

static const flag *find(const char *name)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (strcmp(flags[i].name, name) == 0)
            return &flags[i];
    }
    unimplemented("flag", name);
    return NULL;
}

/* "-on-resume-X" becomes "-X" if the prefix is "-on-resume". */
static const char *without(const char *name, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(name, prefix, len) == 0 && name[len] == '-' ? name + len : NULL;
}

static int number(const char *text)
{
    char *end;

    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value > INT_MAX || value < INT_MIN)
        unimplemented("number", text);
    return (int)value;
}

static int base64_digit(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

static void decode(shim_bytes *out, const char *text)
{
    uint32_t bits = 0;
    int have = 0;

    out->bytes = malloc(strlen(text) + 1);
    out->len = 0;
    out->given = true;
    if (out->bytes == NULL)
        abort();
    for (; base64_digit(*text) >= 0; text++) {
        bits = bits << 6 | (uint32_t)base64_digit(*text);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out->bytes[out->len++] = (uint8_t)(bits >> have);
        }
    }
}

static void append(shim_list *list, const char *text)
{
    if (list->count == SHIM_LIST_MAX)
        unimplemented("list with", text);
    list->items[list->count++] = number(text);
}

static void store(void *at, flag_kind kind, const char *value)
{
    switch (kind) {
    case FLAG_BOOL:
    case FLAG_CREDENTIAL_BOOL:
        *(bool *)at = true;
        break;
    case FLAG_INT:
        *(int *)at = number(value);
        break;
    case FLAG_TEXT:
    case FLAG_CREDENTIAL_TEXT:
        *(const char **)at = value;
        break;
    case FLAG_LIST:
    case FLAG_CREDENTIAL_LIST:
        append(at, value);
        break;
    case FLAG_BASE64:
    case FLAG_CREDENTIAL_BASE64:
        decode(at, value);
        break;
    case FLAG_IGNORED:
    case FLAG_NEW_CREDENTIAL:
        break;
    }
}

static void apply(shim_options *o, const flag *f, const char *value)
{
    uint8_t *base = (uint8_t *)o;

    if (f->kind == FLAG_NEW_CREDENTIAL && ++o->credential_count == SHIM_CREDENTIALS_MAX)
        unimplemented("so many credentials", "");
    if (f->kind >= FLAG_CREDENTIAL_TEXT)
        base = (uint8_t *)&o->credentials[o->credential_count];
    if (f->offset == O(expect_selected_credential) && f->kind == FLAG_INT)
        o->expect_credential = true;
    store(base + f->offset, f->kind, value);
}

static bool takes_value(flag_kind kind)
{
    return kind != FLAG_BOOL && kind != FLAG_IGNORED && kind != FLAG_NEW_CREDENTIAL &&
           kind != FLAG_CREDENTIAL_BOOL;
}

void shim_parse(int argc, char **argv, shim_options phases[SHIM_PHASES])
{
    static const char *const prefixes[SHIM_PHASES] = {"-on-initial", "-on-resume",
                                                      "-on-retry"};

    memset(phases, 0, SHIM_PHASES * sizeof *phases);
    for (int p = 0; p < SHIM_PHASES; p++) {
        phases[p].initial_write = "hello";
        phases[p].initial_write_count = 1;
    }
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];
        int only = -1;
        if (without(name, "-on-shim") != NULL)
            name = without(name, "-on-shim");
        for (int p = 0; p < SHIM_PHASES; p++) {
            const char *rest = without(name, prefixes[p]);
            if (rest != NULL) {
                name = rest;
                only = p;
                break;
            }
        }
        const flag *f = find(name);
        if (takes_value(f->kind) && ++i == argc)
            unimplemented("flag without its value", name);
        for (int p = 0; p < SHIM_PHASES; p++) {
            if (only < 0 || only == p)
                apply(&phases[p], f, takes_value(f->kind) ? argv[i] : NULL);
        }
    }
}
