/* tests/failures/scripted.h: what the parts of the program `failures_scripted` share. */
#ifndef FAILURES_SCRIPTED_H
#define FAILURES_SCRIPTED_H

#include "scripted_server.h"

/* What becomes of a connection once the script has stopped. */
typedef enum scripted_end {
    SCRIPTED_SILENT, /* nothing: the client must give up */
    SCRIPTED_EOF,    /* our direction ends in an orderly way of TCP */
    SCRIPTED_RESET,  /* a reset */
} scripted_end;

typedef struct scripted_options {
    script_config config;
    scripted_end end;
    size_t cut;        /* no byte from this one on; SIZE_MAX: all go out */
    size_t change;     /* this byte is changed; SIZE_MAX: none is */
    bool later;        /* the first of two connections is served to its end */
    const char *flood; /* hex that is sent without end once connected; NULL: nothing */
} scripted_options;

/* False, with a line on stderr, if there is something that it does not know. */
bool scripted_parse(scripted_options *o, int argc, char **argv);

/* The certificate (DER), its Ed25519 key (32 bytes), and the CA behind it, by path.  The
 * second key is one that fits no certificate. */
bool scripted_load(const char *certificate, const char *key, const char *ca);

#endif
