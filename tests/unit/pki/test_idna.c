/* tests/unit/pki/test_idna.c: host names with letters outside of ASCII. */
#include "chain_fixture.h"

#include "pki/idna.h"

static void refused(const char *host, hfi_err code)
{
    char out[HFI_IDNA_SIZE];
    if (!hfi_idna_available())
        code = HFI_E_HOSTNAME_NOT_ASCII;
    assert_int_equal(hfi_host_to_ascii(hfi_view_of_text(host), out), code);
    assert_string_equal(out, "");
}

static void converted(const char *host, const char *want)
{
    char out[HFI_IDNA_SIZE];
    assert_int_equal(hfi_host_to_ascii(hfi_view_of_text(host), out), HFI_OK);
    assert_string_equal(out, want);
}

static void test_refused(void **state)
{
    (void)state;
    refused("\xff\xfe.example", HFI_E_INVALID_HOSTNAME); /* no UTF-8 */
    refused("b\xc3\xbc"
            "cher..example",
            HFI_E_INVALID_HOSTNAME); /* an empty label */
    refused("a\xe2\x80\xae"
            "b.example",
            HFI_E_INVALID_HOSTNAME);                         /* text direction */
    refused("\xe2\x80\x8d.example", HFI_E_INVALID_HOSTNAME); /* joiner alone */
    refused("*.b\xc3\xbc"
            "cher.example",
            HFI_E_INVALID_HOSTNAME);
    refused("a b\xc3\xbc.example", HFI_E_INVALID_HOSTNAME);
    /* Full-width 127.0.0.1. */
    refused("\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1", HFI_E_INVALID_HOSTNAME);
    char out[HFI_IDNA_SIZE];
    assert_int_equal(hfi_host_to_ascii(hfi_view_of("\xc3\xbc\0.example", 11), out),
                     hfi_idna_available() ? HFI_E_INVALID_HOSTNAME
                                          : HFI_E_HOSTNAME_NOT_ASCII);
}

/* RFC 3492 7.1, RFC 5892 A.1, UTS 46: the sharp s stays itself. */
static void test_converted(void **state)
{
    (void)state;
    if (!hfi_idna_available()) {
        print_message("skipped: built without libidn2\n");
        skip();
    }
    converted("b\xc3\xbc"
              "cher.example",
              "xn--bcher-kva.example");
    converted("B\xc3\x9c"
              "CHER.Example",
              "xn--bcher-kva.example");
    converted("bu\xcc\x88"
              "cher.example",
              "xn--bcher-kva.example"); /* decomposed */
    converted("stra\xc3\x9f"
              "e.example",
              "xn--strae-oqa.example");
    converted("\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88",
              "xn--r8jz45g.xn--zckzah");
    /* An ideographic full stop parts labels. */
    converted("b\xc3\xbc"
              "cher\xe3\x80\x82"
              "example",
              "xn--bcher-kva.example");
}

/* ASCII is passed on as it is: what it is worth is decided elsewhere. */
static void test_ascii(void **state)
{
    (void)state;
    char out[HFI_IDNA_SIZE], longest[HFI_IDNA_SIZE + 1];

    converted("", "");
    converted("App.example.com.", "App.example.com.");
    converted("192.0.2.1", "192.0.2.1");
    memset(longest, 'a', sizeof longest);
    assert_int_equal(hfi_host_to_ascii(hfi_view_of(longest, HFI_IDNA_SIZE), out),
                     HFI_E_INVALID_HOSTNAME);
    assert_int_equal(hfi_host_to_ascii(hfi_view_of(longest, HFI_IDNA_SIZE - 1), out),
                     HFI_OK);
    assert_int_equal(hfi_host_to_ascii(hfi_view_of("a\0b", 3), out),
                     HFI_E_INVALID_HOSTNAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_converted),
        cmocka_unit_test(test_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
