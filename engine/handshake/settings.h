/* engine/handshake/settings.h: what the owner of connections decides, in the engine's
 * terms. The public configuration (capi/) fills it; the engine only reads it. */
#ifndef HFI_HANDSHAKE_SETTINGS_H
#define HFI_HANDSHAKE_SETTINGS_H

#include "base/alloc.h"
#include "base/report.h"
#include "compress/compression.h"
#include "crypto/provider.h"
#include "handshake/algorithms.h"
#include "pki/crl_store.h"
#include "pki/signature_memory.h"
#include "handshake/credential.h"
#include "handshake/psk.h"
#include "pki/trust_store.h"
#include "session/replay.h"
#include "pki/verify.h"
#include "session/store.h"
#include "session/ticket_keys.h"

struct hfi_session;

typedef struct hfi_clock {
    int64_t (*unix_seconds)(void *ctx);
    int64_t (*monotonic_microseconds)(void *ctx);
    void *ctx;
} hfi_clock;

/* Public HF_OPTION_* have the same bits. */
enum {
    HFI_OPTION_NO_MIDDLEBOX_COMPAT = 0x01,
    HFI_OPTION_ALLOW_PLAIN_MASTER_SECRET = 0x10,
    HFI_OPTION_ALLOW_UNSAFE_RENEGOTIATION = 0x20,
    HFI_OPTION_GREASE = 0x40,
    HFI_OPTION_NO_STATUS_REQUEST = 0x80,
    HFI_OPTION_REQUEST_SCTS = 0x100,
    HFI_OPTION_NO_TICKET = 0x200,
    HFI_OPTION_ANY_AUTHORITY = 0x400,
    HFI_OPTION_INSIST_ON_CERTIFICATE = 0x800,
    HFI_OPTION_COOKIE = 0x1000,
    HFI_OPTION_VERIFY_RESUMED = 0x2000,
    HFI_OPTION_WAIT_FOR_VERDICT = 0x4000,
};

enum {
    HFI_ALPN_MAX = 512,     /* bytes of the ProtocolNameList's entries */
    HFI_HOSTNAME_MAX = 253, /* RFC 1035 2.3.4, as text without the last dot */
};

/* Whether a server asks for a certificate, and goes on without one. */
typedef enum hfi_client_auth {
    HFI_CLIENT_AUTH_NONE,
    HFI_CLIENT_AUTH_OPTIONAL,
    HFI_CLIENT_AUTH_REQUIRED,
} hfi_client_auth;

/* What a recording hears, and a replay says in the place of ticket keys and of the memory
 * of hellos, which belong to more than one connection. */
typedef struct hfi_witness {
    /* Of a ticket, a stored session or a cookie.  *session, NULL where it was of no use,
     * may be replaced: the witness then releases what was there. */
    void (*ticket_opened)(void *ctx, struct hfi_session **session, bool *renew);
    void (*hello_judged)(void *ctx, bool *first);
    /* What was sealed, which may be overwritten. */
    void (*ticket_sealed)(void *ctx, hfi_span sealed);
    void *ctx;
} hfi_witness;

typedef struct hfi_settings {
    hfi_alloc alloc;
    const hfi_crypto *crypto;
    hfi_random random;
    hfi_clock clock;

    hfi_trust_store *store; /* NULL only while verify_chain is off */
    /* Of all connections with these settings; NULL: none. */
    hfi_signature_memory *signatures;
    bool verify_chain;
    bool verify_name;
    hfi_verify_profile profile; /* the rules that count for the peer's chain */
    hfi_crl_store *crls;        /* NULL: no revocation lists were given */
    bool crl_required, crl_whole_chain;

    uint16_t version_min; /* 0x0303 or 0x0304 */
    uint16_t version_max;
    uint16_t suites[HFI_SUITES_MAX]; /* in order of preference, of all versions */
    size_t suite_count;
    uint16_t groups[HFI_GROUPS_MAX]; /* the first one gets the key share */
    size_t group_count;
    uint16_t schemes[HFI_SCHEMES_MAX];
    size_t scheme_count;
    /* Of certificates, in either direction, in order of preference; RFC 8879. */
    const hfi_compression *compressions[HFI_COMPRESSIONS_MAX];
    size_t compression_count;
    uint16_t record_size_limit; /* content that a peer may put into one; 0: not told */
    uint16_t record_size;       /* the most content that we put into one; 0: 16384 */
    uint16_t record_padding;    /* pads content to multiples of this; 0: not at all */
    hfi_view alpn;              /* entries with their length bytes; len 0: none */

    const hfi_credentials *credentials; /* to show when asked; NULL: none */

    /* A server's. */
    /* Asked when a ClientHello has been read, and may change the settings: 1 go on, 0
     * fail, -1 pause, -2 the server does not have the name.  May be NULL. */
    int (*client_hello)(void *owner);
    hfi_client_auth client_auth;
    hfi_view client_authorities; /* DistinguishedNames, each behind two bytes of length,
                                  * as hints for clients; len 0: none */
    uint32_t max_early_data;     /* bytes that a ticket allows; 0: none */
    /* A register that several processes share, instead of replay: 1, this hello was not
     * there, and is now, for at least so many seconds; 0, it was; -1, not known.  May be
     * NULL. */
    int (*early_register)(void *owner, hfi_view hello, int64_t seconds);
    hfi_replay *replay; /* of all connections with these settings; NULL: no early data */
    /* Of all connections with these settings; NULL, or a lifetime of 0: no session of a
     * server can be resumed. */
    hfi_ticket_keys *tickets;
    const hfi_session_store *sessions; /* the application's; NULL: none */
    const hfi_witness *witness;        /* NULL: none */
    size_t ticket_count;               /* of TLS 1.3, for a full handshake; 0: none */
    /* An external key by its identity: 1 found, 0 unknown, -1 pause.  May be NULL. */
    int (*find_psk)(void *owner, hfi_view identity, hfi_psk_answer *out);
    hfi_view session_context; /* sessions of another one are not taken; may be empty */

    /* Asked before one is chosen: 1 go on, 0 fail, -1 pause.  May be NULL. */
    int (*choose_certificate)(void *owner);
    /* A server's choice out of the ProtocolNameList's entries: 1 name, which it keeps
     * alive, 0 none, -1 refuse.  NULL: the first of alpn that is offered. */
    int (*choose_alpn)(void *owner, hfi_view offered, hfi_view *name);
    /* The peer's chain was checked, with this outcome: 1 go on, whatever it is, 0 refuse,
     * -1 pause, a negated code of a certificate: refuse with it.  NULL: the outcome
     * counts. */
    int (*judge_chain)(void *owner, hfi_err found);

    /* Either may be NULL. */
    void (*key_log)(void *ctx, const void *owner, const char *line);
    void *key_log_ctx;
    /* Receives a session with a reference of its own that it must release or keep. */
    void (*new_session)(void *owner, struct hfi_session *session);
} hfi_settings;

/* True if connections may speak that version: it lies in the range, and one of its suites
 * is among those listed. */
bool hfi_settings_allow(const hfi_settings *s, uint16_t version);

/* Fills in the defaults of versions, suites, groups and schemes; the rest is left. */
void hfi_settings_defaults(hfi_settings *s);

#endif
