/* pki/name.h: distinguished names: well-formedness and comparison, RFC 5280 7.1. */
#ifndef HFI_PKI_NAME_H
#define HFI_PKI_NAME_H

#include "wire/reader.h"

/* One attribute of a distinguished name. */
typedef struct hfi_attribute {
    hfi_view type;  /* contents of the OBJECT IDENTIFIER */
    uint8_t tag;    /* of the value */
    hfi_view value; /* contents of the value */
} hfi_attribute;

/* True if name (header included) is a well-formed Name. */
bool hfi_name_valid(hfi_view name);

/* True if name is the empty sequence, or nothing at all. */
bool hfi_name_empty(hfi_view name);

/* Equal under RFC 5280 7.1: strings of characters regardless of ASCII case, of their
 * string type and of how many spaces lie between words; other values byte by byte.
 * DEVIATION: characters outside of ASCII are compared as they are, without the folding
 * and normalisation of RFC 4518; what that tells apart is refused, not trusted. */
bool hfi_name_equal(hfi_view a, hfi_view b);

/* True if name lies in the subtree of base: base's RDNs are the first ones of name. */
bool hfi_name_within(hfi_view name, hfi_view base);

/* As above, but in doubt true: for subtrees that are excluded.  In doubt are strings of
 * 16 or 32 bits a character or of T.61, which are not compared with others, and
 * characters outside of ASCII on both sides, which are not folded. */
bool hfi_name_may_lie_within(hfi_view name, hfi_view base);

/* Equal names have equal hashes. */
uint64_t hfi_name_hash(hfi_view name);

/* Takes the next attribute out of the RDN (contents of a SET). */
bool hfi_name_next_attribute(hfi_reader *rdn, hfi_attribute *attribute);

#endif
