/* engine/conn/diagnosis.c: a message was refused because it cannot be read: what in it
 * does not fit.  RFC 8446 4, 6.2.  The parsers tell only that they refuse. */
#include "conn/internal.h"
#include "keys/tls12.h"
#include "msg/shape.h"
#include "msg/types.h"
#include "wire/reader.h"

/* A ClientHello is read before a version is agreed on. */
static uint16_t version_of(const hfi_conn *c, uint8_t type)
{
    if (type == HFI_CLIENT_HELLO)
        return hfi_settings_allow(c->settings, 0x0304) ? 0x0304 : 0x0303;
    return c->agreed.version;
}

static size_t verify_data_of(const hfi_conn *c)
{
    if (c->agreed.version == 0x0303)
        return HFI_TLS12_VERIFY_DATA;
    return c->hs == NULL || c->hs->suite.hash == NULL ? 0 : c->hs->suite.hash->size;
}

void hfi_conn_diagnose(hfi_conn *c, hfi_err err, hfi_view message)
{
    hfi_reader r = hfi_reader_of(message);
    hfi_shape_context context = {.type = hfi_read_u8(&r)};

    (void)hfi_read_u24(&r);
    context.version = version_of(c, context.type);
    context.verify_data = verify_data_of(c);
    hfi_shape_report(&c->report, err, &context, hfi_read_rest(&r));
}
