/* capi/names.c: lists of names of algorithms and versions, as operators write them, into
 * numbers. RFC 8446 B.4, 4.2.7, 4.2.3. */
#include <stdio.h>
#include <strings.h>

#include "capi/objects.h"

/* One kind of list: the index-th thing known, with its number and its two names;
 * false past the last. */
typedef struct name_entry {
    uint16_t id;
    const char *name;
    const char *alias; /* or NULL */
} name_entry;

typedef bool name_at(const hfi_crypto *crypto, size_t index, name_entry *entry);

static bool group_at(const hfi_crypto *crypto, size_t index, name_entry *entry)
{
    const hfi_group *group = hfi_group_at(crypto, index);

    if (group == NULL)
        return false;
    *entry = (name_entry){group->id, group->name, hfi_group_alias(group->id)};
    return true;
}

static bool suite_at(const hfi_crypto *crypto, size_t index, name_entry *entry)
{
    hfi_suite room;
    const hfi_suite *suite = hfi_suite_at(crypto, index, &room);

    if (suite == NULL)
        return false;
    *entry = (name_entry){suite->id, suite->name, NULL};
    return true;
}

static bool scheme_at(const hfi_crypto *crypto, size_t index, name_entry *entry)
{
    const hfi_scheme *scheme = hfi_scheme_at(index);

    (void)crypto;
    if (scheme == NULL)
        return false;
    *entry = (name_entry){scheme->id, scheme->name, NULL};
    return true;
}

static bool version_at(const hfi_crypto *crypto, size_t index, name_entry *entry)
{
    static const name_entry versions[] = {{0x0304, "TLSv1.3", "1.3"},
                                          {0x0303, "TLSv1.2", "1.2"}};

    (void)crypto;
    if (index >= sizeof versions / sizeof versions[0])
        return false;
    *entry = versions[index];
    return true;
}

static bool same_name(const char *known, const char *given, size_t len)
{
    return known != NULL && strlen(known) == len && strncasecmp(known, given, len) == 0;
}

static bool find_name(const hfi_crypto *crypto, name_at *at, const char *given,
                      size_t len, uint16_t *id)
{
    name_entry entry;

    for (size_t i = 0; at(crypto, i, &entry); i++) {
        if (same_name(entry.name, given, len) || same_name(entry.alias, given, len)) {
            *id = entry.id;
            return true;
        }
    }
    return false;
}

/* `unknown group "x"; known: x25519 (X25519), secp256r1 (P-256), ...` */
static hf_status refuse_name(hf_config *config, const char *kind, name_at *at,
                             const char *given, size_t len)
{
    char known[1200] = "";
    size_t used = 0;
    name_entry entry;

    for (size_t i = 0; at(config->settings.crypto, i, &entry); i++) {
        int n = snprintf(known + used, sizeof known - used, "%s%s%s%s%s",
                         i == 0 ? "" : ", ", entry.name, entry.alias != NULL ? " (" : "",
                         entry.alias != NULL ? entry.alias : "",
                         entry.alias != NULL ? ")" : "");
        if (n < 0 || (size_t)n >= sizeof known - used)
            break;
        used += (size_t)n;
    }
    return hfi_config_refuse(config, HFI_E_UNKNOWN_NAME, "unknown %s \"%.*s\"; known: %s",
                             kind, (int)(len > 64 ? 64 : len), given, known);
}

/* A name that stands twice counts once, at its first place. */
static void append_once(uint16_t *ids, size_t max, size_t *count, uint16_t id)
{
    for (size_t i = 0; i < *count; i++)
        if (ids[i] == id)
            return;
    if (*count < max)
        ids[(*count)++] = id;
}

/* Nothing is stored unless the whole list is known. */
static hf_status read_names(hf_config *config, const char *names, const char *kind,
                            name_at *at, uint16_t *out, size_t max, size_t *out_count)
{
    static const char separators[] = ":, \t\r\n";
    uint16_t ids[HFI_SUITES_MAX];
    size_t count = 0;
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (names == NULL)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "the list is NULL");
    for (names += strspn(names, separators); *names != '\0';
         names += strspn(names, separators)) {
        size_t len = strcspn(names, separators);
        uint16_t id;
        if (!find_name(config->settings.crypto, at, names, len, &id))
            return refuse_name(config, kind, at, names, len);
        append_once(ids, max, &count, id);
        names += len;
    }
    if (count == 0)
        return hfi_config_refuse(config, HFI_E_EMPTY_LIST, "no %s is named", kind);
    memcpy(out, ids, count * sizeof ids[0]);
    *out_count = count;
    return 1;
}

_Static_assert((int)HFI_GROUPS_MAX <= (int)HFI_SUITES_MAX &&
                   (int)HFI_SCHEMES_MAX <= (int)HFI_SUITES_MAX,
               "one array serves all lists");

hf_status hf_config_set_groups(hf_config *config, const char *names)
{
    if (config == NULL)
        return -HF_E_INVALID_ARGUMENT;
    return read_names(config, names, "group", group_at, config->settings.groups,
                      HFI_GROUPS_MAX, &config->settings.group_count);
}

hf_status hf_config_set_cipher_suites(hf_config *config, const char *names)
{
    if (config == NULL)
        return -HF_E_INVALID_ARGUMENT;
    return read_names(config, names, "cipher suite", suite_at, config->settings.suites,
                      HFI_SUITES_MAX, &config->settings.suite_count);
}

/* They are a range: its ends are what is named. */
hf_status hf_config_set_versions(hf_config *config, const char *names)
{
    uint16_t versions[HFI_VERSIONS_MAX] = {0};
    size_t count = 0;

    if (config == NULL)
        return -HF_E_INVALID_ARGUMENT;
    hf_status status = read_names(config, names, "version", version_at, versions,
                                  HFI_VERSIONS_MAX, &count);
    if (status != 1)
        return status;
    hfi_settings *s = &config->settings;
    s->version_min = s->version_max = versions[0];
    for (size_t i = 1; i < count; i++) {
        s->version_min = versions[i] < s->version_min ? versions[i] : s->version_min;
        s->version_max = versions[i] > s->version_max ? versions[i] : s->version_max;
    }
    return 1;
}

static bool compression_at(const hfi_crypto *crypto, size_t index, name_entry *entry)
{
    const hfi_compression *method = hfi_compression_at(index);

    (void)crypto;
    if (method == NULL)
        return false;
    *entry = (name_entry){method->id, method->name, NULL};
    return true;
}

static bool is_built_in(const char *name)
{
    const hfi_compression *method;

    for (size_t i = 0; (method = hfi_compression_at(i)) != NULL; i++) {
        if (strcmp(method->name, name) == 0)
            return true;
    }
    return false;
}

/* Tells a method that this build lacks from a slip of the pen. */
static hf_status explain_compression(hf_config *config)
{
    char lacking[64] = "";
    char told[HFI_CONFIG_MESSAGE_SIZE];
    const char *name;

    for (size_t i = 0; (name = hfi_compression_known(i)) != NULL; i++) {
        size_t used = strlen(lacking);
        if (!is_built_in(name))
            (void)snprintf(lacking + used, sizeof lacking - used, "%s %s",
                           used == 0 ? "; not in this build:" : ",", name);
    }
    (void)snprintf(told, sizeof told, "%s", config->message);
    return hfi_config_refuse(config, HFI_E_UNKNOWN_NAME, "%.700s, none%s", told, lacking);
}

hf_status hf_config_set_certificate_compression(hf_config *config, const char *names)
{
    uint16_t ids[HFI_COMPRESSIONS_MAX];
    size_t count = 0;

    if (config == NULL)
        return -HF_E_INVALID_ARGUMENT;
    hfi_settings *s = &config->settings;
    hf_status status = hfi_config_begin_setting(config);
    if (status == 1 && names != NULL && strcasecmp(names, "none") == 0) {
        s->compression_count = 0;
        return 1;
    }
    status = read_names(config, names, "certificate compression", compression_at, ids,
                        HFI_COMPRESSIONS_MAX, &count);
    if (status != 1)
        return status == -HF_E_UNKNOWN_NAME ? explain_compression(config) : status;
    for (size_t i = 0; i < count; i++)
        s->compressions[i] = hfi_compression_find(ids[i]);
    s->compression_count = count;
    return 1;
}

/* At least one must be able to sign a handshake, else no server could answer. */
static bool any_signs_handshake(const hfi_settings *settings)
{
    for (size_t i = 0; i < settings->scheme_count; i++) {
        const hfi_scheme *scheme = hfi_scheme_find(settings->schemes[i]);
        if (scheme != NULL && scheme->in_handshake)
            return true;
    }
    return false;
}

hf_status hf_config_set_signature_algorithms(hf_config *config, const char *names)
{
    if (config == NULL)
        return -HF_E_INVALID_ARGUMENT;
    hfi_settings chosen = config->settings;
    hf_status status = read_names(config, names, "signature algorithm", scheme_at,
                                  chosen.schemes, HFI_SCHEMES_MAX, &chosen.scheme_count);

    if (status != 1)
        return status;
    if (!any_signs_handshake(&chosen))
        return hfi_config_refuse(config, HFI_E_EMPTY_LIST,
                                 "none of these may sign a TLS 1.3 handshake: add one "
                                 "that is not rsa_pkcs1");
    config->settings = chosen;
    return 1;
}

/* ---- of one chain ---- */

static hfi_credential *newest_chain(hf_config *config)
{
    hfi_credentials *list = &config->credentials;

    return list->count != 0 ? &list->items[list->count - 1] : NULL;
}

hf_status hf_config_set_signing_algorithms(hf_config *config, const char *names)
{
    uint16_t schemes[HFI_SCHEMES_MAX];
    size_t count = 0;

    if (config == NULL)
        return -HF_E_INVALID_ARGUMENT;
    hf_status status = read_names(config, names, "signature algorithm", scheme_at,
                                  schemes, HFI_SCHEMES_MAX, &count);
    if (status != 1)
        return status;
    hfi_credential *c = newest_chain(config);
    if (c == NULL)
        return hfi_config_refuse(config, HFI_E_CERTIFICATE_NOT_SET,
                                 "there is no chain to sign for yet");
    memcpy(c->schemes, schemes, count * sizeof *schemes);
    c->scheme_count = count;
    return 1;
}

hf_status hf_config_require_listed_authority(hf_config *config)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    hfi_credential *c = newest_chain(config);
    if (c == NULL)
        return hfi_config_refuse(config, HFI_E_CERTIFICATE_NOT_SET,
                                 "there is no chain to show yet");
    c->must_be_listed = true;
    return 1;
}
