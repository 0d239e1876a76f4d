/* tests/unit/handshake/test_registered.c: names of the registries beside their numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "handshake/registered.h"

static void test_numbers_without_a_name(void **state)
{
    char text[HFI_REGISTRY_TEXT], name[200];

    (void)state;
    assert_null(hfi_registry_version(0x0305));
    assert_null(hfi_registry_scheme(0xffff));
    assert_null(hfi_registry_extension(64250));
    assert_string_equal(hfi_registry_text(NULL, HFI_REGISTRY_DECIMAL, 0, text), "0");
    assert_string_equal(hfi_registry_text(NULL, HFI_REGISTRY_DECIMAL, 65535, text),
                        "65535");
    assert_string_equal(hfi_registry_text(NULL, HFI_REGISTRY_HEX, 0, text), "0x0000");
    assert_string_equal(hfi_registry_text("", HFI_REGISTRY_HEX, 0x305, text), "0x0305");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_string_equal(hfi_registry_text(name, HFI_REGISTRY_HEX, 1, text), "0x0001");
    name[HFI_REGISTRY_TEXT - 11] = '\0'; /* the longest that has room */
    assert_int_equal(strlen(hfi_registry_text(name, HFI_REGISTRY_HEX, 1, text)),
                     HFI_REGISTRY_TEXT - 2);
}

static void test_names(void **state)
{
    char text[HFI_REGISTRY_TEXT];

    (void)state;
    assert_string_equal(hfi_registry_version(0x0302), "TLSv1.1");
    assert_string_equal(hfi_registry_scheme(0x0807), "ed25519");
    assert_string_equal(hfi_registry_extension(51), "key_share");
    assert_string_equal(hfi_registry_text("ed25519", HFI_REGISTRY_HEX, 0x0807, text),
                        "ed25519 (0x0807)");
    assert_string_equal(hfi_registry_text("secp384r1", HFI_REGISTRY_DECIMAL, 24, text),
                        "secp384r1 (24)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_without_a_name),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
