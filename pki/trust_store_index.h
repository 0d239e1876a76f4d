/* pki/trust_store_index.h: roots by their subject, for the path builder, and what else
 * the room itself needs of a store. */
#ifndef HFI_PKI_TRUST_STORE_INDEX_H
#define HFI_PKI_TRUST_STORE_INDEX_H

#include "pki/trust_store.h"

enum { HFI_TRUST_STORE_END = 0xffffffff };

/* The first root whose subject equals the name (RFC 5280 7.1), and the next one after
 * it; HFI_TRUST_STORE_END when there is none.  hash is hfi_name_hash(name). */
uint32_t hfi_trust_store_first(const hfi_trust_store *store, hfi_view name,
                               uint64_t hash);
uint32_t hfi_trust_store_next(const hfi_trust_store *store, hfi_view name, uint64_t hash,
                              uint32_t place);

/* True if this very certificate is in the store. */
bool hfi_trust_store_has(const hfi_trust_store *store, hfi_view der, hfi_view subject,
                         uint64_t hash);

/* Takes back all roots from index count on. */
void hfi_trust_store_rewind(hfi_trust_store *store, size_t count);

/* The allocator that the store was made with. */
const hfi_alloc *hfi_trust_store_alloc(const hfi_trust_store *store);

#endif
