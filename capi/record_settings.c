/* capi/record_settings.c: what a configuration and a connection were set to, as chunks of
 * a recording.  Algorithms are told by the names that the settings take. */
#include "base/ct.h"
#include "capi/recording.h"
#include "wire/writer.h"

enum { SETTINGS_SIZE = 4096, CONNECTION_SIZE = 4096 };

/* ---- names ---- */

typedef struct name_list {
    char text[1024];
    size_t len;
} name_list;

static void add_name(name_list *list, const char *name)
{
    size_t len = strlen(name);

    if (len + 2 > sizeof list->text - list->len)
        return;
    if (list->len != 0)
        list->text[list->len++] = ':';
    memcpy(list->text + list->len, name, len);
    list->len += len;
}

static void write_list(hfi_writer *w, const name_list *list)
{
    size_t mark = hfi_write_vec16_begin(w);

    hfi_write_bytes(w, hfi_view_of(list->text, list->len));
    hfi_write_vec16_end(w, mark);
}

static void write_versions(hfi_writer *w, const hfi_settings *s)
{
    name_list list = {.len = 0};

    add_name(&list, hfi_version_name(s->version_max));
    if (s->version_min != s->version_max)
        add_name(&list, hfi_version_name(s->version_min));
    write_list(w, &list);
}

static void write_suites(hfi_writer *w, const hfi_settings *s)
{
    name_list list = {.len = 0};
    hfi_suite room;

    for (size_t i = 0; i < s->suite_count; i++)
        add_name(&list, hfi_suite_find(s->crypto, s->suites[i], &room)->name);
    write_list(w, &list);
}

static void write_groups(hfi_writer *w, const hfi_settings *s)
{
    name_list list = {.len = 0};

    for (size_t i = 0; i < s->group_count; i++)
        add_name(&list, hfi_group_find(s->crypto, s->groups[i])->name);
    write_list(w, &list);
}

static void write_schemes(hfi_writer *w, const uint16_t *schemes, size_t count)
{
    name_list list = {.len = 0};

    for (size_t i = 0; i < count; i++)
        add_name(&list, hfi_scheme_find(schemes[i])->name);
    write_list(w, &list);
}

static void write_compressions(hfi_writer *w, const hfi_settings *s)
{
    name_list list = {.len = 0};

    if (s->compression_count == 0)
        add_name(&list, "none");
    for (size_t i = 0; i < s->compression_count; i++)
        add_name(&list, s->compressions[i]->name);
    write_list(w, &list);
}

static void write_vec(hfi_writer *w, hfi_view bytes)
{
    size_t mark = hfi_write_vec16_begin(w);

    hfi_write_bytes(w, bytes);
    hfi_write_vec16_end(w, mark);
}

/* ---- a configuration ---- */

static unsigned who_is_asked(const hfi_recorder *r)
{
    const hfi_settings *s = &r->original;

    return (s->client_hello != NULL ? HFI_ASKS_HELLO : 0u) |
           (s->choose_certificate != NULL ? HFI_ASKS_CHOICE : 0u) |
           (s->choose_alpn != NULL ? HFI_ASKS_ALPN : 0u) |
           (s->find_psk != NULL ? HFI_ASKS_PSK : 0u) |
           (s->judge_chain != NULL ? HFI_ASKS_VERDICT : 0u) |
           (r->conn->config->sign_function != NULL ? HFI_ASKS_SIGNER : 0u) |
           (s->sessions != NULL ? HFI_ASKS_STORE : 0u) |
           (s->key_log != NULL ? HFI_ASKS_KEY_LOG : 0u) |
           (s->verify_chain ? HFI_VERIFIES_CHAIN : 0u) |
           (s->verify_name ? HFI_VERIFIES_NAME : 0u) |
           (s->crl_required ? HFI_REQUIRES_CRL : 0u) |
           (s->crl_whole_chain ? HFI_CRL_FOR_ALL : 0u);
}

static void write_settings(hfi_recorder *r, uint8_t *room, size_t size)
{
    const hfi_settings *s = &r->original;
    hfi_writer w = hfi_writer_of(room, size);

    hfi_write_u16(&w, (uint16_t)who_is_asked(r));
    hfi_write_u8(&w, (uint8_t)s->profile);
    hfi_write_u8(&w, (uint8_t)s->client_auth);
    write_versions(&w, s);
    write_suites(&w, s);
    write_groups(&w, s);
    write_schemes(&w, s->schemes, s->scheme_count);
    write_compressions(&w, s);
    hfi_write_u16(&w, s->record_size_limit);
    hfi_write_u16(&w, s->record_padding);
    write_vec(&w, s->alpn);
    hfi_write_u32(&w, s->max_early_data);
    hfi_write_u32(&w, s->tickets->lifetime);
    hfi_write_u8(&w, (uint8_t)s->ticket_count);
    write_vec(&w, s->session_context);
    hfi_write_u16(&w, s->record_size);
    hfi_view body = hfi_writer_view(&w);
    hfi_recorder_write(r, HFI_CHUNK_SETTINGS, &body, 1);
}

hf_status hfi_record_chain(hfi_recorder *r, hfi_chunk kind, const hfi_credential *c)
{
    const hfi_alloc *alloc = &r->alloc;
    size_t size = c->bytes + 3 * c->count + c->staple.len + c->scts.len + 2048;
    uint8_t *room = hfi_alloc_bytes(alloc, size);
    hfi_writer w = hfi_writer_of(room, room != NULL ? size : 0);

    hfi_write_u8(&w, (uint8_t)((c->key != NULL ? HFI_CHAIN_HAS_KEY : 0) |
                               (c->must_be_listed ? HFI_CHAIN_MUST_BE_LISTED : 0)));
    write_schemes(&w, c->schemes, c->scheme_count);
    write_vec(&w, hfi_view_of(c->staple.p, c->staple.len));
    write_vec(&w, hfi_view_of(c->scts.p, c->scts.len));
    for (size_t i = 0; i < c->count; i++) {
        hfi_write_u24(&w, (uint32_t)c->certs[i].len);
        hfi_write_bytes(&w, c->certs[i]);
    }
    hfi_view body = hfi_writer_view(&w);
    hfi_recorder_write(r, kind, &body, 1);
    hfi_alloc_release(alloc, room);
    return w.failed ? -HF_E_NO_MEMORY : 1;
}

/* With one that is larger than a chunk the recording ends, and says so. */
static void write_crls(hfi_recorder *r, const hfi_crl_store *crls)
{
    for (size_t i = 0; i < hfi_crl_store_count(crls); i++) {
        hfi_view list = hfi_crl_store_at(crls, i)->der;
        hfi_recorder_write(r, HFI_CHUNK_CRL, &list, 1);
    }
}

hf_status hfi_record_configuration(hfi_recorder *r)
{
    const hfi_settings *s = &r->original;
    uint8_t room[SETTINGS_SIZE];
    hf_status status = 1;

    write_settings(r, room, sizeof room);
    for (size_t i = 0; i < hf_config_trust_count(r->conn->config); i++) {
        hfi_view root = hfi_trust_store_at(s->store, i);
        hfi_recorder_write(r, HFI_CHUNK_ROOT, &root, 1);
    }
    write_crls(r, s->crls);
    if (s->client_authorities.len != 0)
        hfi_recorder_write(r, HFI_CHUNK_AUTHORITIES, &s->client_authorities, 1);
    for (size_t i = 0; status == 1 && i < s->credentials->count; i++)
        status = hfi_record_chain(r, HFI_CHUNK_CHAIN, &s->credentials->items[i]);
    hfi_recorder_write(r, HFI_CHUNK_SETTINGS_END, NULL, 0);
    return status;
}

/* ---- a connection ---- */

static void write_connection(const hfi_recorder *r, hfi_writer *w)
{
    const hf_conn *conn = r->conn;
    const hfi_conn *e = &conn->engine;

    hfi_write_u8(w, (uint8_t)conn->role);
    hfi_write_u8(w,
                 (uint8_t)((conn->memory ? HFI_CONNECTION_MEMORY : 0) |
                           (e->verify_name ? HFI_CONNECTION_VERIFY_NAME : 0) |
                           (e->early_data ? HFI_CONNECTION_EARLY_DATA : 0) |
                           (conn->server_name_chosen ? HFI_CONNECTION_SERVER_NAME : 0)));
    hfi_write_u64(w, e->options);
    hfi_write_u64(w, (uint64_t)e->timeout);
    write_vec(w, e->server_name);
    write_vec(w, e->alpn);
    for (size_t i = 0; i < e->hostname_count; i++)
        write_vec(w, e->hostnames[i]);
}

static hf_status write_session(hfi_recorder *r)
{
    const hfi_session *session = r->conn->engine.session;
    const hfi_alloc *alloc = &r->alloc;

    if (session == NULL)
        return 1;
    size_t size = hfi_session_encoded_size(session);
    uint8_t *room = hfi_alloc_bytes(alloc, size);
    if (room == NULL)
        return -HF_E_NO_MEMORY;
    hfi_view body = hfi_view_of(room, hfi_session_encode(session, room, size));
    hfi_recorder_write(r, HFI_CHUNK_SESSION, &body, 1);
    hfi_alloc_release_secret(alloc, room, size);
    return 1;
}

static void write_psk(hfi_recorder *r)
{
    const hfi_psk *psk = r->conn->engine.psk;
    uint8_t front[2];

    if (psk == NULL)
        return;
    front[0] = (uint8_t)psk->hash->size;
    front[1] = (uint8_t)psk->key.len;
    hfi_view parts[] = {{front, 2}, psk->key, psk->identity};
    hfi_recorder_write(r, HFI_CHUNK_PSK, parts, 3);
}

/* How much of a limit there is for what now begins. */
static void write_memory(hfi_recorder *r)
{
    size_t left = 0;

    if (hfi_config_memory_left(r->conn->config, &left))
        hfi_record_number(r->conn, HFI_CHUNK_MEMORY, left);
}

hf_status hfi_record_connection(hfi_recorder *r)
{
    const hfi_credentials *own = r->conn->credentials;
    uint8_t room[CONNECTION_SIZE];
    hfi_writer w = hfi_writer_of(room, sizeof room);

    write_connection(r, &w);
    hfi_view body = hfi_writer_view(&w);
    hfi_recorder_write(r, HFI_CHUNK_CONNECTION, &body, 1);
    hf_status status = write_session(r);
    write_psk(r);
    for (size_t i = 0; status == 1 && own != NULL && i < own->count; i++)
        status = hfi_record_chain(r, HFI_CHUNK_OWN_CHAIN, &own->items[i]);
    write_memory(r);
    hfi_recorder_write(r, HFI_CHUNK_START, NULL, 0);
    return status;
}
