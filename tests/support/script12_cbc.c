/* tests/support/script12_cbc.c: records of CBC suites.  RFC 5246 6.2.3.2; RFC 7366 3.
 * Apart from engine/record, so that one can show the other's mistakes. */
#include <assert.h>

#include "script12_server.h"

enum { BLOCK = 16 };

/* Stands for a key where only its presence counts. */
static const hfi_aead present = {.name = "CBC"};

static const hfi_hash *mac_of(uint16_t suite)
{
    switch (suite) {
    case 0xc009:
    case 0xc00a:
    case 0xc013:
    case 0xc014:
        return hfi_crypto_nettle.sha1;
    case 0xc023:
    case 0xc027:
        return hfi_crypto_nettle.sha256;
    case 0xc024:
    case 0xc028:
        return hfi_crypto_nettle.sha384;
    default:
        return NULL;
    }
}

bool script12_cbc_known(uint16_t suite)
{
    return mac_of(suite) != NULL;
}

static const hfi_cbc *cipher_of(uint16_t suite)
{
    bool is_128 =
        suite == 0xc009 || suite == 0xc013 || suite == 0xc023 || suite == 0xc027;

    return is_128 ? hfi_crypto_nettle.aes_128_cbc : hfi_crypto_nettle.aes_256_cbc;
}

/* The key block: both MAC keys, then both write keys (RFC 5246 6.3). */
bool script12_cbc_protect(script_protection *p, scripted_server *s, hfi_side side)
{
    const hfi_hash *mac = mac_of(s->suite);
    const hfi_cbc *cbc = cipher_of(s->suite);
    size_t which = side == HFI_CLIENT ? 0 : 1;
    uint8_t block[2 * (48 + HFI_AEAD_KEY_MAX)];

    if (mac == NULL)
        return false;
    assert(cbc->ctx_size <= sizeof p->ctx);
    hfi_tls12_prf(s->hash, hfi_view_of(s->tls12.master, HFI_MASTER_SECRET),
                  "key expansion", hfi_view_of(s->tls12.server_random, 32),
                  hfi_view_of(s->tls12.client_random, 32), block,
                  2 * (mac->size + cbc->key_len));
    const uint8_t *key = block + 2 * mac->size + which * cbc->key_len;
    mac->hmac_key(&p->mac_key, block + which * mac->size, mac->size);
    cbc->init(p->ctx, key);
    memcpy(s->tls12.write_keys[side], key, cbc->key_len);
    p->aead = &present;
    p->cbc = cbc;
    p->mac = mac;
    p->encrypt_then_mac = s->tls12.encrypt_then_mac;
    p->cbc_blocks = s->config.tls12.cbc_blocks;
    p->sequence = 0;
    p->is_tls12 = true;
    return true;
}

static void make_mac(script_protection *p, uint8_t type, hfi_view text, uint8_t *out)
{
    script_bytes header = {NULL, 0, 0};

    script_append_number(&header, p->sequence, 8);
    script_append_number(&header, type, 1);
    script_append_number(&header, 0x0303, 2);
    script_append_number(&header, text.len, 2);
    p->mac->hmac_update(&p->mac_key, header.p, header.len);
    p->mac->hmac_update(&p->mac_key, text.p, text.len);
    p->mac->hmac_finish(&p->mac_key, out);
    script_free(&header);
}

void script12_cbc_seal(script_protection *p, uint8_t type, hfi_view content,
                       script_bytes *out)
{
    script_bytes body = {NULL, 0, 0};
    uint8_t mac[HFI_HASH_SIZE_MAX];

    script_append_number(&body, 0x1234567812345678u * (p->sequence + 1), 8);
    script_append_number(&body, 0x5a5a5a5a5a5a5a5au, 8);
    script_append_view(&body, content);
    if (!p->encrypt_then_mac) {
        make_mac(p, type, content, mac);
        script_append(&body, mac, p->mac->size);
    }
    size_t padding = BLOCK - 1 - body.len % BLOCK + BLOCK * p->cbc_blocks;
    for (size_t i = 0; i <= padding; i++)
        script_append_number(&body, padding, 1);
    p->cbc->encrypt(p->ctx, body.p, body.p + BLOCK, body.len - BLOCK, body.p + BLOCK);
    if (p->encrypt_then_mac) {
        make_mac(p, type, script_view(&body), mac);
        script_append(&body, mac, p->mac->size);
    }
    p->sequence++;
    script_append_number(out, type, 1);
    script_append_number(out, 0x0303, 2);
    script_append_number(out, body.len, 2);
    script_append_view(out, script_view(&body));
    script_free(&body);
}

bool script12_cbc_open(script_protection *p, const uint8_t *header, uint8_t **body,
                       size_t *len)
{
    uint8_t mac[HFI_HASH_SIZE_MAX];
    size_t size = p->mac->size;
    size_t outside = p->encrypt_then_mac ? size : 0;
    size_t inside = size - outside;

    if (*len < 2 * BLOCK + outside || (*len - outside) % BLOCK != 0)
        return false;
    *len -= outside;
    if (outside != 0) {
        make_mac(p, header[0], hfi_view_of(*body, *len), mac);
        if (memcmp(mac, *body + *len, size) != 0)
            return false;
    }
    uint8_t *text = *body + BLOCK;
    *len -= BLOCK;
    p->cbc->decrypt(p->ctx, *body, text, *len, text);
    uint8_t padding = text[*len - 1];
    if (*len < (size_t)padding + 1 + inside)
        return false;
    for (size_t i = 0; i <= padding; i++) {
        if (text[*len - 1 - i] != padding)
            return false;
    }
    *len -= (size_t)padding + 1 + inside;
    if (inside != 0) {
        make_mac(p, header[0], hfi_view_of(text, *len), mac);
        if (memcmp(mac, text + *len, size) != 0)
            return false;
    }
    *body = text;
    p->sequence++;
    return true;
}
