/* capi/alpn.c: the list of application protocols, RFC 7301 3.1. */
#include "capi/objects.h"

hfi_err hfi_capi_alpn_append(uint8_t *list, size_t *len, const uint8_t *name,
                             size_t name_len)
{
    if (name == NULL || name_len == 0 || name_len > 255)
        return HFI_E_INVALID_ARGUMENT;
    if (name_len + 1 > HFI_ALPN_MAX - *len)
        return HFI_E_INPUT_TOO_LARGE;
    list[*len] = (uint8_t)name_len;
    memcpy(list + *len + 1, name, name_len);
    *len += name_len + 1;
    return HFI_OK;
}
