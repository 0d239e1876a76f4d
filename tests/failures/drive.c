/* tests/failures/drive.c: one connection through the public functions, over descriptors
 * that the test has connected, and how it ended, as one line of JSON; and whether its
 * recording, replayed, comes to the same.
 *
 *   failures_drive role=client fds=5,6 do=connect,read trust=root.pem name=localhost ...
 *
 * The actions run until one of them does not succeed.  With two descriptors the first is
 * for a connection that only fetches a session, which the second one resumes, or gives
 * its client one.  room=N
 * limits the memory to what such a connection has before it begins, and N bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"

static char buffer[65536];

static void tell_refused(const char *what, hf_status status)
{
    printf(
        "{\"action\":\"%s\",\"ret\":%d,\"get_error\":\"SSL\",\"connection\":null,"
        "\"error\":{\"code\":%d,\"name\":\"%s\",\"summary\":\"%s\",\"hint\":\"%s\"}}\n",
        what, status, -status, hf_code_name(status), hf_code_text(status),
        hf_code_hint(status));
}

static void tell_end(hf_conn *conn, const char *action, int ret)
{
    static const char *const early[] = {"NOT_SENT", "ACCEPTED", "REJECTED", "PENDING"};

    printf("{\"action\":\"%s\",\"ret\":%d,\"get_error\":\"%s\",\"early_data\":\"%s\"",
           action, ret, hf_get_error_name(hf_get_error(conn, ret)),
           early[hf_conn_early_data_status(conn)]);
    (void)hf_error_json(hf_conn_get0_error(conn), buffer, sizeof buffer);
    printf(",\"error\":%s", buffer);
    (void)hf_conn_json(conn, buffer, sizeof buffer);
    printf(",\"connection\":%s,\"replay\":", buffer);
    drive_tell_replay(conn);
    printf("}\n");
}

static int read_all(hf_conn *conn)
{
    size_t got;
    int ret;

    do {
        ret = hf_read(conn, buffer, sizeof buffer, &got);
    } while (ret > 0);
    return ret;
}

/* All early data, and the handshake as far as its end. */
static int read_early(hf_conn *conn)
{
    size_t got = 0;
    int ret = hf_set_accept_state(conn);

    do {
        if (ret == 1)
            ret = hf_read_early_data(conn, buffer, sizeof buffer, &got);
    } while (ret == 1 && got > 0);
    return ret;
}

static int act(hf_conn *conn, const char *action, size_t len)
{
    size_t moved;

#define IS(name) (len == sizeof(name) - 1 && strncmp(action, name, len) == 0)
    if (IS("connect"))
        return hf_connect(conn);
    if (IS("accept"))
        return hf_accept(conn);
    if (IS("read"))
        return hf_read(conn, buffer, sizeof buffer, &moved);
    if (IS("read_all"))
        return read_all(conn);
    if (IS("write"))
        return hf_write(conn, "ping", 4, &moved);
    if (IS("write_early"))
        return hf_set_connect_state(conn) == 1
                   ? hf_write_early_data(conn, "ping", 4, &moved)
                   : -1;
    if (IS("read_early"))
        return read_early(conn);
    if (IS("shutdown"))
        return hf_shutdown(conn) == 0 ? hf_shutdown(conn) : -1;
#undef IS
    abort();
}

static void act_all(hf_conn *conn, const char *actions)
{
    char name[32];
    int ret = 1;

    while (ret > 0 && *actions != '\0') {
        size_t len = strcspn(actions, ",");
        (void)snprintf(name, sizeof name, "%.*s", (int)len, actions);
        ret = act(conn, actions, len);
        actions += len + (actions[len] == ',');
    }
    tell_end(conn, name, ret);
}

/* A connection over this descriptor, ready to begin; NULL: it was told why not. */
static hf_conn *open_conn(const drive_options *o, hf_config *config, int fd)
{
    const char *failed = "connection";
    hf_conn *conn = hf_conn_new(config);

    if (conn == NULL) {
        tell_refused(failed, -HF_E_NO_MEMORY);
        return NULL;
    }
    hf_status status = drive_conn(o, conn, &failed);
    if (status == 1)
        status = hf_conn_set_fd(conn, fd);
    if (status != 1) {
        tell_refused(failed, status);
        hf_conn_free(conn);
        return NULL;
    }
    return conn;
}

/* The session of a first connection: TLS 1.3 brings it with the first data. */
static hf_session *fetch_session(const drive_options *o, hf_config *config, int fd)
{
    size_t got;
    hf_session *session = NULL;
    hf_conn *conn = open_conn(o, config, fd);

    if (conn == NULL)
        return NULL;
    if (hf_connect(conn) == 1 && hf_read(conn, buffer, sizeof buffer, &got) == 1)
        session = hf_conn_get1_session(conn);
    (void)hf_shutdown(conn);
    if (session == NULL)
        tell_end(conn, "session", -1);
    hf_conn_free(conn);
    return session;
}

/* The first client of a server gets the ticket that the second one shows. */
static bool serve_first(const drive_options *o, hf_config *config, int fd)
{
    hf_conn *conn = open_conn(o, config, fd);

    if (conn == NULL)
        return false;
    int ret = hf_accept(conn);
    (void)hf_shutdown(conn);
    if (ret != 1)
        tell_end(conn, "session", ret);
    hf_conn_free(conn);
    return ret == 1;
}

static int run(const drive_options *o, hf_config *config)
{
    bool serves = strstr(drive_value(o, "do"), "accept") != NULL;
    hf_session *session = NULL;
    char *rest = NULL;
    int fd = (int)strtol(drive_value(o, "fds"), &rest, 10);

    if (*rest == ',') {
        if (serves && !serve_first(o, config, fd))
            return 0;
        if (!serves && (session = fetch_session(o, config, fd)) == NULL)
            return 1;
        fd = (int)strtol(rest + 1, NULL, 10);
    }
    hf_conn *conn = open_conn(o, config, fd);
    if (conn != NULL) {
        if (session != NULL)
            (void)hf_conn_set_session(conn, session);
        if (drive_number(o, "early", 0) != 0)
            (void)hf_conn_allow_early_data(conn);
        (void)drive_record(conn);
        act_all(conn, drive_value(o, "do"));
    }
    hf_conn_free(conn);
    hf_session_free(session);
    return 0;
}

/* What a connection of these settings has that has not begun. */
static size_t memory_before(const drive_options *o)
{
    drive_memory memory = {.limit = SIZE_MAX};
    const char *failed = "memory";
    hf_status status = -HF_E_NO_MEMORY;
    hf_config *config = drive_config(o, &memory, &status, &failed);
    hf_conn *conn = status == 1 ? hf_conn_new(config) : NULL;

    if (conn == NULL || drive_conn(o, conn, &failed) != 1)
        abort();
    size_t used = hf_config_memory_used(config);
    hf_conn_free(conn);
    hf_config_free(config);
    return used;
}

int main(int argc, char **argv)
{
    const drive_options o = {argc, argv};
    static drive_memory memory;
    const char *failed = "memory";
    hf_status status = -HF_E_NO_MEMORY;

    if (drive_value(&o, "fds") == NULL || drive_value(&o, "do") == NULL) {
        (void)fprintf(stderr,
                      "usage: failures_drive fds=N[,M] do=ACTION,... NAME=VALUE...\n");
        return 2;
    }
    if (drive_value(&o, "room") != NULL)
        memory.limit = memory_before(&o) + (size_t)drive_number(&o, "room", 0);
    hf_config *config = drive_config(&o, &memory, &status, &failed);
    int code = 0;
    if (status != 1)
        tell_refused(failed, status);
    else
        code = run(&o, config);
    hf_config_free(config);
    if (memory.live != 0) {
        (void)fprintf(stderr, "%ld blocks of memory are left\n", memory.live);
        return 3;
    }
    return code;
}
