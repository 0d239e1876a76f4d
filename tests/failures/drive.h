/* tests/failures/drive.h: what the parts of the program `failures_drive` share. */
#ifndef FAILURES_DRIVE_H
#define FAILURES_DRIVE_H

#include <stdbool.h>

#include <handfast/handfast.h>

/* The arguments, NAME=VALUE. */
typedef struct drive_options {
    int argc;
    char **argv;
} drive_options;

/* A value, or NULL. */
const char *drive_value(const drive_options *o, const char *name);
long drive_number(const drive_options *o, const char *name, long without);

/* Memory that is counted. */
typedef struct drive_memory {
    long live;
    size_t limit; /* 0: none, else the library itself counts */
} drive_memory;

/* What the settings came to; *failed names the one that was refused. */
hf_config *drive_config(const drive_options *o, drive_memory *memory, hf_status *status,
                        const char **failed);
/* A function of the application, by its name, that fails. */
hf_status drive_set_function(hf_config *config, const char *which);
hf_status drive_conn(const drive_options *o, hf_conn *conn, const char **failed);

/* What conn does from now on is recorded; one connection at a time. */
hf_status drive_record(hf_conn *conn);
/* Ends the recording, replays it, and prints what that came to, as JSON. */
void drive_tell_replay(hf_conn *conn);

#endif
