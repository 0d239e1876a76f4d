/* bench/acceptor_handfast.c: handfast as a server, through its public headers, with the
 * memory transport. */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include <handfast/handfast.h>

#include "acceptor.h"

typedef struct connection {
    hf_conn *tls;
    bench_buffer *in, *out;
} connection;

typedef hf_status use(hf_config *config, const uint8_t *bytes, size_t len);

static hf_status use_key(hf_config *config, const uint8_t *bytes, size_t len)
{
    return hf_config_use_private_key_memory(config, bytes, len, NULL);
}

static bool give(hf_config *config, BIO *text, use *function)
{
    char *bytes;
    long len = BIO_get_mem_data(text, &bytes);
    bool given = function(config, (const uint8_t *)bytes, (size_t)len) == 1;

    BIO_free(text);
    return given;
}

static bool show(hf_config *config, const bench_credentials *c)
{
    BIO *chain = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_mem());

    return PEM_write_bio_X509(chain, c->leaf) == 1 &&
           PEM_write_bio_X509(chain, c->intermediate) == 1 &&
           PEM_write_bio_PrivateKey(key, c->key, NULL, NULL, 0, NULL, NULL) == 1 &&
           give(config, chain, hf_config_use_certificate_chain_memory) &&
           give(config, key, use_key);
}

static void *context_new(const bench_credentials *credentials, bool tickets)
{
    hf_config *config = hf_config_new(NULL);

    if (config == NULL || !show(config, credentials) ||
        hf_config_set_versions(config, "TLSv1.3") != 1 ||
        hf_config_set_groups(config, "x25519") != 1 ||
        hf_config_set_cipher_suites(config, "TLS_AES_128_GCM_SHA256") != 1 ||
        hf_config_set_ticket_count(config, tickets ? 1 : 0) != 1)
        return NULL;
    return config;
}

static void context_free(void *context)
{
    hf_config_free(context);
}

static void *open_connection(void *context, bench_buffer *in, bench_buffer *out)
{
    connection *c = malloc(sizeof *c);

    if (c == NULL)
        return NULL;
    c->in = in;
    c->out = out;
    c->tls = hf_conn_new(context);
    if (hf_conn_use_memory(c->tls) == 1)
        return c;
    hf_conn_free(c->tls);
    free(c);
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
        ret = hf_accept(c->tls);
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

static void close_connection(void *conn)
{
    connection *c = conn;

    (void)hf_shutdown(c->tls);
    drain(c);
}

static void free_connection(void *conn)
{
    connection *c = conn;

    hf_conn_free(c->tls);
    free(c);
}

const bench_acceptor bench_acceptor_handfast = {
    .name = "handfast",
    .context_new = context_new,
    .context_free = context_free,
    .open = open_connection,
    .handshake = handshake,
    .resumed = resumed,
    .close = close_connection,
    .free = free_connection,
};
