/* crypto/nettle/keccak.c: nettle's Keccak-f[1600] without its struct. */
#include <assert.h>

#include <nettle/sha3.h>

#include "crypto/keccak.h"

static_assert(SHA3_STATE_LENGTH == HFI_KECCAK_LANES, "FIPS 202 3.1");
static_assert(sizeof(struct sha3_state) == HFI_KECCAK_LANES * sizeof(uint64_t),
              "nettle's state is the lanes and nothing else");

void hfi_keccak_permute(uint64_t lanes[HFI_KECCAK_LANES])
{
    /* A struct of nothing but an array of uint64_t may lie over such an array. */
    sha3_permute((struct sha3_state *)lanes);
}
