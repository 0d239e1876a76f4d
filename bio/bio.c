/* bio/bio.c: what all transports share. */
#include "bio/bio.h"

void hfi_bio_free(hf_bio *bio)
{
    if (bio != NULL)
        bio->method->release(bio);
}

ptrdiff_t hfi_bio_read(hf_bio *bio, uint8_t *bytes, size_t count, int64_t wait,
                       int *error_number)
{
    return bio->method->read(bio, bytes, count, wait, error_number);
}

ptrdiff_t hfi_bio_write(hf_bio *bio, const uint8_t *bytes, size_t count, int64_t wait,
                        int *error_number)
{
    return bio->method->write(bio, bytes, count, wait, error_number);
}

const hfi_bio_method *hfi_bio_outside(const hf_bio *bio)
{
    return bio->method->outside != NULL ? bio->method->outside : bio->method;
}

int hfi_bio_descriptor(const hf_bio *bio)
{
    return bio->method->descriptor != NULL ? bio->method->descriptor(bio) : -1;
}
