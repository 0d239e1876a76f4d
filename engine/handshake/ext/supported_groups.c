/* engine/handshake/ext/supported_groups.c: supported_groups.  RFC 8446 4.2.7. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

/* Hybrids are for TLS 1.3 alone. */
static bool is_usable(const hfi_settings *s, uint16_t id)
{
    const hfi_group *group = hfi_group_find(s->crypto, id);

    return group != NULL && (group->curve_id == 0 || hfi_settings_allow(s, 0x0304));
}

static hfi_err write_supported_groups(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    const hfi_settings *s = hs->settings;

    (void)skip;
    size_t mark = hfi_write_vec16_begin(w);
    hfi_grease_write(hs, w, HFI_GREASE_GROUP);
    for (size_t i = 0; i < s->group_count; i++) {
        if (is_usable(s, s->groups[i]))
            hfi_write_u16(w, s->groups[i]);
    }
    hfi_write_vec16_end(w, mark);
    return HFI_OK;
}

/* The server's own list, for later connections; nothing is made of it.  In TLS 1.2 it has
 * no place in an answer, but some load balancers send it. */
static hfi_err read_supported_groups(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)hs;
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    hfi_view groups = hfi_read_vec16(&r, 2, 65535);
    return hfi_reader_done(&r) && groups.len % 2 == 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    hs->as.server.groups = hfi_read_vec16(&r, 2, 65534);
    return hfi_reader_done(&r) && hs->as.server.groups.len % 2 == 0
               ? HFI_OK
               : HFI_E_DECODE_EXTENSION;
}

const hfi_ext hfi_ext_supported_groups = {
    HFI_EXT_SUPPORTED_GROUPS,
    "supported_groups",
    HFI_IN_CLIENT_HELLO | HFI_IN_ENCRYPTED_EXTENSIONS | HFI_IN_SERVER_HELLO_TLS12,
    write_supported_groups,
    read_supported_groups,
    read_offer,
    NULL};
