-- tests/nginx/early.lua: a client with early data and servers of it, in whichever worker
-- is asked; their bytes are the bodies of requests and answers.

local handfast = require "handfast"

local early = {}
local places = {}
local client_config
local server_configs = {}

-- How each server answers for a hello.
local registers = {
    shared = function(hello, seconds)
        return ngx.shared.hellos:safe_add(hello, true, seconds)
    end,
    -- That of docs/lua.md.
    young = function(hello, seconds)
        local since = ngx.shared.hellos:get("since")
        if not since or ngx.time() - since <= seconds then
            return nil, "the register is too young"
        end
        return ngx.shared.hellos:safe_add(hello, true, seconds)
    end,
    waiting = function(hello, seconds)
        ngx.sleep(0.001)
        return ngx.shared.hellos:add(hello, true, seconds)
    end,
    failing = function()
        return nil, "not reached"
    end,
}

function early.configure(at)
    ngx.shared.hellos:safe_add("since", ngx.time())
    client_config = assert(handfast.config { cafile = at.root })
    for _, name in ipairs { "shared", "young", "waiting", "failing" } do
        server_configs[name] = assert(handfast.config {
            certfile = at.chain, keyfile = at.key, max_early_data = 100,
            ticket_keys = ("k"):rep(48), early_data_register = registers[name],
        })
    end
end

local function connection(config, name)
    local conn = assert(config:connection())
    assert(conn:use_memory())
    if name then
        assert(conn:set_hostname(name))
    end
    return conn
end

local function carry(from, to)
    local bytes = assert(from:drain())
    return #bytes > 0 and assert(to:feed(bytes)) == #bytes
end

-- A session with these servers: any of them opens its ticket.
local function session()
    local client = connection(client_config, "localhost")
    local server = connection(server_configs.shared)
    repeat
        client:connect()
        local moved = carry(client, server)
        server:accept()
        moved = carry(server, client) or moved
    until not moved
    assert(server:write("x") == 1)
    carry(server, client)
    assert(client:read() == 1)
    return assert(client:session())
end

-- One of each in a worker; a fresh request takes the place of the one before.
local client, server

--- The first flight, with early data.
function places.flight()
    client = connection(client_config, "localhost")
    assert(client:set_session(session()))
    assert(client:allow_early_data())
    assert(client:set_connect_state())
    assert(client:write_early_data("GET /") == 1)
    ngx.print(client:drain())
end

local function body()
    ngx.req.read_body()
    return assert(ngx.req.get_body_data())
end

--- A server reads a first flight, and what it answers; X-Early is what it took.
function places.judge()
    server = connection(assert(server_configs[ngx.var.args]))
    assert(server:allow_early_data())
    assert(server:feed(body()))
    local ret, bytes = server:read_early_data()
    if bytes == nil then
        bytes = server:get_error(ret) == handfast.ERROR.WANT_READ and "" or "failed"
    end
    ngx.header["X-Early"] = bytes
    ngx.header["X-Cause"] = tostring(server:callback_error())
    ngx.print(server:drain())
end

--- The client goes on with the server's answer.
function places.finish()
    assert(client:feed(body()))
    ngx.header["X-Return"] = client:connect()
    ngx.header["X-Status"] = client:early_data_status()
    local finished = assert(client:drain())
    assert(client:write("late") == 1)
    ngx.print(finished, client:drain())
end

--- The server goes on, and gives what came after the handshake.
function places.read()
    local bytes = body()
    local taken = assert(server:feed(bytes)) -- it need not take all before it reads
    ngx.header["X-Return"] = server:accept()
    ngx.header["X-Status"] = server:early_data_status()
    if taken < #bytes then
        assert(server:feed(bytes:sub(taken + 1)))
    end
    local ret, plain = server:read()
    ngx.print(ret == 1 and plain or tostring(server:error()))
end

function early.serve(name)
    local place = places[name]
    if not place then
        return ngx.exit(404)
    end
    ngx.header["X-Worker"] = ngx.worker.pid()
    return place()
end

return early
