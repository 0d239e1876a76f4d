/* engine/handshake/machine.h: the state machine is the RFC's diagram, RFC 8446 A.
 * A table per role and version; one driver for all. */
#ifndef HFI_HANDSHAKE_MACHINE_H
#define HFI_HANDSHAKE_MACHINE_H

#include "handshake/handshake.h"

/* What moves the machine: a message, or GO when nothing need arrive. */
typedef enum hfi_event_type {
    HFI_GO = 0,
    HFI_RECV_HELLO_RETRY,
    HFI_RECV_SERVER_HELLO,
    HFI_RECV_ENCRYPTED_EXTS,
    HFI_RECV_CERT_REQUEST,
    HFI_RECV_CERTIFICATE,
    HFI_RECV_CERT_VERIFY,
    HFI_RECV_FINISHED,
    HFI_RECV_NEW_SESSION_TICKET,
    HFI_RECV_KEY_UPDATE,
    HFI_RECV_SERVER_HELLO_12, /* a ServerHello that does not choose TLS 1.3 */
    HFI_RECV_CERT_STATUS,
    HFI_RECV_SERVER_KEY_EXCHANGE,
    HFI_RECV_SERVER_HELLO_DONE,
    HFI_RECV_CCS, /* a record, not a message */
    HFI_RECV_CLIENT_HELLO,
    HFI_RECV_CLIENT_KEY_EXCHANGE,
    HFI_RECV_END_OF_EARLY_DATA,
    HFI_RECV_COMPRESSED_CERTIFICATE,
    HFI_RECV_HELLO_REQUEST,
    HFI_EVENT_TYPES,
} hfi_event_type;

/* The keys column: secrets are made when their transcript is whole (after the message
 * at hand), and then installed. */
enum {
    HFI_KEYS_NONE = 0,
    HFI_MAKE_HS = 1 << 0,     /* handshake secrets */
    HFI_MAKE_APP = 1 << 1,    /* application and exporter secrets */
    HFI_MAKE_RESUME = 1 << 2, /* resumption secret */
    HFI_RECV_HS = 1 << 3,
    HFI_SEND_HS = 1 << 4,
    HFI_RECV_APP = 1 << 5,
    HFI_SEND_APP = 1 << 6,
    HFI_MAKE_MASTER = 1 << 7, /* TLS 1.2: the master secret has just been made */
    HFI_RECV_TLS12 = 1 << 8,  /* TLS 1.2: keys of the key block */
    HFI_SEND_TLS12 = 1 << 9,
    HFI_FLIGHT_ENDS = 1 << 10, /* no keys: the peer waits, its record holds no more */
    HFI_RECV_EARLY = 1 << 11,  /* what a client sends before it has an answer */
    HFI_RECV_NEXT = 1 << 12,   /* after the handshake: the next application keys */
    HFI_ENDS_RECORD =
        HFI_RECV_HS | HFI_RECV_APP | HFI_FLIGHT_ENDS | HFI_RECV_EARLY | HFI_RECV_NEXT,
};

typedef bool hfi_condition(const hfi_hs *hs);
typedef hfi_err hfi_handler(hfi_hs *hs, hfi_view body);

/* One arrow of the diagram.  Rows of the same (from, event) stand together, have the
 * same handler, and the last of them has the condition `always`. */
typedef struct hfi_edge {
    uint8_t from;
    uint8_t event;
    hfi_condition *when; /* NULL: always */
    hfi_handler *handler;
    uint16_t keys;
    uint8_t to;
    const char *when_name;
    const char *handler_name;
} hfi_edge;

/* What a message brings that comes after the handshake, whose memory is gone by then: the
 * connection does it. */
typedef enum hfi_after_step {
    HFI_AFTER_TAKE_TICKET,
    HFI_AFTER_TAKE_KEY_UPDATE,
    HFI_AFTER_REFUSE_CERT_REQUEST,
    HFI_AFTER_TAKE_HELLO_REQUEST,
    HFI_AFTER_DECLINE_RENEGOTIATION,
    HFI_AFTER_STEPS,
} hfi_after_step;

/* An arrow from the end of the diagram to itself.  No two of one table have the same
 * event. */
typedef struct hfi_after {
    uint8_t event;
    bool anywhere; /* during the handshake, too, in any state of this table */
    uint8_t step;  /* hfi_after_step */
    uint16_t keys; /* HFI_KEYS_NONE or HFI_RECV_NEXT */
} hfi_after;

/* A table, for the driver, the lint and the page of states. */
typedef struct hfi_table {
    const char *name;
    const hfi_edge *edges;
    size_t edge_count;
    const char *const *states; /* names by number */
    size_t state_count;
    uint8_t start;
    uint8_t connected;
    /* A state that stands for the start of another table; next NULL: there is none. */
    uint8_t leaves;
    const struct hfi_table *next;
    const hfi_after *after; /* what may come when it is connected */
    size_t after_count;
} hfi_table;

/* The tables there are; NULL past the end. */
const hfi_table *hfi_table_at(size_t index);
extern const hfi_table hfi_tls13_client;
extern const hfi_table hfi_tls12_client;
extern const hfi_table hfi_tls13_server;
extern const hfi_table hfi_tls12_server;

/* "RECV_SERVER_HELLO", "GO". */
const char *hfi_event_type_name(int event);
/* "take_ticket". */
const char *hfi_after_step_name(int step);

/* What a message of this type is to a connection of this side and version that is
 * established; NULL: there is no row for it. */
const hfi_after *hfi_after_find(hfi_side side, uint16_t version, uint8_t type);

/* Runs GO rows until the machine waits for a message or is connected. */
hfi_err hfi_machine_go(hfi_hs *hs);

/* One whole message, with its header.  ends_record: it is the last in its record. */
hfi_err hfi_machine_receive(hfi_hs *hs, hfi_view message, bool ends_record);

/* A change_cipher_spec record, which is an event in TLS 1.2. */
hfi_err hfi_machine_receive_ccs(hfi_hs *hs);

/* Installs the handshake's sending keys, if there are some that are not in use yet: an
 * alert after ServerHello goes out under them (note below RFC 8446 A.1). */
hfi_err hfi_machine_protect_alert(hfi_hs *hs);

/* Tells the key log, if there is one. */
void hfi_machine_log_secret(const hfi_hs *hs, const char *label, const uint8_t *secret,
                            size_t len);

bool hfi_machine_connected(const hfi_hs *hs);
const char *hfi_machine_state_name(const hfi_hs *hs);

#endif
