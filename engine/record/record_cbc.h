/* engine/record/record_cbc.h: records of CBC suites; record.c and record_tls12.c call
 * them. */
#ifndef HFI_RECORD_RECORD_CBC_H
#define HFI_RECORD_RECORD_CBC_H

#include "record/record.h"

size_t hfi_record_cbc_ctx_size(const hfi_record_cbc *cbc);
/* k->ctx has that size, and k->cbc is set. */
void hfi_record_cbc_set_keys(hfi_record_keys *k, const uint8_t *mac_key,
                             const uint8_t *key);

/* Whether a record's body can have that length. */
bool hfi_record_cbc_fits(const hfi_record_keys *k, size_t len);
/* body is opened in place.  HFI_E_BAD_RECORD_MAC. */
hfi_err hfi_record_open_cbc(hfi_record_keys *k, uint8_t type, hfi_span body,
                            hfi_span *content);

size_t hfi_record_cbc_sealed_size(const hfi_record_keys *k, size_t len);
hfi_err hfi_record_seal_cbc(hfi_record_keys *k, hfi_content_type type, hfi_view in,
                            uint8_t *out, size_t *out_len);

#endif
