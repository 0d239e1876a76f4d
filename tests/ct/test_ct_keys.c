/* tests/ct/test_ct_keys.c: both key schedules, Finished, binders, comparisons, sessions
 * and key log lines, with secrets that memcheck takes for undefined. */
#include "secrets.h"

#include "base/ct.h"
#include "keys/hkdf.h"
#include "keys/key_log.h"
#include "keys/schedule.h"
#include "keys/tls12.h"
#include "session/session.h"

static const hfi_alloc heap = {allocate, release, NULL};

static hfi_digest transcript_of(const hfi_hash *hash, uint8_t first)
{
    hfi_digest d = {.len = hash->size};
    fill(d.bytes, hash->size, first);
    return d;
}

/* The peer's verify_data is on the wire; ours is a secret until it is sent.  Whether they
 * are equal is told by the alert. */
static void compare(const hfi_digest *ours)
{
    uint8_t theirs[HFI_HASH_SIZE_MAX];

    memcpy(theirs, ours->bytes, ours->len);
    public(theirs, ours->len);
    bool same = hfi_ct_equal(ours->bytes, theirs, ours->len);
    public(&same, sizeof same);
    EXPECT(same);
    theirs[ours->len - 1] ^= 1;
    same = hfi_ct_equal(ours->bytes, theirs, ours->len);
    public(&same, sizeof same);
    EXPECT(!same);
    bool zero = hfi_ct_is_zero(ours->bytes, ours->len);
    public(&zero, sizeof zero);
    EXPECT(!zero);
}

/* A line is written only if the application asks for it: then it is no secret. */
static void log_line(hfi_view key)
{
    char line[HFI_KEY_LOG_LINE_MAX];
    uint8_t random[32];

    fill(random, sizeof random, 9);
    hfi_key_log_line("SERVER_TRAFFIC_SECRET_0", hfi_view_of(random, sizeof random), key,
                     line);
    public(line, sizeof line);
    EXPECT(strlen(line) == strlen("SERVER_TRAFFIC_SECRET_0") + 1 + 64 + 1 + 2 * key.len);
}

static void tls13(const hfi_hash *hash, bool with_psk)
{
    uint8_t psk[HFI_SECRET_MAX], shared[64], key[32], iv[12], out[HFI_SECRET_MAX];
    const hfi_digest transcript = transcript_of(hash, 5);
    hfi_digest mac;
    hfi_keys k;

    fill(psk, sizeof psk, 1);
    fill(shared, sizeof shared, 2);
    secret(psk, sizeof psk);
    secret(shared, sizeof shared);
    hfi_keys_start(&k, hash, hfi_view_of(psk, with_psk ? hash->size : 0));
    hfi_keys_binder(&k, false, &transcript, &mac);
    compare(&mac);
    hfi_keys_binder(&k, true, &transcript, &mac);
    hfi_keys_early(&k, 0, &transcript, out);
    hfi_keys_early(&k, 1, &transcript, out);
    hfi_keys_enter_handshake(&k, hfi_view_of(shared, sizeof shared), &transcript);
    hfi_keys_finished_mac(&k, HFI_SERVER, &transcript, &mac);
    compare(&mac);
    hfi_keys_enter_application(&k, &transcript);
    hfi_keys_finish(&k, &transcript);
    hfi_keys_traffic(hash, k.application[HFI_CLIENT], sizeof key, key, iv);
    log_line(hfi_view_of(k.application[HFI_SERVER], hash->size));
    hfi_keys_update(hash, k.application[HFI_CLIENT]);
    hfi_keys_ticket_psk(hash, k.resumption, hfi_view_of_text("nonce"), psk);
    EXPECT(hfi_keys_export(hash, k.exporter, hfi_view_of_text("label"),
                           hfi_view_of(shared, sizeof shared), out, sizeof out));
    hfi_keys_wipe(&k);
}

static void tls12(const hfi_hash *hash)
{
    uint8_t premaster[48] = {0}, random[32] = {0}, master[HFI_MASTER_SECRET], out[100];
    const hfi_view nonce = hfi_view_of(random, sizeof random);
    const hfi_view secret_view = hfi_view_of(premaster, sizeof premaster);
    const hfi_digest transcript = transcript_of(hash, 6);
    hfi_digest verify_data = {.len = HFI_TLS12_VERIFY_DATA};
    hfi_tls12_keys keys;

    fill(random, sizeof random, 3);
    fill(premaster, sizeof premaster, 4);
    secret(premaster, sizeof premaster);
    hfi_tls12_master(hash, secret_view, nonce, nonce, master);
    hfi_tls12_extended_master(hash, secret_view, &transcript, master);
    hfi_tls12_expand(hash, master, nonce, nonce, (hfi_tls12_lengths){48, 32, 12}, &keys);
    hfi_tls12_finished(hash, master, HFI_SERVER, &transcript, verify_data.bytes);
    compare(&verify_data);
    EXPECT(hfi_tls12_export(hash, master, nonce, nonce, hfi_view_of_text("label"),
                            secret_view, out, sizeof out));
}

/* Of a session the PSK is secret; its length is the suite's, and the ticket is public. */
static void session(void)
{
    hfi_session_fields f = {
        .version = 0x0304,
        .suite = 0x1302,
        .psk_len = 48,
        .received = 1000000,
        .lifetime = 7200,
        .age_add = 77,
        .verified = true,
        .ticket = hfi_view_of_text("ticket"),
        .hostname = hfi_view_of_text("www.handfast.test"),
    };
    uint8_t bytes[512], psk[HFI_SECRET_MAX];

    fill(psk, sizeof psk, 8);
    memcpy(f.psk, psk, sizeof psk);
    secret(f.psk, sizeof f.psk);
    hfi_session *first = hfi_session_new(&heap, &f);
    EXPECT(first != NULL);
    size_t len = hfi_session_encode(first, bytes, sizeof bytes);
    EXPECT(len != 0 && len == hfi_session_encoded_size(first));
    hfi_session *second = hfi_session_decode(&heap, hfi_view_of(bytes, len));
    EXPECT(second != NULL && hfi_session_fresh(second, 1000001));
    const hfi_session_fields *got = hfi_session_get(second);
    EXPECT(got->psk_len == sizeof psk);
    bool same = hfi_ct_equal(got->psk, psk, sizeof psk);
    public(&same, sizeof same);
    EXPECT(same);
    hfi_session_free(first);
    hfi_session_free(second);
}

static void hkdf(const hfi_hash *hash)
{
    uint8_t ikm[80], prk[HFI_HASH_SIZE_MAX], out[200];

    fill(ikm, sizeof ikm, 7);
    secret(ikm, sizeof ikm);
    hfi_hkdf_extract(hash, hfi_view_of(ikm, 20), hfi_view_of(ikm, sizeof ikm), prk);
    EXPECT(hfi_hkdf_expand(hash, hfi_view_of(prk, hash->size),
                           hfi_view_of(ikm, sizeof ikm), out, sizeof out));
    EXPECT(hfi_hkdf_expand_label(hash, hfi_view_of(prk, hash->size),
                                 hfi_view_of_text("key"), hfi_view_of(NULL, 0), out, 32));
}

static void all(void)
{
    const hfi_hash *const hashes[] = {hfi_crypto_nettle.sha256, hfi_crypto_nettle.sha384};

    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        hkdf(hashes[i]);
        tls13(hashes[i], false);
        tls13(hashes[i], true);
        tls12(hashes[i]);
    }
    session();
}

int main(int argc, char **argv)
{
    return run(argc, argv, all);
}
