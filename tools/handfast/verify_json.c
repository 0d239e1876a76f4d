/* tools/handfast/verify_json.c: the account of a verification as one JSON document;
 * docs/command-line.md describes it. */
#include "json.h"
#include "verify.h"

#include <time.h>

static void put_now(FILE *out, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm tm;
    char text[40] = "";

    if (gmtime_r(&when, &tm) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    cli_json_text(out, ",\n  ", "time", text[0] != '\0' ? text : NULL);
}

/* index is -1 for a root of the trusted ones. */
static void put_certificate(FILE *out, const struct cli_verify *v, bool first, int index,
                            const uint8_t *der, size_t len)
{
    fprintf(out, "%s\n    {\"index\": ", first ? "" : ",");
    if (index >= 0)
        fprintf(out, "%d", index);
    else
        fputs("null", out);
    cli_json_bool(out, ", ", "at_fault", index >= 0 && index == cli_verify_fault(v));
    cli_json_certificate(out, der, len);
    fputc('}', out);
}

static void put_path(FILE *out, const struct cli_verify *v)
{
    size_t count = hf_verify_path_length(v->verify), len = 0;

    cli_json_key(out, ",\n  ", "path");
    fputc('[', out);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *der = hf_verify_get0_path_der(v->verify, i, &len);

        put_certificate(out, v, i == 0, hf_verify_path_index(v->verify, i), der, len);
    }
    fputc(']', out);
}

static void put_others(FILE *out, const struct cli_verify *v)
{
    bool first = true;
    size_t len = 0;

    cli_json_key(out, ",\n  ", "others");
    fputc('[', out);
    for (size_t i = 0; i < hf_verify_count(v->verify); i++) {
        const uint8_t *der = hf_verify_get0_der(v->verify, i, &len);
        bool in_path = false;

        for (size_t j = 0; j < hf_verify_path_length(v->verify); j++)
            in_path |= hf_verify_path_index(v->verify, j) == (int)i;
        if (in_path)
            continue;
        put_certificate(out, v, first, (int)i, der, len);
        first = false;
    }
    fputc(']', out);
}

void cli_verify_json(FILE *out, const struct cli_verify *v)
{
    cli_json_text(out, "{\n  ", "result",
                  v->code == CLI_OK                    ? "ok"
                  : v->code == CLI_CERTIFICATE_REFUSED ? "certificate_refused"
                                                       : "local_failure");
    fprintf(out, ",\n  \"exit_code\": %d", (int)v->code);
    cli_json_text(out, ",\n  ", "file", v->file);
    cli_json_text(out, ",\n  ", "host", v->host);
    cli_json_text(out, ",\n  ", "profile", v->profile != NULL ? v->profile : "default");
    put_now(out, v->now);
    put_path(out, v);
    put_others(out, v);
    cli_json_key(out, ",\n  ", "error");
    if (v->status == 1)
        fputs("null", out);
    else
        cli_json_error(out, hf_verify_get0_error(v->verify));
    fputs("\n}\n", out);
}
