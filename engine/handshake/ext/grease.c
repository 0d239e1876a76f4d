/* engine/handshake/ext/grease.c: values that nobody knows, so that servers learn to pass
 * over what they do not know.  RFC 8701 3.1.
 * They are in no list of ours: a server that chooses one is refused as for any other
 * value that was not offered. */
#include "handshake/ext/registry.h"

static bool is_on(const hfi_hs *hs)
{
    return (hs->wishes.options & HFI_OPTION_GREASE) != 0;
}

/* 0x0a0a, 0x1a1a, ... 0xfafa.  A server's need not be the same twice: it comes of its
 * random (RFC 8701 4.1). */
static uint16_t value_of(const hfi_hs *hs, unsigned place)
{
    if (hs->side == HFI_SERVER)
        return (uint16_t)(0x0a0a + 0x1010 * (hs->server_random[place] & 15));
    return (uint16_t)(0x0a0a + 0x1010 * hs->as.client.grease[place]);
}

/* A hello that follows a retry repeats them; the two extensions must differ. */
hfi_err hfi_grease_draw(hfi_hs *hs)
{
    const hfi_random *random = &hs->settings->random;
    uint8_t *values = hs->as.client.grease;

    if (!is_on(hs))
        return HFI_OK;
    if (!random->fill(random->ctx, values, HFI_GREASE_VALUES))
        return HFI_E_RANDOM_FAILED;
    for (size_t i = 0; i < HFI_GREASE_VALUES; i++)
        values[i] &= 15;
    if (values[HFI_GREASE_LAST_EXTENSION] == values[HFI_GREASE_FIRST_EXTENSION])
        values[HFI_GREASE_LAST_EXTENSION] ^= 1;
    return HFI_OK;
}

void hfi_grease_write(const hfi_hs *hs, hfi_writer *w, unsigned place)
{
    if (is_on(hs))
        hfi_write_u16(w, value_of(hs, place));
}

/* One is empty and the other is not: servers must pass over both kinds. */
void hfi_grease_write_extension(const hfi_hs *hs, hfi_writer *w, unsigned place)
{
    if (!is_on(hs))
        return;
    hfi_write_u16(w, value_of(hs, place));
    size_t mark = hfi_write_vec16_begin(w);
    if (place == HFI_GREASE_LAST_EXTENSION)
        hfi_write_u8(w, 0);
    hfi_write_vec16_end(w, mark);
}

/* After a retry there is one share, of the group that was asked for. */
void hfi_grease_write_share(const hfi_hs *hs, hfi_writer *w)
{
    if (!is_on(hs) || hs->as.client.retry_group != 0)
        return;
    hfi_write_u16(w, value_of(hs, HFI_GREASE_GROUP));
    size_t mark = hfi_write_vec16_begin(w);
    hfi_write_u8(w, 0);
    hfi_write_vec16_end(w, mark);
}
