/* fuzz/fuzz_ocsp.c: one stapled response, judged for a certificate that it tells about.
 * Signatures are right and hashes are what the response says, so that nothing stops the
 * search before the end. */
#include <stdlib.h>

#include "pki/ocsp.h"
#include "pki/ocsp_response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static hfi_view answers[2];
static unsigned asked;

static void hash_init(hfi_hash_ctx *ctx)
{
    (void)ctx;
}

static void hash_update(hfi_hash_ctx *ctx, const uint8_t *p, size_t len)
{
    (void)ctx;
    (void)p;
    (void)len;
}

static void hash_finish(hfi_hash_ctx *ctx, uint8_t *out)
{
    hfi_view answer = answers[asked++ % 2];
    (void)ctx;
    memset(out, 0, 20);
    memcpy(out, answer.p, answer.len < 20 ? answer.len : 20);
}

static const hfi_hash fake_hash = {.name = "fake",
                                   .size = 20,
                                   .init = hash_init,
                                   .update = hash_update,
                                   .finish = hash_finish};

static bool accept_all(hfi_signature algorithm, const hfi_public_key *key,
                       hfi_view message, hfi_view signature)
{
    (void)algorithm;
    (void)key;
    (void)message;
    (void)signature;
    return true;
}

static void judge(hfi_view response, const hfi_ocsp_response *parsed)
{
    hfi_reader r = hfi_reader_of(parsed->responses);
    hfi_crypto crypto = hfi_crypto_nettle;
    hfi_verify_params params = {.crypto = &crypto, .now = 1893456000};
    hfi_ocsp_single single;
    hfi_x509 leaf = {.version = 3}, issuer = {.version = 3};
    hfi_cert_fault fault = {0};
    size_t signatures = 8;

    if (parsed->status != 0 || !hfi_ocsp_next_single(&r, &single))
        return;
    crypto.verify = accept_all;
    crypto.sha1 = crypto.sha256 = crypto.sha384 = crypto.sha512 = &fake_hash;
    answers[0] = single.issuer_name_hash;
    answers[1] = single.issuer_key_hash;
    asked = 0;
    leaf.serial = single.serial;
    issuer.subject = leaf.issuer = parsed->by_name;
    issuer.key.type = HFI_KEY_EC_P256;
    hfi_err err = hfi_ocsp_check(&params, response, &leaf, &issuer, &signatures, &fault);
    if (err != HFI_OK && fault.code != err)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hfi_view response = hfi_view_of(data, size);
    hfi_ocsp_response parsed;

    if (hfi_ocsp_response_parse(response, &parsed))
        judge(response, &parsed);
    return 0;
}
