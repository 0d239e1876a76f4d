/* answers.c: see answers.h.  What Lua has answered is kept until the callback of C that
 * it is for is called again; keys and sessions are kept by the identity that was asked
 * for, as one ClientHello may ask for several, and each repetition for all of them again.
 */
#include "answers.h"

#include <stdlib.h>
#include <string.h>

enum {
    FOUND_MAX = 32, /* identities of a ClientHello and its repetition; the engine asks
                     * for 16 at most */
    KEPT_MAX = 32,
    TICKETS_MAX = 32, /* of one call */
    NAME_SIZE_MAX = 255,
    KEY_MAX = 255
};

typedef struct found {
    struct found *next;
    int kind; /* HF_ASK_KEY or HF_ASK_SESSION */
    int known;
    const char *hash; /* static */
    size_t identity_len;
    size_t value_len;
    uint8_t bytes[]; /* the identity, then the value */
} found;

typedef struct single {
    int ready;
    int answer;
} single;

typedef struct answers {
    int asked; /* HF_ASK_... */
    uint8_t *identity;
    size_t identity_len;
    int result;
    single certificate;
    single verdict;
    single hello;
    single protocol;
    single signature;
    uint8_t name[NAME_SIZE_MAX];
    size_t name_len;
    found *found;
    size_t found_count;
    hf_lua_kept *kept;
    size_t kept_count;
    hf_session *tickets[TICKETS_MAX]; /* the oldest first */
    size_t ticket_count;
    const hf_lua_asker *asker; /* during a call; not forgotten by hf_clear */
    int is_freed;              /* when that call is over */
} answers;

static void wipe(void *memory, size_t size)
{
    volatile uint8_t *p = memory;

    while (size-- > 0)
        *p++ = 0;
}

static answers *answers_of(const hf_conn *conn)
{
    return hf_conn_get_user_data(conn);
}

static answers *make_answers(hf_conn *conn)
{
    answers *a = answers_of(conn);

    if (!a) {
        a = calloc(1, sizeof *a);
        hf_conn_set_user_data(conn, a);
    }
    return a;
}

/* ---- the question ---- */

static void ask(answers *a, int kind, const uint8_t *identity, size_t len)
{
    free(a->identity);
    a->identity = NULL;
    a->identity_len = 0;
    a->asked = kind;
    if (len == 0)
        return;
    a->identity = malloc(len);
    if (!a->identity) {
        a->asked = HF_ASK_NOTHING; /* and so the call waits for what does not come */
        return;
    }
    memcpy(a->identity, identity, len);
    a->identity_len = len;
}

int hf_question_kind(const hf_conn *conn)
{
    const answers *a = answers_of(conn);

    return a ? a->asked : HF_ASK_NOTHING;
}

const uint8_t *hf_question_bytes(const hf_conn *conn, size_t *len)
{
    const answers *a = answers_of(conn);

    *len = a ? a->identity_len : 0;
    return a ? a->identity : NULL;
}

int hf_question_result(const hf_conn *conn)
{
    const answers *a = answers_of(conn);

    return a ? a->result : 0;
}

/* ---- what C calls ---- */

static int use(answers *a, single *s, int kind)
{
    if (s->ready) {
        s->ready = 0;
        a->asked = HF_ASK_NOTHING;
        return s->answer;
    }
    ask(a, kind, NULL, 0);
    return -1;
}

/* A choice stays made, as long as hf_clear does not forget it. */
static int choose(void *context, hf_conn *conn)
{
    answers *a = make_answers(conn);

    (void)context;
    if (!a)
        return 0;
    if (a->certificate.ready) {
        a->asked = HF_ASK_NOTHING;
        return a->certificate.answer;
    }
    ask(a, HF_ASK_CERTIFICATE, NULL, 0);
    return -1;
}

static int judge(void *context, hf_conn *conn, int result)
{
    answers *a = make_answers(conn);

    (void)context;
    if (!a)
        return -HF_E_NO_MEMORY;
    a->result = result;
    return use(a, &a->verdict, HF_ASK_VERDICT);
}

static int look_at_hello(void *context, hf_conn *conn)
{
    answers *a = make_answers(conn);

    (void)context;
    return a ? use(a, &a->hello, HF_ASK_HELLO) : 0;
}

/* One that was offered; the handshake may ask again after a HelloRetryRequest. */
static int choose_protocol(void *context, hf_conn *conn, const uint8_t *offered,
                           size_t offered_len, const uint8_t **name, size_t *name_len)
{
    const answers *a = answers_of(conn);

    (void)context;
    (void)offered;
    (void)offered_len;
    if (!a || !a->protocol.ready)
        return -1;
    *name = a->name;
    *name_len = a->name_len;
    return a->protocol.answer;
}

/* Signatures come from hf_conn_provide_signature, later. */
static int sign(void *context, hf_conn *conn, int scheme, const uint8_t *content,
                size_t len, uint8_t *signature, size_t size, size_t *signature_len)
{
    answers *a = make_answers(conn);

    (void)context;
    (void)scheme;
    (void)content;
    (void)len;
    (void)signature;
    (void)size;
    *signature_len = 0;
    return a ? use(a, &a->signature, HF_ASK_SIGNATURE) : 0;
}

static const found *find(const answers *a, int kind, const uint8_t *identity, size_t len)
{
    const found *f = a->found;

    while (f && (f->kind != kind || f->identity_len != len ||
                 memcmp(f->bytes, identity, len) != 0))
        f = f->next;
    return f;
}

/* NULL: it is not known yet, and asked for, unless there is no more room. */
static const found *find_or_ask(hf_conn *conn, int kind, const uint8_t *identity,
                                size_t len, int *later)
{
    answers *a = make_answers(conn);
    const found *f = a ? find(a, kind, identity, len) : NULL;

    *later = 0;
    if (f) {
        a->asked = HF_ASK_NOTHING;
    } else if (a && a->found_count < FOUND_MAX) {
        ask(a, kind, identity, len);
        *later = -1;
    }
    return f;
}

static int find_key(void *context, hf_conn *conn, const uint8_t *identity,
                    size_t identity_len, uint8_t *key, size_t size, size_t *key_len,
                    const char **hash)
{
    int later;
    const found *f = find_or_ask(conn, HF_ASK_KEY, identity, identity_len, &later);

    (void)context;
    if (!f || !f->known)
        return later;
    *key_len = f->value_len < size ? f->value_len : size; /* 0 fails the handshake */
    memcpy(key, f->bytes + f->identity_len, *key_len);
    *hash = f->hash;
    return 1;
}

static int find_session(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                        uint8_t *value, size_t value_size, size_t *value_len)
{
    int later;
    const found *f = find_or_ask(conn, HF_ASK_SESSION, id, id_len, &later);

    (void)context;
    if (f && f->known < 0) {
        *value_len = value_size + 1; /* what does not fit fails the handshake */
        return 1;
    }
    if (!f || !f->known || f->value_len > value_size)
        return later;
    *value_len = f->value_len;
    memcpy(value, f->bytes + f->identity_len, f->value_len);
    return 1;
}

/* What cannot be kept is a session less. */
static void keep(hf_conn *conn, const hf_lua_kept *like, const uint8_t *id,
                 const uint8_t *value)
{
    answers *a = make_answers(conn);
    hf_lua_kept **end = a ? &a->kept : NULL;
    hf_lua_kept *k;

    if (!a || a->kept_count >= KEPT_MAX)
        return;
    k = malloc(sizeof *k + like->id_len + like->value_len);
    if (!k)
        return;
    *k = *like;
    memcpy(k->bytes, id, like->id_len);
    if (like->value_len != 0)
        memcpy(k->bytes + like->id_len, value, like->value_len);
    while (*end)
        end = &(*end)->next;
    *end = k;
    a->kept_count++;
}

static void put_session(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                        const uint8_t *value, size_t value_len, int64_t lifetime)
{
    const hf_lua_kept k = {NULL, 1, lifetime, id_len, value_len};

    (void)context;
    keep(conn, &k, id, value);
}

static void remove_session(void *context, hf_conn *conn, const uint8_t *id, size_t id_len)
{
    const hf_lua_kept k = {NULL, 0, 0, id_len, 0};

    (void)context;
    keep(conn, &k, id, NULL);
}

/* More than there is room for are sessions less. */
static void keep_ticket(void *context, hf_conn *conn, hf_session *session)
{
    answers *a = make_answers(conn);

    (void)context;
    if (a && a->ticket_count < TICKETS_MAX)
        a->tickets[a->ticket_count++] = hf_session_up_ref(session);
}

static int ask_register(void *context, hf_conn *conn, const uint8_t *hello, size_t len,
                        int64_t seconds)
{
    const answers *a = answers_of(conn);

    (void)context;
    if (!a || !a->asker)
        return -1;
    return a->asker->ask(a->asker->context, hello, len, seconds);
}

hf_status hf_register_enable(hf_config *config, int enabled)
{
    return hf_config_set_early_data_register(config, enabled ? ask_register : NULL, NULL);
}

hf_status hf_questions_enable(hf_config *config, int kind)
{
    static const hf_session_store store = {sizeof store, find_session, put_session,
                                           remove_session, NULL};
    hf_status status;

    switch (kind) {
    case HF_ASK_CERTIFICATE:
        return hf_config_set_certificate_callback(config, choose, NULL);
    case HF_ASK_VERDICT:
        return hf_config_set_verify_callback(config, judge, NULL);
    case HF_ASK_HELLO:
        return hf_config_set_client_hello_callback(config, look_at_hello, NULL);
    case HF_ASK_PROTOCOL:
        status = hf_config_set_client_hello_callback(config, look_at_hello, NULL);
        return status == 1 ? hf_config_set_alpn_callback(config, choose_protocol, NULL)
                           : status;
    case HF_TELL_SESSIONS:
        return hf_config_set_session_callback(config, keep_ticket, NULL);
    case HF_ASK_SIGNATURE:
        return hf_config_set_sign_function(config, sign, NULL);
    case HF_ASK_KEY:
        return hf_config_set_psk_callback(config, find_key, NULL);
    case HF_ASK_SESSION:
        return hf_config_set_session_store(config, &store);
    default:
        return -HF_E_INVALID_ARGUMENT;
    }
}

/* ---- the answers ---- */

hf_status hf_answer(hf_conn *conn, int kind, int answer)
{
    answers *a = make_answers(conn);
    single *s = NULL;

    if (!a)
        return -HF_E_NO_MEMORY;
    if (kind == HF_ASK_CERTIFICATE)
        s = &a->certificate;
    else if (kind == HF_ASK_VERDICT)
        s = &a->verdict;
    else if (kind == HF_ASK_HELLO)
        s = &a->hello;
    else if (kind == HF_ASK_SIGNATURE)
        s = &a->signature;
    if (!s)
        return -HF_E_INVALID_ARGUMENT;
    s->ready = 1;
    s->answer = answer;
    return 1;
}

hf_status hf_answer_protocol(hf_conn *conn, int answer, const uint8_t *bytes,
                             size_t count)
{
    answers *a = make_answers(conn);

    if (!a)
        return -HF_E_NO_MEMORY;
    if (count > sizeof a->name)
        return -HF_E_INVALID_ARGUMENT;
    memcpy(a->name, bytes, count);
    a->name_len = count;
    a->protocol.ready = 1;
    a->protocol.answer = answer;
    return 1;
}

/* To the question that is asked. */
static hf_status add_found(hf_conn *conn, const found *like, const uint8_t *bytes)
{
    answers *a = make_answers(conn);
    size_t identity_len = a ? a->identity_len : 0;
    found *f;

    if (!a)
        return -HF_E_NO_MEMORY;
    if (a->asked != like->kind)
        return -HF_E_INVALID_ARGUMENT;
    f = malloc(sizeof *f + identity_len + like->value_len);
    if (!f)
        return -HF_E_NO_MEMORY;
    *f = *like;
    f->identity_len = identity_len;
    if (identity_len != 0)
        memcpy(f->bytes, a->identity, identity_len);
    if (f->value_len != 0)
        memcpy(f->bytes + identity_len, bytes, f->value_len);
    f->next = a->found;
    a->found = f;
    a->found_count++;
    return 1;
}

hf_status hf_answer_key(hf_conn *conn, int known, const uint8_t *bytes, size_t count,
                        const char *hash)
{
    static const char *const hashes[] = {"SHA256", "SHA384"};
    found f = {NULL, HF_ASK_KEY, known, hashes[0], 0, known > 0 ? count : 0};

    if (count > KEY_MAX)
        return -HF_E_INVALID_ARGUMENT;
    if (hash && strcmp(hash, hashes[1]) == 0)
        f.hash = hashes[1];
    else if (hash && strcmp(hash, hashes[0]) != 0)
        return -HF_E_UNKNOWN_NAME;
    return add_found(conn, &f, bytes);
}

hf_status hf_answer_session(hf_conn *conn, int known, const uint8_t *bytes, size_t count)
{
    const found f = {NULL, HF_ASK_SESSION, known, NULL, 0, known > 0 ? count : 0};

    return add_found(conn, &f, bytes);
}

/* ---- stored sessions ---- */

const hf_lua_kept *hf_lua_kept_first(const hf_conn *conn)
{
    const answers *a = answers_of(conn);

    return a ? a->kept : NULL;
}

void hf_lua_kept_drop(hf_conn *conn)
{
    answers *a = answers_of(conn);
    hf_lua_kept *first = a ? a->kept : NULL;

    if (!first)
        return;
    a->kept = first->next;
    a->kept_count--;
    free(first);
}

hf_session *hf_new_session_take(hf_conn *conn)
{
    answers *a = answers_of(conn);
    hf_session *first;

    if (!a || a->ticket_count == 0)
        return NULL;
    first = a->tickets[0];
    a->ticket_count--;
    memmove(a->tickets, a->tickets + 1, a->ticket_count * sizeof a->tickets[0]);
    return first;
}

/* ---- the end ---- */

static void forget_found(answers *a)
{
    while (a->found) {
        found *f = a->found;
        a->found = f->next;
        wipe(f->bytes, f->identity_len + f->value_len);
        free(f);
    }
    a->found_count = 0;
}

static void forget(answers *a)
{
    forget_found(a);
    while (a->kept) {
        hf_lua_kept *k = a->kept;
        a->kept = k->next;
        free(k);
    }
    while (a->ticket_count > 0)
        hf_session_free(a->tickets[--a->ticket_count]);
    free(a->identity);
    *a = (answers){.asker = a->asker, .is_freed = a->is_freed};
}

void hf_answers_settle(hf_conn *conn)
{
    answers *a = answers_of(conn);

    if (a)
        forget_found(a);
}

void hf_answers_clear(hf_conn *conn)
{
    answers *a = answers_of(conn);

    if (a)
        forget(a);
}

void hf_lua_conn_free(hf_conn *conn)
{
    answers *a = answers_of(conn);

    if (a && a->asker) {
        a->is_freed = 1;
        return;
    }
    hf_conn_free(conn);
    if (a) {
        forget(a);
        free(a);
    }
}

const hf_lua_asker *hf_lua_asker_set(hf_conn *conn, const hf_lua_asker *asker)
{
    answers *a = make_answers(conn);
    const hf_lua_asker *before = a ? a->asker : NULL;

    if (!a)
        return NULL;
    a->asker = asker;
    if (!asker && a->is_freed)
        hf_lua_conn_free(conn);
    return before;
}
