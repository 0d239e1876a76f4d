/* What a peer demands of our certificate: hostile lists first, then an honest one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "handshake/demand.h"
#include "msg/extensions.h"
#include "wire/writer.h"

/* CN=a */
static const uint8_t cn_a[] = {0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 0x06,
                               0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'a'};

static hfi_settings settings;
static hfi_report report;
static hfi_hs hs;
static uint8_t room[70000];

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static int set_up(void **state)
{
    (void)state;
    settings.alloc = (hfi_alloc){allocate, release, NULL};
    hs = (hfi_hs){.settings = &settings, .report = &report};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hfi_report_reset(&report, &settings.alloc);
    return 0;
}

/* The same name over and over, as many times as a list may hold. */
static hfi_view many_names(const uint8_t *name, size_t len, size_t count)
{
    hfi_writer w = hfi_writer_of(room, sizeof room);

    size_t mark = hfi_write_vec16_begin(&w);
    for (size_t i = 0; i < count; i++) {
        hfi_write_u16(&w, (uint16_t)len);
        hfi_write_bytes(&w, hfi_view_of(name, len));
    }
    hfi_write_vec16_end(&w, mark);
    return hfi_writer_view(&w);
}

static const hfi_demand *demand_of(uint16_t type, hfi_view body)
{
    hfi_extension_list list = {.count = 1};

    list.items[0] = (hfi_extension){.type = type, .body = body};
    assert_int_equal(hfi_demand_keep(&hs, &list), HFI_OK);
    assert_non_null(report.demand);
    return report.demand;
}

static void test_names_without_end(void **state)
{
    (void)state;
    const hfi_demand *d =
        demand_of(HFI_EXT_CERTIFICATE_AUTHORITIES, many_names(cn_a, sizeof cn_a, 4095));
    assert_int_equal(d->name_count, HFI_DEMAND_NAMES_MAX);
    assert_int_equal(d->names_left_out, 4095 - HFI_DEMAND_NAMES_MAX);
    assert_true(d->incomplete);
    assert_string_equal(hfi_demand_name(d, 15), "CN=a");
    assert_null(hfi_demand_name(d, 16));
}

static void test_a_name_of_many_bytes(void **state)
{
    static uint8_t name[65000] = {0x30, 0x82, 0xfd, 0xe4, 0x31, 0x82, 0xfd,
                                  0xe0, 0x30, 0x82, 0xfd, 0xdc, 0x06, 0x03,
                                  0x55, 0x04, 0x03, 0x0c, 0x82, 0xfd, 0xd3};
    (void)state;
    memset(name + 21, 'x', sizeof name - 21);
    const hfi_demand *d =
        demand_of(HFI_EXT_CERTIFICATE_AUTHORITIES, many_names(name, sizeof name, 1));
    assert_int_equal(d->name_count, 1);
    assert_true(strlen(hfi_demand_name(d, 0)) < 192);
    assert_memory_equal(hfi_demand_name(d, 0), "CN=xxx", 6);
}

/* A name of 99 characters: of 640 bytes six of them take 100 each. */
static void test_text_without_end(void **state)
{
    uint8_t name[109] = {0x30, 107,  0x31, 105,  0x30, 103, 0x06,
                         0x03, 0x55, 0x04, 0x03, 0x0c, 96};
    (void)state;
    memset(name + 13, 'x', 96);
    const hfi_demand *d =
        demand_of(HFI_EXT_CERTIFICATE_AUTHORITIES, many_names(name, sizeof name, 16));
    assert_int_equal(d->name_count, 6);
    assert_int_equal(d->names_left_out, 10);
    assert_int_equal(strlen(hfi_demand_name(d, 5)), 99);
}

static void test_what_is_no_name(void **state)
{
    static const uint8_t broken[] = {0x30, 0x05, 0x31};
    static const uint8_t empty[] = {0x30, 0x00};
    (void)state;
    const hfi_demand *d =
        demand_of(HFI_EXT_CERTIFICATE_AUTHORITIES, many_names(broken, sizeof broken, 1));
    assert_string_equal(hfi_demand_name(d, 0), "a name that cannot be read");
    d = demand_of(HFI_EXT_CERTIFICATE_AUTHORITIES, many_names(empty, sizeof empty, 1));
    assert_string_equal(hfi_demand_name(d, 0), "an empty name");
}

static void test_control_characters(void **state)
{
    uint8_t name[sizeof cn_a];
    (void)state;
    memcpy(name, cn_a, sizeof name);
    name[13] = 0x1b;
    const hfi_demand *d =
        demand_of(HFI_EXT_CERTIFICATE_AUTHORITIES, many_names(name, sizeof name, 1));
    for (const char *p = hfi_demand_name(d, 0); *p != '\0'; p++)
        assert_true((uint8_t)*p >= 0x20);
}

static void test_a_list_that_is_cut(void **state)
{
    static const uint8_t cut[] = {0x00, 0x20, 0x00, 0x0e, 0x30};
    static const uint8_t odd[] = {0x00, 0x03, 0x04, 0x03, 0x08};
    (void)state;
    const hfi_demand *d =
        demand_of(HFI_EXT_CERTIFICATE_AUTHORITIES, hfi_view_of(cut, sizeof cut));
    assert_int_equal(d->name_count, 0);
    d = demand_of(HFI_EXT_SIGNATURE_ALGORITHMS, hfi_view_of(odd, sizeof odd));
    assert_int_equal(d->scheme_count, 1);
    assert_int_equal(d->schemes[0], 0x0403);
    assert_true(d->incomplete);
}

static void test_schemes_and_types_without_end(void **state)
{
    uint8_t types[255];
    uint8_t schemes[65534];
    (void)state;
    memset(types, 64, sizeof types);
    memset(schemes, 4, sizeof schemes);
    hfi_certificate_request_tls12 message = {
        .types = hfi_view_of(types, sizeof types),
        .schemes = hfi_view_of(schemes, sizeof schemes),
    };
    assert_int_equal(hfi_demand_keep_tls12(&hs, &message), HFI_OK);
    assert_int_equal(report.demand->type_count, HFI_DEMAND_TYPES_MAX);
    assert_int_equal(report.demand->scheme_count, HFI_DEMAND_SCHEMES_MAX);
    assert_true(report.demand->incomplete);
}

static void test_filters_are_counted(void **state)
{
    static const uint8_t filters[] = {0x00, 0x0c, 0x03, 1, 2, 3, 0x00,
                                      0x00, 0x03, 4,    5, 6, 0, 0};
    (void)state;
    assert_int_equal(
        demand_of(HFI_EXT_OID_FILTERS, hfi_view_of(filters, sizeof filters))->filters, 2);
}

static void test_an_honest_request(void **state)
{
    uint8_t names[2 + sizeof cn_a] = {0, sizeof cn_a};
    (void)state;
    memcpy(names + 2, cn_a, sizeof cn_a);
    hfi_certificate_request_tls12 message = {
        .types = hfi_view_of("\x01\x40", 2),
        .schemes = hfi_view_of("\x04\x03\x08\x04", 4),
        .authorities = hfi_view_of(names, sizeof names),
    };
    assert_int_equal(hfi_demand_keep_tls12(&hs, &message), HFI_OK);
    const hfi_demand *d = report.demand;
    assert_int_equal(d->type_count, 2);
    assert_int_equal(d->types[1], 64);
    assert_int_equal(d->scheme_count, 2);
    assert_int_equal(d->schemes[1], 0x0804);
    assert_int_equal(d->names_left_out, 0);
    assert_false(d->incomplete);
    assert_string_equal(hfi_demand_name(d, 0), "CN=a");
    assert_null(hfi_demand_name(d, 1));
    assert_null(hfi_demand_name(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names_without_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_name_of_many_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_text_without_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_control_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_list_that_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schemes_and_types_without_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_filters_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_honest_request, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
