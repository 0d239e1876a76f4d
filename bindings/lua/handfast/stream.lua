-- handfast/stream.lua: reading and writing whole things over a connection.
--
-- A carrier moves the ciphertext and knows how to wait; LuaSocket's and nginx's differ
-- in nothing else.  It has:
--   carrier:flush(conn)       sends what waits to be sent: true, or nil, err
--   carrier:wait(conn, want)  returns true when the call is worth repeating, or nil, err
--   carrier:begin()           a new operation: its time limit starts now
--   carrier:close()

local core = require "handfast.core"
local check = require "handfast.check"
local err = require "handfast.err"

local stream = {}

-- What a stream's connection takes beside the settings of a configuration.
stream.options = { session = "string|table", servername = "string", psk = "table",
    early_data = "string" }
stream.__index = stream
stream.__name = "handfast.stream"

-- The same of a server's.
stream.server_options = { early_data = "boolean" }

local CHUNK = 16384

-- Whose time limit is the handshake's.
local handshakes = { connect = true, accept = true, read_early_data = true }
local waits = {
    [core.HF_ERROR_WANT_X509_LOOKUP] = "certificate",
    [core.HF_ERROR_WANT_ASYNC] = "signature, by the key in keyfile or by sign,",
    [core.HF_ERROR_WANT_CLIENT_HELLO_CB] = "answer about the ClientHello",
    [core.HF_ERROR_WANT_RETRY_VERIFY] = "verdict on the certificate",
}

-- ---- one call of the contract, repeated until it is done ----

local function failure(conn)
    return conn:error() or err.of_code(core.HF_E_INTERNAL, "no record was left")
end

local function ended(conn)
    local why = conn:error()
    if why and why.class == core.HF_ERROR_ZERO_RETURN then
        return why
    end
    return err.of_code(core.HF_E_CLOSE_NOTIFY_RECEIVED)
end

-- Out of time in the handshake: the connection itself knows best how far it came.
local function handshake_timed_out(conn)
    local ret = conn:do_handshake()
    local want = conn:get_error(ret)
    if want == core.HF_ERROR_SSL or want == core.HF_ERROR_SYSCALL then
        return failure(conn)
    end
    return err.of_code(core.HF_E_DEADLINE_EXCEEDED, nil, conn:state())
end

-- The call's positive result and its value, or nil and an error record.
local function perform(self, method, argument)
    local conn, carrier = self.conn, self.carrier
    if not conn then
        return nil, err.closed("stream")
    end
    while true do
        local ret, value = conn[method](conn, argument)
        if ret == nil then
            return nil, value
        end
        local want = conn:get_error(ret)
        local sent, why = carrier:flush(conn)
        if want == core.HF_ERROR_NONE then
            -- What was read is good even if an answer to it could not be sent.
            if not sent and method ~= "read" then
                return nil, why
            end
            return ret, value
        elseif want == core.HF_ERROR_ZERO_RETURN then
            return nil, ended(conn)
        elseif waits[want] then
            return nil, err.of_code(core.HF_E_CALLBACK_FAILED,
                "a stream needs the " .. waits[want] .. " at once")
        elseif want ~= core.HF_ERROR_WANT_READ and want ~= core.HF_ERROR_WANT_WRITE then
            return nil, failure(conn)
        end
        local ready
        if sent then
            ready, why = carrier:wait(conn, want)
        end
        if not ready then
            if why.name == "TIMEOUT" and handshakes[method] then
                why = handshake_timed_out(conn)
            end
            return nil, why
        end
    end
end

-- ---- making one ----

-- psk: { identity, key [, hash] }
local function prepare(conn, options, host)
    local ok, why = conn:set_hostname(options.servername or host)
    if ok and options.session then
        ok, why = conn:set_session(options.session)
    end
    if ok and options.psk then
        ok, why = conn:set_psk(options.psk[1], options.psk[2], options.psk[3])
    end
    if ok and options.early_data then
        ok, why = conn:allow_early_data()
    end
    if ok and options.early_data then
        ok, why = conn:set_connect_state()
    end
    return ok, why
end

-- As many bytes as the session allows, with the first flight; how many those were.  Where
-- none may be sent, and where the connection fails, the handshake goes on to tell.
local function send_early(self, bytes)
    local sent = 0
    while sent < #bytes do
        local ret, count = self.conn:write_early_data(bytes:sub(sent + 1))
        if ret ~= 1 then
            return sent
        end
        sent = sent + count
        if not self.carrier:flush(self.conn) then
            return sent
        end
    end
    return sent
end

-- What did not go early goes now, so that the server has all of it, once.
local function send_rest(self, bytes, sent)
    if self.conn:early_data_status() == core.HF_EARLY_DATA_REJECTED then
        sent = 0
    end
    if sent == #bytes then
        return true
    end
    local written, why = self:write(bytes:sub(sent + 1))
    return written and true, why
end

--- A stream over a fresh connection: settings of `options`, then the handshake.
function stream.open(class, conn, carrier, host, options)
    local self = setmetatable({ conn = conn, carrier = carrier, buffer = "" }, class)
    local early, sent = options.early_data or "", 0
    local ok, why = prepare(conn, options, host)
    if ok then
        carrier:begin()
        sent = send_early(self, early)
        ok, why = perform(self, "connect")
    end
    if ok then
        ok, why = send_rest(self, early, sent)
    end
    if not ok then
        conn:close()
        carrier:close()
        return nil, why
    end
    return self
end

-- What a client sends with its first flight, all of it: the configuration's tickets tell
-- it how much that may be.
local function take_early(self)
    local parts = {}
    local ok, why = self.conn:set_accept_state()
    if ok then
        ok, why = self.conn:allow_early_data()
    end
    while ok do
        local bytes
        ok, bytes = perform(self, "read_early_data")
        if not ok then
            why = bytes
        elseif bytes == "" then
            self.early = table.concat(parts)
            return true
        else
            parts[#parts + 1] = bytes
        end
    end
    return nil, why
end

--- A stream over a fresh connection, as the server.
function stream.accept(class, conn, carrier, options)
    local self = setmetatable({ conn = conn, carrier = carrier, buffer = "" }, class)
    local ok, why = true, nil
    carrier:begin()
    if options.early_data then
        ok, why = take_early(self)
    end
    if ok then
        ok, why = perform(self, "accept")
    end
    if not ok then
        conn:close()
        carrier:close()
        return nil, why
    end
    return self
end

--- What a server's option early_data took: bytes that anybody may have recorded and sent
--- again; "" if there were none.
function stream:early_data()
    if not self.conn then
        return nil, err.closed("stream")
    end
    return self.early or ""
end

--- Ends the connection at once with a fatal alert, and closes.
function stream:abort(alert)
    check.count(1, "abort", alert, 0)
    local conn, carrier = self.conn, self.carrier
    if not conn then
        return nil, err.closed("stream")
    end
    carrier:begin()
    local ok, why = perform(self, "abort", alert)
    self.conn, self.carrier, self.buffer = nil, nil, ""
    conn:close()
    carrier:close()
    if not ok then
        return nil, why
    end
    return true
end

--- What became of the option early_data: handfast.EARLY_DATA.*.
function stream:early_data_status()
    if not self.conn then
        return nil, err.closed("stream")
    end
    return self.conn:early_data_status()
end

-- ---- reading ----

--- Bytes as they come, 1 to max of them.
function stream:read_some(max)
    max = check.count(1, "read_some", max, 1, true) or CHUNK
    if not self.conn then
        return nil, err.closed("stream")
    end
    if self.buffer ~= "" then
        local bytes = self.buffer:sub(1, max)
        self.buffer = self.buffer:sub(max + 1)
        return bytes
    end
    self.carrier:begin()
    local ret, bytes = perform(self, "read", math.min(max, CHUNK))
    if not ret then
        return nil, bytes
    end
    return bytes
end

-- The pieces read so far are given back beside the error, and forgotten.
local function read_exactly(self, count)
    local parts, have = {}, 0
    while have < count do
        local bytes, why = self:read_some(count - have)
        if not bytes then
            return nil, why, table.concat(parts)
        end
        parts[#parts + 1] = bytes
        have = have + #bytes
    end
    return table.concat(parts)
end

local function read_all(self)
    local parts = {}
    while true do
        local bytes, why = self:read_some()
        if not bytes then
            if why.class == core.HF_ERROR_ZERO_RETURN then
                return table.concat(parts)
            end
            return nil, why, table.concat(parts)
        end
        parts[#parts + 1] = bytes
    end
end

local function read_line(self, keep_end)
    local parts = {}
    while true do
        local bytes, why = self:read_some()
        if not bytes then
            return nil, why, table.concat(parts)
        end
        local stop = bytes:find("\n", 1, true)
        if stop then
            self.buffer = bytes:sub(stop + 1) .. self.buffer
            parts[#parts + 1] = bytes:sub(1, stop)
            local line = table.concat(parts)
            return keep_end and line or (line:gsub("\r?\n$", ""))
        end
        parts[#parts + 1] = bytes
    end
end

local readers = {
    l = read_line,
    L = function(self)
        return read_line(self, true)
    end,
    a = read_all,
}

--- n bytes, "*l" a line without its end, "*L" with it, "*a" everything up to the peer's
--- close_notify.  Without an argument a line.  On failure nil, the error record, and what
--- had been read until then.
function stream:read(what)
    if type(what) == "number" then
        check.count(1, "read", what, 0)
    else
        check.type(1, "read", "string", what, true)
    end
    if not self.conn then
        return nil, err.closed("stream")
    end
    if type(what) == "number" then
        return read_exactly(self, what)
    end
    local reader = readers[(what or "*l"):gsub("^%*", "")]
    if not reader then
        error(("bad argument #1 to 'read' (invalid format '%s')"):format(what), 2)
    end
    return reader(self)
end

--- Goes through the lines until the connection ends.
function stream:lines(format)
    return function()
        return (self:read(format))
    end
end

-- ---- writing and closing ----

--- Writes all of the bytes and returns how many; on failure nil, the error record, and
--- how many had been accepted.
function stream:write(bytes)
    check.type(1, "write", "string", bytes)
    if not self.conn then
        return nil, err.closed("stream")
    end
    local done = 0
    self.carrier:begin()
    while done < #bytes do
        local ret, written = perform(self, "write", bytes:sub(done + 1, done + CHUNK))
        if not ret then
            return nil, written, done
        end
        done = done + written
    end
    return done
end

--- Says close_notify: nothing more will be written; what the peer still sends can be
--- read.  Safe to repeat.
function stream:send_eof()
    local conn, carrier = self.conn, self.carrier
    if not conn then
        return nil, err.closed("stream")
    end
    carrier:begin()
    local ready, why = carrier:flush(conn)
    while ready do
        local mode = conn:get_shutdown()
        if mode and mode % (2 * core.HF_SENT_SHUTDOWN) >= core.HF_SENT_SHUTDOWN then
            return true
        end
        local ret, cause = conn:shutdown()
        if not ret then
            return nil, cause
        end
        local want = conn:get_error(ret)
        ready, why = carrier:flush(conn)
        if ready and ret < 0 and want ~= core.HF_ERROR_WANT_WRITE
            and want ~= core.HF_ERROR_WANT_READ then
            return nil, failure(conn)
        elseif ready and ret < 0 then
            ready, why = carrier:wait(conn, want)
        end
    end
    return nil, why
end

--- Says close_notify, without waiting for the peer's, and closes.  Safe to repeat.
function stream:close()
    local conn, carrier = self.conn, self.carrier
    if conn then
        self.conn, self.carrier, self.buffer = nil, nil, ""
        if conn:is_init_finished() and conn:shutdown() then
            carrier:flush(conn)
        end
        conn:close()
        carrier:close()
    end
    return true
end
stream.__close = stream.close

--- The time limit of each operation from now on; nil for none.
function stream:settimeout(limit)
    check.type(1, "settimeout", "number", limit, true)
    if not self.conn then
        return nil, err.closed("stream")
    end
    self.carrier:settimeout(limit)
    return true
end

-- ---- what was agreed: the connection's own answers ----

for _, method in ipairs { "info", "timeline", "certificates", "session",
    "certificate_demand", "ocsp_response", "sct_list", "requested_name",
    "export_keying_material", "key_update", "error", "callback_error", "json",
    "trace_json" } do
    stream[method] = function(self, ...)
        if not self.conn then
            return nil, err.closed("stream")
        end
        return self.conn[method](self.conn, ...)
    end
end

return stream
