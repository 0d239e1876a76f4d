/* tests/flow/test_couple_hostile.c: a server while the way from its client is cut at each
 * byte, each byte of it is changed, each allocation and each draw of entropy fails.  It
 * ends with an error of its own and the right alert, or goes on unharmed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"

typedef struct life {
    const char *name;
    uint16_t version;
    script_key key;
    bool resumes, by_id, asks, retries;
} life;

static const life lives[] = {
    {"full", 0x0303, SCRIPT_ED25519, false, false, false, false},
    {"client certificate", 0x0303, SCRIPT_P256, false, false, true, false},
    {"resumed by ticket", 0x0303, SCRIPT_ED25519, true, false, false, false},
    {"resumed by id", 0x0303, SCRIPT_ED25519, true, true, true, false},
    {"full 1.3", 0x0304, SCRIPT_ED25519, false, false, false, false},
    {"client certificate 1.3", 0x0304, SCRIPT_P256, false, false, true, false},
    {"resumed 1.3", 0x0304, SCRIPT_ED25519, true, false, false, false},
    {"resumed from a store 1.3", 0x0304, SCRIPT_ED25519, true, true, true, false},
    {"retried 1.3", 0x0304, SCRIPT_ED25519, false, false, false, true},
    {"resumed and retried 1.3", 0x0304, SCRIPT_ED25519, true, false, false, true},
};

enum { LIVES = sizeof lives / sizeof lives[0] };

/* A first connection of each life, which the others resume. */
static couple firsts[LIVES];

static void make(couple *c, const life *l)
{
    couple_init(c, l->key);
    couple_version(c, l->version);
    if (l->by_id)
        couple_use_store(c);
    if (l->asks) {
        couple_client_auth(c, HFI_CLIENT_AUTH_REQUIRED);
        couple_add_client(c, COUPLE_CLIENT_ED25519);
    }
    if (l->retries) {
        c->server.settings.groups[0] = 0x0017;
        c->server.settings.group_count = 1;
    }
    if (l->resumes)
        couple_resume(c, &firsts[l - lives]);
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < LIVES; i++) {
        life first = lives[i];
        first.resumes = false;
        make(&firsts[i], &first);
        if (couple_run(&firsts[i]) != HFI_OK || couple_connected(&firsts[i]) != NULL)
            return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < LIVES; i++) {
        couple_free(&firsts[i]);
        if (couple_left_over(&firsts[i]) != NULL)
            return -1;
    }
    return 0;
}

static size_t wrong_ones;

static void judge(couple *c, const life *l, const char *what, size_t n, const char *wrong)
{
    const char *left = NULL;
    hfi_err client = c->client.err, server = c->server.err;

    couple_free(c);
    left = couple_left_over(c);
    if (wrong == NULL && left == NULL)
        return;
    wrong_ones++;
    print_error("%s, %s %zu: %s; server %s, client %s\n", l->name, what, n,
                wrong != NULL ? wrong : left, hfi_err_lookup((int)server)->name,
                hfi_err_lookup((int)client)->name);
}

/* ---- cut ---- */

static const char *try_cut(couple *c, size_t at)
{
    c->client.way.cut_at = at;
    (void)couple_run(c);
    if (c->server.err != HFI_OK)
        return "it failed before the end";
    if (c->server.conn.phase == HFI_PHASE_OPEN)
        return "it is connected";
    (void)couple_end_all(c);
    hfi_err err = c->server.err;
    if (err != HFI_E_EOF_IN_HANDSHAKE && err != HFI_E_EOF_IN_RECORD &&
        err != HFI_E_EOF_BEFORE_HELLO)
        return "another error";
    return c->server.conn.report.alert == HFI_ALERT_NONE ? NULL : "an alert";
}

static size_t bytes_of_client(const life *l)
{
    couple c;

    make(&c, l);
    assert_int_equal(couple_run(&c), HFI_OK);
    size_t n = c.client.way.delivered;
    couple_free(&c);
    return n;
}

static void test_every_cut(void **state)
{
    (void)state;
    wrong_ones = 0;
    for (const life *l = lives; l < lives + LIVES; l++) {
        size_t all = bytes_of_client(l);
        for (size_t at = 0; at < all; at++) {
            couple c;
            make(&c, l);
            judge(&c, l, "cut", at, try_cut(&c, at));
        }
    }
    assert_int_equal(wrong_ones, 0);
}

/* In pieces of one byte and of seven, both ways. */
static void test_pieces(void **state)
{
    (void)state;
    wrong_ones = 0;
    for (const life *l = lives; l < lives + LIVES; l++) {
        for (size_t piece = 1; piece <= 7; piece += 6) {
            couple c;
            make(&c, l);
            c.client.way.piece = c.server.way.piece = piece;
            (void)couple_run(&c);
            judge(&c, l, "pieces", piece, couple_connected(&c));
        }
    }
    assert_int_equal(wrong_ones, 0);
}

/* ---- changed ---- */

/* A changed hello makes two transcripts, so that neither can read the other's alert. */
static const char *failed13(couple *c)
{
    if (c->endless)
        return "the two never come to rest";
    if (c->server.err == HFI_OK)
        return "the server did not fail";
    if (c->server.err == HFI_E_BAD_RECORD_MAC && c->client.err != HFI_OK)
        return NULL;
    return couple_failed(c);
}

/* The version in the header of a record that is not protected may be any of TLS
 * (RFC 5246 E.1). */
static const char *try_change(couple *c, size_t at, uint8_t mask)
{
    c->client.way.change_at = at;
    c->client.way.change_mask = mask;
    (void)couple_run(c);
    if (c->server.conn.phase == HFI_PHASE_OPEN &&
        c->client.conn.phase == HFI_PHASE_OPEN) {
        const char *wrong = couple_connected(c);
        bool header = false;
        for (size_t i = 0; i + 5 <= c->client.way.wire.len;
             i += 5 + script_number(c->client.way.wire.p + i + 3, 2))
            header = header || at == i + 2;
        return wrong != NULL || header ? wrong : "nobody noticed";
    }
    if (c->server.err == HFI_OK && c->client.err == HFI_OK)
        (void)couple_end_all(c);
    return c->server.conn.agreed.version == 0x0304 ? failed13(c) : couple_failed(c);
}

static void test_every_byte(void **state)
{
    (void)state;
    wrong_ones = 0;
    for (const life *l = lives; l < lives + LIVES; l++) {
        size_t all = bytes_of_client(l);
        for (size_t at = 0; at < all; at++) {
            for (unsigned k = 0; k < 2; k++) {
                couple c;
                make(&c, l);
                judge(&c, l, "changed", at,
                      try_change(&c, at, (uint8_t)(k == 0 ? 1u << at % 8 : 0xff)));
            }
        }
    }
    assert_int_equal(wrong_ones, 0);
}

/* ---- without memory, without entropy ---- */

/* Not before there is a connection, and not where the keys are missing that the client
 * waits for: behind change_cipher_spec, and behind ServerHello of TLS 1.3. */
static bool can_tell(const couple *c, size_t n)
{
    const char *step = c->server.conn.report.step;

    if (strcmp(step, "SEND_SH") == 0)
        return c->client.conn.agreed.version == 0; /* ServerHello is not out */
    return n != 1 && strcmp(step, "SEND_CCS") != 0 && strcmp(step, "RESUME_CCS") != 0;
}

static void test_every_allocation(void **state)
{
    (void)state;
    wrong_ones = 0;
    for (const life *l = lives; l < lives + LIVES; l++) {
        for (size_t n = 1; n < 200; n++) {
            couple c;
            make(&c, l);
            c.server.memory.fail_at = n;
            (void)couple_run(&c);
            bool done = c.server.memory.calls < n;
            const char *wrong = NULL;
            c.server.memory.fail_at = 0;
            if (done)
                wrong = couple_connected(&c);
            else if (c.server.err != HFI_E_NO_MEMORY)
                wrong = "another error";
            else if (can_tell(&c, n))
                wrong = couple_failed(&c);
            judge(&c, l, "allocation", n, wrong);
            if (done)
                break;
            assert_true(n < 100);
        }
    }
    assert_int_equal(wrong_ones, 0);
}

static void test_every_draw(void **state)
{
    (void)state;
    wrong_ones = 0;
    for (const life *l = lives; l < lives + LIVES; l++) {
        for (size_t n = 1; n < 50; n++) {
            couple c;
            make(&c, l);
            c.server.random_fails_at = n;
            (void)couple_run(&c);
            bool done = c.server.random_calls < n;
            const char *wrong = done ? couple_connected(&c) : couple_failed(&c);
            if (!done && c.server.err != HFI_E_RANDOM_FAILED)
                wrong = "another error";
            judge(&c, l, "draw", n, wrong);
            if (done)
                break;
            assert_true(n < 40);
        }
    }
    assert_int_equal(wrong_ones, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cut),  cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_every_byte), cmocka_unit_test(test_every_allocation),
        cmocka_unit_test(test_every_draw),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
