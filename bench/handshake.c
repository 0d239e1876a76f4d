/* bench/handshake.c: a handshake in memory, of which only the client's side counts. */
#include "handshake.h"

const bench_client *const bench_clients[BENCH_CLIENTS] = {
    &bench_openssl,
    &bench_gnutls,
    &bench_handfast,
};

bench_buffer bench_to_client, bench_to_server;

static void empty_buffers(void)
{
    bench_to_client.start = bench_to_client.end = 0;
    bench_to_server.start = bench_to_server.end = 0;
}

static bool serve(bench_pair *p)
{
    return bench_server_step(&p->server, &bench_to_server, &bench_to_client);
}

bool bench_pair_connect(bench_pair *p)
{
    empty_buffers();
    if (!bench_server_open(&p->server, p->server_context))
        return false;
    bench_enter();
    p->conn = p->client->open(p->context, p->session, &bench_to_client, &bench_to_server);
    bench_status status = p->conn == NULL ? BENCH_FAILED : p->client->handshake(p->conn);
    bench_leave();
    while (status == BENCH_WAITS) {
        if (!serve(p) || bench_buffer_len(&bench_to_client) == 0)
            return false;
        bench_enter();
        status = p->client->handshake(p->conn);
        bench_leave();
    }
    return status == BENCH_DONE && serve(p) && bench_server_connected(&p->server) &&
           p->client->resumed(p->conn) == (p->session != NULL);
}

void bench_pair_close(bench_pair *p)
{
    bench_enter();
    p->client->close(p->conn);
    p->client->free(p->conn);
    bench_leave();
    (void)serve(p);
    bench_server_free(&p->server);
}

bool bench_pair_run(bench_pair *p)
{
    if (!bench_pair_connect(p))
        return false;
    bench_pair_close(p);
    return true;
}

void *bench_pair_ticket(const bench_client *client, void *context,
                        const bench_credentials *credentials, SSL_CTX **server_context)
{
    *server_context = bench_server_context(credentials, true);
    bench_pair p = {
        .client = client, .context = context, .server_context = *server_context};
    void *session = NULL;

    if (*server_context != NULL && bench_pair_connect(&p)) {
        session = client->session(p.conn);
        bench_pair_close(&p);
        /* The resumed connections get no new one. */
        SSL_CTX_set_num_tickets(*server_context, 0);
    }
    return session;
}
