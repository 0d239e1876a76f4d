/* tests/vectors/rfc8448/test_rfc8448.c: the example traces of RFC 8448.
 * Every value of the file is taken by a step and compared with what hfi_keys_* and
 * hfi_record_* compute from the private keys and messages; an unknown step, or a value
 * that no step looks at, is a failure.  The server's RSA key verifies the signatures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypto/provider.h"
#include "play.h"
#include "trace.h"

enum {
    SECTIONS = 5,
    STEPS = 272, /* what data/README.md says the file has */
    VALUES = 543,
    RSA_VALUES = 8,
    SKIPPED = 77, /* CTest's SKIP_RETURN_CODE */
};

static json_t *root;
static trace_bytes modulus;
static trace_bytes exponent;
static trace_ticket ticket;
static size_t steps_played;
static size_t values_checked;

static void test_server_rsa_key(void **state)
{
    const json_t *key = json_object_get(root, "server_rsa_key");
    const char *n = json_string_value(json_object_get(key, "modulus (public)"));
    const char *e = json_string_value(json_object_get(key, "public exponent"));
    (void)state;

    assert_int_equal(json_object_size(key), RSA_VALUES);
    assert_non_null(n);
    assert_non_null(e);
    assert_true(trace_unhex(n, &modulus) && modulus.len == 128);
    assert_true(trace_unhex(e, &exponent) && exponent.len == 3);
    printf("rfc8448: server RSA key: 2 values checked, %d not applicable (its private "
           "half: nothing here signs)\n",
           RSA_VALUES - 2);
}

static void test_section(void **state)
{
    const json_t *section = *state;
    const json_t *steps = json_object_get(section, "steps");
    trace_play play = {.hash = hfi_crypto_nettle.sha256,
                       .rsa_modulus = trace_view(&modulus),
                       .rsa_exponent = trace_view(&exponent),
                       .ticket = &ticket};
    size_t checked = 0;

    assert_true(json_array_size(steps) > 0);
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *json = json_array_get(steps, i);
        trace_step step = {
            .section = (int)json_integer_value(json_object_get(section, "section")),
            .number = i,
            .side = json_string_value(json_object_get(json, "side")),
            .name = json_string_value(json_object_get(json, "step")),
            .values = json_object_get(json, "values"),
        };
        assert_non_null(step.side);
        assert_non_null(step.name);
        assert_true(json_is_object(step.values));
        trace_play_step(&play, &step);
        trace_end(&step);
        checked += step.taken;
    }
    printf("rfc8448: section %d, %s: %zu values checked, 0 not applicable\n",
           (int)json_integer_value(json_object_get(section, "section")),
           json_string_value(json_object_get(section, "title")), checked);
    steps_played += json_array_size(steps);
    values_checked += checked;
    trace_play_free(&play);
}

static void test_nothing_was_left_out(void **state)
{
    (void)state;
    assert_int_equal(json_array_size(json_object_get(root, "sections")), SECTIONS);
    assert_int_equal(steps_played, STEPS);
    assert_int_equal(values_checked, VALUES);
    printf("rfc8448: %zu values checked in all\n", values_checked);
}

static bool load(void)
{
    const char *shared = getenv("HF_SHARED");
    char path[4096];
    json_error_t error;

    (void)snprintf(path, sizeof path, "%s/data/rfc8448.json",
                   shared != NULL && shared[0] != '\0' ? shared : "../shared");
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        printf("rfc8448: SKIPPED: no %s (set HF_SHARED to the folder that holds data/)\n",
               path);
        return false;
    }
    root = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    (void)fclose(file);
    if (root == NULL) {
        printf("rfc8448: %s is not JSON: %s\n", path, error.text);
        exit(1);
    }
    return true;
}

int main(void)
{
    struct CMUnitTest tests[SECTIONS + 2] = {cmocka_unit_test(test_server_rsa_key)};

    if (!load())
        return SKIPPED;
    for (size_t i = 0; i < SECTIONS; i++) {
        json_t *section = json_array_get(json_object_get(root, "sections"), i);
        if (section == NULL) {
            printf("rfc8448: section %zu of %d is missing\n", i, SECTIONS);
            return 1;
        }
        tests[i + 1] = (struct CMUnitTest){
            .name = "test_section", .test_func = test_section, .initial_state = section};
    }
    tests[SECTIONS + 1] = (struct CMUnitTest)cmocka_unit_test(test_nothing_was_left_out);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_decref(root);
    return failed;
}
