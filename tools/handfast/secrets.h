/* tools/handfast/secrets.h: secrets out of files, arguments and the terminal: pre-shared
 * keys, and the passwords of private keys. */
#ifndef CLI_SECRETS_H
#define CLI_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLI_PSK_TEXT_MAX = 16384, CLI_PASSWORD_MAX = 1024 };

struct cli_psk {
    uint8_t identity[8192];
    size_t identity_len; /* 0: there is none */
    uint8_t key[255];
    size_t key_len;
};

/* "IDENTITY:HEX"; an identity may have colons.  False: *why tells. */
bool cli_psk_parse(struct cli_psk *psk, const char *text, const char **why);

/* The first line of a file, without its end.  False: *why tells; *why is static. */
bool cli_read_secret_line(const char *path, char *line, size_t size, const char **why);

/* Asks on the terminal, without echo; false if there is none, or it was left. */
bool cli_ask_password(const char *prompt, char *password, size_t size);

/* Not optimized away. */
void cli_wipe(void *p, size_t len);

#endif
