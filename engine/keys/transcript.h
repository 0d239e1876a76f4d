/* engine/keys/transcript.h: the running hash of the handshake messages.
 * RFC 8446 4.4.1.  Until the cipher suite names the hash, messages are kept; the only
 * ones that can come before it are a ClientHello and what follows it in its flight. */
#ifndef HFI_KEYS_TRANSCRIPT_H
#define HFI_KEYS_TRANSCRIPT_H

#include "base/alloc.h"
#include "base/err.h"
#include "crypto/provider.h"

typedef struct hfi_transcript {
    const hfi_hash *hash; /* NULL until known */
    hfi_hash_ctx ctx;
    uint8_t *kept; /* owned; messages before the hash is known, or all of them */
    size_t kept_len;
    bool keeps; /* goes on keeping them */
    bool holds; /* keeps and does not hash them yet */
} hfi_transcript;

/* message includes its 4-byte header.  HFI_E_NO_MEMORY. */
hfi_err hfi_transcript_add(hfi_transcript *t, const hfi_alloc *a, hfi_view message);

/* Names the hash and hashes what was kept; of a transcript that has one only what is
 * held. */
void hfi_transcript_start(hfi_transcript *t, const hfi_alloc *a, const hfi_hash *hash);

/* Before the hash is named: the messages are kept all the same, for a CertificateVerify
 * of TLS 1.2, until they are dropped. */
void hfi_transcript_keep(hfi_transcript *t);
void hfi_transcript_drop_kept(hfi_transcript *t, const hfi_alloc *a);

/* Replaces the ClientHello by its message_hash, on a HelloRetryRequest. */
void hfi_transcript_retry(hfi_transcript *t);

/* The digest so far; the hash goes on. */
void hfi_transcript_digest(const hfi_transcript *t, hfi_digest *out);

/* The digest of what was added so far and of tail behind it, which is not added: a PSK
 * binder covers a ClientHello without its binders (RFC 8446 4.2.11.2).  hash is used
 * when the transcript has none yet. */
void hfi_transcript_digest_with(const hfi_transcript *t, const hfi_hash *hash,
                                hfi_view tail, hfi_digest *out);

/* The next message is kept, and hashed by hfi_transcript_start: a server looks at the
 * second ClientHello in pieces, as it did at the first. */
void hfi_transcript_hold(hfi_transcript *t);
/* Before the hash is named: it goes on behind a HelloRetryRequest that somebody else
 * sent, for a hello with that digest; what is kept is held. */
void hfi_transcript_resume_retry(hfi_transcript *t, const hfi_hash *hash, hfi_view hello,
                                 hfi_view retry);
/* The digest of what was hashed, and of the first len bytes of what is kept. */
void hfi_transcript_digest_front(const hfi_transcript *t, const hfi_hash *hash,
                                 size_t len, hfi_digest *out);

void hfi_transcript_free(hfi_transcript *t, const hfi_alloc *a);

#endif
