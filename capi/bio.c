/* capi/bio.c: the public face of bio/: transports outside of a connection. */
#include "capi/objects.h"

enum {
    MEMORY_DEFAULT = 65536,
    PAIR_DEFAULT = 17408, /* one full record and its frame */
};

_Static_assert(HFI_IO_EOF == HF_IO_EOF && HFI_IO_WOULD_BLOCK == HF_IO_WOULD_BLOCK &&
                   HFI_IO_ERROR == HF_IO_ERROR && HFI_IO_WANT_READ == HF_IO_WANT_READ &&
                   HFI_IO_WANT_WRITE == HF_IO_WANT_WRITE &&
                   HFI_IO_WANT_CONNECT == HF_IO_WANT_CONNECT &&
                   HFI_IO_WANT_ACCEPT == HF_IO_WANT_ACCEPT,
               "the numbers inside are the public ones");

hf_bio *hf_bio_new_fd(int fd, int close_flag)
{
    return fd < 0 ? NULL : hfi_bio_new_fd(fd, close_flag == HF_BIO_CLOSE);
}

hf_bio *hf_bio_new_custom(const hf_io *io)
{
    if (io == NULL || io->size < sizeof *io || io->read == NULL || io->write == NULL)
        return NULL;
    hfi_bio_functions functions = {io->read, io->write, io->destroy, io->context};
    return hfi_bio_new_custom(&functions);
}

hf_bio *hf_bio_new_memory(size_t limit)
{
    return hfi_bio_new_memory(limit == 0 ? MEMORY_DEFAULT : limit);
}

hf_status hf_bio_new_pair(hf_bio **first, size_t first_size, hf_bio **second,
                          size_t second_size)
{
    if (first == NULL || second == NULL)
        return -HF_E_INVALID_ARGUMENT;
    *first = *second = NULL;
    if (!hfi_bio_new_pair(first, first_size == 0 ? PAIR_DEFAULT : first_size, second,
                          second_size == 0 ? PAIR_DEFAULT : second_size))
        return -HF_E_NO_MEMORY;
    return 1;
}

void hf_bio_free(hf_bio *bio)
{
    hfi_bio_free(bio);
}

ptrdiff_t hf_bio_read(hf_bio *bio, uint8_t *bytes, size_t count)
{
    int error_number = 0;

    if (bio == NULL || bytes == NULL || count == 0)
        return HF_IO_ERROR;
    return hfi_bio_outside(bio)->read(bio, bytes, count, HFI_BIO_WAIT, &error_number);
}

ptrdiff_t hf_bio_write(hf_bio *bio, const uint8_t *bytes, size_t count)
{
    int error_number = 0;

    if (bio == NULL || bytes == NULL || count == 0)
        return HF_IO_ERROR;
    return hfi_bio_outside(bio)->write(bio, bytes, count, HFI_BIO_WAIT, &error_number);
}

size_t hf_bio_pending(const hf_bio *bio)
{
    if (bio == NULL || hfi_bio_outside(bio)->pending == NULL)
        return 0;
    return hfi_bio_outside(bio)->pending(bio);
}

size_t hf_bio_space(const hf_bio *bio)
{
    if (bio == NULL || hfi_bio_outside(bio)->space == NULL)
        return 0;
    return hfi_bio_outside(bio)->space(bio);
}

hf_status hf_bio_shutdown_write(hf_bio *bio)
{
    if (bio == NULL || hfi_bio_outside(bio)->shutdown_write == NULL)
        return -HF_E_INVALID_ARGUMENT;
    return hfi_bio_outside(bio)->shutdown_write(bio) ? 1 : -HF_E_TRANSPORT_WRITE;
}
