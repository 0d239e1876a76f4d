-- handfast/certificate.lua: a certificate as a table, read for people.

local core = require "handfast.core"

--- The fields that docs/lua.md lists; of a malformed certificate `der` alone.
return function(der)
    local parsed = core.hf_certificate_new(der)
    if not parsed then
        return { der = der }
    end
    local fields = {
        der = der,
        subject = core.hf_certificate_subject(parsed),
        issuer = core.hf_certificate_issuer(parsed),
        serial = core.hf_certificate_serial(parsed),
        names = core.hf_certificate_names(parsed),
        key = core.hf_certificate_key(parsed),
        fingerprint = core.hf_certificate_fingerprint(parsed),
        not_before = core.hf_certificate_not_before(parsed),
        not_after = core.hf_certificate_not_after(parsed),
        is_ca = core.hf_certificate_is_ca(parsed) == 1,
    }
    core.close(parsed)
    return fields
end
