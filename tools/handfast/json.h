/* tools/handfast/json.h: the pieces that JSON documents are made of. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <handfast/handfast.h>

#include <stdbool.h>
#include <stdio.h>

/* before is what separates the value from the one before it; NULL text is null. */
void cli_json_key(FILE *out, const char *before, const char *key);
void cli_json_text(FILE *out, const char *before, const char *key, const char *value);
void cli_json_bool(FILE *out, const char *before, const char *key, bool value);
/* In quotes; of bytes that are not UTF-8 each is replaced. */
void cli_json_string(FILE *out, const char *text);
/* The library's own record of a failure. */
void cli_json_error(FILE *out, const hf_error *error);
/* The fields of a certificate, behind others of the same object. */
void cli_json_certificate(FILE *out, const uint8_t *der, size_t len);

#endif
