/* bench/pki_hostile.c: the worst that a peer can send to the path builder.
 *
 *     pki_hostile
 *
 * Makes pools of certificates that are well-formed and whose signatures are wrong,
 * verifies each, and prints what it took: steps, signatures, comparisons of names, time.
 * The numbers of "any" come with a signature check that always says yes, so that nothing
 * stops the search but its limits; those of "real" with the true one.  Exit: 1 if a limit
 * was passed, or one verification took longer than a second. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pki/verify.h"

enum { ROOM = 65536, TIME_MAX_US = 1000000 };

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static const hfi_alloc heap = {allocate, release, NULL};

/* ---- certificates, written from the inside out ---- */

typedef struct der {
    uint8_t bytes[ROOM];
    size_t len;
} der;

static void put(der *d, const void *p, size_t len)
{
    if (len > ROOM - d->len) {
        fprintf(stderr, "pki_hostile: a certificate is too large\n");
        exit(1);
    }
    memcpy(&d->bytes[d->len], p, len);
    d->len += len;
}

/* Puts a header before what was written from start on. */
static void wrap(der *d, size_t start, uint8_t tag)
{
    size_t len = d->len - start;
    uint8_t head[4] = {tag, (uint8_t)len};
    size_t n = 2;

    if (len > 0xff) {
        head[1] = 0x82;
        head[2] = (uint8_t)(len >> 8);
        head[3] = (uint8_t)len;
        n = 4;
    } else if (len > 0x7f) {
        head[1] = 0x81;
        head[2] = (uint8_t)len;
        n = 3;
    }
    put(d, head, n); /* makes room */
    memmove(&d->bytes[start + n], &d->bytes[start], len);
    memcpy(&d->bytes[start], head, n);
}

static void value(der *d, uint8_t tag, const void *p, size_t len)
{
    size_t start = d->len;
    put(d, p, len);
    wrap(d, start, tag);
}

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static void name(der *d, const char *cn)
{
    size_t start = d->len;
    value(d, 0x06, BYTES(0x55, 4, 3));
    value(d, 0x0c, cn, strlen(cn));
    wrap(d, start, 0x30);
    wrap(d, start, 0x31);
    wrap(d, start, 0x30);
}

static void algorithm(der *d)
{
    size_t start = d->len;
    value(d, 0x06, BYTES(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));
    wrap(d, start, 0x30);
}

/* A key of P-256 that nobody else has. */
static void public_key(der *d)
{
    static const uint8_t head[] = {0x30, 0x13, 6,    7,    0x2a, 0x86, 0x48,
                                   0xce, 0x3d, 2,    1,    6,    8,    0x2a,
                                   0x86, 0x48, 0xce, 0x3d, 3,    1,    7};
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX];
    uint8_t point[66] = {0}; /* no unused bits, then the point */
    size_t start = d->len;

    if (hfi_crypto_nettle.p256->generate(&hfi_random_system, private_key, &point[1]) !=
        HFI_OK)
        exit(1);
    put(d, head, sizeof head);
    value(d, 0x03, point, sizeof point);
    wrap(d, start, 0x30);
}

/* Of 2.5.29; what was written from start on is inside its SEQUENCE. */
static void extension(der *d, uint8_t number, size_t start)
{
    const uint8_t oid[5] = {0x06, 3, 0x55, 0x1d, number};

    wrap(d, start, 0x30);
    wrap(d, start, 0x04);
    size_t len = d->len - start;
    put(d, oid, sizeof oid); /* makes room */
    memmove(&d->bytes[start + sizeof oid], &d->bytes[start], len);
    memcpy(&d->bytes[start], oid, sizeof oid);
    wrap(d, start, 0x30);
}

/* count names "nNNNN.example", each as one of GeneralNames or as a subtree. */
static void many_names(der *d, unsigned count, bool subtrees, const char *domain)
{
    for (unsigned i = 0; i < count; i++) {
        char text[64];
        size_t start = d->len;
        int n = snprintf(text, sizeof text, "n%u.%s", i, domain);
        value(d, 0x82, text, (size_t)n);
        if (subtrees)
            wrap(d, start, 0x30);
    }
}

typedef struct plan {
    const char *subject, *issuer;
    bool is_ca;
    unsigned names;       /* in subjectAltName */
    unsigned constraints; /* excluded subtrees */
} plan;

static void extensions(der *d, const plan *p)
{
    size_t start = d->len;
    size_t one = d->len;

    if (p->is_ca) {
        put(d, BYTES(1, 1, 0xff));
        extension(d, 19, one);
    } else {
        many_names(d, p->names == 0 ? 1 : p->names, false, "example.com");
        extension(d, 17, one);
    }
    if (p->constraints != 0) {
        one = d->len;
        many_names(d, p->constraints, true, "example.org");
        wrap(d, one, 0xa1);
        extension(d, 30, one);
    }
    wrap(d, start, 0x30);
    wrap(d, start, 0xa3);
}

static void certificate(der *d, const plan *p)
{
    static const uint8_t signature[] = {0x00, 0x30, 6, 2, 1, 0x55, 2, 1, 0x55};
    size_t validity;

    d->len = 0;
    put(d, BYTES(0xa0, 3, 2, 1, 2, 2, 1, 1));
    algorithm(d);
    name(d, p->issuer);
    validity = d->len;
    value(d, 0x17, "200101000000Z", 13);
    value(d, 0x17, "400101000000Z", 13);
    wrap(d, validity, 0x30);
    name(d, p->subject);
    public_key(d);
    extensions(d, p);
    wrap(d, 0, 0x30);
    algorithm(d);
    value(d, 0x03, signature, sizeof signature);
    wrap(d, 0, 0x30);
}

/* ---- pools ---- */

typedef struct pool {
    hfi_view certs[HFI_VERIFY_POOL_MAX];
    size_t count;
    hfi_trust_store *store;
} pool;

static hfi_view keep(const plan *p)
{
    static der d;
    certificate(&d, p);
    uint8_t *copy = malloc(d.len);
    if (copy == NULL)
        exit(1);
    memcpy(copy, d.bytes, d.len);
    return hfi_view_of(copy, d.len);
}

static void add(pool *p, const plan *what)
{
    p->certs[p->count++] = keep(what);
}

static void trust(pool *p, const plan *what)
{
    hfi_view root = keep(what);
    if (hfi_trust_store_add(p->store, root, NULL) != HFI_OK)
        exit(1);
    free((void *)(uintptr_t)root.p);
}

/* Every CA may have signed every other. */
static void fill_ring(pool *p)
{
    add(p, &(plan){.subject = "leaf", .issuer = "H"});
    for (unsigned i = 1; i < HFI_VERIFY_POOL_MAX; i++)
        add(p, &(plan){.subject = "H", .issuer = "H", .is_ca = true});
}

/* Seven floors with nine doors each. */
static void fill_floors(pool *p)
{
    static const char *const names[] = {"F0", "F1", "F2", "F3", "F4", "F5", "F6", "F7"};

    add(p, &(plan){.subject = "leaf", .issuer = names[0]});
    for (unsigned i = 0; i < 63; i++)
        add(p,
            &(plan){.subject = names[i / 9], .issuer = names[i / 9 + 1], .is_ca = true});
}

/* The same floors below a root that refuses every path, at its very end. */
static void fill_short_root(pool *p)
{
    fill_floors(p);
    trust(p, &(plan){.subject = "F7", .issuer = "F7"});
}

static void fill_roots(pool *p)
{
    add(p, &(plan){.subject = "leaf", .issuer = "R"});
    for (unsigned i = 0; i < 3000; i++)
        trust(p, &(plan){.subject = "R", .issuer = "R", .is_ca = true});
}

static void fill_names(pool *p)
{
    add(p, &(plan){.subject = "leaf", .issuer = "N0", .names = 2500});
    for (unsigned i = 1; i < 40; i++)
        add(p,
            &(plan){.subject = "N0", .issuer = "N0", .is_ca = true, .constraints = 2200});
}

/* ---- the measurement ---- */

static bool say_yes(hfi_signature a, const hfi_public_key *key, hfi_view message,
                    hfi_view signature)
{
    (void)a;
    (void)key;
    (void)message;
    (void)signature;
    return true;
}

static long long microseconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool measure(const char *label, const pool *p, bool real)
{
    hfi_crypto crypto = hfi_crypto_nettle;
    hfi_verify_work work;
    hfi_cert_fault fault;
    hfi_verify_params params = {.crypto = &crypto,
                                .alloc = &heap,
                                .store = p->store,
                                .now = 1893456000,
                                /* The fewest rules: nothing ends the search early. */
                                .profile = HFI_PROFILE_COMPATIBLE,
                                .work = &work};

    if (!real)
        crypto.verify = say_yes;
    long long before = microseconds();
    hfi_err err = hfi_verify_chain(&params, p->certs, p->count, NULL, &fault);
    long long took = microseconds() - before;
    printf("%-12s %-5s %6zu %6zu %8zu %9lld us  %s\n", label, real ? "real" : "any",
           work.steps, work.signatures, work.comparisons, took,
           hfi_err_lookup(err)->name);
    return work.steps <= HFI_VERIFY_STEPS_MAX &&
           work.signatures <= HFI_VERIFY_SIGNATURES_MAX &&
           work.comparisons <= HFI_VERIFY_COMPARISONS_MAX && took <= TIME_MAX_US;
}

static bool run(const char *label, void (*fill)(pool *p))
{
    pool p = {.count = 0, .store = hfi_trust_store_new(&heap, &hfi_crypto_nettle)};

    if (p.store == NULL)
        return false;
    fill(&p);
    bool right = measure(label, &p, false);
    right = measure(label, &p, true) && right;
    for (size_t i = 0; i < p.count; i++)
        free((void *)(uintptr_t)p.certs[i].p);
    hfi_trust_store_free(p.store);
    return right;
}

int main(void)
{
    printf("%-12s %-5s %6s %6s %8s %12s  %s\n", "pool", "sign", "steps", "signs", "names",
           "time", "outcome");
    bool right = run("ring", fill_ring);
    right = run("floors", fill_floors) && right;
    right = run("short root", fill_short_root) && right;
    right = run("roots", fill_roots) && right;
    right = run("names", fill_names) && right;
    printf("limits             %6d %6d %8d %9d us\n", HFI_VERIFY_STEPS_MAX,
           HFI_VERIFY_SIGNATURES_MAX, HFI_VERIFY_COMPARISONS_MAX, TIME_MAX_US);
    return right ? 0 : 1;
}
