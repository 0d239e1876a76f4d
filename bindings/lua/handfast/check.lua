-- handfast/check.lua: wrong argument types raise, here and nowhere else.

local check = {}

-- Raises in the name of the function that the user called, `level` frames up.
local function refuse(index, name, expected, value, level)
    local got = value == nil and "nil" or type(value)
    error(("bad argument #%d to '%s' (%s expected, got %s)")
        :format(index, name, expected, got), level + 2)
end

--- The value, if it has that type; `optional` lets nil through.
function check.type(index, name, expected, value, optional)
    if type(value) ~= expected and not (optional and value == nil) then
        refuse(index, name, expected, value, 2)
    end
    return value
end

--- A whole number from min on.
function check.count(index, name, value, min, optional)
    if optional and value == nil then
        return value
    end
    if type(value) ~= "number" or value ~= math.floor(value) or value < (min or 0)
        or value >= 2 ^ 53 then
        refuse(index, name, "whole number", value, 2)
    end
    return value
end

--- What several modules take, in one table for check.options.
function check.known(...)
    local known = {}
    for _, options in ipairs { ... } do
        for name, types in pairs(options) do
            known[name] = types
        end
    end
    return known
end

--- A table whose keys are all in `known`, with values of the types that it names
--- ("string|table"): a misspelt option must not pass in silence.
function check.options(index, name, known, value)
    if value == nil then
        return {}
    end
    if type(value) ~= "table" then
        refuse(index, name, "table", value, 2)
    end
    for key, given in pairs(value) do
        local types = known[key]
        if not types then
            error(("bad argument #%d to '%s' (unknown option '%s')")
                :format(index, name, tostring(key)), 3)
        end
        if not ("|" .. types .. "|"):find("|" .. type(given) .. "|", 1, true) then
            error(("bad argument #%d to '%s' (option '%s': %s expected, got %s)")
                :format(index, name, key, (types:gsub("|", " or ")), type(given)), 3)
        end
    end
    return value
end

return check
