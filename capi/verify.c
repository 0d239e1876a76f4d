/* capi/verify.c: a chain verified without a connection, by the same rules.
 * RFC 5280 6 is pki's; here are the certificates, the settings and what is told. */
#include <string.h>

#include "capi/objects.h"
#include "pki/pem.h"
#include "pki/verify.h"

struct hf_verify {
    hf_config *config; /* a reference */
    hfi_view certs[HFI_VERIFY_POOL_MAX];
    uint8_t *memory[HFI_VERIFY_POOL_MAX]; /* owned: of each of these */
    size_t count;
    char *hostname; /* owned; NULL: not checked */
    bool has_time;
    int64_t time;
    hfi_verify_purpose purpose;
    hfi_verify_profile profile;
    hfi_verify_path path;
    hf_error error;
};

static const hfi_alloc *alloc_of(const hf_verify *verify)
{
    return &verify->config->settings.alloc;
}

hf_verify *hf_verify_new(hf_config *config)
{
    if (config == NULL || hfi_config_freeze(config) != 1 ||
        hfi_config_load_trust(config) != 1)
        return NULL;
    hf_verify *verify = hfi_alloc_zeroed(&config->settings.alloc, sizeof *verify);
    if (verify == NULL)
        return NULL;
    verify->config = hf_config_up_ref(config);
    verify->profile = config->settings.profile;
    hfi_report_reset(&verify->error.note, alloc_of(verify));
    return verify;
}

/* Takes back certificates, from this one on. */
static void drop_from(hf_verify *verify, size_t first)
{
    while (verify->count > first) {
        verify->count--;
        hfi_alloc_release(alloc_of(verify), verify->memory[verify->count]);
    }
}

void hf_verify_free(hf_verify *verify)
{
    if (verify == NULL)
        return;
    hf_config *config = verify->config;
    hfi_alloc alloc = *alloc_of(verify);

    drop_from(verify, 0);
    hfi_alloc_release(&alloc, verify->hostname);
    hfi_report_reset(&verify->error.note, &alloc);
    hfi_alloc_release(&alloc, verify->error.summary);
    hfi_alloc_release(&alloc, verify);
    hf_config_free(config);
}

/* ---- certificates ---- */

/* Keeps memory of which len bytes are a certificate; released on failure. */
static hfi_err keep(hf_verify *verify, uint8_t *memory, size_t len)
{
    if (len == 0 || len > HFI_CERTIFICATE_SIZE_MAX ||
        verify->count == HFI_VERIFY_POOL_MAX) {
        hfi_alloc_release(alloc_of(verify), memory);
        return len == 0 ? HFI_E_PEM_MALFORMED : HFI_E_INPUT_TOO_LARGE;
    }
    verify->memory[verify->count] = memory;
    verify->certs[verify->count++] = hfi_view_of(memory, len);
    return HFI_OK;
}

static hfi_err add_block(hf_verify *verify, const hfi_pem_block *block)
{
    const hfi_crypto *crypto = verify->config->settings.crypto;
    size_t len = 0;

    if (block->body.len > (size_t)HFI_CERTIFICATE_SIZE_MAX * 2)
        return HFI_E_INPUT_TOO_LARGE;
    uint8_t *memory = hfi_alloc_bytes(alloc_of(verify), block->body.len / 4 * 3 + 3);
    if (memory == NULL)
        return HFI_E_NO_MEMORY;
    hfi_err err = hfi_pem_decode(crypto, block, memory, &len);
    if (err == HFI_OK)
        return keep(verify, memory, len);
    hfi_alloc_release(alloc_of(verify), memory);
    return err;
}

static hfi_err add_pem(hf_verify *verify, hfi_view text)
{
    size_t before = verify->count;
    hfi_pem_block block;
    hfi_err err;

    while ((err = hfi_pem_next(&text, &block)) == HFI_OK && block.label.len > 0) {
        if (!hfi_view_equal(block.label, hfi_view_of_text("CERTIFICATE")))
            continue; /* keys and the like may stand beside it */
        err = add_block(verify, &block);
        if (err != HFI_OK)
            return err;
    }
    if (err == HFI_OK && verify->count == before)
        err = HFI_E_NO_CERTIFICATE_IN_INPUT;
    return err;
}

static hfi_err add_der(hf_verify *verify, hfi_view der)
{
    uint8_t *memory = der.len <= HFI_CERTIFICATE_SIZE_MAX
                          ? hfi_alloc_bytes(alloc_of(verify), der.len)
                          : NULL;

    if (memory == NULL)
        return der.len > HFI_CERTIFICATE_SIZE_MAX ? HFI_E_INPUT_TOO_LARGE
                                                  : HFI_E_NO_MEMORY;
    memcpy(memory, der.p, der.len);
    return keep(verify, memory, der.len);
}

/* What the last run found is about other certificates or settings. */
static void forget_run(hf_verify *verify)
{
    verify->path = (hfi_verify_path){0};
    hfi_report_reset(&verify->error.note, alloc_of(verify));
    verify->error.summarized = HFI_OK;
}

hf_status hf_verify_add(hf_verify *verify, const uint8_t *bytes, size_t len)
{
    if (verify == NULL || (bytes == NULL && len > 0))
        return -HF_E_INVALID_ARGUMENT;
    if (len > HFI_TRUST_INPUT_MAX)
        return -HF_E_INPUT_TOO_LARGE;
    size_t before = verify->count;
    hfi_view input = hfi_view_of(bytes, len);
    /* A SEQUENCE of at least 128 bytes; no PEM text begins like that. */
    bool is_der = len >= 2 && bytes[0] == 0x30 && bytes[1] >= 0x80;
    hfi_err err = is_der ? add_der(verify, input) : add_pem(verify, input);

    if (err != HFI_OK)
        drop_from(verify, before);
    else
        forget_run(verify);
    return err == HFI_OK ? 1 : -(hf_status)err;
}

size_t hf_verify_count(const hf_verify *verify)
{
    return verify != NULL ? verify->count : 0;
}

const uint8_t *hf_verify_get0_der(const hf_verify *verify, size_t index, size_t *len)
{
    bool there = index < hf_verify_count(verify);

    if (len != NULL)
        *len = there ? verify->certs[index].len : 0;
    return there ? verify->certs[index].p : NULL;
}

/* ---- settings ---- */

hf_status hf_verify_set_hostname(hf_verify *verify, const char *name)
{
    char *copy = NULL;

    if (verify == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (name != NULL) {
        size_t len = strnlen(name, HFI_HOSTNAME_MAX + 2);
        if (len > 0 && name[len - 1] == '.')
            len--;
        bool is_address;
        if (len == 0 || len > HFI_HOSTNAME_MAX ||
            !hfi_host_valid(hfi_view_of(name, len), &is_address, NULL, NULL))
            return -HF_E_INVALID_HOSTNAME;
        copy = hfi_alloc_text(alloc_of(verify), name, len);
        if (copy == NULL)
            return -HF_E_NO_MEMORY;
    }
    hfi_alloc_release(alloc_of(verify), verify->hostname);
    verify->hostname = copy;
    forget_run(verify);
    return 1;
}

hf_status hf_verify_set_time(hf_verify *verify, int64_t unix_seconds)
{
    if (verify == NULL)
        return -HF_E_INVALID_ARGUMENT;
    verify->has_time = true;
    verify->time = unix_seconds;
    forget_run(verify);
    return 1;
}

hf_status hf_verify_set_purpose(hf_verify *verify, int purpose)
{
    if (verify == NULL || (purpose != HF_PURPOSE_SERVER && purpose != HF_PURPOSE_CLIENT))
        return -HF_E_INVALID_ARGUMENT;
    verify->purpose =
        purpose == HF_PURPOSE_SERVER ? HFI_PURPOSE_SERVER : HFI_PURPOSE_CLIENT;
    forget_run(verify);
    return 1;
}

hf_status hf_verify_set_profile(hf_verify *verify, const char *name)
{
    if (verify == NULL || name == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (!hfi_profile_by_name(name, &verify->profile))
        return -HF_E_UNKNOWN_NAME;
    forget_run(verify);
    return 1;
}

/* ---- the answer ---- */

static hfi_err run(hf_verify *verify, hfi_cert_fault *fault)
{
    const hfi_settings *s = &verify->config->settings;
    hfi_view name = hfi_view_of(NULL, 0);
    hfi_verify_params params = {
        .crypto = s->crypto,
        .alloc = &s->alloc,
        .store = s->store,
        .now = verify->has_time ? verify->time : s->clock.unix_seconds(s->clock.ctx),
        .purpose = verify->purpose,
        .profile = verify->profile,
        .crls = s->crls,
        .crl_whole_chain = s->crl_whole_chain,
        .crl_required = s->crl_required,
        .names = &name,
        .path = &verify->path,
    };

    if (verify->hostname != NULL) {
        name = hfi_view_of_text(verify->hostname);
        params.name_count = 1;
    }
    if (verify->count == 0)
        return HFI_E_NO_CERTIFICATE_IN_INPUT;
    if (hfi_trust_store_count(s->store) == 0)
        return HFI_E_TRUST_STORE_EMPTY;
    return hfi_verify_chain(&params, verify->certs, verify->count, NULL, fault);
}

hf_status hf_verify_run(hf_verify *verify)
{
    hfi_cert_fault fault = {.index = -1};

    if (verify == NULL)
        return -HF_E_INVALID_ARGUMENT;
    forget_run(verify);
    hfi_err err = run(verify, &fault);
    if (verify->path.count == 0 && verify->count > 0)
        verify->path.count = 1; /* the leaf itself is trusted or at fault */
    if (err == HFI_OK)
        return 1;
    hfi_report_fail(&verify->error.note, err);
    if (fault.code == err && err != HFI_E_NO_MEMORY)
        hfi_report_fault(&verify->error.note, alloc_of(verify), &fault);
    hfi_capi_summarize_record(&verify->error, &verify->error.note, alloc_of(verify));
    return -(hf_status)err;
}

const hf_error *hf_verify_get0_error(const hf_verify *verify)
{
    return verify != NULL ? &verify->error : NULL;
}

size_t hf_verify_path_length(const hf_verify *verify)
{
    return verify != NULL ? verify->path.count + (verify->path.has_root ? 1 : 0) : 0;
}

int hf_verify_path_index(const hf_verify *verify, size_t place)
{
    if (verify == NULL || place >= verify->path.count)
        return -1;
    return (int)verify->path.places[place];
}

const uint8_t *hf_verify_get0_path_der(const hf_verify *verify, size_t place, size_t *len)
{
    hfi_view der = hfi_view_of(NULL, 0);

    if (place < hf_verify_path_length(verify))
        der = place < verify->path.count
                  ? verify->certs[verify->path.places[place]]
                  : hfi_trust_store_at(verify->config->settings.store, verify->path.root);
    if (len != NULL)
        *len = der.len;
    return der.p;
}
