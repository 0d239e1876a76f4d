/* bench/heap_main.c: what a client asks of malloc for one handshake and keeps for an idle
 * connection, P-256.  The configuration is made before and does not count. */
#include <stdio.h>
#include <stdlib.h>

#include "acceptor.h"
#include "handshake.h"
#include "heap.h"
#include "scripted.h"

enum { WARM_UP = 3 };

static void sample(const char *row, const char *unit, const char *who, double value)
{
    printf("%s\t%s\t%s\t%.0f\n", row, unit, who, value);
}

static void sample_peak(const char *row, const char *who)
{
    bench_heap heap = bench_heap_now();

    sample(row, "bytes", who, (double)heap.peak);
}

/* The same with the larger shares. */
static bool measure_hybrid(void)
{
    bench_scripted s;
    bool done = bench_scripted_make(&s, BENCH_X25519MLKEM768);

    for (int i = 0; i <= WARM_UP && done; i++) {
        bench_heap_reset();
        done = bench_scripted_connect(&s);
        if (i == WARM_UP)
            sample_peak("heap peak, X25519MLKEM768", bench_handfast.name);
        bench_scripted_close(&s);
    }
    bench_scripted_free(&s);
    return done;
}

static bool measure(bench_pair *p)
{
    /* What a library keeps for ever it has by now. */
    for (int i = 0; i < WARM_UP; i++)
        if (!bench_pair_run(p))
            return false;
    bench_heap_reset();
    if (!bench_pair_connect(p))
        return false;
    bench_heap established = bench_heap_now();
    bench_pair_close(p);
    bench_heap end = bench_heap_now();
    sample("malloc calls in a handshake", "calls", p->client->name, (double)end.calls);
    sample("heap peak in a handshake", "bytes", p->client->name,
           (double)established.peak);
    sample("heap of an idle connection", "bytes", p->client->name,
           (double)established.live);
    if (end.live != 0)
        fprintf(stderr, "bench: %s: %td bytes stay after a connection\n", p->client->name,
                end.live);
    return true;
}

static bool measure_server(bench_accepting *a)
{
    for (int i = 0; i < WARM_UP; i++)
        if (!bench_accepting_run(a))
            return false;
    bench_heap_reset();
    if (!bench_accepting_connect(a))
        return false;
    bench_heap established = bench_heap_now();
    bench_accepting_close(a);
    bench_heap end = bench_heap_now();
    const char *who = a->acceptor->name;
    sample("malloc calls in a handshake, server", "calls", who, (double)end.calls);
    sample("heap peak in a handshake, server", "bytes", who, (double)established.peak);
    sample("heap of an idle connection, server", "bytes", who, (double)established.live);
    return true;
}

static bool measure_servers(const bench_credentials *credentials)
{
    bool done = true;

    for (size_t i = 0; i < BENCH_ACCEPTORS && done; i++) {
        bench_accepting a;
        done = bench_accepting_make(&a, bench_acceptors[i], credentials, false) &&
               measure_server(&a);
        if (done)
            bench_accepting_free(&a);
        else
            fprintf(stderr, "bench: %s: the server failed\n", bench_acceptors[i]->name);
    }
    return done;
}

int main(void)
{
    bench_credentials credentials;

    if (!bench_credentials_make(&credentials, BENCH_P256))
        return EXIT_FAILURE;
    for (size_t i = 0; i < BENCH_CLIENTS; i++) {
        bench_pair p = {.client = bench_clients[i],
                        .server_context = bench_server_context(&credentials, false)};
        bench_setup setup = {.suite = BENCH_AES_128_GCM};
        p.context = p.client->context_new(credentials.root, &setup);
        if (p.context == NULL || p.server_context == NULL || !measure(&p)) {
            fprintf(stderr, "bench: %s: the handshake failed\n", p.client->name);
            return EXIT_FAILURE;
        }
        p.client->context_free(p.context);
        SSL_CTX_free(p.server_context);
    }
    bool served = measure_servers(&credentials);
    bench_credentials_free(&credentials);
    if (!served)
        return EXIT_FAILURE;
    if (!measure_hybrid()) {
        fputs("bench: handfast: the handshake with X25519MLKEM768 failed\n", stderr);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
