/* tests/vectors/rfc8448/play.c: the steps that create keys and derive secrets. */
#include "play.h"

#include <stdlib.h>

#include "crypto/provider.h"
#include "keys/hkdf.h"
#include "wire/reader.h"

static const uint8_t zeros[HFI_SECRET_MAX];

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

const hfi_alloc trace_alloc = {allocate, release, NULL};

hfi_side trace_side(const trace_step *step)
{
    return strcmp(step->side, "client") == 0 ? HFI_CLIENT : HFI_SERVER;
}

hfi_digest trace_digest(const trace_play *play)
{
    hfi_digest digest;
    hfi_transcript_digest_with(&play->transcript, play->hash, hfi_view_of(NULL, 0),
                               &digest);
    return digest;
}

static hfi_digest empty_digest(const trace_play *play)
{
    hfi_transcript nothing = {.hash = NULL};
    hfi_digest digest;
    hfi_transcript_digest_with(&nothing, play->hash, hfi_view_of(NULL, 0), &digest);
    return digest;
}

static hfi_view digest_view(const hfi_digest *digest)
{
    return hfi_view_of(digest->bytes, digest->len);
}

static hfi_view secret_view(const trace_play *play, const uint8_t *secret)
{
    return hfi_view_of(secret, play->hash->size);
}

/* ---- pieces that several steps share ---- */

/* The HkdfLabel of RFC 8446 7.1, read back, and what plain HKDF-Expand makes of it. */
static void expect_info(const trace_play *play, trace_step *step, const char *name,
                        hfi_view prk, const char *label, hfi_view context, hfi_view want)
{
    uint8_t out[HFI_SECRET_MAX];
    trace_bytes info;
    trace_take(step, name, &info);

    hfi_reader r = hfi_reader_of(trace_view(&info));
    bool same = hfi_read_u16(&r) == want.len;
    hfi_view full = hfi_read_vec8(&r, 7, 255);
    same = same && full.len == 6 + strlen(label) && memcmp(full.p, "tls13 ", 6) == 0 &&
           memcmp(full.p + 6, label, full.len - 6) == 0;
    same = same && hfi_view_equal(hfi_read_vec8(&r, 0, 255), context);
    trace_check(step, same && hfi_reader_done(&r), name);
    trace_check(step,
                hfi_hkdf_expand(play->hash, prk, trace_view(&info), out, want.len) &&
                    hfi_view_equal(hfi_view_of(out, want.len), want),
                "HKDF-Expand differs");
}

/* PRK, hash, info and expanded: secret -> label, context -> want. */
static void expect_expanded(const trace_play *play, trace_step *step, hfi_view secret,
                            const char *label, hfi_view context, hfi_view want)
{
    uint8_t out[HFI_SECRET_MAX];

    trace_expect(step, "PRK", secret);
    trace_expect(step, "hash", context);
    expect_info(play, step, "info", secret, label, context, want);
    trace_expect(step, "expanded", want);
    trace_check(step,
                hfi_hkdf_expand_label(play->hash, secret, hfi_view_of_text(label),
                                      context, out, want.len) &&
                    hfi_view_equal(hfi_view_of(out, want.len), want),
                "HKDF-Expand-Label differs");
}

/* A secret of a trace that no function of the key schedule hands out. */
static void expand(const trace_play *play, const uint8_t *secret, const char *label,
                   hfi_view context, uint8_t *out)
{
    (void)hfi_hkdf_expand_label(play->hash, secret_view(play, secret),
                                hfi_view_of_text(label), context, out, play->hash->size);
}

/* ---- key exchange ---- */

static void create_key_pair(trace_play *play, trace_step *step, const hfi_group *group,
                            hfi_view base_point)
{
    hfi_side side = trace_side(step);
    uint8_t x[HFI_GROUP_SECRET_MAX];
    trace_bytes *share = &play->share[side];

    play->group = group;
    trace_take(step, "private key", &play->private_key[side]);
    trace_take(step, "public key", share);
    trace_check(step, play->private_key[side].len == group->private_len,
                "private length");
    trace_check(step, share->len == group->share_len, "public length");
    trace_check(step, group->derive(play->private_key[side].p, base_point, x) == HFI_OK,
                "the public key cannot be computed");
    /* X25519: the whole share.  P-256: x, behind the 0x04; derive checks y's curve. */
    size_t skip = group->share_len == group->secret_len ? 0 : 1;
    trace_check(step, memcmp(share->p + skip, x, group->secret_len) == 0,
                "the public key differs");
}

static void create_x25519(trace_play *play, trace_step *step, int argument)
{
    static const uint8_t base[32] = {9}; /* RFC 7748 4.1 */
    (void)argument;
    create_key_pair(play, step, hfi_crypto_nettle.x25519, hfi_view_of(base, sizeof base));
}

static void create_p256(trace_play *play, trace_step *step, int argument)
{
    /* FIPS 186-4 D.1.2.3 */
    static const char base[] =
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    trace_bytes point;
    (void)argument;
    trace_check(step, trace_unhex(base, &point), "base point");
    create_key_pair(play, step, hfi_crypto_nettle.p256, trace_view(&point));
}

/* RFC 8446 7.4.2, as each side computes it. */
static hfi_view shared_secret(const trace_play *play, const trace_step *step,
                              uint8_t out[HFI_GROUP_SECRET_MAX])
{
    uint8_t other[HFI_GROUP_SECRET_MAX];
    const hfi_group *group = play->group;

    trace_check(step,
                group->derive(play->private_key[HFI_CLIENT].p,
                              trace_view(&play->share[HFI_SERVER]), out) == HFI_OK &&
                    group->derive(play->private_key[HFI_SERVER].p,
                                  trace_view(&play->share[HFI_CLIENT]), other) == HFI_OK,
                "key exchange failed");
    trace_check(step, memcmp(out, other, group->secret_len) == 0, "the sides disagree");
    return hfi_view_of(out, group->secret_len);
}

/* ---- secrets ---- */

/* salt, IKM and secret, for which HKDF-Extract is called as well. */
static void expect_extracted(const trace_play *play, trace_step *step, hfi_view salt,
                             hfi_view ikm, const uint8_t *want)
{
    uint8_t out[HFI_SECRET_MAX];

    trace_expect(step, "salt", salt);
    trace_expect(step, "IKM", ikm);
    trace_expect(step, "secret", secret_view(play, want));
    hfi_hkdf_extract(play->hash, salt, ikm, out);
    trace_check(step, memcmp(out, want, play->hash->size) == 0, "HKDF-Extract differs");
}

static void extract_early(trace_play *play, trace_step *step, int argument)
{
    bool resumed = step->section == 4;
    hfi_view psk = secret_view(play, play->ticket->psk);
    (void)argument;

    hfi_keys_start(&play->keys, play->hash, resumed ? psk : hfi_view_of(NULL, 0));
    memcpy(play->early, play->keys.secret, sizeof play->early);
    expect_extracted(play, step, hfi_view_of(NULL, 0),
                     resumed ? psk : secret_view(play, zeros), play->early);
}

static void extract_handshake(trace_play *play, trace_step *step, int argument)
{
    uint8_t shared[HFI_GROUP_SECRET_MAX];
    uint8_t salt[HFI_SECRET_MAX];
    hfi_digest nothing = empty_digest(play);
    hfi_digest digest = trace_digest(play);
    (void)argument;

    hfi_view ikm = shared_secret(play, step, shared);
    hfi_keys_enter_handshake(&play->keys, ikm, &digest);
    memcpy(play->handshake, play->keys.secret, sizeof play->handshake);
    expand(play, play->early, "derived", digest_view(&nothing), salt);
    expect_extracted(play, step, secret_view(play, salt), ikm, play->handshake);
}

/* The document extracts the main secret before the server's Finished exists; it does
 * not depend on the transcript, so a copy of the schedule can run ahead. */
static void extract_main(trace_play *play, trace_step *step, int argument)
{
    uint8_t salt[HFI_SECRET_MAX];
    hfi_digest nothing = empty_digest(play);
    hfi_keys ahead = play->keys;
    (void)argument;

    hfi_keys_enter_application(&ahead, &nothing);
    memcpy(play->main, ahead.secret, sizeof play->main);
    expand(play, play->handshake, "derived", digest_view(&nothing), salt);
    expect_extracted(play, step, secret_view(play, salt), secret_view(play, zeros),
                     play->main);
}

/* "tls13 derived" for handshake (0) or master (1). */
static void derive_derived(trace_play *play, trace_step *step, int argument)
{
    const uint8_t *secret = argument == 0 ? play->early : play->handshake;
    hfi_digest nothing = empty_digest(play);
    uint8_t want[HFI_SECRET_MAX];

    expand(play, secret, "derived", digest_view(&nothing), want);
    expect_expanded(play, step, secret_view(play, secret), "derived",
                    digest_view(&nothing), secret_view(play, want));
}

static void derive_early(trace_play *play, trace_step *step, int which)
{
    hfi_digest digest = trace_digest(play);
    uint8_t want[HFI_SECRET_MAX];

    hfi_keys_early(&play->keys, which, &digest, want);
    expect_expanded(play, step, secret_view(play, play->early),
                    which == 0 ? "c e traffic" : "e exp master", digest_view(&digest),
                    secret_view(play, want));
}

static void derive_handshake(trace_play *play, trace_step *step, int side)
{
    hfi_digest digest = trace_digest(play);
    expect_expanded(play, step, secret_view(play, play->handshake),
                    side == HFI_CLIENT ? "c hs traffic" : "s hs traffic",
                    digest_view(&digest), secret_view(play, play->keys.handshake[side]));
}

/* The application secrets come in one call, at the first of these steps. */
static void enter_application(trace_play *play, const trace_step *step,
                              const hfi_digest *digest)
{
    if (play->application)
        return;
    hfi_keys_enter_application(&play->keys, digest);
    play->application = true;
    trace_check(step, memcmp(play->keys.secret, play->main, play->hash->size) == 0,
                "the main secret differs");
}

static void derive_application(trace_play *play, trace_step *step, int side)
{
    hfi_digest digest = trace_digest(play);
    enter_application(play, step, &digest);
    expect_expanded(play, step, secret_view(play, play->main),
                    side == HFI_CLIENT ? "c ap traffic" : "s ap traffic",
                    digest_view(&digest),
                    secret_view(play, play->keys.application[side]));
}

static void derive_exporter(trace_play *play, trace_step *step, int argument)
{
    hfi_digest digest = trace_digest(play);
    (void)argument;
    enter_application(play, step, &digest);
    expect_expanded(play, step, secret_view(play, play->main), "exp master",
                    digest_view(&digest), secret_view(play, play->keys.exporter));
}

static void derive_resumption(trace_play *play, trace_step *step, int argument)
{
    hfi_digest digest = trace_digest(play);
    (void)argument;
    hfi_keys_finish(&play->keys, &digest);
    expect_expanded(play, step, secret_view(play, play->main), "res master",
                    digest_view(&digest), secret_view(play, play->keys.resumption));
}

/* The document's "hash" is the ticket's nonce here. */
static void generate_ticket_psk(trace_play *play, trace_step *step, int argument)
{
    trace_ticket *ticket = play->ticket;
    (void)argument;

    trace_take(step, "hash", &ticket->nonce);
    step->taken--; /* expect_expanded takes it, too */
    hfi_keys_ticket_psk(play->hash, play->keys.resumption, trace_view(&ticket->nonce),
                        ticket->psk);
    expect_expanded(play, step, secret_view(play, play->keys.resumption), "resumption",
                    trace_view(&ticket->nonce), secret_view(play, ticket->psk));
}

/* ---- Finished and binder ---- */

static void expect_finished(const trace_play *play, trace_step *step,
                            const uint8_t *base_key, const hfi_digest *want)
{
    uint8_t finished_key[HFI_SECRET_MAX];
    const hfi_view none = {NULL, 0};

    expand(play, base_key, "finished", none, finished_key);
    expect_expanded(play, step, secret_view(play, base_key), "finished", none,
                    secret_view(play, finished_key));
    trace_expect(step, "finished", digest_view(want));
}

static void calculate_finished(trace_play *play, trace_step *step, int argument)
{
    hfi_side side = trace_side(step);
    hfi_digest digest = trace_digest(play);
    (void)argument;
    hfi_keys_finished_mac(&play->keys, side, &digest, &play->finished[side]);
    expect_finished(play, step, play->keys.handshake[side], &play->finished[side]);
}

static void calculate_binder(trace_play *play, trace_step *step, int argument)
{
    trace_bytes prefix;
    uint8_t binder_key[HFI_SECRET_MAX];
    hfi_digest digest;
    hfi_digest nothing = empty_digest(play);
    (void)argument;

    trace_take(step, "ClientHello prefix", &prefix);
    trace_check(
        step, hfi_view_equal(trace_view(&prefix), trace_view(&play->flight[HFI_CLIENT])),
        "the prefix is not the ClientHello that was built");
    hfi_transcript_digest_with(&play->transcript, play->hash, trace_view(&prefix),
                               &digest);
    trace_expect(step, "binder hash", digest_view(&digest));
    hfi_keys_binder(&play->keys, false, &digest, &play->binder);
    expand(play, play->early, "res binder", digest_view(&nothing), binder_key);
    expect_finished(play, step, binder_key, &play->binder);
}

/* ---- traffic keys ---- */

enum { EARLY = 0, HANDSHAKE = 1, APPLICATION = 2, READ = 8 };

static void traffic_secret(const trace_play *play, int kind, hfi_side writer,
                           uint8_t out[HFI_SECRET_MAX])
{
    if (kind == HANDSHAKE)
        memcpy(out, play->keys.handshake[writer], HFI_SECRET_MAX);
    else if (kind == APPLICATION)
        memcpy(out, play->keys.application[writer], HFI_SECRET_MAX);
    else { /* the transcript still ends with the ClientHello here */
        hfi_digest digest = trace_digest(play);
        hfi_keys_early(&play->keys, 0, &digest, out);
    }
}

static void expect_traffic_keys(const trace_play *play, trace_step *step,
                                const uint8_t *secret, hfi_view key, hfi_view iv)
{
    const hfi_view none = {NULL, 0};
    hfi_view prk = secret_view(play, secret);

    trace_expect(step, "PRK", prk);
    expect_info(play, step, "key info", prk, "key", none, key);
    trace_expect(step, "key expanded", key);
    expect_info(play, step, "iv info", prk, "iv", none, iv);
    trace_expect(step, "iv expanded", iv);
}

/* The writer's step, with values or without, is when its direction changes keys. */
static void derive_traffic_keys(trace_play *play, trace_step *step, int argument)
{
    const hfi_aead *aead = hfi_crypto_nettle.aes_128_gcm;
    hfi_side side = trace_side(step);
    hfi_side writer = (argument & READ) == 0 ? side
                      : side == HFI_CLIENT   ? HFI_SERVER
                                             : HFI_CLIENT;
    uint8_t secret[HFI_SECRET_MAX];
    uint8_t key[HFI_AEAD_KEY_MAX];
    uint8_t iv[HFI_AEAD_NONCE];
    bool refers = json_object_size(step->values) == 0;

    if (refers && (argument & READ) != 0)
        return;
    traffic_secret(play, argument & ~READ, writer, secret);
    hfi_keys_traffic(play->hash, secret, aead->key_len, key, iv);
    if (!refers)
        expect_traffic_keys(play, step, secret, hfi_view_of(key, aead->key_len),
                            hfi_view_of(iv, sizeof iv));
    if ((argument & READ) != 0)
        return;
    trace_check(step,
                hfi_record_keys_install(&play->seal[side], &trace_alloc, aead, key, iv) ==
                        HFI_OK &&
                    hfi_record_keys_install(&play->open[side], &trace_alloc, aead, key,
                                            iv) == HFI_OK,
                "install failed");
}

/* ---- the steps by name ---- */

static void send_record(trace_play *play, trace_step *step, int type)
{
    trace_send(play, step, (hfi_content_type)type);
}

static const struct {
    const char *name;
    void (*run)(trace_play *play, trace_step *step, int argument);
    int argument;
} steps[] = {
    {"create an ephemeral x25519 key pair", create_x25519, 0},
    {"create an ephemeral P-256 key pair", create_p256, 0},
    {"extract secret \"early\"", extract_early, 0},
    {"extract secret \"handshake\"", extract_handshake, 0},
    {"extract secret \"master\"", extract_main, 0},
    {"derive secret for handshake \"tls13 derived\"", derive_derived, 0},
    {"derive secret for master \"tls13 derived\"", derive_derived, 1},
    {"derive secret \"tls13 c e traffic\"", derive_early, 0},
    {"derive secret \"tls13 e exp master\"", derive_early, 1},
    {"derive secret \"tls13 c hs traffic\"", derive_handshake, HFI_CLIENT},
    {"derive secret \"tls13 s hs traffic\"", derive_handshake, HFI_SERVER},
    {"derive secret \"tls13 c ap traffic\"", derive_application, HFI_CLIENT},
    {"derive secret \"tls13 s ap traffic\"", derive_application, HFI_SERVER},
    {"derive secret \"tls13 exp master\"", derive_exporter, 0},
    {"derive secret \"tls13 res master\"", derive_resumption, 0},
    {"generate resumption secret \"tls13 resumption\"", generate_ticket_psk, 0},
    {"calculate finished \"tls13 finished\"", calculate_finished, 0},
    {"calculate PSK binder", calculate_binder, 0},
    {"derive write traffic keys for early application data", derive_traffic_keys, EARLY},
    {"derive read traffic keys for early application data", derive_traffic_keys,
     EARLY | READ},
    {"derive write traffic keys for handshake data", derive_traffic_keys, HANDSHAKE},
    {"derive read traffic keys for handshake data", derive_traffic_keys,
     HANDSHAKE | READ},
    {"derive write traffic keys for application data", derive_traffic_keys, APPLICATION},
    {"derive read traffic keys for application data", derive_traffic_keys,
     APPLICATION | READ},
    {"send change_cipher_spec record", send_record, HFI_CONTENT_CCS},
    {"send alert record", send_record, HFI_CONTENT_ALERT},
    {"send handshake record", send_record, HFI_CONTENT_HANDSHAKE},
    {"send application_data record", send_record, HFI_CONTENT_APPLICATION},
};

/* "construct a NAME handshake message": true, with NAME. */
static bool constructs(const char *step, size_t len, char name[64])
{
    static const char before[] = "construct ";
    static const char after[] = " handshake message";
    size_t head = sizeof before - 1;
    size_t tail = sizeof after - 1;

    if (len < head + tail || memcmp(step, before, head) != 0 ||
        memcmp(step + len - tail, after, tail) != 0)
        return false;
    head += step[head + 1] == 'n' ? 3 : 2; /* "an " or "a " */
    size_t size = len - head - tail;
    if (size >= 64)
        return false;
    memcpy(name, step + head, size);
    name[size] = '\0';
    return true;
}

void trace_play_step(trace_play *play, trace_step *step)
{
    char message[64];
    const char *same = strstr(step->name, " (same as ");
    size_t len = same != NULL ? (size_t)(same - step->name) : strlen(step->name);

    /* A step that refers to another side's has no values; it changes nothing here,
     * where one schedule serves both, but for a writer that takes up its keys. */
    trace_check(step, (same != NULL) == (json_object_size(step->values) == 0),
                "a reference has values, or another step has none");
    if (same == NULL && constructs(step->name, len, message)) {
        trace_construct(play, step, message);
        return;
    }
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (strlen(steps[i].name) != len || memcmp(steps[i].name, step->name, len) != 0)
            continue;
        if (same == NULL || steps[i].run == derive_traffic_keys)
            steps[i].run(play, step, steps[i].argument);
        return;
    }
    trace_fail(step, "unknown step");
}

void trace_play_free(trace_play *play)
{
    for (int side = 0; side < 2; side++) {
        hfi_record_keys_clear(&play->seal[side], &trace_alloc);
        hfi_record_keys_clear(&play->open[side], &trace_alloc);
    }
    hfi_transcript_free(&play->transcript, &trace_alloc);
    hfi_keys_wipe(&play->keys);
}
