/* tests/contract/test_clauses_certificates.c: which certificates are accepted, and what
 * is said of the others; clauses 47 to 49. */
#include "stage.h"

#include <stdlib.h>

/* A root, an intermediate below it, and a leaf for server.test below that. */
typedef struct tree {
    credential root, intermediate, leaf;
} tree;

static tree plant(const wish *intermediate, const wish *leaf)
{
    const wish root = {.subject = "Tree Root", .is_ca = true};
    const wish usual_ca = {.subject = "Tree Intermediate", .is_ca = true};
    const wish usual_leaf = {.names = "DNS:server.test"};
    tree t;

    t.root = authority_issue(NULL, &root);
    t.intermediate =
        authority_issue(&t.root, intermediate != NULL ? intermediate : &usual_ca);
    t.leaf = authority_issue(&t.intermediate, leaf != NULL ? leaf : &usual_leaf);
    return t;
}

static void fell(tree *t)
{
    credential_free(&t->root);
    credential_free(&t->intermediate);
    credential_free(&t->leaf);
}

/* The handshake fails with this code, and the server hears this alert. */
static void expect_refusal(stage *s, int code, int alert)
{
    assert_failed(s, stage_connect(s), HF_ERROR_SSL, code);
    const hf_error *e = hf_conn_get0_error(s->conn);
    assert_int_equal(hf_error_alert(e), alert);
    assert_int_equal(hf_error_alert_level(e), 2);
    assert_int_equal(hf_error_alert_direction(e), HF_DIRECTION_SENT);
    assert_int_equal(hf_conn_verify_result(s->conn), code);
    while (stage_to_server(s) > 0)
        ;
    assert_int_equal(s->server.alert_heard, alert);
    assert_true(s->server.failed);
    assert_true(hf_conn_peer_certificate_count(s->conn) > 0);
}

static void refuse_tree(const wish *intermediate, const wish *leaf, int code, int alert,
                        int index)
{
    tree t = plant(intermediate, leaf);
    stage s;

    stage_open_chain(&s, CARRIER_SOCKET, &t.root, &t.leaf, &t.intermediate, 1);
    expect_refusal(&s, code, alert);
    assert_int_equal(hf_error_certificate_index(hf_conn_get0_error(s.conn)), index);
    stage_close(&s);
    fell(&t);
}

/* ---- clause 47 ---- */

static void test_clause_47_a_good_chain_is_accepted(void **state)
{
    static const char *const keys[] = {"P-256", "P-384", "RSA", "Ed25519"};

    (void)state;
    for (int i = 0; i < 4; i++) {
        const wish leaf = {.names = "DNS:server.test", .key = keys[i]};
        tree t = plant(NULL, &leaf);
        stage s;
        stage_open_chain(&s, CARRIER_SOCKET, &t.root, &t.leaf, &t.intermediate, 1);
        stage_establish(&s);
        assert_int_equal(hf_conn_verify_result(s.conn), 0);
        assert_int_equal(hf_conn_peer_certificate_count(s.conn), 2);
        stage_close(&s);
        fell(&t);
    }
}

static void test_clause_47_untrusted_root(void **state)
{
    const wish stranger = {.subject = "Another Root", .is_ca = true};
    credential other = authority_issue(NULL, &stranger);
    tree t = plant(NULL, NULL);
    stage s;

    (void)state;
    stage_open_chain(&s, CARRIER_SOCKET, &other, &t.leaf, &t.intermediate, 1);
    expect_refusal(&s, HF_E_CERT_UNKNOWN_ISSUER, 48);
    stage_close(&s);
    fell(&t);
    credential_free(&other);
}

static void test_clause_47_self_signed(void **state)
{
    const wish alone = {.names = "DNS:server.test"};
    const wish stranger = {.subject = "Another Root", .is_ca = true};
    credential leaf = authority_issue(NULL, &alone);
    credential other = authority_issue(NULL, &stranger);
    stage s;

    (void)state;
    stage_open_chain(&s, CARRIER_SOCKET, &other, &leaf, NULL, 0);
    expect_refusal(&s, HF_E_CERT_SELF_SIGNED, 48);
    assert_int_equal(hf_error_certificate_index(hf_conn_get0_error(s.conn)), 0);
    stage_close(&s);
    credential_free(&leaf);
    credential_free(&other);
}

static void test_clause_47_expired(void **state)
{
    const wish leaf = {.subject = "late",
                       .names = "DNS:server.test",
                       .not_before = CONTRACT_NOW - 10 * CONTRACT_DAY,
                       .not_after = CONTRACT_NOW - CONTRACT_DAY};
    const wish ca = {.subject = "Late CA",
                     .is_ca = true,
                     .not_before = CONTRACT_NOW - 10 * CONTRACT_DAY,
                     .not_after = CONTRACT_NOW - 1};

    (void)state;
    refuse_tree(NULL, &leaf, HF_E_CERT_EXPIRED, 45, 0);
    refuse_tree(&ca, NULL, HF_E_CERT_EXPIRED, 45, 1);
}

/* The record says when, of which certificate, in a sentence. */
static void test_clause_47_expired_is_told_with_its_date(void **state)
{
    const wish leaf = {.subject = "late",
                       .names = "DNS:server.test",
                       .not_before = CONTRACT_NOW - 10 * CONTRACT_DAY,
                       .not_after = CONTRACT_NOW - CONTRACT_DAY};
    tree t = plant(NULL, &leaf);
    stage s;
    char json[4096];

    (void)state;
    stage_open_chain(&s, CARRIER_SOCKET, &t.root, &t.leaf, &t.intermediate, 1);
    assert_int_equal(stage_connect(&s), -1);
    const hf_error *e = hf_conn_get0_error(s.conn);
    assert_string_equal(hf_error_summary(e),
                        "certificate 0 (CN=late) expired on 2030-03-16T17:46:40Z");
    assert_string_equal(hf_error_certificate_subject(e), "CN=late");
    assert_string_equal(hf_error_certificate_issuer(e), "CN=Tree Intermediate");
    assert_string_equal(hf_error_presented(e), "2030-03-16T17:46:40Z");
    assert_non_null(strstr(hf_error_expected(e), "2030-03-17T17:46:40Z"));
    assert_string_equal(hf_error_certificate_rule(e), "RFC 5280 4.1.2.5");
    assert_true(hf_error_json(e, json, sizeof json) < sizeof json);
    assert_non_null(strstr(json, "\"name\":\"CERT_EXPIRED\""));
    assert_non_null(strstr(json, "\"presented\":\"2030-03-16T17:46:40Z\""));
    stage_close(&s);
    fell(&t);
}

static void test_clause_47_not_yet_valid(void **state)
{
    const wish leaf = {.names = "DNS:server.test",
                       .not_before = CONTRACT_NOW + 1,
                       .not_after = CONTRACT_NOW + CONTRACT_DAY};

    (void)state;
    refuse_tree(NULL, &leaf, HF_E_CERT_NOT_YET_VALID, 45, 0);
}

static void test_clause_47_wrong_purpose(void **state)
{
    const wish leaf = {.names = "DNS:server.test", .extended_key_usage = "clientAuth"};

    (void)state;
    refuse_tree(NULL, &leaf, HF_E_CERT_EXTENDED_KEY_USAGE, 43, 0);
}

static void test_clause_47_issuer_that_is_no_ca(void **state)
{
    const wish not_a_ca = {.subject = "No CA", .names = "DNS:other.test"};

    (void)state;
    refuse_tree(&not_a_ca, NULL, HF_E_CERT_NOT_A_CA, 42, 1);
}

static void test_clause_47_wrongly_signed(void **state)
{
    const wish leaf = {.names = "DNS:server.test", .wrongly_signed = true};
    const wish ca = {.subject = "Forged CA", .is_ca = true, .wrongly_signed = true};

    (void)state;
    refuse_tree(NULL, &leaf, HF_E_CERT_BAD_SIGNATURE, 42, 0);
    refuse_tree(&ca, NULL, HF_E_CERT_BAD_SIGNATURE, 42, 1);
}

static void test_clause_47_incomplete_chain(void **state)
{
    tree t = plant(NULL, NULL);
    stage s;

    (void)state;
    stage_open_chain(&s, CARRIER_SOCKET, &t.root, &t.leaf, NULL, 0);
    expect_refusal(&s, HF_E_CERT_UNKNOWN_ISSUER, 48);
    stage_close(&s);
    fell(&t);
}

/* The alert reaches the server over every transport, after the call has failed. */
static void test_clause_47_the_alert_is_sent_on_every_transport(void **state)
{
    const wish stranger = {.subject = "Another Root", .is_ca = true};
    credential other = authority_issue(NULL, &stranger);
    tree t = plant(NULL, NULL);

    (void)state;
    for (int kind = 0; kind < CARRIER_COUNT; kind++) {
        stage s;
        stage_open_chain(&s, (carrier)kind, &other, &t.leaf, &t.intermediate, 1);
        assert_int_equal(stage_connect(&s), -1);
        for (int i = 0; i < 100 && s.server.alert_heard < 0; i++) {
            (void)stage_to_server(&s);
            (void)hf_connect(s.conn); /* a small pair takes it in pieces */
        }
        assert_int_equal(s.server.alert_heard, 48);
        stage_close(&s);
    }
    fell(&t);
    credential_free(&other);
}

/* Without any root nothing can be verified, and that is said before a byte is sent. */
static void test_clause_47_no_roots_at_all(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    hf_config *config = hf_config_new(NULL);
    assert_int_equal(hf_config_add_trust_file(config, "/nonexistent/roots.pem"),
                     -HF_E_FILE_UNREADABLE);
    assert_non_null(strstr(hf_config_last_message(config), "/nonexistent/roots.pem"));
    hf_conn_free(s.conn);
    hf_config_free(s.config);
    s.config = config;
    s.conn = NULL;
    stage_new_conn(&s);
    assert_int_equal(hf_config_trust_count(config), 0); /* the system's stay out */
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_TRUST_STORE_EMPTY);
    assert_true(hf_conn_bytes_out(s.conn) == 0);
    stage_close(&s);
}

/* ---- clause 48 ---- */

/* With verification off the handshake goes on, and the result is still told. */
static void expect_told_without_verification(const credential *root,
                                             const credential *leaf, const char *host,
                                             int code)
{
    stage s;

    stage_open_chain(&s, CARRIER_SOCKET, root, leaf, NULL, 0);
    hf_conn_free(s.conn);
    s.conn = NULL;
    hf_config_free(s.config);
    s.config = stage_config(root);
    assert_int_equal(hf_config_disable_certificate_verification(s.config), 1);
    stage_new_conn(&s);
    assert_int_equal(hf_conn_set_hostname(s.conn, host), 1);
    assert_int_equal(hf_conn_verify_result(s.conn), HF_E_NOT_CONNECTED);
    stage_establish(&s);
    assert_string_equal(hf_code_name(hf_conn_verify_result(s.conn)), hf_code_name(code));
    assert_int_equal(stage_code(&s), 0);
    stage_client_writes(&s, (const uint8_t *)"x", 1);
    stage_close(&s);
}

static void test_clause_48_verification_off_tells_the_result(void **state)
{
    const wish root_wish = {.subject = "Root", .is_ca = true};
    const wish good_wish = {.names = "DNS:server.test"};
    const wish late_wish = {.names = "DNS:server.test",
                            .not_before = CONTRACT_NOW - 10 * CONTRACT_DAY,
                            .not_after = CONTRACT_NOW - CONTRACT_DAY};
    credential root = authority_issue(NULL, &root_wish);
    credential good = authority_issue(&root, &good_wish);
    credential late = authority_issue(&root, &late_wish);
    credential self = authority_issue(NULL, &good_wish);

    (void)state;
    expect_told_without_verification(&root, &good, "server.test", 0);
    expect_told_without_verification(&root, &late, "server.test", HF_E_CERT_EXPIRED);
    expect_told_without_verification(&root, &self, "server.test", HF_E_CERT_SELF_SIGNED);
    expect_told_without_verification(&root, &good, "other.test", HF_E_CERT_NAME_MISMATCH);
    credential_free(&root);
    credential_free(&good);
    credential_free(&late);
    credential_free(&self);
}

/* Verification is on unless it is switched off by its name. */
static void test_clause_48_verification_is_on_by_default(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(hf_conn_set_hostname(s.conn, "other.test"), 1);
    expect_refusal(&s, HF_E_CERT_NAME_MISMATCH, 42);
    stage_close(&s);
}

static void test_clause_48_only_the_name_check_off(void **state)
{
    const wish stranger = {.subject = "Another Root", .is_ca = true};
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(hf_conn_set_hostname(s.conn, "other.test"), 1);
    assert_int_equal(hf_conn_disable_hostname_check(s.conn), 1);
    stage_establish(&s);
    assert_int_equal(hf_conn_verify_result(s.conn), 0);

    /* The chain is still checked. */
    credential other = authority_issue(NULL, &stranger);
    hf_conn_free(s.conn);
    s.conn = NULL;
    hf_config_free(s.config);
    s.config = stage_config(&other);
    assert_int_equal(hf_config_disable_hostname_check(s.config), 1);
    stage_new_conn(&s);
    stage_new_server(&s);
    expect_refusal(&s, HF_E_CERT_UNKNOWN_ISSUER, 48);
    credential_free(&other);
    stage_close(&s);
}

/* ---- clause 49 ---- */

static void expect_name(const char *names, const char *asked, int code)
{
    const wish root_wish = {.subject = "Root", .is_ca = true};
    const wish leaf_wish = {.subject = "only.cn.test", .names = names};
    credential root = authority_issue(NULL, &root_wish);
    credential leaf = authority_issue(&root, &leaf_wish);
    stage s;

    stage_open_chain(&s, CARRIER_SOCKET, &root, &leaf, NULL, 0);
    assert_int_equal(hf_conn_set_hostname(s.conn, asked), 1);
    int ret = stage_connect(&s);
    if (hf_conn_error_code(s.conn) != code || (ret == 1) != (code == 0))
        fail_msg("%s for %s: %d, %s", names != NULL ? names : "(none)", asked, ret,
                 hf_error_summary(hf_conn_get0_error(s.conn)));
    stage_close(&s);
    credential_free(&root);
    credential_free(&leaf);
}

static void test_clause_49_exact_names_in_any_case(void **state)
{
    (void)state;
    expect_name("DNS:server.test", "server.test", 0);
    expect_name("DNS:server.test", "SERVER.Test", 0);
    expect_name("DNS:SERVER.TEST", "server.test", 0);
    expect_name("DNS:server.test", "server.test.", 0);
    expect_name("DNS:server.test", "server.tes", HF_E_CERT_NAME_MISMATCH);
    expect_name("DNS:server.test", "xserver.test", HF_E_CERT_NAME_MISMATCH);
    expect_name("DNS:server.test", "a.server.test", HF_E_CERT_NAME_MISMATCH);
}

static void test_clause_49_one_label_wildcards(void **state)
{
    (void)state;
    expect_name("DNS:*.wild.test", "a.wild.test", 0);
    expect_name("DNS:*.wild.test", "A.WILD.test", 0);
    expect_name("DNS:*.wild.test", "wild.test", HF_E_CERT_NAME_MISMATCH);
    expect_name("DNS:*.wild.test", "a.b.wild.test", HF_E_CERT_NAME_MISMATCH);
    expect_name("DNS:a*.wild.test", "ab.wild.test", HF_E_CERT_NAME_MISMATCH);
    expect_name("DNS:w.*.test", "w.wild.test", HF_E_CERT_NAME_MISMATCH);
}

static void test_clause_49_several_names(void **state)
{
    stage s;

    (void)state;
    expect_name("DNS:one.test,DNS:two.test,DNS:three.test", "three.test", 0);
    expect_name("DNS:one.test,DNS:two.test", "three.test", HF_E_CERT_NAME_MISMATCH);

    stage_open(&s, CARRIER_SOCKET); /* and several asked: any will do */
    assert_int_equal(hf_conn_set_hostname(s.conn, "first.test"), 1);
    assert_int_equal(hf_conn_add_hostname(s.conn, "server.test"), 1);
    stage_establish(&s);
    stage_close(&s);
}

static void test_clause_49_addresses(void **state)
{
    (void)state;
    expect_name("IP:192.0.2.1", "192.0.2.1", 0);
    expect_name("IP:192.0.2.1", "192.0.2.2", HF_E_CERT_NAME_MISMATCH);
    expect_name("IP:2001:db8::1", "2001:DB8:0::1", 0);
    expect_name("IP:2001:db8::1", "2001:db8::2", HF_E_CERT_NAME_MISMATCH);
    expect_name("DNS:192.0.2.1", "192.0.2.1", HF_E_CERT_NAME_MISMATCH);
    expect_name("DNS:*.0.2.1", "192.0.2.1", HF_E_CERT_NAME_MISMATCH);
}

/* The common name does not count, RFC 9525 6.1. */
static void test_clause_49_the_common_name_is_no_name(void **state)
{
    (void)state;
    expect_name(NULL, "only.cn.test", HF_E_CERT_NO_NAMES);
    expect_name("DNS:server.test", "only.cn.test", HF_E_CERT_NAME_MISMATCH);
}

static void test_clause_49_a_mismatch_has_its_own_code_and_names(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(hf_conn_set_hostname(s.conn, "elsewhere.test"), 1);
    expect_refusal(&s, HF_E_CERT_NAME_MISMATCH, 42);
    const hf_error *e = hf_conn_get0_error(s.conn);
    assert_string_equal(hf_error_expected(e), "elsewhere.test");
    assert_string_equal(hf_error_presented(e), "server.test, *.wild.test, 192.0.2.1");
    assert_int_equal(hf_error_certificate_index(e), 0);
    stage_close(&s);
}

static void test_clause_49_names_that_cannot_be(void **state)
{
    static const char *const wrong[] = {"",
                                        ".",
                                        "a..test",
                                        "-",
                                        "server.test:443",
                                        "https://server.test",
                                        "[2001:db8::1]",
                                        "sp ace.test",
                                        "*.server.test",
                                        "1.2.3.4.5.6.7.8.9:"};
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (hf_conn_set_hostname(s.conn, wrong[i]) != -HF_E_INVALID_HOSTNAME)
            fail_msg("\"%s\" is taken for a host name", wrong[i]);
    char *longest = calloc(1, 300);
    memset(longest, 'a', 299);
    assert_int_equal(hf_conn_set_hostname(s.conn, longest), -HF_E_INVALID_HOSTNAME);
    free(longest);
    assert_int_equal(hf_conn_set_hostname(s.conn, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_server_name(s.conn, "192.0.2.1"),
                     -HF_E_INVALID_HOSTNAME);
    stage_establish(&s); /* the name set before them is still there */
    assert_int_equal(hf_conn_set_hostname(s.conn, "x.test"), -HF_E_ALREADY_STARTED);
    stage_close(&s);
}

/* A name travels as server_name, an address never does, RFC 6066 3. */
static void expect_server_name(const char *asked, const char *sent_instead,
                               const char *seen)
{
    stage s;

    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(hf_conn_set_hostname(s.conn, asked), 1);
    if (sent_instead != NULL)
        assert_int_equal(hf_conn_set_server_name(s.conn, sent_instead), 1);
    stage_establish(&s);
    const char *name = SSL_get_servername(s.server.ssl, TLSEXT_NAMETYPE_host_name);
    if (seen == NULL)
        assert_null(name);
    else
        assert_string_equal(name, seen);
    stage_close(&s);
}

static void test_clause_49_the_name_that_is_sent(void **state)
{
    (void)state;
    expect_server_name("server.test", NULL, "server.test");
    expect_server_name("Server.Test.", NULL, "server.test");
    expect_server_name("192.0.2.1", NULL, NULL);
    expect_server_name("server.test", "front.test", "front.test");
    expect_server_name("server.test", "", NULL);
    expect_server_name("192.0.2.1", "front.test", "front.test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clause_47_a_good_chain_is_accepted),
        cmocka_unit_test(test_clause_47_untrusted_root),
        cmocka_unit_test(test_clause_47_self_signed),
        cmocka_unit_test(test_clause_47_expired),
        cmocka_unit_test(test_clause_47_expired_is_told_with_its_date),
        cmocka_unit_test(test_clause_47_not_yet_valid),
        cmocka_unit_test(test_clause_47_wrong_purpose),
        cmocka_unit_test(test_clause_47_issuer_that_is_no_ca),
        cmocka_unit_test(test_clause_47_wrongly_signed),
        cmocka_unit_test(test_clause_47_incomplete_chain),
        cmocka_unit_test(test_clause_47_the_alert_is_sent_on_every_transport),
        cmocka_unit_test(test_clause_47_no_roots_at_all),
        cmocka_unit_test(test_clause_48_verification_off_tells_the_result),
        cmocka_unit_test(test_clause_48_verification_is_on_by_default),
        cmocka_unit_test(test_clause_48_only_the_name_check_off),
        cmocka_unit_test(test_clause_49_exact_names_in_any_case),
        cmocka_unit_test(test_clause_49_one_label_wildcards),
        cmocka_unit_test(test_clause_49_several_names),
        cmocka_unit_test(test_clause_49_addresses),
        cmocka_unit_test(test_clause_49_the_common_name_is_no_name),
        cmocka_unit_test(test_clause_49_a_mismatch_has_its_own_code_and_names),
        cmocka_unit_test(test_clause_49_names_that_cannot_be),
        cmocka_unit_test(test_clause_49_the_name_that_is_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
