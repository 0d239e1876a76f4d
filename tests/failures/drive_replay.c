/* tests/failures/drive_replay.c: the connection is recorded in memory; when it is over,
 * the recording is replayed, which must come to the same record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"

enum { TAPE_MAX = 1 << 22 };

static uint8_t tape[TAPE_MAX];
static size_t tape_len;

static int take(void *context, const uint8_t *bytes, size_t len)
{
    (void)context;
    if (len > TAPE_MAX - tape_len)
        return 0;
    memcpy(tape + tape_len, bytes, len);
    tape_len += len;
    return 1;
}

hf_status drive_record(hf_conn *conn)
{
    return hf_conn_record(conn, take, NULL);
}

static void tell_text(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar((unsigned char)*text < ' ' ? ' ' : *text);
    }
    putchar('"');
}

void drive_tell_replay(hf_conn *conn)
{
    hf_status status = hf_conn_record_end(conn);
    hf_replay *replay = NULL;

    if (status == 1 && tape_len == 0) {
        printf("null"); /* it never began */
        return;
    }
    if (status == 1)
        replay = hf_replay_new(tape, tape_len, &status);
    if (status == 1)
        status = hf_replay_run(replay);
    printf("{\"status\":\"%s\",\"message\":", status == 1 ? "OK" : hf_code_name(-status));
    tell_text(hf_replay_message(replay));
    printf("}");
    hf_replay_free(replay);
}
