/* crypto/nettle/random.c: the operating system's random source, getrandom(2).
 * RFC 8446 C.1.  nettle has no generator for this, and a generator in the process
 * would have to be told of every fork: the kernel's has no state here. */
#include <errno.h>
#include <sys/random.h>

#include "crypto/provider.h"

/* The kernel may return less than was asked for, and a signal may end the wait for
 * its first seeding; anything else is a failure of the source. */
static bool fill_from_system(void *ctx, uint8_t *p, size_t len)
{
    size_t done = 0;

    (void)ctx;
    while (done < len) {
        ssize_t got = getrandom(&p[done], len - done, 0);
        if (got > 0)
            done += (size_t)got;
        else if (got == 0 || errno != EINTR)
            return false;
    }
    return true;
}

const hfi_random hfi_random_system = {fill_from_system, NULL};
