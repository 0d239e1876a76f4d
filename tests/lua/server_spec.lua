-- The server's half of the contract, against a client of handfast in memory.

local handfast = require "handfast"
local memory = require "support.memory"
local peer = require "support.peer"

local ERROR = handfast.ERROR
local KEY = ("0123456789abcdef"):rep(2)

local function pair(server_options, client_options, certificate)
    local server = memory.connection(memory.server_config(server_options, certificate))
    local client = memory.connection(memory.client_config(client_options), "localhost")
    return client, server
end

describe("a server", function()
    it("needs a certificate, which can be made good", function()
        local server = memory.connection(assert(handfast.config {}))
        local ret = server:accept()
        assert.equal(ERROR.SSL, server:get_error(ret))
        assert.equal("SERVER_CERTIFICATE_NOT_SET", server:error().name)
        assert(server:use_certificate_chain_memory(peer.file "p256.pem"))
        assert(server:use_private_key_memory(peer.file "p256.key"))
        assert.equal(ERROR.WANT_READ, server:get_error(server:accept()))
        assert.equal("", server:drain())
        ret = server:connect()
        assert.is_true(ret < 0)
        assert.equal("ROLE_UNAVAILABLE", server:error().name)
    end)

    it("refuses what is no ClientHello", function()
        local server = memory.connection(memory.server_config())
        server:accept()
        assert(server:feed("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        local ret = server:accept()
        assert.equal(ERROR.SSL, server:get_error(ret))
        assert.equal("HTTP_REQUEST", server:error().name)
        assert.equal("server", server:error().role)
        ret = server:accept()
        assert.is_true(ret < 0)
    end)

    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
        it("speaks " .. version, function()
            local client, server = pair { versions = version }
            assert(server:set_accept_state())
            memory.handshake(client, server)
            assert.equal("hello", memory.send(client, server, "hello"))
            assert.equal("\0olleh", memory.send(server, client, "\0olleh"))
            assert.equal("localhost", server:requested_name())
            assert.equal(version, server:info().version)
            assert.equal(0, server:info().certificate_index)
            assert.is_nil(client:info().certificate_index)
            assert.is_nil(server:client_hello())
            assert.equal(client:export_keying_material("EXPORTER-x", 32, ""),
                server:export_keying_material("EXPORTER-x", 32, ""))
            server:shutdown()
            assert(memory.carry(server, client))
            assert.equal(0, (client:read()))
        end)
    end

    it("ends with an alert of its own", function()
        local client, server = pair()
        memory.handshake(client, server)
        local ret = server:abort(256)
        assert.is_true(ret < 0)
        assert.equal(1, server:abort(49))
        assert.is_true((server:write("x")) < 0)
        assert.equal("ABORTED", server:error().name)
        assert(memory.carry(server, client))
        ret = client:read()
        assert.equal(ERROR.SSL, client:get_error(ret))
        assert.equal("access_denied", client:error().alert_name)
        assert.is_false((pcall(server.abort, server, "x")))
    end)
end)

describe("settings of a server", function()
    it("are checked", function()
        for name, options in pairs {
            UNKNOWN_NAME = { client_auth = "perhaps" },
            FILE_UNREADABLE = { client_cafile = "/nonexistent/ca.pem" },
            NO_CERTIFICATE_IN_INPUT = { client_cadata = "x" },
            INVALID_ARGUMENT = { ticket_count = 17 },
            CERTIFICATE_NOT_SET = { ocsp_response = "x" },
        } do
            local config, err = handfast.config(options)
            assert.is_nil(config)
            assert.equal(name, err.name)
        end
        for _, options in ipairs { { ticket_keys = "short" },
            { ticket_lifetime = 604801 }, { session_context = ("x"):rep(256) },
            { record_size = 63 }, { client_cafile = "a\0b" },
            memory.server_options { sct_list = "x" } } do
            assert.equal("INVALID_ARGUMENT", select(2, handfast.config(options)).name)
        end
        for _, options in ipairs { { verify = true }, { client_hello = "x" },
            { choose_alpn = {} }, { find_psk = 1 }, { session_store = {} },
            { session_store = { find = print } }, { ticket_count = -1 },
            { max_early_data = 0.5 } } do
            assert.is_false((pcall(handfast.config, options)))
        end
    end)

    it("are fixed once they are used, but for the keys of tickets", function()
        local config = memory.server_config()
        local conn = memory.connection(config)
        local function nothing() end
        assert.equal("CONFIG_FROZEN", select(2, config:set_client_auth "none").name)
        assert.equal("CONFIG_FROZEN", select(2, config:set_psk_callback(nothing)).name)
        assert.equal("CONFIG_FROZEN", select(2, config:set_early_data(1)).name)
        assert.is_true(config:set_ticket_keys(("k"):rep(48)))
        conn:close()
        config:close()
        for _, name in ipairs { "set_verify_callback", "set_client_hello_callback",
            "set_alpn_callback", "set_psk_callback" } do
            assert.equal("CLOSED", select(2, config[name](config, nothing)).name)
        end
        for _, name in ipairs { "client_hello", "requested_name", "read_early_data",
            "certificate_request" } do
            assert.equal("CLOSED", select(2, conn[name](conn)).name)
        end
        assert.equal("CLOSED", select(2, conn:abort(40)).name)
        assert.equal("CLOSED", select(2, conn:set_config(memory.server_config())).name)
    end)
end)

describe("a client's certificate", function()
    local client_options = { certfile = peer.pki .. "/client-p256.pem",
        keyfile = peer.pki .. "/client-p256.key" }

    local function with(more, mode)
        local options = { cafile = peer.root, client_auth = mode or "required",
            client_cafile = peer.root }
        for name, value in pairs(more or {}) do
            options[name] = value
        end
        return options
    end

    it("is required", function()
        local client, server = pair(with {})
        local _, want = memory.meet(client, server)
        assert.equal(ERROR.SSL, want)
        assert.equal("CLIENT_CERTIFICATE_MISSING", server:error().name)
        client, server = pair(with {}, client_options)
        memory.handshake(client, server)
        assert.matches("client", server:certificates()[1].subject)
        assert.equal(0, server:verify_result())
        client, server = pair(with({}, "optional"))
        memory.handshake(client, server)
        assert.same({}, server:certificates())
    end)

    it("is asked for by what the server accepts", function()
        local asked
        local client, server = pair(with {}, { choose = function(conn)
            asked = conn:certificate_request()
            assert(conn:use_certificate_chain_memory(peer.file "client-p256.pem"))
            assert(conn:use_private_key_memory(peer.file "client-p256.key"))
        end })
        memory.handshake(client, server)
        assert.is_true(#asked > 20)
        assert.is_nil(client:certificate_request())
    end)

    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
        it("has the last word of a function in " .. version, function()
            local results, answer = {}, nil
            local settings = with { versions = version, verify = function(conn, result)
                assert.matches("client", conn:certificates()[1].subject)
                results[#results + 1] = result
                return answer
            end }
            local client, server = pair(settings, client_options)
            local _, want = memory.meet(client, server)
            assert.equal(ERROR.WANT_RETRY_VERIFY, want)
            assert.equal(handfast.WANT.RETRY_VERIFY, server:want())
            answer = true
            memory.handshake(client, server)
            assert.is_true(#results > 1)
            assert.equal(0, results[1])

            for name, verdict in pairs { CERT_REVOKED = handfast.CODE.CERT_REVOKED,
                CERT_REFUSED = false } do
                answer = verdict
                client, server = pair(settings, client_options)
                _, want = memory.meet(client, server)
                assert.equal(ERROR.SSL, want)
                assert.equal(name, server:error().name)
            end
            for _, odd in ipairs { 0, 1, -1, "yes" } do
                answer = odd
                client, server = pair(settings, client_options)
                _, want = memory.meet(client, server)
                assert.equal(ERROR.SSL, want)
                assert.equal("CERT_REFUSED", server:error().name)
            end
        end)
    end

    it("may be trusted against the result, by clients, too", function()
        local results = {}
        local client, server = pair(nil, { verify = function(_, result)
            results[#results + 1] = result
            return true
        end }, "expired")
        memory.handshake(client, server)
        assert.same({ handfast.CODE.CERT_EXPIRED }, results)
    end)
end)

describe("the ClientHello", function()
    it("is shown to a function, which goes on, waits or refuses", function()
        local answer, seen = false, {}
        local settings = { client_hello = function(conn)
            seen[#seen + 1] = conn:requested_name()
            assert.is_true(#conn:client_hello() > 100)
            assert.matches("localhost", conn:client_hello_extension(0))
            assert.equal("", conn:client_hello_extension(23)) -- extended_master_secret
            assert.is_nil(conn:client_hello_extension(0xfffe))
            assert.is_nil(conn:client_hello_extension(0x10000))
            return answer
        end }
        local client, server = pair(settings)
        local _, want = memory.meet(client, server)
        assert.equal(ERROR.WANT_CLIENT_HELLO_CB, want)
        assert.equal(handfast.WANT.CLIENT_HELLO_CB, server:want())
        assert.equal("localhost", seen[1])
        assert.is_true(#server:client_hello() > 100)
        answer = nil
        memory.handshake(client, server)
        local count = #seen
        server:accept()
        assert.equal(count, #seen)

        answer = handfast.UNKNOWN_NAME
        client, server = pair(settings)
        _, want = memory.meet(client, server)
        assert.equal(ERROR.SSL, want)
        assert.equal("SERVER_NAME_UNKNOWN", server:error().name)
        assert.equal("unrecognized_name", client:error().alert_name)
    end)

    it("may yield in a coroutine", function()
        local client, server = pair { client_hello = function()
            assert.equal("answer", coroutine.yield "question")
        end }
        client:connect()
        server:accept()
        assert(memory.carry(client, server))
        local thread = coroutine.create(function()
            return server:accept()
        end)
        local ok, asked = coroutine.resume(thread)
        assert.is_true(ok)
        assert.equal("question", asked)
        ok = coroutine.resume(thread, "answer")
        assert.is_true(ok)
        assert.equal("dead", coroutine.status(thread))
        assert(memory.carry(server, client))
        memory.handshake(client, server)
    end)

    it("may close the connection in its function", function()
        local client, server = pair { client_hello = function(conn)
            conn:close()
        end }
        client:connect()
        server:accept()
        assert(memory.carry(client, server))
        local ret = server:accept()
        assert.is_true(ret == nil or ret < 0)
        assert.equal("CLOSED", server:error().name)
    end)

    it("chooses another configuration", function()
        local lines = 0
        local other = memory.server_config({ choose_alpn = function(_, names)
            return names[2]
        end, keylog = function()
            lines = lines + 1
        end }, "rsa")
        local client, server = pair({ client_hello = function(conn)
            assert(conn:set_config(other))
        end }, { alpn = { "h2", "http/1.1" } })
        memory.handshake(client, server)
        assert.matches("rsa", client:certificates()[1].subject)
        assert.equal("http/1.1", server:info().alpn)
        assert.is_true(lines > 0)
        assert.equal("ALREADY_STARTED", select(2, server:set_config(other)).name)
        assert.is_false((pcall(server.set_config, server, {})))
        other:close()
        assert.equal("CLOSED", select(2, server:set_config(other)).name)
    end)

    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
        it("offers protocols to a function in " .. version, function()
            local offered, answer
            local settings = { versions = version, choose_alpn = function(_, names)
                offered = names
                return answer
            end }
            local function meet(names)
                local client, server = pair(settings, { alpn = names })
                local _, want = memory.meet(client, server)
                return server, want
            end
            answer = "http/1.1"
            local server = meet { "h2", "http/1.1" }
            assert.same({ "h2", "http/1.1" }, offered)
            assert.equal("http/1.1", server:info().alpn)
            answer = nil
            local want
            server, want = meet { "h2" }
            assert.equal(ERROR.NONE, want)
            assert.is_nil(server:info().alpn)
            for name, wrong in pairs { NO_COMMON_PROTOCOL = false,
                CALLBACK_FAILED = "h3" } do
                answer = wrong
                server, want = meet { "h2" }
                assert.equal(ERROR.SSL, want)
                assert.equal(name, server:error().name)
            end
            offered = nil
            server, want = meet(nil)
            assert.equal(ERROR.NONE, want)
            assert.is_nil(offered)
            assert.is_nil(server:info().alpn)
        end)
    end

    it("is asked about once, also after a HelloRetryRequest", function()
        local count = 0
        local function choose(_, names)
            count = count + 1
            return names[1]
        end
        local client, server = pair({ groups = "secp384r1", choose_alpn = choose },
            { alpn = "h2" })
        memory.handshake(client, server)
        assert.is_true(server:info().hello_retried)
        assert.equal("h2", server:info().alpn)
        assert.equal(1, count)
    end)
end)

describe("a pre-shared key of a server", function()
    local function meet(find, psk, options)
        options = options or {}
        options.find_psk = find
        local server = memory.connection(assert(handfast.config(options)))
        local client = memory.connection(memory.client_config())
        assert(client:set_psk(psk[1], psk[2], psk[3]))
        local _, want = memory.meet(client, server)
        return want, server, client
    end

    it("is found by its identity", function()
        local asked
        local function find(_, identity)
            asked = identity
            if identity == "ali\0ce" then
                return KEY
            elseif identity == "bob" then
                return KEY, "SHA384"
            end
        end
        for _, psk in ipairs { { "ali\0ce", KEY }, { "bob", KEY, "SHA384" } } do
            local want, server = meet(find, psk)
            assert.equal(ERROR.NONE, want)
            assert.is_true(server:info().psk_used)
            assert.equal(psk[1], asked)
        end
        local want = meet(find, { "carol", KEY })
        assert.equal(ERROR.SSL, want)
        assert.equal("carol", asked)
        want = meet(find, { "bob", KEY:upper():rep(2), "SHA384" })
        assert.equal(ERROR.SSL, want)
    end)

    it("may come later", function()
        local answer = false
        local want, server, client = meet(function()
            return answer
        end, { "alice", KEY })
        assert.equal(ERROR.WANT_CLIENT_HELLO_CB, want)
        answer = KEY
        memory.handshake(client, server)
        assert.is_true(server:info().psk_used)
    end)

    it("that is none fails the handshake", function()
        for _, wrong in ipairs { { "" }, { "short" }, { ("x"):rep(256) },
            { KEY, "MD5" } } do
            local want, server = meet(function()
                return wrong[1], wrong[2]
            end, { "alice", KEY })
            assert.equal(ERROR.SSL, want)
            assert.equal("CALLBACK_FAILED", server:error().name)
        end
        local _, server = meet(function()
            return 1
        end, { "alice", KEY })
        assert.equal("CALLBACK_FAILED", server:error().name)
        assert.equal("find_psk gave a number (string, nil or false expected)",
            server:error().cause)
    end)
end)

-- A store over a table, which answers at once or not.
local function make_store()
    local store = { values = {}, puts = 0, removed = 0 }
    function store:find(id)
        if self.slow then
            return false
        end
        return self.values[id]
    end
    function store:put(id, value, lifetime)
        assert(#id == 32 and lifetime > 0)
        self.values[id], self.puts = value, self.puts + 1
    end
    function store:remove(id)
        self.values[id], self.removed = nil, self.removed + 1
    end
    return store
end

describe("sessions of a server", function()
    -- One connection; whether it was resumed, and the newest session.
    local function visit(server_config, client_config, session)
        local server = memory.connection(server_config)
        local client = memory.connection(client_config, "localhost")
        if session then
            assert(client:set_session(session))
        end
        memory.handshake(client, server)
        assert.equal("x", memory.send(server, client, "x"))
        local reused = server:info().session_reused
        assert.equal(reused, client:info().session_reused)
        return reused, client:session()
    end

    it("are resumed by tickets whose keys are shared", function()
        local keys = ("n"):rep(16) .. ("s"):rep(32)
        local client = memory.client_config()
        local first = memory.server_config { ticket_keys = keys, session_context = "a" }
        local reused, session = visit(first, client)
        assert.is_false(reused)
        assert.is_true((visit(first, client, session)))
        local second = memory.server_config { ticket_keys = keys, session_context = "a" }
        assert.is_true((visit(second, client, session)))
        local other = memory.server_config { ticket_keys = keys, session_context = "b" }
        assert.is_false((visit(other, client, session)))
        assert(second:set_ticket_keys(("m"):rep(16) .. ("t"):rep(32)))
        assert.is_false((visit(second, client, session)))
    end)

    it("are not given where there are no tickets", function()
        for _, options in ipairs { { ticket_count = 0 }, { ticket_lifetime = 0 } } do
            local _, session = visit(memory.server_config(options),
                memory.client_config())
            assert.is_nil(session)
        end
    end)

    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
        it("are kept in a store in " .. version, function()
            local store = make_store()
            local settings = memory.server_config { session_store = store,
                options = handfast.OPTION.NO_TICKET, versions = version }
            local client = memory.client_config()
            local reused, session = visit(settings, client)
            assert.is_false(reused)
            assert.is_true(store.puts > 0)
            assert.is_true((visit(settings, client, session)))

            store.slow = true
            local conn = memory.connection(client, "localhost")
            local server = memory.connection(settings)
            assert(conn:set_session(session))
            local _, want = memory.meet(conn, server)
            assert.equal(ERROR.WANT_CLIENT_HELLO_CB, want)
            store.slow = nil
            memory.handshake(conn, server)

            _, session = visit(settings, client)
            store.values = {}
            assert.is_false((visit(settings, client, session)))
        end)
    end
end)

describe("early data at a server", function()
    local function session_of(settings, client_config)
        local server = memory.connection(settings)
        local client = memory.connection(client_config, "localhost")
        memory.handshake(client, server)
        memory.send(server, client, "x")
        return assert(client:session())
    end

    local function early(settings, client_config, bytes)
        local client = memory.connection(client_config, "localhost")
        local server = memory.connection(settings)
        assert(client:set_session(session_of(settings, client_config)))
        assert(client:allow_early_data())
        assert(client:set_connect_state())
        assert.equal(1, (client:write_early_data(bytes)))
        return client, server
    end

    it("is read only where that is allowed", function()
        local server = memory.connection(memory.server_config { max_early_data = 100 })
        assert.is_true((server:read_early_data()) < 0)
        assert.equal("EARLY_DATA_UNAVAILABLE", server:error().name)
        assert(server:allow_early_data())
        local want = server:get_error((server:read_early_data()))
        assert.equal(handfast.ERROR.WANT_READ, want, "it is a server's call")
        local client = memory.connection(memory.client_config(), "localhost")
        assert(client:allow_early_data())
        assert.is_true(client:connect() < 0)
        assert.is_true((client:read_early_data()) < 0)
        assert.equal("ROLE_UNAVAILABLE", client:error().name)
        assert.is_false((pcall(server.read_early_data, server, -1)))
    end)

    it("comes before the handshake is over", function()
        local client_config = memory.client_config()
        local settings = memory.server_config { max_early_data = 100 }
        local client, server = early(settings, client_config, "GET /")
        assert(server:set_accept_state())
        assert(server:allow_early_data())
        assert.is_true((server:read_early_data()) < 0)
        local ret, bytes
        repeat
            ret, bytes = server:read_early_data(3)
        until not memory.carry(client, server) or ret == 1
        assert.equal(1, ret)
        assert.equal("GET", bytes)
        assert.equal(" /", select(2, server:read_early_data()))
        assert.equal(1, (server:write_early_data "answer"))
        memory.meet(client, server, nil, function()
            return (server:read_early_data())
        end)
        ret, bytes = server:read_early_data()
        assert.equal(1, ret)
        assert.equal("", bytes)
        memory.handshake(client, server)
        assert.equal(handfast.EARLY_DATA.ACCEPTED, server:early_data_status())
        assert.equal(handfast.EARLY_DATA.ACCEPTED, client:early_data_status())
        assert.equal("answer", select(2, client:read()))
    end)

    it("is dropped by a server that does not read it", function()
        local settings = memory.server_config { max_early_data = 100 }
        local client, server = early(settings, memory.client_config(), "GET /")
        memory.handshake(client, server)
        assert.equal(handfast.EARLY_DATA.REJECTED, client:early_data_status())
    end)
end)

describe("what goes beside a certificate", function()
    it("is stapled", function()
        local index = "V\t491231235959Z\t\t%s\tunknown\t/CN=p256\n"
        local serial = assert(io.popen(("openssl x509 -in '%s/p256.pem' -noout -serial")
            :format(peer.pki)))
        peer.make_file("p256.index", index:format(serial:read("*a"):match("=(%x+)")))
        serial:close()
        local made = os.execute(("cd '%s' && openssl ocsp -index p256.index"
            .. " -CA intermediate.pem -rsigner intermediate.pem -rkey intermediate.key"
            .. " -issuer intermediate.pem -cert p256.pem -respout p256.ocsp -ndays 1"
            .. " >/dev/null 2>&1"):format(peer.pki))
        assert.is_true(made == true or made == 0)
        local list = "\0\3\0\1x"
        local client, server = pair({ ocsp_response = peer.file "p256.ocsp",
            sct_list = list }, { options = handfast.OPTION.REQUEST_SCTS })
        memory.handshake(client, server)
        assert.equal(peer.file "p256.ocsp", client:ocsp_response())
        assert.equal(list, client:sct_list())
    end)

    it("records are no larger than the server makes them", function()
        local client, server = pair { record_size = 64 }
        memory.handshake(client, server)
        local ret = server:write(("x"):rep(1000))
        assert.equal(1, ret)
        assert(memory.carry(server, client))
        local _, bytes = client:read()
        assert.is_true(#bytes <= 64)
    end)
end)

describe("clear", function()
    it("forgets what was answered", function()
        local count = 0
        local client, server = pair { client_hello = function()
            count = count + 1
        end }
        memory.handshake(client, server)
        assert(client:clear())
        assert(server:clear())
        memory.handshake(client, server)
        assert.equal(2, count)
    end)
end)
