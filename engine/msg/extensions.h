/* engine/msg/extensions.h: a block of extensions, split.  RFC 8446 4.2. */
#ifndef HFI_MSG_EXTENSIONS_H
#define HFI_MSG_EXTENSIONS_H

#include "base/err.h"
#include "base/types.h"

enum { HFI_EXTENSIONS_MAX = 48 };

typedef enum hfi_extension_type {
    HFI_EXT_SERVER_NAME = 0,
    HFI_EXT_STATUS_REQUEST = 5,
    HFI_EXT_SUPPORTED_GROUPS = 10,
    HFI_EXT_EC_POINT_FORMATS = 11,
    HFI_EXT_SIGNATURE_ALGORITHMS = 13,
    HFI_EXT_ALPN = 16,
    HFI_EXT_SIGNED_CERTIFICATE_TIMESTAMP = 18,
    HFI_EXT_ENCRYPT_THEN_MAC = 22,
    HFI_EXT_EXTENDED_MASTER_SECRET = 23,
    HFI_EXT_COMPRESS_CERTIFICATE = 27,
    HFI_EXT_RECORD_SIZE_LIMIT = 28,
    HFI_EXT_SESSION_TICKET = 35,
    HFI_EXT_PRE_SHARED_KEY = 41,
    HFI_EXT_EARLY_DATA = 42,
    HFI_EXT_SUPPORTED_VERSIONS = 43,
    HFI_EXT_COOKIE = 44,
    HFI_EXT_PSK_KEY_EXCHANGE_MODES = 45,
    HFI_EXT_CERTIFICATE_AUTHORITIES = 47,
    HFI_EXT_OID_FILTERS = 48,
    HFI_EXT_POST_HANDSHAKE_AUTH = 49,
    HFI_EXT_SIGNATURE_ALGORITHMS_CERT = 50,
    HFI_EXT_KEY_SHARE = 51,
    HFI_EXT_RENEGOTIATION_INFO = 0xff01,
} hfi_extension_type;

typedef struct hfi_extension {
    uint16_t type;
    hfi_view body;
} hfi_extension;

typedef struct hfi_extension_list {
    hfi_extension items[HFI_EXTENSIONS_MAX];
    size_t count;
} hfi_extension_list;

/* Splits the contents of an extensions vector; the views borrow from block.
 * malformed is returned where the block cannot be split; HFI_E_EXTENSION_DUPLICATE,
 * HFI_E_TOO_MANY_EXTENSIONS. */
hfi_err hfi_msg_read_extensions(hfi_view block, hfi_err malformed,
                                hfi_extension_list *out);

/* NULL if it is not there. */
const hfi_extension *hfi_extension_find(const hfi_extension_list *list, uint16_t type);

#endif
