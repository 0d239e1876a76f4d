/* tests/unit/pki/test_policy.c: certificate policies, where a CA demands one.
 * RFC 5280 6.1. */
#include "status_fixture.h"

#include "policies.h"

static status_attempt sends(const char *pem)
{
    status_attempt a = {.root = policy_root_pem, .leaf = pem, .inter = ""};
    return a;
}

static void refused(const char *pem, int index)
{
    status_attempt a = sends(pem);
    status_refused(&a, HFI_E_CERT_POLICY, index, "RFC 5280 6.1.5");
}

static void accepted(const char *pem)
{
    status_attempt a = sends(pem);
    status_accepted(&a);
}

static void test_kept(void **state)
{
    (void)state;
    refused(policy_none_pem, 0);
    refused(policy_other_pem, 0);
    refused(policy_lost_between_pem, 1);
    refused(policy_leaf_asks_pem, 1);
    accepted(policy_same_pem);
    accepted(policy_both_pem);
    accepted(policy_from_any_pem);
    accepted(policy_to_any_pem);
    accepted(policy_leaf_keeps_pem);
}

/* SkipCerts counts the certificates that may still go without. */
static void test_skip(void **state)
{
    (void)state;
    refused(policy_late_pem, 0);
    accepted(policy_never_pem);
}

static void test_inhibited(void **state)
{
    (void)state;
    refused(policy_inhibited_any_pem, 0);
    refused(policy_no_mapping_pem, 0);
}

static void test_mapped(void **state)
{
    (void)state;
    refused(policy_mapped_away_pem, 0);
    refused(policy_mapped_any_pem, 1);
    accepted(policy_mapped_pem);
}

static void test_limit(void **state)
{
    (void)state;
    status_attempt a = sends(policy_many_pem);
    status_refused(&a, HFI_E_CERT_WORK_LIMIT, 1, "RFC 5280 6.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),      cmocka_unit_test(test_skip),
        cmocka_unit_test(test_inhibited), cmocka_unit_test(test_mapped),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
