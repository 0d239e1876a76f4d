/* capi/replay_warning.c: what a recording holds, told to whoever is about to pass it on.
 */
#include <stdarg.h>
#include <stdio.h>

#include "capi/recording.h"
#include "wire/reader.h"

typedef struct contents {
    uint64_t received;
    size_t roots, chains;
    bool is_server, session, psk, reads;
    char name[HFI_HOSTNAME_MAX + 1];
} contents;

static void add(hf_replay *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(hf_replay *p, const char *format, ...)
{
    size_t used = strlen(p->warning);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(p->warning + used, sizeof p->warning - used, format, arguments);
    va_end(arguments);
}

/* Only letters that a host name can have reach a terminal. */
static void note_name(contents *c, hfi_view name)
{
    for (size_t i = 0; i < name.len && i < HFI_HOSTNAME_MAX; i++) {
        const uint8_t letter = name.p[i];
        c->name[i] = '?';
        if (letter > ' ' && letter < 0x7f)
            c->name[i] = (char)letter;
    }
}

static void note_connection(contents *c, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    c->is_server = hfi_read_u8(&r) == HFI_ROLE_SERVER;
    (void)hfi_read_bytes(&r, 1 + 8 + 8);
    (void)hfi_read_vec16(&r, 0, 65535);
    (void)hfi_read_vec16(&r, 0, 65535);
    if (hfi_reader_more(&r))
        note_name(c, hfi_read_vec16(&r, 0, HFI_HOSTNAME_MAX));
}

static void note(contents *c, uint8_t kind, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    uint8_t first = hfi_reader_peek(&r);

    if (kind == HFI_CHUNK_CONNECTION)
        note_connection(c, body);
    c->roots += kind == HFI_CHUNK_ROOT;
    c->chains += kind == HFI_CHUNK_CHAIN || kind == HFI_CHUNK_OWN_CHAIN;
    c->session |= kind == HFI_CHUNK_SESSION || (kind == HFI_CHUNK_TICKET && body.len > 1);
    c->psk |= kind == HFI_CHUNK_PSK || (kind == HFI_CHUNK_FOUND_PSK && body.len > 4);
    c->is_server |= kind == HFI_CHUNK_CALL && first == HFI_CALL_ACCEPT;
    c->reads |= kind == HFI_CHUNK_CALL &&
                (first == HFI_CALL_READ || first == HFI_CALL_READ_EARLY);
    if (kind == HFI_CHUNK_FEED)
        c->received += body.len;
    if (kind == HFI_CHUNK_READ && body.len > 8)
        c->received += body.len - 8;
}

void hfi_replay_describe(hf_replay *p)
{
    contents c = {.received = 0};
    size_t at = HFI_RECORDING_FRONT;
    uint8_t kind;
    hfi_view body;

    while (hfi_tape_next(hfi_view_of(p->bytes, p->len), &at, &kind, &body))
        note(&c, kind, body);
    add(p,
        "It holds the secrets of one connection of a %s%s%s: whoever has it can derive "
        "its keys.",
        c.is_server ? "server" : "client", c.name[0] != '\0' ? " to " : "", c.name);
    add(p, "\nIt holds all %llu bytes that the peer sent%s.",
        (unsigned long long)c.received,
        c.reads ? ", application data included, which can be read with those keys" : "");
    if (c.session)
        add(p, "\nIt holds a session that can be resumed by others until it expires.");
    if (c.psk)
        add(p,
            "\nIt holds a pre-shared key, which others can use as long as it is valid.");
    if (c.chains != 0)
        add(p, "\nIt holds %zu certificate chain%s of ours; private keys are not in it.",
            c.chains, c.chains == 1 ? "" : "s");
    if (c.roots != 0)
        add(p, "\nIt tells which %zu root%s this side trusts.", c.roots,
            c.roots == 1 ? "" : "s");
}
