/* tests/support/script_hello.c: the client's ClientHello as a strict server sees it.
 * RFC 8446 4.1.2, 4.2.  It judges the client's conduct: what a lenient server would
 * pass over is a fault here. */
#include "script_hello.h"

#include "wire/reader.h"

enum { HEADER = 4 };

typedef struct extension {
    uint16_t type;
    hfi_view data;
} extension;

static extension next_extension(hfi_reader *r)
{
    extension e;

    e.type = hfi_read_u16(r);
    e.data = hfi_read_vec16(r, 0, 65535);
    return e;
}

bool script_hello_find(const script_hello *h, uint16_t type, hfi_view *data)
{
    hfi_reader r = hfi_reader_of(h->extensions);

    while (hfi_reader_more(&r)) {
        extension e = next_extension(&r);
        if (e.type == type && !r.failed) {
            *data = e.data;
            return true;
        }
    }
    return false;
}

bool script_hello_offers(hfi_view list, uint16_t value)
{
    hfi_reader r = hfi_reader_of(list);

    while (hfi_reader_more(&r))
        if (hfi_read_u16(&r) == value && !r.failed)
            return true;
    return false;
}

/* The list inside of an extension that holds nothing but one. */
hfi_view script_hello_list(const script_hello *h, uint16_t type)
{
    hfi_view data = {NULL, 0};

    if (!script_hello_find(h, type, &data))
        return data;
    hfi_reader r = hfi_reader_of(data);
    hfi_view list = type == SCRIPT_EXT_VERSIONS || type == SCRIPT_EXT_PSK_MODES
                        ? hfi_read_vec8(&r, 1, 255)
                        : hfi_read_vec16(&r, 2, 65535);
    return hfi_reader_done(&r) ? list : hfi_view_of(NULL, 0);
}

bool script_hello_share(const script_hello *h, uint16_t *group, hfi_view *share)
{
    hfi_reader r = hfi_reader_of(script_hello_list(h, SCRIPT_EXT_KEY_SHARE));

    while (hfi_reader_more(&r)) {
        uint16_t id = hfi_read_u16(&r);
        hfi_view key = hfi_read_vec16(&r, 1, 65535);
        if (r.failed || (*group != 0 && id != *group))
            continue;
        *group = id;
        *share = key;
        return true;
    }
    return false;
}

bool script_hello_psk(const script_hello *h, size_t index, hfi_view *identity,
                      uint32_t *age, hfi_view *binder, size_t *binders)
{
    hfi_view data;

    if (!script_hello_find(h, SCRIPT_EXT_PRE_SHARED_KEY, &data))
        return false;
    hfi_reader r = hfi_reader_of(data);
    hfi_reader identities = hfi_reader_of(hfi_read_vec16(&r, 7, 65535));
    *binders = r.left;
    hfi_reader list = hfi_reader_of(hfi_read_vec16(&r, 33, 65535));
    for (size_t i = 0; i <= index; i++) {
        *identity = hfi_read_vec16(&identities, 1, 65535);
        *age = hfi_read_u32(&identities);
        *binder = hfi_read_vec8(&list, 32, 255);
    }
    return hfi_reader_done(&r) && !identities.failed && !list.failed;
}

/* ---- judging ---- */

static const char *judge_extensions(const script_hello *h)
{
    hfi_reader r = hfi_reader_of(h->extensions);
    uint16_t seen[64], last = 0;
    size_t count = 0;

    while (hfi_reader_more(&r)) {
        extension e = next_extension(&r);
        if (last == SCRIPT_EXT_PRE_SHARED_KEY && count != 0)
            return "pre_shared_key is not the last extension";
        for (size_t i = 0; i < count; i++)
            if (seen[i] == e.type)
                return "an extension stands twice";
        if (count == 64)
            return "too many extensions";
        seen[count++] = last = e.type;
    }
    return r.failed ? "the extensions do not add up" : NULL;
}

/* Every share belongs to an offered group, in the same order, once.  RFC 8446 4.2.8 */
static const char *judge_shares(const script_hello *h)
{
    hfi_reader groups = hfi_reader_of(script_hello_list(h, SCRIPT_EXT_GROUPS));
    hfi_reader shares = hfi_reader_of(script_hello_list(h, SCRIPT_EXT_KEY_SHARE));

    if (groups.left == 0 || shares.left == 0)
        return "supported_groups or key_share is missing";
    while (hfi_reader_more(&shares)) {
        uint16_t id = hfi_read_u16(&shares);
        (void)hfi_read_vec16(&shares, 1, 65535);
        do {
            if (!hfi_reader_more(&groups))
                return "a key share does not follow supported_groups";
        } while (hfi_read_u16(&groups) != id);
    }
    return shares.failed ? "key_share does not add up" : NULL;
}

static const char *judge(const script_hello *h)
{
    const char *fault = judge_shares(h);
    hfi_view data;

    if (fault != NULL)
        return fault;
    if (!script_hello_offers(script_hello_list(h, SCRIPT_EXT_VERSIONS), 0x0304))
        return "TLS 1.3 is not offered";
    if (script_hello_list(h, SCRIPT_EXT_SCHEMES).len == 0)
        return "signature_algorithms is missing";
    if (script_hello_find(h, SCRIPT_EXT_PRE_SHARED_KEY, &data)) {
        hfi_view modes = script_hello_list(h, SCRIPT_EXT_PSK_MODES);
        if (modes.len != 1 || modes.p[0] != 1)
            return "a PSK comes without psk_dhe_ke";
    }
    if (h->session_id.len != 0 && h->session_id.len != 32)
        return "legacy_session_id is neither empty nor of 32 bytes";
    return NULL;
}

const char *script_hello_read(script_hello *h, hfi_view message)
{
    memset(h, 0, sizeof *h);
    script_append_view(&h->message, message);
    hfi_reader r = hfi_reader_of(script_view(&h->message));

    (void)hfi_read_u32(&r);
    uint16_t version = hfi_read_u16(&r);
    h->random = hfi_read_bytes(&r, 32);
    h->session_id = hfi_read_vec8(&r, 0, 32);
    h->suites = hfi_read_vec16(&r, 2, 65534);
    hfi_view compression = hfi_read_vec8(&r, 1, 255);
    h->extensions = hfi_read_vec16(&r, 8, 65535);
    if (!hfi_reader_done(&r) || h->suites.len % 2 != 0)
        return "ClientHello does not add up";
    if (version != 0x0303)
        return "legacy_version is not 0x0303";
    if (compression.len != 1 || compression.p[0] != 0)
        return "legacy_compression_methods is not one zero byte";
    return judge_extensions(h);
}

const char *script_hello_parse(script_hello *h, hfi_view message)
{
    const char *fault = script_hello_read(h, message);

    return fault == NULL ? judge(h) : fault;
}

void script_hello_free(script_hello *h)
{
    script_free(&h->message);
    memset(h, 0, sizeof *h);
}

/* ---- after HelloRetryRequest ---- */

static bool may_change(uint16_t type)
{
    return type == SCRIPT_EXT_KEY_SHARE || type == SCRIPT_EXT_COOKIE ||
           type == SCRIPT_EXT_PRE_SHARED_KEY || type == SCRIPT_EXT_EARLY_DATA;
}

/* The extensions that must stay stay, with the same data and in the same order. */
static bool same_extensions(const script_hello *a, const script_hello *b)
{
    hfi_reader ra = hfi_reader_of(a->extensions), rb = hfi_reader_of(b->extensions);

    for (;;) {
        extension ea = {0}, eb = {0};
        bool more_a, more_b;
        while ((more_a = hfi_reader_more(&ra)))
            if (ea = next_extension(&ra), !may_change(ea.type))
                break;
        while ((more_b = hfi_reader_more(&rb)))
            if (eb = next_extension(&rb), !may_change(eb.type))
                break;
        if (!more_a || !more_b)
            return more_a == more_b;
        if (ea.type != eb.type || !hfi_view_equal(ea.data, eb.data))
            return false;
    }
}

const char *script_hello_compare(const script_hello *first, const script_hello *second,
                                 hfi_view cookie, uint16_t group)
{
    hfi_view a = {NULL, 0}, b = {NULL, 0};
    size_t fixed = HEADER + 2 + 32 + 1 + first->session_id.len + 2 + first->suites.len;

    if (second->message.len < fixed ||
        memcmp(first->message.p + HEADER, second->message.p + HEADER, fixed - HEADER) !=
            0)
        return "the second ClientHello differs before its extensions";
    if (script_hello_find(second, SCRIPT_EXT_EARLY_DATA, &a))
        return "the second ClientHello offers early data";
    if (!same_extensions(first, second))
        return "the second ClientHello changes an extension that must stay";

    script_bytes want = {NULL, 0, 0};
    bool found = script_hello_find(second, SCRIPT_EXT_COOKIE, &a);
    bool right = found == (cookie.len != 0);
    if (found && right) {
        script_append_number(&want, cookie.len, 2);
        script_append_view(&want, cookie);
        right = hfi_view_equal(a, script_view(&want));
    }
    script_free(&want);
    if (!right)
        return "the cookie is not that of HelloRetryRequest";

    (void)script_hello_find(first, SCRIPT_EXT_KEY_SHARE, &a);
    (void)script_hello_find(second, SCRIPT_EXT_KEY_SHARE, &b);
    if (group == 0)
        return hfi_view_equal(a, b) ? NULL : "the key share changed without need";
    hfi_reader r = hfi_reader_of(script_hello_list(second, SCRIPT_EXT_KEY_SHARE));
    uint16_t id = hfi_read_u16(&r);
    (void)hfi_read_vec16(&r, 1, 65535);
    return hfi_reader_done(&r) && id == group ? NULL
                                              : "key_share is not one share as asked for";
}
