/* tests/unit/pki/test_profile.c: which profile refuses what.  RFC 5280 4.2, CABF BR 6.1.5
 * and 7.1; docs/limbo.md has the table. */
#include "status_fixture.h"

#include <dirent.h>
#include <stdio.h>

#include "pki/pem.h"
#include "pki/rules.h"
#include "pki/x509.h"
#include "status.h"

typedef struct profile_case {
    const char *leaf;
    const char *inter;
    const char *root;
    int index;
    const char *rule;
} profile_case;

static status_attempt attempt_of(const profile_case *c)
{
    status_attempt a = {
        .leaf = c->leaf, .inter = c->inter, .root = c->root, .name = "www.example.com"};
    return a;
}

static void test_names_of_profiles(void **state)
{
    (void)state;
    hfi_verify_profile p = HFI_PROFILE_DEFAULT;

    assert_true(hfi_profile_by_name("web-pki", &p));
    assert_int_equal(p, HFI_PROFILE_WEB_PKI);
    assert_false(hfi_profile_by_name("strict", &p));
    assert_false(hfi_profile_by_name("", &p));
    assert_false(hfi_profile_by_name("Default", &p));
    assert_int_equal(p, HFI_PROFILE_WEB_PKI);
    assert_true(hfi_profile_by_name("compatible", &p));
    assert_int_equal(p, HFI_PROFILE_COMPATIBLE);
    assert_true(hfi_profile_by_name("default", &p));
    assert_int_equal(p, HFI_PROFILE_DEFAULT);
}

#define LEAF(name, rule)                                         \
    {                                                            \
        web_##name##_pem, web_inter_pem, web_root_pem, 0, (rule) \
    }
#define INTER(name, rule)                                                      \
    {                                                                          \
        web_##name##_leaf_pem, web_##name##_inter_pem, web_root_pem, 1, (rule) \
    }
#define ROOT(name, rule)                                        \
    {                                                           \
        web_##name##_leaf_pem, "", web_##name##_pem, -1, (rule) \
    }

/* Form that every profile but the compatible one demands. */
static void test_form(void **state)
{
    (void)state;
    static const profile_case cases[] = {
        LEAF(no_aki, "RFC 5280 4.2.1.1"),
        LEAF(any_eku, "CABF BR 7.1.2.7.10"),
        LEAF(critical_san, "CABF BR 7.1.2.7.12"),
        INTER(no_ski, "RFC 5280 4.2.1.2"),
        INTER(soft, "RFC 5280 4.2.1.9"),
        INTER(dotted, "RFC 5280 4.2.1.10"),
        ROOT(eku_root, "CABF BR 7.1.2.1.2"),
        ROOT(odd_root, "CABF BR 7.1.2.1.3"),
        ROOT(full_root, "CABF BR 7.1.2.1.3"),
        ROOT(no_ski_root, "RFC 5280 4.2.1.2"),
        ROOT(soft_root, "RFC 5280 4.2.1.9"),
        ROOT(dotted_root, "RFC 5280 4.2.1.10"),
        ROOT(full_root_1995, "CABF BR 7.1.2.1.3"),
        ROOT(no_ski_root_1995, "RFC 5280 4.2.1.2"),
        ROOT(soft_root_1995, "RFC 5280 4.2.1.9"),
        LEAF(upper_cn, "CABF BR 7.1.4.3"),
        LEAF(dotted_cn, "CABF BR 7.1.4.3"),
        LEAF(hex_cn, "CABF BR 7.1.4.3"),
        LEAF(octal_cn, "CABF BR 7.1.4.3"),
        LEAF(zeros_cn, "CABF BR 7.1.4.3"),
        LEAF(short_cn, "CABF BR 7.1.4.3"),
        LEAF(upper_v6_cn, "CABF BR 7.1.4.3"),
        LEAF(long_v6_cn, "CABF BR 7.1.4.3"),
        LEAF(mixed_v6_cn, "CABF BR 7.1.4.3"),
        LEAF(a_label_cn, "CABF BR 7.1.4.3"),
        LEAF(u_label_cn, "CABF BR 7.1.4.3"),
        LEAF(cn_9, "CABF BR 7.1.4.3"),
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        status_attempt a = attempt_of(&cases[i]);
        status_refused(&a, HFI_E_CERT_PROFILE, cases[i].index, cases[i].rule);
        a.profile = HFI_PROFILE_WEB_PKI;
        status_refused(&a, HFI_E_CERT_PROFILE, cases[i].index, cases[i].rule);
        a.profile = HFI_PROFILE_COMPATIBLE;
        status_accepted(&a);
    }
    assert_non_null(strstr(hfi_err_lookup(HFI_E_CERT_PROFILE)->hint, "compatible"));
}

/* What CAs of the web alone promise. */
static void test_web_pki(void **state)
{
    (void)state;
    static const profile_case cases[] = {
        LEAF(aki_issuer, "CABF BR 7.1.2.11.1"),
        LEAF(own_cn, "CABF BR 7.1.4.3"),
        LEAF(no_eku, "CABF BR 7.1.2.7.10"),
        LEAF(critical_eku, "CABF BR 7.1.2.7.10"),
        LEAF(underscore, "CABF BR 7.1.2.7.12"),
        LEAF(mail_san, "CABF BR 7.1.2.7.12"),
        LEAF(ed25519, "CABF BR 6.1.5"),
        LEAF(plain_cn, "CABF BR 7.1.4.3"),
        LEAF(foreign_v4_cn, "CABF BR 7.1.4.3"),
        LEAF(umlaut_cn, "CABF BR 7.1.4.3"),
        LEAF(xn_cn, "CABF BR 7.1.4.3"),
        LEAF(number_cn, "CABF BR 7.1.4.3"),
        LEAF(dots_cn, "CABF BR 7.1.4.3"),
        ROOT(full_root_2011, "CABF BR 7.1.2.1.3"),
        ROOT(no_ski_root_2011, "RFC 5280 4.2.1.2"),
        ROOT(soft_root_2011, "RFC 5280 4.2.1.9"),
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        status_attempt a = attempt_of(&cases[i]);
        status_accepted(&a);
        a.profile = HFI_PROFILE_COMPATIBLE;
        status_accepted(&a);
        a.profile = HFI_PROFILE_WEB_PKI;
        status_refused(&a, HFI_E_CERT_PROFILE, cases[i].index, cases[i].rule);
    }
}

static void test_ca_as_leaf(void **state)
{
    (void)state;
    static const profile_case ca = LEAF(ca_leaf, "CABF BR 7.1.2.7.8");
    static const profile_case flag = LEAF(ca_flag, "CABF BR 7.1.2.7.8");
    status_attempt a = attempt_of(&ca), b = attempt_of(&flag);

    /* One that may sign certificates is a CA in the leaf's place; one that may not
     * contradicts itself. */
    status_accepted(&a);
    status_refused(&b, HFI_E_CERT_LEAF_IS_CA, 0, flag.rule);
    a.profile = b.profile = HFI_PROFILE_COMPATIBLE;
    status_accepted(&a);
    status_accepted(&b);
    a.profile = b.profile = HFI_PROFILE_WEB_PKI;
    status_refused(&a, HFI_E_CERT_LEAF_IS_CA, 0, ca.rule);
    status_refused(&b, HFI_E_CERT_LEAF_IS_CA, 0, flag.rule);
    assert_non_null(strstr(hfi_err_lookup(HFI_E_CERT_LEAF_IS_CA)->hint, "compatible"));
}

static void test_right(void **state)
{
    (void)state;
    static const profile_case cases[] = {
        LEAF(leaf, NULL),
        LEAF(v4_cn, NULL),
        LEAF(v6_cn, NULL),
        LEAF(cn_8, NULL),
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        status_attempt a = attempt_of(&cases[i]);
        for (int p = HFI_PROFILE_DEFAULT; p <= HFI_PROFILE_COMPATIBLE; p++) {
            a.profile = (hfi_verify_profile)p;
            status_accepted(&a);
        }
    }
}

/* The names of a client's certificate are its issuer's business. */
static void test_client(void **state)
{
    (void)state;
    static const profile_case cases[] = {
        LEAF(client_cn, NULL),
        LEAF(client_critical, NULL),
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        status_attempt a = attempt_of(&cases[i]);
        status_refused(&a, HFI_E_CERT_EXTENDED_KEY_USAGE, 0, "RFC 5280 4.2.1.12");
        a.purpose = HFI_PURPOSE_CLIENT;
        status_accepted(&a);
    }
}

/* A certificate that is trusted by itself needs no issuer, and so none to be named. */
static void test_trusted_leaf(void **state)
{
    (void)state;
    status_attempt a = {.leaf = web_no_aki_pem,
                        .inter = "",
                        .root = web_no_aki_pem,
                        .name = "www.example.com"};

    status_accepted(&a);
    a.profile = HFI_PROFILE_WEB_PKI;
    status_accepted(&a);
}

/* An issuer that nobody trusts is told before the form. */
static void test_cause(void **state)
{
    (void)state;
    status_attempt a = {.leaf = web_no_aki_pem,
                        .inter = "",
                        .root = web_root_pem,
                        .name = "www.example.com"};

    status_refused(&a, HFI_E_CERT_UNKNOWN_ISSUER, 0, "RFC 5280 6.1");
}

/* ---- the roots of Debian ---- */

static hfi_err as_root(hfi_view der, hfi_verify_profile profile, hfi_cert_fault *fault)
{
    hfi_x509 cert;
    hfi_err err = hfi_x509_parse(der, &cert);
    hfi_verify_params params = {.profile = profile};

    if (err != HFI_OK)
        return err;
    params.now = cert.not_after;
    err = hfi_rules_certificate(&params, &cert, -1, HFI_ROLE_ANCHOR, fault);
    return err != HFI_OK ? err : hfi_rules_issuer(&params, &cert, -1, 0, fault);
}

static bool check_root_file(const char *path)
{
    static char text[65536];
    FILE *f = fopen(path, "rb");
    chain c = {.count = 0};
    hfi_cert_fault fault = {.code = HFI_OK};

    if (f == NULL)
        return false;
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    (void)fclose(f);
    chain_add(&c, text);
    for (size_t i = 0; i < c.count; i++) {
        hfi_err err = as_root(c.certs[i], HFI_PROFILE_COMPATIBLE, &fault);
        hfi_err form = as_root(c.certs[i], HFI_PROFILE_DEFAULT, &fault);
        if (form != err)
            print_message("%s: %s: %s\n", path, fault.rule, fault.presented);
        assert_int_equal(form, err);
    }
    bool any = c.count != 0;
    chain_free(&c);
    return any;
}

/* Not one of them is refused for its form. */
static void test_roots_of_debian(void **state)
{
    (void)state;
    static const char folder[] = "/usr/share/ca-certificates/mozilla";
    DIR *dir = opendir(folder);
    size_t count = 0;

    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        char path[512];
        size_t len = strlen(e->d_name);
        if (len < 4 || strcmp(&e->d_name[len - 4], ".crt") != 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        count += check_root_file(path);
    }
    if (dir != NULL)
        (void)closedir(dir);
    if (count == 0) {
        print_message("skipped: there are no roots in %s\n", folder);
        skip();
    }
    print_message("%zu roots\n", count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_profiles),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_web_pki),
        cmocka_unit_test(test_ca_as_leaf),
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_client),
        cmocka_unit_test(test_trusted_leaf),
        cmocka_unit_test(test_cause),
        cmocka_unit_test(test_roots_of_debian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
