/* tests/support/script_flight.c: what the scripted server sends.  RFC 8446 4.1.3 to
 * 4.6.3.  Each message is made rightly, then the script's steps have their way. */
#include "script_flight.h"

#include <assert.h>
#include <stdlib.h>

#include "script_record.h"
#include "wire/reader.h"

enum {
    NEW_SESSION_TICKET = 4,
    SERVER_HELLO = 2,
    ENCRYPTED_EXTENSIONS = 8,
    CERTIFICATE = 11,
    CERTIFICATE_REQUEST = 13,
    CERTIFICATE_VERIFY = 15,
    FINISHED = 20,
    KEY_UPDATE = 24,
    CONTENT_CCS = 20,
    CONTENT_HANDSHAKE = 22,
    RECORD_MAX = 16384,
};

/* RFC 8446 4.1.3: SHA-256 of "HelloRetryRequest". */
static const char retry_random[] =
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size == 0 ? 1 : size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

const hfi_alloc script_alloc = {allocate, release, NULL};

bool script_fill(void *ctx, uint8_t *p, size_t len)
{
    uint8_t *state = ctx;

    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)(++*state * 5 + 3);
    return true;
}

/* ---- choice ---- */

const hfi_aead *script_aead(const scripted_server *s)
{
    switch (s->suite) {
    case 0x1302:
        return hfi_crypto_nettle.aes_256_gcm;
    case 0x1303:
        return hfi_crypto_nettle.chacha20_poly1305;
    default:
        return hfi_crypto_nettle.aes_128_gcm;
    }
}

const hfi_group *script_group_of(uint16_t id)
{
    const hfi_crypto *c = &hfi_crypto_nettle;
    const hfi_group *known[] = {c->x25519,       c->p256, c->p384,
                                c->p521,         c->x448, c->x25519_mlkem768,
                                c->p256_mlkem768};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i]->id == id)
            return known[i];
    return NULL;
}

void script_choose(scripted_server *s)
{
    hfi_reader r = hfi_reader_of(s->hello.suites);
    hfi_view share;

    s->suite = s->config.suite != 0 ? s->config.suite : hfi_read_u16(&r);
    s->hash = s->suite == 0x1302 ? hfi_crypto_nettle.sha384 : hfi_crypto_nettle.sha256;
    s->group = s->config.group;
    if (s->group == 0)
        (void)script_hello_share(&s->hello, &s->group, &share);
}

/* ---- records ---- */

void script_put_record(scripted_server *s, uint8_t type, hfi_view content)
{
    if (s->stopped)
        return;
    script_seal(&s->writing, type, content, s->config.padding + s->pad_next, &s->out);
    s->pad_next = 0;
    if (type == CONTENT_CCS && s->tls12_next.aead != NULL) {
        s->writing = s->tls12_next;
        s->tls12_next.aead = NULL;
    }
}

void script_put_raw(scripted_server *s, hfi_view bytes)
{
    if (!s->stopped)
        script_append_view(&s->out, bytes);
}

static void put_fragments(scripted_server *s, hfi_view bytes, size_t size)
{
    for (size_t at = 0; at < bytes.len; at += size)
        script_put_record(
            s, CONTENT_HANDSHAKE,
            hfi_view_of(bytes.p + at, bytes.len - at < size ? bytes.len - at : size));
}

/* Before keys change, and at the end of a flight. */
void script_flush(scripted_server *s)
{
    size_t size = s->config.record_size == 0 ? RECORD_MAX : s->config.record_size;

    put_fragments(s, script_view(&s->pending), size);
    s->pending.len = 0;
}

static void put_ccs(scripted_server *s)
{
    static const uint8_t ccs[] = {20, 3, 3, 0, 1, 1};

    script_flush(s);
    if (!s->config.without_ccs && s->hello.session_id.len != 0)
        script_put_raw(s, hfi_view_of(ccs, sizeof ccs));
}

/* ---- steps ---- */

static void hash(scripted_server *s, hfi_view message)
{
    if (!s->connected)
        (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
}

static void send_extra(scripted_server *s, hfi_view type_and_body)
{
    script_bytes m = {NULL, 0, 0};

    script_message_begin(&m, type_and_body.p[0]);
    script_append(&m, type_and_body.p + 1, type_and_body.len - 1);
    script_message_end(&m);
    hash(s, script_view(&m));
    script_append_view(&s->pending, script_view(&m));
    script_free(&m);
}

static void renew(scripted_server *s, hfi_view value)
{
    script_bytes m = {NULL, 0, 0};

    script_message_begin(&m, KEY_UPDATE);
    script_append_view(&m, value);
    script_message_end(&m);
    script_send_message(s, AT_UPDATE, &m);
    script_flush(s);
    hfi_keys_update(s->hash, s->secret_out);
    script_protect(&s->writing, s->hash, script_aead(s), s->secret_out);
    script_free(&m);
}

/* One step that sends something. */
static void send_step(scripted_server *s, const script_step *step)
{
    script_bytes hex = {NULL, 0, 0};
    int times = step->n == 0 ? 1 : step->n;

    script_append_hex(&hex, step->hex == NULL ? "" : step->hex);
    hfi_view v = script_view(&hex);
    if (step->op != OP_SEND && step->op != OP_SEND_BEFORE)
        script_flush(s);
    for (int i = 0; i < times; i++) {
        switch (step->op) {
        case OP_SEND:
        case OP_SEND_BEFORE:
            send_extra(s, v);
            if (!s->config.coalesces)
                script_flush(s);
            break;
        case OP_RECORD:
        case OP_RECORD_BEFORE:
            script_put_record(s, v.p[0], hfi_view_of(v.p + 1, v.len - 1));
            break;
        case OP_RAW:
        case OP_RAW_BEFORE:
            script_put_raw(s, v);
            break;
        case OP_RENEW:
            renew(s, v);
            break;
        case OP_STOP:
            s->stopped = true;
            break;
        default:
            break;
        }
    }
    script_free(&hex);
}

bool script_is_before(script_op op)
{
    return op == OP_SEND_BEFORE || op == OP_RECORD_BEFORE || op == OP_RAW_BEFORE;
}

bool script_is_after(script_op op)
{
    return op == OP_SEND || op == OP_RECORD || op == OP_RAW || op == OP_RENEW ||
           op == OP_STOP;
}

const script_step *script_step_of(const scripted_server *s, script_at at, script_op op)
{
    for (size_t i = 0; i < SCRIPT_STEPS_MAX; i++)
        if (s->config.steps[i].at == at && s->config.steps[i].op == op)
            return &s->config.steps[i];
    return NULL;
}

void script_send_steps(scripted_server *s, script_at at, bool (*when)(script_op))
{
    for (size_t i = 0; i < SCRIPT_STEPS_MAX; i++)
        if (s->config.steps[i].at == at && when(s->config.steps[i].op))
            send_step(s, &s->config.steps[i]);
}

/* Puts the message on its way, in records as the script wants them. */
static void put_message(scripted_server *s, script_at at, const script_bytes *m)
{
    const script_step *split = script_step_of(s, at, OP_SPLIT);
    const script_step *between = script_step_of(s, at, OP_BETWEEN);
    const script_step *tail = script_step_of(s, at, OP_TAIL);
    const script_step *pad = script_step_of(s, at, OP_PAD);

    if (pad != NULL)
        s->pad_next = (size_t)pad->n;
    if (split != NULL || between != NULL)
        script_flush(s);
    if (split != NULL) {
        put_fragments(s, script_view(m), (size_t)split->n);
        return;
    }
    if (between != NULL) {
        script_bytes hex = {NULL, 0, 0};
        size_t n = (size_t)between->n;
        assert(n <= m->len);
        script_append_hex(&hex, between->hex);
        script_put_record(s, CONTENT_HANDSHAKE, hfi_view_of(m->p, n));
        script_put_record(s, hex.p[0], hfi_view_of(hex.p + 1, hex.len - 1));
        script_put_record(s, CONTENT_HANDSHAKE, hfi_view_of(m->p + n, m->len - n));
        script_free(&hex);
        return;
    }
    script_append_view(&s->pending, script_view(m));
    if (tail != NULL)
        script_append_hex(&s->pending, tail->hex);
    if (!s->config.coalesces)
        script_flush(s);
}

static void hash_and_put(scripted_server *s, script_at at, hfi_view hashed,
                         const script_bytes *m)
{
    hash(s, hashed);
    put_message(s, at, m);
}

static void release_held(scripted_server *s)
{
    if (s->held.len == 0)
        return;
    script_bytes m = s->held;
    memset(&s->held, 0, sizeof s->held);
    hash_and_put(s, AT_NONE, script_view(&m), &m);
    script_free(&m);
}

void script_send_message(scripted_server *s, script_at at, script_bytes *m)
{
    script_bytes old = {NULL, 0, 0};
    bool hash_old = script_step_of(s, at, OP_HASH_OLD) != NULL;

    script_send_steps(s, at, script_is_before);
    script_append_view(&old, script_view(m));
    for (size_t i = 0; i < SCRIPT_STEPS_MAX; i++)
        if (s->config.steps[i].at == at)
            script_edit(m, &s->config.steps[i]);
    if (s->config.hook != NULL && s->config.hook(s->config.hook_ctx, m))
        hash_old = true;

    hfi_view hashed = script_view(hash_old ? &old : m);
    if (script_step_of(s, at, OP_AFTER_NEXT) != NULL) {
        script_append_view(&s->held, script_view(m));
    } else if (script_step_of(s, at, OP_DROP) == NULL) {
        hash_and_put(s, at, hashed, m);
        if (script_step_of(s, at, OP_TWICE) != NULL)
            hash_and_put(s, at, hashed, m);
        release_held(s);
    }
    script_send_steps(s, at, script_is_after);
    script_free(&old);
}

/* ---- ServerHello and HelloRetryRequest ---- */

static size_t hello_begin(scripted_server *s, script_bytes *m, const char *random_hex)
{
    size_t mark, block;

    script_message_begin(m, SERVER_HELLO);
    script_append_number(m, 0x0303, 2);
    script_append_hex(m, random_hex);
    script_append_number(m, s->hello.session_id.len, 1);
    script_append_view(m, s->hello.session_id);
    script_append_number(m, s->suite, 2);
    script_append_number(m, 0, 1);
    block = m->len;
    script_append_number(m, 0, 2);
    script_extension_begin(m, SCRIPT_EXT_VERSIONS, &mark);
    script_append_number(m, 0x0304, 2);
    script_length_end(m, mark, 2);
    return block;
}

void script_send_retry(scripted_server *s)
{
    script_bytes m = {NULL, 0, 0};
    size_t mark, block = hello_begin(s, &m, retry_random);

    if (!s->config.retry_without_group) {
        script_extension_begin(&m, SCRIPT_EXT_KEY_SHARE, &mark);
        script_append_number(&m, s->group, 2);
        script_length_end(&m, mark, 2);
    }
    if (s->config.cookie != NULL) {
        size_t inner;
        script_extension_begin(&m, SCRIPT_EXT_COOKIE, &mark);
        inner = m.len;
        script_append_number(&m, 0, 2);
        script_append_hex(&m, s->config.cookie);
        script_length_end(&m, inner, 2);
        script_length_end(&m, mark, 2);
    }
    script_length_end(&m, block, 2);
    script_message_end(&m);

    hfi_transcript_start(&s->transcript, &script_alloc, s->hash);
    if (s->retries_sent++ == 0)
        hfi_transcript_retry(&s->transcript);
    script_send_message(s, AT_RETRY, &m);
    put_ccs(s);
    script_free(&m);
}

/* Our share, and the secret of both; without a share of the client's that fits, or with
 * an unknown group, zeros. */
static void exchange(scripted_server *s, script_bytes *share, uint8_t *secret,
                     size_t *secret_len)
{
    const hfi_random random = {script_fill, &s->random_state};
    const hfi_group *group = script_group_of(s->group);
    uint8_t priv[HFI_GROUP_PRIVATE_MAX], pub[HFI_GROUP_SHARE_MAX];
    uint16_t id = s->group;
    hfi_view peer;

    memset(secret, 0, HFI_GROUP_SECRET_MAX);
    *secret_len = 32;
    if (group == NULL) {
        script_append_hex(share, "02*32");
        return;
    }
    *secret_len = group->secret_len;
    hfi_err err = HFI_E_KEY_SHARE_INVALID;
    if (script_hello_share(&s->hello, &id, &peer) && id == group->id) {
        err = group->encapsulate(&random, peer, pub, secret);
        if (err != HFI_OK)
            s->fault = "the client's key share is invalid";
    }
    if (err != HFI_OK) {
        err = group->generate(&random, priv, pub);
        assert(err == HFI_OK);
    }
    script_append(share, pub, group->peer_share_len);
}

static void send_hello(scripted_server *s)
{
    uint8_t secret[HFI_GROUP_SECRET_MAX], early[HFI_SECRET_MAX];
    script_bytes m = {NULL, 0, 0}, share = {NULL, 0, 0};
    hfi_digest digest;
    size_t mark, secret_len, block = hello_begin(s, &m, "5a*32");

    exchange(s, &share, secret, &secret_len);
    script_extension_begin(&m, SCRIPT_EXT_KEY_SHARE, &mark);
    script_append_number(&m, s->group, 2);
    script_append_number(&m, share.len, 2);
    script_append_view(&m, script_view(&share));
    script_length_end(&m, mark, 2);
    if (s->resumed)
        script_append_hex(&m, "0029 0002 0000");
    script_length_end(&m, block, 2);
    script_message_end(&m);

    hfi_transcript_start(&s->transcript, &script_alloc, s->hash);
    if (s->takes_early_data) {
        hfi_transcript_digest(&s->transcript, &digest);
        hfi_keys_early(&s->keys, 0, &digest, early);
    }
    script_send_message(s, AT_HELLO, &m);
    if (s->retries_sent == 0)
        put_ccs(s);
    script_flush(s);
    hfi_transcript_digest(&s->transcript, &digest);
    hfi_keys_enter_handshake(&s->keys, hfi_view_of(secret, secret_len), &digest);
    script_protect(&s->writing, s->hash, script_aead(s), s->keys.handshake[HFI_SERVER]);
    if (s->takes_early_data)
        script_protect(&s->reading, s->hash, script_aead(s), early);
    else
        script_protect(&s->reading, s->hash, script_aead(s),
                       s->keys.handshake[HFI_CLIENT]);
    script_free(&m);
    script_free(&share);
}

/* ---- the protected flight ---- */

static void send_extensions(scripted_server *s)
{
    script_bytes m = {NULL, 0, 0};
    size_t mark;

    script_message_begin(&m, ENCRYPTED_EXTENSIONS);
    script_append_number(&m, 0, 2);
    if (s->took_early_data)
        script_append_hex(&m, "002a 0000");
    if (s->config.answers_name)
        script_append_hex(&m, "0000 0000");
    if (s->config.tells_groups)
        script_append_hex(&m, "000a 0006 0004 001d 0017");
    if (s->config.alpn != NULL) {
        size_t len = strlen(s->config.alpn);
        script_extension_begin(&m, SCRIPT_EXT_ALPN, &mark);
        script_append_number(&m, len + 1, 2);
        script_append_number(&m, len, 1);
        script_append(&m, s->config.alpn, len);
        script_length_end(&m, mark, 2);
    }
    script_length_end(&m, 4, 2);
    script_message_end(&m);
    script_send_message(s, AT_EXTENSIONS, &m);
    script_free(&m);
}

static void send_request(scripted_server *s)
{
    script_bytes m = {NULL, 0, 0};

    script_message_begin(&m, CERTIFICATE_REQUEST);
    script_append_hex(&m, "00");
    size_t mark, block = m.len;
    script_append_number(&m, 0, 2);
    script_extension_begin(&m, SCRIPT_EXT_SCHEMES, &mark);
    size_t list = m.len;
    script_append_number(&m, 0, 2);
    script_append_hex(&m, s->config.request_schemes != NULL ? s->config.request_schemes
                                                            : "0403 0804");
    script_length_end(&m, list, 2);
    script_length_end(&m, mark, 2);
    if (s->config.request_authorities != NULL) {
        script_extension_begin(&m, 47, &mark);
        list = m.len;
        script_append_number(&m, 0, 2);
        script_append_hex(&m, s->config.request_authorities);
        script_length_end(&m, list, 2);
        script_length_end(&m, mark, 2);
    }
    script_length_end(&m, block, 2);
    script_message_end(&m);
    script_send_message(s, AT_REQUEST, &m);
    script_free(&m);
}

static void append_entry(script_bytes *m, hfi_view der)
{
    script_append_number(m, der.len, 3);
    script_append_view(m, der);
    script_append_number(m, 0, 2);
}

static void send_certificate(scripted_server *s)
{
    script_bytes m = {NULL, 0, 0};
    hfi_view leaf = script_certificate(s->config.key);

    script_message_begin(&m, CERTIFICATE);
    script_append_number(&m, 0, 1);
    script_append_number(&m, 0, 3);
    append_entry(&m, leaf);
    for (size_t i = 0; i < s->config.leaf_copies; i++)
        append_entry(&m, leaf);
    if (s->config.sends_ca)
        append_entry(&m, script_ca());
    script_length_end(&m, 5, 3);
    script_message_end(&m);
    script_send_message(s, AT_CERTIFICATE, &m);
    script_free(&m);
}

static void send_verify(scripted_server *s)
{
    static const char label[] = "TLS 1.3, server CertificateVerify";
    script_bytes m = {NULL, 0, 0}, what = {NULL, 0, 0}, sig = {NULL, 0, 0};
    uint16_t scheme =
        s->config.scheme != 0 ? s->config.scheme : script_key_scheme(s->config.key);
    hfi_digest digest;

    hfi_transcript_digest(&s->transcript, &digest);
    script_append_hex(&what, "20*64");
    script_append(&what, label, sizeof label); /* with its 0 byte */
    script_append(&what, digest.bytes, digest.len);
    script_sign(s->config.key, scheme, script_view(&what), &sig);

    script_message_begin(&m, CERTIFICATE_VERIFY);
    script_append_number(&m, scheme, 2);
    script_append_number(&m, sig.len, 2);
    script_append_view(&m, script_view(&sig));
    script_message_end(&m);
    script_send_message(s, AT_VERIFY, &m);
    script_free(&m);
    script_free(&what);
    script_free(&sig);
}

static void send_finished(scripted_server *s)
{
    script_bytes m = {NULL, 0, 0};
    hfi_digest digest, mac;

    hfi_transcript_digest(&s->transcript, &digest);
    hfi_keys_finished_mac(&s->keys, HFI_SERVER, &digest, &mac);
    script_message_begin(&m, FINISHED);
    script_append(&m, mac.bytes, mac.len);
    script_message_end(&m);
    script_send_message(s, AT_FINISHED, &m);
    script_flush(s);
    script_free(&m);
}

void script_send_flight(scripted_server *s)
{
    hfi_digest digest;

    send_hello(s);
    send_extensions(s);
    if (!s->resumed) {
        if (s->config.requests_certificate)
            send_request(s);
        send_certificate(s);
        send_verify(s);
    }
    send_finished(s);
    hfi_transcript_digest(&s->transcript, &digest);
    hfi_keys_enter_application(&s->keys, &digest);
    memcpy(s->secret_in, s->keys.application[HFI_CLIENT], HFI_SECRET_MAX);
    memcpy(s->secret_out, s->keys.application[HFI_SERVER], HFI_SECRET_MAX);
    script_protect(&s->writing, s->hash, script_aead(s), s->secret_out);
}

/* ---- afterwards ---- */

void scripted_server_ticket(scripted_server *s)
{
    script_bytes m = {NULL, 0, 0};
    script_ticket *t = &s->tickets[s->ticket_count % SCRIPT_TICKETS_MAX];
    uint8_t nonce = (uint8_t)s->ticket_count++;
    uint32_t lifetime = s->config.ticket_lifetime == 0 ? 7200 : s->config.ticket_lifetime;

    t->hash = s->hash;
    t->age_add = 0x01020304u * (nonce + 1u);
    memcpy(t->name, "ticket number   ", 16);
    t->name[15] = nonce;
    hfi_keys_ticket_psk(s->hash, s->keys.resumption, hfi_view_of(&nonce, 1), t->psk);
    script_message_begin(&m, NEW_SESSION_TICKET);
    script_append_number(&m, lifetime, 4);
    script_append_number(&m, t->age_add, 4);
    script_append_number(&m, 1, 1);
    script_append_number(&m, nonce, 1);
    script_append_number(&m, sizeof t->name, 2);
    script_append(&m, t->name, sizeof t->name);
    size_t block = m.len, mark;
    script_append_number(&m, 0, 2);
    if (s->config.max_early_data != 0) {
        script_extension_begin(&m, 42, &mark);
        script_append_number(&m, s->config.max_early_data, 4);
        script_length_end(&m, mark, 2);
    }
    script_length_end(&m, block, 2);
    script_message_end(&m);
    script_send_message(s, AT_TICKET, &m);
    script_flush(s);
    script_free(&m);
}

void script_send_connected(scripted_server *s)
{
    script_send_steps(s, AT_CONNECTED, script_is_before);
    script_send_steps(s, AT_CONNECTED, script_is_after);
    for (unsigned i = 0; i < s->config.tickets; i++)
        scripted_server_ticket(s);
    script_flush(s);
}

void scripted_server_step(scripted_server *s, const script_step *step)
{
    send_step(s, step);
    script_flush(s);
}

void scripted_server_send(scripted_server *s, hfi_view data)
{
    for (size_t at = 0; at < data.len; at += RECORD_MAX)
        script_put_record(s, 23,
                          hfi_view_of(data.p + at, data.len - at < RECORD_MAX
                                                       ? data.len - at
                                                       : RECORD_MAX));
}

void scripted_server_close(scripted_server *s)
{
    static const uint8_t close_notify[] = {1, 0};

    script_put_record(s, 21, hfi_view_of(close_notify, 2));
}
