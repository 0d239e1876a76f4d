/* engine/keys/key_log.c: lines of the NSS key log format (SSLKEYLOGFILE, RFC 9850).
 * Where the lines go is the application's choice, made in capi/. */
#include "keys/key_log.h"

#include "base/ct.h"
#include "wire/writer.h"

/* Without a table: the digits of a secret decide no address. */
static uint8_t hex_digit(unsigned nibble)
{
    unsigned letter = (9U - nibble) >> 8 & 1U; /* 1 for 10 to 15 */
    return (uint8_t)('0' + nibble + letter * ('a' - '0' - 10));
}

static void write_hex(hfi_writer *w, hfi_view bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        hfi_write_u8(w, hex_digit(bytes.p[i] >> 4));
        hfi_write_u8(w, hex_digit(bytes.p[i] & 15));
    }
}

void hfi_key_log_line(const char *label, hfi_view client_random, hfi_view secret,
                      char line[HFI_KEY_LOG_LINE_MAX])
{
    hfi_writer w = hfi_writer_of((uint8_t *)line, HFI_KEY_LOG_LINE_MAX);

    hfi_write_bytes(&w, hfi_view_of_text(label));
    hfi_write_u8(&w, ' ');
    write_hex(&w, client_random);
    hfi_write_u8(&w, ' ');
    write_hex(&w, secret);
    hfi_write_u8(&w, 0);
    /* Half a line would look like a secret and be a wrong one. */
    if (w.failed)
        hfi_wipe(line, HFI_KEY_LOG_LINE_MAX);
}
