/* tests/support/script12_record.c: protected records of TLS 1.2.  RFC 5246 6.2.3.3;
 * RFC 5288 3; RFC 7905 2.  Apart from engine/record, so that one can show the other's
 * mistakes. */
#include <assert.h>

#include "script12_server.h"

const hfi_aead *script12_aead(uint16_t suite)
{
    switch (suite) {
    case 0xc02c:
    case 0xc030:
        return hfi_crypto_nettle.aes_256_gcm;
    case 0xcca8:
    case 0xcca9:
        return hfi_crypto_nettle.chacha20_poly1305;
    default:
        return hfi_crypto_nettle.aes_128_gcm;
    }
}

const hfi_hash *script12_hash(uint16_t suite)
{
    bool sha384 =
        suite == 0xc02c || suite == 0xc030 || suite == 0xc024 || suite == 0xc028;

    return sha384 ? hfi_crypto_nettle.sha384 : hfi_crypto_nettle.sha256;
}

/* The key block: both write keys, then both write IVs (RFC 5246 6.3). */
void script12_protect(script_protection *p, scripted_server *s, hfi_side side)
{
    const hfi_aead *aead = script12_aead(s->suite);
    size_t salt = aead == hfi_crypto_nettle.chacha20_poly1305 ? 12 : 4;
    size_t which = side == HFI_CLIENT ? 0 : 1;
    uint8_t block[2 * (HFI_AEAD_KEY_MAX + HFI_AEAD_NONCE)];

    assert(aead->ctx_size <= sizeof p->ctx);
    if (script12_cbc_protect(p, s, side))
        return;
    hfi_tls12_prf(s->hash, hfi_view_of(s->tls12.master, HFI_MASTER_SECRET),
                  "key expansion", hfi_view_of(s->tls12.server_random, 32),
                  hfi_view_of(s->tls12.client_random, 32), block,
                  2 * (aead->key_len + salt));
    aead->init(p->ctx, block + which * aead->key_len);
    memcpy(s->tls12.write_keys[side], block + which * aead->key_len, aead->key_len);
    memset(p->iv, 0, sizeof p->iv);
    memcpy(p->iv, block + 2 * aead->key_len + which * salt, salt);
    p->aead = aead;
    p->sequence = 0;
    p->is_tls12 = true;
    p->explicit_nonce = HFI_AEAD_NONCE - salt;
}

static void append_sequence(const script_protection *p, script_bytes *out)
{
    script_append_number(out, p->sequence, 8);
}

static void additional_data(const script_protection *p, uint8_t type, size_t len,
                            script_bytes *out)
{
    append_sequence(p, out);
    script_append_number(out, type, 1);
    script_append_number(out, 0x0303, 2);
    script_append_number(out, len, 2);
}

/* With an explicit part that one stands behind the salt; without, RFC 7905 XORs. */
static void nonce_of(const script_protection *p, const uint8_t *explicit_part,
                     uint8_t *nonce)
{
    memcpy(nonce, p->iv, HFI_AEAD_NONCE);
    for (size_t i = 0; i < 8; i++) {
        if (p->explicit_nonce != 0)
            nonce[4 + i] = explicit_part[i];
        else
            nonce[4 + i] ^= (uint8_t)(p->sequence >> (56 - 8 * i));
    }
}

/* Our explicit nonces are not the sequence number: a client must take what stands in the
 * record (RFC 5288 3). */
void script12_seal(script_protection *p, uint8_t type, hfi_view content,
                   script_bytes *out)
{
    uint8_t nonce[HFI_AEAD_NONCE];
    script_bytes ad = {NULL, 0, 0}, body = {NULL, 0, 0};

    if (p->cbc != NULL) {
        script12_cbc_seal(p, type, content, out);
        return;
    }
    if (p->explicit_nonce != 0)
        script_append_number(&body, 0xa5a5000000000000u + 3 * p->sequence, 8);
    script_append_view(&body, content);
    for (size_t i = 0; i < p->aead->tag_len; i++)
        script_append_number(&body, 0, 1);
    additional_data(p, type, content.len, &ad);
    nonce_of(p, body.p, nonce);
    uint8_t *at = body.p + p->explicit_nonce;
    p->aead->seal(p->ctx, nonce, script_view(&ad), at, content.len, at);
    p->sequence++;

    script_append_number(out, type, 1);
    script_append_number(out, 0x0303, 2);
    script_append_number(out, body.len, 2);
    script_append_view(out, script_view(&body));
    script_free(&ad);
    script_free(&body);
}

bool script12_open(script_protection *p, const uint8_t *header, uint8_t **body,
                   size_t *len)
{
    uint8_t nonce[HFI_AEAD_NONCE];
    script_bytes ad = {NULL, 0, 0};

    if (p->cbc != NULL)
        return script12_cbc_open(p, header, body, len);
    if (*len < p->explicit_nonce + p->aead->tag_len)
        return false;
    nonce_of(p, *body, nonce);
    *body += p->explicit_nonce;
    *len -= p->explicit_nonce;
    additional_data(p, header[0], *len - p->aead->tag_len, &ad);
    bool good = p->aead->open(p->ctx, nonce, script_view(&ad), *body, *len, *body);
    script_free(&ad);
    if (!good)
        return false;
    p->sequence++;
    *len -= p->aead->tag_len;
    return true;
}
