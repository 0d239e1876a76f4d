/* tools/handfast/starttls.h: protocols that begin in the clear and upgrade to TLS. */
#ifndef CLI_STARTTLS_H
#define CLI_STARTTLS_H

#include "talk.h"

/* Does the upgrade; name is the one that the server is asked for. */
typedef bool cli_upgrade(struct cli_talk *t, const char *name);

struct cli_starttls {
    const char *name;
    const char *port; /* where none is given */
    cli_upgrade *upgrade;
};

/* NULL if there is none of that name. */
const struct cli_starttls *cli_starttls_find(const char *name);
/* "smtp, imap, ...". */
void cli_starttls_names(char *out, size_t size);
/* From the connected socket to the place where TLS begins. */
bool cli_starttls_run(struct cli_talk *t, const struct cli_starttls *s, const char *name);

/* starttls_lines.c */
cli_upgrade cli_upgrade_smtp;
cli_upgrade cli_upgrade_imap;
cli_upgrade cli_upgrade_pop3;
cli_upgrade cli_upgrade_ftp;
/* starttls_xmpp.c */
cli_upgrade cli_upgrade_xmpp;
/* starttls_binary.c */
cli_upgrade cli_upgrade_postgres;
cli_upgrade cli_upgrade_mysql;
cli_upgrade cli_upgrade_ldap;

#endif
