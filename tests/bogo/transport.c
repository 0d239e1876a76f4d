/* tests/bogo/transport.c: the shim's TCP connection to the test runner. */
#include "transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(const shim_options *o)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o->port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                              .sin6_port = htons((uint16_t)o->port),
                              .sin6_addr = in6addr_loopback};
    int one = 1;
    int fd = socket(o->ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const struct sockaddr *to =
        o->ipv6 ? (const struct sockaddr *)&v6 : (const struct sockaddr *)&v4;
    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
        connect(fd, to, o->ipv6 ? sizeof v6 : sizeof v4) != 0) {
        perror("connecting to the runner");
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    return fd;
}

bool shim_link_open(shim_link *link, const shim_options *o)
{
    uint64_t id = strtoull(o->shim_id != NULL ? o->shim_id : "0", NULL, 10);
    uint8_t bytes[8];

    *link = (shim_link){.fd = connect_to(o), .async = o->async};
    if (link->fd < 0)
        return false;
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(id >> 8 * i);
    if (send(link->fd, bytes, sizeof bytes, MSG_NOSIGNAL) != (ssize_t)sizeof bytes) {
        perror("sending the shim's number");
        (void)close(link->fd);
        return false;
    }
    return true;
}

void shim_link_close(shim_link *link)
{
    uint8_t bytes[1024];

    (void)shutdown(link->fd, SHUT_WR);
    while (recv(link->fd, bytes, sizeof bytes, 0) > 0)
        ;
    (void)close(link->fd);
}

static ptrdiff_t link_read(void *context, uint8_t *bytes, size_t count, int *error_number)
{
    shim_link *link = context;

    if (link->async && link->may_read == 0)
        return HF_IO_WOULD_BLOCK;
    if (link->async && count > link->may_read)
        count = link->may_read;
    ssize_t n = recv(link->fd, bytes, count, 0);
    if (n < 0) {
        *error_number = errno;
        return HF_IO_ERROR;
    }
    if (link->async)
        link->may_read -= (size_t)n;
    return n > 0 ? n : HF_IO_EOF;
}

static ptrdiff_t link_write(void *context, const uint8_t *bytes, size_t count,
                            int *error_number)
{
    shim_link *link = context;

    if (link->async && link->may_write == 0)
        return HF_IO_WOULD_BLOCK;
    if (link->async && count > link->may_write)
        count = link->may_write;
    ssize_t n = send(link->fd, bytes, count, MSG_NOSIGNAL);
    if (n < 0) {
        *error_number = errno;
        return HF_IO_ERROR;
    }
    if (link->async)
        link->may_write -= (size_t)n;
    return n;
}

hf_io shim_link_io(shim_link *link)
{
    return (hf_io){
        .size = sizeof(hf_io), .read = link_read, .write = link_write, .context = link};
}
