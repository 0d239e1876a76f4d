/* compress/brotli.c: brotli.  RFC 8879 3, RFC 7932; by the library brotli. */
#include "compress/compression.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <setjmp.h>
#include <stdalign.h>

/* ---- decompression ---- */

/* A stream announces its window and its tables, up to tens of megabytes, and the library
 * takes memory on its word.  What a stream of honest size needs is far below this. */
enum { DECODER_MEMORY = 262144, DECODER_MEMORY_PER_BYTE = 4 };

typedef struct budget {
    const hfi_alloc *alloc;
    size_t left; /* counts what was ever taken */
    bool exceeded;
} budget;

static void *allocate(void *ctx, size_t size)
{
    budget *b = ctx;

    b->exceeded = b->exceeded || size > b->left;
    if (b->exceeded)
        return NULL;
    b->left -= size;
    return hfi_alloc_bytes(b->alloc, size);
}

static void release(void *ctx, void *p)
{
    const budget *b = ctx;

    hfi_alloc_release(b->alloc, p);
}

static bool lacked_memory(BrotliDecoderErrorCode code)
{
    return code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
           code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

static hfi_err judge(const BrotliDecoderState *state, BrotliDecoderResult result,
                     const budget *memory, size_t in_left, size_t out_left)
{
    switch (result) {
    case BROTLI_DECODER_RESULT_SUCCESS:
        if (in_left != 0)
            return HFI_E_CERTIFICATE_DECOMPRESSION;
        return out_left == 0 ? HFI_OK : HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        return HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH;
    case BROTLI_DECODER_RESULT_ERROR:
        return lacked_memory(BrotliDecoderGetErrorCode(state)) && !memory->exceeded
                   ? HFI_E_NO_MEMORY
                   : HFI_E_CERTIFICATE_DECOMPRESSION;
    default: /* the stream is cut */
        return HFI_E_CERTIFICATE_DECOMPRESSION;
    }
}

static hfi_err expand(const hfi_alloc *alloc, hfi_view in, hfi_span out)
{
    budget memory = {alloc, DECODER_MEMORY + DECODER_MEMORY_PER_BYTE * out.len, false};
    BrotliDecoderState *state = BrotliDecoderCreateInstance(allocate, release, &memory);

    if (state == NULL)
        return HFI_E_NO_MEMORY;
    const uint8_t *next_in = in.p;
    uint8_t *next_out = out.p;
    size_t in_left = in.len, out_left = out.len;
    BrotliDecoderResult result = BrotliDecoderDecompressStream(
        state, &in_left, &next_in, &out_left, &next_out, NULL);
    hfi_err err = judge(state, result, &memory, in_left, out_left);
    BrotliDecoderDestroyInstance(state);
    return err;
}

/* ---- compression ----
 * The encoder, as it is commonly built, ends the process where memory is exhausted.  So
 * its allocator does not return then, but leaps out of it, and gives back what it took.
 */

/* Up to 8 the encoder takes 0.6 MB for a chain, most of it whatever the input; with 9
 * twice as much for two per cent.  Beyond that it is an order of magnitude slower. */
enum { QUALITY = 5 };

/* A window that holds the whole input and no more: the encoder's tables grow with it. */
static uint32_t window_for(size_t len)
{
    uint32_t bits = BROTLI_MIN_WINDOW_BITS;

    while (bits < BROTLI_MAX_WINDOW_BITS && ((size_t)1 << bits) - 16 < len)
        bits++;
    return bits;
}

typedef struct block {
    alignas(16) struct block *next;
    struct block *previous;
} block;

typedef struct lender {
    const hfi_alloc *alloc;
    block lent; /* the head of the list */
    jmp_buf exhausted;
} lender;

static void *lend(void *ctx, size_t size)
{
    lender *l = ctx;
    block *b = hfi_alloc_bytes(l->alloc, sizeof *b + size);

    if (b == NULL)
        longjmp(l->exhausted, 1);
    b->previous = &l->lent;
    b->next = l->lent.next;
    b->next->previous = b;
    l->lent.next = b;
    return b + 1;
}

static void take_back(void *ctx, void *p)
{
    lender *l = ctx;

    if (p == NULL)
        return;
    block *b = (block *)p - 1;
    b->previous->next = b->next;
    b->next->previous = b->previous;
    hfi_alloc_release(l->alloc, b);
}

static size_t encode(lender *l, hfi_view in, hfi_span out)
{
    BrotliEncoderState *state = BrotliEncoderCreateInstance(lend, take_back, l);

    if (state == NULL)
        return 0;
    (void)BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, QUALITY);
    (void)BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, window_for(in.len));
    (void)BrotliEncoderSetParameter(state, BROTLI_PARAM_SIZE_HINT, (uint32_t)in.len);
    const uint8_t *next_in = in.p;
    uint8_t *next_out = out.p;
    size_t in_left = in.len, out_left = out.len;
    bool done = BrotliEncoderCompressStream(state, BROTLI_OPERATION_FINISH, &in_left,
                                            &next_in, &out_left, &next_out, NULL) &&
                BrotliEncoderIsFinished(state) && !BrotliEncoderHasMoreOutput(state);
    BrotliEncoderDestroyInstance(state);
    return done ? out.len - out_left : 0;
}

static hfi_err shrink(const hfi_alloc *alloc, hfi_view in, hfi_span out, size_t *len)
{
    lender l;

    *len = 0;
    l.alloc = alloc;
    l.lent.next = l.lent.previous = &l.lent;
    if (setjmp(l.exhausted) != 0) {
        while (l.lent.next != &l.lent)
            take_back(&l, l.lent.next + 1);
        return HFI_E_NO_MEMORY;
    }
    *len = encode(&l, in, out);
    return HFI_OK;
}

const hfi_compression hfi_compression_brotli = {"brotli", 2, expand, shrink};
