/* tests/ct/secrets.h: what memcheck takes for undefined, and how a program of this
 * folder runs:
 *
 *     PROGRAM        all operations; memcheck must stay silent
 *     PROGRAM leak   one branch on a secret; memcheck must speak */
#ifndef HF_TESTS_CT_SECRETS_H
#define HF_TESTS_CT_SECRETS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <valgrind/memcheck.h>

#include "base/alloc.h"
#include "crypto/provider.h"

static inline void secret(void *p, size_t len)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(p, len);
}

static inline void public(const void *p, size_t len)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(p, len);
}

/* Bytes that look arbitrary; the same in each run. */
static inline void fill(uint8_t *p, size_t len, uint8_t first)
{
    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)(first + 37 * i);
}

static inline bool fill_secret(void *ctx, uint8_t *p, size_t len)
{
    fill(p, len, *(uint8_t *)ctx);
    *(uint8_t *)ctx = (uint8_t)(*(uint8_t *)ctx + 101);
    secret(p, len);
    return true;
}

static inline void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static inline void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

/* Says which expectation was not met, and ends. */
#define EXPECT(what)                                                             \
    do {                                                                         \
        if (!(what)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #what); \
            exit(1);                                                             \
        }                                                                        \
    } while (0)

static inline int run(int argc, char **argv, void (*all)(void))
{
    uint8_t byte = 3;

    if (argc == 2 && strcmp(argv[1], "leak") == 0) {
        secret(&byte, 1);
        if (byte > 2)
            puts("a branch on a secret");
        return 0;
    }
    all();
    return 0;
}

#endif
