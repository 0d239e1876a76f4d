/* compress/compression.c: which methods this build has.  RFC 8879 7.3. */
#include "compress/compression.h"

/* brotli first: its own dictionary and its small overhead suit a few kilobytes best. */
static const hfi_compression *const built_in[] = {
#ifdef HF_HAVE_BROTLI
    &hfi_compression_brotli,
#endif
#ifdef HF_HAVE_ZSTD
    &hfi_compression_zstd,
#endif
#ifdef HF_HAVE_ZLIB
    &hfi_compression_zlib,
#endif
    NULL,
};

const hfi_compression *hfi_compression_at(size_t index)
{
    return index < sizeof built_in / sizeof built_in[0] ? built_in[index] : NULL;
}

const hfi_compression *hfi_compression_find(uint16_t id)
{
    size_t i = 0;

    while (built_in[i] != NULL && built_in[i]->id != id)
        i++;
    return built_in[i];
}

const char *hfi_compression_known(size_t index)
{
    static const char *const names[HFI_COMPRESSIONS_MAX] = {"brotli", "zstd", "zlib"};

    return index < HFI_COMPRESSIONS_MAX ? names[index] : NULL;
}
