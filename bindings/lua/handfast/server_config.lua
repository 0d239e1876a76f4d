-- handfast/server_config.lua: what only servers set in a configuration: clients'
-- certificates, the ClientHello in the application's hands, sessions, pre-shared keys.

local core = require "handfast.core"
local check = require "handfast.check"
local err = require "handfast.err"
local register = require "handfast.register"

local server_config = {}

local modes = {
    none = core.HF_CLIENT_AUTH_NONE, optional = core.HF_CLIENT_AUTH_OPTIONAL,
    required = core.HF_CLIENT_AUTH_REQUIRED,
}

local options = {
    client_auth = "string", client_cafile = "string", client_cadata = "string",
    verify = "function", client_hello = "function", choose_alpn = "function",
    find_psk = "function", session_store = "table", ocsp_response = "string",
    sct_list = "string", ticket_keys = "string", ticket_count = "number",
    ticket_lifetime = "number", session_context = "string", max_early_data = "number",
    early_data_register = "function",
}

-- In this order: a response belongs to the chain that was added before.
local steps = {
    { "client_auth", "set_client_auth" }, { "client_cafile", "add_client_ca_file" },
    { "client_cadata", "add_client_ca_memory" }, { "verify", "set_verify_callback" },
    { "client_hello", "set_client_hello_callback" },
    { "choose_alpn", "set_alpn_callback" }, { "find_psk", "set_psk_callback" },
    { "session_store", "set_session_store" }, { "ocsp_response", "set_ocsp_response" },
    { "sct_list", "set_sct_list" }, { "ticket_keys", "set_ticket_keys" },
    { "ticket_count", "set_ticket_count" }, { "ticket_lifetime", "set_ticket_lifetime" },
    { "session_context", "set_session_context" }, { "max_early_data", "set_early_data" },
    { "early_data_register", "set_early_data_register" },
}

-- Functions of the configuration: their setters, where they are kept, what they answer.
-- questions.lua has what they are given and may give back.
local functions = {
    set_verify_callback = { "verify_peer", core.HF_ASK_VERDICT },
    set_client_hello_callback = { "look_at_hello", core.HF_ASK_HELLO },
    set_alpn_callback = { "choose_protocol", core.HF_ASK_PROTOCOL },
    set_psk_callback = { "find_key", core.HF_ASK_KEY },
}

local function add_functions(config, change)
    for name, place in pairs(functions) do
        config[name] = function(self, callback)
            check.type(1, name, "function", callback)
            local ok, why = change(self, "hf_questions_enable", place[2])
            if not ok then
                return nil, why
            end
            self[place[1]] = callback
            return true
        end
    end

    --- store:find(id) gives the value that store:put(id, value, lifetime) was given, or
    --- nil, or false if that is not known yet; store:remove(id) may be missing.
    function config:set_session_store(store)
        check.type(1, "set_session_store", "table", store)
        for _, method in ipairs { "find", "put" } do
            if type(store[method]) ~= "function" then
                error(("bad argument #1 to 'set_session_store' (no method '%s')")
                    :format(method), 2)
            end
        end
        local ok, why = change(self, "hf_questions_enable", core.HF_ASK_SESSION)
        if not ok then
            return nil, why
        end
        self.session_store = store
        return true
    end
end

local function add_values(config, change)
    --- "none", "optional" or "required": whether clients are asked for a certificate.
    function config:set_client_auth(mode)
        check.type(1, "set_client_auth", "string", mode)
        if not modes[mode] then
            return nil, err.of_code(core.HF_E_UNKNOWN_NAME,
                "client_auth is none, optional or required")
        end
        return change(self, "hf_config_set_client_auth", modes[mode])
    end

    for _, name in ipairs { "set_ticket_count", "set_ticket_lifetime",
        "set_early_data" } do
        config[name] = function(self, count)
            check.count(1, name, count, 0)
            return change(self, "hf_config_" .. name, count)
        end
    end
end

--- Adds the setters and options of servers; gives the steps that apply the options.
function server_config.extend(config, setter, change)
    for name, types in pairs(options) do
        config.options[name] = types
    end
    setter("add_client_ca_file", "name")
    for _, name in ipairs { "add_client_ca_memory", "set_ocsp_response", "set_sct_list",
        "set_ticket_keys", "set_session_context" } do
        setter(name, "bytes")
    end
    add_functions(config, change)
    add_values(config, change)
    register.extend(config, change)
    return steps
end

return server_config
