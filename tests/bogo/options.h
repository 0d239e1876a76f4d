/* tests/bogo/options.h: what the test runner tells the shim on its command line.
 *
 * A flag may be meant for the first connection, for those that resume its session, or for
 * what follows rejected early data: -on-initial-X, -on-resume-X, -on-retry-X; without
 * such a prefix it is for all three.  A flag that the shim does not know, or a value that
 * handfast has no name for, ends it with SHIM_UNIMPLEMENTED: the runner counts that apart
 * from failures. */
#ifndef HFI_BOGO_OPTIONS_H
#define HFI_BOGO_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SHIM_FAILED = 1,
    SHIM_UNIMPLEMENTED = 89,
    SHIM_LIST_MAX = 64,
    SHIM_CREDENTIALS_MAX = 9,
};

typedef struct shim_list {
    int items[SHIM_LIST_MAX];
    size_t count;
} shim_list;

typedef struct shim_bytes {
    uint8_t *bytes; /* lives as long as the process */
    size_t len;
    bool given;
} shim_bytes;

/* A certificate chain with its key and what is stapled to it. */
typedef struct shim_credential {
    const char *cert_file;
    const char *key_file;
    shim_list signing_prefs;
    shim_bytes ocsp_response;
    bool must_match_issuer;
} shim_credential;

typedef struct shim_options {
    /* the connection */
    int port;
    const char *shim_id;
    bool ipv6;
    bool server;
    int resume_count;
    bool async;
    bool is_handshaker_supported;

    /* what is offered and taken */
    bool no_tls1, no_tls11, no_tls12, no_tls13;
    int min_version, max_version;
    const char *cipher;
    shim_list curves;
    shim_list verify_prefs;
    const char *host_name;
    const char *advertise_alpn;
    const char *select_alpn;
    bool decline_alpn, reject_alpn, select_empty_alpn;
    bool ocsp_stapling;
    bool no_ticket;
    bool early_data;
    int resumption_delay;
    bool skip_ticket, renew_ticket;
    int max_send_fragment;

    /* certificates: the first is that of the plain flags, the others are numbered */
    shim_credential credentials[SHIM_CREDENTIALS_MAX];
    size_t credential_count; /* of the numbered ones */
    const char *trust_cert;
    const char *client_ca_list;
    bool require_client_certificate;
    bool verify_peer, verify_fail, custom_verify, reverify_on_resume;
    bool fail_cert_callback;
    bool use_ocsp_callback, decline_ocsp, fail_ocsp;

    /* what is done */
    bool implicit_handshake;
    bool shim_writes_first;
    const char *initial_write;
    int initial_write_count;
    bool read_with_unfinished_write;
    bool shim_shuts_down;
    bool send_alert;
    bool check_close_notify;
    int read_size;
    bool key_update;
    int export_len;
    const char *export_label;
    const char *export_context;
    bool use_export_context;
    bool export_traffic_secrets;

    /* what must come of it */
    int expect_version;
    int expect_cipher;
    int expect_curve;
    int expect_signature_algorithm;
    const char *expect_alpn;
    const char *expect_advertised_alpn;
    const char *expect_server_name;
    shim_list expect_peer_schemes;
    shim_bytes expect_certificate_types;
    const char *expect_client_ca_list;
    const char *expect_msg_callback;
    const char *expect_early_data_reason;
    const char *expect_peer_cert_file;
    shim_bytes expect_ocsp_response;
    bool expect_session_miss, expect_no_session, expect_ticket_renewal;
    bool expect_session_id, expect_no_session_id;
    bool expect_ticket_early_data;
    bool expect_accept_early_data, expect_reject_early_data, expect_no_offer_early_data;
    bool expect_extended_master, expect_secure_renegotiation;
    bool expect_hrr, expect_no_hrr;
    bool expect_verify_result;
    int expect_selected_credential;
    bool expect_credential;
} shim_options;

enum { SHIM_INITIAL, SHIM_RESUME, SHIM_RETRY, SHIM_PHASES };

/* Fills in the options of the three phases, or ends the process. */
void shim_parse(int argc, char **argv, shim_options phases[SHIM_PHASES]);

#endif
