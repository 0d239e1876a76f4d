/* tests/failures/drive_config.c: the settings that a row of the catalogue asks for, made
 * through the public functions. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drive.h"

const char *drive_value(const drive_options *o, const char *name)
{
    size_t len = strlen(name);

    for (int i = 1; i < o->argc; i++)
        if (strncmp(o->argv[i], name, len) == 0 && o->argv[i][len] == '=')
            return o->argv[i] + len + 1;
    return NULL;
}

long drive_number(const drive_options *o, const char *name, long without)
{
    const char *text = drive_value(o, name);

    return text != NULL ? strtol(text, NULL, 0) : without;
}

/* ---- the application's functions ---- */

static void *allocate(void *context, size_t bytes)
{
    void *p = malloc(bytes != 0 ? bytes : 1);

    ((drive_memory *)context)->live += p != NULL;
    return p;
}

static void release(void *context, void *memory)
{
    ((drive_memory *)context)->live--;
    free(memory);
}

static int64_t clock_seconds(void *context)
{
    return *(const int64_t *)context;
}

static int64_t clock_microseconds(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static hf_status set_clock(hf_config *config, const char *seconds)
{
    static int64_t now;
    const hf_clock clock = {sizeof clock, clock_seconds, clock_microseconds, &now};

    now = strtoll(seconds, NULL, 10);
    return hf_config_set_clock(config, &clock);
}

/* ---- settings, in this order ---- */

static hf_status use_key(hf_config *config, const char *path)
{
    return hf_config_use_private_key_file(config, path, NULL);
}

static hf_status add_alpn(hf_config *config, const char *names)
{
    hf_status status = 1;

    while (status == 1 && *names != '\0') {
        size_t len = strcspn(names, ",");
        status = hf_config_add_alpn(config, (const uint8_t *)names, len);
        names += len + (names[len] == ',');
    }
    return status;
}

static hf_status set_timeout(hf_config *config, const char *milliseconds)
{
    return hf_config_set_handshake_timeout(config, strtoll(milliseconds, NULL, 10));
}

static hf_status set_options(hf_config *config, const char *options)
{
    (void)hf_config_set_options(config, strtoull(options, NULL, 0));
    return 1;
}

static hf_status set_client_auth(hf_config *config, const char *mode)
{
    return hf_config_set_client_auth(config, atoi(mode));
}

static hf_status set_early_data(hf_config *config, const char *bytes)
{
    return hf_config_set_early_data(config, strtoul(bytes, NULL, 10));
}

static hf_status set_crl_rules(hf_config *config, const char *rules)
{
    return hf_config_set_crl_rules(config, atoi(rules));
}

static hf_status trust_anyone(hf_config *config, const char *value)
{
    (void)value;
    return hf_config_disable_certificate_verification(config);
}

typedef struct setting {
    const char *name;
    hf_status (*set)(hf_config *config, const char *value);
} setting;

static const setting settings[] = {
    {"trust", hf_config_add_trust_file},
    {"crl", hf_config_add_crl_file},
    {"crl_rules", set_crl_rules},
    {"cert", hf_config_use_certificate_chain_file},
    {"key", use_key},
    {"versions", hf_config_set_versions},
    {"suites", hf_config_set_cipher_suites},
    {"groups", hf_config_set_groups},
    {"schemes", hf_config_set_signature_algorithms},
    {"profile", hf_config_set_profile},
    {"alpn", add_alpn},
    {"timeout", set_timeout},
    {"options", set_options},
    {"client_auth", set_client_auth},
    {"early_data", set_early_data},
    {"anyone", trust_anyone},
    {"clock", set_clock},
    {"function", drive_set_function},
    {"keylog", hf_config_set_key_log_file},
};

hf_config *drive_config(const drive_options *o, drive_memory *memory, hf_status *status,
                        const char **failed)
{
    const hf_allocator counted = {sizeof counted, allocate, release, memory};

    hf_config *config = memory->limit != 0 ? hf_config_new_limited(memory->limit)
                                           : hf_config_new(&counted);
    if (config == NULL)
        return NULL;
    *status = 1;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const char *value = drive_value(o, settings[i].name);
        if (value == NULL)
            continue;
        *failed = settings[i].name;
        *status = settings[i].set(config, value);
        if (*status != 1)
            return config;
    }
    return config;
}

hf_status drive_conn(const drive_options *o, hf_conn *conn, const char **failed)
{
    static uint8_t key[32];
    const char *name = drive_value(o, "name");
    const char *sni = drive_value(o, "server_name");
    const char *psk = drive_value(o, "psk");
    hf_status status = 1;

    *failed = "name";
    if (name != NULL)
        status = hf_conn_set_hostname(conn, name);
    if (status == 1 && sni != NULL) {
        *failed = "server_name";
        status = hf_conn_set_server_name(conn, sni);
    }
    if (status == 1 && psk != NULL) {
        *failed = "psk";
        memset(key, 0x77, sizeof key);
        status = hf_conn_set_psk(conn, (const uint8_t *)psk, strlen(psk), key, sizeof key,
                                 NULL);
    }
    return status;
}
