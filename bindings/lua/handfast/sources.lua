-- handfast/sources.lua: time and randomness from functions of the application.
--
-- C calls no Lua.  The functions are asked here before each call that may need what they
-- tell, and it lies ready when C wants it.

local core = require "handfast.core"
local check = require "handfast.check"
local err = require "handfast.err"
local protected = require "handfast.protected"

local sources = {}

local LIMIT = 2 ^ 53

-- A failure of the function, in its own words.
local function failed(name, cause)
    local why = err.of_code(core.HF_E_CALLBACK_FAILED, name)
    why.cause = cause
    return nil, why
end

-- What the clock's function says, times `scale`, as a whole number.
local function read(name, source, scale)
    local value = source
    if type(source) == "function" then
        local ok, second
        ok, value, second = protected(source)
        if not ok or value == nil and second ~= nil then
            return failed(name, not ok and value or second)
        end
    end
    if type(value) ~= "number" or value ~= value or math.abs(value * scale) >= LIMIT then
        return failed(name, ("the clock gave %s (seconds expected)")
            :format(type(value) == "number" and tostring(value) or type(value)))
    end
    return math.floor(value * scale)
end

-- Before a call: the time.
local function set_time(given)
    local seconds, why = read("unix_seconds", given.unix_seconds, 1)
    if not seconds then
        return nil, why
    end
    if given.monotonic then
        local monotonic
        monotonic, why = read("monotonic", given.monotonic, 1000000)
        if not monotonic then
            return nil, why
        end
        core.hf_sources_set_monotonic(given.handle, monotonic)
    end
    core.hf_sources_set_time(given.handle, seconds)
    return true
end

-- Before a call: more randomness than it can need.  Where the function fails there is
-- none, and the call fails if it needs any.
local function add_random(given)
    local missing = core.hf_sources_missing(given.handle)
    if missing == 0 then
        return
    end
    local ok, bytes, why = protected(given.random, missing)
    given.cause = nil
    if not ok then
        given.cause = bytes
    elseif type(bytes) ~= "string" or #bytes ~= missing then
        given.cause = bytes == nil and why
            or ("the function gave %s (%d bytes expected)"):format(
                type(bytes) == "string" and #bytes .. " bytes" or type(bytes), missing)
    end
    if given.cause ~= nil
        -- It may have yielded, and another thread have put some.
        or core.hf_sources_missing(given.handle) == missing
        and core.hf_sources_put(given.handle, bytes) ~= 1 then
        core.hf_sources_drop(given.handle)
    end
end

--- Before a call of C: true, or nil and an error record if the clock failed.
function sources.prepare(settings)
    local clock, random = settings.clock, settings.random
    if random then
        add_random(random)
    end
    if clock then
        return set_time(clock)
    end
    return true
end

--- What the function of randomness raised, for a record that tells of its failure.
function sources.cause(settings, code)
    if code == core.HF_E_RANDOM_FAILED and settings.random then
        return settings.random.cause
    end
end

local function attach(change, settings, name)
    local handle = core.hf_sources_new()
    if not handle then
        return nil, err.of_code(core.HF_E_NO_MEMORY)
    end
    local ok, why = change(settings, name, handle)
    if not ok then
        core.close(handle)
        return nil, why
    end
    return handle
end

local function is_time(value)
    return type(value) == "number" or type(value) == "function"
end

--- Adds the setters to configurations.
function sources.extend(config, change)
    --- The time: unix_seconds dates certificates and tickets, monotonic, the system's
    --- unless it is given, times the handshake; functions that give seconds, or numbers.
    --- They are asked before each call.  For tests.
    function config:set_clock(unix_seconds, monotonic)
        if not is_time(unix_seconds) then
            check.type(1, "set_clock", "function", unix_seconds)
        end
        if monotonic ~= nil and not is_time(monotonic) then
            check.type(2, "set_clock", "function", monotonic)
        end
        local handle, why = attach(change, self, "clock")
        if not handle then
            return nil, why
        end
        self.clock = {
            handle = handle, unix_seconds = unix_seconds, monotonic = monotonic,
        }
        return true
    end

    --- Randomness from a function: called with a number, it gives that many bytes.  For
    --- tests: connections are as secret as it is.
    function config:set_random(random)
        check.type(1, "set_random", "function", random)
        local handle, why = attach(change, self, "random")
        if not handle then
            return nil, why
        end
        self.random = { handle = handle, random = random }
        return true
    end
end

return sources
