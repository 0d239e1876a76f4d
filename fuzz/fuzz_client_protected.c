/* fuzz/fuzz_client_protected.c: the whole client against a server that has the right
 * keys.  The input tells how to edit each message before it is protected, and what
 * records to send once the connection is established:
 *
 *   settings of the client, settings of the server, one byte each;
 *   for each message of the server: an edit, which is a byte and what it needs;
 *   then records: type, length (2 bytes), content.
 *
 * An input that ends leaves the rest as it should be. */
#include "fuzz_flow.h"
#include "script_record.h"
#include "wire/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SERVER_RETRIES = 0x01,
    SERVER_REQUESTS = 0x02,
    SERVER_ANSWERS = 0x04,
    SERVER_COALESCES = 0x08,
    SERVER_FRAGMENTS = 0x10,
    SERVER_TICKETS = 0x20,
    SERVER_PADS = 0x40,
    SERVER_IS_P256 = 0x80,
};

enum {
    EDIT_NONE,
    EDIT_FLIP,   /* offset, mask */
    EDIT_PUT,    /* offset, cut, bytes */
    EDIT_BODY,   /* bytes */
    EDIT_APPEND, /* bytes */
    EDIT_LENGTH, /* the message's length field, as it is */
    EDITS,
    EDIT_AFTER_HASHING = 0x80,
};

static size_t offset_in(hfi_reader *r, size_t len)
{
    return len == 0 ? 0 : hfi_read_u16(r) % len;
}

static bool edit(void *ctx, script_bytes *m)
{
    hfi_reader *r = ctx;

    if (!hfi_reader_more(r) || m->len < 4)
        return false;
    uint8_t what = hfi_read_u8(r);
    switch (what % 0x10 % EDITS) {
    case EDIT_FLIP: {
        size_t at = offset_in(r, m->len);
        m->p[at] ^= hfi_read_u8(r);
        break;
    }
    case EDIT_PUT: {
        size_t at = offset_in(r, m->len);
        size_t cut = hfi_read_u8(r);
        script_replace(m, at, cut < m->len - at ? cut : m->len - at,
                       hfi_read_vec8(r, 0, 255));
        break;
    }
    case EDIT_BODY:
        script_truncate(m, 4);
        script_append_view(m, hfi_read_vec16(r, 0, 65535));
        break;
    case EDIT_APPEND:
        script_append_view(m, hfi_read_vec8(r, 0, 255));
        break;
    case EDIT_LENGTH:
        script_replace(m, 1, 3, hfi_read_bytes(r, 3));
        return (what & EDIT_AFTER_HASHING) != 0;
    default:
        break;
    }
    if (what % 0x10 % EDITS != EDIT_FLIP && m->len >= 4)
        script_message_end(m);
    return (what & EDIT_AFTER_HASHING) != 0;
}

static script_config configure(uint8_t how)
{
    script_config c = {.tickets = how & SERVER_TICKETS ? 1 : 0};

    if (how & SERVER_RETRIES) {
        c.retries = 1;
        c.cookie = "0102030405";
        c.group = 0x0018;
    }
    if (how & SERVER_ANSWERS) {
        c.alpn = "h2";
        c.answers_name = true;
        c.tells_groups = true;
    }
    c.requests_certificate = (how & SERVER_REQUESTS) != 0;
    c.coalesces = (how & SERVER_COALESCES) != 0;
    c.record_size = how & SERVER_FRAGMENTS ? 23 : 0;
    c.padding = how & SERVER_PADS ? 5 : 0;
    c.key = how & SERVER_IS_P256 ? SCRIPT_P256 : SCRIPT_ED25519;
    return c;
}

/* With the key of the moment; a KeyUpdate among them changes the key. */
static void send_records(flow *f, hfi_reader *r)
{
    scripted_server *s = &f->server;

    while (hfi_reader_more(r) && f->err == HFI_OK) {
        uint8_t type = hfi_read_u8(r);
        hfi_view content = hfi_read_vec16(r, 0, 65535);
        if (type == 22 && content.len >= 5 && content.p[content.len - 5] == 24) {
            script_seal(&s->writing, type, content, 0, &s->out);
            hfi_keys_update(s->hash, s->secret_out);
            script_protect(&s->writing, s->hash, s->writing.aead, s->secret_out);
        } else {
            script_seal(&s->writing, type, content, 0, &s->out);
        }
        (void)flow_pump(f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hfi_reader r = hfi_reader_of(hfi_view_of(data, size));
    uint8_t client = hfi_read_u8(&r);
    script_config config = configure(hfi_read_u8(&r));
    flow f;

    config.hook = edit;
    config.hook_ctx = &r;
    flow_init(&f, &config);
    fuzz_flow_choose(&f, client);
    (void)flow_run(&f);
    f.server.config.hook = NULL;
    if (f.server.connected)
        send_records(&f, &r);
    fuzz_flow_end(&f);
    return 0;
}
