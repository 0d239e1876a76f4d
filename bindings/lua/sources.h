/* sources.h: time and randomness that Lua gives, without a callback from C into Lua.
 *
 * As in answers.h, C calls no Lua: Lua asks its functions before each call that may need
 * them, in Lua, where they may yield or fail, and leaves here what C's functions then
 * find. */
#ifndef HF_LUA_SOURCES_H
#define HF_LUA_SOURCES_H

#include <handfast/handfast.h>

typedef struct hf_sources hf_sources;

/* Must live as long as the connections of its configuration. */
hf_sources *hf_sources_new(void);
void hf_sources_free(hf_sources *sources);

/* The clock of the configuration is what hf_sources_set_time said last; the monotonic
 * half is the system's until hf_sources_set_monotonic. */
hf_status hf_sources_attach_clock(hf_sources *sources, hf_config *config);
void hf_sources_set_time(hf_sources *sources, int64_t unix_seconds);
void hf_sources_set_monotonic(hf_sources *sources, int64_t monotonic);

/* The randomness of the configuration is what hf_sources_put gave, each byte once; where
 * that is used up, C's function fails. */
hf_status hf_sources_attach_random(hf_sources *sources, hf_config *config);
/* How many bytes are to be put before the next call of C: more than one can use. */
size_t hf_sources_missing(const hf_sources *sources);
/* INVALID_ARGUMENT unless it is what is missing. */
hf_status hf_sources_put(hf_sources *sources, const uint8_t *bytes, size_t len);
/* Wipes all: the function failed. */
void hf_sources_drop(hf_sources *sources);

#endif
