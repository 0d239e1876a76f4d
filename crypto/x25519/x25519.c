/* crypto/x25519/x25519.c: the Montgomery ladder of RFC 7748 5.
 *
 * A number modulo p = 2^255 - 19 stands in five limbs of 51 bits, least significant
 * first. Products keep limbs below 2^51 + 2^13; a sum or a difference of two such is
 * below 2^53, and multiplication takes limbs of up to 2^54: five products of two such,
 * four of them times 19, are below 2^115.  No branch and no index depends on a secret. */
#include "crypto/x25519/x25519.h"

#if HFI_HAVE_X25519

#include "base/ct.h"

enum { LIMBS = 5, LIMB_BITS = 51, LADDER_STEPS = 255, A24 = 121665 };

#define LIMB_MASK ((UINT64_C(1) << LIMB_BITS) - 1)

__extension__ typedef unsigned __int128 wide;

typedef struct number {
    uint64_t limb[LIMBS];
} number;

/* ---- arithmetic ---- */

static inline number add(const number *a, const number *b)
{
    number out;

    for (int i = 0; i < LIMBS; i++)
        out.limb[i] = a->limb[i] + b->limb[i];
    return out;
}

/* Adds 2 p first, so that no limb becomes negative. */
static inline number subtract(const number *a, const number *b)
{
    number out;

    out.limb[0] = a->limb[0] + 2 * (LIMB_MASK - 18) - b->limb[0];
    for (int i = 1; i < LIMBS; i++)
        out.limb[i] = a->limb[i] + 2 * LIMB_MASK - b->limb[i];
    return out;
}

/* 2^255 is 19: what leaves the last limb comes back into the first. */
static inline number carry(wide t0, wide t1, wide t2, wide t3, wide t4)
{
    number out;

    t1 += (uint64_t)(t0 >> LIMB_BITS);
    t2 += (uint64_t)(t1 >> LIMB_BITS);
    t3 += (uint64_t)(t2 >> LIMB_BITS);
    t4 += (uint64_t)(t3 >> LIMB_BITS);
    out.limb[0] = ((uint64_t)t0 & LIMB_MASK) + 19 * (uint64_t)(t4 >> LIMB_BITS);
    out.limb[1] = ((uint64_t)t1 & LIMB_MASK) + (out.limb[0] >> LIMB_BITS);
    out.limb[0] &= LIMB_MASK;
    out.limb[2] = (uint64_t)t2 & LIMB_MASK;
    out.limb[3] = (uint64_t)t3 & LIMB_MASK;
    out.limb[4] = (uint64_t)t4 & LIMB_MASK;
    return out;
}

static inline number multiply(const number *x, const number *y)
{
    const uint64_t *a = x->limb, *b = y->limb;
    uint64_t c1 = 19 * b[1], c2 = 19 * b[2], c3 = 19 * b[3], c4 = 19 * b[4];

    return carry((wide)a[0] * b[0] + (wide)a[1] * c4 + (wide)a[2] * c3 + (wide)a[3] * c2 +
                     (wide)a[4] * c1,
                 (wide)a[0] * b[1] + (wide)a[1] * b[0] + (wide)a[2] * c4 +
                     (wide)a[3] * c3 + (wide)a[4] * c2,
                 (wide)a[0] * b[2] + (wide)a[1] * b[1] + (wide)a[2] * b[0] +
                     (wide)a[3] * c4 + (wide)a[4] * c3,
                 (wide)a[0] * b[3] + (wide)a[1] * b[2] + (wide)a[2] * b[1] +
                     (wide)a[3] * b[0] + (wide)a[4] * c4,
                 (wide)a[0] * b[4] + (wide)a[1] * b[3] + (wide)a[2] * b[2] +
                     (wide)a[3] * b[1] + (wide)a[4] * b[0]);
}

static inline number square(const number *x)
{
    const uint64_t *a = x->limb;
    uint64_t d0 = 2 * a[0], d1 = 2 * a[1], d2 = 38 * a[2], d4 = 38 * a[4];
    uint64_t c3 = 19 * a[3], c4 = 19 * a[4];

    return carry((wide)a[0] * a[0] + (wide)d4 * a[1] + (wide)d2 * a[3],
                 (wide)d0 * a[1] + (wide)d4 * a[2] + (wide)c3 * a[3],
                 (wide)d0 * a[2] + (wide)a[1] * a[1] + (wide)d4 * a[3],
                 (wide)d0 * a[3] + (wide)d1 * a[2] + (wide)c4 * a[4],
                 (wide)d0 * a[4] + (wide)d1 * a[3] + (wide)a[2] * a[2]);
}

static inline number multiply_small(const number *x, uint64_t n)
{
    const uint64_t *a = x->limb;

    return carry((wide)a[0] * n, (wide)a[1] * n, (wide)a[2] * n, (wide)a[3] * n,
                 (wide)a[4] * n);
}

/* x^(2^n) */
static number square_often(const number *x, int n)
{
    number out = square(x);

    while (--n > 0)
        out = square(&out);
    return out;
}

/* x^(p - 2), by Fermat 1 / x; zero stays zero.  x_n below is x^(2^n - 1), and
 * x^(2^(m+n) - 1) is (x_m)^(2^n) x_n. */
static number invert(const number *x)
{
    number x2 = square(x);
    number t = square_often(&x2, 2);
    number x9 = multiply(&t, x);
    number x11 = multiply(&x9, &x2);
    t = square(&x11);
    number x_5 = multiply(&t, &x9); /* x^31 */
    t = square_often(&x_5, 5);
    number x_10 = multiply(&t, &x_5);
    t = square_often(&x_10, 10);
    number x_20 = multiply(&t, &x_10);
    t = square_often(&x_20, 20);
    number x_40 = multiply(&t, &x_20);
    t = square_often(&x_40, 10);
    number x_50 = multiply(&t, &x_10);
    t = square_often(&x_50, 50);
    number x_100 = multiply(&t, &x_50);
    t = square_often(&x_100, 100);
    number x_200 = multiply(&t, &x_100);
    t = square_often(&x_200, 50);
    number x_250 = multiply(&t, &x_50);
    t = square_often(&x_250, 5); /* 2^255 - 32, and 11 more make p - 2 */
    return multiply(&t, &x11);
}

/* ---- bytes ---- */

static uint64_t load_8(const uint8_t *p)
{
    uint64_t n = 0;

    for (int i = 7; i >= 0; i--)
        n = n << 8 | p[i];
    return n;
}

/* Limb i begins at bit 51 i: in byte 6 i, so many bits up; the last one's eight bytes
 * would pass the end and begin earlier. */
static number load(const uint8_t bytes[HFI_X25519_SIZE])
{
    number out = {{load_8(bytes) & LIMB_MASK, load_8(bytes + 6) >> 3 & LIMB_MASK,
                   load_8(bytes + 12) >> 6 & LIMB_MASK,
                   load_8(bytes + 19) >> 1 & LIMB_MASK,
                   load_8(bytes + 24) >> 12 & LIMB_MASK}};
    return out;
}

static void normalize(number *x)
{
    for (int i = 0; i < LIMBS - 1; i++) {
        x->limb[i + 1] += x->limb[i] >> LIMB_BITS;
        x->limb[i] &= LIMB_MASK;
    }
}

/* The number below p, least significant byte first. */
static void store(uint8_t out[HFI_X25519_SIZE], const number *x)
{
    number n = *x;
    uint64_t over = 19;

    for (int i = 0; i < 2; i++) {
        normalize(&n);
        n.limb[0] += 19 * (n.limb[LIMBS - 1] >> LIMB_BITS);
        n.limb[LIMBS - 1] &= LIMB_MASK;
    }
    /* 1 if n + 19 reaches 2^255, which is if n is p or more. */
    for (int i = 0; i < LIMBS; i++)
        over = (n.limb[i] + over) >> LIMB_BITS;
    n.limb[0] += 19 * over;
    normalize(&n);
    n.limb[LIMBS - 1] &= LIMB_MASK;

    uint64_t words[4] = {
        n.limb[0] | n.limb[1] << 51,
        n.limb[1] >> 13 | n.limb[2] << 38,
        n.limb[2] >> 26 | n.limb[3] << 25,
        n.limb[3] >> 39 | n.limb[4] << 12,
    };
    for (int i = 0; i < HFI_X25519_SIZE; i++)
        out[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
    hfi_wipe(&n, sizeof n);
    hfi_wipe(words, sizeof words);
}

/* ---- the ladder ---- */

/* Two points: x2 / z2, and the one that is further by the base point, x3 / z3. */
typedef struct ladder {
    number x2, z2, x3, z3;
} ladder;

/* Exchanges a and b if swap is 1, and leaves them if it is 0. */
static inline void exchange(number *a, number *b, uint64_t swap)
{
    uint64_t mask = 0 - swap;

    for (int i = 0; i < LIMBS; i++) {
        uint64_t differ = mask & (a->limb[i] ^ b->limb[i]);
        a->limb[i] ^= differ;
        b->limb[i] ^= differ;
    }
}

/* RFC 7748 5, with its names. */
static inline void step(ladder *l, const number *x1)
{
    number a = add(&l->x2, &l->z2), b = subtract(&l->x2, &l->z2);
    number c = add(&l->x3, &l->z3), d = subtract(&l->x3, &l->z3);
    number da = multiply(&d, &a), cb = multiply(&c, &b);
    number aa = square(&a), bb = square(&b);
    number e = subtract(&aa, &bb);

    number sum = add(&da, &cb), difference = subtract(&da, &cb);
    l->x3 = square(&sum);
    difference = square(&difference);
    l->z3 = multiply(&difference, x1);
    l->x2 = multiply(&aa, &bb);
    number part = multiply_small(&e, A24);
    part = add(&part, &aa);
    l->z2 = multiply(&e, &part);
}

void hfi_x25519(uint8_t out[HFI_X25519_SIZE], const uint8_t scalar[HFI_X25519_SIZE],
                const uint8_t u[HFI_X25519_SIZE])
{
    number x1 = load(u);
    ladder l = {.x2 = {{1}}, .x3 = x1, .z3 = {{1}}};
    uint64_t swap = 0;

    for (int t = LADDER_STEPS - 1; t >= 0; t--) {
        /* Bits 0 to 2 count as 0, and bit 254 as 1. */
        uint64_t bit = t < 3 ? 0 : t == 254 ? 1 : (uint64_t)(scalar[t / 8] >> t % 8) & 1;
        exchange(&l.x2, &l.x3, swap ^ bit);
        exchange(&l.z2, &l.z3, swap ^ bit);
        swap = bit;
        step(&l, &x1);
    }
    /* The last bit was 0: nothing is left to be exchanged. */
    number inverse = invert(&l.z2);
    number result = multiply(&l.x2, &inverse);
    store(out, &result);
    hfi_wipe(&l, sizeof l);
    hfi_wipe(&inverse, sizeof inverse);
    hfi_wipe(&result, sizeof result);
}

#endif
