#!/bin/sh
# tools/generate/report.sh HANDFAST: makes the pictures of docs/report.md with the built
# command, a server of its own on this machine, and a relay that adds the delay of a
# distance.  Needs openssl, python3, chromium, and pngquant, which may be missing; no root
# and no network.
set -eu

handfast=$(realpath "${1:?usage: report.sh HANDFAST}")
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/docs/report
work=$(mktemp -d)
server=
relay=
stop() {
    for process in $server $relay; do
        if kill "$process" 2>/dev/null; then
            wait "$process" || true
        fi
    done
    server=
    relay=
}
trap 'stop; rm -r "$work"' EXIT

sh "$root/tests/support/pki.sh" "$work/pki"
mkdir -p "$out"

# The port that a line of FILE tells, once it is there.
port_in() { # FILE
    tries=0
    until port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\)$/\1/p' "$1") &&
        [ -n "$port" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || exit 1
        sleep 0.1
    done
    echo "$port"
}

report() { # NAME CERTIFICATE
    : >"$work/server"
    : >"$work/relay"
    "$handfast" serve --listen 127.0.0.1:0 --alpn h2 --cert "$work/pki/$2.pem" \
        --key "$work/pki/$2.key" >"$work/server" 2>&1 &
    server=$!
    python3 "$root/tools/generate/delay.py" "$(port_in "$work/server")" 25 \
        >"$work/relay" &
    relay=$!
    port=$(port_in "$work/relay")
    "$handfast" connect --cafile "$work/pki/root.pem" --alpn h2,http/1.1 \
        --servername www.handfast.test --html "$work/$1.html" "localhost:$port" \
        </dev/null >/dev/null || true
    stop
}

browse() { # OPTION...
    chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars \
        --allow-file-access-from-files --user-data-dir="$work/profile" "$@" 2>/dev/null
}

# How long a page is in a window of WIDTH: a frame is asked, since the page has no script.
height() { # NAME WIDTH
    cat >"$work/frame.html" <<END
<!DOCTYPE html><title>x</title><p id="said"></p>
<iframe id="page" src="$1.html" style="width:$2px;height:500px;border:0"></iframe>
<script>page.onload = () => { said.textContent =
  "height=" + page.contentDocument.documentElement.scrollHeight + "px"; };</script>
END
    browse --virtual-time-budget=5000 --window-size=1600,900 --dump-dom \
        "file://$work/frame.html" | sed -n 's/.*height=\([0-9]*\)px.*/\1/p' | head -n 1
}

picture() { # NAME WIDTH SCHEME(0 dark, 1 light) FILE
    browse --blink-settings=preferredColorScheme="$3" --screenshot="$out/$4" \
        --window-size="$2,$(height "$1" "$2")" "file://$work/$1.html" >/dev/null
    if command -v pngquant >/dev/null; then
        pngquant --force --skip-if-larger --ext .png 32 "$out/$4" || true
    fi
}

report failed expired
report succeeded p256
for name in failed succeeded; do
    for width in 1280 390; do
        picture $name $width 1 $name-$width-light.png
        picture $name $width 0 $name-$width-dark.png
    done
done
cp "$work/failed.html" "$work/succeeded.html" "${KEEP:-$work}" 2>/dev/null || true
