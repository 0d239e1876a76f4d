/* tools/handfast/early.c: --early-data: bytes that the server may have before the
 * handshake is over (RFC 8446 2.3).  What it does not take that early it gets afterwards,
 * once. */
#include "early.h"

#include "attempt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EARLY_MAX = 1048576 };

uint8_t *cli_early_load(const char *path, size_t *len, int *code)
{
    const char *why = "it has more than 1 MiB";
    uint8_t *bytes = malloc(EARLY_MAX + 1);
    FILE *in = fopen(path, "rb");

    *code = CLI_USAGE;
    if (bytes == NULL) {
        *code = CLI_LOCAL_FAILURE;
        why = "memory is exhausted";
    } else if (in == NULL) {
        why = strerror(errno);
    } else {
        *len = fread(bytes, 1, EARLY_MAX + 1, in);
        if (ferror(in) != 0)
            why = strerror(errno);
        else if (*len == 0)
            why = "it is empty";
        else if (*len <= EARLY_MAX)
            *code = CLI_OK;
    }
    if (in != NULL)
        (void)fclose(in);
    if (*code == CLI_OK)
        return bytes;
    fprintf(stderr, "handfast connect: --early-data '%s': %s\n", path, why);
    free(bytes);
    return NULL;
}

static const char *explain(const hf_conn *conn, const hf_session *session)
{
    if (session == NULL)
        return "there is no session to resume";
    if (hf_session_max_early_data(session) == 0)
        return "the server takes none with this session";
    return hf_code_text(hf_conn_error_code(conn));
}

/* More than the server takes, or none at all, is no failure of the connection: the
 * handshake goes on without it. */
void cli_early_send(struct cli_attempt *a, int64_t deadline)
{
    struct cli_early *e = &a->early;

    if (e->bytes == NULL)
        return;
    if (a->session == NULL || hf_session_max_early_data(a->session) == 0 ||
        hf_conn_allow_early_data(a->conn) != 1) {
        e->why = explain(a->conn, a->session);
        return;
    }
    (void)hf_set_connect_state(a->conn);
    size_t most = hf_session_max_early_data(a->session);
    size_t len = e->len < most ? e->len : most;
    while (e->sent < len) {
        size_t done = 0;
        int ret = hf_write_early_data(a->conn, e->bytes + e->sent, len - e->sent, &done);
        int want = hf_get_error(a->conn, ret);

        e->sent += done;
        if (ret == 1)
            continue;
        if ((want != HF_ERROR_WANT_READ && want != HF_ERROR_WANT_WRITE) ||
            !cli_wait(a->dial.fd, want, deadline)) {
            if (e->sent == 0)
                e->why = explain(a->conn, a->session);
            return;
        }
    }
}

static bool write_rest(struct cli_attempt *a, size_t from, int64_t deadline)
{
    const struct cli_early *e = &a->early;

    while (from < e->len) {
        size_t done = 0;
        int ret = hf_write(a->conn, e->bytes + from, e->len - from, &done);
        int want = hf_get_error(a->conn, ret);

        from += done;
        if (ret == 1)
            continue;
        if (want != HF_ERROR_WANT_READ && want != HF_ERROR_WANT_WRITE) {
            a->code = cli_exit_of(hf_conn_get0_error(a->conn));
            return false;
        }
        if (!cli_wait(a->dial.fd, want, deadline)) {
            (void)snprintf(a->fault, sizeof a->fault, "the data did not go out in time");
            a->code = CLI_TIMED_OUT;
            return false;
        }
    }
    return true;
}

bool cli_early_finish(struct cli_attempt *a, int64_t deadline)
{
    struct cli_early *e = &a->early;

    if (e->bytes == NULL)
        return true;
    e->rejected = hf_conn_early_data_status(a->conn) == HF_EARLY_DATA_REJECTED;
    return write_rest(a, e->rejected ? 0 : e->sent, deadline);
}
