/* tests/unit/msg/test_msg_tls12.c: what a server of TLS 1.2 writes, byte for byte, and
 * that nothing goes out where it does not fit.
 * RFC 5246 7.4.3, 7.4.4; RFC 8422 5.4, 5.7; RFC 5077 3.3; RFC 6066 8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "msg/tls12.h"
#include "script_bytes.h"

static const uint8_t share[] = {9, 9};
static const uint8_t signature[] = {1, 2, 3};

static void write_params(hfi_writer *w)
{
    hfi_msg_write_server_params(w, 29, hfi_view_of(share, sizeof share));
}

static void write_key_exchange(hfi_writer *w)
{
    hfi_msg_write_server_key_exchange(w, hfi_view_of(share, sizeof share), 0x0807,
                                      hfi_view_of(signature, sizeof signature));
}

static void write_request(hfi_writer *w)
{
    static const uint8_t types[] = {1, 64};
    static const uint8_t schemes[] = {4, 3, 8, 4};
    static const uint8_t names[] = {0, 2, 0x30, 0};
    hfi_certificate_request_tls12 m = {hfi_view_of(types, 2), hfi_view_of(schemes, 4),
                                       hfi_view_of(names, 4)};

    hfi_msg_write_certificate_request_tls12(w, &m);
}

static void write_ticket(hfi_writer *w)
{
    hfi_ticket_tls12 m = {7200, hfi_view_of_text("tu")};

    hfi_msg_write_ticket_tls12(w, &m);
}

static void write_no_ticket(hfi_writer *w)
{
    hfi_ticket_tls12 m = {0, hfi_view_of(NULL, 0)};

    hfi_msg_write_ticket_tls12(w, &m);
}

static void write_status(hfi_writer *w)
{
    hfi_msg_write_certificate_status(w, hfi_view_of(signature, sizeof signature));
}

static void write_client(hfi_writer *w)
{
    hfi_msg_write_client_key_exchange(w, hfi_view_of(share, sizeof share));
}

static const struct {
    void (*write)(hfi_writer *w);
    const char *hex;
} rows[] = {
    {write_params, "03 001d 02 0909"},
    {write_key_exchange, "0909 0807 0003 010203"},
    {write_request, "02 0140 0004 0403 0804 0004 0002 3000"},
    {write_ticket, "00001c20 0002 7475"},
    {write_no_ticket, "00000000 0000"},
    {write_status, "01 000003 010203"},
    {write_client, "02 0909"},
};

static void test_no_room(void **state)
{
    (void)state;
    uint8_t bytes[64];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hfi_writer whole = hfi_writer_of(bytes, sizeof bytes);
        rows[i].write(&whole);
        for (size_t cap = 0; cap < hfi_writer_view(&whole).len; cap++) {
            hfi_writer w = hfi_writer_of(bytes, cap);
            rows[i].write(&w);
            assert_int_equal(hfi_writer_view(&w).len, 0);
        }
    }
}

static void test_bytes(void **state)
{
    (void)state;
    uint8_t bytes[64];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        script_bytes want = {NULL, 0, 0};
        hfi_writer w = hfi_writer_of(bytes, sizeof bytes);
        rows[i].write(&w);
        script_append_hex(&want, rows[i].hex);
        assert_true(hfi_view_equal(hfi_writer_view(&w), script_view(&want)));
        script_free(&want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
