-- handfast/config.lua: settings that connections share.

local core = require "handfast.core"
local check = require "handfast.check"
local err = require "handfast.err"
local handle = require "handfast.handle"
local server_config = require "handfast.server_config"
local sources = require "handfast.sources"

local config = {}
config.__index = config
config.__name = "handfast.config"

-- What handfast.config{} takes.
config.options = {
    cafile = "string", capath = "string", cadata = "string", system_trust = "boolean",
    crlfile = "string", crldata = "string", crl_rules = "number",
    certfile = "string", certdata = "string", keyfile = "string", keydata = "string",
    password = "string", choose = "function", sign = "function",
    on_session = "function",
    versions = "string|table", groups = "string|table", cipher_suites = "string|table",
    signature_algorithms = "string|table", alpn = "string|table",
    certificate_compression = "string|table", memory_limit = "number",
    options = "number", record_size_limit = "number", record_padding = "number",
    profile = "string", signature_memory = "number", handshake_timeout = "number",
    keylog = "string|function", record_size = "number",
    signing_algorithms = "string|table", require_listed_authority = "boolean",
    disable_certificate_verification = "boolean", disable_hostname_check = "boolean",
}

-- 1, or a code and the library's own words on it.
local function outcome(self, status)
    if status == 1 then
        return true
    end
    return nil, err.of_code(status, core.hf_config_last_message(self.handle))
end

local function open(self)
    if self.handle then
        return true
    end
    return nil, err.closed("configuration")
end

-- A setting by its name in C.
local function change(self, name, ...)
    local ok, why = open(self)
    if not ok then
        return nil, why
    end
    return outcome(self, core[name](self.handle, ...))
end

local function setter(name, with_text)
    local call = core["hf_config_" .. name]
    config[name] = function(self, value)
        if with_text then
            check.type(1, name, "string", value)
        end
        local ok, why = open(self)
        if not ok then
            return nil, why
        end
        why = with_text == "name" and err.zero_byte(value)
        if why then
            return nil, why
        end
        if with_text then
            return outcome(self, call(self.handle, value))
        end
        return outcome(self, call(self.handle))
    end
end

for _, name in ipairs { "add_trust_file", "add_trust_dir", "add_crl_file", "set_versions",
    "use_certificate_chain_file",
    "set_groups", "set_cipher_suites", "set_signature_algorithms",
    "set_signing_algorithms", "set_certificate_compression", "set_key_log_file",
    "set_profile" } do
    setter(name, "name")
end
setter("add_trust_memory", "bytes")
setter("add_crl_memory", "bytes")
setter("use_certificate_chain_memory", "bytes")
setter("add_alpn", "bytes")
for _, name in ipairs { "add_trust_system", "disable_certificate_verification",
    "disable_hostname_check", "clear_alpn", "require_listed_authority" } do
    setter(name)
end

-- The private key of the chain that was added last.
for _, name in ipairs { "use_private_key_file", "use_private_key_memory" } do
    config[name] = function(self, value, password)
        check.type(1, name, "string", value)
        check.type(2, name, "string", password, true)
        local ok, why = open(self)
        if not ok then
            return nil, why
        end
        why = err.zero_byte((name:find("file") and value or "") .. (password or ""))
        if why then
            return nil, why
        end
        return outcome(self, core["hf_config_" .. name](self.handle, value, password))
    end
end

-- A function that the library asks or tells something; it is kept in that field.
local function asker(name, field, question)
    config[name] = function(self, callback)
        check.type(1, name, "function", callback)
        local ok, why = change(self, "hf_questions_enable", question)
        if not ok then
            return nil, why
        end
        self[field] = callback
        return true
    end
end

--- choose(connection) is called when a server asks for a certificate; it may give the
--- connection one.  If it returns false, it has not decided yet: the call ends with
--- WANT_X509_LOOKUP, and a repetition calls it again.
asker("set_certificate_callback", "choose", core.HF_ASK_CERTIFICATE)

--- sign(connection, scheme, content) signs for chains without a private key.  If it
--- returns nil, the signature comes later: the call ends with WANT_ASYNC until
--- connection:provide_signature().
asker("set_sign_function", "sign", core.HF_ASK_SIGNATURE)

--- on_session(connection, session) is called for each session that a server's ticket
--- makes, after the call that read it; connection:session() has the newest all the same.
asker("set_session_callback", "on_session", core.HF_TELL_SESSIONS)

-- Numbers: the time limit of a handshake in milliseconds; the most bytes of a record that
-- the peer sends, RFC 8449; the most content of those that we send; what records are
-- padded to a multiple of; how many signatures of certificates are remembered; the sum of
-- handfast.CRL.*.
for _, name in ipairs { "set_handshake_timeout", "set_record_size_limit",
    "set_record_size", "set_record_padding", "set_signature_memory",
    "set_crl_rules" } do
    config[name] = function(self, count)
        check.count(1, name, count, 0)
        return change(self, "hf_config_" .. name, count)
    end
end

--- Whether other libraries may replace some of nettle's primitives; they do by default.
function config:set_acceleration(enabled)
    check.type(1, "set_acceleration", "boolean", enabled)
    return change(self, "hf_config_set_acceleration", enabled and 1 or 0)
end

local server_steps = server_config.extend(config, setter, change)
sources.extend(config, function(self, kind, source)
    local ok, why = open(self)
    if not ok then
        return nil, why
    end
    return outcome(self, core["hf_sources_attach_" .. kind](source, self.handle))
end)

--- The function receives each line of the key log after the call that made it.
function config:set_key_log(callback)
    check.type(1, "set_key_log", "function", callback)
    local ok, why = open(self)
    if not ok then
        return nil, why
    end
    local lines = core.hf_key_lines_new()
    if not lines then
        return nil, err.of_code(core.HF_E_NO_MEMORY)
    end
    ok, why = outcome(self, core.hf_key_lines_attach(lines, self.handle))
    if not ok then
        return nil, why
    end
    self.key_log = { lines = lines, callback = callback }
    return true
end

for _, name in ipairs { "set_options", "clear_options" } do
    config[name] = function(self, options)
        check.count(1, name, options, 0)
        local ok, why = open(self)
        if not ok then
            return nil, why
        end
        return core["hf_config_" .. name](self.handle, options)
    end
end

handle.looks(config, "configuration", {
    get_options = "hf_config_get_options",
    trust_count = "hf_config_trust_count", crl_count = "hf_config_crl_count",
    memory_used = "hf_config_memory_used", memory_peak = "hf_config_memory_peak",
})

--- The option memory_limit, in bytes; nil without.
function config:memory_limit()
    local ok, why = open(self)
    if not ok then
        return nil, why
    end
    local limit = core.hf_config_memory_limit(self.handle)
    if limit > 0 then
        return limit
    end
end

--- A session from the bytes of session:serialize().
function config:load_session(bytes)
    check.type(1, "load_session", "string", bytes)
    local ok, why = open(self)
    if not ok then
        return nil, why
    end
    local held = core.hf_session_parse(self.handle, bytes)
    if not held then
        return nil, err.of_code(core.HF_E_SESSION_UNUSABLE, "its bytes cannot be read")
    end
    return require("handfast.session")(held)
end

--- A new connection; the settings are fixed from here on.
function config:connection()
    return require("handfast.connection").new(self)
end

-- close() lets go of the settings; connections made from them live on.
handle.closes(config)

-- "a:b" for { "a", "b" }.
local function joined(names)
    return type(names) == "table" and table.concat(names, ":") or names
end

local function listed(names)
    return type(names) == "table" and names or { names }
end

local steps = {
    { "cafile", "add_trust_file" }, { "capath", "add_trust_dir" },
    { "cadata", "add_trust_memory" }, { "certfile", "use_certificate_chain_file" },
    { "certdata", "use_certificate_chain_memory" },
    { "choose", "set_certificate_callback" }, { "sign", "set_sign_function" },
    { "on_session", "set_session_callback" },
    { "profile", "set_profile" }, { "crlfile", "add_crl_file" },
    { "crldata", "add_crl_memory" },
    { "versions", "set_versions", joined },
    { "groups", "set_groups", joined },
    { "cipher_suites", "set_cipher_suites", joined },
    { "signature_algorithms", "set_signature_algorithms", joined },
    { "certificate_compression", "set_certificate_compression", joined },
    { "signing_algorithms", "set_signing_algorithms", joined },
}
for _, step in ipairs(server_steps) do
    steps[#steps + 1] = step
end
local switches = {
    { "system_trust", "add_trust_system" },
    { "disable_certificate_verification", "disable_certificate_verification" },
    { "disable_hostname_check", "disable_hostname_check" },
    { "require_listed_authority", "require_listed_authority" },
}

local function apply_steps(self, options)
    for _, step in ipairs(steps) do
        local value = options[step[1]]
        if value ~= nil then
            local ok, why = self[step[2]](self, step[3] and step[3](value) or value)
            if not ok then
                return nil, why
            end
        end
    end
    for _, name in ipairs(listed(options.alpn)) do
        local ok, why = self:add_alpn(name)
        if not ok then
            return nil, why
        end
    end
    return true
end

-- The key in the file of the chain, where none is named and nobody else signs; that there
-- is none is no error here: setters may still bring one.
local function apply_key_beside(self, options)
    local path = options.certfile
    if not path or options.keyfile or options.keydata or options.sign then
        return true
    end
    local ok, why = self:use_private_key_file(path, options.password)
    if ok or why.name == "NO_PRIVATE_KEY_IN_INPUT" then
        return true
    end
    local file = io.open(path, "rb")
    local first = file and file:read(1)
    if file then
        file:close()
    end
    if first == "\48" then -- DER, which is one certificate and no more
        return true
    end
    return nil, why
end

local function apply_keys(self, options)
    for _, name in ipairs { "file", "memory" } do
        local value = options[name == "file" and "keyfile" or "keydata"]
        if value then
            local use = self["use_private_key_" .. name]
            local ok, why = use(self, value, options.password)
            if not ok then
                return nil, why
            end
        end
    end
    return apply_key_beside(self, options)
end

local function apply(self, options)
    local ok, why = apply_steps(self, options)
    if ok then
        ok, why = apply_keys(self, options)
    end
    for _, switch in ipairs(switches) do
        if ok and options[switch[1]] then
            ok, why = self[switch[2]](self)
        end
    end
    if ok and options.options then
        self:set_options(options.options)
    end
    for _, name in ipairs { "record_size_limit", "record_size", "record_padding",
        "signature_memory", "crl_rules" } do
        if ok and options[name] then
            ok, why = self["set_" .. name](self, options[name])
        end
    end
    if ok and options.handshake_timeout then
        ok, why = self:set_handshake_timeout(math.ceil(options.handshake_timeout * 1000))
    end
    if ok and type(options.keylog) == "string" then
        ok, why = self:set_key_log_file(options.keylog)
    elseif ok and options.keylog then
        ok, why = self:set_key_log(options.keylog)
    end
    return ok, why
end

--- handfast.config{...}: a configuration, or nil and an error record.
function config.new(options)
    options = check.options(1, "config", config.options, options)
    local limit = options.memory_limit
    if limit then
        check.count(1, "memory_limit", limit, 0)
    end
    local held
    if limit then
        held = core.hf_config_new_limited(limit)
    else
        held = core.hf_config_new()
    end
    if not held then
        return nil, err.of_code(core.HF_E_NO_MEMORY)
    end
    local self = setmetatable({ handle = held }, config)
    local ok, why = apply(self, options)
    if not ok then
        self:close()
        return nil, why
    end
    return self
end

--- Whether a value is a configuration.
function config.is(value)
    return getmetatable(value) == config
end

-- Configurations by their options, so that roots are loaded once.
local kept, kept_count = {}, 0
local KEPT_MAX = 64

local function key_of(options)
    local parts = {}
    for name in pairs(config.options) do
        local value = options[name]
        if type(value) == "function" or name == "session_store" and value then
            return nil
        end
        if value ~= nil then
            value = type(value) == "table" and table.concat(value, "\1")
                or tostring(value)
            parts[#parts + 1] = name .. "\0" .. value
        end
    end
    table.sort(parts)
    return table.concat(parts, "\2")
end

--- A configuration for these options, made once and kept, at most 64 of them.
function config.shared(options)
    local key = key_of(options)
    if key and kept[key] then
        return kept[key], nil, key
    end
    local own = {}
    for name in pairs(config.options) do
        own[name] = options[name]
    end
    local made, why = config.new(own)
    if made and key then
        if kept_count >= KEPT_MAX then
            kept, kept_count = {}, 0
        end
        kept[key], kept_count = made, kept_count + 1
    end
    return made, why, key
end

return config
