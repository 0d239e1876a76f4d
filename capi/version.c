/* capi/version.c: the version of the library in use, and its optional parts. */
#include "handfast/handfast.h"

int hf_version_number(void)
{
    return HF_VERSION_NUMBER;
}

const char *hf_version_text(void)
{
    return HF_VERSION_TEXT;
}

/* Each part brings its own word, with a space before it. */
static const char features[] = ""
#ifdef HF_HAVE_IDN2
                               " libidn2"
#endif
#ifdef HF_HAVE_SODIUM
                               " libsodium"
#endif
#ifdef HF_HAVE_BROTLI
                               " brotli"
#endif
#ifdef HF_HAVE_ZSTD
                               " zstd"
#endif
#ifdef HF_HAVE_ZLIB
                               " zlib"
#endif
    ;

const char *hf_version_features(void)
{
    return features[0] == ' ' ? &features[1] : features;
}
