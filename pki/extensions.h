/* pki/extensions.h: the extensions of a certificate, RFC 5280 4.2. */
#ifndef HFI_PKI_EXTENSIONS_H
#define HFI_PKI_EXTENSIONS_H

#include "pki/x509.h"

enum { HFI_EXTENSIONS_MAX = 64 };

/* Reads the contents of the Extensions SEQUENCE into cert.  HFI_E_CERT_MALFORMED if
 * the list itself is broken; a flaw of one extension is noted in cert and reading goes
 * on, because it matters only if the certificate is used. */
hfi_err hfi_extensions_read(hfi_view list, hfi_x509 *cert);

/* Notes a flaw; the first one stays. */
void hfi_extensions_note(hfi_x509 *cert, hfi_err code, const char *rule,
                         const char *text);

#endif
