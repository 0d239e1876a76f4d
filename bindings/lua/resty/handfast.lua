-- resty/handfast.lua: TLS over nginx's cosockets, without blocking the worker.
--
--   local tls = require "resty.handfast"
--   local c, err = tls.connect("example.org", 443, { timeout = 5000 })
--   c:send("GET / HTTP/1.0\r\nHost: example.org\r\n\r\n")
--   local body, err = c:receive("*a")
--
-- The engine does no I/O: its bytes are carried by send and receiveany, which yield to
-- nginx.  Times are in milliseconds, as everywhere in nginx's Lua.  Settings are loaded
-- once for each worker.

local core = require "handfast.core"
local check = require "handfast.check"
local config = require "handfast.config"
local connection = require "handfast.connection"
local err = require "handfast.err"
local stream = require "handfast.stream"

local tls = { _VERSION = core.hf_version_text() }

-- A whole protected record, so that one turn of the loop can finish one.
local RECEIVE_MAX = 16640

-- ---- the carrier ----

local carrier = {}
carrier.__index = carrier

function carrier.begin() end

local function transport_failure(code, why)
    if why == "timeout" then
        return err.timeout(code == core.HF_E_TRANSPORT_READ and "waiting for the peer"
            or "sending")
    end
    return err.of_code(code, why)
end

-- Bytes taken from the engine must go out or the connection is lost, so a failure stays.
-- While one light thread sends, others leave their bytes to its loop.
function carrier:flush(conn)
    if self.broken then
        return nil, self.broken
    end
    if self.sending then
        return true
    end
    self.sending = true
    while (conn:drain_pending() or 0) > 0 do
        local sent, why = self.sock:send(conn:drain())
        if not sent then
            self.broken = transport_failure(core.HF_E_TRANSPORT_WRITE, why)
            break
        end
    end
    self.sending = false
    if self.broken then
        return nil, self.broken
    end
    return true
end

local function feed(self, conn, bytes)
    local taken, why = conn:feed(bytes)
    if not taken then
        return nil, why
    end
    if taken == 0 then
        return nil, err.of_code(core.HF_E_INTERNAL, "nothing was taken of what it wanted")
    end
    self.left = taken < #bytes and bytes:sub(taken + 1) or nil
    return true
end

function carrier:wait(conn, want)
    if want == core.HF_ERROR_WANT_WRITE then
        return self:flush(conn)
    end
    if self.left then
        return feed(self, conn, self.left)
    end
    local bytes, why = self.sock:receiveany(RECEIVE_MAX)
    if bytes then
        return feed(self, conn, bytes)
    end
    if why == "closed" then
        return conn:feed_eof()
    end
    return nil, transport_failure(core.HF_E_TRANSPORT_READ, why)
end

-- The socket of a request (ngx.req.socket) is nginx's to close.
function carrier:close()
    if self.sock.close then
        self.sock:close()
    end
    if self.pool then
        self.pool.free()
    end
end

-- ---- idle connections ----

-- A cosocket pool keeps sockets alone, so that each idle connection has a pool of its
-- own, of size one, beside the engine's half of it here.  Names are used again.
local idle, free_names, made_names = {}, {}, 0
local IDLE_DEFAULT = 30

local function take_name()
    local name = table.remove(free_names)
    if not name then
        made_names = made_names + 1
        name = "handfast:" .. made_names
    end
    return name
end

local function pool_of(name)
    return {
        name = name,
        free = function()
            free_names[#free_names + 1] = name
        end,
    }
end

-- The newest idle connection for this key; the expired ones are let go.
local function take_idle(key)
    local list = idle[key]
    local now = ngx.now()
    while list and #list > 0 do
        local entry = table.remove(list)
        if entry.expires > now then
            return entry
        end
        entry.conn:close()
        free_names[#free_names + 1] = entry.name
    end
    idle[key] = nil
    return nil
end

-- ---- connecting ----

local own = { timeout = "number", config = "table", pool = "string" }

local known = check.known(own, stream.options, config.options)
local known_by_accept = check.known({ timeout = "number", config = "table" },
    stream.server_options, config.options)

local class = setmetatable({}, { __index = stream })
class.__index = class
class.__name = "resty.handfast"

local function checked_options(index, name, names, options)
    options = check.options(index, name, names, options)
    if options.config and not config.is(options.config) then
        error(("bad argument #%d to '%s' (option 'config' is no configuration)")
            :format(index, name), 3)
    end
    return options
end

-- host is nil for a server.
local function fresh(carried, settings, host, options)
    local conn, why = connection.new(settings)
    local ok = conn and true
    if ok then
        ok, why = conn:use_memory()
    end
    if ok and options.timeout then
        ok, why = conn:set_handshake_timeout(math.max(1, math.ceil(options.timeout)))
    end
    if not ok then
        if conn then
            conn:close()
        end
        carried:close()
        return nil, why
    end
    if not host then
        return stream.accept(class, conn, carried, options)
    end
    return stream.open(class, conn, carried, host, options)
end

local function settings_of(options)
    if options.config then
        return options.config, nil, tostring(options.config)
    end
    return config.shared(options)
end

-- Keys, sessions and callbacks are one connection's own: only equal settings share an
-- idle one.
local function idle_key(host, port, options, settings_key)
    if not settings_key or options.psk then
        return nil
    end
    return table.concat({ host, port, options.servername or "", options.pool or "",
        settings_key }, "\3")
end

local function dial(host, port, options, pool_name)
    local sock, why = ngx.socket.tcp()
    if sock then
        if options.timeout then
            sock:settimeout(options.timeout)
        end
        local ok
        ok, why = sock:connect(host, port, { pool = pool_name })
        if ok then
            return sock
        end
    end
    return nil, err.make(why == "timeout" and "TIMEOUT" or "CONNECT_FAILED",
        ("could not connect to %s port %d: %s"):format(host, port, why),
        "check the name, the port, nginx's resolver and the network between")
end

-- On a connection that is there already early data is data like any other.
local function send_first(self, bytes)
    local sent, why = true, nil
    if bytes and bytes ~= "" then
        sent, why = self:write(bytes)
    end
    if not sent then
        self:close()
        return nil, why
    end
    return self
end

--- tls.connect(host, port, options): a connection, or nil and an error record.
function tls.connect(host, port, options)
    check.type(1, "connect", "string", host)
    check.count(2, "connect", port, 0)
    options = checked_options(3, "connect", known, options)
    local settings, why, settings_key = settings_of(options)
    if not settings then
        return nil, why
    end
    local key = idle_key(host, port, options, settings_key)
    local entry = key and take_idle(key)
    local name = entry and entry.name or take_name()
    local sock
    sock, why = dial(host, port, options, name)
    if not sock then
        if entry then
            entry.conn:close()
        end
        free_names[#free_names + 1] = name
        return nil, why
    end
    local carried = setmetatable({ sock = sock, pool = pool_of(name), key = key },
        carrier)
    if entry and sock:getreusedtimes() > 0 then
        local again = setmetatable({ conn = entry.conn, carrier = carried, buffer = "",
            reused = entry.reused + 1 }, class)
        return send_first(again, options.early_data)
    end
    if entry then
        entry.conn:close() -- its socket was closed while it waited
    end
    return fresh(carried, settings, host, options)
end

-- Over a cosocket that was connected elsewhere.
local function take_over(sock, host, options)
    local settings, why = settings_of(options)
    if not settings then
        return nil, why
    end
    if options.timeout then
        sock:settimeout(options.timeout)
    end
    return fresh(setmetatable({ sock = sock }, carrier), settings, host, options)
end

--- tls.wrap(cosocket, host, options): the handshake over a connected cosocket, which is
--- the connection's from here on.
function tls.wrap(sock, host, options)
    check.type(1, "wrap", "table", sock)
    check.type(2, "wrap", "string", host)
    options = checked_options(3, "wrap", known, options)
    return take_over(sock, host, options)
end

--- tls.accept(cosocket, options): the handshake as the server, over the socket of a
--- request, ngx.req.socket(true), or a cosocket whose other end is the TLS client.
function tls.accept(sock, options)
    check.type(1, "accept", "table", sock)
    options = checked_options(2, "accept", known_by_accept, options)
    return take_over(sock, nil, options)
end

-- ---- cosocket's words ----

class.send = stream.write
class.receive = stream.read
class.receiveany = stream.read_some

--- Milliseconds, for each operation from now on.
function class:settimeout(milliseconds)
    check.count(1, "settimeout", milliseconds, 0)
    if not self.conn then
        return nil, err.closed("connection")
    end
    self.carrier.sock:settimeout(milliseconds)
    return true
end

function class:settimeouts(connecting, sending, reading)
    check.count(1, "settimeouts", connecting, 0)
    check.count(2, "settimeouts", sending, 0)
    check.count(3, "settimeouts", reading, 0)
    if not self.conn then
        return nil, err.closed("connection")
    end
    self.carrier.sock:settimeouts(connecting, sending, reading)
    return true
end

--- How often the connection was used before; 0 for a fresh one.
function class:getreusedtimes()
    if not self.conn then
        return nil, err.closed("connection")
    end
    return self.reused or 0
end

-- Why the connection cannot wait for another request, or nil.
local function unfit(self, list, size)
    if not self.carrier.key then
        return "it was not made by connect with settings that can be told apart"
    elseif self.buffer ~= "" or self.carrier.left or self.conn:pending() > 0 then
        return "data of the last request is unread"
    elseif self.conn:get_shutdown() ~= 0 or self.conn:error() or self.carrier.broken then
        return "it is closed or has failed"
    elseif list and #list >= size then
        return "enough connections are idle"
    end
end

--- Keeps the connection for the next tls.connect with the same host, port and settings:
--- at most `size` of them, each for at most `milliseconds`.  It is closed for the caller,
--- and on failure closed altogether.
function class:setkeepalive(milliseconds, size)
    milliseconds = check.count(1, "setkeepalive", milliseconds, 0, true) or 60000
    size = check.count(2, "setkeepalive", size, 1, true) or IDLE_DEFAULT
    local conn, carried = self.conn, self.carrier
    if not conn then
        return nil, err.closed("connection")
    end
    local list = idle[carried.key or ""]
    local why = unfit(self, list, size)
    if not why then
        local ok
        ok, why = carried.sock:setkeepalive(milliseconds, 1)
        if ok then
            why = nil
        end
    end
    if why then
        self:close()
        return nil, err.make("NOT_KEPT", "the connection was not kept: " .. why)
    end
    self.conn, self.carrier = nil, nil
    list = list or {}
    idle[carried.key] = list
    list[#list + 1] = {
        conn = conn,
        name = carried.pool.name,
        reused = self.reused or 0,
        -- nginx counts 0 as no limit
        expires = milliseconds > 0 and ngx.now() + milliseconds / 1000 or math.huge,
    }
    return true
end

return tls
