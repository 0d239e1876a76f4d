/* capi/views.c: texts and hints for a role and for an alert.  errors.def is written from
 * where a client stands, whose peer is a server; here is what reads otherwise when this
 * side is the server, and what an alert that came means to its receiver. */
#include <string.h>

#include "capi/views.h"

typedef struct row {
    int code;         /* or the alert */
    const char *text; /* NULL: that of errors.def */
    const char *hint; /* the same */
} row;

/* ---- a server's view ---- */

static const row of_server[] = {
    {HFI_E_EOF_BEFORE_HELLO,
     "the client closed the connection without sending a ClientHello",
     "the client connected and left without a word: mostly a health check, a port "
     "scanner or a browser that opened one connection too many; nothing is wrong here"},
    {HFI_E_EOF_IN_HANDSHAKE,
     "the client closed the connection in the middle of the handshake",
     "the client gave up without saying why, mostly because it does not accept our "
     "certificate (its name, dates or authority): the client's own message tells"},
    {HFI_E_DEADLINE_EXCEEDED, NULL,
     "the client is slow or silent, or is none: the last message in the timeline tells "
     "how far it came; raise the deadline if it is only slow"},
    {HFI_E_PEER_NOT_TLS, "what the client sent is not TLS",
     "the client speaks another protocol and has the wrong port, or is a port scanner: "
     "point it to the right port"},
    {HFI_E_PEER_SPEAKS_SSH, "the client speaks SSH, not TLS",
     "the client has the wrong port: this one is for TLS, so point the SSH client to "
     "the SSH port"},
    {HFI_E_PEER_SPEAKS_SMTP, "the client speaks SMTP, not TLS",
     "the client expects STARTTLS, or has the wrong port: this one is for TLS from the "
     "start, so set the client to that (SSL/TLS)"},
    {HFI_E_PEER_SPEAKS_POSTGRESQL,
     "the client speaks the protocol of PostgreSQL, not TLS",
     "the program here must answer the client's SSLRequest with S first, and begin the "
     "handshake then"},
    {HFI_E_CERT_EXPIRED, NULL,
     "the client must renew its certificate and load the new one; if the date looks "
     "right, this machine's clock is wrong"},
    {HFI_E_CERT_NOT_YET_VALID, NULL,
     "this machine's clock is most likely wrong: set it; otherwise the client uses its "
     "certificate too early"},
    {HFI_E_CERT_UNKNOWN_ISSUER, NULL,
     "the client's certificate is of an authority (CA) that is not trusted here: add "
     "that CA to the trust store if it may vouch for clients; otherwise the client "
     "needs another certificate, or must send its intermediates"},
    {HFI_E_CERT_SELF_SIGNED, NULL,
     "no authority (CA) vouches for the client's certificate: add it to the trust "
     "store if it is the one expected; otherwise the client needs one of a CA that is "
     "trusted here"},
    {HFI_E_CERT_EXTENDED_KEY_USAGE, NULL,
     "the client's certificate is not for clients: it needs one with clientAuth in "
     "extendedKeyUsage"},
    {HFI_E_CERT_NOT_A_CA, NULL,
     "a certificate that is no CA's was used to issue another: the client needs a "
     "certificate of a real CA, or the private CA's own must be made anew with CA:TRUE"},
    {HFI_E_CERT_REVOKED, NULL,
     "the CA has declared the client's certificate invalid, often because its key was "
     "stolen: the client must get a new certificate and key"},
    {HFI_E_CERT_LEAF_IS_CA, "the client's own certificate is a CA certificate",
     "the client shows the certificate of the CA itself: it needs one of its own, "
     "issued by that CA; for a private CA the profile compatible accepts it"},
    {HFI_E_CERT_CHAIN_TOO_LONG, NULL,
     "the client sends a longer chain than is followed here: configure its own "
     "certificate and the intermediates alone"},
    {HFI_E_CERT_WORK_LIMIT, NULL,
     "the client sends a confusing set of certificates, or attacks: configure its own "
     "certificate and the intermediates alone"},
    {HFI_E_CERT_MALFORMED, NULL,
     "the client's certificate file is damaged or was made by faulty software: install "
     "it again there, or have it issued anew"},
    {HFI_E_CERT_POLICY, NULL,
     "a CA in the chain demands a policy that the certificates below it do not have: "
     "the client needs a certificate issued under that policy"},
    {HFI_E_CERT_BAD_SIGNATURE, NULL,
     "the client's certificate was altered, or the issuer's that came with it is not "
     "the right one: the client must install the whole chain anew"},
    {HFI_E_CERT_PATH_LENGTH, NULL,
     "a CA in the chain may not have that many CAs below it (pathLenConstraint): the "
     "client needs a certificate from a CA that may issue one"},
    {HFI_E_CERT_NAME_CONSTRAINT, NULL,
     "the CA in the chain may not vouch for the client's name: the client needs a "
     "certificate from a CA that may"},
    {HFI_E_CERT_NAME_CONSTRAINT_UNSUPPORTED, NULL,
     "a CA in the chain limits a kind of name that cannot be checked here: the client "
     "needs a certificate from a CA without that limit"},
    {HFI_E_TOO_MANY_CERTIFICATES, NULL,
     "the client sends certificates that nobody needs: configure its own certificate "
     "and the intermediates alone"},
    {HFI_E_KEY_SHARE_INVALID, NULL,
     "the client sent a public value for the key exchange that no correct program "
     "makes: its TLS software is at fault and must be updated, or it is an attack"},
    {HFI_E_EXTENSION_FORBIDDEN, NULL,
     "the client's TLS software is at fault: it put an extension into a message where "
     "TLS forbids it; update it, or report it to its maker with this record"},
    {HFI_E_UNSOLICITED_EXTENSION, NULL,
     "the client's TLS software is at fault: it sent an extension that nobody asked "
     "for; update it, or report it to its maker with this record"},
    {HFI_E_CERTIFICATE_REQUEST_CONTEXT, NULL,
     "the client's TLS software is at fault: it sent a certificate context that was "
     "not asked for; update it, or report it to its maker with this record"},
    {HFI_E_UNOFFERED_SIGNATURE_ALGORITHM, NULL,
     "the client's TLS software is at fault: it signed with an algorithm that was not "
     "allowed here; update it, or report it to its maker with this record"},
    {HFI_E_SIGNATURE_KEY_MISMATCH, NULL,
     "the client's certificate and private key are of different kinds: configure the "
     "key that belongs to the certificate there, or update the client"},
    {HFI_E_BAD_CERTIFICATE_VERIFY, NULL,
     "the client did not prove that it owns its certificate's private key: configure "
     "the key that belongs to it there; or someone uses a certificate that is not "
     "theirs"},
    {HFI_E_RENEGOTIATION_INFO_WRONG, NULL,
     "the client mistakes this first handshake for a renegotiation: someone between "
     "splices two connections together, or its TLS software is at fault"},
    {HFI_E_TOO_MANY_RENEGOTIATIONS, "the client asks for renegotiation without end",
     "the client floods this side with requests to renegotiate: it is an attack, or "
     "its TLS software is in an endless loop; look there"},
    {HFI_E_UNSUPPORTED_VERSION, NULL,
     "the client speaks a TLS version that is refused here: update it, or allow that "
     "version here if it is TLS 1.2"},
    {HFI_E_CERTIFICATE_DECOMPRESSION, NULL,
     "the client sent a damaged compressed certificate: update it, or turn certificate "
     "compression off there"},
};

/* ---- alerts that came ---- */

/* code: the alert. */
static const row from_server[] = {
    {HFI_ALERT_HANDSHAKE_FAILURE, NULL,
     "the server refused what was agreed, and does not say why: it may demand a "
     "certificate of ours, other cipher suites or another site's name; its log tells "
     "which"},
    {HFI_ALERT_PROTOCOL_VERSION, NULL,
     "the server speaks none of the TLS versions that were offered: allow TLS 1.2 and "
     "1.3 here (hf_config_set_versions), or enable one of them there"},
    {HFI_ALERT_INSUFFICIENT_SECURITY, NULL,
     "the server demands stronger algorithms than were offered: allow more here, or "
     "its operator must tell which it wants"},
    {HFI_ALERT_UNRECOGNIZED_NAME, NULL,
     "the server does not serve that host name: check the name and where it leads "
     "(DNS), or its operator must configure a site for it"},
    {HFI_ALERT_NO_APPLICATION_PROTOCOL, NULL,
     "the server serves none of the application protocols (ALPN) that were offered: "
     "offer one that it serves, such as http/1.1, or enable it there"},
    {HFI_ALERT_UNKNOWN_PSK_IDENTITY, NULL,
     "the server does not know the identity of our pre-shared key: configure the same "
     "identity and key on both sides"},
    {HFI_ALERT_DECRYPT_ERROR, NULL,
     "the server could not check our signature or key: our private key may not belong "
     "to our certificate, a pre-shared key may differ on the two sides, or something "
     "between changed bytes"},
    {HFI_ALERT_INTERNAL_ERROR, NULL,
     "the server failed for a reason of its own, not because of us: its operator must "
     "look at its log"},
    {HFI_ALERT_INAPPROPRIATE_FALLBACK, NULL,
     "the server speaks a newer TLS version than we came with on this second try: "
     "allow TLS 1.3 here; if it is allowed, something between breaks it"},
    {HFI_ALERT_BAD_RECORD_MAC, NULL,
     "the server could not decrypt what we sent: bytes were changed on the way (a "
     "faulty proxy, network card or attacker), or its TLS software is at fault; try "
     "another network"},
    {HFI_ALERT_RECORD_OVERFLOW, NULL,
     "the server finds a record of ours too long, though none is longer than TLS "
     "allows: something between rewrites the data, or its TLS software is at fault"},
    {HFI_ALERT_MISSING_EXTENSION, NULL,
     "the server demands a part of TLS (an extension) that was not sent: its log tells "
     "which; compare with what is allowed here"},
    {HFI_ALERT_ACCESS_DENIED, NULL,
     "the server understood us and its rules deny this client (by certificate, address "
     "or name): its operator must let it in"},
    {HFI_ALERT_DECRYPTION_FAILED, NULL,
     "the server could not decrypt what we sent, and says so by an alert that nobody "
     "may use any more: its TLS software is outdated, or bytes were changed on the way"},
    {HFI_ALERT_DECOMPRESSION_FAILURE, NULL,
     "the server speaks of compression, which was never offered: its TLS software is "
     "outdated or at fault; its operator must update it"},
    {HFI_ALERT_EXPORT_RESTRICTION, NULL,
     "the server speaks of export rules of the 1990s, by an alert that nobody may use "
     "any more: its TLS software is outdated; its operator must update it"},
    {HFI_ALERT_USER_CANCELED, NULL,
     "the server's program gave up on purpose: nothing is wrong here; try again, or "
     "ask its operator"},
    {HFI_ALERT_CERTIFICATE_REQUIRED, NULL,
     "the server lets in only clients with a certificate: configure one and its key "
     "here, of an authority that the server accepts"},
    {HFI_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE, NULL,
     "the server complains of an OCSP staple (a proof that a certificate is not "
     "revoked), though we sent none: it passes on the failure of a server behind it; "
     "its log tells"},
    {HFI_ALERT_NO_RENEGOTIATION, NULL,
     "the server does not renegotiate keys on an open connection: close this one and "
     "open another"},
};

/* Of a certificate, where none of ours was judged: CLIENT_CERTIFICATE_REJECTED tells of
 * that. */
static const char of_certificate[] =
    "the server rejects a certificate, and none of ours was shown: it passes on what a "
    "server behind it says of its own; its operator must look at its log";

static const row from_client[] = {
    {HFI_ALERT_UNKNOWN_CA, NULL,
     "the client does not trust the authority (CA) of our certificate: configure the "
     "intermediates with it here, or give the client the CA's root"},
    {HFI_ALERT_BAD_CERTIFICATE, NULL,
     "the client does not accept our certificate: most likely it asked for a name that "
     "is not in it, or the chain sent with it is wrong; the client's own message tells "
     "which"},
    {HFI_ALERT_UNSUPPORTED_CERTIFICATE, NULL,
     "the client cannot use our certificate: its key may be of a kind that the client "
     "does not know, or its usage is not for servers (serverAuth)"},
    {HFI_ALERT_CERTIFICATE_REVOKED, NULL,
     "the client knows that our certificate was revoked by its CA: replace certificate "
     "and key here"},
    {HFI_ALERT_CERTIFICATE_EXPIRED, NULL,
     "our certificate is not in date for the client: renew it and load the new one "
     "here; if its dates are right, the client's clock is wrong"},
    {HFI_ALERT_CERTIFICATE_UNKNOWN, NULL,
     "the client does not accept our certificate and does not say why: mostly it does "
     "not trust the authority, or its user clicked a warning away; the client's own "
     "message tells"},
    {HFI_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE, NULL,
     "the client does not accept the OCSP staple (a proof that our certificate is not "
     "revoked) that we send: fetch a new one here, or turn stapling off"},
    {HFI_ALERT_HANDSHAKE_FAILURE, NULL,
     "the client found nothing that it accepts in our answer: compare the cipher "
     "suites and groups that both sides allow"},
    {HFI_ALERT_PROTOCOL_VERSION, NULL,
     "the client does not accept the TLS version that was chosen: allow another here "
     "(hf_config_set_versions), or in the client"},
    {HFI_ALERT_DECRYPT_ERROR, NULL,
     "the client could not check our signature: our private key may not belong to our "
     "certificate, or something between changed bytes"},
    {HFI_ALERT_INTERNAL_ERROR, NULL,
     "the client failed for a reason of its own, not because of us: its log tells why"},
    {HFI_ALERT_BAD_RECORD_MAC, NULL,
     "the client could not decrypt what we sent: bytes were changed on the way (a "
     "faulty proxy, network card or attacker), or its TLS software is at fault"},
    {HFI_ALERT_ACCESS_DENIED, NULL,
     "the client understood us and its rules deny this server: look at the client's "
     "settings"},
    {HFI_ALERT_USER_CANCELED, NULL,
     "the client's user or program gave up on purpose: nothing is wrong here"},
    {HFI_ALERT_INSUFFICIENT_SECURITY, NULL,
     "the client demands stronger algorithms than were chosen here: allow stronger "
     "ones, or a longer key; the client's own message tells which"},
    {HFI_ALERT_RECORD_OVERFLOW, NULL,
     "the client finds a record of ours too long, though none is longer than TLS "
     "allows: something between rewrites the data, or its TLS software is at fault"},
    {HFI_ALERT_MISSING_EXTENSION, NULL,
     "the client demands a part of TLS (an extension) that our answer does not have, "
     "because it did not offer it or it is not allowed here: the client's own message "
     "tells which"},
    {HFI_ALERT_DECRYPTION_FAILED, NULL,
     "the client could not decrypt what we sent, and says so by an alert that nobody "
     "may use any more: its TLS software is outdated, or bytes were changed on the way"},
    {HFI_ALERT_DECOMPRESSION_FAILURE, NULL,
     "the client speaks of compression, which was never chosen: its TLS software is "
     "outdated or at fault, and must be updated"},
    {HFI_ALERT_EXPORT_RESTRICTION, NULL,
     "the client speaks of export rules of the 1990s, by an alert that nobody may use "
     "any more: its TLS software is outdated, and must be updated"},
    {HFI_ALERT_NO_RENEGOTIATION, NULL,
     "the client does not renegotiate keys on an open connection, which nobody asked "
     "for here: its TLS software is at fault, or something between changed bytes"},
};

/* No client has a cause for these. */
static const char of_servers[] =
    "this alert is for servers alone: the client is a proxy that passes on what the "
    "server behind it says, or its TLS software is at fault; its log tells";

static bool is_of_servers(int alert)
{
    return alert == HFI_ALERT_INAPPROPRIATE_FALLBACK ||
           alert == HFI_ALERT_UNRECOGNIZED_NAME ||
           alert == HFI_ALERT_UNKNOWN_PSK_IDENTITY ||
           alert == HFI_ALERT_CERTIFICATE_REQUIRED ||
           alert == HFI_ALERT_NO_APPLICATION_PROTOCOL;
}

/* Alerts that nobody may use any more: of SSL 3.0, and of early extensions. */
static const char of_old_clients[] =
    "the client complains of a certificate by an alert that nobody may use any more: its "
    "TLS software is outdated; its own message tells whether it does not accept ours";

static const char illegal_hello[] =
    "the other side calls our first message wrong: its TLS software is too old to skip "
    "what it does not know, or something between changed the bytes; try TLS 1.2 alone, "
    "and see its log";

static const char illegal[] =
    "the other side calls one of our messages wrong (the last one sent in the "
    "timeline): something between changed it, or one side's TLS software is at fault; "
    "report it with this record";

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

static bool is_at_hello(const hfi_report *r, hfi_role role)
{
    return role == HFI_ROLE_CLIENT && r->step != NULL && strcmp(r->step, "WAIT_SH") == 0;
}

static const char *hint_of_alert(const hfi_report *r, hfi_role role)
{
    int alert = r->alert;
    const row *found =
        role == HFI_ROLE_SERVER ? FIND(from_client, alert) : FIND(from_server, alert);

    if (found != NULL)
        return found->hint;
    if (alert == HFI_ALERT_UNEXPECTED_MESSAGE || alert == HFI_ALERT_ILLEGAL_PARAMETER ||
        alert == HFI_ALERT_DECODE_ERROR || alert == HFI_ALERT_UNSUPPORTED_EXTENSION)
        return is_at_hello(r, role) ? illegal_hello : illegal;
    if (is_of_certificate(alert))
        return role == HFI_ROLE_CLIENT ? of_certificate : of_old_clients;
    return role == HFI_ROLE_SERVER && is_of_servers(alert) ? of_servers : NULL;
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
        hint = hint_of_alert(r, role);
    else if (hfi_view_case(r, role) != NULL)
        hint = hfi_view_case(r, role);
    return hint != NULL ? hint : hfi_err_lookup((int)r->code)->hint;
}
