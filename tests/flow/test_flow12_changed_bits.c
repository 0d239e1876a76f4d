/* tests/flow/test_flow12_changed_bits.c: a changed bit at every byte of what a TLS 1.2
 * server sends: on its way, and in its messages where the server stands by the change.
 * RFC 5246 6.2.3.3, 7.4.3, 7.4.9.  What may change without harm is listed byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "changes.h"
#include "kinds.h"

enum { ALL_BITS_BELOW = 256 }; /* behind it one bit of each byte, in turn */

#define TLS12 .tls12 = {.on = true}

static const kind kinds[] = {
    {"full",
     {TLS12, .alpn = "h2", .requests_certificate = true, .tickets = 1},
     ROW_ALPN,
     false},
    {"full, by id", {.tls12 = {.on = true, .gives_id = true}, .suite = 0xcca9}, 0, false},
    {"resumed", {TLS12, .tickets = 1}, 0, true},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* What holds for a handshake that was tampered with: nobody is told that all is well, and
 * the record has what went out. */
static const char *judge(const flow *f)
{
    const hfi_report *report = &f->client.report;

    if (f->endless)
        return "the two never come to rest";
    if (f->client.phase != HFI_PHASE_FAILED || f->err == HFI_OK)
        return "it got through";
    if (report->code != f->err)
        return "the record has another code";
    if (f->received.len != 0)
        return "it has data of nobody";
    if (report->alert_direction == HFI_DIRECTION_SENT && f->server.alert != -1 &&
        f->server.alert != report->alert)
        return "the record has another alert than was sent";
    /* Where both compute other keys, the alert cannot be read. */
    if (report->alert_direction == HFI_DIRECTION_SENT && f->server.alert == -1 &&
        !f->server.unreadable && f->server.fault == NULL)
        return "the alert is lost";
    return NULL;
}

/* ---- on the way ---- */

typedef struct spot {
    uint8_t type;   /* of the record */
    size_t in_head; /* 0 to 4; 5: in the body */
    bool is_protected;
} spot;

static spot spot_of(const script_bytes *wire, size_t at)
{
    bool is_protected = false;

    for (size_t i = 0;;) {
        size_t len = (size_t)script_number(wire->p + i + 3, 2);
        if (at < i + 5 + len) {
            spot s = {wire->p[i], at - i < 5 ? at - i : 5, is_protected};
            return s;
        }
        is_protected = is_protected || wire->p[i] == 20;
        i += 5 + len;
    }
}

/* The minor version of a record that is not protected is ignored (RFC 5246 E.1). */
static bool is_harmless(const spot *s)
{
    return s->in_head == 2 && !s->is_protected;
}

/* HFI_OK: more than one may be right. */
static hfi_err code_for(const spot *s)
{
    if (s->is_protected && s->in_head == 5)
        return HFI_E_BAD_RECORD_MAC;
    if (s->is_protected && (s->in_head == 1 || s->in_head == 2))
        return HFI_E_RECORD_VERSION;
    if (s->type == 20 && s->in_head == 5)
        return HFI_E_CCS_MALFORMED;
    return HFI_OK;
}

static bool try_wire(const kind *k, const script_bytes *wire, size_t at, unsigned bit)
{
    spot s = spot_of(wire, at);
    const char *fault = NULL;
    flow f;

    kind_start(&f, k);
    f.change_at = at;
    f.change_mask = (uint8_t)(1u << bit);
    (void)flow_run(&f);
    bool passed = f.err == HFI_OK && f.client.phase == HFI_PHASE_OPEN;
    if (f.err == HFI_OK && !passed)
        (void)flow_end(&f); /* it waits for what a wrong length promised, or for a server
                               that saw a wrong Finished */
    if (is_harmless(&s))
        fault = passed ? NULL : "it was refused";
    else
        fault = judge(&f);
    if (fault == NULL && code_for(&s) != HFI_OK && f.err != code_for(&s))
        fault = "another error";
    hfi_err err = f.err;
    flow_free(&f);
    if (fault == NULL)
        fault = flow_left_over(&f);
    if (fault != NULL)
        print_error("%s: byte %zu (record type %u, %zu) bit %u: %s: %d %s\n", k->name, at,
                    s.type, s.in_head, bit, fault, err, hfi_err_lookup(err)->name);
    return fault == NULL;
}

static void test_on_the_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        script_bytes wire = {NULL, 0, 0};
        size_t wrong = 0, tried = 0;
        flow f;
        kind_start(&f, &kinds[i]);
        assert_int_equal(flow_run(&f), HFI_OK);
        assert_int_equal(f.server.resumed, kinds[i].resumes);
        script_append_view(&wire, script_view(&f.wire));
        flow_free(&f);
        for (size_t at = 0; at < wire.len; at++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                if (!bit_is_due(at, bit, ALL_BITS_BELOW))
                    continue;
                tried++;
                if (!try_wire(&kinds[i], &wire, at, bit))
                    wrong++;
            }
        }
        print_message("# %s: %zu changes in %zu bytes on the way, %zu wrong\n",
                      kinds[i].name, tried, wire.len, wrong);
        script_free(&wire);
        assert_int_equal(wrong, 0);
    }
}

/* ---- in messages, before they are protected ---- */

/* What a client cannot judge where the server stands by it: its random, what kinds of
 * certificate it likes, a ticket's lifetime and bytes, a new session id. */
static bool may_pass(const kind *k, const change *c)
{
    size_t at = c->in_message;

    if (c->hash_old)
        return false;
    switch (c->type) {
    case 2: /* ServerHello: version, random, session id */
        return (at >= 4 + 2 && at < 4 + 34) ||
               (k->config.tls12.gives_id && at >= 4 + 35 && at < 4 + 35 + 32);
    case 4: /* NewSessionTicket: lifetime, length, ticket */
        return (at >= 4 && at < 4 + 4) || at >= 4 + 4 + 2;
    case 13: /* CertificateRequest: 02 0140 0004 0403 0804 0000 */
        return (at >= 4 + 1 && at < 4 + 3) || (at >= 4 + 5 && at < 4 + 9);
    default:
        return false;
    }
}

static bool try_message(const kind *k, change *c)
{
    flow f;

    c->seen = 0;
    c->done = false;
    kind_start(&f, k);
    f.server.config.hook = change_message;
    f.server.config.hook_ctx = c;
    (void)flow_run(&f);
    if (!c->done) {
        flow_free(&f);
        return false;
    }
    bool passed = f.err == HFI_OK && f.client.phase == HFI_PHASE_OPEN;
    if (f.err == HFI_OK && !passed)
        (void)flow_end(&f);
    const char *fault;
    if (may_pass(k, c))
        fault = passed ? flow_conduct(&f) : "it was refused";
    else
        fault = judge(&f);
    hfi_err err = f.err;
    flow_free(&f);
    if (fault == NULL)
        fault = flow_left_over(&f);
    if (fault != NULL)
        fail_msg("%s: message %u, byte %zu, bit %u, %s hashed: %s: %d %s", k->name,
                 c->type, c->in_message, c->bit, c->hash_old ? "old" : "new", fault, err,
                 hfi_err_lookup(err)->name);
    return true;
}

static void change_messages(bool hash_old)
{
    size_t tried = 0;

    for (size_t i = 0; i < KINDS; i++) {
        bool more = true;
        for (size_t at = 0; more; at++) {
            for (unsigned bit = 0; bit < 8 && more; bit++) {
                change c = {.at = at, .bit = bit, .hash_old = hash_old};
                if (!bit_is_due(at, bit, ALL_BITS_BELOW))
                    continue;
                more = try_message(&kinds[i], &c);
                tried += more;
            }
        }
    }
    print_message("# %zu changes in messages\n", tried);
    assert_true(tried > 5000);
}

static void test_messages_both_sides_agree(void **state)
{
    (void)state;
    change_messages(false);
}

static void test_messages_server_does_not_know(void **state)
{
    (void)state;
    change_messages(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_the_way),
        cmocka_unit_test(test_messages_both_sides_agree),
        cmocka_unit_test(test_messages_server_does_not_know),
    };

    return cmocka_run_group_tests(tests, kinds_set_up_tls12, kinds_tear_down);
}
