-- handfast/protected.lua: calls of functions that are not ours, which may raise and may
-- yield.

-- In Lua 5.1 nothing yields across pcall: the function gets a coroutine of its own there,
-- whose yields are passed on.
local needs_thread = _VERSION == "Lua 5.1" and not rawget(_G, "jit")

local resume, yield, status = coroutine.resume, coroutine.yield, coroutine.status

local function relay(thread, ok, ...)
    if not ok or status(thread) == "dead" then
        return ok, ...
    end
    return relay(thread, resume(thread, yield(...)))
end

local function in_thread(call, ...)
    if not coroutine.running() then
        return pcall(call, ...)
    end
    local thread = coroutine.create(function(...)
        return call(...)
    end)
    return relay(thread, resume(thread, ...))
end

--- As pcall.
return needs_thread and in_thread or pcall
