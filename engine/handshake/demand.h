/* engine/handshake/demand.h: what a peer wants of our certificate, kept for whoever asks
 * afterwards why ours would not do.  RFC 8446 4.2.4, 4.2.5, 4.3.2; RFC 5246 7.4.4. */
#ifndef HFI_HANDSHAKE_DEMAND_H
#define HFI_HANDSHAKE_DEMAND_H

#include "handshake/handshake.h"
#include "msg/tls12.h"

/* Keep a CertificateRequest in the report, as far as it can be read.  HFI_E_NO_MEMORY. */
hfi_err hfi_demand_keep(hfi_hs *hs, const hfi_extension_list *extensions);
hfi_err hfi_demand_keep_tls12(hfi_hs *hs, const hfi_certificate_request_tls12 *message);

/* The body of certificate_authorities; NULL if there is none in it, or no memory. */
hfi_demand *hfi_demand_of_authorities(const hfi_alloc *alloc, hfi_view body);

#endif
