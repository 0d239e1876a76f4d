"""The catalogue of failures: all rows, by subject."""

from __future__ import annotations

import catalogue_certificates
import catalogue_clients
import catalogue_limits
import catalogue_messages
import catalogue_negotiation
import catalogue_own
import catalogue_revocation
import catalogue_servers
import catalogue_steps
import catalogue_transport

GROUPS = {
    "The server's certificate": catalogue_certificates.ROWS,
    "Revocation lists": catalogue_revocation.ROWS,
    "Negotiation": catalogue_negotiation.ROWS,
    "Messages and records": catalogue_messages.ROWS,
    "Floods and limits": catalogue_limits.ROWS,
    "The transport, and peers that speak something else": catalogue_transport.ROWS,
    "The end and silence at each step": catalogue_steps.CLIENT_ROWS,
    "Alerts": catalogue_transport.ALERTS,
    "Our own side": catalogue_own.ROWS,
    "As a server": catalogue_servers.ROWS
    + catalogue_revocation.CLIENT_ROWS
    + catalogue_limits.SERVERS
    + catalogue_steps.SERVER_ROWS
    + catalogue_clients.ROWS,
    "Alerts that a client sends": catalogue_clients.ALERTS,
}
ROWS = [row for rows in GROUPS.values() for row in rows]
