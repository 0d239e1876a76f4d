/* fuzz/make_seeds.c: writes the seeds of the targets that take a server's messages, from
 * real handshakes of the flow tests' client and server: make_seeds FOLDER. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "couple.h"
#include "fuzz_flow.h"
#include "script_record.h"

static const char *folder;

static void save(const char *target, const char *name, hfi_view bytes)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, target);
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        perror(path);
        exit(1);
    }
    snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    FILE *out = fopen(path, "wb");
    if (out == NULL || fwrite(bytes.p, 1, bytes.len, out) != bytes.len ||
        fclose(out) != 0) {
        perror(path);
        exit(1);
    }
}

/* ---- each message's body ---- */

typedef struct seen {
    const char *name;
    bool is_tls12;
} seen;

/* The type and the version before the body. */
static void save_shape(const seen *s, const script_bytes *m)
{
    script_bytes out = {NULL, 0, 0};
    char name[64];

    script_append_number(&out, (uint64_t)m->p[0] << 8 | s->is_tls12, 2);
    script_append(&out, m->p + 4, m->len - 4);
    snprintf(name, sizeof name, "%s_%u", s->name, m->p[0]);
    save("shape", name, script_view(&out));
    script_free(&out);
}

static bool save_message(void *ctx, script_bytes *m)
{
    static const char *const targets[256] = {
        [2] = "msg_server_hello",         [4] = "msg_new_session_ticket",
        [8] = "msg_encrypted_extensions", [11] = "msg_certificate",
        [13] = "msg_certificate_request", [15] = "msg_certificate_verify",
    };
    static const char *const targets_tls12[256] = {
        [2] = "msg_server_hello",
        [4] = "msg_ticket_tls12",
        [11] = "msg_certificate_tls12",
        [12] = "msg_server_key_exchange",
        [13] = "msg_certificate_request_tls12",
    };
    const seen *s = ctx;
    const char *target = (s->is_tls12 ? targets_tls12 : targets)[m->p[0]];

    save_shape(s, m);
    if (target != NULL)
        save(target, s->name, hfi_view_of(m->p + 4, m->len - 4));
    if (m->p[0] == 8)
        save("msg_extensions", s->name, hfi_view_of(m->p + 6, m->len - 6));
    return false;
}

/* ---- whole flows ---- */

typedef struct kind {
    const char *name;
    uint8_t client;
    script_config config;
} kind;

static const kind kinds[] = {
    {"full",
     FUZZ_ALPN,
     {.alpn = "h2", .answers_name = true, .tells_groups = true, .tickets = 2}},
    {"ecdsa", FUZZ_P256_FIRST, {.key = SCRIPT_P256, .sends_ca = true, .suite = 0x1302}},
    {"rsa", FUZZ_NO_COMPAT, {.key = SCRIPT_RSA, .suite = 0x1303, .coalesces = true}},
    {"request", FUZZ_BYTE_BY_BYTE, {.requests_certificate = true, .record_size = 60}},
    {"retry", 0, {.retries = 1, .group = 0x0017, .cookie = "0102", .padding = 3}},
    {"expired", FUZZ_UNVERIFIED, {.key = SCRIPT_EXPIRED}},
    {"refused", 0, {.steps = {{AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "15 0228"}}}},
    {"update",
     0,
     {.steps = {{AT_CONNECTED, OP_RENEW, 2, "01"},
                {AT_CONNECTED, OP_RECORD, 1, "17 6869"},
                {AT_CONNECTED, OP_RECORD, 1, "15 0100"}}}},
    {"tls12_full",
     FUZZ_TLS12 | FUZZ_ALPN,
     {.tls12 = {.on = true}, .alpn = "h2", .answers_name = true, .tickets = 1}},
    {"tls12_rsa",
     FUZZ_TLS12,
     {.tls12 = {.on = true, .gives_id = true}, .key = SCRIPT_RSA, .suite = 0xcca8}},
    {"tls12_request",
     FUZZ_TLS12 | FUZZ_P256_FIRST,
     {.tls12 = {.on = true}, .key = SCRIPT_P256, .requests_certificate = true}},
    {"tls12_data",
     FUZZ_TLS12 | FUZZ_NO_COMPAT,
     {.tls12 = {.on = true},
      .coalesces = true,
      .steps = {{AT_CONNECTED, OP_RECORD, 2, "16 00000000"},
                {AT_CONNECTED, OP_RECORD, 1, "17 6869"},
                {AT_CONNECTED, OP_RECORD, 1, "15 0100"}}}},
};

static void save_flow(const kind *k)
{
    script_config config = k->config;
    script_bytes out = {NULL, 0, 0};
    seen s = {k->name, config.tls12.on};
    flow f;

    config.hook = save_message;
    config.hook_ctx = &s;
    flow_init(&f, &config);
    fuzz_flow_choose(&f, k->client);
    (void)flow_run(&f);
    script_append_number(&out, k->client, 1);
    script_append_view(&out, script_view(&f.wire));
    save("client", k->name, script_view(&out));
    save_shape(&s, &f.server.hello.message);
    save("msg_client_hello", k->name,
         hfi_view_of(f.server.hello.message.p + 4, f.server.hello.message.len - 4));
    if (f.client.new_session != NULL) {
        out.len = hfi_session_encoded_size(f.client.new_session);
        uint8_t *bytes = malloc(out.len);
        if (bytes != NULL)
            (void)hfi_session_encode(f.client.new_session, bytes, out.len);
        save("msg_session", k->name, hfi_view_of(bytes, out.len));
        free(bytes);
    }
    script_free(&out);
    flow_free(&f);
}

static void save_hex(const char *target, const char *name, const char *hex)
{
    script_bytes b = {NULL, 0, 0};

    script_append_hex(&b, hex);
    save(target, name, script_view(&b));
    script_free(&b);
}

/* ---- a server of ours ---- */

/* Steps of 0x80: the client's bytes as they came, in pieces of at most 255; steps of 0x7f
 * let a right client through. */
static void save_server(void)
{
    static const struct {
        const char *name;
        uint16_t version;
    } rows[] = {{"tls12", 0x0303}, {"tls13", 0x0304}};

    for (size_t i = 0; i < 2; i++) {
        script_bytes out = {NULL, 0, 0};
        couple c;
        couple_init(&c, SCRIPT_ED25519);
        couple_version(&c, rows[i].version);
        (void)couple_run(&c);
        (void)couple_write(&c.client, "ping");
        script_append_number(&out, rows[i].version == 0x0303, 1);
        for (size_t at = 0; at < c.client.way.wire.len; at += 255) {
            size_t left = c.client.way.wire.len - at;
            script_append_number(&out, 0x8000 + (left < 255 ? left : 255), 2);
            script_append(&out, c.client.way.wire.p + at, left < 255 ? left : 255);
        }
        save("server", rows[i].name, script_view(&out));
        script_free(&out);
        couple_free(&c);
    }
    save_hex("server", "walk_tls12", "01 7f*8");
    save_hex("server", "walk_tls12_client", "03 40*20");
    save_hex("server", "walk_tls12_resumed", "21 40*20");
    save_hex("server", "walk_tls12_by_id", "25 40*20");
    save_hex("server", "walk_tls13", "00 40*20");
    save_hex("server", "walk_tls13_client", "c2 40*20");
    save_hex("server", "walk_tls13_resumed", "a0 40*20");
    save_hex("server", "walk_tls13_by_id", "26 40*20");
    save_hex("server", "pieces", "1a 40*20");
    save_hex("server", "handed_in", "01 3a c010 10 000021 20 09*32 c010 14 00000c 22*12");
    save_hex("server", "http", "00 8012 474554202f20485454502f312e310d0a0d0a");
    save_hex("msg_client_key_exchange", "x25519", "20 09*32");
    save_hex("ticket", "content",
             "03 01 0303 c02b 000000006a1d7440 000000006a1d7440 00001c20 00000000 "
             "00000000 001d"
             "0403 03 00000000 30 11*48 03 612e62 02 6832 0003 303030");
    save_hex("ticket", "raw", "00 07*16 11*28 22*40");
}

/* Client, server, then edits and records: see fuzz_client_protected.c. */
static void save_scripts(void)
{
    static const char target[] = "client_protected";

    save_hex(target, "plain",
             "00 00 00*5 16 0005 1800000101 17 0003 616263 15 0002 0100");
    save_hex(target, "all",
             "01 2e 00*7 17 0001 61 16 0005 1800000100 17 0000 17 0001 62");
    save_hex(target, "retry", "08 91 00*6 17 0003 616263");
    save_hex(target, "ticket",
             "00 60 00*6 16 0013 04 00000f 00000e10 00000000 01 00 0001 77 0000");
    save_hex(target, "server_hello", "00 00 01 004a 01");
    save_hex(target, "extensions", "10 00 00 03 0006 0004 fafa 0000 00*3");
    save_hex(target, "certificate", "10 00 00 00 02 0020 02 03 010203 00 00");
    save_hex(target, "finished", "00 00 00*4 81 0010 20");
    save_hex(target, "length", "00 10 00 00 05 00ffff");
    save_hex("msg_key_update", "no", "00");
    save_hex("msg_key_update", "yes", "01");
    save_hex("msg_key_update", "wrong", "02");
}

/* What the flows above do not have. */
/* Algorithms, CN=a, two filters; the first byte says which kind. */
static void save_demands(void)
{
    save_hex("demand", "tls13",
             "00 00 0032 000d 0006 0004 0403 0804 002f 0012 0010 000e"
             "300c310a300806035504030c0161 0030 000e 000c 03010203 0000 03040506 0000");
    save_hex("demand", "tls12",
             "01 02 0140 0004 0403 0804 0010 000e 300c310a300806035504030c0161");
    save_hex("demand", "authorities", "02 0010 000e 300c310a300806035504030c0161");
}

static void save_shapes(void)
{
    save_hex("shape", "hello_psk",
             "01 00 0303 11*32 00 0002 1301 01 00 001c 002b 0003 02 0304"
             "0029 0011 0008 0002 6162 00000001 0005 04 09090909");
    save_hex("shape", "hello_server",
             "02 00 0303 11*32 00 1301 00 000c 002b 0002 0304 0029 0002 0000");
    save_hex("shape", "request",
             "0d 00 00 0032 000d 0004 0002 0403 0032 0004 0002 0403 001b 0003 02 0001"
             "002f 0006 0004 0002 3000 0030 0009 0007 01 06 0003 010203 0005 0000");
    save_hex("shape", "certificate",
             "0b 00 00 00002c 000002 3000 0015 0005 0007 01 000003 300100"
             "0012 0006 0004 0002 6162 000001 31 000a 0012 0006 0004 0002 6162");
    save_hex("shape", "compressed", "19 00 0001 000010 000003 010203");
    save_hex("shape", "key_update", "18 00 00");
    save_hex("shape", "status", "16 01 01 000003 300100");
    save_hex("shape", "client_key_exchange", "10 01 02 0909");
    save_hex("shape", "ticket",
             "04 00 00000e10 01020304 02 0001 0003 747474 0008 002a 0004 00000400");
}

static void add_record(script_bytes *out, const script_bytes *message)
{
    script_append_hex(out, "16 0303");
    script_append_number(out, message->len, 2);
    script_append_view(out, script_view(message));
}

/* A TLS 1.2 flight whose signature is wrong: the client gets that far. */
static void save_tls12(void)
{
    hfi_view leaf = script_certificate(SCRIPT_P256);
    script_bytes out = {NULL, 0, 0}, m = {NULL, 0, 0};

    script_append_number(&out, FUZZ_TLS12, 1);
    script_message_begin(&m, 2);
    script_append_hex(&m, "0303 11*32 00 c02b 00 000d ff01000100 00170000 00230000");
    script_message_end(&m);
    add_record(&out, &m);
    script_message_begin(&m, 11);
    script_append_number(&m, leaf.len + 3, 3);
    script_append_number(&m, leaf.len, 3);
    script_append_view(&m, leaf);
    save("msg_certificate_tls12", "leaf", hfi_view_of(m.p + 4, m.len - 4));
    script_message_end(&m);
    add_record(&out, &m);
    script_message_begin(&m, 12);
    script_append_hex(&m, "03 001d 20 09*32 0403 0008 3006020101020101");
    save("msg_server_key_exchange", "x25519", hfi_view_of(m.p + 4, m.len - 4));
    script_message_end(&m);
    add_record(&out, &m);
    script_message_begin(&m, 14);
    script_message_end(&m);
    add_record(&out, &m);
    save("client", "tls12", script_view(&out));
    save_hex("msg_certificate_request_tls12", "one",
             "02 0140 0004 04030804 0003 0001 30");
    save_hex("msg_ticket_tls12", "one", "00000e10 0003 010203");
    save_hex("compressed_certificate", "zlib",
             "0001 000030 000018 78da4b4e2d2ac94ccb4c4e2c49554826cce60200cd111277");
    save_hex("compressed_certificate", "brotli",
             "0002 000030 000011 a178010020a500928a00d34c2d5c0b6e00");
    save_hex("compressed_certificate", "zstd",
             "0003 000030 00001c "
             "28b52ffd20309d0000686365727469666963617465200a01004e9624");
    save_hex("msg_certificate_status", "one", "01 000003 300100");
    script_free(&m);
    script_free(&out);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_seeds FOLDER\n");
        return 2;
    }
    folder = argv[1];
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        save_flow(&kinds[i]);
    save_scripts();
    save_shapes();
    save_demands();
    save_server();
    save_tls12();
    return 0;
}
