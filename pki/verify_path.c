/* pki/verify_path.c: the path that a search found, for those who want to draw it. */
#include "pki/trust_store_index.h"
#include "pki/verify.h"

void hfi_verify_path_note(hfi_verify_path *path, const uint32_t *places, size_t count,
                          uint32_t root)
{
    if (path == NULL)
        return;
    *path = (hfi_verify_path){.count = count};
    for (size_t i = 0; i < count; i++)
        path->places[i] = places[i];
    path->has_root = root != HFI_TRUST_STORE_END;
    path->root = path->has_root ? root : 0;
}
