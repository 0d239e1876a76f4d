#!/bin/sh
# tools/generate/report.sh HANDFAST: makes the pictures of docs/report.md with the built
# command, in namespaces of its own where the server has a name and an address for
# documentation (RFC 2606, RFC 5737).  Needs root, openssl, iproute2, chromium, and
# pngquant, which may be missing.
set -eu

handfast=$(realpath "${1:?usage: report.sh HANDFAST}")
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/docs/report

if [ "${INSIDE:-}" != yes ]; then
    INSIDE=yes exec unshare --mount --net "$0" "$handfast"
fi
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -r "$work"' EXIT

ip link set lo up
ip address add 192.0.2.10/32 dev lo
printf '192.0.2.10 www.handfast.test\n127.0.0.1 localhost\n' >"$work/hosts"
mount --bind "$work/hosts" /etc/hosts
sh "$root/tests/support/pki.sh" "$work/pki"
mkdir -p "$out"

report() { # NAME CERTIFICATE
    "$handfast" serve --quiet --listen 192.0.2.10:443 --alpn h2 \
        --cert "$work/pki/$2.pem" --key "$work/pki/$2.key" &
    server=$!
    tries=0
    until "$handfast" connect -q --no-verify www.handfast.test </dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 50 ] || exit 1
        sleep 0.1
    done 2>/dev/null
    "$handfast" connect --cafile "$work/pki/root.pem" --alpn h2,http/1.1 \
        --html "$work/$1.html" www.handfast.test </dev/null >/dev/null || true
    kill "$server"
    wait "$server" || true
    server=
}

picture() { # NAME WIDTH HEIGHT SCHEME(0 dark, 1 light) FILE
    chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars \
        --user-data-dir="$work/profile" --blink-settings=preferredColorScheme="$4" \
        --window-size="$2,$3" --screenshot="$out/$5" "file://$work/$1.html" \
        >/dev/null 2>&1
    if command -v pngquant >/dev/null; then
        pngquant --force --skip-if-larger --ext .png 32 "$out/$5" || true
    fi
}

report failed expired
report succeeded p256
for name in failed succeeded; do
    case $name in
    failed) wide=3490 narrow=5350 ;;
    *) wide=3020 narrow=4345 ;;
    esac
    picture $name 1280 $wide 1 $name-1280-light.png
    picture $name 1280 $wide 0 $name-1280-dark.png
    picture $name 390 $narrow 1 $name-390-light.png
    picture $name 390 $narrow 0 $name-390-dark.png
done
cp "$work/failed.html" "$work/succeeded.html" "${KEEP:-$work}" 2>/dev/null || true
