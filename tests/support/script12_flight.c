/* tests/support/script12_flight.c: what the scripted server of TLS 1.2 sends.
 * RFC 5246 7.4; RFC 5077 3; RFC 5746 3.6; RFC 7627 5; RFC 8422 5.
 * Each message is made rightly, then the script's steps have their way. */
#include <assert.h>

#include "script12_server.h"
#include "script_flight.h"
#include "wire/reader.h"

/* ---- choice ---- */

static bool suite_fits(uint16_t suite, bool is_rsa)
{
    switch (suite) {
    case 0xc02f:
    case 0xc030:
    case 0xcca8:
    case 0xc013:
    case 0xc014:
    case 0xc027:
    case 0xc028:
        return is_rsa;
    case 0xc02b:
    case 0xc02c:
    case 0xcca9:
    case 0xc009:
    case 0xc00a:
    case 0xc023:
    case 0xc024:
        return !is_rsa;
    default:
        return false;
    }
}

static uint16_t first_suite(const scripted_server *s)
{
    bool is_rsa = s->config.key == SCRIPT_RSA || s->config.key == SCRIPT_RSA_PSS;
    hfi_reader r = hfi_reader_of(s->hello.suites);

    while (hfi_reader_more(&r)) {
        uint16_t suite = hfi_read_u16(&r);
        if (suite_fits(suite, is_rsa))
            return suite;
    }
    return is_rsa ? 0xc02f : 0xc02b;
}

static uint16_t first_group(const scripted_server *s)
{
    hfi_reader r = hfi_reader_of(script_hello_list(&s->hello, SCRIPT_EXT_GROUPS));

    while (hfi_reader_more(&r)) {
        uint16_t id = hfi_read_u16(&r);
        if (script_group_of(id) != NULL)
            return id;
    }
    return 0x001d;
}

static void find_session(scripted_server *s)
{
    script12_state *t = &s->tls12;
    hfi_view ticket = hfi_view_of(NULL, 0);

    (void)script_hello_find(&s->hello, SCRIPT12_EXT_TICKET, &ticket);
    t->offered_session = ticket.len != 0;
    for (size_t i = 0; i < t->session_count && t->resumed == NULL; i++) {
        hfi_view name = hfi_view_of(t->sessions[i].name, sizeof t->sessions[i].name);
        if (hfi_view_equal(name, ticket) || hfi_view_equal(name, s->hello.session_id))
            t->resumed = &t->sessions[i];
    }
    if (t->resumed != NULL)
        t->offered_session = true;
    if (s->config.refuses_psk)
        t->resumed = NULL;
}

void script12_choose(scripted_server *s)
{
    script12_state *t = &s->tls12;

    find_session(s);
    s->resumed = t->resumed != NULL;
    s->suite = s->config.suite != 0 ? s->config.suite : first_suite(s);
    if (s->resumed && !s->config.tls12.changes_suite)
        s->suite = t->resumed->suite;
    s->hash = script12_hash(s->suite);
    s->group = s->config.group != 0 ? s->config.group : first_group(s);
    if (!s->resumed)
        return;
    memcpy(t->master, t->resumed->master, sizeof t->master);
    t->has_master = true;
}

/* ---- ServerHello ---- */

static void append_alpn(const scripted_server *s, script_bytes *m)
{
    size_t mark, len = strlen(s->config.alpn);

    script_extension_begin(m, SCRIPT_EXT_ALPN, &mark);
    script_append_number(m, len + 1, 2);
    script_append_number(m, len, 1);
    script_append(m, s->config.alpn, len);
    script_length_end(m, mark, 2);
}

static void append_extensions(const scripted_server *s, script_bytes *m)
{
    const script12_config *c = &s->config.tls12;
    bool master = s->resumed ? s->tls12.resumed->extended_master : true;
    hfi_view data;

    if (!c->without_renegotiation)
        script_append_hex(m, "ff01 0001 00");
    if (script12_cbc_known(s->suite) && !c->without_etm &&
        script_hello_find(&s->hello, SCRIPT12_EXT_ETM, &data))
        script_append_hex(m, "0016 0000");
    if (master && !c->without_master)
        script_append_hex(m, "0017 0000");
    if ((s->config.tickets != 0 || c->empty_ticket) &&
        script_hello_find(&s->hello, SCRIPT12_EXT_TICKET, &data))
        script_append_hex(m, "0023 0000");
    if (!c->without_points && !s->resumed)
        script_append_hex(m, "000b 0002 0100");
    if (s->config.answers_name)
        script_append_hex(m, "0000 0000");
    if (s->config.alpn != NULL)
        append_alpn(s, m);
}

/* What stands in the message in the end counts for us too. */
static bool tells(const script_bytes *m, uint16_t type)
{
    hfi_reader r = hfi_reader_of(script_view(m));

    (void)hfi_read_bytes(&r, 4 + 2 + 32);
    (void)hfi_read_vec8(&r, 0, 255);
    (void)hfi_read_bytes(&r, 2 + 1);
    while (hfi_reader_more(&r) && r.left >= 2) {
        hfi_reader list = hfi_reader_of(hfi_read_vec16(&r, 0, 65535));
        while (hfi_reader_more(&list)) {
            uint16_t id = hfi_read_u16(&list);
            (void)hfi_read_vec16(&list, 0, 65535);
            if (!list.failed && id == type)
                return true;
        }
    }
    return false;
}

static void append_session_id(const scripted_server *s, script_bytes *m)
{
    if (s->resumed) {
        script_append_number(m, s->hello.session_id.len, 1);
        script_append_view(m, s->hello.session_id);
    } else if (s->config.tls12.gives_id) {
        script_append_hex(m, "20 1d*32");
    } else {
        script_append_number(m, 0, 1);
    }
}

static void send_hello(scripted_server *s)
{
    script12_state *t = &s->tls12;
    uint16_t version = s->config.tls12.version;
    script_bytes m = {NULL, 0, 0};

    script_message_begin(&m, SCRIPT12_SERVER_HELLO);
    script_append_number(&m, version == 0 ? 0x0303 : version, 2);
    script_append_hex(&m, "5a*32");
    append_session_id(s, &m);
    script_append_number(&m, s->suite, 2);
    script_append_number(&m, 0, 1);
    size_t block = m.len;
    script_append_number(&m, 0, 2);
    append_extensions(s, &m);
    script_length_end(&m, block, 2);
    script_message_end(&m);

    if (s->config.accepts_certificate)
        hfi_transcript_keep(&s->transcript);
    hfi_transcript_start(&s->transcript, &script_alloc, s->hash);
    script_send_message(s, AT_HELLO, &m);
    if (m.len >= 4 + 2 + 32)
        memcpy(t->server_random, m.p + 4 + 2, 32);
    t->extended_master = tells(&m, SCRIPT12_EXT_MASTER);
    t->encrypt_then_mac = tells(&m, SCRIPT12_EXT_ETM);
    t->ticket_told = tells(&m, SCRIPT12_EXT_TICKET);
    script_free(&m);
}

/* ---- the full handshake ---- */

static void append_entry(script_bytes *m, hfi_view der)
{
    script_append_number(m, der.len, 3);
    script_append_view(m, der);
}

static void send_certificate(scripted_server *s)
{
    script_bytes m = {NULL, 0, 0};
    hfi_view leaf = script_certificate(s->config.key);

    script_message_begin(&m, SCRIPT12_CERTIFICATE);
    script_append_number(&m, 0, 3);
    for (size_t i = 0; i <= s->config.leaf_copies; i++)
        append_entry(&m, leaf);
    if (s->config.sends_ca)
        append_entry(&m, script_ca());
    script_length_end(&m, 4, 3);
    script_message_end(&m);
    script_send_message(s, AT_CERTIFICATE, &m);
    script_free(&m);
}

static void append_params(scripted_server *s, script_bytes *m)
{
    const hfi_random random = {script_fill, &s->random_state};
    uint8_t *share = s->tls12.share;

    s->tls12.exchange = script_group_of(s->group);
    if (s->config.tls12.params != NULL) {
        s->tls12.exchange = NULL;
        script_append_hex(m, s->config.tls12.params);
        return;
    }
    script_append_number(m, 3, 1); /* named_curve */
    script_append_number(m, s->group, 2);
    if (s->tls12.exchange == NULL) {
        script_append_hex(m, "20 02*32");
        return;
    }
    hfi_err err = s->tls12.exchange->generate(&random, s->tls12.private_key, share);
    assert(err == HFI_OK);
    (void)err;
    script_append_number(m, s->tls12.exchange->share_len, 1);
    script_append(m, share, s->tls12.exchange->share_len);
}

/* RFC 8422 5.4: both randoms and the parameters are signed. */
static void send_key_exchange(scripted_server *s)
{
    script_bytes m = {NULL, 0, 0}, what = {NULL, 0, 0}, sig = {NULL, 0, 0};
    script_key key = s->config.tls12.signer != 0
                         ? (script_key)(s->config.tls12.signer - 1)
                         : s->config.key;
    uint16_t scheme =
        s->config.scheme != 0 ? s->config.scheme : script_key_scheme(s->config.key);

    script_message_begin(&m, SCRIPT12_KEY_EXCHANGE);
    append_params(s, &m);
    script_append(&what, s->tls12.client_random, 32);
    script_append(&what, s->tls12.server_random, 32);
    script_append(&what, m.p + 4, m.len - 4);
    script_sign(key, scheme, script_view(&what), &sig);
    script_append_number(&m, scheme, 2);
    script_append_number(&m, sig.len, 2);
    script_append_view(&m, script_view(&sig));
    script_message_end(&m);
    script_send_message(s, AT_KEY_EXCHANGE, &m);
    script_free(&m);
    script_free(&what);
    script_free(&sig);
}

static void send_body(scripted_server *s, script_at at, uint8_t type, const char *hex)
{
    script_bytes m = {NULL, 0, 0};

    script_message_begin(&m, type);
    script_append_hex(&m, hex);
    script_message_end(&m);
    script_send_message(s, at, &m);
    script_free(&m);
}

/* ---- the end ---- */

static script12_session *keep_session(scripted_server *s)
{
    script12_state *t = &s->tls12;
    script12_session *kept = &t->sessions[t->session_count % SCRIPT12_SESSIONS_MAX];

    memset(kept->name, 0x1d, sizeof kept->name);
    memcpy(kept->master, t->master, sizeof kept->master);
    kept->suite = s->suite;
    kept->extended_master = t->extended_master;
    t->session_count++;
    return kept;
}

static void send_ticket(scripted_server *s)
{
    script_bytes m = {NULL, 0, 0};
    uint32_t lifetime = s->config.ticket_lifetime == 0 ? 7200 : s->config.ticket_lifetime;

    script_message_begin(&m, SCRIPT12_TICKET);
    script_append_number(&m, lifetime, 4);
    if (s->config.tls12.empty_ticket) {
        script_append_number(&m, 0, 2);
    } else {
        script12_session *kept = keep_session(s);
        memset(kept->name, 0x77, sizeof kept->name);
        kept->name[31] = (uint8_t)s->tls12.session_count;
        script_append_number(&m, sizeof kept->name, 2);
        script_append(&m, kept->name, sizeof kept->name);
    }
    script_message_end(&m);
    script_send_message(s, AT_TICKET, &m);
    script_free(&m);
}

/* The record that changes the keys; script_put_record does that. */
static void send_ccs(scripted_server *s)
{
    const script_step *body = script_step_of(s, AT_CCS, OP_BODY);
    script_bytes content = {NULL, 0, 0};

    script_flush(s);
    script12_protect(&s->tls12_next, s, HFI_SERVER);
    script_send_steps(s, AT_CCS, script_is_before);
    script_append_hex(&content, body == NULL ? "01" : body->hex);
    if (script_step_of(s, AT_CCS, OP_DROP) == NULL)
        script_put_record(s, 20, script_view(&content));
    if (script_step_of(s, AT_CCS, OP_TWICE) != NULL)
        script_put_record(s, 20, script_view(&content));
    script_send_steps(s, AT_CCS, script_is_after);
    script_free(&content);
}

static void send_finished(scripted_server *s)
{
    uint8_t verify_data[HFI_TLS12_VERIFY_DATA];
    script_bytes m = {NULL, 0, 0};
    hfi_digest digest;

    hfi_transcript_digest(&s->transcript, &digest);
    hfi_tls12_prf(s->hash, hfi_view_of(s->tls12.master, HFI_MASTER_SECRET),
                  "server finished", hfi_view_of(digest.bytes, digest.len),
                  hfi_view_of(NULL, 0), verify_data, sizeof verify_data);
    script_message_begin(&m, SCRIPT12_FINISHED);
    script_append(&m, verify_data, sizeof verify_data);
    script_message_end(&m);
    script_send_message(s, AT_FINISHED, &m);
    script_flush(s);
    script_free(&m);
}

void script12_send_end(scripted_server *s)
{
    if (s->tls12.ticket_told)
        send_ticket(s);
    else if (s->config.tls12.gives_id && !s->resumed)
        (void)keep_session(s);
    send_ccs(s);
    send_finished(s);
}

static void send_request(scripted_server *s)
{
    const char *schemes = s->config.request_schemes;
    const char *names = s->config.request_authorities;
    script_bytes m = {NULL, 0, 0};

    script_message_begin(&m, SCRIPT12_REQUEST);
    script_append_hex(&m, "02 0140");
    size_t mark = m.len;
    script_append_number(&m, 0, 2);
    script_append_hex(&m, schemes != NULL ? schemes : "0403 0804");
    script_length_end(&m, mark, 2);
    mark = m.len;
    script_append_number(&m, 0, 2);
    script_append_hex(&m, names != NULL ? names : "");
    script_length_end(&m, mark, 2);
    script_message_end(&m);
    script_send_message(s, AT_REQUEST, &m);
    script_free(&m);
}

void script12_send_flight(scripted_server *s)
{
    send_hello(s);
    if (s->resumed) {
        script12_send_end(s);
        return;
    }
    send_certificate(s);
    send_key_exchange(s);
    if (s->config.requests_certificate)
        send_request(s);
    send_body(s, AT_DONE, SCRIPT12_DONE, "");
    script_flush(s);
}

void script12_send_connected(scripted_server *s)
{
    script_send_steps(s, AT_CONNECTED, script_is_before);
    script_send_steps(s, AT_CONNECTED, script_is_after);
    script_flush(s);
}
