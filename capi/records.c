/* capi/records.c: how large records may be, and how they are padded.  RFC 8449;
 * RFC 8446 5.4. */
#include "capi/objects.h"

enum { LEAST_RECORD = 64 };

hf_status hf_config_set_record_size_limit(hf_config *config, size_t bytes)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (bytes != 0 && (bytes < LEAST_RECORD || bytes > HFI_RECORD_PLAINTEXT_MAX))
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "a limit is 64 to 16384 bytes, or 0 for none");
    config->settings.record_size_limit = (uint16_t)bytes;
    return 1;
}

hf_status hf_config_set_record_size(hf_config *config, size_t bytes)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (bytes < LEAST_RECORD || bytes > HFI_RECORD_PLAINTEXT_MAX)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "records have 64 to 16384 bytes of content");
    config->settings.record_size = (uint16_t)bytes;
    return 1;
}

hf_status hf_config_set_record_padding(hf_config *config, size_t multiple)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (multiple > HFI_RECORD_PLAINTEXT_MAX)
        return hfi_config_refuse(
            config, HFI_E_INVALID_ARGUMENT,
            "records are padded to multiples of at most 16384 bytes");
    config->settings.record_padding = (uint16_t)multiple;
    return 1;
}
