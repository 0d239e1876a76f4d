/* pki/file.c: a whole file into memory. */
#include "pki/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool make_room(hfi_file *file, size_t size)
{
    if (size <= file->room && file->bytes != NULL)
        return true;
    hfi_alloc_release(file->alloc, file->bytes);
    file->bytes = hfi_alloc_bytes(file->alloc, size);
    file->room = file->bytes == NULL ? 0 : size;
    return file->bytes != NULL;
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

static hfi_err read_descriptor(hfi_file *file, int fd, size_t max)
{
    if (fstat(fd, &file->identity) != 0)
        return HFI_E_FILE_UNREADABLE;
    if (!S_ISREG(file->identity.st_mode)) {
        errno = S_ISDIR(file->identity.st_mode) ? EISDIR : EINVAL;
        return HFI_E_FILE_UNREADABLE;
    }
    if ((uintmax_t)file->identity.st_size > max)
        return HFI_E_INPUT_TOO_LARGE;
    if (!make_room(file, (size_t)file->identity.st_size))
        return HFI_E_NO_MEMORY;
    ssize_t len = read_all(fd, file->bytes, (size_t)file->identity.st_size);
    if (len < 0)
        return HFI_E_FILE_UNREADABLE;
    file->len = (size_t)len;
    return HFI_OK;
}

hfi_err hfi_file_read(hfi_file *file, int directory, const char *path, size_t max)
{
    file->len = 0;
    /* Without O_NONBLOCK, opening a pipe would wait for its other end. */
    int fd = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return HFI_E_FILE_UNREADABLE;
    hfi_err err = read_descriptor(file, fd, max);
    int error = errno;
    (void)close(fd);
    errno = error;
    return err;
}

void hfi_file_release(hfi_file *file)
{
    int error = errno;

    hfi_alloc_release(file->alloc, file->bytes);
    file->bytes = NULL;
    file->len = file->room = 0;
    errno = error;
}
