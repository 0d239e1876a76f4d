/* tests/unit/crypto/test_mlkem.c: ML-KEM as FIPS 203 6 and 7 have it.  Its values are
 * held against Wycheproof's; here stands what it refuses and what belongs together. */
#include "crypto/mlkem/mlkem.h"
#include "crypto/mlkem/sponge.h"
#include "hex.h"

static const hfi_mlkem *const sets[] = {&hfi_mlkem_512, &hfi_mlkem_768, &hfi_mlkem_1024};
enum { SETS = sizeof sets / sizeof sets[0] };

/* A key pair, something encapsulated to it, and one byte of room behind each. */
typedef struct exchange {
    const hfi_mlkem *set;
    uint8_t seed[HFI_MLKEM_SEED];
    uint8_t ek[HFI_MLKEM_EK_MAX + 1];
    uint8_t dk[HFI_MLKEM_DK_MAX + 1];
    uint8_t ct[HFI_MLKEM_CT_MAX + 1];
    uint8_t secret[HFI_MLKEM_SECRET];
} exchange;

static exchange exchange_of(const hfi_mlkem *set)
{
    exchange x = {.set = set};
    uint8_t random[HFI_MLKEM_RANDOM];

    for (size_t i = 0; i < sizeof x.seed; i++)
        x.seed[i] = (uint8_t)(7 * i + set->k);
    memset(random, 0x42, sizeof random);
    hfi_mlkem_keygen(set, x.seed, x.ek, x.dk);
    assert_true(
        hfi_mlkem_encaps(set, hfi_view_of(x.ek, set->ek_len), random, x.ct, x.secret));
    return x;
}

/* Both ways to decapsulate must agree. */
static void decaps(const exchange *x, uint8_t *secret)
{
    uint8_t by_seed[HFI_MLKEM_SECRET];

    assert_true(hfi_mlkem_decaps(x->set, hfi_view_of(x->dk, x->set->dk_len),
                                 hfi_view_of(x->ct, x->set->ct_len), secret));
    assert_true(hfi_mlkem_decaps_seed(x->set, x->seed, hfi_view_of(x->ct, x->set->ct_len),
                                      by_seed));
    assert_memory_equal(secret, by_seed, sizeof by_seed);
}

static void test_wrong_lengths(void **state)
{
    static const uint8_t random[HFI_MLKEM_RANDOM];
    uint8_t out[HFI_MLKEM_CT_MAX], secret[HFI_MLKEM_SECRET];

    (void)state;
    for (size_t i = 0; i < SETS; i++) {
        exchange x = exchange_of(sets[i]);
        const size_t ek = x.set->ek_len, dk = x.set->dk_len, ct = x.set->ct_len;
        for (size_t len = 0; len <= ek + 1; len++)
            assert_int_equal(len == ek, hfi_mlkem_encaps(x.set, hfi_view_of(x.ek, len),
                                                         random, out, secret));
        for (size_t len = dk - 1; len <= dk + 1; len++)
            assert_int_equal(len == dk, hfi_mlkem_decaps(x.set, hfi_view_of(x.dk, len),
                                                         hfi_view_of(x.ct, ct), secret));
        for (size_t len = ct - 1; len <= ct + 1; len++) {
            hfi_view view = hfi_view_of(x.ct, len);
            assert_int_equal(
                len == ct, hfi_mlkem_decaps(x.set, hfi_view_of(x.dk, dk), view, secret));
            assert_int_equal(len == ct,
                             hfi_mlkem_decaps_seed(x.set, x.seed, view, secret));
        }
        assert_false(hfi_mlkem_encaps(x.set, hfi_view_of(NULL, 0), random, out, secret));
    }
}

/* Writes a number of 12 bits over the one at index, FIPS 203 algorithm 5. */
static void put_number(uint8_t *bytes, size_t index, unsigned number)
{
    uint8_t *p = &bytes[index / 2 * 3];
    if (index % 2 == 0) {
        p[0] = (uint8_t)number;
        p[1] = (uint8_t)((p[1] & 0xf0) | number >> 8);
    } else {
        p[1] = (uint8_t)((p[1] & 0x0f) | (number & 0xf) << 4);
        p[2] = (uint8_t)(number >> 4);
    }
}

/* FIPS 203 7.2: q - 1 is a number of the key, q and more are not, wherever they are. */
static void test_key_not_reduced(void **state)
{
    static const uint8_t random[HFI_MLKEM_RANDOM];
    uint8_t ct[HFI_MLKEM_CT_MAX], secret[HFI_MLKEM_SECRET];

    (void)state;
    for (size_t i = 0; i < SETS; i++) {
        exchange x = exchange_of(sets[i]);
        hfi_view ek = hfi_view_of(x.ek, x.set->ek_len);
        for (size_t at = 0; at < 256 * x.set->k; at += 85) {
            memcpy(x.ek, &x.dk[384 * x.set->k], ek.len);
            put_number(x.ek, at, 3329);
            assert_false(hfi_mlkem_encaps(x.set, ek, random, ct, secret));
            put_number(x.ek, at, 4095);
            assert_false(hfi_mlkem_encaps(x.set, ek, random, ct, secret));
            put_number(x.ek, at, 3328);
            assert_true(hfi_mlkem_encaps(x.set, ek, random, ct, secret));
        }
        put_number(x.ek, 256 * x.set->k - 1, 3329);
        assert_false(hfi_mlkem_encaps(x.set, ek, random, ct, secret));
    }
}

/* FIPS 203 7.3: a decapsulation key holds the hash of its encapsulation key. */
static void test_key_hash(void **state)
{
    uint8_t secret[HFI_MLKEM_SECRET];

    (void)state;
    for (size_t i = 0; i < SETS; i++) {
        exchange x = exchange_of(sets[i]);
        const size_t ek_at = 384 * (size_t)x.set->k;
        const size_t hash_at = ek_at + x.set->ek_len;
        const size_t places[] = {ek_at, hash_at - 1, hash_at, hash_at + 31};
        for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
            x.dk[places[k]] ^= 1;
            assert_false(hfi_mlkem_decaps(x.set, hfi_view_of(x.dk, x.set->dk_len),
                                          hfi_view_of(x.ct, x.set->ct_len), secret));
            x.dk[places[k]] ^= 1;
        }
    }
}

/* Any changed bit: another secret, which is J(z || c). */
static void test_implicit_rejection(void **state)
{
    uint8_t secret[HFI_MLKEM_SECRET], want[HFI_MLKEM_SECRET];

    (void)state;
    for (size_t i = 0; i < SETS; i++) {
        exchange x = exchange_of(sets[i]);
        for (size_t bit = 0; bit < 8 * x.set->ct_len; bit += 101) {
            x.ct[bit / 8] ^= (uint8_t)(1u << bit % 8);
            hfi_sponge j = hfi_sponge_shake256();
            hfi_sponge_absorb(&j, hfi_view_of(&x.seed[32], 32));
            hfi_sponge_absorb(&j, hfi_view_of(x.ct, x.set->ct_len));
            hfi_sponge_finish(&j, want, sizeof want);
            decaps(&x, secret);
            assert_memory_equal(secret, want, sizeof want);
            assert_memory_not_equal(secret, x.secret, sizeof secret);
            x.ct[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        x.ct[x.set->ct_len - 1] ^= 0x80;
        decaps(&x, secret);
        assert_memory_not_equal(secret, x.secret, sizeof secret);
    }
}

static void test_agreement(void **state)
{
    uint8_t secret[HFI_MLKEM_SECRET];

    (void)state;
    for (size_t i = 0; i < SETS; i++) {
        exchange x = exchange_of(sets[i]);
        decaps(&x, secret);
        assert_memory_equal(secret, x.secret, sizeof secret);
    }
}

/* The key's bytes are the same with and without the expanded key, and dk holds them. */
static void test_keygen_without_dk(void **state)
{
    uint8_t ek[HFI_MLKEM_EK_MAX];

    (void)state;
    for (size_t i = 0; i < SETS; i++) {
        exchange x = exchange_of(sets[i]);
        hfi_mlkem_keygen(x.set, x.seed, ek, NULL);
        assert_memory_equal(ek, x.ek, x.set->ek_len);
        assert_memory_equal(ek, &x.dk[384 * x.set->k], x.set->ek_len);
    }
}

/* FIPS 203 table 3. */
static void test_sizes(void **state)
{
    static const size_t sizes[SETS][3] = {
        {800, 1632, 768}, {1184, 2400, 1088}, {1568, 3168, 1568}};

    (void)state;
    for (size_t i = 0; i < SETS; i++) {
        assert_int_equal(sets[i]->ek_len, sizes[i][0]);
        assert_int_equal(sets[i]->dk_len, sizes[i][1]);
        assert_int_equal(sets[i]->ct_len, sizes[i][2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_lengths), cmocka_unit_test(test_key_not_reduced),
        cmocka_unit_test(test_key_hash),      cmocka_unit_test(test_implicit_rejection),
        cmocka_unit_test(test_agreement),     cmocka_unit_test(test_keygen_without_dk),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
