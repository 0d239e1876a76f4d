/* capi/version.c: the version of the library in use. */
#include "handfast/handfast.h"

int hf_version_number(void)
{
    return HF_VERSION_NUMBER;
}

const char *hf_version_text(void)
{
    return HF_VERSION_TEXT;
}
