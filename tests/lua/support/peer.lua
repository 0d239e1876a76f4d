-- tests/lua/support/peer.lua: servers of `openssl s_server` for the specs, and the
-- certificates that run.sh made in HF_TEST_PKI.

local socket = require "socket"

local peer = {}

peer.pki = assert(os.getenv("HF_TEST_PKI"), "HF_TEST_PKI: run these specs with run.sh")
peer.root = peer.pki .. "/root.pem"

local function free_port()
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    listener:close()
    return tonumber(port)
end

local function wait_for(port)
    local limit = socket.gettime() + 10
    repeat
        local probe = socket.connect("127.0.0.1", port)
        if probe then
            probe:close()
            return true
        end
        socket.sleep(0.02)
    until socket.gettime() > limit
    return false
end

local server = {}
server.__index = server

function server:stop()
    if self.pid then
        os.execute("kill " .. self.pid .. " 2>/dev/null")
        self.pid = nil
    end
end

--- Starts a server with the certificate and key of this name, and more of s_server's
--- arguments; it serves the files of HF_TEST_PKI to `-WWW`.
function peer.start(certificate, arguments)
    local self = setmetatable({ port = free_port() }, server)
    -- What vouches for itself, or is to be sent alone, comes without the intermediate.
    local alone = certificate == "selfsigned" or certificate == "lonely"
    local more = (alone and "" or "-cert_chain intermediate.pem ") .. (arguments or "")
    -- A server without -rev or -WWW ends with its input: one that never ends.
    local input = more:find("-early_data", 1, true) and "0<>s_server.fifo" or "</dev/null"
    local command = ("cd '%s' && { test -p s_server.fifo || mkfifo s_server.fifo; } &&"
        .. " { openssl s_server -accept 127.0.0.1:%d -cert %s.pem"
        .. " -key %s.key %s %s >s_server-%d.log 2>&1 & echo $!; }")
        :format(peer.pki, self.port, certificate, certificate, more, input, self.port)
    local started = assert(io.popen(command))
    self.pid = started:read("*l")
    started:close()
    if not wait_for(self.port) then
        self:stop()
        error("openssl s_server did not start")
    end
    return self
end

--- A listener that answers the first client with these bytes and closes, once.
function peer.answer(bytes)
    local file = os.tmpname()
    local out = assert(io.open(file, "wb"))
    out:write(bytes)
    out:close()
    local port = free_port()
    local script = "import socket,sys;s=socket.socket();"
        .. "s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1);"
        .. "s.bind(('127.0.0.1',int(sys.argv[1])));s.listen(1);print('ready',flush=True);"
        .. "c,_=s.accept();c.recv(65536);"
        .. "c.sendall(open(sys.argv[2],'rb').read());c.close()"
    local command = "timeout 20 python3 -c \"%s\" %d '%s'"
    local started = assert(io.popen(command:format(script, port, file)))
    assert(started:read("*l") == "ready")
    return {
        port = port,
        stop = function()
            started:close()
            os.remove(file)
        end,
    }
end

-- Bytes that a connection has not taken yet: it takes no more than it can hold.
local left = setmetatable({}, { __mode = "k" })

local function feed(conn, bytes)
    local taken = assert(conn:feed(bytes))
    assert(taken > 0, "the connection wants bytes and takes none")
    left[conn] = taken < #bytes and bytes:sub(taken + 1) or nil
end

-- Waits for bytes, then takes what is there, at most `piece`; nil at the end.
local function receive(sock, piece)
    sock:settimeout(10)
    local first, why = sock:receive(1)
    if not first then
        assert(why == "closed", why)
        return nil
    end
    sock:settimeout(0)
    local more, _, part = sock:receive(piece - 1)
    return first .. (more or part or "")
end

--- Carries bytes between a memory connection and a socket until `call` is done, at most
--- `piece` bytes at a time: the loop that docs/lua.md shows.
function peer.drive(conn, sock, call, piece)
    local ERROR = require("handfast").ERROR
    while true do
        local ret, value = call()
        local want = conn:get_error(ret)
        local out = conn:drain()
        if #out > 0 then
            assert(sock:send(out))
        end
        if want == ERROR.WANT_WRITE then
            assert(#out > 0, "it wants to send and has nothing")
        elseif want == ERROR.WANT_READ then
            local bytes = left[conn] or receive(sock, piece or 65536)
            if bytes then
                feed(conn, bytes)
            else
                conn:feed_eof()
            end
        else
            return ret, value
        end
    end
end

function peer.dial(port)
    return assert(socket.connect("127.0.0.1", port))
end

--- The bytes of a file of HF_TEST_PKI, and one that is made there.
function peer.file(name)
    local handle = assert(io.open(peer.pki .. "/" .. name, "rb"))
    local bytes = handle:read("*a")
    handle:close()
    return bytes
end

function peer.make_file(name, bytes)
    local handle = assert(io.open(peer.pki .. "/" .. name, "wb"))
    handle:write(bytes)
    handle:close()
end

return peer
