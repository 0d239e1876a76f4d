/* engine/handshake/ext/encrypt_then_mac.c: encrypt_then_mac.  RFC 7366.
 * TLS 1.2 with CBC suites only; a resumed session agrees on it anew (3).  Without it the
 * records are opened by record/cbc_check.c. */
#include "handshake/ext/registry.h"

static bool offers_cbc(const hfi_settings *s)
{
    hfi_suite suite;

    if (!hfi_settings_allow(s, 0x0303))
        return false;
    for (size_t i = 0; i < s->suite_count; i++) {
        if (hfi_suite_find(s->crypto, s->suites[i], &suite) != NULL && suite.cbc != NULL)
            return true;
    }
    return false;
}

static hfi_err write_encrypt_then_mac(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    (void)w;
    *skip = !offers_cbc(hs->settings);
    return HFI_OK;
}

/* RFC 7366 3: not in answer to anything but a CBC suite. */
static hfi_err read_encrypt_then_mac(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    if (body.len != 0)
        return HFI_E_DECODE_EXTENSION;
    if (hs->suite.cbc == NULL)
        return HFI_E_EXTENSION_FORBIDDEN;
    hs->tls12.encrypt_then_mac = true;
    return HFI_OK;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    (void)hs;
    return body.len == 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

/* Whoever offers it gets it, with each CBC suite. */
static hfi_err answer_encrypt_then_mac(hfi_hs *hs, unsigned where, hfi_writer *w,
                                       bool *skip)
{
    (void)where;
    (void)w;
    *skip = hs->suite.cbc == NULL;
    hs->tls12.encrypt_then_mac = !*skip;
    return HFI_OK;
}

const hfi_ext hfi_ext_encrypt_then_mac = {HFI_EXT_ENCRYPT_THEN_MAC,
                                          "encrypt_then_mac",
                                          HFI_IN_CLIENT_HELLO | HFI_IN_SERVER_HELLO_TLS12,
                                          write_encrypt_then_mac,
                                          read_encrypt_then_mac,
                                          read_offer,
                                          answer_encrypt_then_mac};
