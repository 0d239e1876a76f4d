/* tests/unit/bio/test_fd.c: descriptors: sockets and pipes, blocking and not, signals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bio/bio.h"

static void make_sockets(int fds[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
}

static void make_pipe(int fds[2])
{
    assert_int_equal(pipe(fds), 0);
}

static void close_both(const int fds[2])
{
    (void)close(fds[0]);
    (void)close(fds[1]);
}

/* ---- what cannot be ---- */

static void test_closed_descriptor_is_ebadf(void **state)
{
    int fd = dup(0);
    uint8_t byte = 0;
    int number = 0;

    (void)state;
    (void)close(fd);
    hf_bio *bio = hfi_bio_new_fd(fd, false);
    assert_int_equal(hfi_bio_read(bio, &byte, 1, HFI_BIO_WAIT, &number), HFI_IO_ERROR);
    assert_int_equal(number, EBADF);
    number = 0;
    assert_int_equal(hfi_bio_write(bio, &byte, 1, HFI_BIO_WAIT, &number), HFI_IO_ERROR);
    assert_int_equal(number, EBADF);
    hfi_bio_free(bio);
}

static void expect_unconnected(int family)
{
    int fd = socket(family, SOCK_STREAM, 0);
    hf_bio *bio = hfi_bio_new_fd(fd, true);
    uint8_t byte = 0;
    int number = 0;

    assert_int_equal(hfi_bio_write(bio, &byte, 1, HFI_BIO_WAIT, &number), HFI_IO_ERROR);
    assert_int_equal(number, ENOTCONN);
    hfi_bio_free(bio);
}

static void test_unconnected_socket_is_enotconn(void **state)
{
    (void)state;
    expect_unconnected(AF_UNIX);
    expect_unconnected(AF_INET);
}

/* ---- moving bytes ---- */

static void expect_passage(int reading, int writing)
{
    hf_bio *in = hfi_bio_new_fd(reading, false), *out = hfi_bio_new_fd(writing, false);
    uint8_t bytes[8];
    int number = 0;

    assert_int_equal(hfi_bio_descriptor(in), reading);
    assert_int_equal(
        hfi_bio_write(out, (const uint8_t *)"bytes", 5, HFI_BIO_WAIT, &number), 5);
    assert_int_equal(hfi_bio_read(in, bytes, 8, HFI_BIO_WAIT, &number), 5);
    assert_memory_equal(bytes, "bytes", 5);
    assert_int_equal(hfi_bio_read(in, bytes, 8, HFI_BIO_NO_WAIT, &number),
                     HFI_IO_WOULD_BLOCK);
    (void)close(writing);
    assert_int_equal(hfi_bio_read(in, bytes, 8, HFI_BIO_WAIT, &number), HFI_IO_EOF);
    hfi_bio_free(in);
    hfi_bio_free(out);
    (void)close(reading);
}

static void test_bytes_pass_and_end(void **state)
{
    int fds[2];

    (void)state;
    make_sockets(fds);
    expect_passage(fds[0], fds[1]);
    make_pipe(fds);
    expect_passage(fds[0], fds[1]);
}

/* Writes until nothing more goes; the answer of the last call. */
static ptrdiff_t fill(hf_bio *bio, int64_t wait)
{
    static const uint8_t bytes[4096];
    ptrdiff_t n;
    int number = 0;

    do {
        n = hfi_bio_write(bio, bytes, sizeof bytes, wait, &number);
    } while (n > 0);
    return n;
}

static void expect_would_block(const int fds[2])
{
    hf_bio *in = hfi_bio_new_fd(fds[0], false), *out = hfi_bio_new_fd(fds[1], false);
    uint8_t byte;
    int number = 0;

    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(fds[i], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(hfi_bio_read(in, &byte, 1, HFI_BIO_WAIT, &number),
                     HFI_IO_WOULD_BLOCK);
    assert_int_equal(hfi_bio_read(in, &byte, 1, 1000000000, &number), HFI_IO_WOULD_BLOCK);
    assert_int_equal(fill(out, HFI_BIO_WAIT), HFI_IO_WOULD_BLOCK);
    assert_int_equal(fill(out, 1000000000), HFI_IO_WOULD_BLOCK);
    hfi_bio_free(in);
    hfi_bio_free(out);
}

static void test_nonblocking_never_waits(void **state)
{
    int fds[2];

    (void)state;
    make_sockets(fds);
    expect_would_block(fds);
    close_both(fds);
    make_pipe(fds);
    expect_would_block(fds);
    close_both(fds);
}

static void expect_again(const int fds[2])
{
    hf_bio *in = hfi_bio_new_fd(fds[0], false), *out = hfi_bio_new_fd(fds[1], false);
    uint8_t byte;
    int number = 0;

    assert_int_equal(hfi_bio_read(in, &byte, 1, 1, &number), HFI_IO_AGAIN);
    assert_int_equal(hfi_bio_read(in, &byte, 1, HFI_BIO_NO_WAIT, &number),
                     HFI_IO_WOULD_BLOCK);
    assert_int_equal(fill(out, 1), HFI_IO_AGAIN);
    assert_int_equal(fill(out, HFI_BIO_NO_WAIT), HFI_IO_WOULD_BLOCK);
    hfi_bio_free(in);
    hfi_bio_free(out);
}

static void test_blocking_waits_no_longer_than_told(void **state)
{
    int fds[2];

    (void)state;
    make_sockets(fds);
    expect_again(fds);
    close_both(fds);
    make_pipe(fds);
    expect_again(fds);
    close_both(fds);
}

/* ---- signals ---- */

static void expect_no_signal(int fd)
{
    hf_bio *bio = hfi_bio_new_fd(fd, false);
    uint8_t byte = 0;
    int number = 0;
    sigset_t before, after, waiting;

    (void)signal(SIGPIPE, SIG_DFL); /* which would end this program */
    (void)pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_int_equal(hfi_bio_write(bio, &byte, 1, HFI_BIO_WAIT, &number), HFI_IO_ERROR);
    assert_int_equal(number, EPIPE);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&after, SIGPIPE), sigismember(&before, SIGPIPE));
    assert_int_equal(sigpending(&waiting), 0);
    assert_int_equal(sigismember(&waiting, SIGPIPE), 0);
    hfi_bio_free(bio);
}

static void test_broken_transport_raises_no_sigpipe(void **state)
{
    int fds[2];

    (void)state;
    make_sockets(fds);
    (void)close(fds[0]);
    expect_no_signal(fds[1]);
    (void)close(fds[1]);
    make_pipe(fds);
    (void)close(fds[0]);
    expect_no_signal(fds[1]);
    (void)close(fds[1]);
}

/* A SIGPIPE that waited before is the application's, and is still there afterwards. */
static void test_a_waiting_sigpipe_is_left_alone(void **state)
{
    int fds[2];
    sigset_t set, waiting;
    struct timespec at_once = {0, 0};
    uint8_t byte = 0;
    int number = 0;

    (void)state;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
    assert_int_equal(pthread_kill(pthread_self(), SIGPIPE), 0);
    make_pipe(fds);
    (void)close(fds[0]);
    hf_bio *bio = hfi_bio_new_fd(fds[1], true);
    assert_int_equal(hfi_bio_write(bio, &byte, 1, HFI_BIO_WAIT, &number), HFI_IO_ERROR);
    hfi_bio_free(bio);
    assert_int_equal(sigpending(&waiting), 0);
    assert_int_equal(sigismember(&waiting, SIGPIPE), 1);
    assert_int_equal(sigtimedwait(&set, NULL, &at_once), SIGPIPE);
    assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &set, NULL), 0);
}

static void nothing(int number)
{
    (void)number;
}

typedef struct interruption {
    int fds[2];
    pthread_t reader;
} interruption;

static void *interrupt_then_write(void *context)
{
    const interruption *shared = context;

    for (int i = 0; i < 50; i++)
        (void)pthread_kill(shared->reader, SIGUSR1);
    (void)!write(shared->fds[1], "i", 1);
    return NULL;
}

/* EINTR is no answer: the read goes on until there is something. */
static void test_interrupted_reads_go_on(void **state)
{
    interruption shared;
    struct sigaction action, before;
    pthread_t thread;
    uint8_t byte = 0;
    int number = 0;

    (void)state;
    memset(&action, 0, sizeof action);
    action.sa_handler = nothing; /* without SA_RESTART */
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    make_sockets(shared.fds);
    shared.reader = pthread_self();
    hf_bio *bio = hfi_bio_new_fd(shared.fds[0], false);
    assert_int_equal(pthread_create(&thread, NULL, interrupt_then_write, &shared), 0);
    assert_int_equal(hfi_bio_read(bio, &byte, 1, HFI_BIO_WAIT, &number), 1);
    assert_int_equal(byte, 'i');
    pthread_join(thread, NULL);
    hfi_bio_free(bio);
    close_both(shared.fds);
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
}

/* ---- closing ---- */

static void test_close_flag_decides_who_closes(void **state)
{
    int fds[2];

    (void)state;
    make_sockets(fds);
    hfi_bio_free(hfi_bio_new_fd(fds[0], false));
    assert_true(fcntl(fds[0], F_GETFD) >= 0);
    hfi_bio_free(hfi_bio_new_fd(fds[0], true));
    assert_int_equal(fcntl(fds[0], F_GETFD), -1);
    (void)close(fds[1]);
}

static void test_shutdown_write(void **state)
{
    int fds[2];
    uint8_t byte;
    int number = 0;

    (void)state;
    make_sockets(fds);
    hf_bio *a = hfi_bio_new_fd(fds[0], true), *b = hfi_bio_new_fd(fds[1], true);
    assert_true(a->method->shutdown_write(a));
    assert_int_equal(hfi_bio_read(b, &byte, 1, HFI_BIO_WAIT, &number), HFI_IO_EOF);
    assert_int_equal(hfi_bio_write(b, (const uint8_t *)"k", 1, HFI_BIO_WAIT, &number), 1);
    assert_int_equal(hfi_bio_read(a, &byte, 1, HFI_BIO_WAIT, &number), 1);
    hfi_bio_free(a);
    hfi_bio_free(b);
    make_pipe(fds);
    a = hfi_bio_new_fd(fds[1], true);
    assert_false(a->method->shutdown_write(a));
    hfi_bio_free(a);
    (void)close(fds[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_descriptor_is_ebadf),
        cmocka_unit_test(test_unconnected_socket_is_enotconn),
        cmocka_unit_test(test_bytes_pass_and_end),
        cmocka_unit_test(test_nonblocking_never_waits),
        cmocka_unit_test(test_blocking_waits_no_longer_than_told),
        cmocka_unit_test(test_broken_transport_raises_no_sigpipe),
        cmocka_unit_test(test_a_waiting_sigpipe_is_left_alone),
        cmocka_unit_test(test_interrupted_reads_go_on),
        cmocka_unit_test(test_close_flag_decides_who_closes),
        cmocka_unit_test(test_shutdown_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
