/* engine/conn/negotiation.c: what both sides said, put together once a handshake has
 * failed: what we offer, by the settings, and what the peer demanded or chose, by the
 * message at hand and by what was agreed before it.  RFC 8446 4.1, 4.2.
 *
 * Nothing is kept for it while all goes well.  The message has often failed because it is
 * wrong: what cannot be read is not told. */
#include "conn/internal.h"
#include "msg/certificate_request.h"
#include "msg/certificate_verify.h"
#include "msg/server_hello.h"
#include "msg/tls12.h"
#include "msg/types.h"
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
        hfi_reader r = hfi_reader_of(e->body);
        if (e->type == HFI_EXT_SUPPORTED_VERSIONS)
            hfi_said_add(peer, &peer->versions, number_in(e->body));
        else if (e->type == HFI_EXT_KEY_SHARE)
            hfi_said_add(peer, &peer->groups, number_in(e->body));
        else if (e->type == HFI_EXT_ALPN)
            say_alpn(peer, e->body);
        else if (e->type == HFI_EXT_SIGNATURE_ALGORITHMS)
            say_list(peer, &peer->schemes, hfi_read_vec16(&r, 0, 65535));
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
}

static void say_encrypted_extensions(hfi_said *peer, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_extension_list list;

    if (hfi_msg_read_extensions(hfi_read_vec16(&r, 0, 65535),
                                HFI_E_DECODE_ENCRYPTED_EXTENSIONS, &list) == HFI_OK)
        say_answer(peer, &list);
}

static void say_certificate_request(hfi_said *peer, uint16_t version, hfi_view body)
{
    hfi_certificate_request_tls12 before;
    hfi_certificate_request request;

    if (version == 0x0303) {
        if (hfi_msg_read_certificate_request_tls12(body, &before) == HFI_OK)
            say_list(peer, &peer->schemes, before.schemes);
    } else if (hfi_msg_read_certificate_request(body, &request) == HFI_OK) {
        say_answer(peer, &request.extensions);
    }
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

static void say_offer(hfi_said *peer, const hfi_extension_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const hfi_extension *e = &list->items[i];
        hfi_reader r = hfi_reader_of(e->body);
        if (e->type == HFI_EXT_SUPPORTED_VERSIONS)
            say_list(peer, &peer->versions, hfi_read_vec8(&r, 0, 255));
        else if (e->type == HFI_EXT_SUPPORTED_GROUPS)
            say_list(peer, &peer->groups, hfi_read_vec16(&r, 0, 65535));
        else if (e->type == HFI_EXT_SIGNATURE_ALGORITHMS)
            say_list(peer, &peer->schemes, hfi_read_vec16(&r, 0, 65535));
        else if (e->type == HFI_EXT_ALPN)
            say_alpn(peer, e->body);
    }
}

static void say_client_hello(hfi_said *peer, hfi_view body)
{
    hfi_client_hello hello;
    hfi_extension_list list;

    if (hfi_msg_read_client_hello(body, &hello) != HFI_OK)
        return;
    say_list(peer, &peer->suites, hello.suites);
    if (hfi_msg_read_extensions(hello.extensions, HFI_E_DECODE_CLIENT_HELLO, &list) ==
        HFI_OK)
        say_offer(peer, &list);
    if (peer->versions.count == 0)
        hfi_said_add(peer, &peer->versions, hello.legacy_version);
}

static void say_message(hfi_said *peer, uint16_t version, hfi_view message)
{
    hfi_reader r = hfi_reader_of(message);
    uint8_t type = hfi_read_u8(&r);

    (void)hfi_read_u24(&r);
    hfi_view body = hfi_read_rest(&r);
    if (type == HFI_CLIENT_HELLO)
        say_client_hello(peer, body);
    else if (type == HFI_SERVER_HELLO)
        say_server_hello(peer, body);
    else if (type == HFI_ENCRYPTED_EXTENSIONS)
        say_encrypted_extensions(peer, body);
    else if (type == HFI_CERTIFICATE_REQUEST)
        say_certificate_request(peer, version, body);
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
    hfi_negotiation *n = c->phase == HFI_PHASE_HANDSHAKE ? negotiation_of(c) : NULL;

    if (n != NULL)
        say_message(&n->peer, c->agreed.version, message);
}

/* A server that waited for the application has its ClientHello no more at hand, but may
 * have it kept.  What a server chose is no word of its client. */
void hfi_conn_keep_offers(hfi_conn *c)
{
    if (c->phase != HFI_PHASE_HANDSHAKE || c->hs == NULL)
        return;
    hfi_negotiation *n = negotiation_of(c);
    if (n == NULL)
        return;
    say_own(c, &n->own);
    if (c->role == HFI_ROLE_SERVER && n->peer.suites.count == 0)
        say_message(&n->peer, c->agreed.version,
                    hfi_view_of(c->hs->transcript.kept, c->hs->transcript.kept_len));
    if (c->role == HFI_ROLE_CLIENT || n->peer.suites.count == 0)
        say_agreed(&n->peer, &c->agreed);
}
