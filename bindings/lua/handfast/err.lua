-- handfast/err.lua: what stands behind `nil, err`.
--
-- A table with the fields of the C library's error record, read with its getters; fields
-- with nothing to tell are nil.  docs/lua.md lists them.

local core = require "handfast.core"

local err = {}

local directions = {
    [core.HF_DIRECTION_SENT] = "sent",
    [core.HF_DIRECTION_RECEIVED] = "received",
}

local record = {}
record.__index = record

--- One line for people: what happened, its name, and what to do.
function record:__tostring()
    local line = self.summary
    if self.cause ~= nil then
        local ok, words = pcall(tostring, self.cause)
        line = line .. ": " .. (ok and words or type(self.cause))
    end
    if self.name then
        line = ("%s (%s)"):format(line, self.name)
    end
    if self.hint then
        line = line .. "; hint: " .. self.hint
    end
    return line
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\" }

local function quoted(text)
    return '"' .. text:gsub('[%c"\\]', function(c)
        return escapes[c] or ("\\u%04x"):format(c:byte())
    end) .. '"'
end

--- The record as a JSON object.
function record:to_json()
    if self.json then
        return self.json
    end
    local parts = { '"code":' .. ("%d"):format(self.code) }
    for _, key in ipairs { "name", "class_name", "summary", "detail", "hint", "rfc" } do
        if self[key] then
            parts[#parts + 1] = quoted(key == "class_name" and "class" or key) .. ":"
                .. quoted(self[key])
        end
    end
    return "{" .. table.concat(parts, ",") .. "}"
end

local function text(value)
    if value ~= "" then
        return value
    end
end

local function positive(value)
    if value > 0 then
        return value
    end
end

-- The issuers that were tried in vain.
local function candidates(handle)
    local list = {}
    while true do
        local found, code, child, place, subject, serial, key_id =
            core.hf_error_candidate(handle, #list)
        if found ~= 1 then
            return list
        end
        list[#list + 1] = {
            from = place >= 0 and "chain" or "trust store",
            index = place >= 0 and place or nil,
            ["for"] = child,
            subject = text(subject),
            serial = text(serial),
            key_id = text(key_id),
            code = code,
            name = core.hf_code_name(code),
        }
    end
end

local lists = {
    versions = core.HF_NEGOTIATION_VERSION,
    cipher_suites = core.HF_NEGOTIATION_CIPHER_SUITE,
    groups = core.HF_NEGOTIATION_GROUP,
    signature_algorithms = core.HF_NEGOTIATION_SIGNATURE_ALGORITHM,
    alpn = core.HF_NEGOTIATION_PROTOCOL,
    signature_algorithms_cert = core.HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT,
    key_shares = core.HF_NEGOTIATION_KEY_SHARE,
    psk_modes = core.HF_NEGOTIATION_PSK_MODE,
    certificate_authorities = core.HF_NEGOTIATION_AUTHORITY,
}

local demands = {
    signature_algorithms = core.HF_NEGOTIATION_SIGNATURE_ALGORITHM,
    signature_algorithms_cert = core.HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT,
    certificate_types = core.HF_NEGOTIATION_CERTIFICATE_TYPE,
    certificate_authorities = core.HF_NEGOTIATION_AUTHORITY,
}

local names_alone = { alpn = true, certificate_authorities = true }

-- The lists of one side, by their names in members.
local function entries(handle, side, members)
    local result = {}
    for member, what in pairs(members) do
        local list = {}
        while true do
            local found, number, name =
                core.hf_error_negotiation(handle, side, what, #list)
            if found ~= 1 then
                break
            end
            list[#list + 1] = names_alone[member] and name
                or { number = number, name = text(name) }
        end
        result[member] = list
    end
    return result
end

-- What one side said.
local function said(handle, side)
    local function single(what)
        local found, number, name = core.hf_error_negotiation(handle, side, what, 0)
        if found == 1 then
            return number, name
        end
    end
    local result = entries(handle, side, lists)
    local group, group_name = single(core.HF_NEGOTIATION_RETRY_GROUP)
    local _, server_name = single(core.HF_NEGOTIATION_SERVER_NAME)
    result.hello_retry_group = group and { number = group, name = text(group_name) }
    result.server_name = server_name
    result.psk_identities = single(core.HF_NEGOTIATION_PSK) or 0
    result.early_data = single(core.HF_NEGOTIATION_EARLY_DATA) ~= nil
    result.incomplete = core.hf_error_negotiation_incomplete(handle, side) == 1
    return result
end

local answers = {
    [core.HF_ANSWER_SHOWN] = "shown",
    [core.HF_ANSWER_NOT_SET] = "not_set",
    [core.HF_ANSWER_ALGORITHM] = "algorithm",
    [core.HF_ANSWER_TYPE] = "type",
    [core.HF_ANSWER_AUTHORITY] = "authority",
}

--- What the server demands of our certificate, and what was answered; nil: it asks for
-- none, or not for anything that can be told.
function err.certificate_demand(handle)
    local side = core.HF_NEGOTIATION_CERTIFICATE_REQUEST
    local result = entries(handle, side, demands)
    local seen = false
    for member in pairs(demands) do
        seen = seen or #result[member] > 0
    end
    if not seen then
        return nil
    end
    local function count(what)
        local found, number = core.hf_error_negotiation(handle, side, what, 0)
        return found == 1 and number or 0
    end
    local answer = core.hf_conn_certificate_answer(handle)
    local index = core.hf_conn_certificate_index(handle)
    result.certificate_authorities_left_out =
        count(core.HF_NEGOTIATION_AUTHORITIES_LEFT_OUT)
    result.oid_filters = count(core.HF_NEGOTIATION_OID_FILTERS)
    result.incomplete = core.hf_error_negotiation_incomplete(handle, side) == 1
    result.answer = answers[answer]
    result.answer_text = text(core.hf_certificate_answer_text(answer))
    result.certificate_index = index >= 0 and index or nil
    return result
end

-- Nil unless a handshake failed: then at least our own versions are known.
local function negotiation(handle)
    local offered = said(handle, core.HF_NEGOTIATION_OFFERED)
    if #offered.versions > 0 then
        return { offered = offered, peer = said(handle, core.HF_NEGOTIATION_PEER) }
    end
end

local ends = {
    [core.HF_END_BEFORE] = "before",
    [core.HF_END_INSIDE] = "inside",
    [core.HF_END_BETWEEN] = "between",
    [core.HF_END_AFTER] = "after",
}

local function certificate_at_fault(handle)
    local index = core.hf_error_certificate_index(handle)
    local rule = text(core.hf_error_certificate_rule(handle))
    local subject = text(core.hf_error_certificate_subject(handle))
    if index < 0 and not rule and not subject then
        return nil
    end
    return {
        index = index,
        subject = subject,
        issuer = text(core.hf_error_certificate_issuer(handle)),
        serial = text(core.hf_error_certificate_serial(handle)),
        rule = rule,
        not_before = text(core.hf_error_certificate_not_before(handle)),
        not_after = text(core.hf_error_certificate_not_after(handle)),
        clock = text(core.hf_error_certificate_clock(handle)),
        issuer_url = text(core.hf_error_certificate_issuer_url(handle)),
        candidates = candidates(handle),
    }
end

--- What the timeline of a connection holds, in order.
function err.timeline(handle)
    local kinds = {
        [core.HF_TRACE_MESSAGE] = "message",
        [core.HF_TRACE_ALERT] = "alert",
        [core.HF_TRACE_CHANGE_CIPHER_SPEC] = "change_cipher_spec",
        [core.HF_TRACE_KEYS] = "keys",
        [core.HF_TRACE_DATA] = "data",
        [core.HF_TRACE_DECISION] = "decision",
    }
    local events = {}
    for index = 0, core.hf_trace_count(handle) - 1 do
        local found, kind, direction, what, name, microseconds, size, protected =
            core.hf_trace_event(handle, index)
        if found == 1 then
            local decided, value, words = core.hf_trace_decision(handle, index)
            events[#events + 1] = {
                kind = kinds[kind],
                direction = directions[direction],
                what = what,
                name = name,
                microseconds = microseconds,
                size = size,
                protected = protected == 1,
                value = decided == 1 and value or nil,
                value_name = decided == 1 and text(words) or nil,
            }
        end
    end
    return events
end

-- The record of a connection or verification; nil while nothing has failed.
local function whole(handle)
    local code = core.hf_error_code(handle)
    if code == 0 then
        return nil
    end
    local class = core.hf_error_class(handle)
    local alert = core.hf_error_alert(handle)
    local has_alert = alert >= 0
    return setmetatable({
        code = code,
        name = core.hf_error_name(handle),
        class = class,
        class_name = core.hf_get_error_name(class),
        summary = core.hf_error_summary(handle),
        hint = text(core.hf_error_hint(handle)),
        detail = text(core.hf_error_detail(handle)),
        rfc = text(core.hf_error_rfc(handle)),
        step = text(core.hf_error_step(handle)),
        message = text(core.hf_error_message(handle)),
        alert = has_alert and alert or nil,
        alert_name = has_alert and core.hf_alert_name(alert) or nil,
        alert_level = has_alert and core.hf_error_alert_level(handle) or nil,
        alert_direction = has_alert
            and directions[core.hf_error_alert_direction(handle)] or nil,
        errno = positive(core.hf_error_errno(handle)),
        bytes_in = core.hf_error_bytes_in(handle),
        bytes_out = core.hf_error_bytes_out(handle),
        end_of_input = ends[core.hf_error_end_of_input(handle)],
        role = text(core.hf_error_role(handle)),
        negotiation = negotiation(handle),
        first_bytes = text(core.hf_error_first_bytes(handle) or ""),
        certificate = certificate_at_fault(handle),
        expected = text(core.hf_error_expected(handle)),
        presented = text(core.hf_error_presented(handle)),
        json = core.hf_error_json(handle),
    }, record)
end

function err.of_connection(handle)
    local found = whole(handle)
    if found then
        found.timeline = err.timeline(handle)
        found.certificate_request = err.certificate_demand(handle)
    end
    return found
end

err.of_verification = whole

-- The class of a code that came from a setting or from the transport.
local function class_of(code)
    if code == core.HF_E_CLOSE_NOTIFY_RECEIVED
        or code == core.HF_E_CLOSED_IN_HANDSHAKE then
        return core.HF_ERROR_ZERO_RETURN
    end
    if code == core.HF_E_TRANSPORT_READ or code == core.HF_E_TRANSPORT_WRITE
        or code == core.HF_E_TRANSPORT_NOT_CONNECTED then
        return core.HF_ERROR_SYSCALL
    end
    return core.HF_ERROR_SSL
end

--- A record for a code alone, HF_E_... of either sign.
function err.of_code(code, detail, step)
    code = math.abs(code)
    local class = class_of(code)
    local summary = core.hf_code_text(code)
    if detail and detail:find(summary, 1, true) then
        summary = detail -- "key.pem: the password does not open the private key"
    elseif detail and detail ~= "" then
        summary = summary .. ": " .. detail
    end
    return setmetatable({
        code = code,
        name = core.hf_code_name(code),
        class = class,
        class_name = core.hf_get_error_name(class),
        summary = summary,
        hint = text(core.hf_code_hint(code)),
        detail = text(detail or ""),
        rfc = text(core.hf_code_rfc(code)),
        step = text(step or ""),
    }, record)
end

--- A record for what happens outside of the C library; its code is 0.
function err.make(name, summary, hint)
    return setmetatable({
        code = 0,
        name = name,
        class = core.HF_ERROR_SYSCALL,
        class_name = core.hf_get_error_name(core.HF_ERROR_SYSCALL),
        summary = summary,
        hint = hint,
    }, record)
end

function err.closed(what)
    return err.make("CLOSED", "the " .. what .. " is closed", "make a new one")
end

--- For text with a zero byte, where C would cut it short; nil if there is none.
function err.zero_byte(value)
    if value and value:find("\0", 1, true) then
        return err.of_code(core.HF_E_INVALID_ARGUMENT, "a zero byte in the text")
    end
end

function err.timeout(doing)
    return err.make("TIMEOUT", "the time limit passed while " .. doing,
        "the peer is slow or silent; the operation may be repeated")
end

return err
