/* capi/trust.c: which roots a configuration trusts, and whether it checks at all. */
#include <errno.h>
#include <string.h>

#include "capi/objects.h"

/* Once roots were named, even in vain, the system's never step in: a misspelt path must
 * not widen the trust that was asked for. */
static hf_status begin_trust(hf_config *config)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status == 1)
        config->trust_chosen = true;
    return status;
}

hf_status hf_config_add_trust_file(hf_config *config, const char *path)
{
    hf_status status = begin_trust(config);

    if (status != 1)
        return status;
    if (path == NULL)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "the path is NULL");
    errno = 0;
    return hfi_config_finish_input(
        config, hfi_trust_store_add_file(config->settings.store, path, NULL), path);
}

hf_status hf_config_add_trust_dir(hf_config *config, const char *path)
{
    hf_status status = begin_trust(config);

    if (status != 1)
        return status;
    if (path == NULL)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "the path is NULL");
    errno = 0;
    return hfi_config_finish_input(
        config, hfi_trust_store_add_dir(config->settings.store, path, NULL), path);
}

hf_status hf_config_add_trust_memory(hf_config *config, const uint8_t *bytes, size_t len)
{
    hf_status status = begin_trust(config);

    if (status != 1)
        return status;
    if (bytes == NULL && len > 0)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "the bytes are NULL");
    hfi_view view = hfi_view_of(bytes, len);
    return hfi_config_finish_input(
        config, hfi_trust_store_add(config->settings.store, view, NULL),
        "roots in memory");
}

hf_status hf_config_add_trust_system(hf_config *config)
{
    hf_status status = begin_trust(config);

    if (status != 1)
        return status;
    return hfi_config_finish_input(
        config, hfi_trust_store_add_system(config->settings.store), "the system's roots");
}

size_t hf_config_trust_count(const hf_config *config)
{
    if (config == NULL || (atomic_load_explicit(&config->frozen, memory_order_acquire) &&
                           !hfi_config_has_trust(config)))
        return 0;
    return hfi_trust_store_count(config->settings.store);
}

hf_status hf_config_disable_certificate_verification(hf_config *config)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status == 1)
        config->settings.verify_chain = false;
    return status;
}

hf_status hf_config_disable_hostname_check(hf_config *config)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status == 1)
        config->settings.verify_name = false;
    return status;
}

hf_status hf_config_set_profile(hf_config *config, const char *name)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (name == NULL)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "the profile is NULL");
    if (!hfi_profile_by_name(name, &config->settings.profile))
        return hfi_config_refuse(
            config, HFI_E_UNKNOWN_NAME,
            "no profile is named '%.32s'; there are default, web-pki, compatible", name);
    return 1;
}

hf_status hf_config_set_signature_memory(hf_config *config, size_t entries)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (entries > HFI_SIGNATURE_MEMORY_MAX)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "the memory holds at most %d signatures",
                                 HFI_SIGNATURE_MEMORY_MAX);
    hfi_signature_memory_init(&config->signatures, &config->settings.alloc,
                              config->settings.crypto, entries);
    return 1;
}
