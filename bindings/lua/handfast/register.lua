-- handfast/register.lua: where servers that share ticket keys remember together which
-- hellos brought early data; RFC 8446 8.2.
--
-- Everything else that a handshake asks can wait, but not this: C calls the function from
-- within its own call, where nothing can yield.  What is not answered with true is not
-- taken, and the handshake goes on without.

local core = require "handfast.core"
local check = require "handfast.check"
local questions = require "handfast.questions"

local register = {}

local FIRST, SEEN, UNKNOWN = 1, 0, -1

local function explained(cause)
    if type(cause) == "string" and cause:find("attempt to yield", 1, true) then
        return "the register of early data cannot wait: " .. cause
    end
    return cause
end

local function judge(self, ask, hello, seconds)
    local ok, first, why = pcall(ask, hello, seconds)
    if not ok then
        questions.complain(self, explained(first))
    elseif first == true then
        return FIRST
    elseif first == false then
        return SEEN
    elseif first ~= nil then
        questions.complain(self, ("the register of early data gave a %s (true, false or "
            .. "nil expected)"):format(type(first)))
    elseif why ~= nil then
        questions.complain(self, why)
    end
    return UNKNOWN
end

--- call(handle, ...), during which the function of the configuration can be asked.
function register.during(self, call, ...)
    local ask = self.config.early_data_register
    if not ask or core.hf_is_init_finished(self.handle) == 1 then
        return call(self.handle, ...)
    end
    return core.hf_ask_during(self.handle, function(hello, seconds)
        return judge(self, ask, hello, seconds)
    end, call, self.handle, ...)
end

--- Adds the setter to configurations.
function register.extend(config, change)
    --- register(hello, seconds): true if these 32 bytes were not in what the servers
    --- share, and are now, for so many seconds at least; false if they were; nil and why
    --- if that is not known.  Both is one step, and it must not yield.  nil in place of
    --- the function: the memory of this process.
    function config:set_early_data_register(ask)
        check.type(1, "set_early_data_register", "function", ask, true)
        local ok, why = change(self, "hf_register_enable", ask and 1 or 0)
        if not ok then
            return nil, why
        end
        self.early_data_register = ask
        return true
    end
end

return register
