/* capi/replay_listen.c: what the engine asks for, answered by a recording: entropy, time,
 * the transport, signatures, callbacks, sessions of a server. */
#include <stdlib.h>

#include "base/ct.h"
#include "capi/recording.h"
#include "session/ticket.h"
#include "wire/reader.h"

/* ---- entropy and time ---- */

static bool more_entropy(hf_replay *p)
{
    hfi_view body;

    while (p->random.rest.len == 0) {
        if (!hfi_tape_take(p, &p->random, HFI_CHUNK_RANDOM, &body)) {
            p->exhausted = true;
            return false;
        }
        hfi_reader r = hfi_reader_of(body);
        if (hfi_read_u8(&r) != 1)
            return false;
        p->random.rest = hfi_read_rest(&r);
    }
    return true;
}

/* Takes so many bytes from the front of what is left of a chunk. */
static void take_bytes(hfi_queue *queue, uint8_t *bytes, size_t n)
{
    hfi_reader r = hfi_reader_of(queue->rest);
    hfi_view front = hfi_read_bytes(&r, n);

    memcpy(bytes, front.p, front.len);
    queue->rest = hfi_read_rest(&r);
}

static bool fill(void *ctx, uint8_t *bytes, size_t count)
{
    hf_replay *p = ctx;
    size_t done = 0;

    while (done < count) {
        if (!more_entropy(p))
            return false;
        size_t rest = p->random.rest.len;
        size_t n = rest < count - done ? rest : count - done;
        take_bytes(&p->random, bytes + done, n);
        done += n;
    }
    return true;
}

/* Past the end time stands still. */
static int64_t next_time(hf_replay *p, hfi_queue *queue, hfi_chunk kind, int64_t *last)
{
    hfi_view body;

    if (!hfi_tape_take(p, queue, kind, &body)) {
        p->exhausted = true;
        return *last;
    }
    hfi_reader r = hfi_reader_of(body);
    *last = (int64_t)(hfi_read_u64(&r) & INT64_MAX);
    return *last;
}

static int64_t unix_seconds(void *ctx)
{
    hf_replay *p = ctx;

    return next_time(p, &p->unix_time, HFI_CHUNK_UNIX, &p->last_unix);
}

static int64_t monotonic_microseconds(void *ctx)
{
    hf_replay *p = ctx;

    return next_time(p, &p->monotonic, HFI_CHUNK_MONOTONIC, &p->last_monotonic);
}

/* ---- the transport ---- */

typedef struct replay_bio {
    hf_bio bio;
    hf_replay *replay;
} replay_bio;

static ptrdiff_t next_move(hf_replay *p, hfi_queue *queue, hfi_chunk kind,
                           int *error_number)
{
    hfi_view body;

    if (!hfi_tape_take(p, queue, kind, &body)) {
        p->exhausted = true;
        return HFI_IO_WOULD_BLOCK;
    }
    hfi_reader r = hfi_reader_of(body);
    ptrdiff_t n = (int32_t)hfi_read_u32(&r);
    *error_number = (int32_t)hfi_read_u32(&r);
    queue->rest = hfi_read_rest(&r);
    return r.failed || n < HFI_IO_AGAIN ? HFI_IO_ERROR : n;
}

static ptrdiff_t read_bytes(hf_bio *bio, uint8_t *bytes, size_t count, int64_t wait,
                            int *error_number)
{
    hf_replay *p = ((replay_bio *)(void *)bio)->replay;
    hfi_queue *queue = &p->reads;

    (void)wait;
    if (queue->rest.len == 0) {
        ptrdiff_t n = next_move(p, queue, HFI_CHUNK_READ, error_number);
        if (n <= 0)
            return n;
        if (queue->rest.len == 0)
            return HFI_IO_ERROR;
    }
    size_t n = queue->rest.len < count ? queue->rest.len : count;
    take_bytes(queue, bytes, n);
    return (ptrdiff_t)n;
}

static ptrdiff_t write_bytes(hf_bio *bio, const uint8_t *bytes, size_t count,
                             int64_t wait, int *error_number)
{
    hf_replay *p = ((replay_bio *)(void *)bio)->replay;
    ptrdiff_t n = next_move(p, &p->writes, HFI_CHUNK_WRITE, error_number);

    (void)bytes, (void)wait;
    if (n == 0)
        return HFI_IO_ERROR;
    return n > 0 && (size_t)n > count ? (ptrdiff_t)count : n;
}

static void release_bio(hf_bio *bio)
{
    free(bio);
}

hf_bio *hfi_replay_transport(hf_replay *p)
{
    static const hfi_bio_method method = {
        .read = read_bytes, .write = write_bytes, .release = release_bio};
    replay_bio *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    made->bio.method = &method;
    made->replay = p;
    return &made->bio;
}

/* ---- what stands in order ---- */

/* Does what the application did meanwhile, up to the answer of that kind. */
static bool next_answer(hf_replay *p, hfi_chunk wanted, hfi_reader *r)
{
    uint8_t kind;
    hfi_view body;

    while (hfi_tape_peek(p, &kind, &body)) {
        if (kind == wanted) {
            hfi_tape_skip(p);
            *r = hfi_reader_of(body);
            return true;
        }
        if (!hfi_replay_act(p, kind, body))
            break;
    }
    p->exhausted = true;
    *r = hfi_reader_of(hfi_view_of(NULL, 0));
    return false;
}

/* One that is missing fails the handshake. */
static int plain_answer(hf_replay *p, hfi_chunk kind)
{
    hfi_reader r;

    return next_answer(p, kind, &r) ? (int32_t)hfi_read_u32(&r) : 0;
}

static int answer_hello(void *ctx, hf_conn *conn)
{
    (void)conn;
    return plain_answer(ctx, HFI_CHUNK_HELLO);
}

static int answer_choice(void *ctx, hf_conn *conn)
{
    (void)conn;
    return plain_answer(ctx, HFI_CHUNK_CHOICE);
}

static int answer_verdict(void *ctx, hf_conn *conn, int found)
{
    (void)conn, (void)found;
    return plain_answer(ctx, HFI_CHUNK_VERDICT);
}

static int answer_alpn(void *ctx, hf_conn *conn, const uint8_t *offered, size_t len,
                       const uint8_t **name, size_t *name_len)
{
    hfi_reader r;
    bool told = next_answer(ctx, HFI_CHUNK_ALPN, &r);
    int answer = (int32_t)hfi_read_u32(&r);
    hfi_view chosen = hfi_read_rest(&r);

    (void)conn, (void)offered, (void)len;
    *name = chosen.p;
    *name_len = chosen.len;
    return told ? answer : -1;
}

static int answer_psk(void *ctx, hf_conn *conn, const uint8_t *identity,
                      size_t identity_len, uint8_t *key, size_t size, size_t *key_len,
                      const char **hash)
{
    hfi_reader r;
    bool told = next_answer(ctx, HFI_CHUNK_FOUND_PSK, &r);
    int answer = (int32_t)hfi_read_u32(&r);
    uint8_t hash_size = answer == 1 ? hfi_read_u8(&r) : 0;
    hfi_view found = hfi_read_rest(&r);

    (void)conn, (void)identity, (void)identity_len;
    if (!told || r.failed || found.len > size)
        return 0;
    if (found.len != 0)
        memcpy(key, found.p, found.len);
    *key_len = found.len;
    *hash = hash_size == 32 ? "SHA256" : hash_size == 48 ? "SHA384" : "";
    return answer;
}

static hfi_view signature_of(hfi_reader *r, size_t size)
{
    hfi_view signature = hfi_read_rest(r);

    return signature.len <= size ? signature : hfi_view_of(NULL, 0);
}

static int answer_signer(void *ctx, hf_conn *conn, int scheme, const uint8_t *content,
                         size_t len, uint8_t *out, size_t size, size_t *out_len)
{
    hfi_reader r;
    bool told = next_answer(ctx, HFI_CHUNK_SIGN, &r);
    int answer = (int32_t)hfi_read_u32(&r);
    hfi_view signature = signature_of(&r, size);

    (void)conn, (void)scheme, (void)content, (void)len;
    if (signature.len != 0)
        memcpy(out, signature.p, signature.len);
    *out_len = signature.len;
    return told ? answer : 0;
}

static hfi_err sign(hfi_signature algorithm, const hfi_private_key *key,
                    const hfi_random *random, hfi_view message, hfi_span out, size_t *len)
{
    hfi_reader r;
    bool told = next_answer(random->ctx, HFI_CHUNK_SIGNED, &r);
    uint16_t code = hfi_read_u16(&r);
    hfi_view signature = signature_of(&r, out.len);

    (void)algorithm, (void)key, (void)message;
    if (!told || r.failed || (code == 0 && signature.len == 0))
        return HFI_E_INTERNAL;
    if (code != 0)
        return hfi_err_lookup(code)->code == HFI_OK ? HFI_E_INTERNAL : (hfi_err)code;
    memcpy(out.p, signature.p, signature.len);
    *len = signature.len;
    return HFI_OK;
}

static void no_key_to_free(hfi_private_key *key)
{
    (void)key;
}

static void key_log(void *ctx, const void *owner, const char *line)
{
    hf_replay *p = ctx;
    uint8_t kind;
    hfi_view body;

    (void)owner, (void)line;
    if (!hfi_tape_peek(p, &kind, &body) || kind != HFI_CHUNK_KEY_LOG)
        return;
    hfi_tape_skip(p);
    hfi_reader r = hfi_reader_of(body);
    p->conn->key_log_errno = (int)(hfi_read_u64(&r) & 0xffff);
}

/* ---- sessions of a server ---- */

static int find(void *ctx, hf_conn *conn, const uint8_t *id, size_t id_len,
                uint8_t *value, size_t size, size_t *len)
{
    hfi_reader r;
    bool told = next_answer(ctx, HFI_CHUNK_FIND, &r);
    int answer = (int32_t)hfi_read_u32(&r);

    (void)conn, (void)id, (void)id_len;
    memset(value, 0, size);
    *len = hfi_read_u32(&r);
    return told ? answer : 0;
}

static void put(void *ctx, hf_conn *conn, const uint8_t *id, size_t id_len,
                const uint8_t *value, size_t len, int64_t lifetime)
{
    (void)ctx, (void)conn, (void)id, (void)id_len, (void)value, (void)len;
    (void)lifetime;
}

/* What a server reads out of its own tickets it believes: this one may be a forger's. */
static bool makes_sense(const hfi_settings *s, const hfi_session_fields *f)
{
    hfi_suite room;
    const hfi_suite *suite = hfi_suite_find(s->crypto, f->suite, &room);
    bool is_tls13 = f->version == 0x0304;

    if (suite == NULL || (!is_tls13 && f->version != 0x0303) ||
        (f->group != 0 && hfi_group_find(s->crypto, f->group) == NULL) ||
        (f->scheme != 0 && hfi_scheme_find(f->scheme) == NULL))
        return false;
    return f->psk_len == (is_tls13 ? suite->hash->size : 48u);
}

/* Under the key of recordings, at the time at which it was issued. */
static hfi_session *read_session(hf_replay *p, hfi_view sealed, int64_t now)
{
    const hfi_alloc *alloc = &p->config->settings.alloc;
    hfi_sealed_for nobody = {{NULL, 0}, {NULL, 0}};
    hfi_session *session = NULL;
    bool renew;

    (void)hfi_ticket_open(&p->config->tickets, alloc, now, &nobody, sealed, &session,
                          &renew);
    if (session != NULL && !makes_sense(&p->config->settings, hfi_session_get(session))) {
        hfi_session_free(session);
        return NULL;
    }
    return session;
}

static void ticket_opened(void *ctx, hfi_session **session, bool *renew)
{
    hf_replay *p = ctx;
    hfi_reader r;

    (void)next_answer(p, HFI_CHUNK_TICKET, &r);
    hfi_session_free(*session);
    *renew = hfi_read_u8(&r) != 0;
    *session = NULL;
    if (hfi_reader_more(&r))
        *session = read_session(p, hfi_read_rest(&r), p->last_unix);
}

static void hello_judged(void *ctx, bool *first)
{
    *first = plain_answer(ctx, HFI_CHUNK_FIRST) == 1;
}

/* Others have the key to it: what was sent to the peer is what the transcript has. */
static void ticket_sealed(void *ctx, hfi_span sealed)
{
    hfi_reader r;

    (void)next_answer(ctx, HFI_CHUNK_SEALED, &r);
    hfi_view was = hfi_read_rest(&r);
    if (was.len == sealed.len && was.len != 0)
        memcpy(sealed.p, was.p, was.len);
}

/* ---- taking place ---- */

static hf_status listen_to_callbacks(hf_replay *p, hf_config *config, unsigned asks)
{
    hf_session_store store = {sizeof store, find, put, NULL, p};
    hf_status status = 1;

    if ((asks & HFI_ASKS_HELLO) != 0)
        status = hf_config_set_client_hello_callback(config, answer_hello, p);
    if (status == 1 && (asks & HFI_ASKS_CHOICE) != 0)
        status = hf_config_set_certificate_callback(config, answer_choice, p);
    if (status == 1 && (asks & HFI_ASKS_ALPN) != 0)
        status = hf_config_set_alpn_callback(config, answer_alpn, p);
    if (status == 1 && (asks & HFI_ASKS_PSK) != 0)
        status = hf_config_set_psk_callback(config, answer_psk, p);
    if (status == 1 && (asks & HFI_ASKS_VERDICT) != 0)
        status = hf_config_set_verify_callback(config, answer_verdict, p);
    if (status == 1 && (asks & HFI_ASKS_SIGNER) != 0)
        status = hf_config_set_sign_function(config, answer_signer, p);
    if (status == 1 && (asks & HFI_ASKS_STORE) != 0)
        status = hf_config_set_session_store(config, &store);
    return status;
}

hf_status hfi_replay_listen(hf_replay *p, hf_config *config, unsigned asks)
{
    hfi_settings *s = &config->settings;

    s->random = (hfi_random){fill, p};
    s->clock = (hfi_clock){unix_seconds, monotonic_microseconds, p};
    config->crypto.sign = sign;
    config->crypto.private_key_free = no_key_to_free;
    p->witness = (hfi_witness){ticket_opened, hello_judged, ticket_sealed, p};
    s->witness = &p->witness;
    if ((asks & HFI_ASKS_KEY_LOG) != 0) {
        s->key_log = key_log;
        s->key_log_ctx = p;
    }
    hf_status status = hf_config_set_ticket_keys(config, hfi_recording_ticket_key,
                                                 sizeof hfi_recording_ticket_key);
    return status == 1 ? listen_to_callbacks(p, config, asks) : status;
}
