/* bench/client_handfast.c: handfast as a client, through its public headers, with the
 * memory transport. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <handfast/handfast.h>

#include "client.h"

typedef struct connection {
    hf_conn *tls;
    bench_buffer *in, *out;
} connection;

static void *context_new(const char *root, const bench_setup *setup)
{
    hf_config *config = hf_config_new(NULL);
    const char *name = setup->suite == BENCH_AES_128_GCM ? "TLS_AES_128_GCM_SHA256"
                                                         : "TLS_CHACHA20_POLY1305_SHA256";
    const char *groups =
        setup->group == BENCH_X25519 ? "x25519" : "X25519MLKEM768:x25519";

    if (config == NULL ||
        hf_config_add_trust_memory(config, (const uint8_t *)root, strlen(root)) != 1 ||
        hf_config_set_groups(config, groups) != 1 ||
        (!setup->remembers && hf_config_set_signature_memory(config, 0) != 1) ||
        (setup->nettle_alone && hf_config_set_acceleration(config, 0) != 1) ||
        hf_config_set_cipher_suites(config, name) != 1)
        return NULL;
    return config;
}

static void context_free(void *context)
{
    hf_config_free(context);
}

static void *trust_load(const char *file)
{
    hf_config *config = hf_config_new(NULL);

    return hf_config_add_trust_file(config, file) == 1 ? config : NULL;
}

static void free_connection(void *conn)
{
    connection *c = conn;

    hf_conn_free(c->tls);
    free(c);
}

static void *open_connection(void *context, const void *session, bench_buffer *in,
                             bench_buffer *out)
{
    connection *c = malloc(sizeof *c);
    hf_session *borrowed = session == NULL ? NULL : *(hf_session *const *)session;

    if (c == NULL)
        return NULL;
    c->in = in;
    c->out = out;
    c->tls = hf_conn_new(context);
    if (hf_conn_use_memory(c->tls) == 1 &&
        hf_conn_set_hostname(c->tls, BENCH_HOST) == 1 &&
        (borrowed == NULL || hf_conn_set_session(c->tls, borrowed) == 1))
        return c;
    free_connection(c);
    return NULL;
}

static void feed(connection *c)
{
    size_t taken = 0;

    if (bench_buffer_len(c->in) != 0 &&
        hf_conn_feed(c->tls, c->in->bytes + c->in->start, bench_buffer_len(c->in),
                     &taken) == 1)
        bench_buffer_take(c->in, taken);
}

static void drain(connection *c)
{
    size_t got = 0;

    if (hf_conn_drain(c->tls, c->out->bytes + c->out->end, bench_buffer_room(c->out),
                      &got) == 1)
        c->out->end += got;
}

static bench_status handshake(void *conn)
{
    connection *c = conn;
    int ret;

    do {
        feed(c);
        ret = hf_connect(c->tls);
        drain(c);
    } while (ret == -1 && hf_get_error(c->tls, ret) == HF_ERROR_WANT_READ &&
             bench_buffer_len(c->in) != 0);
    if (ret == 1)
        return BENCH_DONE;
    if (hf_get_error(c->tls, ret) == HF_ERROR_WANT_READ)
        return BENCH_WAITS;
    fprintf(stderr, "bench: handfast: %s\n",
            hf_error_summary(hf_conn_get0_error(c->tls)));
    return BENCH_FAILED;
}

static bool resumed(void *conn)
{
    return hf_conn_session_reused(((connection *)conn)->tls) == 1;
}

static size_t read_data(void *conn, uint8_t *bytes, size_t size)
{
    connection *c = conn;
    size_t got = 0;

    while (hf_read(c->tls, bytes, size, &got) != 1) {
        if (bench_buffer_len(c->in) == 0)
            return 0;
        feed(c);
    }
    return got;
}

static void *session(void *conn)
{
    connection *c = conn;
    uint8_t byte;
    hf_session **held = malloc(sizeof(hf_session *));

    (void)read_data(c, &byte, 1);
    if (held != NULL)
        *held = hf_conn_get1_session(c->tls);
    if (held == NULL || *held == NULL) {
        free(held);
        return NULL;
    }
    return held;
}

static void session_free(void *session)
{
    hf_session **held = session;

    hf_session_free(*held);
    free(held);
}

static bool write_data(void *conn, const uint8_t *bytes, size_t size)
{
    connection *c = conn;

    while (size != 0) {
        size_t written = 0;
        if (hf_write(c->tls, bytes, size, &written) != 1 &&
            hf_get_error(c->tls, -1) != HF_ERROR_WANT_WRITE)
            return false;
        drain(c);
        bytes += written;
        size -= written;
    }
    return true;
}

static void close_connection(void *conn)
{
    connection *c = conn;

    (void)hf_shutdown(c->tls);
    drain(c);
}

const bench_client bench_handfast = {
    .name = "handfast",
    .context_new = context_new,
    .context_free = context_free,
    .trust_load = trust_load,
    .open = open_connection,
    .handshake = handshake,
    .resumed = resumed,
    .session = session,
    .session_free = session_free,
    .read = read_data,
    .write = write_data,
    .close = close_connection,
    .free = free_connection,
};
