/* engine/handshake/server_psk.c: the pre-shared key that a TLS 1.3 server takes: a ticket
 * of its own, a session of the application's store, or a key that both sides were given.
 * RFC 8446 4.2.9, 4.2.11. */
#include "base/ct.h"
#include "handshake/server.h"
#include "handshake/server_session.h"
#include "wire/reader.h"

/* Each identity may cost a decryption; clients offer one or two. */
enum { IDENTITIES_MAX = 8, PSK_DHE_KE = 1 };

/* One identity that turned out to be known. */
typedef struct known {
    hfi_session *session; /* a reference; NULL: an external key */
    hfi_psk_answer external;
    hfi_view key;
    const hfi_hash *hash;
    uint16_t suite; /* of the session; 0: an external key */
} known;

static void known_free(known *k)
{
    hfi_session_free(k->session);
    hfi_wipe(k, sizeof *k);
}

/* ---- looking up ---- */

static hfi_err ask_external(hfi_hs *hs, hfi_view identity, known *out)
{
    if (hs->settings->find_psk == NULL)
        return HFI_OK;
    int answer = hs->settings->find_psk(hs->wishes.owner, identity, &out->external);
    if (answer < 0)
        return hfi_hs_pause(hs, HFI_PAUSE_SESSION);
    if (answer == 0)
        return HFI_OK;
    if (out->external.key_len == 0 || out->external.key_len > HFI_PSK_KEY_MAX ||
        out->external.hash == NULL)
        return HFI_E_CALLBACK_FAILED;
    out->key = hfi_view_of(out->external.key, out->external.key_len);
    out->hash = out->external.hash;
    return HFI_OK;
}

/* What is as long as a store's id may be one: a sealed ticket is longer. */
static hfi_err find_session(hfi_hs *hs, hfi_view identity, known *out)
{
    hfi_suite suite;
    bool renew;

    hfi_err err = identity.len == HFI_STORE_ID
                      ? hfi_server_look_up(hs, identity, &out->session)
                      : hfi_server_open_ticket(hs, identity, &out->session, &renew);
    if (err != HFI_OK || out->session == NULL)
        return err;
    const hfi_session_fields *f = hfi_session_get(out->session);
    if (hfi_suite_find(hs->settings->crypto, f->suite, &suite) == NULL ||
        f->psk_len != suite.hash->size)
        return HFI_OK;
    out->key = hfi_view_of(f->psk, f->psk_len);
    out->hash = suite.hash;
    out->suite = f->suite;
    return HFI_OK;
}

static hfi_err look_up(hfi_hs *hs, hfi_view identity, known *out)
{
    memset(out, 0, sizeof *out);
    hfi_err err = ask_external(hs, identity, out);
    if (err == HFI_OK && out->hash == NULL)
        err = find_session(hs, identity, out);
    if (err != HFI_OK)
        known_free(out);
    return err;
}

/* A session is taken up where its suite would be chosen anew, which is also what early
 * data needs; an external key asks for its hash alone.  After a retry the suite stands
 * (RFC 8446 4.1.4). */
static bool choose_suite(hfi_hs *hs, const known *k)
{
    const hfi_hash *hash = k->suite == 0 ? k->hash : NULL;
    hfi_suite suite = hs->suite;

    if (suite.id == 0 && !hfi_server_find_suite(hs, HFI_AUTH_ANY, hash, &suite))
        return false;
    if (suite.hash != k->hash || (k->suite != 0 && suite.id != k->suite))
        return false;
    hs->suite = suite;
    return true;
}

/* ---- taking ---- */

static hfi_view binder_at(const hfi_hs *hs, size_t index)
{
    hfi_reader r = hfi_reader_of(hs->as.server.binders);

    while (index-- > 0)
        (void)hfi_read_vec8(&r, 1, 255);
    return hfi_read_vec8(&r, 1, 255);
}

/* It covers the hello up to the binders, which end the message (RFC 8446 4.2.11.2). */
static hfi_err check_binder(hfi_hs *hs, const known *k, size_t index)
{
    size_t tail = hs->as.server.binders.len + 2;
    hfi_view binder = binder_at(hs, index);
    hfi_digest transcript;
    hfi_digest want;

    hfi_keys_start(&hs->keys, k->hash, k->key);
    hfi_transcript_digest_front(&hs->transcript, k->hash, hs->transcript.kept_len - tail,
                                &transcript);
    hfi_keys_binder(&hs->keys, k->session == NULL, &transcript, &want);
    bool same = binder.len == want.len && hfi_ct_equal(binder.p, want.bytes, want.len);
    hfi_wipe(&want, sizeof want);
    return same ? HFI_OK : HFI_E_BAD_BINDER;
}

static void take_session(hfi_hs *hs, known *k)
{
    const hfi_session_fields *f = hfi_session_get(k->session);
    hfi_agreed *agreed = hs->agreed;

    agreed->resumed = true;
    agreed->verify_done = f->verified;
    agreed->verify_result = f->verify_result;
    agreed->scheme = f->scheme;
    hs->as.server.session = k->session;
    k->session = NULL;
}

static hfi_err take(hfi_hs *hs, known *k, size_t index)
{
    hfi_err err = check_binder(hs, k, index);

    if (err != HFI_OK)
        return err;
    hs->as.server.psk_accepted = true;
    hs->as.server.psk_index = (uint16_t)index;
    if (k->session != NULL)
        take_session(hs, k);
    else
        hs->agreed->psk_used = true;
    return HFI_OK;
}

/* A second hello may offer other keys than the first. */
static void forget(hfi_hs *hs)
{
    hfi_hs_server *server = &hs->as.server;

    hfi_session_free(server->session);
    server->session = NULL;
    server->psk_accepted = false;
    hs->agreed->resumed = hs->agreed->psk_used = false;
    hs->agreed->verify_done = false;
    hs->agreed->verify_result = HFI_OK;
    hs->agreed->scheme = 0;
}

/* The first identity that is known and fits; its binder must then be right. */
hfi_err hfi_server_find_psk(hfi_hs *hs)
{
    hfi_reader r = hfi_reader_of(hs->as.server.identities);

    forget(hs);
    if (!hfi_server_takes_psk(hs))
        return HFI_OK;
    for (size_t i = 0; i < IDENTITIES_MAX && hfi_reader_more(&r); i++) {
        known k;
        hfi_view identity = hfi_read_vec16(&r, 1, 65535);
        hs->as.server.ticket_age = hfi_read_u32(&r);
        hfi_err err = look_up(hs, identity, &k);
        if (err != HFI_OK)
            return err;
        bool usable = k.hash != NULL && choose_suite(hs, &k);
        if (usable)
            err = take(hs, &k, i);
        known_free(&k);
        if (usable)
            return err;
    }
    return HFI_OK;
}

/* Without a new key exchange there is no forward secrecy: that mode is not taken. */
bool hfi_server_takes_psk(const hfi_hs *hs)
{
    hfi_view modes = hs->as.server.psk_modes;

    return modes.len != 0 && memchr(modes.p, PSK_DHE_KE, modes.len) != NULL;
}
