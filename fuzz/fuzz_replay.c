/* fuzz/fuzz_replay.c: a recording from a stranger: read, described and replayed.  It has
 * no digest at its end, so that every input is played and not only whole ones. */
#include <handfast/handfast.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hf_status status = 0;
    hf_replay *replay = hf_replay_new(data, size, &status);

    if ((replay != NULL) != (status == 1))
        __builtin_trap();
    if (replay == NULL)
        return 0;
    if (hf_replay_warning(replay)[0] == '\0')
        __builtin_trap();
    status = hf_replay_run(replay);
    if ((status == 1) != (hf_replay_message(replay)[0] == '\0'))
        __builtin_trap();
    hf_replay_free(replay);
    return 0;
}
