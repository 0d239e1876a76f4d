/* sources.c: see sources.h. */
#include "sources.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The most that a call of C uses is below LOW: the blinding of an RSA key of 8192 bits
 * takes 1 KiB, a flight with its tickets less. */
enum { SOURCES_ROOM = 8192, SOURCES_LOW = 4096 };

struct hf_sources {
    int64_t unix_seconds;
    int64_t monotonic; /* microseconds */
    int has_monotonic;
    size_t left; /* the last so many bytes of room */
    uint8_t room[SOURCES_ROOM];
};

static void wipe(uint8_t *bytes, size_t count)
{
    volatile uint8_t *p = bytes;

    while (count-- > 0)
        *p++ = 0;
}

hf_sources *hf_sources_new(void)
{
    return calloc(1, sizeof(hf_sources));
}

void hf_sources_free(hf_sources *sources)
{
    if (sources)
        wipe(sources->room, sizeof sources->room);
    free(sources);
}

/* ---- the clock ---- */

static int64_t unix_seconds(void *context)
{
    const hf_sources *s = context;

    return s->unix_seconds;
}

static int64_t monotonic_microseconds(void *context)
{
    const hf_sources *s = context;
    struct timespec now;

    if (s->has_monotonic)
        return s->monotonic;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

hf_status hf_sources_attach_clock(hf_sources *sources, hf_config *config)
{
    const hf_clock clock = {sizeof clock, unix_seconds, monotonic_microseconds, sources};

    return hf_config_set_clock(config, &clock);
}

void hf_sources_set_time(hf_sources *sources, int64_t seconds)
{
    sources->unix_seconds = seconds;
}

void hf_sources_set_monotonic(hf_sources *sources, int64_t monotonic)
{
    sources->has_monotonic = 1;
    sources->monotonic = monotonic;
}

/* ---- randomness ---- */

static int fill(void *context, uint8_t *bytes, size_t count)
{
    hf_sources *s = context;
    uint8_t *from = s->room + sizeof s->room - s->left;

    if (count > s->left)
        return 0;
    memcpy(bytes, from, count);
    wipe(from, count);
    s->left -= count;
    return 1;
}

hf_status hf_sources_attach_random(hf_sources *sources, hf_config *config)
{
    const hf_random random = {sizeof random, fill, sources};

    return hf_config_set_random(config, &random);
}

size_t hf_sources_missing(const hf_sources *sources)
{
    return sources->left < SOURCES_LOW ? sizeof sources->room - sources->left : 0;
}

/* What is left comes first. */
hf_status hf_sources_put(hf_sources *sources, const uint8_t *bytes, size_t len)
{
    if (len == 0 || len != hf_sources_missing(sources))
        return -HF_E_INVALID_ARGUMENT;
    memmove(sources->room, sources->room + sizeof sources->room - sources->left,
            sources->left);
    memcpy(sources->room + sources->left, bytes, len);
    sources->left = sizeof sources->room;
    return 1;
}

void hf_sources_drop(hf_sources *sources)
{
    wipe(sources->room, sizeof sources->room);
    sources->left = 0;
}
