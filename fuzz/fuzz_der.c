/* fuzz/fuzz_der.c: the DER reader.  The input is read by a walk that its own first bytes
 * steer, and as a whole. */
#include <stdlib.h>

#include "pki/der.h"
#include "pki/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_one(hfi_reader *r, uint8_t how)
{
    uint8_t tag;
    hfi_view v;
    int64_t seconds;

    switch (how % 9) {
    case 0:
        (void)hfi_der_read_any(r, &tag);
        break;
    case 1:
        (void)hfi_der_read_element(r, hfi_reader_peek(r), &v);
        break;
    case 2:
        (void)hfi_der_read_integer(r);
        break;
    case 3:
        (void)hfi_der_read_number(r, 1000);
        break;
    case 4:
        (void)hfi_der_read_bit_string(r);
        break;
    case 5:
        (void)hfi_der_read_flags(r);
        break;
    case 6:
        (void)hfi_der_read_oid(r);
        break;
    case 7:
        (void)hfi_der_read_boolean(r);
        break;
    default:
        (void)hfi_der_read_time(r, &seconds);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hfi_reader input = hfi_reader_of(hfi_view_of(data, size));
    hfi_view script = hfi_read_bytes(&input, size < 8 ? 0 : 8);
    hfi_view der = hfi_read_rest(&input);
    hfi_reader r = hfi_reader_of(der);

    for (size_t i = 0; hfi_reader_more(&r); i++) {
        size_t left = r.left;
        read_one(&r, script.len == 0 ? 0 : script.p[i % script.len]);
        if (!r.failed && r.left >= left)
            abort(); /* something was read, so something was taken */
    }
    (void)hfi_der_well_formed(der, HFI_DER_NESTING_MAX);
    return 0;
}
