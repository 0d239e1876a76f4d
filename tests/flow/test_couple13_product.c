/* tests/flow/test_couple13_product.c: our client against our server in TLS 1.3: each
 * suite with each group and each kind of key, full and resumed by ticket and from a
 * store, at once and after a HelloRetryRequest, with and without a certificate of the
 * client.  RFC 8446 2, 4.1.4, 4.2.3, 4.2.8, 4.3.2, 4.4.2, 4.6.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"

typedef enum resumption { NONE, BY_TICKET, FROM_STORE, RESUMPTIONS } resumption;

/* Whether the server asks the client for a certificate, and whether it has one. */
typedef struct asking {
    hfi_client_auth auth;
    bool has_certificate;
} asking;

static const asking askings[] = {
    {HFI_CLIENT_AUTH_NONE, false},    {HFI_CLIENT_AUTH_NONE, true},
    {HFI_CLIENT_AUTH_OPTIONAL, true}, {HFI_CLIENT_AUTH_OPTIONAL, false},
    {HFI_CLIENT_AUTH_REQUIRED, true},
};

/* A server's key, and the schemes that may sign with it (RFC 8446 4.2.3). */
typedef struct key_kind {
    script_key key;
    uint16_t schemes[3];
} key_kind;

static const key_kind keys[] = {
    {SCRIPT_ED25519, {0x0807}},
    {SCRIPT_P256, {0x0403}},
    {SCRIPT_P384, {0x0503}},
    {SCRIPT_P521, {0x0603}},
    {SCRIPT_RSA, {0x0804, 0x0805, 0x0806}},
    {SCRIPT_RSA_PSS, {0x0809, 0x080a, 0x080b}},
};

static const uint16_t suites[] = {0x1301, 0x1302, 0x1303};
static const uint16_t groups[] = {0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x11ec, 0x11eb};
static const uint16_t quick_groups[] = {0x001d, 0x0017, 0x11ec};

enum {
    KEYS = sizeof keys / sizeof keys[0],
    QUICK_KEYS = 2,
    SUITES = sizeof suites / sizeof suites[0],
    GROUPS = sizeof groups / sizeof groups[0],
    QUICK_GROUPS = sizeof quick_groups / sizeof quick_groups[0],
    ASKINGS = sizeof askings / sizeof askings[0],
};

typedef struct what {
    uint16_t suite, group;
    const key_kind *key;
    resumption by;
    bool retries;
    const asking *asks;
    couple_client_key client_key;
} what;

/* For a retry the client's share is of a group that the server does not have. */
static void choose(couple *c, const what *w)
{
    hfi_settings *client = &c->client.settings, *server = &c->server.settings;

    client->suites[0] = server->suites[0] = w->suite;
    client->suite_count = server->suite_count = 1;
    server->groups[0] = client->groups[0] = w->group;
    server->group_count = client->group_count = 1;
    if (w->retries) {
        client->groups[0] = w->group == 0x0017 ? 0x001d : 0x0017;
        client->groups[1] = w->group;
        client->group_count = 2;
    }
}

static void make(couple *c, const what *w)
{
    couple_init(c, w->key->key);
    couple_version(c, 0x0304);
    choose(c, w);
    couple_client_auth(c, w->asks->auth);
    if (w->asks->has_certificate)
        couple_add_client(c, w->client_key);
    if (w->by == FROM_STORE)
        couple_use_store(c);
}

static bool can_sign(const key_kind *k, uint16_t scheme)
{
    for (size_t i = 0; i < 3; i++)
        if (k->schemes[i] == scheme && scheme != 0)
            return true;
    return false;
}

static const char *expect_client_told(const couple *c, const what *w)
{
    const hfi_agreed *a = &c->server.conn.agreed;
    bool shown = w->asks->auth != HFI_CLIENT_AUTH_NONE && w->asks->has_certificate;

    if (hfi_conn_certificate_count(&c->server.conn) != (shown ? 1u : 0u))
        return "the client's certificate is not told rightly";
    if (!shown)
        return NULL;
    if (!hfi_view_equal(hfi_conn_certificate(&c->server.conn, 0),
                        c->client.own.items[0].certs[0]))
        return "another certificate is told";
    return a->verify_done && a->verify_result == HFI_OK ? NULL
                                                        : "the client was not verified";
}

static const char *expect(couple *c, const what *w, bool resumed)
{
    const hfi_agreed *client = &c->client.conn.agreed, *server = &c->server.conn.agreed;
    bool asked = !resumed && w->asks->auth != HFI_CLIENT_AUTH_NONE;
    const char *wrong = couple_connected(c);

    if (wrong != NULL)
        return wrong;
    if (server->version != 0x0304 || server->suite != w->suite)
        return "another version or suite was agreed on";
    /* Also where it is resumed, shares are exchanged: psk_dhe_ke. */
    if (server->group != w->group || client->group != w->group)
        return "another group was agreed on";
    if (server->resumed != resumed)
        return resumed ? "it was not resumed" : "it was resumed";
    if (server->retried != w->retries)
        return w->retries ? "there was no retry" : "there was a retry";
    if (server->certificate_requested != asked)
        return asked ? "the client was not asked" : "the client was asked";
    if (resumed ? client->scheme != 0 : !can_sign(w->key, client->scheme))
        return "the server signed by another scheme";
    return expect_client_told(c, w);
}

static const char *run(couple *c, const what *w, bool resumed)
{
    hfi_err err = couple_run(c);

    return err != HFI_OK ? hfi_err_lookup((int)err)->name : expect(c, w, resumed);
}

static const char *try_resumed(const what *w, couple *first)
{
    couple second;

    make(&second, w);
    couple_resume(&second, first);
    const char *wrong = run(&second, w, true);
    couple_free(&second);
    return wrong != NULL ? wrong : couple_left_over(&second);
}

static const char *try_one(const what *w)
{
    couple first;

    make(&first, w);
    const char *wrong = run(&first, w, false);
    if (wrong == NULL && (first.store.puts != 0) != (w->by == FROM_STORE))
        wrong = "the store was not used as it should";
    if (wrong == NULL && w->by != NONE)
        wrong = try_resumed(w, &first);
    couple_free(&first);
    return wrong != NULL ? wrong : couple_left_over(&first);
}

static size_t tried, failed;

static void count_one(const what *w)
{
    const char *wrong = try_one(w);

    tried++;
    if (wrong == NULL)
        return;
    failed++;
    print_error("suite %04x, group %04x, key %d, resumption %d, retry %d, auth %d with "
                "%d: %s\n",
                w->suite, w->group, (int)w->key->key, (int)w->by, w->retries,
                (int)w->asks->auth, w->asks->has_certificate ? (int)w->client_key : -1,
                wrong);
}

/* How it goes on from there: full or resumed, at once or retried. */
static void count_ways(what *w, const asking *asks)
{
    w->asks = asks;
    for (size_t by = 0; by < RESUMPTIONS; by++) {
        for (unsigned retries = 0; retries < 2; retries++) {
            w->by = (resumption)by;
            w->retries = retries != 0;
            count_one(w);
        }
    }
}

/* The whole product of what is quick. */
static void test_quick(void **state)
{
    what w = {.client_key = COUPLE_CLIENT_ED25519};

    (void)state;
    tried = failed = 0;
    for (size_t i = 0; i < SUITES * QUICK_GROUPS * QUICK_KEYS; i++) {
        w.suite = suites[i % SUITES];
        w.group = quick_groups[i / SUITES % QUICK_GROUPS];
        w.key = &keys[i / SUITES / QUICK_GROUPS];
        for (size_t a = 0; a < ASKINGS; a++)
            count_ways(&w, &askings[a]);
    }
    assert_int_equal(failed, 0);
    assert_int_equal(tried, SUITES * QUICK_GROUPS * QUICK_KEYS * ASKINGS * 6);
}

/* Each suite with each group and each kind of key, in each way.  Of the askings, which
 * depend on none of these, one at a time takes its turn with the slow ones. */
static void test_suites_groups_keys(void **state)
{
    what w = {.client_key = COUPLE_CLIENT_P256};

    (void)state;
    tried = failed = 0;
    for (size_t i = 0; i < SUITES * GROUPS * KEYS; i++) {
        w.suite = suites[i % SUITES];
        w.group = groups[i / SUITES % GROUPS];
        w.key = &keys[i / SUITES / GROUPS];
        count_ways(&w, &askings[i % ASKINGS]);
    }
    assert_int_equal(failed, 0);
    assert_int_equal(tried, SUITES * GROUPS * KEYS * 6);
}

/* Each kind of the client's key, in each way. */
static void test_clients(void **state)
{
    what w = {.group = 0x001d, .key = &keys[0]};

    (void)state;
    tried = failed = 0;
    for (size_t s = 0; s < SUITES; s++) {
        for (size_t k = 0; k < COUPLE_CLIENT_EXPIRED; k++) {
            w.suite = suites[s];
            w.client_key = (couple_client_key)k;
            count_ways(&w, &askings[2]);
            count_ways(&w, &askings[4]);
        }
    }
    assert_int_equal(failed, 0);
    assert_int_equal(tried, SUITES * COUPLE_CLIENT_EXPIRED * 2 * 6);
}

/* What is left of the product: a certificate is required and there is none. */
static void test_required_and_missing(void **state)
{
    static const asking required = {HFI_CLIENT_AUTH_REQUIRED, false};
    what w = {.key = &keys[0], .asks = &required};

    (void)state;
    for (size_t i = 0; i < SUITES * QUICK_GROUPS * 2; i++) {
        couple c;
        w.suite = suites[i % SUITES];
        w.group = quick_groups[i / SUITES % QUICK_GROUPS];
        w.retries = i / SUITES / QUICK_GROUPS != 0;
        make(&c, &w);
        assert_int_equal(couple_run(&c), HFI_E_CLIENT_CERTIFICATE_MISSING);
        assert_int_equal(c.client.conn.report.alert, HFI_ALERT_CERTIFICATE_REQUIRED);
        assert_null(couple_failed(&c));
        couple_free(&c);
        assert_null(couple_left_over(&c));
    }
}

/* The lists above hold all that the library has. */
static bool listed(const uint16_t *list, size_t count, uint16_t id)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == id)
            return true;
    return false;
}

static void test_lists(void **state)
{
    const hfi_group *group;
    hfi_suite suite;
    size_t found = 0;

    (void)state;
    for (size_t i = 0; hfi_suite_at(&hfi_crypto_nettle, i, &suite) != NULL; i++) {
        if (suite.version != 0x0304)
            continue;
        assert_true(listed(suites, SUITES, suite.id));
        found++;
    }
    assert_int_equal(found, SUITES);
    for (found = 0; (group = hfi_group_at(&hfi_crypto_nettle, found)) != NULL; found++)
        assert_true(listed(groups, GROUPS, group->id));
    assert_int_equal(found, GROUPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_quick),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_suites_groups_keys),
        cmocka_unit_test(test_required_and_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
