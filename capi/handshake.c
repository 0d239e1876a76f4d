/* capi/handshake.c: hf_connect, hf_accept and their kin: the handshake over a
 * transport. */
#include "capi/objects.h"

/* The first call: what is missing is said before a byte is sent, and can be made good. */
static int start_server(hf_conn *conn)
{
    hfi_err err = hfi_conn_server_problem(&conn->engine);

    if (err != HFI_OK)
        return hfi_capi_misuse(conn, err);
    hfi_record_begin(conn);
    return hfi_conn_start_server(&conn->engine) == HFI_OK ? 1 : hfi_capi_fail(conn);
}

int hfi_capi_start(hf_conn *conn)
{
    if (conn->role == HFI_ROLE_SERVER)
        return start_server(conn);
    const hfi_settings *s = &conn->config->settings;
    hfi_err err = hfi_capi_name_problem(conn);

    if (err == HFI_OK && hfi_config_load_trust(conn->config) != 1)
        err = HFI_E_NO_MEMORY;
    if (err == HFI_OK && s->verify_chain && conn->engine.psk == NULL &&
        hfi_trust_store_count(s->store) == 0)
        err = HFI_E_TRUST_STORE_EMPTY;
    if (err != HFI_OK)
        return hfi_capi_misuse(conn, err);
    hfi_record_begin(conn);
    if (hfi_conn_start_client(&conn->engine) != HFI_OK)
        return hfi_capi_fail(conn);
    return 1;
}

/* The value to return for what a movement of bytes came to. */
static int stopped(hf_conn *conn, hfi_moved moved)
{
    return moved == HFI_MOVED_WAIT ? -1 : hfi_capi_fail(conn);
}

/* Write all, then handle what is there, then read; over when all is written, too. */
static int drive(hf_conn *conn, hfi_capi_condition *until)
{
    for (;;) {
        bool progress = false;
        hfi_moved moved = hfi_capi_flush(conn);
        if (moved != HFI_MOVED)
            return stopped(conn, moved);
        if (until != NULL && until(conn))
            return 1;
        /* Decrypted bytes before the end are early data, which only those who asked for
         * it may take for more than that. */
        if (hfi_conn_plain(&conn->engine).len != 0 &&
            conn->engine.phase == HFI_PHASE_HANDSHAKE)
            return hfi_capi_misuse(conn, HFI_E_EARLY_DATA_UNREAD);
        bool open = conn->engine.phase == HFI_PHASE_OPEN;
        if (open && !hfi_conn_awaits_verdict(&conn->engine)) {
            conn->established = true;
            conn->engine.finishing = false; /* with memory, the rest is the caller's */
            return hfi_capi_succeed(conn);
        }
        if (!hfi_capi_process(conn, &progress))
            return hfi_capi_fail(conn);
        /* Going on with a pause before it is answered would only ask again. */
        bool paused = conn->engine.paused && conn->engine.phase != HFI_PHASE_OPEN;
        if (!paused && (progress || (conn->engine.phase == HFI_PHASE_OPEN && !open)))
            continue;
        if (paused) {
            int ret = hfi_capi_answer_pause(conn);
            if (ret != 1)
                return ret;
            continue;
        }
        moved = hfi_capi_fill(conn);
        if (moved != HFI_MOVED)
            return stopped(conn, moved);
    }
}

int hfi_capi_handshake(hf_conn *conn)
{
    return hfi_capi_handshake_until(conn, NULL);
}

int hfi_capi_handshake_until(hf_conn *conn, hfi_capi_condition *until)
{
    if (conn->engine.phase == HFI_PHASE_FAILED)
        return hfi_capi_fail(conn);
    if (conn->established)
        return hfi_capi_succeed(conn);
    if (conn->role == HFI_ROLE_NONE)
        return hfi_capi_misuse(conn, HFI_E_ROLE_NOT_SET);
    if (!hfi_capi_has_transport(conn))
        return hfi_capi_misuse(conn, HFI_E_TRANSPORT_NOT_SET);
    if (conn->engine.phase == HFI_PHASE_BEFORE) {
        int ret = hfi_capi_start(conn);
        if (ret != 1)
            return ret;
    }
    return drive(conn, until);
}

/* A role can change until the first byte. */
hfi_err hfi_capi_take_role(hf_conn *conn, hfi_role role)
{
    if (conn->engine.phase != HFI_PHASE_BEFORE && conn->role != role)
        return HFI_E_ROLE_UNAVAILABLE;
    conn->role = role;
    return HFI_OK;
}

hf_status hf_set_connect_state(hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    hfi_err err = hfi_capi_take_role(conn, HFI_ROLE_CLIENT);
    return err == HFI_OK ? 1 : -(hf_status)err;
}

hf_status hf_set_accept_state(hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    hfi_err err = hfi_capi_take_role(conn, HFI_ROLE_SERVER);
    return err == HFI_OK ? 1 : -(hf_status)err;
}

/* On an established connection the role does not matter any more. */
static int handshake_as(hf_conn *conn, hfi_role role)
{
    if (!conn->established && conn->engine.phase != HFI_PHASE_FAILED) {
        hfi_err err = hfi_capi_take_role(conn, role);
        if (err != HFI_OK)
            return hfi_capi_misuse(conn, err);
    }
    return hfi_capi_handshake(conn);
}

int hf_connect(hf_conn *conn)
{
    if (conn == NULL || !hfi_capi_enter(conn, HFI_CALL_CONNECT, 0))
        return -1;
    return hfi_capi_leave(conn, handshake_as(conn, HFI_ROLE_CLIENT));
}

int hf_accept(hf_conn *conn)
{
    if (conn == NULL || !hfi_capi_enter(conn, HFI_CALL_ACCEPT, 0))
        return -1;
    return hfi_capi_leave(conn, handshake_as(conn, HFI_ROLE_SERVER));
}

int hf_do_handshake(hf_conn *conn)
{
    if (conn == NULL || !hfi_capi_enter(conn, HFI_CALL_DO_HANDSHAKE, 0))
        return -1;
    return hfi_capi_leave(conn, hfi_capi_handshake(conn));
}

/* Finished is known here before it is sent: until then the handshake goes on. */
int hf_in_init(const hf_conn *conn)
{
    if (conn == NULL)
        return 0;
    return conn->engine.phase == HFI_PHASE_HANDSHAKE ||
           (conn->engine.phase == HFI_PHASE_OPEN && !conn->established);
}

int hf_in_before(const hf_conn *conn)
{
    return conn != NULL && conn->engine.phase == HFI_PHASE_BEFORE;
}

int hf_is_init_finished(const hf_conn *conn)
{
    return conn != NULL && conn->engine.phase == HFI_PHASE_OPEN && conn->established;
}

const char *hf_state_name(const hf_conn *conn)
{
    const char *name = conn != NULL ? hfi_conn_step(&conn->engine) : NULL;

    return name != NULL ? name : "";
}
