/* pki/trust_store.h: the trusted roots, indexed when loaded and parsed when needed. */
#ifndef HFI_PKI_TRUST_STORE_H
#define HFI_PKI_TRUST_STORE_H

#include "base/alloc.h"
#include "base/err.h"
#include "crypto/provider.h"

enum { HFI_TRUST_INPUT_MAX = 16 << 20 }; /* bytes of one input, of one file */

/* Reference counted (atomically).  Not changed once verification uses it: then any
 * number of threads may share it. */
typedef struct hfi_trust_store hfi_trust_store;

/* alloc is copied.  NULL if memory is exhausted. */
hfi_trust_store *hfi_trust_store_new(const hfi_alloc *alloc, const hfi_crypto *crypto);
hfi_trust_store *hfi_trust_store_up_ref(hfi_trust_store *store);
void hfi_trust_store_free(hfi_trust_store *store);

/* Adds every certificate of PEM text (one or more, other blocks passed over), or one
 * DER certificate.  The bytes are copied.  *added, unless NULL, counts them; a
 * certificate that is there already is counted and not stored twice.
 * HFI_E_NO_CERTIFICATE_IN_INPUT, HFI_E_PEM_MALFORMED, HFI_E_CERT_MALFORMED,
 * HFI_E_INPUT_TOO_LARGE, HFI_E_NO_MEMORY; on a failure nothing is added. */
hfi_err hfi_trust_store_add(hfi_trust_store *store, hfi_view pem_or_der, size_t *added);

/* As above from a file; HFI_E_FILE_UNREADABLE with errno set. */
hfi_err hfi_trust_store_add_file(hfi_trust_store *store, const char *path, size_t *added);

/* Every file of a directory that holds certificates, links of c_rehash included;
 * files that hold none are passed over.  HFI_E_FILE_UNREADABLE if the directory
 * cannot be read. */
hfi_err hfi_trust_store_add_dir(hfi_trust_store *store, const char *path, size_t *added);

/* The system's roots: SSL_CERT_FILE and SSL_CERT_DIR where set (and then only those),
 * else the first of the usual bundle files that exists, else the usual directories.
 * HFI_E_TRUST_STORE_EMPTY when none gave a root. */
hfi_err hfi_trust_store_add_system(hfi_trust_store *store);

size_t hfi_trust_store_count(const hfi_trust_store *store);

/* One root's DER bytes, borrowed from the store; index < count. */
hfi_view hfi_trust_store_at(const hfi_trust_store *store, size_t index);

#endif
