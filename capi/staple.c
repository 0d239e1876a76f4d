/* capi/staple.c: what goes out beside a certificate: a stapled OCSP response, and signed
 * certificate timestamps.  RFC 6066 8, RFC 6962 3.3. */
#include "capi/objects.h"
#include "wire/reader.h"

/* Both together stand in one list of extensions, which has 65535 bytes at most. */
enum { BESIDE_MAX = 32000 };

static hf_status set(hf_config *config, hfi_span *place, const uint8_t *bytes, size_t len)
{
    const hfi_alloc *alloc = &config->settings.alloc;
    uint8_t *copy = NULL;

    if (bytes == NULL && len != 0)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "the bytes are NULL");
    if (len > BESIDE_MAX)
        return hfi_config_refuse(config, HFI_E_INPUT_TOO_LARGE, "more than %d bytes",
                                 BESIDE_MAX);
    if (len != 0) {
        copy = hfi_alloc_copy(alloc, bytes, len);
        if (copy == NULL)
            return hfi_config_refuse(config, HFI_E_NO_MEMORY, "no memory");
    }
    hfi_alloc_release(alloc, place->p);
    *place = (hfi_span){copy, len};
    return 1;
}

/* The chain added last; NULL and *status: there is none. */
static hfi_credential *newest(hf_config *config, hf_status *status)
{
    *status = hfi_config_begin_setting(config);
    if (*status != 1)
        return NULL;
    if (config->credentials.count == 0) {
        *status = hfi_config_refuse(config, HFI_E_CERTIFICATE_NOT_SET,
                                    "no certificate chain was added");
        return NULL;
    }
    return &config->credentials.items[config->credentials.count - 1];
}

hf_status hf_config_set_ocsp_response(hf_config *config, const uint8_t *bytes, size_t len)
{
    hf_status status;
    hfi_credential *c = newest(config, &status);

    return c != NULL ? set(config, &c->staple, bytes, len) : status;
}

static bool is_well_formed(hfi_view list)
{
    hfi_reader r = hfi_reader_of(list);
    hfi_reader entries = hfi_reader_of(hfi_read_vec16(&r, 1, 65535));

    while (hfi_reader_more(&entries))
        (void)hfi_read_vec16(&entries, 1, 65535);
    return hfi_reader_done(&r) && hfi_reader_done(&entries);
}

hf_status hf_config_set_sct_list(hf_config *config, const uint8_t *bytes, size_t len)
{
    hf_status status;
    hfi_credential *c = newest(config, &status);

    if (c == NULL)
        return status;
    if (bytes != NULL && len != 0 && !is_well_formed(hfi_view_of(bytes, len)))
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "the list of timestamps is malformed");
    return set(config, &c->scts, bytes, len);
}
