/* engine/handshake/server_cookie.c: cookies, by which a HelloRetryRequest can be
 * forgotten by whoever sent it: the hello that answers it may come to another connection,
 * even in another process with the same ticket keys.  RFC 8446 4.2.2, 4.4.1.
 *
 * A cookie is sealed like a ticket, under an id that no ticket has.  It holds the hash of
 * the first hello, in the place of a key, what was chosen, and the digest of what the
 * second hello must repeat. */
#include "handshake/server.h"
#include "session/ticket.h"

enum { LIFETIME = 60, COOKIE_MAX = 512, HELLO_RETRY_MAX = 1024 };

static hfi_sealed_for place_of_cookies(const hfi_hs *hs)
{
    hfi_sealed_for to = {hs->settings->session_context, hfi_view_of_text("cookie")};
    return to;
}

static int64_t time_of(const hfi_hs *hs)
{
    return hs->settings->clock.unix_seconds(hs->settings->clock.ctx);
}

bool hfi_server_uses_cookies(const hfi_hs *hs)
{
    return (hs->wishes.options & HFI_OPTION_COOKIE) != 0 && hs->settings->tickets != NULL;
}

/* ---- giving ---- */

static void describe(const hfi_hs *hs, hfi_session_fields *f)
{
    const hfi_hs_server *server = &hs->as.server;
    hfi_digest hello;

    hfi_transcript_digest_front(&hs->transcript, hs->suite.hash, hs->transcript.kept_len,
                                &hello);
    memset(f, 0, sizeof *f);
    f->version = hs->agreed->version;
    f->suite = hs->suite.id;
    f->group = server->retry_group;
    f->received = f->born = time_of(hs);
    f->lifetime = LIFETIME;
    memcpy(f->psk, hello.bytes, hello.len);
    f->psk_len = hello.len;
    f->alpn = hfi_view_of(server->unchanged, sizeof server->unchanged);
}

/* While an earlier one is taken up, the bytes of that are repeated. */
hfi_err hfi_server_write_cookie(hfi_hs *hs, hfi_writer *w)
{
    const hfi_settings *s = hs->settings;
    hfi_view known = hs->as.server.cookie;
    hfi_sealed_for to = place_of_cookies(hs);
    uint8_t bytes[COOKIE_MAX];
    hfi_session_fields f;
    size_t len = 0;

    if (known.len != 0) {
        hfi_write_bytes(w, known);
        return HFI_OK;
    }
    describe(hs, &f);
    hfi_err err = hfi_ticket_seal(s->tickets, &s->random, time_of(hs), &to, &f, bytes,
                                  sizeof bytes, &len);
    if (err == HFI_OK && s->witness != NULL)
        s->witness->ticket_sealed(s->witness->ctx, (hfi_span){bytes, len});
    hfi_write_bytes(w, hfi_view_of(bytes, len));
    return err;
}

/* ---- taking ---- */

/* The hello at hand is the second one: all is as it was after the retry. */
static hfi_err restore(hfi_hs *hs, const hfi_session_fields *f)
{
    hfi_hs_server *server = &hs->as.server;
    uint8_t bytes[HELLO_RETRY_MAX];
    hfi_writer w = hfi_writer_of(bytes, sizeof bytes);

    if (!hfi_server_may_use_suite(hs, f->suite, &hs->suite) ||
        hs->suite.hash->size != f->psk_len) {
        hs->suite.id = 0;
        return HFI_E_COOKIE_INVALID;
    }
    server->retry_group = f->group;
    hfi_err err = hfi_server_write_hello_retry(hs, &w);
    if (err != HFI_OK)
        return err;
    hfi_transcript_resume_retry(&hs->transcript, hs->suite.hash,
                                hfi_view_of(f->psk, f->psk_len), hfi_writer_view(&w));
    hs->agreed->retried = true;
    return HFI_OK;
}

static hfi_err take(hfi_hs *hs, const hfi_session_fields *f)
{
    hfi_view unchanged =
        hfi_view_of(hs->as.server.unchanged, sizeof hs->as.server.unchanged);

    if (!hfi_view_equal(f->alpn, unchanged))
        return HFI_E_CLIENT_HELLO_CHANGED;
    return hs->agreed->retried ? HFI_OK : restore(hs, f);
}

hfi_err hfi_server_take_cookie(hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;
    hfi_sealed_for to = place_of_cookies(hs);
    hfi_session *session = NULL;
    bool renew;

    if (!hfi_server_uses_cookies(hs) ||
        (hs->as.server.cookie.len == 0 && !hs->agreed->retried))
        return HFI_OK;
    hfi_err err = hfi_ticket_open(s->tickets, &s->alloc, time_of(hs), &to,
                                  hs->as.server.cookie, &session, &renew);
    if (err == HFI_OK && s->witness != NULL)
        s->witness->ticket_opened(s->witness->ctx, &session, &renew);
    if (err != HFI_OK)
        return err;
    err = session == NULL ? HFI_E_COOKIE_INVALID : take(hs, hfi_session_get(session));
    hfi_session_free(session);
    return err;
}
