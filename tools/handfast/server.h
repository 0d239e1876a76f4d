/* tools/handfast/server.h: what the parts of `handfast serve` share while it runs: the
 * server, its clients, and what is done with each.  One thread; nothing here blocks. */
#ifndef CLI_SERVER_H
#define CLI_SERVER_H

#include "serve.h"

#include <netinet/in.h>
#include <sys/epoll.h>

enum {
    CLI_SCRATCH = 16384,    /* a record's content; shared by all clients */
    CLI_TURN = 4,           /* records of one client before it is another's turn */
    CLI_LINE_BYTES = 65536, /* the longest line that is told */
};

struct cli_server;
struct cli_client;
struct cli_forward;
struct cli_request;

/* ---- serve_log.c: lines that nobody can hold up ---- */

struct cli_log {
    int fd;
    bool broken;
    size_t begin, end, room;
    char *bytes;
    unsigned long lost; /* lines, for want of a reader */
};

void cli_log_line(struct cli_log *log, const char *line, size_t len);
/* Writes what goes without waiting; false while something is left. */
bool cli_log_flush(struct cli_log *log);
/* The same, waiting a little: for the end. */
void cli_log_finish(struct cli_log *log);

/* How often failures are told. */
struct cli_rate {
    int64_t since;
    int told;
    unsigned long untold;
};

/* ---- timers: one queue for each length of time, so that its order is that of time ----
 */

struct cli_queue {
    int64_t length_us; /* 0: its clients wait without limit */
    struct cli_client *first, *last;
};

/* What epoll's answers point to. */
enum cli_source_kind {
    CLI_SOURCE_LISTENER,
    CLI_SOURCE_SIGNALS,
    CLI_SOURCE_CLIENT,
    CLI_SOURCE_BACKEND,
};

struct cli_source {
    enum cli_source_kind kind;
    int fd;
    uint32_t events; /* that epoll watches; 0: it does not know of fd */
};

struct cli_listener {
    struct cli_source source;
    char place[64]; /* as bound: "[::1]:8443" */
};

/* Bytes that wait to go out; memory is held only while there are some. */
struct cli_waiting {
    uint8_t *bytes;
    size_t begin, end, room;
};

enum cli_client_state {
    CLI_CLIENT_HANDSHAKE,
    CLI_CLIENT_OPEN,
    CLI_CLIENT_CLOSING,   /* what waits goes out, then close_notify */
    CLI_CLIENT_LINGERING, /* TLS is over; the last bytes travel */
    CLI_CLIENT_GONE,      /* to be released at the end of the turn */
};

struct cli_client {
    struct cli_source source; /* first: epoll's pointer is one to it */
    uint8_t state;            /* enum cli_client_state */
    bool is_ready;            /* stands in the list of those that may go on */
    bool told;                /* the account was given */
    bool failed;
    bool read_wants_write, write_wants_read;
    bool blocked; /* the last write waits */
    bool input_ended;
    bool early_over;  /* all early data was read */
    bool input_waits; /* epoll says that there is something to read */
    bool looked_at;   /* --www: whether the first bytes are plain HTTP */
    struct cli_server *server;
    hf_conn *conn;                      /* NULL once it lingers */
    struct cli_client *next, *previous; /* in queue */
    struct cli_queue *queue;
    int64_t deadline;
    struct cli_client *next_ready, *next_gone;
    int64_t accepted_us, handshake_us;
    uint64_t lingered; /* bytes */
    struct cli_waiting out;
    struct cli_waiting early;    /* data that waits for the end of the handshake */
    struct cli_request *request; /* --www: a part of one; NULL: none */
    struct cli_forward *forward;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } peer;
};

struct cli_server {
    const struct cli_serve_options *options;
    hf_config *config;
    int epoll;
    struct cli_source signals;
    struct cli_listener listeners[CLI_SERVE_LISTEN_MAX * 4];
    int listener_count;
    bool accepting;       /* the listeners are watched */
    int64_t accept_again; /* no descriptor was left: when to try again; 0: none */
    bool stopping;
    bool stop_now;
    int64_t now; /* cli_now_us, once a turn */
    int client_count, client_max;
    int client_most; /* at once, since there was none */
    struct cli_queue handshakes, idle, closing, lingering, stops;
    struct cli_client *ready, *gone;
    struct cli_log out, err;
    struct cli_rate failures, limits;
    struct addrinfo *backend; /* --forward */
    unsigned long served, failed;
    uint8_t scratch[CLI_SCRATCH];
    char line[CLI_LINE_BYTES];
};

/* ---- serve_listen.c ---- */

/* Binds every address; 0, or an exit code after a line on stderr. */
int cli_listen_all(struct cli_server *s);
void cli_listen_close(struct cli_server *s);
/* Begins or stops to accept. */
void cli_listen_watch(struct cli_server *s, bool accepting);
/* Accepts what waits, within limits. */
void cli_listen_accept(struct cli_server *s, struct cli_listener *l);
/* "127.0.0.1:4711". */
void cli_place_of(const struct sockaddr *address, char *out, size_t size);

/* ---- serve_loop.c ---- */

/* Has epoll watch for these events, or for none. */
bool cli_watch(struct cli_server *s, struct cli_source *source, uint32_t events);
/* Lets the client go on in the next turn, although nothing came for it. */
void cli_ready(struct cli_client *c);
/* Into the queue, at its end; NULL: into none. */
void cli_enqueue(struct cli_client *c, struct cli_queue *queue);

/* ---- serve_client.c ---- */

/* fd is taken.  False: there is no memory. */
bool cli_client_new(struct cli_server *s, int fd, const struct sockaddr *address);
void cli_client_run(struct cli_client *c);
/* Its time is up. */
void cli_client_expire(struct cli_client *c);
/* The server stops: close_notify, as soon as possible. */
void cli_client_stop(struct cli_client *c);
/* Releases it; only between two turns, or before the first. */
void cli_client_free(struct cli_client *c);
/* The end of what is sent: then close_notify. */
void cli_client_close(struct cli_client *c);
/* At once, without close_notify: the peer shall not take it for a clean end. */
void cli_client_drop(struct cli_client *c);
/* Sends, or keeps what does not go at once; false: the connection has failed, and is
 * done with. */
bool cli_client_send(struct cli_client *c, const void *bytes, size_t count);
/* The same for what is kept. */
bool cli_client_flush(struct cli_client *c);
/* Reads into the scratch buffer, if there may be something: a read in vain would leave
 * the connection with a buffer.  1: *got bytes.  0: nothing now, or the end of the input
 * (input_ended).  -1: the connection has failed and is done with. */
int cli_client_read(struct cli_client *c, size_t *got);
/* Something has moved: the time for being idle begins again. */
void cli_client_touch(struct cli_client *c);
/* The events that the connection itself waits for. */
uint32_t cli_client_events(const struct cli_client *c, bool reads);

bool cli_waiting_add(struct cli_waiting *w, const void *bytes, size_t count);
void cli_waiting_take(struct cli_waiting *w, size_t count);

/* ---- serve_www.c, serve_forward.c ---- */

/* What was read, at most CLI_SCRATCH bytes, while no whole request waits. */
void cli_www_input(struct cli_client *c, const uint8_t *bytes, size_t count);
/* Answers the next request that is whole; false: there is none. */
bool cli_www_next(struct cli_client *c);
void cli_www_free(struct cli_client *c);
/* Whether the first bytes that came are those of a request without TLS. */
bool cli_www_is_plain(const char *bytes, size_t count);

int cli_forward_resolve(struct cli_server *s);
void cli_forward_begin(struct cli_client *c);
void cli_forward_run(struct cli_client *c);
/* What came before the backend was there; false: there is no memory. */
bool cli_forward_input(struct cli_client *c, const uint8_t *bytes, size_t count);
void cli_forward_stop(struct cli_client *c);
void cli_forward_free(struct cli_client *c);
struct cli_client *cli_forward_client(struct cli_source *backend);

/* ---- serve_account.c ---- */

void cli_tell_start(struct cli_server *s);
void cli_tell_established(struct cli_client *c);
/* Once, at its end. */
void cli_tell_end(struct cli_client *c, const char *fault);
/* A line about the server itself. */
void cli_tell(struct cli_server *s, const char *event, bool is_failure,
              const char *format, ...) __attribute__((format(printf, 4, 5)));
/* What was kept back; called once a turn. */
void cli_tell_untold(struct cli_server *s);
/* One line on what was negotiated. */
void cli_describe(const hf_conn *conn, char *out, size_t size);

#endif
