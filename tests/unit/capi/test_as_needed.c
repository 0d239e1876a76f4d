/* tests/unit/capi/test_as_needed.c: what is taken when it is needed, and not held longer:
 * the system's roots, and the buffer for what comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capi/objects.h"
#include "fixtures/client_fixtures.h"
#include "two_ends.h"

/* ---- roots ---- */

static char roots[] = "/tmp/handfast-roots-XXXXXX";

static int make_roots(void **state)
{
    int fd = mkstemp(roots);

    (void)state;
    if (fd < 0 || write(fd, fixture_client_ca_der, fixture_client_ca_der_len) !=
                      (ssize_t)fixture_client_ca_der_len)
        return -1;
    return close(fd) | setenv("SSL_CERT_FILE", roots, 1) | unsetenv("SSL_CERT_DIR");
}

static int drop_roots(void **state)
{
    (void)state;
    return unlink(roots);
}

static void begin(hf_conn *conn, bool as_server)
{
    assert_int_equal(as_server ? hf_set_accept_state(conn) : hf_set_connect_state(conn),
                     1);
    assert_int_equal(hf_conn_use_memory(conn), 1);
    assert_int_equal(hf_conn_set_hostname(conn, "server.example"), 1);
    assert_int_equal(hf_do_handshake(conn), -1);
    assert_int_equal(hf_get_error(conn, -1), HF_ERROR_WANT_READ);
}

/* They vouch for servers; a server does without. */
static void test_system_roots(void **state)
{
    (void)state;
    hf_config *config = two_ends_server_config(false);
    hf_conn *server = hf_conn_new(config);
    begin(server, true);
    assert_int_equal(hf_config_trust_count(config), 0);
    assert_int_equal(hfi_trust_store_count(config->settings.store), 0);

    hf_conn *client = hf_conn_new(config); /* one configuration may be for both */
    assert_int_equal(hf_config_trust_count(config), 0);
    begin(client, false);
    assert_int_equal(hf_config_trust_count(config), 1);
    hf_conn_free(client);
    hf_conn_free(server);
    hf_config_free(config);

    config = hf_config_new(NULL);
    hf_verify *verify = hf_verify_new(config);
    assert_int_equal(hf_config_trust_count(config), 1);
    hf_verify_free(verify);
    hf_config_free(config);
}

/* ---- the buffer ---- */

static void test_waiting_holds_no_buffer(void **state)
{
    (void)state;
    for (int as_server = 0; as_server < 2; as_server++) {
        hf_config *config = two_ends_server_config(false);
        hf_conn *conn = hf_conn_new(config);
        int fds[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
        assert_int_equal(hf_conn_set_fd(conn, fds[0]), 1);
        assert_int_equal(hf_conn_set_hostname(conn, "server.example"), 1);
        for (int again = 0; again < 2; again++) {
            int ret = as_server ? hf_accept(conn) : hf_connect(conn);
            assert_int_equal(ret, -1);
            assert_int_equal(hf_get_error(conn, ret), HF_ERROR_WANT_READ);
            assert_null(conn->engine.in);
        }
        assert_int_equal(write(fds[1], "\x16\x03", 2), 2); /* a part of a record stays */
        assert_int_equal(as_server ? hf_accept(conn) : hf_connect(conn), -1);
        assert_non_null(conn->engine.in);
        assert_int_equal(hf_has_pending(conn), 1);
        hf_conn_free(conn);
        hf_config_free(config);
        (void)close(fds[0]);
        (void)close(fds[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_system_roots),
        cmocka_unit_test(test_waiting_holds_no_buffer),
    };

    return cmocka_run_group_tests(tests, make_roots, drop_roots);
}
