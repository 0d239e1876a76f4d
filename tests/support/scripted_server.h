/* tests/support/scripted_server.h: a TLS server that does what a script says: of TLS 1.3,
 * or of TLS 1.2 where its configuration says so (script12.h).
 *
 * It speaks the protocol rightly unless a step of its script tells it otherwise, at one
 * message or between two.  Keys follow from what it really sent, so a client that
 * accepts a changed message gets on, and a test sees it.  No I/O: bytes go in and out.
 * Everything is fixed: the same client bytes yield the same answer.  It judges the
 * client too: what is wrong with its conduct stands in fault. */
#ifndef SCRIPTED_SERVER_H
#define SCRIPTED_SERVER_H

#include "base/alloc.h"
#include "keys/schedule.h"
#include "keys/transcript.h"
#include "script12.h"
#include "script_hello.h"
#include "script_message.h"
#include "script_sign.h"

enum {
    SCRIPT_STEPS_MAX = 8,
    SCRIPT_TICKETS_MAX = 64,
    SCRIPT_CERTIFICATES_MAX = 64,
};

typedef struct scripted_server scripted_server;

/* Zeroed: a plain handshake with an Ed25519 certificate, the client's first suite and
 * the group of its first key share. */
typedef struct script_config {
    script_key key;
    uint16_t scheme;    /* that CertificateVerify names; 0: the key's */
    uint16_t suite;     /* 0: the client's first */
    uint16_t group;     /* 0: that of the client's first share */
    unsigned retries;   /* HelloRetryRequests to send */
    const char *cookie; /* hex; NULL: none in HelloRetryRequest */
    bool retry_without_group;
    const char *alpn;  /* NULL: no answer */
    bool answers_name; /* an empty server_name in EncryptedExtensions */
    bool tells_groups; /* supported_groups in EncryptedExtensions */
    bool requests_certificate;
    uint32_t max_early_data; /* in tickets; 0: the extension is left out */
    bool rejects_early_data;
    bool accepts_certificate;        /* else the client's must be empty */
    uint16_t takes_compression;      /* of the client's, RFC 8879; 0: none */
    const char *request_schemes;     /* hex; NULL: 0403 0804 */
    const char *request_authorities; /* hex of the list's contents; NULL: none */
    bool sends_ca;                   /* the CA behind the leaf */
    size_t leaf_copies;              /* more of the leaf behind it */
    bool refuses_psk;
    bool without_ccs;
    unsigned tickets;         /* after the handshake */
    uint32_t ticket_lifetime; /* 0: 7200 */
    size_t record_size;       /* handshake bytes in a record at most; 0: 16384 */
    bool coalesces;           /* several messages in one record */
    size_t padding;           /* zeros in each protected record */
    bool ignores_update_requests;
    script12_config tls12;
    script_step steps[SCRIPT_STEPS_MAX];
    /* Sees each message after the steps' edits and may change it.  True: the transcript
     * gets the message as it was. */
    bool (*hook)(void *ctx, script_bytes *message);
    void *hook_ctx;
} script_config;

typedef struct script_protection {
    const hfi_aead *aead; /* NULL: none */
    alignas(16) uint8_t ctx[8192];
    uint8_t iv[HFI_AEAD_NONCE];
    uint64_t sequence;
    bool is_tls12;
    size_t explicit_nonce; /* TLS 1.2: bytes of it in each record */
    const hfi_cbc *cbc;    /* a CBC suite of TLS 1.2: aead is not NULL, and not used */
    const hfi_hash *mac;
    hfi_hmac_ctx mac_key;
    bool encrypt_then_mac;
    size_t cbc_blocks; /* of padding that need not be */
} script_protection;

typedef struct script_ticket {
    const hfi_hash *hash;
    uint8_t psk[HFI_SECRET_MAX];
    uint32_t age_add;
    bool external; /* no ticket: given to both sides */
    uint8_t name[16];
} script_ticket;

/* A secret that the client logged, in order to read what it says when both sides'
 * keys differ because a test wanted it so. */
typedef struct script_logged {
    uint8_t handshake[HFI_SECRET_MAX];
    size_t len;
    uint8_t early[HFI_SECRET_MAX]; /* all zeros: there was none */
} script_logged;

struct scripted_server {
    script_config config;
    const script_logged *logged; /* may be NULL */

    script_bytes in, message, out, pending, held;
    bool stopped;
    script_protection reading, writing;
    script_hello hello, first_hello;
    unsigned hellos, retries_sent;
    uint16_t suite, group;
    const hfi_hash *hash;
    hfi_transcript transcript;
    hfi_keys keys;
    uint8_t secret_in[HFI_SECRET_MAX], secret_out[HFI_SECRET_MAX];
    uint8_t random_state;
    script_ticket tickets[SCRIPT_TICKETS_MAX];
    size_t ticket_count;
    size_t pad_next;
    script12_state tls12;
    script_protection tls12_next; /* from our change_cipher_spec on; aead NULL: not yet */

    /* What the client did. */
    const char *fault; /* the first; NULL: none */
    bool connected;    /* its Finished was right */
    bool resumed;
    uint32_t psk_age; /* as it sent it, less age_add */
    int alert;        /* -1: none came */
    int alert_level;
    unsigned alerts;
    bool alert_protected;
    bool alert_by_log; /* read with the key that the client logged */
    bool unreadable;   /* something did not open */
    unsigned ccs;
    unsigned updates; /* KeyUpdates, and those that ask for one */
    unsigned update_requests;
    bool sent_certificate; /* an empty Certificate, or: */
    bool takes_early_data; /* until its end */
    bool took_early_data;
    bool skips_early_data;
    script_bytes early_data;
    script_bytes client_certificate; /* the first of them */
    size_t client_certificates;
    bool client_compressed; /* they came compressed */
    uint16_t client_scheme;
    bool client_verified; /* its CertificateVerify was right */
    script_bytes data;
};

void scripted_server_init(scripted_server *s, const script_config *config);
void scripted_server_free(scripted_server *s);
/* The tickets of an earlier connection become known. */
void scripted_server_adopt(scripted_server *s, const scripted_server *earlier);

/* Bytes from the client; what comes of it stands in s->out. */
void scripted_server_feed(scripted_server *s, hfi_view bytes);

/* The steps at this point, for a test that wants them later than the script. */
void scripted_server_step(scripted_server *s, const script_step *step);
void scripted_server_send(scripted_server *s, hfi_view data);
void scripted_server_close(scripted_server *s);
void scripted_server_ticket(scripted_server *s);

#endif
