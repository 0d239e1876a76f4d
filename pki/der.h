/* pki/der.h: strict DER over the bounded reader, ITU-T X.690 8 and 10.
 *
 * Definite lengths in their shortest form, tag numbers below 31, no BER.  Like the
 * reader, every function fails the reader on a violation and yields empty views from
 * then on, so that a parser has one exit. */
#ifndef HFI_PKI_DER_H
#define HFI_PKI_DER_H

#include "wire/reader.h"

enum {
    HFI_DER_BOOLEAN = 0x01,
    HFI_DER_INTEGER = 0x02,
    HFI_DER_BIT_STRING = 0x03,
    HFI_DER_OCTET_STRING = 0x04,
    HFI_DER_NULL = 0x05,
    HFI_DER_OID = 0x06,
    HFI_DER_ENUMERATED = 0x0a,
    HFI_DER_UTF8_STRING = 0x0c,
    HFI_DER_NUMERIC_STRING = 0x12,
    HFI_DER_PRINTABLE_STRING = 0x13,
    HFI_DER_T61_STRING = 0x14,
    HFI_DER_IA5_STRING = 0x16,
    HFI_DER_UTC_TIME = 0x17,
    HFI_DER_GENERALIZED_TIME = 0x18,
    HFI_DER_VISIBLE_STRING = 0x1a,
    HFI_DER_UNIVERSAL_STRING = 0x1c,
    HFI_DER_BMP_STRING = 0x1e,
    HFI_DER_SEQUENCE = 0x30,
    HFI_DER_SET = 0x31,
    HFI_DER_CONTEXT = 0x80,             /* or'ed with the number: [n], primitive */
    HFI_DER_CONTEXT_CONSTRUCTED = 0xa0, /* [n], constructed */
    HFI_DER_CONSTRUCTED = 0x20,
};

enum {
    HFI_DER_NESTING_MAX = 16,     /* levels that hfi_der_well_formed follows */
    HFI_DER_LENGTH_MAX = 0xffffff /* bytes of one value: three length bytes */
};

/* The contents of the next value, which must have this tag. */
hfi_view hfi_der_read(hfi_reader *r, uint8_t tag);

/* The contents of the next value, whatever its tag. */
hfi_view hfi_der_read_any(hfi_reader *r, uint8_t *tag);

/* The next value with its header; *contents, unless NULL, is what it holds. */
hfi_view hfi_der_read_element(hfi_reader *r, uint8_t tag, hfi_view *contents);

/* True if the next value has this tag. */
bool hfi_der_next_is(const hfi_reader *r, uint8_t tag);

/* Takes the next value if it has this tag; false and nothing taken otherwise. */
bool hfi_der_read_optional(hfi_reader *r, uint8_t tag, hfi_view *contents);

/* 0x00 or 0xff, nothing else. */
bool hfi_der_read_boolean(hfi_reader *r);

/* The contents of an INTEGER in its shortest form, sign included. */
hfi_view hfi_der_read_integer(hfi_reader *r);

/* A non-negative INTEGER without its leading zero; fails on a negative one. */
hfi_view hfi_der_read_unsigned(hfi_reader *r);

/* A non-negative INTEGER of at most max. */
uint32_t hfi_der_read_number(hfi_reader *r, uint32_t max);

/* A BIT STRING of whole bytes, without the byte that counts unused bits. */
hfi_view hfi_der_read_bit_string(hfi_reader *r);

/* A BIT STRING that is a set of flags: bit n of the standard is 1 << n, bits past
 * the 16th are ignored. */
unsigned hfi_der_read_flags(hfi_reader *r);

/* The contents of an OBJECT IDENTIFIER, each part in its shortest form. */
hfi_view hfi_der_read_oid(hfi_reader *r);

/* True if the bytes are a series of well-formed values, nested at most levels deep. */
bool hfi_der_well_formed(hfi_view bytes, unsigned levels);

#endif
