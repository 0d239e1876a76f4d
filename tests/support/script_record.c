/* tests/support/script_record.c: records, protected and not.  RFC 8446 5.2, 5.3.
 * Apart from engine/record, so that one can show the other's mistakes. */
#include "script_record.h"

#include <assert.h>

#include "script12_server.h"

void script_protect(script_protection *p, const hfi_hash *hash, const hfi_aead *aead,
                    const uint8_t *secret)
{
    uint8_t key[HFI_AEAD_KEY_MAX];

    assert(aead->ctx_size <= sizeof p->ctx);
    hfi_keys_traffic(hash, secret, aead->key_len, key, p->iv);
    aead->init(p->ctx, key);
    p->aead = aead;
    p->sequence = 0;
}

static void nonce_of(const script_protection *p, uint8_t *nonce)
{
    memcpy(nonce, p->iv, HFI_AEAD_NONCE);
    for (size_t i = 0; i < 8; i++)
        nonce[HFI_AEAD_NONCE - 1 - i] ^= (uint8_t)(p->sequence >> (8 * i));
}

static void header(script_bytes *out, uint8_t type, size_t len)
{
    script_append_number(out, type, 1);
    script_append_number(out, 0x0303, 2);
    script_append_number(out, len, 2);
}

void script_seal(script_protection *p, uint8_t type, hfi_view content, size_t padding,
                 script_bytes *out)
{
    uint8_t nonce[HFI_AEAD_NONCE];
    script_bytes inner = {NULL, 0, 0};

    if (p->is_tls12) {
        script12_seal(p, type, content, out);
        return;
    }
    if (p->aead == NULL) {
        header(out, type, content.len);
        script_append_view(out, content);
        return;
    }
    script_append_view(&inner, content);
    script_append_number(&inner, type, 1);
    for (size_t i = 0; i < padding + p->aead->tag_len; i++)
        script_append_number(&inner, 0, 1);

    size_t start = out->len;
    header(out, 23, inner.len);
    nonce_of(p, nonce);
    p->aead->seal(p->ctx, nonce, hfi_view_of(out->p + start, 5), inner.p,
                  inner.len - p->aead->tag_len, inner.p);
    p->sequence++;
    script_append_view(out, script_view(&inner));
    script_free(&inner);
}

int script_open(script_protection *p, const uint8_t *head, uint8_t *body, size_t *len)
{
    uint8_t nonce[HFI_AEAD_NONCE];

    if (p->aead == NULL || *len < p->aead->tag_len + 1)
        return -1;
    nonce_of(p, nonce);
    if (!p->aead->open(p->ctx, nonce, hfi_view_of(head, 5), body, *len, body))
        return -1;
    p->sequence++;
    *len -= p->aead->tag_len;
    while (*len > 0 && body[*len - 1] == 0)
        --*len;
    if (*len == 0)
        return 0;
    --*len;
    return body[*len];
}
