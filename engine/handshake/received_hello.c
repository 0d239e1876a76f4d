/* engine/handshake/received_hello.c: a server reads the ClientHello, the first one and
 * the one after its HelloRetryRequest.  RFC 8446 4.1.2, 4.2. */
#include "handshake/ext/registry.h"
#include "handshake/server.h"
#include "msg/types.h"
#include "wire/reader.h"

enum { RENEGOTIATION_SCSV = 0x00ff }; /* RFC 5746 3.3 */

/* pre_shared_key's binders cover all before it (RFC 8446 4.2.11). */
static hfi_err check_psk_place(const hfi_extension_list *list)
{
    for (size_t i = 0; i + 1 < list->count; i++) {
        if (list->items[i].type == HFI_EXT_PRE_SHARED_KEY)
            return HFI_E_PSK_NOT_LAST;
    }
    return HFI_OK;
}

static bool lists_suite(hfi_view suites, uint16_t id)
{
    hfi_reader r = hfi_reader_of(suites);

    while (hfi_reader_more(&r)) {
        if (hfi_read_u16(&r) == id)
            return true;
    }
    return false;
}

/* The signalling suite says the same as an empty renegotiation_info. */
static hfi_err take_renegotiation_suite(hfi_hs *hs)
{
    static const uint8_t no_earlier[1] = {0};
    hfi_extension_list said = {
        .items = {{HFI_EXT_RENEGOTIATION_INFO, hfi_view_of(no_earlier, 1)}}, .count = 1};

    if (!lists_suite(hs->as.server.hello.suites, RENEGOTIATION_SCSV) ||
        hs->tls12.secure_renegotiation)
        return HFI_OK;
    return hfi_ext_read_offer(hs, &said);
}

/* What a second hello may change, RFC 8446 4.1.2.  Unknown extensions are not compared:
 * some are made anew by design. */
static bool may_change(uint16_t type)
{
    return type == HFI_EXT_KEY_SHARE || type == HFI_EXT_EARLY_DATA ||
           type == HFI_EXT_COOKIE || type == HFI_EXT_PRE_SHARED_KEY ||
           !hfi_ext_is_known(type);
}

static void add(const hfi_hash *hash, hfi_hash_ctx *ctx, hfi_view bytes)
{
    uint8_t len[4] = {(uint8_t)(bytes.len >> 24), (uint8_t)(bytes.len >> 16),
                      (uint8_t)(bytes.len >> 8), (uint8_t)bytes.len};

    hash->update(ctx, len, sizeof len);
    if (bytes.len != 0)
        hash->update(ctx, bytes.p, bytes.len);
}

static void digest_unchanging(const hfi_hs *hs, const hfi_extension_list *list,
                              uint8_t out[32])
{
    const hfi_hash *hash = hs->settings->crypto->sha256;
    const hfi_client_hello *hello = &hs->as.server.hello;
    hfi_hash_ctx ctx;

    hash->init(&ctx);
    add(hash, &ctx, hello->random);
    add(hash, &ctx, hello->session_id);
    add(hash, &ctx, hello->suites);
    add(hash, &ctx, hello->compression);
    for (size_t i = 0; i < list->count; i++) {
        const hfi_extension *e = &list->items[i];
        uint8_t type[2] = {(uint8_t)(e->type >> 8), (uint8_t)e->type};
        if (may_change(e->type))
            continue;
        hash->update(&ctx, type, sizeof type);
        add(hash, &ctx, e->body);
    }
    hash->finish(&ctx, out);
}

static hfi_err read_kept(hfi_hs *hs, hfi_extension_list *list)
{
    hfi_hs_server *server = &hs->as.server;
    hfi_reader r =
        hfi_reader_of(hfi_view_of(hs->transcript.kept, hs->transcript.kept_len));

    (void)hfi_read_bytes(&r, HFI_HANDSHAKE_HEADER);
    hfi_err err = hfi_msg_read_client_hello(hfi_read_rest(&r), &server->hello);
    if (err == HFI_OK)
        err = hfi_msg_read_extensions(server->hello.extensions, HFI_E_DECODE_CLIENT_HELLO,
                                      list);
    return err == HFI_OK ? check_psk_place(list) : err;
}

hfi_err hfi_server_read_hello(hfi_hs *hs)
{
    hfi_hs_server *server = &hs->as.server;
    hfi_extension_list list;

    hfi_err err = read_kept(hs, &list);
    if (err == HFI_OK)
        err = hfi_ext_read_offer(hs, &list);
    if (err == HFI_OK)
        err = take_renegotiation_suite(hs);
    if (err != HFI_OK)
        return err;
    memcpy(hs->client_random, server->hello.random.p, sizeof hs->client_random);
    memcpy(server->session_id, server->hello.session_id.p, server->hello.session_id.len);
    server->session_id_len = server->hello.session_id.len;
    digest_unchanging(hs, &list, server->unchanged);
    return HFI_OK;
}

/* Forgets what the first hello offered and the second may leave out. */
static void forget_offer(hfi_hs_server *server)
{
    const hfi_view none = {NULL, 0};

    server->versions = server->groups = server->shares = server->alpn = none;
    server->psk_modes = server->identities = server->binders = server->cookie = none;
    server->peer_share = none;
    server->offered = 0;
    server->early_offered = false;
}

hfi_err hfi_server_read_second_hello(hfi_hs *hs)
{
    hfi_hs_server *server = &hs->as.server;
    hfi_extension_list list;
    uint8_t unchanged[32];

    forget_offer(server);
    hfi_err err = read_kept(hs, &list);
    if (err == HFI_OK)
        err = hfi_ext_read_offer(hs, &list);
    if (err != HFI_OK)
        return err;
    digest_unchanging(hs, &list, unchanged);
    /* Early data offered once more would not be dropped, but is not looked for. */
    return memcmp(unchanged, server->unchanged, sizeof unchanged) == 0
               ? HFI_OK
               : HFI_E_CLIENT_HELLO_CHANGED;
}
