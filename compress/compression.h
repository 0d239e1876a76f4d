/* compress/compression.h: the compression of certificates as the engine sees it.
 * RFC 8879 3, 4.  Each method comes from a library that this build may lack; what is
 * built in is found here, and the settings of connections point to it. */
#ifndef HFI_COMPRESS_COMPRESSION_H
#define HFI_COMPRESS_COMPRESSION_H

#include "base/alloc.h"
#include "base/err.h"
#include "base/types.h"

enum { HFI_COMPRESSIONS_MAX = 3 };

typedef struct hfi_compression {
    const char *name; /* "brotli", as in the TLS registry */
    uint16_t id;      /* CertificateCompressionAlgorithm, RFC 8879 7.3 */

    /* Expands in, which must be one whole stream and nothing behind it, into exactly
     * out.len bytes: memory is spent on the decoder alone, whatever in says.
     * HFI_E_CERTIFICATE_DECOMPRESSION, HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH,
     * HFI_E_NO_MEMORY. */
    hfi_err (*expand)(const hfi_alloc *alloc, hfi_view in, hfi_span out);
    /* Compresses in into at most out.len bytes and sets *len, which is 0 if they are too
     * few.  HFI_E_NO_MEMORY. */
    hfi_err (*shrink)(const hfi_alloc *alloc, hfi_view in, hfi_span out, size_t *len);
} hfi_compression;

/* Those built in, the best for certificates first; NULL past the end. */
const hfi_compression *hfi_compression_at(size_t index);

/* NULL if it is not built in. */
const hfi_compression *hfi_compression_find(uint16_t id);

/* Every method that RFC 8879 knows, built in or not, by its place: for lists of names.
 * NULL past the end. */
const char *hfi_compression_known(size_t index);

/* One file each, if its library was there. */
extern const hfi_compression hfi_compression_brotli;
extern const hfi_compression hfi_compression_zstd;
extern const hfi_compression hfi_compression_zlib;

#endif
