/* pki/common_name.h: the common name beside subjectAltName.  CABF BR 7.1.4.3.
 * It is never matched (RFC 9525 2); people and older programs read it all the same. */
#ifndef HFI_PKI_COMMON_NAME_H
#define HFI_PKI_COMMON_NAME_H

#include "pki/x509.h"

/* Each is held against every entry of subjectAltName: that must have an end. */
enum { HFI_COMMON_NAMES_MAX = 8 };

/* NULL, or what is wrong with a common name: it is an entry of subjectAltName in other
 * letters; an address of it, not in the form of RFC 3986 3.2.2 or RFC 5952; or an
 * internationalized host name that is no entry.  Other text passes, and so does a plain
 * host name.  More common names than the limit are wrong, too. */
const char *hfi_common_name_disguise(const hfi_x509 *cert);

/* True if every common name is one of subjectAltName's entries, to the letter. */
bool hfi_common_name_repeats(const hfi_x509 *cert);

#endif
