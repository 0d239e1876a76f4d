/* sources.i: the clock and the source of randomness of a configuration; see sources.h. */

HF_LUA_HANDLE(hf_sources, "clock", hf_sources_free)
hf_sources *hf_sources_new(void);
hf_status hf_sources_attach_clock(hf_sources *sources, hf_config *config);
void hf_sources_set_time(hf_sources *sources, int64_t unix_seconds);
void hf_sources_set_monotonic(hf_sources *sources, int64_t monotonic);
hf_status hf_sources_attach_random(hf_sources *sources, hf_config *config);
size_t hf_sources_missing(hf_sources *sources);
hf_status hf_sources_put(hf_sources *sources, const uint8_t *bytes, size_t len);
void hf_sources_drop(hf_sources *sources);
