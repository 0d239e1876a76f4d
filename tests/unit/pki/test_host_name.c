/* tests/unit/pki/test_host_name.c: DNS names, addresses and their limits, RFC 9525 6,
 * RFC 5280 4.2.1.10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pki/host_name.h"
#include "pki/name_constraints.h"
#include "pki/verify.h"

#define LABEL_63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"

static bool is_host(const char *text)
{
    bool is_address;
    return hfi_host_valid(hfi_view_of_text(text), &is_address, NULL, NULL) && !is_address;
}

static void test_hosts(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        ".",
        "a..b",
        ".a",
        "a.b..",
        "-a.b",
        "a-.b",
        "a.b-",
        "a b",
        "*.a.b",
        "a/b",
        "a:443",
        "[::1]",
        "http://a",
        "b\xc3\xbc.example",
        "192.168.1",
        "1.2.3.4.5",
        "1.2.3.256",
        "256.1.1.1",
        "192.168.1.1.",
        "01.2.3.4",
        "a.1",
        LABEL_63 "x.example",
        LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63,
    };
    static const char *const right[] = {
        "a",
        "localhost",
        "a.b",
        "A.B",
        "a.b.",
        "a-b.c",
        "_x.a.b",
        "xn--bcher-kva.example",
        "1.example",
        "1a",
        LABEL_63 ".example",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(is_host(wrong[i]));
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        assert_true(is_host(right[i]));
    bool is_address;
    assert_false(hfi_host_valid(hfi_view_of("a\0b", 3), &is_address, NULL, NULL));
    assert_false(hfi_host_valid(hfi_view_of("1.2.3.4\0", 8), &is_address, NULL, NULL));
}

static void test_addresses(void **state)
{
    (void)state;
    uint8_t address[16];
    size_t len;
    bool is_address;

    assert_true(
        hfi_host_valid(hfi_view_of_text("192.0.2.1"), &is_address, address, &len));
    assert_true(is_address);
    assert_int_equal(len, 4);
    assert_memory_equal(address, "\300\0\2\1", 4);
    assert_true(
        hfi_host_valid(hfi_view_of_text("::ffff:1.2.3.4"), &is_address, address, &len));
    assert_true(is_address);
    assert_int_equal(len, 16);
    assert_false(hfi_host_valid(hfi_view_of_text("::1%lo"), &is_address, address, &len));
    assert_false(hfi_host_valid(hfi_view_of_text(":::1"), &is_address, address, &len));
    assert_true(
        hfi_host_valid(hfi_view_of_text("a.example"), &is_address, address, &len));
    assert_false(is_address);
    assert_int_equal(len, 0);
}

static bool match(const char *presented, const char *asked)
{
    return hfi_dns_match(hfi_view_of_text(presented), hfi_view_of_text(asked));
}

static void test_wildcards(void **state)
{
    (void)state;
    assert_false(match("*", "a"));
    assert_false(match("*.com", "a.com"));
    assert_false(match("*.example.com", "example.com"));
    assert_false(match("*.example.com", ".example.com"));
    assert_false(match("*.example.com", "a.b.example.com"));
    assert_false(match("a*.example.com", "ab.example.com"));
    assert_false(match("*a.example.com", "ba.example.com"));
    assert_false(match("**.example.com", "a.example.com"));
    assert_false(match("*.*.example.com", "a.b.example.com"));
    assert_false(match("a.*.example.com", "a.b.example.com"));
    assert_false(match("xn--*.example.com", "xn--a.example.com"));
    assert_false(match(".example.com", "a.example.com"));
    assert_false(match("example.com.", "example.com"));
    assert_false(match("", ""));
    assert_false(match("a b.example.com", "a b.example.com"));

    assert_true(match("*.example.com", "a.example.com"));
    assert_true(match("*.EXAMPLE.com", "A.example.COM"));
    assert_true(match("*.example.com", "xn--a.example.com"));
    assert_true(match("a.example.com", "a.example.com"));
    assert_true(match("localhost", "localhost"));
}

/* ---- name constraints ---- */

/* Builds a SEQUENCE around parts: one level, short form. */
static size_t wrap(uint8_t tag, const uint8_t *inside, size_t len, uint8_t *out)
{
    out[0] = tag;
    out[1] = (uint8_t)len;
    memcpy(out + 2, inside, len);
    return len + 2;
}

/* A CA that permits or excludes one base; false if that is not well-formed. */
static bool constrain(uint8_t kind, bool excluded, hfi_view base, uint8_t room[256],
                      hfi_x509 *ca)
{
    uint8_t a[128], b[128];
    size_t len = wrap((uint8_t)(0x80 | kind), base.p, base.len, a);
    len = wrap(0x30, a, len, b);
    len = wrap(excluded ? 0xa1 : 0xa0, b, len, a);
    len = wrap(0x30, a, len, room);
    memset(ca, 0, sizeof *ca);
    ca->has_name_constraints = true;
    return hfi_name_constraints_read(hfi_view_of(room, len), &ca->permitted,
                                     &ca->excluded);
}

static hfi_err check(uint8_t kind, bool excluded, const char *base, const char *name)
{
    uint8_t room[256], san[128];
    hfi_x509 ca, subject = {0};
    hfi_name_violation violation;
    size_t budget = 10;

    assert_true(constrain(kind, excluded, hfi_view_of_text(base), room, &ca));
    size_t len = wrap((uint8_t)(0x80 | kind), (const uint8_t *)name, strlen(name), san);
    subject.subject_alt_name = hfi_view_of(san, len);
    return hfi_name_constraints_check(&ca, &subject, &budget, &violation);
}

enum { EMAIL = 1, DNS = 2, ADDRESS = 7 };

static bool permits(uint8_t kind, const char *base, const char *name)
{
    return check(kind, false, base, name) == HFI_OK;
}

static bool excludes(const char *base, const char *name)
{
    return check(DNS, true, base, name) == HFI_E_CERT_NAME_CONSTRAINT;
}

static void test_constraints_dns(void **state)
{
    (void)state;
    assert_false(permits(DNS, "example.com", "example.org"));
    assert_false(permits(DNS, "example.com", "badexample.com"));
    assert_false(permits(DNS, "example.com", "com"));
    assert_false(permits(DNS, ".example.com", "example.com"));
    assert_false(permits(DNS, "foo.example.com", "*.example.com"));
    assert_false(permits(DNS, "example.com", ".example.com"));
    assert_true(permits(DNS, "example.com", "example.com"));
    assert_true(permits(DNS, "EXAMPLE.com", "a.B.example.COM"));
    assert_true(permits(DNS, "example.com", "*.example.com"));
    assert_true(permits(DNS, ".example.com", "a.example.com"));
    assert_true(permits(DNS, "", "anything"));

    assert_true(excludes("example.com", "a.example.com"));
    assert_true(excludes("bar.example.com", "*.example.com"));
    assert_true(excludes("", "anything"));
    assert_false(excludes("example.com", "example.org"));
    assert_false(excludes("a.bar.example.com", "*.example.com"));
}

static void test_constraints_email(void **state)
{
    (void)state;
    assert_false(permits(EMAIL, "a@example.com", "b@example.com"));
    assert_false(permits(EMAIL, "a@example.com", "A@example.com"));
    assert_false(permits(EMAIL, "example.com", "a@sub.example.com"));
    assert_false(permits(EMAIL, ".example.com", "a@example.com"));
    assert_false(permits(EMAIL, "example.com", "a@b@example.com"));
    assert_false(permits(EMAIL, "example.com", "example.com"));
    assert_true(permits(EMAIL, "a@example.com", "a@EXAMPLE.com"));
    assert_true(permits(EMAIL, "example.com", "a@example.com"));
    assert_true(permits(EMAIL, ".example.com", "a@sub.example.com"));
}

static bool base_ok(uint8_t kind, hfi_view base)
{
    uint8_t room[256];
    hfi_x509 ca;
    return constrain(kind, false, base, room, &ca);
}

static void test_constraints_form(void **state)
{
    (void)state;
    hfi_view a, b;

    assert_false(base_ok(DNS, hfi_view_of_text("*.example.com")));
    assert_false(base_ok(DNS, hfi_view_of_text("..example.com")));
    assert_false(base_ok(EMAIL, hfi_view_of_text("a@b@example.com")));
    assert_false(base_ok(EMAIL, hfi_view_of_text("@example.com")));
    assert_false(base_ok(ADDRESS, hfi_view_of("\300\0\2\0", 4)));
    assert_false(base_ok(ADDRESS, hfi_view_of("\300\0\2\0\377\0\377\0", 8)));
    assert_false(base_ok(ADDRESS, hfi_view_of("\300\0\2\0\377\377\175\0", 8)));
    assert_true(base_ok(ADDRESS, hfi_view_of("\300\0\2\0\377\377\376\0", 8)));
    assert_true(base_ok(ADDRESS, hfi_view_of("\0\0\0\0\0\0\0\0", 8)));

    assert_false(hfi_name_constraints_read(hfi_view_of("\x30\0", 2), &a, &b));
    assert_false(hfi_name_constraints_read(hfi_view_of("\x30\2\xa0\0", 4), &a, &b));
    /* a minimum that is written out */
    assert_false(hfi_name_constraints_read(hfi_view_of("\x30\x0a\xa0\x08\x30\x06\x82\x01"
                                                       "a\x80\x01\0",
                                                       12),
                                           &a, &b));
}

static void test_constraints_budget(void **state)
{
    (void)state;
    uint8_t room[256];
    hfi_x509 ca, subject = {0};
    hfi_name_violation violation;
    size_t budget = 1;

    assert_true(constrain(DNS, false, hfi_view_of_text("a"), room, &ca));
    subject.subject_alt_name = hfi_view_of("\x82\1a\x82\1a", 6);
    assert_int_equal(hfi_name_constraints_check(&ca, &subject, &budget, &violation),
                     HFI_E_CERT_WORK_LIMIT);
    budget = 2;
    assert_int_equal(hfi_name_constraints_check(&ca, &subject, &budget, &violation),
                     HFI_OK);
    assert_int_equal(budget, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_wildcards),
        cmocka_unit_test(test_constraints_dns),
        cmocka_unit_test(test_constraints_email),
        cmocka_unit_test(test_constraints_form),
        cmocka_unit_test(test_constraints_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
