/* engine/msg/shape_table.h: the form in which structures are described, and the two
 * tables.  RFC 8446 3, RFC 5246 4. */
#ifndef HFI_MSG_SHAPE_TABLE_H
#define HFI_MSG_SHAPE_TABLE_H

#include "base/types.h"

typedef enum hfi_field_kind {
    HFI_FIELD_END = 0,     /* behind the last field of a structure */
    HFI_FIELD_NUMBER,      /* size bytes */
    HFI_FIELD_BYTES,       /* size bytes */
    HFI_FIELD_VECTOR,      /* opaque, or of numbers: <min..max> behind size bytes */
    HFI_FIELD_LIST,        /* the same, of structures: `of`, one after the other */
    HFI_FIELD_ONE,         /* the same, of exactly one structure */
    HFI_FIELD_EXTENSIONS,  /* the same, of extensions */
    HFI_FIELD_VERIFY_DATA, /* as long as the context says */
} hfi_field_kind;

typedef enum hfi_field_rule {
    HFI_FIELD_PLAIN = 0,
    HFI_FIELD_PAIRS,    /* a vector: its length is even */
    HFI_FIELD_TEXT,     /* a vector: no byte of it is 0 */
    HFI_FIELD_OPTIONAL, /* the structure may end before it */
    HFI_FIELD_MUST_BE,  /* a number: `value` alone is known */
    HFI_FIELD_SELECTS,  /* a number: with another value the rest has another form */
} hfi_field_rule;

typedef struct hfi_field {
    const char *name; /* the RFC's; NULL: the item of a list, which has no name */
    uint8_t kind;
    uint8_t size;
    uint8_t rule;
    uint8_t value; /* of the rule; of a list: how many items are read, 0: any number */
    uint32_t min, max;
    const struct hfi_field *of; /* a structure: fields up to HFI_FIELD_END */
} hfi_field;

#define HFI_NUMBER(name, size)                         \
    {                                                  \
        name, HFI_FIELD_NUMBER, size, 0, 0, 0, 0, NULL \
    }
#define HFI_NUMBER_BY(name, size, rule, value)                \
    {                                                         \
        name, HFI_FIELD_NUMBER, size, rule, value, 0, 0, NULL \
    }
#define HFI_BYTES(name, size)                         \
    {                                                 \
        name, HFI_FIELD_BYTES, size, 0, 0, 0, 0, NULL \
    }
#define HFI_VECTOR(name, size, min, max)                   \
    {                                                      \
        name, HFI_FIELD_VECTOR, size, 0, 0, min, max, NULL \
    }
#define HFI_VECTOR_BY(name, size, min, max, rule)             \
    {                                                         \
        name, HFI_FIELD_VECTOR, size, rule, 0, min, max, NULL \
    }
#define HFI_LIST(name, size, min, max, of)             \
    {                                                  \
        name, HFI_FIELD_LIST, size, 0, 0, min, max, of \
    }
#define HFI_END                                  \
    {                                            \
        NULL, HFI_FIELD_END, 0, 0, 0, 0, 0, NULL \
    }

/* The messages that carry extensions. */
enum {
    HFI_SHAPE_IN_CLIENT_HELLO = 1 << 0,
    HFI_SHAPE_IN_SERVER_HELLO = 1 << 1,
    HFI_SHAPE_IN_HELLO_RETRY = 1 << 2,
    HFI_SHAPE_IN_ENCRYPTED_EXTENSIONS = 1 << 3,
    HFI_SHAPE_IN_CERTIFICATE = 1 << 4,
    HFI_SHAPE_IN_CERTIFICATE_REQUEST = 1 << 5,
    HFI_SHAPE_IN_NEW_SESSION_TICKET = 1 << 6,
    HFI_SHAPE_IN_SERVER_HELLO_TLS12 = 1 << 7,
    /* In a ClientHello it is read only where TLS 1.3 may come of that. */
    HFI_SHAPE_TLS13_ONLY = 1 << 8,
};

/* The description of a message; NULL if it has none. */
const hfi_field *hfi_shape_of_message(uint8_t type, uint16_t version);
/* The description of an extension's body in one of those messages; NULL: it has none
 * there.  Of HFI_SHAPE_TLS13_ONLY *tls13_only tells. */
const hfi_field *hfi_shape_of_extension(uint16_t type, unsigned where, bool *tls13_only);
/* Its name; NULL if it has none here. */
const char *hfi_shape_extension_name(uint16_t type);

#endif
