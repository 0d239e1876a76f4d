/* tests/unit/capi/test_error.c: codes and names, and the record in all its forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "capi/objects.h"
#include "one_end.h"

/* ---- codes ---- */

static void test_numbers_that_are_no_code(void **state)
{
    static const int numbers[] = {2, 99, 4711, -4711, INT32_MAX, INT32_MIN};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_string_equal(hf_code_name(numbers[i]), "UNKNOWN");
        assert_string_equal(hf_code_rfc(numbers[i]), "");
        assert_true(strlen(hf_code_text(numbers[i])) > 0);
    }
    assert_string_equal(hf_alert_name(-1), "unknown");
    assert_string_equal(hf_alert_name(255), "unknown");
}

static void test_codes_of_either_sign(void **state)
{
    (void)state;
    assert_string_equal(hf_code_name(605), "CERT_EXPIRED");
    assert_string_equal(hf_code_name(-605), "CERT_EXPIRED");
    assert_string_equal(hf_code_rfc(-605), "RFC 5280 4.1.2.5");
    assert_string_equal(hf_code_rfc(800), "");
    assert_string_equal(hf_code_name(0), "OK");
    assert_string_equal(hf_code_name(1), "OK"); /* an hf_status of success */
    assert_string_equal(hf_alert_name(40), "handshake_failure");
}

static void test_all_codes_can_be_listed(void **state)
{
    int before = 0;
    size_t count = 0;

    (void)state;
    for (int code; (code = hf_code_at(count)) != 0; count++) {
        assert_true(code > before);
        assert_string_not_equal(hf_code_name(code), "UNKNOWN");
        assert_true(strlen(hf_code_hint(code)) > 0);
        before = code;
    }
    assert_true(count > 100);
    assert_int_equal(hf_code_at(SIZE_MAX), 0);
}

/* ---- the record ---- */

static void test_no_record_has_nothing_to_tell(void **state)
{
    size_t len = 7;

    (void)state;
    assert_null(hf_conn_get0_error(NULL));
    assert_int_equal(hf_conn_error_code(NULL), 0);
    for (int i = 0; i < 2; i++) {
        const hf_error *e = i == 0 ? NULL : hf_conn_get0_error(conn);
        assert_int_equal(hf_error_code(e), 0);
        assert_int_equal(hf_error_class(e), HF_ERROR_NONE);
        assert_string_equal(hf_error_name(e), "");
        assert_string_equal(hf_error_summary(e), "");
        assert_string_equal(hf_error_hint(e), "");
        assert_string_equal(hf_error_detail(e), "");
        assert_string_equal(hf_error_rfc(e), "");
        assert_string_equal(hf_error_step(e), "");
        assert_string_equal(hf_error_message(e), "");
        assert_int_equal(hf_error_alert(e), -1);
        assert_int_equal(hf_error_alert_level(e), 0);
        assert_int_equal(hf_error_alert_direction(e), HF_DIRECTION_NONE);
        assert_int_equal(hf_error_errno(e), 0);
        assert_null(hf_error_first_bytes(e, &len));
        assert_int_equal(len, 0);
        assert_int_equal(hf_error_certificate_index(e), -1);
        assert_string_equal(hf_error_certificate_subject(e), "");
        assert_string_equal(hf_error_certificate_rule(e), "");
        assert_string_equal(hf_error_expected(e), "");
        assert_string_equal(hf_error_presented(e), "");
        assert_string_equal(hf_error_certificate_clock(e), "");
        assert_string_equal(hf_error_certificate_not_before(e), "");
        assert_string_equal(hf_error_certificate_not_after(e), "");
        assert_string_equal(hf_error_certificate_issuer_url(e), "");
        assert_int_equal(hf_error_candidate(e, 0, NULL, NULL, NULL, NULL, NULL, NULL), 0);
        assert_int_equal(hf_error_negotiation(e, 0, 0, 0, NULL, NULL), 0);
        assert_int_equal(hf_error_end_of_input(e), HF_END_NONE);
        assert_string_equal(hf_error_role(e), i == 0 ? "" : "client");
    }
}

/* Fails the engine with what the test has put into its report. */
static const hf_error *fail_with(hfi_err code)
{
    (void)hfi_report_fail(&conn->engine.report, code);
    conn->engine.phase = HFI_PHASE_FAILED;
    assert_true(hf_connect(conn) <= 0);
    return hf_conn_get0_error(conn);
}

static hfi_cert_fault fault_of(hfi_err code)
{
    hfi_cert_fault fault;

    memset(&fault, 0, sizeof fault);
    fault.code = code;
    fault.index = 1;
    strcpy(fault.subject, "CN=ca");
    return fault;
}

static void expect_summary(hfi_err code, const char *expected)
{
    assert_string_equal(hf_error_summary(fail_with(code)), expected);
    assert_int_equal(hf_clear(conn), 1);
    assert_string_equal(hf_error_summary(hf_conn_get0_error(conn)), "");
}

static void test_summary_of_certificates(void **state)
{
    const hfi_alloc *alloc = &config->settings.alloc;
    hfi_cert_fault fault = fault_of(HFI_E_CERT_NOT_YET_VALID);

    (void)state;
    strcpy(fault.presented, "2031-01-01T00:00:00Z");
    hfi_report_fault(&conn->engine.report, alloc, &fault);
    expect_summary(HFI_E_CERT_NOT_YET_VALID,
                   "certificate 1 (CN=ca) is not valid before 2031-01-01T00:00:00Z");

    fault = fault_of(HFI_E_CERT_NAME_MISMATCH);
    strcpy(fault.expected, "a.test");
    hfi_report_fault(&conn->engine.report, alloc, &fault);
    expect_summary(HFI_E_CERT_NAME_MISMATCH,
                   "certificate 1 (CN=ca) is for no name, not for a.test");

    fault = fault_of(HFI_E_CERT_PATH_LENGTH);
    strcpy(fault.expected, "at most 0");
    strcpy(fault.presented, "1");
    hfi_report_fault(&conn->engine.report, alloc, &fault);
    expect_summary(HFI_E_CERT_PATH_LENGTH, "a CA may not issue that deep a chain: "
                                           "certificate 1 (CN=ca); expected at most 0, "
                                           "found 1");
}

/* The longest that each field may be: cut, ended, and no byte beyond. */
static void test_summary_is_bounded(void **state)
{
    hfi_cert_fault fault = fault_of(HFI_E_CERT_NAME_CONSTRAINT);

    (void)state;
    memset(fault.subject, 's', sizeof fault.subject - 1);
    memset(fault.expected, 'e', sizeof fault.expected - 1);
    memset(fault.presented, 'p', sizeof fault.presented - 1);
    hfi_report_fault(&conn->engine.report, &config->settings.alloc, &fault);
    const char *summary = hf_error_summary(fail_with(HFI_E_CERT_NAME_CONSTRAINT));
    assert_in_range(strlen(summary), 900, HFI_SUMMARY_SIZE - 1);
}

static void test_summary_of_other_failures(void **state)
{
    hfi_report *r = &conn->engine.report;

    (void)state;
    r->alert = 40;
    r->alert_direction = HFI_DIRECTION_RECEIVED;
    expect_summary(HFI_E_ALERT_RECEIVED,
                   "the peer ended the handshake with alert handshake_failure (40)");
    r->transport_errno = ECONNRESET;
    expect_summary(HFI_E_TRANSPORT_READ,
                   "reading from the transport failed: Connection reset by peer "
                   "(errno 104)");
    r->step = "WAIT_SH";
    expect_summary(HFI_E_DEADLINE_EXCEEDED,
                   "the handshake did not finish within its deadline, in state WAIT_SH");
    memcpy(r->first_bytes, "HTTP/1.1 400 Bad\r\n", 18);
    r->first_bytes_len = 18;
    expect_summary(HFI_E_PEER_SPEAKS_HTTP,
                   "the peer answered in plain HTTP, not TLS: \"HTTP/1.1 400 Bad\"");
    memcpy(r->first_bytes, "\x01\x02", 2);
    r->first_bytes_len = 2;
    expect_summary(HFI_E_PEER_NOT_TLS, "what the peer sent is not TLS");
    hfi_report_detail(r, "group %d", 30);
    expect_summary(HFI_E_UNOFFERED_GROUP,
                   "the peer chose a group that was not offered: group 30");
}

/* What one side says, of another's failure. */
static void test_hints_of_a_server(void **state)
{
    hfi_report *r = &conn->engine.report;

    (void)state;
    conn->engine.role = HFI_ROLE_CLIENT;
    const char *client = hf_error_hint(fail_with(HFI_E_CERT_EXPIRED));
    assert_string_equal(client, hf_code_hint(HFI_E_CERT_EXPIRED));
    assert_int_equal(hf_clear(conn), 1);
    conn->role = HFI_ROLE_SERVER;
    conn->engine.role = HFI_ROLE_SERVER;
    assert_non_null(strstr(hf_error_hint(fail_with(HFI_E_CERT_EXPIRED)), "the client"));
    assert_string_equal(hf_error_role(hf_conn_get0_error(conn)), "server");
    assert_int_equal(hf_clear(conn), 1);
    conn->engine.role = HFI_ROLE_SERVER;
    expect_summary(HFI_E_EOF_BEFORE_HELLO,
                   "the client closed the connection without sending a ClientHello");

    conn->engine.role = HFI_ROLE_SERVER;
    r->alert = 48;
    assert_non_null(
        strstr(hf_error_hint(fail_with(HFI_E_ALERT_RECEIVED)), "the client does not"));
    assert_int_equal(hf_clear(conn), 1);
    conn->role = conn->engine.role = HFI_ROLE_CLIENT;
    r->alert = 112;
    assert_non_null(strstr(hf_error_hint(fail_with(HFI_E_ALERT_RECEIVED)), "host name"));
    assert_int_equal(hf_clear(conn), 1);
    r->alert = 250; /* of no meaning */
    assert_string_equal(hf_error_hint(fail_with(HFI_E_ALERT_RECEIVED)),
                        hf_code_hint(HFI_E_ALERT_RECEIVED));
}

static void test_candidates_and_url(void **state)
{
    hfi_cert_fault fault = fault_of(HFI_E_CERT_UNKNOWN_ISSUER);
    int code, child, place;
    const char *subject, *serial, *key_id;
    char out[4096];

    (void)state;
    strcpy(fault.issuer_url, "http://ca.test/i.cer");
    strcpy(fault.clock, "2030-01-01T00:00:00Z");
    fault.candidate_count = 2;
    fault.candidates_left_out = 3;
    fault.candidates[0] =
        (hfi_cert_candidate){HFI_E_CERT_BAD_SIGNATURE, 1, -1, "CN=Root", "01", "0a0b"};
    fault.candidates[1] =
        (hfi_cert_candidate){HFI_E_CERT_EXPIRED, 0, 1, "CN=Inter", "02", ""};
    hfi_report_fault(&conn->engine.report, &config->settings.alloc, &fault);
    const hf_error *e = fail_with(HFI_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(
        hf_error_candidate(e, 0, &code, &child, &place, &subject, &serial, &key_id), 1);
    assert_int_equal(code, HF_E_CERT_BAD_SIGNATURE);
    assert_int_equal(child, 1);
    assert_int_equal(place, -1);
    assert_string_equal(subject, "CN=Root");
    assert_string_equal(key_id, "0a0b");
    assert_int_equal(hf_error_candidate(e, 2, &code, NULL, NULL, NULL, NULL, NULL), 0);
    assert_int_equal(code, HF_E_CERT_BAD_SIGNATURE);
    assert_non_null(strstr(hf_error_summary(e), "http://ca.test/i.cer"));
    assert_true(hf_error_json(e, out, sizeof out) < sizeof out);
    assert_non_null(strstr(out, "\"candidates\":[{\"from\":\"trust store\","
                                "\"index\":null,\"for\":1,\"subject\":\"CN=Root\","));
    assert_non_null(strstr(out, "{\"from\":\"chain\",\"index\":1,\"for\":0,"
                                "\"subject\":\"CN=Inter\",\"serial\":\"02\","
                                "\"key_id\":null,\"code\":605,"
                                "\"name\":\"CERT_EXPIRED\","));
    assert_non_null(strstr(out, "\"candidates_left_out\":3"));
    assert_non_null(strstr(out, "\"issuer_url\":\"http://ca.test/i.cer\""));
}

static void test_class_of_each_hundred(void **state)
{
    (void)state;
    assert_int_equal(hfi_capi_class(HFI_OK), HF_ERROR_NONE);
    assert_int_equal(hfi_capi_class(HFI_E_TRANSPORT_READ), HF_ERROR_SYSCALL);
    assert_int_equal(hfi_capi_class(HFI_E_TRANSPORT_WRITE), HF_ERROR_SYSCALL);
    assert_int_equal(hfi_capi_class(HFI_E_TRANSPORT_NOT_CONNECTED), HF_ERROR_SYSCALL);
    assert_int_equal(hfi_capi_class(HFI_E_EOF_BEFORE_HELLO), HF_ERROR_SSL);
    assert_int_equal(hfi_capi_class(HFI_E_EOF_WITHOUT_CLOSE_NOTIFY), HF_ERROR_SSL);
    assert_int_equal(hfi_capi_class(HFI_E_DEADLINE_EXCEEDED), HF_ERROR_SSL);
    assert_int_equal(hfi_capi_class(HFI_E_CLOSED_IN_HANDSHAKE), HF_ERROR_ZERO_RETURN);
    assert_int_equal(hfi_capi_class(HFI_E_CLOSE_NOTIFY_RECEIVED), HF_ERROR_ZERO_RETURN);
    assert_int_equal(hfi_capi_class(HFI_E_CERT_EXPIRED), HF_ERROR_SSL);
    assert_int_equal(hfi_capi_class(HFI_E_NO_MEMORY), HF_ERROR_SSL);
}

/* ---- as JSON ---- */

static void test_json_of_a_misuse(void **state)
{
    static const char expected[] =
        "{\"schema\":\"error-1\",\"code\":100,\"name\":\"ROLE_NOT_SET\",\"class\":"
        "\"SSL\","
        "\"summary\":\"neither client nor server role was set\","
        "\"hint\":\"call hf_connect, or hf_set_connect_state before this call\","
        "\"detail\":null,\"rfc\":null,\"role\":\"client\",\"version\":null,"
        "\"library\":\"" HF_VERSION_TEXT
        "\",\"step\":\"START\",\"message\":null,\"alert\":null,"
        "\"certificate\":null,\"negotiation\":null,\"certificate_request\":null,"
        "\"transport\":{\"errno\":0,\"errno_text\":null,"
        "\"bytes_in\":0,\"bytes_out\":0,\"end_of_input\":null},\"first_bytes\":null}";
    char out[1024];

    (void)state;
    assert_int_equal(hf_do_handshake(conn), -1);
    const hf_error *e = hf_conn_get0_error(conn);
    assert_int_equal(hf_error_json(e, NULL, 0), strlen(expected));
    assert_int_equal(hf_error_json(e, out, sizeof out), strlen(expected));
    assert_string_equal(out, expected);
    assert_int_equal(hf_error_json(e, out, 10), strlen(expected));
    assert_string_equal(out, "{\"schema\"");
}

static void test_json_of_a_failure(void **state)
{
    hfi_report *r = &conn->engine.report;
    hfi_cert_fault fault = fault_of(HFI_E_CERT_EXPIRED);
    char out[4096];

    (void)state;
    strcpy(fault.subject, "CN=\"\xc3\xa9\"");
    strcpy(fault.presented, "2024-01-01T00:00:00Z");
    hfi_report_fault(r, &config->settings.alloc, &fault);
    r->alert = 45;
    r->alert_level = 2;
    r->alert_direction = HFI_DIRECTION_SENT;
    memcpy(r->first_bytes, "\x16\xff", 2);
    r->first_bytes_len = 2;
    const hf_error *e = fail_with(HFI_E_CERT_EXPIRED);
    assert_true(hf_error_json(e, out, sizeof out) < sizeof out);
    assert_non_null(strstr(out,
                           "\"alert\":{\"number\":45,\"name\":\"certificate_expired\","
                           "\"level\":\"fatal\",\"direction\":\"sent\"}"));
    assert_non_null(
        strstr(out, "\"certificate\":{\"index\":1,\"subject\":\"CN=\\\"\xc3\xa9\\\"\","
                    "\"issuer\":null,\"serial\":null,\"rule\":\"RFC 5280 4.1.2.5\","
                    "\"expected\":null,\"presented\":\"2024-01-01T00:00:00Z\","
                    "\"not_before\":null,\"not_after\":null,\"clock\":null,"
                    "\"issuer_url\":null,\"candidates\":[],"
                    "\"candidates_left_out\":0}"));
    assert_non_null(strstr(
        out, "\"first_bytes\":{\"hex\":\"16ff\",\"text\":\"\\u0016\xef\xbf\xbd\"}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_that_are_no_code),
        cmocka_unit_test(test_codes_of_either_sign),
        cmocka_unit_test(test_all_codes_can_be_listed),
        cmocka_unit_test_setup_teardown(test_no_record_has_nothing_to_tell, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_summary_of_certificates, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_summary_is_bounded, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_summary_of_other_failures, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_hints_of_a_server, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_candidates_and_url, one_end_make,
                                        one_end_drop),
        cmocka_unit_test(test_class_of_each_hundred),
        cmocka_unit_test_setup_teardown(test_json_of_a_misuse, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_json_of_a_failure, one_end_make,
                                        one_end_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
