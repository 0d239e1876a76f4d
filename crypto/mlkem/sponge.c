/* crypto/mlkem/sponge.c: SHA-3 and SHAKE, FIPS 202 4 and 6, on the permutation.
 *
 * Time depends on lengths alone. */
#include "crypto/mlkem/sponge.h"
#include "base/ct.h"

enum { SUFFIX_SHA3 = 0x06, SUFFIX_SHAKE = 0x1f, LANE = 8 };

static hfi_sponge sponge_of(size_t rate, uint8_t suffix)
{
    hfi_sponge sponge = {.rate = rate, .suffix = suffix};
    return sponge;
}

hfi_sponge hfi_sponge_sha3_256(void)
{
    return sponge_of(136, SUFFIX_SHA3);
}

hfi_sponge hfi_sponge_sha3_512(void)
{
    return sponge_of(72, SUFFIX_SHA3);
}

hfi_sponge hfi_sponge_shake128(void)
{
    return sponge_of(HFI_SHAKE128_RATE, SUFFIX_SHAKE);
}

hfi_sponge hfi_sponge_shake256(void)
{
    return sponge_of(136, SUFFIX_SHAKE);
}

static void xor_byte(hfi_sponge *sponge, size_t at, uint8_t byte)
{
    sponge->lanes[at / LANE] ^= (uint64_t)byte << (8 * (at % LANE));
}

/* Written out, so that compilers see the one load or store that it is. */
static uint64_t load_lane(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
           (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
           (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

static void store_lane(uint8_t *p, uint64_t lane)
{
    p[0] = (uint8_t)lane;
    p[1] = (uint8_t)(lane >> 8);
    p[2] = (uint8_t)(lane >> 16);
    p[3] = (uint8_t)(lane >> 24);
    p[4] = (uint8_t)(lane >> 32);
    p[5] = (uint8_t)(lane >> 40);
    p[6] = (uint8_t)(lane >> 48);
    p[7] = (uint8_t)(lane >> 56);
}

static void turn_if_full(hfi_sponge *sponge)
{
    if (sponge->used == sponge->rate) {
        hfi_keccak_permute(sponge->lanes);
        sponge->used = 0;
    }
}

void hfi_sponge_absorb(hfi_sponge *sponge, hfi_view bytes)
{
    size_t done = 0;

    while (done < bytes.len) {
        if (sponge->used % LANE == 0 && bytes.len - done >= LANE) {
            sponge->lanes[sponge->used / LANE] ^= load_lane(&bytes.p[done]);
            sponge->used += LANE;
            done += LANE;
        } else {
            xor_byte(sponge, sponge->used++, bytes.p[done++]);
        }
        turn_if_full(sponge);
    }
}

/* Output is taken from a state that is permuted when its first byte is asked for. */
void hfi_sponge_pad(hfi_sponge *sponge)
{
    xor_byte(sponge, sponge->used, sponge->suffix);
    xor_byte(sponge, sponge->rate - 1, 0x80);
    sponge->used = sponge->rate;
}

void hfi_sponge_squeeze(hfi_sponge *sponge, uint8_t *out, size_t len)
{
    size_t done = 0;

    while (done < len) {
        turn_if_full(sponge);
        uint64_t lane = sponge->lanes[sponge->used / LANE];
        if (sponge->used % LANE == 0 && len - done >= LANE) {
            store_lane(&out[done], lane);
            sponge->used += LANE;
            done += LANE;
        } else {
            out[done++] = (uint8_t)(lane >> (8 * (sponge->used % LANE)));
            sponge->used++;
        }
    }
}

void hfi_sponge_finish(hfi_sponge *sponge, uint8_t *out, size_t len)
{
    hfi_sponge_pad(sponge);
    hfi_sponge_squeeze(sponge, out, len);
    hfi_wipe(sponge, sizeof *sponge);
}
