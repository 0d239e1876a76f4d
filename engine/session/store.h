/* engine/session/store.h: where a server may keep sessions instead of sending them away
 * as tickets: a store of the application, by functions.  RFC 5246 F.1.4, RFC 8446 4.6.1.
 *
 * What is stored is sealed like a ticket and bound to its id: the store learns no secret
 * and can forge none, and whoever shall find it in another process needs the same ticket
 * keys.  In TLS 1.2 the id is the session id, in TLS 1.3 it stands in the ticket's
 * place. */
#ifndef HFI_SESSION_STORE_H
#define HFI_SESSION_STORE_H

#include "base/types.h"

enum { HFI_STORE_ID = 32 }; /* bytes of an id; random */

typedef struct hfi_session_store {
    /* 1: value holds *len bytes.  0: there is no such session.  -1: not known yet; it is
     * asked again when the handshake goes on. */
    int (*find)(void *ctx, void *owner, hfi_view id, hfi_span value, size_t *len);
    /* For at most lifetime seconds.  What cannot be stored is not found later. */
    void (*put)(void *ctx, void *owner, hfi_view id, hfi_view value, uint32_t lifetime);
    /* It may not be used again.  May be NULL. */
    void (*remove)(void *ctx, void *owner, hfi_view id);
    void *ctx;
} hfi_session_store;

#endif
