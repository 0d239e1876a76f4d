-- drive.lua NAME=VALUE...: what failures_drive does, through the Lua module: one
-- connection over descriptors that the test has connected, and how it ended.

local handfast = require "handfast"

local o = {}
for _, argument in ipairs(arg) do
    local name, value = argument:match("^([%w_]+)=(.*)$")
    o[name] = value
end

local function listed(text)
    local found = {}
    for name in text:gmatch("[^,]+") do
        found[#found + 1] = name
    end
    return found
end

local function quoted(text)
    return text and '"' .. text:gsub('[%c"\\]', function(c)
        return ("\\u%04x"):format(c:byte())
    end) .. '"' or "null"
end

-- What the record says by itself, and what it says as JSON.
local function own_fields(err)
    if not err then
        return "null"
    end
    local parts = {}
    for _, name in ipairs { "name", "class_name", "summary", "hint", "step", "message",
        "alert_name", "alert_direction", "expected", "presented" } do
        parts[#parts + 1] = quoted(name) .. ":" .. quoted(err[name])
    end
    return "{" .. table.concat(parts, ",") .. "}"
end

local function tell(action, ret, class, conn, err)
    local early = { [0] = "NOT_SENT", "ACCEPTED", "REJECTED", "PENDING" }
    print(('{"action":%s,"ret":%d,"get_error":%s,"early_data":%s,"error":%s,"fields":%s,'
        .. '"connection":%s}'):format(
            quoted(action), ret, quoted(class),
            quoted(conn and early[conn:early_data_status()] or nil),
            err and err:to_json() or '{"code":0,"name":"OK"}', own_fields(err),
            conn and conn:json() or "null"))
    os.exit(0)
end

local function refused(what, err)
    tell(what, -err.code, "SSL", nil, err)
end

local function must(what, value, err)
    if not value then
        refused(what, err)
    end
    return value
end

-- One setting at a time, so that the one that is refused can be told.
local settings = {
    { "trust", "add_trust_file" }, { "cert", "use_certificate_chain_file" },
    { "key", "use_private_key_file" }, { "versions", "set_versions" },
    { "suites", "set_cipher_suites" }, { "groups", "set_groups" },
    { "schemes", "set_signature_algorithms" }, { "profile", "set_profile" },
    { "keylog", "set_key_log_file" }, { "crl", "add_crl_file" },
}

local client_auth = { ["0"] = "none", ["1"] = "optional", ["2"] = "required" }

-- Functions of the application, each with its setter.
local functions = {
    certificate = { "set_certificate_callback", function() error("no card") end },
    sign = { "set_sign_function", function() return nil, "the card is locked" end },
    random = { "set_random", function() error("no entropy") end },
    sign_wrongly = { "set_sign_function", function() return ("\0"):rep(64) end },
    psk = { "set_psk_callback", function() return ("\x5a"):rep(32) end },
    verify = { "set_verify_callback", function() return false end },
    verify_revoked = { "set_verify_callback", function()
        return handfast.CODE.CERT_REVOKED
    end },
    name = { "set_client_hello_callback", function() return handfast.UNKNOWN_NAME end },
    hello = { "set_client_hello_callback", function() error("no table of sites") end },
    alpn = { "set_alpn_callback", function() return "never" end },
    alpn_fails = { "set_alpn_callback", function() error("no table of protocols") end },
    alpn_refuses = { "set_alpn_callback", function() return false end },
    psk_short = { "set_psk_callback", function() return ("\0"):rep(8) end },
    psk_fails = { "set_psk_callback", function() error("no table of keys") end },
    store = { "set_session_store", {
        find = function() error("no connection to the store") end,
        put = function() end,
    } },
}

local function configure(limit)
    local config = must("memory", handfast.config { memory_limit = limit })
    for _, setting in ipairs(settings) do
        if o[setting[1]] then
            must(setting[1], config[setting[2]](config, o[setting[1]]))
        end
    end
    for _, name in ipairs(listed(o.alpn or "")) do
        must("alpn", config:add_alpn(name))
    end
    if o.timeout then
        must("timeout", config:set_handshake_timeout(tonumber(o.timeout)))
    end
    if o.options then
        config:set_options(tonumber(o.options))
    end
    if o.crl_rules then
        must("crl_rules", config:set_crl_rules(tonumber(o.crl_rules)))
    end
    if o.early_data then
        must("early_data", config:set_early_data(tonumber(o.early_data)))
    end
    if o.anyone then
        must("anyone", config:disable_certificate_verification())
    end
    if o.client_auth then
        must("client_auth", config:set_client_auth(client_auth[o.client_auth]))
    end
    if o.clock then
        must("clock", config:set_clock(tonumber(o.clock)))
    end
    if o["function"] then
        local known = assert(functions[o["function"]], "Lua has no such function")
        must("function", config[known[1]](config, known[2]))
    end
    return config
end

local function prepared(config)
    local conn = must("connection", config:connection())
    if o.name then
        must("name", conn:set_hostname(o.name))
    end
    if o.server_name then
        must("server_name", conn:set_server_name(o.server_name))
    end
    if o.psk then
        must("psk", conn:set_psk(o.psk, ("\x77"):rep(32)))
    end
    return conn
end

local function open(config, fd)
    local conn = prepared(config)
    must("fd", conn:set_fd(fd))
    return conn
end

-- What a connection of these settings has before it begins, and so much more.
local function memory_limit()
    if not o.room then
        return nil
    end
    local config = configure(2 ^ 52)
    local conn = prepared(config)
    local limit = config:memory_used() + tonumber(o.room)
    conn:close()
    config:close()
    return limit
end

local names = {}
for name, value in pairs(handfast.ERROR) do
    names[value] = name
end

local function class_of(conn, ret)
    return names[conn:get_error(ret)]
end

local acts = {
    connect = function(conn) return conn:connect() end,
    accept = function(conn) return conn:accept() end,
    read = function(conn) return (conn:read(65536)) end,
    write = function(conn) return (conn:write("ping")) end,
    read_all = function(conn)
        local ret
        repeat
            ret = conn:read(65536)
        until ret <= 0
        return ret
    end,
    read_early = function(conn)
        must("role", conn:set_accept_state())
        local ret, data
        repeat
            ret, data = conn:read_early_data(65536)
        until ret <= 0 or #data == 0
        return ret
    end,
    write_early = function(conn)
        must("role", conn:set_connect_state())
        return (conn:write_early_data("ping"))
    end,
    shutdown = function(conn)
        return conn:shutdown() == 0 and conn:shutdown() or -1
    end,
}

local config = configure(memory_limit())
local fds = listed(o.fds)
local session
if #fds == 2 then
    local first = open(config, tonumber(fds[1]))
    if o["do"]:find("accept", 1, true) then
        if first:accept() ~= 1 then
            tell("session", -1, "SSL", first, first:error())
        end
    elseif first:connect() ~= 1 or first:read(65536) ~= 1 then
        tell("session", -1, "SSL", first, first:error())
    else
        session = first:session()
    end
    first:shutdown()
    first:close()
end

local conn = open(config, tonumber(fds[#fds]))
if session then
    must("session", conn:set_session(session))
end
if o.early then
    must("early", conn:allow_early_data())
end
local ret, last
for _, action in ipairs(listed(o["do"])) do
    ret, last = acts[action](conn), action
    if ret <= 0 then
        break
    end
end
tell(last, ret, class_of(conn, ret), conn, conn:error())
