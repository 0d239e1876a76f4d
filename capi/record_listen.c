/* capi/record_listen.c: the recorder between the engine and what it asks: entropy,
 * clocks, our own keys, the application's callbacks, sessions of a server.  Each question
 * is passed on, and the answer is kept. */
#include "base/ct.h"
#include "capi/recording.h"
#include "session/ticket.h"
#include "wire/writer.h"

static hfi_recorder *recorder_of(void *owner)
{
    return ((hf_conn *)owner)->recorder;
}

/* ---- entropy and time ---- */

static bool fill(void *ctx, uint8_t *bytes, size_t count)
{
    hfi_recorder *r = ctx;
    const hfi_random *random = &r->original.random;
    uint8_t filled = random->fill(random->ctx, bytes, count) ? 1 : 0;
    hfi_view parts[] = {{&filled, 1}, {bytes, filled ? count : 0}};

    hfi_recorder_write(r, HFI_CHUNK_RANDOM, parts, 2);
    return filled != 0;
}

static int64_t keep_time(hfi_recorder *r, hfi_chunk kind, int64_t time)
{
    uint8_t room[8];
    hfi_writer w = hfi_writer_of(room, sizeof room);

    hfi_write_u64(&w, (uint64_t)time);
    hfi_view body = hfi_writer_view(&w);
    hfi_recorder_write(r, kind, &body, 1);
    return time;
}

static int64_t unix_seconds(void *ctx)
{
    hfi_recorder *r = ctx;
    const hfi_clock *clock = &r->original.clock;

    return keep_time(r, HFI_CHUNK_UNIX, clock->unix_seconds(clock->ctx));
}

static int64_t monotonic_microseconds(void *ctx)
{
    hfi_recorder *r = ctx;
    const hfi_clock *clock = &r->original.clock;

    return keep_time(r, HFI_CHUNK_MONOTONIC, clock->monotonic_microseconds(clock->ctx));
}

/* ---- keys of ours ---- */

/* A signature stands in the recording instead of the key; what was drawn for it does not,
 * since it would betray the key.  The table of primitives has no context: the source of
 * entropy that the engine hands on is the recorder's. */
static hfi_err sign(hfi_signature algorithm, const hfi_private_key *key,
                    const hfi_random *random, hfi_view message, hfi_span out, size_t *len)
{
    hfi_recorder *r = random->ctx;
    uint8_t front[2];
    hfi_writer w = hfi_writer_of(front, sizeof front);
    hfi_err err =
        r->original.crypto->sign(algorithm, key, &r->original.random, message, out, len);

    hfi_write_u16(&w, (uint16_t)err);
    hfi_view parts[] = {hfi_writer_view(&w), {out.p, err == HFI_OK ? *len : 0}};
    hfi_recorder_write(r, HFI_CHUNK_SIGNED, parts, 2);
    return err;
}

/* ---- callbacks ---- */

static int client_hello(void *owner)
{
    hf_conn *conn = owner;
    int answer = recorder_of(owner)->original.client_hello(owner);

    hfi_record_answer(conn, HFI_CHUNK_HELLO, answer, hfi_view_of(NULL, 0));
    return answer;
}

static int choose_certificate(void *owner)
{
    int answer = recorder_of(owner)->original.choose_certificate(owner);

    hfi_record_answer(owner, HFI_CHUNK_CHOICE, answer, hfi_view_of(NULL, 0));
    return answer;
}

static int choose_alpn(void *owner, hfi_view offered, hfi_view *name)
{
    int answer = recorder_of(owner)->original.choose_alpn(owner, offered, name);

    hfi_record_answer(owner, HFI_CHUNK_ALPN, answer,
                      answer == 1 ? *name : hfi_view_of(NULL, 0));
    return answer;
}

static int judge_chain(void *owner, hfi_err found)
{
    int answer = recorder_of(owner)->original.judge_chain(owner, found);

    hfi_record_answer(owner, HFI_CHUNK_VERDICT, answer, hfi_view_of(NULL, 0));
    return answer;
}

static int find_psk(void *owner, hfi_view identity, hfi_psk_answer *out)
{
    uint8_t body[1 + HFI_PSK_KEY_MAX];
    int answer = recorder_of(owner)->original.find_psk(owner, identity, out);
    size_t len = out->key_len <= HFI_PSK_KEY_MAX ? out->key_len : 0;

    body[0] = out->hash != NULL ? (uint8_t)out->hash->size : 0;
    memcpy(body + 1, out->key, len);
    hfi_record_answer(owner, HFI_CHUNK_FOUND_PSK, answer,
                      hfi_view_of(body, answer == 1 ? 1 + len : 0));
    hfi_wipe(body, sizeof body);
    return answer;
}

static void key_log(void *ctx, const void *owner, const char *line)
{
    hfi_recorder *r = ctx;
    int before = r->conn->key_log_errno;

    r->original.key_log(r->original.key_log_ctx, owner, line);
    if (r->conn->key_log_errno != before)
        hfi_record_number(r->conn, HFI_CHUNK_KEY_LOG, (uint64_t)r->conn->key_log_errno);
}

/* ---- sessions of a server ---- */

static int find(void *ctx, void *owner, hfi_view id, hfi_span value, size_t *len)
{
    hfi_recorder *r = ctx;
    const hfi_session_store *store = r->original.sessions;
    int answer = store->find(store->ctx, owner, id, value, len);
    uint8_t size[4];
    hfi_writer w = hfi_writer_of(size, sizeof size);

    hfi_write_u32(&w, *len > UINT32_MAX ? UINT32_MAX : (uint32_t)*len);
    hfi_record_answer(r->conn, HFI_CHUNK_FIND, answer, hfi_writer_view(&w));
    return answer;
}

static void put(void *ctx, void *owner, hfi_view id, hfi_view value, uint32_t lifetime)
{
    const hfi_session_store *store = ((hfi_recorder *)ctx)->original.sessions;

    store->put(store->ctx, owner, id, value, lifetime);
}

static void remove_one(void *ctx, void *owner, hfi_view id)
{
    const hfi_session_store *store = ((hfi_recorder *)ctx)->original.sessions;

    if (store->remove != NULL)
        store->remove(store->ctx, owner, id);
}

static bool no_entropy(void *ctx, uint8_t *bytes, size_t count)
{
    (void)ctx;
    memset(bytes, 0, count);
    return true;
}

const uint8_t hfi_recording_ticket_key[HFI_TICKET_KEY_BYTES] =
    "handfast replay\0no secret: this is in the source";

/* The session is sealed anew, by a key that is no secret: that of the server opens the
 * tickets of others. */
static void ticket_opened(void *ctx, hfi_session **session, bool *renew)
{
    static const hfi_random zeros = {no_entropy, NULL};
    hfi_recorder *r = ctx;
    const hfi_settings *s = &r->original;
    hfi_sealed_for nobody = {{NULL, 0}, {NULL, 0}};
    hfi_ticket_keys keys = {.count = 0};
    uint8_t front = *renew ? 1 : 0;
    uint8_t *room = NULL;
    size_t size = 0;
    size_t len = 0;

    if (*session != NULL) {
        const hfi_session_fields *f = hfi_session_get(*session);
        hfi_ticket_keys_init(&keys, s->crypto, HFI_TICKET_LIFETIME_DEFAULT);
        (void)hfi_ticket_keys_give(&keys, hfi_view_of(hfi_recording_ticket_key,
                                                      sizeof hfi_recording_ticket_key));
        size = hfi_ticket_sealed_size(f);
        room = hfi_alloc_bytes(&r->alloc, size);
        if (room != NULL)
            (void)hfi_ticket_seal(&keys, &zeros, f->received, &nobody, f, room, size,
                                  &len);
    }
    hfi_view parts[] = {{&front, 1}, {room, len}};
    hfi_recorder_write(r, HFI_CHUNK_TICKET, parts, 2);
    hfi_alloc_release(&r->alloc, room);
}

static void hello_judged(void *ctx, bool *first)
{
    hfi_record_answer(((hfi_recorder *)ctx)->conn, HFI_CHUNK_FIRST, *first ? 1 : 0,
                      hfi_view_of(NULL, 0));
}

static void ticket_sealed(void *ctx, hfi_span sealed)
{
    hfi_record_bytes(((hfi_recorder *)ctx)->conn, HFI_CHUNK_SEALED,
                     hfi_view_of(sealed.p, sealed.len));
}

/* Keys of tickets that are still to be made are made before, or they would be drawn
 * while the recorder listens, and a replay, which has none, would not draw them. */
static void make_ticket_keys(const hfi_settings *s)
{
    hfi_ticket_key key;

    if (s->tickets == NULL || s->tickets->lifetime == 0)
        return;
    (void)hfi_ticket_keys_to_seal(s->tickets, &s->random,
                                  s->clock.unix_seconds(s->clock.ctx), &key);
    hfi_wipe(&key, sizeof key);
}

/* ---- taking place ---- */

static void listen_to_callbacks(hfi_recorder *r)
{
    hfi_settings *s = &r->settings;

    if (s->client_hello != NULL)
        s->client_hello = client_hello;
    if (s->choose_certificate != NULL)
        s->choose_certificate = choose_certificate;
    if (s->choose_alpn != NULL)
        s->choose_alpn = choose_alpn;
    if (s->judge_chain != NULL)
        s->judge_chain = judge_chain;
    if (s->find_psk != NULL)
        s->find_psk = find_psk;
    if (s->key_log != NULL) {
        s->key_log = key_log;
        s->key_log_ctx = r;
    }
}

void hfi_recorder_listen(hfi_recorder *r)
{
    hfi_settings *s = &r->settings;

    if (r->conn->role == HFI_ROLE_SERVER)
        make_ticket_keys(&r->original);
    r->crypto = *r->original.crypto;
    r->crypto.sign = sign;
    s->crypto = &r->crypto;
    s->random = (hfi_random){fill, r};
    s->clock = (hfi_clock){unix_seconds, monotonic_microseconds, r};
    listen_to_callbacks(r);
    if (s->sessions != NULL) {
        r->sessions = (hfi_session_store){find, put, remove_one, r};
        s->sessions = &r->sessions;
    }
    r->witness = (hfi_witness){ticket_opened, hello_judged, ticket_sealed, r};
    s->witness = &r->witness;
    hfi_conn_set_settings(&r->conn->engine, s);
}
