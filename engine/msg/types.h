/* engine/msg/types.h: the handshake message types.  RFC 8446 4, RFC 5246 7.4. */
#ifndef HFI_MSG_TYPES_H
#define HFI_MSG_TYPES_H

enum {
    HFI_HANDSHAKE_HEADER = 4,           /* type and 24-bit length */
    HFI_HANDSHAKE_MESSAGE_MAX = 131072, /* bytes behind that which a peer may send */
};

typedef enum hfi_handshake_type {
    HFI_HELLO_REQUEST = 0,
    HFI_CLIENT_HELLO = 1,
    HFI_SERVER_HELLO = 2,
    HFI_NEW_SESSION_TICKET = 4,
    HFI_END_OF_EARLY_DATA = 5,
    HFI_ENCRYPTED_EXTENSIONS = 8,
    HFI_CERTIFICATE = 11,
    HFI_SERVER_KEY_EXCHANGE = 12,
    HFI_CERTIFICATE_REQUEST = 13,
    HFI_SERVER_HELLO_DONE = 14,
    HFI_CERTIFICATE_VERIFY = 15,
    HFI_CLIENT_KEY_EXCHANGE = 16,
    HFI_FINISHED = 20,
    HFI_CERTIFICATE_STATUS = 22,
    HFI_KEY_UPDATE = 24,
    HFI_COMPRESSED_CERTIFICATE = 25, /* RFC 8879 */
    HFI_MESSAGE_HASH = 254,
    /* Never on the wire: a ServerHello that is a HelloRetryRequest, in timelines. */
    HFI_HELLO_RETRY_REQUEST = 255,
} hfi_handshake_type;

#endif
