/* tests/flow/test_flow_grease.c: values that nobody knows are offered, and refused when
 * a server chooses them.  RFC 8701 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rows.h"

static bool is_grease(uint16_t n)
{
    return (n & 0x0f0f) == 0x0a0a && n >> 8 == (n & 0xff);
}

static uint16_t number_at(hfi_view v, size_t at)
{
    assert_true(at + 2 <= v.len);
    return (uint16_t)script_number(v.p + at, 2);
}

static void start(flow *f, const script_config *config)
{
    flow_init(f, config);
    f->client.options |= HFI_OPTION_GREASE;
}

static void finish(flow *f, hfi_err err, hfi_alert alert)
{
    assert_int_equal(f->err, err);
    if (err != HFI_OK)
        assert_int_equal(f->server.alert, alert);
    assert_null(flow_conduct(f));
    flow_free(f);
    assert_null(flow_left_over(f));
}

/* The scripted server takes the first suite, and the group of the first share. */
static void test_choices_are_refused(void **state)
{
    static const script_config suite = {.group = 0x001d};
    static const script_config share = {.suite = 0x1301};
    flow f;

    (void)state;
    start(&f, &suite);
    (void)flow_run(&f);
    assert_true(is_grease(f.server.suite));
    finish(&f, HFI_E_UNOFFERED_SUITE, HFI_ALERT_ILLEGAL_PARAMETER);

    start(&f, &share);
    (void)flow_run(&f);
    assert_true(is_grease(f.server.group));
    finish(&f, HFI_E_UNOFFERED_GROUP, HFI_ALERT_ILLEGAL_PARAMETER);

    static const script_config retry = {.suite = 0x1301, .retries = 1};
    start(&f, &retry);
    (void)flow_run(&f);
    finish(&f, HFI_E_UNOFFERED_GROUP, HFI_ALERT_ILLEGAL_PARAMETER);
}

/* The hook turns what the server answers into a value out of the client's own hello. */
typedef struct answer {
    flow *f;
    int at;        /* message type */
    int extension; /* of the hello: its first two-byte value; -1: an unknown extension */
    bool done;
} answer;

static uint16_t unknown_extension(const script_hello *h)
{
    return number_at(h->extensions, 0);
}

static bool answer_hook(void *ctx, script_bytes *message)
{
    answer *a = ctx;
    hfi_view data;

    if (message->p[0] != a->at || a->done)
        return false;
    a->done = true;
    if (a->extension == -1) {
        script_step add = {AT_NONE, OP_EXT_ADD, unknown_extension(&a->f->server.hello),
                           ""};
        script_edit(message, &add);
        return false;
    }
    assert_true(script_hello_find(&a->f->server.hello, (uint16_t)a->extension, &data));
    size_t skip = a->extension == SCRIPT_EXT_VERSIONS ? 1 : 2;
    uint16_t value = number_at(data, skip);
    assert_true(is_grease(value));
    char hex[8];
    snprintf(hex, sizeof hex, "%04x", value);
    script_step set = {AT_NONE, OP_EXT_SET, SCRIPT_EXT_VERSIONS, hex};
    if (a->at == 15) /* CertificateVerify: its first field */
        set = (script_step){AT_NONE, OP_SET, 0, hex};
    script_edit(message, &set);
    return false;
}

static void check_answer(int at, int extension, hfi_err err, hfi_alert alert)
{
    flow f;
    answer a = {&f, at, extension, false};
    script_config config = {
        .suite = 0x1301, .group = 0x001d, .hook = answer_hook, .hook_ctx = &a};

    start(&f, &config);
    (void)flow_run(&f);
    assert_true(a.done);
    finish(&f, err, alert);
}

static void test_answers_are_refused(void **state)
{
    (void)state;
    check_answer(2, SCRIPT_EXT_VERSIONS, HFI_E_VERSION_NOT_OFFERED,
                 HFI_ALERT_ILLEGAL_PARAMETER);
    check_answer(2, -1, HFI_E_UNSOLICITED_EXTENSION, HFI_ALERT_UNSUPPORTED_EXTENSION);
    check_answer(8, -1, HFI_E_UNSOLICITED_EXTENSION, HFI_ALERT_UNSUPPORTED_EXTENSION);
    check_answer(11, -1, HFI_E_UNSOLICITED_EXTENSION, HFI_ALERT_UNSUPPORTED_EXTENSION);
    check_answer(15, SCRIPT_EXT_SCHEMES, HFI_E_UNOFFERED_SIGNATURE_ALGORITHM,
                 HFI_ALERT_ILLEGAL_PARAMETER);
}

/* One in each list, first and last among the extensions, and none without the option. */
static void check_hello(const script_hello *h, bool on)
{
    hfi_view data, e = h->extensions;
    uint16_t last = 0, last_but_one = 0;

    assert_int_equal(is_grease(number_at(h->suites, 0)), on);
    assert_true(script_hello_find(h, SCRIPT_EXT_GROUPS, &data));
    assert_int_equal(is_grease(number_at(data, 2)), on);
    assert_true(script_hello_find(h, SCRIPT_EXT_SCHEMES, &data));
    assert_int_equal(is_grease(number_at(data, 2)), on);
    assert_true(script_hello_find(h, SCRIPT_EXT_VERSIONS, &data));
    assert_int_equal(is_grease(number_at(data, 1)), on);
    assert_int_equal(is_grease(number_at(e, 0)), on);
    for (size_t at = 0; at < e.len; at += 4u + number_at(e, at + 2)) {
        last_but_one = last;
        last = number_at(e, at);
    }
    if (last == SCRIPT_EXT_PRE_SHARED_KEY)
        last = last_but_one;
    assert_int_equal(is_grease(last), on);
    assert_true(!on || last != number_at(e, 0));
}

static void test_offer(void **state)
{
    static const script_config config = {.suite = 0x1301, .group = 0x001d, .tickets = 1};
    static const script_config retried = {.suite = 0x1301, .group = 0x0017, .retries = 1};
    static const script_config cookie = {.suite = 0x1301,
                                         .group = 0x001d,
                                         .retries = 1,
                                         .retry_without_group = true,
                                         .cookie = "01"};
    flow f, second;

    (void)state;
    flow_init(&f, &config);
    (void)flow_run(&f);
    check_hello(&f.server.hello, false);
    finish(&f, HFI_OK, HFI_ALERT_NONE);

    start(&f, &config);
    (void)flow_run(&f);
    check_hello(&f.server.hello, true);
    start(&second, &config);
    flow_resume(&second, &f);
    (void)flow_run(&second);
    check_hello(&second.server.hello, true);
    assert_true(second.client.agreed.resumed);
    finish(&second, HFI_OK, HFI_ALERT_NONE);
    finish(&f, HFI_OK, HFI_ALERT_NONE);

    /* The server's own judgement compares both hellos. */
    start(&f, &retried);
    (void)flow_run(&f);
    check_hello(&f.server.first_hello, true);
    check_hello(&f.server.hello, true);
    finish(&f, HFI_OK, HFI_ALERT_NONE);
    start(&f, &cookie);
    (void)flow_run(&f);
    finish(&f, HFI_OK, HFI_ALERT_NONE);
}

static void test_entropy_fails(void **state)
{
    static const script_config config = {.suite = 0x1301, .group = 0x001d};
    flow f;

    (void)state;
    start(&f, &config);
    f.random_fails_at = 2; /* behind the random */
    (void)flow_run(&f);
    assert_int_equal(f.err, HFI_E_RANDOM_FAILED);
    flow_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choices_are_refused),
        cmocka_unit_test(test_answers_are_refused),
        cmocka_unit_test(test_offer),
        cmocka_unit_test(test_entropy_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
