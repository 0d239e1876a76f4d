-- Verification without a connection.

local handfast = require "handfast"
local peer = require "support.peer"

local function verify(name, options)
    local more = { cafile = peer.root }
    for key, value in pairs(options or {}) do
        more[key] = value
    end
    return handfast.verify(peer.file(name .. ".pem"), more)
end

describe("handfast.verify", function()
    it("raises for wrong arguments", function()
        for _, wrong in ipairs { { nil }, { 1 }, { { 1 } }, { "x", { tiem = 1 } },
            { "x", { purpose = "signing" } }, { "x", { time = 1.5 } },
            { "x", { config = {} } } } do
            local ok, why = pcall(handfast.verify, wrong[1], wrong[2])
            assert.is_false(ok)
            assert.matches("verify", why)
        end
    end)

    it("refuses what is no certificate", function()
        for _, wrong in ipairs { "", "nonsense", {} } do
            local path, err = handfast.verify(wrong, { cafile = peer.root })
            assert.is_nil(path)
            assert.equal("NO_CERTIFICATE_IN_INPUT", err.name)
        end
        assert.equal("UNKNOWN_NAME", select(2, verify("rsa", { profile = "any" })).name)
        local _, err = verify("rsa", { hostname = "localhost\0.example" })
        assert.equal("INVALID_ARGUMENT", err.name)
    end)

    it("tells why a certificate is not trusted, and how far the path came", function()
        local path, err = verify("expired")
        assert.is_nil(path)
        assert.equal("CERT_EXPIRED", err.name)
        assert.equal(0, err.certificate.index)
        assert.matches("^{", err:to_json())
        local partial
        path, err, partial = verify("rsa", { hostname = "elsewhere.example" })
        assert.is_nil(path)
        assert.equal("CERT_NAME_MISMATCH", err.name)
        assert.is_table(partial)
        assert.is_nil((verify("selfsigned")))
        assert.is_nil((verify("rsa", { purpose = "client" })))
        assert.equal("CERT_EXPIRED", select(2, verify("rsa", { time = 2 ^ 33 })).name)
    end)

    it("goes by a profile, its own or the configuration's", function()
        assert.equal("CERT_PROFILE", select(2, verify("informal")).name)
        assert.equal(3, #assert(verify("informal", { profile = "compatible" })))
        local settings = { cafile = peer.root, profile = "compatible" }
        local config = assert(handfast.config(settings))
        local chain = peer.file("informal.pem")
        assert.equal(3, #assert(handfast.verify(chain, { config = config })))
        local path, err = handfast.verify(chain, { config = config, profile = "web-pki" })
        assert.is_nil(path)
        assert.equal("CERT_PROFILE", err.name)
    end)

    it("gives the path to the root", function()
        for _, name in ipairs { "rsa", "p256", "ed25519" } do
            local path = assert(verify(name, { hostname = "localhost" }))
            assert.equal(3, #path)
            assert.matches("CN=" .. name, path[1].subject)
            assert.is_true(path[3].is_ca)
            assert.equal(path[3].issuer, path[3].subject)
        end
        local settings = assert(handfast.config { cafile = peer.root })
        local path = assert(handfast.verify({ peer.file "rsa.pem" },
            { config = settings, time = os.time() }))
        assert.equal(3, #path)
        settings:close()
        local _, err = handfast.verify("x", { config = settings })
        assert.equal("CLOSED", err.name)
    end)
end)
