/* tests/flow/test_flow12_cut.c: a TLS 1.2 server's bytes in pieces, cut short, and
 * garbage in their place.  RFC 5246 7.2.1: no end is taken for a good one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kinds.h"

#define TLS12 .tls12 = {.on = true}

static const kind kinds[] = {
    {"full", {TLS12, .tickets = 1}, 0, false},
    {"with an id", {.tls12 = {.on = true, .gives_id = true}}, 0, false},
    {"RSA, with a request",
     {TLS12, .key = SCRIPT_RSA, .requests_certificate = true, .sends_ca = true},
     0,
     false},
    {"resumed", {TLS12, .tickets = 0}, 0, true},
    {"resumed with a ticket", {TLS12, .tickets = 1}, 0, true},
    {"in one record",
     {TLS12, .coalesces = true, .tickets = 1, .suite = 0xcca9},
     0,
     false},
    {"in small records", {TLS12, .record_size = 50}, 0, false},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

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
            assert_int_equal(f.server.resumed, kinds[i].resumes);
            assert_int_equal(f.client.new_session != NULL,
                             kinds[i].config.tickets != 0 ||
                                 kinds[i].config.tls12.gives_id);
            assert_int_equal(flow_write(&f, "ping"), HFI_OK);
            scripted_server_send(&f.server, hfi_view_of_text("pong"));
            assert_int_equal(flow_pump(&f), HFI_OK);
            assert_int_equal(f.received.len, 4);
            kind_finish(&f, &kinds[i], pieces[j]);
        }
    }
}

/* Every prefix, then the end of the transport; the last ones lie in the data. */
static void test_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        script_bytes wire = {NULL, 0, 0};
        flow f;
        kind_start(&f, &kinds[i]);
        assert_int_equal(flow_run(&f), HFI_OK);
        size_t handshake = f.delivered;
        scripted_server_send(&f.server, hfi_view_of_text("data"));
        assert_int_equal(flow_pump(&f), HFI_OK);
        script_append_view(&wire, script_view(&f.wire));
        kind_finish(&f, &kinds[i], 0);
        print_message("# %s: %zu bytes\n", kinds[i].name, handshake);

        for (size_t at = 0; at < wire.len; at++) {
            bool open = at >= handshake;
            kind_start(&f, &kinds[i]);
            f.cut_at = at;
            assert_int_equal(flow_run(&f), HFI_OK);
            assert_int_equal(f.client.phase, open ? HFI_PHASE_OPEN : HFI_PHASE_HANDSHAKE);
            if (open)
                scripted_server_send(&f.server, hfi_view_of_text("data"));
            (void)flow_pump(&f);
            hfi_err want = at == 0                     ? HFI_E_EOF_BEFORE_HELLO
                           : !is_boundary(&wire, at)   ? HFI_E_EOF_IN_RECORD
                           : f.client.message_len != 0 ? HFI_E_EOF_IN_MESSAGE
                           : open                      ? HFI_E_EOF_WITHOUT_CLOSE_NOTIFY
                                                       : HFI_E_EOF_IN_HANDSHAKE;
            assert_int_equal(flow_end(&f), want);
            assert_int_equal(f.received.len, 0);
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

static void append_garbage(script_bytes *out, uint32_t *random)
{
    static const uint8_t types[] = {20, 21, 22, 23};
    size_t len = 1 + next_random(random) % 400;

    if (next_random(random) % 4 != 0) {
        script_append(out, &types[next_random(random) % 4], 1);
        script_append_number(out, 0x0303, 2);
        script_append_number(out, next_random(random) % (len + 2), 2);
    }
    for (size_t j = 0; j < len; j++)
        script_append_number(out, next_random(random), 1);
}

/* Bytes of chance behind each message, often with a header that could be right. */
static void test_garbage(void **state)
{
    static const script_at places[] = {AT_HELLO,   AT_CERTIFICATE, AT_KEY_EXCHANGE,
                                       AT_DONE,    AT_TICKET,      AT_CCS,
                                       AT_FINISHED};
    enum { PLACES = sizeof places / sizeof places[0] };
    uint32_t random = 0x2545f491;

    (void)state;
    for (size_t i = 0; i < 4000; i++) {
        kind k = {"garbage", {TLS12, .tickets = 1}, 0, i % 3 == 0};
        flow f;
        k.config.steps[0] = (script_step){places[i % PLACES], OP_STOP, 0, NULL};
        kind_start(&f, &k);
        assert_int_equal(flow_run(&f), HFI_OK);
        f.server.stopped = false;
        append_garbage(&f.server.out, &random);
        f.server.stopped = true;
        (void)flow_pump(&f);
        if (f.err == HFI_OK)
            (void)flow_end(&f);
        assert_int_equal(f.client.phase, HFI_PHASE_FAILED);
        assert_in_range(f.err, 200, 599);
        assert_int_equal(f.received.len, 0);
        kind_finish(&f, &k, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_garbage),
    };

    return cmocka_run_group_tests(tests, kinds_set_up_tls12, kinds_tear_down);
}
