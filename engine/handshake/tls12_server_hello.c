/* engine/handshake/tls12_server_hello.c: a TLS 1.2 server resumes or chooses, and says so
 * in its ServerHello.  RFC 5246 7.4.1; RFC 5077 3; RFC 7627 5; RFC 8422 4, 5.1. */
#include "handshake/ext/registry.h"
#include "handshake/server.h"
#include "handshake/server_session.h"
#include "handshake/tls12_server.h"

/* ---- sessions ---- */

/* Resumption keeps the suite (RFC 5246 7.4.1.3).  It must be what a new session with this
 * kind of certificate would get: a better one that both sides have learnt counts more. */
static bool suite_holds(const hfi_hs *hs, const hfi_session_fields *f, hfi_suite *suite)
{
    hfi_suite before;

    return f->psk_len == HFI_MASTER_SECRET &&
           hfi_suite_find(hs->settings->crypto, f->suite, &before) != NULL &&
           before.version == 0x0303 &&
           hfi_server_find_suite(hs, before.auth, NULL, suite) && suite->id == before.id;
}

/* RFC 5077 3.4: beside a ticket the session id says nothing. */
static bool by_ticket(const hfi_hs *hs)
{
    return hs->as.server.ticket.len != 0 && hfi_server_gives_tickets(hs);
}

static hfi_err find_session(hfi_hs *hs, hfi_session **out, bool *renew)
{
    const hfi_hs_server *server = &hs->as.server;

    *renew = false;
    if (by_ticket(hs))
        return hfi_server_open_ticket(hs, server->ticket, out, renew);
    return hfi_server_look_up(hs, hfi_view_of(server->session_id, server->session_id_len),
                              out);
}

/* RFC 7627 5.3: a session with the extended master secret is never resumed without it;
 * the other way round a new one is made. */
static hfi_err take_session(hfi_hs *hs, hfi_session *session, bool renew)
{
    const hfi_session_fields *f = hfi_session_get(session);
    hfi_hs_tls12 *t = &hs->tls12;
    hfi_suite suite;

    if (f->extended_master && !t->extended_master)
        return HFI_E_RESUMPTION_CHANGED_MASTER;
    if (f->extended_master != t->extended_master || !suite_holds(hs, f, &suite))
        return HFI_OK;
    hs->suite = suite;
    hs->agreed->suite = suite.id;
    hs->agreed->resumed = true;
    hs->agreed->verify_done = f->verified;
    hs->agreed->verify_result = f->verify_result;
    memcpy(t->master, f->psk, sizeof t->master);
    t->resumed = true;
    t->ticket_expected = t->ticket_expected && renew;
    hs->as.server.session = hfi_session_up_ref(session);
    return HFI_OK;
}

hfi_err hfi_server12_resume(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_hs_tls12 *t = &hs->tls12;
    hfi_session *session = NULL;
    bool renew;

    if (!t->extended_master &&
        (hs->wishes.options & HFI_OPTION_ALLOW_PLAIN_MASTER_SECRET) == 0)
        return HFI_E_EXTENDED_MASTER_SECRET_MISSING;
    hfi_err err = find_session(hs, &session, &renew);
    if (err != HFI_OK)
        return err;
    t->ticket_expected =
        hfi_ext_is_offered(hs, HFI_EXT_SESSION_TICKET) && hfi_server_gives_tickets(hs);
    if (session != NULL)
        err = take_session(hs, session, renew);
    t->stored = t->resumed && !by_ticket(hs);
    hfi_session_free(session);
    return err;
}

/* ---- the choice ---- */

static hfi_suite_auth auth_of(const hfi_credential *c)
{
    hfi_key_type type = c->leaf_key.type;

    return type == HFI_KEY_RSA || type == HFI_KEY_RSA_PSS ? HFI_AUTH_RSA : HFI_AUTH_ECDSA;
}

/* The certificate is chosen among the kinds that a shared suite can use, and then the
 * suite for it: the name counts more than our order of suites. */
static hfi_err choose_suite(hfi_hs *hs)
{
    bool ecdsa = hfi_server_find_suite(hs, HFI_AUTH_ECDSA, NULL, &hs->suite);
    bool rsa = hfi_server_find_suite(hs, HFI_AUTH_RSA, NULL, &hs->suite);

    if (!ecdsa && !rsa)
        return HFI_E_NO_COMMON_SUITE;
    if (!hfi_server_choose_credential(hs, ecdsa && rsa ? HFI_AUTH_ANY
                                          : ecdsa      ? HFI_AUTH_ECDSA
                                                       : HFI_AUTH_RSA))
        return HFI_E_NO_COMMON_SIGNATURE_ALGORITHM;
    (void)hfi_server_find_suite(hs, auth_of(hs->auth.credential), NULL, &hs->suite);
    hs->agreed->suite = hs->suite.id;
    return HFI_OK;
}

hfi_err hfi_server12_choose(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_err err = hfi_server_ask_certificate(hs);
    if (err != HFI_OK)
        return err;
    if (!hfi_server_choose_group(hs))
        return HFI_E_NO_COMMON_GROUP;
    hs->tls12.group = hs->as.server.group;
    hs->agreed->group = hs->tls12.group->id;
    return choose_suite(hs);
}

/* ---- ServerHello ---- */

/* RFC 5077 3.4: with a ticket to come, none is needed; an id of the client's that is not
 * resumed must not come back. */
static hfi_err make_session_id(hfi_hs *hs)
{
    const hfi_random *random = &hs->settings->random;
    const hfi_hs_server *server = &hs->as.server;
    hfi_hs_tls12 *t = &hs->tls12;

    if (t->resumed) {
        memcpy(t->session_id, server->session_id, server->session_id_len);
        t->session_id_len = server->session_id_len;
        return HFI_OK;
    }
    if (t->ticket_expected || !hfi_server_has_store(hs))
        return HFI_OK;
    if (!random->fill(random->ctx, t->session_id, HFI_STORE_ID))
        return HFI_E_RANDOM_FAILED;
    t->session_id_len = HFI_STORE_ID;
    return HFI_OK;
}

bool hfi_server12_asks_certificate(const hfi_hs *hs)
{
    return hs->settings->client_auth != HFI_CLIENT_AUTH_NONE && !hs->tls12.resumed;
}

hfi_err hfi_server12_send_hello(hfi_hs *hs, hfi_view body)
{
    (void)body;
    hfi_hs_tls12 *t = &hs->tls12;

    hfi_err err = hfi_server_choose_alpn(hs);
    if (err == HFI_OK)
        err = hfi_server_draw_random(hs);
    if (err == HFI_OK)
        err = make_session_id(hs);
    if (err != HFI_OK)
        return err;
    if (hfi_server12_asks_certificate(hs))
        hfi_transcript_keep(&hs->transcript); /* CertificateVerify signs the messages */
    return hfi_server_send_hello(hs, hfi_view_of(t->session_id, t->session_id_len));
}
