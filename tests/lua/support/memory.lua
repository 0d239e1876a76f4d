-- tests/lua/support/memory.lua: a client and a server of handfast, joined in memory.

local handfast = require "handfast"
local peer = require "support.peer"

local memory = {}

local ERROR = handfast.ERROR

local function with(defaults, more)
    local options = {}
    for _, source in ipairs { defaults, more or {} } do
        for name, value in pairs(source) do
            options[name] = value
        end
    end
    return options
end

--- Options of a server with the certificate of this name, and more of them.
function memory.server_options(more, certificate)
    certificate = certificate or "p256"
    return with({
        certdata = peer.file(certificate .. ".pem") .. peer.file "intermediate.pem",
        keydata = peer.file(certificate .. ".key"),
    }, more)
end

function memory.server_config(more, certificate)
    return assert(handfast.config(memory.server_options(more, certificate)))
end

function memory.client_config(more)
    return assert(handfast.config(with({ cafile = peer.root }, more)))
end

--- A connection over memory; for clients also the name.
function memory.connection(config, name)
    local conn = assert(config:connection())
    assert(conn:use_memory())
    if name then
        assert(conn:set_hostname(name))
    end
    return conn
end

-- Bytes that a connection has not taken yet: it takes no more than it can hold.
local left = setmetatable({}, { __mode = "k" })

--- What is drained of one goes to the other; whether it took anything.
function memory.carry(from, to)
    local bytes = (left[to] or "") .. assert(from:drain())
    local taken = bytes == "" and 0 or to:feed(bytes) or #bytes
    left[to] = bytes:sub(taken + 1)
    return taken > 0
end

--- Lets both go on until neither can, and gives what each one's last call wants.  The
--- calls are functions: `memory.meet(function() return client:connect() end, ...)`.
function memory.meet(client, server, client_call, server_call)
    local client_ret, server_ret
    repeat
        client_ret = client_call and client_call() or client:connect()
        local moved = memory.carry(client, server)
        server_ret = server_call and server_call() or server:accept()
        moved = memory.carry(server, client) or moved
    until not moved
    return client:get_error(client_ret), server:get_error(server_ret)
end

--- A handshake that succeeds, to its end on both sides.
function memory.handshake(client, server)
    local client_want, server_want = memory.meet(client, server)
    assert(client_want == ERROR.NONE, tostring(client:error()))
    assert(server_want == ERROR.NONE, tostring(server:error()))
end

--- Data from one to the other.
function memory.send(from, to, bytes)
    assert(from:write(bytes) == 1, tostring(from:error()))
    assert(memory.carry(from, to))
    local ret, got = to:read()
    assert(ret == 1, tostring(to:error()))
    return got
end

return memory
