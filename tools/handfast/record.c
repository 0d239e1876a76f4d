/* tools/handfast/record.c: `handfast connect --record`: the recording begins with the
 * connection and ends with it, and whoever asked for it is told what it holds. */
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool cli_record_begin(struct cli_attempt *a, const char *path)
{
    if (path == NULL)
        return true;
    hf_status status = hf_conn_record_file(a->conn, path);
    if (status == 1)
        return true;
    snprintf(a->fault, sizeof a->fault, "--record %.300s: %s", path,
             status == -HF_E_RECORDING_FAILED ? strerror(errno) : hf_code_text(status));
    a->name = hf_code_name(status);
    a->code = status == -HF_E_NO_MEMORY ? CLI_LOCAL_FAILURE : CLI_USAGE;
    return false;
}

int cli_record_end(const struct cli_attempt *a, const struct cli_options *o, int code)
{
    if (o->record == NULL || a->conn == NULL ||
        (a->name != NULL && strcmp(a->name, "RECORDING_FAILED") == 0))
        return code;
    if (hf_conn_record_end(a->conn) != 1) {
        fprintf(stderr, "handfast connect: --record %s: %s\n", o->record,
                strerror(errno));
        return code == CLI_OK ? CLI_LOCAL_FAILURE : code;
    }
    if (!o->quiet)
        fprintf(stderr,
                "handfast connect: %s holds the secrets of this connection: treat it "
                "like a private key\n",
                o->record);
    return code;
}
