/* engine/handshake/ext/registry.c: the table of extensions and its two walks.
 * RFC 8446 4.2. */
#include "handshake/ext/registry.h"
#include "handshake/registered.h"

#include "wire/reader.h"

/* Known, so that its misuse is told from an unknown extension; never offered. */
static const hfi_ext post_handshake_auth = {HFI_EXT_POST_HANDSHAKE_AUTH,
                                            "post_handshake_auth",
                                            HFI_IN_CLIENT_HELLO,
                                            NULL,
                                            NULL,
                                            NULL,
                                            NULL};

/* In the order in which a ClientHello carries them. */
static const hfi_ext *const registry[] = {
    &hfi_ext_server_name,
    &hfi_ext_extended_master_secret,
    &hfi_ext_encrypt_then_mac,
    &hfi_ext_renegotiation_info,
    &hfi_ext_supported_groups,
    &hfi_ext_ec_point_formats,
    &hfi_ext_session_ticket,
    &hfi_ext_record_size_limit,
    &hfi_ext_alpn,
    &hfi_ext_status_request,
    &hfi_ext_signed_certificate_timestamp,
    &hfi_ext_signature_algorithms,
    &hfi_ext_signature_algorithms_cert,
    &hfi_ext_compress_certificate,
    &hfi_ext_supported_versions,
    &hfi_ext_cookie,
    &hfi_ext_psk_key_exchange_modes,
    &hfi_ext_key_share,
    &hfi_ext_early_data,
    &hfi_ext_certificate_authorities,
    &hfi_ext_oid_filters,
    &post_handshake_auth,
    &hfi_ext_pre_shared_key, /* last: its binders cover all before it, 4.2.11 */
};

enum { REGISTRY_SIZE = sizeof registry / sizeof registry[0] };

static hfi_err write_one(hfi_hs *hs, hfi_writer *w, size_t place)
{
    hfi_writer before = *w;
    bool skip = false;

    hfi_write_u16(w, registry[place]->type);
    size_t mark = hfi_write_vec16_begin(w);
    hfi_err err = registry[place]->write(hs, w, &skip);
    if (err != HFI_OK)
        return err;
    if (skip) {
        *w = before;
        return HFI_OK;
    }
    hfi_write_vec16_end(w, mark);
    hs->as.client.offered |= UINT32_C(1) << place;
    return HFI_OK;
}

hfi_err hfi_ext_write_all(hfi_hs *hs, hfi_writer *w)
{
    hs->as.client.offered = 0;
    size_t mark = hfi_write_vec16_begin(w);
    hfi_grease_write_extension(hs, w, HFI_GREASE_FIRST_EXTENSION);
    for (size_t i = 0; i < REGISTRY_SIZE; i++) {
        if (i == REGISTRY_SIZE - 1)
            hfi_grease_write_extension(hs, w, HFI_GREASE_LAST_EXTENSION);
        if (registry[i]->write == NULL)
            continue;
        hfi_err err = write_one(hs, w, i);
        if (err != HFI_OK)
            return err;
    }
    hfi_write_vec16_end(w, mark);
    return HFI_OK;
}

static size_t place_of(uint16_t type)
{
    size_t place = 0;

    while (place < REGISTRY_SIZE && registry[place]->type != type)
        place++;
    return place;
}

bool hfi_ext_may_appear(uint16_t type, unsigned where)
{
    size_t place = place_of(type);

    return place == REGISTRY_SIZE || (registry[place]->where & where) != 0;
}

/* A server volunteers a cookie, and the contents of its own requests and tickets. */
static bool must_be_offered(unsigned where, uint16_t type)
{
    if (where == HFI_IN_CERTIFICATE_REQUEST || where == HFI_IN_NEW_SESSION_TICKET)
        return false;
    return !(where == HFI_IN_HELLO_RETRY && type == HFI_EXT_COOKIE);
}

/* ---- server ---- */

static hfi_err read_offered(hfi_hs *hs, const hfi_extension *e)
{
    size_t place = place_of(e->type);
    const hfi_ext *row = registry[place];
    hfi_err err = HFI_OK;

    if ((row->where & HFI_IN_CLIENT_HELLO) == 0)
        err = HFI_E_EXTENSION_FORBIDDEN;
    else if (row->read_offer != NULL)
        err = row->read_offer(hs, e->body);
    if (err == HFI_OK)
        hs->as.server.offered |= UINT32_C(1) << place;
    else
        hfi_report_detail(hs->report, "%s", row->name);
    return err;
}

/* Whether TLS 1.3 may come of it: what only that has is else nothing to us. */
static bool may_be_tls13(const hfi_hs *hs)
{
    hfi_reader r = hfi_reader_of(hs->as.server.versions);

    while (hfi_reader_more(&r)) {
        if (hfi_read_u16(&r) == 0x0304)
            return hfi_settings_allow(hs->settings, 0x0304);
    }
    return false;
}

static bool is_for_tls13(uint16_t type)
{
    return type == HFI_EXT_KEY_SHARE || type == HFI_EXT_PRE_SHARED_KEY ||
           type == HFI_EXT_PSK_KEY_EXCHANGE_MODES || type == HFI_EXT_EARLY_DATA ||
           type == HFI_EXT_COOKIE;
}

/* Unknown ones are passed over.  The versions come first: the rest hangs on them. */
hfi_err hfi_ext_read_offer(hfi_hs *hs, const hfi_extension_list *list)
{
    const hfi_extension *versions = hfi_extension_find(list, HFI_EXT_SUPPORTED_VERSIONS);
    hfi_err err = versions != NULL ? read_offered(hs, versions) : HFI_OK;
    bool tls13 = may_be_tls13(hs);

    for (size_t i = 0; i < list->count && err == HFI_OK; i++) {
        const hfi_extension *e = &list->items[i];
        if (e != versions && hfi_ext_is_known(e->type) &&
            (tls13 || !is_for_tls13(e->type)))
            err = read_offered(hs, e);
    }
    return err;
}

bool hfi_ext_is_known(uint16_t type)
{
    return place_of(type) != REGISTRY_SIZE;
}

bool hfi_ext_is_offered(const hfi_hs *hs, uint16_t type)
{
    return (hs->as.server.offered & UINT32_C(1) << place_of(type)) != 0;
}

static hfi_err answer_one(hfi_hs *hs, unsigned where, hfi_writer *w, const hfi_ext *row)
{
    hfi_writer before = *w;
    bool skip = false;

    hfi_write_u16(w, row->type);
    size_t mark = hfi_write_vec16_begin(w);
    hfi_err err = row->answer(hs, where, w, &skip);
    if (err == HFI_OK && skip)
        *w = before;
    else
        hfi_write_vec16_end(w, mark);
    return err;
}

hfi_err hfi_ext_answer_all(hfi_hs *hs, unsigned where, hfi_writer *w)
{
    size_t mark = hfi_write_vec16_begin(w);

    for (size_t i = 0; i < REGISTRY_SIZE; i++) {
        const hfi_ext *row = registry[i];
        if ((row->where & where) == 0 || row->answer == NULL ||
            (must_be_offered(where, row->type) && !hfi_ext_is_offered(hs, row->type)))
            continue;
        hfi_err err = answer_one(hs, where, w, row);
        if (err != HFI_OK)
            return err;
    }
    if (where == HFI_IN_NEW_SESSION_TICKET || where == HFI_IN_CERTIFICATE_REQUEST)
        hfi_grease_write_extension(hs, w, HFI_GREASE_FIRST_EXTENSION);
    hfi_write_vec16_end(w, mark);
    return w->failed ? HFI_E_BUFFER_TOO_SMALL : HFI_OK;
}

/* ---- what the peer answers ---- */

/* As a server we ask for no extension of a client's certificates. */
static bool was_asked_for(const hfi_hs *hs, size_t place)
{
    return hs->side == HFI_CLIENT && (hs->as.client.offered & UINT32_C(1) << place) != 0;
}

static hfi_err read_one(hfi_hs *hs, unsigned where, const hfi_extension *e)
{
    size_t place = place_of(e->type);
    char text[HFI_REGISTRY_TEXT];

    if (place == REGISTRY_SIZE) {
        if (!must_be_offered(where, e->type))
            return HFI_OK; /* unknown ones are passed over there, 4.3.2 and 4.6.1 */
        hfi_report_detail(hs->report, "extension %s",
                          hfi_registry_text(hfi_registry_extension(e->type),
                                            HFI_REGISTRY_DECIMAL, e->type, text));
        return HFI_E_UNSOLICITED_EXTENSION;
    }
    const hfi_ext *row = registry[place];
    if (!hfi_ext_may_appear(e->type, where)) {
        hfi_report_detail(hs->report, "%s", row->name);
        return HFI_E_EXTENSION_FORBIDDEN;
    }
    if (must_be_offered(where, e->type) && !was_asked_for(hs, place)) {
        hfi_report_detail(hs->report, "%s", row->name);
        return e->type == HFI_EXT_EARLY_DATA ? HFI_E_EARLY_DATA_UNASKED
                                             : HFI_E_UNSOLICITED_EXTENSION;
    }
    hfi_err err = row->read == NULL ? HFI_OK : row->read(hs, where, e->body);
    if (err != HFI_OK)
        hfi_report_detail(hs->report, "%s", row->name);
    return err;
}

hfi_err hfi_ext_read_all(hfi_hs *hs, unsigned where, const hfi_extension_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        hfi_err err = read_one(hs, where, &list->items[i]);
        if (err != HFI_OK)
            return err;
    }
    return HFI_OK;
}

hfi_err hfi_ext_read_version(hfi_hs *hs, const hfi_extension_list *list)
{
    const hfi_extension *e = hfi_extension_find(list, HFI_EXT_SUPPORTED_VERSIONS);

    return e == NULL ? HFI_OK : read_one(hs, HFI_IN_SERVER_HELLO, e);
}
