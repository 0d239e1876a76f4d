-- handfast/verify.lua: is a chain of certificates to be trusted?  Without a connection.

local core = require "handfast.core"
local certificate = require "handfast.certificate"
local check = require "handfast.check"
local config = require "handfast.config"
local err = require "handfast.err"
local sources = require "handfast.sources"

local purposes = { server = core.HF_PURPOSE_SERVER, client = core.HF_PURPOSE_CLIENT }

-- What handfast.verify takes beside the settings of handfast.config.
local known = {
    config = "table", hostname = "string", time = "number", purpose = "string",
}
for name, types in pairs(config.options) do
    known[name] = types
end

local function settings_of(options)
    if options.config then
        if not config.is(options.config) then
            error("bad argument #2 to 'verify' (option 'config' is no configuration)", 4)
        end
        if not options.config.handle then
            return nil, err.closed("configuration")
        end
        return options.config
    end
    return config.shared(options)
end

local function prepare(handle, certificates, options)
    for _, bytes in ipairs(certificates) do
        local status = core.hf_verify_add(handle, bytes)
        if status ~= 1 then
            return status
        end
    end
    for _, name in ipairs { "hostname", "profile", "time", "purpose" } do
        local value = options[name]
        if type(value) == "string" and value:find("\0", 1, true) then
            return core.HF_E_INVALID_ARGUMENT
        end
        if value ~= nil then
            value = name == "purpose" and purposes[value] or value
            local status = core["hf_verify_set_" .. name](handle, value)
            if status ~= 1 then
                return status
            end
        end
    end
    return 1
end

local function path_of(handle)
    local path = {}
    for place = 0, core.hf_verify_path_length(handle) - 1 do
        path[place + 1] = certificate(core.hf_verify_get0_path_der(handle, place))
    end
    return path
end

local function run(handle, certificates, options)
    local status = prepare(handle, certificates, options)
    if status ~= 1 then
        return nil, err.of_code(status)
    end
    status = core.hf_verify_run(handle)
    if status == 1 then
        return path_of(handle)
    end
    return nil, err.of_verification(handle) or err.of_code(status), path_of(handle)
end

--- handfast.verify(certificates, options): the path to a trusted root, as tables like
--- those of stream:certificates(); or nil, an error record, and how far the path came.
return function(certificates, options)
    if type(certificates) == "string" then
        certificates = { certificates }
    end
    check.type(1, "verify", "table", certificates)
    for _, bytes in ipairs(certificates) do
        check.type(1, "verify", "string", bytes)
    end
    options = check.options(2, "verify", known, options)
    if options.purpose and not purposes[options.purpose] then
        error("bad argument #2 to 'verify' (option 'purpose': server or client)", 2)
    end
    if options.time then
        check.count(2, "verify", options.time, -2 ^ 53)
    end
    local settings, why = settings_of(options)
    if not settings then
        return nil, why
    end
    local ready
    ready, why = sources.prepare(settings)
    if not ready then
        return nil, why
    end
    local handle = core.hf_verify_new(settings.handle)
    if not handle then
        return nil, err.of_code(core.HF_E_NO_MEMORY)
    end
    local path, partial
    path, why, partial = run(handle, certificates, options)
    core.close(handle)
    return path, why, partial
end
