/* pki/signature_memory.h: signatures in chains and of revocation lists that were found
 * right before, so that the same chain costs less the next time.
 *
 * What is kept is a SHA-256 digest of the algorithm, the issuer's public key, the bytes
 * that are signed, and the signature: whether a signature is right depends on nothing
 * else and never changes.  Everything that does, dates, names, constraints, usages,
 * revocation, is not kept here and must be checked each time.  Signatures that were wrong
 * are not kept either, and no signature of a handshake.
 *
 * The memory has a fixed size.  Any number of threads may use it; one that finds it busy
 * does without, so that nobody waits. */
#ifndef HFI_PKI_SIGNATURE_MEMORY_H
#define HFI_PKI_SIGNATURE_MEMORY_H

#include <stdatomic.h>

#include "base/alloc.h"
#include "crypto/provider.h"

enum {
    HFI_SIGNATURE_MEMORY_WAYS = 8,      /* places where a digest may stand */
    HFI_SIGNATURE_MEMORY_DEFAULT = 256, /* entries: 8 kB */
    HFI_SIGNATURE_MEMORY_MAX = 65536,
    HFI_SIGNATURE_MEMORY_DIGEST = 32,
};

/* A zeroed one keeps nothing. */
typedef struct hfi_signature_memory {
    const hfi_alloc *alloc;
    const hfi_hash *sha256;
    size_t sets; /* of HFI_SIGNATURE_MEMORY_WAYS entries; 0: nothing is kept */
    atomic_flag busy;
    uint32_t next;                                   /* whom the next one replaces */
    uint8_t (*entries)[HFI_SIGNATURE_MEMORY_DIGEST]; /* NULL until the first is kept */
} hfi_signature_memory;

/* What somebody claims to have signed. */
typedef struct hfi_signature_claim {
    hfi_signature algorithm;
    hfi_view issuer_key; /* SubjectPublicKeyInfo */
    hfi_view tbs;        /* of a revocation list the SHA-256 digest of its signed bytes */
    hfi_view signature;
} hfi_signature_claim;

/* For so many entries, rounded up to whole sets; 0: keeps nothing.  Allocates nothing
 * yet.  alloc and crypto must outlive the memory. */
void hfi_signature_memory_init(hfi_signature_memory *m, const hfi_alloc *alloc,
                               const hfi_crypto *crypto, size_t entries);
void hfi_signature_memory_free(hfi_signature_memory *m);

/* True if this very claim was added.  m may be NULL in both. */
bool hfi_signature_memory_has(hfi_signature_memory *m, const hfi_signature_claim *claim);
/* For a claim that was verified; an older one may make room for it.  Without memory it is
 * not kept. */
void hfi_signature_memory_add(hfi_signature_memory *m, const hfi_signature_claim *claim);

#endif
