/* tools/handfast/json.c: the pieces that JSON documents are made of, RFC 8259. */
#include "json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Text comes from arguments, the system and certificates: bytes that are not UTF-8 in
 * an argument become the replacement character one by one. */
static size_t utf8_length(const unsigned char *s)
{
    size_t n = s[0] < 0x80                   ? 1
               : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
               : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
               : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                             : 0;

    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

void cli_json_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0';) {
        size_t n = utf8_length(s);

        if (n == 0)
            fputs("\\ufffd", out);
        else if (*s == '"' || *s == '\\')
            fprintf(out, "\\%c", *s);
        else if (*s < 0x20 || *s == 0x7f)
            fprintf(out, "\\u%04x", *s);
        else
            fwrite(s, 1, n, out);
        s += n == 0 ? 1 : n;
    }
    fputc('"', out);
}

/* The separator goes before: every caller knows whether it is the first. */
void cli_json_key(FILE *out, const char *before, const char *key)
{
    fprintf(out, "%s\"%s\": ", before, key);
}

void cli_json_text(FILE *out, const char *before, const char *key, const char *value)
{
    cli_json_key(out, before, key);
    if (value == NULL)
        fputs("null", out);
    else
        cli_json_string(out, value);
}

void cli_json_bool(FILE *out, const char *before, const char *key, bool value)
{
    cli_json_key(out, before, key);
    fputs(value ? "true" : "false", out);
}

void cli_json_error(FILE *out, const hf_error *error)
{
    size_t size = hf_error_json(error, NULL, 0) + 1;
    char *text = malloc(size);

    if (text != NULL && hf_error_json(error, text, size) < size)
        fputs(text, out);
    else
        fputs("{\"name\": \"NO_MEMORY\"}", out);
    free(text);
}

static void put_date(FILE *out, const char *key, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm tm;
    char text[40];

    if (gmtime_r(&when, &tm) != NULL &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
        cli_json_text(out, ",\n     ", key, text);
    else
        cli_json_text(out, ",\n     ", key, NULL);
}

void cli_json_certificate(FILE *out, const uint8_t *der, size_t len)
{
    hf_certificate *c = hf_certificate_new(der, len);

    fprintf(out, ", \"size\": %zu", len);
    if (c != NULL) {
        cli_json_text(out, ",\n     ", "subject", hf_certificate_subject(c));
        cli_json_text(out, ",\n     ", "issuer", hf_certificate_issuer(c));
        cli_json_text(out, ",\n     ", "names", hf_certificate_names(c));
        cli_json_text(out, ",\n     ", "key", hf_certificate_key(c));
        cli_json_text(out, ",\n     ", "serial", hf_certificate_serial(c));
        put_date(out, "not_before", hf_certificate_not_before(c));
        put_date(out, "not_after", hf_certificate_not_after(c));
        cli_json_bool(out, ",\n     ", "is_ca", hf_certificate_is_ca(c) == 1);
        cli_json_text(out, ",\n     ", "sha256", hf_certificate_fingerprint(c));
    }
    cli_json_bool(out, ",\n     ", "malformed", c == NULL);
    hf_certificate_free(c);
}
