/* tests/vectors/wycheproof/symmetric.c: AEAD, AES-CBC, HMAC and HKDF. */
#include "keys/hkdf.h"
#include "vectors.h"

/* Seals, which must give the vector's bytes, and opens, apart and in place.  A test
 * that is not valid is only opened. */
static outcome check_aead(const hfi_aead *aead, const json_t *group, const json_t *test,
                          const char **why)
{
    if (size_member(group, "ivSize") != 8 * HFI_AEAD_NONCE) {
        *why = "nonce of another length than TLS's 96 bits";
        return OUT_OF_SCOPE;
    }
    if (size_member(group, "tagSize") != 8 * aead->tag_len) {
        *why = "shortened tag";
        return OUT_OF_SCOPE;
    }
    hfi_view key = hex_member(test, "key");
    hfi_view nonce = hex_member(test, "iv");
    hfi_view ad = hex_member(test, "aad");
    hfi_view msg = hex_member(test, "msg");
    hfi_view ct = hex_member(test, "ct");
    hfi_view tag = hex_member(test, "tag");

    uint8_t *sealed = scratch(ct.len + tag.len);
    if (ct.len != 0)
        memcpy(sealed, ct.p, ct.len);
    memcpy(&sealed[ct.len], tag.p, tag.len);
    void *ctx = scratch(aead->ctx_size);
    aead->init(ctx, key.p);

    uint8_t *opened = scratch(ct.len);
    bool ok = aead->open(ctx, nonce.p, ad, sealed, ct.len + tag.len, opened);
    if (ok && !hfi_view_equal(hfi_view_of(opened, ct.len), msg))
        return DIFFERS;
    if (strcmp(text_member(test, "result"), "valid") == 0) {
        uint8_t *out = scratch(msg.len + aead->tag_len);
        aead->seal(ctx, nonce.p, ad, msg.p, msg.len, out);
        if (memcmp(out, sealed, ct.len + tag.len) != 0)
            return DIFFERS;
    }
    bool ok_in_place = aead->open(ctx, nonce.p, ad, sealed, ct.len + tag.len, sealed);
    if (ok_in_place != ok || (ok && msg.len != 0 && memcmp(sealed, msg.p, msg.len) != 0))
        return DIFFERS;
    return ok ? TAKEN : REFUSED;
}

outcome check_aes_gcm(const json_t *group, const json_t *test, const char **why)
{
    switch (size_member(group, "keySize")) {
    case 128:
        return check_aead(tested.aes_128_gcm, group, test, why);
    case 256:
        return check_aead(tested.aes_256_gcm, group, test, why);
    default:
        *why = "AES-192, which TLS does not have";
        return OUT_OF_SCOPE;
    }
}

outcome check_aes_ccm(const json_t *group, const json_t *test, const char **why)
{
    switch (size_member(group, "keySize")) {
    case 128:
        return check_aead(tested.aes_128_ccm, group, test, why);
    case 256:
        return check_aead(tested.aes_256_ccm, group, test, why);
    default:
        *why = "AES-192, which TLS does not have";
        return OUT_OF_SCOPE;
    }
}

outcome check_chacha20_poly1305(const json_t *group, const json_t *test, const char **why)
{
    return check_aead(tested.chacha20_poly1305, group, test, why);
}

/* ---- AES-CBC ---- */

/* PKCS #5 padding, RFC 8018 6.1.1, which is not TLS's. */
static bool unpad(hfi_view text, size_t *len)
{
    size_t padding = text.len == 0 ? 0 : text.p[text.len - 1];

    if (padding == 0 || padding > HFI_CBC_BLOCK || padding > text.len)
        return false;
    for (size_t i = 1; i <= padding; i++) {
        if (text.p[text.len - i] != padding)
            return false;
    }
    *len = text.len - padding;
    return true;
}

/* Both directions of the cipher that records have; AES-192 is for key files alone. */
static bool same_in_records(hfi_view key, hfi_view iv, hfi_view ct, const uint8_t *text)
{
    const hfi_cbc *cbc = key.len == 16 ? tested.aes_128_cbc : tested.aes_256_cbc;
    uint8_t *out = scratch(ct.len);

    if (key.len == 24 || ct.len == 0)
        return true;
    void *ctx = scratch(cbc->ctx_size);
    cbc->init(ctx, key.p);
    cbc->decrypt(ctx, iv.p, ct.p, ct.len, out);
    if (memcmp(out, text, ct.len) != 0)
        return false;
    cbc->encrypt(ctx, iv.p, out, ct.len, out);
    return memcmp(out, ct.p, ct.len) == 0;
}

outcome check_aes_cbc(const json_t *group, const json_t *test, const char **why)
{
    hfi_view key = hex_member(test, "key");
    hfi_view iv = hex_member(test, "iv");
    hfi_view msg = hex_member(test, "msg");
    hfi_view ct = hex_member(test, "ct");
    uint8_t *text = scratch(ct.len);
    size_t len = 0;

    (void)group;
    (void)why;
    if (iv.len != HFI_CBC_BLOCK || !tested.aes_cbc_decrypt(key, iv.p, ct.p, ct.len, text))
        return REFUSED;
    if (!same_in_records(key, iv, ct, text))
        return DIFFERS;
    if (!unpad(hfi_view_of(text, ct.len), &len))
        return REFUSED;
    return hfi_view_equal(hfi_view_of(text, len), msg) ? TAKEN : DIFFERS;
}

/* ---- HMAC ---- */

/* Wycheproof also shortens tags: the first tagSize bits are compared. */
static outcome check_hmac(const hfi_hash *hash, const json_t *group, const json_t *test)
{
    hfi_view key = hex_member(test, "key");
    hfi_view msg = hex_member(test, "msg");
    hfi_view tag = hex_member(test, "tag");
    size_t size = size_member(group, "tagSize") / 8;
    hfi_hmac_ctx ctx;
    uint8_t first[HFI_HASH_SIZE_MAX];
    uint8_t second[HFI_HASH_SIZE_MAX];

    hash->hmac_key(&ctx, key.p, key.len);
    hash->hmac_update(&ctx, msg.p, msg.len);
    hash->hmac_finish(&ctx, first);
    hash->hmac_update(&ctx, msg.p, msg.len); /* one key, many messages */
    hash->hmac_finish(&ctx, second);
    if (memcmp(first, second, hash->size) != 0)
        return DIFFERS;
    return tag.len == size && memcmp(first, tag.p, size) == 0 ? TAKEN : REFUSED;
}

outcome check_hmac_sha1(const json_t *group, const json_t *test, const char **why)
{
    (void)why;
    return check_hmac(tested.sha1, group, test);
}

outcome check_hmac_sha256(const json_t *group, const json_t *test, const char **why)
{
    (void)why;
    return check_hmac(tested.sha256, group, test);
}

outcome check_hmac_sha384(const json_t *group, const json_t *test, const char **why)
{
    (void)why;
    return check_hmac(tested.sha384, group, test);
}

outcome check_hmac_sha512(const json_t *group, const json_t *test, const char **why)
{
    (void)why;
    return check_hmac(tested.sha512, group, test);
}

/* The invalid tests ask for more output than HKDF has. */
static outcome check_hkdf(const hfi_hash *hash, const json_t *test)
{
    hfi_view ikm = hex_member(test, "ikm");
    hfi_view salt = hex_member(test, "salt");
    hfi_view info = hex_member(test, "info");
    size_t size = size_member(test, "size");
    hfi_view okm = hex_member(test, "okm");
    uint8_t prk[HFI_HASH_SIZE_MAX];
    uint8_t *out = scratch(size);

    hfi_hkdf_extract(hash, salt, ikm, prk);
    if (!hfi_hkdf_expand(hash, hfi_view_of(prk, hash->size), info, out, size))
        return REFUSED;
    return hfi_view_equal(hfi_view_of(out, size), okm) ? TAKEN : DIFFERS;
}

outcome check_hkdf_sha256(const json_t *group, const json_t *test, const char **why)
{
    (void)group;
    (void)why;
    return check_hkdf(tested.sha256, test);
}

outcome check_hkdf_sha384(const json_t *group, const json_t *test, const char **why)
{
    (void)group;
    (void)why;
    return check_hkdf(tested.sha384, test);
}

outcome check_hkdf_sha512(const json_t *group, const json_t *test, const char **why)
{
    (void)group;
    (void)why;
    return check_hkdf(tested.sha512, test);
}
