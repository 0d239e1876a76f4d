# shellcheck shell=bash
# Completion of the command handfast for bash.

# One word of a comma separated list.
_handfast_list()
{
    local before=
    [[ $cur == *,* ]] && before=${cur%,*},
    local word
    for word in $1; do
        [[ $before$word == "$cur"* ]] && COMPREPLY+=("$before$word")
    done
    compopt -o nospace 2>/dev/null
}

_handfast_words()
{
    local word
    for word in $1; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
    done
}

_handfast_files()
{
    local file
    compopt -o filenames 2>/dev/null
    while IFS= read -r file; do
        COMPREPLY+=("$file")
    done < <(compgen -f -- "$cur")
}

_handfast_value()
{
    case $1 in
    --cafile | --crl | --cert | --key | --untrusted | --keylog | --key-password-file | --psk-file | \
        --session | --early-data | --record | --html | --ocsp | --ticket-keys) _handfast_files ;;
    --certificate-compression) _handfast_list "brotli zstd zlib none" ;;
    --starttls) _handfast_words "smtp imap pop3 ftp xmpp postgres mysql ldap" ;;
    --profile) _handfast_words "default web-pki compatible" ;;
    --client-auth) _handfast_words "none optional required" ;;
    --alpn) _handfast_list "h2 http/1.1" ;;
    --proxy)
        # A colon parts words here: only what stands behind it may be replaced.
        [[ $cur == *:* ]] || _handfast_words "http socks5"
        compopt -o nospace 2>/dev/null
        ;;
    --servername | --psk | --groups | --suites | --timeout | --host | --time | --listen | \
        --sigalgs | --forward | --handshake-timeout | --idle-timeout | --max-connections) ;;
    *) return 1 ;;
    esac
}

_handfast()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()

    if ((COMP_CWORD == 1)); then
        _handfast_words "connect serve verify replay explain states help version"
        return
    fi
    # --option=value is three words for bash.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case ${COMP_WORDS[1]} in
    connect)
        _handfast_value "$prev" && return
        [[ $cur == -* ]] && _handfast_words "--json --html --servername --alpn --cafile --crl --profile \
            --cert --key --key-password-file --wait-for-verdict --psk --psk-file --session --early-data \
            --certificate-compression --groups --suites --starttls --proxy --tls12 --tls13 \
            --resume --keylog --record --timeout \
            --relay --no-relay --no-verify --quiet --help -n -q -h"
        ;;
    serve)
        _handfast_value "$prev" && return
        [[ $cur == -* ]] && _handfast_words "--listen --cert --key --ocsp --key-password-file \
            --cafile --crl --profile --client-auth --alpn --tls12 --tls13 --groups --suites \
            --sigalgs --allow-plain-master-secret --early-data --echo --www --forward --ticket-keys --no-tickets \
            --handshake-timeout --idle-timeout --max-connections --keylog --json --quiet \
            --help -q -h"
        ;;
    verify)
        _handfast_value "$prev" && return
        if [[ $cur == -* ]]; then
            _handfast_words "--cafile --crl --untrusted --host --time --profile --json --html \
                --quiet --help -q -h"
        else
            _handfast_files
        fi
        ;;
    replay)
        if [[ $cur == -* ]]; then
            _handfast_words "--json --html --quiet --help"
        else
            _handfast_files
        fi
        ;;
    explain)
        if [[ $cur == -* ]]; then
            _handfast_words "--json --help -h"
        else
            _handfast_words "$("${COMP_WORDS[0]}" explain 2>/dev/null |
                sed -n 's/^  [ 0-9-]\{3\}  \([A-Za-z0-9_]*\)$/\1/p')"
        fi
        ;;
    help) ((COMP_CWORD == 2)) && _handfast_words "connect serve verify replay explain states help version" ;;
    esac
}

complete -F _handfast handfast
