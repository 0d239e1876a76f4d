/* tests/flow/rows.c: runs tables of rows. */
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const uint8_t alpn[] = "\x02h2\x08http/1.1";

static void first_group(hfi_settings *s, uint16_t id)
{
    for (size_t i = 0; i < s->group_count; i++) {
        if (s->groups[i] == id) {
            s->groups[i] = s->groups[0];
            s->groups[0] = id;
        }
    }
}

void apply_row(flow *f, unsigned how)
{
    hfi_settings *s = &f->settings;

    if (how & ROW_ALPN)
        s->alpn = hfi_view_of(alpn, sizeof alpn - 1);
    if (how & ROW_NO_COMPAT)
        f->client.options |= HFI_OPTION_NO_MIDDLEBOX_COMPAT;
    if (how & ROW_NO_NAME)
        f->client.server_name = hfi_view_of(NULL, 0);
    if (how & ROW_X25519_ONLY) {
        s->groups[0] = 0x001d;
        s->group_count = 1;
    }
    if (how & ROW_P256_FIRST)
        first_group(s, 0x0017);
    if (how & ROW_P384_FIRST)
        first_group(s, 0x0018);
    if (how & ROW_AES_128_ONLY) {
        s->suites[0] = 0x1301;
        s->suite_count = 1;
    }
    if (how & ROW_TLS12)
        s->version_min = 0x0303;
    if (how & ROW_TLS12_ONLY)
        s->version_max = 0x0303;
    if (how & ROW_PLAIN_MASTER)
        f->client.options |= HFI_OPTION_ALLOW_PLAIN_MASTER_SECRET;
    if (how & ROW_UNSAFE_RENEGOTIATION)
        f->client.options |= HFI_OPTION_ALLOW_UNSAFE_RENEGOTIATION;
    if (how & ROW_ECDSA_ONLY) {
        s->schemes[0] = 0x0403;
        s->scheme_count = 1;
    }
}

/* ---- what always holds ---- */

/* RFC 8446 6.2 has one alert for all of these: the record tells more. */
static const char *diagnosis(const hfi_report *report)
{
    const hfi_err_info *info = hfi_err_lookup(report->code);
    bool is_syntax =
        strncmp(info->name, "DECODE_", 7) == 0 || info->code == HFI_E_EXTENSION_DUPLICATE;

    if (!is_syntax || info->code == HFI_E_DECODE_HANDSHAKE_TYPE)
        return NULL;
    return strstr(report->detail, "at byte ") != NULL
               ? NULL
               : "the record does not tell where the message is malformed";
}

static const char *failed_conduct(flow *f)
{
    const hfi_report *report = &f->client.report;
    const scripted_server *s = &f->server;
    uint8_t exported[16];
    size_t taken = 0;

    if (f->client.phase != HFI_PHASE_FAILED)
        return "the connection failed and does not say so";
    if (hfi_conn_process(&f->client, NULL) != f->err ||
        hfi_conn_write(&f->client, hfi_view_of_text("x"), &taken) == HFI_OK)
        return "it goes on after a failure";
    if (hfi_conn_feed_space(&f->client).len != 0 ||
        hfi_conn_update_keys(&f->client, true) == HFI_OK ||
        hfi_conn_export(&f->client, hfi_view_of_text("l"), hfi_view_of(NULL, 0), exported,
                        sizeof exported) == HFI_OK ||
        hfi_conn_time_left(&f->client) != -1)
        return "it is still of use after a failure";
    if (!f->client.close_sent && hfi_conn_close(&f->client) != f->err)
        return "it closes in an orderly way after a failure";
    if (hfi_conn_drain(&f->client).len != 0)
        return "it sends on after a failure";
    if (report->code != f->err)
        return "the record has another code";
    if (diagnosis(report) != NULL)
        return diagnosis(report);
    if (report->alert_direction != HFI_DIRECTION_SENT)
        return s->alert == -1 || (f->client.close_sent && s->alert == 0)
                   ? NULL
                   : "an alert went out that the record has not";
    if (s->unreadable)
        return "the alert went out under keys that nobody has";
    if (report->alert != s->alert)
        return "the record has another alert than was sent";
    if (s->alerts != 1 || s->alert_level != 2 || report->alert_level != 2)
        return "not one fatal alert";
    if (s->config.tls12.on)
        return s->alert_protected == (s->ccs != 0)
                   ? NULL
                   : "the alert does not keep to the client's change_cipher_spec";
    if (f->log_lines != 0 && !s->alert_protected)
        return "keys were there and the alert went out in the clear";
    if (s->alert_protected && s->ccs == 0 &&
        (f->client.options & HFI_OPTION_NO_MIDDLEBOX_COMPAT) == 0)
        return "a protected alert without change_cipher_spec before it";
    return NULL;
}

const char *flow_conduct(flow *f)
{
    if (f->endless)
        return "the two never come to rest";
    if (f->server.fault != NULL && f->logged.len == 0)
        return f->server.fault;
    if (f->err != HFI_OK)
        return failed_conduct(f);
    if (f->server.fault != NULL)
        return f->server.fault;
    if (f->server.alert > 0)
        return "an alert without an error";
    return NULL;
}

const char *flow_left_over(const flow *f)
{
    if (f->memory.live != 0)
        return "memory is left over";
    if (f->memory.secret_released)
        return "a secret was left in memory";
    return NULL;
}

/* ---- rows ---- */

/* The connection works: data goes both ways. */
static const char *try_data(flow *f)
{
    size_t before = f->received.len;

    if (f->client.phase != HFI_PHASE_OPEN || !f->server.connected)
        return "not established";
    if (flow_write(f, "ping") != HFI_OK)
        return "it cannot write";
    if (!hfi_view_equal(script_view(&f->server.data), hfi_view_of_text("ping")))
        return "the server did not get the data";
    scripted_server_send(&f->server, hfi_view_of_text("pong"));
    if (flow_pump(f) != HFI_OK || f->received.len < before + 4 ||
        memcmp(f->received.p + f->received.len - 4, "pong", 4) != 0)
        return "the client did not get the data";
    return NULL;
}

static const char *judge(flow *f, const row *r)
{
    if (f->err == HFI_OK && r->how & ROW_END)
        (void)flow_end(f);
    if (f->err != r->err)
        return "another error";
    if (r->step != NULL &&
        (f->client.report.step == NULL || strcmp(f->client.report.step, r->step) != 0))
        return "in another state";
    if (f->server.alert != r->alert && !(r->alert == HFI_ALERT_NONE && f->err == HFI_OK))
        return "another alert";
    if (f->err == HFI_OK && !(r->how & ROW_SHUT)) {
        const char *fault = try_data(f);
        if (fault != NULL)
            return fault;
    }
    return flow_conduct(f);
}

bool run_row_on(flow *f, const row *r)
{
    (void)flow_run(f);
    const char *fault = judge(f, r);
    hfi_err err = f->err;
    int alert = f->server.alert;
    const char *server = f->server.fault;

    flow_free(f);
    if (fault == NULL)
        fault = flow_left_over(f);
    if (fault == NULL)
        return true;
    print_error("%s: %s: error %d %s (want %d %s), alert %d %s (want %d %s)%s%s\n",
                r->name, fault, err, hfi_err_lookup(err)->name, r->err,
                hfi_err_lookup(r->err)->name, alert,
                alert < 0 ? "none" : hfi_alert_name(alert), r->alert,
                r->alert < 0 ? "none" : hfi_alert_name(r->alert),
                server == NULL ? "" : "; server: ", server == NULL ? "" : server);
    return false;
}

/* A first connection whose ticket the row's client offers. */
static bool run_resumed(const row *r)
{
    static const script_config with_ticket = {.tickets = 1};
    script_config config = with_ticket;
    flow first, second;

    if (r->config.tls12.on)
        config.key = r->config.key;
    config.tls12.on = r->config.tls12.on;
    config.tls12.without_master = (r->how & ROW_FIRST_PLAIN) != 0;
    if (r->how & ROW_BY_ID) {
        config.tickets = 0;
        config.tls12.gives_id = true;
    }
    if (r->config.alpn != NULL)
        config.alpn = r->config.alpn;
    flow_init(&first, &config);
    apply_row(&first, r->how);
    if (config.tls12.without_master)
        first.client.options |= HFI_OPTION_ALLOW_PLAIN_MASTER_SECRET;
    bool good = flow_run(&first) == HFI_OK && first.client.new_session != NULL;
    if (!good)
        print_error("%s: the first connection failed: %d\n", r->name, first.err);
    flow_init(&second, &r->config);
    apply_row(&second, r->how);
    flow_resume(&second, &first);
    good = run_row_on(&second, r) && good;
    flow_free(&first);
    if (flow_left_over(&first) != NULL) {
        print_error("%s: %s by the first connection\n", r->name, flow_left_over(&first));
        good = false;
    }
    return good;
}

static bool run_row(const row *r)
{
    flow f;

    if (r->how & ROW_RESUME)
        return run_resumed(r);
    flow_init(&f, &r->config);
    apply_row(&f, r->how);
    return run_row_on(&f, r);
}

void run_rows(const row *rows, size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++)
        if (!run_row(&rows[i]))
            wrong++;
    print_message("# %zu rows, %zu wrong\n", count, wrong);
    assert_int_equal(wrong, 0);
}
