/* engine/handshake/negotiate.c: a server chooses version, suite, group and protocol.
 * RFC 8446 4.1.1, 4.2.1, 4.2.7, 9.2; RFC 5246 7.4.1.2; RFC 7507; RFC 7301 3.2.
 * Our order of preference counts. */
#include "handshake/ext/registry.h"
#include "handshake/registered.h"
#include "handshake/server.h"
#include "wire/reader.h"

enum { FALLBACK_SCSV = 0x5600 }; /* RFC 7507 2 */

/* In a list of pairs of bytes. */
static bool is_listed(hfi_view list, uint16_t id)
{
    hfi_reader r = hfi_reader_of(list);

    while (hfi_reader_more(&r)) {
        if (hfi_read_u16(&r) == id)
            return true;
    }
    return false;
}

/* ---- version ---- */

/* Without the extension the client speaks TLS 1.2 at most, RFC 8446 4.2.1. */
static bool client_speaks(const hfi_hs_server *server, uint16_t version)
{
    if (server->versions.p != NULL)
        return is_listed(server->versions, version);
    return version == 0x0303 && server->hello.legacy_version >= 0x0303;
}

static hfi_err check_fallback(const hfi_hs *hs)
{
    bool newer =
        hs->agreed->version == 0x0303 && hfi_settings_allow(hs->settings, 0x0304);

    return newer && is_listed(hs->as.server.hello.suites, FALLBACK_SCSV)
               ? HFI_E_INAPPROPRIATE_FALLBACK
               : HFI_OK;
}

/* TLS 1.3 has no compression; TLS 1.2 demands that doing without is offered. */
static hfi_err check_compression(const hfi_hs *hs)
{
    hfi_view methods = hs->as.server.hello.compression;
    bool null = memchr(methods.p, 0, methods.len) != NULL;

    if (hs->agreed->version == 0x0304)
        null = null && methods.len == 1;
    return null ? HFI_OK : HFI_E_COMPRESSION_OFFERED;
}

static hfi_err missing(hfi_hs *hs, const char *name)
{
    hfi_report_detail(hs->report, "%s", name);
    return HFI_E_CLIENT_EXTENSION_MISSING;
}

/* RFC 8446 9.2, 4.2.9. */
static hfi_err check_extensions(hfi_hs *hs)
{
    bool psk = hfi_ext_is_offered(hs, HFI_EXT_PRE_SHARED_KEY);

    if (!psk && !hfi_ext_is_offered(hs, HFI_EXT_SIGNATURE_ALGORITHMS))
        return missing(hs, "signature_algorithms");
    if (!hfi_ext_is_offered(hs, HFI_EXT_SUPPORTED_GROUPS))
        return missing(hs, "supported_groups");
    if (!hfi_ext_is_offered(hs, HFI_EXT_KEY_SHARE))
        return missing(hs, "key_share");
    if (psk && !hfi_ext_is_offered(hs, HFI_EXT_PSK_KEY_EXCHANGE_MODES))
        return missing(hs, "psk_key_exchange_modes");
    return HFI_OK;
}

hfi_err hfi_server_choose_version(hfi_hs *hs)
{
    const hfi_hs_server *server = &hs->as.server;
    const hfi_settings *s = hs->settings;
    char text[HFI_REGISTRY_TEXT];

    hs->agreed->version = 0;
    if (hfi_settings_allow(s, 0x0304) && client_speaks(server, 0x0304))
        hs->agreed->version = 0x0304;
    else if (hfi_settings_allow(s, 0x0303) && client_speaks(server, 0x0303))
        hs->agreed->version = 0x0303;
    if (hs->agreed->version == 0) {
        uint16_t legacy = server->hello.legacy_version;
        hfi_report_detail(hs->report, "legacy_version %s, supported_versions %s",
                          hfi_registry_text(hfi_registry_version(legacy),
                                            HFI_REGISTRY_HEX, legacy, text),
                          server->versions.p == NULL ? "missing" : "without ours");
        return HFI_E_NO_COMMON_VERSION;
    }
    hfi_err err = check_fallback(hs);
    if (err == HFI_OK)
        err = check_compression(hs);
    if (err == HFI_OK && hs->agreed->version == 0x0304)
        err = check_extensions(hs);
    return err;
}

/* ---- suite ---- */

bool hfi_server_may_use_suite(const hfi_hs *hs, uint16_t id, hfi_suite *out)
{
    const hfi_settings *s = hs->settings;
    bool enabled = false;

    for (size_t i = 0; i < s->suite_count; i++)
        enabled = enabled || s->suites[i] == id;
    return enabled && is_listed(hs->as.server.hello.suites, id) &&
           hfi_suite_find(s->crypto, id, out) != NULL &&
           out->version == hs->agreed->version;
}

bool hfi_server_find_suite(const hfi_hs *hs, hfi_suite_auth auth, const hfi_hash *hash,
                           hfi_suite *out)
{
    const hfi_settings *s = hs->settings;

    for (size_t i = 0; i < s->suite_count; i++) {
        if (hfi_server_may_use_suite(hs, s->suites[i], out) &&
            (auth == HFI_AUTH_ANY || out->auth == auth) &&
            (hash == NULL || out->hash == hash))
            return true;
    }
    return false;
}

/* ---- group ---- */

static hfi_view share_of(const hfi_hs *hs, uint16_t group)
{
    hfi_reader r = hfi_reader_of(hs->as.server.shares);

    while (hfi_reader_more(&r)) {
        uint16_t id = hfi_read_u16(&r);
        hfi_view share = hfi_read_vec16(&r, 1, 65535);
        if (id == group)
            return share;
    }
    return hfi_view_of(NULL, 0);
}

bool hfi_server_lists_group(const hfi_hs *hs, uint16_t id)
{
    return is_listed(hs->as.server.groups, id);
}

/* Hybrids are for TLS 1.3 alone.  A TLS 1.2 client that lists no groups takes any
 * (RFC 8422 4), but what all of them know is P-256. */
static bool is_usable(const hfi_hs *hs, const hfi_group *group)
{
    const hfi_hs_server *server = &hs->as.server;

    if (group == NULL || (hs->agreed->version == 0x0303 && group->curve_id != 0))
        return false;
    return server->groups.p != NULL ? is_listed(server->groups, group->id)
                                    : group == hs->settings->crypto->p256;
}

/* A share that has come saves a round trip: it counts more than our order. */
bool hfi_server_choose_group(hfi_hs *hs)
{
    hfi_hs_server *server = &hs->as.server;
    const hfi_settings *s = hs->settings;

    server->group = NULL;
    server->peer_share = hfi_view_of(NULL, 0);
    for (size_t i = 0; i < s->group_count && server->peer_share.p == NULL; i++) {
        const hfi_group *group = hfi_group_find(s->crypto, s->groups[i]);
        if (!is_usable(hs, group))
            continue;
        hfi_view share = share_of(hs, group->id);
        if (server->group == NULL || share.p != NULL)
            server->group = group;
        server->peer_share = share;
    }
    return server->group != NULL;
}

/* ---- application protocol ---- */

static bool client_knows(const hfi_hs *hs, hfi_view name)
{
    hfi_reader r = hfi_reader_of(hs->as.server.alpn);

    while (hfi_reader_more(&r)) {
        if (hfi_view_equal(hfi_read_vec8(&r, 1, 255), name))
            return true;
    }
    return false;
}

/* It may not invent a name. */
static hfi_err ask_alpn(hfi_hs *hs)
{
    hfi_view name = {NULL, 0};
    int answer = hs->settings->choose_alpn(hs->wishes.owner, hs->as.server.alpn, &name);

    if (answer == 0)
        return HFI_OK;
    if (answer < 0)
        return HFI_E_NO_COMMON_PROTOCOL;
    if (name.len == 0 || name.len > 255 || !client_knows(hs, name))
        return HFI_E_CALLBACK_FAILED;
    return hfi_hs_keep_alpn(hs, name);
}

hfi_err hfi_server_choose_alpn(hfi_hs *hs)
{
    hfi_reader ours = hfi_reader_of(hs->wishes.alpn);

    if (hs->as.server.alpn.len == 0)
        return HFI_OK;
    if (hs->settings->choose_alpn != NULL)
        return ask_alpn(hs);
    if (hs->wishes.alpn.len == 0)
        return HFI_OK;
    while (hfi_reader_more(&ours)) {
        hfi_view name = hfi_read_vec8(&ours, 1, 255);
        if (client_knows(hs, name))
            return hfi_hs_keep_alpn(hs, name);
    }
    return HFI_E_NO_COMMON_PROTOCOL;
}
