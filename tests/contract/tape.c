/* tests/contract/tape.c: recordings in memory, and their replay. */
#include "tape.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/sha.h>

enum { FRONT = 10, END = 0x44 };

static int take(void *context, const uint8_t *bytes, size_t len)
{
    tape *t = context;

    assert_true(len <= TAPE_MAX - t->len);
    if (t->refuse_at != 0 && t->len + len > t->refuse_at)
        return 0;
    memcpy(t->bytes + t->len, bytes, len);
    t->len += len;
    return 1;
}

void tape_record(tape *t, hf_conn *conn)
{
    if (t->bytes == NULL)
        t->bytes = malloc(TAPE_MAX);
    assert_non_null(t->bytes);
    t->len = 0;
    assert_int_equal(hf_conn_record(conn, take, t), 1);
}

void tape_free(tape *t)
{
    free(t->bytes);
    memset(t, 0, sizeof *t);
}

size_t tape_next(const tape *t, size_t at, int *kind, size_t *body, size_t *len)
{
    if (at == 0)
        at = FRONT;
    if (at + 5 > t->len)
        return 0;
    *kind = t->bytes[at];
    *len = (size_t)t->bytes[at + 1] << 24 | (size_t)t->bytes[at + 2] << 16 |
           (size_t)t->bytes[at + 3] << 8 | t->bytes[at + 4];
    *body = at + 5;
    return *len <= t->len - *body ? *body + *len : 0;
}

void tape_seal(tape *t)
{
    size_t at = 0, before = 0, body = 0, len = 0;
    int kind = 0;

    while ((at = tape_next(t, before, &kind, &body, &len)) != 0 && kind != END)
        before = at;
    if (at != 0 && len == SHA256_DIGEST_LENGTH)
        SHA256(t->bytes, body - 5, t->bytes + body);
}

hf_status tape_play(const tape *t)
{
    hf_status status = 0;
    hf_replay *replay = hf_replay_new(t->bytes, t->len, &status);

    assert_int_equal(replay != NULL, status == 1);
    if (status == 1) {
        assert_true(hf_replay_warning(replay)[0] != '\0');
        status = hf_replay_run(replay);
        assert_int_equal(status == 1, hf_replay_message(replay)[0] == '\0');
        assert_int_equal(hf_replay_run(replay), -HF_E_INVALID_ARGUMENT);
    }
    hf_replay_free(replay);
    return status;
}

static size_t error_of(const hf_conn *conn, char *buffer, size_t size)
{
    return hf_error_json(hf_conn_get0_error(conn), buffer, size);
}

void tape_assert_reproduced(tape *t, hf_conn *conn)
{
    size_t (*const tell[])(const hf_conn *, char *, size_t) = {error_of, hf_trace_json,
                                                               hf_conn_json};
    static char was[1 << 17], now[1 << 17];
    hf_status status;

    assert_int_equal(hf_conn_record_end(conn), 1);
    hf_replay *replay = hf_replay_new(t->bytes, t->len, &status);
    assert_int_equal(status, 1);
    assert_string_equal(hf_replay_library(replay), hf_version_text());
    assert_null(hf_replay_get0_conn(replay));
    status = hf_replay_run(replay);
    if (status != 1)
        print_error("%s\n", hf_replay_message(replay));
    assert_int_equal(status, 1);
    assert_string_equal(hf_replay_message(replay), "");
    for (int i = 0; i < 3; i++) {
        assert_true(tell[i](conn, was, sizeof was) < sizeof was);
        assert_true(tell[i](hf_replay_get0_conn(replay), now, sizeof now) < sizeof now);
        assert_string_equal(now, was);
        assert_string_equal(hf_replay_recorded_json(replay, i), was);
    }
    assert_null(hf_replay_recorded_json(replay, 3));
    hf_replay_free(replay);
}
