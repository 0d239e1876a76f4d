/* tools/handfast/html_steps.c: how far the handshake came, in the report: a row of steps,
 * of which the first that was not done is where it failed. */
#include "account.h"
#include "html.h"

#include <string.h>

enum { SERVER_HELLO = 2, STEPS_MAX = 8 };

struct steps {
    const char *labels[STEPS_MAX];
    bool done[STEPS_MAX];
    int count;
};

/* What the timeline tells of the way. */
struct progress {
    bool answered;  /* ServerHello came and was taken: something followed */
    bool verified;  /* the server's certificate, or there was none to verify */
    bool by_secret; /* a session or a key shared before: no certificate */
};

static void add(struct steps *s, const char *label, bool done)
{
    s->labels[s->count] = label;
    s->done[s->count++] = done;
}

static void note_decision(struct progress *p, const hf_conn *conn, size_t index, int what)
{
    int value = 0;

    (void)hf_trace_decision(conn, index, &value, NULL);
    if (what == HF_DECISION_VERIFICATION && value == 0)
        p->verified = true;
    if ((what == HF_DECISION_SESSION || what == HF_DECISION_PSK) && value == 1)
        p->by_secret = true;
}

static struct progress progress_of(const hf_conn *conn)
{
    struct progress p = {.answered = false};
    int kind, direction, what;
    bool hello = false;

    for (size_t i = 0; conn != NULL && i < hf_trace_count(conn); i++) {
        (void)hf_trace_event(conn, i, &kind, &direction, &what, NULL, NULL, NULL, NULL);
        if (kind == HF_TRACE_DECISION)
            note_decision(&p, conn, i, what);
        else if (hello && (kind == HF_TRACE_KEYS || kind == HF_TRACE_MESSAGE) &&
                 direction == HF_DIRECTION_RECEIVED)
            p.answered = true;
        if (kind == HF_TRACE_MESSAGE && what == SERVER_HELLO &&
            direction == HF_DIRECTION_RECEIVED)
            hello = true;
    }
    return p;
}

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

static void collect(struct steps *s, const struct cli_outcome *outcome,
                    const struct cli_attempt *a)
{
    const struct cli_options *o = outcome->options;
    const char *failure = a->code != CLI_OK ? cli_attempt_failure(a) : "";
    bool upgrading = begins(failure, "STARTTLS_"), ready = a->conn != NULL;
    struct progress p = progress_of(a->conn);

    add(s, "Connection", ready || upgrading || begins(failure, "PROXY_"));
    if (o->has_proxy)
        add(s, "Proxy", ready || upgrading);
    if (o->starttls != NULL)
        add(s, "Upgrade to TLS", ready);
    add(s, "Server&#39;s hello", p.answered || a->established);
    if (!p.by_secret)
        add(s, "Certificate", p.verified || (a->established && !o->verify));
    add(s, "Finished", a->established);
    if (a->established && a->code != CLI_OK)
        add(s, "After the handshake", false);
}

void cli_html_steps(FILE *out, const struct cli_outcome *outcome,
                    const struct cli_attempt *a)
{
    static const struct {
        const char *style, *sign, *words;
    } marks[] = {{"done", "&#x2713;", "done"},
                 {"failed", "&#x2715;", "failed here"},
                 {"never", "&#x2013;", "not reached"}};
    struct steps s = {.count = 0};
    int mark = 0;

    collect(&s, outcome, a);
    fputs("<ol class=\"steps\">\n", out);
    for (int i = 0; i < s.count; i++) {
        if (mark > 0 || !s.done[i])
            mark = mark == 0 ? 1 : 2;
        fprintf(out,
                "<li class=\"%s\"><span aria-hidden=\"true\">%s</span> %s"
                "<span class=\"sr\">: %s</span></li>\n",
                marks[mark].style, marks[mark].sign, s.labels[i], marks[mark].words);
    }
    fputs("</ol>\n", out);
}
