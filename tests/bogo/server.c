/* tests/bogo/server.c: what a server is set up with beyond what a client is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

/* ---- clients' certificates ---- */

static bool set_client_auth(shim_state *state)
{
    const shim_options *o = state->o;
    int mode = o->require_client_certificate ? HF_CLIENT_AUTH_REQUIRED
               : o->verify_peer              ? HF_CLIENT_AUTH_OPTIONAL
                                             : HF_CLIENT_AUTH_NONE;

    if (o->client_ca_list != NULL && o->client_ca_list[0] != '<')
        shim_unimplemented("authorities that are no certificates");
    return shim_set(state, hf_config_set_client_auth(state->config, mode), "client auth");
}

/* ---- the ClientHello ---- */

/* The list of signature_algorithms, as the runner expects it. */
static bool check_schemes(const shim_state *state)
{
    const shim_list *expected = &state->o->expect_peer_schemes;
    size_t len = 0;
    const uint8_t *bytes = hf_conn_get0_client_hello_extension(state->conn, 13, &len);

    if (expected->count == 0)
        return true;
    if (bytes == NULL || len != 2 + 2 * expected->count)
        return shim_complain("the client accepts other signature algorithms");
    for (size_t i = 0; i < expected->count; i++) {
        if ((bytes[2 + 2 * i] << 8 | bytes[3 + 2 * i]) != expected->items[i])
            return shim_complain("signature algorithm %zu is another", i);
    }
    return true;
}

static int look_at_hello(void *context, hf_conn *conn)
{
    shim_state *state = context;
    const char *name = state->o->expect_server_name;

    if (state->o->async && !state->hello_ready)
        return -1;
    if (name != NULL && strcmp(name, hf_conn_requested_name(conn)) != 0) {
        (void)shim_complain("the client asks for \"%s\"", hf_conn_requested_name(conn));
        return 0;
    }
    return check_schemes(state);
}

static int choose_protocol(void *context, hf_conn *conn, const uint8_t *offered,
                           size_t offered_len, const uint8_t **name, size_t *name_len)
{
    const shim_options *o = ((shim_state *)context)->o;
    const char *expected = o->expect_advertised_alpn;

    (void)conn;
    if (o->decline_alpn)
        return 0;
    if (o->reject_alpn)
        return -1;
    if (expected != NULL && (strlen(expected) != offered_len ||
                             memcmp(expected, offered, offered_len) != 0)) {
        (void)shim_complain("the client offers other protocols");
        exit(SHIM_FAILED);
    }
    *name = (const uint8_t *)(o->select_alpn != NULL ? o->select_alpn : "");
    *name_len = strlen((const char *)*name);
    return 1;
}

static bool set_hello(shim_state *state)
{
    const shim_options *o = state->o;
    bool chooses = o->select_alpn != NULL || o->select_empty_alpn || o->decline_alpn ||
                   o->reject_alpn;

    return shim_set(
               state,
               hf_config_set_client_hello_callback(state->config, look_at_hello, state),
               "ClientHello callback") &&
           (!chooses ||
            shim_set(state,
                     hf_config_set_alpn_callback(state->config, choose_protocol, state),
                     "ALPN callback"));
}

/* ---- sessions: they outlive a connection and its configuration ---- */

enum { STORED_MAX = 16 };

static struct stored {
    uint8_t id[32];
    uint8_t value[HF_SESSION_STORE_VALUE_MAX];
    size_t id_len, len;
} stored[STORED_MAX];
static size_t stored_count;

static int find(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                uint8_t *value, size_t value_size, size_t *value_len)
{
    shim_state *state = context;

    (void)conn;
    if (state->o->async && !state->session_ready)
        return -1;
    for (size_t i = 0; i < stored_count; i++) {
        const struct stored *s = &stored[i];
        if (s->id_len == id_len && memcmp(s->id, id, id_len) == 0 &&
            s->len <= value_size) {
            memcpy(value, s->value, s->len);
            *value_len = s->len;
            return 1;
        }
    }
    return 0;
}

static void put(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                const uint8_t *value, size_t value_len, int64_t lifetime)
{
    shim_state *state = context;

    (void)conn;
    (void)lifetime;
    if (stored_count == STORED_MAX || id_len > sizeof stored[0].id ||
        value_len > sizeof stored[0].value)
        return;
    struct stored *s = &stored[stored_count++];
    memcpy(s->id, id, id_len);
    memcpy(s->value, value, value_len);
    s->id_len = id_len;
    s->len = value_len;
    state->stored++;
}

static bool set_sessions(shim_state *state)
{
    /* One name and one secret, for the runner to see its own tickets again. */
    static const uint8_t keys[48] = "the shim's tickets-a secret of tests, no secret.";
    const hf_session_store store = {
        .size = sizeof store, .find = find, .put = put, .context = state};

    if (state->o->no_ticket || state->o->skip_ticket) {
        (void)hf_config_set_options(state->config, HF_OPTION_NO_TICKET);
        if (!shim_set(state, hf_config_set_ticket_count(state->config, 0), "tickets"))
            return false;
    }
    /* With early data they would make it wait, for other servers might have them. */
    if (state->o->early_data && !state->resuming)
        return true;
    /* Tickets of another than the first key are renewed. */
    static const uint8_t renewed[96] = "another ticket: another secret of tests, and now"
                                       "the shim's tickets-a secret of tests, no secret.";
    bool renews = state->o->renew_ticket && state->resuming;
    return shim_set(state,
                    hf_config_set_ticket_keys(state->config, renews ? renewed : keys,
                                              renews ? 96 : 48),
                    "ticket keys") &&
           shim_set(state, hf_config_set_session_store(state->config, &store),
                    "session store");
}

bool shim_make_server(shim_state *state)
{
    /* As much as the runner takes for granted. */
    if (state->o->early_data &&
        !shim_set(state, hf_config_set_early_data(state->config, 14336), "early data"))
        return false;
    return set_client_auth(state) && set_hello(state) && set_sessions(state);
}
