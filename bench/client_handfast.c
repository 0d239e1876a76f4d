/* bench/client_handfast.c: handfast as a client, through its public headers, with the
 * memory transport. */
#include <stdlib.h>
#include <string.h>

#include "handfast_end.h"

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

static void *open_connection(void *context, const void *session, bench_buffer *in,
                             bench_buffer *out)
{
    bench_end *end = bench_end_new(context, in, out);
    hf_session *borrowed = session == NULL ? NULL : *(hf_session *const *)session;

    if (end == NULL)
        return NULL;
    if (hf_conn_set_hostname(end->tls, BENCH_HOST) == 1 &&
        (borrowed == NULL || hf_conn_set_session(end->tls, borrowed) == 1))
        return end;
    bench_end_free(end);
    return NULL;
}

static bench_status handshake(void *conn)
{
    return bench_end_drive(conn, hf_connect);
}

static size_t read_data(void *conn, uint8_t *bytes, size_t size)
{
    bench_end *end = conn;
    size_t got = 0;

    while (hf_read(end->tls, bytes, size, &got) != 1) {
        if (bench_buffer_len(end->in) == 0)
            return 0;
        bench_end_feed(end);
    }
    return got;
}

static void *session(void *conn)
{
    bench_end *end = conn;
    uint8_t byte;
    hf_session **held = malloc(sizeof(hf_session *));

    (void)read_data(end, &byte, 1);
    if (held != NULL)
        *held = hf_conn_get1_session(end->tls);
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
    bench_end *end = conn;

    while (size != 0) {
        size_t written = 0;
        if (hf_write(end->tls, bytes, size, &written) != 1 &&
            hf_get_error(end->tls, -1) != HF_ERROR_WANT_WRITE)
            return false;
        bench_end_drain(end);
        bytes += written;
        size -= written;
    }
    return true;
}

const bench_client bench_handfast = {
    .name = "handfast",
    .context_new = context_new,
    .context_free = context_free,
    .trust_load = trust_load,
    .open = open_connection,
    .handshake = handshake,
    .resumed = bench_end_resumed,
    .session = session,
    .session_free = session_free,
    .read = read_data,
    .write = write_data,
    .close = bench_end_close,
    .free = bench_end_free,
};
