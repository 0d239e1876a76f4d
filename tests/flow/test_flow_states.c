/* tests/flow/test_flow_states.c: every message in every state that has no row for it.
 * RFC 8446 4, A.1: whatever its body, it is refused as unexpected_message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rows.h"

enum { TYPES = 257, HELLO_RETRY = 256 };

/* Where to put the message so that the client is in that state. */
typedef struct place {
    const char *state;
    script_config config;
    unsigned how;
    script_at at;
    int legal[4]; /* types that have a row; 0 ends them */
} place;

static const place places[] = {
    {"WAIT_SH", {.tickets = 0}, 0, AT_HELLO, {2, HELLO_RETRY}},
    {"WAIT_SH2", {.retries = 1, .group = 0x0017}, 0, AT_HELLO, {2}},
    {"WAIT_EE", {.tickets = 0}, 0, AT_EXTENSIONS, {8}},
    {"WAIT_EE", {.retries = 1, .group = 0x0017}, 0, AT_EXTENSIONS, {8}},
    {"WAIT_EE", {.tickets = 0}, ROW_RESUME, AT_EXTENSIONS, {8}},
    {"WAIT_CERT_CR", {.tickets = 0}, 0, AT_CERTIFICATE, {11, 13}},
    {"WAIT_CERT", {.requests_certificate = true}, 0, AT_CERTIFICATE, {11}},
    {"WAIT_CV", {.tickets = 0}, 0, AT_VERIFY, {15}},
    {"WAIT_FINISHED", {.tickets = 0}, 0, AT_FINISHED, {20}},
    {"WAIT_FINISHED", {.tickets = 0}, ROW_RESUME, AT_FINISHED, {20}},
    {"CONNECTED", {.tickets = 0}, 0, AT_CONNECTED, {4, 24}},
};

/* Well-formed, so that only the state speaks against them. */
static const char *body_of(int type)
{
    switch (type) {
    case 1:
        return "01 0303 11*32 00 0002 1301 0100 0010 002b0003020304 003300050003001d00";
    case 2:
        return "02 0303 11*32 00 1301 00 002e 002b00020304 00330024001d0020 09*32";
    case HELLO_RETRY:
        return "02 0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
               "00 1301 00 000c 002b00020304 003300020018";
    case 4:
        return "04 00000e10 00000000 00 0001 77 0000";
    case 8:
        return "08 0000";
    case 11:
        return "0b 00 000006 000001 30 0000";
    case 13:
        return "0d 00 0008 000d000400020403";
    case 15:
        return "0f 0807 0040 11*64";
    case 20:
        return "14 22*32";
    case 24:
        return "18 00";
    case 25: /* which nobody has offered to take */
        return "19 0001 000010 000004 deadbeef";
    default:
        return NULL;
    }
}

/* Types that a peer may send in TLS 1.3 or 1.2; all others are unknown (400). */
static bool has_name(int type)
{
    static const int named[] = {0, 1, 2, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 22, 24, 25};

    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (named[i] == type)
            return true;
    return type == HELLO_RETRY;
}

static hfi_err expected(const place *p, int type)
{
    if (!has_name(type))
        return HFI_E_DECODE_HANDSHAKE_TYPE;
    if (type == HELLO_RETRY && p->config.retries != 0)
        return HFI_E_RETRY_REPEATED;
    if (type == 13 && p->at == AT_CONNECTED)
        return HFI_E_POST_HANDSHAKE_AUTH;
    return HFI_E_UNEXPECTED_MESSAGE;
}

static bool is_legal(const place *p, int type)
{
    for (size_t i = 0; i < 4 && p->legal[i] != 0; i++)
        if (p->legal[i] == type)
            return true;
    return false;
}

static bool try_type(const place *p, int type, const flow *earlier)
{
    char hex[8];
    char name[64];
    row r = {.name = name,
             .config = p->config,
             .alert = HFI_ALERT_UNEXPECTED_MESSAGE,
             .step = p->state};
    flow f;

    snprintf(name, sizeof name, "type %d in %s", type, p->state);
    snprintf(hex, sizeof hex, "%02x", (unsigned)type & 0xff);
    r.err = expected(p, type);
    r.config.steps[0] =
        (script_step){p->at, p->at == AT_CONNECTED ? OP_SEND : OP_SEND_BEFORE, 1,
                      body_of(type) != NULL ? body_of(type) : hex};
    flow_init(&f, &r.config);
    if (p->how & ROW_RESUME)
        flow_resume(&f, earlier);
    return run_row_on(&f, &r);
}

static void test_all(void **state)
{
    static const script_config with_ticket = {.tickets = 1};
    size_t wrong = 0, tried = 0;
    flow earlier;

    (void)state;
    flow_init(&earlier, &with_ticket);
    assert_int_equal(flow_run(&earlier), HFI_OK);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        for (int type = 0; type < TYPES; type++) {
            if (is_legal(&places[i], type))
                continue;
            tried++;
            if (!try_type(&places[i], type, &earlier))
                wrong++;
        }
    }
    flow_free(&earlier);
    print_message("# %zu pairs of state and message, %zu wrong\n", tried, wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
