/* tools/handfast/chain.h: a chain of certificates as a tree, the root above and the leaf
 * below, the certificate at fault marked; drawn as text here, as a page in html_chain.c.
 */
#ifndef CLI_CHAIN_H
#define CLI_CHAIN_H

#include "terminal.h"

#include <handfast/handfast.h>

enum { CLI_CHAIN_MAX = 96 };

enum cli_node_kind {
    CLI_NODE_GIVEN,   /* one of those that were sent, or that stand in the file */
    CLI_NODE_ROOT,    /* from the trusted ones */
    CLI_NODE_MISSING, /* an issuer of which there is only the name */
};

struct cli_node {
    enum cli_node_kind kind;
    hf_certificate *certificate; /* NULL: malformed, or only the name is known */
    char name[256];              /* where there is no certificate */
    int index;                   /* among those given; -1: none of them */
    size_t size;                 /* in bytes of DER */
    bool at_fault;
    bool looked_for; /* of a missing one: it was searched, in vain */
};

/* The tree from the top down, then those that have no place in it. */
struct cli_chain {
    struct cli_node nodes[CLI_CHAIN_MAX];
    size_t path;
    size_t count;
    char fault[64]; /* the name of the error at the node at fault */
};

/* verify has been run.  error tells which certificate is at fault; NULL: none is. */
void cli_chain_make(struct cli_chain *chain, const hf_verify *verify,
                    const hf_error *error);
void cli_chain_free(struct cli_chain *chain);

/* now is a time of the calendar, in seconds. */
void cli_chain_text(const struct cli_terminal *t, const struct cli_chain *chain,
                    int64_t now);

#endif
