/* tools/handfast/starttls.c: the table of the protocols that upgrade to TLS. */
#include "starttls.h"

#include <stdio.h>
#include <string.h>

static const struct cli_starttls protocols[] = {
    {"smtp", "25", cli_upgrade_smtp},     {"imap", "143", cli_upgrade_imap},
    {"pop3", "110", cli_upgrade_pop3},    {"ftp", "21", cli_upgrade_ftp},
    {"xmpp", "5222", cli_upgrade_xmpp},   {"postgres", "5432", cli_upgrade_postgres},
    {"mysql", "3306", cli_upgrade_mysql}, {"ldap", "389", cli_upgrade_ldap},
};
enum { PROTOCOLS = sizeof protocols / sizeof protocols[0] };

const struct cli_starttls *cli_starttls_find(const char *name)
{
    for (size_t i = 0; i < PROTOCOLS; i++)
        if (strcmp(protocols[i].name, name) == 0)
            return &protocols[i];
    return NULL;
}

void cli_starttls_names(char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < PROTOCOLS && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%s", i > 0 ? ", " : "",
                              protocols[i].name);
}

bool cli_starttls_run(struct cli_talk *t, const struct cli_starttls *s, const char *name)
{
    cli_talk_with(t, false, s->name);
    return s->upgrade(t, name) && cli_talk_over(t);
}
