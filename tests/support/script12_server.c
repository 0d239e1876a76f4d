/* tests/support/script12_server.c: what comes in at a scripted server of TLS 1.2.
 * RFC 5246 6, 7; RFC 7627 4.  It judges the client's conduct, as the other one does. */
#include "script12_server.h"

#include <stdlib.h>

#include "script_client_auth.h"
#include "script_flight.h"

enum {
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

/* ---- ClientHello ---- */

/* What RFC 7627 5.1, RFC 5746 3.4 and RFC 8422 5.1 want of a client. */
static const char *judge_hello(const script_hello *h)
{
    hfi_view data;

    if (!script_hello_find(h, SCRIPT12_EXT_MASTER, &data) || data.len != 0)
        return "extended_master_secret is not offered rightly";
    if (!script_hello_find(h, SCRIPT12_EXT_RENEGOTIATION, &data) || data.len != 1 ||
        data.p[0] != 0)
        return "renegotiation_info is not offered rightly";
    if (script_hello_find(h, SCRIPT12_EXT_POINTS, &data) &&
        (data.len < 2 || memchr(data.p + 1, 0, data.len - 1) == NULL))
        return "ec_point_formats lacks uncompressed points";
    if (script_hello_list(h, SCRIPT_EXT_GROUPS).len == 0)
        return "supported_groups is missing";
    if (script_hello_list(h, SCRIPT_EXT_SCHEMES).len == 0)
        return "signature_algorithms is missing";
    return NULL;
}

static void on_client_hello(scripted_server *s, hfi_view message)
{
    const char *wrong = script_hello_read(&s->hello, message);

    s->hellos++;
    if (wrong == NULL)
        wrong = judge_hello(&s->hello);
    if (wrong != NULL) {
        fault(s, wrong);
        return;
    }
    memcpy(s->tls12.client_random, s->hello.random.p, 32);
    script12_choose(s);
    (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
    script12_send_flight(s);
}

/* ---- the client's flight ---- */

static void on_certificate(scripted_server *s, hfi_view message)
{
    if (s->sent_certificate || !s->config.requests_certificate)
        fault(s, "the client sent a Certificate that was not asked for");
    script_take_client_certificate(s, message);
    (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
}

static void on_certificate_verify(scripted_server *s, hfi_view message)
{
    script_take_client_verify(s, message);
    (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
}

/* RFC 5246 8.1, RFC 7627 4: the latter over the messages through this one. */
static void make_master(scripted_server *s, hfi_view premaster)
{
    script12_state *t = &s->tls12;
    hfi_digest digest;

    hfi_transcript_digest(&s->transcript, &digest);
    if (t->extended_master)
        hfi_tls12_prf(s->hash, premaster, "extended master secret",
                      hfi_view_of(digest.bytes, digest.len), hfi_view_of(NULL, 0),
                      t->master, HFI_MASTER_SECRET);
    else
        hfi_tls12_prf(s->hash, premaster, "master secret",
                      hfi_view_of(t->client_random, 32),
                      hfi_view_of(t->server_random, 32), t->master, HFI_MASTER_SECRET);
    memcpy(t->premaster, premaster.p, premaster.len);
    t->has_master = true;
}

static void on_exchange(scripted_server *s, hfi_view message)
{
    script12_state *t = &s->tls12;
    uint8_t premaster[HFI_GROUP_SECRET_MAX] = {0};
    size_t len = 32;

    if (s->config.requests_certificate && !s->sent_certificate)
        fault(s, "the client did not answer CertificateRequest");
    if (t->sent_exchange || message.len < 5 || message.p[4] != message.len - 5) {
        fault(s, "ClientKeyExchange is malformed or comes twice");
        return;
    }
    t->sent_exchange = true;
    if (t->exchange != NULL) {
        hfi_view share = hfi_view_of(message.p + 5, message.len - 5);
        if (share.len != t->exchange->share_len ||
            t->exchange->derive(t->private_key, share, premaster) != HFI_OK)
            fault(s, "the client's share is invalid");
        len = t->exchange->secret_len;
    }
    (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
    make_master(s, hfi_view_of(premaster, len));
}

static void on_finished(scripted_server *s, hfi_view message)
{
    uint8_t want[HFI_TLS12_VERIFY_DATA];
    hfi_digest digest;

    hfi_transcript_digest(&s->transcript, &digest);
    if (s->client_certificates != 0 && !s->client_verified)
        fault(s, "the client did not prove that it has the key");
    hfi_tls12_prf(s->hash, hfi_view_of(s->tls12.master, HFI_MASTER_SECRET),
                  "client finished", hfi_view_of(digest.bytes, digest.len),
                  hfi_view_of(NULL, 0), want, sizeof want);
    if (message.len != 4 + sizeof want || memcmp(message.p + 4, want, sizeof want) != 0) {
        fault(s, "the client's Finished is wrong");
        return;
    }
    (void)hfi_transcript_add(&s->transcript, &script_alloc, message);
    if (!s->resumed)
        script12_send_end(s);
    s->connected = true;
    script12_send_connected(s);
}

static void on_message(scripted_server *s, hfi_view message)
{
    bool is_protected = s->reading.aead != NULL;
    uint8_t type = message.p[0];

    if (type == SCRIPT12_CLIENT_HELLO && s->hellos == 0)
        on_client_hello(s, message);
    else if (type == SCRIPT12_CERTIFICATE && !is_protected && !s->tls12.sent_exchange)
        on_certificate(s, message);
    else if (type == SCRIPT12_CERTIFICATE_VERIFY && s->tls12.sent_exchange &&
             s->client_certificates != 0 && !s->client_verified)
        on_certificate_verify(s, message);
    else if (type == SCRIPT12_CLIENT_EXCHANGE && !is_protected && !s->resumed)
        on_exchange(s, message);
    else if (type == SCRIPT12_FINISHED && is_protected && !s->connected)
        on_finished(s, message);
    else
        fault(s, "the client sent a message out of order");
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

static void on_ccs(scripted_server *s, hfi_view content)
{
    if (content.len != 1 || content.p[0] != 1 || s->reading.aead != NULL ||
        s->message.len != 0 || !s->tls12.has_master) {
        fault(s, "the client's change_cipher_spec is malformed or misplaced");
        return;
    }
    s->ccs++;
    script12_protect(&s->reading, s, HFI_CLIENT);
}

static void on_alert(scripted_server *s, hfi_view content)
{
    if (content.len != 2) {
        fault(s, "the client's alert is malformed");
        return;
    }
    if (content.p[0] == 1 && content.p[1] != 0) {
        s->tls12.warnings++;
        s->tls12.warning = content.p[1];
        return;
    }
    if (s->alerts++ > 0)
        return;
    s->alert_level = content.p[0];
    s->alert = content.p[1];
    s->alert_protected = s->reading.aead != NULL;
}

void script12_on_record(scripted_server *s, uint8_t *record, size_t len)
{
    uint8_t *body = record + 5;
    bool first = s->hellos == 0;

    if (record[1] != 3 || (record[2] != 3 && !(first && record[2] == 1)))
        fault(s, "the record's version is wrong");
    if (s->reading.aead != NULL && !script12_open(&s->reading, record, &body, &len)) {
        s->unreadable = true;
        return;
    }
    hfi_view content = hfi_view_of(body, len);
    if (record[0] == CONTENT_CCS)
        on_ccs(s, content);
    else if (record[0] == CONTENT_ALERT)
        on_alert(s, content);
    else if (record[0] == CONTENT_HANDSHAKE)
        on_handshake(s, content);
    else if (record[0] == CONTENT_APPLICATION && s->connected)
        script_append_view(&s->data, content);
    else
        fault(s, "the client sent a record of a wrong type");
}
