/* capi/objects.h: what stands behind the public handles, and what the files of this
 * room share. */
#ifndef HFI_CAPI_OBJECTS_H
#define HFI_CAPI_OBJECTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "bio/bio.h"
#include "capi/chunks.h"
#include "conn/conn.h"
#include "handfast/handfast.h"

enum {
    HFI_CONFIG_MESSAGE_SIZE = 1400,
    HFI_SUMMARY_SIZE = 1280,
    HFI_HINT_SIZE = 400,
    HFI_OPTIONS_KNOWN =
        HF_OPTION_NO_MIDDLEBOX_COMPAT | HF_OPTION_QUIET_SHUTDOWN |
        HF_OPTION_NO_AUTO_RETRY | HF_OPTION_WHOLE_WRITE |
        HF_OPTION_ALLOW_PLAIN_MASTER_SECRET | HF_OPTION_ALLOW_UNSAFE_RENEGOTIATION |
        HF_OPTION_GREASE | HF_OPTION_NO_STATUS_REQUEST | HF_OPTION_REQUEST_SCTS |
        HF_OPTION_NO_TICKET | HF_OPTION_ANY_AUTHORITY | HF_OPTION_INSIST_ON_CERTIFICATE |
        HF_OPTION_COOKIE | HF_OPTION_VERIFY_RESUMED | HF_OPTION_WAIT_FOR_VERDICT,
};

struct hf_config {
    atomic_uint references;
    atomic_bool frozen;
    atomic_bool trust_loaded; /* the system's roots, as far as there are any */
    pthread_mutex_t freezing; /* held by the connection that freezes, or loads them */
    hfi_settings settings;
    hfi_crypto crypto; /* nettle's, with what is faster in its place */
    hfi_signature_memory signatures;
    bool trust_chosen; /* the application named roots: the system's stay out */
    uint64_t options;
    int64_t timeout; /* of a handshake, microseconds; 0: none */
    uint8_t alpn[HFI_ALPN_MAX];
    size_t alpn_len;
    hf_random random;
    hf_key_log_function *key_log;
    void *key_log_context;
    int key_log_fd; /* -1: no file */
    hfi_credentials credentials;
    hf_certificate_function *certificate_function;
    void *certificate_context;
    hf_sign_function *sign_function;
    void *sign_context;
    hf_client_hello_function *client_hello_function;
    void *client_hello_context;
    hf_alpn_function *alpn_function;
    void *alpn_context;
    hf_psk_function *psk_function;
    void *psk_context;
    hf_verify_function *verify_function;
    void *verify_context;
    uint8_t *client_authorities; /* owned; the settings have its length */
    hfi_replay replay;
    hf_early_data_register *early_data_register;
    void *early_data_context;
    hfi_ticket_keys tickets;
    uint8_t session_id_context[255];
    hf_session_store store;
    hfi_session_store store_functions;
    hf_session_function *session_function;
    void *session_context;
    char message[HFI_CONFIG_MESSAGE_SIZE];
};

/* The record of a connection: the engine's once that has failed, else a note of what
 * the last call did wrong without harm to the connection. */
struct hf_error {
    const hfi_conn *engine; /* NULL: of a verification, where the note is all */
    hfi_report note;
    hfi_err summarized; /* the code that summary tells of */
    char *summary;      /* owned; NULL: no memory, or nothing told yet.  Behind it, after
                         * HFI_SUMMARY_SIZE bytes, the hint of this case; may be empty */
};

/* What always stands ready for a failure; the rest is allocated once there is one. */
_Static_assert(2 * sizeof(hfi_report) + sizeof(hfi_timeline) + sizeof(hfi_demand) +
                       HFI_DEMAND_TEXT_MAX <=
                   2048,
               "record and timeline are small");

struct hf_conn {
    hf_config *config;       /* a reference */
    hf_config *first_config; /* a reference to the one before, while callbacks of it may
                              * run; NULL: there was none */
    void *user_data;
    hfi_conn engine;
    hf_bio *in; /* owned; may be the same as out */
    hf_bio *out;
    bool memory; /* the application feeds and drains */
    bool memory_ended;
    bool established; /* and our last flight is out */
    bool running;     /* inside of a call that may call back */
    bool freed_early; /* a callback has tried to free it */
    bool server_name_chosen;
    bool choosing;     /* the certificate callback is running */
    bool at_hello;     /* the ClientHello callback is running, or is waited for */
    hfi_role role;     /* that was set */
    int outcome;       /* HF_ERROR_* of the last call */
    int want;          /* HF_WANT_* */
    int key_log_errno; /* of a line that could not be written; 0: none */
    size_t owed;       /* bytes sealed by a write that did not report them */
    char *names[HFI_CONN_HOSTNAMES_MAX];
    char *server_name;
    uint8_t *alpn;      /* HFI_ALPN_MAX bytes, or NULL */
    uint8_t *psk_bytes; /* owned: identity and key; NULL: none */
    hfi_psk psk;
    hfi_credentials *credentials; /* owned; NULL: the configuration's */
    size_t lasting;       /* how many of them were set before a handshake, not for one */
    int *key_log_failure; /* that field, for callbacks that see a const connection */
    struct hfi_recorder *recorder; /* owned; NULL: nothing is recorded */
    hf_error error;
};

/* ---- config.c ---- */

/* Empties the message and tells whether settings may still change. */
hf_status hfi_config_begin_setting(hf_config *config);
/* The same for one that takes an input, refused in these words where that is NULL. */
hf_status hfi_config_begin_input(hf_config *config, const void *input, const char *words);
hf_status hfi_config_refuse(hf_config *config, hfi_err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What became of an input: 1, or refused with what it was and why; errno tells more of
 * FILE_UNREADABLE. */
hf_status hfi_config_finish_input(hf_config *config, hfi_err err, const char *what);
/* Lets nothing change any more. */
hf_status hfi_config_freeze(hf_config *config);
/* Of a frozen one: loads the system's roots if none were chosen.  For those alone who
 * verify servers: a server asks for clients of its own CAs. */
hf_status hfi_config_load_trust(hf_config *config);
/* The store does not change any more; otherwise another thread may just be loading. */
bool hfi_config_has_trust(const hf_config *config);

/* ---- memory_limit.c ---- */

/* Memory was refused for the limit's sake, and not because the process has none. */
bool hfi_config_limit_reached(const hf_config *config);
/* What is left of the limit; false: there is none. */
bool hfi_config_memory_left(const hf_config *config, size_t *left);
/* From now on so many bytes are left; the configuration was made with a limit. */
void hfi_config_leave_memory(hf_config *config, size_t left);
/* For a recorder, which takes nothing of a limit. */
const hfi_alloc *hfi_config_recording_alloc(const hf_config *config);

/* ---- key_log.c ---- */

void hfi_capi_key_log(void *ctx, const void *owner, const char *line);

/* ---- hostname.c ---- */

/* What the connection lacks before it may begin: HFI_OK if nothing. */
hfi_err hfi_capi_name_problem(const hf_conn *conn);
hfi_err hfi_capi_session_problem(const hf_conn *conn, const hf_session *session);
void hfi_capi_names_free(hf_conn *conn);

/* ---- alpn.c ---- */

/* Adds one entry to a list of at most HFI_ALPN_MAX bytes. */
hfi_err hfi_capi_alpn_append(uint8_t *list, size_t *len, const uint8_t *name,
                             size_t name_len);

/* ---- outcome.c: how a call ends ---- */

/* Calls that do I/O, by their numbers in recordings. */
typedef enum hfi_call {
    HFI_CALL_CONNECT = 1,
    HFI_CALL_ACCEPT = 2,
    HFI_CALL_DO_HANDSHAKE = 3,
    HFI_CALL_READ = 4,
    HFI_CALL_PEEK = 5,
    HFI_CALL_WRITE = 6,
    HFI_CALL_SHUTDOWN = 7,
    HFI_CALL_WRITE_EARLY = 8,
    HFI_CALL_READ_EARLY = 9,
    HFI_CALL_ABORT = 10,
} hfi_call;

/* Yesterday's note is forgotten. */
void hfi_capi_begin(hf_conn *conn);
/* Every call that does I/O stands between these two.  enter: false inside of another such
 * call, whose callback this is; leave then is not called, and the caller returns -1. */
bool hfi_capi_enter(hf_conn *conn, hfi_call call, size_t size);
int hfi_capi_leave(hf_conn *conn, int ret);
/* For calls that return a status: -CALLED_FROM_CALLBACK, or 1. */
hf_status hfi_capi_outside(const hf_conn *conn);
int hfi_capi_succeed(hf_conn *conn);                     /* 1 */
int hfi_capi_wait(hf_conn *conn, int outcome, int want); /* -1 */
int hfi_capi_misuse(hf_conn *conn, hfi_err code);        /* -1; the connection lives */
int hfi_capi_closed(hf_conn *conn);                      /* 0, ZERO_RETURN */
/* The engine has failed: 0 for an orderly end, else -1; sends what alert there is. */
int hfi_capi_fail(hf_conn *conn);
int hfi_capi_class(hfi_err code); /* HF_ERROR_* */
/* The record that an hf_error stands for; never NULL. */
const hfi_report *hfi_capi_report(const hf_error *error);
/* What was demanded of our certificate, failure or not; NULL: nothing. */
const hfi_demand *hfi_capi_demand(const hf_error *error);
/* From whose side a record tells; HFI_ROLE_NONE without a connection. */
hfi_role hfi_capi_role(const hf_error *error);
/* Writes the sentence for the engine's record, where there is memory for it. */
void hfi_capi_summarize(hf_conn *conn);
void hfi_capi_summarize_record(hf_error *error, const hfi_report *r,
                               const hfi_alloc *alloc);

/* ---- demand_json.c ---- */

struct hfi_json;

/* The entries of hf_error_negotiation(), numbers with their names or texts. */
void hfi_json_said(struct hfi_json *j, const hf_error *error, int side, int what);
/* The member certificate_request, which an error and a connection have alike. */
void hfi_json_certificate_request(struct hfi_json *j, const hf_error *error);

/* ---- drive.c: bytes between transport and engine ---- */

typedef enum hfi_moved {
    HFI_MOVED,        /* done, or some progress was made */
    HFI_MOVED_WAIT,   /* hfi_capi_wait has been called */
    HFI_MOVED_FAILED, /* the engine has failed */
} hfi_moved;

/* Writes all that waits to be sent; with memory feed and drain, that is the caller's. */
hfi_moved hfi_capi_flush(hf_conn *conn);
/* Reads once. */
hfi_moved hfi_capi_fill(hf_conn *conn);
/* Handles what was read; false: failed. */
bool hfi_capi_process(hf_conn *conn, bool *progress);
/* Writes what goes without waiting; a failure shows in a later call. */
void hfi_capi_flush_once(hf_conn *conn);
bool hfi_capi_has_transport(const hf_conn *conn);

/* ---- transport.c ---- */

void hfi_capi_transport_free(hf_conn *conn);

/* ---- credentials.c ---- */

/* Every certificate in PEM, or the one in DER; ctx is the configuration. */
typedef hfi_err hfi_capi_take_der(void *ctx, hfi_view der);
hf_status hfi_capi_each_certificate(hf_config *config, const uint8_t *bytes, size_t len,
                                    hfi_capi_take_der *take);
hf_status hfi_capi_each_certificate_file(hf_config *config, const char *path,
                                         hfi_capi_take_der *take);

/* The handshake waits for us: 1 it may go on, else what the caller returns. */
int hfi_capi_answer_pause(hf_conn *conn);
/* What was chosen for a handshake ends with it. */
void hfi_capi_credentials_clear(hf_conn *conn);
void hfi_capi_credentials_free(hf_conn *conn);

/* The connection shows this chain as if it had been set; the key is taken, and may be
 * NULL. */
hf_status hfi_capi_show_chain(hf_conn *conn, const hfi_view *certs, size_t count,
                              hfi_private_key *key);

/* ---- record.c: nothing happens where nothing is recorded ---- */

void hfi_record_begin(hf_conn *conn);    /* the handshake begins */
void hfi_record_settings(hf_conn *conn); /* it goes on with another configuration */
void hfi_record_call(hf_conn *conn, hfi_call call, size_t size);
void hfi_record_return(hf_conn *conn, int ret);
void hfi_record_feed(hf_conn *conn, const uint8_t *bytes, size_t len);
void hfi_record_own_chain(hf_conn *conn); /* one was added */
void hfi_record_bytes(hf_conn *conn, hfi_chunk kind, hfi_view bytes);
void hfi_record_number(hf_conn *conn, hfi_chunk kind, uint64_t number);
void hfi_record_answer(hf_conn *conn, hfi_chunk kind, int answer, hfi_view more);
/* What a transport has moved, or said instead; bytes is NULL unless they were read. */
void hfi_record_moved(hf_conn *conn, hfi_chunk kind, const uint8_t *bytes, ptrdiff_t n,
                      int error_number);
/* After hf_conn_record_end, when no key of the connection is left. */
void hfi_record_free(hf_conn *conn);
/* hf_error_json of the connection. */
size_t hfi_result_error(const hf_conn *conn, char *buffer, size_t size);

/* ---- psk.c ---- */

void hfi_capi_psk_free(hf_conn *conn);

/* ---- handshake.c ---- */

/* Begins the handshake: 1, or what the caller returns. */
int hfi_capi_start(hf_conn *conn);
/* Brings the handshake to its end: 1, or what the caller returns. */
int hfi_capi_handshake(hf_conn *conn);
/* The same, but over as soon as that holds; NULL: at the end. */
typedef bool hfi_capi_condition(const hf_conn *conn);
/* The role that a call has by its name.  HFI_E_ROLE_UNAVAILABLE. */
hfi_err hfi_capi_take_role(hf_conn *conn, hfi_role role);
int hfi_capi_handshake_until(hf_conn *conn, hfi_capi_condition *until);

#endif
