/* bench/time_main.c: how long things take.  Each round measures every library once, so
 * that all of them share what the machine was doing; bench/report.py compares.
 *
 *   handfast_bench [--rounds N] [--batch N] [handshakes|servers|bulk|trust]...
 *   handfast_bench credentials DIRECTORY
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acceptor.h"
#include "handshake.h"
#include "scripted.h"
#include "stopwatch.h"

typedef struct handshake_case {
    const char *row;
    bench_key key;
    bool resumes;
    bench_setup setup;
} handshake_case;

static const handshake_case cases[] = {
    {"client 1.3 P-256", BENCH_P256, false, {.group = BENCH_X25519}},
    {"client 1.3 P-256, chain seen before", BENCH_P256, false, {.remembers = true}},
    {"client 1.3 P-256, ML-KEM offered",
     BENCH_P256,
     false,
     {.group = BENCH_X25519MLKEM768}},
    {"client 1.3 RSA-2048", BENCH_RSA_2048, false, {.group = BENCH_X25519}},
    {"client 1.3 Ed25519", BENCH_ED25519, false, {.group = BENCH_X25519}},
    {"client 1.3 resume", BENCH_P256, true, {.group = BENCH_X25519}},
    {"client 1.3 P-256, nettle alone", BENCH_P256, false, {.nettle_alone = true}},
    {"client 1.3 Ed25519, nettle alone", BENCH_ED25519, false, {.nettle_alone = true}},
    {"client 1.3 resume, nettle alone", BENCH_P256, true, {.nettle_alone = true}},
};
enum { CASES = sizeof cases / sizeof cases[0], TRUST_BATCH = 5 };

/* handfast alone, with the scripted server. */
static const struct {
    const char *row;
    bench_group group;
} exchanges[] = {
    {"exchange X25519", BENCH_X25519},
    {"exchange X25519MLKEM768", BENCH_X25519MLKEM768},
};
enum { EXCHANGES = sizeof exchanges / sizeof exchanges[0] };

static const char bundle[] = "/etc/ssl/certs/ca-certificates.crt";

static bench_credentials credentials[CASES];
static bench_pair pairs[CASES][BENCH_CLIENTS];
static void *sessions[CASES][BENCH_CLIENTS];
static bench_scripted scripted[EXCHANGES];

/* ---- handshakes ---- */

static bool begin_handshakes(void)
{
    for (size_t i = 0; i < CASES; i++) {
        if (!bench_credentials_make(&credentials[i], cases[i].key))
            return false;
        for (size_t j = 0; j < BENCH_CLIENTS; j++) {
            bench_pair *p = &pairs[i][j];
            p->client = bench_clients[j];
            p->context = p->client->context_new(credentials[i].root, &cases[i].setup);
            if (p->context != NULL && cases[i].resumes)
                p->session = sessions[i][j] = bench_pair_ticket(
                    p->client, p->context, &credentials[i], &p->server_context);
            else
                p->server_context = bench_server_context(&credentials[i], false);
            if (p->context == NULL || p->server_context == NULL || !bench_pair_run(p) ||
                (cases[i].resumes && p->session == NULL)) {
                fprintf(stderr, "bench: %s: %s failed\n", p->client->name, cases[i].row);
                return false;
            }
        }
    }
    for (size_t i = 0; i < EXCHANGES; i++)
        if (!bench_scripted_make(&scripted[i], exchanges[i].group))
            return false;
    return true;
}

static void end_handshakes(void)
{
    for (size_t i = 0; i < EXCHANGES; i++)
        bench_scripted_free(&scripted[i]);
    for (size_t i = 0; i < CASES; i++) {
        for (size_t j = 0; j < BENCH_CLIENTS; j++) {
            bench_pair *p = &pairs[i][j];
            if (sessions[i][j] != NULL)
                p->client->session_free(sessions[i][j]);
            p->client->context_free(p->context);
            SSL_CTX_free(p->server_context);
        }
        bench_credentials_free(&credentials[i]);
    }
}

static bool exchange_round(int batch)
{
    for (size_t i = 0; i < EXCHANGES; i++) {
        (void)bench_elapsed();
        for (int n = 0; n < batch; n++) {
            bool connected = bench_scripted_connect(&scripted[i]);
            bench_scripted_close(&scripted[i]);
            if (!connected) {
                fprintf(stderr, "bench: handfast: %s failed\n", exchanges[i].row);
                return false;
            }
        }
        bench_sample(exchanges[i].row, "us", bench_handfast.name,
                     bench_elapsed() / batch);
    }
    return true;
}

static bool handshake_round(int batch)
{
    for (size_t i = 0; i < CASES; i++) {
        for (size_t j = 0; j < BENCH_CLIENTS; j++) {
            bench_pair *p = &pairs[i][j];
            (void)bench_elapsed();
            for (int n = 0; n < batch; n++)
                if (!bench_pair_run(p))
                    return false;
            double each = bench_elapsed() / batch;
            bench_sample(cases[i].row, "us", p->client->name, each);
            if (cases[i].resumes && p->client == &bench_handfast &&
                !cases[i].setup.nettle_alone)
                bench_record_round(each);
        }
    }
    bench_primitives_round();
    return exchange_round(batch);
}

static bool measure_handshakes(int rounds, int batch)
{
    bool done = begin_handshakes();

    if (!done)
        return false;
    bench_primitives_begin();
    for (int i = 0; i < rounds && done; i++)
        done = handshake_round(batch);
    bench_primitives_end();
    end_handshakes();
    return done;
}

/* ---- servers ---- */

static const struct {
    const char *row;
    bench_key key;
    bool resumes;
} accepts[] = {
    {"server 1.3 P-256", BENCH_P256, false},
    {"server 1.3 RSA-2048", BENCH_RSA_2048, false},
    {"server 1.3 Ed25519", BENCH_ED25519, false},
    {"server 1.3 resume", BENCH_P256, true},
};
enum { ACCEPTS = sizeof accepts / sizeof accepts[0] };

static bench_accepting accepting[ACCEPTS][BENCH_ACCEPTORS];

static bool begin_accepts(void)
{
    for (size_t i = 0; i < ACCEPTS; i++) {
        bench_credentials made;
        if (!bench_credentials_make(&made, accepts[i].key))
            return false;
        for (size_t j = 0; j < BENCH_ACCEPTORS; j++) {
            bench_accepting *a = &accepting[i][j];
            if (!bench_accepting_make(a, bench_acceptors[j], &made, accepts[i].resumes) ||
                !bench_accepting_run(a)) {
                fprintf(stderr, "bench: %s: %s failed\n", bench_acceptors[j]->name,
                        accepts[i].row);
                return false;
            }
        }
        bench_credentials_free(&made);
    }
    return true;
}

static bool accept_round(int batch)
{
    for (size_t i = 0; i < ACCEPTS; i++) {
        for (size_t j = 0; j < BENCH_ACCEPTORS; j++) {
            (void)bench_elapsed();
            for (int n = 0; n < batch; n++)
                if (!bench_accepting_run(&accepting[i][j]))
                    return false;
            bench_sample(accepts[i].row, "us", bench_acceptors[j]->name,
                         bench_elapsed() / batch);
        }
    }
    return true;
}

static bool measure_servers(int rounds, int batch)
{
    bool done = begin_accepts();

    if (!done)
        return false;
    for (int i = 0; i < rounds && done; i++)
        done = accept_round(batch);
    for (size_t i = 0; i < ACCEPTS; i++)
        for (size_t j = 0; j < BENCH_ACCEPTORS; j++)
            bench_accepting_free(&accepting[i][j]);
    return done;
}

/* ---- the rest ---- */

static bool measure_bulk(int rounds)
{
    bool done = bench_bulk_begin();

    for (int i = 0; i < rounds && done; i++)
        done = bench_bulk_round();
    if (done)
        bench_bulk_end();
    return done;
}

static bool measure_trust(int rounds)
{
    if (access(bundle, R_OK) != 0) {
        fprintf(stderr, "bench: trust store: skipped, no %s\n", bundle);
        return true;
    }
    for (int i = 0; i < rounds; i++) {
        for (size_t j = 0; j < BENCH_CLIENTS; j++) {
            (void)bench_elapsed();
            for (int n = 0; n < TRUST_BATCH; n++) {
                bench_enter();
                void *context = bench_clients[j]->trust_load(bundle);
                bench_leave();
                if (context == NULL)
                    return false;
                bench_clients[j]->context_free(context);
            }
            bench_sample("trust store load", "us", bench_clients[j]->name,
                         bench_elapsed() / TRUST_BATCH);
        }
    }
    return true;
}

static int write_credentials(const char *directory)
{
    bench_credentials c;

    if (!bench_credentials_make(&c, BENCH_P256))
        return EXIT_FAILURE;
    bool written = bench_credentials_write(&c, directory);
    bench_credentials_free(&c);
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int usage(void)
{
    fputs("usage: handfast_bench [--rounds N] [--batch N] "
          "[handshakes|servers|bulk|trust]...\n"
          "       handfast_bench credentials DIRECTORY\n",
          stderr);
    return 2;
}

static bool is_wanted(const char *what, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], what) == 0)
            return true;
    return count == 0;
}

/* 0 if it is none. */
static int count_of(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);

    return *end == '\0' && n > 0 && n <= 1000000 ? (int)n : 0;
}

int main(int argc, char **argv)
{
    int rounds = 20;
    int batch = 25;
    int i = 1;

    if (argc == 3 && strcmp(argv[1], "credentials") == 0)
        return write_credentials(argv[2]);
    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        if (strcmp(argv[i], "--rounds") == 0)
            rounds = count_of(argv[i + 1]);
        else if (strcmp(argv[i], "--batch") == 0)
            batch = count_of(argv[i + 1]);
        else
            return usage();
    }
    if (rounds < 1 || batch < 1 || (i < argc && strncmp(argv[i], "--", 2) == 0))
        return usage();
    bool done = true;
    if (is_wanted("handshakes", argc - i, argv + i))
        done = measure_handshakes(rounds, batch);
    if (done && is_wanted("servers", argc - i, argv + i))
        done = measure_servers(rounds, batch);
    if (done && is_wanted("trust", argc - i, argv + i))
        done = measure_trust(rounds);
    if (done && is_wanted("bulk", argc - i, argv + i))
        done = measure_bulk(rounds);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
