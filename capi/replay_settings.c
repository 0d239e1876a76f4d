/* capi/replay_settings.c: a configuration and a connection out of a recording.  Where the
 * public settings have checks, these are what is called. */
#include <stdlib.h>

#include "base/ct.h"
#include "capi/recording.h"
#include "wire/reader.h"

/* ---- settings ---- */

typedef hf_status set_names(hf_config *config, const char *names);

/* What a setting refuses may be what this build lacks. */
static hf_status refused(hf_replay *p, const hf_config *config, hf_status status)
{
    if (status == 1 || status == -HF_E_NO_MEMORY)
        return status;
    hfi_replay_stop(p,
                    status == -HF_E_UNKNOWN_NAME ? HFI_E_RECORDING_UNSUPPORTED
                                                 : HFI_E_RECORDING_MALFORMED,
                    "a setting of the recording is refused: %s",
                    config != NULL && hf_config_last_message(config)[0] != '\0'
                        ? hf_config_last_message(config)
                        : hf_code_text(status));
    return -(hf_status)p->problem;
}

static hf_status read_names(hf_replay *p, hf_config *config, hfi_reader *r,
                            set_names *set)
{
    char names[1025];
    hfi_view text = hfi_read_vec16(r, 1, sizeof names - 1);

    if (r->failed || memchr(text.p, '\0', text.len) != NULL)
        return -HF_E_RECORDING_MALFORMED;
    memcpy(names, text.p, text.len);
    names[text.len] = '\0';
    return refused(p, config, set(config, names));
}

static hf_status read_lists(hf_replay *p, hf_config *config, hfi_reader *r)
{
    static set_names *const lists[] = {
        hf_config_set_versions,
        hf_config_set_cipher_suites,
        hf_config_set_groups,
        hf_config_set_signature_algorithms,
        hf_config_set_certificate_compression,
    };
    hf_status status = 1;

    for (size_t i = 0; status == 1 && i < sizeof lists / sizeof lists[0]; i++)
        status = read_names(p, config, r, lists[i]);
    return status;
}

static hf_status read_alpn(hf_config *config, hfi_view list)
{
    hfi_reader r = hfi_reader_of(list);
    hf_status status = 1;

    while (status == 1 && hfi_reader_more(&r)) {
        hfi_view name = hfi_read_vec8(&r, 1, 255);
        if (!r.failed)
            status = hf_config_add_alpn(config, name.p, name.len);
    }
    return r.failed ? -HF_E_RECORDING_MALFORMED : status;
}

/* Numbers that follow the lists. */
static hf_status read_numbers(hf_replay *p, hf_config *config, hfi_reader *r)
{
    uint16_t limit = hfi_read_u16(r);
    uint16_t padding = hfi_read_u16(r);
    hfi_view alpn = hfi_read_vec16(r, 0, HFI_ALPN_MAX);
    uint32_t early = hfi_read_u32(r);
    uint32_t lifetime = hfi_read_u32(r);
    uint8_t tickets = hfi_read_u8(r);
    hfi_view context = hfi_read_vec16(r, 0, 255);
    uint16_t size = hfi_reader_more(r) ? hfi_read_u16(r) : 0; /* newer than the rest */

    if (!hfi_reader_done(r))
        return -HF_E_RECORDING_MALFORMED;
    hf_status status = hf_config_set_record_size_limit(config, limit);
    if (status == 1)
        status = hf_config_set_record_padding(config, padding);
    if (status == 1 && size != 0)
        status = hf_config_set_record_size(config, size);
    if (status == 1)
        status = read_alpn(config, alpn);
    if (status == 1)
        status = hf_config_set_early_data(config, early);
    if (status == 1)
        status = hf_config_set_ticket_lifetime(config, lifetime);
    if (status == 1)
        status = hf_config_set_ticket_count(config, tickets);
    if (status == 1)
        status = hf_config_set_session_context(config, context.p, context.len);
    return refused(p, config, status);
}

static hf_status read_settings(hf_replay *p, hf_config *config, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    unsigned asks = hfi_read_u16(&r);
    uint8_t profile = hfi_read_u8(&r);
    hf_status status =
        refused(p, config, hf_config_set_client_auth(config, hfi_read_u8(&r)));

    if (r.failed || profile > HFI_PROFILE_COMPATIBLE)
        return -HF_E_RECORDING_MALFORMED;
    config->settings.profile = (hfi_verify_profile)profile;
    config->settings.verify_chain = (asks & HFI_VERIFIES_CHAIN) != 0;
    config->settings.verify_name = (asks & HFI_VERIFIES_NAME) != 0;
    config->settings.crl_required = (asks & HFI_REQUIRES_CRL) != 0;
    config->settings.crl_whole_chain = (asks & HFI_CRL_FOR_ALL) != 0;
    config->trust_chosen = true;
    if (status == 1)
        status = read_lists(p, config, &r);
    if (status == 1)
        status = read_numbers(p, config, &r);
    return status == 1 ? hfi_replay_listen(p, config, asks) : status;
}

/* ---- chains ---- */

typedef struct recorded_chain {
    unsigned flags;
    hfi_view schemes, staple, scts;
    hfi_view certs[HFI_CREDENTIAL_CERTIFICATES_MAX];
    size_t count;
} recorded_chain;

static bool read_chain(hfi_view body, recorded_chain *c)
{
    hfi_reader r = hfi_reader_of(body);

    c->count = 0;
    c->flags = hfi_read_u8(&r);
    c->schemes = hfi_read_vec16(&r, 0, 1024);
    c->staple = hfi_read_vec16(&r, 0, 65535);
    c->scts = hfi_read_vec16(&r, 0, 65535);
    while (hfi_reader_more(&r) && c->count < HFI_CREDENTIAL_CERTIFICATES_MAX)
        c->certs[c->count++] = hfi_read_vec24(&r, 1, HFI_CHUNK_MAX);
    return hfi_reader_done(&r) && c->count != 0;
}

/* Never looked into: signatures come from the recording. */
static hfi_private_key *no_key(hf_replay *p, unsigned flags)
{
    return (flags & HFI_CHAIN_HAS_KEY) != 0 ? (hfi_private_key *)(void *)p : NULL;
}

static hf_status read_configured_chain(hf_replay *p, hf_config *config, hfi_view body)
{
    recorded_chain c;
    hfi_credentials *list = &config->credentials;

    if (!read_chain(body, &c) || list->count == HFI_CREDENTIALS_MAX)
        return -HF_E_RECORDING_MALFORMED;
    hfi_err err = hfi_credential_init(&list->items[list->count], &config->settings.alloc,
                                      c.certs, c.count);
    if (err != HFI_OK)
        return refused(p, NULL, -(hf_status)err);
    hfi_credential *added = &list->items[list->count++];
    added->key = no_key(p, c.flags);
    added->must_be_listed = (c.flags & HFI_CHAIN_MUST_BE_LISTED) != 0;
    hfi_reader schemes = hfi_reader_of(body);
    (void)hfi_read_u8(&schemes);
    hf_status status = 1;
    if (c.schemes.len != 0)
        status = read_names(p, config, &schemes, hf_config_set_signing_algorithms);
    if (status == 1)
        status = hf_config_set_ocsp_response(config, c.staple.p, c.staple.len);
    if (status == 1)
        status = hf_config_set_sct_list(config, c.scts.p, c.scts.len);
    return refused(p, config, status);
}

hf_status hfi_replay_own_chain(hf_replay *p, hfi_view body)
{
    recorded_chain c;

    if (!read_chain(body, &c))
        return -HF_E_RECORDING_MALFORMED;
    return refused(p, NULL,
                   hfi_capi_show_chain(p->conn, c.certs, c.count, no_key(p, c.flags)));
}

hf_status hfi_replay_own_key(hf_replay *p)
{
    hfi_credentials *own = p->conn->credentials;

    if (own == NULL || own->count == 0)
        return -HF_E_RECORDING_MALFORMED;
    own->items[own->count - 1].key = no_key(p, HFI_CHAIN_HAS_KEY);
    return 1;
}

/* ---- a configuration ---- */

static hf_status read_authorities(hf_config *config, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    while (hfi_reader_more(&r))
        (void)hfi_read_vec16(&r, 1, 65535);
    if (!hfi_reader_done(&r) || body.len > 65535 || config->client_authorities != NULL)
        return -HF_E_RECORDING_MALFORMED;
    config->client_authorities =
        hfi_alloc_copy(&config->settings.alloc, body.p, body.len);
    if (config->client_authorities == NULL)
        return -HF_E_NO_MEMORY;
    config->settings.client_authorities =
        hfi_view_of(config->client_authorities, body.len);
    return 1;
}

static hf_status read_part(hf_replay *p, hf_config *config, uint8_t kind, hfi_view body)
{
    switch (kind) {
    case HFI_CHUNK_ROOT:
        return refused(p, config, hf_config_add_trust_memory(config, body.p, body.len));
    case HFI_CHUNK_CRL:
        return refused(p, config, hf_config_add_crl_memory(config, body.p, body.len));
    case HFI_CHUNK_AUTHORITIES:
        return read_authorities(config, body);
    case HFI_CHUNK_CHAIN:
        return read_configured_chain(p, config, body);
    default:
        return -HF_E_RECORDING_MALFORMED;
    }
}

static hf_status fill(hf_replay *p, hf_config *config)
{
    uint8_t kind;
    hfi_view body;

    if (!hfi_tape_peek(p, &kind, &body))
        return -HF_E_RECORDING_INCOMPLETE;
    if (kind != HFI_CHUNK_SETTINGS)
        return -HF_E_RECORDING_MALFORMED;
    hf_status status = read_settings(p, config, body);
    hfi_tape_skip(p);
    while (status == 1) {
        if (!hfi_tape_peek(p, &kind, &body))
            return -HF_E_RECORDING_INCOMPLETE;
        hfi_tape_skip(p);
        if (kind == HFI_CHUNK_SETTINGS_END)
            return 1;
        status = read_part(p, config, kind, body);
    }
    return status;
}

/* All of one replay share one limit, as a connection cannot change the allocator. */
static hf_config *new_configuration(const hf_replay *p)
{
    if (p->config == NULL)
        return hf_config_new_limited(SIZE_MAX);
    const hfi_alloc *a = &p->config->settings.alloc;
    const hf_allocator same = {sizeof same, a->allocate, a->release, a->ctx};
    return hf_config_new(&same);
}

hf_status hfi_replay_configuration(hf_replay *p, hf_config **out)
{
    *out = new_configuration(p);
    if (*out == NULL)
        return -HF_E_NO_MEMORY;
    hf_status status = fill(p, *out);
    if (status != 1) {
        hf_config_free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- a connection ---- */

/* A name as text, for the settings that take one. */
static bool as_text(hfi_view name, char text[HFI_HOSTNAME_MAX + 1])
{
    if (name.len > HFI_HOSTNAME_MAX ||
        (name.len != 0 && memchr(name.p, '\0', name.len) != NULL))
        return false;
    if (name.len != 0)
        memcpy(text, name.p, name.len);
    text[name.len] = '\0';
    return true;
}

static hf_status read_name(hf_replay *p, hfi_view name,
                           hf_status (*set)(hf_conn *conn, const char *name))
{
    char text[HFI_HOSTNAME_MAX + 1];

    if (!as_text(name, text))
        return -HF_E_RECORDING_MALFORMED;
    return refused(p, NULL, set(p->conn, text));
}

static hf_status read_own_alpn(hf_replay *p, hfi_view list)
{
    hfi_reader r = hfi_reader_of(list);
    hf_status status = 1;

    while (status == 1 && hfi_reader_more(&r)) {
        hfi_view name = hfi_read_vec8(&r, 1, 255);
        if (!r.failed)
            status = hf_conn_add_alpn(p->conn, name.p, name.len);
    }
    return r.failed ? -HF_E_RECORDING_MALFORMED : refused(p, NULL, status);
}

static hf_status take_role(hf_replay *p, uint8_t role)
{
    if (role > HFI_ROLE_SERVER)
        return -HF_E_RECORDING_MALFORMED;
    p->conn->role = (hfi_role)role;
    return 1;
}

static hf_status take_transport(hf_replay *p, unsigned flags)
{
    hf_bio *bio;

    if ((flags & HFI_CONNECTION_MEMORY) != 0) {
        (void)hf_conn_use_memory(p->conn);
        return 1;
    }
    bio = hfi_replay_transport(p);
    return bio != NULL ? hf_conn_set0_bio(p->conn, bio) : -HF_E_NO_MEMORY;
}

static hf_status read_connection(hf_replay *p, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_conn *e = &p->conn->engine;
    uint8_t role = hfi_read_u8(&r);
    unsigned flags = hfi_read_u8(&r);
    uint64_t options = hfi_read_u64(&r);
    int64_t timeout = (int64_t)hfi_read_u64(&r);
    hfi_view server_name = hfi_read_vec16(&r, 0, HFI_HOSTNAME_MAX);
    hfi_view alpn = hfi_read_vec16(&r, 0, HFI_ALPN_MAX);
    hf_status status = r.failed ? -HF_E_RECORDING_MALFORMED : take_role(p, role);

    if (status == 1)
        status = read_own_alpn(p, alpn);
    while (status == 1 && hfi_reader_more(&r))
        status =
            read_name(p, hfi_read_vec16(&r, 1, HFI_HOSTNAME_MAX), hf_conn_add_hostname);
    if (status == 1 && (flags & HFI_CONNECTION_SERVER_NAME) != 0)
        status = read_name(p, server_name, hf_conn_set_server_name);
    if (status != 1)
        return status;
    if (r.failed || timeout < 0)
        return -HF_E_RECORDING_MALFORMED;
    e->options = options & HFI_OPTIONS_KNOWN;
    e->timeout = timeout;
    e->verify_name = (flags & HFI_CONNECTION_VERIFY_NAME) != 0;
    e->early_data = (flags & HFI_CONNECTION_EARLY_DATA) != 0;
    return take_transport(p, flags);
}

static hf_status read_session(hf_replay *p, hfi_view body)
{
    const hfi_alloc *alloc = &p->config->settings.alloc;

    if (p->conn->engine.session != NULL)
        return -HF_E_RECORDING_MALFORMED;
    p->conn->engine.session = hfi_session_decode(alloc, body);
    return p->conn->engine.session != NULL ? 1 : -HF_E_RECORDING_MALFORMED;
}

static hf_status read_psk(hf_replay *p, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    uint8_t hash = hfi_read_u8(&r);
    hfi_view key = hfi_read_vec8(&r, HFI_PSK_KEY_MIN, HFI_PSK_KEY_MAX);
    hfi_view identity = hfi_read_rest(&r);

    if (r.failed || identity.len == 0 || (hash != 32 && hash != 48))
        return -HF_E_RECORDING_MALFORMED;
    return refused(p, NULL,
                   hf_conn_set_psk(p->conn, identity.p, identity.len, key.p, key.len,
                                   hash == 32 ? "SHA256" : "SHA384"));
}

/* As much as there was; on a machine where addresses are smaller, all that it has. */
static hf_status read_memory(hf_replay *p, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    uint64_t left = hfi_read_u64(&r);

    if (!hfi_reader_done(&r))
        return -HF_E_RECORDING_MALFORMED;
    hfi_config_leave_memory(p->config, left < SIZE_MAX ? (size_t)left : SIZE_MAX);
    return 1;
}

hf_status hfi_replay_connection(hf_replay *p)
{
    uint8_t kind;
    hfi_view body;
    bool begun = false;
    hf_status status = 1;

    while (status == 1) {
        if (!hfi_tape_peek(p, &kind, &body))
            return -HF_E_RECORDING_INCOMPLETE;
        hfi_tape_skip(p);
        if (begun != (kind != HFI_CHUNK_CONNECTION))
            return -HF_E_RECORDING_MALFORMED;
        begun = true;
        if (kind == HFI_CHUNK_START)
            return 1;
        status = kind == HFI_CHUNK_CONNECTION  ? read_connection(p, body)
                 : kind == HFI_CHUNK_SESSION   ? read_session(p, body)
                 : kind == HFI_CHUNK_PSK       ? read_psk(p, body)
                 : kind == HFI_CHUNK_OWN_CHAIN ? hfi_replay_own_chain(p, body)
                 : kind == HFI_CHUNK_MEMORY    ? read_memory(p, body)
                                               : -HF_E_RECORDING_MALFORMED;
    }
    return status;
}
