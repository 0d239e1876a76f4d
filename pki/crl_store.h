/* pki/crl_store.h: the revocation lists that an application gives, read when added. */
#ifndef HFI_PKI_CRL_STORE_H
#define HFI_PKI_CRL_STORE_H

#include "base/alloc.h"
#include "pki/crl.h"

enum {
    HFI_CRL_STORE_MAX = 1024,           /* lists */
    HFI_CRL_STORE_BYTES_MAX = 64 << 20, /* all lists together */
};

/* Reference counted (atomically).  Not changed once verification uses it: then any
 * number of threads may share it. */
typedef struct hfi_crl_store hfi_crl_store;

/* alloc is copied.  NULL if memory is exhausted. */
hfi_crl_store *hfi_crl_store_new(const hfi_alloc *alloc, const hfi_crypto *crypto);
hfi_crl_store *hfi_crl_store_up_ref(hfi_crl_store *store);
void hfi_crl_store_free(hfi_crl_store *store);

/* Adds every list of PEM text (one or more, other blocks passed over), or one in DER.
 * The bytes are copied.  *added, unless NULL, counts them.
 * HFI_E_NO_CRL_IN_INPUT, HFI_E_PEM_MALFORMED, HFI_E_CRL_MALFORMED,
 * HFI_E_INPUT_TOO_LARGE, HFI_E_NO_MEMORY; on a failure nothing is added. */
hfi_err hfi_crl_store_add(hfi_crl_store *store, hfi_view pem_or_der, size_t *added);

/* 0 for NULL. */
size_t hfi_crl_store_count(const hfi_crl_store *store);

/* Borrowed from the store, with digest; index < count. */
const hfi_crl *hfi_crl_store_at(const hfi_crl_store *store, size_t index);

#endif
