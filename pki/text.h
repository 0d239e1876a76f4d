/* pki/text.h: text for people, made of bytes that a peer chose.
 *
 * What comes out is valid UTF-8, ends with 0, holds no control character and none that
 * turns the direction of writing, and is never cut inside a character. */
#ifndef HFI_PKI_TEXT_H
#define HFI_PKI_TEXT_H

#include "base/types.h"

typedef struct hfi_text {
    char *out;
    size_t size; /* of out; at least 1 */
    size_t len;  /* without the final 0 */
    bool full;   /* something did not fit: nothing more is added */
} hfi_text;

/* Begins an empty text in out; size is not 0. */
hfi_text hfi_text_into(char *out, size_t size);

/* Plain ASCII of our own. */
void hfi_text_add(hfi_text *t, const char *ascii);

/* One character by its code point; what cannot be shown becomes U+FFFD. */
void hfi_text_add_character(hfi_text *t, uint32_t code);

/* Bytes that claim to be UTF-8. */
void hfi_text_add_utf8(hfi_text *t, hfi_view bytes);

/* Bytes as lower-case hexadecimal. */
void hfi_text_add_hex(hfi_text *t, hfi_view bytes);

/* Puts "..." at the end if something did not fit, in place of the last characters. */
void hfi_text_end(hfi_text *t);

/* Takes the next character of bytes that claim to be UTF-8; U+FFFD for what is not. */
uint32_t hfi_text_next_utf8(hfi_view *bytes);

#endif
