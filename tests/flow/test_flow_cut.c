/* tests/flow/test_flow_cut.c: the server's bytes in pieces, cut short, and garbage.
 * RFC 8446 6.1: an end without close_notify is never taken for a good one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kinds.h"

static const kind kinds[] = {
    {"full", {.tickets = 1}, 0, false},
    {"RSA, with a request",
     {.key = SCRIPT_RSA, .requests_certificate = true, .sends_ca = true},
     0,
     false},
    {"retried",
     {.retries = 1, .group = 0x0017, .cookie = "01*40", .tickets = 1},
     0,
     false},
    {"resumed", {.tickets = 1}, 0, true},
    {"in one record", {.coalesces = true, .suite = 0x1303}, 0, false},
    {"in small records", {.record_size = 50, .padding = 3}, 0, false},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* The whole stream, and how much of it establishes the connection. */
static size_t record(const kind *k, script_bytes *wire)
{
    size_t handshake = 0;
    flow f;

    kind_start(&f, k);
    f.piece = 1;
    f.err = hfi_conn_start_client(&f.client);
    f.cut_at = 0;
    do {
        f.cut_at++;
        (void)flow_pump(&f);
        if (f.client.phase == HFI_PHASE_OPEN && handshake == 0)
            handshake = f.delivered;
    } while (f.delivered == f.cut_at);
    assert_int_equal(f.err, HFI_OK);
    script_append_view(wire, script_view(&f.wire));
    kind_finish(&f, k, 0);
    return handshake;
}

/* Whether a record ends before this byte. */
static bool is_boundary(const script_bytes *wire, size_t at)
{
    size_t i = 0;

    while (i < at)
        i += 5 + (size_t)script_number(wire->p + i + 3, 2);
    return i == at;
}

static void test_pieces(void **state)
{
    static const size_t pieces[] = {1, 2, 3, 5, 7, 16, 100, 1460};

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        for (size_t j = 0; j < sizeof pieces / sizeof pieces[0]; j++) {
            flow f;
            kind_start(&f, &kinds[i]);
            f.piece = pieces[j];
            assert_int_equal(flow_run(&f), HFI_OK);
            assert_int_equal(f.client.phase, HFI_PHASE_OPEN);
            assert_true(f.server.connected);
            assert_int_equal(f.client.new_session != NULL, kinds[i].config.tickets != 0);
            assert_int_equal(flow_write(&f, "ping"), HFI_OK);
            scripted_server_send(&f.server, hfi_view_of_text("pong"));
            assert_int_equal(flow_pump(&f), HFI_OK);
            assert_int_equal(f.received.len, 4);
            kind_finish(&f, &kinds[i], pieces[j]);
        }
    }
}

/* Every prefix, then the end of the transport. */
static void test_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        script_bytes wire = {NULL, 0, 0};
        size_t handshake = record(&kinds[i], &wire);
        print_message("# %s: %zu bytes, %zu in all\n", kinds[i].name, handshake,
                      wire.len);
        assert_in_range(handshake, 100, wire.len);
        for (size_t at = 0; at < wire.len; at++) {
            bool open = at >= handshake;
            flow f;
            kind_start(&f, &kinds[i]);
            f.cut_at = at;
            assert_int_equal(flow_run(&f), HFI_OK);
            assert_int_equal(f.client.phase, open ? HFI_PHASE_OPEN : HFI_PHASE_HANDSHAKE);
            hfi_err want = at == 0                     ? HFI_E_EOF_BEFORE_HELLO
                           : !is_boundary(&wire, at)   ? HFI_E_EOF_IN_RECORD
                           : f.client.message_len != 0 ? HFI_E_EOF_IN_MESSAGE
                           : open                      ? HFI_E_EOF_WITHOUT_CLOSE_NOTIFY
                                                       : HFI_E_EOF_IN_HANDSHAKE;
            /* Only records of a few bytes cut messages, and those cut every one. */
            if (is_boundary(&wire, at) && at != 0 && open)
                assert_true((want == HFI_E_EOF_IN_MESSAGE) ==
                            (kinds[i].config.record_size != 0));
            assert_int_equal(flow_end(&f), want);
            assert_int_equal(f.server.alert, -1);
            kind_finish(&f, &kinds[i], at);
        }
        script_free(&wire);
    }
}

/* ---- garbage ---- */

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Bytes of chance, at first or in the place of a protected flight, often behind a header
 * that could be right. */
static void test_garbage(void **state)
{
    uint32_t random = 0x2545f491;
    size_t by_code[1000] = {0};

    (void)state;
    for (size_t i = 0; i < 4000; i++) {
        static const script_config silent = {
            .steps = {{AT_HELLO, OP_DROP, 0, NULL}, {AT_HELLO, OP_STOP, 0, NULL}}};
        static const script_config hello = {.steps = {{AT_HELLO, OP_STOP, 0, NULL}}};
        static const uint8_t types[] = {20, 21, 22, 23};
        kind k = {"garbage", i % 2 ? hello : silent, 0, false};
        flow f;

        kind_start(&f, &k);
        assert_int_equal(flow_run(&f), HFI_OK);
        size_t len = 1 + next_random(&random) % 400;
        if (i % 4 < 2) {
            script_append(&f.server.out, &types[next_random(&random) % 4], 1);
            script_append_number(&f.server.out, 0x0303, 2);
            script_append_number(&f.server.out, next_random(&random) % (len + 2), 2);
        }
        for (size_t j = 0; j < len; j++)
            script_append_number(&f.server.out, next_random(&random), 1);
        (void)flow_pump(&f);
        if (f.err == HFI_OK)
            (void)flow_end(&f);
        assert_int_equal(f.client.phase, HFI_PHASE_FAILED);
        assert_in_range(f.err, 200, 599);
        by_code[f.err]++;
        kind_finish(&f, &k, i);
    }
    for (size_t i = 0; i < 1000; i++)
        if (by_code[i] != 0)
            print_message("# garbage: %zu times %s\n", by_code[i],
                          hfi_err_lookup((int)i)->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_garbage),
    };

    return cmocka_run_group_tests(tests, kinds_set_up, kinds_tear_down);
}
