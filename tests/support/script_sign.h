/* tests/support/script_sign.h: the test servers' keys, and signing with them. */
#ifndef SCRIPT_SIGN_H
#define SCRIPT_SIGN_H

#include "script_bytes.h"

typedef enum script_key {
    SCRIPT_ED25519, /* the quickest and the only one whose signature is always the same */
    SCRIPT_RSA,
    SCRIPT_RSA_PSS,
    SCRIPT_P256,
    SCRIPT_P384,
    SCRIPT_P521,
    SCRIPT_EXPIRED,
    SCRIPT_FUTURE,
    SCRIPT_OTHER_NAME,
    SCRIPT_NO_SIGNING,
    SCRIPT_UNKNOWN_CA,
    SCRIPT_KEYS
} script_key;

hfi_view script_certificate(script_key key);
hfi_view script_ca(void);
/* The scheme that the key signs with unless told otherwise. */
uint16_t script_key_scheme(script_key key);
/* Appends the signature.  A scheme that the key cannot do is signed with the key's own
 * algorithm all the same. */
void script_sign(script_key key, uint16_t scheme, hfi_view message, script_bytes *out);

#endif
