/* engine/keys/schedule.c: the key schedule of TLS 1.3.
 * RFC 8446 7.1 to 7.5, 4.4.4 (Finished), 4.2.11.2 (binder), 4.6.1 (ticket PSK).
 * When a secret is made and who may use it is decided by the tables in handshake/. */
#include "keys/schedule.h"

#include <assert.h>

#include "base/ct.h"
#include "keys/hkdf.h"

static const uint8_t zeros[HFI_SECRET_MAX];

/* A label of ours; they are all within the limits. */
static void expand(const hfi_hash *hash, hfi_hmac_ctx *keyed, const char *label,
                   hfi_view context, uint8_t *out, size_t len)
{
    bool fits = hfi_hkdf_expand_label_keyed(hash, keyed, hfi_view_of_text(label), context,
                                            out, len);
    assert(fits);
    (void)fits;
}

/* Derive-Secret, with the transcript hashed already. */
static void derive_secret(const hfi_hash *hash, hfi_hmac_ctx *keyed, const char *label,
                          const hfi_digest *transcript, uint8_t *out)
{
    expand(hash, keyed, label, hfi_view_of(transcript->bytes, transcript->len), out,
           hash->size);
}

static hfi_view hash_of_nothing(const hfi_hash *hash)
{
    return hfi_view_of(hash->of_nothing, hash->size);
}

static void expand_once(const hfi_hash *hash, const uint8_t *secret, const char *label,
                        hfi_view context, uint8_t *out)
{
    hfi_hmac_ctx keyed;

    hash->hmac_key(&keyed, secret, hash->size);
    expand(hash, &keyed, label, context, out, hash->size);
    hfi_wipe(&keyed, hash->hmac_used);
}

/* The step down from a secret of RFC 8446 7.1: Derive-Secret(., "derived", "") is the
 * salt of the next HKDF-Extract. */
static void derive_salt(hfi_keys *k, hfi_hmac_ctx *keyed)
{
    expand(k->hash, keyed, "derived", hash_of_nothing(k->hash), k->salt, k->hash->size);
}

/* An empty ikm means hash->size zeros. */
static void next_secret(hfi_keys *k, hfi_view ikm)
{
    if (ikm.len == 0)
        ikm = hfi_view_of(zeros, k->hash->size);
    hfi_hkdf_extract(k->hash, hfi_view_of(k->salt, k->hash->size), ikm, k->secret);
    hfi_wipe(k->salt, sizeof k->salt);
}

void hfi_keys_start(hfi_keys *k, const hfi_hash *hash, hfi_view psk)
{
    hfi_hmac_ctx keyed;

    assert(hash->size <= HFI_SECRET_MAX);
    hfi_keys_wipe(k);
    k->hash = hash;
    if (psk.len == 0)
        psk = hfi_view_of(zeros, hash->size);
    hfi_hkdf_extract(hash, hfi_view_of(NULL, 0), psk, k->secret);
    hash->hmac_key(&keyed, k->secret, hash->size);
    derive_salt(k, &keyed);
    hfi_wipe(&keyed, hash->hmac_used);
}

/* The computation of Finished, RFC 8446 4.4.4, which binders share. */
static void finished_mac(const hfi_hash *hash, const uint8_t *base_key,
                         const hfi_digest *transcript, hfi_digest *out)
{
    uint8_t finished_key[HFI_SECRET_MAX];
    hfi_hmac_ctx hmac;

    expand_once(hash, base_key, "finished", hfi_view_of(NULL, 0), finished_key);
    hash->hmac_key(&hmac, finished_key, hash->size);
    hash->hmac_update(&hmac, transcript->bytes, transcript->len);
    hash->hmac_finish(&hmac, out->bytes);
    out->len = hash->size;
    hfi_wipe(&hmac, hash->hmac_used);
    hfi_wipe(finished_key, sizeof finished_key);
}

void hfi_keys_binder(const hfi_keys *k, bool external, const hfi_digest *transcript,
                     hfi_digest *out)
{
    uint8_t binder_key[HFI_SECRET_MAX];

    expand_once(k->hash, k->secret, external ? "ext binder" : "res binder",
                hash_of_nothing(k->hash), binder_key);
    finished_mac(k->hash, binder_key, transcript, out);
    hfi_wipe(binder_key, sizeof binder_key);
}

void hfi_keys_early(const hfi_keys *k, int which, const hfi_digest *transcript,
                    uint8_t *out)
{
    expand_once(k->hash, k->secret, which == 0 ? "c e traffic" : "e exp master",
                hfi_view_of(transcript->bytes, transcript->len), out);
}

void hfi_keys_enter_handshake(hfi_keys *k, hfi_view shared_secret,
                              const hfi_digest *transcript)
{
    hfi_hmac_ctx keyed;

    next_secret(k, shared_secret);
    k->hash->hmac_key(&keyed, k->secret, k->hash->size);
    derive_secret(k->hash, &keyed, "c hs traffic", transcript, k->handshake[HFI_CLIENT]);
    derive_secret(k->hash, &keyed, "s hs traffic", transcript, k->handshake[HFI_SERVER]);
    derive_salt(k, &keyed);
    hfi_wipe(&keyed, k->hash->hmac_used);
}

void hfi_keys_enter_application(hfi_keys *k, const hfi_digest *transcript)
{
    hfi_hmac_ctx keyed;

    next_secret(k, hfi_view_of(NULL, 0));
    k->hash->hmac_key(&keyed, k->secret, k->hash->size);
    derive_secret(k->hash, &keyed, "c ap traffic", transcript,
                  k->application[HFI_CLIENT]);
    derive_secret(k->hash, &keyed, "s ap traffic", transcript,
                  k->application[HFI_SERVER]);
    derive_secret(k->hash, &keyed, "exp master", transcript, k->exporter);
    hfi_wipe(&keyed, k->hash->hmac_used);
}

void hfi_keys_finish(hfi_keys *k, const hfi_digest *transcript)
{
    expand_once(k->hash, k->secret, "res master",
                hfi_view_of(transcript->bytes, transcript->len), k->resumption);
}

void hfi_keys_finished_mac(const hfi_keys *k, hfi_side side, const hfi_digest *transcript,
                           hfi_digest *out)
{
    finished_mac(k->hash, k->handshake[side], transcript, out);
}

void hfi_keys_traffic(const hfi_hash *hash, const uint8_t *secret, size_t key_len,
                      uint8_t *key, uint8_t *iv)
{
    const hfi_view none = {NULL, 0};
    hfi_hmac_ctx keyed;

    hash->hmac_key(&keyed, secret, hash->size);
    expand(hash, &keyed, "key", none, key, key_len);
    expand(hash, &keyed, "iv", none, iv, HFI_AEAD_NONCE);
    hfi_wipe(&keyed, hash->hmac_used);
}

void hfi_keys_update(const hfi_hash *hash, uint8_t *secret)
{
    expand_once(hash, secret, "traffic upd", hfi_view_of(NULL, 0), secret);
}

void hfi_keys_ticket_psk(const hfi_hash *hash, const uint8_t *resumption_secret,
                         hfi_view nonce, uint8_t *out)
{
    expand_once(hash, resumption_secret, "resumption", nonce, out);
}

bool hfi_keys_export(const hfi_hash *hash, const uint8_t *exporter_secret, hfi_view label,
                     hfi_view context, uint8_t *out, size_t len)
{
    uint8_t secret[HFI_HASH_SIZE_MAX];
    hfi_digest digest;
    hfi_hash_ctx ctx;

    if (!hfi_hkdf_label_fits(hash, label, hash_of_nothing(hash), len) ||
        !hfi_hkdf_expand_label(hash, hfi_view_of(exporter_secret, hash->size), label,
                               hash_of_nothing(hash), secret, hash->size))
        return false;

    hash->init(&ctx);
    if (context.len != 0)
        hash->update(&ctx, context.p, context.len);
    hash->finish(&ctx, digest.bytes);
    bool fits = hfi_hkdf_expand_label(hash, hfi_view_of(secret, hash->size),
                                      hfi_view_of_text("exporter"),
                                      hfi_view_of(digest.bytes, hash->size), out, len);
    hfi_wipe(secret, sizeof secret);
    /* The context may be a secret of the application. */
    hfi_wipe(&ctx, sizeof ctx);
    return fits;
}

void hfi_keys_wipe(hfi_keys *k)
{
    hfi_wipe(k, sizeof *k);
}
