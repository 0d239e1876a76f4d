/* tools/handfast/verify_text.c: a verified chain drawn for a person, the root above and
 * the leaf below, the certificate at fault marked. */
#include "record_text.h"
#include "verify.h"

#include <inttypes.h>
#include <string.h>

enum {
    DAY = 86400,
    STEP = 3,
    DRAWN_MAX = 64,
};

/* Places among the certificates given, the leaf first; -1 for a trusted root. */
struct drawing {
    int shown[DRAWN_MAX + 16];
    size_t count;
};

static void put_days(const struct cli_terminal *t, const char *before, int64_t seconds,
                     const char *after)
{
    int64_t days = seconds / DAY;

    fprintf(t->out, "%s%" PRId64 " day%s%s", before, days, days == 1 ? "" : "s", after);
}

static void put_dates(const struct cli_terminal *t, const hf_certificate *c, int64_t now)
{
    int64_t from = hf_certificate_not_before(c), to = hf_certificate_not_after(c);

    fprintf(t->out, ", %s", now < from || now > to ? cli_bad(t) : "");
    if (now < from)
        put_days(t, "begins in ", from - now, "");
    else if (now > to)
        put_days(t, "expired ", now - to, " ago");
    else
        put_days(t, "", to - now, " left");
    fputs(now < from || now > to ? cli_plain(t) : "", t->out);
}

static void put_mark(const struct cli_terminal *t, const struct cli_verify *v)
{
    fprintf(t->out, "  %s<-- %s%s", cli_bad(t),
            hf_error_name(hf_verify_get0_error(v->verify)), cli_plain(t));
}

/* One line of the drawing: "   `- 1 CN=..., EC P-256, CA, 29 days left". */
static void put_line(const struct cli_terminal *t, const struct cli_verify *v, int depth,
                     int index, const uint8_t *der, size_t len)
{
    hf_certificate *c = hf_certificate_new(der, len);
    bool at_fault = index >= 0 && index == cli_verify_fault(v);

    fprintf(t->out, "  %*s%s", depth > 0 ? (depth - 1) * STEP : 0, "",
            depth > 0 ? "`- " : "");
    if (index >= 0)
        fprintf(t->out, "%d ", index);
    if (c == NULL) {
        fprintf(t->out, "%smalformed, %zu bytes%s", cli_bad(t), len, cli_plain(t));
    } else {
        fprintf(t->out, "%s%s%s, %s%s%s",
                at_fault     ? cli_bad(t)
                : index == 0 ? cli_bold(t)
                             : "",
                hf_certificate_subject(c)[0] != '\0' ? hf_certificate_subject(c)
                                                     : "(no subject)",
                cli_plain(t), hf_certificate_key(c),
                hf_certificate_is_ca(c) ? ", CA" : "", index < 0 ? ", trusted root" : "");
        put_dates(t, c, v->now);
    }
    if (at_fault)
        put_mark(t, v);
    fputc('\n', t->out);
    hf_certificate_free(c);
}

/* ---- which certificates are drawn ---- */

static bool is_shown(const struct drawing *d, int index)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->shown[i] == index)
            return true;
    return false;
}

static hf_certificate *given(const struct cli_verify *v, int index)
{
    size_t len = 0;
    const uint8_t *der = hf_verify_get0_der(v->verify, (size_t)index, &len);

    return hf_certificate_new(der, len);
}

/* One of those given that has the name of this one's issuer and is not drawn yet. */
static int issuer_by_name(const struct drawing *d, const struct cli_verify *v, int index)
{
    hf_certificate *child = given(v, index);
    int found = -1;

    for (size_t i = 1; found < 0 && i < hf_verify_count(v->verify); i++) {
        hf_certificate *c = is_shown(d, (int)i) ? NULL : given(v, (int)i);

        if (c != NULL &&
            strcmp(hf_certificate_subject(c), hf_certificate_issuer(child)) == 0)
            found = (int)i;
        hf_certificate_free(c);
    }
    hf_certificate_free(child);
    return found;
}

/* The path; where it found no root, the certificate at fault, if that is an issuer, and
 * what those given would add by their names. */
static void plan(struct drawing *d, const struct cli_verify *v)
{
    size_t length = hf_verify_path_length(v->verify);
    int fault = cli_verify_fault(v);

    d->count = 0;
    for (size_t i = 0; i < length; i++)
        d->shown[d->count++] = hf_verify_path_index(v->verify, i);
    if (v->status == 1 || length == 0)
        return;
    if (fault >= 0 && !is_shown(d, fault))
        d->shown[d->count++] = fault;
    for (int next; d->count < DRAWN_MAX; d->shown[d->count++] = next) {
        next = issuer_by_name(d, v, d->shown[d->count - 1]);
        if (next < 0)
            break;
    }
}

/* Above the drawing, when the path has no root: a trusted one that is at fault, or the
 * name of the one that is missing. */
static int put_top(const struct cli_terminal *t, const struct cli_verify *v,
                   const struct drawing *d)
{
    const hf_error *error = hf_verify_get0_error(v->verify);
    hf_certificate *c;
    bool missing;

    if (cli_verify_fault(v) < 0 && hf_error_certificate_subject(error)[0] != '\0') {
        fprintf(t->out, "  %s%s%s, trusted root", cli_bad(t),
                hf_error_certificate_subject(error), cli_plain(t));
        put_mark(t, v);
        fputc('\n', t->out);
        return 1;
    }
    c = given(v, d->shown[d->count - 1]);
    missing = strcmp(hf_certificate_issuer(c), hf_certificate_subject(c)) != 0;
    if (missing)
        fprintf(t->out, "  %s?%s %s, %s\n", cli_bad(t), cli_plain(t),
                hf_certificate_issuer(c),
                hf_error_code(error) == HF_E_CERT_UNKNOWN_ISSUER ? "not found"
                                                                 : "not looked for");
    hf_certificate_free(c);
    return missing ? 1 : 0;
}

static void put_drawing(const struct cli_terminal *t, const struct cli_verify *v,
                        const struct drawing *d)
{
    size_t length = hf_verify_path_length(v->verify), len = 0;
    int depth = 0;

    if (d->count == 0)
        return;
    fputc('\n', t->out);
    if (v->status != 1)
        depth = put_top(t, v, d);
    for (size_t i = d->count; i-- > 0; depth++) {
        const uint8_t *der =
            i < length ? hf_verify_get0_path_der(v->verify, i, &len)
                       : hf_verify_get0_der(v->verify, (size_t)d->shown[i], &len);

        put_line(t, v, depth, d->shown[i], der, len);
    }
}

static void put_others(const struct cli_terminal *t, const struct cli_verify *v,
                       const struct drawing *d)
{
    bool first = true;
    size_t len = 0;

    for (size_t i = 0; i < hf_verify_count(v->verify); i++) {
        const uint8_t *der = hf_verify_get0_der(v->verify, i, &len);

        if (is_shown(d, (int)i))
            continue;
        if (first)
            fprintf(t->out, "\n  %snot in the path%s\n", cli_dim(t), cli_plain(t));
        first = false;
        put_line(t, v, 0, (int)i, der, len);
    }
}

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
    struct drawing drawing;

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
    plan(&drawing, v);
    put_drawing(t, v, &drawing);
    put_others(t, v, &drawing);
}
