/* fuzz/fuzz_ticket.c: tickets.  The first byte says whether the rest is one as it came,
 * or the content of one whose seal is right: then an AEAD that lets everything pass
 * stands in the place of the real one, so that what is read is what the input says. */
#include <stdlib.h>

#include "session/ticket.h"

enum { NOW = 1780315200, HEADER = 44, TAG = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size + 1);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void start(void *ctx, const uint8_t *key)
{
    (void)ctx;
    (void)key;
}

static bool pass(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                 const uint8_t *in, size_t len, uint8_t *out)
{
    (void)ctx;
    (void)nonce;
    (void)ad;
    if (len < TAG)
        return false;
    memcpy(out, in, len - TAG);
    return true;
}

/* What was opened can be sealed and opened again, and is the same. */
static void check(hfi_ticket_keys *set, const hfi_alloc *alloc,
                  const hfi_session *session)
{
    static const hfi_sealed_for nothing;
    const hfi_session_fields *f = hfi_session_get(session);
    size_t size = hfi_ticket_sealed_size(f), len;
    uint8_t *bytes = malloc(size);
    hfi_session *again;
    bool renew;

    if (bytes == NULL ||
        hfi_ticket_seal(set, &hfi_random_system, NOW, &nothing, f, bytes, size, &len) !=
            HFI_OK ||
        len != size ||
        hfi_ticket_open(set, alloc, NOW, &nothing, hfi_view_of(bytes, len), &again,
                        &renew) != HFI_OK ||
        again == NULL)
        abort();
    const hfi_session_fields *g = hfi_session_get(again);
    if (g->version != f->version || g->suite != f->suite || g->psk_len != f->psk_len ||
        memcmp(g->psk, f->psk, f->psk_len) != 0 || !hfi_view_equal(g->leaf, f->leaf) ||
        !hfi_view_equal(g->alpn, f->alpn) || !hfi_view_equal(g->hostname, f->hostname))
        abort();
    hfi_session_free(again);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const hfi_sealed_for nothing;
    static uint8_t given[HFI_TICKET_KEY_BYTES];
    const hfi_alloc alloc = {allocate, release, NULL};
    hfi_aead passing = *hfi_crypto_nettle.chacha20_poly1305;
    hfi_crypto crypto = hfi_crypto_nettle, real = hfi_crypto_nettle;
    hfi_ticket_keys set, right;
    hfi_session *session = NULL;
    bool renew;

    if (size == 0)
        return 0;
    passing.init = start;
    passing.open = pass;
    crypto.chacha20_poly1305 = &passing;
    memset(given, 7, sizeof given);
    memset(&set, 0, sizeof set);
    memset(&right, 0, sizeof right);
    hfi_ticket_keys_init(&set, data[0] & 1 ? &crypto : &real, 7200);
    hfi_ticket_keys_init(&right, &real, 7200);
    if (hfi_ticket_keys_give(&set, hfi_view_of(given, sizeof given)) != HFI_OK)
        abort();
    size_t before = data[0] & 2 ? HEADER : 0;
    uint8_t *bytes = malloc(before + size + TAG);
    if (bytes == NULL)
        abort();
    memset(bytes, 7, before);
    memcpy(bytes + before, data + 1, size - 1);
    memset(bytes + before + size - 1, 0, TAG + 1);
    if (hfi_ticket_open(&set, &alloc, NOW, &nothing,
                        hfi_view_of(bytes, before + size - 1 + TAG), &session,
                        &renew) != HFI_OK)
        abort();
    if (session != NULL)
        check(&right, &alloc, session);
    hfi_session_free(session);
    free(bytes);
    return 0;
}
