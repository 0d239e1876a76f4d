/* tests/vectors/rfc8448/play.h: both sides of one trace, played with our code. */
#ifndef HF_TEST_RFC8448_PLAY_H
#define HF_TEST_RFC8448_PLAY_H

#include "keys/schedule.h"
#include "keys/transcript.h"
#include "record/record.h"
#include "trace.h"

/* What one trace hands to the next: section 4 resumes with section 3's ticket. */
typedef struct trace_ticket {
    uint8_t psk[HFI_SECRET_MAX];
    trace_bytes nonce;
} trace_ticket;

typedef struct trace_play {
    const hfi_hash *hash;
    hfi_view rsa_modulus; /* the server's key, from the file */
    hfi_view rsa_exponent;
    trace_ticket *ticket;

    const hfi_group *group;     /* of the newest key pair */
    trace_bytes private_key[2]; /* by hfi_side */
    trace_bytes share[2];

    hfi_keys keys;
    uint8_t early[HFI_SECRET_MAX]; /* the three secrets as they were reached */
    uint8_t handshake[HFI_SECRET_MAX];
    uint8_t main[HFI_SECRET_MAX];
    bool application; /* hfi_keys_enter_application was called */
    hfi_transcript transcript;
    hfi_digest finished[2];
    hfi_digest binder;

    trace_bytes certificate[2]; /* the newest Certificate message of that side */
    trace_bytes flight[2];      /* messages built and not yet sent */
    bool hello_is_cut;          /* the flight is a ClientHello without its binders */
    bool hello_sent;

    hfi_record_keys seal[2]; /* by the side that writes */
    hfi_record_keys open[2];
} trace_play;

extern const hfi_alloc trace_alloc;

hfi_side trace_side(const trace_step *step);
hfi_digest trace_digest(const trace_play *play);

/* Plays one step; fails the test if it is unknown or a value differs. */
void trace_play_step(trace_play *play, trace_step *step);
void trace_play_free(trace_play *play);

/* messages.c: "construct a ... handshake message", with the message's name. */
void trace_construct(trace_play *play, trace_step *step, const char *name);
/* messages.c: "send ... record" of this type. */
void trace_send(trace_play *play, trace_step *step, hfi_content_type type);

#endif
