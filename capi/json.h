/* capi/json.h: a small JSON writer into bounded memory, RFC 8259.
 * It counts what it could not store, so that the caller learns the size it needs. */
#ifndef HFI_CAPI_JSON_H
#define HFI_CAPI_JSON_H

#include "base/types.h"

typedef struct hfi_json {
    char *out; /* may be NULL when size is 0 */
    size_t size;
    size_t len;       /* of the whole text, stored or not */
    bool needs_comma; /* something stands before on this level */
} hfi_json;

hfi_json hfi_json_of(char *out, size_t size);
/* Ends the text with a 0 byte and returns its whole length. */
size_t hfi_json_finish(hfi_json *j);

/* name is NULL for the elements of an array and the outermost value. */
void hfi_json_open(hfi_json *j, const char *name, char bracket);
void hfi_json_close(hfi_json *j, char bracket);
/* NULL text becomes null.  Bytes that are not UTF-8 become U+FFFD. */
void hfi_json_text(hfi_json *j, const char *name, const char *text);
void hfi_json_bytes_as_text(hfi_json *j, const char *name, const uint8_t *p, size_t len);
void hfi_json_hex(hfi_json *j, const char *name, const uint8_t *p, size_t len);
void hfi_json_number(hfi_json *j, const char *name, int64_t number);
void hfi_json_bool(hfi_json *j, const char *name, bool value);
void hfi_json_null(hfi_json *j, const char *name);

#endif
