/* tests/flow/test_flow_judge.c: the application has the last word on the peer's chain: at
 * once or later, in the first handshake and where its session is resumed.
 * RFC 8446 4.4.2.4, 5.1; RFC 5246 7.4.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "handshake/handshake.h"
#include "rows.h"

static int answer;
static unsigned asked;
static hfi_err told;

static int judge(void *owner, hfi_err found)
{
    (void)owner;
    asked++;
    told = found;
    return answer;
}

static script_config of_version(int version, script_key key)
{
    script_config config = {.key = key, .tickets = 1, .tls12 = {.on = version == 1}};

    return config;
}

static void begin(flow *f, const script_config *config, int says)
{
    flow_init(f, config);
    f->settings.judge_chain = judge;
    answer = says;
    asked = 0;
    told = HFI_E_INTERNAL;
}

static void finish(flow *f)
{
    const char *wrong = flow_conduct(f);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    flow_free(f);
    assert_null(flow_left_over(f));
}

static void test_refused(void **state)
{
    static const struct {
        script_key key;
        int answer;
        hfi_err found, err;
        hfi_alert alert;
    } rows[] = {
        {SCRIPT_ED25519, 0, HFI_OK, HFI_E_CERT_REFUSED, HFI_ALERT_CERTIFICATE_UNKNOWN},
        {SCRIPT_UNKNOWN_CA, 0, HFI_E_CERT_UNKNOWN_ISSUER, HFI_E_CERT_UNKNOWN_ISSUER,
         HFI_ALERT_UNKNOWN_CA},
        {SCRIPT_ED25519, -(int)HFI_E_CERT_REVOKED, HFI_OK, HFI_E_CERT_REVOKED,
         HFI_ALERT_CERTIFICATE_REVOKED},
        {SCRIPT_ED25519, -(int)HFI_E_CERT_UNACCEPTABLE, HFI_OK, HFI_E_CERT_UNACCEPTABLE,
         HFI_ALERT_HANDSHAKE_FAILURE},
        {SCRIPT_ED25519, -(int)HFI_E_CERT_UNACCEPTABLE - 1, HFI_OK, HFI_E_CALLBACK_FAILED,
         HFI_ALERT_INTERNAL_ERROR},
        {SCRIPT_UNKNOWN_CA, -(int)HFI_E_STAPLE_UNKNOWN, HFI_E_CERT_UNKNOWN_ISSUER,
         HFI_E_STAPLE_UNKNOWN, HFI_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE},
        {SCRIPT_ED25519, -(int)HFI_E_NO_MEMORY, HFI_OK, HFI_E_CALLBACK_FAILED,
         HFI_ALERT_INTERNAL_ERROR},
        {SCRIPT_ED25519, -639, HFI_OK, HFI_E_CALLBACK_FAILED, HFI_ALERT_INTERNAL_ERROR},
    };

    (void)state;
    for (int version = 0; version < 2; version++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            script_config config = of_version(version, rows[i].key);
            flow f;
            begin(&f, &config, rows[i].answer);
            assert_int_equal(flow_run(&f), rows[i].err);
            assert_int_equal(f.server.alert, rows[i].alert);
            assert_int_equal(asked, 1);
            assert_int_equal(told, rows[i].found);
            finish(&f);
        }
    }
}

/* The rest of a record waits with the answer, whatever stands in it. */
static void test_later(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++) {
        script_config config = of_version(i & 1, SCRIPT_ED25519);
        config.coalesces = (i & 2) != 0;
        config.record_size = (i & 4) != 0 ? 1000 : 0;
        config.requests_certificate = (i & 8) != 0;
        flow f;
        begin(&f, &config, -1);
        assert_int_equal(flow_run(&f), HFI_OK);
        assert_int_equal(hfi_conn_pause_reason(&f.client), HFI_PAUSE_VERIFY);
        unsigned before = asked;
        assert_int_equal(hfi_conn_process(&f.client, NULL), HFI_OK);
        assert_int_equal(asked, before + 1);
        assert_int_equal(f.client.phase, HFI_PHASE_HANDSHAKE);
        answer = 1;
        assert_int_equal(hfi_conn_process(&f.client, NULL), HFI_OK);
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_int_equal(f.client.phase, HFI_PHASE_OPEN);
        assert_int_equal(flow_write(&f, "ping"), HFI_OK);
        assert_int_equal(f.server.data.len, 4);
        finish(&f);
    }
}

/* Given up while a record's rest waits: nothing is left. */
static void test_given_up(void **state)
{
    script_config config = of_version(0, SCRIPT_ED25519);
    flow f;

    (void)state;
    config.coalesces = true;
    begin(&f, &config, -1);
    assert_int_equal(flow_run(&f), HFI_OK);
    flow_free(&f);
    assert_null(flow_left_over(&f));
    begin(&f, &config, -1);
    assert_int_equal(flow_run(&f), HFI_OK);
    answer = 0;
    f.err = hfi_conn_process(&f.client, NULL);
    assert_int_equal(f.err, HFI_E_CERT_REFUSED);
    (void)flow_pump(&f);
    finish(&f);
}

static void resume(flow *second, const script_config *config, const flow *first,
                   uint64_t options, int says)
{
    begin(second, config, says);
    flow_resume(second, first);
    second->client.options |= options;
}

/* What the application took is good for those who ask it, and for no one else. */
static void test_accepted_session(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        script_config config = of_version(version, SCRIPT_UNKNOWN_CA);
        flow first, second;
        begin(&first, &config, 1);
        assert_int_equal(flow_run(&first), HFI_OK);
        assert_non_null(first.client.new_session);
        const hfi_session_fields *fields = hfi_session_get(first.client.new_session);
        assert_true(fields->accepted && !fields->verified);
        resume(&second, &config, &first, 0, 0);
        assert_int_equal(flow_run(&second), HFI_OK);
        assert_true(second.client.agreed.resumed);
        assert_int_equal(asked, 0);
        finish(&second);
        resume(&second, &config, &first, 0, 0);
        second.settings.judge_chain = NULL;
        assert_int_equal(flow_run(&second), HFI_E_CERT_UNKNOWN_ISSUER);
        assert_false(second.client.agreed.resumed);
        finish(&second);
        finish(&first);
    }
}

static void test_asked_again(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        script_config config = of_version(version, SCRIPT_ED25519);
        flow first, second;
        begin(&first, &config, 1);
        assert_int_equal(flow_run(&first), HFI_OK);

        resume(&second, &config, &first, HFI_OPTION_VERIFY_RESUMED, 1);
        assert_int_equal(flow_run(&second), HFI_OK);
        assert_true(second.client.agreed.resumed);
        assert_int_equal(asked, 1);
        assert_int_equal(told, HFI_OK);
        finish(&second);

        resume(&second, &config, &first, HFI_OPTION_VERIFY_RESUMED, 0);
        assert_int_equal(flow_run(&second), HFI_E_CERT_REFUSED);
        assert_int_equal(second.server.alert, HFI_ALERT_CERTIFICATE_UNKNOWN);
        finish(&second);

        resume(&second, &config, &first, HFI_OPTION_VERIFY_RESUMED, -1);
        assert_int_equal(flow_run(&second), HFI_OK);
        assert_int_equal(hfi_conn_pause_reason(&second.client), HFI_PAUSE_VERIFY);
        answer = 1;
        assert_int_equal(hfi_conn_process(&second.client, NULL), HFI_OK);
        assert_int_equal(flow_pump(&second), HFI_OK);
        assert_int_equal(second.client.phase, HFI_PHASE_OPEN);
        finish(&second);
        finish(&first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_later),
        cmocka_unit_test(test_given_up),    cmocka_unit_test(test_accepted_session),
        cmocka_unit_test(test_asked_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
