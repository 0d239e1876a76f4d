/* tests/support/script12.h: what a script says about a server of TLS 1.2 beside what it
 * says about any, and what such a server keeps.  RFC 5246, 5077, 7627, 8422. */
#ifndef SCRIPT12_H
#define SCRIPT12_H

#include "crypto/provider.h"
#include "keys/tls12.h"

enum { SCRIPT12_SESSIONS_MAX = 8 };

/* Beside it count of script_config: key, scheme, suite, group, alpn, answers_name,
 * requests_certificate, sends_ca, leaf_copies, refuses_psk, tickets (one is sent unless
 * it is 0), ticket_lifetime, record_size, coalesces, steps and the hook. */
typedef struct script12_config {
    bool on;
    uint16_t version; /* of ServerHello; 0: 0x0303 */
    bool without_master;
    bool without_renegotiation;
    bool without_points;
    bool without_etm;   /* encrypt_then_mac is not answered */
    size_t cbc_blocks;  /* of padding more than needed in each record */
    bool gives_id;      /* a session id that it will know again */
    bool empty_ticket;  /* a ticket is announced, and is empty */
    bool changes_suite; /* resumes with another suite */
    unsigned signer;    /* 1 + the script_key that signs; 0: the certificate's */
    const char *params; /* hex instead of curve type, group and share; signed rightly */
} script12_config;

typedef struct script12_session {
    uint8_t name[32]; /* ticket or session id */
    uint8_t master[HFI_MASTER_SECRET];
    uint16_t suite;
    bool extended_master;
} script12_session;

typedef struct script12_state {
    script12_session sessions[SCRIPT12_SESSIONS_MAX];
    size_t session_count;
    const script12_session *resumed;
    uint8_t client_random[32], server_random[32]; /* as they went over the wire */
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX];
    uint8_t share[HFI_GROUP_SHARE_MAX];
    const hfi_group *exchange; /* NULL: no secret can come of it */
    bool extended_master;      /* as ServerHello told */
    bool encrypt_then_mac;     /* the same */
    bool ticket_told;
    bool has_master;
    uint8_t premaster[HFI_GROUP_SECRET_MAX];
    uint8_t write_keys[2][HFI_AEAD_KEY_MAX]; /* by hfi_side */
    uint8_t master[HFI_MASTER_SECRET];

    /* What the client did. */
    bool sent_exchange;
    bool offered_session;
    unsigned warnings; /* but close_notify */
    int warning;       /* the last */
} script12_state;

#endif
