/* engine/keys/tls12.c: the keys of TLS 1.2.  RFC 5246 5, 6.3, 7.4.9, 8.1; RFC 7627;
 * RFC 5705. */
#include "keys/tls12.h"

#include "base/ct.h"

/* ---- PRF, RFC 5246 5 ---- */

enum { SEED_PARTS = 5 };

typedef struct seed {
    hfi_view part[SEED_PARTS];
} seed;

static void add_seed(const hfi_hash *hash, hfi_hmac_ctx *ctx, const seed *s)
{
    for (size_t i = 0; i < SEED_PARTS; i++)
        hash->hmac_update(ctx, s->part[i].p, s->part[i].len);
}

/* P_hash: A(i) is the HMAC of A(i - 1), the output the HMACs of A(i) with the seed. */
static void p_hash(const hfi_hash *hash, hfi_view secret, const seed *s, uint8_t *out,
                   size_t len)
{
    hfi_hmac_ctx ctx;
    uint8_t a[HFI_HASH_SIZE_MAX];
    uint8_t block[HFI_HASH_SIZE_MAX];

    hash->hmac_key(&ctx, secret.p, secret.len);
    add_seed(hash, &ctx, s);
    hash->hmac_finish(&ctx, a);
    while (len != 0) {
        size_t part = len < hash->size ? len : hash->size;
        hash->hmac_update(&ctx, a, hash->size);
        add_seed(hash, &ctx, s);
        hash->hmac_finish(&ctx, block);
        memcpy(out, block, part);
        out += part;
        len -= part;
        if (len == 0)
            break;
        hash->hmac_update(&ctx, a, hash->size);
        hash->hmac_finish(&ctx, a);
    }
    hfi_wipe(&ctx, sizeof ctx);
    hfi_wipe(a, sizeof a);
    hfi_wipe(block, sizeof block);
}

void hfi_tls12_prf(const hfi_hash *hash, hfi_view secret, const char *label,
                   hfi_view seed_1, hfi_view seed_2, uint8_t *out, size_t len)
{
    seed s = {{hfi_view_of_text(label), seed_1, seed_2}};

    p_hash(hash, secret, &s, out, len);
}

/* ---- secrets ---- */

void hfi_tls12_extended_master(const hfi_hash *hash, hfi_view premaster,
                               const hfi_digest *session_hash,
                               uint8_t master[HFI_MASTER_SECRET])
{
    hfi_tls12_prf(hash, premaster, "extended master secret",
                  hfi_view_of(session_hash->bytes, session_hash->len),
                  hfi_view_of(NULL, 0), master, HFI_MASTER_SECRET);
}

void hfi_tls12_master(const hfi_hash *hash, hfi_view premaster, hfi_view client_random,
                      hfi_view server_random, uint8_t master[HFI_MASTER_SECRET])
{
    hfi_tls12_prf(hash, premaster, "master secret", client_random, server_random, master,
                  HFI_MASTER_SECRET);
}

void hfi_tls12_expand(const hfi_hash *hash, const uint8_t master[HFI_MASTER_SECRET],
                      hfi_view client_random, hfi_view server_random,
                      hfi_tls12_lengths len, hfi_tls12_keys *out)
{
    uint8_t block[2 * (HFI_TLS12_MAC_KEY_MAX + HFI_AEAD_KEY_MAX + HFI_TLS12_SALT_MAX)];
    const uint8_t *keys = block + 2 * len.mac;
    const uint8_t *salts = keys + 2 * len.key;

    hfi_tls12_prf(hash, hfi_view_of(master, HFI_MASTER_SECRET), "key expansion",
                  server_random, client_random, block,
                  2 * (len.mac + len.key + len.salt));
    memset(out, 0, sizeof *out);
    for (size_t side = HFI_CLIENT; side <= HFI_SERVER; side++) {
        memcpy(out->mac[side], block + side * len.mac, len.mac);
        memcpy(out->key[side], keys + side * len.key, len.key);
        memcpy(out->salt[side], salts + side * len.salt, len.salt);
    }
    hfi_wipe(block, sizeof block);
}

void hfi_tls12_finished(const hfi_hash *hash, const uint8_t master[HFI_MASTER_SECRET],
                        hfi_side side, const hfi_digest *transcript,
                        uint8_t out[HFI_TLS12_VERIFY_DATA])
{
    hfi_tls12_prf(hash, hfi_view_of(master, HFI_MASTER_SECRET),
                  side == HFI_CLIENT ? "client finished" : "server finished",
                  hfi_view_of(transcript->bytes, transcript->len), hfi_view_of(NULL, 0),
                  out, HFI_TLS12_VERIFY_DATA);
}

bool hfi_tls12_export(const hfi_hash *hash, const uint8_t master[HFI_MASTER_SECRET],
                      hfi_view client_random, hfi_view server_random, hfi_view label,
                      hfi_view context, uint8_t *out, size_t len)
{
    if (context.len > 0xffff)
        return false;
    uint8_t prefix[2] = {(uint8_t)(context.len >> 8), (uint8_t)context.len};
    hfi_view counted = hfi_view_of(prefix, context.p != NULL ? sizeof prefix : 0);
    seed s = {{label, client_random, server_random, counted, context}};

    p_hash(hash, hfi_view_of(master, HFI_MASTER_SECRET), &s, out, len);
    return true;
}
