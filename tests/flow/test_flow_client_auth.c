/* tests/flow/test_flow_client_auth.c: the client shows a certificate when asked, in both
 * versions, with the key here or elsewhere.  RFC 8446 4.2.4, 4.4.2, 4.4.3; RFC 5246
 * 7.4.4, 7.4.6, 7.4.8.  The server checks the signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixtures/fixtures.h"
#include "handshake/handshake.h"
#include "rows.h"
#include "script_flight.h"

#define ED25519_ALONE "0807"
#define ALL_SCHEMES "0403 0503 0603 0804 0805 0806 0807 0809 0401 0501"

/* The key of a chain; the one that the test holds itself where it is elsewhere. */
static hfi_private_key *key_of(script_key which)
{
    hfi_private_parts parts = {.type = HFI_KEY_ED25519};
    hfi_private_key *key = NULL;

    switch (which) {
    case SCRIPT_P256:
        parts.type = HFI_KEY_EC_P256;
        parts.scalar = hfi_view_of(fixture_p256_key, fixture_p256_key_len);
        break;
    case SCRIPT_P384:
        parts.type = HFI_KEY_EC_P384;
        parts.scalar = hfi_view_of(fixture_p384_key, fixture_p384_key_len);
        break;
    default:
        parts.scalar = hfi_view_of(fixture_ed25519_key, fixture_ed25519_key_len);
        break;
    }
    assert_int_equal(hfi_crypto_nettle.private_key_new(&script_alloc, &parts, &key),
                     HFI_OK);
    return key;
}

static void add(hfi_credentials *list, script_key which, bool with_key)
{
    hfi_view cert = script_certificate(which);
    hfi_credential *c = &list->items[list->count];

    assert_int_equal(hfi_credential_init(c, &script_alloc, &cert, 1), HFI_OK);
    list->count++;
    if (with_key)
        assert_int_equal(hfi_credential_take_key(c, &hfi_crypto_nettle, key_of(which)),
                         HFI_OK);
}

static void finish(flow *f, hfi_credentials *list)
{
    const char *wrong = flow_conduct(f);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    flow_free(f);
    assert_null(flow_left_over(f));
    hfi_credentials_clear(list, &script_alloc, &hfi_crypto_nettle);
}

/* Both versions: 0 is TLS 1.3. */
static script_config asking(int version, const char *schemes)
{
    script_config config = {.requests_certificate = true,
                            .accepts_certificate = true,
                            .request_schemes = schemes,
                            .tls12 = {.on = version == 1}};
    return config;
}

static void show(script_config config, hfi_credentials *list, script_key want)
{
    flow f;

    flow_init(&f, &config);
    f.settings.credentials = list;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_true(f.server.client_verified);
    assert_true(f.client.agreed.certificate_sent);
    assert_true(hfi_view_equal(script_view(&f.server.client_certificate),
                               script_certificate(want)));
    assert_int_equal(flow_write(&f, "ping"), HFI_OK);
    assert_int_equal(f.server.data.len, 4);
    finish(&f, list);
}

static void show_none(script_config config, hfi_credentials *list)
{
    flow f;

    flow_init(&f, &config);
    f.settings.credentials = list;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_true(f.server.sent_certificate);
    assert_int_equal(f.server.client_certificates, 0);
    assert_false(f.client.agreed.certificate_sent);
    finish(&f, list);
}

/* A key that does not belong to the certificate is refused before anything is sent. */
static void test_wrong_key(void **state)
{
    hfi_credentials list = {.count = 0};
    hfi_private_key *other = key_of(SCRIPT_P384);

    (void)state;
    add(&list, SCRIPT_P256, false);
    assert_int_equal(hfi_credential_take_key(&list.items[0], &hfi_crypto_nettle, other),
                     HFI_E_PRIVATE_KEY_MISMATCH);
    hfi_crypto_nettle.private_key_free(other);
    hfi_credentials_clear(&list, &script_alloc, &hfi_crypto_nettle);
}

/* What the server does not accept is not shown. */
static void test_nothing_that_fits(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        hfi_credentials list = {.count = 0};
        show_none(asking(version, ALL_SCHEMES), &list);
        add(&list, SCRIPT_P256, true);
        show_none(asking(version, ED25519_ALONE), &list);
        add(&list, SCRIPT_ED25519, true);
        script_config config = asking(version, ALL_SCHEMES);
        config.request_authorities = "0002 3000"; /* one name, which is empty */
        show_none(config, &list);
    }
    /* rsa_pkcs1_sha256 may not sign in TLS 1.3. */
    hfi_credentials rsa = {.count = 0};
    add(&rsa, SCRIPT_RSA, false);
    show_none(asking(0, "0401"), &rsa);
    /* In TLS 1.3 ecdsa_secp256r1_sha256 means that curve alone. */
    hfi_credentials p384 = {.count = 0};
    add(&p384, SCRIPT_P384, true);
    show_none(asking(0, "0403"), &p384);
}

static void test_shown(void **state)
{
    static const script_key keys[] = {SCRIPT_ED25519, SCRIPT_P256, SCRIPT_P384};

    (void)state;
    for (int version = 0; version < 2; version++) {
        for (size_t i = 0; i < 3; i++) {
            hfi_credentials list = {.count = 0};
            add(&list, keys[i], true);
            show(asking(version, ALL_SCHEMES), &list, keys[i]);
        }
        hfi_credentials two = {.count = 0};
        add(&two, SCRIPT_P256, true);
        add(&two, SCRIPT_ED25519, true);
        show(asking(version, ED25519_ALONE), &two, SCRIPT_ED25519);
    }
    /* TLS 1.2 signs with another hash than its transcript's. */
    hfi_credentials p256 = {.count = 0};
    add(&p256, SCRIPT_P256, true);
    show(asking(1, "0503"), &p256, SCRIPT_P256);
}

/* ---- rules of the application ---- */

/* Which of them, and with which scheme the server was signed to. */
static void shown_as(script_config config, uint64_t options, hfi_credentials *list,
                     int index, hfi_err err, hfi_alert alert)
{
    flow f;

    flow_init(&f, &config);
    f.settings.credentials = list;
    f.client.options |= options;
    (void)flow_run(&f);
    assert_int_equal(f.err, err);
    if (err != HFI_OK)
        assert_int_equal(f.server.alert, alert);
    assert_int_equal(f.client.agreed.certificate_sent, index >= 0);
    if (index >= 0) {
        assert_true(f.server.client_verified);
        assert_int_equal(f.client.agreed.certificate_index, index);
    }
    const char *wrong = flow_conduct(&f);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    flow_free(&f);
    assert_null(flow_left_over(&f));
}

#define SHOWN HFI_OK, HFI_ALERT_NONE
#define STOPS HFI_E_NO_FITTING_CERTIFICATE, HFI_ALERT_HANDSHAKE_FAILURE
#define UNKNOWN_AUTHORITY "0002 3000"

static void test_insisting(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        hfi_credentials list = {.count = 0};
        uint64_t insist = HFI_OPTION_INSIST_ON_CERTIFICATE;
        shown_as(asking(version, ALL_SCHEMES), insist, &list, -1, SHOWN);
        add(&list, SCRIPT_P256, true);
        shown_as(asking(version, ED25519_ALONE), 0, &list, -1, SHOWN);
        shown_as(asking(version, ED25519_ALONE), insist, &list, -1, STOPS);
        shown_as(asking(version, ALL_SCHEMES), insist, &list, 0, SHOWN);
        hfi_credentials_clear(&list, &script_alloc, &hfi_crypto_nettle);
    }
}

static void test_authorities(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        script_config config = asking(version, ALL_SCHEMES);
        script_config listing = config;
        listing.request_authorities = UNKNOWN_AUTHORITY;
        hfi_credentials list = {.count = 0};
        add(&list, SCRIPT_P256, true);
        add(&list, SCRIPT_ED25519, true);
        shown_as(listing, 0, &list, -1, SHOWN);
        shown_as(listing, HFI_OPTION_ANY_AUTHORITY, &list, 0, SHOWN);
        list.items[0].must_be_listed = true;
        shown_as(listing, HFI_OPTION_ANY_AUTHORITY, &list, 1, SHOWN);
        shown_as(config, 0, &list, 1, SHOWN); /* none is listed */
        list.items[1].must_be_listed = true;
        shown_as(listing, HFI_OPTION_ANY_AUTHORITY, &list, -1, SHOWN);
        hfi_credentials_clear(&list, &script_alloc, &hfi_crypto_nettle);
    }
}

static void test_signing_algorithms(void **state)
{
    static const uint16_t with_sha384[] = {0x0503, 0x0403};
    static const uint16_t with_ed448[] = {0x0808};

    (void)state;
    hfi_credentials list = {.count = 0};
    add(&list, SCRIPT_P256, true);
    add(&list, SCRIPT_ED25519, true);
    hfi_credential *c = &list.items[0];
    memcpy(c->schemes, with_ed448, sizeof with_ed448);
    c->scheme_count = 1;
    for (int version = 0; version < 2; version++)
        shown_as(asking(version, ALL_SCHEMES), 0, &list, 1, SHOWN);
    /* TLS 1.2 ties the hash to no curve, so that it may be preferred. */
    memcpy(c->schemes, with_sha384, sizeof with_sha384);
    c->scheme_count = 2;
    shown_as(asking(1, "0403 0503"), 0, &list, 0, SHOWN);
    shown_as(asking(1, "0503"), 0, &list, 0, SHOWN);
    shown_as(asking(1, "0603 0807"), 0, &list, 1, SHOWN);
    shown_as(asking(0, "0403 0503"), 0, &list, 0, SHOWN);
    hfi_credentials_clear(&list, &script_alloc, &hfi_crypto_nettle);
}

/* ---- the key elsewhere ---- */

static void start_waiting(flow *f, const script_config *config, hfi_credentials *list)
{
    flow_init(f, config);
    add(list, SCRIPT_ED25519, false);
    f->settings.credentials = list;
    assert_int_equal(flow_run(f), HFI_OK);
    assert_true(f->client.paused);
    assert_int_equal(f->client.phase, HFI_PHASE_HANDSHAKE);
    assert_int_equal(hfi_conn_pause_reason(&f->client), HFI_PAUSE_SIGNATURE);
    assert_int_equal(hfi_conn_process(&f->client, NULL), HFI_OK);
    assert_true(f->client.paused);
}

static void test_signature_from_elsewhere(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        script_config config = asking(i & 1, ALL_SCHEMES);
        bool wrong = (i & 2) != 0;
        hfi_credentials list = {.count = 0};
        script_bytes signature = {NULL, 0, 0};
        uint16_t scheme;
        flow f;

        start_waiting(&f, &config, &list);
        hfi_view content = hfi_conn_to_sign(&f.client, &scheme);
        assert_int_equal(scheme, 0x0807);
        script_sign(SCRIPT_ED25519, scheme, content, &signature);
        signature.p[0] ^= wrong;
        assert_int_equal(hfi_conn_give_signature(&f.client, script_view(&signature)),
                         HFI_OK);
        assert_int_equal(hfi_conn_give_signature(&f.client, script_view(&signature)),
                         HFI_E_SIGNATURE_NOT_WANTED);
        f.err = hfi_conn_process(&f.client, NULL);
        assert_int_equal(flow_pump(&f), wrong ? HFI_E_CALLBACK_FAILED : HFI_OK);
        assert_int_equal(f.server.client_verified, !wrong);
        script_free(&signature);
        finish(&f, &list);
    }
}

/* Given up while it waits: nothing is left. */
static void test_released_while_waiting(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        script_config config = asking(version, ALL_SCHEMES);
        hfi_credentials list = {.count = 0};
        flow f;

        start_waiting(&f, &config, &list);
        finish(&f, &list);
    }
}

static void test_deadline_while_waiting(void **state)
{
    script_config config = asking(0, ALL_SCHEMES);
    hfi_credentials list = {.count = 0};
    flow f;

    (void)state;
    flow_init(&f, &config);
    f.client.timeout = 1000;
    add(&list, SCRIPT_ED25519, false);
    f.settings.credentials = &list;
    assert_int_equal(flow_run(&f), HFI_OK);
    f.microseconds += 1000;
    f.err = hfi_conn_process(&f.client, NULL);
    assert_int_equal(f.err, HFI_E_DEADLINE_EXCEEDED);
    (void)flow_pump(&f);
    finish(&f, &list);
}

/* A signature that comes after the deadline does not finish the handshake. */
static void test_deadline_before_signature(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        script_config config = asking(version, ALL_SCHEMES);
        hfi_credentials list = {.count = 0};
        script_bytes signature = {NULL, 0, 0};
        uint16_t scheme;
        flow f;

        start_waiting(&f, &config, &list);
        f.client.timeout = 1000;
        f.microseconds += 1000;
        hfi_view content = hfi_conn_to_sign(&f.client, &scheme);
        script_sign(SCRIPT_ED25519, scheme, content, &signature);
        assert_int_equal(hfi_conn_give_signature(&f.client, script_view(&signature)),
                         HFI_OK);
        f.err = hfi_conn_process(&f.client, NULL);
        assert_int_equal(f.err, HFI_E_DEADLINE_EXCEEDED);
        (void)flow_pump(&f);
        assert_false(f.server.client_verified);
        script_free(&signature);
        finish(&f, &list);
    }
}

/* ---- the choice elsewhere ---- */

static int answer;
static hfi_credentials *given;

static int choose(void *owner)
{
    flow *f = owner;

    if (answer == 1)
        hfi_conn_set_credentials(&f->client, given);
    return answer;
}

static void test_choice(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        script_config config = asking(version, ALL_SCHEMES);
        hfi_credentials list = {.count = 0}, none = {.count = 0};
        flow f;

        flow_init(&f, &config);
        f.settings.choose_certificate = choose;
        answer = 0;
        assert_int_equal(flow_run(&f), HFI_E_CALLBACK_FAILED);
        assert_int_equal(f.server.alert, HFI_ALERT_INTERNAL_ERROR);
        finish(&f, &none);

        flow_init(&f, &config);
        f.settings.choose_certificate = choose;
        answer = -1;
        assert_int_equal(flow_run(&f), HFI_OK);
        assert_int_equal(hfi_conn_pause_reason(&f.client), HFI_PAUSE_CERTIFICATE);
        hfi_view request = hfi_conn_certificate_request(&f.client);
        assert_int_equal(script_number(request.p, 1), version == 0 ? 0 : 2);
        assert_true(request.len > 20);
        add(&list, SCRIPT_P256, true);
        given = &list;
        answer = 1;
        assert_int_equal(hfi_conn_process(&f.client, NULL), HFI_OK);
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_true(f.server.client_verified);
        assert_int_equal(hfi_conn_certificate_request(&f.client).len, 0);
        finish(&f, &list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_key),
        cmocka_unit_test(test_nothing_that_fits),
        cmocka_unit_test(test_shown),
        cmocka_unit_test(test_insisting),
        cmocka_unit_test(test_authorities),
        cmocka_unit_test(test_signing_algorithms),
        cmocka_unit_test(test_signature_from_elsewhere),
        cmocka_unit_test(test_released_while_waiting),
        cmocka_unit_test(test_deadline_while_waiting),
        cmocka_unit_test(test_deadline_before_signature),
        cmocka_unit_test(test_choice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
