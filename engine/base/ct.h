/* engine/base/ct.h: what touches secrets without telling about them. */
#ifndef HFI_BASE_CT_H
#define HFI_BASE_CT_H

#include "base/types.h"

/* Overwrites len bytes with zeros, in a way that no optimiser drops.  p may be
 * NULL when len is 0. */
void hfi_wipe(void *p, size_t len);

/* Compares len bytes in time that depends on len alone. */
bool hfi_ct_equal(const void *a, const void *b, size_t len);

/* True if every byte is zero; time depends on len alone. */
bool hfi_ct_is_zero(const void *p, size_t len);

#endif
