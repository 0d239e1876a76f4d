/* bench/serve_load.c: many clients of one server on this machine, from one process; what
 * bench/serve.py measures `handfast serve --echo` with.
 *
 *   serve_load idle PORT COUNT               COUNT connections that do nothing
 *   serve_load slow PORT COUNT SECONDS HELLO COUNT connections that send one byte a
 * second, and one that is answered as fast as it can be
 *
 * HELLO is how many of the slow ones send their ClientHello so; the others are connected.
 * It speaks by lines on standard output, and waits for one on standard input where the
 * other side has something to measure.  Loopback alone; bounded in count and time. */
#include <handfast/handfast.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    COUNT_MAX = 19000,
    SECONDS_MAX = 120,
    TRIPS_MAX = 2000000,
    HELLO_MAX = 4096,
    PING = 64, /* bytes of a round trip */
};

struct client {
    hf_conn *conn; /* NULL: it sends what hello holds */
    int fd;
};

static struct client clients[COUNT_MAX];
static uint8_t hello[HELLO_MAX];
static size_t hello_len;

static void die(const char *what)
{
    fprintf(stderr, "serve_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void raise_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

static hf_config *make_config(void)
{
    hf_config *config = hf_config_new(NULL);

    if (config == NULL || hf_config_disable_certificate_verification(config) != 1 ||
        hf_config_set_groups(config, "x25519:secp256r1") != 1)
        die("configuration");
    return config;
}

static int dial(int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
        die("connect");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void open_client(struct client *c, hf_config *config, int port)
{
    c->fd = dial(port);
    c->conn = hf_conn_new(config);
    if (c->conn == NULL || hf_conn_set_hostname(c->conn, "localhost") != 1 ||
        hf_conn_set_fd(c->conn, c->fd) != 1)
        die("connection");
    if (hf_connect(c->conn) != 1) {
        fprintf(stderr, "serve_load: %s\n",
                hf_error_summary(hf_conn_get0_error(c->conn)));
        exit(1);
    }
}

static void close_client(struct client *c)
{
    if (c->conn != NULL)
        (void)hf_shutdown(c->conn);
    hf_conn_free(c->conn);
    close(c->fd);
}

/* ---- idle ---- */

static void run_idle(hf_config *config, int port, int count)
{
    int64_t start = now_us();
    char line[16];

    for (int i = 0; i < count; i++)
        open_client(&clients[i], config, port);
    printf("connected %d in %lld ms\n", count, (long long)(now_us() - start) / 1000);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL)
        return;
    for (int i = 0; i < count; i++)
        close_client(&clients[i]);
    printf("closed\n");
}

/* ---- slow ---- */

/* A ClientHello, to be sent in pieces that no library would send. */
static void record_hello(hf_config *config)
{
    hf_conn *conn = hf_conn_new(config);

    if (conn == NULL || hf_conn_set_hostname(conn, "localhost") != 1 ||
        hf_conn_use_memory(conn) != 1 || hf_connect(conn) != -1 ||
        hf_conn_drain(conn, hello, sizeof hello, &hello_len) != 1)
        die("ClientHello");
    hf_conn_free(conn);
}

static void send_one_byte(struct client *c, int turn)
{
    uint8_t byte = 'x', answer[64];
    size_t n = 0;

    if (c->conn == NULL) {
        if ((size_t)turn < hello_len)
            (void)send(c->fd, hello + turn, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        return;
    }
    if (hf_write(c->conn, &byte, 1, &n) != 1 || n != 1)
        die("slow write");
    while (hf_read(c->conn, answer, sizeof answer, &n) == 1)
        ;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double one_trip(struct client *fast)
{
    uint8_t out[PING] = {0}, in[PING];
    size_t done = 0, got = 0, n = 0;
    int64_t start = now_us();

    while (done < sizeof out) {
        if (hf_write(fast->conn, out + done, sizeof out - done, &n) != 1)
            die("write");
        done += n;
    }
    while (got < sizeof in) {
        if (hf_read(fast->conn, in + got, sizeof in - got, &n) != 1)
            die("read");
        got += n;
    }
    return (double)(now_us() - start);
}

static void tell_trips(const char *name, double *trips, size_t count)
{
    if (count == 0)
        die("no round trip");
    qsort(trips, count, sizeof *trips, compare);
    printf("%s trips %zu p50 %.0f p99 %.0f p99.9 %.0f max %.0f\n", name, count,
           trips[count / 2], trips[count * 99 / 100], trips[count * 999 / 1000],
           trips[count - 1]);
    fflush(stdout);
}

/* Round trips of one client for so many seconds.  The slow clients' bytes are spread over
 * each second, as those of clients that know nothing of one another are. */
static void measure(const char *name, struct client *fast, int count, int seconds)
{
    double *trips = malloc(TRIPS_MAX * sizeof *trips);
    int64_t start = now_us(), end = start + (int64_t)seconds * 1000000;
    size_t n = 0;
    int64_t sent = 0;

    if (trips == NULL)
        die("memory");
    while (now_us() < end && n < TRIPS_MAX) {
        int64_t due = count * (now_us() - start) / 1000000;

        for (; sent < due; sent++)
            send_one_byte(&clients[sent % count], (int)(sent / count));
        trips[n++] = one_trip(fast);
    }
    tell_trips(name, trips, n);
    free(trips);
}

static void run_slow(hf_config *config, int port, int count, int seconds, int hellos)
{
    struct client fast;

    record_hello(config);
    open_client(&fast, config, port);
    measure("alone", &fast, 0, seconds);
    for (int i = 0; i < count; i++) {
        if (i < hellos) {
            clients[i] = (struct client){.conn = NULL, .fd = dial(port)};
            continue;
        }
        open_client(&clients[i], config, port);
        (void)fcntl(clients[i].fd, F_SETFL, O_NONBLOCK);
    }
    measure("beside", &fast, count, seconds);
    for (int i = 0; i < count; i++)
        close_client(&clients[i]);
    close_client(&fast);
}

/* 0 for what is no number. */
static int number(const char *text)
{
    long value = strtol(text, NULL, 10);

    return value > 0 && value < 1000000 ? (int)value : 0;
}

int main(int argc, char **argv)
{
    int port = argc > 3 ? number(argv[2]) : 0, count = argc > 3 ? number(argv[3]) : 0;
    bool is_idle = argc == 4 && strcmp(argv[1], "idle") == 0;
    bool is_slow = argc == 6 && strcmp(argv[1], "slow") == 0;
    int seconds = is_slow ? number(argv[4]) : 0, hellos = is_slow ? number(argv[5]) : 0;

    if ((!is_idle && !is_slow) || port < 1 || port > 65535 || count < 1 ||
        count > COUNT_MAX || hellos < 0 || hellos > count ||
        (is_slow && (seconds < 1 || seconds > SECONDS_MAX))) {
        fputs("usage: serve_load idle PORT COUNT | slow PORT COUNT SECONDS HELLOS\n",
              stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    raise_limit();
    hf_config *config = make_config();
    if (is_idle)
        run_idle(config, port, count);
    else
        run_slow(config, port, count, seconds, hellos);
    hf_config_free(config);
    return 0;
}
