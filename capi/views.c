/* capi/views.c: texts and hints for a role and for an alert.  errors.def is written from
 * where a client stands, whose peer is a server; here is what reads otherwise when this
 * side is the server, and what an alert that came means to its receiver. */
#include "capi/views.h"

typedef struct row {
    int code;
    const char *text; /* NULL: that of errors.def */
    const char *hint; /* the same */
} row;

/* ---- a server's view ---- */

static const row of_server[] = {
    {HFI_E_EOF_BEFORE_HELLO,
     "the client closed the connection without sending a ClientHello",
     "often a health check or a scanner, which wants nothing more; otherwise look at the "
     "client"},
    {HFI_E_EOF_IN_HANDSHAKE,
     "the client closed the connection in the middle of the handshake",
     "the client gave up, often over our certificate; its own message tells why"},
    {HFI_E_DEADLINE_EXCEEDED, NULL,
     "the client is slow or silent, or is none: see the last message in the timeline, or "
     "raise the deadline"},
    {HFI_E_PEER_NOT_TLS, "what the client sent is not TLS",
     "the client speaks another protocol or has the wrong port, or it is a scanner"},
    {HFI_E_PEER_SPEAKS_SSH, "the client speaks SSH, not TLS",
     "the client has the wrong port: this one is for TLS"},
    {HFI_E_PEER_SPEAKS_SMTP, "the client speaks SMTP, not TLS",
     "the client expects STARTTLS, or has the wrong port: this one is for TLS from the "
     "start"},
    {HFI_E_PEER_SPEAKS_POSTGRESQL,
     "the client speaks the protocol of PostgreSQL, not TLS",
     "answer its SSLRequest with S, and begin the handshake then"},
    {HFI_E_CERT_EXPIRED, NULL,
     "the client must renew its certificate; if the date looks right, check this "
     "machine's "
     "clock"},
    {HFI_E_CERT_NOT_YET_VALID, NULL,
     "check this machine's clock; otherwise the client uses its certificate too early"},
    {HFI_E_CERT_UNKNOWN_ISSUER, NULL,
     "the client needs a certificate of an authority that is trusted here, and must send "
     "its intermediates; or add that authority to the trust store"},
    {HFI_E_CERT_SELF_SIGNED, NULL,
     "add the client's certificate to the trust store if it is the one expected; "
     "otherwise "
     "the client needs one of an authority that is trusted here"},
    {HFI_E_CERT_EXTENDED_KEY_USAGE, NULL,
     "the client's certificate must be issued anew with clientAuth in extendedKeyUsage"},
    {HFI_E_CERT_NOT_A_CA, NULL,
     "the client's chain is misused: it needs a certificate that a CA issued"},
    {HFI_E_CERT_REVOKED, NULL, "the client must get a new certificate"},
    {HFI_E_CERT_LEAF_IS_CA, "the client's own certificate is a CA certificate",
     "the client needs a certificate of its own, issued by the CA; the profile "
     "compatible "
     "accepts a CA certificate, for private CAs"},
    {HFI_E_CERT_CHAIN_TOO_LONG, NULL, "the client should send a shorter chain"},
    {HFI_E_CERT_WORK_LIMIT, NULL,
     "the client sends a hostile or very confusing set of certificates"},
    {HFI_E_CERT_POLICY, NULL,
     "the client's chain is misused: it must have it issued by the right CA"},
    {HFI_E_CERT_BAD_SIGNATURE, NULL,
     "the client's certificate was altered, or the issuer's that came with it is not the "
     "right one"},
    {HFI_E_CERT_PATH_LENGTH, NULL,
     "the chain exceeds the pathLenConstraint of a CA in it: the client needs a "
     "certificate from a CA that may issue one"},
    {HFI_E_CERT_NAME_CONSTRAINT, NULL,
     "the CA issued a certificate against its name constraints: the client needs one "
     "from "
     "a CA that may vouch for its name"},
    {HFI_E_TOO_MANY_CERTIFICATES, NULL, "the client should send its chain only"},
    {HFI_E_KEY_SHARE_INVALID, NULL, "the client is broken or hostile"},
    {HFI_E_EXTENSION_FORBIDDEN, NULL, "the client is broken"},
    {HFI_E_UNSOLICITED_EXTENSION, NULL, "the client is broken"},
    {HFI_E_CERTIFICATE_REQUEST_CONTEXT, NULL, "the client is broken"},
    {HFI_E_UNOFFERED_SIGNATURE_ALGORITHM, NULL, "the client is broken or too old"},
    {HFI_E_SIGNATURE_KEY_MISMATCH, NULL,
     "the client's certificate and key do not belong together, or it is broken"},
    {HFI_E_BAD_CERTIFICATE_VERIFY, NULL,
     "the client does not own the certificate's key, or bytes were changed on the way"},
    {HFI_E_RENEGOTIATION_INFO_WRONG, NULL,
     "the client is broken, or someone tampers with the handshake"},
    {HFI_E_TOO_MANY_RENEGOTIATIONS, "the client asks for renegotiation without end",
     "the client is broken or hostile"},
    {HFI_E_UNSUPPORTED_VERSION, NULL, "enable the version that the client chose"},
};

/* ---- alerts that came ---- */

/* code: the alert. */
static const row from_server[] = {
    {HFI_ALERT_HANDSHAKE_FAILURE, NULL,
     "the server finds no cipher suite, group, signature algorithm or certificate in "
     "common with us, or misses a server name or a certificate of ours: compare what "
     "this "
     "record says was offered with what is enabled there"},
    {HFI_ALERT_PROTOCOL_VERSION, NULL,
     "the server speaks none of the versions that were offered: enable more here, or a "
     "newer one there"},
    {HFI_ALERT_INSUFFICIENT_SECURITY, NULL,
     "the server demands stronger algorithms than were offered"},
    {HFI_ALERT_UNRECOGNIZED_NAME, NULL,
     "the server does not serve that host name: check the name, and what is configured "
     "there"},
    {HFI_ALERT_NO_APPLICATION_PROTOCOL, NULL,
     "the server speaks none of the application protocols that were offered: change the "
     "ALPN list here, or there"},
    {HFI_ALERT_UNKNOWN_PSK_IDENTITY, NULL,
     "the server does not know the identity of the pre-shared key: check it on both "
     "sides"},
    {HFI_ALERT_DECRYPT_ERROR, NULL,
     "a signature or key did not fit: check that our key belongs to our certificate, and "
     "a pre-shared key on both sides"},
    {HFI_ALERT_INTERNAL_ERROR, NULL,
     "the server failed by itself: its operator must look at its log"},
    {HFI_ALERT_INAPPROPRIATE_FALLBACK, NULL,
     "the server speaks a newer version than we came with: something between breaks "
     "newer "
     "ones, or they are disabled here"},
    {HFI_ALERT_BAD_RECORD_MAC, NULL,
     "bytes were changed on the way, or one side is broken"},
    {HFI_ALERT_RECORD_OVERFLOW, NULL,
     "the server found a record too long: it is broken, "
     "or something between rewrites the stream"},
    {HFI_ALERT_MISSING_EXTENSION, NULL,
     "the server wants an extension that was not sent: see what is enabled here"},
    {HFI_ALERT_ACCESS_DENIED, NULL,
     "the server's rules deny this client: ask its operator"},
    {HFI_ALERT_DECRYPTION_FAILED, NULL,
     "bytes were changed on the way, or one side is broken"},
    {HFI_ALERT_CERTIFICATE_REQUIRED, NULL,
     "the server requires a certificate of ours: configure one with its key"},
    {HFI_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE, NULL,
     "the server does not accept an OCSP response, and was shown none by us: its log "
     "tells more"},
    {HFI_ALERT_NO_RENEGOTIATION, NULL,
     "the server does not renegotiate: open a new connection instead"},
};

/* Of a certificate, where none of ours was judged: CLIENT_CERTIFICATE_REJECTED tells of
 * that. */
static const char of_certificate[] = "the server speaks of a certificate, and has seen "
                                     "none of ours: it may pass on what a "
                                     "server behind it says; its log tells more";

static const row from_client[] = {
    {HFI_ALERT_UNKNOWN_CA, NULL,
     "the client does not trust the authority of our certificate: send its "
     "intermediates, "
     "or give the client the root"},
    {HFI_ALERT_BAD_CERTIFICATE, NULL,
     "the client does not accept our certificate: see its names and its chain"},
    {HFI_ALERT_UNSUPPORTED_CERTIFICATE, NULL,
     "the client cannot use a certificate of this kind: see its key and its usage"},
    {HFI_ALERT_CERTIFICATE_REVOKED, NULL,
     "the client finds our certificate revoked: replace it"},
    {HFI_ALERT_CERTIFICATE_EXPIRED, NULL,
     "the client finds our certificate expired: renew it; if its dates are right, the "
     "client's clock is wrong"},
    {HFI_ALERT_CERTIFICATE_UNKNOWN, NULL,
     "the client does not accept our certificate, and does not say why: look there"},
    {HFI_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE, NULL,
     "the client does not accept the OCSP response that we staple: renew it"},
    {HFI_ALERT_HANDSHAKE_FAILURE, NULL,
     "the client found nothing that it accepts in our answer: compare what both sides "
     "enable"},
    {HFI_ALERT_PROTOCOL_VERSION, NULL,
     "the client does not accept the version that was chosen"},
    {HFI_ALERT_DECRYPT_ERROR, NULL,
     "a signature or key did not fit: check that our key belongs to our certificate"},
    {HFI_ALERT_INTERNAL_ERROR, NULL, "the client failed by itself: its log tells why"},
    {HFI_ALERT_BAD_RECORD_MAC, NULL,
     "bytes were changed on the way, or one side is broken"},
};

static const char illegal[] = "the peer could not accept one of our messages: something "
                              "between may have changed it; "
                              "otherwise please report this with the error record";

static const row *find(const row *rows, size_t count, int code)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].code == code)
            return &rows[i];
    }
    return NULL;
}

#define FIND(rows, code) find(rows, sizeof rows / sizeof rows[0], code)

static bool is_of_certificate(int alert)
{
    return (alert >= HFI_ALERT_NO_CERTIFICATE &&
            alert <= HFI_ALERT_CERTIFICATE_UNKNOWN) ||
           alert == HFI_ALERT_UNKNOWN_CA || alert == HFI_ALERT_CERTIFICATE_UNOBTAINABLE ||
           alert == HFI_ALERT_BAD_CERTIFICATE_HASH_VALUE;
}

static const char *hint_of_alert(int alert, hfi_role role)
{
    const row *found =
        role == HFI_ROLE_SERVER ? FIND(from_client, alert) : FIND(from_server, alert);

    if (found != NULL)
        return found->hint;
    if (alert == HFI_ALERT_UNEXPECTED_MESSAGE || alert == HFI_ALERT_ILLEGAL_PARAMETER ||
        alert == HFI_ALERT_DECODE_ERROR || alert == HFI_ALERT_UNSUPPORTED_EXTENSION)
        return illegal;
    return role == HFI_ROLE_CLIENT && is_of_certificate(alert) ? of_certificate : NULL;
}

const char *hfi_view_text(const hfi_report *r, hfi_role role)
{
    const row *found = role == HFI_ROLE_SERVER ? FIND(of_server, (int)r->code) : NULL;

    return found != NULL && found->text != NULL ? found->text
                                                : hfi_err_lookup((int)r->code)->text;
}

const char *hfi_view_hint(const hfi_report *r, hfi_role role)
{
    const row *found = role == HFI_ROLE_SERVER ? FIND(of_server, (int)r->code) : NULL;
    const char *hint = found != NULL ? found->hint : NULL;

    if (r->code == HFI_E_ALERT_RECEIVED)
        hint = hint_of_alert(r->alert, role);
    else if (hfi_view_case(r, role) != NULL)
        hint = hfi_view_case(r, role);
    return hint != NULL ? hint : hfi_err_lookup((int)r->code)->hint;
}
