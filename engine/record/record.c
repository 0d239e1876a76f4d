/* engine/record/record.c: the record layer of TLS 1.3; protected records of TLS 1.2 are
 * handed on to record_tls12.c, and those of CBC suites to record_cbc.c.
 * RFC 8446 5.1 (framing), 5.2 (protection), 5.3 (nonce), 5.4 (padding), 5.5 (limits).
 * Whether a record may come at this time is left to conn/. */
#include "record/record.h"

#include "base/ct.h"
#include "record/record_cbc.h"
#include "record/record_tls12.h"
#include "wire/reader.h"
#include "wire/writer.h"

enum {
    MAJOR_VERSION = 3,
    LEGACY_VERSION = 0x0303,
    INNER_MAX = HFI_RECORD_PLAINTEXT_MAX + 1, /* content, type and padding */
};

/* ---- keys ---- */

bool hfi_record_protects(const hfi_record_keys *k)
{
    return k->aead != NULL || k->cbc.cipher != NULL;
}

size_t hfi_record_longest(const hfi_record_keys *k)
{
    return k->cbc.cipher != NULL
               ? (size_t)HFI_RECORD_HEADER + HFI_RECORD_CBC_CIPHERTEXT_MAX
               : (size_t)HFI_RECORD_MAX;
}

/* An install that failed: no key, and nothing may travel in the clear instead. */
static bool is_unusable(const hfi_record_keys *k)
{
    return !hfi_record_protects(k) && k->sequence == UINT64_MAX;
}

/* Memory for a key of another kind than before. */
static hfi_err renew_ctx(hfi_record_keys *k, const hfi_alloc *a, size_t size)
{
    hfi_record_keys_clear(k, a);
    k->ctx = hfi_alloc_bytes(a, size);
    if (k->ctx == NULL) {
        k->sequence = UINT64_MAX;
        return HFI_E_NO_MEMORY;
    }
    k->ctx_size = size;
    return HFI_OK;
}

static hfi_err set_key(hfi_record_keys *k, const hfi_alloc *a, const hfi_aead *aead,
                       const uint8_t *key)
{
    if (k->aead != aead) {
        hfi_err err = renew_ctx(k, a, aead->ctx_size);
        if (err != HFI_OK)
            return err;
        k->aead = aead;
    }
    aead->init(k->ctx, key);
    k->sequence = 0;
    return HFI_OK;
}

hfi_err hfi_record_keys_install(hfi_record_keys *k, const hfi_alloc *a,
                                const hfi_aead *aead, const uint8_t *key,
                                const uint8_t iv[HFI_AEAD_NONCE])
{
    hfi_err err = set_key(k, a, aead, key);

    if (err == HFI_OK)
        memcpy(k->iv, iv, HFI_AEAD_NONCE);
    return err;
}

hfi_err hfi_record_keys_install_tls12(hfi_record_keys *k, const hfi_alloc *a,
                                      const hfi_aead *aead, const uint8_t *key,
                                      const uint8_t *salt, size_t salt_len)
{
    hfi_err err = set_key(k, a, aead, key);

    if (err != HFI_OK)
        return err;
    memset(k->iv, 0, sizeof k->iv);
    memcpy(k->iv, salt, salt_len);
    k->is_tls12 = true;
    k->explicit_nonce = (uint8_t)(HFI_AEAD_NONCE - salt_len);
    return HFI_OK;
}

hfi_err hfi_record_keys_install_cbc(hfi_record_keys *k, const hfi_alloc *a,
                                    const hfi_record_cbc *cbc, const uint8_t *mac_key,
                                    const uint8_t *key)
{
    hfi_err err = renew_ctx(k, a, hfi_record_cbc_ctx_size(cbc));

    if (err != HFI_OK)
        return err;
    k->cbc = *cbc;
    k->is_tls12 = true;
    hfi_record_cbc_set_keys(k, mac_key, key);
    return HFI_OK;
}

void hfi_record_keys_clear(hfi_record_keys *k, const hfi_alloc *a)
{
    if (k->ctx != NULL)
        hfi_alloc_release_secret(a, k->ctx, k->ctx_size);
    hfi_wipe(k, sizeof *k);
}

/* One more record under this key?  RFC 8446 5.3. */
static hfi_err check_sequence(const hfi_record_keys *k)
{
    if (is_unusable(k))
        return HFI_E_NO_MEMORY;
    if (hfi_record_protects(k) && k->sequence == UINT64_MAX)
        return HFI_E_RECORD_SEQUENCE_EXHAUSTED;
    return HFI_OK;
}

/* How much a key protects is the duty of the one who protects with it, RFC 8446 5.5.
 * TLS 1.2 has no key to change to, and sets no limit. */
static hfi_err check_sending(const hfi_record_keys *k)
{
    hfi_err err = check_sequence(k);

    if (err == HFI_OK && k->aead != NULL && !k->is_tls12 &&
        k->sequence >= k->aead->record_limit)
        return HFI_E_KEY_LIMIT_REACHED;
    return err;
}

/* The iv with the sequence number, padded on the left, XORed in.  RFC 8446 5.3. */
static void make_nonce(const hfi_record_keys *k, uint8_t nonce[HFI_AEAD_NONCE])
{
    uint64_t n = k->sequence;

    memcpy(nonce, k->iv, HFI_AEAD_NONCE);
    for (size_t i = HFI_AEAD_NONCE; n != 0; n >>= 8)
        nonce[--i] ^= (uint8_t)n;
}

/* ---- opening ---- */

static hfi_err check_type(const hfi_record_keys *k, uint8_t type)
{
    switch (type) {
    case HFI_CONTENT_CCS:
    case HFI_CONTENT_ALERT:
        return HFI_OK;
    case HFI_CONTENT_HANDSHAKE:
        return k->aead == NULL ? HFI_OK : HFI_E_RECORD_UNPROTECTED;
    case HFI_CONTENT_APPLICATION:
        return k->aead == NULL ? HFI_E_APPLICATION_DATA_EARLY : HFI_OK;
    default:
        return HFI_E_RECORD_TYPE_UNKNOWN;
    }
}

static size_t content_max(uint8_t type)
{
    return type == HFI_CONTENT_APPLICATION ? (size_t)HFI_RECORD_CIPHERTEXT_MAX
                                           : (size_t)HFI_RECORD_PLAINTEXT_MAX;
}

static hfi_err check_length(const hfi_record_keys *k, uint8_t type, size_t len)
{
    if (len > content_max(type))
        return HFI_E_RECORD_TOO_LONG;
    if (type != HFI_CONTENT_APPLICATION)
        return len == 0 ? HFI_E_RECORD_EMPTY : HFI_OK;
    /* What has no room for a tag cannot be authentic. */
    return len < k->aead->tag_len ? HFI_E_BAD_RECORD_MAC : HFI_OK;
}

/* Judges as much of the header as is there, byte by byte: an answer that is not TLS is
 * recognised by its first byte, however short it is.  The minor version is ignored, as
 * RFC 8446 5.1 wants.  *len is set once the header is whole. */
static hfi_err check_header(const hfi_record_keys *k, hfi_view in, uint8_t *type,
                            size_t *len)
{
    hfi_reader r = hfi_reader_of(in);
    hfi_err err = HFI_OK;

    if (hfi_reader_more(&r)) {
        *type = hfi_read_u8(&r);
        err = check_type(k, *type);
    }
    if (err == HFI_OK && hfi_reader_more(&r) && hfi_read_u8(&r) != MAJOR_VERSION)
        err = HFI_E_RECORD_VERSION;
    if (err != HFI_OK || in.len < 4)
        return err;
    (void)hfi_read_u8(&r);
    if ((size_t)hfi_reader_peek(&r) << 8 > content_max(*type))
        return HFI_E_RECORD_TOO_LONG;
    if (in.len < HFI_RECORD_HEADER)
        return HFI_OK;
    *len = hfi_read_u16(&r);
    return check_length(k, *type, *len);
}

/* TLSInnerPlaintext: the content, its type, then zeros.  RFC 8446 5.4. */
static hfi_err split_inner(hfi_span inner, hfi_record *out)
{
    size_t len = inner.len;

    out->inner_len = len;
    if (len > INNER_MAX)
        return HFI_E_PLAINTEXT_TOO_LONG;
    while (len != 0 && inner.p[len - 1] == 0)
        len--;
    if (len == 0)
        return HFI_E_RECORD_NO_CONTENT_TYPE;

    uint8_t type = inner.p[--len];
    if (type == HFI_CONTENT_CCS)
        return HFI_E_CCS_MISPLACED;
    if (type < HFI_CONTENT_ALERT || type > HFI_CONTENT_APPLICATION)
        return HFI_E_RECORD_TYPE_UNKNOWN;
    if (len == 0 && type != HFI_CONTENT_APPLICATION)
        return HFI_E_RECORD_EMPTY;
    out->type = (hfi_content_type)type;
    out->was_protected = true;
    out->content = (hfi_span){inner.p, len};
    return HFI_OK;
}

/* Decrypts the whole record in place; the header is the additional data. */
static hfi_err unprotect(hfi_record_keys *k, hfi_span record, hfi_record *out)
{
    uint8_t nonce[HFI_AEAD_NONCE];
    hfi_view header = {record.p, HFI_RECORD_HEADER};
    hfi_span body = {record.p + HFI_RECORD_HEADER, record.len - HFI_RECORD_HEADER};

    make_nonce(k, nonce);
    if (!k->aead->open(k->ctx, nonce, header, body.p, body.len, body.p)) {
        /* What may have been written is not authentic: nobody shall find it. */
        hfi_wipe(body.p, body.len);
        return HFI_E_BAD_RECORD_MAC;
    }
    k->sequence++;
    body.len -= k->aead->tag_len;
    return split_inner(body, out);
}

hfi_record_status hfi_record_open(hfi_record_keys *k, hfi_span in, hfi_record *out,
                                  hfi_err *err)
{
    uint8_t type = 0;
    size_t len = 0;

    if (k->is_tls12)
        return hfi_record_open_tls12(k, in, out, err);

    memset(out, 0, sizeof *out);
    *err = is_unusable(k) ? HFI_E_NO_MEMORY
                          : check_header(k, hfi_view_of(in.p, in.len), &type, &len);
    if (*err != HFI_OK)
        return HFI_RECORD_FAILED;
    out->consumed = HFI_RECORD_HEADER + len;
    if (in.len < out->consumed)
        return HFI_RECORD_PARTIAL;

    if (type != HFI_CONTENT_APPLICATION) {
        out->type = (hfi_content_type)type;
        out->content = (hfi_span){in.p + HFI_RECORD_HEADER, len};
        return HFI_RECORD_READY;
    }
    *err = check_sequence(k);
    if (*err != HFI_OK)
        return HFI_RECORD_FAILED;
    *err = unprotect(k, (hfi_span){in.p, out->consumed}, out);
    return *err == HFI_OK ? HFI_RECORD_READY : HFI_RECORD_FAILED;
}

/* ---- sealing ---- */

size_t hfi_record_sealed_size(const hfi_record_keys *k, size_t len)
{
    if (k->cbc.cipher != NULL)
        return hfi_record_cbc_sealed_size(k, len);
    if (k->aead == NULL)
        return HFI_RECORD_HEADER + len;
    return HFI_RECORD_HEADER + len + k->aead->tag_len +
           (k->is_tls12 ? k->explicit_nonce : 1u);
}

static void write_header(uint8_t *out, uint8_t type, uint16_t version, size_t len)
{
    hfi_writer w = hfi_writer_of(out, HFI_RECORD_HEADER);

    hfi_write_u8(&w, type);
    hfi_write_u16(&w, version);
    hfi_write_u16(&w, (uint16_t)len);
}

static void protect(hfi_record_keys *k, hfi_content_type type, uint8_t *out, size_t len,
                    size_t padding)
{
    uint8_t nonce[HFI_AEAD_NONCE];
    hfi_view header = {out, HFI_RECORD_HEADER};
    uint8_t *inner = out + HFI_RECORD_HEADER;

    inner[len++] = (uint8_t)type;
    memset(inner + len, 0, padding);
    len += padding;
    write_header(out, HFI_CONTENT_APPLICATION, LEGACY_VERSION, len + k->aead->tag_len);
    make_nonce(k, nonce);
    k->aead->seal(k->ctx, nonce, header, inner, len, inner);
    k->sequence++;
}

bool hfi_record_pads(const hfi_record_keys *k, hfi_content_type type)
{
    return k->aead != NULL && !k->is_tls12 && type != HFI_CONTENT_CCS;
}

hfi_err hfi_record_seal(hfi_record_keys *k, hfi_content_type type,
                        uint16_t legacy_version, hfi_view in, uint8_t *out,
                        size_t *out_len)
{
    return hfi_record_seal_padded(k, type, legacy_version, in, 0, out, out_len);
}

hfi_err hfi_record_seal_padded(hfi_record_keys *k, hfi_content_type type,
                               uint16_t legacy_version, hfi_view in, size_t padding,
                               uint8_t *out, size_t *out_len)
{
    bool in_clear = k->aead == NULL || type == HFI_CONTENT_CCS;

    *out_len = 0;
    if (in.len > HFI_RECORD_PLAINTEXT_MAX ||
        padding > HFI_RECORD_PLAINTEXT_MAX - in.len ||
        (padding != 0 && !hfi_record_pads(k, type)))
        return HFI_E_INTERNAL;
    hfi_err err = type == HFI_CONTENT_CCS && !k->is_tls12 ? HFI_OK : check_sending(k);
    if (err != HFI_OK)
        return err;
    if (k->cbc.cipher != NULL)
        return hfi_record_seal_cbc(k, type, in, out, out_len);
    if (k->is_tls12)
        return hfi_record_seal_tls12(k, type, in, out, out_len);

    if (in.len != 0 && in.p != out + HFI_RECORD_HEADER)
        memcpy(out + HFI_RECORD_HEADER, in.p, in.len);
    if (in_clear) {
        write_header(out, (uint8_t)type, legacy_version, in.len);
        *out_len = HFI_RECORD_HEADER + in.len;
        return HFI_OK;
    }
    *out_len = hfi_record_sealed_size(k, in.len + padding);
    protect(k, type, out, in.len, padding);
    return HFI_OK;
}
