/* tests/unit/pki/test_pem.c: PEM text, RFC 7468. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pki/pem.h"

#define A16 "AAAAAAAAAAAAAAAA"
/* One character more than a label may have. */
#define LONG_LABEL \
    "-----BEGIN " A16 A16 A16 A16 "A-----\n-----END " A16 A16 A16 A16 "A-----\n"

static hfi_err first(const char *text, hfi_pem_block *block)
{
    hfi_view view = hfi_view_of_text(text);
    return hfi_pem_next(&view, block);
}

static void test_malformed(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "-----BEGIN A-----\nAAAA\n",                   /* no END */
        "-----BEGIN A-----\nAAAA\n-----END B-----\n",  /* another label */
        "-----BEGIN A-----\nAAAA\n-----END A----\n",   /* four dashes */
        "-----BEGIN A-----\nAAAA\n-----END A-----x\n", /* something behind it */
        "-----BEGIN A-----\nAAAA\n-----BEGIN A-----\nAAAA\n-----END A-----\n",
        "-----BEGIN A-----",
        "-----BEGIN A",
        "-----BEGIN -----\n-----END -----\n",
        "-----BEGIN A----- x\nAAAA\n-----END A-----\n",
        LONG_LABEL,
    };
    hfi_pem_block block;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(first(cases[i], &block), HFI_E_PEM_MALFORMED);
        assert_int_equal(block.label.len, 0);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "\n\n",
        "AAAA",
        "----",
        "-",
        "a -----BEGIN A-----\nAAAA\n-----END A-----\n",
        "-----END A-----\n",
        "-----begin A-----\n",
    };
    hfi_pem_block block;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(first(cases[i], &block), HFI_OK);
        assert_int_equal(block.label.len, 0);
    }
    hfi_view empty = hfi_view_of(NULL, 0);
    assert_int_equal(hfi_pem_next(&empty, &block), HFI_OK);
    assert_int_equal(block.label.len, 0);
}

static void test_blocks(void **state)
{
    (void)state;
    hfi_view text = hfi_view_of_text("remark - with -- dashes\r\n"
                                     "-----BEGIN A B-----\r\nAQID\r\nBA==\r\n"
                                     "-----END A B-----\r\n# more\n"
                                     "-----BEGIN C-----  \n-----END C-----");
    hfi_pem_block block;
    uint8_t out[32];
    size_t len;

    assert_int_equal(hfi_pem_next(&text, &block), HFI_OK);
    assert_true(hfi_view_equal(block.label, hfi_view_of_text("A B")));
    assert_int_equal(hfi_pem_decode(&hfi_crypto_nettle, &block, out, &len), HFI_OK);
    assert_int_equal(len, 4);
    assert_memory_equal(out, "\1\2\3\4", 4);
    assert_int_equal(hfi_pem_next(&text, &block), HFI_OK);
    assert_true(hfi_view_equal(block.label, hfi_view_of_text("C")));
    assert_int_equal(hfi_pem_decode(&hfi_crypto_nettle, &block, out, &len), HFI_OK);
    assert_int_equal(len, 0);
    assert_int_equal(hfi_pem_next(&text, &block), HFI_OK);
    assert_int_equal(block.label.len, 0);
}

/* Headers of RFC 1421 are no base64; nor are other bytes. */
static void test_bodies_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END A-----\n",
        "-----BEGIN A-----\nAAA\n-----END A-----\n",
        "-----BEGIN A-----\nAA$A\n-----END A-----\n",
        "-----BEGIN A-----\nAA==AAAA\n-----END A-----\n",
    };
    uint8_t out[128];
    size_t len;
    hfi_pem_block block;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(first(cases[i], &block), HFI_OK);
        assert_int_equal(hfi_pem_decode(&hfi_crypto_nettle, &block, out, &len),
                         HFI_E_PEM_MALFORMED);
        assert_int_equal(len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_bodies_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
