/* bench/bulk.c: application data through an established connection, in full records. */
#include <nettle/chacha-poly1305.h>
#include <nettle/gcm.h>
#include <stdio.h>
#include <string.h>

#include "handshake.h"
#include "stopwatch.h"

enum { RECORD = 16384, RECORDS = 8, REPEATS = 8, ALL_RECORDS = RECORDS * REPEATS };

typedef struct bulk_case {
    bench_suite suite;
    const char *write_row, *read_row;
    bench_pair pairs[BENCH_CLIENTS];
} bulk_case;

static bulk_case cases[] = {
    {BENCH_AES_128_GCM, "bulk AES-128-GCM write", "bulk AES-128-GCM read", {{0}}},
    {BENCH_CHACHA20_POLY1305,
     "bulk ChaCha20-Poly1305 write",
     "bulk ChaCha20-Poly1305 read",
     {{0}}},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static bench_credentials credentials;
static SSL_CTX *server_context;
static uint8_t data[RECORD + 64];

int bench_bulk_begin(void)
{
    if (!bench_credentials_make(&credentials, BENCH_ED25519))
        return 0;
    server_context = bench_server_context(&credentials, false);
    for (size_t i = 0; i < CASES; i++) {
        for (size_t j = 0; j < BENCH_CLIENTS; j++) {
            bench_pair *p = &cases[i].pairs[j];
            p->client = bench_clients[j];
            bench_setup setup = {.suite = cases[i].suite};
            p->context = p->client->context_new(credentials.root, &setup);
            p->server_context = server_context;
            if (p->context == NULL || !bench_pair_connect(p)) {
                fprintf(stderr, "bench: %s: no connection for bulk data\n",
                        p->client->name);
                return 0;
            }
        }
    }
    (void)bench_elapsed();
    return 1;
}

static double megabytes_per_second(size_t records)
{
    return (double)records * RECORD / bench_elapsed();
}

/* What is written is thrown away: the server need not read it for the client to work. */
static int write_round(bench_pair *p, const char *row)
{
    for (int i = 0; i < ALL_RECORDS; i++) {
        bench_to_server.start = bench_to_server.end = 0;
        bench_enter();
        bool written = p->client->write(p->conn, data, RECORD);
        bench_leave();
        if (!written)
            return 0;
    }
    bench_sample(row, "MB/s", p->client->name, megabytes_per_second(ALL_RECORDS));
    return 1;
}

static int read_round(bench_pair *p, const char *row)
{
    static uint8_t out[RECORD];

    for (int i = 0; i < REPEATS; i++) {
        bench_to_client.start = bench_to_client.end = 0;
        for (int n = 0; n < RECORDS; n++)
            if (!bench_server_write(&p->server, data, RECORD, &bench_to_client))
                return 0;
        size_t left = (size_t)RECORD * RECORDS;
        while (left != 0) {
            bench_enter();
            size_t got = p->client->read(p->conn, out, sizeof out);
            bench_leave();
            if (got == 0)
                return 0;
            left -= got;
        }
    }
    bench_sample(row, "MB/s", p->client->name, megabytes_per_second(ALL_RECORDS));
    return 1;
}

/* ---- the AEADs by themselves, as a record uses them; timed record by record as above,
 * since reading the clock costs, too ---- */

static void aes_round(void)
{
    static struct gcm_aes128_ctx ctx;
    static const uint8_t key[AES128_KEY_SIZE] = {1};
    uint8_t nonce[GCM_IV_SIZE] = {0};
    uint8_t tag[GCM_DIGEST_SIZE];

    gcm_aes128_set_key(&ctx, key);
    for (int i = 0; i < ALL_RECORDS; i++) {
        nonce[0] = (uint8_t)i;
        bench_enter();
        gcm_aes128_set_iv(&ctx, sizeof nonce, nonce);
        gcm_aes128_update(&ctx, 5, nonce);
        gcm_aes128_encrypt(&ctx, RECORD + 1, data, data);
        gcm_aes128_digest(&ctx, sizeof tag, tag);
        bench_leave();
    }
}

static void chacha_round(void)
{
    static struct chacha_poly1305_ctx ctx;
    static const uint8_t key[CHACHA_POLY1305_KEY_SIZE] = {1};
    uint8_t nonce[CHACHA_POLY1305_NONCE_SIZE] = {0};
    uint8_t tag[CHACHA_POLY1305_DIGEST_SIZE];

    chacha_poly1305_set_key(&ctx, key);
    for (int i = 0; i < ALL_RECORDS; i++) {
        nonce[0] = (uint8_t)i;
        bench_enter();
        chacha_poly1305_set_nonce(&ctx, nonce);
        chacha_poly1305_update(&ctx, 5, nonce);
        chacha_poly1305_encrypt(&ctx, RECORD + 1, data, data);
        chacha_poly1305_digest(&ctx, sizeof tag, tag);
        bench_leave();
    }
}

static void aead_round(const bulk_case *c)
{
    if (c->suite == BENCH_AES_128_GCM)
        aes_round();
    else
        chacha_round();
    double speed = megabytes_per_second(ALL_RECORDS);
    bench_sample(c->write_row, "MB/s", "nettle AEAD", speed);
    bench_sample(c->read_row, "MB/s", "nettle AEAD", speed);
}

int bench_bulk_round(void)
{
    for (size_t i = 0; i < CASES; i++) {
        for (size_t j = 0; j < BENCH_CLIENTS; j++) {
            bench_pair *p = &cases[i].pairs[j];
            if (!write_round(p, cases[i].write_row) ||
                !read_round(p, cases[i].read_row)) {
                fprintf(stderr, "bench: %s: bulk data failed\n", p->client->name);
                return 0;
            }
        }
        aead_round(&cases[i]);
    }
    return 1;
}

void bench_bulk_end(void)
{
    for (size_t i = 0; i < CASES; i++) {
        for (size_t j = 0; j < BENCH_CLIENTS; j++) {
            bench_pair *p = &cases[i].pairs[j];
            bench_to_client.start = bench_to_client.end = 0;
            bench_to_server.start = bench_to_server.end = 0;
            p->client->close(p->conn);
            p->client->free(p->conn);
            p->client->context_free(p->context);
            bench_server_free(&p->server);
        }
    }
    SSL_CTX_free(server_context);
    bench_credentials_free(&credentials);
}
