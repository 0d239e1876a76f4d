/* capi/views_case.c: hints that depend on more of the record than its code: on the
 * moment, on which certificate is at fault and how near its names are, and on the alert
 * that answered our certificate. */
#include <errno.h>
#include <string.h>

#include "capi/views.h"

/* ---- the moment ---- */

/* What a connection of TCP meets that was still being made. */
static const char *hint_of_no_connection(int error_number)
{
    switch (error_number) {
    case ECONNREFUSED:
        return "nothing listens on that address and port: check both, and that the "
               "server runs";
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ETIMEDOUT:
        return "the host does not answer, TLS has not begun: check its address and "
               "port, and the network and firewalls between";
    default:
        return NULL;
    }
}

static const char *hint_of_silence(const hfi_report *r)
{
    const char *none = hint_of_no_connection(r->transport_errno);

    if (none != NULL)
        return none;
    switch (r->code) {
    case HFI_E_DEADLINE_EXCEEDED:
        return "the server says nothing: it may wait for another protocol, hang, or "
               "sit behind a firewall that drops a ClientHello of more than one packet "
               "(try without X25519MLKEM768); if it is only slow, raise the deadline";
    case HFI_E_TRANSPORT_READ:
        return "the server, or a firewall before it, refuses the ClientHello: check "
               "that the port is for TLS and open to this host; some cannot take a "
               "hello of more than one packet (try without X25519MLKEM768)";
    case HFI_E_TRANSPORT_WRITE:
        return "the server, or a firewall before it, broke the connection before the "
               "ClientHello was out: check that the port is for TLS and open to this "
               "host";
    default:
        return NULL;
    }
}

/* ---- certificates ---- */

static bool ends_with(const char *text, size_t len, const char *end)
{
    size_t end_len = strlen(end);

    return len >= end_len && memcmp(text + len - end_len, end, end_len) == 0;
}

static bool is_address(const char *name)
{
    return strchr(name, ':') != NULL || name[strspn(name, "0123456789.")] == '\0';
}

/* The name in the certificate is this one, but for "www.". */
static bool is_www(const char *asked, const char *name, size_t len)
{
    size_t asked_len = strlen(asked);

    return (len == asked_len + 4 && memcmp(name, "www.", 4) == 0 &&
            memcmp(name + 4, asked, asked_len) == 0) ||
           (asked_len == len + 4 && memcmp(asked, "www.", 4) == 0 &&
            memcmp(asked + 4, name, len) == 0);
}

/* A wildcard for the domain itself, or for labels below that which it stands for. */
static bool is_beside_wildcard(const char *asked, const char *name, size_t len)
{
    size_t asked_len = strlen(asked);
    char suffix[256]; /* ".example" */

    if (len < 3 || len > sizeof suffix || name[0] != '*' || name[1] != '.')
        return false;
    memcpy(suffix, name + 1, len - 1);
    suffix[len - 1] = '\0';
    return strcmp(asked, suffix + 1) == 0 || ends_with(asked, asked_len, suffix);
}

/* presented: names, a comma and a space between them. */
static const char *hint_of_names(const hfi_cert_fault *f)
{
    const char *name = f->presented;

    if (is_address(f->expected))
        return "the certificate does not list this IP address: connect by a name in "
               "it, or the server's operator must have the address added to "
               "subjectAltName";
    for (; *name != '\0'; name += strcspn(name, " "), name += *name == ' ') {
        size_t len = strcspn(name, ", ");
        if (is_www(f->expected, name, len))
            return "the two names differ by www. alone: connect by the one in the "
                   "certificate, or the server's operator must have the other added to "
                   "it";
        if (is_beside_wildcard(f->expected, name, len))
            return "a wildcard (*) stands for exactly one part of a name, neither none "
                   "nor two: the server's operator must have this name added to the "
                   "certificate";
    }
    return NULL;
}

static const char *hint_of_certificate(const hfi_report *r, hfi_role role)
{
    const hfi_cert_fault *f = r->fault;
    bool is_server = role == HFI_ROLE_SERVER;

    switch (r->code) {
    case HFI_E_CERT_NAME_MISMATCH:
        return hint_of_names(f);
    case HFI_E_CERT_UNKNOWN_ISSUER:
        return is_server || f->issuer_url[0] == '\0'
                   ? NULL
                   : "the server does not send the intermediate certificate that links "
                     "it to a root: its operator must install the whole chain; if the "
                     "CA is private, add its root to the trust store here";
    case HFI_E_CERT_EXPIRED:
        return f->index <= 0 ? NULL
               : is_server
                   ? "the client sends an intermediate certificate of its CA that has "
                     "expired: it must send the CA's present one"
                   : "the server sends an intermediate certificate of its CA that has "
                     "expired: its operator must install the CA's present one; if the "
                     "date looks right, this machine's clock is wrong";
    case HFI_E_CERT_REVOKED:
        return f->index <= 0 ? NULL
               : is_server
                   ? "the client's chain has an intermediate CA whose certificate was "
                     "revoked: the client needs a certificate of a CA that still "
                     "stands, or the new chain of its own"
                   : "the server's chain has an intermediate CA whose certificate was "
                     "revoked: its operator must install the CA's new chain, or get a "
                     "certificate of another CA";
    default:
        return NULL;
    }
}

/* ---- the verdict on ours ---- */

static const char *hint_of_verdict(int alert)
{
    switch (alert) {
    case HFI_ALERT_UNKNOWN_CA:
        return "the server does not trust the authority (CA) of our certificate: show "
               "one of an authority that it accepts, with the intermediates; or its "
               "operator must add that CA";
    case HFI_ALERT_CERTIFICATE_EXPIRED:
        return "our certificate is not in date for the server: renew it and load the "
               "new one here; if its dates are right, the server's clock is wrong";
    case HFI_ALERT_UNSUPPORTED_CERTIFICATE:
        return "the server cannot use a certificate like ours: it must be for clients "
               "(clientAuth in extendedKeyUsage), with a kind of key that the server "
               "takes";
    case HFI_ALERT_CERTIFICATE_REVOKED:
        return "our certificate was revoked by its CA: get a new certificate and key";
    case HFI_ALERT_ACCESS_DENIED:
        return "the server finds our certificate valid, but its rules deny access to "
               "its owner: ask the server's operator";
    default:
        return NULL;
    }
}

/* It has spoken TLS before. */
static bool has_begun(const hfi_report *r)
{
    return r->step != NULL && strcmp(r->step, "WAIT_SH") != 0 &&
           strcmp(r->step, "START") != 0;
}

const char *hfi_view_case(const hfi_report *r, hfi_role role)
{
    bool in_handshake = r->step != NULL && strcmp(r->step, "CONNECTED") != 0;

    if (r->code == HFI_E_CLIENT_CERTIFICATE_REJECTED)
        return hint_of_verdict(r->alert);
    if (r->fault != NULL)
        return hint_of_certificate(r, role);
    if (r->code == HFI_E_RECORD_TOO_LONG && has_begun(r))
        return "the other side's TLS software is at fault: it sent a length that TLS "
               "forbids, after records that were right; or something between changed it: "
               "try another network, then update it there";
    if (r->code == HFI_E_EOF_IN_RECORD && in_handshake)
        return hfi_err_lookup(HFI_E_EOF_IN_MESSAGE)->hint;
    return role == HFI_ROLE_CLIENT && in_handshake && r->bytes_in == 0
               ? hint_of_silence(r)
               : NULL;
}
