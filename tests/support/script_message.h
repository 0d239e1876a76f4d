/* tests/support/script_message.h: steps of a script, and the edits that they make in a
 * handshake message. */
#ifndef SCRIPT_MESSAGE_H
#define SCRIPT_MESSAGE_H

#include "script_bytes.h"

/* Where in the server's part of the handshake a step takes place: at one of its
 * messages, or once the client's Finished was right. */
typedef enum script_at {
    AT_NONE,
    AT_RETRY, /* HelloRetryRequest */
    AT_HELLO,
    AT_EXTENSIONS,
    AT_REQUEST,
    AT_CERTIFICATE,
    AT_VERIFY,
    AT_FINISHED,
    AT_TICKET,
    AT_UPDATE,
    AT_CONNECTED, /* no message: before the tickets */
    /* In TLS 1.2 alone. */
    AT_KEY_EXCHANGE,
    AT_DONE,
    AT_CCS, /* a record: of the edits OP_BODY, OP_DROP and OP_TWICE alone */
} script_at;

typedef enum script_op {
    OP_NONE,

    /* Edits of the message; lengths around them follow unless it says otherwise. */
    OP_SET,         /* hex over the body at n; a negative n counts from its end */
    OP_APPEND,      /* hex behind the body */
    OP_CUT,         /* n bytes from the body's end; with n < 0 all but the first -n */
    OP_BODY,        /* hex instead of the body */
    OP_TYPE,        /* n as the message's type */
    OP_LENGTH,      /* n more in the message's length field alone */
    OP_EXT_ADD,     /* extension n with the data hex, behind the others */
    OP_EXT_SET,     /* hex instead of extension n's data */
    OP_EXT_TAIL,    /* hex behind extension n's data */
    OP_EXT_DROP,    /* extension n is left out */
    OP_EXT_TWICE,   /* extension n stands twice */
    OP_EXT_LENGTHS, /* n more in the length of the extension block alone */

    /* What becomes of it. */
    OP_HASH_OLD,   /* the transcript gets the message as it was before the edits */
    OP_DROP,       /* not hashed, not sent */
    OP_TWICE,      /* hashed and sent twice */
    OP_AFTER_NEXT, /* behind the message that comes next */
    OP_SPLIT,      /* in records of n bytes */
    OP_BETWEEN,    /* a record (type, then content, in hex) behind its first n bytes */
    OP_TAIL,       /* hex behind it, in the same record, not hashed */
    OP_PAD,        /* its record has n bytes of padding */

    /* More to be sent, before or behind it; n is how often, 0 means once. */
    OP_SEND_BEFORE, /* handshake message: type, then body, in hex; hashed */
    OP_SEND,
    OP_RECORD_BEFORE, /* record: type, then content, in hex; protected if it is time */
    OP_RECORD,
    OP_RAW_BEFORE, /* bytes as they are */
    OP_RAW,
    OP_RENEW, /* KeyUpdate with the value in hex; the sending key changes */
    OP_STOP,  /* nothing more is ever sent */
} script_op;

typedef struct script_step {
    script_at at;
    script_op op;
    int n;
    const char *hex;
} script_step;

/* Makes an edit, that is an op up to OP_EXT_LENGTHS; others change nothing. */
void script_edit(script_bytes *message, const script_step *step);

/* Type, 3-byte length, body. */
void script_message_begin(script_bytes *m, uint8_t type);
void script_message_end(script_bytes *m);

void script_extension_begin(script_bytes *m, uint16_t type, size_t *mark);
/* Fills in a length of size bytes that was left at mark. */
void script_length_end(script_bytes *m, size_t mark, size_t size);

#endif
