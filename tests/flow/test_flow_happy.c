/* tests/flow/test_flow_happy.c: what must get through: every suite, group and kind of
 * key, alone and with each way that a handshake can take.  RFC 8446 2, 4, 7.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rows.h"

static const uint16_t suites[] = {0x1301, 0x1302, 0x1303};
static const uint16_t groups[] = {0x001d, 0x0017, 0x0018};
static const script_key keys[] = {SCRIPT_ED25519, SCRIPT_RSA,  SCRIPT_RSA_PSS,
                                  SCRIPT_P256,    SCRIPT_P384, SCRIPT_P521};

enum {
    SUITES = sizeof suites / sizeof suites[0],
    GROUPS = sizeof groups / sizeof groups[0],
    KEYS = sizeof keys / sizeof keys[0],
};

/* Both ways, with a ticket, an update and an end. */
static void try_everything(flow *f, const char *what)
{
    static const script_step renew = {AT_CONNECTED, OP_RENEW, 1, "01"};
    uint8_t ours[77], theirs[77];
    hfi_view label = hfi_view_of_text("EXPERIMENTAL test"), context = {label.p, 5};

    if (f->err != HFI_OK || f->client.phase != HFI_PHASE_OPEN || !f->server.connected)
        fail_msg("%s: %d %s, alert %d", what, f->err, hfi_err_lookup(f->err)->name,
                 f->server.alert);
    assert_int_equal(hfi_conn_export(&f->client, label, context, ours, sizeof ours),
                     HFI_OK);
    assert_true(hfi_keys_export(f->server.hash, f->server.keys.exporter, label, context,
                                theirs, sizeof theirs));
    assert_memory_equal(ours, theirs, sizeof ours);

    assert_int_equal(flow_write(f, "to the server"), HFI_OK);
    scripted_server_send(&f->server, hfi_view_of_text("to "));
    scripted_server_step(&f->server, &renew);
    scripted_server_send(&f->server, hfi_view_of_text("the client"));
    assert_int_equal(flow_pump(f), HFI_OK);
    assert_int_equal(flow_write(f, ", again"), HFI_OK);
    assert_true(
        hfi_view_equal(script_view(&f->received), hfi_view_of_text("to the client")));
    assert_true(hfi_view_equal(script_view(&f->server.data),
                               hfi_view_of_text("to the server, again")));
    assert_int_equal(f->server.updates, 1);
    assert_int_equal(hfi_conn_close(&f->client), HFI_OK);
    scripted_server_close(&f->server);
    assert_int_equal(flow_pump(f), HFI_OK);
    assert_true(f->client.close_received);
    assert_int_equal(flow_end(f), HFI_OK);
}

static void release(flow *f, const char *what)
{
    const char *fault = flow_conduct(f);

    if (fault != NULL)
        fail_msg("%s: %s", what, fault);
    flow_free(f);
    fault = flow_left_over(f);
    if (fault != NULL)
        fail_msg("%s: %s", what, fault);
}

static void apply_group(flow *f, uint16_t group)
{
    apply_row(f, group == 0x0017 ? ROW_P256_FIRST : group == 0x0018 ? ROW_P384_FIRST : 0);
}

static void test_suites_groups_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES * GROUPS * KEYS; i++) {
        script_config config = {
            .suite = suites[i % SUITES], .key = keys[i / SUITES / GROUPS], .tickets = 1};
        uint16_t group = groups[i / SUITES % GROUPS];
        char what[80];
        flow f;

        snprintf(what, sizeof what, "suite %04x, group %04x, key %d", config.suite, group,
                 config.key);
        flow_init(&f, &config);
        apply_group(&f, group);
        (void)flow_run(&f);
        assert_int_equal(f.client.agreed.version, 0x0304);
        assert_int_equal(f.client.agreed.suite, config.suite);
        assert_int_equal(f.client.agreed.group, group);
        assert_int_equal(f.client.agreed.scheme, script_key_scheme(config.key));
        assert_false(f.client.agreed.resumed || f.client.agreed.retried);
        assert_true(f.client.agreed.verify_done);
        assert_int_equal(f.client.agreed.verify_result, HFI_OK);
        assert_int_equal(f.log_lines, 5);
        try_everything(&f, what);
        assert_non_null(f.client.new_session);
        release(&f, what);
    }
}

/* RFC 8446 4.4.3: every hash that goes with the key. */
static void test_rsa_hashes(void **state)
{
    static const script_config configs[] = {
        {.key = SCRIPT_RSA, .scheme = 0x0805},
        {.key = SCRIPT_RSA, .scheme = 0x0806},
        {.key = SCRIPT_RSA_PSS, .scheme = 0x080a},
        {.key = SCRIPT_RSA_PSS, .scheme = 0x080b},
    };

    (void)state;
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        flow f;
        flow_init(&f, &configs[i]);
        (void)flow_run(&f);
        try_everything(&f, "an RSA hash");
        assert_int_equal(f.client.agreed.scheme, configs[i].scheme);
        release(&f, "an RSA hash");
    }
}

/* Suite x group x {group, cookie, both} x {full, resumed}. */
static void test_retries_and_resumption(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES * GROUPS * 4 * 2; i++) {
        uint16_t group = groups[i / SUITES % GROUPS];
        size_t retry = i / SUITES / GROUPS % 4;
        bool resume = i / SUITES / GROUPS / 4 == 1;
        script_config plain = {.suite = suites[i % SUITES], .tickets = 2};
        script_config config = plain;
        char what[80];
        flow first, second;

        config.retries = retry == 0 ? 0 : 1;
        config.retry_without_group = retry == 2;
        config.cookie = retry >= 2 ? "c00c1e*100" : NULL;
        if (retry == 1 || retry == 3)
            config.group = group;
        snprintf(what, sizeof what, "suite %04x, group %04x, retry %zu, resume %d",
                 config.suite, group, retry, resume);
        if (group == 0x001d && (retry == 1 || retry == 3))
            continue; /* it has the first share already */

        flow_init(&first, &plain);
        (void)flow_run(&first);
        try_everything(&first, what);
        flow_init(&second, &config);
        if (retry == 0 || retry == 2)
            apply_group(&second, group);
        if (resume)
            flow_resume(&second, &first);
        (void)flow_run(&second);
        try_everything(&second, what);
        assert_int_equal(second.client.agreed.group, group);
        assert_int_equal(second.client.agreed.retried, retry != 0);
        assert_int_equal(second.client.agreed.resumed, resume);
        assert_int_equal(second.server.resumed, resume);
        assert_int_equal(second.server.hellos, retry != 0 ? 2 : 1);
        assert_int_equal(second.client.agreed.scheme == 0, resume);
        assert_int_equal(hfi_conn_certificate_count(&second.client), 1);
        assert_true(hfi_view_equal(hfi_conn_certificate(&second.client, 0),
                                   script_certificate(SCRIPT_ED25519)));
        release(&second, what);
        release(&first, what);
    }
}

/* A session that a resumed connection made resumes again, and keeps its certificate. */
static void test_chain_of_sessions(void **state)
{
    static const script_config config = {.tickets = 1};
    flow flows[5];

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        flow_init(&flows[i], &config);
        if (i != 0)
            flow_resume(&flows[i], &flows[i - 1]);
        (void)flow_run(&flows[i]);
        try_everything(&flows[i], "a chain of sessions");
        assert_int_equal(flows[i].client.agreed.resumed, i != 0);
        assert_int_equal(hfi_conn_certificate_count(&flows[i].client), 1);
    }
    for (size_t i = 5; i-- > 0;)
        release(&flows[i], "a chain of sessions");
}

/* A session survives as bytes. */
static void test_session_as_bytes(void **state)
{
    static const script_config config = {.tickets = 1};
    uint8_t bytes[4096];
    flow first, second;

    (void)state;
    flow_init(&first, &config);
    assert_int_equal(flow_run(&first), HFI_OK);
    size_t len = hfi_session_encode(first.client.new_session, bytes, sizeof bytes);
    assert_int_equal(len, hfi_session_encoded_size(first.client.new_session));
    flow_init(&second, &config);
    scripted_server_adopt(&second.server, &first.server);
    second.client.session =
        hfi_session_decode(&second.settings.alloc, hfi_view_of(bytes, len));
    assert_non_null(second.client.session);
    (void)flow_run(&second);
    try_everything(&second, "from bytes");
    assert_true(second.client.agreed.resumed);
    release(&second, "from bytes");
    release(&first, "from bytes");
}

/* RFC 7301: the server's choice is told, also when resuming. */
static void test_alpn(void **state)
{
    static const script_config config = {
        .alpn = "http/1.1", .answers_name = true, .tells_groups = true, .tickets = 1};
    flow first, second;

    (void)state;
    flow_init(&first, &config);
    apply_row(&first, ROW_ALPN);
    (void)flow_run(&first);
    try_everything(&first, "ALPN");
    flow_init(&second, &config);
    apply_row(&second, ROW_ALPN);
    flow_resume(&second, &first);
    (void)flow_run(&second);
    try_everything(&second, "ALPN, resumed");
    assert_int_equal(second.client.agreed.alpn_len, 8);
    assert_memory_equal(second.client.agreed.alpn, "http/1.1", 8);
    release(&second, "ALPN");
    release(&first, "ALPN");
}

/* RFC 8446 D.4: one change_cipher_spec and a session id, or none of both. */
static void test_middlebox_compatibility(void **state)
{
    static const script_config plain = {.tickets = 0};
    static const script_config retried = {.retries = 1, .group = 0x0017};

    (void)state;
    for (int i = 0; i < 4; i++) {
        flow f;
        flow_init(&f, i & 1 ? &retried : &plain);
        apply_row(&f, i & 2 ? ROW_NO_COMPAT : 0);
        (void)flow_run(&f);
        try_everything(&f, "compatibility");
        assert_int_equal(f.server.ccs, i & 2 ? 0 : 1);
        assert_int_equal(f.server.hello.session_id.len, i & 2 ? 0 : 32);
        release(&f, "compatibility");
    }
}

/* RFC 6066 3: a name is sent, an address never: the owner leaves it out. */
static void test_server_name(void **state)
{
    static const script_config config = {.tickets = 0};
    static const uint8_t want[] = "\x00\x11\x00\x00\x0eserver.example";
    hfi_view data;
    flow f;

    (void)state;
    flow_init(&f, &config);
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_true(script_hello_find(&f.server.hello, SCRIPT_EXT_SERVER_NAME, &data));
    assert_true(hfi_view_equal(data, hfi_view_of(want, sizeof want - 1)));
    release(&f, "server_name");

    flow_init(&f, &config);
    f.client.hostnames[0] = hfi_view_of_text("192.0.2.1");
    f.client.server_name = hfi_view_of(NULL, 0);
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_false(script_hello_find(&f.server.hello, SCRIPT_EXT_SERVER_NAME, &data));
    release(&f, "server_name");
}

/* Megabytes, in pieces of every kind. */
static void test_much_data(void **state)
{
    static const script_config config = {.tickets = 0};
    static const size_t pieces[] = {0, 1000, 16384, 16405};
    static uint8_t data[3 << 20];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 31 >> 4);
    for (size_t i = 0; i < 4; i++) {
        flow f;
        flow_init(&f, &config);
        assert_int_equal(flow_run(&f), HFI_OK);
        f.piece = pieces[i];
        size_t len = i == 0 ? sizeof data : sizeof data / 16;
        scripted_server_send(&f.server, hfi_view_of(data, len));
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_true(hfi_view_equal(script_view(&f.received), hfi_view_of(data, len)));
        hfi_view left = hfi_view_of(data, len);
        while (left.len != 0) {
            size_t taken = 0;
            assert_int_equal(hfi_conn_write(&f.client, left, &taken), HFI_OK);
            assert_in_range(taken, 1, 16384);
            left = hfi_view_of(left.p + taken, left.len - taken);
            assert_int_equal(flow_pump(&f), HFI_OK);
        }
        assert_true(hfi_view_equal(script_view(&f.server.data), hfi_view_of(data, len)));
        release(&f, "much data");
    }
}

/* The key log (RFC 9850) has each secret as the server knows it, under the random of
 * this connection. */
static void test_key_log(void **state)
{
    static const char *const labels[] = {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET"};

    (void)state;
    for (size_t i = 0; i < SUITES; i++) {
        const script_config config = {.suite = suites[i]};
        flow f;
        flow_init(&f, &config);
        assert_int_equal(flow_run(&f), HFI_OK);
        assert_int_equal(f.log_lines, 5);
        const hfi_keys *k = &f.server.keys;
        const uint8_t *secrets[] = {k->handshake[0], k->handshake[1], k->application[0],
                                    k->application[1], k->exporter};
        for (size_t j = 0; j < 5; j++) {
            char want[256];
            size_t at = (size_t)snprintf(want, sizeof want, "%s ", labels[j]);
            for (size_t n = 0; n < 32; n++)
                at += (size_t)snprintf(want + at, sizeof want - at, "%02x",
                                       f.server.hello.random.p[n]);
            at += (size_t)snprintf(want + at, sizeof want - at, " ");
            for (size_t n = 0; n < f.server.hash->size; n++)
                at +=
                    (size_t)snprintf(want + at, sizeof want - at, "%02x", secrets[j][n]);
            assert_string_equal(f.log[j], want);
        }
        release(&f, "key log");
    }
}

/* RFC 8446 4.1.2, 4.1.4: bytes that must differ between connections do, and a second
 * hello's that must not do not (the server's judgement of it stands in fault). */
static void test_fresh_randoms(void **state)
{
    static const script_config config = {.tickets = 0};
    flow a, b;
    hfi_view share_a, share_b;
    uint16_t group_a = 0, group_b = 0;

    (void)state;
    flow_init(&a, &config);
    flow_init(&b, &config);
    b.random_state++;
    assert_int_equal(flow_run(&a), HFI_OK);
    assert_int_equal(flow_run(&b), HFI_OK);
    assert_false(hfi_view_equal(a.server.hello.random, b.server.hello.random));
    assert_false(hfi_view_equal(a.server.hello.session_id, b.server.hello.session_id));
    assert_true(script_hello_share(&a.server.hello, &group_a, &share_a));
    assert_true(script_hello_share(&b.server.hello, &group_b, &share_b));
    assert_false(hfi_view_equal(share_a, share_b));
    release(&a, "randoms");
    release(&b, "randoms");
}

/* The same object makes another connection after a reset, failed or not. */
static void test_reset(void **state)
{
    static const script_config good = {.tickets = 1};
    static const script_config bad = {.steps = {{AT_FINISHED, OP_BODY, 0, "00*32"}}};
    flow f;

    (void)state;
    flow_init(&f, &good);
    for (int i = 0; i < 6; i++) {
        (void)flow_run(&f);
        assert_int_equal(f.err, i % 3 == 1 ? HFI_E_BAD_FINISHED : HFI_OK);
        hfi_conn_reset(&f.client);
        assert_int_equal(f.client.phase, HFI_PHASE_BEFORE);
        assert_int_equal(f.client.report.code, HFI_OK);
        scripted_server_free(&f.server);
        scripted_server_init(&f.server, i % 3 == 0 ? &bad : &good);
        f.server.logged = &f.logged;
        f.err = HFI_OK;
    }
    (void)flow_run(&f);
    try_everything(&f, "after resets");
    release(&f, "after resets");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suites_groups_keys),
        cmocka_unit_test(test_rsa_hashes),
        cmocka_unit_test(test_retries_and_resumption),
        cmocka_unit_test(test_chain_of_sessions),
        cmocka_unit_test(test_session_as_bytes),
        cmocka_unit_test(test_alpn),
        cmocka_unit_test(test_middlebox_compatibility),
        cmocka_unit_test(test_server_name),
        cmocka_unit_test(test_much_data),
        cmocka_unit_test(test_key_log),
        cmocka_unit_test(test_fresh_randoms),
        cmocka_unit_test(test_reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
