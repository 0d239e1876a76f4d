/* bench/scripted.c: a handshake in memory with the scripted server of the tests. */
#include "scripted.h"

#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "handshake.h"
#include "scripted_server.h"

static scripted_server server;

/* The root as the clients take it; released with free. */
static char *root_text(void)
{
    hfi_view der = script_ca();
    const unsigned char *at = der.p;
    X509 *cert = d2i_X509(NULL, &at, (long)der.len);
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL, *text = NULL;

    if (cert != NULL && bio != NULL && PEM_write_bio_X509(bio, cert) == 1) {
        long len = BIO_get_mem_data(bio, &data);
        text = strndup(data, (size_t)len);
    }
    BIO_free(bio);
    X509_free(cert);
    return text;
}

bool bench_scripted_make(bench_scripted *s, bench_group group)
{
    bench_setup setup = {.suite = BENCH_AES_128_GCM, .group = group};
    char *root = root_text();

    s->conn = NULL;
    s->context = root == NULL ? NULL : bench_handfast.context_new(root, &setup);
    free(root);
    return s->context != NULL;
}

void bench_scripted_free(bench_scripted *s)
{
    bench_handfast.context_free(s->context);
}

static void serve(void)
{
    scripted_server_feed(&server,
                         hfi_view_of(bench_to_server.bytes + bench_to_server.start,
                                     bench_buffer_len(&bench_to_server)));
    bench_buffer_take(&bench_to_server, bench_buffer_len(&bench_to_server));
    script_consume(&server.out,
                   bench_buffer_put(&bench_to_client, server.out.p, server.out.len));
}

bool bench_scripted_connect(bench_scripted *s)
{
    static const script_config plain = {.key = SCRIPT_P256};
    const bench_client *client = &bench_handfast;

    bench_to_client.start = bench_to_client.end = 0;
    bench_to_server.start = bench_to_server.end = 0;
    scripted_server_init(&server, &plain);
    bench_enter();
    s->conn = client->open(s->context, NULL, &bench_to_client, &bench_to_server);
    bench_status status = s->conn == NULL ? BENCH_FAILED : client->handshake(s->conn);
    bench_leave();
    while (status == BENCH_WAITS) {
        serve();
        if (bench_buffer_len(&bench_to_client) == 0)
            return false;
        bench_enter();
        status = client->handshake(s->conn);
        bench_leave();
    }
    serve();
    return status == BENCH_DONE && server.connected;
}

void bench_scripted_close(bench_scripted *s)
{
    bench_enter();
    bench_handfast.close(s->conn);
    bench_handfast.free(s->conn);
    bench_leave();
    scripted_server_free(&server);
}
