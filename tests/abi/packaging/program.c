/* tests/abi/packaging/program.c: what a program on an installed handfast does first: it
 * compares versions, and makes a connection that fails for a known reason. */
#include <handfast/handfast.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    int ret;
    hf_config *config = hf_config_new(NULL);
    hf_conn *conn = NULL;

    if (config == NULL || hf_config_disable_certificate_verification(config) != 1)
        return 1;
    conn = hf_conn_new(config);
    ret = hf_connect(conn);
    printf("%s %d %s %s\n", hf_version_text(), hf_version_number() == HF_VERSION_NUMBER,
           hf_get_error_name(hf_get_error(conn, ret)),
           hf_error_name(hf_conn_get0_error(conn)));
    hf_conn_free(conn);
    hf_config_free(config);
    return strcmp(hf_version_text(), HF_VERSION_TEXT) == 0 ? 0 : 2;
}
