/* bench/record.c: what the error record and the timeline cost a handshake that succeeds:
 * the very calls that note its events and decisions, with the system's clock, held
 * against the cheapest handshake; and their memory.  Nothing else of the record is
 * touched before something fails. */
#include <time.h>

#include "conn/internal.h"
#include "handshake.h"
#include "msg/types.h"
#include "stopwatch.h"

enum { REPEATS = 2000, PERCENT = 100 };

static int64_t monotonic(void *ctx)
{
    struct timespec now;

    (void)ctx;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void note(hfi_conn *c, hfi_direction direction, uint8_t type)
{
    hfi_conn_note(c, HFI_EVENT_MESSAGE, direction, type, 100, true);
}

static void note_keys(hfi_conn *c, hfi_direction direction, uint8_t which)
{
    hfi_conn_note(c, HFI_EVENT_KEYS, direction, which, 0, true);
    hfi_conn_note_decisions(c);
}

/* A client's events of TLS 1.3 with a certificate of its own, two tickets, data. */
static void note_handshake(hfi_conn *c)
{
    static const uint8_t flight[] = {HFI_ENCRYPTED_EXTENSIONS, HFI_CERTIFICATE_REQUEST,
                                     HFI_CERTIFICATE, HFI_CERTIFICATE_VERIFY,
                                     HFI_FINISHED};

    note(c, HFI_DIRECTION_SENT, HFI_CLIENT_HELLO);
    note(c, HFI_DIRECTION_RECEIVED, HFI_SERVER_HELLO);
    note_keys(c, HFI_DIRECTION_RECEIVED, 1);
    for (size_t i = 0; i < sizeof flight; i++) {
        note(c, HFI_DIRECTION_RECEIVED, flight[i]);
        hfi_conn_note_decisions(c);
    }
    note_keys(c, HFI_DIRECTION_SENT, 1);
    hfi_conn_note(c, HFI_EVENT_CCS, HFI_DIRECTION_SENT, 0, 1, false);
    note(c, HFI_DIRECTION_SENT, HFI_CERTIFICATE);
    note(c, HFI_DIRECTION_SENT, HFI_CERTIFICATE_VERIFY);
    note(c, HFI_DIRECTION_SENT, HFI_FINISHED);
    note_keys(c, HFI_DIRECTION_RECEIVED, 2);
    note_keys(c, HFI_DIRECTION_SENT, 2);
    note(c, HFI_DIRECTION_RECEIVED, HFI_NEW_SESSION_TICKET);
    note(c, HFI_DIRECTION_RECEIVED, HFI_NEW_SESSION_TICKET);
    hfi_conn_note(c, HFI_EVENT_DATA, HFI_DIRECTION_SENT, 0, 100, true);
    hfi_conn_note(c, HFI_EVENT_DATA, HFI_DIRECTION_RECEIVED, 0, 100, true);
}

void bench_record_round(double handshake)
{
    static hfi_settings settings;
    static hfi_hs hs;
    hfi_conn c;

    settings.clock.monotonic_microseconds = monotonic;
    memset(&c, 0, sizeof c);
    hfi_conn_init(&c, &settings, NULL);
    hs.agreed = &c.agreed;
    hs.has_handshake_keys = true;
    hs.as.client.psk_offered = true;
    c.hs = &hs;
    c.agreed = (hfi_agreed){.version = 0x0304,
                            .suite = 0x1301,
                            .group = 29,
                            .retried = true,
                            .verify_done = true,
                            .certificate_sent = true};
    (void)bench_elapsed();
    bench_enter();
    for (int i = 0; i < REPEATS; i++) {
        c.timeline.count = 0;
        c.decided = 0;
        note_handshake(&c);
    }
    bench_leave();
    double spent = bench_elapsed() / REPEATS;
    bench_sample("record and timeline, of a resumption", "%", "handfast",
                 PERCENT * spent / handshake);
    bench_sample("record and timeline, memory", "bytes", "handfast",
                 (double)(2 * sizeof c.report + sizeof c.timeline + sizeof c.decided));
}
