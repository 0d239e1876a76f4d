/* tests/bogo/checks.c: is what was agreed what the runner expects? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

static bool number_is(const char *what, int expected, int got)
{
    return expected == 0 || expected == got ||
           shim_complain("%s: %04x, expected %04x", what, (unsigned)got,
                         (unsigned)expected);
}

static bool flag_is(const char *what, bool expected, bool got)
{
    return expected == got ||
           shim_complain("%s: %s, expected the opposite", what, got ? "yes" : "no");
}

static bool bytes_are(const char *what, const shim_bytes *expected, const uint8_t *bytes,
                      size_t len)
{
    return !expected->given ||
           (expected->len == len &&
            (len == 0 || memcmp(expected->bytes, bytes, len) == 0)) ||
           shim_complain("%s: %zu bytes, other than the %zu expected", what, len,
                         expected->len);
}

/* ---- certificates ---- */

/* The base64 body of PEM against DER: without a decoder of its own, this check turns the
 * DER into text. */
static size_t encode_base64(const uint8_t *der, size_t len, char *out)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = 0;

    for (size_t i = 0; i < len; i += 3) {
        uint32_t v = (uint32_t)der[i] << 16 |
                     (i + 1 < len ? (uint32_t)der[i + 1] << 8 : 0) |
                     (i + 2 < len ? (uint32_t)der[i + 2] : 0);
        out[n++] = digits[v >> 18 & 63];
        out[n++] = digits[v >> 12 & 63];
        out[n++] = i + 1 < len ? digits[v >> 6 & 63] : '=';
        out[n++] = i + 2 < len ? digits[v & 63] : '=';
    }
    return n;
}

/* The next certificate of a PEM file as one line; NULL: no more. */
static char *next_body(char **text)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    char *start = strstr(*text, begin);
    char *end = start != NULL ? strstr(start, "-----END") : NULL;

    if (end == NULL)
        return NULL;
    start += sizeof begin - 1;
    char *to = start;
    for (char *from = start; from < end; from++) {
        if (*from != '\n' && *from != '\r')
            *to++ = *from;
    }
    *text = end + 1;
    *to = '\0';
    return start;
}

static bool chain_is(const shim_state *state, char *text)
{
    size_t count = hf_conn_peer_certificate_count(state->conn);
    size_t i = 0;

    for (char *body = next_body(&text); body != NULL; body = next_body(&text), i++) {
        size_t len = 0;
        const uint8_t *der = hf_conn_get0_peer_der(state->conn, i, &len);
        if (der == NULL) /* a resumed session keeps the leaf alone */
            return (i == 1 && hf_conn_session_reused(state->conn)) ||
                   shim_complain("the peer sent %zu certificates, too few", count);
        char *encoded = malloc(4 * len / 3 + 5);
        if (encoded == NULL)
            return false;
        encoded[encode_base64(der, len, encoded)] = '\0';
        bool same = strcmp(encoded, body) == 0;
        free(encoded);
        if (!same)
            return shim_complain("certificate %zu is another than expected", i);
    }
    return i == count ||
           shim_complain("the peer sent %zu certificates, not %zu", count, i);
}

/* The runner counts what its flags number; the plain flags' certificate has no number. */
static bool check_credential(const shim_state *state)
{
    int index = hf_conn_certificate_index(state->conn);

    if (index == (int)state->o->credential_count)
        index = -1;
    return !state->o->expect_credential ||
           index == state->o->expect_selected_credential ||
           shim_complain("certificate %d was shown, expected %d", index,
                         state->o->expect_selected_credential);
}

static bool check_certificates(const shim_state *state)
{
    const shim_options *o = state->o;
    size_t len = 0;
    const uint8_t *response = hf_conn_get0_ocsp_response(state->conn, &len);

    bool reused = hf_conn_session_reused(state->conn) == 1;
    /* By the callback; a client that shows nothing has nothing to verify. */
    bool accepted = o->verify_peer && !o->verify_fail;
    if (o->server && hf_conn_peer_certificate_count(state->conn) == 0)
        accepted = true;
    if (!reused && !bytes_are("OCSP response", &o->expect_ocsp_response, response, len))
        return false;
    if (o->expect_verify_result &&
        !flag_is("verified", !o->verify_fail,
                 accepted || hf_conn_verify_result(state->conn) == 0))
        return false;
    if ((!o->server || o->require_client_certificate) &&
        hf_conn_peer_certificate_count(state->conn) == 0)
        return shim_complain("the peer has no certificate");
    if (o->expect_peer_cert_file == NULL)
        return true;
    uint8_t *text = shim_read_file(o->expect_peer_cert_file, &len);
    bool good = text != NULL && chain_is(state, (char *)text);
    free(text);
    return good;
}

/* ---- sessions and early data ---- */

static bool check_session(const shim_state *state)
{
    const shim_options *o = state->o;
    bool reused = hf_conn_session_reused(state->conn) == 1;

    if (!flag_is("resumed", state->resuming && !o->expect_session_miss, reused))
        return false;
    if (o->server && !state->resuming && o->expect_session_id && state->stored == 0)
        return shim_complain("the server did not store the session");
    if (o->server && !state->resuming && o->expect_no_session_id && state->stored != 0)
        return shim_complain("the server stored the session");
    if (o->server || o->implicit_handshake || hf_conn_version(state->conn) >= 0x0304)
        return true;
    return flag_is("new session",
                   !o->expect_no_session && (!reused || o->expect_ticket_renewal),
                   state->sessions != 0);
}

/* Of the connection before: what a server compares a session with. */
static struct {
    uint8_t alpn[255];
    size_t alpn_len;
    bool early_data;
} before;

static void remember(const shim_state *state)
{
    const uint8_t *name = hf_conn_get0_alpn(state->conn, &before.alpn_len);

    if (before.alpn_len != 0)
        memcpy(before.alpn, name, before.alpn_len);
    before.early_data = state->o->early_data;
}

static bool protocol_changed(const shim_state *state)
{
    size_t len = 0;
    const uint8_t *name = hf_conn_get0_alpn(state->conn, &len);

    return len != before.alpn_len || (len != 0 && memcmp(name, before.alpn, len) != 0);
}

/* The runner's words for why early data was or was not taken, from what is known. */
static const char *early_data_reason(const shim_state *state)
{
    int status = hf_conn_early_data_status(state->conn);
    bool reused = hf_conn_session_reused(state->conn) == 1;

    if (status == HF_EARLY_DATA_ACCEPTED)
        return "accept";
    if (!state->o->early_data)
        return "disabled";
    if (hf_conn_version(state->conn) < 0x0304)
        return "protocol_version";
    if (!state->resuming)
        return "no_session_offered";
    if (state->o->server && !reused)
        return "session_not_resumed";
    if (!before.early_data)
        return "unsupported_for_session";
    if (protocol_changed(state) && (state->o->server || status == HF_EARLY_DATA_NOT_SENT))
        return "alpn_mismatch";
    if (hf_conn_hello_retried(state->conn))
        return "hello_retry_request";
    if (!reused)
        return "session_not_resumed";
    return status == HF_EARLY_DATA_REJECTED ? "peer_declined" : "unsupported_for_session";
}

static bool check_early_data(const shim_state *state)
{
    const shim_options *o = state->o;
    int status = hf_conn_early_data_status(state->conn);

    if (o->expect_accept_early_data && status != HF_EARLY_DATA_ACCEPTED)
        return shim_complain("early data was not accepted");
    if (o->expect_reject_early_data && status == HF_EARLY_DATA_ACCEPTED)
        return shim_complain("early data was accepted");
    if (o->expect_no_offer_early_data && state->resuming &&
        status != HF_EARLY_DATA_NOT_SENT)
        return shim_complain("early data was offered");
    const char *expected = o->expect_early_data_reason;
    const char *reason = early_data_reason(state);
    return expected == NULL || strcmp(expected, reason) == 0 ||
           shim_complain("early data: %s, expected %s", reason, expected);
}

/* ---- the rest ---- */

static bool check_alpn(const shim_state *state)
{
    const char *expected =
        state->o->server ? state->o->select_alpn : state->o->expect_alpn;
    size_t len = 0;
    const uint8_t *name = hf_conn_get0_alpn(state->conn, &len);

    if (expected == NULL)
        expected = "";
    return (strlen(expected) == len && (len == 0 || memcmp(expected, name, len) == 0)) ||
           shim_complain("the application protocol is not \"%s\"", expected);
}

bool shim_check_handshake(shim_state *state)
{
    const shim_options *o = state->o;
    const hf_conn *conn = state->conn;
    bool retried = hf_conn_hello_retried(conn) == 1;
    bool reused = hf_conn_session_reused(conn) == 1; /* then it tells less of the first */

    if (!check_credential(state) || !check_certificates(state) || !check_session(state) ||
        !check_early_data(state) || !check_alpn(state))
        return false;
    if ((o->expect_hrr && !retried) || (o->expect_no_hrr && retried))
        return shim_complain("HelloRetryRequest: %s", retried ? "came" : "did not come");
    return number_is("version", o->expect_version, hf_conn_version(conn)) &&
           number_is("cipher suite", o->expect_cipher, hf_conn_cipher_suite(conn)) &&
           (reused || number_is("signature algorithm", o->expect_signature_algorithm,
                                hf_conn_signature_algorithm(conn))) &&
           ((reused && hf_conn_group(conn) == 0) ||
            number_is("group", o->expect_curve, hf_conn_group(conn)));
}

static int event_line(const hf_conn *conn, size_t index, char *line, size_t size)
{
    int kind, direction, what;

    if (!hf_trace_event(conn, index, &kind, &direction, &what, NULL, NULL, NULL, NULL))
        return -1;
    const char *verb = direction == HF_DIRECTION_SENT ? "write" : "read";
    if (kind == HF_TRACE_MESSAGE)
        return snprintf(line, size, "%s hs %d\n", verb, what);
    if (kind == HF_TRACE_ALERT)
        return snprintf(line, size, "%s alert %d %d\n", verb, what == 0 ? 1 : 2, what);
    if (kind == HF_TRACE_CHANGE_CIPHER_SPEC)
        return snprintf(line, size, "%s ccs\n", verb);
    line[0] = '\0';
    return 0;
}

static bool check_messages(const shim_state *state)
{
    char text[2048] = "";
    size_t used = 0;

    if (state->o->expect_msg_callback == NULL)
        return true;
    for (size_t i = 0; i < hf_trace_count(state->conn); i++) {
        int n = event_line(state->conn, i, text + used, sizeof text - used);
        if (n < 0 || (size_t)n >= sizeof text - used)
            break;
        used += (size_t)n;
    }
    return strcmp(text, state->o->expect_msg_callback) == 0 ||
           shim_complain("messages: expected\n%sgot\n%s", state->o->expect_msg_callback,
                         text);
}

bool shim_check_end(const shim_state *state)
{
    const shim_options *o = state->o;

    remember(state);
    if (!check_messages(state))
        return false;
    if (o->server || hf_conn_version(state->conn) < 0x0304)
        return true;
    bool expected = !o->expect_no_session && !o->shim_shuts_down;
    if (!flag_is("new session", expected, state->sessions != 0))
        return false;
    return !expected || flag_is("ticket for early data", o->expect_ticket_early_data,
                                hf_session_max_early_data(state->session) != 0);
}
