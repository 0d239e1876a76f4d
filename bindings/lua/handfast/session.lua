-- handfast/session.lua: what is needed to resume a session.

local core = require "handfast.core"
local err = require "handfast.err"
local handle = require "handfast.handle"

local session = {}
session.__index = session
session.__name = "handfast.session"

handle.looks(session, "session", {
    time = "hf_session_time", lifetime = "hf_session_lifetime",
    max_early_data = "hf_session_max_early_data", version = "hf_session_version",
    hostname = "hf_session_hostname",
})

--- Bytes for config:load_session().  They hold a secret: keep them like a private key.
function session:serialize()
    if not self.handle then
        return nil, err.closed("session")
    end
    local status, bytes = core.hf_session_serialize(self.handle)
    if status ~= 1 then
        return nil, err.of_code(status)
    end
    return bytes
end

handle.closes(session)

return setmetatable({
    is = function(value)
        return getmetatable(value) == session
    end,
}, {
    -- Wraps a handle of the C module.
    __call = function(_, held)
        return setmetatable({ handle = held }, session)
    end,
})
