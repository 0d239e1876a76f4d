/* engine/handshake/ext/record_size_limit.c: record_size_limit.  RFC 8449 4.
 * It binds neither side before both have told theirs; conn/ keeps to it. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

enum { LEAST = 64, MOST = 16384 };

/* In TLS 1.3 the limit counts the content type, too.  One value is told for all versions
 * that are offered. */
static uint16_t told_limit(const hfi_hs *hs)
{
    bool tls13 = hfi_settings_allow(hs->settings, 0x0304);

    return (uint16_t)(hs->settings->record_size_limit + (tls13 ? 1 : 0));
}

/* More than the protocol allows is no more than the protocol allows. */
static uint16_t limit_in_force(uint16_t limit, unsigned where)
{
    uint16_t most = where == HFI_IN_SERVER_HELLO_TLS12 ? MOST : MOST + 1;

    return limit < most ? limit : most;
}

static hfi_err write_limit(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = hs->settings->record_size_limit == 0;
    hfi_write_u16(w, told_limit(hs));
    return HFI_OK;
}

static hfi_err read_limit(hfi_hs *hs, unsigned where, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    uint16_t limit = hfi_read_u16(&r);

    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_EXTENSION;
    if (limit < LEAST)
        return HFI_E_EXTENSION_VALUE_FORBIDDEN;
    hs->agreed->limit_out = limit_in_force(limit, where);
    hs->agreed->limit_in = limit_in_force(told_limit(hs), where);
    return HFI_OK;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    uint16_t limit = hfi_read_u16(&r);

    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_EXTENSION;
    if (limit < LEAST)
        return HFI_E_EXTENSION_VALUE_FORBIDDEN;
    hs->as.server.peer_limit = limit;
    return HFI_OK;
}

/* Both limits hold from here on. */
static hfi_err answer_limit(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    bool tls13 = where == HFI_IN_ENCRYPTED_EXTENSIONS;
    uint16_t own = (uint16_t)(hs->settings->record_size_limit + (tls13 ? 1 : 0));

    *skip = hs->settings->record_size_limit == 0;
    if (*skip)
        return HFI_OK;
    hfi_write_u16(w, own);
    hs->agreed->limit_out = limit_in_force(hs->as.server.peer_limit, where);
    hs->agreed->limit_in = limit_in_force(own, where);
    return HFI_OK;
}

const hfi_ext hfi_ext_record_size_limit = {
    HFI_EXT_RECORD_SIZE_LIMIT,
    "record_size_limit",
    HFI_IN_CLIENT_HELLO | HFI_IN_ENCRYPTED_EXTENSIONS | HFI_IN_SERVER_HELLO_TLS12,
    write_limit,
    read_limit,
    read_offer,
    answer_limit};
