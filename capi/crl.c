/* capi/crl.c: the revocation lists that a configuration holds certificates against, out
 * of files and memory.  RFC 5280 5, 6.3 is pki's. */
#include <fcntl.h>

#include "capi/objects.h"
#include "pki/file.h"

/* The store is made with the first list. */
static hfi_err add_lists(hf_config *config, hfi_view input)
{
    hfi_settings *s = &config->settings;

    if (s->crls == NULL)
        s->crls = hfi_crl_store_new(&s->alloc, s->crypto);
    if (s->crls == NULL)
        return HFI_E_NO_MEMORY;
    return hfi_crl_store_add(s->crls, input, NULL);
}

/* ---- files ---- */

hf_status hf_config_add_crl_file(hf_config *config, const char *path)
{
    hf_status status = hfi_config_begin_input(config, path, "the path is NULL");

    if (status != 1)
        return status;
    hfi_file file = {.alloc = &config->settings.alloc};
    hfi_err err = hfi_file_read(&file, AT_FDCWD, path, HFI_CRL_STORE_BYTES_MAX);
    if (err == HFI_OK)
        err = add_lists(config, hfi_view_of(file.bytes, file.len));
    hfi_file_release(&file);
    return hfi_config_finish_input(config, err, path);
}

/* ---- memory ---- */

hf_status hf_config_add_crl_memory(hf_config *config, const uint8_t *bytes, size_t len)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (bytes == NULL && len > 0)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "the bytes are NULL");
    return hfi_config_finish_input(config, add_lists(config, hfi_view_of(bytes, len)),
                                   "revocation lists in memory");
}

size_t hf_config_crl_count(const hf_config *config)
{
    return config != NULL ? hfi_crl_store_count(config->settings.crls) : 0;
}

/* ---- how they count ---- */

hf_status hf_config_set_crl_rules(hf_config *config, int rules)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if ((rules & ~(HF_CRL_REQUIRED | HF_CRL_WHOLE_CHAIN)) != 0)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "a rule is none of HF_CRL_...");
    config->settings.crl_required = (rules & HF_CRL_REQUIRED) != 0;
    config->settings.crl_whole_chain = (rules & HF_CRL_WHOLE_CHAIN) != 0;
    return 1;
}
