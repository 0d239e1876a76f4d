/* bench/handfast_end.c: one end of a connection of handfast, with the memory transport.
 */
#include "handfast_end.h"

#include <stdio.h>
#include <stdlib.h>

bench_end *bench_end_new(hf_config *config, bench_buffer *in, bench_buffer *out)
{
    bench_end *end = malloc(sizeof *end);

    if (end == NULL)
        return NULL;
    end->in = in;
    end->out = out;
    end->tls = hf_conn_new(config);
    if (hf_conn_use_memory(end->tls) == 1)
        return end;
    bench_end_free(end);
    return NULL;
}

void bench_end_free(void *end)
{
    hf_conn_free(((bench_end *)end)->tls);
    free(end);
}

void bench_end_feed(bench_end *end)
{
    size_t taken = 0;

    if (bench_buffer_len(end->in) != 0 &&
        hf_conn_feed(end->tls, end->in->bytes + end->in->start, bench_buffer_len(end->in),
                     &taken) == 1)
        bench_buffer_take(end->in, taken);
}

void bench_end_drain(bench_end *end)
{
    size_t got = 0;

    if (hf_conn_drain(end->tls, end->out->bytes + end->out->end,
                      bench_buffer_room(end->out), &got) == 1)
        end->out->end += got;
}

bench_status bench_end_drive(bench_end *end, int (*step)(hf_conn *))
{
    int ret;

    do {
        bench_end_feed(end);
        ret = step(end->tls);
        bench_end_drain(end);
    } while (ret == -1 && hf_get_error(end->tls, ret) == HF_ERROR_WANT_READ &&
             bench_buffer_len(end->in) != 0);
    if (ret == 1)
        return BENCH_DONE;
    if (hf_get_error(end->tls, ret) == HF_ERROR_WANT_READ)
        return BENCH_WAITS;
    fprintf(stderr, "bench: handfast: %s\n",
            hf_error_summary(hf_conn_get0_error(end->tls)));
    return BENCH_FAILED;
}

bool bench_end_resumed(void *end)
{
    return hf_conn_session_reused(((bench_end *)end)->tls) == 1;
}

void bench_end_close(void *end)
{
    (void)hf_shutdown(((bench_end *)end)->tls);
    bench_end_drain(end);
}
