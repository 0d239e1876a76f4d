/* compress/zstd.c: Zstandard.  RFC 8879 3, RFC 8878; by the library zstd.
 * DEVIATION: the library's stable interface takes no allocator, so that the memory of its
 * contexts comes from malloc; what it needs does not depend on the peer's bytes. */
#include "compress/compression.h"

#include <zstd.h>
#include <zstd_errors.h>

enum { LEVEL = 19 }; /* the context is sized for the input, which is short */

static hfi_err judge(size_t result, size_t room)
{
    if (!ZSTD_isError(result))
        return result == room ? HFI_OK : HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH;
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
        return HFI_E_NO_MEMORY;
    case ZSTD_error_dstSize_tooSmall:
        return HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH;
    default:
        return HFI_E_CERTIFICATE_DECOMPRESSION;
    }
}

/* One frame and no more: ZSTD_decompressDCtx would take several in a row, skippable ones,
 * and formats from before RFC 8878. */
static bool is_one_frame(hfi_view in)
{
    static const uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};

    if (in.len < sizeof magic || memcmp(in.p, magic, sizeof magic) != 0)
        return false;
    size_t size = ZSTD_findFrameCompressedSize(in.p, in.len);
    return !ZSTD_isError(size) && size == in.len;
}

/* Into room for the whole the library needs no window. */
static hfi_err expand(const hfi_alloc *alloc, hfi_view in, hfi_span out)
{
    (void)alloc;
    if (!is_one_frame(in))
        return HFI_E_CERTIFICATE_DECOMPRESSION;
    ZSTD_DCtx *ctx = ZSTD_createDCtx();
    if (ctx == NULL)
        return HFI_E_NO_MEMORY;
    hfi_err err = judge(ZSTD_decompressDCtx(ctx, out.p, out.len, in.p, in.len), out.len);
    ZSTD_freeDCtx(ctx);
    return err;
}

static hfi_err shrink(const hfi_alloc *alloc, hfi_view in, hfi_span out, size_t *len)
{
    ZSTD_CCtx *ctx = ZSTD_createCCtx();

    (void)alloc;
    *len = 0;
    if (ctx == NULL)
        return HFI_E_NO_MEMORY;
    size_t size = ZSTD_compressCCtx(ctx, out.p, out.len, in.p, in.len, LEVEL);
    hfi_err err = HFI_OK;
    if (!ZSTD_isError(size))
        *len = size;
    else if (ZSTD_getErrorCode(size) == ZSTD_error_memory_allocation)
        err = HFI_E_NO_MEMORY;
    ZSTD_freeCCtx(ctx);
    return err;
}

const hfi_compression hfi_compression_zstd = {"zstd", 3, expand, shrink};
