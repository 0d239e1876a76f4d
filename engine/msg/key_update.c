/* engine/msg/key_update.c: KeyUpdate, bytes to struct.  RFC 8446 4.6.3. */
#include "msg/key_update.h"

#include "wire/reader.h"

hfi_err hfi_msg_read_key_update(hfi_view body, bool *requested)
{
    hfi_reader r = hfi_reader_of(body);

    uint8_t request = hfi_read_u8(&r);
    *requested = request == 1;
    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_KEY_UPDATE;
    return request <= 1 ? HFI_OK : HFI_E_KEY_UPDATE_VALUE;
}
