-- tests/nginx/served.lua: the locations of the worker under test, by name.

local tls = require "resty.handfast"

local served = {}
local places = {}
local at

function served.configure(settings)
    at = settings
end

local function fail(err)
    ngx.status = 502
    ngx.header["Content-Type"] = "application/json"
    ngx.print(err:to_json())
end

local function connect(more)
    local options = { servername = "localhost", cafile = at.root, timeout = 20000 }
    for name, value in pairs(more or {}) do
        options[name] = value
    end
    return tls.connect("127.0.0.1", more and more.port or at.port, options)
end

local function request(c, path)
    return c:send("GET " .. path .. " HTTP/1.0\r\nHost: localhost\r\n\r\n")
end

-- One request over a fresh connection; the answer's body.
local function fetch(path, more)
    local c, err = connect(more)
    if not c then
        return nil, err
    end
    local sent, answer
    sent, err = request(c, path)
    if sent then
        answer, err = c:receive("*a")
    end
    c:close()
    if not answer then
        return nil, err
    end
    return (answer:match("\r\n\r\n(.*)$"))
end

local function proxy(path, more)
    return function()
        local body, err = fetch(path, more)
        if not body then
            return fail(err)
        end
        ngx.print(body)
    end
end

places.hello = proxy "/hello"
places.together = proxy "/together"
places.binary = proxy "/binary"

function places.worker()
    ngx.print(ngx.worker.pid())
end

function places.info()
    local c, err = connect { alpn = { "h2", "http/1.1" } }
    if not c then
        return fail(err)
    end
    local info = c:info()
    c:close()
    ngx.print(info.version, " ", info.alpn, " ", #info.certificates)
end

function places.expired()
    local options = { servername = "localhost", cafile = at.root, timeout = 20000 }
    local c, err = tls.connect("127.0.0.1", at.expired, options)
    if not c then
        return fail(err)
    end
    ngx.print("connected")
end

-- A function that waits in nginx's way, and then fails; a clock that waits.
function places.failing()
    local told = {}
    for _, give in ipairs {
        function() error("no list") end,
        function() error({}) end,
        function() return nil, "no list" end,
        function() return true end,
    } do
        local c, err = connect { verify = function()
            ngx.sleep(0.01)
            return give()
        end }
        told[#told + 1] = c and "connected"
            or err.name .. " " .. (type(err.cause) == "table" and "table"
                or tostring(err.cause):match("no list") or "?")
        if c then
            c:close()
        end
    end
    local settings = assert(require("handfast").config { cafile = at.root })
    assert(settings:set_clock(function()
        ngx.sleep(0.001)
        return 4102444800
    end))
    local c, err = connect { config = settings }
    told[#told + 1] = c and "connected" or err.name
    ngx.print(table.concat(told, ", "))
end

function places.plain()
    local options = { servername = "localhost", cafile = at.root, timeout = 20000 }
    local c, err = tls.connect("127.0.0.1", at.plain, options)
    if not c then
        return fail(err)
    end
    ngx.print("connected")
end

function places.untrusted()
    local c, err = tls.connect("127.0.0.1", at.port, { servername = "localhost" })
    if not c then
        return fail(err)
    end
    ngx.print("connected")
end

function places.refused()
    local c, err = tls.connect("127.0.0.1", 1, { servername = "localhost",
        cafile = at.root })
    if not c then
        return fail(err)
    end
    ngx.print("connected")
end

function places.slow()
    local c, err = connect()
    if not c then
        return fail(err)
    end
    request(c, "/never")
    c:settimeout(100)
    local line
    line, err = c:receive("*l")
    c:close()
    ngx.print(tostring(line), " ", err.name)
end

function places.closed()
    local c = assert(connect())
    c:close()
    c:close()
    local names = {}
    for _, method in ipairs { "receive", "info", "setkeepalive", "getreusedtimes",
        "session", "receiveany" } do
        names[#names + 1] = select(2, c[method](c)).name
    end
    names[#names + 1] = select(2, c:send("x")).name
    ngx.print(table.concat(names, " "))
end

-- Several answers over one connection, kept between requests of ours.
function places.kept()
    local c, err = connect()
    if not c then
        return fail(err)
    end
    local times = c:getreusedtimes()
    c:send("GET /keep HTTP/1.1\r\nHost: localhost\r\n\r\n")
    local length
    repeat
        local line = assert(c:receive("*l"))
        length = length or line:match("^[Cc]ontent%-[Ll]ength: (%d+)")
    until line == ""
    local body = assert(c:receive(tonumber(length)))
    local ok, why = c:setkeepalive(10000, 4)
    ngx.print(times, " ", body, " ", tostring(ok or why))
end

-- Over a connection of its own, not the kept one that it ends.
places.drop = proxy("/drop", { pool = "drop" })

function places.unread()
    local c = assert(connect())
    c:send("GET /keep HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert(c:receive(1))
    local ok, why = c:setkeepalive()
    ngx.print(tostring(ok), " ", why.name, " ", tostring(why))
end

function places.wrapped()
    local sock = ngx.socket.tcp()
    assert(sock:connect("127.0.0.1", at.port))
    local c, err = tls.wrap(sock, "localhost", { cafile = at.root, timeout = 20000 })
    if not c then
        return fail(err)
    end
    request(c, "/hello")
    ngx.print((c:receive("*a"):match("\r\n\r\n(.*)$")))
    c:close()
end

function places.resumed()
    local c = assert(connect())
    request(c, "/hello")
    c:receive("*a")
    local session = c:session()
    c:close()
    c = assert(connect { session = session })
    ngx.print(tostring(c:info().session_reused))
    c:close()
end

-- One light thread writes while another reads what comes back.
function places.duplex()
    local c = assert(connect())
    c:send("ECHO 1000000\r\n")
    local line = ("0123456789"):rep(100)
    local writer = ngx.thread.spawn(function()
        for _ = 1, 1000 do
            assert(c:send(line))
        end
    end)
    local back, err = c:receive(1000000)
    ngx.thread.wait(writer)
    c:close()
    ngx.print(tostring(back == line:rep(1000)), " ", tostring(err))
end

function places.shared()
    local config = require "handfast.config"
    local one = config.shared { cafile = at.root }
    ngx.print(tostring(one ~= nil and one == config.shared { cafile = at.root }))
end

local server_settings

-- Looks up its configuration while the ClientHello waits, without blocking the worker.
local function settings_of_server()
    if not server_settings then
        local config = require "handfast.config"
        local other = assert(config.new { certfile = at.chain, keyfile = at.key,
            alpn = "echo", max_early_data = 100 })
        server_settings = assert(config.new {
            client_hello = function(conn)
                ngx.sleep(0.05)
                if conn:requested_name() ~= "localhost" then
                    return require("handfast").UNKNOWN_NAME
                end
                assert(conn:set_config(other))
            end,
        })
    end
    return server_settings
end

-- How many connections of the server ended in which way.
local ends = {}

local function count_end(name)
    ends[name] = (ends[name] or 0) + 1
end

function places.ends()
    ngx.print(ends[ngx.var.args] or 0)
end

-- RFC 2817: the request's own connection becomes TLS, with us as the server.
function places.upgrade()
    local sock = assert(ngx.req.socket(true))
    assert(sock:send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
        .. "Upgrade: TLS/1.3\r\n\r\n"))
    local c, err = tls.accept(sock, { config = settings_of_server(), timeout = 20000 })
    if not c then
        return count_end(err.name)
    end
    local line
    line, err = c:receive("*l")
    c:send(c:requested_name() .. " " .. tostring(line or err) .. "\n")
    local ok, why = c:setkeepalive()
    count_end(ok and "kept" or why.name)
end

function served.serve(name)
    local place = places[name]
    if not place then
        return ngx.exit(404)
    end
    return place()
end

return served
