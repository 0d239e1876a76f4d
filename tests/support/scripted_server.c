/* tests/support/scripted_server.c: a TLS 1.3 server that does what a script says.
 * RFC 8446 2, 4, 7.  Messages are made in script_flight.c; here: what comes in. */
#include "scripted_server.h"

#include <stdlib.h>

#include "base/ct.h"
#include "script12_server.h"
#include "script_client_auth.h"
#include "script_flight.h"
#include "script_record.h"

enum {
    CLIENT_HELLO = 1,
    END_OF_EARLY_DATA = 5,
    CERTIFICATE = 11,
    CERTIFICATE_VERIFY = 15,
    COMPRESSED_CERTIFICATE = 25,
    FINISHED = 20,
    KEY_UPDATE = 24,
    CONTENT_CCS = 20,
    CONTENT_ALERT = 21,
    CONTENT_HANDSHAKE = 22,
    CONTENT_APPLICATION = 23,
};

static void fault(scripted_server *s, const char *what)
{
    if (s->fault == NULL)
        s->fault = what;
}

void scripted_server_init(scripted_server *s, const script_config *config)
{
    memset(s, 0, sizeof *s);
    s->config = *config;
    s->alert = -1;
    s->random_state = 0x40;
}

void scripted_server_free(scripted_server *s)
{
    script_free(&s->in);
    script_free(&s->message);
    script_free(&s->out);
    script_free(&s->pending);
    script_free(&s->held);
    script_free(&s->data);
    script_free(&s->client_certificate);
    script_free(&s->early_data);
    script_hello_free(&s->hello);
    script_hello_free(&s->first_hello);
    hfi_transcript_free(&s->transcript, &script_alloc);
    memset(s, 0, sizeof *s);
}

void scripted_server_adopt(scripted_server *s, const scripted_server *earlier)
{
    memcpy(s->tickets, earlier->tickets, sizeof s->tickets);
    s->ticket_count = earlier->ticket_count;
    memcpy(s->tls12.sessions, earlier->tls12.sessions, sizeof s->tls12.sessions);
    s->tls12.session_count = earlier->tls12.session_count;
}

/* ---- handshake messages ---- */

static const script_ticket *find_ticket(const scripted_server *s, hfi_view identity)
{
    for (size_t i = 0; i < s->ticket_count; i++)
        if (hfi_view_equal(identity,
                           hfi_view_of(s->tickets[i].name, sizeof s->tickets[i].name)))
            return &s->tickets[i];
    return NULL;
}

/* RFC 8446 4.2.11: the binder of a ticket that we know must be right even if we do not
 * use it.  True: the handshake resumes, and the early secret is made. */
static bool try_psk(scripted_server *s)
{
    hfi_view identity, binder, tail;
    size_t binders;
    uint32_t age;
    hfi_digest digest, want;

    if (!script_hello_psk(&s->hello, 0, &identity, &age, &binder, &binders))
        return false;
    const script_ticket *t = find_ticket(s, identity);
    if (t == NULL)
        return false;
    tail = hfi_view_of(s->hello.message.p, s->hello.message.len - binders);
    hfi_transcript_digest_with(&s->transcript, t->hash, tail, &digest);
    hfi_keys_start(&s->keys, t->hash, hfi_view_of(t->psk, t->hash->size));
    hfi_keys_binder(&s->keys, t->external, &digest, &want);
    if (t->external && age != 0)
        fault(s, "an external PSK has an age");
    if (!hfi_view_equal(binder, hfi_view_of(want.bytes, want.len)))
        fault(s, "a PSK binder is wrong");
    s->psk_age = age - t->age_add;
    return !s->config.refuses_psk && t->hash == s->hash;
}

static void on_second_hello(scripted_server *s)
{
    script_bytes cookie = {NULL, 0, 0};

    if (s->config.cookie != NULL)
        script_append_hex(&cookie, s->config.cookie);
    const char *wrong =
        script_hello_compare(&s->first_hello, &s->hello, script_view(&cookie),
                             s->config.retry_without_group ? 0 : s->group);
    if (wrong != NULL)
        fault(s, wrong);
    script_free(&cookie);
}

static void on_client_hello(scripted_server *s, hfi_view message)
{
    hfi_view early;

    if (s->hellos++ > 0) {
        script_hello_free(&s->first_hello);
        s->first_hello = s->hello;
        memset(&s->hello, 0, sizeof s->hello);
    }
    const char *wrong = script_hello_parse(&s->hello, message);
    if (wrong != NULL) {
        fault(s, wrong);
        return;
    }
    if (s->hellos > 1)
        on_second_hello(s);
    else
        script_choose(s);
    s->resumed = try_psk(s);
    if (!s->resumed)
        hfi_keys_start(&s->keys, s->hash, hfi_view_of(NULL, 0));
    (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
    s->takes_early_data = s->resumed && !s->config.rejects_early_data &&
                          s->retries_sent == s->config.retries &&
                          script_hello_find(&s->hello, 42, &early);
    s->took_early_data = s->takes_early_data;
    if (script_hello_find(&s->hello, 42, &early))
        s->skips_early_data = !s->takes_early_data;
    if (s->retries_sent < s->config.retries)
        script_send_retry(s);
    else
        script_send_flight(s);
}

static void on_finished(scripted_server *s, hfi_view message)
{
    hfi_digest digest, want;

    hfi_transcript_digest(&s->transcript, &digest);
    hfi_keys_finished_mac(&s->keys, HFI_CLIENT, &digest, &want);
    if (message.len != 4 + want.len || memcmp(message.p + 4, want.bytes, want.len) != 0) {
        fault(s, "the client's Finished is wrong");
        return;
    }
    if (s->config.requests_certificate && !s->resumed && !s->sent_certificate)
        fault(s, "the client did not answer CertificateRequest");
    if (s->client_certificates != 0 && !s->client_verified)
        fault(s, "the client did not prove that it has the key");
    (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
    hfi_transcript_digest(&s->transcript, &digest);
    hfi_keys_finish(&s->keys, &digest);
    script_protect(&s->reading, s->hash, script_aead(s), s->secret_in);
    s->connected = true;
    script_send_connected(s);
}

static void on_key_update(scripted_server *s, hfi_view message)
{
    static const script_step answer = {AT_UPDATE, OP_RENEW, 0, "00"};

    if (message.len != 5 || message.p[4] > 1) {
        fault(s, "the client's KeyUpdate is malformed");
        return;
    }
    s->updates++;
    hfi_keys_update(s->hash, s->secret_in);
    script_protect(&s->reading, s->hash, script_aead(s), s->secret_in);
    if (message.p[4] == 1) {
        s->update_requests++;
        if (!s->config.ignores_update_requests)
            scripted_server_step(s, &answer);
    }
}

static void on_message(scripted_server *s, hfi_view message)
{
    uint8_t type = message.p[0];

    if (type == CLIENT_HELLO && s->hellos <= s->retries_sent) {
        on_client_hello(s, message);
    } else if (type == CERTIFICATE && s->config.requests_certificate && !s->connected) {
        script_take_client_certificate(s, message);
        (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
    } else if (type == COMPRESSED_CERTIFICATE && s->config.takes_compression != 0 &&
               !s->sent_certificate) {
        script_take_compressed_certificate(s, message);
        (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
    } else if (type == CERTIFICATE_VERIFY && s->client_certificates != 0 &&
               !s->client_verified) {
        script_take_client_verify(s, message);
        (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
    } else if (type == END_OF_EARLY_DATA && s->takes_early_data && message.len == 4) {
        s->takes_early_data = false;
        (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
        script_protect(&s->reading, s->hash, script_aead(s),
                       s->keys.handshake[HFI_CLIENT]);
    } else if (type == FINISHED && !s->takes_early_data && s->reading.aead != NULL &&
               !s->connected) {
        on_finished(s, message);
    } else if (type == KEY_UPDATE && s->connected) {
        on_key_update(s, message);
    } else {
        fault(s, "the client sent a message out of order");
    }
}

static void on_handshake(scripted_server *s, hfi_view content)
{
    if (content.len == 0)
        fault(s, "the client sent an empty handshake record");
    script_append_view(&s->message, content);
    while (s->message.len >= 4) {
        size_t len = 4 + (size_t)script_number(s->message.p + 1, 3);
        if (s->message.len < len)
            return;
        uint8_t *copy = malloc(len);
        if (copy == NULL)
            abort();
        memcpy(copy, s->message.p, len);
        script_consume(&s->message, len);
        on_message(s, hfi_view_of(copy, len));
        free(copy);
    }
}

/* ---- records ---- */

static void on_alert(scripted_server *s, hfi_view content, bool is_protected)
{
    if (content.len != 2) {
        fault(s, "the client's alert is malformed");
        return;
    }
    if (s->alerts++ > 0)
        return;
    s->alert_level = content.p[0];
    s->alert = content.p[1];
    s->alert_protected = is_protected;
}

/* The client's own idea of its handshake key, for an alert after keys went apart, or of
 * its early key, with which a record of data has been protected before. */
static int open_with(const uint8_t *secret, size_t secret_len, uint64_t sequence,
                     const uint8_t *record, script_bytes *body)
{
    const hfi_crypto *crypto = &hfi_crypto_nettle;
    const hfi_aead *aeads[] = {crypto->aes_128_gcm, crypto->aes_256_gcm,
                               crypto->chacha20_poly1305};
    int type = -1;

    for (size_t i = 0; type < 0 && i < 3; i++) {
        script_protection p;
        script_bytes copy = {NULL, 0, 0};
        script_append_view(&copy, script_view(body));
        script_protect(&p, secret_len == 48 ? crypto->sha384 : crypto->sha256, aeads[i],
                       secret);
        p.sequence = sequence;
        type = script_open(&p, record, copy.p, &copy.len);
        if (type >= 0)
            script_replace(body, 0, body->len, script_view(&copy));
        script_free(&copy);
    }
    return type;
}

static int open_by_log(scripted_server *s, const uint8_t *record, script_bytes *body)
{
    if (s->logged == NULL || s->logged->len == 0)
        return -1;
    int type = open_with(s->logged->handshake, s->logged->len, 0, record, body);
    if (type < 0)
        type = open_with(s->logged->early, s->logged->len, 1, record, body);
    s->alert_by_log = type == CONTENT_ALERT;
    return type;
}

static void on_protected(scripted_server *s, uint8_t *record, size_t len)
{
    script_bytes body = {NULL, 0, 0};
    hfi_view content = hfi_view_of(record + 5, len);

    script_append_view(&body, content);
    int type = script_open(&s->reading, record, record + 5, &content.len);
    if (type < 0) {
        type = open_by_log(s, record, &body);
        content = script_view(&body);
    }
    if (type == CONTENT_HANDSHAKE)
        on_handshake(s, content);
    else if (type == CONTENT_ALERT)
        on_alert(s, content, true);
    else if (type == CONTENT_APPLICATION && s->takes_early_data)
        script_append_view(&s->early_data, content);
    else if (type == CONTENT_APPLICATION && s->connected)
        script_append_view(&s->data, content);
    else if (type >= 0)
        fault(s, "the client sent a protected record of a wrong type");
    else if (!s->skips_early_data) /* what was rejected cannot be read, RFC 8446 4.2.10 */
        s->unreadable = true;
    script_free(&body);
}

static void on_record(scripted_server *s, uint8_t *record, size_t len)
{
    hfi_view content = hfi_view_of(record + 5, len);
    bool first = s->hellos == 0;

    if (record[1] != 3 || (record[2] != 3 && !(first && record[2] == 1)))
        fault(s, "legacy_record_version is wrong");
    switch (record[0]) {
    case CONTENT_CCS:
        if (len != 1 || record[5] != 1 || first || s->connected)
            fault(s, "the client's change_cipher_spec is malformed or misplaced");
        s->ccs++;
        break;
    case CONTENT_ALERT:
        on_alert(s, content, false);
        break;
    case CONTENT_HANDSHAKE:
        if (s->reading.aead != NULL)
            fault(s, "the client sent a handshake message unprotected");
        else
            on_handshake(s, content);
        break;
    case CONTENT_APPLICATION:
        on_protected(s, record, len);
        break;
    default:
        fault(s, "the client sent a record of unknown type");
    }
}

void scripted_server_feed(scripted_server *s, hfi_view bytes)
{
    script_append_view(&s->in, bytes);
    while (s->in.len >= 5) {
        size_t len = (size_t)script_number(s->in.p + 3, 2);
        if (s->in.len < 5 + len)
            return;
        uint8_t *record = malloc(5 + len);
        if (record == NULL)
            abort();
        memcpy(record, s->in.p, 5 + len);
        script_consume(&s->in, 5 + len);
        if (s->config.tls12.on)
            script12_on_record(s, record, len);
        else
            on_record(s, record, len);
        free(record);
    }
}
