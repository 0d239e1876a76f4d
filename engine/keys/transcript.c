/* engine/keys/transcript.c: the running hash of the handshake messages.
 * RFC 8446 4.4.1.  What is in a message is not looked at here. */
#include "keys/transcript.h"

#include <assert.h>

enum { HANDSHAKE_MESSAGE_HASH = 254 }; /* RFC 8446 4: the synthetic message's type */

static hfi_err keep(hfi_transcript *t, const hfi_alloc *a, hfi_view message)
{
    if (message.len > SIZE_MAX - t->kept_len)
        return HFI_E_NO_MEMORY;
    uint8_t *grown = hfi_alloc_bytes(a, t->kept_len + message.len);
    if (grown == NULL)
        return HFI_E_NO_MEMORY;
    if (t->kept_len != 0)
        memcpy(grown, t->kept, t->kept_len);
    memcpy(grown + t->kept_len, message.p, message.len);
    hfi_alloc_release(a, t->kept);
    t->kept = grown;
    t->kept_len += message.len;
    return HFI_OK;
}

hfi_err hfi_transcript_add(hfi_transcript *t, const hfi_alloc *a, hfi_view message)
{
    if (message.len == 0)
        return HFI_OK;
    bool later = t->hash == NULL || t->holds;
    hfi_err err = later || t->keeps ? keep(t, a, message) : HFI_OK;
    if (err == HFI_OK && !later)
        t->hash->update(&t->ctx, message.p, message.len);
    return err;
}

void hfi_transcript_start(hfi_transcript *t, const hfi_alloc *a, const hfi_hash *hash)
{
    if (t->hash != NULL && !t->holds)
        return;
    if (t->hash == NULL)
        hash->init(&t->ctx);
    t->hash = hash;
    t->holds = false;
    if (t->kept_len != 0)
        hash->update(&t->ctx, t->kept, t->kept_len);
    if (!t->keeps)
        hfi_transcript_drop_kept(t, a);
}

void hfi_transcript_keep(hfi_transcript *t)
{
    t->keeps = true;
}

void hfi_transcript_drop_kept(hfi_transcript *t, const hfi_alloc *a)
{
    hfi_alloc_release(a, t->kept);
    t->kept = NULL;
    t->kept_len = 0;
    t->keeps = false;
}

static void add_message_hash(hfi_transcript *t, const uint8_t *digest)
{
    const uint8_t header[4] = {HANDSHAKE_MESSAGE_HASH, 0, 0, (uint8_t)t->hash->size};

    t->hash->update(&t->ctx, header, sizeof header);
    t->hash->update(&t->ctx, digest, t->hash->size);
}

void hfi_transcript_retry(hfi_transcript *t)
{
    hfi_digest hello;
    assert(t->hash != NULL);

    /* finish leaves the context as after init: the transcript begins anew. */
    t->hash->finish(&t->ctx, hello.bytes);
    add_message_hash(t, hello.bytes);
}

void hfi_transcript_resume_retry(hfi_transcript *t, const hfi_hash *hash, hfi_view hello,
                                 hfi_view retry)
{
    assert(t->hash == NULL && hello.len == hash->size);

    t->hash = hash;
    t->holds = true;
    hash->init(&t->ctx);
    add_message_hash(t, hello.p);
    hash->update(&t->ctx, retry.p, retry.len);
}

/* A context that goes on from where t stands; returns its hash. */
static const hfi_hash *fork_ctx(const hfi_transcript *t, hfi_hash_ctx *ctx)
{
    memcpy(ctx, &t->ctx, t->hash->ctx_used);
    return t->hash;
}

static void finish_ctx(const hfi_hash *hash, hfi_hash_ctx *ctx, hfi_digest *out)
{
    hash->finish(ctx, out->bytes);
    out->len = hash->size;
}

void hfi_transcript_digest(const hfi_transcript *t, hfi_digest *out)
{
    hfi_hash_ctx ctx;
    assert(t->hash != NULL);

    finish_ctx(fork_ctx(t, &ctx), &ctx, out);
}

void hfi_transcript_digest_with(const hfi_transcript *t, const hfi_hash *hash,
                                hfi_view tail, hfi_digest *out)
{
    hfi_hash_ctx ctx;

    if (t->hash != NULL) {
        hash = fork_ctx(t, &ctx);
    } else {
        hash->init(&ctx);
        if (t->kept_len != 0)
            hash->update(&ctx, t->kept, t->kept_len);
    }
    if (tail.len != 0)
        hash->update(&ctx, tail.p, tail.len);
    finish_ctx(hash, &ctx, out);
}

void hfi_transcript_hold(hfi_transcript *t)
{
    t->holds = true;
}

void hfi_transcript_digest_front(const hfi_transcript *t, const hfi_hash *hash,
                                 size_t len, hfi_digest *out)
{
    hfi_hash_ctx ctx;

    assert(len <= t->kept_len);
    if (t->hash != NULL)
        hash = fork_ctx(t, &ctx);
    else
        hash->init(&ctx);
    hash->update(&ctx, t->kept, len);
    finish_ctx(hash, &ctx, out);
}

void hfi_transcript_free(hfi_transcript *t, const hfi_alloc *a)
{
    hfi_alloc_release(a, t->kept);
    memset(t, 0, sizeof *t);
}
