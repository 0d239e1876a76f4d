/* tests/unit/capi/test_hint.c: a hint names the cause that this case shows: what our
 * offer lacks, how far the handshake had come, and nothing of what is not known. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "capi/objects.h"
#include "capi/sentence.h"

static hf_config *config;
static hf_conn *conn;

static int make(void **state)
{
    (void)state;
    config = hf_config_new(NULL);
    (void)hf_config_disable_certificate_verification(config);
    return config == NULL;
}

static int drop(void **state)
{
    (void)state;
    hf_conn_free(conn);
    hf_config_free(config);
    conn = NULL;
    return 0;
}

static void say(hfi_said *said, hfi_said_list *list, const uint16_t *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hfi_said_add(said, list, items[i]);
}

/* The connection that fails, with what its settings offer. */
static hfi_report *begin(hfi_role role, const char *step, const char *name)
{
    const hfi_settings *s = &config->settings;

    hf_conn_free(conn);
    conn = hf_conn_new(config);
    assert_non_null(conn);
    conn->role = conn->engine.role = role;
    conn->engine.server_name = hfi_view_of((const uint8_t *)name, strlen(name));
    hfi_report *r = &conn->engine.report;
    r->step = step;
    r->negotiation = hfi_alloc_zeroed(&s->alloc, sizeof *r->negotiation);
    assert_non_null(r->negotiation);
    hfi_said *own = &r->negotiation->own;
    for (uint16_t version = 0x0304; version >= 0x0303; version--) {
        if (hfi_settings_allow(s, version))
            say(own, &own->versions, &version, 1);
    }
    say(own, &own->suites, s->suites, s->suite_count);
    say(own, &own->groups, s->groups, s->group_count);
    say(own, &own->schemes, s->schemes, s->scheme_count);
    return r;
}

static const char *hint(hfi_err code)
{
    (void)hfi_report_fail(&conn->engine.report, code);
    conn->engine.phase = HFI_PHASE_FAILED;
    assert_true((conn->role == HFI_ROLE_SERVER ? hf_accept(conn) : hf_connect(conn)) <=
                0);
    const char *text = hf_error_hint(hf_conn_get0_error(conn));
    assert_in_range(strlen(text), 20, 300);
    return text;
}

static void expect(const char *text, const char *words)
{
    if (strstr(text, words) == NULL)
        fail_msg("'%s' lacks '%s'", text, words);
}

static const char *alert_hint(int alert, const char *name)
{
    begin(HFI_ROLE_CLIENT, "WAIT_SH", name)->alert = alert;
    return hint(HFI_E_ALERT_RECEIVED);
}

/* ---- what we offered ---- */

static void test_nothing_is_told_that_is_not_known(void **state)
{
    (void)state;
    hfi_report *r = begin(HFI_ROLE_CLIENT, "WAIT_SH", "www.test");
    hfi_alloc_release(&config->settings.alloc, r->negotiation);
    r->negotiation = NULL;
    r->alert = 40;
    const char *text = hint(HFI_E_ALERT_RECEIVED);
    assert_null(strstr(text, "this side offers only"));
    assert_null(strstr(text, "no server name"));

    begin(HFI_ROLE_CLIENT, NULL, "www.test")->alert = 40; /* it never began */
    assert_null(strstr(hint(HFI_E_ALERT_RECEIVED), "www.test"));

    begin(HFI_ROLE_SERVER, "WAIT_FINISHED", "")->alert = 40; /* a client's alert */
    assert_null(strstr(hint(HFI_E_ALERT_RECEIVED), "server name"));

    begin(HFI_ROLE_CLIENT, "CONNECTED", "")->alert = 40; /* no answer to our offer */
    assert_null(strstr(hint(HFI_E_ALERT_RECEIVED), "no server name"));
}

static void test_a_usual_offer_is_not_blamed(void **state)
{
    (void)state;
    const char *text = alert_hint(40, "www.test");
    assert_null(strstr(text, "this side offers only"));
    expect(text, "no certificate for 'www.test'");
    assert_null(strstr(alert_hint(71, "www.test"), "allow more here"));
}

static void test_a_missing_name_comes_first(void **state)
{
    (void)state;
    const char *text = alert_hint(40, "");
    assert_ptr_equal(strstr(text, "no server name was sent"), text);
    expect(alert_hint(109, ""), "no server name was sent");
    expect(alert_hint(112, ""), "no server name was sent");
    expect(alert_hint(112, "www.test"), "no site called 'www.test'");
}

static void test_what_is_narrow_is_named(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_groups(config, "x25519"), 1);
    expect(alert_hint(40, "www.test"), "only the group x25519, ");
    expect(alert_hint(71, "www.test"), "than the group x25519 ");
    expect(alert_hint(40, ""), "no server name was sent");
    expect(hf_error_hint(hf_conn_get0_error(conn)), "only the group x25519");
}

static void test_several_that_are_narrow(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_cipher_suites(config, "TLS_AES_128_GCM_SHA256"), 1);
    assert_int_equal(hf_config_set_groups(config, "x25519:secp256r1"), 1);
    const char *text = alert_hint(40, "www.test");
    expect(text, "only the cipher suite TLS_AES_128_GCM_SHA256 and the groups x25519, "
                 "secp256r1, which");
    expect(text, "hf_config_set_cipher_suites");
    expect(alert_hint(70, "www.test"), "refuses TLSv1.3, the only version");
}

static void test_old_versions_alone(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_versions(config, "TLSv1.2"), 1);
    expect(alert_hint(40, "www.test"), "others alone, such as CBC");
    expect(alert_hint(70, "www.test"), "refuses TLSv1.2, the only version");
}

static void test_cbc_is_offered(void **state)
{
    (void)state;
    assert_int_equal(
        hf_config_set_cipher_suites(config, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"), 1);
    const char *text = alert_hint(40, "www.test");
    assert_null(strstr(text, "such as CBC"));
    expect(text, "only the cipher suite TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
}

static void test_all_versions(void **state)
{
    (void)state;
    expect(alert_hint(70, "www.test"), "neither TLS 1.3 nor TLS 1.2");
}

static void test_protocols_and_keys(void **state)
{
    (void)state;
    expect(alert_hint(120, "www.test"), "none was offered");
    hfi_report *r = begin(HFI_ROLE_CLIENT, "WAIT_SH", "www.test");
    hfi_said_add_alpn(&r->negotiation->own, hfi_view_of_text("h2"));
    hfi_said_add_alpn(&r->negotiation->own, hfi_view_of_text("gopher"));
    r->alert = 120;
    expect(hint(HFI_E_ALERT_RECEIVED), "were offered, h2, gopher: ");
    expect(alert_hint(115, "www.test"), "none is set here");
}

/* ---- how far it had come ---- */

static void test_the_moment(void **state)
{
    static const struct {
        hfi_err code;
        hfi_role role;
        const char *step;
        uint64_t bytes;
        const char *words;
    } rows[] = {
        {HFI_E_EOF_BEFORE_HELLO, HFI_ROLE_CLIENT, "WAIT_SH", 0, "'www.test' is served"},
        {HFI_E_EOF_IN_RECORD, HFI_ROLE_CLIENT, "WAIT_SH", 9,
         "middle of its first answer"},
        {HFI_E_EOF_IN_HANDSHAKE, HFI_ROLE_CLIENT, "WAIT_CV", 9,
         "before the proof that it owns its certificate"},
        {HFI_E_TRANSPORT_READ, HFI_ROLE_CLIENT, "WAIT_SKE", 9,
         "before its half of the key exchange"},
        {HFI_E_DEADLINE_EXCEEDED, HFI_ROLE_CLIENT, "WAIT_FINISHED", 9,
         "silent before the end of the handshake"},
        {HFI_E_DEADLINE_EXCEEDED, HFI_ROLE_CLIENT, "WAIT_SH", 0, "says nothing"},
        {HFI_E_TRANSPORT_READ, HFI_ROLE_CLIENT, "CONNECTED", 9, "data was exchanged"},
        {HFI_E_EOF_IN_HANDSHAKE, HFI_ROLE_SERVER, "WAIT_CH2", 9, "another key share"},
        {HFI_E_EOF_IN_HANDSHAKE, HFI_ROLE_SERVER, "WAIT_FINISHED", 9, "our certificate"},
        {HFI_E_EOF_IN_HANDSHAKE, HFI_ROLE_SERVER, "WAIT_EOED", 9, "resumed session"},
        {HFI_E_EOF_IN_HANDSHAKE, HFI_ROLE_SERVER, "WAIT_CERT", 9,
         "before its certificate"},
        {HFI_E_DEADLINE_EXCEEDED, HFI_ROLE_SERVER, "START", 0, "sent nothing"},
        {HFI_E_DEADLINE_EXCEEDED, HFI_ROLE_SERVER, "START", 9, "did not come whole"},
        {HFI_E_TRANSPORT_READ, HFI_ROLE_SERVER, "START", 0, "the client broke"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hfi_report *r = begin(rows[i].role, rows[i].step, "www.test");
        r->bytes_in = rows[i].bytes;
        expect(hint(rows[i].code), rows[i].words);
    }
    begin(HFI_ROLE_CLIENT, "WAIT_SH", "");
    expect(hint(HFI_E_EOF_BEFORE_HELLO), "without a server name");
}

static void test_versions_of_a_client(void **state)
{
    static const uint16_t old[] = {0x0301, 0x0302}, newer[] = {0x0303};
    static const uint16_t unknown[] = {0x0203};

    (void)state;
    assert_int_equal(hf_config_set_versions(config, "TLSv1.3"), 1);
    hfi_report *r = begin(HFI_ROLE_SERVER, "START", "");
    say(&r->negotiation->peer, &r->negotiation->peer.versions, old, 2);
    expect(hint(HFI_E_NO_COMMON_VERSION), "speaks TLSv1.1 at most, which is unsafe");
    expect(hf_error_summary(hf_conn_get0_error(conn)),
           "it offers TLSv1.0, TLSv1.1; enabled here: TLSv1.3");
    r = begin(HFI_ROLE_SERVER, "START", "");
    say(&r->negotiation->peer, &r->negotiation->peer.versions, newer, 1);
    expect(hint(HFI_E_NO_COMMON_VERSION), "or allow that version here");
    r = begin(HFI_ROLE_SERVER, "START", ""); /* whatever number a client makes up */
    say(&r->negotiation->peer, &r->negotiation->peer.versions, unknown, 1);
    expect(hint(HFI_E_NO_COMMON_VERSION), "speaks version 0x0203 at most");
    begin(HFI_ROLE_SERVER, "START", ""); /* it named none */
    assert_null(strstr(hint(HFI_E_NO_COMMON_VERSION), "at most"));
}

/* A clear gives the next failure its own words. */
static void test_a_hint_does_not_outlive_its_failure(void **state)
{
    (void)state;
    expect(alert_hint(112, "www.test"), "www.test");
    assert_int_equal(hf_clear(conn), 1);
    assert_string_equal(hf_error_hint(hf_conn_get0_error(conn)), "");
    (void)hfi_report_fail(&conn->engine.report, HFI_E_CERT_EXPIRED);
    conn->engine.phase = HFI_PHASE_FAILED;
    assert_true(hf_connect(conn) <= 0);
    assert_string_equal(hf_error_hint(hf_conn_get0_error(conn)),
                        hf_code_hint(HF_E_CERT_EXPIRED));
}

/* ---- a certificate of ours ---- */

/* A CertificateRequest with this many of the names and algorithms. */
static void demand(hfi_report *r, hfi_own_answer answer, const char *const *names,
                   size_t name_count)
{
    static const uint16_t schemes[] = {0x0804, 0x0403};
    hfi_demand *d = hfi_alloc_zeroed(&config->settings.alloc, sizeof *d + 1000);

    assert_non_null(d);
    memcpy(d->schemes, schemes, sizeof schemes);
    d->scheme_count = 2;
    for (size_t i = 0; i < name_count; i++) {
        size_t size = strlen(names[i]) + 1;
        memcpy(d->text + d->text_len, names[i], size);
        d->text_len = (uint16_t)(d->text_len + size);
    }
    d->name_count = (uint8_t)name_count;
    r->demand = d;
    r->answer = (uint8_t)answer;
}

static const char *demand_hint(hfi_err code, hfi_own_answer answer,
                               const char *const *names, size_t name_count)
{
    hfi_report *r = begin(HFI_ROLE_CLIENT, "CONNECTED", "www.test");

    demand(r, answer, names, name_count);
    r->alert = code == HFI_E_CLIENT_CERTIFICATE_REJECTED ? HFI_ALERT_UNKNOWN_CA : 116;
    return hint(code);
}

/* Without an authority that a sentence can hold, the usual words. */
static void test_nobody_is_named(void **state)
{
    static const char long_name[] =
        "CN=an authority that has far too long a name for a sentence which somebody "
        "shall read in one go, O=Example";
    static const char *const names[] = {"a name that cannot be read", "an empty name",
                                        long_name};

    (void)state;
    assert_true(strlen(long_name) > 100);
    for (size_t i = 0; i < 4; i++) {
        size_t count = i < 3 ? 1 : 0;
        const char *const *name = i < 3 ? &names[i] : NULL;
        assert_string_equal(demand_hint(HFI_E_CLIENT_CERTIFICATE_REQUIRED,
                                        HFI_ANSWER_NONE_SET, name, count),
                            hf_code_hint(HF_E_CLIENT_CERTIFICATE_REQUIRED));
        assert_string_equal(
            demand_hint(HFI_E_NO_FITTING_CERTIFICATE, HFI_ANSWER_NO_TYPE, name, count),
            hf_code_hint(HF_E_NO_FITTING_CERTIFICATE));
        assert_null(strstr(
            demand_hint(HFI_E_CLIENT_CERTIFICATE_REJECTED, HFI_ANSWER_SHOWN, name, count),
            "issued by"));
    }
    /* Nor for another failure, or with another alert. */
    static const char *const clients = "CN=clients";
    assert_null(strstr(
        demand_hint(HFI_E_TRANSPORT_READ, HFI_ANSWER_NONE_SET, &clients, 1), "clients"));
    hfi_report *r = begin(HFI_ROLE_CLIENT, "CONNECTED", "www.test");
    demand(r, HFI_ANSWER_SHOWN, &clients, 1);
    r->alert = HFI_ALERT_CERTIFICATE_EXPIRED;
    expect(hint(HFI_E_CLIENT_CERTIFICATE_REJECTED), "not in date for the server");
}

static void test_the_authority_is_named(void **state)
{
    static const char *const names[] = {"CN=clients, O=Example", "CN=partners"};
    const char *text;

    (void)state;
    text = demand_hint(HFI_E_CLIENT_CERTIFICATE_REQUIRED, HFI_ANSWER_NONE_SET, names, 1);
    expect(text, "configure one and its key here, issued by 'CN=clients, O=Example'");
    assert_null(strstr(text, "another authority"));
    text = demand_hint(HFI_E_CLIENT_CERTIFICATE_REQUIRED, HFI_ANSWER_NO_ISSUER, names, 2);
    expect(text, "issued by 'CN=clients, O=Example' or by another authority");
    text = demand_hint(HFI_E_NO_FITTING_CERTIFICATE, HFI_ANSWER_NO_ISSUER, names, 1);
    expect(text, "authority or kind that ours is not: configure one");
    expect(text, "issued by 'CN=clients, O=Example'");
    text = demand_hint(HFI_E_CLIENT_CERTIFICATE_REJECTED, HFI_ANSWER_SHOWN, names, 2);
    expect(text, "does not trust the authority (CA) of our certificate: show one issued "
                 "by 'CN=clients, O=Example'");
}

static void test_the_algorithms_are_named(void **state)
{
    (void)state;
    expect(demand_hint(HFI_E_NO_FITTING_CERTIFICATE, HFI_ANSWER_NO_SCHEME, NULL, 0),
           "one whose key signs with rsa_pss_rsae_sha256, ecdsa_secp256r1_sha256");
    expect(demand_hint(HFI_E_CLIENT_CERTIFICATE_REQUIRED, HFI_ANSWER_NO_SCHEME, NULL, 0),
           "only clients with a certificate: configure one whose key signs with ");
}

/* ---- sentences ---- */

static void test_lists(void **state)
{
    static const uint16_t suites[] = {0x00ff, 0x1301, 0x1302, 0x1303,
                                      0xc02b, 0xc02c, 0x5600, 0x4242};
    char text[300], small[8];
    hfi_said said;

    (void)state;
    memset(&said, 0, sizeof said);
    hfi_sentence s = hfi_sentence_into(text, sizeof text);
    hfi_sentence_add_list(&s, &said.suites, hfi_name_suite, config->settings.crypto);
    assert_string_equal(text, "none");
    say(&said, &said.suites, suites, 8);
    s = hfi_sentence_into(text, sizeof text);
    hfi_sentence_add_list(&s, &said.suites, hfi_name_suite, config->settings.crypto);
    assert_string_equal(text, "TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, "
                              "TLS_CHACHA20_POLY1305_SHA256, "
                              "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and 2 more");
    s = hfi_sentence_into(small, sizeof small);
    hfi_sentence_add(&s, "%s", "twelve bytes");
    hfi_sentence_add(&s, "%s", "more");
    assert_string_equal(small, "twelve ");
    s = hfi_sentence_into(text, sizeof text);
    hfi_sentence_add_names(&s, NULL, 0);
    assert_string_equal(text, "none");
}

/* ---- what cannot be decoded ---- */

static const char *malformed(hfi_role role, uint16_t version, const char *message,
                             hfi_err code)
{
    hfi_report *r = begin(role, "WAIT_FINISHED", "www.example");

    r->message = message;
    conn->engine.agreed.version = version;
    return hint(code);
}

static void test_malformed(void **state)
{
    static const char on_the_way[] = "something on the way changed the bytes";

    (void)state;
    expect(malformed(HFI_ROLE_CLIENT, 0, "ServerHello", HFI_E_DECODE_EXTENSION),
           on_the_way);
    expect(malformed(HFI_ROLE_CLIENT, 0x0304, "ServerHello", HFI_E_DECODE_EXTENSION),
           on_the_way);
    expect(malformed(HFI_ROLE_CLIENT, 0x0303, "NewSessionTicket",
                     HFI_E_DECODE_NEW_SESSION_TICKET),
           on_the_way);
    expect(malformed(HFI_ROLE_SERVER, 0x0303, "CertificateVerify",
                     HFI_E_DECODE_CERTIFICATE_VERIFY),
           on_the_way);
    expect(malformed(HFI_ROLE_CLIENT, 0x0303, "Certificate", HFI_E_DECODE_CERTIFICATE),
           on_the_way);
}

static void test_malformed_and_encrypted(void **state)
{
    static const char by_server[] = "the server's TLS software breaks the protocol here, "
                                    "for the message came encrypted";
    static const char by_client[] = "the client's TLS software breaks the protocol here, "
                                    "for the message came encrypted";

    (void)state;
    expect(malformed(HFI_ROLE_CLIENT, 0x0304, "NewSessionTicket",
                     HFI_E_DECODE_NEW_SESSION_TICKET),
           by_server);
    expect(
        malformed(HFI_ROLE_CLIENT, 0x0304, "EncryptedExtensions", HFI_E_DECODE_EXTENSION),
        by_server);
    expect(malformed(HFI_ROLE_CLIENT, 0x0303, "Finished", HFI_E_DECODE_FINISHED),
           by_server);
    expect(malformed(HFI_ROLE_SERVER, 0x0304, "CertificateVerify",
                     HFI_E_DECODE_CERTIFICATE_VERIFY),
           by_client);
    expect(malformed(HFI_ROLE_SERVER, 0x0304, "Certificate", HFI_E_DECODE_CERTIFICATE),
           "the client's TLS software writes its list of certificates wrongly: check");
}

/* A non-blocking connect(2) tells its failure where the first bytes are sent. */
static void test_no_connection_at_all(void **state)
{
    (void)state;
    static const struct {
        int error_number;
        hfi_err code;
        const char *words;
    } cases[] = {
        {ECONNREFUSED, HFI_E_TRANSPORT_WRITE, "nothing listens on that address"},
        {EHOSTUNREACH, HFI_E_TRANSPORT_WRITE, "the host does not answer"},
        {ENETUNREACH, HFI_E_TRANSPORT_WRITE, "the host does not answer"},
        {ETIMEDOUT, HFI_E_TRANSPORT_READ, "the host does not answer"},
        {ECONNRESET, HFI_E_TRANSPORT_WRITE, "broke the connection"},
        {ECONNRESET, HFI_E_TRANSPORT_READ, "refuses the ClientHello"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin(HFI_ROLE_CLIENT, "WAIT_SH", "www.test")->transport_errno =
            cases[i].error_number;
        expect(hint(cases[i].code), cases[i].words);
    }
}

/* ---- the rule ---- */

static const char *rule(uint16_t version, hfi_err code)
{
    hfi_report *r = begin(HFI_ROLE_CLIENT, "WAIT_FINISHED", "www.example");

    r->alert = HFI_ALERT_CERTIFICATE_REQUIRED;
    conn->engine.agreed.version = version;
    (void)hint(code);
    return hf_error_rfc(hf_conn_get0_error(conn));
}

static void test_rule_of_the_version(void **state)
{
    (void)state;
    assert_string_equal(rule(0, HFI_E_BAD_FINISHED), "RFC 8446 4.4.4");
    assert_string_equal(rule(0x0304, HFI_E_BAD_FINISHED), "RFC 8446 4.4.4");
    assert_string_equal(rule(0x0303, HFI_E_BAD_FINISHED), "RFC 5246 7.4.9");
    assert_string_equal(rule(0x0303, HFI_E_CLIENT_CERTIFICATE_REQUIRED),
                        "RFC 5246 7.4.6");
    assert_string_equal(rule(0x0303, HFI_E_DECODE_NEW_SESSION_TICKET), "RFC 5077 3.3");
    assert_string_equal(rule(0x0303, HFI_E_UNOFFERED_GROUP),
                        hf_code_rfc(HFI_E_UNOFFERED_GROUP));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_is_told_that_is_not_known, make,
                                        drop),
        cmocka_unit_test_setup_teardown(test_a_usual_offer_is_not_blamed, make, drop),
        cmocka_unit_test_setup_teardown(test_a_missing_name_comes_first, make, drop),
        cmocka_unit_test_setup_teardown(test_what_is_narrow_is_named, make, drop),
        cmocka_unit_test_setup_teardown(test_several_that_are_narrow, make, drop),
        cmocka_unit_test_setup_teardown(test_old_versions_alone, make, drop),
        cmocka_unit_test_setup_teardown(test_cbc_is_offered, make, drop),
        cmocka_unit_test_setup_teardown(test_all_versions, make, drop),
        cmocka_unit_test_setup_teardown(test_protocols_and_keys, make, drop),
        cmocka_unit_test_setup_teardown(test_the_moment, make, drop),
        cmocka_unit_test_setup_teardown(test_versions_of_a_client, make, drop),
        cmocka_unit_test_setup_teardown(test_a_hint_does_not_outlive_its_failure, make,
                                        drop),
        cmocka_unit_test_setup_teardown(test_nobody_is_named, make, drop),
        cmocka_unit_test_setup_teardown(test_the_authority_is_named, make, drop),
        cmocka_unit_test_setup_teardown(test_the_algorithms_are_named, make, drop),
        cmocka_unit_test_setup_teardown(test_no_connection_at_all, make, drop),
        cmocka_unit_test_setup_teardown(test_lists, make, drop),
        cmocka_unit_test_setup_teardown(test_rule_of_the_version, make, drop),
        cmocka_unit_test_setup_teardown(test_malformed, make, drop),
        cmocka_unit_test_setup_teardown(test_malformed_and_encrypted, make, drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
