/* tests/unit/pki/test_field_text.c: fields of a certificate as text for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "pki/x509.h"

#define BYTES(...) \
    hfi_view_of((const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static void expect_signature(hfi_view identifier, const char *text)
{
    hfi_x509 cert;
    char out[64] = "before";

    memset(&cert, 0, sizeof cert);
    cert.signature_identifier = identifier;
    hfi_x509_signature_text(&cert, out, sizeof out);
    assert_string_equal(out, text);
}

static void test_signatures(void **state)
{
    (void)state;
    expect_signature(hfi_view_of(NULL, 0), ""); /* none was read */
    expect_signature(BYTES(0x30, 0x05, 0x06), "");
    expect_signature(BYTES(0x30, 0x04, 0x06, 0x02, 0x2a, 0x03), "1.2.3");
    expect_signature(BYTES(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                           0x01, 0x01, 0x05, 0x05, 0x00),
                     "RSA with SHA-1");
    expect_signature(BYTES(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                           0x01, 0x01, 0x04, 0x05, 0x00),
                     "RSA with MD5");
    expect_signature(
        BYTES(0x30, 0x09, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01),
        "ECDSA with SHA-1");
}

static void test_usages(void **state)
{
    hfi_x509 cert;
    char out[128], small[16];

    (void)state;
    memset(&cert, 0, sizeof cert);
    hfi_x509_key_usage_text(&cert, out, sizeof out);
    assert_string_equal(out, "no usage that is known");
    cert.key_usage = HFI_KU_KEY_CERT_SIGN | HFI_KU_CRL_SIGN | 1u << 9;
    hfi_x509_key_usage_text(&cert, out, sizeof out);
    assert_string_equal(out, "keyCertSign, cRLSign");
    hfi_x509_key_usage_text(&cert, small, sizeof small);
    assert_string_equal(small + strlen(small) - 3, "...");
    cert.key_usage = 0x7f;
    hfi_x509_key_usage_text(&cert, out, sizeof out);
    assert_non_null(strstr(out, "nonRepudiation, keyEncipherment"));
    cert.key_usage = HFI_KU_KEY_AGREEMENT | HFI_KU_ENCIPHER_ONLY;
    hfi_x509_key_usage_text(&cert, out, sizeof out);
    assert_string_equal(out, "keyAgreement, encipherOnly");
    cert.key_usage = HFI_KU_KEY_AGREEMENT | HFI_KU_DECIPHER_ONLY;
    hfi_x509_key_usage_text(&cert, out, sizeof out);
    assert_string_equal(out, "keyAgreement, decipherOnly");
}

static void test_extensions(void **state)
{
    char out[96], small[8];

    (void)state;
    hfi_x509_extension_text(BYTES(0x2a, 0x03), out, sizeof out);
    assert_string_equal(out, "1.2.3");
    hfi_x509_extension_text(BYTES(0x55, 0x1d, 0x36), out, sizeof out);
    assert_string_equal(out, "inhibitAnyPolicy (2.5.29.54)");
    hfi_x509_extension_text(BYTES(0x55, 0x1d, 0x36), small, sizeof small);
    assert_string_equal(small, "inhibit");
    hfi_x509_extension_text(
        BYTES(0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x03), out,
        sizeof out);
    assert_string_equal(out, "the poison of a precertificate (1.3.6.1.4.1.11129.2.4.3)");
}

static void expect_part(hfi_view der, const char *part)
{
    hfi_x509 cert;

    assert_int_equal(hfi_x509_parse(der, &cert), HFI_E_CERT_MALFORMED);
    assert_string_equal(cert.problem_text, part);
}

/* The outer structure is right, and has one byte of a signature. */
#define CERTIFICATE(len, ...) \
    BYTES(0x30, 8 + (len), 0x30, len, __VA_ARGS__, 0x30, 0x00, 0x03, 0x02, 0x00, 0x01)

static void test_parts_of_a_certificate(void **state)
{
    (void)state;
    expect_part(hfi_view_of(NULL, 0),
                "its outermost structure, which is no certificate's");
    expect_part(BYTES(0x30, 0x01, 0x00),
                "its outermost structure, which is no certificate's");
    expect_part(CERTIFICATE(5, 0xa0, 0x03, 0x04, 0x01, 0x02), "its version");
    expect_part(CERTIFICATE(3, 0x04, 0x01, 0x05), "its serial number");
    expect_part(CERTIFICATE(3, 0x02, 0x01, 0x05), "its signature algorithm");
    expect_part(CERTIFICATE(5, 0x02, 0x01, 0x05, 0x30, 0x00), "its issuer's name");
    expect_part(CERTIFICATE(7, 0x02, 0x01, 0x05, 0x30, 0x00, 0x30, 0x00), "its validity");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_usages),
        cmocka_unit_test(test_extensions),
        cmocka_unit_test(test_parts_of_a_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
