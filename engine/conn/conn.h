/* engine/conn/conn.h: one connection without I/O: ciphertext in, ciphertext out.
 *
 * The owner moves bytes: it writes into feed_space and commits, calls process, sends
 * what drain shows and commits.  Everything else is asked of the connection.  After a
 * failure the report says why, drain may still hold an alert to send, and nothing else
 * goes on. */
#ifndef HFI_CONN_CONN_H
#define HFI_CONN_CONN_H

#include "base/report.h"
#include "handshake/agreed.h"
#include "handshake/psk.h"
#include "handshake/settings.h"
#include "keys/schedule.h"
#include "record/record.h"
#include "session/session.h"

enum {
    HFI_CONN_HOSTNAMES_MAX = 8,
    HFI_CONN_HANDSHAKE_BYTES_MAX = 262144, /* of all handshake messages together */
    HFI_CONN_MESSAGE_MAX = 131072,         /* of one handshake message */
    HFI_CONN_IDLE_RECORDS_MAX = 32,        /* in a row, without progress */
    HFI_CONN_WARNINGS_MAX = 4,             /* warning alerts in a row */
    HFI_CONN_KEY_UPDATES_MAX = 32,         /* in a row, without application data */
    HFI_CONN_TICKETS_MAX = 32,             /* in a connection */
    HFI_CONN_RENEGOTIATIONS_MAX = 4,       /* HelloRequests in a connection, TLS 1.2 */
};

typedef enum hfi_phase {
    HFI_PHASE_BEFORE, /* not begun */
    HFI_PHASE_HANDSHAKE,
    HFI_PHASE_OPEN,   /* established */
    HFI_PHASE_FAILED, /* see report */
} hfi_phase;

/* Which handshake tables are entered; a connection has none until it begins. */
typedef enum hfi_role {
    HFI_ROLE_NONE,
    HFI_ROLE_CLIENT,
    HFI_ROLE_SERVER,
} hfi_role;

struct hfi_hs;

/* The owner may read all fields and sets those of the first group, before it begins. */
typedef struct hfi_conn {
    const hfi_settings *settings;
    void *owner;                                /* handed to callbacks */
    uint64_t options;                           /* HFI_OPTION_* */
    hfi_view hostnames[HFI_CONN_HOSTNAMES_MAX]; /* names to check; borrowed from owner */
    size_t hostname_count;
    hfi_view server_name; /* SNI to send; len 0: none; borrowed from owner */
    bool verify_name;
    bool early_data;      /* may be offered with the session, or taken by a server */
    hfi_view alpn;        /* instead of the settings' if len is not 0; borrowed */
    hfi_session *session; /* to resume; a reference is held; may be NULL */
    int64_t timeout;      /* of the handshake, microseconds; 0: none */
    const hfi_psk *psk;   /* to offer instead of the session; borrowed; or NULL */
    const hfi_credentials *credentials; /* instead of the settings'; borrowed; or NULL */

    hfi_phase phase;
    hfi_role role;
    bool feed_ended;       /* the transport's end of file came */
    bool close_received;   /* the peer's close_notify came */
    bool close_sent;       /* ours is queued or out */
    bool paused;           /* the handshake waits for the owner: hfi_conn_pause_reason */
    bool shutdown_quietly; /* send no close_notify */
    int64_t started;       /* monotonic, microseconds */
    hfi_agreed agreed;
    hfi_chain chain;
    hfi_session *new_session; /* the newest from a ticket; a reference; may be NULL */
    hfi_session *resumed;     /* a server's: who its client was then; may be NULL */
    hfi_report report;
    hfi_timeline timeline;
    uint64_t bytes_in;
    uint64_t bytes_out;

    /* Private to engine/conn and engine/handshake. */
    struct hfi_hs *hs; /* from the first byte until established */
    const char *step;  /* name of the state */
    const hfi_hash *hash;
    const hfi_aead *aead;
    uint8_t secret_in[HFI_SECRET_MAX]; /* application traffic secrets */
    uint8_t secret_out[HFI_SECRET_MAX];
    uint8_t exporter[HFI_SECRET_MAX];   /* TLS 1.2: the master secret */
    uint8_t randoms[2][32];             /* TLS 1.2: by hfi_side, for exporters */
    uint8_t resumption[HFI_SECRET_MAX]; /* a server of TLS 1.2: its session's id */
    hfi_record_keys keys_in;
    hfi_record_keys keys_out;
    uint8_t *in; /* ciphertext not yet opened, and what was opened */
    size_t in_cap, in_start, in_end;
    uint8_t *out; /* records that wait to be sent */
    size_t out_cap, out_start, out_end;
    uint8_t *message; /* a handshake message that spans records */
    size_t message_cap, message_len;
    uint8_t *held; /* messages behind one that made the handshake pause */
    size_t held_len;
    hfi_view plain; /* decrypted data not yet read; points into in */
    uint32_t handshake_bytes;
    uint16_t idle_records; /* in a row, without progress */
    uint16_t warnings;     /* in a row */
    uint16_t key_updates;  /* in a row */
    uint16_t tickets;
    uint16_t renegotiations;
    uint16_t open_len;    /* content of the record behind out that is not sealed yet */
    uint16_t decided;     /* a bit for each hfi_decision that is in the timeline */
    uint32_t early_taken; /* by a server: bytes of early data that were read or dropped */
    uint32_t early_left;  /* bytes of early data that may still be sent */
    bool early_over;      /* the client sends no more that must be dropped */
    bool answered;        /* the peer's first record is known to be TLS */
    bool update_wanted;   /* the peer asked for an update of our keys */
    bool finishing;       /* open, but the last flight still waits in out */
    bool ccs_sent;
    bool stored;                   /* a server of TLS 1.2: its session is in the store */
    bool canceled;                 /* the peer sent user_canceled */
    bool sent_data, received_data; /* noted in the timeline */
    const char *message_name;      /* at hand, for the report; NULL: none */
} hfi_conn;

/* c is zeroed by the owner; settings must outlive it. */
void hfi_conn_init(hfi_conn *c, const hfi_settings *settings, void *owner);
/* Back to BEFORE; the owner's fields stay. */
void hfi_conn_reset(hfi_conn *c);
/* Wipes and releases everything; c itself is the owner's. */
void hfi_conn_free(hfi_conn *c);

/* Begins as the client: ClientHello stands in drain afterwards. */
hfi_err hfi_conn_start_client(hfi_conn *c);

/* What a server lacks before it may begin: HFI_OK if nothing. */
hfi_err hfi_conn_server_problem(const hfi_conn *c);
/* Begins as the server: waits for a ClientHello. */
hfi_err hfi_conn_start_server(hfi_conn *c);

/* Memory to put ciphertext into, at least one byte; len 0 while the decrypted data must
 * be read first, after the end of input, or without memory (the connection has then
 * failed). */
hfi_span hfi_conn_feed_space(hfi_conn *c);
/* That much is there to be fed: makes room for it, as far as one record goes. */
void hfi_conn_feed_reserve(hfi_conn *c, size_t count);
void hfi_conn_feed_commit(hfi_conn *c, size_t n);
/* The transport ended.  In the handshake, or inside a record, this is a failure. */
hfi_err hfi_conn_feed_eof(hfi_conn *c);
/* A read or write of the transport failed. */
hfi_err hfi_conn_transport_failed(hfi_conn *c, hfi_err code, int transport_errno);

/* Handles what was fed: whole records, one after the other, until more must be fed,
 * decrypted data waits to be read, or something is to be decided.  Returns HFI_OK or the
 * code of the failure, then and ever after.  *progress, unless NULL, is set to whether
 * anything was handled. */
hfi_err hfi_conn_process(hfi_conn *c, bool *progress);

/* Goes on with other settings, of the same allocator: before the handshake, or while the
 * application looks at the ClientHello.  They must outlive it. */
void hfi_conn_set_settings(hfi_conn *c, const hfi_settings *settings);
/* The ClientHello that the application is looking at, with its header; empty: it is not.
 */
hfi_view hfi_conn_client_hello(const hfi_conn *c);

/* The body of CertificateRequest while the choice is awaited; empty: there is none. */
hfi_view hfi_conn_certificate_request(const hfi_conn *c);

/* What this connection may show of itself, instead of what the settings have; before the
 * handshake, or while it waits for the choice.  Borrowed. */
void hfi_conn_set_credentials(hfi_conn *c, const hfi_credentials *own);
/* What a paused handshake waits for (hfi_pause); hfi_conn_process goes on with it. */
int hfi_conn_pause_reason(const hfi_conn *c);
/* What is to be signed and with which SignatureScheme; empty: no signature is wanted. */
hfi_view hfi_conn_to_sign(const hfi_conn *c, uint16_t *scheme);
/* The answer, copied.  HFI_E_SIGNATURE_NOT_WANTED, HFI_E_NO_MEMORY. */
hfi_err hfi_conn_give_signature(hfi_conn *c, hfi_view signature);

/* Bytes to be sent; empty: none. */
hfi_view hfi_conn_drain(const hfi_conn *c);
void hfi_conn_drain_commit(hfi_conn *c, size_t n);

/* Decrypted bytes; take removes the first n of them. */
hfi_view hfi_conn_plain(const hfi_conn *c);
void hfi_conn_plain_take(hfi_conn *c, size_t n);

/* Seals at most 16384 bytes of data into drain; *taken tells how many.  The owner calls
 * it only while drain is empty, so that memory stays bounded. */
hfi_err hfi_conn_write(hfi_conn *c, hfi_view data, size_t *taken);

/* A server: decrypted bytes come that are early data; data can be written although the
 * client has not finished yet. */
bool hfi_conn_reads_early(const hfi_conn *c);
bool hfi_conn_writes_half(const hfi_conn *c);

/* The same before the handshake is over: a client before the server has answered, while
 * agreed.early_data is HFI_EARLY_OFFERED, and a server once hfi_conn_writes_half.
 * HFI_E_EARLY_DATA_UNAVAILABLE, HFI_E_EARLY_DATA_LIMIT. */
hfi_err hfi_conn_write_early(hfi_conn *c, hfi_view data, size_t *taken);

/* Queues close_notify, once. */
hfi_err hfi_conn_close(hfi_conn *c);

/* Ends the connection with this fatal alert: HFI_E_ABORTED, or why it failed before. */
hfi_err hfi_conn_abort(hfi_conn *c, hfi_alert alert);

/* Queues KeyUpdate and changes the sending key. */
hfi_err hfi_conn_update_keys(hfi_conn *c, bool request);

hfi_err hfi_conn_export(const hfi_conn *c, hfi_view label, hfi_view context, uint8_t *out,
                        size_t len);

/* Microseconds left for the handshake, 0 if none are left, -1 without a limit or once
 * it is over and its last flight drained.  process fails with HFI_E_DEADLINE_EXCEEDED
 * once none are left; the owner waits no longer than this and calls process. */
int64_t hfi_conn_time_left(const hfi_conn *c);

/* A client of TLS 1.3 that was asked for a certificate, and wants to know before it goes
 * on what the server makes of it: nothing has come yet that would tell. */
bool hfi_conn_awaits_verdict(const hfi_conn *c);

/* How many certificates the peer showed, and one of them; after a resumption the leaf
 * of the session's first handshake, where it was kept.  len 0: no such certificate. */
size_t hfi_conn_certificate_count(const hfi_conn *c);
hfi_view hfi_conn_certificate(const hfi_conn *c, size_t index);

/* "START", "WAIT_SH", ..., "CONNECTED"; the table's names. */
const char *hfi_conn_step(const hfi_conn *c);

#endif
