-- handfast/luasocket.lua: blocking connections in plain Lua, over LuaSocket.
--
-- The connection works on the socket's descriptor, which LuaSocket keeps non-blocking;
-- what is left to do here is to wait for it, with a time limit.

local core = require "handfast.core"
local check = require "handfast.check"
local config = require "handfast.config"
local connection = require "handfast.connection"
local err = require "handfast.err"
local stream = require "handfast.stream"

local luasocket = {}

-- The engine's own deadline should have passed when we ask it: it knows more.
local GRACE = 0.01

local carrier = {}
carrier.__index = carrier

function carrier.flush()
    return true
end

function carrier:begin()
    self.deadline = self.limit and self.socket.gettime() + self.limit
end

function carrier:settimeout(limit)
    self.limit = limit
end

function carrier:wait(_, want)
    local watched = { self.sock }
    local reading = want == core.HF_ERROR_WANT_READ
    local left
    if self.deadline then
        left = math.max(0, self.deadline - self.socket.gettime()) + GRACE
    end
    local _, _, why = self.socket.select(reading and watched or nil,
        not reading and watched or nil, left)
    if why == "timeout" then
        return nil, err.timeout(reading and "waiting for the peer" or "sending")
    end
    return true
end

function carrier:close()
    self.sock:close()
end

-- What connect and wrap take beside the settings of a configuration.
local own = { timeout = "number", config = "table" }

local known = check.known(own, stream.options, config.options)
local known_by_accept = check.known(own, stream.server_options, config.options)

local function load_luasocket()
    local found, socket = pcall(require, "socket")
    if found then
        return socket
    end
    return nil, err.make("LUASOCKET_MISSING", "LuaSocket could not be loaded",
        "install it (Debian: lua-socket; luarocks: luasocket), "
        .. "or carry the bytes with handfast.connection, feed and drain")
end

-- Every host name and port may come from outside: what is wrong with them is told, not
-- raised.
local function dial(socket, host, port, limit)
    local sock, why = nil, "a port is a number from 1 to 65535"
    if port > 0 and port < 65536 then -- the system would take it modulo 65536
        sock, why = socket.tcp()
    end
    if sock then
        sock:settimeout(limit)
        local ok
        ok, why = sock:connect(host, port)
        if ok then
            sock:settimeout(0)
            return sock
        end
        sock:close()
    end
    return nil, err.make(why == "timeout" and "TIMEOUT" or "CONNECT_FAILED",
        ("could not connect to %s port %d: %s"):format(host, port, why),
        "check the name, the port and the network between")
end

local function configuration(options)
    if options.config then
        return options.config
    end
    return config.shared(options)
end

-- host is nil for a server.
local function over(socket, sock, host, options)
    local settings, why = configuration(options)
    if not settings then
        sock:close()
        return nil, why
    end
    local conn
    conn, why = connection.new(settings)
    if not conn then
        sock:close()
        return nil, why
    end
    local limit = options.timeout
    local ok
    ok, why = conn:set_fd(sock:getfd())
    if ok and limit then
        ok, why = conn:set_handshake_timeout(math.max(1, math.ceil(limit * 1000)))
    end
    if not ok then
        conn:close()
        sock:close()
        return nil, why
    end
    pcall(sock.setoption, sock, "tcp-nodelay", true)
    local carried = setmetatable({ socket = socket, sock = sock, limit = limit }, carrier)
    if not host then
        return stream.accept(stream, conn, carried, options)
    end
    return stream.open(stream, conn, carried, host, options)
end

local function checked_options(index, name, names, options)
    options = check.options(index, name, names, options)
    if options.config and not config.is(options.config) then
        error(("bad argument #%d to '%s' (option 'config' is no configuration)")
            :format(index, name), 3)
    end
    return options
end

--- handfast.connect(host, port, options): a stream, or nil and an error record.
function luasocket.connect(host, port, options)
    check.type(1, "connect", "string", host)
    check.count(2, "connect", port, 0)
    options = checked_options(3, "connect", known, options)
    local socket, why = load_luasocket()
    if not socket then
        return nil, why
    end
    local sock
    sock, why = dial(socket, host, port, options.timeout)
    if not sock then
        return nil, why
    end
    return over(socket, sock, host, options)
end

-- Over a socket that was connected elsewhere.
local function take_over(sock, host, options)
    local socket, why = load_luasocket()
    if not socket then
        return nil, why
    end
    if sock:dirty() then
        -- What came before the handshake is no part of it (think of STARTTLS).
        sock:close()
        return nil, err.make("PLAIN_DATA_LEFT",
            "the socket holds bytes that were not read",
            "read the plain text to its end before the handshake")
    end
    sock:settimeout(0)
    return over(socket, sock, host, options)
end

--- handfast.wrap(socket, host, options): the same over a connected LuaSocket socket,
--- which is the stream's from here on.
function luasocket.wrap(sock, host, options)
    if type(sock) ~= "userdata" then
        check.type(1, "wrap", "socket", sock)
    end
    check.type(2, "wrap", "string", host)
    options = checked_options(3, "wrap", known, options)
    return take_over(sock, host, options)
end

--- handfast.accept(socket, options): the handshake as the server, over a socket such as
--- listener:accept() gives, which is the stream's from here on.
function luasocket.accept(sock, options)
    if type(sock) ~= "userdata" then
        check.type(1, "accept", "socket", sock)
    end
    options = checked_options(2, "accept", known_by_accept, options)
    return take_over(sock, nil, options)
end

return luasocket
