/* engine/record/record_tls12.h: protected records of TLS 1.2; record.c calls them. */
#ifndef HFI_RECORD_RECORD_TLS12_H
#define HFI_RECORD_RECORD_TLS12_H

#include "record/record.h"

hfi_record_status hfi_record_open_tls12(hfi_record_keys *k, hfi_span in, hfi_record *out,
                                        hfi_err *err);
hfi_err hfi_record_seal_tls12(hfi_record_keys *k, hfi_content_type type, hfi_view in,
                              uint8_t *out, size_t *out_len);

#endif
