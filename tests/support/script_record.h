/* tests/support/script_record.h: records, protected and not, without any judgement. */
#ifndef SCRIPT_RECORD_H
#define SCRIPT_RECORD_H

#include "scripted_server.h"

void script_protect(script_protection *p, const hfi_hash *hash, const hfi_aead *aead,
                    const uint8_t *secret);

/* Appends one record; any type, any size up to 65535, empty too.  With protection the
 * type is the inner one and padding zeros follow it. */
void script_seal(script_protection *p, uint8_t type, hfi_view content, size_t padding,
                 script_bytes *out);

/* Opens the body of a protected record, of which header is the 5-byte header, in place.
 * -1: it is not authentic; otherwise the inner type. */
int script_open(script_protection *p, const uint8_t *header, uint8_t *body, size_t *len);

#endif
