/* engine/handshake/registered.h: names out of the IANA registries of TLS, for what a peer
 * may say; also for what this library does not speak.  Static text, NULL where there is
 * no name. */
#ifndef HFI_HANDSHAKE_REGISTERED_H
#define HFI_HANDSHAKE_REGISTERED_H

#include "crypto/provider.h"

const char *hfi_registry_version(uint16_t number);
const char *hfi_registry_suite(const hfi_crypto *crypto, uint16_t number);
const char *hfi_registry_group(const hfi_crypto *crypto, uint16_t number);
const char *hfi_registry_scheme(uint16_t number);
const char *hfi_registry_extension(uint16_t number);
const char *hfi_registry_psk_mode(uint16_t number);
/* ClientCertificateType, of TLS 1.2. */
const char *hfi_registry_certificate_type(uint16_t number);

enum { HFI_REGISTRY_TEXT = 72 };

/* How a registry writes its numbers. */
typedef enum hfi_registry_base {
    HFI_REGISTRY_DECIMAL,
    HFI_REGISTRY_HEX,
} hfi_registry_base;

/* "secp384r1 (24)", "ed25519 (0x0807)"; the bare number where name is NULL.  Returns
 * out. */
const char *hfi_registry_text(const char *name, hfi_registry_base base, uint16_t number,
                              char out[HFI_REGISTRY_TEXT]);

#endif
