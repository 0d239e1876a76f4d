/* tests/flow/test_flow12_states.c: every message, and application data, in every state of
 * a TLS 1.2 handshake that has no row for it: unexpected_message (RFC 5246 7.2.2, 7.3).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "handshake/algorithms.h"
#include "kinds.h"

enum { TYPES = 257, HELLO_RETRY = 256 };

/* Where to put the message so that the client is in that state. */
typedef struct place {
    const char *state;
    script_config config;
    unsigned how;
    script_at at;
    int legal[3]; /* types that have a row; -1 ends them */
} place;

#define TLS12 .tls12 = {.on = true}

/* HelloRequest (0) may come at any time once TLS 1.2 is chosen (RFC 5246 7.4.1.1). */
static const place places[] = {
    {"WAIT_SH", {TLS12}, 0, AT_HELLO, {2, HELLO_RETRY, -1}},
    {"WAIT_SH", {TLS12}, ROW_TLS12_ONLY, AT_HELLO, {2, HELLO_RETRY, -1}},
    {"WAIT_CERT", {TLS12}, 0, AT_CERTIFICATE, {11, 0, -1}},
    {"WAIT_CERT", {TLS12, .refuses_psk = true}, ROW_RESUME, AT_CERTIFICATE, {11, 0, -1}},
    {"WAIT_SKE", {TLS12}, 0, AT_KEY_EXCHANGE, {12, 0, -1}},
    {"WAIT_CS_SKE", /* status_request was answered, RFC 6066 8 */
     {TLS12, .steps = {[1] = {AT_HELLO, OP_EXT_ADD, 5, ""}}},
     0,
     AT_KEY_EXCHANGE,
     {12, 22, 0}},
    {"WAIT_CR_SHD", {TLS12}, 0, AT_DONE, {13, 14, 0}},
    {"WAIT_SHD", {TLS12, .requests_certificate = true}, 0, AT_DONE, {14, 0, -1}},
    {"WAIT_TICKET", {TLS12, .tickets = 1}, 0, AT_TICKET, {4, 0, -1}},
    {"WAIT_CCS", {TLS12}, 0, AT_CCS, {0, -1}},
    {"WAIT_CCS", {TLS12, .tickets = 1}, 0, AT_CCS, {0, -1}},
    {"WAIT_FINISHED", {TLS12}, 0, AT_FINISHED, {20, 0, -1}},
    {"RESUME_TICKET", {TLS12, .tickets = 1}, ROW_RESUME, AT_TICKET, {4, 0, -1}},
    {"RESUME_CCS", {TLS12}, ROW_RESUME, AT_CCS, {0, -1}},
    {"RESUME_FINISHED", {TLS12}, ROW_RESUME, AT_FINISHED, {20, 0, -1}},
    {"CONNECTED", {TLS12}, 0, AT_CONNECTED, {0, -1}},
    {"CONNECTED", {TLS12}, ROW_RESUME, AT_CONNECTED, {0, -1}},
};

/* Well-formed, so that only the state speaks against them. */
static const char *body_of(int type)
{
    switch (type) {
    case 1:
        return "000029 0303 11*32 00 0002 c02b 0100";
    case 2:
        return "00002d 0303 11*32 00 c02b 00 0005 ff01000100";
    case HELLO_RETRY:
        return "000034 0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8"
               "339c 00 1301 00 000c 002b00020304 003300020018";
    case 4:
        return "000007 00000e10 0001 77";
    case 8:
        return "000002 0000";
    case 11:
        return "000007 000004 000001 30";
    case 12:
        return "000068 03001d20 09*32 0807 0040 11*64";
    case 13:
        return "000008 01 40 0002 0403 0000";
    case 15:
        return "000044 0807 0040 11*64";
    case 16:
        return "000021 20 09*32";
    case 20:
        return "00000c 22*12";
    case 22:
        return "000005 01 000001 30";
    case 24:
        return "000001 00";
    default:
        return "000000";
    }
}

static bool is_legal(const place *p, int type)
{
    for (size_t i = 0; i < 3 && p->legal[i] >= 0; i++)
        if (p->legal[i] == type)
            return true;
    return false;
}

static bool try_record(const place *p, const char *name, const char *hex, hfi_err err,
                       const flow *earlier)
{
    row r = {.name = name,
             .config = p->config,
             .err = err,
             .alert = HFI_ALERT_UNEXPECTED_MESSAGE,
             .step = p->state};
    flow f;

    r.config.steps[0] = (script_step){
        p->at, p->at == AT_CONNECTED ? OP_RECORD : OP_RECORD_BEFORE, 1, hex};
    flow_init(&f, &r.config);
    apply_row(&f, p->how);
    if (p->how & ROW_RESUME)
        flow_resume(&f, earlier);
    return run_row_on(&f, &r);
}

static bool try_type(const place *p, int type, const flow *earlier)
{
    int wire_type = type == HELLO_RETRY ? 2 : type;
    bool is_known = strcmp(hfi_handshake_type_name(wire_type), "unknown") != 0 &&
                    wire_type != 255; /* which has a name for timelines alone */
    char name[64], hex[256];

    snprintf(name, sizeof name, "type %d in %s", type, p->state);
    snprintf(hex, sizeof hex, "16 %02x %s", (unsigned)wire_type, body_of(type));
    return try_record(p, name, hex,
                      is_known ? HFI_E_UNEXPECTED_MESSAGE : HFI_E_DECODE_HANDSHAKE_TYPE,
                      earlier);
}

static void test_messages(void **state)
{
    size_t wrong = 0, tried = 0;

    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        for (int type = 0; type < TYPES; type++) {
            if (is_legal(&places[i], type))
                continue;
            tried++;
            if (!try_type(&places[i], type, kinds_earlier()))
                wrong++;
        }
    }
    print_message("# %zu pairs of state and message, %zu wrong\n", tried, wrong);
    assert_int_equal(wrong, 0);
}

static void test_data(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (places[i].at != AT_CONNECTED &&
            !try_record(&places[i], places[i].state, "17 41",
                        HFI_E_APPLICATION_DATA_EARLY, kinds_earlier()))
            wrong++;
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_data),
    };

    return cmocka_run_group_tests(tests, kinds_set_up_tls12, kinds_tear_down);
}
