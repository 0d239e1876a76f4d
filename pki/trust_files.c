/* pki/trust_files.c: trusted roots out of files, directories and the usual places.
 *
 * Both a file's size and the number of files in a directory have limits. */
#define _GNU_SOURCE /* secure_getenv */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "pki/file.h"
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

/* A file that was read, by its identity: a directory has links to the same ones. */
typedef struct file_read {
    dev_t device;
    ino_t inode;
    size_t certificates;
} file_read;

/* What reading several files has in common. */
typedef struct loader {
    hfi_trust_store *store;
    hfi_file file;
    file_read *seen; /* FILES_MAX of them, or NULL until a directory is read */
    size_t seen_count;
} loader;

static loader loader_for(hfi_trust_store *store)
{
    loader l = {.store = store, .file = {.alloc = hfi_trust_store_alloc(store)}};
    return l;
}

/* Leaves errno alone: it belongs to what failed before. */
static void loader_end(loader *l)
{
    int error = errno;
    hfi_alloc_release(l->file.alloc, l->seen);
    errno = error;
    hfi_file_release(&l->file);
}

static void remember(loader *l, const struct stat *st, size_t certificates)
{
    file_read entry = {st->st_dev, st->st_ino, certificates};
    if (l->seen != NULL && l->seen_count < FILES_MAX)
        l->seen[l->seen_count++] = entry;
}

static hfi_err add_file_at(loader *l, int directory, const char *path, size_t *added)
{
    *added = 0;
    hfi_err err = hfi_file_read(&l->file, directory, path, HFI_TRUST_INPUT_MAX);
    if (err != HFI_OK)
        return err;
    err = hfi_trust_store_add(l->store, hfi_view_of(l->file.bytes, l->file.len), added);
    remember(l, &l->file.identity, *added);
    return err;
}

hfi_err hfi_trust_store_add_file(hfi_trust_store *store, const char *path, size_t *added)
{
    loader l = loader_for(store);
    size_t found;
    hfi_err err = add_file_at(&l, AT_FDCWD, path, &found);

    if (added != NULL)
        *added = found;
    loader_end(&l);
    return err;
}

/* ---- a directory ---- */

/* What stops the reading of a whole directory; other errors concern one file. */
static bool is_fatal(hfi_err err)
{
    return err == HFI_E_NO_MEMORY;
}

/* True if the file was read already, under this name or another. */
static bool was_read(const loader *l, const struct stat *st, size_t *added)
{
    for (size_t i = 0; i < l->seen_count; i++) {
        if (l->seen[i].inode != st->st_ino || l->seen[i].device != st->st_dev)
            continue;
        *added = l->seen[i].certificates;
        return true;
    }
    return false;
}

static hfi_err add_entries(loader *l, DIR *dir, size_t *added)
{
    const struct dirent *entry;
    struct stat st;
    size_t files = 0;

    while ((entry = readdir(dir)) != NULL) {
        size_t n = 0;
        if (entry->d_name[0] == '.')
            continue;
        if (++files > FILES_MAX)
            return HFI_E_INPUT_TOO_LARGE;
        if (fstatat(dirfd(dir), entry->d_name, &st, 0) != 0 || !S_ISREG(st.st_mode))
            continue;
        if (!was_read(l, &st, &n) &&
            is_fatal(add_file_at(l, dirfd(dir), entry->d_name, &n)))
            return HFI_E_NO_MEMORY;
        *added += n;
    }
    return HFI_OK;
}

static bool begin_to_remember(loader *l)
{
    if (l->seen == NULL)
        l->seen = hfi_alloc_bytes(l->file.alloc, FILES_MAX * sizeof *l->seen);
    return l->seen != NULL;
}

static hfi_err add_dir(loader *l, const char *path, size_t *added)
{
    size_t before = hfi_trust_store_count(l->store);
    size_t seen_before = l->seen_count;

    *added = 0;
    if (!begin_to_remember(l))
        return HFI_E_NO_MEMORY;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return HFI_E_FILE_UNREADABLE;
    hfi_err err = add_entries(l, dir, added);
    (void)closedir(dir);
    if (err != HFI_OK) {
        hfi_trust_store_rewind(l->store, before);
        l->seen_count = seen_before;
        *added = 0;
    }
    return err;
}

hfi_err hfi_trust_store_add_dir(hfi_trust_store *store, const char *path, size_t *added)
{
    loader l = loader_for(store);
    size_t found;
    hfi_err err = add_dir(&l, path, &found);

    if (added != NULL)
        *added = found;
    loader_end(&l);
    return err;
}

/* ---- the system's ---- */

/* SSL_CERT_DIR is a list with colons, like PATH. */
static hfi_err add_dirs(loader *l, const char *list, size_t *found)
{
    char path[PATH_MAX];
    size_t n;

    while (*list != '\0') {
        size_t len = strcspn(list, ":");
        if (len != 0 && len < sizeof path) {
            memcpy(path, list, len);
            path[len] = '\0';
            if (is_fatal(add_dir(l, path, &n)))
                return HFI_E_NO_MEMORY;
            *found += n;
        }
        list += len + (list[len] == ':');
    }
    return HFI_OK;
}

static hfi_err add_environment(loader *l, const char *file, const char *dirs,
                               size_t *found)
{
    if (dirs != NULL && !begin_to_remember(l))
        return HFI_E_NO_MEMORY;
    if (file != NULL && is_fatal(add_file_at(l, AT_FDCWD, file, found)))
        return HFI_E_NO_MEMORY;
    return dirs == NULL ? HFI_OK : add_dirs(l, dirs, found);
}

/* The first bundle that gives a root, else the first such directory. */
static hfi_err add_usual(loader *l, size_t *found)
{
    for (size_t i = 0; i < sizeof bundle_files / sizeof bundle_files[0]; i++) {
        hfi_err err = add_file_at(l, AT_FDCWD, bundle_files[i], found);
        if (err == HFI_OK || is_fatal(err))
            return err;
    }
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        if (is_fatal(add_dir(l, directories[i], found)))
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
    loader l = loader_for(store);
    size_t found = 0;
    hfi_err err = file != NULL || dirs != NULL ? add_environment(&l, file, dirs, &found)
                                               : add_usual(&l, &found);

    loader_end(&l);
    if (err != HFI_OK)
        return err;
    return found != 0 ? HFI_OK : HFI_E_TRUST_STORE_EMPTY;
}
