/* tools/handfast/serve_sessions.c: sessions of clients that take no tickets in TLS 1.2
 * (curl is one), kept here under their ids, RFC 5246 F.1.4.  What is kept is sealed by
 * the library.  Bounded in number, bytes and time: who comes late takes an older one's
 * place, and a session that is not found costs one full handshake. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

enum {
    PLACES = 4096,
    ID = 32,
    BYTES_MAX = 4 << 20,
};

struct place {
    uint8_t id[ID];
    uint8_t *value; /* NULL: it is free */
    size_t len;
    int64_t until; /* of cli_now_us */
};

struct cli_sessions {
    size_t bytes;
    struct place places[PLACES];
};

/* Ids are random: a part of one spreads them. */
static struct place *place_of(struct cli_sessions *s, const uint8_t *id, size_t len)
{
    return len == ID ? &s->places[((size_t)id[0] << 8 | id[1]) % PLACES] : NULL;
}

static void vacate(struct cli_sessions *s, struct place *p)
{
    s->bytes -= p->len;
    free(p->value);
    *p = (struct place){.value = NULL};
}

static int find(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                uint8_t *value, size_t value_size, size_t *value_len)
{
    struct place *p = place_of(context, id, id_len);

    (void)conn;
    if (p == NULL || p->value == NULL || memcmp(p->id, id, ID) != 0 ||
        p->len > value_size)
        return 0;
    if (cli_now_us() >= p->until) {
        vacate(context, p);
        return 0;
    }
    memcpy(value, p->value, p->len);
    *value_len = p->len;
    return 1;
}

static void put(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                const uint8_t *value, size_t value_len, int64_t lifetime)
{
    struct cli_sessions *s = context;
    struct place *p = place_of(s, id, id_len);

    (void)conn;
    if (p == NULL)
        return;
    vacate(s, p);
    if (s->bytes + value_len > BYTES_MAX || (p->value = malloc(value_len)) == NULL)
        return;
    memcpy(p->id, id, ID);
    memcpy(p->value, value, value_len);
    p->len = value_len;
    p->until = cli_now_us() + lifetime * 1000000;
    s->bytes += value_len;
}

static void forget(void *context, hf_conn *conn, const uint8_t *id, size_t id_len)
{
    struct place *p = place_of(context, id, id_len);

    (void)conn;
    if (p != NULL && p->value != NULL && memcmp(p->id, id, ID) == 0)
        vacate(context, p);
}

hf_status cli_sessions_use(struct cli_sessions *s, hf_config *config)
{
    const hf_session_store store = {
        .size = sizeof store, .find = find, .put = put, .remove = forget, .context = s};

    return hf_config_set_session_store(config, &store);
}

struct cli_sessions *cli_sessions_new(void)
{
    return calloc(1, sizeof(struct cli_sessions));
}

void cli_sessions_free(struct cli_sessions *s)
{
    for (size_t i = 0; s != NULL && i < PLACES; i++)
        free(s->places[i].value);
    free(s);
}
