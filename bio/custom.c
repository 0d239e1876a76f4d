/* bio/custom.c: a transport made of the application's functions.
 * What they return is checked: a wrong count must not become a wrong length here. */
#include <errno.h>
#include <stdlib.h>

#include "bio/bio.h"

typedef struct custom_bio {
    hf_bio base;
    hfi_bio_functions functions;
} custom_bio;

/* A count that was not asked for, or an unknown negative number, is an error. */
static ptrdiff_t checked(ptrdiff_t n, size_t count, int *error_number)
{
    if (n > 0 && (size_t)n > count) {
        *error_number = EOVERFLOW;
        return HFI_IO_ERROR;
    }
    if (n < HFI_IO_WANT_ACCEPT)
        return HFI_IO_ERROR;
    return n;
}

static ptrdiff_t custom_read(hf_bio *bio, uint8_t *bytes, size_t count, int64_t wait,
                             int *error_number)
{
    const hfi_bio_functions *f = &((custom_bio *)bio)->functions;

    (void)wait;
    *error_number = 0;
    return checked(f->read(f->ctx, bytes, count, error_number), count, error_number);
}

static ptrdiff_t custom_write(hf_bio *bio, const uint8_t *bytes, size_t count,
                              int64_t wait, int *error_number)
{
    const hfi_bio_functions *f = &((custom_bio *)bio)->functions;

    (void)wait;
    *error_number = 0;
    ptrdiff_t n =
        checked(f->write(f->ctx, bytes, count, error_number), count, error_number);
    return n == 0 ? HFI_IO_WOULD_BLOCK : n;
}

static void custom_release(hf_bio *bio)
{
    custom_bio *c = (custom_bio *)bio;

    if (c->functions.destroy != NULL)
        c->functions.destroy(c->functions.ctx);
    free(c);
}

static const hfi_bio_method custom_method = {
    .read = custom_read,
    .write = custom_write,
    .release = custom_release,
};

hf_bio *hfi_bio_new_custom(const hfi_bio_functions *functions)
{
    custom_bio *c = calloc(1, sizeof *c);

    if (c == NULL)
        return NULL;
    c->base.method = &custom_method;
    c->functions = *functions;
    return &c->base;
}
