/* fuzz/fuzz_flow.h: what both targets of the whole client have in common. */
#ifndef FUZZ_FLOW_H
#define FUZZ_FLOW_H

#include <stdlib.h>

#include "flow.h"

enum {
    FUZZ_ALPN = 0x01,
    FUZZ_NO_COMPAT = 0x02,
    FUZZ_P256_FIRST = 0x04,
    FUZZ_BYTE_BY_BYTE = 0x08,
    FUZZ_UNVERIFIED = 0x10,
    FUZZ_TLS12 = 0x20,
};

static inline void fuzz_flow_choose(flow *f, uint8_t how)
{
    static const uint8_t alpn[] = {2, 'h', '2'};
    hfi_settings *s = &f->settings;

    if (how & FUZZ_ALPN)
        s->alpn = hfi_view_of(alpn, sizeof alpn);
    if (how & FUZZ_NO_COMPAT)
        f->client.options |= HFI_OPTION_NO_MIDDLEBOX_COMPAT;
    if (how & FUZZ_P256_FIRST) {
        s->groups[0] = 0x0017;
        s->groups[1] = 0x001d;
    }
    if (how & FUZZ_BYTE_BY_BYTE)
        f->piece = 1;
    if (how & FUZZ_TLS12)
        s->version_min = 0x0303;
    if (how & FUZZ_UNVERIFIED) {
        s->verify_chain = false;
        f->client.verify_name = false;
    }
}

/* Whatever came: the client rests, an open one still sends, a failed one says why and
 * stays failed, and nothing is left behind. */
static inline void fuzz_flow_end(flow *f)
{
    size_t taken;

    if (f->endless)
        abort();
    if (f->client.phase == HFI_PHASE_OPEN &&
        hfi_conn_write(&f->client, hfi_view_of_text("x"), &taken) != HFI_OK)
        abort();
    (void)flow_end(f);
    if (f->err != HFI_OK &&
        (f->client.phase != HFI_PHASE_FAILED || f->client.report.code != f->err ||
         hfi_conn_process(&f->client, NULL) != f->err))
        abort();
    if (f->err == HFI_OK && !f->client.close_received)
        abort(); /* an end without close_notify is not a good one */
    flow_free(f);
    if (f->memory.live != 0 || f->memory.secret_released)
        abort();
}

#endif
