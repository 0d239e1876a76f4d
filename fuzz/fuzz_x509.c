/* fuzz/fuzz_x509.c: one certificate, parsed, put into words, held against itself, and
 * verified, both unknown and trusted. */
#include <stdlib.h>

#include "pki/host_name.h"
#include "pki/name.h"
#include "pki/name_constraints.h"
#include "pki/verify.h"
#include "pki/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static const hfi_alloc heap = {allocate, release, NULL};

static bool accept_all(hfi_signature algorithm, const hfi_public_key *key,
                       hfi_view message, hfi_view signature)
{
    (void)message;
    return algorithm != HFI_SIGNATURE_NONE && key->type != HFI_KEY_NONE &&
           signature.len != 0;
}

static void check_text(const char *text, size_t size)
{
    size_t len = strnlen(text, size);

    if (len == size)
        abort(); /* no end */
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            abort(); /* a control character */
}

static void speak(const hfi_x509 *cert)
{
    char text[96];

    hfi_x509_name_text(cert->subject, text, sizeof text);
    check_text(text, sizeof text);
    hfi_x509_name_text(cert->issuer, text, 7);
    check_text(text, 7);
    hfi_x509_serial_text(cert, text, sizeof text);
    check_text(text, sizeof text);
    hfi_x509_names_text(cert, text, sizeof text);
    check_text(text, sizeof text);
    hfi_x509_key_text(cert, text, sizeof text);
    check_text(text, sizeof text);
}

static void compare(const hfi_x509 *cert)
{
    hfi_name_violation violation;
    size_t budget = 1000;

    if (!hfi_name_equal(cert->subject, cert->subject))
        abort();
    if (hfi_name_equal(cert->subject, cert->issuer) &&
        hfi_name_hash(cert->subject) != hfi_name_hash(cert->issuer))
        abort();
    (void)hfi_name_constraints_check(cert, cert, &budget, &violation);
    (void)hfi_host_match(cert, hfi_view_of_text("www.example.com"));
    (void)hfi_host_match(cert, hfi_view_of_text("192.0.2.1"));
}

static void verify(hfi_view der)
{
    hfi_crypto crypto = hfi_crypto_nettle;
    hfi_view chain[3] = {der, der, der};
    hfi_cert_fault fault;
    hfi_public_key key;
    hfi_verify_params params = {
        .crypto = &crypto, .alloc = &heap, .now = 1893456000, .any_key_usage = true};

    crypto.verify = accept_all;
    params.store = hfi_trust_store_new(&heap, &crypto);
    if (params.store == NULL)
        return;
    (void)hfi_verify_chain(&params, chain, 3, &key, &fault);
    if (hfi_trust_store_add(params.store, der, NULL) == HFI_OK)
        (void)hfi_verify_chain(&params, chain, 3, &key, &fault);
    hfi_trust_store_free(params.store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hfi_view der = hfi_view_of(data, size);
    hfi_x509 cert;

    if (hfi_x509_parse(der, &cert) == HFI_OK) {
        speak(&cert);
        compare(&cert);
    }
    verify(der);
    return 0;
}
