/* compress/zlib.c: zlib's format.  RFC 8879 3, RFC 1950; by the library zlib. */
#include "compress/compression.h"

#define ZLIB_CONST
#include <zlib.h>

enum {
    LEVEL = 9,        /* a chain has a few kilobytes: the best is quick enough */
    MEMORY_LEVEL = 6, /* 4,096 symbols in a block, as many as a chain has */
    LOOKAHEAD = 262,  /* of a window, what zlib keeps for itself */
};

static voidpf allocate(voidpf ctx, uInt items, uInt size)
{
    return hfi_alloc_bytes(ctx, (size_t)items * size);
}

static void release(voidpf ctx, voidpf p)
{
    hfi_alloc_release(ctx, p);
}

static z_stream stream_of(hfi_alloc *alloc, hfi_view in, hfi_span out)
{
    z_stream z;

    memset(&z, 0, sizeof z);
    z.zalloc = allocate;
    z.zfree = release;
    z.opaque = alloc;
    z.next_in = in.p;
    z.avail_in = (uInt)in.len;
    z.next_out = out.p;
    z.avail_out = (uInt)out.len;
    return z;
}

/* zlib reads the end of the stream and its checksum even when no room is left. */
static hfi_err judge(const z_stream *z, int result)
{
    if (result == Z_MEM_ERROR)
        return HFI_E_NO_MEMORY;
    if (result == Z_STREAM_END) {
        if (z->avail_in != 0)
            return HFI_E_CERTIFICATE_DECOMPRESSION;
        return z->avail_out == 0 ? HFI_OK : HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH;
    }
    /* Stopped for want of room, with bytes left to read: there was more than announced.
     */
    if (result == Z_BUF_ERROR && z->avail_out == 0 && z->avail_in != 0)
        return HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH;
    return HFI_E_CERTIFICATE_DECOMPRESSION;
}

static hfi_err expand(const hfi_alloc *alloc, hfi_view in, hfi_span out)
{
    hfi_alloc memory = *alloc;
    z_stream z = stream_of(&memory, in, out);

    if (inflateInit(&z) != Z_OK)
        return HFI_E_NO_MEMORY;
    hfi_err err = judge(&z, inflate(&z, Z_FINISH));
    (void)inflateEnd(&z);
    return err;
}

/* A window that holds the whole input and no more. */
static int window_for(size_t len)
{
    int bits = 9; /* zlib has no smaller one */

    while (bits < MAX_WBITS && ((size_t)1 << bits) < len + LOOKAHEAD)
        bits++;
    return bits;
}

static hfi_err shrink(const hfi_alloc *alloc, hfi_view in, hfi_span out, size_t *len)
{
    hfi_alloc memory = *alloc;
    z_stream z = stream_of(&memory, in, out);

    *len = 0;
    if (deflateInit2(&z, LEVEL, Z_DEFLATED, window_for(in.len), MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return HFI_E_NO_MEMORY;
    if (deflate(&z, Z_FINISH) == Z_STREAM_END)
        *len = z.total_out;
    (void)deflateEnd(&z);
    return HFI_OK;
}

const hfi_compression hfi_compression_zlib = {"zlib", 1, expand, shrink};
