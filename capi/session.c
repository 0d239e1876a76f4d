/* capi/session.c: sessions in the application's hands, RFC 8446 2.2 and 4.6.1.
 * hf_session is the engine's own object under its public name. */
#include "capi/objects.h"
#include "handshake/peer_auth.h"

static hfi_session *inner(hf_session *session)
{
    return (hfi_session *)session;
}

static const hfi_session_fields *fields_of(const hf_session *session)
{
    return hfi_session_get((const hfi_session *)session);
}

hf_session *hf_session_up_ref(hf_session *session)
{
    return session != NULL ? (hf_session *)hfi_session_up_ref(inner(session)) : NULL;
}

void hf_session_free(hf_session *session)
{
    if (session != NULL)
        hfi_session_free(inner(session));
}

int64_t hf_session_time(const hf_session *session)
{
    return session != NULL ? fields_of(session)->received : 0;
}

int64_t hf_session_lifetime(const hf_session *session)
{
    return session != NULL ? (int64_t)hfi_session_lifetime((const hfi_session *)session)
                           : 0;
}

int hf_session_version(const hf_session *session)
{
    return session != NULL ? fields_of(session)->version : 0;
}

/* The engine keeps a 0 byte behind it. */
const char *hf_session_hostname(const hf_session *session)
{
    if (session == NULL || fields_of(session)->hostname.len == 0)
        return "";
    return (const char *)fields_of(session)->hostname.p;
}

hf_status hf_session_serialize(const hf_session *session, uint8_t *buffer, size_t *len)
{
    if (session == NULL || len == NULL)
        return -HF_E_INVALID_ARGUMENT;
    size_t need = hfi_session_encoded_size((const hfi_session *)session);
    size_t room = *len;
    *len = need;
    if (buffer == NULL)
        return 1;
    if (room < need)
        return -HF_E_INVALID_ARGUMENT;
    *len = hfi_session_encode((const hfi_session *)session, buffer, room);
    return *len == need ? 1 : -HF_E_INTERNAL;
}

hf_session *hf_session_parse(hf_config *config, const uint8_t *bytes, size_t len)
{
    if (config == NULL || (bytes == NULL && len > 0))
        return NULL;
    return (hf_session *)hfi_session_decode(&config->settings.alloc,
                                            hfi_view_of(bytes, len));
}

/* ---- on a connection ---- */

/* A session proves the name that its first handshake checked, and no other. */
static bool fits(const hf_conn *conn, const hf_session *session)
{
    const hfi_session_fields *f = fields_of(session);

    if (!hfi_peer_session_vouches(&conn->config->settings, f))
        return false;
    if (!conn->engine.verify_name || conn->engine.hostname_count == 0)
        return true;
    return hfi_view_equal(conn->engine.hostnames[0], f->hostname);
}

hf_status hf_conn_set_session(hf_conn *conn, hf_session *session)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (conn->engine.phase != HFI_PHASE_BEFORE)
        return -HF_E_ALREADY_STARTED;
    if (session != NULL && !fits(conn, session))
        return -HF_E_SESSION_UNUSABLE;
    hfi_session *old = conn->engine.session;
    conn->engine.session = session != NULL ? hfi_session_up_ref(inner(session)) : NULL;
    if (old != NULL)
        hfi_session_free(old);
    return 1;
}

hf_session *hf_conn_get1_session(hf_conn *conn)
{
    if (conn == NULL || conn->engine.new_session == NULL)
        return NULL;
    return (hf_session *)hfi_session_up_ref(conn->engine.new_session);
}
