/* engine/conn/conn.c: a connection's life: begin, fail, establish, end. */
#include "conn/conn.h"

#include "base/ct.h"
#include "conn/internal.h"
#include "handshake/machine.h"
#include "handshake/server_session.h"

void hfi_conn_init(hfi_conn *c, const hfi_settings *settings, void *owner)
{
    c->settings = settings;
    c->owner = owner;
    c->verify_name = settings->verify_name;
    c->report.alert = HFI_ALERT_NONE;
    c->step = "START";
}

static void drop_handshake(hfi_conn *c)
{
    if (c->hs == NULL)
        return;
    hfi_hs_free(c->hs);
    hfi_alloc_release(&c->settings->alloc, c->hs);
    c->hs = NULL;
}

/* Everything that a handshake left; the owner's wishes stay. */
static void drop_all(hfi_conn *c)
{
    const hfi_alloc *a = &c->settings->alloc;

    drop_handshake(c);
    hfi_record_keys_clear(&c->keys_in, a);
    hfi_record_keys_clear(&c->keys_out, a);
    hfi_alloc_release_secret(a, c->in, c->in_cap);
    hfi_alloc_release(a, c->out);
    hfi_alloc_release_secret(a, c->message, c->message_cap);
    hfi_conn_drop_held(c);
    hfi_alloc_release(a, c->chain.certs);
    hfi_alloc_release(a, c->chain.staple);
    hfi_alloc_release(a, c->chain.scts);
    hfi_alloc_release(a, c->agreed.server_name);
    hfi_alloc_release(a, c->agreed.alpn);
    hfi_session_free(c->new_session);
    hfi_session_free(c->resumed);
    hfi_report_reset(&c->report, a);
}

void hfi_conn_reset(hfi_conn *c)
{
    hfi_conn kept = *c;

    drop_all(c);
    hfi_wipe(c, sizeof *c);
    hfi_conn_init(c, kept.settings, kept.owner);
    c->options = kept.options;
    memcpy(c->hostnames, kept.hostnames, sizeof c->hostnames);
    c->hostname_count = kept.hostname_count;
    c->server_name = kept.server_name;
    c->verify_name = kept.verify_name;
    c->alpn = kept.alpn;
    c->session = kept.session;
    c->timeout = kept.timeout;
    c->early_data = kept.early_data;
    c->psk = kept.psk;
    c->credentials = kept.credentials;
    c->shutdown_quietly = kept.shutdown_quietly;
    hfi_wipe(&kept, sizeof kept);
}

void hfi_conn_free(hfi_conn *c)
{
    if (c->settings == NULL)
        return;
    drop_all(c);
    hfi_session_free(c->session);
    hfi_wipe(c, sizeof *c);
}

const char *hfi_conn_step(const hfi_conn *c)
{
    return c->hs != NULL ? hfi_machine_state_name(c->hs) : c->step;
}

/* An alert that cannot be queued any more is not worth a second failure. */
static void send_alert(hfi_conn *c, hfi_alert alert)
{
    if (alert == HFI_ALERT_NONE || c->close_sent)
        return;
    if (c->hs != NULL && hfi_machine_protect_alert(c->hs) != HFI_OK)
        return;
    if (hfi_conn_queue_alert(c, 2, alert) != HFI_OK)
        return;
    c->report.alert = alert;
    c->report.alert_level = 2;
    c->report.alert_direction = HFI_DIRECTION_SENT;
}

/* Who has only seen an id on the way proves nothing by it: until the client's Finished of
 * a resumption, the session is not its to end. */
static void end_stored_session(hfi_conn *c)
{
    hfi_view id = hfi_view_of(c->resumption, c->stored ? HFI_STORE_ID : 0);

    if (c->hs != NULL && !c->agreed.resumed)
        id = hfi_server12_stored_id(c->hs);
    hfi_server_forget_session(c->settings, c->owner, id);
}

/* RFC 5246 7.2.2: what ended with a fatal alert, of either side, is not resumed.  A
 * session of TLS 1.3 is not tied to its connection like that. */
static void end_session(hfi_conn *c)
{
    if (c->agreed.version != 0x0303 || c->report.alert_level != 2)
        return;
    if (c->role == HFI_ROLE_SERVER) {
        end_stored_session(c);
        return;
    }
    hfi_session_end(c->new_session);
    hfi_session_free(c->new_session);
    c->new_session = NULL;
    if (c->agreed.resumed)
        hfi_session_end(c->session);
}

static hfi_err fail(hfi_conn *c, hfi_err code, hfi_alert alert)
{
    if (c->phase == HFI_PHASE_FAILED)
        return c->report.code;
    (void)hfi_report_fail(&c->report, code);
    c->step = hfi_conn_step(c);
    c->report.step = c->step;
    c->report.message = c->message_name;
    hfi_conn_keep_offers(c);
    if (c->phase != HFI_PHASE_BEFORE)
        send_alert(c, alert);
    end_session(c);
    c->report.bytes_in = c->bytes_in;
    c->report.bytes_out = c->bytes_out;
    c->phase = HFI_PHASE_FAILED;
    drop_handshake(c);
    hfi_wipe(c->secret_in, sizeof c->secret_in);
    hfi_wipe(c->secret_out, sizeof c->secret_out);
    return code;
}

hfi_err hfi_conn_fail(hfi_conn *c, hfi_err code)
{
    return fail(c, code, hfi_err_lookup(code)->alert);
}

hfi_err hfi_conn_abort(hfi_conn *c, hfi_alert alert)
{
    return fail(c, HFI_E_ABORTED, alert);
}

hfi_err hfi_conn_transport_failed(hfi_conn *c, hfi_err code, int transport_errno)
{
    if (c->phase != HFI_PHASE_FAILED)
        c->report.transport_errno = transport_errno;
    return hfi_conn_fail(c, code);
}

/* RFC 8446 4.6.1: tickets come after the client's certificate was judged; a server may
 * send data before, but hardly any does when it asks for a certificate. */
bool hfi_conn_awaits_verdict(const hfi_conn *c)
{
    return c->phase == HFI_PHASE_OPEN && c->role == HFI_ROLE_CLIENT &&
           (c->options & HFI_OPTION_WAIT_FOR_VERDICT) != 0 &&
           c->agreed.version == 0x0304 && c->agreed.certificate_requested &&
           c->tickets == 0 && !c->received_data && !c->close_received;
}

int64_t hfi_conn_time_left(const hfi_conn *c)
{
    bool lasts = c->phase == HFI_PHASE_HANDSHAKE || hfi_conn_awaits_verdict(c) ||
                 (c->phase == HFI_PHASE_OPEN && c->finishing);

    if (c->timeout <= 0 || !lasts)
        return -1;
    int64_t passed = hfi_conn_now(c) - c->started;
    return passed >= c->timeout ? 0 : c->timeout - passed;
}

/* ---- beginning ---- */

static hfi_err check_wishes(const hfi_conn *c)
{
    const hfi_settings *s = c->settings;

    if (!s->verify_chain || c->psk != NULL)
        return HFI_OK;
    if (c->verify_name && c->hostname_count == 0)
        return HFI_E_NAME_NOT_SET;
    if (s->store == NULL || hfi_trust_store_count(s->store) == 0)
        return HFI_E_TRUST_STORE_EMPTY;
    return HFI_OK;
}

static hfi_err make_handshake(hfi_conn *c)
{
    hfi_hs *hs = hfi_alloc_zeroed(&c->settings->alloc, sizeof *hs);

    if (hs == NULL)
        return HFI_E_NO_MEMORY;
    hs->settings = c->settings;
    hs->wishes = (hfi_hs_wishes){
        .hostnames = c->hostnames,
        .hostname_count = c->hostname_count,
        .server_name = c->server_name,
        .alpn = c->alpn.len != 0 ? c->alpn : c->settings->alpn,
        .verify_name = c->verify_name,
        .options = c->options,
        .compatible = (c->options & HFI_OPTION_NO_MIDDLEBOX_COMPAT) == 0,
        .session = c->session,
        .early_data = c->early_data,
        .psk = c->psk,
        .credentials = c->credentials != NULL ? c->credentials : c->settings->credentials,
        .owner = c->owner,
    };
    hs->sink = hfi_conn_sink(c);
    hs->agreed = &c->agreed;
    hs->chain = &c->chain;
    hs->report = &c->report;
    c->hs = hs;
    return HFI_OK;
}

hfi_err hfi_conn_start_client(hfi_conn *c)
{
    hfi_err err = check_wishes(c);
    if (err == HFI_OK)
        err = make_handshake(c);
    if (err != HFI_OK)
        return hfi_conn_fail(c, err);

    c->role = HFI_ROLE_CLIENT;
    c->phase = HFI_PHASE_HANDSHAKE;
    c->started = hfi_conn_now(c);
    hfi_hs_enter_tls13_client(c->hs);
    err = hfi_machine_go(c->hs);
    if (err == HFI_OK && c->agreed.early_data == HFI_EARLY_OFFERED)
        c->early_left = hfi_session_get(c->session)->max_early_data;
    return err == HFI_OK ? HFI_OK : hfi_conn_fail(c, err);
}

/* A server without a certificate of its own may have pre-shared keys. */
hfi_err hfi_conn_server_problem(const hfi_conn *c)
{
    const hfi_settings *s = c->settings;
    const hfi_credentials *own = c->credentials != NULL ? c->credentials : s->credentials;

    if ((own == NULL || own->count == 0) && s->choose_certificate == NULL &&
        s->client_hello == NULL && s->find_psk == NULL)
        return HFI_E_SERVER_CERTIFICATE_NOT_SET;
    if (s->client_auth != HFI_CLIENT_AUTH_NONE && s->verify_chain &&
        (s->store == NULL || hfi_trust_store_count(s->store) == 0))
        return HFI_E_TRUST_STORE_EMPTY;
    return HFI_OK;
}

hfi_err hfi_conn_start_server(hfi_conn *c)
{
    hfi_err err = hfi_conn_server_problem(c);
    if (err == HFI_OK)
        err = make_handshake(c);
    if (err != HFI_OK)
        return hfi_conn_fail(c, err);

    c->role = HFI_ROLE_SERVER;
    c->phase = HFI_PHASE_HANDSHAKE;
    c->started = hfi_conn_now(c);
    hfi_hs_enter_tls13_server(c->hs);
    return HFI_OK;
}

static void keep_secrets(hfi_conn *c)
{
    const hfi_keys *keys = &c->hs->keys;
    hfi_side own = c->hs->side;
    hfi_side peer = own == HFI_CLIENT ? HFI_SERVER : HFI_CLIENT;

    memcpy(c->secret_in, keys->application[peer], sizeof c->secret_in);
    memcpy(c->secret_out, keys->application[own], sizeof c->secret_out);
    memcpy(c->exporter, keys->exporter, sizeof c->exporter);
    memcpy(c->resumption, keys->resumption, sizeof c->resumption);
}

static void keep_secrets_tls12(hfi_conn *c)
{
    memcpy(c->exporter, c->hs->tls12.master, sizeof c->exporter);
    memcpy(c->randoms[HFI_CLIENT], c->hs->client_random, 32);
    memcpy(c->randoms[HFI_SERVER], c->hs->server_random, 32);
    if (c->role == HFI_ROLE_SERVER) {
        hfi_view id = hfi_server12_stored_id(c->hs);
        c->stored = id.len != 0;
        if (c->stored)
            memcpy(c->resumption, id.p, id.len);
    }
}

/* A server tells later whose session it was, and keeps the certificate for that, but not
 * the secret: early data could be read with it for as long as the connection lasts. */
static void keep_resumed(hfi_conn *c)
{
    hfi_session **session = &c->hs->as.server.session;

    if (c->role != HFI_ROLE_SERVER || *session == NULL ||
        hfi_session_get(*session)->leaf.len == 0)
        return;
    hfi_session_drop_secret(*session);
    c->resumed = *session;
    *session = NULL;
}

void hfi_conn_establish(hfi_conn *c)
{
    keep_resumed(c);
    c->hash = c->hs->suite.hash;
    c->aead = c->hs->suite.aead;
    if (c->agreed.version == 0x0303)
        keep_secrets_tls12(c);
    else
        keep_secrets(c);
    c->step = hfi_machine_state_name(c->hs);
    c->phase = HFI_PHASE_OPEN;
    c->finishing = c->out_end != c->out_start;
    c->message_name = NULL;
    hfi_conn_note_decisions(c);
    drop_handshake(c);
}

/* ---- pauses ---- */

void hfi_conn_set_settings(hfi_conn *c, const hfi_settings *settings)
{
    c->settings = settings;
    if (c->hs == NULL)
        return;
    c->hs->settings = settings;
    if (c->alpn.len == 0)
        c->hs->wishes.alpn = settings->alpn;
    if (c->credentials == NULL)
        c->hs->wishes.credentials = settings->credentials;
}

hfi_view hfi_conn_client_hello(const hfi_conn *c)
{
    if (c->role != HFI_ROLE_SERVER || c->hs == NULL || c->agreed.version != 0)
        return hfi_view_of(NULL, 0);
    return hfi_view_of(c->hs->transcript.kept, c->hs->transcript.kept_len);
}

hfi_view hfi_conn_certificate_request(const hfi_conn *c)
{
    if (c->role != HFI_ROLE_CLIENT || c->hs == NULL || c->hs->auth.request == NULL)
        return hfi_view_of(NULL, 0);
    return hfi_view_of(c->hs->auth.request, c->hs->auth.request_len);
}

void hfi_conn_set_credentials(hfi_conn *c, const hfi_credentials *own)
{
    c->credentials = own;
    if (c->hs != NULL)
        c->hs->wishes.credentials = own;
}

int hfi_conn_pause_reason(const hfi_conn *c)
{
    return c->paused && c->hs != NULL ? (int)c->hs->pause : (int)HFI_PAUSE_NONE;
}

hfi_view hfi_conn_to_sign(const hfi_conn *c, uint16_t *scheme)
{
    *scheme = 0;
    if (hfi_conn_pause_reason(c) != HFI_PAUSE_SIGNATURE)
        return hfi_view_of(NULL, 0);
    const hfi_hs_auth *auth = &c->hs->auth;
    *scheme = auth->sign_scheme->id;
    return hfi_view_of(auth->to_sign, auth->to_sign_len);
}

hfi_err hfi_conn_give_signature(hfi_conn *c, hfi_view signature)
{
    if (hfi_conn_pause_reason(c) != HFI_PAUSE_SIGNATURE || c->hs->auth.signature != NULL)
        return HFI_E_SIGNATURE_NOT_WANTED;
    hfi_hs_auth *auth = &c->hs->auth;
    auth->signature = hfi_alloc_copy(&c->settings->alloc, signature.p, signature.len);
    auth->signature_len = signature.len;
    return auth->signature == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

/* ---- asking ---- */

static const hfi_session *session_resumed(const hfi_conn *c)
{
    if (c->role == HFI_ROLE_SERVER)
        return c->resumed;
    return c->agreed.resumed ? c->session : NULL;
}

size_t hfi_conn_certificate_count(const hfi_conn *c)
{
    const hfi_session *before = session_resumed(c);

    if (c->chain.count != 0 || before == NULL)
        return c->chain.count;
    return hfi_session_get(before)->leaf.len != 0 ? 1 : 0;
}

hfi_view hfi_conn_certificate(const hfi_conn *c, size_t index)
{
    if (index >= hfi_conn_certificate_count(c))
        return hfi_view_of(NULL, 0);
    return c->chain.count != 0 ? c->chain.certs[index]
                               : hfi_session_get(session_resumed(c))->leaf;
}

hfi_err hfi_conn_export(const hfi_conn *c, hfi_view label, hfi_view context, uint8_t *out,
                        size_t len)
{
    bool fits;

    if (c->phase != HFI_PHASE_OPEN)
        return HFI_E_NOT_CONNECTED;
    if (c->agreed.version == 0x0303)
        fits = hfi_tls12_export(
            c->hash, c->exporter, hfi_view_of(c->randoms[HFI_CLIENT], 32),
            hfi_view_of(c->randoms[HFI_SERVER], 32), label, context, out, len);
    else
        fits = hfi_keys_export(c->hash, c->exporter, label, context, out, len);
    return fits ? HFI_OK : HFI_E_INVALID_ARGUMENT;
}
