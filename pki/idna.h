/* pki/idna.h: host names with letters outside of ASCII.  RFC 5890, RFC 5891, UTS 46. */
#ifndef HFI_PKI_IDNA_H
#define HFI_PKI_IDNA_H

#include "base/err.h"

enum { HFI_IDNA_SIZE = 256 }; /* of the result, its final 0 included */

/* The name as it stands in DNS and in certificates: U-labels become A-labels, by UTS 46
 * without its transitional rules.  A name that is ASCII already is copied as it is and
 * not looked at.  out has HFI_IDNA_SIZE bytes.
 * HFI_E_INVALID_HOSTNAME: no valid name, not UTF-8, or one that turns into an address;
 * HFI_E_HOSTNAME_NOT_ASCII: this build has no libidn2; HFI_E_NO_MEMORY. */
hfi_err hfi_host_to_ascii(hfi_view host, char out[HFI_IDNA_SIZE]);

/* Whether names outside of ASCII can be converted. */
bool hfi_idna_available(void);

#endif
