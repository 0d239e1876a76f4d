/* engine/record/record_tls12.c: protected records of TLS 1.2; what is inside of those of
 * CBC suites is left to record_cbc.c.
 * RFC 5246 6.2.3.3; RFC 5288 3 (AES-GCM); RFC 6655 3 (AES-CCM); RFC 7905 2 (ChaCha20). */
#include "record/record_tls12.h"

#include "base/ct.h"
#include "record/record_cbc.h"
#include "wire/reader.h"
#include "wire/writer.h"

enum {
    VERSION = 0x0303,
    AD_SIZE = 8 + 1 + 2 + 2, /* sequence, type, version, length of the plaintext */
};

/* The explicit part, or else the sequence number, completes the salt. */
static void make_nonce(const hfi_record_keys *k, hfi_view explicit_part,
                       uint8_t nonce[HFI_AEAD_NONCE])
{
    uint64_t n = k->sequence;

    memcpy(nonce, k->iv, HFI_AEAD_NONCE);
    if (explicit_part.len != 0) {
        memcpy(nonce + HFI_AEAD_NONCE - explicit_part.len, explicit_part.p,
               explicit_part.len);
        return;
    }
    for (size_t i = HFI_AEAD_NONCE; n != 0; n >>= 8)
        nonce[--i] ^= (uint8_t)n;
}

static void make_ad(const hfi_record_keys *k, uint8_t type, size_t len,
                    uint8_t ad[AD_SIZE])
{
    hfi_writer w = hfi_writer_of(ad, AD_SIZE);

    hfi_write_u64(&w, k->sequence);
    hfi_write_u8(&w, type);
    hfi_write_u16(&w, VERSION);
    hfi_write_u16(&w, (uint16_t)len);
}

/* ---- opening ---- */

/* Judges as much of the header as is there; *len is set once it is whole. */
static hfi_err check_header(const hfi_record_keys *k, hfi_view in, uint8_t *type,
                            size_t *len)
{
    hfi_reader r = hfi_reader_of(in);

    *type = hfi_read_u8(&r);
    if (in.len >= 1 && (*type < HFI_CONTENT_CCS || *type > HFI_CONTENT_APPLICATION))
        return HFI_E_RECORD_TYPE_UNKNOWN;
    uint16_t version = hfi_read_u16(&r);
    if (in.len >= 3 && version != VERSION)
        return HFI_E_RECORD_VERSION;
    *len = hfi_read_u16(&r);
    if (r.failed)
        return HFI_OK;
    /* RFC 5246 allows 2048 bytes more than the plaintext; no AEAD needs so many. */
    if (*len > hfi_record_longest(k) - HFI_RECORD_HEADER)
        return HFI_E_RECORD_TOO_LONG;
    if (k->cbc.cipher != NULL)
        return hfi_record_cbc_fits(k, *len) ? HFI_OK : HFI_E_BAD_RECORD_MAC;
    return *len < k->explicit_nonce + k->aead->tag_len ? HFI_E_BAD_RECORD_MAC : HFI_OK;
}

/* Decrypts and checks: *content is what was protected. */
static hfi_err open_aead(hfi_record_keys *k, uint8_t type, hfi_span body,
                         hfi_span *content)
{
    uint8_t nonce[HFI_AEAD_NONCE];
    uint8_t ad[AD_SIZE];
    size_t skip = k->explicit_nonce;
    hfi_span sealed = {body.p + skip, body.len - skip};
    size_t len = sealed.len - k->aead->tag_len;

    make_nonce(k, hfi_view_of(body.p, skip), nonce);
    make_ad(k, type, len, ad);
    if (!k->aead->open(k->ctx, nonce, hfi_view_of(ad, AD_SIZE), sealed.p, sealed.len,
                       sealed.p)) {
        hfi_wipe(sealed.p, sealed.len);
        return HFI_E_BAD_RECORD_MAC;
    }
    *content = (hfi_span){sealed.p, len};
    return HFI_OK;
}

static hfi_err unprotect(hfi_record_keys *k, uint8_t type, hfi_span body, hfi_record *out)
{
    hfi_span content;

    if (k->sequence == UINT64_MAX)
        return HFI_E_RECORD_SEQUENCE_EXHAUSTED;
    hfi_err err = k->cbc.cipher != NULL ? hfi_record_open_cbc(k, type, body, &content)
                                        : open_aead(k, type, body, &content);
    if (err != HFI_OK)
        return err;
    k->sequence++;
    if (content.len > HFI_RECORD_PLAINTEXT_MAX)
        return HFI_E_PLAINTEXT_TOO_LONG;
    if (content.len == 0 && type != HFI_CONTENT_APPLICATION)
        return HFI_E_RECORD_EMPTY;
    out->type = (hfi_content_type)type;
    out->was_protected = true;
    out->inner_len = content.len;
    out->content = content;
    return HFI_OK;
}

hfi_record_status hfi_record_open_tls12(hfi_record_keys *k, hfi_span in, hfi_record *out,
                                        hfi_err *err)
{
    uint8_t type = 0;
    size_t len = 0;

    memset(out, 0, sizeof *out);
    *err = check_header(k, hfi_view_of(in.p, in.len), &type, &len);
    if (*err != HFI_OK)
        return HFI_RECORD_FAILED;
    out->consumed = HFI_RECORD_HEADER + len;
    if (in.len < out->consumed)
        return HFI_RECORD_PARTIAL;
    *err = unprotect(k, type, (hfi_span){in.p + HFI_RECORD_HEADER, len}, out);
    return *err == HFI_OK ? HFI_RECORD_READY : HFI_RECORD_FAILED;
}

/* ---- sealing ---- */

/* The explicit nonce is the sequence number: it never repeats under one key. */
hfi_err hfi_record_seal_tls12(hfi_record_keys *k, hfi_content_type type, hfi_view in,
                              uint8_t *out, size_t *out_len)
{
    uint8_t nonce[HFI_AEAD_NONCE];
    uint8_t ad[AD_SIZE];
    hfi_writer w = hfi_writer_of(out, HFI_RECORD_HEADER + (size_t)k->explicit_nonce);
    size_t body = k->explicit_nonce + in.len + k->aead->tag_len;

    uint8_t *content = out + HFI_RECORD_HEADER + k->explicit_nonce;
    if (in.len != 0)
        memmove(content, in.p, in.len);
    hfi_write_u8(&w, (uint8_t)type);
    hfi_write_u16(&w, VERSION);
    hfi_write_u16(&w, (uint16_t)body);
    if (k->explicit_nonce != 0)
        hfi_write_u64(&w, k->sequence);

    make_nonce(k, hfi_view_of(out + HFI_RECORD_HEADER, k->explicit_nonce), nonce);
    make_ad(k, (uint8_t)type, in.len, ad);
    k->aead->seal(k->ctx, nonce, hfi_view_of(ad, AD_SIZE), content, in.len, content);
    k->sequence++;
    *out_len = HFI_RECORD_HEADER + body;
    return HFI_OK;
}
