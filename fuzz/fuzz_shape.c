/* fuzz/fuzz_shape.c: the readers of a message and its shape must agree on whether, and
 * tell where, it does not fit.  The input is a type, a version and the body. */
#include "script_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    hfi_shape_context context = {data[0], data[1] % 2 == 0 ? 0x0304 : 0x0303, 0};
    context.verify_data = context.version == 0x0303 ? 12 : 32;
    (void)script_agree(&context, hfi_view_of(data + 2, size - 2));
    return 0;
}
