/* engine/handshake/demand.c: what a peer wants of our certificate, put into few bytes.
 * RFC 8446 4.2.4, 4.2.5, 4.3.2; RFC 5246 7.4.4.
 * It is the peer who says how long its lists are: of each the first entries are told.
 * What is malformed is refused elsewhere; here the readable part is told. */
#include "handshake/demand.h"

#include "msg/extensions.h"
#include "pki/name.h"
#include "pki/x509.h"
#include "wire/reader.h"

enum { NAME_SHOWN = 192 };

/* Room for all the text there may be. */
static hfi_demand *begin(const hfi_alloc *alloc)
{
    return hfi_alloc_zeroed(alloc, sizeof(hfi_demand) + HFI_DEMAND_TEXT_MAX);
}

/* As few bytes as it takes, instead of draft. */
static hfi_demand *finish(const hfi_alloc *alloc, hfi_demand *draft)
{
    hfi_demand *d = hfi_alloc_copy(alloc, draft, sizeof *draft + draft->text_len);

    hfi_alloc_release(alloc, draft);
    return d;
}

static hfi_view content_of_vec16(hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    return hfi_read_vec16(&r, 0, 65535);
}

/* ---- names ---- */

/* What is no name has no "=" in its text. */
static const char *text_of(hfi_view name, char *room, size_t size)
{
    if (!hfi_name_valid(name))
        return "a name that cannot be read";
    if (hfi_name_empty(name))
        return "an empty name";
    hfi_x509_name_text(name, room, size);
    return room;
}

static bool add_name(hfi_demand *d, hfi_view name)
{
    char room[NAME_SHOWN];

    if (d->name_count == HFI_DEMAND_NAMES_MAX || d->names_left_out != 0)
        return false;
    const char *text = text_of(name, room, sizeof room);
    size_t size = strlen(text) + 1;
    if (size > (size_t)(HFI_DEMAND_TEXT_MAX - d->text_len))
        return false;
    memcpy(d->text + d->text_len, text, size);
    d->text_len = (uint16_t)(d->text_len + size);
    d->name_count++;
    return true;
}

/* Names, each behind two bytes of length: 65,535 bytes hold fewer than 32,768 of them. */
static void add_names(hfi_demand *d, hfi_view names)
{
    hfi_reader r = hfi_reader_of(names);

    while (hfi_reader_more(&r)) {
        hfi_view name = hfi_read_vec16(&r, 0, 65535);
        if (!r.failed && !add_name(d, name))
            d->names_left_out++;
    }
    d->incomplete |= d->names_left_out != 0;
}

/* ---- the rest ---- */

static uint8_t add_schemes(hfi_demand *d, uint16_t *list, hfi_view pairs)
{
    hfi_reader r = hfi_reader_of(pairs);
    uint8_t count = 0;

    while (hfi_reader_more(&r)) {
        uint16_t scheme = hfi_read_u16(&r);
        if (r.failed || count == HFI_DEMAND_SCHEMES_MAX) {
            d->incomplete = true;
            break;
        }
        list[count++] = scheme;
    }
    return count;
}

static void add_types(hfi_demand *d, hfi_view types)
{
    size_t count = types.len < HFI_DEMAND_TYPES_MAX ? types.len : HFI_DEMAND_TYPES_MAX;

    if (count != 0)
        memcpy(d->types, types.p, count);
    d->type_count = (uint8_t)count;
    d->incomplete |= count < types.len;
}

static void count_filters(hfi_demand *d, hfi_view filters)
{
    hfi_reader r = hfi_reader_of(filters);

    while (hfi_reader_more(&r)) {
        (void)hfi_read_vec8(&r, 0, 255);
        (void)hfi_read_vec16(&r, 0, 65535);
        if (!r.failed)
            d->filters++;
    }
}

static void add_extension(hfi_demand *d, const hfi_extension *e)
{
    hfi_view content = content_of_vec16(e->body);

    switch (e->type) {
    case HFI_EXT_SIGNATURE_ALGORITHMS:
        d->scheme_count = add_schemes(d, d->schemes, content);
        break;
    case HFI_EXT_SIGNATURE_ALGORITHMS_CERT:
        d->cert_scheme_count = add_schemes(d, d->cert_schemes, content);
        break;
    case HFI_EXT_CERTIFICATE_AUTHORITIES:
        add_names(d, content);
        break;
    case HFI_EXT_OID_FILTERS:
        count_filters(d, content);
        break;
    default:
        break;
    }
}

/* ---- the whole ---- */

static hfi_err keep(hfi_hs *hs, hfi_demand *draft)
{
    const hfi_alloc *alloc = &hs->settings->alloc;

    hfi_alloc_release(alloc, hs->report->demand);
    hs->report->demand = finish(alloc, draft);
    return hs->report->demand != NULL ? HFI_OK : HFI_E_NO_MEMORY;
}

hfi_err hfi_demand_keep(hfi_hs *hs, const hfi_extension_list *extensions)
{
    hfi_demand *d = begin(&hs->settings->alloc);

    if (d == NULL)
        return HFI_E_NO_MEMORY;
    for (size_t i = 0; i < extensions->count; i++)
        add_extension(d, &extensions->items[i]);
    return keep(hs, d);
}

hfi_err hfi_demand_keep_tls12(hfi_hs *hs, const hfi_certificate_request_tls12 *message)
{
    hfi_demand *d = begin(&hs->settings->alloc);

    if (d == NULL)
        return HFI_E_NO_MEMORY;
    add_types(d, message->types);
    d->scheme_count = add_schemes(d, d->schemes, message->schemes);
    add_names(d, message->authorities);
    return keep(hs, d);
}

hfi_demand *hfi_demand_of_authorities(const hfi_alloc *alloc, hfi_view body)
{
    hfi_demand *d = begin(alloc);

    if (d == NULL)
        return NULL;
    add_names(d, content_of_vec16(body));
    return finish(alloc, d);
}
