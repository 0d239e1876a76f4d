/* engine/handshake/ext/registry.h: where each extension may appear, who writes it and
 * who reads it.  RFC 8446 4.2. */
#ifndef HFI_HANDSHAKE_EXT_REGISTRY_H
#define HFI_HANDSHAKE_EXT_REGISTRY_H

#include "handshake/handshake.h"
#include "wire/writer.h"

/* The columns of the RFC's table. */
enum {
    HFI_IN_CLIENT_HELLO = 1 << 0,
    HFI_IN_SERVER_HELLO = 1 << 1,
    HFI_IN_HELLO_RETRY = 1 << 2,
    HFI_IN_ENCRYPTED_EXTENSIONS = 1 << 3,
    HFI_IN_CERTIFICATE = 1 << 4,
    HFI_IN_CERTIFICATE_REQUEST = 1 << 5,
    HFI_IN_NEW_SESSION_TICKET = 1 << 6,
    HFI_IN_SERVER_HELLO_TLS12 = 1 << 7,
};

typedef struct hfi_ext {
    uint16_t type;
    const char *name;
    unsigned where; /* HFI_IN_*: the messages that may carry it */
    /* Writes the body into a ClientHello; *skip is set to leave the extension out.
     * NULL: this library never offers it. */
    hfi_err (*write)(hfi_hs *hs, hfi_writer *w, bool *skip);
    /* Reads the body out of one of the messages above but ClientHello.  NULL: there is
     * nothing to read. */
    hfi_err (*read)(hfi_hs *hs, unsigned where, hfi_view body);
    /* Server: reads the body out of a ClientHello; syntax alone, because what it means
     * hangs on the version.  NULL: there is nothing to read. */
    hfi_err (*read_offer)(hfi_hs *hs, hfi_view body);
    /* Server: writes the body into one of the messages above but ClientHello; *skip as
     * with write.  NULL: a server never sends it. */
    hfi_err (*answer)(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip);
} hfi_ext;

/* Writes the extensions vector of a ClientHello; pre_shared_key comes last. */
hfi_err hfi_ext_write_all(hfi_hs *hs, hfi_writer *w);

/* Judges and reads all extensions of one message: not asked for, forbidden there,
 * malformed (RFC 8446 4.2). */
hfi_err hfi_ext_read_all(hfi_hs *hs, unsigned where, const hfi_extension_list *list);

/* Server: reads all extensions of a ClientHello, and notes which were there. */
hfi_err hfi_ext_read_offer(hfi_hs *hs, const hfi_extension_list *list);
/* Whether this library has a row for it. */
bool hfi_ext_is_known(uint16_t type);
/* Whether that one was there. */
bool hfi_ext_is_offered(const hfi_hs *hs, uint16_t type);

/* Server: writes the extensions vector of one message: answers to what was offered, and
 * in requests and tickets what stands for itself. */
hfi_err hfi_ext_answer_all(hfi_hs *hs, unsigned where, hfi_writer *w);

/* supported_versions alone, before everything else of a ServerHello. */
hfi_err hfi_ext_read_version(hfi_hs *hs, const hfi_extension_list *list);

/* False for a known extension in a message where RFC 8446 4.2 forbids it. */
bool hfi_ext_may_appear(uint16_t type, unsigned where);

/* The rows, one file each. */
extern const hfi_ext hfi_ext_server_name;
extern const hfi_ext hfi_ext_supported_groups;
extern const hfi_ext hfi_ext_signature_algorithms;
extern const hfi_ext hfi_ext_signature_algorithms_cert;
extern const hfi_ext hfi_ext_alpn;
extern const hfi_ext hfi_ext_supported_versions;
extern const hfi_ext hfi_ext_cookie;
extern const hfi_ext hfi_ext_psk_key_exchange_modes;
extern const hfi_ext hfi_ext_key_share;
extern const hfi_ext hfi_ext_early_data;
extern const hfi_ext hfi_ext_certificate_authorities;
extern const hfi_ext hfi_ext_oid_filters;
extern const hfi_ext hfi_ext_ec_point_formats;
extern const hfi_ext hfi_ext_encrypt_then_mac;
extern const hfi_ext hfi_ext_extended_master_secret;
extern const hfi_ext hfi_ext_session_ticket;
extern const hfi_ext hfi_ext_renegotiation_info;
extern const hfi_ext hfi_ext_pre_shared_key;
extern const hfi_ext hfi_ext_compress_certificate;
extern const hfi_ext hfi_ext_record_size_limit;
extern const hfi_ext hfi_ext_status_request;
extern const hfi_ext hfi_ext_signed_certificate_timestamp;

/* ---- grease.c: values that nobody knows, RFC 8701 ---- */

/* Draws the values of this handshake, once. */
hfi_err hfi_grease_draw(hfi_hs *hs);
/* Writes the value for one place in a list; nothing unless grease is on. */
void hfi_grease_write(const hfi_hs *hs, hfi_writer *w, unsigned place);
/* Writes an extension of an unknown type; nothing unless grease is on. */
void hfi_grease_write_extension(const hfi_hs *hs, hfi_writer *w, unsigned place);
/* Writes a key share of an unknown group; nothing unless grease is on. */
void hfi_grease_write_share(const hfi_hs *hs, hfi_writer *w);

#endif
