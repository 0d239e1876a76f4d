/* capi/sentence.c: a sentence that grows in bounded memory, for summaries and hints. */
#include "capi/sentence.h"
#include "handshake/registered.h"

#include <stdarg.h>
#include <stdio.h>

enum { SHOWN = 4 }; /* of a list */

hfi_sentence hfi_sentence_into(char *text, size_t size)
{
    text[0] = '\0';
    return (hfi_sentence){text, size, 0};
}

void hfi_sentence_add(hfi_sentence *s, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(s->text + s->len, s->size - s->len, format, arguments);
    va_end(arguments);
    if (n > 0)
        s->len = (size_t)n < s->size - s->len ? s->len + (size_t)n : s->size - 1;
}

const char *hfi_name_version(const void *crypto, uint16_t number)
{
    (void)crypto;
    return hfi_registry_version(number);
}

const char *hfi_name_suite(const void *crypto, uint16_t number)
{
    return hfi_registry_suite(crypto, number);
}

const char *hfi_name_group(const void *crypto, uint16_t number)
{
    return hfi_registry_group(crypto, number);
}

const char *hfi_name_scheme(const void *crypto, uint16_t number)
{
    (void)crypto;
    return hfi_registry_scheme(number);
}

/* Numbers that only stand among the suites: RFC 5746 3.3, RFC 7507 2. */
static bool is_signal(uint16_t suite)
{
    return suite == 0x00ff || suite == 0x5600;
}

void hfi_sentence_add_list(hfi_sentence *s, const hfi_said_list *list,
                           hfi_sentence_name *name, const void *crypto)
{
    size_t told = 0, more = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (name == hfi_name_suite && is_signal(list->items[i]))
            continue;
        if (told == SHOWN) {
            more++;
            continue;
        }
        const char *text = name(crypto, list->items[i]);
        hfi_sentence_add(s, told++ == 0 ? "" : ", ");
        if (text != NULL)
            hfi_sentence_add(s, "%s", text);
        else
            hfi_sentence_add(s, "0x%04x", list->items[i]);
    }
    if (told == 0)
        hfi_sentence_add(s, "none");
    if (more > 0)
        hfi_sentence_add(s, " and %zu more", more);
}

void hfi_sentence_add_names(hfi_sentence *s, const char *names, size_t len)
{
    if (len == 0)
        hfi_sentence_add(s, "none");
    for (size_t at = 0; at < len; at += strlen(names + at) + 1)
        hfi_sentence_add(s, "%s%s", at == 0 ? "" : ", ", names + at);
}
