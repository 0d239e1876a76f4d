/* handfast.i: the C module handfast.core for Lua 5.1, LuaJIT, 5.3 and 5.4.
 *
 * It offers the functions and constants of the public headers under their C names, with
 * the same integers.  Bytes are Lua strings, outputs follow the result, handles are
 * released once: by close() or by the collector.  Wrong argument types raise; nothing
 * else does.  The comfortable interface on top of it is handfast.lua.
 *
 * SWIG 4.1; the generated code is not kept. */
%module handfast_core

%header %{
/* luaopen_handfast_core, at the end, wraps the entry that SWIG makes. */
#undef SWIG_init
#define SWIG_init hf_lua_swig_init

#include <handfast/handfast.h>
#include <handfast/replay.h>
#include <handfast/server.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "sources.h"

/* The most that one read or drain gives: a record's plaintext, or one record as it
 * travels.  It lies on the stack, so that an error cannot leak it. */
enum { HF_LUA_PLAIN_MAX = 16384, HF_LUA_WIRE_MAX = 16640 };

/* Every number that crosses fits a double exactly. */
#define HF_LUA_NUMBER_MAX 9007199254740991.0

static lua_Number hf_lua_number(lua_State *L, int index, lua_Number min, lua_Number max)
{
    lua_Number value;

    luaL_checktype(L, index, LUA_TNUMBER);
    value = lua_tonumber(L, index);
    if (!(value >= min && value <= max) || value != (lua_Number)(int64_t)value)
        luaL_argerror(L, index, "integer out of range");
    return value;
}

static const char *hf_lua_bytes(lua_State *L, int index, size_t *len)
{
    luaL_checktype(L, index, LUA_TSTRING);
    return lua_tolstring(L, index, len);
}

/* A name with a zero byte would be cut there: "good.example\0.evil.example". */
static const char *hf_lua_text(lua_State *L, int index)
{
    size_t len;
    const char *text = hf_lua_bytes(L, index, &len);

    if (memchr(text, 0, len))
        luaL_argerror(L, index, "string contains a zero byte");
    return text;
}

static size_t hf_lua_full_size(lua_State *L, int index)
{
#if LUA_VERSION_NUM >= 502
    return (size_t)lua_rawlen(L, index);
#else
    return lua_objlen(L, index);
#endif
}

/* The userdata of one of our handles, or NULL. */
static swig_lua_userdata *hf_lua_userdata(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TUSERDATA ||
        hf_lua_full_size(L, index) < sizeof(swig_lua_userdata))
        return NULL;
    return lua_touserdata(L, index);
}

static void *hf_lua_handle(lua_State *L, int index, const swig_type_info *type,
                           const char *what)
{
    const swig_lua_userdata *user = hf_lua_userdata(L, index);

    if (!user || user->type != type)
        luaL_argerror(L, index, lua_pushfstring(L, "%s expected, got %s", what,
                                                luaL_typename(L, index)));
    if (!user->ptr)
        luaL_argerror(L, index, lua_pushfstring(L, "the %s is closed", what));
    return user->ptr;
}

static void hf_lua_push_handle(lua_State *L, void *handle, swig_type_info *type)
{
    if (handle)
        SWIG_NewPointerObj(L, handle, type, 1);
    else
        lua_pushnil(L);
}

/* NULL becomes nil, so that "no bytes" and "empty" stay apart. */
static void hf_lua_push_bytes(lua_State *L, const void *bytes, size_t len)
{
    if (bytes)
        lua_pushlstring(L, bytes, len);
    else
        lua_pushnil(L);
}
%}

/* ---- numbers: integers in Lua 5.3 and later, never 16384.0 ---- */

%typemap(in) int "$1 = (int)hf_lua_number(L, $input, -2147483648.0, 2147483647.0);"
%typemap(in) int64_t
    "$1 = (int64_t)hf_lua_number(L, $input, -HF_LUA_NUMBER_MAX, HF_LUA_NUMBER_MAX);"
%typemap(in) size_t, uint64_t
    "$1 = ($1_ltype)hf_lua_number(L, $input, 0, HF_LUA_NUMBER_MAX);"
%typemap(out) int, hf_status, int64_t, size_t, uint32_t, uint64_t, ptrdiff_t
    "lua_pushinteger(L, (lua_Integer)$1); SWIG_arg++;"

/* ---- text and bytes in ---- */

%typemap(in) const char * "$1 = (char *)hf_lua_text(L, $input);"
%typemap(in) (const uint8_t *bytes, size_t count) (size_t size) {
    $1 = ($1_ltype)hf_lua_bytes(L, $input, &size);
    $2 = size;
}
%apply (const uint8_t *bytes, size_t count) {
    (const uint8_t *bytes, size_t len), (const uint8_t *name, size_t len),
    (const uint8_t *der, size_t len), (const void *bytes, size_t count),
    (const char *label, size_t label_len), (const uint8_t *signature, size_t len),
    (const uint8_t *key, size_t key_len), (const uint8_t *keys, size_t len),
    (const uint8_t *context, size_t len)
};
/* nil: there is no password, and the hash is the usual one. */
%typemap(in) const char *password, const char *hash
    "$1 = lua_isnil(L, $input) ? NULL : (char *)hf_lua_text(L, $input);"
/* nil is no context, which in TLS 1.2 is another one than ""; and no identity. */
%typemap(in) (const uint8_t *context, size_t context_len) (size_t size = 0),
    (const uint8_t *identity, size_t identity_len) (size_t size = 0) {
    $1 = lua_isnil(L, $input) ? NULL : ($1_ltype)hf_lua_bytes(L, $input, &size);
    $2 = size;
}

/* ---- bytes out: a size goes in, a string comes out behind the result ---- */

%typemap(in, numinputs=0) size_t *taken (size_t count = 0),
    size_t *written (size_t count = 0), size_t *len (size_t count = 0) "$1 = &count;"
%typemap(argout) size_t *taken, size_t *written
    "lua_pushinteger(L, (lua_Integer)*$1); SWIG_arg++;"
%typemap(argout) (void *buffer, size_t size, size_t *got),
    (uint8_t *bytes, size_t size, size_t *got)
    "lua_pushlstring(L, (const char *)$1, *$3); SWIG_arg++;"
%typemap(in) (void *buffer, size_t size, size_t *got)
    (uint8_t space[HF_LUA_PLAIN_MAX], size_t count = 0) {
    size_t want = (size_t)hf_lua_number(L, $input, 0, HF_LUA_NUMBER_MAX);
    $1 = space;
    $2 = want < sizeof space ? want : sizeof space;
    $3 = &count;
}
%typemap(in) (uint8_t *bytes, size_t size, size_t *got)
    (uint8_t space[HF_LUA_WIRE_MAX], size_t count = 0) {
    size_t want = (size_t)hf_lua_number(L, $input, 0, HF_LUA_NUMBER_MAX);
    $1 = space;
    $2 = want < sizeof space ? want : sizeof space;
    $3 = &count;
}

/* hf_bio_read returns the count itself. */
%typemap(in) (uint8_t *bytes, size_t count) (uint8_t space[HF_LUA_WIRE_MAX]) {
    size_t want = (size_t)hf_lua_number(L, $input, 0, HF_LUA_NUMBER_MAX);
    $1 = space;
    $2 = want < sizeof space ? want : sizeof space;
}
%typemap(argout) (uint8_t *bytes, size_t count)
    "lua_pushlstring(L, (const char *)$1, result > 0 ? (size_t)result : 0); SWIG_arg++;"

/* Exported key material: exactly the size asked for; the copy here is wiped. */
%typemap(in) (uint8_t *out, size_t size) (uint8_t space[HF_LUA_PLAIN_MAX]) {
    $1 = space;
    $2 = (size_t)hf_lua_number(L, $input, 0, sizeof space);
}
%typemap(argout) (uint8_t *out, size_t size) {
    volatile uint8_t *wipe = $1;
    size_t left = $2;
    hf_lua_push_bytes(L, result == 1 ? $1 : NULL, $2);
    SWIG_arg++;
    while (left-- > 0)
        *wipe++ = 0;
}

/* Borrowed bytes: const uint8_t *f(..., size_t *len). */
%typemap(out) const uint8_t * ""
%typemap(argout) size_t *len
    "hf_lua_push_bytes(L, result, *$1); SWIG_arg++;"

/* A session as bytes, asked for twice: its size, then itself. */
%typemap(in, numinputs=0) (uint8_t *buffer, size_t *len) (size_t need = 0) {
    $1 = NULL;
    $2 = &need;
}
%typemap(argout) (uint8_t *buffer, size_t *len) {
    uint8_t *copy = *$2 > 0 ? lua_newuserdata(L, *$2) : NULL;
    if (copy) {
        result = hf_session_serialize(arg1, copy, $2);
        lua_pushlstring(L, (const char *)copy, result == 1 ? *$2 : 0);
        memset(copy, 0, *$2);
        lua_remove(L, -2);
    } else {
        lua_pushnil(L);
    }
    SWIG_arg++;
}

/* JSON, whole: the result is the text and not its length. */
%typemap(in, numinputs=0) (char *buffer, size_t size) (char space[4096]) {
    $1 = space;
    $2 = sizeof space;
}
%typemap(out) size_t hf_error_json, size_t hf_trace_json, size_t hf_conn_json ""
%typemap(argout) (char *buffer, size_t size) {
    if (result < $2) {
        lua_pushlstring(L, $1, result);
    } else {
        char *whole = lua_newuserdata(L, result + 1);
        result = $symname(arg1, whole, result + 1);
        lua_pushlstring(L, whole, result);
        lua_remove(L, -2);
    }
    SWIG_arg++;
}

/* One event of the timeline: eight results. */
%typemap(in, numinputs=0) int *kind (int value = 0), int *direction (int value = 0),
    int *what (int value = 0), int *is_protected (int value = 0),
    int *scheme (int value = 0), int64_t *microseconds (int64_t value = 0), size_t *bytes (size_t value = 0)
    "$1 = &value;"
%typemap(argout) int *kind, int *direction, int *what, int *is_protected, int *scheme,
    int64_t *microseconds, size_t *bytes "lua_pushinteger(L, (lua_Integer)*$1); SWIG_arg++;"
%typemap(in, numinputs=0) const char **name (char *value = NULL),
    const char **subject (char *value = NULL), const char **serial (char *value = NULL),
    const char **key_id (char *value = NULL) "$1 = &value;"
%typemap(argout) const char **name, const char **subject, const char **serial,
    const char **key_id "lua_pushstring(L, *$1); SWIG_arg++;"
/* Entries of the record's lists, behind whether there is one. */
%typemap(in, numinputs=0) int *code (int value = 0), int *child (int value = 0),
    int *place (int value = 0), int *number (int value = 0),
    int *value (int value = 0) "$1 = &value;"
%typemap(argout) int *code, int *child, int *place, int *number,
    int *value "lua_pushinteger(L, (lua_Integer)*$1); SWIG_arg++;"

/* ---- handles ---- */

%define HF_LUA_HANDLE(type, what, release)
%ignore type##_free;
%ignore type##_up_ref;
%nodefaultctor type;
%nodefaultdtor type;
%typemap(in) type * { $1 = hf_lua_handle(L, $input, $descriptor, what); }
%typemap(out) type * { hf_lua_push_handle(L, $1, $descriptor); SWIG_arg++; }
struct type {};
%extend type {
    ~type() { release($self); }
}
%enddef

HF_LUA_HANDLE(hf_config, "config", hf_config_free)
HF_LUA_HANDLE(hf_conn, "connection", hf_lua_conn_free)
HF_LUA_HANDLE(hf_session, "session", hf_session_free)
HF_LUA_HANDLE(hf_bio, "transport", hf_bio_free)
HF_LUA_HANDLE(hf_certificate, "certificate", hf_certificate_free)
HF_LUA_HANDLE(hf_verify, "verification", hf_verify_free)
HF_LUA_HANDLE(hf_replay, "replay", hf_replay_free)

/* nil removes the session; a closed one is an error like any other. */
%typemap(in) hf_session *session {
    $1 = lua_isnil(L, $input) ? NULL
                              : hf_lua_handle(L, $input, $descriptor, "session");
}

/* The transport is the connection's once it was taken. */
%ignore hf_conn_set0_bio;
%rename(hf_conn_set0_bio) hf_lua_conn_set0_bio;
%typemap(argout) hf_bio *taken_bio {
    if (result == 1) {
        swig_lua_userdata *user = lua_touserdata(L, $argnum);
        user->own = 0;
        user->ptr = NULL;
    }
}

/* Two new ends behind the status. */
%typemap(in, numinputs=0) hf_bio **first (hf_bio *end = NULL),
    hf_bio **second (hf_bio *end = NULL) "$1 = &end;"
%typemap(argout) hf_bio **first, hf_bio **second
    "hf_lua_push_handle(L, *$1, $*1_descriptor); SWIG_arg++;"

/* The connection of a replay must not outlive it: wherever C only looks at a connection,
 * Lua may give the replay.  A record lives inside its connection or verification, and Lua
 * gives that. */
%header %{
static const hf_conn *hf_lua_look(lua_State *L, int index, const swig_type_info *conn,
                                  const swig_type_info *replay)
{
    const swig_lua_userdata *user = hf_lua_userdata(L, index);
    const hf_conn *played;

    if (!user || user->type != replay)
        return hf_lua_handle(L, index, conn, "connection");
    played = hf_replay_get0_conn(hf_lua_handle(L, index, replay, "replay"));
    if (!played)
        luaL_argerror(L, index, "the replay has no connection yet");
    return played;
}

static const hf_error *hf_lua_record(lua_State *L, int index, const swig_type_info *conn,
                                     const swig_type_info *verify,
                                     const swig_type_info *replay)
{
    const swig_lua_userdata *user = hf_lua_userdata(L, index);

    if (user && user->type == verify)
        return hf_verify_get0_error(hf_lua_handle(L, index, verify, "verification"));
    return hf_conn_get0_error(hf_lua_look(L, index, conn, replay));
}
%}
%typemap(in) const hf_conn * {
    $1 = (hf_conn *)hf_lua_look(L, $input, SWIGTYPE_p_hf_conn, SWIGTYPE_p_hf_replay);
}
%typemap(in) const hf_error * {
    $1 = (hf_error *)hf_lua_record(L, $input, SWIGTYPE_p_hf_conn, SWIGTYPE_p_hf_verify,
                                   SWIGTYPE_p_hf_replay);
}

/* Always malloc and free: Lua's allocator belongs to one state, a configuration may
 * outlive it. */
%typemap(in, numinputs=0) const hf_allocator *allocator "$1 = NULL;"

/* What takes or returns C pointers has no meaning in Lua. */
%ignore hf_conn_get0_error;
%ignore hf_verify_get0_error;
%ignore hf_conn_set_user_data;
%ignore hf_conn_get_user_data;
%ignore hf_conn_set_io;
%ignore hf_bio_new_custom;
%ignore hf_config_set_clock;
%ignore hf_config_set_random;
%ignore hf_config_set_key_log;
%ignore hf_config_set_session_callback;
%ignore hf_session_store;
%ignore hf_config_set_session_store;
%ignore hf_hostname_to_ascii;
%ignore hf_config_set_certificate_callback;
%ignore hf_config_set_sign_function;
%ignore hf_config_set_verify_callback;
%ignore hf_config_set_client_hello_callback;
%ignore hf_config_set_alpn_callback;
%ignore hf_config_set_psk_callback;
%ignore hf_config_set_early_data_register;

%inline %{
static hf_status hf_lua_conn_set0_bio(hf_conn *conn, hf_bio *taken_bio)
{
    return hf_conn_set0_bio(conn, taken_bio);
}
%}

/* ---- callbacks, as questions and answers: answers.h ---- */

enum {
    HF_ASK_NOTHING = 0, HF_ASK_CERTIFICATE = 1, HF_ASK_VERDICT = 2, HF_ASK_HELLO = 3,
    HF_ASK_KEY = 4, HF_ASK_SESSION = 5, HF_ASK_PROTOCOL = 6, HF_ASK_SIGNATURE = 7,
    HF_TELL_SESSIONS = 8
};
int hf_questions_enable(hf_config *config, int kind);
int hf_question_kind(hf_conn *conn);
const uint8_t *hf_question_bytes(hf_conn *conn, size_t *len);
int hf_question_result(hf_conn *conn);
int hf_answer(hf_conn *conn, int kind, int answer);
int hf_answer_protocol(hf_conn *conn, int answer, const uint8_t *bytes, size_t count);
int hf_answer_key(hf_conn *conn, int known, const uint8_t *bytes, size_t count,
                  const char *hash);
int hf_answer_session(hf_conn *conn, int known, const uint8_t *bytes, size_t count);
hf_session *hf_new_session_take(hf_conn *conn);
void hf_answers_settle(hf_conn *conn);
void hf_answers_clear(hf_conn *conn);

%include "key_log.i"
%include "sources.i"
%include "register.i"

/* ---- the public headers ---- */

#define HF_API
typedef int hf_status;
#define HF_IO_EOF 0
#define HF_IO_WOULD_BLOCK -1
#define HF_IO_ERROR -2
#define HF_IO_WANT_READ -3
#define HF_IO_WANT_WRITE -4
#define HF_IO_WANT_CONNECT -5
#define HF_IO_WANT_ACCEPT -6
%include <handfast/error_codes.h>
%include <handfast/error.h>
%include <handfast/config.h>
%include <handfast/conn.h>
%include "replay.i"
%include <handfast/session.h>
%include <handfast/certificate.h>
%include <handfast/bio.h>
%include <handfast/verify.h>
%include <handfast/server.h>
%ignore HF_VERSION_NUMBER;
%include <handfast/handfast.h>

/* ---- closing, and a clean entry ---- */

%native(close) int hf_lua_close(lua_State *L);
%native(is_open) int hf_lua_is_open(lua_State *L);
%native(hf_kept_take) int hf_lua_kept_take(lua_State *L);

%wrapper %{
static swig_lua_class *const hf_lua_classes[] = {
    &_wrap_class_hf_config, &_wrap_class_hf_conn, &_wrap_class_hf_session,
    &_wrap_class_hf_bio, &_wrap_class_hf_certificate, &_wrap_class_hf_key_lines,
    &_wrap_class_hf_verify, &_wrap_class_hf_replay, &_wrap_class_hf_sources,
};
enum { HF_LUA_CLASSES = sizeof hf_lua_classes / sizeof hf_lua_classes[0] };

static swig_lua_userdata *hf_lua_own_handle(lua_State *L)
{
    swig_lua_userdata *user = hf_lua_userdata(L, 1);
    size_t i;

    for (i = 0; user && i < HF_LUA_CLASSES; i++)
        if (*hf_lua_classes[i]->type == user->type)
            return user;
    luaL_argerror(L, 1, "handle of handfast expected");
    return NULL;
}

/* close(handle), also __gc: the object is released the first time and never again. */
int hf_lua_close(lua_State *L)
{
    swig_lua_userdata *user = hf_lua_own_handle(L);
    void *object = user->own ? user->ptr : NULL;

    user->own = 0;
    user->ptr = NULL;
    if (object)
        ((swig_lua_class *)user->type->clientdata)->destructor(object);
    return 0;
}

/* is_open(handle) */
int hf_lua_is_open(lua_State *L)
{
    lua_pushboolean(L, hf_lua_own_handle(L)->ptr != NULL);
    return 1;
}

/* hf_kept_take(connection): the oldest stored session that C has given away, as its id,
 * value and lifetime, or the id alone if it is to be forgotten; nil. */
int hf_lua_kept_take(lua_State *L)
{
    hf_conn *conn = hf_lua_handle(L, 1, SWIGTYPE_p_hf_conn, "connection");
    const hf_lua_kept *k = hf_lua_kept_first(conn);

    lua_settop(L, 1);
    if (!k)
        return 0;
    lua_pushlstring(L, (const char *)k->bytes, k->id_len);
    if (k->is_put) {
        lua_pushlstring(L, (const char *)k->bytes + k->id_len, k->value_len);
        lua_pushinteger(L, (lua_Integer)k->lifetime);
    }
    lua_settop(L, 4);
    hf_lua_kept_drop(conn);
    return 3;
}

/* What SWIG puts into _G; whatever stood there before is put back. */
static const char *const hf_lua_globals[] = {"swig_type", "swig_equals", "handfast_core"};
enum { HF_LUA_GLOBALS = sizeof hf_lua_globals / sizeof hf_lua_globals[0] };

static void hf_lua_move_global(lua_State *L, int from, int to, const char *name)
{
    lua_pushstring(L, name);
    lua_pushstring(L, name);
    lua_rawget(L, from);
    lua_rawset(L, to);
}

SWIGEXPORT int SWIG_init(lua_State *L);
SWIGEXPORT int luaopen_handfast_core(lua_State *L);

SWIGEXPORT int luaopen_handfast_core(lua_State *L)
{
    int globals, kept;
    size_t i;

    lua_settop(L, 0);
    lua_pushglobaltable(L);
    globals = lua_gettop(L);
    lua_newtable(L);
    kept = lua_gettop(L);
    for (i = 0; i < HF_LUA_GLOBALS; i++)
        hf_lua_move_global(L, globals, kept, hf_lua_globals[i]);
    SWIG_init(L);
    for (i = 0; i < HF_LUA_GLOBALS; i++)
        hf_lua_move_global(L, kept, globals, hf_lua_globals[i]);
    return 1;
}
%}

/* SWIG's __gc would free again when called by hand: ours takes its place. */
%init %{
    size_t i;
    for (i = 0; i < HF_LUA_CLASSES; i++) {
        SWIG_Lua_get_class_metatable(L, hf_lua_classes[i]->fqname);
        SWIG_Lua_add_function(L, "__gc", hf_lua_close);
        lua_pop(L, 1);
    }
%}
