/* tests/flow/changes.c: one changed bit in what a server says. */
#include "changes.h"

bool change_message(void *ctx, script_bytes *m)
{
    change *c = ctx;
    size_t first = c->seen;

    c->seen += m->len;
    if (c->at < first || c->at >= c->seen)
        return false;
    c->in_message = c->at - first;
    c->type = m->p[0];
    c->done = true;
    m->p[c->in_message] ^= (uint8_t)(1u << c->bit);
    return c->hash_old;
}

bool bit_is_due(size_t at, unsigned bit, size_t all_below)
{
    return at < all_below || at % 8 == bit;
}
