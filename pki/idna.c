/* pki/idna.c: host names with letters outside of ASCII, by libidn2.
 * RFC 5890, RFC 5891, UTS 46.
 *
 * Only a caller's own name comes by here, never a peer's bytes.  libidn2 takes its
 * memory from malloc and gives it back before this returns. */
#include "pki/idna.h"

#include "pki/verify.h"

#ifdef HF_HAVE_IDN2
#include <idn2.h>
#endif

static bool is_ascii(hfi_view text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.p[i] >= 0x80)
            return false;
    return true;
}

static hfi_err copy_text(hfi_view text, char *out)
{
    if (text.len >= HFI_IDNA_SIZE || memchr(text.p, 0, text.len) != NULL)
        return HFI_E_INVALID_HOSTNAME;
    memcpy(out, text.p, text.len);
    out[text.len] = '\0';
    return HFI_OK;
}

#ifdef HF_HAVE_IDN2

enum { INPUT_MAX = 1024 }; /* four bytes a letter, and then some */

bool hfi_idna_available(void)
{
    return true;
}

/* Full-width digits and dots turn into an address; nobody who writes them means one. */
static hfi_err check_result(hfi_view name)
{
    bool is_address;

    if (!hfi_host_valid(name, &is_address, NULL, NULL) || is_address)
        return HFI_E_INVALID_HOSTNAME;
    return HFI_OK;
}

static hfi_err convert(hfi_view host, char *out)
{
    uint8_t text[INPUT_MAX + 1];
    uint8_t *name = NULL;

    if (host.len > INPUT_MAX || memchr(host.p, 0, host.len) != NULL)
        return HFI_E_INVALID_HOSTNAME;
    memcpy(text, host.p, host.len);
    text[host.len] = '\0';
    int rc = idn2_lookup_u8(text, &name, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (rc != IDN2_OK)
        return rc == IDN2_MALLOC ? HFI_E_NO_MEMORY : HFI_E_INVALID_HOSTNAME;
    hfi_view result = hfi_view_of(name, strlen((const char *)name));
    hfi_err err = check_result(result);
    if (err == HFI_OK)
        err = copy_text(result, out);
    idn2_free(name);
    return err;
}

#else

bool hfi_idna_available(void)
{
    return false;
}

static hfi_err convert(hfi_view host, char *out)
{
    (void)host;
    (void)out;
    return HFI_E_HOSTNAME_NOT_ASCII;
}

#endif

hfi_err hfi_host_to_ascii(hfi_view host, char out[HFI_IDNA_SIZE])
{
    out[0] = '\0';
    return is_ascii(host) ? copy_text(host, out) : convert(host, out);
}
