/* tests/bogo/transport.h: the shim's TCP connection to the test runner.
 *
 * In its asynchronous mode every byte must be allowed before it is read or written: the
 * library is told that it would block, over and over, at every place of a handshake. */
#ifndef HFI_BOGO_TRANSPORT_H
#define HFI_BOGO_TRANSPORT_H

#include <handfast/handfast.h>

#include "options.h"

typedef struct shim_link {
    int fd;
    bool async;
    size_t may_read, may_write; /* bytes, if async */
} shim_link;

/* Connects and tells the runner who calls; false: said on stderr. */
bool shim_link_open(shim_link *link, const shim_options *o);
/* Says that no more will be sent, and waits until the runner has closed, so that it reads
 * all that was sent. */
void shim_link_close(shim_link *link);
hf_io shim_link_io(shim_link *link);

#endif
