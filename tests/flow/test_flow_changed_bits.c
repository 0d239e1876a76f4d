/* tests/flow/test_flow_changed_bits.c: a changed bit at every byte of what the server
 * sends: on its way, and in its messages before they are protected.
 * RFC 8446 5.2, 4.4, E.1.  What may change without harm is listed, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "changes.h"
#include "rows.h"

enum { ALL_BITS_BELOW = 512 }; /* behind it one bit of each byte, in turn */

static const script_config config = {
    .alpn = "h2",
    .tells_groups = true,
    .requests_certificate = true,
};
static const script_config retried = {.retries = 1, .group = 0x0017, .cookie = "01*20"};

/* ---- on the way ---- */

typedef enum where {
    TYPE,
    MAJOR,
    MINOR,
    LENGTH,
    BODY,
} where;

typedef struct spot {
    uint8_t type; /* of the record */
    where part;
    size_t in_body;
    size_t record; /* its number */
} spot;

static spot spot_of(const script_bytes *wire, size_t at)
{
    size_t i = 0, number = 0;

    for (;;) {
        size_t len = (size_t)script_number(wire->p + i + 3, 2);
        if (at < i + 5 + len) {
            static const where parts[] = {TYPE, MAJOR, MINOR, LENGTH, LENGTH};
            size_t n = at - i;
            spot s = {wire->p[i], n < 5 ? parts[n] : BODY, n < 5 ? 0 : n - 5, number};
            return s;
        }
        i += 5 + len;
        number++;
    }
}

/* The minor version of a record that is not protected is ignored (5.1); in a protected
 * one it is authenticated.  Nothing else may change. */
static bool is_harmless(const spot *s)
{
    return s->part == MINOR && s->type != 23;
}

/* 0: more than one code may be right. */
static hfi_err code_for(const spot *s)
{
    if (s->part == MAJOR)
        /* DEVIATION: 5.1 has the whole version ignored; a major version other than 3 is
         * no TLS, and saying so helps whoever reached the wrong port. */
        return s->record == 0 ? HFI_E_PEER_NOT_TLS : HFI_E_RECORD_VERSION;
    if (s->type == 23 && (s->part == BODY || s->part == MINOR))
        return HFI_E_BAD_RECORD_MAC;
    if (s->type == 20 && s->part == BODY)
        return HFI_E_CCS_MALFORMED;
    /* ServerHello: its random only shows in the keys. */
    if (s->type == 22 && s->part == BODY && s->record == 0 && s->in_body >= 4 + 2 &&
        s->in_body < 4 + 2 + 32)
        return HFI_E_BAD_RECORD_MAC;
    return HFI_OK;
}

static hfi_alert alert_for(const spot *s, hfi_err err)
{
    if (s->part == TYPE)
        return HFI_ALERT_UNEXPECTED_MESSAGE;
    return hfi_err_lookup(err)->alert;
}

static bool try_wire(const script_config *c, unsigned how, const script_bytes *wire,
                     size_t at, unsigned bit)
{
    spot s = spot_of(wire, at);
    hfi_err want = code_for(&s);
    flow f;

    flow_init(&f, c);
    apply_row(&f, how);
    f.change_at = at;
    f.change_mask = (uint8_t)(1u << bit);
    (void)flow_run(&f);
    bool passed = f.err == HFI_OK && f.client.phase == HFI_PHASE_OPEN;
    if (f.err == HFI_OK && !passed)
        (void)flow_end(&f); /* it waits for bytes that a wrong length promised */
    const char *fault = passed != is_harmless(&s) ? "it should be otherwise" : NULL;
    if (!passed && fault == NULL && want != HFI_OK && f.err != want)
        fault = "another error";
    if (!passed && fault == NULL && f.server.alert != (int)alert_for(&s, f.err))
        fault = "another alert";
    if (fault == NULL)
        fault = flow_conduct(&f);
    hfi_err err = f.err;
    int alert = f.server.alert;
    flow_free(&f);
    if (fault == NULL)
        fault = flow_left_over(&f);
    if (fault != NULL)
        print_error("byte %zu (record %zu of type %u, part %d, %zu) bit %u: %s: %d %s, "
                    "alert %d\n",
                    at, s.record, s.type, s.part, s.in_body, bit, fault, err,
                    hfi_err_lookup(err)->name, alert);
    return fault == NULL;
}

static void record_wire(const script_config *c, unsigned how, script_bytes *wire)
{
    flow f;

    flow_init(&f, c);
    apply_row(&f, how);
    assert_int_equal(flow_run(&f), HFI_OK);
    script_append_view(wire, script_view(&f.wire));
    flow_free(&f);
}

static void change_wire(const script_config *c, unsigned how)
{
    script_bytes wire = {NULL, 0, 0};
    size_t wrong = 0, tried = 0;

    record_wire(c, how, &wire);
    for (size_t at = 0; at < wire.len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            if (!bit_is_due(at, bit, ALL_BITS_BELOW))
                continue;
            tried++;
            if (!try_wire(c, how, &wire, at, bit))
                wrong++;
        }
    }
    print_message("# %zu changes in %zu bytes on the way, %zu wrong\n", tried, wire.len,
                  wrong);
    script_free(&wire);
    assert_int_equal(wrong, 0);
}

static void test_on_the_way(void **state)
{
    (void)state;
    change_wire(&config, ROW_ALPN);
}

/* A changed HelloRetryRequest makes another second ClientHello, so that the server's
 * answer is not the recorded one: only its own bytes are changed here. */
static void test_retry_on_the_way(void **state)
{
    script_bytes wire = {NULL, 0, 0};
    size_t passed = 0;

    (void)state;
    record_wire(&retried, 0, &wire);
    size_t end = 5 + (size_t)script_number(wire.p + 3, 2);
    for (size_t at = 0; at < end; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            flow f;
            flow_init(&f, &retried);
            f.change_at = at;
            f.change_mask = (uint8_t)(1u << bit);
            (void)flow_run(&f);
            if (f.err == HFI_OK && f.client.phase != HFI_PHASE_OPEN)
                (void)flow_end(&f);
            if (f.err == HFI_OK) {
                passed++;
                assert_int_equal(at, 2); /* the minor version */
            } else {
                assert_int_equal(f.client.phase, HFI_PHASE_FAILED);
                assert_int_equal(f.client.report.code, f.err);
            }
            assert_false(f.endless);
            flow_free(&f);
            assert_null(flow_left_over(&f));
        }
    }
    assert_int_equal(passed, 8);
    script_free(&wire);
}

/* ---- whole records ---- */

static void cut_record(const script_bytes *wire, size_t number, size_t *at, size_t *len)
{
    size_t i = 0;

    for (size_t n = 0; n < number; n++)
        i += 5 + (size_t)script_number(wire->p + i + 3, 2);
    *at = i;
    *len = 5 + (size_t)script_number(wire->p + i + 3, 2);
}

static size_t count_records(const script_bytes *wire)
{
    size_t i = 0, n = 0;

    for (; i < wire->len; n++)
        i += 5 + (size_t)script_number(wire->p + i + 3, 2);
    return n;
}

/* Protected records left out, repeated and exchanged: the sequence number tells. */
static void test_records(void **state)
{
    enum { LEAVE_OUT, REPEAT, EXCHANGE, WAYS };
    script_bytes wire = {NULL, 0, 0};
    size_t tried = 0;

    (void)state;
    record_wire(&config, ROW_ALPN, &wire);
    size_t count = count_records(&wire);
    for (size_t n = 0; n + 1 < count; n++) {
        size_t at, len, next_at, next_len;
        cut_record(&wire, n, &at, &len);
        cut_record(&wire, n + 1, &next_at, &next_len);
        if (wire.p[at] != 23)
            continue;
        for (int way = 0; way < WAYS; way++) {
            script_bytes other = {NULL, 0, 0};
            flow f;
            flow_init(&f, &config);
            apply_row(&f, ROW_ALPN);
            f.cut_at = 0;
            (void)flow_run(&f); /* the flight stands in out */
            script_append_view(&other, script_view(&wire));
            if (way == LEAVE_OUT)
                script_replace(&other, at, len, hfi_view_of(NULL, 0));
            else if (way == REPEAT)
                script_replace(&other, next_at, 0, hfi_view_of(wire.p + at, len));
            else {
                script_replace(&other, at, len, hfi_view_of(wire.p + next_at, next_len));
                script_replace(&other, at + next_len, next_len,
                               hfi_view_of(wire.p + at, len));
            }
            script_free(&f.server.out);
            f.server.out = other;
            f.cut_at = SIZE_MAX;
            assert_int_equal(flow_pump(&f), HFI_E_BAD_RECORD_MAC);
            assert_int_equal(f.server.alert, HFI_ALERT_BAD_RECORD_MAC);
            assert_null(flow_conduct(&f));
            flow_free(&f);
            assert_null(flow_left_over(&f));
            tried++;
        }
    }
    print_message("# %zu records moved\n", tried);
    assert_true(tried >= 12);
    script_free(&wire);
}

/* ---- in messages, before they are protected ---- */

/* What a client cannot or must not judge where both sides agree on the changed byte. */
static bool may_pass(const change *c)
{
    size_t at = c->in_message;

    if (c->hash_old)
        return false;
    switch (c->type) {
    case 2: /* ServerHello: legacy_version is ignored, the random is the server's own; an
               X25519 share's highest bit is masked (RFC 7748 5) */
        return (at >= 4 && at < 4 + 2 + 32) || (c->bit == 7 && at == 4 + 72 + 6 + 8 + 31);
    case 8: /* EncryptedExtensions: which groups the server likes; offsets: 10..13 */
        return at >= 12 && at < 16;
    case 13: /* CertificateRequest: which schemes the server takes; an extension that is
                now unknown is ignored, but the one that must be there is gone */
        return at >= 4 + 1 + 2 + 4 + 2;
    default:
        return false;
    }
}

static bool try_message(change *c)
{
    script_config with_hook = config;
    flow f;

    c->seen = 0;
    c->done = false;
    with_hook.hook = change_message;
    with_hook.hook_ctx = c;
    flow_init(&f, &with_hook);
    apply_row(&f, ROW_ALPN);
    (void)flow_run(&f);
    if (!c->done) {
        flow_free(&f);
        return false;
    }
    bool passed = f.err == HFI_OK && f.client.phase == HFI_PHASE_OPEN;
    if (f.err == HFI_OK && !passed)
        (void)flow_end(&f);
    const char *fault = flow_conduct(&f);
    if (passed && !may_pass(c))
        fault = "it got through";
    else if (!passed && may_pass(c))
        fault = "it was refused";
    else if (!passed && f.err < HFI_E_BAD_RECORD_MAC && f.err != HFI_E_EOF_IN_HANDSHAKE &&
             f.err != HFI_E_EOF_IN_MESSAGE)
        fault = "a strange error";
    hfi_err err = f.err;
    flow_free(&f);
    if (fault == NULL)
        fault = flow_left_over(&f);
    if (fault != NULL)
        fail_msg("message %u, byte %zu, bit %u, %s hashed: %s: %d %s", c->type,
                 c->in_message, c->bit, c->hash_old ? "old" : "new", fault, err,
                 hfi_err_lookup(err)->name);
    return true;
}

static void change_messages(bool hash_old)
{
    size_t tried = 0;
    bool more = true;

    for (size_t at = 0; more; at++) {
        for (unsigned bit = 0; bit < 8 && more; bit++) {
            change c = {.at = at, .bit = bit, .hash_old = hash_old};
            if (!bit_is_due(at, bit, ALL_BITS_BELOW))
                continue;
            more = try_message(&c);
            tried += more;
        }
    }
    print_message("# %zu changes in messages\n", tried);
    assert_true(tried > 4000);
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
        cmocka_unit_test(test_retry_on_the_way),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_messages_both_sides_agree),
        cmocka_unit_test(test_messages_server_does_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
