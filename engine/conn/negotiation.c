/* engine/conn/negotiation.c: what both sides said, put together once a handshake has
 * failed: what we offer, by the settings, and what the peer demanded or chose, by the
 * message at hand and by what was agreed before it.  RFC 8446 4.1, 4.2.
 *
 * Nothing is kept for it while all goes well.  The message has often failed because it is
 * wrong: what cannot be read is not told. */
#include "conn/internal.h"
#include "handshake/demand.h"
#include "msg/certificate_verify.h"
#include "msg/server_hello.h"
#include "msg/tls12.h"
#include "msg/types.h"
#include "pki/text.h"
#include "wire/reader.h"

static hfi_negotiation *negotiation_of(hfi_conn *c)
{
    hfi_report *r = &c->report;

    if (r->negotiation == NULL)
        r->negotiation = hfi_alloc_zeroed(&c->settings->alloc, sizeof *r->negotiation);
    return r->negotiation;
}

/* ---- ours ---- */

static void say_own(const hfi_conn *c, hfi_said *own)
{
    const hfi_settings *s = c->settings;
    hfi_reader alpn = hfi_reader_of(c->alpn.len != 0 ? c->alpn : s->alpn);
    hfi_suite suite;

    for (uint16_t version = 0x0304; version >= 0x0303; version--) {
        if (hfi_settings_allow(s, version))
            hfi_said_add(own, &own->versions, version);
    }
    for (size_t i = 0; i < s->suite_count; i++) {
        if (hfi_suite_find(s->crypto, s->suites[i], &suite) != NULL &&
            hfi_settings_allow(s, suite.version))
            hfi_said_add(own, &own->suites, suite.id);
    }
    for (size_t i = 0; i < s->group_count; i++)
        hfi_said_add(own, &own->groups, s->groups[i]);
    for (size_t i = 0; i < s->scheme_count; i++)
        hfi_said_add(own, &own->schemes, s->schemes[i]);
    while (hfi_reader_more(&alpn))
        hfi_said_add_alpn(own, hfi_read_vec8(&alpn, 1, 255));
}

/* What the ClientHello had beside the settings' lists; which shares it had is not known
 * any more when the server has chosen one. */
static void say_own_hello(const hfi_conn *c, hfi_said *own)
{
    const hfi_hs_client *client = c->hs != NULL ? &c->hs->as.client : NULL;

    hfi_said_set_name(own, c->server_name);
    own->early_data = c->agreed.early_data != HFI_EARLY_NONE;
    if (client == NULL)
        return;
    own->identities = client->psk_offered ? 1 : 0;
    if (!hfi_settings_allow(c->settings, 0x0304))
        return;
    hfi_said_add(own, &own->psk_modes, 1);
    if (client->group != NULL && c->agreed.version == 0)
        hfi_said_add(own, &own->shares, client->group->id);
    if (client->curve != NULL && c->agreed.version == 0)
        hfi_said_add(own, &own->shares, client->curve->id);
}

/* ---- the peer's ---- */

/* A list of pairs of bytes. */
static void say_list(hfi_said *said, hfi_said_list *list, hfi_view pairs)
{
    hfi_reader r = hfi_reader_of(pairs);

    while (hfi_reader_more(&r))
        hfi_said_add(said, list, hfi_read_u16(&r));
}

static void say_alpn(hfi_said *said, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_reader names = hfi_reader_of(hfi_read_vec16(&r, 0, 65535));

    while (hfi_reader_more(&names))
        hfi_said_add_alpn(said, hfi_read_vec8(&names, 0, 255));
}

/* The first two bytes. */
static uint16_t number_in(hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    return hfi_read_u16(&r);
}

/* The extensions of a message of the server. */
static void say_answer(hfi_said *peer, const hfi_extension_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const hfi_extension *e = &list->items[i];
        if (e->type == HFI_EXT_SUPPORTED_VERSIONS)
            hfi_said_add(peer, &peer->versions, number_in(e->body));
        else if (e->type == HFI_EXT_KEY_SHARE)
            hfi_said_add(peer, &peer->groups, number_in(e->body));
        else if (e->type == HFI_EXT_ALPN)
            say_alpn(peer, e->body);
    }
}

static void say_server_hello(hfi_said *peer, hfi_view body)
{
    hfi_server_hello hello;
    hfi_extension_list list;

    if (hfi_msg_read_server_hello(body, &hello) != HFI_OK)
        return;
    hfi_said_add(peer, &peer->suites, hello.suite);
    if (hfi_msg_read_extensions(hello.extensions, HFI_E_DECODE_SERVER_HELLO, &list) ==
        HFI_OK)
        say_answer(peer, &list);
    if (peer->versions.count == 0)
        hfi_said_add(peer, &peer->versions, hello.legacy_version);
    if (hfi_msg_is_hello_retry(body) && peer->groups.count != 0)
        peer->retry_group = peer->groups.items[0];
}

static void say_encrypted_extensions(hfi_said *peer, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_extension_list list;

    if (hfi_msg_read_extensions(hfi_read_vec16(&r, 0, 65535),
                                HFI_E_DECODE_ENCRYPTED_EXTENSIONS, &list) == HFI_OK)
        say_answer(peer, &list);
}

static void say_key_exchange(hfi_said *peer, hfi_view body)
{
    hfi_server_key_exchange message;

    if (hfi_msg_read_server_key_exchange(body, &message) != HFI_OK)
        return;
    hfi_said_add(peer, &peer->groups, message.group);
    hfi_said_add(peer, &peer->schemes, message.scheme);
}

static void say_certificate_verify(hfi_said *peer, hfi_view body)
{
    hfi_certificate_verify message;

    if (hfi_msg_read_certificate_verify(body, &message) == HFI_OK)
        hfi_said_add(peer, &peer->schemes, message.scheme);
}

/* The groups of key_share. */
static void say_shares(hfi_said *peer, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_reader shares = hfi_reader_of(hfi_read_vec16(&r, 0, 65535));

    while (hfi_reader_more(&shares)) {
        hfi_said_add(peer, &peer->shares, hfi_read_u16(&shares));
        (void)hfi_read_vec16(&shares, 0, 65535);
    }
}

/* RFC 6066 3: the first name, which is all there may be. */
static void say_server_name(hfi_said *peer, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_reader names = hfi_reader_of(hfi_read_vec16(&r, 0, 65535));

    if (hfi_read_u8(&names) == 0)
        hfi_said_set_name(peer, hfi_read_vec16(&names, 0, 65535));
}

static void say_psk_modes(hfi_said *peer, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_reader modes = hfi_reader_of(hfi_read_vec8(&r, 0, 255));

    while (hfi_reader_more(&modes))
        hfi_said_add_any(peer, &peer->psk_modes, hfi_read_u8(&modes));
}

static void count_identities(hfi_said *peer, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_reader identities = hfi_reader_of(hfi_read_vec16(&r, 0, 65535));

    while (hfi_reader_more(&identities)) {
        (void)hfi_read_vec16(&identities, 0, 65535);
        (void)hfi_read_u32(&identities);
        if (!identities.failed)
            peer->identities++;
    }
}

static void say_one_offer(hfi_said *peer, const hfi_extension *e)
{
    hfi_reader r = hfi_reader_of(e->body);

    switch (e->type) {
    case HFI_EXT_SUPPORTED_VERSIONS:
        say_list(peer, &peer->versions, hfi_read_vec8(&r, 0, 255));
        break;
    case HFI_EXT_SUPPORTED_GROUPS:
        say_list(peer, &peer->groups, hfi_read_vec16(&r, 0, 65535));
        break;
    case HFI_EXT_SIGNATURE_ALGORITHMS:
        say_list(peer, &peer->schemes, hfi_read_vec16(&r, 0, 65535));
        break;
    case HFI_EXT_SIGNATURE_ALGORITHMS_CERT:
        say_list(peer, &peer->cert_schemes, hfi_read_vec16(&r, 0, 65535));
        break;
    case HFI_EXT_ALPN:
        say_alpn(peer, e->body);
        break;
    case HFI_EXT_SERVER_NAME:
        say_server_name(peer, e->body);
        break;
    case HFI_EXT_KEY_SHARE:
        say_shares(peer, e->body);
        break;
    case HFI_EXT_PSK_KEY_EXCHANGE_MODES:
        say_psk_modes(peer, e->body);
        break;
    case HFI_EXT_PRE_SHARED_KEY:
        count_identities(peer, e->body);
        break;
    case HFI_EXT_EARLY_DATA:
        peer->early_data = true;
        break;
    default:
        break;
    }
}

static void say_offer(hfi_conn *c, const hfi_extension_list *list)
{
    const hfi_alloc *a = &c->settings->alloc;
    hfi_negotiation *n = c->report.negotiation;
    const hfi_extension *authorities =
        hfi_extension_find(list, HFI_EXT_CERTIFICATE_AUTHORITIES);

    for (size_t i = 0; i < list->count; i++)
        say_one_offer(&n->peer, &list->items[i]);
    if (authorities == NULL || n->authorities != NULL)
        return;
    n->authorities = hfi_demand_of_authorities(a, authorities->body);
    if (n->authorities != NULL && n->authorities->incomplete)
        n->peer.incomplete = true;
}

static void say_client_hello(hfi_conn *c, hfi_view body)
{
    hfi_negotiation *n = c->report.negotiation;
    hfi_said *peer = &n->peer;
    hfi_client_hello hello;
    hfi_extension_list list;

    if (n->hello_told || hfi_msg_read_client_hello(body, &hello) != HFI_OK)
        return;
    n->hello_told = true;
    say_list(peer, &peer->suites, hello.suites);
    if (hfi_msg_read_extensions(hello.extensions, HFI_E_DECODE_CLIENT_HELLO, &list) ==
        HFI_OK)
        say_offer(c, &list);
    if (peer->versions.count == 0)
        hfi_said_add(peer, &peer->versions, hello.legacy_version);
}

/* The record has its negotiation by now. */
static void say_message(hfi_conn *c, hfi_view message)
{
    hfi_said *peer = &c->report.negotiation->peer;
    hfi_reader r = hfi_reader_of(message);
    uint8_t type = hfi_read_u8(&r);

    (void)hfi_read_u24(&r);
    hfi_view body = hfi_read_rest(&r);
    if (type == HFI_CLIENT_HELLO)
        say_client_hello(c, body);
    else if (type == HFI_SERVER_HELLO)
        say_server_hello(peer, body);
    else if (type == HFI_ENCRYPTED_EXTENSIONS)
        say_encrypted_extensions(peer, body);
    else if (type == HFI_SERVER_KEY_EXCHANGE)
        say_key_exchange(peer, body);
    else if (type == HFI_CERTIFICATE_VERIFY)
        say_certificate_verify(peer, body);
}

/* What it had chosen, or accepted, before. */
static void say_agreed(hfi_said *peer, const hfi_agreed *agreed)
{
    hfi_said_add(peer, &peer->versions, agreed->version);
    hfi_said_add(peer, &peer->suites, agreed->suite);
    hfi_said_add(peer, &peer->groups, agreed->group);
    hfi_said_add(peer, &peer->schemes, agreed->scheme);
    if (peer->alpn_len == 0)
        hfi_said_add_alpn(peer, hfi_view_of(agreed->alpn, agreed->alpn_len));
}

void hfi_conn_keep_message(hfi_conn *c, hfi_view message)
{
    if (c->phase == HFI_PHASE_HANDSHAKE && negotiation_of(c) != NULL)
        say_message(c, message);
}

/* ---- the whole ---- */

/* In TLS 1.3 the server judges our certificate when our handshake is long over. */
static bool ends_handshake(const hfi_conn *c)
{
    return (c->phase == HFI_PHASE_HANDSHAKE && c->hs != NULL) ||
           c->report.code == HFI_E_CLIENT_CERTIFICATE_REQUIRED ||
           c->report.code == HFI_E_CLIENT_CERTIFICATE_REJECTED;
}

/* Whose certificates would have done, where the server says so. */
static void detail_demand(hfi_conn *c)
{
    hfi_report *r = &c->report;
    char before[sizeof r->detail];

    if (hfi_demand_name(r->demand, 0) == NULL ||
        (r->code != HFI_E_CLIENT_CERTIFICATE_REQUIRED &&
         r->code != HFI_E_CLIENT_CERTIFICATE_REJECTED &&
         r->code != HFI_E_NO_FITTING_CERTIFICATE))
        return;
    memcpy(before, r->detail, sizeof before);
    hfi_text t = hfi_text_into(r->detail, sizeof r->detail);
    hfi_text_add(&t, before);
    hfi_text_add(&t, before[0] != '\0' ? "; " : "");
    hfi_text_add(&t, "the server accepts certificates of ");
    for (size_t i = 0; i < r->demand->name_count; i++) {
        hfi_text_add(&t, i != 0 ? "; " : "");
        hfi_text_add_utf8(&t, hfi_view_of_text(hfi_demand_name(r->demand, i)));
    }
    hfi_text_add(&t, r->demand->names_left_out != 0 ? "; ..." : "");
    hfi_text_end(&t);
}

static void say_of_server(hfi_conn *c, hfi_said *peer)
{
    say_agreed(peer, &c->agreed);
    if (c->hs != NULL && peer->retry_group == 0)
        peer->retry_group = c->hs->as.client.retry_group;
}

/* A server that waited for the application has its ClientHello no more at hand, but may
 * have it kept.  What a server chose is no word of its client. */
static void say_of_client(hfi_conn *c, hfi_said *peer)
{
    const hfi_transcript *t = &c->hs->transcript;

    say_message(c, hfi_view_of(t->kept, t->kept_len));
    if (!c->report.negotiation->hello_told)
        say_agreed(peer, &c->agreed);
    if (peer->server_name[0] == '\0' && c->agreed.server_name != NULL)
        hfi_said_set_name(peer, hfi_view_of_text(c->agreed.server_name));
}

void hfi_conn_keep_offers(hfi_conn *c)
{
    hfi_negotiation *n = ends_handshake(c) ? negotiation_of(c) : NULL;

    detail_demand(c);
    if (n == NULL)
        return;
    say_own(c, &n->own);
    if (c->role == HFI_ROLE_CLIENT) {
        say_own_hello(c, &n->own);
        say_of_server(c, &n->peer);
    } else {
        n->own.retry_group = c->hs->as.server.retry_group;
        say_of_client(c, &n->peer);
    }
}
