/* tests/unit/crypto/test_group_hybrid.c: X25519MLKEM768 and SecP256r1MLKEM768,
 * draft-ietf-tls-ecdhe-mlkem 3 and 4; and that every group answers what it is sent. */
#include "crypto/mlkem/mlkem.h"
#include "hex.h"

enum { EK = HFI_MLKEM_768_EK, CT = HFI_MLKEM_768_CT, SEED = HFI_MLKEM_SEED };

typedef struct row {
    const hfi_group *const *group;
    const hfi_group *const *curve;
    const char *name;
    uint16_t id;
    size_t point;
    size_t share_kem, share_point;   /* where the client's parts stand */
    size_t answer_kem, answer_point; /* and the server's */
    size_t secret_kem, secret_curve;
} row;

static const row rows[] = {
    {&tested.x25519_mlkem768, &tested.x25519, "X25519MLKEM768", 0x11ec, 32, 0, EK, 0, CT,
     0, 32},
    {&tested.p256_mlkem768, &tested.p256, "SecP256r1MLKEM768", 0x11eb, 65, 65, 0, 65, 0,
     32, 0},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* Bytes that differ from draw to draw, as many as limit says, and then none. */
typedef struct counter_source {
    uint8_t next;
    size_t left;
} counter_source;

static bool counter_fill(void *ctx, uint8_t *p, size_t len)
{
    counter_source *source = ctx;

    if (len > source->left)
        return false;
    source->left -= len;
    for (size_t i = 0; i < len; i++)
        p[i] = source->next++;
    return true;
}

typedef struct exchange {
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX];
    uint8_t share[HFI_GROUP_SHARE_MAX + 1];
    uint8_t answer[HFI_GROUP_SHARE_MAX + 1];
    uint8_t secret[HFI_GROUP_SECRET_MAX]; /* the server's */
} exchange;

static exchange exchange_of(const hfi_group *group)
{
    counter_source source = {1, 1000};
    const hfi_random random = {counter_fill, &source};
    exchange x = {.private_key = {0}};

    assert_int_equal(group->generate(&random, x.private_key, x.share), HFI_OK);
    assert_int_equal(group->encapsulate(&random, hfi_view_of(x.share, group->share_len),
                                        x.answer, x.secret),
                     HFI_OK);
    return x;
}

static void expect_refused(const hfi_group *group, const exchange *x)
{
    counter_source source = {99, 1000};
    const hfi_random random = {counter_fill, &source};
    uint8_t answer[HFI_GROUP_SHARE_MAX], secret[HFI_GROUP_SECRET_MAX];

    assert_int_equal(group->encapsulate(&random, hfi_view_of(x->share, group->share_len),
                                        answer, secret),
                     HFI_E_KEY_SHARE_INVALID);
}

static void test_wrong_lengths(void **state)
{
    uint8_t answer[HFI_GROUP_SHARE_MAX], secret[HFI_GROUP_SECRET_MAX];

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const hfi_group *g = *rows[i].group;
        exchange x = exchange_of(g);
        for (size_t len = 0; len <= g->peer_share_len + 1; len++) {
            if (len != g->peer_share_len)
                assert_int_equal(
                    g->derive(x.private_key, hfi_view_of(x.answer, len), secret),
                    HFI_E_KEY_SHARE_INVALID);
        }
        for (size_t len = 0; len <= g->share_len + 1; len++) {
            counter_source source = {99, 1000};
            const hfi_random random = {counter_fill, &source};
            if (len != g->share_len)
                assert_int_equal(
                    g->encapsulate(&random, hfi_view_of(x.share, len), answer, secret),
                    HFI_E_KEY_SHARE_INVALID);
        }
    }
}

/* The curve's half is checked as without ML-KEM: zeros are no point of P-256, and give
 * X25519's all-zero result. */
static void test_curve_part(void **state)
{
    uint8_t secret[HFI_GROUP_SECRET_MAX];

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const hfi_group *g = *rows[i].group;
        exchange x = exchange_of(g);
        memset(&x.share[rows[i].share_point], 0, rows[i].point);
        expect_refused(g, &x);
        memset(&x.answer[rows[i].answer_point], 0, rows[i].point);
        assert_int_equal(
            g->derive(x.private_key, hfi_view_of(x.answer, g->peer_share_len), secret),
            HFI_E_KEY_SHARE_INVALID);
    }
}

/* FIPS 203 7.2: the first number of the key becomes 4095. */
static void test_kem_key_not_reduced(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        exchange x = exchange_of(*rows[i].group);
        x.share[rows[i].share_kem] = 0xff;
        x.share[rows[i].share_kem + 1] |= 0x0f;
        expect_refused(*rows[i].group, &x);
    }
}

/* A changed ciphertext changes the secret and tells nothing. */
static void test_kem_ciphertext(void **state)
{
    uint8_t secret[HFI_GROUP_SECRET_MAX];

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const row *r = &rows[i];
        const hfi_group *g = *r->group;
        exchange x = exchange_of(g);
        x.answer[r->answer_kem + CT - 1] ^= 0x80;
        assert_int_equal(
            g->derive(x.private_key, hfi_view_of(x.answer, g->peer_share_len), secret),
            HFI_OK);
        assert_memory_not_equal(&secret[r->secret_kem], &x.secret[r->secret_kem], 32);
        assert_memory_equal(&secret[r->secret_curve], &x.secret[r->secret_curve], 32);
    }
}

/* Whichever draw fails. */
static void test_random_failure(void **state)
{
    static const uint8_t zeros[HFI_GROUP_PRIVATE_MAX];
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX], share[HFI_GROUP_SHARE_MAX];
    uint8_t secret[HFI_GROUP_SECRET_MAX];

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const hfi_group *g = *rows[i].group;
        exchange x = exchange_of(g);
        for (size_t bytes = 0; bytes < g->private_len; bytes += 31) {
            counter_source source = {1, bytes};
            const hfi_random random = {counter_fill, &source};
            memset(private_key, 0xee, sizeof private_key);
            assert_int_equal(g->generate(&random, private_key, share),
                             HFI_E_RANDOM_FAILED);
            assert_memory_equal(private_key, zeros, g->private_len);
        }
        for (size_t bytes = 0; bytes < 64; bytes += 31) {
            counter_source source = {1, bytes};
            const hfi_random random = {counter_fill, &source};
            assert_int_equal(g->encapsulate(&random, hfi_view_of(x.share, g->share_len),
                                            share, secret),
                             HFI_E_RANDOM_FAILED);
        }
    }
}

/* Each part is that of its own primitive, in the draft's order. */
static void test_layout(void **state)
{
    uint8_t ek[EK], half[32];

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const row *r = &rows[i];
        exchange x = exchange_of(*r->group);
        const uint8_t *seed = &x.private_key[(*r->curve)->private_len];
        counter_source source = {1, 32};
        const hfi_random random = {counter_fill, &source};
        uint8_t private_key[HFI_GROUP_PRIVATE_MAX], point[65];

        hfi_mlkem_keygen(&hfi_mlkem_768, seed, ek, NULL);
        assert_memory_equal(&x.share[r->share_kem], ek, EK);
        assert_int_equal((*r->curve)->generate(&random, private_key, point), HFI_OK);
        assert_memory_equal(&x.share[r->share_point], point, r->point);

        assert_true(hfi_mlkem_decaps_seed(
            &hfi_mlkem_768, seed, hfi_view_of(&x.answer[r->answer_kem], CT), half));
        assert_memory_equal(&x.secret[r->secret_kem], half, 32);
        assert_int_equal(
            (*r->curve)->derive(x.private_key,
                                hfi_view_of(&x.answer[r->answer_point], r->point), half),
            HFI_OK);
        assert_memory_equal(&x.secret[r->secret_curve], half, 32);
    }
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const hfi_group *g = *rows[i].group;
        assert_string_equal(g->name, rows[i].name);
        assert_int_equal(g->id, rows[i].id);
        assert_int_equal(g->private_len, 32 + SEED);
        assert_int_equal(g->share_len, rows[i].point + EK);
        assert_int_equal(g->peer_share_len, rows[i].point + CT);
        assert_int_equal(g->secret_len, 64);
    }
}

/* Of all groups: what encapsulate answers gives generate's side the same secret. */
static void test_every_group_answers(void **state)
{
    const hfi_crypto *c = &tested;
    const hfi_group *const groups[] = {
        c->x25519,          c->x448,          c->p256, c->p384, c->p521,
        c->x25519_mlkem768, c->p256_mlkem768,
    };

    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        const hfi_group *g = groups[i];
        exchange x = exchange_of(g);
        uint8_t secret[HFI_GROUP_SECRET_MAX];
        assert_in_range(g->private_len, 1, HFI_GROUP_PRIVATE_MAX);
        assert_in_range(g->share_len, g->peer_share_len, HFI_GROUP_SHARE_MAX);
        assert_int_equal(
            g->derive(x.private_key, hfi_view_of(x.answer, g->peer_share_len), secret),
            HFI_OK);
        assert_memory_equal(secret, x.secret, g->secret_len);
        assert_memory_not_equal(x.share, x.answer, 32);

        counter_source source = {1, 0};
        const hfi_random random = {counter_fill, &source};
        assert_int_equal(
            g->encapsulate(&random, hfi_view_of(x.share, g->share_len), x.answer, secret),
            HFI_E_RANDOM_FAILED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_lengths),
        cmocka_unit_test(test_curve_part),
        cmocka_unit_test(test_kem_key_not_reduced),
        cmocka_unit_test(test_kem_ciphertext),
        cmocka_unit_test(test_random_failure),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_group_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
