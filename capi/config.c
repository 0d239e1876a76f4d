/* capi/config.c: making, freezing and releasing a configuration; its behaviour.
 * Trust is in trust.c, lists of names in names.c, callbacks in callbacks.c. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "capi/objects.h"
#include "crypto/accel/accel.h"

static void *default_allocate(void *ctx, size_t bytes)
{
    (void)ctx;
    return malloc(bytes);
}

static void default_release(void *ctx, void *memory)
{
    (void)ctx;
    free(memory);
}

static int64_t system_unix_seconds(void *ctx)
{
    struct timespec now = {0, 0};

    (void)ctx;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec;
}

static int64_t system_monotonic(void *ctx)
{
    struct timespec now = {0, 0};

    (void)ctx;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + (int64_t)now.tv_nsec / 1000;
}

static void fill_settings(hf_config *config, const hfi_alloc *alloc)
{
    hfi_settings *s = &config->settings;

    s->alloc = *alloc;
    config->crypto = hfi_crypto_nettle;
    hfi_crypto_nettle_fit(&config->crypto);
    hfi_accel_apply(&config->crypto);
    s->crypto = &config->crypto;
    s->random = hfi_random_system;
    s->clock.unix_seconds = system_unix_seconds;
    s->clock.monotonic_microseconds = system_monotonic;
    hfi_signature_memory_init(&config->signatures, &s->alloc, s->crypto,
                              HFI_SIGNATURE_MEMORY_DEFAULT);
    s->signatures = &config->signatures;
    hfi_ticket_keys_init(&config->tickets, s->crypto, HFI_TICKET_LIFETIME_DEFAULT);
    s->tickets = &config->tickets;
    hfi_replay_init(&config->replay, &s->alloc);
    s->replay = &config->replay;
    s->credentials = &config->credentials;
    s->verify_chain = true;
    s->verify_name = true;
    for (size_t i = 0; hfi_compression_at(i) != NULL; i++)
        s->compressions[s->compression_count++] = hfi_compression_at(i);
    hfi_settings_defaults(s);
}

hf_config *hf_config_new(const hf_allocator *allocator)
{
    hfi_alloc alloc = {default_allocate, default_release, NULL};

    if (allocator != NULL) {
        if (allocator->size < sizeof *allocator || allocator->allocate == NULL ||
            allocator->release == NULL)
            return NULL;
        alloc.allocate = allocator->allocate;
        alloc.release = allocator->release;
        alloc.ctx = allocator->context;
    }
    hf_config *config = hfi_alloc_zeroed(&alloc, sizeof *config);
    if (config == NULL)
        return NULL;
    if (pthread_mutex_init(&config->freezing, NULL) != 0) {
        hfi_alloc_release(&alloc, config);
        return NULL;
    }
    atomic_init(&config->references, 1);
    atomic_init(&config->frozen, false);
    atomic_init(&config->trust_loaded, false);
    config->key_log_fd = -1;
    fill_settings(config, &alloc);
    config->settings.store = hfi_trust_store_new(&alloc, config->settings.crypto);
    if (config->settings.store == NULL) {
        hf_config_free(config);
        return NULL;
    }
    return config;
}

hf_config *hf_config_up_ref(hf_config *config)
{
    if (config != NULL)
        atomic_fetch_add_explicit(&config->references, 1, memory_order_relaxed);
    return config;
}

void hf_config_free(hf_config *config)
{
    if (config == NULL ||
        atomic_fetch_sub_explicit(&config->references, 1, memory_order_acq_rel) != 1)
        return;
    hfi_alloc alloc = config->settings.alloc;
    hfi_trust_store_free(config->settings.store);
    hfi_crl_store_free(config->settings.crls);
    hfi_signature_memory_free(&config->signatures);
    hfi_ticket_keys_wipe(&config->tickets);
    hfi_replay_free(&config->replay);
    hfi_alloc_release(&alloc, config->client_authorities);
    hfi_credentials_clear(&config->credentials, &alloc, config->settings.crypto);
    if (config->key_log_fd >= 0)
        (void)close(config->key_log_fd);
    (void)pthread_mutex_destroy(&config->freezing);
    hfi_alloc_release(&alloc, config);
}

const char *hf_config_last_message(const hf_config *config)
{
    return config != NULL ? config->message : "";
}

hf_status hfi_config_begin_setting(hf_config *config)
{
    if (config == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (atomic_load_explicit(&config->frozen, memory_order_acquire))
        return -HF_E_CONFIG_FROZEN;
    config->message[0] = '\0';
    return 1;
}

hf_status hfi_config_begin_input(hf_config *config, const void *input, const char *words)
{
    hf_status status = hfi_config_begin_setting(config);

    return status == 1 && input == NULL
               ? hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "%s", words)
               : status;
}

hf_status hfi_config_refuse(hf_config *config, hfi_err code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(config->message, sizeof config->message, format, arguments);
    va_end(arguments);
    return -(hf_status)code;
}

hf_status hfi_config_finish_input(hf_config *config, hfi_err err, const char *what)
{
    char reason[128] = "";
    int number = errno;

    if (err == HFI_OK)
        return 1;
    if (err != HFI_E_FILE_UNREADABLE || number == 0 ||
        strerror_r(number, reason, sizeof reason) != 0)
        reason[0] = '\0';
    return hfi_config_refuse(config, err, "%s: %s", what,
                             reason[0] != '\0' ? reason : hf_code_text((int)err));
}

hf_status hfi_config_freeze(hf_config *config)
{
    if (atomic_load_explicit(&config->frozen, memory_order_acquire))
        return 1;
    if (pthread_mutex_lock(&config->freezing) != 0)
        return -HF_E_INTERNAL;
    atomic_store_explicit(&config->frozen, true, memory_order_release);
    (void)pthread_mutex_unlock(&config->freezing);
    return 1;
}

/* What the system's store lacks shows when a connection needs it: TRUST_STORE_EMPTY. */
static hf_status load_locked(hf_config *config)
{
    if (atomic_load_explicit(&config->trust_loaded, memory_order_relaxed))
        return 1;
    if (hfi_trust_store_add_system(config->settings.store) == HFI_E_NO_MEMORY)
        return -HF_E_NO_MEMORY;
    atomic_store_explicit(&config->trust_loaded, true, memory_order_release);
    return 1;
}

bool hfi_config_has_trust(const hf_config *config)
{
    return config->trust_chosen || config->settings.client_auth != HFI_CLIENT_AUTH_NONE ||
           atomic_load_explicit(&config->trust_loaded, memory_order_acquire);
}

hf_status hfi_config_load_trust(hf_config *config)
{
    if (hfi_config_has_trust(config))
        return 1;
    if (pthread_mutex_lock(&config->freezing) != 0)
        return -HF_E_INTERNAL;
    hf_status status = load_locked(config);
    (void)pthread_mutex_unlock(&config->freezing);
    return status;
}

uint64_t hf_config_set_options(hf_config *config, uint64_t options)
{
    if (hfi_config_begin_setting(config) == 1)
        config->options |= options & HFI_OPTIONS_KNOWN;
    return hf_config_get_options(config);
}

uint64_t hf_config_clear_options(hf_config *config, uint64_t options)
{
    if (hfi_config_begin_setting(config) == 1)
        config->options &= ~options;
    return hf_config_get_options(config);
}

uint64_t hf_config_get_options(const hf_config *config)
{
    return config != NULL ? config->options : 0;
}

hf_status hf_config_set_handshake_timeout(hf_config *config, int64_t milliseconds)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (milliseconds < 0 || milliseconds > INT64_MAX / 1000)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "a timeout is 0 or more milliseconds");
    config->timeout = milliseconds * 1000;
    return 1;
}

hf_status hf_config_set_acceleration(hf_config *config, int enabled)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->crypto = hfi_crypto_nettle;
    hfi_crypto_nettle_fit(&config->crypto);
    if (enabled != 0)
        hfi_accel_apply(&config->crypto);
    return 1;
}

hf_status hf_config_add_alpn(hf_config *config, const uint8_t *name, size_t len)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    hfi_err err = hfi_capi_alpn_append(config->alpn, &config->alpn_len, name, len);
    if (err == HFI_E_INVALID_ARGUMENT)
        return hfi_config_refuse(config, err, "a protocol name has 1 to 255 bytes");
    if (err != HFI_OK)
        return hfi_config_refuse(config, err, "the protocol names exceed %d bytes",
                                 HFI_ALPN_MAX);
    config->settings.alpn = hfi_view_of(config->alpn, config->alpn_len);
    return 1;
}

hf_status hf_config_clear_alpn(hf_config *config)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->alpn_len = 0;
    config->settings.alpn = hfi_view_of(NULL, 0);
    return 1;
}
