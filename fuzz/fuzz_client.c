/* fuzz/fuzz_client.c: the whole client against the bytes of a server.
 * The first byte chooses the client's settings and the size of the pieces, the rest is
 * what the server sends.  Entropy and clocks are fixed, so a recorded flight is a seed
 * that opens.  fuzz_client_protected gets further behind the encryption. */
#include "fuzz_flow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const script_config silent = {
        .steps = {{AT_HELLO, OP_DROP, 0, NULL}, {AT_HELLO, OP_STOP, 0, NULL}}};
    flow f;

    if (size == 0)
        return 0;
    flow_init(&f, &silent);
    fuzz_flow_choose(&f, data[0]);
    (void)flow_run(&f);
    script_append(&f.server.out, data + 1, size - 1);
    (void)flow_pump(&f);
    fuzz_flow_end(&f);
    return 0;
}
