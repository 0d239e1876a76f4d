/* tests/unit/crypto/test_group_nist.c: ECDH on P-256, P-384 and P-521 against RFC 5903
 * 8.1 to 8.3; what is not an uncompressed point on the curve is refused. */
#include "hex.h"

#include <stdio.h>

typedef struct pair {
    const hfi_group *const *group;
    const char *name;
    uint16_t id;
    const char *private_i, *x_i, *y_i;
    const char *private_r, *x_r, *y_r;
    const char *secret;
    const char *prime; /* of the field */
    const char *order; /* of the group */
    const char *order_less_1;
} pair;

static const pair pairs[] = {
    {&hfi_crypto_nettle.p256, "secp256r1", 0x0017,
     "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
     "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180",
     "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
     "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
     "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63",
     "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de",
     "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"},
    {&hfi_crypto_nettle.p384, "secp384r1", 0x0018,
     "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655"
     "e35b538041e649ee3faef896783ab194",
     "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6"
     "de3ac808acb4bdb4c88732aee95f41aa",
     "9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38e"
     "eb9fcff3c2c947dae69b4c634573a81c",
     "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942"
     "e0308312916b8ed2960e4bd55a7448fc",
     "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d"
     "0d1ac43a0336def96fda41d0774a3571",
     "dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1ff"
     "f83fa40142209dff5eaad96db9e6386c",
     "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4"
     "d603135569b9e9d09cf5d4a270f59746",
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
     "ffffffff0000000000000000ffffffff",
     "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
     "581a0db248b0a77aecec196accc52973",
     "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
     "581a0db248b0a77aecec196accc52972"},
    {&hfi_crypto_nettle.p521, "secp521r1", 0x0019,
     "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095"
     "aa85a30fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d4a52",
     "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbee1"
     "e3bf42e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d176ced3e",
     "017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4a10ad8"
     "a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3926f9582",
     "0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e9c"
     "677d600b343757a3bdbf2a3163e4c2f869cca7458aa4a4effc311f5cb151685eb9",
     "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a219b"
     "97c356436adc6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012d9460f",
     "015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d9852077b8722"
     "0b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd17f0fc56a",
     "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1"
     "427e73ca4baa240a34786859810c06b3c715a3a8cc3151f2bee417996d19f3ddea",
     "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
     "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386408"},
};

enum { PAIRS = sizeof pairs / sizeof pairs[0], TEXT = 1024 };

static hfi_err derive(const pair *p, const char *private_key, const char *share,
                      uint8_t *secret)
{
    hfi_span own = hex(private_key);
    hfi_span peer = hex(share);
    hfi_err err = (*p->group)->derive(own.p, hfi_view_of(peer.p, peer.len), secret);
    hex_free(own);
    hex_free(peer);
    return err;
}

static void expect_share_refused(const pair *p, const char *form, const char *x,
                                 const char *y)
{
    char share[TEXT];
    uint8_t secret[HFI_GROUP_SECRET_MAX];

    (void)snprintf(share, sizeof share, "%s%s%s", form, x, y);
    assert_int_equal(derive(p, p->private_i, share, secret), HFI_E_KEY_SHARE_INVALID);
}

/* RFC 8446 4.2.8.2: legacy_form is 4, and both coordinates have the field's length. */
static void test_encodings(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        const pair *p = &pairs[i];
        expect_share_refused(p, "", "", "");
        expect_share_refused(p, "00", "", "");     /* infinity */
        expect_share_refused(p, "02", p->x_r, ""); /* compressed */
        expect_share_refused(p, "03", p->x_r, "");
        expect_share_refused(p, "02", p->x_r, p->y_r);
        expect_share_refused(p, "06", p->x_r, p->y_r); /* hybrid */
        expect_share_refused(p, "07", p->x_r, p->y_r);
        expect_share_refused(p, "00", p->x_r, p->y_r);
        expect_share_refused(p, "", p->x_r, p->y_r); /* no form */
        expect_share_refused(p, "04", p->x_r, "");
        expect_share_refused(p, "0400", p->x_r, p->y_r);
        expect_share_refused(p, "04", p->x_r, &p->y_r[2]);
        const pair *other = &pairs[(i + 1) % PAIRS];
        expect_share_refused(p, "04", other->x_r, other->y_r);
    }
}

static void test_trailing_byte(void **state)
{
    char y[TEXT / 2];

    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        (void)snprintf(y, sizeof y, "%s00", pairs[i].y_r);
        expect_share_refused(&pairs[i], "04", pairs[i].x_r, y);
    }
}

static void test_points_off_the_curve(void **state)
{
    char zero[TEXT] = {0};

    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        const pair *p = &pairs[i];
        memset(zero, '0', strlen(p->x_r));
        zero[strlen(p->x_r)] = '\0';
        expect_share_refused(p, "04", p->x_r, p->y_i);
        expect_share_refused(p, "04", p->y_r, p->x_r);
        expect_share_refused(p, "04", zero, zero);
        expect_share_refused(p, "04", p->prime, p->y_r); /* a coordinate out of range */
        expect_share_refused(p, "04", p->x_r, p->prime);
    }
}

/* The points with x = 0 are on the curve (y^2 = b); x written as the prime, which is 0
 * modulo itself, fulfils the equation and is out of range. */
static void test_coordinate_zero(void **state)
{
    static const char *const roots[PAIRS] = {
        "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4",
        "c306610fb0ae5a159cf45c06069f22a6c5eb3641c602d42dea2c4b4f75550793"
        "406d80d2b91ad54f9048bd487af1ade1",
        "012df13601594a883ef2d935e44bb90bf4d6619b74e52af7552f97769011c0719e"
        "b439cfab2a88d40fe59a2bed1f43557169a2d0a2ccd280c607b92bbf51ffe0b078"};

    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        const pair *p = &pairs[i];
        char share[TEXT];
        uint8_t secret[HFI_GROUP_SECRET_MAX];
        (void)snprintf(share, sizeof share, "04%0*d%s", (int)strlen(p->prime), 0,
                       roots[i]);
        assert_int_equal(derive(p, p->private_i, share, secret), HFI_OK);
        expect_share_refused(p, "04", p->prime, roots[i]);
    }
}

/* A private key that was wiped must not yield a "secret". */
static void test_wiped_private_key(void **state)
{
    char share[TEXT];
    char zero[TEXT] = {0};
    uint8_t secret[HFI_GROUP_SECRET_MAX];

    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        const pair *p = &pairs[i];
        memset(zero, '0', strlen(p->x_r));
        (void)snprintf(share, sizeof share, "04%s%s", p->x_r, p->y_r);
        assert_int_equal(derive(p, zero, share, secret), HFI_E_INTERNAL);
        assert_int_equal(derive(p, p->order, share, secret), HFI_E_INTERNAL);
    }
}

static void test_random_failure(void **state)
{
    static const uint8_t zeros[HFI_GROUP_PRIVATE_MAX];
    const hfi_random random = {failing_fill, NULL};
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX];
    uint8_t share[HFI_GROUP_SHARE_MAX];

    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        const hfi_group *g = *pairs[i].group;
        memset(private_key, 0xee, sizeof private_key);
        assert_int_equal(g->generate(&random, private_key, share), HFI_E_RANDOM_FAILED);
        assert_memory_equal(private_key, zeros, g->private_len);
    }
}

static bool stuck_fill(void *ctx, uint8_t *p, size_t len)
{
    memset(p, *(const uint8_t *)ctx, len);
    return true;
}

/* 0 and 2^n - 1 are never private keys: such a source must not be asked for ever. */
static void test_stuck_random(void **state)
{
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX];
    uint8_t share[HFI_GROUP_SHARE_MAX];
    uint8_t stuck[] = {0x00, 0xff};

    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        for (size_t k = 0; k < sizeof stuck; k++) {
            const hfi_random random = {stuck_fill, &stuck[k]};
            assert_int_equal((*pairs[i].group)->generate(&random, private_key, share),
                             HFI_E_RANDOM_FAILED);
        }
    }
}

/* Draws out of range are thrown away, not reduced; the largest scalar is taken. */
static void test_generate(void **state)
{
    char draws[2 * TEXT];
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX];
    uint8_t share[HFI_GROUP_SHARE_MAX];

    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        const pair *p = &pairs[i];
        const hfi_group *g = *p->group;
        char want[TEXT];
        (void)snprintf(draws, sizeof draws, "%s%s%s", p->order, p->private_i,
                       p->order_less_1);
        (void)snprintf(want, sizeof want, "04%s%s", p->x_i, p->y_i);
        fixed_source source = {.bytes = hex(draws)};
        const hfi_random random = {fixed_fill, &source};

        assert_int_equal(g->generate(&random, private_key, share), HFI_OK);
        assert_int_equal(source.calls, 2);
        expect_hex(private_key, g->private_len, p->private_i);
        expect_hex(share, g->share_len, want);
        assert_int_equal(g->generate(&random, private_key, share), HFI_OK);
        expect_hex(private_key, g->private_len, p->order_less_1);
        assert_int_equal(g->generate(&random, private_key, share), HFI_E_RANDOM_FAILED);
        hex_free(source.bytes);
    }
}

static void test_agreement(void **state)
{
    char share[TEXT];
    uint8_t secret[HFI_GROUP_SECRET_MAX];

    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        const pair *p = &pairs[i];
        const hfi_group *g = *p->group;
        (void)snprintf(share, sizeof share, "04%s%s", p->x_r, p->y_r);
        assert_int_equal(derive(p, p->private_i, share, secret), HFI_OK);
        expect_hex(secret, g->secret_len, p->secret);
        (void)snprintf(share, sizeof share, "04%s%s", p->x_i, p->y_i);
        assert_int_equal(derive(p, p->private_r, share, secret), HFI_OK);
        expect_hex(secret, g->secret_len, p->secret);
    }
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        const hfi_group *g = *pairs[i].group;
        assert_string_equal(g->name, pairs[i].name);
        assert_int_equal(g->id, pairs[i].id);
        assert_int_equal(2 * g->private_len, strlen(pairs[i].private_i));
        assert_int_equal(2 * g->secret_len, strlen(pairs[i].x_i));
        assert_int_equal(g->share_len, 1 + 2 * g->secret_len);
        assert_int_equal(g->peer_share_len, g->share_len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_trailing_byte),
        cmocka_unit_test(test_points_off_the_curve),
        cmocka_unit_test(test_coordinate_zero),
        cmocka_unit_test(test_wiped_private_key),
        cmocka_unit_test(test_random_failure),
        cmocka_unit_test(test_stuck_random),
        cmocka_unit_test(test_generate),
        cmocka_unit_test(test_agreement),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
