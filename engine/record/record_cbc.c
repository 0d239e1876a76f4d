/* engine/record/record_cbc.c: records of TLS 1.2 under AES-CBC and HMAC.
 * RFC 5246 6.2.3.2 (MAC, then encryption); RFC 7366 3 (encryption, then MAC).
 * The check of decrypted padding and MAC is cbc_check.c's.  What is branched on here is
 * public: lengths of records, and the one verdict on each. */
#include "record/record_cbc.h"

#include "base/ct.h"
#include "record/cbc_check.h"
#include "wire/writer.h"

enum {
    VERSION = 0x0303,
    BLOCK = HFI_CBC_BLOCK,
    IV = HFI_CBC_BLOCK, /* stands before each record's ciphertext */
};

/* In k->ctx; the cipher's own memory follows, aligned as this is. */
typedef struct cbc_ctx {
    hfi_cbc_mac mac;
    alignas(16) uint8_t cipher[];
} cbc_ctx;

size_t hfi_record_cbc_ctx_size(const hfi_record_cbc *cbc)
{
    return sizeof(cbc_ctx) + cbc->cipher->ctx_size;
}

void hfi_record_cbc_set_keys(hfi_record_keys *k, const uint8_t *mac_key,
                             const uint8_t *key)
{
    cbc_ctx *ctx = k->ctx;

    hfi_cbc_mac_init(&ctx->mac, k->cbc.mac, mac_key);
    k->cbc.cipher->init(ctx->cipher, key);
}

/* What the MAC covers beside the text, RFC 5246 6.2.3.1, RFC 7366 3. */
static void make_header(const hfi_record_keys *k, uint8_t type, size_t len,
                        uint8_t header[HFI_CBC_MAC_HEADER])
{
    hfi_writer w = hfi_writer_of(header, HFI_CBC_MAC_HEADER);

    hfi_write_u64(&w, k->sequence);
    hfi_write_u8(&w, type);
    hfi_write_u16(&w, VERSION);
    hfi_write_u16(&w, (uint16_t)len);
}

/* Content, perhaps a MAC, the padding's length; rounded up to whole blocks. */
static size_t padded(size_t len)
{
    return (len / BLOCK + 1) * BLOCK;
}

/* ---- opening ---- */

bool hfi_record_cbc_fits(const hfi_record_keys *k, size_t len)
{
    size_t mac = k->cbc.mac->size;

    if (k->cbc.encrypt_then_mac)
        return len >= IV + BLOCK + mac && (len - mac) % BLOCK == 0;
    return len >= IV + padded(mac) && len % BLOCK == 0;
}

/* RFC 7366 3: nothing is decrypted before the MAC is known to be right. */
static bool open_mac_outside(hfi_record_keys *k, uint8_t type, hfi_span body,
                             hfi_span *content)
{
    cbc_ctx *ctx = k->ctx;
    size_t size = k->cbc.mac->size;
    hfi_span text = {body.p + IV, body.len - IV - size};
    uint8_t header[HFI_CBC_MAC_HEADER];
    uint8_t expected[HFI_HASH_SIZE_MAX];

    make_header(k, type, IV + text.len, header);
    hfi_cbc_mac_make(&ctx->mac, header, hfi_view_of(body.p, IV + text.len), expected);
    if (!hfi_ct_equal(expected, text.p + text.len, size))
        return false;
    k->cbc.cipher->decrypt(ctx->cipher, body.p, text.p, text.len, text.p);
    content->p = text.p;
    return hfi_cbc_unpad(hfi_view_of(text.p, text.len), &content->len);
}

static bool open_mac_inside(hfi_record_keys *k, uint8_t type, hfi_span body,
                            hfi_span *content)
{
    cbc_ctx *ctx = k->ctx;
    hfi_span text = {body.p + IV, body.len - IV};
    uint8_t header[HFI_CBC_MAC_HEADER];

    make_header(k, type, 0, header);
    k->cbc.cipher->decrypt(ctx->cipher, body.p, text.p, text.len, text.p);
    content->p = text.p;
    return hfi_cbc_unpad_and_verify(&ctx->mac, header, hfi_view_of(text.p, text.len),
                                    &content->len);
}

hfi_err hfi_record_open_cbc(hfi_record_keys *k, uint8_t type, hfi_span body,
                            hfi_span *content)
{
    bool authentic = k->cbc.encrypt_then_mac ? open_mac_outside(k, type, body, content)
                                             : open_mac_inside(k, type, body, content);

    if (authentic)
        return HFI_OK;
    hfi_wipe(body.p, body.len);
    *content = (hfi_span){NULL, 0};
    return HFI_E_BAD_RECORD_MAC;
}

/* ---- sealing ---- */

/* The record's body without its IV. */
static size_t text_size(const hfi_record_keys *k, size_t len)
{
    size_t mac = k->cbc.mac->size;

    return k->cbc.encrypt_then_mac ? padded(len) + mac : padded(len + mac);
}

size_t hfi_record_cbc_sealed_size(const hfi_record_keys *k, size_t len)
{
    return HFI_RECORD_HEADER + IV + text_size(k, len);
}

/* Fills up to whole blocks; no more, since lengths are not hidden.  The new length. */
static size_t pad(uint8_t *text, size_t len)
{
    size_t end = padded(len);

    memset(text + len, (int)(end - len - 1), end - len);
    return end;
}

static void protect_mac_outside(hfi_record_keys *k, uint8_t type, uint8_t *iv, size_t len)
{
    cbc_ctx *ctx = k->ctx;
    uint8_t *text = iv + IV;
    uint8_t header[HFI_CBC_MAC_HEADER];

    len = pad(text, len);
    k->cbc.cipher->encrypt(ctx->cipher, iv, text, len, text);
    make_header(k, type, IV + len, header);
    hfi_cbc_mac_make(&ctx->mac, header, hfi_view_of(iv, IV + len), text + len);
}

static void protect_mac_inside(hfi_record_keys *k, uint8_t type, uint8_t *iv, size_t len)
{
    cbc_ctx *ctx = k->ctx;
    uint8_t *text = iv + IV;
    uint8_t header[HFI_CBC_MAC_HEADER];

    make_header(k, type, len, header);
    hfi_cbc_mac_make(&ctx->mac, header, hfi_view_of(text, len), text + len);
    len = pad(text, len + k->cbc.mac->size);
    k->cbc.cipher->encrypt(ctx->cipher, iv, text, len, text);
}

/* Each record has an IV that nobody can foretell, RFC 5246 6.2.3.2. */
hfi_err hfi_record_seal_cbc(hfi_record_keys *k, hfi_content_type type, hfi_view in,
                            uint8_t *out, size_t *out_len)
{
    hfi_writer w = hfi_writer_of(out, HFI_RECORD_HEADER);
    size_t size = hfi_record_cbc_sealed_size(k, in.len);
    uint8_t *iv = out + HFI_RECORD_HEADER;

    if (in.len != 0)
        memmove(iv + IV, in.p, in.len);
    if (!k->cbc.random->fill(k->cbc.random->ctx, iv, IV)) {
        hfi_wipe(iv + IV, in.len);
        return HFI_E_RANDOM_FAILED;
    }
    hfi_write_u8(&w, (uint8_t)type);
    hfi_write_u16(&w, VERSION);
    hfi_write_u16(&w, (uint16_t)(size - HFI_RECORD_HEADER));
    if (k->cbc.encrypt_then_mac)
        protect_mac_outside(k, (uint8_t)type, iv, in.len);
    else
        protect_mac_inside(k, (uint8_t)type, iv, in.len);
    k->sequence++;
    *out_len = size;
    return HFI_OK;
}
