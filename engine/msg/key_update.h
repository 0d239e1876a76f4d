/* engine/msg/key_update.h: KeyUpdate.  RFC 8446 4.6.3. */
#ifndef HFI_MSG_KEY_UPDATE_H
#define HFI_MSG_KEY_UPDATE_H

#include "base/err.h"
#include "base/types.h"

/* *requested: the peer wants us to update our keys too.  HFI_E_DECODE_KEY_UPDATE,
 * HFI_E_KEY_UPDATE_VALUE. */
hfi_err hfi_msg_read_key_update(hfi_view body, bool *requested);

#endif
