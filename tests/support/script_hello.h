/* tests/support/script_hello.h: the client's ClientHello as a strict server sees it. */
#ifndef SCRIPT_HELLO_H
#define SCRIPT_HELLO_H

#include "script_bytes.h"

enum {
    SCRIPT_EXT_SERVER_NAME = 0,
    SCRIPT_EXT_GROUPS = 10,
    SCRIPT_EXT_SCHEMES = 13,
    SCRIPT_EXT_ALPN = 16,
    SCRIPT_EXT_PRE_SHARED_KEY = 41,
    SCRIPT_EXT_EARLY_DATA = 42,
    SCRIPT_EXT_VERSIONS = 43,
    SCRIPT_EXT_COOKIE = 44,
    SCRIPT_EXT_PSK_MODES = 45,
    SCRIPT_EXT_KEY_SHARE = 51,
};

typedef struct script_hello {
    script_bytes message; /* owned, with its header */
    hfi_view random;
    hfi_view session_id;
    hfi_view suites;
    hfi_view extensions;
} script_hello;

/* What is wrong with it, or NULL.  message is copied; release it with
 * script_hello_free. */
const char *script_hello_parse(script_hello *h, hfi_view message);
void script_hello_free(script_hello *h);
/* The same without judging the extensions that TLS 1.3 must have. */
const char *script_hello_read(script_hello *h, hfi_view message);
/* The list that the extension's data consists of; len 0: it does not. */
hfi_view script_hello_list(const script_hello *h, uint16_t type);

/* RFC 8446 4.1.2: what may differ in a ClientHello after HelloRetryRequest.  cookie and
 * group (0: none) are what that asked for.  NULL: all is right. */
const char *script_hello_compare(const script_hello *first, const script_hello *second,
                                 hfi_view cookie, uint16_t group);

bool script_hello_find(const script_hello *h, uint16_t type, hfi_view *data);
bool script_hello_offers(hfi_view u16_list, uint16_t value);
/* The share of that group, or with group 0 the first; *group tells its group. */
bool script_hello_share(const script_hello *h, uint16_t *group, hfi_view *share);

/* The offered PSK number index: false past the end.  *binders is how many bytes the
 * list of binders takes at the message's end. */
bool script_hello_psk(const script_hello *h, size_t index, hfi_view *identity,
                      uint32_t *age, hfi_view *binder, size_t *binders);

#endif
