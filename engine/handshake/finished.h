/* engine/handshake/finished.h: Finished of TLS 1.3, for both roles.  RFC 8446 4.4.4. */
#ifndef HFI_HANDSHAKE_FINISHED_H
#define HFI_HANDSHAKE_FINISHED_H

#include "handshake/handshake.h"

/* The peer's.  HFI_E_DECODE_FINISHED, HFI_E_BAD_FINISHED. */
hfi_err hfi_tls13_check_finished(hfi_hs *hs, hfi_view body);
hfi_err hfi_tls13_send_finished(hfi_hs *hs);

#endif
