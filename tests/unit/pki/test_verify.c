/* tests/unit/pki/test_verify.c: chains that are refused, and why; chains that hold.
 * RFC 5280 6.1, RFC 9525. */
#include "chain_fixture.h"

#include <stdlib.h>

#include "chains.h"

static counting_heap heap;

/* One verification; what is left out has its usual value. */
typedef struct attempt {
    const char *roots; /* PEM; NULL: root_pem */
    const char *sent[4];
    const char *name; /* NULL: app.example.com; "": none is checked */
    int64_t now;
    hfi_verify_purpose purpose;
    bool limited;
    size_t intermediates_max;
} attempt;

static hfi_err verify(const attempt *a, hfi_cert_fault *fault, hfi_public_key *key)
{
    hfi_alloc alloc = counting_alloc(&heap);
    chain c = {.count = 0};
    hfi_view asked = hfi_view_of_text(a->name == NULL ? "app.example.com" : a->name);
    hfi_verify_params params = {
        .crypto = &hfi_crypto_nettle,
        .alloc = &alloc,
        .now = a->now == 0 ? CHAIN_NOW : a->now,
        .purpose = a->purpose,
        .names = &asked,
        .name_count = asked.len == 0 ? 0 : 1,
        .intermediates_limited = a->limited,
        .intermediates_max = a->intermediates_max,
    };
    const char *roots = a->roots == NULL ? root_pem : a->roots;

    params.store = hfi_trust_store_new(&alloc, &hfi_crypto_nettle);
    assert_non_null(params.store);
    if (*roots != '\0')
        assert_int_equal(hfi_trust_store_add(params.store, hfi_view_of_text(roots), NULL),
                         HFI_OK);
    for (size_t i = 0; i < 4 && a->sent[i] != NULL; i++)
        chain_add(&c, a->sent[i]);
    memset(fault, 0, sizeof *fault);
    size_t calls = heap.calls;
    hfi_err err = hfi_verify_chain(&params, c.certs, c.count, key, fault);
    assert_true(heap.calls - calls <= 3);
    hfi_trust_store_free(params.store);
    chain_free(&c);
    assert_int_equal(heap.live, 0);
    return err;
}

/* Refused with this code, for the certificate at this place. */
static void refused(const attempt *a, hfi_err code, int index, const char *rule)
{
    hfi_cert_fault fault;
    hfi_public_key key = {.type = HFI_KEY_NONE};

    assert_int_equal(verify(a, &fault, &key), code);
    assert_int_equal(fault.code, code);
    assert_int_equal(fault.index, index);
    assert_string_equal(fault.rule, rule);
    assert_true(key.type == HFI_KEY_NONE);
}

static void accepted(const attempt *a)
{
    hfi_cert_fault fault;
    hfi_public_key key = {.type = HFI_KEY_NONE};

    assert_int_equal(verify(a, &fault, &key), HFI_OK);
    assert_true(key.type != HFI_KEY_NONE);
}

#define SENT(...)               \
    {                           \
        .sent = { __VA_ARGS__ } \
    }

static void test_dates(void **state)
{
    (void)state;
    hfi_cert_fault f;
    attempt old = SENT(expired_pem, inter_pem);
    attempt early = SENT(future_pem, inter_pem);
    attempt old_inter = SENT(old_inter_leaf_pem, old_inter_pem);

    refused(&old, HFI_E_CERT_EXPIRED, 0, "RFC 5280 4.1.2.5");
    refused(&early, HFI_E_CERT_NOT_YET_VALID, 0, "RFC 5280 4.1.2.5");
    refused(&old_inter, HFI_E_CERT_EXPIRED, 1, "RFC 5280 4.1.2.5");

    (void)verify(&old, &f, NULL);
    assert_string_equal(f.subject, "CN=expired, O=Handfast tests");
    assert_string_equal(f.issuer, "CN=Intermediate, O=Handfast tests");
    assert_string_equal(f.expected, "not earlier than 2030-01-01T00:00:00Z");
    assert_string_equal(f.presented, "2029-01-01T00:00:00Z");
    assert_true(strlen(f.serial) >= 2);

    /* Both ends of the period belong to it: 2029-01-01T00:00:00Z. */
    old.now = 1861920000;
    accepted(&old);
    old.now = 1861920001;
    refused(&old, HFI_E_CERT_EXPIRED, 0, "RFC 5280 4.1.2.5");
    early.now = 1924991999; /* a second before 2031 */
    refused(&early, HFI_E_CERT_NOT_YET_VALID, 0, "RFC 5280 4.1.2.5");
    early.now = 1924992000;
    accepted(&early);
}

static void test_names(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "example.com",      "app.example.org",      "x.app.example.com",
        "wild.example.com", "a.b.wild.example.com", "192.0.2.2",
        "2001:db8::2",      "192.0.2.1.",           "*.wild.example.com",
    };
    static const char *const right[] = {
        "app.example.com",      "APP.Example.Com", "app.example.com.",
        "a.wild.example.com",   "192.0.2.1",       "2001:db8::1",
        "2001:DB8:0:0:0:0:0:1",
    };
    hfi_cert_fault f;
    attempt a = SENT(leaf_pem, inter_pem);

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        a.name = wrong[i];
        refused(&a, HFI_E_CERT_NAME_MISMATCH, 0, "RFC 9525 6");
    }
    a.name = "other.example.com";
    (void)verify(&a, &f, NULL);
    assert_string_equal(f.expected, "other.example.com");
    assert_string_equal(f.presented,
                        "app.example.com, *.wild.example.com, 192.0.2.1, 2001:db8::1");
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        a.name = right[i];
        accepted(&a);
    }
    a.name = "";
    accepted(&a);

    /* The common name does not count: RFC 9525 2. */
    attempt cn = SENT(no_names_pem, inter_pem);
    refused(&cn, HFI_E_CERT_NO_NAMES, 0, "RFC 9525 6.1");
}

static void test_unknown_issuer(void **state)
{
    (void)state;
    hfi_cert_fault f;
    attempt missing = SENT(leaf_pem);
    attempt stranger = SENT(stranger_leaf_pem, stranger_pem);
    attempt none = {.roots = "", .sent = {leaf_pem, inter_pem}};
    attempt root_sent = {.roots = rsa_root_pem, .sent = {leaf_pem, inter_pem, root_pem}};
    attempt self = SENT(self_signed_pem);

    refused(&missing, HFI_E_CERT_UNKNOWN_ISSUER, 0, "RFC 5280 6.1");
    (void)verify(&missing, &f, NULL);
    assert_string_equal(f.expected,
                        "a trusted root named CN=Intermediate, O=Handfast tests");
    refused(&stranger, HFI_E_CERT_UNKNOWN_ISSUER, 1, "RFC 5280 6.1");
    refused(&none, HFI_E_CERT_UNKNOWN_ISSUER, 1, "RFC 5280 6.1");
    refused(&root_sent, HFI_E_CERT_UNKNOWN_ISSUER, 2, "RFC 5280 6.1");
    refused(&self, HFI_E_CERT_SELF_SIGNED, 0, "RFC 5280 6.1");

    /* Put into the store, it is what is expected. */
    self.roots = self_signed_pem;
    accepted(&self);
    self.name = "other.example.com";
    refused(&self, HFI_E_CERT_NAME_MISMATCH, 0, "RFC 9525 6");
}

static void test_issuer_rules(void **state)
{
    (void)state;
    attempt not_a_ca = SENT(not_a_ca_leaf_pem, not_a_ca_pem);
    attempt no_sign = SENT(no_sign_inter_leaf_pem, no_sign_inter_pem);
    attempt client = SENT(client_inter_leaf_pem, client_inter_pem);
    attempt path = SENT(below_leaf_pem, below_pem, short_pem);

    refused(&not_a_ca, HFI_E_CERT_NOT_A_CA, 1, "RFC 5280 4.2.1.9");
    refused(&no_sign, HFI_E_CERT_KEY_USAGE, 1, "RFC 5280 4.2.1.3");
    refused(&client, HFI_E_CERT_EXTENDED_KEY_USAGE, 1, "RFC 5280 4.2.1.12");
    refused(&path, HFI_E_CERT_PATH_LENGTH, 2, "RFC 5280 4.2.1.9");

    client.purpose = HFI_PURPOSE_CLIENT;
    accepted(&client);
}

static void test_leaf_rules(void **state)
{
    (void)state;
    attempt client = SENT(client_pem, inter_pem);
    attempt any = SENT(any_purpose_pem, inter_pem);
    attempt no_signing = SENT(no_signing_pem, inter_pem);
    attempt weak = SENT(weak_key_pem, inter_pem);
    attempt odd = SENT(odd_key_pem, inter_pem);
    attempt critical = SENT(unknown_critical_pem, inter_pem);
    attempt sha1 = {.roots = rsa_root_pem, .sent = {sha1_pem}};
    hfi_cert_fault f;

    refused(&client, HFI_E_CERT_EXTENDED_KEY_USAGE, 0, "RFC 5280 4.2.1.12");
    refused(&any, HFI_E_CERT_EXTENDED_KEY_USAGE, 0, "RFC 5280 4.2.1.12");
    refused(&no_signing, HFI_E_CERT_KEY_USAGE, 0, "RFC 5280 4.2.1.3");
    refused(&weak, HFI_E_CERT_WEAK_KEY, 0, "RFC 5280 4.1.2.7");
    refused(&odd, HFI_E_CERT_KEY_UNSUPPORTED, 0, "RFC 5280 4.1.2.7");
    refused(&critical, HFI_E_CERT_UNKNOWN_CRITICAL_EXTENSION, 0, "RFC 5280 4.2");
    refused(&sha1, HFI_E_CERT_SIGNATURE_WEAK, 0, "RFC 8446 4.4.2.4");

    (void)verify(&weak, &f, NULL);
    assert_string_equal(f.presented, "RSA 1024");
    (void)verify(&critical, &f, NULL);
    assert_string_equal(f.presented, "1.3.6.1.4.1.55555.1");
    client.purpose = HFI_PURPOSE_CLIENT;
    accepted(&client);
}

static void test_signatures(void **state)
{
    (void)state;
    /* A root of the right name and the wrong key, as the key identifiers show. */
    attempt imposter = {.roots = imposter_pem, .sent = {direct_pem}};
    hfi_cert_fault f;
    refused(&imposter, HFI_E_CERT_UNKNOWN_ISSUER, 0, "RFC 5280 6.1");
    (void)verify(&imposter, &f, NULL);
    assert_string_equal(f.presented, "one of that name with another key");
    attempt salt = {.roots = rsa_root_pem, .sent = {rsa_pss_salt_pem}};
    refused(&salt, HFI_E_CERT_SIGNATURE_ALGORITHM, 0, "RFC 5280 4.1.1.2");

    attempt pkcs1 = {.roots = rsa_root_pem, .sent = {rsa_pkcs1_pem}};
    attempt pss = {.roots = rsa_root_pem, .sent = {rsa_pss_pem}};
    attempt p384 = {.roots = p384_root_pem, .sent = {p384_leaf_pem}};
    attempt p521 = {.roots = p521_root_pem, .sent = {p521_leaf_pem}};
    attempt ed25519 = {.roots = ed25519_root_pem, .sent = {ed25519_leaf_pem}};
    accepted(&pkcs1);
    accepted(&pss);
    accepted(&p384);
    accepted(&p521);
    accepted(&ed25519);
}

/* The signature's last byte, and one of the signed bytes, changed. */
static void test_changed_bytes(void **state)
{
    (void)state;
    hfi_alloc alloc = counting_alloc(&heap);
    hfi_cert_fault f = {0};
    chain c = {.count = 0};
    hfi_verify_params params = {.crypto = &hfi_crypto_nettle,
                                .alloc = &alloc,
                                .now = CHAIN_NOW,
                                .store = hfi_trust_store_new(&alloc, &hfi_crypto_nettle)};

    assert_int_equal(hfi_trust_store_add(params.store, hfi_view_of_text(root_pem), NULL),
                     HFI_OK);
    chain_add(&c, leaf_pem);
    chain_add(&c, inter_pem);
    size_t len = c.certs[0].len;
    c.owned[0][len - 1] ^= 1;
    assert_int_equal(hfi_verify_chain(&params, c.certs, 2, NULL, &f),
                     HFI_E_CERT_BAD_SIGNATURE);
    assert_int_equal(f.index, 0);
    assert_string_equal(f.rule, "RFC 5280 6.1.3");
    c.owned[0][len - 1] ^= 1;
    assert_int_equal(hfi_verify_chain(&params, c.certs, 2, NULL, &f), HFI_OK);
    c.owned[0][20] ^= 1; /* in the serial number */
    assert_int_equal(hfi_verify_chain(&params, c.certs, 2, NULL, &f),
                     HFI_E_CERT_BAD_SIGNATURE);
    hfi_trust_store_free(params.store);
    chain_free(&c);
}

static void test_name_constraints(void **state)
{
    (void)state;
    attempt inside = {.sent = {inside_pem, limited_pem}, .name = "www.example.org"};
    attempt outside = {.sent = {outside_pem, limited_pem}, .name = "www.example.com"};
    attempt excluded = {.sent = {excluded_pem, limited_pem}, .name = ""};
    attempt wild = {.sent = {wild_excluded_pem, limited_pem}, .name = ""};
    attempt ip = {.sent = {outside_ip_pem, limited_pem}, .name = "www.example.org"};
    attempt uri = {.sent = {uri_leaf_pem, uri_inter_pem}, .name = "www.example.org"};
    hfi_cert_fault f;

    refused(&outside, HFI_E_CERT_NAME_CONSTRAINT, 0, "RFC 5280 4.2.1.10");
    refused(&excluded, HFI_E_CERT_NAME_CONSTRAINT, 0, "RFC 5280 4.2.1.10");
    refused(&wild, HFI_E_CERT_NAME_CONSTRAINT, 0, "RFC 5280 4.2.1.10");
    refused(&ip, HFI_E_CERT_NAME_CONSTRAINT, 0, "RFC 5280 4.2.1.10");
    refused(&uri, HFI_E_CERT_NAME_CONSTRAINT_UNSUPPORTED, 0, "RFC 5280 4.2.1.10");
    (void)verify(&excluded, &f, NULL);
    assert_string_equal(f.expected, "not within secret.example.org, by CN=Limited, "
                                    "O=Handfast tests");
    assert_string_equal(f.presented, "a.secret.example.org");
    accepted(&inside);
}

/* RFC 4158 2.4: two ways, in either order, one of them expired. */
static void test_cross_signed(void **state)
{
    (void)state;
    attempt one = SENT(cross_leaf_pem, cross_old_pem, cross_new_pem);
    attempt other = SENT(cross_leaf_pem, cross_new_pem, cross_old_pem);
    attempt alone = SENT(cross_leaf_pem, cross_old_pem);

    accepted(&one);
    accepted(&other);
    refused(&alone, HFI_E_CERT_EXPIRED, 1, "RFC 5280 4.1.2.5");
}

static void test_pool(void **state)
{
    (void)state;
    attempt twice = SENT(leaf_pem, inter_pem, inter_pem, leaf_pem);
    attempt noise = SENT(leaf_pem, stranger_pem, rsa_root_pem, inter_pem);
    attempt with_root = SENT(leaf_pem, root_pem, inter_pem);

    accepted(&twice);
    accepted(&noise);
    accepted(&with_root);
}

static void test_length(void **state)
{
    (void)state;
    attempt deep = SENT(deep_leaf_pem, deep_pem);
    attempt eight = SENT(deep_8_leaf_pem, deep_pem);
    attempt limited = SENT(leaf_pem, inter_pem);

    /* Leaf, ten intermediates and the root are twelve; leaf, eight and root are ten. */
    refused(&deep, HFI_E_CERT_CHAIN_TOO_LONG, 2, "RFC 5280 6.1");
    accepted(&eight);

    limited.limited = true;
    refused(&limited, HFI_E_CERT_CHAIN_TOO_LONG, 1, "RFC 5280 6.1");
    limited.intermediates_max = 1;
    accepted(&limited);
}

static size_t signatures_checked;

static bool counting_verify(hfi_signature algorithm, const hfi_public_key *key,
                            hfi_view message, hfi_view signature)
{
    signatures_checked++;
    return hfi_crypto_nettle.verify(algorithm, key, message, signature);
}

/* 32 CAs of one name with keys of their own: work ends before the paths do. */
static void test_hostile_pool(void **state)
{
    (void)state;
    hfi_alloc alloc = counting_alloc(&heap);
    hfi_crypto crypto = hfi_crypto_nettle;
    hfi_cert_fault f = {0};
    chain c = {.count = 0};
    hfi_verify_params params = {.crypto = &crypto,
                                .alloc = &alloc,
                                .now = CHAIN_NOW,
                                .store = hfi_trust_store_new(&alloc, &crypto)};

    crypto.verify = counting_verify;
    signatures_checked = 0;
    assert_int_equal(hfi_trust_store_add(params.store, hfi_view_of_text(root_pem), NULL),
                     HFI_OK);
    chain_add(&c, hostile_leaf_pem);
    chain_add(&c, hostile_pem);
    assert_int_equal(c.count, 33);
    assert_int_equal(hfi_verify_chain(&params, c.certs, c.count, NULL, &f),
                     HFI_E_CERT_WORK_LIMIT);
    assert_string_equal(f.rule, "RFC 5280 6.1");
    assert_int_equal(signatures_checked, HFI_VERIFY_SIGNATURES_MAX);
    hfi_trust_store_free(params.store);
    chain_free(&c);
}

/* Of roots of one name that with the right key identifier is tried first, whichever
 * was added last; one of another key is no cause as long as a right one is there. */
static void test_roots_of_one_name(void **state)
{
    (void)state;
    hfi_alloc alloc = counting_alloc(&heap);
    hfi_crypto crypto = hfi_crypto_nettle;
    const char *orders[][2] = {{root_pem, imposter_pem}, {imposter_pem, root_pem}};

    crypto.verify = counting_verify;
    for (size_t i = 0; i < 2; i++) {
        hfi_cert_fault f = {0};
        hfi_verify_work work;
        chain c = {.count = 0};
        hfi_verify_params params = {.crypto = &crypto,
                                    .alloc = &alloc,
                                    .now = CHAIN_NOW,
                                    .work = &work,
                                    .store = hfi_trust_store_new(&alloc, &crypto)};
        for (size_t j = 0; j < 2; j++)
            assert_int_equal(
                hfi_trust_store_add(params.store, hfi_view_of_text(orders[i][j]), NULL),
                HFI_OK);
        chain_add(&c, direct_pem);
        signatures_checked = 0;
        assert_int_equal(hfi_verify_chain(&params, c.certs, c.count, NULL, &f), HFI_OK);
        assert_int_equal(signatures_checked, 1);
        assert_int_equal(work.steps, 1);
        hfi_trust_store_free(params.store);
        chain_free(&c);
    }
    assert_int_equal(heap.live, 0);
}

static void test_counts(void **state)
{
    (void)state;
    hfi_alloc alloc = counting_alloc(&heap);
    hfi_cert_fault f = {0};
    hfi_view many[HFI_VERIFY_POOL_MAX + 1] = {{NULL, 0}};
    hfi_verify_params params = {.crypto = &hfi_crypto_nettle, .alloc = &alloc};

    assert_int_equal(hfi_verify_chain(&params, many, 0, NULL, &f),
                     HFI_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(hfi_verify_chain(&params, many, 1, NULL, &f), HFI_E_CERT_MALFORMED);
    assert_int_equal(f.index, 0);
    assert_int_equal(hfi_verify_chain(&params, many, HFI_VERIFY_POOL_MAX + 1, NULL, &f),
                     HFI_E_CERT_CHAIN_TOO_LONG);
    assert_int_equal(f.index, -1);
    heap.fail_at = heap.calls + 1;
    assert_int_equal(hfi_verify_chain(&params, many, 1, NULL, &f), HFI_E_NO_MEMORY);
    heap.fail_at = 0;
}

/* An unreadable certificate beside a good chain is passed over; in a chain that leads
 * nowhere it is the cause that is told. */
static void test_unreadable_in_pool(void **state)
{
    (void)state;
    hfi_alloc alloc = counting_alloc(&heap);
    hfi_cert_fault f = {0};
    chain c = {.count = 0};
    hfi_verify_params params = {.crypto = &hfi_crypto_nettle,
                                .alloc = &alloc,
                                .now = CHAIN_NOW,
                                .store = hfi_trust_store_new(&alloc, &hfi_crypto_nettle)};

    assert_int_equal(hfi_trust_store_add(params.store, hfi_view_of_text(root_pem), NULL),
                     HFI_OK);
    chain_add(&c, leaf_pem);
    chain_add(&c, stranger_pem);
    chain_add(&c, inter_pem);
    c.certs[1].len--;
    assert_int_equal(hfi_verify_chain(&params, c.certs, 3, NULL, &f), HFI_OK);
    assert_int_equal(hfi_verify_chain(&params, c.certs, 2, NULL, &f),
                     HFI_E_CERT_MALFORMED);
    assert_int_equal(f.index, 1);
    hfi_trust_store_free(params.store);
    chain_free(&c);
}

static void test_text_of_fault(void **state)
{
    (void)state;
    hfi_cert_fault f;
    attempt a = {.sent = {control_pem, inter_pem}, .name = "other.example.com"};

    assert_int_equal(verify(&a, &f, NULL), HFI_E_CERT_NAME_MISMATCH);
    assert_string_equal(f.subject, "CN=a\xef\xbf\xbd"
                                   "b\xef\xbf\xbd[31m\xef\xbf\xbd"
                                   "c, O=Handfast tests");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_unknown_issuer),
        cmocka_unit_test(test_issuer_rules),
        cmocka_unit_test(test_leaf_rules),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_changed_bytes),
        cmocka_unit_test(test_name_constraints),
        cmocka_unit_test(test_cross_signed),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_hostile_pool),
        cmocka_unit_test(test_roots_of_one_name),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_unreadable_in_pool),
        cmocka_unit_test(test_text_of_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
