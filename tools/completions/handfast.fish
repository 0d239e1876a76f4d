# Completion of the command handfast for fish.

function __handfast_in
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end

complete -c handfast -f
complete -c handfast -n __fish_use_subcommand -a connect -d 'Connect to a TLS server and tell how the handshake went'
complete -c handfast -n __fish_use_subcommand -a verify -d 'Check a chain of certificates out of files, and draw it'
complete -c handfast -n __fish_use_subcommand -a states -d 'Print the tables of the handshake\'s states'
complete -c handfast -n __fish_use_subcommand -a help -d 'Explain a command'
complete -c handfast -n __fish_use_subcommand -a version -d 'Print the version'
complete -c handfast -n '__handfast_in help' -a 'connect verify states help version'

complete -c handfast -n '__handfast_in connect' -l json -d 'One JSON document instead of text'
complete -c handfast -n '__handfast_in connect' -l servername -x -a '(__fish_print_hostnames)' -d 'Ask for NAME and check the certificate for it'
complete -c handfast -n '__handfast_in connect' -l alpn -x -a 'h2,http/1.1 h2 http/1.1' -d 'Offer protocols, in order'
complete -c handfast -n '__handfast_in connect' -l cafile -r -F -d 'Trust the certificates in FILE'
complete -c handfast -n '__handfast_in connect' -l profile -x -a 'default web-pki compatible' -d 'The rules for certificates'
complete -c handfast -n '__handfast_in connect' -l cert -r -F -d 'Show this certificate, if asked for one'
complete -c handfast -n '__handfast_in connect' -l key -r -F -d 'Its private key'
complete -c handfast -n '__handfast_in connect' -l key-password-file -r -F -d 'The password of that key'
complete -c handfast -n '__handfast_in connect' -l psk -x -d 'Offer a pre-shared key, IDENTITY:HEX'
complete -c handfast -n '__handfast_in connect' -l psk-file -r -F -d 'Offer the pre-shared key in FILE'
complete -c handfast -n '__handfast_in connect' -l session -r -F -d 'Resume the session in FILE, and keep the newest there'
complete -c handfast -n '__handfast_in connect' -l early-data -r -F -d 'Send FILE with the first flight'
complete -c handfast -n '__handfast_in connect' -l certificate-compression -x -a 'brotli zstd zlib none' -d 'How certificates may be compressed'
complete -c handfast -n '__handfast_in connect' -l groups -x -d 'Key exchange groups, in order'
complete -c handfast -n '__handfast_in connect' -l suites -x -d 'Cipher suites, in order'
complete -c handfast -n '__handfast_in connect' -l starttls -x -a 'smtp imap pop3 ftp xmpp postgres mysql ldap' -d 'Begin in the clear and upgrade'
complete -c handfast -n '__handfast_in connect' -l proxy -x -a 'http:// socks5://' -d 'Connect through a proxy'
complete -c handfast -n '__handfast_in connect' -l tls12 -d 'Speak TLS 1.2 alone'
complete -c handfast -n '__handfast_in connect' -l tls13 -d 'Speak TLS 1.3 alone'
complete -c handfast -n '__handfast_in connect' -l resume -d 'Connect twice, the second time with a ticket'
complete -c handfast -n '__handfast_in connect' -l keylog -r -F -d 'Append the secrets of the connection'
complete -c handfast -n '__handfast_in connect' -l timeout -x -d 'Limit for address, connection and handshake'
complete -c handfast -n '__handfast_in connect' -l relay -d 'Carry stdin to the peer and the peer to stdout'
complete -c handfast -n '__handfast_in connect' -s n -l no-relay -d 'Never relay standard input'
complete -c handfast -n '__handfast_in connect' -l no-verify -d 'Connect whatever the certificate says'
complete -c handfast -n '__handfast_in connect' -s q -l quiet -d 'Only a line on failure'
complete -c handfast -n '__handfast_in connect' -s h -l help -d 'Explain the command'
complete -c handfast -n '__handfast_in connect' -a '(__fish_print_hostnames)'

complete -c handfast -n '__handfast_in verify' -l cafile -r -F -d 'Trust the certificates in FILE'
complete -c handfast -n '__handfast_in verify' -l untrusted -r -F -d 'More intermediates'
complete -c handfast -n '__handfast_in verify' -l host -x -a '(__fish_print_hostnames)' -d 'The name that the certificate must have'
complete -c handfast -n '__handfast_in verify' -l time -x -d 'The moment that counts'
complete -c handfast -n '__handfast_in verify' -l profile -x -a 'default web-pki compatible' -d 'The rules that count'
complete -c handfast -n '__handfast_in verify' -l json -d 'One JSON document instead of text'
complete -c handfast -n '__handfast_in verify' -s q -l quiet -d 'Only a line if it is refused'
complete -c handfast -n '__handfast_in verify' -s h -l help -d 'Explain the command'
complete -c handfast -n '__handfast_in verify' -F
