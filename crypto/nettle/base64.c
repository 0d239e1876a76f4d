/* crypto/nettle/base64.c: base64, RFC 4648 4, as PEM uses it.
 *
 * nettle's own decoder takes any amount of padding where one digit stands alone
 * ("A===") and white space within a group, and works byte by byte; a trust store is
 * all base64, so this one works by groups of four and has one reading of each input.
 *
 * It is compiled twice: certificates are decoded with a table, private keys without one,
 * for an index into a table tells the cache what it was. */
#include "crypto/nettle/primitives.h"

enum {
    XX = 0x80, /* not a digit */
    GROUP = 4,
};

static const uint8_t digits[256] = {
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* 00 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* 10 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, 62, XX, XX, XX, 63, /* 20 */
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, XX, XX, XX, XX, XX, XX, /* 30 */
    XX, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, /* 40 */
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, XX, XX, XX, XX, XX, /* 50 */
    XX, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, /* 60 */
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, XX, XX, XX, XX, XX, /* 70 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* 80 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* 90 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* a0 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* b0 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* c0 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* d0 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* e0 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* f0 */
};

static inline uint8_t by_table(uint8_t c)
{
    return digits[c];
}

/* All ones if first <= c <= last, else 0. */
static inline unsigned within(unsigned c, unsigned first, unsigned last)
{
    return 0u - (1u & ~((c - first) >> 31) & ~((last - c) >> 31));
}

/* The same without a table or a branch. */
static inline uint8_t by_arithmetic(uint8_t c)
{
    unsigned upper = within(c, 'A', 'Z'), lower = within(c, 'a', 'z');
    unsigned decimal = within(c, '0', '9');
    unsigned plus = within(c, '+', '+'), slash = within(c, '/', '/');
    unsigned none = ~(upper | lower | decimal | plus | slash);

    return (uint8_t)((upper & (c - 'A')) | (lower & (c - 'a' + 26u)) |
                     (decimal & (c - '0' + 52u)) | (plus & 62u) | (slash & 63u) |
                     (none & XX));
}

typedef uint8_t digit_of(uint8_t c);

/* The index of the first byte from i on that is not white space, or len. */
static size_t skip_space(const uint8_t *text, size_t i, size_t len)
{
    while (i < len && (text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r')))
        i++;
    return i;
}

/* The last group, with one or two '=' and no bit left over; 0 if it is none. */
static inline size_t decode_padded(const uint8_t *group, uint8_t *out, digit_of *digit)
{
    uint8_t a = digit(group[0]);
    uint8_t b = digit(group[1]);
    uint8_t c = digit(group[2]);

    if (group[3] != '=' || ((a | b) & XX) != 0)
        return 0;
    out[0] = (uint8_t)(a << 2 | b >> 4);
    if (group[2] == '=')
        return (b & 0x0f) == 0 ? 1 : 0;
    if ((c & (XX | 0x03)) != 0)
        return 0;
    out[1] = (uint8_t)(b << 4 | c >> 2);
    return 2;
}

/* Branches on what is a digit and what is not alone. */
__attribute__((always_inline)) static inline ptrdiff_t
decode(const uint8_t *text, size_t len, uint8_t *out, digit_of *digit)
{
    size_t written = 0;

    for (size_t i = skip_space(text, 0, len); i < len; i = skip_space(text, i, len)) {
        if (len - i < GROUP)
            return -1;
        uint8_t a = digit(text[i]);
        uint8_t b = digit(text[i + 1]);
        uint8_t c = digit(text[i + 2]);
        uint8_t d = digit(text[i + 3]);
        if (((a | b | c | d) & XX) != 0) {
            size_t last = decode_padded(&text[i], &out[written], digit);
            if (last == 0 || skip_space(text, i + GROUP, len) != len)
                return -1;
            return (ptrdiff_t)(written + last);
        }
        out[written] = (uint8_t)(a << 2 | b >> 4);
        out[written + 1] = (uint8_t)(b << 4 | c >> 2);
        out[written + 2] = (uint8_t)(c << 6 | d);
        written += 3;
        i += GROUP;
    }
    return (ptrdiff_t)written;
}

ptrdiff_t hfi_nettle_base64_decode(const uint8_t *text, size_t len, uint8_t *out)
{
    return decode(text, len, out, by_table);
}

ptrdiff_t hfi_nettle_base64_decode_secret(const uint8_t *text, size_t len, uint8_t *out)
{
    return decode(text, len, out, by_arithmetic);
}
