-- handfast.lua: TLS for Lua 5.1, LuaJIT, 5.3 and 5.4.
--
--   local handfast = require "handfast"
--   local stream, err = handfast.connect("example.org", 443, { timeout = 10 })
--   if not stream then print(err) return end     -- err: the whole error record
--
-- handfast.connection is the contract of the C library, call by call, for any transport;
-- handfast.connect and handfast.accept are the comfortable way over LuaSocket;
-- resty.handfast is nginx's.
-- Runtime failures are nil and an error record; only wrong argument types raise.

local core = require "handfast.core"
local check = require "handfast.check"
local config = require "handfast.config"
local connection = require "handfast.connection"
local luasocket = require "handfast.luasocket"
local replay = require "handfast.replay"

local handfast = {
    _VERSION = core.hf_version_text(),
    config = config.new,
    connection = connection.new,
    connect = luasocket.connect,
    wrap = luasocket.wrap,
    accept = luasocket.accept,
    replay = replay.from_file,
    replay_memory = replay.from_memory,
    verify = require "handfast.verify",
}

-- HF_ERROR_WANT_READ becomes handfast.ERROR.WANT_READ.
local function constants(prefix)
    local found = {}
    for name, value in pairs(core) do
        if type(value) == "number" and name:sub(1, #prefix) == prefix then
            found[name:sub(#prefix + 1)] = value
        end
    end
    return found
end

handfast.ERROR = constants "HF_ERROR_"   -- what get_error returns
handfast.CODE = constants "HF_E_"        -- the code of an error record
handfast.OPTION = constants "HF_OPTION_"
handfast.WANT = constants "HF_WANT_"
handfast.EARLY_DATA = constants "HF_EARLY_DATA_"
handfast.CRL = constants "HF_CRL_" -- what set_crl_rules takes
-- What the function of a ClientHello gives in order to refuse the name in it.
handfast.UNKNOWN_NAME = core.HF_CLIENT_HELLO_UNKNOWN_NAME
handfast.SHUTDOWN = {
    SENT = core.HF_SENT_SHUTDOWN,
    RECEIVED = core.HF_RECEIVED_SHUTDOWN,
}

--- A session from the bytes of session:serialize().
function handfast.load_session(bytes)
    check.type(1, "load_session", "string", bytes)
    local settings, why = config.shared {}
    if not settings then
        return nil, why
    end
    return settings:load_session(bytes)
end

return handfast
