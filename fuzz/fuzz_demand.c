/* fuzz/fuzz_demand.c: what a peer wants of our certificate, as the record keeps it.  The
 * first byte says what the rest is: a CertificateRequest of TLS 1.3 or 1.2, or the
 * certificate_authorities of a ClientHello.  Whatever the lists hold, what is told of
 * them stays within its bounds and is clean text. */
#include <stdlib.h>
#include <string.h>

#include "handshake/demand.h"
#include "msg/certificate_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAME_MAX_LEN = 191 };

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void require(bool is_so)
{
    if (!is_so)
        abort();
}

static void check_name(const char *name)
{
    require(name != NULL && name[0] != '\0' && strlen(name) <= NAME_MAX_LEN);
    for (const char *p = name; *p != '\0'; p++)
        require((uint8_t)*p >= 0x20 && *p != 0x7f);
}

static void check(const hfi_demand *d)
{
    if (d == NULL)
        return;
    require(d->scheme_count <= HFI_DEMAND_SCHEMES_MAX &&
            d->cert_scheme_count <= HFI_DEMAND_SCHEMES_MAX &&
            d->type_count <= HFI_DEMAND_TYPES_MAX &&
            d->name_count <= HFI_DEMAND_NAMES_MAX && d->text_len <= HFI_DEMAND_TEXT_MAX);
    require(d->names_left_out == 0 || d->incomplete);
    for (size_t i = 0; i < d->name_count; i++)
        check_name(hfi_demand_name(d, i));
    require(hfi_demand_name(d, d->name_count) == NULL);
}

static void keep(hfi_hs *hs, uint8_t which, hfi_view body)
{
    hfi_certificate_request request;
    hfi_certificate_request_tls12 old;

    if (which == 0 && hfi_msg_read_certificate_request(body, &request) == HFI_OK)
        require(hfi_demand_keep(hs, &request.extensions) == HFI_OK);
    else if (which == 1 && hfi_msg_read_certificate_request_tls12(body, &old) == HFI_OK)
        require(hfi_demand_keep_tls12(hs, &old) == HFI_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static hfi_settings settings = {.alloc = {allocate, release, NULL}};
    hfi_report report = {.code = HFI_OK};
    hfi_hs hs = {.settings = &settings, .report = &report};

    if (size == 0)
        return 0;
    hfi_view body = hfi_view_of(data + 1, size - 1);
    if (data[0] % 3 == 2) {
        hfi_demand *d = hfi_demand_of_authorities(&settings.alloc, body);
        check(d);
        free(d);
        return 0;
    }
    /* A second one takes the place of the first. */
    keep(&hs, data[0] % 3, body);
    keep(&hs, data[0] % 3, body);
    check(report.demand);
    hfi_report_reset(&report, &settings.alloc);
    return 0;
}
