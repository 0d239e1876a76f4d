/* tools/handfast/secrets.c: pre-shared keys and passwords, from where others do not see
 * them.  Whoever holds what is read here wipes it. */
#include "secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { KEY_LEAST = 16 }; /* as hf_conn_set_psk has it */

void cli_wipe(void *p, size_t len)
{
    explicit_bzero(p, len);
}

/* ---- pre-shared keys ---- */

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse_key(struct cli_psk *psk, const char *hex, const char **why)
{
    size_t digits = strlen(hex);

    *why = "the key is 16 to 255 bytes, of two hexadecimal digits each";
    if (digits % 2 != 0 || digits / 2 < KEY_LEAST || digits / 2 > sizeof psk->key)
        return false;
    for (size_t i = 0; i < digits; i += 2) {
        int high = digit(hex[i]), low = digit(hex[i + 1]);
        if (high < 0 || low < 0)
            return false;
        psk->key[i / 2] = (uint8_t)(high << 4 | low);
    }
    psk->key_len = digits / 2;
    return true;
}

bool cli_psk_parse(struct cli_psk *psk, const char *text, const char **why)
{
    const char *colon = strrchr(text, ':');

    *why = "it is not IDENTITY:HEX";
    if (colon == NULL)
        return false;
    size_t len = (size_t)(colon - text);
    *why = "the identity is 1 to 8192 bytes";
    if (len == 0 || len > sizeof psk->identity)
        return false;
    if (!parse_key(psk, colon + 1, why))
        return false;
    memcpy(psk->identity, text, len);
    psk->identity_len = len;
    return true;
}

/* ---- files ---- */

bool cli_read_secret_line(const char *path, char *line, size_t size, const char **why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t len = 0;
    ssize_t n = 1;

    *why = strerror(errno);
    if (fd < 0)
        return false;
    while (n > 0 && len < size && memchr(line, '\n', len) == NULL) {
        n = read(fd, line + len, size - len);
        *why = strerror(errno);
        len += n > 0 ? (size_t)n : 0;
    }
    (void)close(fd);
    char *end = memchr(line, '\n', len);
    bool whole = end != NULL || (n == 0 && len < size);
    if (n >= 0 && !whole)
        *why = "its first line is too long";
    if (n < 0 || !whole) {
        cli_wipe(line, size);
        return false;
    }
    len = end != NULL ? (size_t)(end - line) : len;
    if (len > 0 && line[len - 1] == '\r')
        len--;
    cli_wipe(line + len, size - len); /* ends the line, too */
    return true;
}

/* ---- the terminal ---- */

/* Up to the end of the line; false if it was interrupted or is too long. */
static bool read_line(int tty, char interrupt, char *password, size_t size)
{
    size_t len = 0;
    char c = '\0';
    ssize_t n;

    while ((n = read(tty, &c, 1)) == 1 && c != '\n' && c != interrupt) {
        if (len + 1 < size)
            password[len] = c;
        len++;
    }
    password[len < size ? len : 0] = '\0';
    bool whole = n == 1 && c == '\n' && len < size;
    cli_wipe(&c, sizeof c);
    return whole;
}

/* ^C would leave a terminal without echo behind: it ends the line instead. */
static bool read_silently(int tty, const struct termios *before, const char *prompt,
                          char *password, size_t size)
{
    struct termios silent = *before;

    silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    silent.c_cc[VEOL] = before->c_cc[VINTR];
    if (tcsetattr(tty, TCSAFLUSH, &silent) != 0)
        return false;
    (void)dprintf(tty, "%s", prompt); /* what was typed before it is dropped */
    bool done = read_line(tty, (char)before->c_cc[VINTR], password, size);
    (void)tcsetattr(tty, TCSAFLUSH, before);
    return done;
}

bool cli_ask_password(const char *prompt, char *password, size_t size)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before;
    bool done = false;

    if (tty < 0)
        return false;
    if (tcgetattr(tty, &before) == 0) {
        done = read_silently(tty, &before, prompt, password, size);
        (void)dprintf(tty, "\n");
    }
    (void)close(tty);
    return done;
}
