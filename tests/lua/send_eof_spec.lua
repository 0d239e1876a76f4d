-- Half a close: stream:send_eof.

local handfast = require "handfast"
local peer = require "support.peer"

-- A server that reads to the end before it answers.
local function start()
    local script = [[
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("p256.pem", "p256.key")
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
client, _ = listener.accept()
client.settimeout(20)
into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(into, out, server_side=True)
def step(call):
    while True:
        try:
            return call()
        except ssl.SSLWantReadError:
            client.sendall(out.read())
            into.write(client.recv(65536))
step(tls.do_handshake)
text = b""
while True:
    try:
        part = step(lambda: tls.read(100))
    except ssl.SSLZeroReturnError:
        part = b""
    except ssl.SSLError:
        sys.exit()
    if not part:
        break
    text += part
tls.write(b"heard " + text)
client.sendall(out.read())
try:
    tls.unwrap()
except ssl.SSLError:
    pass
client.sendall(out.read())
client.close()
]]
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(script)
    file:close()
    local run = assert(io.popen(("cd '%s' && timeout 30 python3 '%s'"):format(peer.pki,
        path)))
    return assert(run:read("*n")), function()
        run:close()
        os.remove(path)
    end
end

describe("send_eof", function()
    it("ends what is written and not what is read", function()
        local port, stop = start()
        local stream = assert(handfast.connect("localhost", port, { timeout = 20,
            cadata = peer.file "root.pem" .. peer.file "intermediate.pem" }))
        assert.equal(4, stream:write "last")
        assert.equal(6, stream:write " words")
        assert.is_true(stream:send_eof())
        assert.is_true(stream:send_eof())
        local written, err, accepted = stream:write "more"
        assert.is_nil(written)
        assert.equal("PROTOCOL_IS_SHUTDOWN", err.name)
        assert.equal(0, accepted)
        assert.equal("heard last words", stream:read "*a")
        assert.is_true(stream:send_eof())
        assert.is_true(stream:close())
        assert.equal("CLOSED", select(2, stream:send_eof()).name)
        stop()
    end)

    it("tells that the connection had failed", function()
        local port, stop = start()
        local stream = assert(handfast.connect("localhost", port, { timeout = 20,
            cadata = peer.file "root.pem" .. peer.file "intermediate.pem" }))
        assert.equal(1, stream.conn:abort(80))
        local ok, err = stream:send_eof()
        assert.is_nil(ok)
        assert.equal("ABORTED", err.name)
        stream:close()
        stop()
    end)
end)
