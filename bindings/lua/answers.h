/* answers.h: what a connection asks of Lua, and Lua's answers, without a callback from C
 * into Lua.
 *
 * A coroutine cannot yield across a C call, and a callback would need a lua_State that is
 * still alive.  So every function that C may call says "not decided yet"; the call
 * ends with its WANT value, Lua looks at the question, leaves its answer here, and
 * repeats the call, in which C then finds it.  The answers hang on the connection's user
 * data. */
#ifndef HF_LUA_ANSWERS_H
#define HF_LUA_ANSWERS_H

#include <handfast/handfast.h>

/* What is asked, and what hf_questions_enable() lets C ask. */
enum {
    HF_ASK_NOTHING = 0,
    HF_ASK_CERTIFICATE = 1, /* which certificate to show; WANT_X509_LOOKUP */
    HF_ASK_VERDICT = 2,     /* whether to trust the peer's chain; WANT_RETRY_VERIFY */
    HF_ASK_HELLO = 3,       /* what to do with a ClientHello; WANT_CLIENT_HELLO_CB */
    HF_ASK_KEY = 4,         /* the pre-shared key of an identity; likewise */
    HF_ASK_SESSION = 5,     /* the stored session of an id; likewise */
    HF_ASK_PROTOCOL = 6,    /* asked for together with HF_ASK_HELLO, as it cannot wait */
    HF_ASK_SIGNATURE = 7,   /* WANT_ASYNC; hf_conn_provide_signature answers, and the
                             * answer 0 here fails the handshake */
    HF_TELL_SESSIONS = 8    /* sessions of tickets are kept: hf_new_session_take */
};

hf_status hf_questions_enable(hf_config *config, int kind);

/* What the connection waits for, and the identity or id that is asked for. */
int hf_question_kind(const hf_conn *conn);
const uint8_t *hf_question_bytes(const hf_conn *conn, size_t *len);
/* The result that a verdict is about. */
int hf_question_result(const hf_conn *conn);

/* The answers, in the numbers of C's callbacks; 1, or a negated code. */
hf_status hf_answer(hf_conn *conn, int kind, int answer);
hf_status hf_answer_protocol(hf_conn *conn, int answer, const uint8_t *bytes,
                             size_t count);
/* known is 1, 0, or -1: it could not be looked up, which fails the handshake. */
hf_status hf_answer_key(hf_conn *conn, int known, const uint8_t *bytes, size_t count,
                        const char *hash);
hf_status hf_answer_session(hf_conn *conn, int known, const uint8_t *bytes, size_t count);

/* Stored sessions that C has given away or asked to forget, the oldest first. */
typedef struct hf_lua_kept {
    struct hf_lua_kept *next;
    int is_put; /* otherwise it is to be removed */
    int64_t lifetime;
    size_t id_len;
    size_t value_len;
    uint8_t bytes[]; /* the id, then the value */
} hf_lua_kept;

/* The oldest, or NULL; drop() releases it. */
const hf_lua_kept *hf_lua_kept_first(const hf_conn *conn);
void hf_lua_kept_drop(hf_conn *conn);

/* The oldest session of a ticket that was not taken yet, the caller's then; or NULL. */
hf_session *hf_new_session_take(hf_conn *conn);

/* The register of early data cannot be asked later: it answers while C waits.  Whoever
 * calls C says how, for as long as that call lasts: in the numbers of
 * hf_early_data_register.  When nobody has said so, nothing is known of a hello. */
typedef struct hf_lua_asker {
    int (*ask)(void *context, const uint8_t *hello, size_t len, int64_t seconds);
    void *context;
} hf_lua_asker;

hf_status hf_register_enable(hf_config *config, int enabled);
/* Gives the one before, which is to be set again after the call: NULL ends the outermost,
 * and frees a connection that was to be freed in between. */
const hf_lua_asker *hf_lua_asker_set(hf_conn *conn, const hf_lua_asker *asker);

/* Wipes the keys and sessions that were found: the handshake is over. */
void hf_answers_settle(hf_conn *conn);
/* Forgets all answers, as hf_clear does the handshake. */
void hf_answers_clear(hf_conn *conn);
/* The connection together with them. */
void hf_lua_conn_free(hf_conn *conn);

#endif
