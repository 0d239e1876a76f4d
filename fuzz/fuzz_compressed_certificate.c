/* fuzz/fuzz_compressed_certificate.c: CompressedCertificate, through every method that is
 * built in.  RFC 8879 4.  Memory is counted: what a stream says of itself must not make
 * the decoders take more than their bounds. */
#include <stdlib.h>

#include "compress/compression.h"
#include "msg/certificate.h"
#include "msg/compressed_certificate.h"
#include "msg/types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CERTIFICATES_MAX = 64, DECODER_MAX = 262144 + 4 * HFI_HANDSHAKE_MESSAGE_MAX };

static size_t taken;
static int live;

static void *take(void *ctx, size_t size)
{
    (void)ctx;
    taken += size;
    live++;
    if (taken > DECODER_MAX)
        abort();
    return malloc(size);
}

static void give(void *ctx, void *p)
{
    (void)ctx;
    live--;
    free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const hfi_alloc alloc = {take, give, NULL};
    hfi_compressed_certificate m;
    hfi_certificate_message inner;

    if (hfi_msg_read_compressed_certificate(hfi_view_of(data, size), &m) != HFI_OK)
        return 0;
    const hfi_compression *method = hfi_compression_find(m.algorithm);
    if (method == NULL || m.length > HFI_HANDSHAKE_MESSAGE_MAX)
        return 0;
    uint8_t *out = malloc(m.length);
    if (out == NULL)
        abort();
    taken = 0;
    hfi_err err = method->expand(&alloc, m.compressed, (hfi_span){out, m.length});
    if (err == HFI_OK)
        (void)hfi_msg_read_certificate(hfi_view_of(out, m.length), CERTIFICATES_MAX,
                                       &inner);
    else if (err != HFI_E_CERTIFICATE_DECOMPRESSION &&
             err != HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH)
        abort();
    if (live != 0)
        abort();
    free(out);
    return 0;
}
