/* bench/acceptor_handfast.c: handfast as a server, through its public headers, with the
 * memory transport. */
#include <openssl/pem.h>

#include "acceptor.h"
#include "handfast_end.h"

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
    return bench_end_new(context, in, out);
}

static bench_status handshake(void *conn)
{
    return bench_end_drive(conn, hf_accept);
}

const bench_acceptor bench_acceptor_handfast = {
    .name = "handfast",
    .context_new = context_new,
    .context_free = context_free,
    .open = open_connection,
    .handshake = handshake,
    .resumed = bench_end_resumed,
    .close = bench_end_close,
    .free = bench_end_free,
};
