/* capi/sentence.h: a sentence that grows in bounded memory, for summaries and hints. */
#ifndef HFI_CAPI_SENTENCE_H
#define HFI_CAPI_SENTENCE_H

#include <stddef.h>

#include "base/report.h"

typedef struct hfi_sentence {
    char *text;
    size_t size; /* of text; at least 1 */
    size_t len;
} hfi_sentence;

/* Begins an empty one in text. */
hfi_sentence hfi_sentence_into(char *text, size_t size);

/* What does not fit is left out; format as in snprintf. */
void hfi_sentence_add(hfi_sentence *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The name of a number, or NULL. */
typedef const char *hfi_sentence_name(const void *crypto, uint16_t number);

/* "TLSv1.3, TLSv1.2 and 3 more"; at most a few are named.  "none" for an empty list. */
void hfi_sentence_add_list(hfi_sentence *s, const hfi_said_list *list,
                           hfi_sentence_name *name, const void *crypto);

/* Names that each end with 0, len bytes in all. */
void hfi_sentence_add_names(hfi_sentence *s, const char *names, size_t len);

/* The names of versions, suites, groups and signature algorithms. */
hfi_sentence_name hfi_name_version, hfi_name_suite, hfi_name_group, hfi_name_scheme;

#endif
