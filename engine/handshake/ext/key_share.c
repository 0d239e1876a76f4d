/* engine/handshake/ext/key_share.c: key_share.  RFC 8446 4.2.8.
 * One share is sent, of the preferred group or of the one that a HelloRetryRequest
 * names; beside a hybrid's stands its curve's (client_hello.c makes them). */
#include "handshake/ext/registry.h"
#include "handshake/tls13_client.h"
#include "wire/reader.h"

static void write_entry(hfi_writer *w, uint16_t group, hfi_view share)
{
    hfi_write_u16(w, group);
    size_t mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, share);
    hfi_write_vec16_end(w, mark);
}

static hfi_err write_key_share(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    const hfi_hs_client *client = &hs->as.client;
    const hfi_group *group = client->group, *curve = client->curve;

    *skip = client->group == NULL; /* TLS 1.2 alone has no share this early */
    if (*skip)
        return HFI_OK;
    size_t list = hfi_write_vec16_begin(w);
    hfi_grease_write_share(hs, w);
    write_entry(w, group->id, hfi_view_of(client->share, group->share_len));
    if (curve != NULL)
        write_entry(w, curve->id,
                    hfi_view_of(client->share + group->curve_share_at, curve->share_len));
    hfi_write_vec16_end(w, list);
    return HFI_OK;
}

static bool was_shared(const hfi_hs_client *client, uint16_t group)
{
    return group == client->group->id ||
           (client->curve != NULL && group == client->curve->id);
}

static hfi_err read_retry(hfi_hs *hs, hfi_reader *r)
{
    hfi_hs_client *client = &hs->as.client;
    uint16_t group = hfi_read_u16(r);

    if (!hfi_reader_done(r))
        return HFI_E_DECODE_EXTENSION;
    if (hfi_client_offered_group(hs, group) == NULL)
        return HFI_E_UNOFFERED_GROUP;
    if (was_shared(client, group))
        return HFI_E_RETRY_GROUP_ALREADY_SHARED;
    client->retry_group = group;
    return HFI_OK;
}

static hfi_err read_key_share(hfi_hs *hs, unsigned where, hfi_view body)
{
    hfi_hs_client *client = &hs->as.client;
    hfi_reader r = hfi_reader_of(body);

    if (where == HFI_IN_HELLO_RETRY)
        return read_retry(hs, &r);
    uint16_t group = hfi_read_u16(&r);
    hfi_view share = hfi_read_vec16(&r, 1, 65535);
    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_EXTENSION;
    if (!was_shared(client, group))
        return client->retry_group != 0 ? HFI_E_GROUP_CHANGED : HFI_E_UNOFFERED_GROUP;
    client->group = hfi_group_find(hs->settings->crypto, group);
    client->peer_share = share;
    return HFI_OK;
}

const hfi_ext hfi_ext_key_share = {HFI_EXT_KEY_SHARE, "key_share",
                                   HFI_IN_CLIENT_HELLO | HFI_IN_SERVER_HELLO |
                                       HFI_IN_HELLO_RETRY,
                                   write_key_share, read_key_share};
