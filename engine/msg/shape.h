/* engine/msg/shape.h: where a message that cannot be decoded does not fit.
 * RFC 8446 4, B.3; RFC 5246 7.4; and the RFCs of the extensions.
 *
 * The parsers tell only that a message is malformed: they run for every peer.  Once one
 * has refused, the body is held against a description of the RFC's structures, and the
 * first place that does not fit is told: names of fields and numbers, no bytes of the
 * peer.  Whether a value is acceptable is not looked at. */
#ifndef HFI_MSG_SHAPE_H
#define HFI_MSG_SHAPE_H

#include "base/report.h"
#include "base/types.h"

/* What the structure of a message hangs on. */
typedef struct hfi_shape_context {
    uint8_t type;       /* hfi_handshake_type; a HelloRetryRequest is a ServerHello */
    uint16_t version;   /* agreed on; for ClientHello the newest that is enabled here */
    size_t verify_data; /* bytes of Finished; 0: not known, any number fits */
} hfi_shape_context;

typedef enum hfi_shape_misfit {
    HFI_SHAPE_FITS = 0,
    HFI_SHAPE_ENDS_EARLY, /* it needs `needs` bytes, and `found` are left */
    HFI_SHAPE_OVERRUNS,   /* a vector's length is `needs`, and `found` are left */
    HFI_SHAPE_TOO_SHORT,  /* a vector's length is `found`, at least `needs` */
    HFI_SHAPE_TOO_LONG,   /* a vector's length is `found`, at most `needs` */
    HFI_SHAPE_ODD,        /* a list of pairs of bytes has the length `found` */
    HFI_SHAPE_LEFT_OVER,  /* `found` bytes follow where it ought to end */
    HFI_SHAPE_VALUE,      /* the number is `found`, and only `needs` has a meaning */
    HFI_SHAPE_ZERO_BYTE,  /* a name with a byte 0 in it */
    HFI_SHAPE_TWICE,      /* an extension that stands before, too */
    HFI_SHAPE_TOO_MANY,   /* more than `needs` of them */
} hfi_shape_misfit;

enum { HFI_SHAPE_DEPTH = 8 };

/* One step from a message to a field. */
typedef struct hfi_shape_step {
    const char *name; /* static text; NULL: an extension that has no name here */
    int32_t number;   /* place in a list, or the type of that extension; -1: none */
} hfi_shape_step;

typedef struct hfi_shape_fault {
    hfi_shape_misfit misfit;
    size_t at;    /* bytes from the start of the body */
    size_t size;  /* of the body */
    size_t needs; /* as above */
    size_t found;
    hfi_shape_step path[HFI_SHAPE_DEPTH];
    size_t depth; /* 0: the message itself */
} hfi_shape_fault;

/* Looks for the first place that does not fit; false if there is none.  code is what the
 * parser refused the body with, and directs the search: a fault within an extension is
 * one for HFI_E_DECODE_EXTENSION alone.  HFI_OK: any fault is searched for.  A type that
 * has no description has no fault. */
bool hfi_shape_find(const hfi_shape_context *context, hfi_view body, hfi_err code,
                    hfi_shape_fault *fault);

/* "extensions / key_share / server_share at byte 47 of 90: length 300, 32 bytes are
 * left".  Always ends with 0; what does not fit in is cut off the path's front. */
void hfi_shape_describe(const hfi_shape_fault *fault, char *text, size_t size);

/* Both, into the record's detail; nothing for codes that are not about syntax, and
 * nothing where no fault is found. */
void hfi_shape_report(hfi_report *report, hfi_err code, const hfi_shape_context *context,
                      hfi_view body);

#endif
