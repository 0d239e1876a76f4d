/* tools/handfast/html_sequence.c: the handshake in the report: a sequence diagram of two
 * lines of life, whose colour tells by which keys each side sends from there on. */
#include "account.h"
#include "html.h"

#include <inttypes.h>
#include <string.h>

enum {
    CLEAR = 0,
    HANDSHAKE_KEYS = 1,
    APPLICATION_KEYS = 2,
    CLOSE_NOTIFY = 0,
    WAIT_MIN_US = 5000, /* shorter pauses are not worth a line */
    RUN_MIN = 4,        /* so many alike are one line */
    ANSWER_SIZE = 80,
};

/* One event, and what has gone before. */
struct drawing {
    FILE *out;
    const hf_conn *conn;
    int ours, theirs;        /* levels of protection */
    int64_t last;            /* time of the event before */
    int64_t whole;           /* of the handshake */
    const hf_error *foreign; /* an answer that is no TLS, not drawn yet; NULL: none */
    bool ours_last;          /* so the other side is awaited */
};

struct event {
    int kind, direction, what, is_protected;
    const char *name;
    int64_t when;
    size_t bytes;
    size_t run;    /* how many alike this one stands for */
    int64_t until; /* when the last of them was */
};

static double ms(int64_t microseconds)
{
    return (double)microseconds / 1000.0;
}

static bool is_ours(const struct event *e)
{
    return e->direction == HF_DIRECTION_SENT;
}

static void put_time(const struct drawing *d, int64_t when)
{
    fprintf(d->out, "<span class=\"t\">%.1f ms</span>", ms(when));
}

static void open_lane(const struct drawing *d)
{
    fprintf(d->out, "<div class=\"lane c%d p%d\">", d->ours, d->theirs);
}

static void put_arrow(const struct drawing *d, const struct event *e)
{
    int level = !e->is_protected ? CLEAR : is_ours(e) ? d->ours : d->theirs;
    bool alert = e->kind == HF_TRACE_ALERT;

    fprintf(d->out, "<li class=\"%s l%d%s\">", is_ours(e) ? "out" : "in", level,
            alert && e->what != CLOSE_NOTIFY ? " alert" : "");
    put_time(d, e->when);
    open_lane(d);
    fprintf(d->out, "<span class=\"label\"><b><span class=\"sr\">%s: </span>%s",
            is_ours(e) ? "client to server" : "server to client", alert ? "alert " : "");
    cli_html_text(d->out, e->name);
    if (e->run > 1)
        fprintf(d->out, ", %zu times", e->run);
    fputs("</b><small>", d->out);
    if (e->bytes > 0)
        fprintf(d->out, "%zu byte%s", e->bytes, e->bytes == 1 ? "" : "s");
    if (e->run > 1)
        fprintf(d->out, "%s, until %.1f ms", e->bytes > 0 ? " each" : "", ms(e->until));
    fprintf(d->out,
            "<span class=\"sr\">, %s</span></small></span><span class=\"arrow\"></span>"
            "</div></li>\n",
            e->is_protected ? "encrypted" : "in the clear");
}

static void put_keys(struct drawing *d, const struct event *e)
{
    int level = e->what == 1 ? HANDSHAKE_KEYS : e->what >= 2 ? APPLICATION_KEYS : CLEAR;

    if (e->what == 4) /* of early data, which is protected like a handshake's */
        level = HANDSHAKE_KEYS;
    *(is_ours(e) ? &d->ours : &d->theirs) = level;
    fprintf(d->out, "<li class=\"keys k%d %s\">", level, is_ours(e) ? "out" : "in");
    put_time(d, e->when);
    open_lane(d);
    fprintf(d->out, "<span class=\"chip\">%s sends with ",
            is_ours(e) ? "client" : "server");
    cli_html_text(d->out, e->name);
    fputs("</span></div></li>\n", d->out);
}

static void say_decision(const struct drawing *d, const struct event *e, int value,
                         const char *word)
{
    switch (e->what) {
    case HF_DECISION_RETRY:
        fputs("the server asks for another hello", d->out);
        fputs(word[0] != '\0' ? ", with a key share of " : "", d->out);
        cli_html_text(d->out, word);
        return;
    case HF_DECISION_SESSION:
    case HF_DECISION_EARLY_DATA:
        fprintf(d->out, "%s ", e->what == HF_DECISION_SESSION ? "session" : "early data");
        cli_html_text(d->out, word);
        return;
    case HF_DECISION_CERTIFICATE:
        fprintf(d->out, "own certificate: number %d", value);
        return;
    case HF_DECISION_VERIFICATION:
        fputs(value == 0 ? "certificate verified" : "certificate refused: ", d->out);
        cli_html_text(d->out, value == 0 ? "" : word);
        return;
    default:
        cli_html_text(d->out, e->name);
        fputs(": ", d->out);
        cli_html_text(d->out, word[0] != '\0' ? word : value != 0 ? "yes" : "no");
    }
}

static void put_decision(const struct drawing *d, const struct event *e, size_t index)
{
    const char *word = "";
    int value = 0;

    (void)hf_trace_decision(d->conn, index, &value, &word);
    fprintf(d->out, "<li class=\"decision%s\">",
            e->what == HF_DECISION_VERIFICATION && value != 0 ? " no" : "");
    put_time(d, e->when);
    open_lane(d);
    fputs("<span class=\"chip\">", d->out);
    say_decision(d, e, value, word);
    fputs("</span></div></li>\n", d->out);
}

/* A pause that is long by itself and against the whole. */
static void put_wait(const struct drawing *d, int64_t until, const char *for_what)
{
    int64_t pause = until - d->last;

    if (pause < WAIT_MIN_US || pause * 5 < d->whole)
        return;
    fputs("<li class=\"wait\"><span class=\"t\"></span>", d->out);
    open_lane(d);
    fprintf(d->out, "%.0f ms %s</div></li>\n", ms(pause), for_what);
}

/* What came in the place of TLS is in no timeline, but it is what happened. */
static void put_foreign(struct drawing *d, int64_t when)
{
    size_t len = 0, n = 0;
    const uint8_t *bytes = hf_error_first_bytes(d->foreign, &len);
    char text[ANSWER_SIZE];

    for (; n < len && n < sizeof text - 1 && bytes[n] != '\r' && bytes[n] != '\n'; n++)
        text[n] = (char)(bytes[n] < 0x20 || bytes[n] >= 0x7f ? '.' : bytes[n]);
    text[n] = '\0';
    d->foreign = NULL;
    put_wait(d, when, "until the server answered");
    d->last = when;
    fputs("<li class=\"in l0 alert\">", d->out);
    put_time(d, when);
    open_lane(d);
    fputs("<span class=\"label\"><b><span class=\"sr\">server to client: </span>",
          d->out);
    cli_html_name(d->out, text);
    fputs("</b><small>not TLS</small></span><span class=\"arrow\"></span></div></li>\n",
          d->out);
}

static bool is_alike(const struct event *a, const struct event *b)
{
    return a->kind == HF_TRACE_MESSAGE && a->kind == b->kind && a->what == b->what &&
           a->direction == b->direction && a->bytes == b->bytes &&
           a->is_protected == b->is_protected;
}

static struct event event_at(const hf_conn *conn, size_t index)
{
    struct event e = {.name = "", .run = 1};

    (void)hf_trace_event(conn, index, &e.kind, &e.direction, &e.what, &e.name, &e.when,
                         &e.bytes, &e.is_protected);
    e.until = e.when;
    return e;
}

/* The event and those like it that follow at once; how many events that is. */
static size_t take_event(const hf_conn *conn, size_t index, struct event *e)
{
    size_t count = hf_trace_count(conn), n = 1;
    struct event next;

    *e = event_at(conn, index);
    while (index + n < count) {
        next = event_at(conn, index + n);
        if (!is_alike(e, &next))
            break;
        e->until = next.when;
        n++;
    }
    if (n < RUN_MIN) {
        *e = event_at(conn, index);
        return 1;
    }
    e->run = n;
    return n;
}

static void put_pause(struct drawing *d, const struct event *e)
{
    if (e->direction == HF_DIRECTION_RECEIVED || !d->ours_last)
        put_wait(d, e->when, is_ours(e) ? "on this side" : "until the server answered");
    else
        put_wait(d, e->when,
                 e->kind == HF_TRACE_ALERT ? "until this side gave up" : "on this side");
}

static size_t put_event(struct drawing *d, size_t index)
{
    struct event e;
    size_t n = take_event(d->conn, index, &e);

    if (d->foreign != NULL && is_ours(&e) && e.kind == HF_TRACE_ALERT)
        put_foreign(d, e.when);
    put_pause(d, &e);
    if (e.kind == HF_TRACE_KEYS)
        put_keys(d, &e);
    else if (e.kind == HF_TRACE_DECISION)
        put_decision(d, &e, index);
    else
        put_arrow(d, &e);
    d->last = e.until;
    if (e.kind != HF_TRACE_DECISION)
        d->ours_last = is_ours(&e);
    return n;
}

static void put_end(struct drawing *d, const struct cli_attempt *a)
{
    if (a->code == CLI_OK)
        return;
    if (d->foreign != NULL)
        put_foreign(d, a->handshake_us);
    put_wait(d, a->handshake_us, "without an answer");
    fputs("<li class=\"stop\"><span class=\"t\"></span><div class=\"lane\"><p>&#x2715; ",
          d->out);
    cli_html_text(d->out, cli_attempt_failure(a));
    fputs("</p></div></li>\n", d->out);
}

static void put_ends(FILE *out, const struct cli_outcome *outcome)
{
    char place[sizeof outcome->options->target.host + 10];

    cli_target_format(outcome->options->target.host, outcome->options->target.port, place,
                      sizeof place);
    fputs("<div class=\"ends\" aria-hidden=\"true\"><span></span><div><span>This side"
          "<small>client</small></span><span>",
          out);
    cli_html_name(out, place);
    fputs("<small>server</small></span></div></div>\n", out);
}

static bool has_foreign(const hf_error *error)
{
    size_t len = 0;

    return hf_error_first_bytes(error, &len) != NULL && len > 0;
}

void cli_html_sequence(FILE *out, const struct cli_outcome *outcome,
                       const struct cli_attempt *a)
{
    struct drawing d = {.out = out, .conn = a->conn, .whole = a->handshake_us};
    size_t count = hf_trace_count(a->conn), dropped = hf_trace_dropped(a->conn);

    if (count == 0)
        return;
    if (a->code != CLI_OK && a->fault[0] == '\0' &&
        has_foreign(hf_conn_get0_error(a->conn)))
        d.foreign = hf_conn_get0_error(a->conn);
    fputs("<section aria-label=\"Handshake\">\n<h2>Handshake</h2>\n", out);
    put_ends(out, outcome);
    fputs("<ol class=\"seq\">\n", out);
    for (size_t i = 0; i < count;)
        i += put_event(&d, i);
    put_end(&d, a);
    fputs("</ol>\n<div class=\"legend\" aria-hidden=\"true\">"
          "<span><i class=\"l0\"></i>in the clear</span>"
          "<span><i class=\"l1\"></i>with handshake keys</span>"
          "<span><i class=\"l2\"></i>with application keys</span></div>\n",
          out);
    fputs("<p class=\"note\">Times count from the beginning of the handshake", out);
    if (a->began != 0) {
        fputs(", which was at ", out);
        cli_html_time(out, a->began);
    }
    fputs("; sizes are those of messages with their headers. ", out);
    fprintf(out, "%" PRIu64 " bytes were sent and %" PRIu64 " received in all.",
            hf_conn_bytes_out(a->conn), hf_conn_bytes_in(a->conn));
    if (dropped > 0)
        fprintf(out, " %zu later events are not shown.", dropped);
    fputs("</p>\n</section>\n", out);
}
