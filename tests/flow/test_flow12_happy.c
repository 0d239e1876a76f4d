/* tests/flow/test_flow12_happy.c: TLS 1.2 handshakes that must succeed: suites, groups,
 * keys, tickets, ids, ALPN, and what both sides know afterwards.
 * RFC 5246 7.3; RFC 5077 3; RFC 5705; RFC 7627; RFC 8422. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rows.h"
#include "script12_server.h"

/* ---- suites, groups and keys ---- */

typedef struct signing {
    const char *name;
    script_key key;
    uint16_t scheme;
    bool is_rsa;
} signing;

/* RFC 5246 7.4.3 does not tie an ECDSA hash to a curve; RFC 8446 4.2.3 brought RSA-PSS to
 * TLS 1.2 too. */
static const signing signings[] = {
    {"Ed25519", SCRIPT_ED25519, 0x0807, false},
    {"P-256, SHA-256", SCRIPT_P256, 0x0403, false},
    {"P-256, SHA-384", SCRIPT_P256, 0x0503, false},
    {"P-256, SHA-512", SCRIPT_P256, 0x0603, false},
    {"P-384, SHA-256", SCRIPT_P384, 0x0403, false},
    {"P-384, SHA-384", SCRIPT_P384, 0x0503, false},
    {"P-521, SHA-512", SCRIPT_P521, 0x0603, false},
    {"P-521, SHA-256", SCRIPT_P521, 0x0403, false},
    {"RSA PKCS #1, SHA-256", SCRIPT_RSA, 0x0401, true},
    {"RSA PKCS #1, SHA-512", SCRIPT_RSA, 0x0601, true},
    {"RSA-PSS, SHA-256", SCRIPT_RSA, 0x0804, true},
    {"RSA-PSS, SHA-384", SCRIPT_RSA, 0x0805, true},
    {"RSA-PSS, SHA-512", SCRIPT_RSA, 0x0806, true},
    {"RSA-PSS key, SHA-256", SCRIPT_RSA_PSS, 0x0809, true},
    {"RSA-PSS key, SHA-512", SCRIPT_RSA_PSS, 0x080b, true},
};

static const uint16_t suites[2][3] = {{0xc02b, 0xc02c, 0xcca9}, {0xc02f, 0xc030, 0xcca8}};
static const uint16_t groups[] = {0x001d, 0x0017, 0x0018};

static bool agreed_as(const flow *f, const script_config *config)
{
    const hfi_agreed *a = &f->client.agreed;

    return a->version == 0x0303 && a->suite == config->suite &&
           a->group == config->group && a->scheme == config->scheme && a->verify_done &&
           a->verify_result == HFI_OK && !a->resumed;
}

static bool try_one(const signing *how, uint16_t suite, uint16_t group, unsigned flags)
{
    char name[96];
    row r = {.name = name,
             .config = {.tls12 = {.on = true},
                        .key = how->key,
                        .scheme = how->scheme,
                        .suite = suite,
                        .group = group},
             .err = HFI_OK,
             .alert = HFI_ALERT_NONE,
             .how = flags};
    flow f;

    snprintf(name, sizeof name, "%s, suite %04x, group %u", how->name, suite, group);
    flow_init(&f, &r.config);
    apply_row(&f, flags);
    bool good = flow_run(&f) == HFI_OK && agreed_as(&f, &r.config);
    if (!good)
        print_error("%s: not agreed: %d %s\n", name, f.err,
                    f.server.fault == NULL ? "" : f.server.fault);
    flow_free(&f);
    flow_init(&f, &r.config);
    apply_row(&f, flags);
    return run_row_on(&f, &r) && good;
}

static void test_every_combination(void **state)
{
    size_t wrong = 0, tried = 0;

    (void)state;
    for (size_t i = 0; i < sizeof signings / sizeof signings[0]; i++)
        for (size_t j = 0; j < 3; j++)
            for (size_t k = 0; k < 3; k++, tried++)
                if (!try_one(&signings[i], suites[signings[i].is_rsa][j], groups[k],
                             k == 1 ? ROW_TLS12_ONLY : 0))
                    wrong++;
    print_message("# %zu combinations, %zu wrong\n", tried, wrong);
    assert_int_equal(wrong, 0);
}

/* ---- shapes of the handshake ---- */

static const row shapes[] = {
    {"plain", WITH12(.tickets = 0), PASSES},
    {"no newer version offered", WITH12(.tickets = 0), PASSES, ROW_TLS12_ONLY},
    {"without middlebox mode", WITH12(.tickets = 0), PASSES, ROW_NO_COMPAT},
    {"without server_name", WITH12(.tickets = 0), PASSES, ROW_NO_NAME},
    {"server_name answered", WITH12(.answers_name = true), PASSES},
    {"ALPN", WITH12(.alpn = "h2"), PASSES, ROW_ALPN},
    {"ALPN not answered", WITH12(.tickets = 0), PASSES, ROW_ALPN},
    {"ticket", WITH12(.tickets = 1), PASSES},
    {"id", .config = {.tls12 = {.on = true, .gives_id = true}}, PASSES},
    {"ticket and id", .config = {.tickets = 1, .tls12 = {.on = true, .gives_id = true}},
     PASSES},
    {"ticket after all not", .config = {.tls12 = {.on = true, .empty_ticket = true}},
     PASSES},
    {"no point formats", .config = {.tls12 = {.on = true, .without_points = true}},
     PASSES},
    {"request", WITH12(.requests_certificate = true), PASSES},
    {"request and ticket", WITH12(.requests_certificate = true, .tickets = 1), PASSES},
    {"the CA too", WITH12(.sends_ca = true, .key = SCRIPT_P256), PASSES},
    {"in one record", WITH12(.coalesces = true), PASSES},
    {"in one record, with all",
     WITH12(.coalesces = true, .requests_certificate = true, .tickets = 1,
            .sends_ca = true),
     PASSES},
    {"a byte a record", WITH12(.record_size = 1), PASSES},
    {"seven bytes a record", WITH12(.record_size = 7, .coalesces = true), PASSES},
    {"EMS missing, allowed", .config = {.tls12 = {.on = true, .without_master = true}},
     PASSES, ROW_PLAIN_MASTER},
    {"EMS there, might be missing", WITH12(.tickets = 0), PASSES, ROW_PLAIN_MASTER},
    {"no renegotiation_info, allowed",
     .config = {.tls12 = {.on = true, .without_renegotiation = true}}, PASSES,
     ROW_UNSAFE_RENEGOTIATION},
    {"no extensions at all, allowed",
     .config = {.tls12 = {.on = true,
                          .without_renegotiation = true,
                          .without_master = true,
                          .without_points = true}},
     PASSES, ROW_PLAIN_MASTER | ROW_UNSAFE_RENEGOTIATION},
    /* RFC 5246 7.4.1.3: the vector itself may be missing then. */
    {"no extension vector, allowed",
     .config = {.tls12 = {.on = true,
                          .without_renegotiation = true,
                          .without_master = true,
                          .without_points = true},
                .steps = {{AT_HELLO, OP_CUT, 2, NULL}}},
     PASSES, ROW_PLAIN_MASTER | ROW_UNSAFE_RENEGOTIATION},
    /* RFC 8422 5.1.2: other formats beside uncompressed do not matter. */
    {"all point formats", DO12({AT_HELLO, OP_EXT_SET, 11, "03 01 02 00"}), PASSES},
    /* Some load balancers send it, though it has no place there. */
    {"supported_groups in the answer", DO12({AT_HELLO, OP_EXT_ADD, 10, "0004 001d 0017"}),
     PASSES},
    /* A ticket's lifetime of 0 says nothing (RFC 5077 3.3). */
    {"lifetime not said", DO12({AT_TICKET, OP_SET, 0, "00000000"}), PASSES},
    {"request with names",
     WITH12(.requests_certificate = true,
            .steps = {{AT_REQUEST, OP_BODY, 0,
                       "03 014002 0006 0403 0804 0401 0008 0006 3004 3102 0500"}}),
     PASSES},
};

static void test_shapes(void **state)
{
    (void)state;
    RUN_ROWS(shapes);
}

static const row resumptions[] = {
    {"by ticket", WITH12(.tickets = 0), PASSES, ROW_RESUME},
    {"by ticket, 1.2 alone", WITH12(.tickets = 0), PASSES, ROW_RESUME | ROW_TLS12_ONLY},
    {"by ticket, without middlebox mode", WITH12(.tickets = 0), PASSES,
     ROW_RESUME | ROW_NO_COMPAT},
    {"by ticket, with a new one", WITH12(.tickets = 1), PASSES, ROW_RESUME},
    {"by id", WITH12(.tickets = 0), PASSES, ROW_RESUME | ROW_BY_ID},
    {"by id, with a ticket", WITH12(.tickets = 1), PASSES, ROW_RESUME | ROW_BY_ID},
    {"by id, 1.2 alone", WITH12(.tickets = 0), PASSES,
     ROW_RESUME | ROW_BY_ID | ROW_TLS12_ONLY},
    {"ticket declined", WITH12(.refuses_psk = true), PASSES, ROW_RESUME},
    {"ticket declined, another given", WITH12(.refuses_psk = true, .tickets = 1), PASSES,
     ROW_RESUME},
    {"ticket declined, another suite", WITH12(.refuses_psk = true, .suite = 0xc02c),
     PASSES, ROW_RESUME},
    {"id declined", WITH12(.refuses_psk = true), PASSES, ROW_RESUME | ROW_BY_ID},
    {"id declined, another given",
     .config = {.refuses_psk = true,
                .tls12 = {.on = true, .gives_id = true},
                .steps = {{AT_HELLO, OP_SET, 35, "2e*32"}}},
     PASSES, ROW_RESUME | ROW_BY_ID},
    {"resumed, in one record", WITH12(.coalesces = true, .tickets = 1), PASSES,
     ROW_RESUME},
    {"resumed, a byte a record", WITH12(.record_size = 1, .tickets = 1), PASSES,
     ROW_RESUME},
    {"resumed with ALPN", WITH12(.alpn = "h2"), PASSES, ROW_RESUME | ROW_ALPN},
    {"resumed, RSA", WITH12(.key = SCRIPT_RSA), PASSES, ROW_RESUME},
    {"resumed, empty ticket", .config = {.tls12 = {.on = true, .empty_ticket = true}},
     PASSES, ROW_RESUME},
};

static void test_resumptions(void **state)
{
    (void)state;
    RUN_ROWS(resumptions);
}

/* ---- what it knows afterwards ---- */

static void connect12(flow *f, const script_config *config, const flow *earlier)
{
    flow_init(f, config);
    if (earlier != NULL)
        flow_resume(f, earlier);
    if (flow_run(f) != HFI_OK || !f->server.connected || flow_conduct(f) != NULL)
        fail_msg("no connection: %d %s", f->err, flow_conduct(f));
}

static void disconnect(flow *f)
{
    flow_free(f);
    assert_null(flow_left_over(f));
}

/* Really resumed, at both ends, and what belongs to the session is told again. */
static void check_resumed(flow *first, const script_config *config)
{
    flow second;
    hfi_view leaf = script_certificate(first->server.config.key);

    connect12(&second, config, first);
    assert_true(second.server.resumed);
    assert_true(second.client.agreed.resumed);
    assert_true(second.client.agreed.verify_done);
    assert_int_equal(second.client.agreed.suite, first->client.agreed.suite);
    assert_int_equal(second.client.agreed.version, 0x0303);
    assert_true(hfi_view_equal(hfi_conn_certificate(&second.client, 0), leaf));
    disconnect(&second);
}

static void test_really_resumed(void **state)
{
    static const script_config ticket = {.tickets = 1, .tls12 = {.on = true}};
    static const script_config id = {.tls12 = {.on = true, .gives_id = true}};
    const script_config *both[] = {&ticket, &id};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        flow first, second;
        connect12(&first, both[i], NULL);
        assert_non_null(first.client.new_session);
        const hfi_session_fields *s = hfi_session_get(first.client.new_session);
        assert_int_equal(s->version, 0x0303);
        assert_int_equal(s->psk_len, 48);
        assert_memory_equal(s->psk, first.server.tls12.master, 48);
        assert_true(s->extended_master);
        assert_true(s->verified);
        assert_int_equal(s->ticket.len != 0, i == 0);
        assert_int_equal(s->session_id.len, i == 0 ? 0 : 32);
        check_resumed(&first, &ticket);
        check_resumed(&first, both[i]);

        /* A chain of resumptions, each with the session of the one before. */
        connect12(&second, &ticket, &first);
        assert_non_null(second.client.new_session);
        check_resumed(&second, &ticket);
        disconnect(&second);
        disconnect(&first);
    }
}

/* A ticket that is announced and empty, or none, leaves no session behind. */
static void test_no_session(void **state)
{
    static const script_config none = {.tls12 = {.on = true}};
    static const script_config empty = {.tls12 = {.on = true, .empty_ticket = true}};
    flow f;

    (void)state;
    connect12(&f, &none, NULL);
    assert_null(f.client.new_session);
    disconnect(&f);
    connect12(&f, &empty, NULL);
    assert_null(f.client.new_session);
    disconnect(&f);
}

/* A session is of no use once its time is over, for another name, for a suite that is
 * off, or where the version is off; then a full handshake is made. */
static void test_session_not_offered(void **state)
{
    static const script_config ticket = {.tickets = 1, .tls12 = {.on = true}};

    (void)state;
    for (int i = 0; i < 5; i++) {
        flow first, second;
        connect12(&first, &ticket, NULL);
        flow_init(&second, &ticket);
        flow_resume(&second, &first);
        if (i == 0)
            second.unix_seconds += 7200;
        if (i == 1)
            second.unix_seconds -= 61;
        if (i == 2)
            second.client.hostnames[0] = hfi_view_of_text("*.example");
        if (i == 3) {
            second.settings.suites[0] = 0xc02c;
            second.settings.suite_count = 1;
        }
        if (i == 4)
            second.settings.version_min = 0x0304;
        (void)flow_run(&second);
        assert_false(second.server.tls12.offered_session);
        assert_false(second.client.agreed.resumed);
        assert_int_equal(second.err, i == 2 ? HFI_E_CERT_NAME_MISMATCH : HFI_OK);
        flow_free(&second);
        disconnect(&first);
    }
}

/* One that was made without the extended master secret would be refused when it comes
 * back, so it is offered only by who allows it (RFC 7627 5.3). */
static void test_plain_session(void **state)
{
    static const script_config plain = {.tickets = 1,
                                        .tls12 = {.on = true, .without_master = true}};

    (void)state;
    for (int allowed = 0; allowed < 2; allowed++) {
        script_config config = plain;
        flow first, second;
        flow_init(&first, &plain);
        apply_row(&first, ROW_PLAIN_MASTER);
        assert_int_equal(flow_run(&first), HFI_OK);
        config.tls12.without_master = allowed != 0;
        flow_init(&second, &config);
        apply_row(&second, allowed != 0 ? ROW_PLAIN_MASTER : 0);
        flow_resume(&second, &first);
        assert_int_equal(flow_run(&second), HFI_OK);
        assert_int_equal(second.server.tls12.offered_session, allowed);
        assert_int_equal(second.client.agreed.resumed, allowed);
        flow_free(&second);
        disconnect(&first);
    }
}

/* RFC 5077 3.3: the lifetime is a hint; longer than seven days is never kept. */
static void test_lifetimes(void **state)
{
    static const struct {
        const char *hex;
        uint32_t want;
    } rows[] = {{"00000001", 1},      {"00000e10", 3600},   {"00093a80", 604800},
                {"00093a81", 604800}, {"ffffffff", 604800}, {"00000000", 86400}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const script_config config = {.tickets = 1,
                                      .tls12 = {.on = true},
                                      .steps = {{AT_TICKET, OP_SET, 0, rows[i].hex}}};
        flow f;
        connect12(&f, &config, NULL);
        assert_non_null(f.client.new_session);
        assert_int_equal(hfi_session_get(f.client.new_session)->lifetime, rows[i].want);
        disconnect(&f);
    }
}

/* A session of one version at a server that now speaks the other: a full handshake. */
static void test_session_of_other_version(void **state)
{
    static const script_config tls12 = {.tickets = 1, .tls12 = {.on = true}};
    static const script_config by_id = {.tls12 = {.on = true, .gives_id = true}};
    static const script_config tls13 = {.tickets = 1};
    const script_config *firsts[] = {&tls12, &by_id, &tls13};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const script_config *then = i == 2 ? &tls12 : &tls13;
        flow first, second;
        flow_init(&first, firsts[i]);
        apply_row(&first, ROW_TLS12);
        assert_int_equal(flow_run(&first), HFI_OK);
        assert_non_null(first.client.new_session);
        flow_init(&second, then);
        apply_row(&second, ROW_TLS12);
        flow_resume(&second, &first);
        assert_int_equal(flow_run(&second), HFI_OK);
        assert_true(second.server.connected);
        assert_false(second.client.agreed.resumed);
        assert_int_equal(second.client.agreed.version, i == 2 ? 0x0303 : 0x0304);
        assert_int_equal(flow_write(&second, "on"), HFI_OK);
        assert_int_equal(second.server.data.len, 2);
        assert_null(flow_conduct(&second));
        disconnect(&second);
        disconnect(&first);
    }
}

/* RFC 5705 4: with a context, with an empty one and without are three values. */
static void test_exporters(void **state)
{
    static const script_config configs[] = {
        {.tls12 = {.on = true}, .suite = 0xc02b},
        {.tls12 = {.on = true}, .suite = 0xc02c},
        {.tls12 = {.on = true, .without_master = true}, .suite = 0xcca9},
    };
    static const char label[] = "EXPORTER-test";

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        flow f;
        uint8_t got[3][50], want[50];
        const hfi_view contexts[3] = {hfi_view_of(NULL, 0), hfi_view_of_text(""),
                                      hfi_view_of_text("context")};
        flow_init(&f, &configs[i]);
        apply_row(&f, i == 2 ? ROW_PLAIN_MASTER : 0);
        assert_int_equal(flow_run(&f), HFI_OK);
        const script12_state *t = &f.server.tls12;
        for (size_t j = 0; j < 3; j++) {
            script_bytes seed = {NULL, 0, 0};
            script_append(&seed, t->client_random, 32);
            script_append(&seed, t->server_random, 32);
            if (j != 0)
                script_append_number(&seed, contexts[j].len, 2);
            script_append_view(&seed, contexts[j]);
            hfi_tls12_prf(f.server.hash, hfi_view_of(t->master, 48), label,
                          script_view(&seed), hfi_view_of(NULL, 0), want, sizeof want);
            assert_int_equal(hfi_conn_export(&f.client, hfi_view_of_text(label),
                                             contexts[j], got[j], sizeof got[j]),
                             HFI_OK);
            assert_memory_equal(got[j], want, sizeof want);
            script_free(&seed);
        }
        assert_memory_not_equal(got[0], got[1], 50);
        assert_memory_not_equal(got[1], got[2], 50);
        disconnect(&f);
    }
}

static void expect_line(const flow *f)
{
    char want[256];
    int n = snprintf(want, sizeof want, "CLIENT_RANDOM ");

    for (size_t i = 0; i < 32; i++)
        n += snprintf(want + n, sizeof want - (size_t)n, "%02x",
                      f->server.tls12.client_random[i]);
    n += snprintf(want + n, sizeof want - (size_t)n, " ");
    for (size_t i = 0; i < 48; i++)
        n += snprintf(want + n, sizeof want - (size_t)n, "%02x",
                      f->server.tls12.master[i]);
    assert_int_equal(f->log_lines, 1);
    assert_string_equal(f->log[0], want);
}

static void test_key_log(void **state)
{
    static const script_config ticket = {.tickets = 1, .tls12 = {.on = true}};
    flow first, second;

    (void)state;
    connect12(&first, &ticket, NULL);
    expect_line(&first);
    connect12(&second, &ticket, &first);
    assert_true(second.client.agreed.resumed);
    expect_line(&second);
    disconnect(&second);
    disconnect(&first);
}

static void test_alpn_told(void **state)
{
    static const script_config config = {.alpn = "http/1.1", .tls12 = {.on = true}};
    flow f;

    (void)state;
    flow_init(&f, &config);
    apply_row(&f, ROW_ALPN);
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_int_equal(f.client.agreed.alpn_len, 8);
    assert_memory_equal(f.client.agreed.alpn, "http/1.1", 8);
    disconnect(&f);
}

/* What only TLS 1.3 has is told to be missing, and the connection lives on. */
static void test_no_key_update(void **state)
{
    static const script_config config = {.tls12 = {.on = true}};
    flow f;

    (void)state;
    connect12(&f, &config, NULL);
    assert_int_equal(hfi_conn_update_keys(&f.client, true), HFI_E_KEY_UPDATE_UNAVAILABLE);
    assert_int_equal(flow_write(&f, "on"), HFI_OK);
    assert_int_equal(f.server.data.len, 2);
    disconnect(&f);
}

/* A hello of a client that speaks both has what either version needs; one that speaks
 * TLS 1.2 alone has nothing of TLS 1.3 (RFC 8446 4.2, D.1). */
static void test_hello(void **state)
{
    static const script_config config = {.tls12 = {.on = true}};
    static const uint16_t only_13[] = {SCRIPT_EXT_VERSIONS, SCRIPT_EXT_KEY_SHARE,
                                       SCRIPT_EXT_PSK_MODES, SCRIPT_EXT_PRE_SHARED_KEY,
                                       SCRIPT_EXT_COOKIE};
    hfi_view data;
    flow f;

    (void)state;
    connect12(&f, &config, NULL);
    assert_true(script_hello_offers(script_hello_list(&f.server.hello, 43), 0x0304));
    assert_true(script_hello_offers(script_hello_list(&f.server.hello, 43), 0x0303));
    assert_true(script_hello_offers(f.server.hello.suites, 0x1301));
    assert_int_equal(f.server.hello.session_id.len, 32);
    disconnect(&f);

    flow_init(&f, &config);
    apply_row(&f, ROW_TLS12_ONLY);
    assert_int_equal(flow_run(&f), HFI_OK);
    for (size_t i = 0; i < sizeof only_13 / sizeof only_13[0]; i++)
        if (only_13[i] != SCRIPT_EXT_VERSIONS)
            assert_false(script_hello_find(&f.server.hello, only_13[i], &data));
    assert_false(script_hello_offers(script_hello_list(&f.server.hello, 43), 0x0304));
    assert_int_equal(f.server.hello.session_id.len, 0);
    for (uint16_t suite = 0x1301; suite <= 0x1305; suite++)
        assert_false(script_hello_offers(f.server.hello.suites, suite));
    disconnect(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_combination),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_resumptions),
        cmocka_unit_test(test_really_resumed),
        cmocka_unit_test(test_no_session),
        cmocka_unit_test(test_lifetimes),
        cmocka_unit_test(test_session_of_other_version),
        cmocka_unit_test(test_session_not_offered),
        cmocka_unit_test(test_plain_session),
        cmocka_unit_test(test_exporters),
        cmocka_unit_test(test_key_log),
        cmocka_unit_test(test_alpn_told),
        cmocka_unit_test(test_no_key_update),
        cmocka_unit_test(test_hello),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
