/* bench/acceptor.c: a handshake in memory, of which only the server's side counts. */
#include "acceptor.h"

#include "handshake.h"

const bench_acceptor *const bench_acceptors[BENCH_ACCEPTORS] = {
    &bench_acceptor_openssl,
    &bench_acceptor_handfast,
};

static bool connect_both(bench_accepting *a)
{
    const bench_acceptor *server = a->acceptor;
    bench_status status = BENCH_WAITS, client_status = BENCH_WAITS;

    bench_to_client.start = bench_to_client.end = 0;
    bench_to_server.start = bench_to_server.end = 0;
    a->client = bench_openssl.open(a->client_context, a->session, &bench_to_client,
                                   &bench_to_server);
    bench_enter();
    a->conn = server->open(a->context, &bench_to_server, &bench_to_client);
    bench_leave();
    if (a->client == NULL || a->conn == NULL)
        return false;
    while (status == BENCH_WAITS || client_status == BENCH_WAITS) {
        client_status = bench_openssl.handshake(a->client);
        if (client_status == BENCH_FAILED || status == BENCH_FAILED)
            return false;
        bench_enter();
        status = server->handshake(a->conn);
        bench_leave();
    }
    return status == BENCH_DONE && client_status == BENCH_DONE;
}

bool bench_accepting_connect(bench_accepting *a)
{
    return connect_both(a) && a->acceptor->resumed(a->conn) == (a->session != NULL);
}

void bench_accepting_close(bench_accepting *a)
{
    bench_enter();
    a->acceptor->close(a->conn);
    a->acceptor->free(a->conn);
    bench_leave();
    bench_openssl.close(a->client);
    bench_openssl.free(a->client);
}

bool bench_accepting_run(bench_accepting *a)
{
    if (!bench_accepting_connect(a))
        return false;
    bench_accepting_close(a);
    return true;
}

bool bench_accepting_make(bench_accepting *a, const bench_acceptor *acceptor,
                          const bench_credentials *credentials, bool resumes)
{
    const bench_setup setup = {.group = BENCH_X25519};

    *a = (bench_accepting){.acceptor = acceptor};
    a->context = acceptor->context_new(credentials, resumes);
    a->client_context = bench_openssl.context_new(credentials->root, &setup);
    if (a->context == NULL || a->client_context == NULL)
        return false;
    if (!resumes)
        return true;
    if (!bench_accepting_connect(a))
        return false;
    a->session = bench_openssl.session(a->client);
    bench_accepting_close(a);
    return a->session != NULL;
}

void bench_accepting_free(bench_accepting *a)
{
    if (a->session != NULL)
        bench_openssl.session_free(a->session);
    bench_openssl.context_free(a->client_context);
    a->acceptor->context_free(a->context);
}
