/* tools/handfast/serve_account.c: what `handfast serve` tells: its beginning, each
 * connection, and what it does itself.  docs/command-line.md describes the lines. */
#include "json.h"
#include "server.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FAILURES_A_SECOND = 10, /* lines; a port scan must not fill the disk */
    LIMITS_A_SECOND = 1,
    SECOND_US = 1000000,
};

/* ---- lines ---- */

static void put(struct cli_log *log, const char *text)
{
    cli_log_line(log, text, strlen(text));
}

/* A line that is written with stdio, so that what JSON has elsewhere serves here. */
static FILE *begin_line(struct cli_server *s)
{
    return fmemopen(s->line, sizeof s->line, "w");
}

static void end_line(struct cli_server *s, FILE *line)
{
    long len;

    fputc('\n', line);
    len = fflush(line) == 0 ? ftell(line) : -1;
    fclose(line);
    if (len > 0 && (size_t)len < sizeof s->line && s->line[len - 1] == '\n')
        cli_log_line(&s->out, s->line, (size_t)len);
    else
        s->out.lost++;
}

/* True if a line may be told now; those that may not are counted. */
static bool allow(struct cli_rate *rate, int most, int64_t now)
{
    if (now - rate->since >= SECOND_US) {
        rate->since = now;
        rate->told = 0;
    }
    if (rate->told < most) {
        rate->told++;
        return true;
    }
    rate->untold++;
    return false;
}

void cli_tell_untold(struct cli_server *s)
{
    char text[120];

    if (s->failures.untold > 0 && s->now - s->failures.since >= SECOND_US) {
        snprintf(text, sizeof text, "handfast serve: %lu more failures in that second\n",
                 s->failures.untold);
        s->failures.untold = 0;
        put(&s->err, text);
    }
    if (s->now - s->limits.since >= SECOND_US)
        s->limits.untold = 0;
}

void cli_tell(struct cli_server *s, const char *event, bool is_failure,
              const char *format, ...)
{
    char text[2000], line[2100];
    va_list args;
    FILE *out;

    if (!is_failure && s->options->quiet)
        return;
    if (is_failure && strcmp(event, "reload_failed") != 0 &&
        !allow(&s->limits, LIMITS_A_SECOND, s->now))
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (s->options->json) {
        out = begin_line(s);
        if (out == NULL)
            return;
        cli_json_text(out, "{", "event", event);
        cli_json_text(out, ", ", "message", text);
        fputc('}', out);
        end_line(s, out);
        return;
    }
    snprintf(line, sizeof line, "handfast serve: %s\n", text);
    put(is_failure ? &s->err : &s->out, line);
}

/* ---- the beginning ---- */

static const char *service_name(const struct cli_serve_options *o)
{
    static const char *const names[] = {"greet", "echo", "www", "forward"};

    return names[o->service];
}

static void start_json(struct cli_server *s)
{
    FILE *out = begin_line(s);

    if (out == NULL)
        return;
    cli_json_text(out, "{", "event", "listening");
    cli_json_key(out, ", ", "places");
    for (int i = 0; i < s->listener_count; i++)
        fprintf(out, "%s\"%s\"", i == 0 ? "[" : ", ", s->listeners[i].place);
    cli_json_text(out, "], ", "service", service_name(s->options));
    cli_json_text(out, ", ", "library", hf_version_text());
    fprintf(out, ", \"max_connections\": %d}", s->client_max);
    end_line(s, out);
}

void cli_tell_start(struct cli_server *s)
{
    const struct cli_serve_options *o = s->options;
    char text[400], target[300];

    if (o->json) {
        start_json(s);
        return;
    }
    for (int i = 0; i < s->listener_count && !o->quiet; i++) {
        snprintf(text, sizeof text, "handfast serve: listening on %s\n",
                 s->listeners[i].place);
        put(&s->out, text);
    }
    if (o->quiet)
        return;
    cli_target_format(o->forward.host, o->forward.port, target, sizeof target);
    snprintf(text, sizeof text,
             "handfast serve: %s%s, %d certificate%s, at most %d connections\n",
             o->service == CLI_SERVE_GREET  ? "greets and echoes"
             : o->service == CLI_SERVE_ECHO ? "echoes"
             : o->service == CLI_SERVE_WWW  ? "answers HTTP"
                                            : "forwards to ",
             o->service == CLI_SERVE_FORWARD ? target : "", o->pair_count,
             o->pair_count == 1 ? "" : "s", s->client_max);
    put(&s->out, text);
}

/* ---- a connection ---- */

static void append(char *out, size_t size, const char *before, const char *text)
{
    size_t used = strlen(out);

    if (text != NULL && text[0] != '\0')
        snprintf(out + used, size - used, "%s%s", before, text);
}

/* The client's own words: fit for a terminal and for one line. */
static void append_bytes(char *out, size_t size, const char *before, const uint8_t *p,
                         size_t len)
{
    char text[260];
    size_t n = 0;

    for (; p != NULL && n < len && n < sizeof text - 1; n++)
        text[n] = (char)(p[n] <= 0x20 || p[n] >= 0x7f ? '?' : p[n]);
    text[n] = '\0';
    append(out, size, before, text);
}

static void append_subject(char *out, size_t size, const hf_conn *conn)
{
    size_t len = 0;
    const uint8_t *der = hf_conn_get0_peer_der(conn, 0, &len);
    hf_certificate *c = der != NULL ? hf_certificate_new(der, len) : NULL;
    const char *subject = c != NULL ? hf_certificate_subject(c) : NULL;

    if (subject != NULL)
        append_bytes(out, size, ", client ", (const uint8_t *)subject, strlen(subject));
    hf_certificate_free(c);
}

void cli_describe(const hf_conn *conn, char *out, size_t size)
{
    const uint8_t *alpn;
    const char *name;
    size_t len = 0;

    snprintf(out, size, "%s", hf_conn_version_name(conn));
    append(out, size, " ", hf_conn_cipher_suite_name(conn));
    append(out, size, " ", hf_conn_group_name(conn));
    if (hf_conn_session_reused(conn) == 1)
        append(out, size, " ", "resumed");
    else
        append(out, size, " ", hf_conn_signature_algorithm_name(conn));
    name = hf_conn_requested_name(conn);
    append_bytes(out, size, ", for ", (const uint8_t *)name, strlen(name));
    alpn = hf_conn_get0_alpn(conn, &len);
    append_bytes(out, size, ", protocol ", alpn, len);
    if (hf_conn_early_data_status(conn) == HF_EARLY_DATA_ACCEPTED)
        append(out, size, ", ", "with early data");
    append_subject(out, size, conn);
}

void cli_tell_established(struct cli_client *c)
{
    struct cli_server *s = c->server;
    char place[80], what[900], line[1100];

    if (s->options->quiet || s->options->json)
        return;
    cli_place_of(&c->peer.any, place, sizeof place);
    cli_describe(c->conn, what, sizeof what);
    snprintf(line, sizeof line, "%s: %s, %.1f ms\n", place, what,
             (double)c->handshake_us / 1000.0);
    put(&s->out, line);
}

static void put_library_json(FILE *out, const hf_conn *conn)
{
    size_t size = hf_conn_json(conn, NULL, 0) + 1;
    char *text = malloc(size);

    fputs(text != NULL && hf_conn_json(conn, text, size) < size ? text : "null", out);
    free(text);
}

static void put_ms(FILE *out, const char *key, int64_t us)
{
    fprintf(out, ", \"%s\": %" PRId64 ".%03d", key, us / 1000, (int)(us % 1000));
}

static void end_json(struct cli_client *c, const char *fault)
{
    struct cli_server *s = c->server;
    int64_t duration = cli_now_us() - c->accepted_us;
    FILE *out = begin_line(s);
    char place[80];

    if (out == NULL)
        return;
    cli_place_of(&c->peer.any, place, sizeof place);
    cli_json_text(out, "{", "event", "connection");
    cli_json_text(out, ", ", "client", place);
    cli_json_text(out, ", ", "result",
                  c->state == CLI_CLIENT_HANDSHAKE ? "handshake_failed"
                  : c->failed || fault != NULL     ? "broken"
                                                   : "ok");
    put_ms(out, "handshake_ms",
           c->state == CLI_CLIENT_HANDSHAKE ? duration : c->handshake_us);
    put_ms(out, "duration_ms", duration);
    cli_json_key(out, ", ", "agreed");
    if (c->conn != NULL)
        put_library_json(out, c->conn);
    else
        fputs("null", out);
    cli_json_text(out, ", ", "fault", fault);
    cli_json_key(out, ", ", "error");
    if (c->failed && c->conn != NULL)
        cli_json_error(out, hf_conn_get0_error(c->conn));
    else
        fputs("null", out);
    fputc('}', out);
    end_line(s, out);
}

/* A client that leaves without close_notify is no news: most of them do. */
static bool is_news(const struct cli_client *c, const char *fault)
{
    int code = c->failed ? hf_conn_error_code(c->conn) : 0;

    if (fault != NULL || c->state == CLI_CLIENT_HANDSHAKE)
        return fault != NULL || c->failed;
    return c->failed && code != HF_E_EOF_WITHOUT_CLOSE_NOTIFY;
}

void cli_tell_end(struct cli_client *c, const char *fault)
{
    struct cli_server *s = c->server;
    char place[80], line[2400];
    const hf_error *error;

    if (c->told)
        return;
    c->told = true;
    if (s->options->json)
        end_json(c, fault);
    if (c->conn == NULL || !is_news(c, fault))
        return;
    s->failed++;
    if (s->options->json || !allow(&s->failures, FAILURES_A_SECOND, s->now))
        return;
    cli_place_of(&c->peer.any, place, sizeof place);
    error = hf_conn_get0_error(c->conn);
    if (fault != NULL)
        snprintf(line, sizeof line, "handfast serve: %s: %s\n", place, fault);
    else
        snprintf(line, sizeof line, "handfast serve: %s: %s (%s)%s%s\n", place,
                 hf_error_summary(error), hf_error_name(error),
                 hf_error_hint(error)[0] != '\0' ? "; hint: " : "", hf_error_hint(error));
    if (strlen(line) == sizeof line - 1)
        line[sizeof line - 2] = '\n'; /* cut, but a line */
    put(&s->err, line);
}
