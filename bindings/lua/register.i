/* register.i: the register of early data, RFC 8446 8.2; the one function of Lua's that C
 * calls, as the ClientHello that it is asked about cannot wait.
 *
 * The call of C is made through hf_ask_during, which knows the lua_State that runs; no
 * error passes C, and nothing can yield. */
%header %{
typedef struct hf_lua_register {
    lua_State *L;
    int judge; /* in the registry */
} hf_lua_register;

typedef struct hf_lua_hello {
    const hf_lua_register *about;
    const uint8_t *bytes;
    size_t len;
    int64_t seconds;
    int answer;
} hf_lua_hello;

static int hf_lua_ask_judge(lua_State *L)
{
    hf_lua_hello *hello = lua_touserdata(L, 1);

    lua_rawgeti(L, LUA_REGISTRYINDEX, hello->about->judge);
    lua_pushlstring(L, (const char *)hello->bytes, hello->len);
    lua_pushinteger(L, (lua_Integer)hello->seconds);
    lua_call(L, 2, 1);
    hello->answer = lua_isnumber(L, -1) ? (int)lua_tointeger(L, -1) : -1;
    return 0;
}

/* What lua_cpcall may need of the stack, every function of C has. */
static int hf_lua_ask_register(void *context, const uint8_t *bytes, size_t len,
                               int64_t seconds)
{
    const hf_lua_register *about = context;
    hf_lua_hello hello = {about, bytes, len, seconds, -1};
    lua_State *L = about->L;
    int failed;

#if LUA_VERSION_NUM >= 502
    lua_pushcfunction(L, hf_lua_ask_judge);
    lua_pushlightuserdata(L, &hello);
    failed = lua_pcall(L, 1, 0, 0);
#else
    failed = lua_cpcall(L, hf_lua_ask_judge, &hello);
#endif
    if (failed) /* what judge() itself does not catch: no memory */
        lua_pop(L, 1);
    return failed ? -1 : hello.answer;
}

/* hf_ask_during(connection, judge, call, ...): call(...), and while it runs
 * judge(hello, seconds) gives the numbers of hf_early_data_register. */
static int hf_lua_ask_during(lua_State *L)
{
    hf_conn *conn = hf_lua_handle(L, 1, SWIGTYPE_p_hf_conn, "connection");
    hf_lua_register about = {L, LUA_NOREF};
    const hf_lua_asker asker = {hf_lua_ask_register, &about};
    const hf_lua_asker *before;
    int failed;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    about.judge = luaL_ref(L, LUA_REGISTRYINDEX);
    before = hf_lua_asker_set(conn, &asker);
    failed = lua_pcall(L, lua_gettop(L) - 3, LUA_MULTRET, 0);
    (void)hf_lua_asker_set(conn, before);
    luaL_unref(L, LUA_REGISTRYINDEX, about.judge);
    return failed ? lua_error(L) : lua_gettop(L) - 2;
}
%}

hf_status hf_register_enable(hf_config *config, int enabled);
%native(hf_ask_during) int hf_lua_ask_during(lua_State *L);
