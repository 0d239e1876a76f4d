/* tests/unit/pki/test_web_pki.c: what the web PKI profile refuses and the default one
 * does not.  RFC 5280 4.2, CABF BR 6.1.5 and 7.1. */
#include "status_fixture.h"

#include "status.h"

typedef struct web_case {
    const char *leaf;
    const char *inter;
    const char *root;
    int index;
    const char *rule;
} web_case;

static void test_rules(void **state)
{
    (void)state;
    static const web_case cases[] = {
        {web_no_aki_pem, web_inter_pem, web_root_pem, 0, "RFC 5280 4.2.1.1"},
        {web_aki_issuer_pem, web_inter_pem, web_root_pem, 0, "CABF BR 7.1.2.11.1"},
        {web_own_cn_pem, web_inter_pem, web_root_pem, 0, "CABF BR 7.1.4.3"},
        {web_upper_cn_pem, web_inter_pem, web_root_pem, 0, "CABF BR 7.1.4.3"},
        {web_no_eku_pem, web_inter_pem, web_root_pem, 0, "CABF BR 7.1.2.7.10"},
        {web_any_eku_pem, web_inter_pem, web_root_pem, 0, "CABF BR 7.1.2.7.10"},
        {web_critical_eku_pem, web_inter_pem, web_root_pem, 0, "CABF BR 7.1.2.7.10"},
        {web_critical_san_pem, web_inter_pem, web_root_pem, 0, "CABF BR 7.1.2.7.12"},
        {web_underscore_pem, web_inter_pem, web_root_pem, 0, "CABF BR 7.1.2.7.12"},
        {web_mail_san_pem, web_inter_pem, web_root_pem, 0, "CABF BR 7.1.2.7.12"},
        {web_ed25519_pem, web_inter_pem, web_root_pem, 0, "CABF BR 6.1.5"},
        {web_no_ski_leaf_pem, web_no_ski_inter_pem, web_root_pem, 1, "RFC 5280 4.2.1.2"},
        {web_soft_leaf_pem, web_soft_inter_pem, web_root_pem, 1, "RFC 5280 4.2.1.9"},
        {web_dotted_leaf_pem, web_dotted_inter_pem, web_root_pem, 1, "RFC 5280 4.2.1.10"},
        {web_eku_root_leaf_pem, "", web_eku_root_pem, -1, "CABF BR 7.1.2.1.2"},
        {web_odd_root_leaf_pem, "", web_odd_root_pem, -1, "CABF BR 7.1.2.1.3"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        status_attempt a = {.leaf = cases[i].leaf,
                            .inter = cases[i].inter,
                            .root = cases[i].root,
                            .name = "www.example.com"};
        status_accepted(&a);
        a.profile = HFI_PROFILE_WEB_PKI;
        status_refused(&a, HFI_E_CERT_RULE, cases[i].index, cases[i].rule);
    }
}

static void test_ca_as_leaf(void **state)
{
    (void)state;
    status_attempt a = {.leaf = web_ca_leaf_pem,
                        .inter = web_inter_pem,
                        .root = web_root_pem,
                        .name = "www.example.com"};

    status_accepted(&a);
    a.profile = HFI_PROFILE_WEB_PKI;
    status_refused(&a, HFI_E_CERT_LEAF_IS_CA, 0, "CABF BR 7.1.2.7.8");
}

static void test_right(void **state)
{
    (void)state;
    status_attempt a = {.leaf = web_leaf_pem,
                        .inter = web_inter_pem,
                        .root = web_root_pem,
                        .name = "www.example.com",
                        .profile = HFI_PROFILE_WEB_PKI};
    status_accepted(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_ca_as_leaf),
        cmocka_unit_test(test_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
