/* tools/handfast/attempt.c: one connection of `handfast connect`, from settings to close.
 * The socket does not block, so that one deadline covers all of it. */
#include "arguments.h"
#include "attempt.h"
#include "record.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    TICKET_WAIT_US = 1000000, /* RFC 8446 4.6.1: tickets come when the server likes */
    CLOSE_WAIT_US = 500000,
};

/* ---- settings ---- */

static int refuse(const hf_config *config, const char *option, const char *value,
                  hf_status status)
{
    const char *more = hf_config_last_message(config);

    fprintf(stderr, "handfast connect: %s '%s': %s%s\n", option, value,
            more[0] != '\0' ? more : hf_code_text(status), cli_key_advice(status));
    return CLI_USAGE;
}

/* A password out of its file, or, if the key turns out to need one, from the terminal. */
static int load_key(hf_config *config, const struct cli_options *o, const char *key)
{
    char password[CLI_PASSWORD_MAX], prompt[300];
    const char *why;
    hf_status s;

    if (o->password_file == NULL) {
        s = hf_config_use_private_key_file(config, key, NULL);
        if (s != -HF_E_PRIVATE_KEY_ENCRYPTED)
            return s == 1 ? 0 : refuse(config, "--key", key, s);
        (void)snprintf(prompt, sizeof prompt, "Password of %.250s: ", key);
        if (!cli_ask_password(prompt, password, sizeof password))
            return refuse(config, "--key", key, s);
    } else if (!cli_read_secret_line(o->password_file, password, sizeof password, &why)) {
        fprintf(stderr, "handfast connect: --key-password-file '%s': %s\n",
                o->password_file, why);
        return CLI_USAGE;
    }
    s = hf_config_use_private_key_file(config, key, password);
    cli_wipe(password, sizeof password);
    return s == 1 ? 0 : refuse(config, "--key", key, s);
}

static int show_certificate(hf_config *config, const struct cli_options *o)
{
    const char *key = o->private_key != NULL ? o->private_key : o->certificate;
    hf_status s = hf_config_use_certificate_chain_file(config, o->certificate);

    return s == 1 ? load_key(config, o, key)
                  : refuse(config, "--cert", o->certificate, s);
}

static int fill_config(hf_config *config, const struct cli_options *o)
{
    hf_status s;

    if (o->ca_file != NULL && (s = hf_config_add_trust_file(config, o->ca_file)) != 1)
        return refuse(config, "--cafile", o->ca_file, s);
    if (o->crl_file != NULL && (s = hf_config_add_crl_file(config, o->crl_file)) != 1)
        return refuse(config, "--crl", o->crl_file, s);
    if (o->profile != NULL && (s = hf_config_set_profile(config, o->profile)) != 1)
        return refuse(config, "--profile", o->profile, s);
    if (o->versions != NULL && (s = hf_config_set_versions(config, o->versions)) != 1)
        return refuse(config, "--tls12 or --tls13", o->versions, s);
    if (o->groups != NULL && (s = hf_config_set_groups(config, o->groups)) != 1)
        return refuse(config, "--groups", o->groups, s);
    if (o->suites != NULL && (s = hf_config_set_cipher_suites(config, o->suites)) != 1)
        return refuse(config, "--suites", o->suites, s);
    if (o->alpn != NULL && (s = cli_add_alpn(config, o->alpn)) != 1)
        return refuse(config, "--alpn", o->alpn, s);
    if (o->compression != NULL &&
        (s = hf_config_set_certificate_compression(config, o->compression)) != 1)
        return refuse(config, "--certificate-compression", o->compression, s);
    if (o->key_log != NULL && (s = hf_config_set_key_log_file(config, o->key_log)) != 1)
        return refuse(config, "--keylog", o->key_log, s);
    if (o->wait_for_verdict)
        (void)hf_config_set_options(config, HF_OPTION_WAIT_FOR_VERDICT);
    if (!o->verify && (s = hf_config_disable_certificate_verification(config)) != 1)
        return refuse(config, "--no-verify", "", s);
    return o->certificate != NULL ? show_certificate(config, o) : 0;
}

int cli_config_make(hf_config **config, const struct cli_options *options)
{
    int code;

    *config = hf_config_new(NULL);
    if (*config == NULL) {
        fputs("handfast connect: memory is exhausted\n", stderr);
        return CLI_LOCAL_FAILURE;
    }
    code = fill_config(*config, options);
    if (code != 0) {
        hf_config_free(*config);
        *config = NULL;
    }
    return code;
}

/* ---- handshake ---- */

bool cli_wait(int fd, int get_error, int64_t deadline)
{
    struct pollfd p = {.fd = fd};

    p.events = get_error == HF_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
    for (;;) {
        int64_t left = deadline - cli_now_us();
        int n = poll(&p, 1, left <= 0 ? 0 : (int)((left + 999) / 1000));

        if (n > 0)
            return true;
        if (n == 0 || errno != EINTR)
            return false;
    }
}

enum cli_exit cli_exit_of(const hf_error *error)
{
    int code = hf_error_code(error);

    if (code == HF_E_DEADLINE_EXCEEDED)
        return CLI_TIMED_OUT;
    if (code == HF_E_TRUST_STORE_EMPTY)
        return CLI_CERTIFICATE_REFUSED;
    switch (code / 100) {
    case 1:
        return CLI_USAGE;
    case 2:
        return CLI_UNREACHABLE;
    case 6:
        return CLI_CERTIFICATE_REFUSED;
    case 8:
        return CLI_LOCAL_FAILURE;
    default:
        return CLI_HANDSHAKE_FAILED;
    }
}

/* Trailing dot: "example.org." is a name for the resolver; no certificate has it. */
static void without_last_dot(char *out, size_t size, const char *name)
{
    size_t len;

    snprintf(out, size, "%s", name);
    len = strlen(out);
    if (len > 1 && out[len - 1] == '.')
        out[len - 1] = '\0';
}

static bool prepare(struct cli_attempt *a, hf_config *config, const struct cli_options *o,
                    hf_session *session, int64_t deadline)
{
    char name[256];
    hf_status s;
    int64_t left = (deadline - cli_now_us() + 999) / 1000;

    a->conn = hf_conn_new(config);
    if (a->conn == NULL) {
        snprintf(a->fault, sizeof a->fault, "memory is exhausted");
        a->code = CLI_LOCAL_FAILURE;
        return false;
    }
    without_last_dot(name, sizeof name,
                     o->server_name != NULL ? o->server_name : o->target.host);
    s = hf_conn_set_hostname(a->conn, name);
    if (s == 1)
        s = hf_conn_set_fd(a->conn, a->dial.fd);
    if (s == 1)
        s = hf_conn_set_handshake_timeout(a->conn, left > 0 ? left : 1);
    if (s == 1 && session != NULL)
        s = hf_conn_set_session(a->conn, session);
    if (s == 1 && o->psk.key_len != 0)
        s = hf_conn_set_psk(a->conn, o->psk.identity, o->psk.identity_len, o->psk.key,
                            o->psk.key_len, NULL);
    if (s == 1)
        return true;
    snprintf(a->fault, sizeof a->fault, "%s: %s", name, hf_code_text(s));
    a->name = hf_code_name(s);
    a->code = s == -HF_E_NO_MEMORY ? CLI_LOCAL_FAILURE : CLI_USAGE;
    return false;
}

static void shake_hands(struct cli_attempt *a, int64_t deadline)
{
    for (;;) {
        int ret = hf_connect(a->conn);
        int want = hf_get_error(a->conn, ret);

        if (ret == 1) {
            a->established = true;
            a->code = CLI_OK;
            return;
        }
        if (want != HF_ERROR_WANT_READ && want != HF_ERROR_WANT_WRITE) {
            a->code = cli_exit_of(hf_conn_get0_error(a->conn));
            return;
        }
        /* When the time is up, one more call lets the connection record that itself. */
        if (!cli_wait(a->dial.fd, want, deadline) && cli_now_us() > deadline + 200000) {
            snprintf(a->fault, sizeof a->fault, "the handshake did not finish in time");
            a->code = CLI_TIMED_OUT;
            return;
        }
    }
}

/* To the place where TLS begins: through the proxy, and up from the clear. */
static bool pave_way(struct cli_attempt *a, const struct cli_options *o, int64_t deadline)
{
    struct cli_talk talk;
    const char *name = o->server_name != NULL ? o->server_name : o->target.host;
    bool done = true;

    cli_talk_begin(&talk, &a->dial, deadline);
    if (o->has_proxy)
        done = cli_proxy_run(&talk, &o->proxy, &o->target) &&
               (o->starttls != NULL || cli_talk_over(&talk));
    if (done && o->starttls != NULL)
        done = cli_starttls_run(&talk, o->starttls, name);
    a->code = talk.code;
    return done;
}

static void dial(struct cli_attempt *a, const struct cli_options *o, int64_t deadline)
{
    char why[sizeof a->dial.fault];

    cli_dial(&a->dial, o->has_proxy ? &o->proxy.at : &o->target, deadline);
    if (a->dial.fd >= 0)
        return;
    a->code = a->dial.timed_out ? CLI_TIMED_OUT : CLI_UNREACHABLE;
    if (o->has_proxy) {
        memcpy(why, a->dial.fault, sizeof why);
        snprintf(a->dial.fault, sizeof a->dial.fault, "proxy: %.500s", why);
    }
}

static int64_t calendar_us(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_REALTIME, &now) == 0
               ? (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000
               : 0;
}

void cli_attempt_run(struct cli_attempt *a, hf_config *config,
                     const struct cli_options *options, hf_session *session,
                     const struct cli_early *early, int64_t deadline)
{
    int64_t start = cli_now_us(), connected, ready;

    *a = (struct cli_attempt){.dial = {.fd = -1}, .began = calendar_us()};
    if (early != NULL)
        a->early = *early;
    a->session = hf_session_up_ref(session);
    dial(a, options, deadline);
    connected = cli_now_us();
    a->dial_us = connected - start;
    if (a->dial.fd < 0 || !pave_way(a, options, deadline))
        return;
    ready = cli_now_us();
    a->way_us = ready - connected;
    a->began = calendar_us();
    if (prepare(a, config, options, session, deadline) &&
        cli_record_begin(a, options->record)) {
        cli_early_send(a, deadline);
        shake_hands(a, deadline);
    }
    a->handshake_us = cli_now_us() - ready;
    if (a->established)
        (void)cli_early_finish(a, deadline);
}

/* ---- afterwards ---- */

hf_session *cli_attempt_ticket(struct cli_attempt *a, int64_t deadline)
{
    int64_t until = cli_now_us() + TICKET_WAIT_US;
    hf_session *session;
    uint8_t byte;
    size_t got;

    if (until > deadline)
        until = deadline;
    while ((session = hf_conn_get1_session(a->conn)) == NULL) {
        /* Peeking handles tickets and leaves data, if the peer speaks first. */
        int ret = hf_peek(a->conn, &byte, 1, &got);
        int want = hf_get_error(a->conn, ret);

        if (ret == 1 || (want != HF_ERROR_WANT_READ && want != HF_ERROR_WANT_WRITE))
            return hf_conn_get1_session(a->conn);
        session = hf_conn_get1_session(a->conn);
        if (session != NULL || !cli_wait(a->dial.fd, want, until))
            return session;
    }
    return session;
}

/* One step towards the end: our close_notify, then, once it is *sent, what is still to
 * come from the peer, which nobody waits for.  1: go on at once. */
static int close_step(struct cli_attempt *a, bool *sent)
{
    uint8_t unread[4096];
    size_t got;

    if (*sent)
        return hf_read(a->conn, unread, sizeof unread, &got);
    int ret = hf_shutdown(a->conn);
    *sent = ret >= 0;
    return ret == 0 ? 1 : ret;
}

void cli_attempt_close(struct cli_attempt *a)
{
    int64_t until = cli_now_us() + CLOSE_WAIT_US;
    bool sent = false;

    while (a->established) {
        int ret = close_step(a, &sent);
        int want = hf_get_error(a->conn, ret);

        if (ret == 1 && cli_now_us() < until)
            continue;
        /* A TLS 1.3 server refuses a client only now; that many servers end without a
         * close_notify of theirs is of no interest any more. */
        if (want == HF_ERROR_SSL && hf_conn_error_code(a->conn) / 100 != 2)
            a->code = cli_exit_of(hf_conn_get0_error(a->conn));
        if ((want != HF_ERROR_WANT_READ && want != HF_ERROR_WANT_WRITE) ||
            !cli_wait(a->dial.fd, want, until))
            return;
    }
}

void cli_attempt_hang_up(struct cli_attempt *a)
{
    cli_attempt_close(a);
    if (a->dial.fd >= 0)
        close(a->dial.fd);
    a->dial.fd = -1;
}

void cli_attempt_free(struct cli_attempt *a)
{
    hf_conn_free(a->conn);
    hf_session_free(a->session);
    if (a->dial.fd >= 0)
        close(a->dial.fd);
    *a = (struct cli_attempt){.dial = {.fd = -1}, .began = calendar_us()};
}
