-- handfast/server_connection.lua: the calls of the contract that servers need, beside
-- accept: the ClientHello, early data, another configuration; and abort.

local core = require "handfast.core"
local check = require "handfast.check"
local config = require "handfast.config"
local err = require "handfast.err"
local handle = require "handfast.handle"

local READ_MAX = 16384

local function add_looks(connection, closed)
    -- The name that the client asked for, "" if it did not.
    handle.looks(connection, "connection", {
        requested_name = "hf_conn_requested_name",
    })

    -- While the function of the ClientHello runs, and while it is waited for; nil
    -- otherwise.  The last: the body of the server's CertificateRequest, likewise.
    handle.looks(connection, "connection", {
        client_hello = "hf_conn_get0_client_hello",
        certificate_request = "hf_conn_get0_certificate_request",
    })

    --- The body of one extension of the ClientHello, by its number; nil if it is not
    --- there, "" if it is empty.
    function connection:client_hello_extension(kind)
        check.count(1, "client_hello_extension", kind, 0)
        if not self.handle then
            return closed()
        end
        if kind > 0xffff then
            return nil
        end
        return core.hf_conn_get0_client_hello_extension(self.handle, kind)
    end
end

local function add_calls(connection, perform, closed)
    --- What came with the client's first flight, which anybody may have recorded and sent
    --- again: instead of accept(), until it gives 1 and "".  C's integer, and the bytes.
    function connection:read_early_data(size)
        size = check.count(1, "read_early_data", size, 0, true) or READ_MAX
        if not self.handle then
            return closed()
        end
        local ret, bytes = perform(self, core.hf_read_early_data, size)
        if ret == 1 or ret == nil then
            return ret, bytes
        end
        return ret
    end

    --- Ends the connection at once with a fatal alert, by its number.
    function connection:abort(alert)
        check.count(1, "abort", alert, 0)
        if not self.handle then
            return closed()
        end
        return (perform(self, core.hf_abort, math.min(alert, 256)))
    end
end

local function add_settings(connection, status, closed)
    --- Goes on with another configuration: before the handshake, and while the function
    --- of the ClientHello runs or is waited for.
    function connection:set_config(settings)
        if not config.is(settings) then
            check.type(1, "set_config", "handfast.config", settings)
        end
        if not self.handle then
            return closed()
        end
        if not settings.handle then
            return nil, err.closed("configuration")
        end
        local ok, why = status(core.hf_conn_set_config(self.handle, settings.handle))
        if ok then
            -- C may still use what belongs to the one before.
            self.former = { self.config, self.former }
            self.config = settings
        end
        return ok, why
    end
end

--- Adds them to the connection.
return function(connection, perform, status, closed)
    add_looks(connection, closed)
    add_calls(connection, perform, closed)
    add_settings(connection, status, closed)
end
