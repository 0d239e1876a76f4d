/* tools/handfast/verify_text.c: what `handfast verify` found, for a person to read. */
#include "chain.h"
#include "record_text.h"
#include "verify.h"

static void put_leaf(const struct cli_terminal *t, const struct cli_verify *v)
{
    size_t len = 0;
    const uint8_t *der = hf_verify_get0_der(v->verify, 0, &len);
    hf_certificate *c = hf_certificate_new(der, len);

    if (c == NULL)
        return;
    if (hf_certificate_names(c)[0] != '\0')
        cli_row(t, "names", hf_certificate_names(c));
    cli_row(t, "sha256", hf_certificate_fingerprint(c));
    hf_certificate_free(c);
}

void cli_verify_text(FILE *out, const struct cli_verify *v)
{
    struct cli_terminal terminal = cli_terminal_of(out);
    const struct cli_terminal *t = &terminal;
    const hf_error *error = hf_verify_get0_error(v->verify);
    struct cli_chain chain;

    fprintf(out, "%s%s%s\n", cli_bold(t), v->file, cli_plain(t));
    if (v->status == 1) {
        fprintf(out, "  %strusted%s       %s%s\n", cli_good(t), cli_plain(t),
                v->host != NULL ? "for " : "for any name: --host was not given",
                v->host != NULL ? v->host : "");
    } else {
        fprintf(out, "  %sREFUSED       %s%s\n", cli_bad(t), hf_error_name(error),
                cli_plain(t));
        cli_row(t, "what", hf_error_summary(error));
        cli_record_rows(t, error);
        if (hf_error_hint(error)[0] != '\0')
            cli_row(t, "hint", hf_error_hint(error));
    }
    put_leaf(t, v);
    cli_chain_make(&chain, v->verify, v->status == 1 ? NULL : error);
    if (chain.path > 0)
        fputc('\n', out);
    cli_chain_text(t, &chain, v->now);
    cli_chain_free(&chain);
}
