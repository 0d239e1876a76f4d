/* tests/flow/test_couple12_product.c: our client against our server in TLS 1.2: each
 * suite with each group and each kind of key, resumed by ticket and by id, with and
 * without a certificate of the client.  RFC 5246 7.3; RFC 8422; RFC 5077. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"

typedef enum resumption { NONE, BY_TICKET, BY_ID, RESUMPTIONS } resumption;

typedef struct what {
    hfi_suite suite;
    const hfi_group *group;
    script_key key;
    resumption by;
    hfi_client_auth auth;
    bool has_certificate;
    couple_client_key client_key;
} what;

static const script_key ecdsa_keys[] = {SCRIPT_P256, SCRIPT_P384, SCRIPT_P521,
                                        SCRIPT_ED25519};
static const script_key rsa_keys[] = {SCRIPT_RSA, SCRIPT_RSA_PSS};

static void choose(couple_end *e, const what *w)
{
    hfi_settings *s = &e->settings;

    s->suites[0] = w->suite.id;
    s->suite_count = 1;
    /* The certificate's curve must be listed, too. */
    memcpy(s->groups, (const uint16_t[]){w->group->id, 23, 24, 25}, 8);
    s->group_count = 4;
}

static void make(couple *c, const what *w)
{
    couple_init(c, w->key);
    couple_version(c, 0x0303);
    choose(&c->client, w);
    choose(&c->server, w);
    couple_client_auth(c, w->auth);
    if (w->has_certificate)
        couple_add_client(c, w->client_key);
    if (w->by == BY_ID) {
        couple_use_store(c);
        c->client.conn.options = 0;
    }
}

/* Of a resumed session only the certificate stays in memory, not the secret. */
static bool keeps_secret(const hfi_conn *server)
{
    return server->resumed != NULL && (hfi_session_get(server->resumed)->leaf.len == 0 ||
                                       hfi_session_get(server->resumed)->psk_len != 0);
}

static const char *expect(couple *c, const what *w, bool resumed)
{
    const hfi_agreed *a = &c->server.conn.agreed;
    bool shown = w->auth != HFI_CLIENT_AUTH_NONE && w->has_certificate;
    const char *wrong = couple_connected(c);

    if (wrong != NULL)
        return wrong;
    if (a->version != 0x0303 || a->suite != w->suite.id ||
        a->group != (resumed ? 0 : w->group->id))
        return "something else was agreed on";
    if (a->resumed != resumed)
        return resumed ? "it was not resumed" : "it was resumed";
    if (keeps_secret(&c->server.conn))
        return "the session's secret is kept";
    if (hfi_conn_certificate_count(&c->server.conn) != (shown ? 1u : 0u))
        return "the client's certificate is not told rightly";
    if (shown && !hfi_view_equal(hfi_conn_certificate(&c->server.conn, 0),
                                 c->client.own.items[0].certs[0]))
        return "another certificate is told";
    if (shown && (!a->verify_done || a->verify_result != HFI_OK))
        return "the client was not verified";
    return NULL;
}

static const char *run(couple *c, const what *w, bool resumed)
{
    hfi_err err = couple_run(c);

    return err != HFI_OK ? hfi_err_lookup((int)err)->name : expect(c, w, resumed);
}

static const char *try_one(const what *w)
{
    couple first, second;

    make(&first, w);
    const char *wrong = run(&first, w, false);
    if (wrong == NULL && w->by != NONE) {
        make(&second, w);
        couple_resume(&second, &first);
        wrong = run(&second, w, true);
        couple_free(&second);
        if (wrong == NULL)
            wrong = couple_left_over(&second);
    }
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
    print_error("%s, %s, key %d, resumption %d, auth %d: %s\n", w->suite.name,
                w->group->name, w->key, w->by, w->auth, wrong);
}

/* Each of the six lists with each of the others would be 3000 handshakes more and no new
 * pair: who the client is does not depend on the group. */
static void test_suites_groups_keys(void **state)
{
    static const uint16_t groups[] = {0x001d, 0x0017, 0x0018, 0x0019, 0x001e};
    what w = {.key = SCRIPT_P256};

    (void)state;
    tried = failed = 0;
    for (size_t i = 0; hfi_suite_at(&hfi_crypto_nettle, i, &w.suite) != NULL; i++) {
        bool rsa = w.suite.auth == HFI_AUTH_RSA;
        if (w.suite.version != 0x0303)
            continue;
        for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
            w.group = hfi_group_find(&hfi_crypto_nettle, groups[g]);
            for (size_t k = 0; k < (rsa ? 2u : 4u); k++) {
                w.key = rsa ? rsa_keys[k] : ecdsa_keys[k];
                w.by = (resumption)((i + g + k) % RESUMPTIONS);
                count_one(&w);
            }
        }
    }
    assert_int_equal(failed, 0);
    assert_true(tried >= 8 * 5 * 2);
}

static void test_resumption_and_clients(void **state)
{
    static const hfi_client_auth auths[] = {
        HFI_CLIENT_AUTH_NONE, HFI_CLIENT_AUTH_OPTIONAL, HFI_CLIENT_AUTH_REQUIRED};
    what w = {.group = hfi_crypto_nettle.x25519};

    (void)state;
    tried = failed = 0;
    for (size_t i = 0; hfi_suite_at(&hfi_crypto_nettle, i, &w.suite) != NULL; i++) {
        if (w.suite.version != 0x0303)
            continue;
        w.key = w.suite.auth == HFI_AUTH_RSA ? SCRIPT_RSA : SCRIPT_P256;
        for (size_t by = 0; by < RESUMPTIONS; by++) {
            w.by = (resumption)by;
            for (size_t a = 0; a < 3; a++) {
                w.auth = auths[a];
                for (size_t k = 0; k < COUPLE_CLIENT_EXPIRED; k++) {
                    w.client_key = (couple_client_key)k;
                    w.has_certificate = true;
                    if ((i + by + a + k) % 2 == 0 || i == 3)
                        count_one(&w);
                }
                w.has_certificate = false;
                if (w.auth != HFI_CLIENT_AUTH_REQUIRED)
                    count_one(&w);
            }
        }
    }
    assert_int_equal(failed, 0);
    assert_true(tried >= 8 * 3 * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suites_groups_keys),
        cmocka_unit_test(test_resumption_and_clients),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
