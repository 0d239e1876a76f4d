/* tests/contract/test_recording_hostile.c: recordings that were cut, changed or forged:
 * an error or a verdict, and nothing worse. */
#include "tape.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A client's recording: a handshake within a limit of memory, data, and the close. */
static void make_sample(tape *t)
{
    uint8_t bytes[200] = {0};
    stage s;

    stage_open(&s, CARRIER_CUSTOM);
    hf_config_free(s.config);
    s.config = stage_config_limited(&s.root, 1 << 20);
    stage_new_server(&s);
    stage_new_conn(&s);
    tape_record(t, s.conn);
    stage_establish(&s);
    stage_client_writes(&s, bytes, sizeof bytes);
    stage_server_reads(&s, bytes, sizeof bytes);
    assert_int_equal(hf_conn_record_end(s.conn), 1);
    stage_close(&s);
    assert_int_equal(tape_play(t), 1);
}

static void assert_verdict(hf_status status)
{
    switch (status) {
    case 1:
    case -HF_E_REPLAY_DIFFERS:
    case -HF_E_RECORDING_INCOMPLETE:
    case -HF_E_RECORDING_MALFORMED:
    case -HF_E_RECORDING_UNSUPPORTED:
        return;
    default:
        fail_msg("status %d, %s", status, hf_code_name(status));
    }
}

static void test_every_cut(void **state)
{
    tape t = {.len = 0};

    (void)state;
    make_sample(&t);
    for (size_t len = t.len, at = 0; at < len; at += at < 300 ? 1 : 7) {
        t.len = at;
        hf_status status = tape_play(&t);
        if (at < 10)
            assert_int_equal(status, -HF_E_RECORDING_MALFORMED);
        else
            assert_int_equal(status, -HF_E_RECORDING_INCOMPLETE);
    }
    tape_free(&t);
}

static void test_altered_bytes_are_noticed(void **state)
{
    tape t = {.len = 0};

    (void)state;
    make_sample(&t);
    for (size_t at = 0; at < t.len; at += 5) {
        t.bytes[at] ^= 0x10;
        hf_status status = tape_play(&t);
        assert_int_not_equal(status, 1);
        assert_verdict(status);
        t.bytes[at] ^= 0x10;
    }
    tape_free(&t);
}

/* Whoever changes a byte and makes the digest fit gets further. */
static void test_every_byte_forged(void **state)
{
    const uint8_t masks[] = {0x01, 0x80, 0xff};
    tape t = {.len = 0};

    (void)state;
    make_sample(&t);
    for (size_t at = 10; at < t.len; at++) {
        uint8_t was = t.bytes[at];
        t.bytes[at] ^= masks[at % sizeof masks];
        tape_seal(&t);
        assert_verdict(tape_play(&t));
        t.bytes[at] = was;
    }
    tape_seal(&t);
    assert_int_equal(tape_play(&t), 1);
    tape_free(&t);
}

static void test_every_chunk_left_out(void **state)
{
    tape whole = {.len = 0}, t = {.len = 0};
    size_t at = 10, next, body, len;
    int kind;

    (void)state;
    make_sample(&whole);
    t.bytes = malloc(TAPE_MAX);
    assert_non_null(t.bytes);
    for (; (next = tape_next(&whole, at, &kind, &body, &len)) != 0; at = next) {
        memcpy(t.bytes, whole.bytes, at);
        memcpy(t.bytes + at, whole.bytes + next, whole.len - next);
        t.len = whole.len - (next - at);
        tape_seal(&t);
        assert_verdict(tape_play(&t));
    }
    tape_free(&t);
    tape_free(&whole);
}

static void test_every_chunk_twice(void **state)
{
    tape whole = {.len = 0}, t = {.len = 0};
    size_t at = 10, next, body, len;
    int kind;

    (void)state;
    make_sample(&whole);
    t.bytes = malloc(TAPE_MAX);
    assert_non_null(t.bytes);
    for (; (next = tape_next(&whole, at, &kind, &body, &len)) != 0; at = next) {
        memcpy(t.bytes, whole.bytes, next);
        memcpy(t.bytes + next, whole.bytes + at, whole.len - at);
        t.len = whole.len + (next - at);
        tape_seal(&t);
        assert_verdict(tape_play(&t));
    }
    tape_free(&t);
    tape_free(&whole);
}

static void play_bytes(const void *bytes, size_t len, hf_status wanted)
{
    hf_status status = 0;

    assert_null(hf_replay_new(bytes, len, &status));
    assert_int_equal(status, wanted);
}

static void test_other_files(void **state)
{
    static const uint8_t later[] = "\x89HFREC\r\n\0\2";
    static const uint8_t huge[] = "\x89HFREC\r\n\0\1\1\xff\xff\xff\xff";
    static const uint8_t unknown[] = "\x89HFREC\r\n\0\1\1\0\0\0\1x\x7f\0\0\0\0";
    static const uint8_t nothing_first[] = "\x89HFREC\r\n\0\1\2\0\0\0\0";

    (void)state;
    play_bytes("", 0, -HF_E_RECORDING_MALFORMED);
    play_bytes("-----BEGIN CERTIFICATE-----", 27, -HF_E_RECORDING_MALFORMED);
    play_bytes(later, sizeof later - 1, -HF_E_RECORDING_UNSUPPORTED);
    play_bytes(huge, sizeof huge - 1, -HF_E_RECORDING_INCOMPLETE);
    play_bytes(unknown, sizeof unknown - 1, -HF_E_RECORDING_MALFORMED);
    play_bytes(nothing_first, sizeof nothing_first - 1, -HF_E_RECORDING_MALFORMED);
    /* Nothing of it is read. */
    play_bytes(later, HF_RECORDING_MAX + (size_t)1, -HF_E_INPUT_TOO_LARGE);
}

/* ---- files ---- */

static void test_files(void **state)
{
    char folder[] = "/tmp/handfast-recording-XXXXXX", path[64];
    hf_status status;
    stage s;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/one", folder);
    assert_null(hf_replay_new_file(path, &status));
    assert_int_equal(status, -HF_E_FILE_UNREADABLE);
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(hf_conn_record_file(s.conn, path), 1);
    stage_establish(&s);
    assert_int_equal(hf_conn_record_end(s.conn), 1);
    stage_new_server(&s);
    stage_new_conn(&s);
    assert_int_equal(hf_conn_record_file(s.conn, path), -HF_E_RECORDING_FAILED);
    stage_close(&s);
    assert_int_equal(access(path, R_OK), 0);
    hf_replay *replay = hf_replay_new_file(path, &status);
    assert_non_null(replay);
    assert_int_equal(hf_replay_run(replay), 1);
    hf_replay_free(replay);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_altered_bytes_are_noticed),
        cmocka_unit_test(test_every_byte_forged),
        cmocka_unit_test(test_every_chunk_left_out),
        cmocka_unit_test(test_every_chunk_twice),
        cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
