/* capi/registry.h: names out of the IANA registries of TLS, for what a peer may say; also
 * for what this library does not speak.  Static text, NULL where there is no name. */
#ifndef HFI_CAPI_REGISTRY_H
#define HFI_CAPI_REGISTRY_H

#include "crypto/provider.h"

const char *hfi_registry_version(uint16_t number);
const char *hfi_registry_suite(const hfi_crypto *crypto, uint16_t number);
const char *hfi_registry_group(const hfi_crypto *crypto, uint16_t number);
const char *hfi_registry_scheme(uint16_t number);

#endif
