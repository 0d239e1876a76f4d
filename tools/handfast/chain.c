/* tools/handfast/chain.c: which certificates stand in the tree, and its drawing as text.
 * The path is the library's; where that ends early, names tell what would follow. */
#include "chain.h"

#include <inttypes.h>
#include <string.h>

enum { DAY = 86400, STEP = 3, GIVEN_MAX = 64 };

/* ---- which ones ---- */

/* Places among the certificates given, the leaf first; -1 for a trusted root. */
struct plan {
    int shown[GIVEN_MAX + 16];
    size_t count;
    bool complete; /* the last is a trusted root */
};

static bool is_shown(const struct plan *p, int index)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->shown[i] == index)
            return true;
    return false;
}

static hf_certificate *given(const hf_verify *verify, int index)
{
    size_t len = 0;
    const uint8_t *der = hf_verify_get0_der(verify, (size_t)index, &len);

    return hf_certificate_new(der, len);
}

/* One of those given that has the name of this one's issuer and is not drawn yet. */
static int issuer_by_name(const struct plan *p, const hf_verify *verify, int index)
{
    hf_certificate *child = index < 0 ? NULL : given(verify, index);
    int found = -1;

    for (size_t i = 1; child != NULL && found < 0 && i < hf_verify_count(verify); i++) {
        hf_certificate *c = is_shown(p, (int)i) ? NULL : given(verify, (int)i);

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
static void make_plan(struct plan *p, const hf_verify *verify, int fault)
{
    size_t length = hf_verify_path_length(verify);

    *p = (struct plan){.count = 0};
    for (size_t i = 0; i < length && i < GIVEN_MAX; i++)
        p->shown[p->count++] = hf_verify_path_index(verify, i);
    if (p->count == 0 && hf_verify_count(verify) > 0)
        p->shown[p->count++] = 0;
    p->complete = hf_error_code(hf_verify_get0_error(verify)) == 0;
    if (p->complete || p->count == 0)
        return;
    if (fault >= 0 && !is_shown(p, fault))
        p->shown[p->count++] = fault;
    for (int next; p->count < GIVEN_MAX; p->shown[p->count++] = next) {
        next = issuer_by_name(p, verify, p->shown[p->count - 1]);
        if (next < 0)
            break;
    }
}

/* ---- the nodes ---- */

static struct cli_node *add(struct cli_chain *chain, enum cli_node_kind kind, int index)
{
    struct cli_node *node = &chain->nodes[chain->count++];

    *node = (struct cli_node){.kind = kind, .index = index};
    return node;
}

static void add_certificate(struct cli_chain *chain, int index, const uint8_t *der,
                            size_t len, int fault)
{
    struct cli_node *node = add(chain, index < 0 ? CLI_NODE_ROOT : CLI_NODE_GIVEN, index);

    node->certificate = hf_certificate_new(der, len);
    node->size = len;
    node->at_fault = index >= 0 && index == fault;
}

/* Above the others, when the path has no root: a trusted one that is at fault, or the
 * name of the one that is missing. */
static void add_top(struct cli_chain *chain, const hf_verify *verify,
                    const struct plan *p, const hf_error *error)
{
    const hf_error *own = hf_verify_get0_error(verify);
    hf_certificate *c;

    if (error != NULL && hf_error_certificate_index(error) < 0 &&
        hf_error_certificate_subject(error)[0] != '\0') {
        struct cli_node *node = add(chain, CLI_NODE_ROOT, -1);

        node->at_fault = true;
        snprintf(node->name, sizeof node->name, "%s",
                 hf_error_certificate_subject(error));
        return;
    }
    if (p->shown[p->count - 1] < 0)
        return;
    c = given(verify, p->shown[p->count - 1]);
    if (c != NULL && strcmp(hf_certificate_issuer(c), hf_certificate_subject(c)) != 0) {
        struct cli_node *node = add(chain, CLI_NODE_MISSING, -1);

        snprintf(node->name, sizeof node->name, "%s", hf_certificate_issuer(c));
        node->looked_for = hf_error_code(own) == HF_E_CERT_UNKNOWN_ISSUER;
    }
    hf_certificate_free(c);
}

void cli_chain_make(struct cli_chain *chain, const hf_verify *verify,
                    const hf_error *error)
{
    int fault = error != NULL ? hf_error_certificate_index(error) : -1;
    size_t length = hf_verify_path_length(verify), len = 0;
    struct plan p;

    chain->count = chain->path = 0;
    snprintf(chain->fault, sizeof chain->fault, "%s",
             error != NULL ? hf_error_name(error) : "");
    make_plan(&p, verify, fault);
    if (p.count == 0)
        return;
    if (!p.complete)
        add_top(chain, verify, &p, error);
    for (size_t i = p.count; i-- > 0;) {
        const uint8_t *der = i < length
                                 ? hf_verify_get0_path_der(verify, i, &len)
                                 : hf_verify_get0_der(verify, (size_t)p.shown[i], &len);

        add_certificate(chain, p.shown[i], der, len, fault);
    }
    chain->path = chain->count;
    for (size_t i = 0; i < hf_verify_count(verify) && chain->count < CLI_CHAIN_MAX; i++)
        if (!is_shown(&p, (int)i)) {
            const uint8_t *der = hf_verify_get0_der(verify, i, &len);

            add_certificate(chain, (int)i, der, len, fault);
        }
}

void cli_chain_free(struct cli_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        hf_certificate_free(chain->nodes[i].certificate);
    chain->count = chain->path = 0;
}

/* ---- the drawing ---- */

static void put_days(const struct cli_terminal *t, const char *before, int64_t seconds,
                     const char *after)
{
    int64_t days = seconds / DAY;

    fprintf(t->out, "%s%" PRId64 " day%s%s", before, days, days == 1 ? "" : "s", after);
}

static void put_dates(const struct cli_terminal *t, const hf_certificate *c, int64_t now)
{
    int64_t from = hf_certificate_not_before(c), to = hf_certificate_not_after(c);
    bool outside = now < from || now > to;

    fprintf(t->out, ", %s", outside ? cli_bad(t) : "");
    if (now < from)
        put_days(t, "begins in ", from - now, "");
    else if (now > to)
        put_days(t, "expired ", now - to, " ago");
    else
        put_days(t, "", to - now, " left");
    fputs(outside ? cli_plain(t) : "", t->out);
}

static void put_certificate(const struct cli_terminal *t, const struct cli_node *node,
                            int64_t now)
{
    const hf_certificate *c = node->certificate;
    const char *colour = node->at_fault     ? cli_bad(t)
                         : node->index == 0 ? cli_bold(t)
                                            : "";

    fprintf(t->out, "%s%s%s, %s%s%s", colour,
            hf_certificate_subject(c)[0] != '\0' ? hf_certificate_subject(c)
                                                 : "(no subject)",
            colour[0] != '\0' ? cli_plain(t) : "", hf_certificate_key(c),
            hf_certificate_is_ca(c) ? ", CA" : "",
            node->kind == CLI_NODE_ROOT ? ", trusted root" : "");
    put_dates(t, c, now);
}

/* One line: "   `- 1 CN=..., EC P-256, CA, 29 days left". */
static void put_node(const struct cli_terminal *t, const struct cli_chain *chain,
                     const struct cli_node *node, int depth, int64_t now)
{
    fprintf(t->out, "  %*s%s", depth > 0 ? (depth - 1) * STEP : 0, "",
            depth > 0 ? "`- " : "");
    if (node->kind == CLI_NODE_GIVEN)
        fprintf(t->out, "%d ", node->index);
    if (node->kind == CLI_NODE_MISSING)
        fprintf(t->out, "%s?%s %s, %s", cli_bad(t), cli_plain(t), node->name,
                node->looked_for ? "not found" : "not looked for");
    else if (node->certificate != NULL)
        put_certificate(t, node, now);
    else if (node->kind == CLI_NODE_ROOT)
        fprintf(t->out, "%s%s%s, trusted root", cli_bad(t), node->name, cli_plain(t));
    else
        fprintf(t->out, "%smalformed, %zu bytes%s", cli_bad(t), node->size, cli_plain(t));
    if (node->at_fault)
        fprintf(t->out, "  %s<-- %s%s", cli_bad(t), chain->fault, cli_plain(t));
    fputc('\n', t->out);
}

void cli_chain_text(const struct cli_terminal *t, const struct cli_chain *chain,
                    int64_t now)
{
    int depth = 0;

    for (size_t i = 0; i < chain->path; i++)
        put_node(t, chain, &chain->nodes[i], depth++, now);
    if (chain->count > chain->path)
        fprintf(t->out, "\n  %snot in the path%s\n", cli_dim(t), cli_plain(t));
    for (size_t i = chain->path; i < chain->count; i++)
        put_node(t, chain, &chain->nodes[i], 0, now);
}
