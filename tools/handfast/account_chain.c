/* tools/handfast/account_chain.c: the tree of the chain that a server sent.  A connection
 * keeps what came, not the path that was found; so the path is looked for once more. */
#include "account_chain.h"

#include <string.h>

enum { CERTIFICATES = 6 }; /* the hundred of their errors */

static bool is_about_certificates(int code)
{
    return code / 100 == CERTIFICATES;
}

static hf_verify *verify_again(const struct cli_outcome *outcome, const hf_conn *conn)
{
    const struct cli_options *o = outcome->options;
    hf_verify *verify = hf_verify_new(outcome->config);
    size_t len = 0;
    char name[256];

    if (verify == NULL)
        return NULL;
    for (size_t i = 0; i < hf_conn_peer_certificate_count(conn); i++) {
        const uint8_t *der = hf_conn_get0_peer_der(conn, i, &len);

        if (hf_verify_add(verify, der, len) != 1)
            break;
    }
    cli_server_name(o, name, sizeof name);
    (void)hf_verify_set_hostname(verify, name);
    (void)hf_verify_run(verify);
    return verify;
}

bool cli_attempt_chain(struct cli_chain *chain, const struct cli_outcome *outcome,
                       const struct cli_attempt *a)
{
    const hf_error *error = NULL;
    hf_verify *verify;

    *chain = (struct cli_chain){.count = 0};
    if (a->conn == NULL || hf_conn_peer_certificate_count(a->conn) == 0)
        return false;
    verify = verify_again(outcome, a->conn);
    if (verify == NULL)
        return false;
    if (is_about_certificates(hf_conn_error_code(a->conn)))
        error = hf_conn_get0_error(a->conn);
    else if (is_about_certificates(hf_conn_verify_result(a->conn)))
        error = hf_verify_get0_error(verify);
    cli_chain_make(chain, verify, error);
    hf_verify_free(verify);
    return chain->count > 0;
}
