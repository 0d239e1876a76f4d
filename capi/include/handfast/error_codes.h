/* handfast/error_codes.h: the stable error codes.
 * Generated from engine/base/errors.def by tools/generate/error_codes.py. */
#ifndef HANDFAST_ERROR_CODES_H
#define HANDFAST_ERROR_CODES_H

#define HF_E_ROLE_NOT_SET 100 /**< neither client nor server role was set */
#define HF_E_ROLE_UNAVAILABLE 101 /**< the connection has begun in the other role */
#define HF_E_TRANSPORT_NOT_SET 102 /**< no transport is attached to the connection */
#define HF_E_NAME_NOT_SET 103 /**< verification is on, but no host name to check was set */
#define HF_E_CONFIG_FROZEN 104 /**< the configuration is in use and can no longer change */
#define HF_E_INVALID_ARGUMENT 105 /**< an argument is outside of its documented range */
#define HF_E_INVALID_HOSTNAME 106 /**< the host name is neither a DNS name nor an IP address */
#define HF_E_UNKNOWN_NAME 107 /**< a name in the list is not known */
#define HF_E_EMPTY_LIST 108 /**< the list is empty */
#define HF_E_PROTOCOL_IS_SHUTDOWN 109 /**< close_notify was already sent; nothing more can be written */
#define HF_E_NOT_CONNECTED 110 /**< the handshake is not finished */
#define HF_E_ALREADY_STARTED 111 /**< the handshake has already begun */
#define HF_E_ALREADY_FAILED 112 /**< the connection has already failed */
#define HF_E_FILE_UNREADABLE 113 /**< a file could not be read */
#define HF_E_NO_CERTIFICATE_IN_INPUT 114 /**< no certificate was found in the input */
#define HF_E_PEM_MALFORMED 115 /**< the PEM text is malformed */
#define HF_E_SESSION_UNUSABLE 116 /**< the session cannot be used for this connection */
#define HF_E_NOT_A_MEMORY_TRANSPORT 117 /**< feed and drain need the memory transport */
#define HF_E_TRUST_STORE_EMPTY 119 /**< no trusted root certificate could be loaded */
#define HF_E_INPUT_TOO_LARGE 120 /**< the input is larger than the limit */
#define HF_E_UNREAD_DATA 121 /**< the peer sent data that was not read before the close */
#define HF_E_PRIVATE_KEY_MALFORMED 122 /**< the private key is malformed */
#define HF_E_NO_PRIVATE_KEY_IN_INPUT 123 /**< no private key was found in the input */
#define HF_E_PRIVATE_KEY_UNSUPPORTED 124 /**< the private key is of an unsupported kind */
#define HF_E_PRIVATE_KEY_ENCRYPTED 125 /**< the private key is encrypted, and no password was given */
#define HF_E_PRIVATE_KEY_PASSWORD 126 /**< the password does not open the private key */
#define HF_E_PRIVATE_KEY_ENCRYPTION 127 /**< the private key is encrypted in an unsupported way */
#define HF_E_PRIVATE_KEY_ITERATIONS 128 /**< opening the private key would take more work than the limit */
#define HF_E_HOSTNAME_NOT_ASCII 129 /**< the host name has letters outside of ASCII, and this build cannot convert them */
#define HF_E_KEY_UPDATE_UNAVAILABLE 130 /**< this connection's version has no key update */
#define HF_E_NO_CRL_IN_INPUT 131 /**< no certificate revocation list was found in the input */
#define HF_E_PRIVATE_KEY_MISMATCH 132 /**< the private key is not that of the certificate */
#define HF_E_CERTIFICATE_NOT_SET 133 /**< a private key was given before its certificate */
#define HF_E_SIGNATURE_NOT_WANTED 134 /**< no signature is waited for */
#define HF_E_EARLY_DATA_UNAVAILABLE 135 /**< early data cannot be sent on this connection, or no longer */
#define HF_E_EARLY_DATA_LIMIT 136 /**< the server takes no more early data */
#define HF_E_SERVER_CERTIFICATE_NOT_SET 137 /**< a server has no certificate with a key to show */
#define HF_E_CALLED_FROM_CALLBACK 138 /**< the connection was used or freed by a callback that it runs itself */
#define HF_E_EARLY_DATA_UNREAD 139 /**< early data came that was not read */
#define HF_E_RECORDING_MALFORMED 140 /**< the recording is malformed or was altered */
#define HF_E_RECORDING_UNSUPPORTED 141 /**< the recording needs what this build does not have */
#define HF_E_RECORDING_INCOMPLETE 142 /**< the recording ends before the connection did */
#define HF_E_REPLAY_DIFFERS 143 /**< the replay came to another result than the recording */
#define HF_E_TRANSPORT_READ 200 /**< reading from the transport failed */
#define HF_E_TRANSPORT_WRITE 201 /**< writing to the transport failed */
#define HF_E_EOF_BEFORE_HELLO 202 /**< the peer closed the connection without answering the ClientHello */
#define HF_E_EOF_IN_HANDSHAKE 203 /**< the peer closed the connection in the middle of the handshake */
#define HF_E_EOF_IN_RECORD 204 /**< the connection ended inside a record */
#define HF_E_EOF_WITHOUT_CLOSE_NOTIFY 205 /**< the connection ended without close_notify; data may be missing */
#define HF_E_DEADLINE_EXCEEDED 206 /**< the handshake did not finish within its deadline */
#define HF_E_TRANSPORT_NOT_CONNECTED 207 /**< the descriptor is not a connected socket */
#define HF_E_CLOSED_IN_HANDSHAKE 208 /**< the peer ended the handshake with close_notify */
#define HF_E_EOF_IN_MESSAGE 209 /**< the connection ended inside a handshake message */
#define HF_E_BAD_RECORD_MAC 300 /**< a protected record failed authentication */
#define HF_E_RECORD_TOO_LONG 301 /**< a record is longer than the protocol allows */
#define HF_E_PLAINTEXT_TOO_LONG 302 /**< a record holds more plaintext than the protocol allows */
#define HF_E_RECORD_TYPE_UNKNOWN 303 /**< a record has an unknown content type */
#define HF_E_RECORD_VERSION 304 /**< a record does not carry a TLS version */
#define HF_E_RECORD_EMPTY 305 /**< a handshake or alert record is empty */
#define HF_E_RECORD_NO_CONTENT_TYPE 306 /**< a protected record holds only padding */
#define HF_E_RECORD_UNPROTECTED 307 /**< an unprotected record came where protection is required */
#define HF_E_RECORD_SEQUENCE_EXHAUSTED 308 /**< the record counter of this key is used up */
#define HF_E_TOO_MANY_EMPTY_RECORDS 309 /**< the peer sends empty records without end */
#define HF_E_KEY_LIMIT_REACHED 310 /**< a key protected as many records as is safe */
#define HF_E_CCS_MALFORMED 311 /**< a change_cipher_spec record is malformed */
#define HF_E_CCS_MISPLACED 312 /**< a change_cipher_spec record came at a wrong time */
#define HF_E_ALERT_MALFORMED 313 /**< an alert record does not hold exactly one alert */
#define HF_E_ALERT_LEVEL 314 /**< an alert has an unknown level */
#define HF_E_TOO_MANY_WARNINGS 315 /**< the peer sends warnings without end */
#define HF_E_APPLICATION_DATA_EARLY 316 /**< application data came before the handshake was finished */
#define HF_E_RECORDS_INTERLEAVED 317 /**< another record type came in the middle of a handshake message */
#define HF_E_TOO_MANY_RECORDS 318 /**< the peer sends records that bring the handshake no further */
#define HF_E_PEER_SPEAKS_HTTP 319 /**< the peer answered in plain HTTP, not TLS */
#define HF_E_PEER_SPEAKS_SSH 320 /**< the peer answered with an SSH banner, not TLS */
#define HF_E_PEER_SPEAKS_SMTP 321 /**< the peer answered with an SMTP greeting, not TLS */
#define HF_E_PEER_NOT_TLS 322 /**< what the peer sent is not TLS */
#define HF_E_PEER_SPEAKS_POP3 323 /**< the peer answered with a POP3 greeting, not TLS */
#define HF_E_PEER_SPEAKS_IMAP 324 /**< the peer answered with an IMAP greeting, not TLS */
#define HF_E_HTTP_REQUEST 325 /**< the client speaks plain HTTP, not TLS */
#define HF_E_HTTPS_PROXY_REQUEST 326 /**< the client takes this server for an HTTP proxy */
#define HF_E_SSLV2_HELLO 327 /**< the client sent a hello of SSL 2.0 */
#define HF_E_PEER_SPEAKS_FTP 328 /**< the peer answered with an FTP greeting, not TLS */
#define HF_E_PEER_SPEAKS_POSTGRESQL 329 /**< the peer speaks the protocol of PostgreSQL, not TLS */
#define HF_E_PEER_SPEAKS_MYSQL 330 /**< the peer answered with a greeting of MySQL or MariaDB, not TLS */
#define HF_E_PEER_SPEAKS_PROXY 331 /**< an HTTP proxy answered with a refusal instead of TLS */
#define HF_E_PEER_SPEAKS_SSLV2 332 /**< the peer answered in SSL 2.0 */
#define HF_E_PEER_SPEAKS_SSLV3 333 /**< the peer answered in SSL 3.0 */
#define HF_E_PEER_SPEAKS_PROXY_PROTOCOL 334 /**< the client's first bytes are a PROXY protocol header, not TLS */
#define HF_E_DECODE_HANDSHAKE_TYPE 400 /**< a handshake message has an unknown type */
#define HF_E_HANDSHAKE_TOO_LONG 401 /**< a handshake message is longer than its limit */
#define HF_E_DECODE_SERVER_HELLO 402 /**< ServerHello is malformed */
#define HF_E_DECODE_ENCRYPTED_EXTENSIONS 403 /**< EncryptedExtensions is malformed */
#define HF_E_DECODE_CERTIFICATE_REQUEST 404 /**< CertificateRequest is malformed */
#define HF_E_DECODE_CERTIFICATE 405 /**< Certificate is malformed */
#define HF_E_DECODE_CERTIFICATE_VERIFY 406 /**< CertificateVerify is malformed */
#define HF_E_DECODE_FINISHED 407 /**< Finished has a wrong length */
#define HF_E_DECODE_NEW_SESSION_TICKET 408 /**< NewSessionTicket is malformed */
#define HF_E_DECODE_KEY_UPDATE 409 /**< KeyUpdate is malformed */
#define HF_E_DECODE_EXTENSION 410 /**< an extension is malformed */
#define HF_E_EXTENSION_DUPLICATE 411 /**< an extension appears twice in one message */
#define HF_E_DECODE_CLIENT_HELLO 412 /**< ClientHello is malformed */
#define HF_E_KEY_UPDATE_VALUE 413 /**< KeyUpdate asks for something unknown */
#define HF_E_TOO_MANY_EXTENSIONS 414 /**< a message has more extensions than the limit */
#define HF_E_HANDSHAKE_NOT_AT_BOUNDARY 415 /**< a message before a key change does not end its record */
#define HF_E_TOO_MANY_CERTIFICATES 416 /**< the peer sends more certificates than the limit */
#define HF_E_HANDSHAKE_BYTES_LIMIT 417 /**< the handshake as a whole is larger than the limit */
#define HF_E_DECODE_SERVER_KEY_EXCHANGE 418 /**< ServerKeyExchange is malformed */
#define HF_E_DECODE_SERVER_HELLO_DONE 419 /**< ServerHelloDone is not empty */
#define HF_E_DECODE_CERTIFICATE_STATUS 420 /**< CertificateStatus is malformed */
#define HF_E_DECODE_HELLO_REQUEST 421 /**< HelloRequest is not empty */
#define HF_E_DECODE_COMPRESSED_CERTIFICATE 422 /**< CompressedCertificate is malformed */
#define HF_E_COMPRESSED_CERTIFICATE_TOO_LONG 423 /**< CompressedCertificate announces a Certificate that is longer than the limit */
#define HF_E_DECODE_CLIENT_KEY_EXCHANGE 424 /**< ClientKeyExchange is malformed */
#define HF_E_DECODE_END_OF_EARLY_DATA 425 /**< EndOfEarlyData is not empty */
#define HF_E_UNEXPECTED_MESSAGE 500 /**< a message came out of order */
#define HF_E_UNSUPPORTED_VERSION 501 /**< the peer chose a TLS version that is not enabled here */
#define HF_E_VERSION_NOT_OFFERED 502 /**< the peer chose a version that was not offered */
#define HF_E_UNOFFERED_SUITE 503 /**< the peer chose a cipher suite that was not offered */
#define HF_E_SUITE_CHANGED 504 /**< the cipher suite changed after HelloRetryRequest */
#define HF_E_SESSION_ID_MISMATCH 505 /**< legacy_session_id was not echoed */
#define HF_E_COMPRESSION_SELECTED 506 /**< the peer chose a compression method */
#define HF_E_UNOFFERED_GROUP 507 /**< the peer chose a group that was not offered */
#define HF_E_RETRY_GROUP_ALREADY_SHARED 508 /**< HelloRetryRequest asks for a key share that was already sent */
#define HF_E_RETRY_CHANGES_NOTHING 509 /**< HelloRetryRequest would change nothing in the ClientHello */
#define HF_E_RETRY_REPEATED 510 /**< a second HelloRetryRequest came */
#define HF_E_GROUP_CHANGED 511 /**< the key share is not of the group that HelloRetryRequest named */
#define HF_E_KEY_SHARE_MISSING 512 /**< ServerHello carries no key_share */
#define HF_E_KEY_SHARE_INVALID 513 /**< the peer's key share is not a valid public value */
#define HF_E_UNSOLICITED_EXTENSION 514 /**< an extension came that was not asked for */
#define HF_E_EXTENSION_FORBIDDEN 515 /**< an extension appears in a message where it is forbidden */
#define HF_E_ALPN_NOT_OFFERED 516 /**< the peer chose an application protocol that was not offered */
#define HF_E_ALPN_EMPTY 517 /**< the peer's application protocol list does not hold exactly one name */
#define HF_E_SERVER_NAME_NOT_EMPTY 518 /**< the server_name answer is not empty */
#define HF_E_PSK_IDENTITY_UNKNOWN 519 /**< the peer chose a PSK that was not offered */
#define HF_E_PSK_SUITE_MISMATCH 520 /**< the cipher suite's hash is not that of the PSK */
#define HF_E_UNOFFERED_SIGNATURE_ALGORITHM 521 /**< CertificateVerify uses a signature algorithm that was not offered */
#define HF_E_SIGNATURE_KEY_MISMATCH 522 /**< CertificateVerify's algorithm does not fit the certificate's key */
#define HF_E_BAD_CERTIFICATE_VERIFY 523 /**< CertificateVerify's signature is wrong */
#define HF_E_BAD_FINISHED 524 /**< Finished does not match the transcript */
#define HF_E_CERTIFICATE_EMPTY 525 /**< the server sent no certificate */
#define HF_E_CERTIFICATE_REQUEST_CONTEXT 526 /**< a certificate_request_context is not empty in the handshake */
#define HF_E_DOWNGRADE_DETECTED 527 /**< the server could speak a newer version: someone forces an older one */
#define HF_E_COOKIE_EMPTY 528 /**< HelloRetryRequest carries an empty cookie */
#define HF_E_TOO_MANY_KEY_UPDATES 529 /**< the peer updates its keys without end */
#define HF_E_SIGNATURE_ALGORITHMS_MISSING 531 /**< CertificateRequest has no signature_algorithms */
#define HF_E_EARLY_DATA_UNASKED 532 /**< early_data was accepted but never offered */
#define HF_E_POST_HANDSHAKE_AUTH 533 /**< the peer asks for a certificate after the handshake, which was not offered */
#define HF_E_TOO_MANY_TICKETS 534 /**< the peer sends tickets without end */
#define HF_E_SUPPORTED_VERSIONS_MISSING 535 /**< the peer answered with TLS 1.2 or older */
#define HF_E_EXTENSION_VALUE_FORBIDDEN 538 /**< an extension carries a value that the protocol forbids */
#define HF_E_PSK_WITHOUT_KEY_SHARE 539 /**< the server took the session without a key share */
#define HF_E_EXTENDED_MASTER_SECRET_MISSING 540 /**< the peer does not use the extended master secret */
#define HF_E_RENEGOTIATION_INFO_MISSING 541 /**< the server does not signal secure renegotiation */
#define HF_E_RENEGOTIATION_INFO_WRONG 542 /**< renegotiation_info does not fit a first handshake */
#define HF_E_CURVE_TYPE_UNSUPPORTED 543 /**< ServerKeyExchange does not name a curve */
#define HF_E_BAD_SERVER_KEY_EXCHANGE 544 /**< ServerKeyExchange's signature is wrong */
#define HF_E_SUITE_KEY_MISMATCH 545 /**< the certificate's key does not fit the cipher suite */
#define HF_E_RESUMPTION_CHANGED 546 /**< the resumed session has another version or suite than it was made with */
#define HF_E_RESUMPTION_CHANGED_MASTER 547 /**< the resumed session differs in the use of the extended master secret */
#define HF_E_TOO_MANY_RENEGOTIATIONS 548 /**< the server asks for renegotiation without end */
#define HF_E_POINT_FORMAT 549 /**< the server does not take uncompressed points */
#define HF_E_SESSION_ID_UNKNOWN 550 /**< the server resumes a session that was not offered */
#define HF_E_VERSION_CHANGED 551 /**< the version changed after HelloRetryRequest */
#define HF_E_PSK_REFUSED 552 /**< the server did not take the pre-shared key, and no name or root was set to check its certificate by */
#define HF_E_EARLY_DATA_MISMATCH 553 /**< the server took early data, but not the suite or protocol that it was sent for */
#define HF_E_EARLY_DATA_VERSION 554 /**< the server answered early data with an older version */
#define HF_E_NO_FITTING_CERTIFICATE 555 /**< the server asks for a certificate, and accepts none of those that are configured */
#define HF_E_UNOFFERED_CERTIFICATE_COMPRESSION 560 /**< a certificate is compressed in a way that was not offered */
#define HF_E_CERTIFICATE_DECOMPRESSION 561 /**< a compressed certificate cannot be decompressed */
#define HF_E_CERTIFICATE_DECOMPRESSED_LENGTH 562 /**< a compressed certificate has another length than was announced */
#define HF_E_NO_COMMON_VERSION 570 /**< the client offers no TLS version that is enabled here */
#define HF_E_NO_COMMON_SUITE 571 /**< the client offers no cipher suite that can be used here */
#define HF_E_NO_COMMON_GROUP 572 /**< the client offers no group that is enabled here */
#define HF_E_NO_COMMON_SIGNATURE_ALGORITHM 573 /**< no certificate here has a key that the client can verify */
#define HF_E_NO_COMMON_PROTOCOL 574 /**< the client offers no application protocol that is known here */
#define HF_E_INAPPROPRIATE_FALLBACK 575 /**< the client came back with an older version than both sides can speak */
#define HF_E_CLIENT_HELLO_CHANGED 576 /**< the second ClientHello differs from the first where it must not */
#define HF_E_CLIENT_EXTENSION_MISSING 577 /**< the ClientHello lacks an extension that it must have */
#define HF_E_COMPRESSION_OFFERED 578 /**< the ClientHello does not offer the null compression method alone */
#define HF_E_KEY_SHARE_DUPLICATE 579 /**< the client sends two key shares of one group */
#define HF_E_RETRY_NOT_FOLLOWED 580 /**< the second ClientHello does not bring the one key share that was asked for */
#define HF_E_PSK_NOT_LAST 581 /**< pre_shared_key is not the last extension of the ClientHello */
#define HF_E_PSK_BINDERS_COUNT 582 /**< the client sends not as many binders as identities */
#define HF_E_CLIENT_CERTIFICATE_MISSING 583 /**< the client shows no certificate, and one is required */
#define HF_E_BAD_BINDER 584 /**< the client does not own the pre-shared key that it names */
#define HF_E_CLIENT_CERTIFICATE_MISSING_TLS12 590 /**< the client shows no certificate, and one is required */
#define HF_E_SERVER_NAME_UNKNOWN 591 /**< the client asks for a server name that the application does not have */
#define HF_E_EARLY_DATA_TOO_MUCH 592 /**< the client sends more early data than it may */
#define HF_E_COOKIE_INVALID 593 /**< the cookie of the ClientHello is missing, not ours, or too old */
#define HF_E_CERT_MALFORMED 600 /**< a certificate is not well-formed DER or X.509 */
#define HF_E_CERT_VERSION 601 /**< a certificate is not of X.509 version 3 */
#define HF_E_CERT_SIGNATURE_MISMATCH 602 /**< a certificate names two different signature algorithms */
#define HF_E_CERT_SIGNATURE_ALGORITHM 603 /**< a certificate is signed with an unknown or refused algorithm */
#define HF_E_CERT_BAD_SIGNATURE 604 /**< a certificate's signature is wrong */
#define HF_E_CERT_EXPIRED 605 /**< a certificate has expired */
#define HF_E_CERT_NOT_YET_VALID 606 /**< a certificate is not yet valid */
#define HF_E_CERT_UNKNOWN_ISSUER 607 /**< no trusted root vouches for the chain */
#define HF_E_CERT_SELF_SIGNED 608 /**< the certificate is self-signed and not trusted */
#define HF_E_CERT_NAME_MISMATCH 609 /**< the certificate is for another host name */
#define HF_E_CERT_NO_NAMES 610 /**< the certificate has no subjectAltName to match */
#define HF_E_CERT_NOT_A_CA 611 /**< a certificate that issued another is not a CA */
#define HF_E_CERT_PATH_LENGTH 612 /**< a CA may not issue that deep a chain */
#define HF_E_CERT_KEY_USAGE 613 /**< a certificate's key may not be used for this */
#define HF_E_CERT_EXTENDED_KEY_USAGE 614 /**< a certificate is not meant for this purpose */
#define HF_E_CERT_NAME_CONSTRAINT 615 /**< a name lies outside of what a CA in the chain may vouch for */
#define HF_E_CERT_NAME_CONSTRAINT_UNSUPPORTED 616 /**< a CA constrains a kind of name that cannot be checked */
#define HF_E_CERT_UNKNOWN_CRITICAL_EXTENSION 617 /**< a certificate has a critical extension that is not understood */
#define HF_E_CERT_DUPLICATE_EXTENSION 618 /**< a certificate has an extension twice */
#define HF_E_CERT_EXTENSION_MALFORMED 619 /**< a certificate's extension is malformed */
#define HF_E_CERT_WEAK_KEY 620 /**< a certificate's key is too short */
#define HF_E_CERT_KEY_UNSUPPORTED 621 /**< a certificate's key is of an unsupported kind */
#define HF_E_CERT_KEY_MALFORMED 622 /**< a certificate's public key is malformed */
#define HF_E_CERT_CHAIN_TOO_LONG 623 /**< the chain is longer than the limit */
#define HF_E_CERT_WORK_LIMIT 624 /**< checking the certificates would take more work than the limit */
#define HF_E_CERT_TOO_LARGE 625 /**< a certificate is larger than the limit */
#define HF_E_CERT_SERIAL 626 /**< a certificate's serial number breaks the rules */
#define HF_E_CERT_DATE_MALFORMED 627 /**< a certificate's date is malformed */
#define HF_E_CERT_REVOKED 628 /**< a certificate was revoked by its issuer */
#define HF_E_CERT_LEAF_IS_CA 629 /**< the server's own certificate is a CA certificate */
#define HF_E_CERT_RULE 630 /**< a certificate breaks a rule of the certificate profile */
#define HF_E_CERT_SIGNATURE_WEAK 631 /**< a certificate is signed with a broken hash */
#define HF_E_CRL_MALFORMED 632 /**< a certificate revocation list is malformed */
#define HF_E_CRL_UNSUPPORTED 633 /**< a certificate revocation list is of a kind that is not understood */
#define HF_E_CRL_BAD_SIGNATURE 634 /**< the signature of a certificate revocation list is wrong */
#define HF_E_CRL_EXPIRED 635 /**< a certificate revocation list is out of date */
#define HF_E_CRL_NOT_YET_VALID 636 /**< a certificate revocation list is dated in the future */
#define HF_E_CRL_ISSUER 637 /**< a CA that may not sign revocation lists signed one */
#define HF_E_CRL_MISSING 638 /**< no revocation list tells about a certificate, and one is required */
#define HF_E_STAPLE_MISSING 640 /**< the certificate promises a stapled OCSP response, and none came */
#define HF_E_STAPLE_MALFORMED 641 /**< the stapled OCSP response is malformed */
#define HF_E_STAPLE_REFUSED 642 /**< the stapled OCSP response tells of an error instead of a status */
#define HF_E_STAPLE_INVALID 643 /**< the stapled OCSP response is for another certificate, or not signed by its issuer */
#define HF_E_STAPLE_EXPIRED 644 /**< the stapled OCSP response is out of date, or dated in the future */
#define HF_E_STAPLE_UNKNOWN 645 /**< the stapled OCSP response does not know the certificate */
#define HF_E_CERT_POLICY 646 /**< a CA demands a certificate policy that the chain does not keep */
#define HF_E_CERT_PROFILE 647 /**< a certificate is not of the form that the profile demands */
#define HF_E_CERT_REFUSED 648 /**< the application refuses the certificate, though its chain is good */
#define HF_E_CERT_UNACCEPTABLE 649 /**< the application does not deal with this peer, whatever its certificate is worth */
#define HF_E_ALERT_RECEIVED 700 /**< the peer ended the connection with an alert */
#define HF_E_USER_CANCELED_RECEIVED 701 /**< the peer canceled the handshake */
#define HF_E_CLOSE_NOTIFY_RECEIVED 702 /**< the peer closed the connection in an orderly way */
#define HF_E_CLIENT_CERTIFICATE_REJECTED 703 /**< the server rejects the certificate that we showed */
#define HF_E_CLIENT_CERTIFICATE_REQUIRED 704 /**< the server requires a certificate of ours, and none was shown */
#define HF_E_NO_MEMORY 800 /**< memory is exhausted */
#define HF_E_RANDOM_FAILED 801 /**< the random source failed */
#define HF_E_INTERNAL 802 /**< an internal check failed */
#define HF_E_CALLBACK_FAILED 803 /**< a callback of the application failed */
#define HF_E_KEY_LOG_FAILED 804 /**< the key log could not be written */
#define HF_E_BUFFER_TOO_SMALL 805 /**< a message does not fit the space for it */
#define HF_E_RECORDING_FAILED 806 /**< the recording could not be written */
#define HF_E_ABORTED 807 /**< the application ended the connection with an alert */

#endif
