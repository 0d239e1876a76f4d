/* engine/handshake/ext/cookie.c: cookie, given back as it came.  RFC 8446 4.2.2. */
#include "handshake/ext/registry.h"
#include "handshake/server.h"
#include "wire/reader.h"

static hfi_err write_cookie(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    const hfi_hs_client *client = &hs->as.client;

    *skip = client->cookie == NULL;
    size_t mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, hfi_view_of(client->cookie, client->cookie_len));
    hfi_write_vec16_end(w, mark);
    return HFI_OK;
}

static hfi_err read_cookie(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    hfi_hs_client *client = &hs->as.client;
    hfi_reader r = hfi_reader_of(body);
    hfi_view cookie = hfi_read_vec16(&r, 0, HFI_HS_COOKIE_MAX);

    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_EXTENSION;
    if (cookie.len == 0)
        return HFI_E_COOKIE_EMPTY;
    client->cookie = hfi_alloc_copy(&hs->settings->alloc, cookie.p, cookie.len);
    client->cookie_len = cookie.len;
    return client->cookie == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    hs->as.server.cookie = hfi_read_vec16(&r, 1, HFI_HS_COOKIE_MAX);
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

static hfi_err answer_cookie(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    (void)where;
    *skip = !hfi_server_uses_cookies(hs);
    if (*skip)
        return HFI_OK;
    size_t mark = hfi_write_vec16_begin(w);
    hfi_err err = hfi_server_write_cookie(hs, w);
    hfi_write_vec16_end(w, mark);
    return err;
}

const hfi_ext hfi_ext_cookie = {
    HFI_EXT_COOKIE, "cookie",    HFI_IN_CLIENT_HELLO | HFI_IN_HELLO_RETRY,
    write_cookie,   read_cookie, read_offer,
    answer_cookie};
