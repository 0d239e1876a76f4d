/* engine/handshake/server.h: what the files of the server share, in both versions: the
 * ClientHello, what is chosen by it, and the ServerHello.  RFC 8446 4.1, RFC 5246 7.4.1.
 *
 * A ClientHello stays where the transcript keeps it while the choice is made, because the
 * application may be asked in between; as.server's views point there.  The choice ends
 * with hfi_transcript_start, which is called right before ServerHello is sent. */
#ifndef HFI_HANDSHAKE_SERVER_H
#define HFI_HANDSHAKE_SERVER_H

#include "handshake/handshake.h"
#include "wire/writer.h"

/* ---- received_hello.c ---- */

/* Reads the ClientHello that the transcript keeps: its syntax, and its extensions'. */
hfi_err hfi_server_read_hello(hfi_hs *hs);
/* The second one, which must repeat the first but for what was asked for. */
hfi_err hfi_server_read_second_hello(hfi_hs *hs);

/* ---- negotiate.c ---- */

/* agreed.version.  HFI_E_NO_COMMON_VERSION, HFI_E_INAPPROPRIATE_FALLBACK, and what TLS
 * 1.3 and 1.2 demand of every hello. */
hfi_err hfi_server_choose_version(hfi_hs *hs);
/* The suite of that version, for a key of that kind (HFI_AUTH_ANY: no matter), and of
 * that hash (NULL: any): the first of ours that is offered.  False: there is none. */
bool hfi_server_find_suite(const hfi_hs *hs, hfi_suite_auth auth, const hfi_hash *hash,
                           hfi_suite *out);
/* Whether that suite is enabled, offered, and of the agreed version. */
bool hfi_server_may_use_suite(const hfi_hs *hs, uint16_t id, hfi_suite *out);
/* as.server.group, and peer_share if one came: of ours the first that is shared, else the
 * first that is supported; TLS 1.2 has no shares and no hybrids.  False: none. */
bool hfi_server_choose_group(hfi_hs *hs);
/* Whether supported_groups lists it. */
bool hfi_server_lists_group(const hfi_hs *hs, uint16_t id);
/* agreed.alpn.  HFI_E_NO_COMMON_PROTOCOL. */
hfi_err hfi_server_choose_alpn(hfi_hs *hs);

/* ---- server_psk.c ---- */

/* Whether the client can use pre-shared keys in the way that is taken here. */
bool hfi_server_takes_psk(const hfi_hs *hs);
/* psk_accepted, and suite with it, if the client offers a key that is known here.
 * HFI_PAUSED, HFI_E_BAD_BINDER, HFI_E_CALLBACK_FAILED. */
hfi_err hfi_server_find_psk(hfi_hs *hs);

/* ---- server_early_data.c ---- */

/* agreed.early_data, after all else was chosen. */
void hfi_server_judge_early_data(hfi_hs *hs);
/* as.server.early_secret, before ServerHello. */
void hfi_server_make_early_secret(hfi_hs *hs);

/* ---- give_tickets.c ---- */

/* As many as the settings say, in TLS 1.3. */
hfi_err hfi_server_give_tickets(hfi_hs *hs);

/* ---- choose_credential.c ---- */

/* Asks the application which certificates it has for this client.  HFI_PAUSED,
 * HFI_E_CALLBACK_FAILED. */
hfi_err hfi_server_ask_certificate(hfi_hs *hs);
/* auth.credential and auth.sign_scheme: the best for this client with a key of that kind
 * (HFI_AUTH_ANY: any).  False: there is none. */
bool hfi_server_choose_credential(hfi_hs *hs, hfi_suite_auth auth);

/* ---- server_hello.c ---- */

/* server_random, with the mark of a downgrade where 1.2 was chosen below 1.3 (RFC 8446
 * 4.1.3).  HFI_E_RANDOM_FAILED. */
hfi_err hfi_server_draw_random(hfi_hs *hs);
/* ServerHello, after everything is chosen.  session_id is echoed in TLS 1.3 and ours in
 * TLS 1.2.  Starts the transcript. */
hfi_err hfi_server_send_hello(hfi_hs *hs, hfi_view session_id);
hfi_err hfi_server_send_hello_retry(hfi_hs *hs);
/* HelloRetryRequest as bytes, by suite and as.server.retry_group. */
hfi_err hfi_server_write_hello_retry(hfi_hs *hs, hfi_writer *w);

/* ---- server_cookie.c ---- */

bool hfi_server_uses_cookies(const hfi_hs *hs);
/* The cookie of a HelloRetryRequest, without its length.  HFI_E_RANDOM_FAILED. */
hfi_err hfi_server_write_cookie(hfi_hs *hs, hfi_writer *w);
/* After the version is chosen: a cookie that came must be right, and if this connection
 * has not sent it, the handshake goes on behind the retry that it belongs to.
 * HFI_E_COOKIE_INVALID, HFI_E_CLIENT_HELLO_CHANGED, HFI_E_NO_MEMORY. */
hfi_err hfi_server_take_cookie(hfi_hs *hs);

#endif
