/* engine/base/report.h: the error record and the timeline of one connection.
 *
 * The record is filled where the failure happens, once: the first failure stays.
 * It holds what the connection's owner needs in order to understand, and no secret. */
#ifndef HFI_BASE_REPORT_H
#define HFI_BASE_REPORT_H

#include "base/alloc.h"
#include "base/err.h"

typedef enum hfi_direction {
    HFI_DIRECTION_NONE = 0,
    HFI_DIRECTION_SENT = 1,
    HFI_DIRECTION_RECEIVED = 2,
} hfi_direction;

enum { HFI_CANDIDATES_MAX = 6 };

/* A certificate that was tried as an issuer, and why it would not do. */
typedef struct hfi_cert_candidate {
    hfi_err code;
    int child;         /* whose issuer it was to be: a place in the peer's list */
    int index;         /* its own place there; -1: it stands in the trust store */
    char subject[128]; /* text as below */
    char serial[44];
    char key_id[44]; /* subjectKeyIdentifier, hexadecimal; empty: it has none */
} hfi_cert_candidate;

/* What is wrong with which certificate; filled by pki.  Text is UTF-8, without
 * control characters, cut at the size of its field, and always ends with 0. */
typedef struct hfi_cert_fault {
    hfi_err code;
    int index;         /* place in the peer's list, 0 the leaf; -1: none of them */
    char rule[24];     /* "RFC 5280 4.1.2.5"; empty: as errors.def says */
    char subject[192]; /* of the certificate at fault */
    char issuer[192];
    char serial[64];     /* hexadecimal */
    char expected[256];  /* "app.example" or "before 2026-11-22T10:00:00Z" */
    char presented[512]; /* "www.example, mail.example" or "2024-01-01T00:00:00Z" */
    char not_before[24]; /* of the certificate; empty if it cannot be read */
    char not_after[24];
    char clock[24];       /* the time that its dates were held against */
    char issuer_url[160]; /* where its issuer's certificate is said to lie; not fetched */
    uint8_t candidate_count;
    uint16_t candidates_left_out; /* tried as well, and not told of */
    hfi_cert_candidate candidates[HFI_CANDIDATES_MAX];
} hfi_cert_fault;

/* ---- what the peer wants of our certificate ---- */

enum {
    HFI_DEMAND_SCHEMES_MAX = 24,
    HFI_DEMAND_TYPES_MAX = 8,
    HFI_DEMAND_NAMES_MAX = 16,
    HFI_DEMAND_TEXT_MAX = 640, /* of all names together */
};

/* A CertificateRequest; of a ClientHello the authorities alone.  Kept while the
 * connection lives, since in TLS 1.3 the verdict on our answer may come long after the
 * handshake. */
typedef struct hfi_demand {
    uint16_t schemes[HFI_DEMAND_SCHEMES_MAX];      /* signature_algorithms */
    uint16_t cert_schemes[HFI_DEMAND_SCHEMES_MAX]; /* signature_algorithms_cert */
    uint8_t types[HFI_DEMAND_TYPES_MAX];           /* of TLS 1.2 */
    uint8_t scheme_count;
    uint8_t cert_scheme_count;
    uint8_t type_count;
    uint8_t name_count;
    bool incomplete;         /* there was more than is told */
    uint16_t names_left_out; /* of authorities */
    uint16_t filters;        /* how many oid_filters there were */
    uint16_t text_len;
    char text[]; /* names of authorities after RFC 4514, each ended by 0 */
} hfi_demand;

/* What we answered to a CertificateRequest; of several certificates that would not do the
 * one is told that came closest. */
typedef enum hfi_own_answer {
    HFI_ANSWER_UNDECIDED, /* or nobody asked */
    HFI_ANSWER_SHOWN,
    HFI_ANSWER_NONE_SET,  /* there was none to show */
    HFI_ANSWER_NO_SCHEME, /* no key of ours signs with what the server accepts */
    HFI_ANSWER_NO_TYPE,   /* nor is of a type that it accepts, TLS 1.2 */
    HFI_ANSWER_NO_ISSUER, /* none was issued by an authority that it named */
} hfi_own_answer;

enum { HFI_SAID_MAX = 40, HFI_SAID_ALPN_MAX = 128, HFI_SAID_NAME_MAX = 256 };

/* Numbers of the IANA registries, in the order in which they were said. */
typedef struct hfi_said_list {
    uint16_t items[HFI_SAID_MAX];
    uint8_t count;
} hfi_said_list;

/* What one side offered, demanded or chose. */
typedef struct hfi_said {
    hfi_said_list versions;
    hfi_said_list suites;
    hfi_said_list groups;
    hfi_said_list schemes;
    char alpn[HFI_SAID_ALPN_MAX]; /* names, each ended by 0 */
    uint8_t alpn_len;
    bool incomplete;      /* there was more than fits */
    bool early_data;      /* it was offered */
    uint16_t identities;  /* how many pre-shared keys were offered, tickets among them */
    uint16_t retry_group; /* that a HelloRetryRequest asked for; 0: none */
    hfi_said_list cert_schemes; /* of signature_algorithms_cert */
    hfi_said_list shares;       /* groups for which a key share was sent */
    hfi_said_list psk_modes;
    char server_name[HFI_SAID_NAME_MAX]; /* text; empty: none */
} hfi_said;

/* Both sides of a handshake that failed. */
typedef struct hfi_negotiation {
    hfi_said own;
    hfi_said peer;
    bool hello_told;         /* peer has the words of a ClientHello */
    hfi_demand *authorities; /* owned: of a ClientHello; NULL: it named none */
} hfi_negotiation;

typedef struct hfi_report {
    hfi_err code;    /* HFI_OK: no failure */
    int alert;       /* alert number, -1 if none was sent or received */
    int alert_level; /* 1 warning, 2 fatal; 0 if there is no alert */
    hfi_direction alert_direction;
    const char *step;    /* state of the table, static text; NULL before it began */
    const char *message; /* handshake message at hand, static text, or NULL */
    int transport_errno; /* 0 if the transport did not fail */
    uint64_t bytes_in;   /* ciphertext bytes when it failed */
    uint64_t bytes_out;
    char detail[160];        /* what differs in this case: names, numbers */
    uint8_t first_bytes[32]; /* of an answer that is not TLS */
    size_t first_bytes_len;
    hfi_cert_fault *fault;        /* owned; NULL if no certificate is at fault */
    hfi_negotiation *negotiation; /* owned; NULL: it did not fail in a handshake */
    hfi_demand *demand;           /* owned; NULL: nobody asked for a certificate of ours;
                                   * told without a failure, too */
    uint8_t answer;               /* to that: hfi_own_answer */
} hfi_report;

/* Notes the first failure; later ones change nothing.  Returns code, so that a
 * caller can write `return hfi_report_fail(...)`. */
hfi_err hfi_report_fail(hfi_report *r, hfi_err code);

/* Adds what is particular to this case to a record whose detail is still empty;
 * format as in snprintf. */
void hfi_report_detail(hfi_report *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Keeps a copy of fault; a lack of memory loses the copy, not the record. */
void hfi_report_fault(hfi_report *r, const hfi_alloc *a, const hfi_cert_fault *fault);

/* Empties the record for another connection. */
void hfi_report_reset(hfi_report *r, const hfi_alloc *a);

/* Adds a number that is not there yet; values that stand for none (RFC 8701) and 0 are
 * passed over. */
void hfi_said_add(hfi_said *said, hfi_said_list *list, uint16_t number);
void hfi_said_add_alpn(hfi_said *said, hfi_view name);
/* The same of numbers that may be 0 and have no values that stand for none. */
void hfi_said_add_any(hfi_said *said, hfi_said_list *list, uint16_t number);
void hfi_said_set_name(hfi_said *said, hfi_view name);

/* The index-th authority of a demand; NULL past the last. */
const char *hfi_demand_name(const hfi_demand *demand, size_t index);

/* ---- timeline ---- */

enum { HFI_TIMELINE_EVENTS = 40 };

typedef enum hfi_event_kind {
    HFI_EVENT_MESSAGE = 0,  /* what: handshake type */
    HFI_EVENT_ALERT = 1,    /* what: alert number */
    HFI_EVENT_CCS = 2,      /* change_cipher_spec record */
    HFI_EVENT_KEYS = 3,     /* new keys: what is 1 handshake, 2 application, 3 update */
    HFI_EVENT_DATA = 4,     /* first application data in this direction */
    HFI_EVENT_DECISION = 5, /* what: hfi_decision, with its value; has no direction */
} hfi_event_kind;

/* What was decided in a handshake, by whichever side. */
typedef enum hfi_decision {
    HFI_DECISION_RETRY = 1,      /* HelloRetryRequest; the group that it asks for, or 0 */
    HFI_DECISION_VERSION = 2,    /* the version */
    HFI_DECISION_SUITE = 3,      /* the cipher suite */
    HFI_DECISION_GROUP = 4,      /* the group of the key exchange */
    HFI_DECISION_SESSION = 5,    /* 1 the session offered is resumed, 0 it is not */
    HFI_DECISION_PSK = 6,        /* 1: the external pre-shared key is used */
    HFI_DECISION_EARLY_DATA = 7, /* 1 accepted, 0 rejected */
    HFI_DECISION_CERTIFICATE = 8,  /* which of our certificates was shown, from 0 */
    HFI_DECISION_VERIFICATION = 9, /* the outcome for the peer's chain: 0, or an error */
} hfi_decision;

typedef struct hfi_event {
    uint32_t microseconds; /* since the handshake began */
    union {
        uint32_t size;  /* bytes, header included; 0 where it has no size */
        uint32_t value; /* of a decision */
    };
    uint8_t kind;
    uint8_t direction;
    uint8_t what;
    uint8_t is_protected; /* it travelled encrypted */
} hfi_event;

/* The first events are kept; past the limit they are only counted. */
typedef struct hfi_timeline {
    hfi_event events[HFI_TIMELINE_EVENTS];
    uint16_t count;
    uint16_t dropped;
} hfi_timeline;

void hfi_timeline_add(hfi_timeline *t, const hfi_event *event);

#endif
