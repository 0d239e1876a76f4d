/* tests/flow/kinds.c: kinds of handshakes, begun and ended. */
#include "kinds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static flow earlier;

static int connect_earlier(const script_config *config)
{
    flow_init(&earlier, config);
    return flow_run(&earlier) == HFI_OK ? 0 : -1;
}

int kinds_set_up(void **state)
{
    static const script_config with_ticket = {.tickets = 1};

    (void)state;
    return connect_earlier(&with_ticket);
}

int kinds_set_up_tls12(void **state)
{
    static const script_config with_ticket = {.tls12 = {.on = true}, .tickets = 1};

    (void)state;
    return connect_earlier(&with_ticket);
}

int kinds_tear_down(void **state)
{
    (void)state;
    flow_free(&earlier);
    return flow_left_over(&earlier) == NULL ? 0 : -1;
}

const flow *kinds_earlier(void)
{
    return &earlier;
}

void kind_start(flow *f, const kind *k)
{
    flow_init(f, &k->config);
    apply_row(f, k->how);
    if (k->resumes)
        flow_resume(f, &earlier);
}

void kind_finish(flow *f, const kind *k, size_t at)
{
    const char *fault = flow_conduct(f);

    if (fault != NULL)
        fail_msg("%s, %zu: %s (%d)", k->name, at, fault, f->err);
    flow_free(f);
    fault = flow_left_over(f);
    if (fault != NULL)
        fail_msg("%s, %zu: %s", k->name, at, fault);
}
