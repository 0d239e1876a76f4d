/* pki/trust_files.c: trusted roots out of files, directories and the usual places.
 *
 * Only regular files are read, so that no pipe or device can hold the caller up, and
 * both a file's size and the number of files in a directory have limits. */
#define _GNU_SOURCE /* secure_getenv */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pki/trust_store.h"
#include "pki/trust_store_index.h"

enum { FILES_MAX = 4096 };

/* Debian, Red Hat, SUSE, Red Hat's generated one, Alpine and the BSDs. */
static const char *const bundle_files[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
};

static const char *const directories[] = {
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
};

/* ---- one file ---- */

static hfi_err unreadable(int error)
{
    errno = error;
    return HFI_E_FILE_UNREADABLE;
}

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

static hfi_err add_descriptor(hfi_trust_store *store, int fd, size_t *added)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return unreadable(errno);
    if (!S_ISREG(st.st_mode))
        return unreadable(S_ISDIR(st.st_mode) ? EISDIR : EINVAL);
    if (st.st_size > HFI_TRUST_INPUT_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    const hfi_alloc *alloc = hfi_trust_store_alloc(store);
    uint8_t *text = hfi_alloc_bytes(alloc, (size_t)st.st_size);
    if (text == NULL)
        return HFI_E_NO_MEMORY;
    ssize_t len = read_all(fd, text, (size_t)st.st_size);
    hfi_err err = len < 0 ? unreadable(errno)
                          : hfi_trust_store_add(store, hfi_view_of(text, (size_t)len),
                                                added);
    int error = errno;
    hfi_alloc_release(alloc, text);
    errno = error;
    return err;
}

static hfi_err add_file_at(hfi_trust_store *store, int directory, const char *path,
                           size_t *added)
{
    if (added != NULL)
        *added = 0;
    /* Without O_NONBLOCK, opening a pipe would wait for its other end. */
    int fd = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return HFI_E_FILE_UNREADABLE;
    hfi_err err = add_descriptor(store, fd, added);
    int error = errno;
    (void)close(fd);
    errno = error;
    return err;
}

hfi_err hfi_trust_store_add_file(hfi_trust_store *store, const char *path, size_t *added)
{
    return add_file_at(store, AT_FDCWD, path, added);
}

/* ---- a directory ---- */

/* What stops the reading of a whole directory; other errors concern one file. */
static bool is_fatal(hfi_err err)
{
    return err == HFI_E_NO_MEMORY;
}

static hfi_err add_entries(hfi_trust_store *store, DIR *dir, size_t *added)
{
    const struct dirent *entry;
    size_t files = 0;

    while ((entry = readdir(dir)) != NULL) {
        size_t n;
        if (entry->d_name[0] == '.')
            continue;
        if (++files > FILES_MAX)
            return HFI_E_INPUT_TOO_LARGE;
        hfi_err err = add_file_at(store, dirfd(dir), entry->d_name, &n);
        if (is_fatal(err))
            return err;
        *added += n;
    }
    return HFI_OK;
}

hfi_err hfi_trust_store_add_dir(hfi_trust_store *store, const char *path, size_t *added)
{
    size_t before = hfi_trust_store_count(store);
    size_t count = 0;

    if (added != NULL)
        *added = 0;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return HFI_E_FILE_UNREADABLE;
    hfi_err err = add_entries(store, dir, &count);
    (void)closedir(dir);
    if (err != HFI_OK)
        hfi_trust_store_rewind(store, before);
    else if (added != NULL)
        *added = count;
    return err;
}

/* ---- the system's ---- */

/* SSL_CERT_DIR is a list with colons, like PATH. */
static hfi_err add_dirs(hfi_trust_store *store, const char *list, size_t *found)
{
    char path[PATH_MAX];
    size_t n;

    while (*list != '\0') {
        size_t len = strcspn(list, ":");
        if (len != 0 && len < sizeof path) {
            memcpy(path, list, len);
            path[len] = '\0';
            if (is_fatal(hfi_trust_store_add_dir(store, path, &n)))
                return HFI_E_NO_MEMORY;
            *found += n;
        }
        list += len + (list[len] == ':');
    }
    return HFI_OK;
}

static hfi_err add_environment(hfi_trust_store *store, const char *file, const char *dirs,
                               size_t *found)
{
    if (file != NULL && is_fatal(hfi_trust_store_add_file(store, file, found)))
        return HFI_E_NO_MEMORY;
    return dirs == NULL ? HFI_OK : add_dirs(store, dirs, found);
}

/* The first bundle that gives a root, else the first such directory. */
static hfi_err add_usual(hfi_trust_store *store, size_t *found)
{
    for (size_t i = 0; i < sizeof bundle_files / sizeof bundle_files[0]; i++) {
        hfi_err err = hfi_trust_store_add_file(store, bundle_files[i], found);
        if (err == HFI_OK || is_fatal(err))
            return err;
    }
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        if (is_fatal(hfi_trust_store_add_dir(store, directories[i], found)))
            return HFI_E_NO_MEMORY;
        if (*found != 0)
            break;
    }
    return HFI_OK;
}

/* A variable that is set and not empty.  A program with more rights than its caller
 * does not let the caller choose whom it trusts. */
static const char *variable(const char *name)
{
    const char *value = secure_getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

hfi_err hfi_trust_store_add_system(hfi_trust_store *store)
{
    const char *file = variable("SSL_CERT_FILE");
    const char *dirs = variable("SSL_CERT_DIR");
    size_t found = 0;
    hfi_err err = file != NULL || dirs != NULL
                      ? add_environment(store, file, dirs, &found)
                      : add_usual(store, &found);

    if (err != HFI_OK)
        return err;
    return found != 0 ? HFI_OK : HFI_E_TRUST_STORE_EMPTY;
}
