-- handfast.connect over LuaSocket, against `openssl s_server`.

local handfast = require "handfast"
local peer = require "support.peer"

local LIMIT = 20

local function connect(server, more)
    local options = { cafile = peer.root, timeout = LIMIT }
    for name, value in pairs(more or {}) do
        options[name] = value
    end
    return handfast.connect("localhost", server.port, options)
end

describe("a stream", function()
    local server, echo
    local binary = ("\0\1\2\255\r\n"):rep(40000)

    setup(function()
        peer.make_file("big.bin", binary)
        server = peer.start("rsa", "-WWW -alpn http/1.1")
        echo = peer.start("ed25519", "-rev")
    end)
    teardown(function()
        server:stop()
        echo:stop()
    end)

    it("reads lines, counts and the rest", function()
        local stream = assert(connect(server))
        assert.equal(24, stream:write("GET /big.bin HTTP/1.0\r\n\r\n" and
            "GET /big.bin HTTP/1.0\r\n\r"))
        assert.equal(1, stream:write("\n"))
        assert.matches("^HTTP/1%.0 200", stream:read("*l"))
        local line
        repeat
            line = assert(stream:read())
        until line == ""
        assert.equal("\0\1\2\255\r\n", stream:read(6))
        assert.equal("", stream:read(0))
        assert.equal(binary:sub(7), stream:read("*a"))
        assert.equal("", stream:read("*a"))
        local bytes, err = stream:read(1)
        assert.is_nil(bytes)
        assert.equal("CLOSE_NOTIFY_RECEIVED", err.name)
        assert.equal(handfast.ERROR.ZERO_RETURN, err.class)
        assert.is_true(stream:close())
        assert.is_true(stream:close())
        bytes, err = stream:read("*l")
        assert.is_nil(bytes)
        assert.equal("CLOSED", err.name)
        assert.equal("CLOSED", select(2, stream:write("x")).name)
        assert.equal("CLOSED", select(2, stream:info()).name)
    end)

    it("gives what came before the end beside the error", function()
        local stream = assert(connect(server))
        stream:write("GET /root.pem HTTP/1.0\r\n\r\n")
        local bytes, err, partial = stream:read(1000000)
        assert.is_nil(bytes)
        assert.equal("CLOSE_NOTIFY_RECEIVED", err.name)
        assert.matches("^HTTP/1%.0 200", partial)
        stream:close()
    end)

    it("writes and reads megabytes", function()
        local stream = assert(connect(echo))
        local line = ("x"):rep(999) .. "y"
        for _ = 1, 5 do
            assert.equal(1001, stream:write(line .. "\n"))
            assert.equal(line:reverse(), stream:read("*l"))
        end
        assert.equal(0, stream:write(""))
        stream:close()
    end)

    it("refuses an unknown format", function()
        local stream = assert(connect(echo))
        assert.has_error(function()
            stream:read("*x")
        end)
        stream:close()
    end)

    it("runs out of time, and goes on afterwards", function()
        local stream = assert(connect(echo))
        assert.is_true(stream:settimeout(0.05))
        local bytes, err = stream:read("*l")
        assert.is_nil(bytes)
        assert.equal("TIMEOUT", err.name)
        assert.is_true(stream:settimeout(LIMIT))
        stream:write("abc\n")
        assert.equal("cba", stream:read("*l"))
        stream:close()
    end)

    it("tells what was agreed", function()
        local stream = assert(connect(server, { alpn = { "h2", "http/1.1" } }))
        local info = stream:info()
        assert.equal("http/1.1", info.alpn)
        assert.equal("TLSv1.3", info.version)
        assert.equal("RSA 2048", info.certificates[1].key)
        assert.equal(32, #stream:export_keying_material("EXPORTER-x", 32))
        assert.is_true(#stream:timeline() > 5)
        stream:close()
    end)

    it("gives the response that was stapled", function()
        -- The issuer says of the certificate what an index of one line says of it.
        local made = os.execute(("cd '%s' && { serial=$(openssl x509 -in rsa.pem -noout"
            .. " -serial) && printf 'V\\t491231235959Z\\t\\t%%s\\tunknown\\t/CN=rsa\\n'"
            .. " \"${serial#*=}\" >ocsp.txt && openssl ocsp -index ocsp.txt -ndays 1"
            .. " -CA intermediate.pem -rsigner intermediate.pem -rkey intermediate.key"
            .. " -issuer intermediate.pem -cert rsa.pem -respout rsa.ocsp; }"
            .. " >/dev/null 2>&1"):format(peer.pki))
        assert.is_true(made == true or made == 0)
        local stapling = peer.start("rsa", "-rev -status_file rsa.ocsp")
        local stream = assert(connect(stapling))
        assert.equal(peer.file "rsa.ocsp", stream:ocsp_response())
        assert.is_nil(stream:sct_list())
        stream:close()
        assert.equal("CLOSED", select(2, stream:ocsp_response()).name)
        stream = assert(connect(stapling, {
            options = handfast.OPTION.NO_STATUS_REQUEST,
        }))
        assert.is_nil(stream:ocsp_response())
        stream:close()
        stapling:stop()
    end)

    it("wraps a connected socket", function()
        local stream = assert(handfast.wrap(peer.dial(echo.port), "localhost",
            { cafile = peer.root, timeout = LIMIT }))
        stream:write("abc\n")
        assert.equal("cba", stream:read())
        stream:close()
    end)

    it("resumes a session, also from bytes", function()
        local function fetch(session)
            local stream = assert(connect(server, { session = session }))
            stream:write("GET /root.pem HTTP/1.0\r\n\r\n")
            assert.matches("BEGIN CERTIFICATE", stream:read("*a"))
            local reused, newest = stream:info().session_reused, stream:session()
            stream:close()
            return reused, newest
        end
        local reused, session = fetch()
        assert.is_false(reused)
        assert.is_not_nil(session)
        assert.equal("localhost", session:hostname())
        assert.equal(0x0304, session:version())
        assert.is_true(session:lifetime() > 0)
        local bytes = assert(session:serialize())
        reused, session = fetch(session)
        assert.is_true(reused)
        assert.is_not_nil(session)
        assert.is_true((fetch(bytes)))
        assert.is_true((fetch(assert(handfast.load_session(bytes)))))
        session:close()
        assert.equal("CLOSED", select(2, session:serialize()).name)
    end)

    it("logs keys to a function and to a file", function()
        local lines = {}
        local stream = assert(connect(server, {
            keylog = function(line)
                lines[#lines + 1] = line
            end,
        }))
        stream:close()
        local all = table.concat(lines, "\n")
        for _, label in ipairs { "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
            "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET" } do
            assert.matches(label .. " %x+ %x+", all)
        end
        local path = peer.pki .. "/keys-" .. tostring(lines):gsub("%W", "") .. ".log"
        stream = assert(connect(server, { keylog = path }))
        stream:close()
        local file = assert(io.open(path))
        assert.matches("SERVER_TRAFFIC_SECRET_0 %x+ %x+", file:read("*a"))
        file:close()
        os.remove(path)
    end)
end)

describe("a failure", function()
    local servers = {}

    local function server_with(certificate)
        servers[certificate] = servers[certificate] or peer.start(certificate, "-www")
        return servers[certificate]
    end
    teardown(function()
        for _, server in pairs(servers) do
            server:stop()
        end
    end)

    local function fails(certificate, options)
        local stream, err = connect(server_with(certificate), options)
        assert.is_nil(stream)
        assert.is_table(err)
        assert.equal(handfast.ERROR.SSL, err.class)
        assert.equal("SSL", err.class_name)
        assert.equal(handfast.CODE[err.name], err.code)
        assert.is_true(#err.summary > 0 and #err.hint > 0)
        assert.equal(("%s (%s); hint: %s"):format(err.summary, err.name, err.hint),
            tostring(err))
        assert.matches('^{.*"' .. err.name .. '".*}$', err:to_json())
        assert.is_true(#err.timeline > 3)
        return err
    end

    it("for an expired certificate has all of its record", function()
        local err = fails("expired")
        assert.equal("CERT_EXPIRED", err.name)
        assert.equal("certificate_expired", err.alert_name)
        assert.equal(45, err.alert)
        assert.equal("sent", err.alert_direction)
        assert.equal(0, err.certificate.index)
        assert.matches("expired", err.certificate.subject)
        assert.matches("^%d%d%d%d%-%d%d%-%d%dT", err.presented)
        assert.is_string(err.expected)
        assert.is_string(err.step)
        assert.matches("5280", err.rfc)
        assert.is_true(err.bytes_in > 500 and err.bytes_out > 100)
    end)

    it("for a certificate of the future", function()
        assert.equal("CERT_NOT_YET_VALID", fails("notyet").name)
    end)

    it("for another host's certificate names both", function()
        local err = fails("elsewhere")
        assert.equal("CERT_NAME_MISMATCH", err.name)
        assert.matches("localhost", err.expected)
        assert.matches("elsewhere%.handfast%.invalid", err.presented)
    end)

    it("for an unknown CA", function()
        local err = fails("p256", { cafile = peer.pki .. "/other-root.pem" })
        assert.equal("CERT_UNKNOWN_ISSUER", err.name)
        assert.equal("unknown_ca", err.alert_name)
    end)

    it("for a self-signed certificate and a missing intermediate", function()
        assert.equal("CERT_SELF_SIGNED", fails("selfsigned").name)
        assert.equal("CERT_UNKNOWN_ISSUER", fails("lonely").name)
    end)

    it("can be overruled only by name", function()
        local stream = assert(connect(server_with("elsewhere"),
            { disable_hostname_check = true }))
        stream:close()
        stream = assert(connect(server_with("elsewhere"),
            { servername = "elsewhere.handfast.invalid" }))
        stream:close()
        stream = assert(connect(server_with("expired"),
            { disable_certificate_verification = true }))
        assert.equal(handfast.CODE.CERT_EXPIRED, stream:info().verify_result)
        stream:close()
    end)

    it("for plain HTTP names the protocol", function()
        local server = peer.answer("HTTP/1.1 400 Bad Request\r\n\r\n")
        local stream, err = connect(server)
        assert.is_nil(stream)
        assert.equal("PEER_SPEAKS_HTTP", err.name)
        assert.matches("^HTTP/1%.1 400", err.first_bytes)
        server:stop()
    end)

    it("for an answer that ends early", function()
        local server = peer.answer("\22\3\3")
        local stream, err = connect(server)
        assert.is_nil(stream)
        assert.equal(handfast.ERROR.SSL, err.class)
        assert.matches("^EOF_", err.name)
        server:stop()
    end)

    it("for a port where nobody listens", function()
        local server = peer.answer("")
        peer.dial(server.port):close()
        server:stop()
        local stream, err = connect(server)
        assert.is_nil(stream)
        assert.equal("CONNECT_FAILED", err.name)
        assert.matches("refused", tostring(err))
        assert.matches('^{"code":0,"name":"CONNECT_FAILED"', err:to_json())
        for _, port in ipairs { 0, 65536, 65536 + 443 } do
            stream, err = connect { port = port }
            assert.is_nil(stream)
            assert.equal("CONNECT_FAILED", err.name)
            assert.matches("1 to 65535 %(CONNECT_FAILED%)", tostring(err))
        end
    end)

    it("for a silent server comes in time", function()
        local socket = require "socket"
        local listener = assert(socket.bind("127.0.0.1", 0))
        local _, port = listener:getsockname()
        local started = socket.gettime()
        local stream, err = connect({ port = tonumber(port) }, { timeout = 0.2 })
        assert.is_nil(stream)
        assert.equal("DEADLINE_EXCEEDED", err.name)
        assert.equal(handfast.CODE.DEADLINE_EXCEEDED, err.code)
        assert.is_true(socket.gettime() - started < LIMIT / 2)
        listener:close()
    end)

    it("without LuaSocket is a record as well", function()
        local kept, loaded = package.preload.socket, package.loaded.socket
        package.loaded.socket = nil
        package.preload.socket = function()
            error("not installed")
        end
        local stream, err = handfast.connect("localhost", 1)
        package.preload.socket, package.loaded.socket = kept, loaded
        assert.is_nil(stream)
        assert.equal("LUASOCKET_MISSING", err.name)
    end)
end)
