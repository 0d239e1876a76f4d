/* tests/unit/handshake/test_tables.c: the lint of the state tables: what machine.c relies
 * on without asking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "handshake/machine.h"

static bool same_group(const hfi_edge *a, const hfi_edge *b)
{
    return a->from == b->from && a->event == b->event;
}

static bool row_in_range(const hfi_table *t, const hfi_edge *e)
{
    return e->from < t->state_count && e->to < t->state_count &&
           e->event < HFI_EVENT_TYPES && e->handler != NULL;
}

/* Every rule about one group and its neighbours; NULL: the row is well. */
static const char *lint_row(const hfi_table *t, size_t i)
{
    const hfi_edge *e = &t->edges[i];
    bool ends = i + 1 == t->edge_count || !same_group(e, &t->edges[i + 1]);

    if (!row_in_range(t, e))
        return "a number is out of range";
    if (ends && e->when != NULL)
        return "the last row of a group has a condition";
    if (!ends && e->when == NULL)
        return "a row can never be reached behind one that always holds";
    if (!ends && e->handler != t->edges[i + 1].handler)
        return "a group has two handlers";
    for (size_t j = i + 1; j < t->edge_count; j++) {
        if (same_group(e, &t->edges[j]) && !same_group(e, &t->edges[j - 1]))
            return "the rows of a group do not stand together";
        if (e->from == t->edges[j].from &&
            (e->event == HFI_GO) != (t->edges[j].event == HFI_GO))
            return "a state both waits and runs";
    }
    if (e->from == t->connected || (t->next != NULL && e->from == t->leaves))
        return "the handshake goes on after its end";
    return NULL;
}

static bool reachable(const hfi_table *t, size_t state)
{
    bool seen[64] = {false};
    bool changed = true;

    seen[t->start] = true;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < t->edge_count; i++) {
            const hfi_edge *e = &t->edges[i];
            if (seen[e->from] && !seen[e->to])
                changed = seen[e->to] = true;
        }
    }
    return seen[state];
}

static bool has_row(const hfi_table *t, size_t state)
{
    for (size_t i = 0; i < t->edge_count; i++) {
        if (t->edges[i].from == state)
            return true;
    }
    return false;
}

/* The rows of what comes after the handshake. */
static const char *lint_after(const hfi_table *t)
{
    for (size_t i = 0; i < t->after_count; i++) {
        const hfi_after *a = &t->after[i];
        if (a->event == HFI_GO || a->event >= HFI_EVENT_TYPES ||
            a->step >= HFI_AFTER_STEPS)
            return "a number is out of range";
        if ((a->keys & ~(unsigned)HFI_RECV_NEXT) != 0)
            return "keys of the handshake after its end";
        for (size_t j = i + 1; j < t->after_count; j++) {
            if (t->after[j].event == a->event)
                return "two rows of one event after the end";
        }
        for (size_t j = 0; a->anywhere && j < t->edge_count; j++) {
            if (t->edges[j].event == a->event)
                return "an event of any state has a state";
        }
    }
    return NULL;
}

static const char *lint(const hfi_table *t)
{
    const char *wrong = lint_after(t);

    if (wrong != NULL)
        return wrong;
    for (size_t i = 0; i < t->edge_count; i++) {
        const char *flaw = lint_row(t, i);
        if (flaw != NULL)
            return flaw;
    }
    for (size_t s = 0; s < t->state_count; s++) {
        if (!reachable(t, s))
            return "a state cannot be reached";
        if (s != t->connected && !(t->next != NULL && s == t->leaves) && !has_row(t, s))
            return "a state has no way out";
    }
    return NULL;
}

/* ---- the tables themselves ---- */

static void every_table_is_well(void **state)
{
    const hfi_table *t;
    size_t i = 0;

    (void)state;
    for (; (t = hfi_table_at(i)) != NULL; i++) {
        const char *flaw = lint(t);
        if (flaw != NULL)
            fail_msg("%s: %s", t->name, flaw);
    }
    assert_true(i >= 2);
}

/* RFC 8446 7.1: what is installed has been made before on every way to it. */
static void keys_are_made_before_they_are_used(void **state)
{
    (void)state;
    const hfi_table *t = &hfi_tls13_client;
    unsigned made_by_then[64];

    /* The most that can be missing: start from "all made" and intersect over all ways. */
    for (size_t s = 0; s < t->state_count; s++)
        made_by_then[s] = s == t->start ? 0 : ~0u;
    for (size_t round = 0; round < t->state_count; round++) {
        for (size_t i = 0; i < t->edge_count; i++)
            made_by_then[t->edges[i].to] &=
                made_by_then[t->edges[i].from] | t->edges[i].keys;
    }
    for (size_t i = 0; i < t->edge_count; i++) {
        const hfi_edge *e = &t->edges[i];
        unsigned made = made_by_then[e->from] | e->keys;
        if ((e->keys & (HFI_RECV_HS | HFI_SEND_HS)) != 0)
            assert_true((made & HFI_MAKE_HS) != 0);
        if ((e->keys & (HFI_RECV_APP | HFI_SEND_APP)) != 0)
            assert_true((made & HFI_MAKE_APP) != 0);
    }
    assert_true((made_by_then[t->connected] & HFI_MAKE_RESUME) != 0);
}

/* ---- the lint finds what it is there for ---- */

static hfi_err no_handler(hfi_hs *hs, hfi_view body)
{
    (void)hs;
    (void)body;
    return HFI_OK;
}

static hfi_err other_handler(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hs == NULL ? HFI_E_INTERNAL : HFI_OK;
}

static bool sometimes(const hfi_hs *hs)
{
    return hs == NULL;
}

#define ROW(from, event, when, handler, to)             \
    {                                                   \
        from, HFI_##event, when, handler, 0, to, "", "" \
    }

static const char *lint_of(const hfi_edge *edges, size_t count, size_t states)
{
    static const char *const names[] = {"A", "B", "C", "D"};
    hfi_table t = {.name = "test",
                   .edges = edges,
                   .edge_count = count,
                   .states = names,
                   .state_count = states,
                   .connected = (uint8_t)(states - 1)};
    return lint(&t);
}

static void flaws_are_found(void **state)
{
    (void)state;
    const hfi_edge well[] = {ROW(0, GO, NULL, no_handler, 1),
                             ROW(1, RECV_FINISHED, sometimes, no_handler, 1),
                             ROW(1, RECV_FINISHED, NULL, no_handler, 2)};
    const hfi_edge conditional_end[] = {ROW(0, GO, sometimes, no_handler, 1)};
    const hfi_edge shadowed[] = {ROW(0, GO, NULL, no_handler, 1),
                                 ROW(0, GO, NULL, no_handler, 1)};
    const hfi_edge two_handlers[] = {ROW(0, GO, sometimes, no_handler, 1),
                                     ROW(0, GO, NULL, other_handler, 1)};
    const hfi_edge apart[] = {ROW(0, RECV_FINISHED, NULL, no_handler, 1),
                              ROW(0, RECV_CERTIFICATE, NULL, no_handler, 1),
                              ROW(0, RECV_FINISHED, NULL, no_handler, 1)};
    const hfi_edge waits_and_runs[] = {ROW(0, GO, NULL, no_handler, 1),
                                       ROW(0, RECV_FINISHED, NULL, no_handler, 1)};
    const hfi_edge after_end[] = {ROW(0, GO, NULL, no_handler, 1),
                                  ROW(1, RECV_FINISHED, NULL, no_handler, 1)};
    const hfi_edge out_of_range[] = {ROW(0, GO, NULL, no_handler, 9)};

    assert_null(lint_of(well, 3, 3));
    assert_non_null(lint_of(conditional_end, 1, 2));
    assert_non_null(lint_of(shadowed, 2, 2));
    assert_non_null(lint_of(two_handlers, 2, 2));
    assert_non_null(lint_of(apart, 3, 2));
    assert_non_null(lint_of(waits_and_runs, 2, 2));
    assert_non_null(lint_of(after_end, 2, 2));
    assert_non_null(lint_of(out_of_range, 1, 2));
    assert_non_null(lint_of(well, 3, 4)); /* state D: no way in, none out */
}

static const char *lint_of_after(const hfi_after *after, size_t count)
{
    static const hfi_edge edges[] = {ROW(0, GO, NULL, no_handler, 1),
                                     ROW(1, RECV_FINISHED, NULL, no_handler, 2)};
    static const char *const names[] = {"A", "B", "C"};
    hfi_table t = {.name = "test",
                   .edges = edges,
                   .edge_count = 2,
                   .states = names,
                   .state_count = 3,
                   .connected = 2,
                   .after = after,
                   .after_count = count};
    return lint(&t);
}

static void flaws_after_the_end_are_found(void **state)
{
    (void)state;
    const hfi_after well[] = {{HFI_RECV_KEY_UPDATE, false, 0, HFI_RECV_NEXT},
                              {HFI_RECV_FINISHED, false, 1, 0},
                              {HFI_RECV_HELLO_REQUEST, true, 2, 0}};
    const hfi_after twice[] = {well[0], well[1], well[0]};
    const hfi_after go[] = {{HFI_GO, false, 0, 0}};
    const hfi_after no_event[] = {{HFI_EVENT_TYPES, false, 0, 0}};
    const hfi_after no_step[] = {{HFI_RECV_KEY_UPDATE, false, HFI_AFTER_STEPS, 0}};
    const hfi_after keys[] = {{HFI_RECV_KEY_UPDATE, false, 0, HFI_RECV_APP}};
    const hfi_after anywhere[] = {{HFI_RECV_FINISHED, true, 0, 0}};

    assert_null(lint_of_after(well, 3));
    assert_non_null(lint_of_after(twice, 3));
    assert_non_null(lint_of_after(go, 1));
    assert_non_null(lint_of_after(no_event, 1));
    assert_non_null(lint_of_after(no_step, 1));
    assert_non_null(lint_of_after(keys, 1));
    assert_non_null(lint_of_after(anywhere, 1));
}

/* Each message by number, to each side and version: RFC 8446 4.6, RFC 5246 7.4.1. */
static void messages_after_the_end_are_found(void **state)
{
    static const struct {
        hfi_side side;
        uint16_t version;
        uint8_t type;
        hfi_after_step step;
    } rows[] = {
        {HFI_CLIENT, 0x0304, 4, HFI_AFTER_TAKE_TICKET},
        {HFI_CLIENT, 0x0304, 24, HFI_AFTER_TAKE_KEY_UPDATE},
        {HFI_CLIENT, 0x0304, 13, HFI_AFTER_REFUSE_CERT_REQUEST},
        {HFI_SERVER, 0x0304, 24, HFI_AFTER_TAKE_KEY_UPDATE},
        {HFI_CLIENT, 0x0303, 0, HFI_AFTER_TAKE_HELLO_REQUEST},
        {HFI_SERVER, 0x0303, 1, HFI_AFTER_DECLINE_RENEGOTIATION},
    };
    static const uint16_t versions[] = {0, 0x0303, 0x0304};

    (void)state;
    size_t found = 0;
    for (unsigned type = 0; type < 256; type++) {
        for (size_t v = 0; v < 6; v++) {
            hfi_side side = v % 2 == 0 ? HFI_CLIENT : HFI_SERVER;
            const hfi_after *a = hfi_after_find(side, versions[v / 2], (uint8_t)type);
            size_t i = 0;
            while (i < 6 && (rows[i].side != side || rows[i].version != versions[v / 2] ||
                             rows[i].type != type))
                i++;
            assert_int_equal(a != NULL, i < 6);
            if (a == NULL)
                continue;
            found++;
            assert_int_equal(a->step, rows[i].step);
            assert_int_equal(a->keys != 0, type == 24);
            assert_int_equal(a->anywhere, type == 0);
        }
    }
    assert_int_equal(found, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_well),
        cmocka_unit_test(keys_are_made_before_they_are_used),
        cmocka_unit_test(flaws_are_found),
        cmocka_unit_test(flaws_after_the_end_are_found),
        cmocka_unit_test(messages_after_the_end_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
