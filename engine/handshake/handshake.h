/* engine/handshake/handshake.h: the handshake's own state, and what it needs from the
 * connection that carries it.  RFC 8446 4.
 * Bytes of messages come in through hfi_machine_receive, go out through the sink; the
 * handshake knows neither records nor transports. */
#ifndef HFI_HANDSHAKE_HANDSHAKE_H
#define HFI_HANDSHAKE_HANDSHAKE_H

#include "base/report.h"
#include "handshake/agreed.h"
#include "handshake/psk.h"
#include "handshake/settings.h"
#include "keys/schedule.h"
#include "keys/tls12.h"
#include "keys/transcript.h"
#include "msg/client_hello.h"
#include "msg/extensions.h"
#include "session/session.h"

enum {
    HFI_HS_COOKIE_MAX = 65535 - 2,
    HFI_HS_HELLO_MAX = 16384, /* bytes of a ClientHello without cookie and ticket */
};

/* Where grease stands, RFC 8701; each place has a value of its own. */
enum {
    HFI_GREASE_SUITE,
    HFI_GREASE_GROUP,
    HFI_GREASE_VERSION,
    HFI_GREASE_SCHEME,
    HFI_GREASE_FIRST_EXTENSION,
    HFI_GREASE_LAST_EXTENSION,
    HFI_GREASE_VALUES,
};

/* What the connection does for the handshake. */
typedef struct hfi_sink {
    /* Sends the bytes of one whole message, under the keys of the moment. */
    hfi_err (*send)(void *ctx, hfi_view message);
    /* Sends a change_cipher_spec record for middleboxes; once is enough. */
    hfi_err (*send_ccs)(void *ctx);
    /* Makes secret protect one direction from the next record on. */
    hfi_err (*install)(void *ctx, hfi_direction direction, const hfi_suite *suite,
                       const uint8_t *secret);
    /* Early data ends: what follows is sent in the clear again. */
    void (*uninstall)(void *ctx);
    /* The same with what is writer's in TLS 1.2's key block; records of CBC suites are
     * laid out as hs->tls12.encrypt_then_mac says. */
    hfi_err (*install_tls12)(void *ctx, hfi_direction direction, const hfi_suite *suite,
                             const hfi_tls12_keys *block, hfi_side writer);
    void *ctx;
} hfi_sink;

/* What this connection asks for, beside the settings; borrowed. */
typedef struct hfi_hs_wishes {
    const hfi_view *hostnames;
    size_t hostname_count;
    hfi_view server_name;
    hfi_view alpn;
    bool verify_name;
    uint64_t options; /* HFI_OPTION_* */
    bool compatible;  /* middlebox compatibility, RFC 8446 D.4 */
    hfi_session *session;
    bool early_data;                    /* may be offered, or taken */
    const hfi_psk *psk;                 /* offered instead of the session; NULL: none */
    const hfi_credentials *credentials; /* NULL: none */
    void *owner;                        /* for callbacks */
} hfi_hs_wishes;

/* What a paused handshake waits for. */
typedef enum hfi_pause {
    HFI_PAUSE_NONE,
    HFI_PAUSE_SIGNATURE,    /* of the key's owner */
    HFI_PAUSE_CERTIFICATE,  /* which one to show */
    HFI_PAUSE_CLIENT_HELLO, /* what the application makes of it */
    HFI_PAUSE_SESSION,      /* the session that a client names */
    HFI_PAUSE_VERIFY,       /* whether the peer's chain is to be trusted */
} hfi_pause;

/* Who we are and who the peer is; the same for both roles. */
typedef struct hfi_hs_auth {
    hfi_public_key leaf_key;   /* the peer's; points into the chain */
    bool at_leaf;              /* the extensions at hand are the leaf's */
    uint32_t accepted_schemes; /* by the peer, by place in the list of ours */
    uint8_t *authorities;      /* owned: the names that it lists; NULL: any */
    size_t authorities_len;
    uint8_t *request; /* owned: the body of CertificateRequest, for who chooses */
    size_t request_len;
    const hfi_credential *credential; /* to be shown; NULL: none */
    const hfi_scheme *sign_scheme;
    uint8_t *to_sign; /* owned: waits for a signature; NULL: nothing does */
    size_t to_sign_len;
    uint8_t *signature; /* owned: the answer; NULL: none yet */
    size_t signature_len;
} hfi_hs_auth;

/* The part that a client alone has. */
typedef struct hfi_hs_client {
    uint8_t session_id[32];
    size_t session_id_len;
    const hfi_group *group; /* whose share was sent last, later the server's choice */
    const hfi_group *curve; /* of that hybrid, whose share stands beside it; or NULL */
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX]; /* begins with the curve's */
    uint8_t *share;                             /* owned; until ServerHello */
    hfi_view peer_share;                        /* of the message at hand */
    uint8_t grease[HFI_GREASE_VALUES];          /* 0 to 15 each */
    uint16_t retry_group; /* that HelloRetryRequest asked for; 0: none */
    uint8_t *cookie;      /* owned */
    size_t cookie_len;
    bool psk_offered;
    bool session_offered; /* of TLS 1.2, by id or ticket */
    bool psk_accepted;
    uint16_t selected_version; /* of the message at hand; 0: not there */
    uint32_t offered;          /* by place in the extension registry */
} hfi_hs_client;

/* The part that a server alone has.  The views are of the ClientHello at hand, which the
 * transcript keeps until hfi_transcript_start: a server asks them for nothing after it
 * has chosen. */
typedef struct hfi_hs_server {
    uint8_t session_id[32];
    size_t session_id_len;
    hfi_client_hello hello;
    hfi_view versions;   /* contents of supported_versions; p NULL: not there */
    hfi_view groups;     /* contents of supported_groups; the same */
    hfi_view shares;     /* contents of key_share */
    hfi_view alpn;       /* contents of the ProtocolNameList */
    hfi_view psk_modes;  /* contents of psk_key_exchange_modes */
    hfi_view identities; /* contents of pre_shared_key's two lists */
    hfi_view binders;
    hfi_view ticket; /* session_ticket of TLS 1.2; may be empty */
    hfi_view cookie;
    uint32_t cert_schemes; /* that its certificates may be signed with, by place */
    uint32_t offered;      /* by place in the extension registry */
    uint8_t unchanged[32]; /* digest of what a second hello must repeat */
    const hfi_group *group;
    hfi_view peer_share;  /* of that group; p NULL: HelloRetryRequest must ask for it */
    uint16_t retry_group; /* that HelloRetryRequest asked for; 0: none */
    uint16_t peer_limit;  /* of record_size_limit; 0: not there */
    uint16_t psk_index;   /* of the identity that is taken */
    bool psk_accepted;
    bool psk_possible;   /* the client can use tickets of ours */
    uint32_t ticket_age; /* as the client says, obfuscated, of the identity at hand */
    uint8_t early_secret[HFI_SECRET_MAX]; /* that early data came under */
    bool early_offered;
    bool status_wanted;   /* a stapled OCSP response */
    bool no_certificate;  /* the client showed none */
    hfi_session *session; /* a reference to what is resumed; NULL: nothing */
} hfi_hs_server;

/* What TLS 1.2 has beside that. */
typedef struct hfi_hs_tls12 {
    uint8_t session_id[32]; /* the server's */
    size_t session_id_len;
    uint8_t master[HFI_MASTER_SECRET];
    bool extended_master;
    bool secure_renegotiation;
    bool encrypt_then_mac; /* agreed, RFC 7366: only ever with a CBC suite */
    bool ticket_expected;
    bool status_expected;
    bool accepts_rsa; /* certificate types of CertificateRequest */
    bool accepts_ecdsa;
    bool resumed;
    bool stored;            /* a server's: the session is in the application's store */
    const hfi_group *group; /* of ServerKeyExchange */
    uint8_t peer_share[HFI_GROUP_POINT_MAX]; /* a client's view */
    size_t peer_share_len;
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX]; /* a server's, until the answer */
    uint8_t share[HFI_GROUP_POINT_MAX];         /* and what it sends */
    uint8_t *ticket;                            /* owned; NULL: none */
    size_t ticket_len;
    uint32_t ticket_lifetime;
} hfi_hs_tls12;

typedef struct hfi_hs {
    const hfi_settings *settings;
    hfi_hs_wishes wishes;
    hfi_sink sink;
    hfi_agreed *agreed;
    hfi_chain *chain;
    hfi_report *report;

    const struct hfi_table *table; /* of this role and version */
    uint8_t state;
    hfi_pause pause;           /* why the last call returned HFI_PAUSED */
    bool has_handshake_keys;   /* handshake secrets exist */
    bool sends_protected;      /* send keys are installed */
    uint8_t installing;        /* which keys, as HFI_EVENT_KEYS has it */
    bool reads_early;          /* a server: the receiving keys are those of early data */
    bool sends_application;    /* the sending keys are those of application data */
    bool at_boundary;          /* the message at hand ends its record */
    hfi_side side;             /* ours */
    bool compression_offered;  /* compress_certificate was sent */
    uint8_t peer_compressions; /* that the peer takes, by place in the settings */
    hfi_suite suite;           /* id 0: not chosen yet */
    uint8_t client_random[32];
    uint8_t server_random[32];                   /* TLS 1.3: of our own alone */
    uint8_t shared_secret[HFI_GROUP_SECRET_MAX]; /* until its keys are made */
    size_t shared_len;
    hfi_transcript transcript;
    hfi_keys keys;
    hfi_hs_auth auth;
    union {
        hfi_hs_client client;
        hfi_hs_server server;
    } as; /* by side */
    hfi_hs_tls12 tls12;
} hfi_hs;

/* hs is zeroed, with settings, wishes, sink, agreed, chain and report filled in. */
void hfi_hs_enter_tls13_client(hfi_hs *hs);
void hfi_hs_enter_tls13_server(hfi_hs *hs);

/* Wipes and releases what hs holds; hs itself is the caller's. */
void hfi_hs_free(hfi_hs *hs);

/* Returns HFI_PAUSED: a handler does so before it has had any effect, and is run again
 * by the next hfi_machine_go. */
hfi_err hfi_hs_pause(hfi_hs *hs, hfi_pause why);

/* Adds the message to the transcript and hands it to the sink. */
hfi_err hfi_hs_send(hfi_hs *hs, hfi_view message);
/* The protocol that is agreed, instead of one before.  HFI_E_NO_MEMORY. */
hfi_err hfi_hs_keep_alpn(hfi_hs *hs, hfi_view name);

#endif
