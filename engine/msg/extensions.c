/* engine/msg/extensions.c: a block of extensions, split.  RFC 8446 4.2. */
#include "msg/extensions.h"

#include "wire/reader.h"

const hfi_extension *hfi_extension_find(const hfi_extension_list *list, uint16_t type)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].type == type)
            return &list->items[i];
    }
    return NULL;
}

hfi_err hfi_msg_read_extensions(hfi_view block, hfi_err malformed,
                                hfi_extension_list *out)
{
    hfi_reader r = hfi_reader_of(block);

    out->count = 0;
    while (hfi_reader_more(&r)) {
        hfi_extension e;
        e.type = hfi_read_u16(&r);
        e.body = hfi_read_vec16(&r, 0, 65535);
        if (r.failed)
            break;
        if (hfi_extension_find(out, e.type) != NULL)
            return HFI_E_EXTENSION_DUPLICATE;
        if (out->count == HFI_EXTENSIONS_MAX)
            return HFI_E_TOO_MANY_EXTENSIONS;
        out->items[out->count++] = e;
    }
    return hfi_reader_done(&r) ? HFI_OK : malformed;
}
