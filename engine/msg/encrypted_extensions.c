/* engine/msg/encrypted_extensions.c: EncryptedExtensions, bytes to struct.
 * RFC 8446 4.3.1.  Which extensions may be there is decided in handshake/ext. */
#include "msg/encrypted_extensions.h"

#include "wire/reader.h"

hfi_err hfi_msg_read_encrypted_extensions(hfi_view body, hfi_extension_list *out)
{
    hfi_reader r = hfi_reader_of(body);

    hfi_view block = hfi_read_vec16(&r, 0, 65535);
    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_ENCRYPTED_EXTENSIONS;
    return hfi_msg_read_extensions(block, HFI_E_DECODE_ENCRYPTED_EXTENSIONS, out);
}
