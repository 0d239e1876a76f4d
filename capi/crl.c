/* capi/crl.c: the revocation lists that a configuration holds certificates against, out
 * of files and memory.  RFC 5280 5, 6.3 is pki's. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capi/objects.h"

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

/* error_number tells more of FILE_UNREADABLE; 0: nothing. */
static hf_status finish(hf_config *config, hfi_err err, const char *what,
                        int error_number)
{
    char reason[128] = "";

    if (err == HFI_OK)
        return 1;
    if (err != HFI_E_FILE_UNREADABLE || error_number == 0 ||
        strerror_r(error_number, reason, sizeof reason) != 0)
        reason[0] = '\0';
    return hfi_config_refuse(config, err, "%s: %s", what,
                             reason[0] != '\0' ? reason : hf_code_text((int)err));
}

/* ---- files ---- */

/* Reads size bytes, or up to the end of the file; -1 with errno. */
static ssize_t read_all(int fd, uint8_t *out, size_t size)
{
    size_t got = 0;

    while (got < size) {
        ssize_t n = read(fd, out + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

/* Only of a regular file: no pipe or device holds the caller up. */
static hfi_err add_descriptor(hf_config *config, int fd)
{
    const hfi_alloc *alloc = &config->settings.alloc;
    struct stat st;

    if (fstat(fd, &st) != 0)
        return HFI_E_FILE_UNREADABLE;
    if (!S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        return HFI_E_FILE_UNREADABLE;
    }
    if (st.st_size > HFI_CRL_STORE_BYTES_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    size_t size = (size_t)st.st_size;
    uint8_t *bytes = hfi_alloc_bytes(alloc, size != 0 ? size : 1);
    if (bytes == NULL)
        return HFI_E_NO_MEMORY;
    ssize_t len = read_all(fd, bytes, size);
    int error = errno;
    hfi_err err = len < 0 ? HFI_E_FILE_UNREADABLE
                          : add_lists(config, hfi_view_of(bytes, (size_t)len));
    hfi_alloc_release(alloc, bytes);
    errno = error;
    return err;
}

hf_status hf_config_add_crl_file(hf_config *config, const char *path)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (path == NULL)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "the path is NULL");
    /* Without O_NONBLOCK, opening a pipe would wait for its other end. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return finish(config, HFI_E_FILE_UNREADABLE, path, errno);
    hfi_err err = add_descriptor(config, fd);
    int error = errno;
    (void)close(fd);
    return finish(config, err, path, error);
}

/* ---- memory ---- */

hf_status hf_config_add_crl_memory(hf_config *config, const uint8_t *bytes, size_t len)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (bytes == NULL && len > 0)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "the bytes are NULL");
    return finish(config, add_lists(config, hfi_view_of(bytes, len)),
                  "revocation lists in memory", 0);
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
