/* engine/msg/encrypted_extensions.h: EncryptedExtensions.  RFC 8446 4.3.1. */
#ifndef HFI_MSG_ENCRYPTED_EXTENSIONS_H
#define HFI_MSG_ENCRYPTED_EXTENSIONS_H

#include "msg/extensions.h"

/* The views borrow from body. */
hfi_err hfi_msg_read_encrypted_extensions(hfi_view body, hfi_extension_list *out);

#endif
