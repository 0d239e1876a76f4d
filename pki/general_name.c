/* pki/general_name.c: GeneralName, RFC 5280 4.2.1.6. */
#include "pki/general_name.h"

#include "pki/der.h"
#include "pki/name.h"

static bool is_ascii(hfi_view text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.p[i] >= 0x80)
            return false;
    return true;
}

/* The tag of each kind: implicit, but for the two that are themselves a CHOICE or
 * hold one. */
static bool tag_is_right(uint8_t tag, unsigned kind)
{
    switch (kind) {
    case HFI_NAME_OTHER:
    case HFI_NAME_X400:
    case HFI_NAME_DIRECTORY:
    case HFI_NAME_EDI:
        return tag == (HFI_DER_CONTEXT_CONSTRUCTED | kind);
    default:
        return kind <= HFI_NAME_REGISTERED && tag == (HFI_DER_CONTEXT | kind);
    }
}

static bool value_is_right(const hfi_general_name *name)
{
    switch (name->kind) {
    case HFI_NAME_EMAIL:
    case HFI_NAME_DNS:
    case HFI_NAME_URI:
        return is_ascii(name->value);
    case HFI_NAME_DIRECTORY:
        return hfi_name_valid(name->value);
    case HFI_NAME_OTHER:
    case HFI_NAME_X400:
    case HFI_NAME_EDI:
        return hfi_der_well_formed(name->value, HFI_DER_NESTING_MAX);
    default:
        return true;
    }
}

bool hfi_general_name_read(hfi_reader *r, hfi_general_name *name)
{
    uint8_t tag;
    hfi_view contents = hfi_der_read_any(r, &tag);

    name->kind = (hfi_general_name_kind)(tag & 0x1f);
    name->value = contents;
    if (r->failed || !tag_is_right(tag, tag & 0x1fu) || !value_is_right(name)) {
        hfi_reader_fail(r);
        return false;
    }
    return true;
}
