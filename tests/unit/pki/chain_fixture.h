/* tests/unit/pki/chain_fixture.h: what the tests of pki/ share. */
#ifndef CHAIN_FIXTURE_H
#define CHAIN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "pki/verify.h"

/* 2030-01-01T00:00:00Z: `date -u -d 2030-01-01 +%s`. */
#define CHAIN_NOW 1893456000

/* Counts what is given out; a test can make it run out. */
typedef struct counting_heap {
    size_t calls;
    size_t live;
    size_t fail_at; /* the call that fails, from 1; 0: none */
} counting_heap;

hfi_alloc counting_alloc(counting_heap *heap);

/* Certificates decoded from PEM texts, freed by chain_free. */
typedef struct chain {
    hfi_view certs[80];
    uint8_t *owned[80];
    size_t count;
} chain;

void chain_add(chain *c, const char *pem);
void chain_free(chain *c);

#endif
