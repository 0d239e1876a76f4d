/* tests/bogo/shim.c: handfast as the subject of BoringSSL's TLS test runner.
 *
 * The runner starts this program for every test, tells it by flags what to do, and plays
 * a peer that is odd, broken or hostile in one exact way.  The shim connects to it over
 * TCP, whichever side of TLS it takes, carries a little data, sends back each byte that
 * it reads with all its bits turned over, and exits with 0 if all went as the flags
 * expect.  Errors are printed as ":NAME:", which config.json maps to the runner's words.
 * The runner itself is no part of this project; docs/bogo.md tells how it is run. */
#include "shim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool shim_complain(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    return false;
}

void shim_unimplemented(const char *what)
{
    fprintf(stderr, "unimplemented: %s\n", what);
    exit(SHIM_UNIMPLEMENTED);
}

/* ---- calls that are repeated until they have what they need ---- */

/* Gives the call that returned ret what it waits for; false: it waits for nothing. */
static bool meet_need(shim_state *state, int ret)
{
    switch (hf_get_error(state->conn, ret)) {
    case HF_ERROR_WANT_READ:
        state->link.may_read++;
        return true;
    case HF_ERROR_WANT_WRITE:
        state->link.may_write++;
        return true;
    case HF_ERROR_WANT_X509_LOOKUP:
        state->certificate_ready = true;
        return true;
    case HF_ERROR_WANT_RETRY_VERIFY:
        state->verify_ready = true;
        return true;
    case HF_ERROR_WANT_CLIENT_HELLO_CB: /* one after the other */
        state->session_ready = state->hello_ready;
        state->hello_ready = true;
        return true;
    default:
        return false;
    }
}

static int handshake(shim_state *state)
{
    int ret;

    do {
        ret = hf_do_handshake(state->conn);
    } while (ret != 1 && meet_need(state, ret));
    return ret;
}

static bool write_all(shim_state *state, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;

    for (;;) {
        size_t written = 0;
        int ret = hf_write(state->conn, at, count, &written);
        at += written;
        count -= written;
        if (ret == 1 && count == 0)
            return true;
        if (ret != 1 && !meet_need(state, ret))
            return false;
    }
}

static int read_some(shim_state *state, void *buffer, size_t size, size_t *got)
{
    int ret;

    do {
        ret = hf_read(state->conn, buffer, size, got);
    } while (ret != 1 && meet_need(state, ret));
    return ret;
}

static int shut_down(shim_state *state)
{
    int ret;

    do {
        ret = hf_shutdown(state->conn);
    } while (ret < 0 && meet_need(state, ret));
    return ret;
}

/* ---- early data ---- */

static bool may_write_early(const shim_state *state, const hf_session *session)
{
    return !state->o->server && state->o->early_data && session != NULL &&
           hf_session_version(session) == 0x0304 &&
           hf_session_max_early_data(session) != 0;
}

/* As much as may be; *left tells what is for later. */
static bool write_early(shim_state *state, const char *text, size_t *left)
{
    *left = strlen(text);
    while (*left > 0) {
        size_t written = 0;
        int ret = hf_write_early_data(state->conn, text + strlen(text) - *left, *left,
                                      &written);
        *left -= written;
        if (ret == 1)
            continue;
        if (hf_conn_error_code(state->conn) == HF_E_EARLY_DATA_LIMIT)
            return true;
        if (!meet_need(state, ret))
            return false;
    }
    return true;
}

/* A server answers early data as it comes, before the handshake is over. */
static bool echo_early(shim_state *state)
{
    uint8_t buffer[512];

    for (;;) {
        size_t got = 0;
        int ret = hf_read_early_data(state->conn, buffer, sizeof buffer, &got);
        if (ret != 1 && meet_need(state, ret))
            continue;
        if (ret != 1 || got == 0)
            return ret == 1;
        for (size_t at = 0; at < got; at++)
            buffer[at] ^= 0xff;
        for (size_t at = 0; at < got;) {
            size_t written = 0;
            ret = hf_write_early_data(state->conn, buffer + at, got - at, &written);
            at += written;
            if (ret != 1 && !meet_need(state, ret))
                return false;
        }
    }
}

/* ---- one connection ---- */

static bool write_secret(shim_state *state, const char *hex)
{
    uint8_t secret[64];
    size_t len = strlen(hex) / 2;

    for (size_t i = 0; i < len; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        secret[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return write_all(state, secret, len);
}

static bool write_exports(shim_state *state)
{
    const shim_options *o = state->o;

    if (o->export_len > 0) {
        uint8_t bytes[1024];
        const uint8_t *context =
            o->use_export_context ? (const uint8_t *)o->export_context : NULL;
        if ((size_t)o->export_len > sizeof bytes)
            return shim_complain("so much to export");
        hf_status status = hf_export_keying_material(
            state->conn, o->export_label, strlen(o->export_label), context,
            context != NULL ? strlen(o->export_context) : 0, bytes,
            (size_t)o->export_len);
        if (status != 1)
            return shim_complain("export :%s:", hf_code_name(status));
        if (!write_all(state, bytes, (size_t)o->export_len))
            return false;
    }
    if (!o->export_traffic_secrets)
        return true;
    uint8_t len[2] = {(uint8_t)(strlen(state->client_secret) / 2), 0};
    const char *in = o->server ? state->client_secret : state->server_secret;
    const char *out = o->server ? state->server_secret : state->client_secret;
    return write_all(state, len, sizeof len) && write_secret(state, in) &&
           write_secret(state, out);
}

/* Leaves a write unfinished, which the first read finds so. */
static bool begin_write(shim_state *state)
{
    size_t written = 0;

    state->link.may_write = 1;
    int ret = hf_write(state->conn, state->o->initial_write,
                       strlen(state->o->initial_write), &written);
    return (ret != 1 && hf_get_error(state->conn, ret) == HF_ERROR_WANT_WRITE) ||
           shim_complain("the write is not unfinished");
}

/* Sends back what comes, each bit turned over, until the peer closes. */
static bool echo(shim_state *state, bool unfinished)
{
    uint8_t buffer[16384];
    size_t size = state->o->read_size > 0 ? (size_t)state->o->read_size : 512;

    for (;;) {
        size_t got = 0;
        int ret =
            read_some(state, buffer, size < sizeof buffer ? size : sizeof buffer, &got);
        if (ret == 0 || hf_conn_error_code(state->conn) == HF_E_EOF_WITHOUT_CLOSE_NOTIFY)
            return true;
        if (ret != 1)
            return false;
        if (unfinished &&
            !write_all(state, state->o->initial_write, strlen(state->o->initial_write)))
            return false;
        unfinished = false;
        if (state->o->key_update && hf_key_update(state->conn, 0) != 1)
            return shim_complain("key update");
        for (size_t i = 0; i < got; i++)
            buffer[i] ^= 0xff;
        if (!write_all(state, buffer, got))
            return false;
    }
}

static bool close_connection(shim_state *state)
{
    const shim_options *o = state->o;

    if (hf_conn_error_code(state->conn) == HF_E_EOF_WITHOUT_CLOSE_NOTIFY)
        return !o->check_close_notify || shim_complain(":EOF_WITHOUT_CLOSE_NOTIFY:");
    int ret = shut_down(state);
    if (ret == 0 && o->shim_shuts_down && o->check_close_notify)
        ret = shut_down(state);
    return ret == 1 || shim_complain("shutdown: %d, expected 1", ret);
}

/* What early data could not take along is written after the handshake. */
static bool connect_and_write(shim_state *state, const hf_session *session)
{
    const shim_options *o = state->o;
    bool early = o->shim_writes_first && may_write_early(state, session);
    size_t left = 0;
    int sent = 0;

    for (; early && sent < o->initial_write_count && left == 0; sent++) {
        if (!write_early(state, o->initial_write, &left))
            return false;
    }
    /* Nothing can be exported before the handshake is over: this must fail. */
    if (early && o->export_len > 0 && !write_exports(state))
        return false;
    if (o->server && o->early_data && !echo_early(state))
        return false;
    if (!o->implicit_handshake || early) {
        if (handshake(state) != 1)
            return false;
        if (hf_conn_early_data_status(state->conn) == HF_EARLY_DATA_REJECTED &&
            !o->server) {
            if (!o->expect_reject_early_data)
                return shim_complain("early data was rejected");
            state->early_rejected = true;
            state->o = state->retry;
            if (!shim_check_handshake(state))
                return false;
            return write_exports(state);
        }
        if (!shim_check_handshake(state))
            return false;
    }
    if (!write_exports(state))
        return false;
    const char *rest = o->initial_write + strlen(o->initial_write) - left;
    if (left > 0 && !write_all(state, rest, left))
        return false;
    for (; o->shim_writes_first && sent < o->initial_write_count; sent++) {
        if (!write_all(state, o->initial_write, strlen(o->initial_write)))
            return false;
    }
    return true;
}

static bool exchange(shim_state *state, hf_session *session)
{
    if (!shim_make_conn(state, session) || !connect_and_write(state, session))
        return false;
    if (state->o->send_alert) {
        state->link.may_write += 1024;
        (void)hf_abort(state->conn, 30);
        return true;
    }
    bool unfinished = state->o->read_with_unfinished_write && !state->resuming;
    if (unfinished && !begin_write(state))
        return false;
    if (!state->o->shim_shuts_down && !echo(state, unfinished))
        return false;
    return shim_check_end(state) && close_connection(state);
}

/* What is known of a failure; an alert that is still to be sent goes out. */
static void tell_failure(shim_state *state)
{
    const hf_error *error = hf_conn_get0_error(state->conn);

    if (hf_error_code(error) == 0)
        return;
    fprintf(stderr, "handfast :%s: %s (%s)\n", hf_code_name(hf_error_code(error)),
            hf_code_text(hf_error_code(error)), hf_error_detail(error));
    if (hf_error_alert(error) >= 0 &&
        hf_error_alert_direction(error) == HF_DIRECTION_RECEIVED)
        fprintf(stderr, "alert :%s:\n", hf_alert_name(hf_error_alert(error)));
    state->link.async = false;
    (void)hf_do_handshake(state->conn);
}

/* A server that takes early data keeps its configuration: a memory of hellos that has
 * just begun takes none (RFC 8446 8.2). */
static bool keep_config(shim_state *state, const shim_state *before)
{
    if (before->config == NULL || !before->o->server || !before->o->early_data)
        return shim_make_config(state);
    state->config = hf_config_up_ref(before->config);
    return true;
}

/* state is that of the connection before, and has the session that is offered. */
static bool run(shim_state *state, const shim_options *o, const shim_options *retry,
                bool resuming)
{
    shim_state before = *state;
    /* The callbacks of a kept configuration look at the same place. */
    *state = (shim_state){.o = o, .retry = retry, .resuming = resuming, .link.fd = -1};
    bool good = keep_config(state, &before) && shim_link_open(&state->link, o);

    if (good) {
        good = exchange(state, before.session);
        if (!good && state->conn != NULL)
            tell_failure(state);
        shim_link_close(&state->link);
    }
    hf_conn_free(state->conn);
    hf_session_free(before.session);
    hf_config_free(before.config);
    return good;
}

int main(int argc, char **argv)
{
    static shim_options phases[SHIM_PHASES];
    static shim_state state;
    bool good = true;

    shim_parse(argc, argv, phases);
    if (phases[SHIM_INITIAL].is_handshaker_supported) {
        puts("No");
        return 0;
    }
    for (int i = 0; good && i <= phases[SHIM_INITIAL].resume_count; i++) {
        const shim_options *o = &phases[i == 0 ? SHIM_INITIAL : SHIM_RESUME];
        if (i > 0 && !o->server && state.session == NULL) {
            good = shim_complain("there is no session to offer");
            break;
        }
        good = run(&state, o, &phases[SHIM_RETRY], i > 0);
        shim_clock_offset += o->resumption_delay;
    }
    hf_session_free(state.session);
    hf_config_free(state.config);
    /* What sanitizers print after this line fails the test. */
    fputs("--- DONE ---\n", stderr);
    return good ? 0 : SHIM_FAILED;
}
