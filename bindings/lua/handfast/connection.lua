-- handfast/connection.lua: the contract of the C library, call by call.
--
-- The calls of the handshake and of data return C's integers, so that get_error can tell
-- what is wanted; settings return true; every failure of a setting, and every call on a
-- closed connection, is nil and an error record.

local core = require "handfast.core"
local certificate = require "handfast.certificate"
local check = require "handfast.check"
local config = require "handfast.config"
local err = require "handfast.err"
local handle = require "handfast.handle"
local protected = require "handfast.protected"
local questions = require "handfast.questions"
local register = require "handfast.register"
local sources = require "handfast.sources"
local session = require "handfast.session"

local connection = {}
connection.__index = connection
connection.__name = "handfast.connection"

-- Each read yields at most a record's plaintext.
local READ_MAX = 16384

local function closed()
    return nil, err.closed("connection")
end

-- Hands the key log lines that the last call made to the user's function.
local function tell_key_log(self)
    local key_log = self.config.key_log
    if not key_log then
        return
    end
    local lines = core.hf_key_lines_take(key_log.lines)
    for line in (lines or ""):gmatch("[^\n]+") do
        local ok, cause = protected(key_log.callback, line)
        if not ok then
            questions.complain(self, cause)
        end
    end
end

--- handfast.connection(config)
function connection.new(settings)
    if not config.is(settings) then
        check.type(1, "connection", "handfast.config", settings)
    end
    if not settings.handle then
        return nil, err.closed("configuration")
    end
    local ok, why = sources.prepare(settings)
    if not ok then
        return nil, why
    elseif not settings.handle then
        return nil, err.closed("configuration") -- by its own clock
    end
    local held = core.hf_conn_new(settings.handle)
    if not held then
        return nil, err.of_code(core.HF_E_NO_MEMORY)
    end
    return setmetatable({ handle = held, config = settings }, connection)
end

-- ---- the handshake ----

-- What is owed to the functions of the configuration after each call.
local function tell(self)
    tell_key_log(self)
    questions.settle(self)
end

-- Before each call that may need the time or randomness.
local function prepare(self)
    local ok, why = sources.prepare(self.config)
    if ok and not self.handle then
        return closed()
    end
    return ok, why
end

-- A call that may do the handshake, repeated while its questions are answered here.
local function perform(self, call, ...)
    while true do
        local ok, why = prepare(self)
        if not ok then
            return nil, why
        end
        local ret, value = register.during(self, call, ...)
        tell(self)
        if not self.handle then
            return closed()
        end
        if ret >= 0
            or not questions.answered(self, core.hf_get_error(self.handle, ret)) then
            if not self.handle then
                return closed()
            end
            return ret, value
        end
    end
end

for _, name in ipairs { "connect", "accept", "do_handshake", "shutdown" } do
    local call = core["hf_" .. name]
    connection[name] = function(self)
        if not self.handle then
            return closed()
        end
        local ret, why = perform(self, call)
        if ret == nil then
            return nil, why
        end
        return ret
    end
end

-- Calls that only look, or return a plain integer or text.
handle.looks(connection, "connection", {
    want = "hf_want", state = "hf_state_name", pending = "hf_pending",
    get_shutdown = "hf_get_shutdown", get_fd = "hf_conn_get_fd",
    drain_pending = "hf_conn_drain_pending", get_options = "hf_conn_get_options",
    verify_result = "hf_conn_verify_result",
    early_data_status = "hf_conn_early_data_status", bytes_in = "hf_conn_bytes_in",
    bytes_out = "hf_conn_bytes_out", json = "hf_conn_json",
    trace_json = "hf_trace_json",
})

-- Questions: true or false.
for _, name in ipairs { "in_init", "in_before", "is_init_finished", "has_pending" } do
    connection[name] = function(self)
        if not self.handle then
            return closed()
        end
        return core["hf_" .. name](self.handle) == 1
    end
end

--- What the last call wants, given the value that it returned: handfast.ERROR.*
function connection:get_error(ret)
    check.type(1, "get_error", "number", ret)
    if not self.handle then
        return closed()
    end
    return core.hf_get_error(self.handle, ret)
end

-- ---- settings ----

local function status(ret)
    if ret == 1 then
        return true
    end
    return nil, err.of_code(ret)
end

for method, name in pairs {
    set_connect_state = "hf_set_connect_state", set_accept_state = "hf_set_accept_state",
    use_memory = "hf_conn_use_memory", feed_eof = "hf_conn_feed_eof",
    disable_hostname_check = "hf_conn_disable_hostname_check",
    allow_early_data = "hf_conn_allow_early_data",
} do
    connection[method] = function(self)
        if not self.handle then
            return closed()
        end
        return status(core[name](self.handle))
    end
end

--- Ready for another handshake.
function connection:clear()
    if not self.handle then
        return closed()
    end
    core.hf_answers_clear(self.handle)
    self.cause, self.complaint = nil, nil
    return status(core.hf_clear(self.handle))
end

--- A certificate chain to show in place of the configuration's, and its private key.
function connection:use_certificate_chain_memory(bytes)
    check.type(1, "use_certificate_chain_memory", "string", bytes)
    if not self.handle then
        return closed()
    end
    return status(core.hf_conn_use_certificate_chain_memory(self.handle, bytes))
end

function connection:use_private_key_memory(bytes, password)
    check.type(1, "use_private_key_memory", "string", bytes)
    check.type(2, "use_private_key_memory", "string", password, true)
    if not self.handle then
        return closed()
    end
    local why = err.zero_byte(password)
    if why then
        return nil, why
    end
    return status(core.hf_conn_use_private_key_memory(self.handle, bytes, password))
end

--- A key of 16 to 255 bytes that both sides were given, never a password, and the name by
--- which the server finds it; hash is "SHA256", unless said otherwise, or "SHA384".  nil
--- removes it.  RFC 8446 4.2.11
function connection:set_psk(identity, key, hash)
    check.type(1, "set_psk", "string", identity, true)
    check.type(2, "set_psk", "string", key, identity == nil)
    check.type(3, "set_psk", "string", hash, true)
    if not self.handle then
        return closed()
    end
    local why = err.zero_byte(hash)
    if why then
        return nil, why
    end
    return status(core.hf_conn_set_psk(self.handle, identity, key or "", hash))
end

--- While WANT_ASYNC asks for a signature: the SignatureScheme of RFC 8446 4.2.3 and what
--- is to be signed; nil otherwise.
function connection:sign_request()
    if not self.handle then
        return closed()
    end
    local scheme, content = core.hf_conn_get0_sign_request(self.handle)
    if content then
        return scheme, content
    end
end

--- The signature; then repeat the call.
function connection:provide_signature(bytes)
    check.type(1, "provide_signature", "string", bytes)
    if not self.handle then
        return closed()
    end
    return status(core.hf_conn_provide_signature(self.handle, bytes))
end

for _, name in ipairs { "set_hostname", "add_hostname", "set_server_name" } do
    connection[name] = function(self, host)
        check.type(1, name, "string", host)
        if not self.handle then
            return closed()
        end
        if host:find("\0", 1, true) then
            return nil, err.of_code(core.HF_E_INVALID_HOSTNAME, "it has a zero byte")
        end
        return status(core["hf_conn_" .. name](self.handle, host))
    end
end

for _, name in ipairs { "set_fd", "set_rfd", "set_wfd" } do
    connection[name] = function(self, fd)
        check.count(1, name, fd, -2 ^ 31)
        if not self.handle then
            return closed()
        end
        return status(core["hf_conn_" .. name](self.handle, fd))
    end
end

for _, name in ipairs { "set_options", "clear_options" } do
    connection[name] = function(self, options)
        check.count(1, name, options, 0)
        if not self.handle then
            return closed()
        end
        return core["hf_conn_" .. name](self.handle, options)
    end
end

--- One application protocol for this connection, behind those added before.
function connection:add_alpn(name)
    check.type(1, "add_alpn", "string", name)
    if not self.handle then
        return closed()
    end
    return status(core.hf_conn_add_alpn(self.handle, name))
end

--- The longest that the handshake may take, in milliseconds; 0 is no limit.
function connection:set_handshake_timeout(milliseconds)
    check.count(1, "set_handshake_timeout", milliseconds, 0)
    if not self.handle then
        return closed()
    end
    return status(core.hf_conn_set_handshake_timeout(self.handle, milliseconds))
end

--- Records the next handshake and what follows it into a new file, for the command
-- `handfast replay`.  The file holds the connection's secrets: treat it like a private
-- key.  It is whole after record_end, clear or close; one that exists is not overwritten.
function connection:record(path)
    check.type(1, "record", "string", path)
    if not self.handle then
        return closed()
    end
    local why = err.zero_byte(path)
    if why then
        return nil, why
    end
    return status(core.hf_conn_record_file(self.handle, path))
end

--- Ends the recording; an error if it could not be written whole.
function connection:record_end()
    if not self.handle then
        return closed()
    end
    return status(core.hf_conn_record_end(self.handle))
end

--- The session to resume: an object, its bytes, or nil for none.
function connection:set_session(value)
    if value ~= nil and type(value) ~= "string" and not session.is(value) then
        check.type(1, "set_session", "handfast.session", value)
    end
    if not self.handle then
        return closed()
    end
    if type(value) == "string" then
        local loaded, why = self.config:load_session(value)
        if not loaded then
            return nil, why
        end
        value = loaded
    end
    if value and not value.handle then
        return nil, err.closed("session")
    end
    return status(core.hf_conn_set_session(self.handle, value and value.handle))
end

--- The newest session that the server's tickets made; nil if none yet.
function connection:session()
    if not self.handle then
        return closed()
    end
    local held = core.hf_conn_get1_session(self.handle)
    return held and session(held)
end

-- ---- data ----

for _, name in ipairs { "read", "peek" } do
    local call = core["hf_" .. name]
    --- C's integer, and the bytes if it is 1.
    connection[name] = function(self, size)
        size = check.count(1, name, size, 0, true) or READ_MAX
        if not self.handle then
            return closed()
        end
        local ret, bytes = perform(self, call, size)
        if ret == 1 or ret == nil then
            return ret, bytes
        end
        return ret
    end
end

--- C's integer, and how many bytes were accepted.
function connection:write(bytes)
    check.type(1, "write", "string", bytes)
    if not self.handle then
        return closed()
    end
    return perform(self, core.hf_write, bytes)
end

--- Sends bytes along with the first flight: whoever records them can repeat them.  C's
--- integer, and how many were sealed.  Afterwards early_data_status() tells what became
--- of them, handfast.EARLY_DATA.*; what was rejected must be written again.
function connection:write_early_data(bytes)
    check.type(1, "write_early_data", "string", bytes)
    if not self.handle then
        return closed()
    end
    local ok, why = prepare(self)
    if not ok then
        return nil, why
    end
    local ret, written = register.during(self, core.hf_write_early_data, bytes)
    tell(self)
    if not self.handle then
        return closed()
    end
    return ret, written
end

--- How many of the bytes that came from the peer were taken.
function connection:feed(bytes)
    check.type(1, "feed", "string", bytes)
    if not self.handle then
        return closed()
    end
    local ret, taken = core.hf_conn_feed(self.handle, bytes)
    if ret ~= 1 then
        return nil, err.of_code(ret)
    end
    return taken
end

--- Bytes that must go to the peer, "" if there are none: at most max, or all of them.
function connection:drain(max)
    check.count(1, "drain", max, 0, true)
    if not self.handle then
        return closed()
    end
    local parts, left = {}, max or math.huge
    repeat
        local ret, bytes = core.hf_conn_drain(self.handle, math.min(left, READ_MAX))
        if ret ~= 1 then
            return nil, err.of_code(ret)
        end
        parts[#parts + 1] = bytes
        left = left - #bytes
    until #bytes == 0 or left <= 0
    return #parts == 1 and parts[1] or table.concat(parts)
end

-- ---- closing ----

function connection:set_shutdown(mode)
    check.count(1, "set_shutdown", mode, 0)
    if not self.handle then
        return closed()
    end
    core.hf_set_shutdown(self.handle, mode)
    return true
end

-- close() wipes secrets and releases everything; it sends nothing.
handle.closes(connection)

-- ---- keys, and what was agreed ----

--- New sending keys; with request, the peer's as well.
function connection:key_update(request)
    if not self.handle then
        return closed()
    end
    local ok, why = prepare(self)
    if not ok then
        return nil, why
    end
    return status(core.hf_key_update(self.handle, request and 1 or 0))
end

--- `size` bytes of keying material, RFC 8446 7.5 and RFC 5705: in TLS 1.2 no context is
--- another one than "".
function connection:export_keying_material(label, size, context)
    check.type(1, "export_keying_material", "string", label)
    check.count(2, "export_keying_material", size, 0)
    check.type(3, "export_keying_material", "string", context, true)
    if not self.handle then
        return closed()
    end
    if size > READ_MAX then
        return nil, err.of_code(core.HF_E_INVALID_ARGUMENT, "more than 16384 bytes")
    end
    local ret, bytes = core.hf_export_keying_material(self.handle, label, context,
        size)
    if ret ~= 1 then
        return nil, err.of_code(ret)
    end
    return bytes
end

--- The error record: why the connection failed; nil while nothing has.
function connection:error()
    if not self.handle then
        return err.closed("connection")
    end
    local found = err.of_connection(self.handle)
    if found then
        found.cause = sources.cause(self.config, found.code)
        if found.cause == nil then
            found.cause = self.cause
        end
    end
    return found
end

--- What the first function of the configuration raised, or gave behind nil, since the
--- connection was made or cleared: also those that a connection does not fail for, the
--- key log's and the store's.  nil if none failed.
function connection:callback_error()
    if not self.handle then
        return closed()
    end
    if self.cause ~= nil then
        return self.cause
    end
    return self.complaint
end

--- What the server demands of our certificate, and what was answered, as in errors; nil
-- if it asks for none.
function connection:certificate_demand()
    if not self.handle then
        return closed()
    end
    return err.certificate_demand(self.handle)
end

--- The messages of the handshake: time, direction, size.
function connection:timeline()
    if not self.handle then
        return closed()
    end
    return err.timeline(self.handle)
end

--- The peer's certificates as sent, the leaf first.
function connection:certificates()
    if not self.handle then
        return closed()
    end
    local list = {}
    for index = 0, core.hf_conn_peer_certificate_count(self.handle) - 1 do
        local der = core.hf_conn_get0_peer_der(self.handle, index)
        list[#list + 1] = certificate(der)
    end
    return list
end

-- Bytes, DER and a list as TLS writes it; nil if none came, and after a resumption.
handle.looks(connection, "connection", {
    ocsp_response = "hf_conn_get0_ocsp_response", sct_list = "hf_conn_get0_sct_list",
})

local function agreed(number, name)
    if number ~= 0 then
        return name
    end
end

local function shown(index)
    if index >= 0 then
        return index
    end
end

--- What was agreed, as a table.
function connection:info()
    local held = self.handle
    if not held then
        return closed()
    end
    return {
        version = agreed(core.hf_conn_version(held), core.hf_conn_version_name(held)),
        cipher_suite = agreed(core.hf_conn_cipher_suite(held),
            core.hf_conn_cipher_suite_name(held)),
        group = agreed(core.hf_conn_group(held), core.hf_conn_group_name(held)),
        signature_algorithm = agreed(core.hf_conn_signature_algorithm(held),
            core.hf_conn_signature_algorithm_name(held)),
        alpn = core.hf_conn_get0_alpn(held),
        session_reused = core.hf_conn_session_reused(held) == 1,
        psk_used = core.hf_conn_psk_used(held) == 1,
        hello_retried = core.hf_conn_hello_retried(held) == 1,
        certificate_requested = core.hf_conn_certificate_requested(held) == 1,
        certificate_sent = core.hf_conn_certificate_sent(held) == 1,
        certificate_index = shown(core.hf_conn_certificate_index(held)),
        verify_result = core.hf_conn_verify_result(held),
        bytes_in = core.hf_conn_bytes_in(held),
        bytes_out = core.hf_conn_bytes_out(held),
        certificates = self:certificates(),
    }
end

require("handfast.server_connection")(connection, perform, status, closed)

return connection
