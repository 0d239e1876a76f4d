/* fuzz/fuzz_server.c: the whole server of both versions, with a client that may be right,
 * wrong or absent.  The first byte chooses the server's settings; then come steps: so
 * many bytes of a right client are let through, bytes are put in between, or a message
 * goes straight to where the contents of protected records go.  Entropy and clocks are
 * fixed, so that a recorded flight opens. */
#include <stdlib.h>

#include "conn/internal.h"
#include "couple.h"
#include "wire/reader.h"

enum {
    TLS12_ALONE = 0x01,
    ASKS = 0x02,
    STORE = 0x04,
    PIECES = 0x08,
    RSA_KEY = 0x10,
    RESUMES = 0x20,
    ALPN = 0x40,
    EARLY = 0x80,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make(couple *c, uint8_t how)
{
    hfi_settings *s = &c->server.settings;

    couple_init(c, how & RSA_KEY ? SCRIPT_RSA : SCRIPT_ED25519);
    if (how & TLS12_ALONE)
        couple_version(c, 0x0303);
    if (how & ASKS) {
        couple_client_auth(c, HFI_CLIENT_AUTH_REQUIRED);
        couple_add_client(c, COUPLE_CLIENT_ED25519);
    }
    if (how & STORE) {
        couple_use_store(c);
        c->store.waits = 1;
    }
    if (how & PIECES)
        c->client.way.piece = c->server.way.piece = 3;
    if (how & ALPN)
        s->alpn = c->client.settings.alpn = hfi_view_of("\x02h2", 3);
    if (how & EARLY)
        s->max_early_data = 1000;
}

/* ---- steps ---- */

static bool is_alive(const couple *c)
{
    const hfi_conn *s = &c->server.conn;

    return c->server.err == HFI_OK && s->phase != HFI_PHASE_FAILED &&
           !s->close_received && hfi_conn_pause_reason(s) == 0;
}

static void put_between(couple *c, hfi_view bytes)
{
    hfi_reader r = hfi_reader_of(bytes);

    while (hfi_reader_more(&r) && is_alive(c)) {
        hfi_span space = hfi_conn_feed_space(&c->server.conn);
        size_t n = r.left < space.len ? r.left : space.len;
        if (n == 0)
            return;
        memcpy(space.p, hfi_read_bytes(&r, n).p, n);
        hfi_conn_feed_commit(&c->server.conn, n);
        (void)couple_pump(c);
    }
}

static void hand_in(couple *c, hfi_view bytes)
{
    uint8_t *copy = malloc(bytes.len + 1);
    hfi_span content = {copy, bytes.len};

    if (copy == NULL)
        abort();
    if (bytes.len != 0)
        memcpy(copy, bytes.p, bytes.len);
    if (is_alive(c) && bytes.len != 0) {
        hfi_err err = hfi_conn_take_handshake(&c->server.conn, content);
        if (err != HFI_OK)
            c->server.err = hfi_conn_fail(&c->server.conn, err);
    }
    free(copy);
    (void)couple_pump(c);
}

static void walk(couple *c, hfi_reader *r)
{
    while (hfi_reader_more(r)) {
        uint8_t step = hfi_read_u8(r);
        if (step < 0x80) {
            c->client.way.cut_at += 4u * step + 1u;
            (void)couple_pump(c);
            continue;
        }
        size_t n = (size_t)(step & 0x3f) << 8 | hfi_read_u8(r);
        hfi_view bytes = hfi_read_bytes(r, n < r->left ? n : r->left);
        if (step < 0xc0)
            put_between(c, bytes);
        else
            hand_in(c, bytes);
    }
}

/* ---- judging ---- */

static void check(couple *c)
{
    hfi_conn *s = &c->server.conn;

    if (c->endless)
        abort();
    if (c->server.err != HFI_OK &&
        (s->phase != HFI_PHASE_FAILED || s->report.code != c->server.err ||
         hfi_conn_process(s, NULL) != c->server.err))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hfi_reader r = hfi_reader_of(hfi_view_of(data, size));
    uint8_t how = hfi_read_u8(&r);
    static couple c, first;
    bool resumes = (how & RESUMES) != 0;

    if (size == 0)
        return 0;
    if (resumes) {
        make(&first, how);
        (void)couple_run(&first);
        (void)couple_pump(&first); /* a store that waits is asked again */
    }
    make(&c, how);
    if (resumes)
        couple_resume(&c, &first);
    c.client.way.cut_at = 0;
    (void)couple_run(&c);
    walk(&c, &r);
    check(&c);
    (void)couple_end_all(&c);
    check(&c);
    couple_free(&c);
    if (couple_left_over(&c) != NULL)
        abort();
    if (resumes)
        couple_free(&first);
    return 0;
}
