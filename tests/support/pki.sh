#!/bin/sh
# tests/support/pki.sh DIRECTORY: makes a certificate authority and server certificates
# with the openssl command, for tests and the demonstration.  Nothing of it is kept.
#
#   root.pem               the root that clients trust
#   other-root.pem         a root that vouches for nothing here
#   NAME.pem NAME.key      chain (leaf, intermediate) and key of a server:
#     rsa, rsa3072, p256, p384, ed25519   good, for localhost, *.handfast.test, 127.0.0.1, ::1
#     expired, notyet                     outside of their dates
#     elsewhere                           good, for another host
#     selfsigned                          vouched for by itself alone
#     lonely                              good, but sent without its intermediate
#     informal                            without key identifiers, as `openssl x509 -req`
#                                         made it for twenty years
#   client-KIND.pem .key   the same of a client, with a KIND of rsa, p256, p384, ed25519
set -eu

dir=${1:?usage: pki.sh DIRECTORY}
mkdir -p "$dir"
cd "$dir"
umask 077

here="DNS:localhost,DNS:*.handfast.test,IP:127.0.0.1,IP:::1"
now=$(date +%s)
day=86400

# stamp SECONDS: the ASN.1 form of a time that openssl takes.
stamp() {
    date -u -d "@$1" +%Y%m%d%H%M%SZ
}

new_key() { # NAME KIND
    case $2 in
    rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" ;;
    rsa3072) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1.key" ;;
    p256) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" ;;
    p384) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$1.key" ;;
    ed25519) openssl genpkey -algorithm ED25519 -out "$1.key" ;;
    esac 2>/dev/null
}

# `openssl ca` is the one command that takes a beginning and an end.
cat >ca.cnf <<EOF
[ca]
default_ca = test
[test]
new_certs_dir = .
database = index.txt
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
organizationName = optional
commonName = supplied
[req]
distinguished_name = names
[names]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
EOF
: >index.txt

new_root() { # NAME
    new_key "$1" p256
    openssl req -new -x509 -config ca.cnf -extensions authority -key "$1.key" \
        -subj "/O=handfast tests/CN=$1" -days 30 -sha256 -out "$1.pem"
}

# issue NAME KIND ISSUER EXTENSIONS FROM TO: NAME.crt by ISSUER.pem and ISSUER.key
issue() {
    new_key "$1" "$2"
    openssl req -new -config ca.cnf -key "$1.key" -subj "/O=handfast tests/CN=$1" \
        -out "$1.csr"
    printf '%s\n' "$4" >"$1.ext"
    openssl ca -batch -notext -config ca.cnf -extfile "$1.ext" -md sha256 \
        -cert "$3.pem" -keyfile "$3.key" -in "$1.csr" -out "$1.crt" \
        -startdate "$(stamp "$5")" -enddate "$(stamp "$6")" 2>ca.log || {
        cat ca.log >&2
        exit 1
    }
}

server() { # NAME KIND SAN [FROM TO [USAGE]]
    issue "$1" "$2" intermediate "basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = ${6:-serverAuth}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $3" "${4:-$((now - day))}" "${5:-$((now + 30 * day))}"
    cat "$1.crt" intermediate.crt >"$1.pem"
}

client() { # KIND
    server "client-$1" "$1" "email:client@handfast.test" "" "" clientAuth
}

new_root root
new_root other-root
issue intermediate p256 root "basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid" $((now - 2 * day)) $((now + 40 * day))
cp intermediate.crt intermediate.pem

for kind in rsa rsa3072 p256 p384 ed25519; do
    server "$kind" "$kind" "$here"
done
for kind in rsa p256 p384 ed25519; do
    client "$kind"
done
server expired p256 "$here" $((now - 20 * day)) $((now - 10 * day))
server notyet p256 "$here" $((now + 10 * day)) $((now + 20 * day))
server elsewhere p256 "DNS:elsewhere.handfast.invalid"
issue informal p256 intermediate "basicConstraints = CA:FALSE
subjectKeyIdentifier = none
authorityKeyIdentifier = none
subjectAltName = $here" $((now - day)) $((now + 30 * day))
cat informal.crt intermediate.crt >informal.pem
server lonely p256 "$here"
cp lonely.crt lonely.pem
new_key selfsigned p256
openssl req -new -x509 -config ca.cnf -key selfsigned.key -subj "/CN=selfsigned" -days 30 \
    -addext "subjectAltName = $here" -addext "basicConstraints = critical,CA:FALSE" \
    -out selfsigned.pem
rm -f ./*.csr ./*.ext ./*.crt ./index.txt* ./ca.log ./[0-9A-F]*.pem
