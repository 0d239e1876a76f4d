/* pki/private_key_der.h: the DER of private keys, read in place.
 * RFC 5208, RFC 5958, RFC 5915, RFC 8017 A.1.2, RFC 8410 7. */
#ifndef HFI_PKI_PRIVATE_KEY_DER_H
#define HFI_PKI_PRIVATE_KEY_DER_H

#include "base/err.h"
#include "crypto/provider.h"

typedef enum hfi_private_key_form {
    HFI_PRIVATE_KEY_UNKNOWN = 0,
    HFI_PRIVATE_KEY_PKCS8,     /* PrivateKeyInfo, OneAsymmetricKey */
    HFI_PRIVATE_KEY_ENCRYPTED, /* EncryptedPrivateKeyInfo */
    HFI_PRIVATE_KEY_PKCS1,     /* RSAPrivateKey */
    HFI_PRIVATE_KEY_SEC1,      /* ECPrivateKey */
} hfi_private_key_form;

/* What the first bytes say that this is. */
hfi_private_key_form hfi_private_key_form_of(hfi_view der);

/* Each reads a form that is not encrypted.  HFI_E_PRIVATE_KEY_MALFORMED,
 * HFI_E_PRIVATE_KEY_UNSUPPORTED; the views of *parts point into der. */
hfi_err hfi_private_key_parse(hfi_private_key_form form, hfi_view der,
                              hfi_private_parts *parts);

#endif
