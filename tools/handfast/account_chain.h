/* tools/handfast/account_chain.h: the tree of the chain that a server sent. */
#ifndef CLI_ACCOUNT_CHAIN_H
#define CLI_ACCOUNT_CHAIN_H

#include "account.h"
#include "chain.h"

/* false, and nothing to free, if no certificate came.  The certificate at fault is that
 * of the connection's record, or with --no-verify the one that would have been. */
bool cli_attempt_chain(struct cli_chain *chain, const struct cli_outcome *outcome,
                       const struct cli_attempt *a);

#endif
