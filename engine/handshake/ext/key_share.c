/* engine/handshake/ext/key_share.c: key_share.  RFC 8446 4.2.8.
 * One share is sent, of the preferred group or of the one that a HelloRetryRequest
 * names; beside a hybrid's stands its curve's (client_hello.c makes them). */
#include "handshake/ext/registry.h"
#include "handshake/registered.h"
#include "handshake/tls13_client.h"
#include "wire/reader.h"

enum { SHARES_MAX = 16 }; /* of a client: each is compared with those before it */

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

static void detail_group(const hfi_hs *hs, const char *does, uint16_t group)
{
    char text[HFI_REGISTRY_TEXT];

    hfi_report_detail(hs->report, "the server %s group %s", does,
                      hfi_registry_text(hfi_registry_group(hs->settings->crypto, group),
                                        HFI_REGISTRY_DECIMAL, group, text));
}

static hfi_err read_retry(hfi_hs *hs, hfi_reader *r)
{
    hfi_hs_client *client = &hs->as.client;
    uint16_t group = hfi_read_u16(r);

    if (!hfi_reader_done(r))
        return HFI_E_DECODE_EXTENSION;
    if (hfi_client_offered_group(hs, group) == NULL) {
        detail_group(hs, "asks for", group);
        return HFI_E_UNOFFERED_GROUP;
    }
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
    if (!was_shared(client, group)) {
        detail_group(hs, "chose", group);
        return client->retry_group != 0 ? HFI_E_GROUP_CHANGED : HFI_E_UNOFFERED_GROUP;
    }
    client->group = hfi_group_find(hs->settings->crypto, group);
    client->peer_share = share;
    return HFI_OK;
}

/* ---- server; negotiate.c chooses ---- */

static bool is_repeated(hfi_view shares, uint16_t group, size_t before)
{
    hfi_reader r = hfi_reader_of(shares);

    for (size_t i = 0; i < before; i++) {
        uint16_t id = hfi_read_u16(&r);
        (void)hfi_read_vec16(&r, 1, 65535);
        if (id == group)
            return true;
    }
    return false;
}

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_view shares = hfi_read_vec16(&r, 0, 65535);
    hfi_reader list = hfi_reader_of(shares);

    for (size_t i = 0; hfi_reader_more(&list); i++) {
        uint16_t group = hfi_read_u16(&list);
        (void)hfi_read_vec16(&list, 1, 65535);
        if (i >= SHARES_MAX)
            return HFI_E_DECODE_EXTENSION;
        if (!list.failed && is_repeated(shares, group, i))
            return HFI_E_KEY_SHARE_DUPLICATE;
    }
    hs->as.server.shares = shares;
    return hfi_reader_done(&r) && hfi_reader_done(&list) ? HFI_OK
                                                         : HFI_E_DECODE_EXTENSION;
}

/* Our half, made here, and with it the secret that both share. */
static hfi_err answer_key_share(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    const hfi_hs_server *server = &hs->as.server;
    const hfi_group *group = server->group;

    if (where == HFI_IN_HELLO_RETRY) {
        *skip = server->retry_group == 0;
        hfi_write_u16(w, server->retry_group);
        return HFI_OK;
    }
    hfi_write_u16(w, group->id);
    size_t mark = hfi_write_vec16_begin(w);
    uint8_t *share = hfi_write_space(w, group->peer_share_len);
    if (share == NULL)
        return HFI_E_BUFFER_TOO_SMALL;
    hs->shared_len = group->secret_len;
    hfi_err err = group->encapsulate(&hs->settings->random, server->peer_share, share,
                                     hs->shared_secret);
    hfi_write_vec16_end(w, mark);
    return err;
}

const hfi_ext hfi_ext_key_share = {HFI_EXT_KEY_SHARE,
                                   "key_share",
                                   HFI_IN_CLIENT_HELLO | HFI_IN_SERVER_HELLO |
                                       HFI_IN_HELLO_RETRY,
                                   write_key_share,
                                   read_key_share,
                                   read_offer,
                                   answer_key_share};
