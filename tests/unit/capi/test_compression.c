/* tests/unit/capi/test_compression.c: the list of methods that compress certificates.
 * What is built in differs; the test asks for that first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capi/objects.h"

static void test_refused(void **state)
{
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_non_null(config);
    size_t before = config->settings.compression_count;
    assert_int_equal(hf_config_set_certificate_compression(NULL, "zlib"),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_certificate_compression(config, NULL),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_certificate_compression(config, " "),
                     -HF_E_EMPTY_LIST);
    static const char *const unknown[] = {"gzip", "none:zlib", "zlib:none", "zli"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        assert_int_equal(hf_config_set_certificate_compression(config, unknown[i]),
                         -HF_E_UNKNOWN_NAME);
    assert_int_equal(config->settings.compression_count, before);
    hf_config_free(config);
}

/* The message has every method, where it belongs: known, or known and not built in. */
static void test_message(void **state)
{
    hf_config *config = hf_config_new(NULL);
    const char *name;

    (void)state;
    assert_int_equal(hf_config_set_certificate_compression(config, "lzma"),
                     -HF_E_UNKNOWN_NAME);
    const char *message = hf_config_last_message(config);
    const char *lacking = strstr(message, "not in this build");
    assert_non_null(strstr(message, "\"lzma\""));
    assert_non_null(strstr(message, "none"));
    for (size_t i = 0; (name = hfi_compression_known(i)) != NULL; i++) {
        const char *at = strstr(message, name);
        assert_non_null(at);
        hf_status status = hf_config_set_certificate_compression(config, name);
        bool built = status == 1;
        assert_true(built || status == -HF_E_UNKNOWN_NAME);
        (void)hf_config_set_certificate_compression(config, "lzma");
        assert_int_equal(built, lacking == NULL || at < lacking);
    }
    hf_config_free(config);
}

static void test_chosen(void **state)
{
    hf_config *config = hf_config_new(NULL);
    const hfi_settings *s = &config->settings;
    size_t built = 0;

    (void)state;
    while (hfi_compression_at(built) != NULL)
        built++;
    assert_int_equal(s->compression_count, built); /* all by default */
    assert_int_equal(hf_config_set_certificate_compression(config, "NONE"), 1);
    assert_int_equal(s->compression_count, 0);
    for (size_t i = 0; i < built; i++) {
        const char *name = hfi_compression_at(i)->name;
        assert_int_equal(hf_config_set_certificate_compression(config, name), 1);
        assert_int_equal(s->compression_count, 1);
        assert_ptr_equal(s->compressions[0], hfi_compression_at(i));
    }
    if (built == 3) { /* the order is the caller's, and nothing counts twice */
        assert_int_equal(
            hf_config_set_certificate_compression(config, "zlib, ZLIB, brotli"), 1);
        assert_int_equal(s->compression_count, 2);
        assert_string_equal(s->compressions[0]->name, "zlib");
        assert_string_equal(s->compressions[1]->name, "brotli");
    }
    hf_conn *conn = hf_conn_new(config);
    assert_non_null(conn);
    assert_int_equal(hf_config_set_certificate_compression(config, "none"),
                     -HF_E_CONFIG_FROZEN);
    hf_conn_free(conn);
    hf_config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_chosen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
