#!/bin/sh
# tools/dev/demo.sh: builds handfast, starts nginx and openssl s_server on this machine
# with fresh certificates, and connects to them from the command line, Python and Lua.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
PATH=$PATH:/usr/sbin

echo "dev: building into build/" >&2
tools/dev/build.sh build -DHF_BUILD_TESTS=OFF -DHF_BUILD_LUA=ON
tools/dev/python_module.sh

work=$(mktemp -d "$root/build/demo.XXXXXX")
servers=
clean() {
    for pid in $servers; do
        kill "$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM HUP

# wait_for PID CHECK...: until the check holds; the server must not have ended meanwhile.
wait_for() {
    pid=$1
    shift
    tries=0
    until "$@" 2>/dev/null; do
        tries=$((tries + 1))
        if [ $tries -gt 400 ] || ! kill -0 "$pid" 2>/dev/null; then
            echo "dev: a server did not start:" >&2
            cat "$work"/*.log >&2
            exit 1
        fi
        sleep 0.05
    done
}

tests/support/pki.sh "$work/pki"

start_s_server() { # NAME: sets port
    openssl s_server -accept 127.0.0.1:0 -www -cert "$work/pki/$1.pem" \
        -cert_chain "$work/pki/intermediate.pem" -key "$work/pki/$1.key" \
        >"$work/$1.log" 2>&1 </dev/null &
    servers="$servers $!"
    wait_for $! grep -q '^ACCEPT 127' "$work/$1.log"
    port=$(sed -n 's/^ACCEPT .*://p' "$work/$1.log" | head -n 1)
}

start_nginx() { # sets port
    port=$(python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])')
    mkdir -p "$work/www"
    echo "hello from nginx" >"$work/www/index.html"
    cat >"$work/nginx.conf" <<EOF
daemon off;
master_process off;
pid $work/nginx.pid;
events { }
http {
    access_log off;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:$port ssl;
        root $work/www;
        ssl_certificate $work/pki/rsa.pem;
        ssl_certificate_key $work/pki/rsa.key;
        ssl_protocols TLSv1.2 TLSv1.3;
    }
}
EOF
    nginx -p "$work" -c "$work/nginx.conf" -e stderr >"$work/nginx.log" 2>&1 </dev/null &
    servers="$servers $!"
    wait_for $! python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))"
}

start_serve() { # sets port
    build/tools/handfast serve --listen 127.0.0.1:0 --www --cert "$work/pki/p256.pem" \
        --key "$work/pki/p256.key" --cert "$work/pki/rsa.pem" --key "$work/pki/rsa.key" \
        >"$work/serve.log" 2>&1 </dev/null &
    servers="$servers $!"
    wait_for $! grep -q 'listening on' "$work/serve.log"
    port=$(sed -n 's/.*listening on .*://p' "$work/serve.log" | head -n 1)
}

start_nginx
nginx_port=$port
start_serve
serve_port=$port
start_s_server p256
openssl_port=$port
start_s_server expired
expired_port=$port

export SSL_CERT_FILE="$work/pki/root.pem"
unset SSL_CERT_DIR
export LUA_PATH="$root/bindings/lua/?.lua;;"
export LUA_CPATH="$root/build/lua/5.4/?.so;;"
good=0 bad=0

# show TITLE EXPECTED-EXIT-CODE COMMAND...
show() {
    printf '\n== %s\n\n' "$1"
    expected=$2
    shift 2
    status=0
    "$@" </dev/null || status=$?
    if [ "$status" = "$expected" ]; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        echo "dev: this should have ended with exit code $expected, not $status" >&2
    fi
}

client=build/tools/handfast
show "nginx, from the command line: handfast connect --resume localhost:$nginx_port" 0 \
    $client connect --resume "localhost:$nginx_port"
show "nginx, from Python" 0 .venv/bin/python tools/dev/demo.py localhost "$nginx_port"
show "nginx, from Lua" 0 lua5.4 tools/dev/demo.lua localhost "$nginx_port"
show "openssl s_server, from the command line" 0 \
    $client connect --resume "localhost:$openssl_port"
show "openssl s_server, from Python" 0 \
    .venv/bin/python tools/dev/demo.py localhost "$openssl_port"
show "openssl s_server, from Lua" 0 lua5.4 tools/dev/demo.lua localhost "$openssl_port"
show "handfast serve, from the command line: handfast connect localhost:$serve_port" 0 \
    $client connect --resume "localhost:$serve_port"
show "handfast serve, from OpenSSL" 0 sh -c "printf 'HEAD / HTTP/1.0\r\n\r\n' |
    openssl s_client -connect localhost:$serve_port -servername localhost -quiet -ign_eof \
    -CAfile $work/pki/root.pem -verify_return_error"
show "what handfast serve says of them" 0 cat "$work/serve.log"
show "a server with an expired certificate, from the command line" 3 \
    $client connect "localhost:$expired_port"
show "the same, from Python" 3 .venv/bin/python tools/dev/demo.py localhost "$expired_port"
show "the same, from Lua" 3 lua5.4 tools/dev/demo.lua localhost "$expired_port"

printf '\n%d of %d went as they should.\n' "$good" $((good + bad))
[ "$bad" = 0 ]
