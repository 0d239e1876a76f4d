/* engine/handshake/server_hello.c: the server's ServerHello and HelloRetryRequest.
 * RFC 8446 4.1.3, 4.1.4; RFC 5246 7.4.1.3. */
#include "handshake/ext/registry.h"
#include "handshake/server.h"
#include "msg/server_hello.h"
#include "msg/types.h"

enum {
    /* The largest share, a cookie or a protocol name, and what else is never large. */
    HELLO_ROOM = 512 + HFI_GROUP_SHARE_MAX + 255,
};

/* A client that could do better sees that something kept us from it. */
hfi_err hfi_server_draw_random(hfi_hs *hs)
{
    static const uint8_t to_tls12[8] = {'D', 'O', 'W', 'N', 'G', 'R', 'D', 1};
    const hfi_random *random = &hs->settings->random;

    if (!random->fill(random->ctx, hs->server_random, sizeof hs->server_random))
        return HFI_E_RANDOM_FAILED;
    if (hs->agreed->version == 0x0303 && hfi_settings_allow(hs->settings, 0x0304))
        memcpy(hs->server_random + 24, to_tls12, sizeof to_tls12);
    return HFI_OK;
}

/* An empty vector of extensions is left out in TLS 1.2: old clients do not know it. */
static hfi_err write_extensions(hfi_hs *hs, unsigned where, hfi_writer *w)
{
    hfi_writer before = *w;

    hfi_err err = hfi_ext_answer_all(hs, where, w);
    if (err == HFI_OK && where == HFI_IN_SERVER_HELLO_TLS12 && w->len == before.len + 2)
        *w = before;
    return err;
}

static hfi_err write_hello(hfi_hs *hs, hfi_writer *w, unsigned where, hfi_view random,
                           hfi_view session_id)
{
    hfi_write_u8(w, HFI_SERVER_HELLO);
    size_t mark = hfi_write_vec24_begin(w);
    hfi_msg_write_server_hello(w, random, session_id, hs->suite.id);
    hfi_err err = write_extensions(hs, where, w);
    hfi_write_vec24_end(w, mark);
    return err == HFI_OK && w->failed ? HFI_E_BUFFER_TOO_SMALL : err;
}

static hfi_err send_hello_in(hfi_hs *hs, hfi_view session_id, hfi_span room)
{
    bool tls13 = hs->agreed->version == 0x0304;
    hfi_writer w = hfi_writer_of(room.p, room.len);

    hfi_err err =
        write_hello(hs, &w, tls13 ? HFI_IN_SERVER_HELLO : HFI_IN_SERVER_HELLO_TLS12,
                    hfi_view_of(hs->server_random, 32), session_id);
    if (err != HFI_OK)
        return err;
    hfi_transcript_start(&hs->transcript, &hs->settings->alloc, hs->suite.hash);
    return hfi_hs_send(hs, hfi_writer_view(&w));
}

/* RFC 6962 3.3.1: in TLS 1.2 the timestamps stand in the hello, and may be many. */
hfi_err hfi_server_send_hello(hfi_hs *hs, hfi_view session_id)
{
    const hfi_alloc *alloc = &hs->settings->alloc;
    const hfi_credential *c = hs->auth.credential;
    uint8_t bytes[HELLO_ROOM];
    hfi_span room = {bytes, sizeof bytes};

    if (hs->agreed->version == 0x0304 || c == NULL || c->scts.len == 0)
        return send_hello_in(hs, session_id, room);
    room.len += c->scts.len;
    room.p = hfi_alloc_bytes(alloc, room.len);
    if (room.p == NULL)
        return HFI_E_NO_MEMORY;
    hfi_err err = send_hello_in(hs, session_id, room);
    hfi_alloc_release(alloc, room.p);
    return err;
}

hfi_err hfi_server_write_hello_retry(hfi_hs *hs, hfi_writer *w)
{
    const hfi_hs_server *server = &hs->as.server;

    return write_hello(hs, w, HFI_IN_HELLO_RETRY, hfi_msg_hello_retry_random(),
                       hfi_view_of(server->session_id, server->session_id_len));
}

/* The next ClientHello is looked at before it is hashed, as the first one was. */
hfi_err hfi_server_send_hello_retry(hfi_hs *hs)
{
    uint8_t bytes[HELLO_ROOM];
    hfi_writer w = hfi_writer_of(bytes, sizeof bytes);

    hfi_err err = hfi_server_write_hello_retry(hs, &w);
    if (err != HFI_OK)
        return err;
    hfi_transcript_start(&hs->transcript, &hs->settings->alloc, hs->suite.hash);
    hfi_transcript_retry(&hs->transcript);
    err = hfi_hs_send(hs, hfi_writer_view(&w));
    hfi_transcript_hold(&hs->transcript);
    return err;
}
