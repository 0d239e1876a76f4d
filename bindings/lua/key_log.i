/* key_log.i: the key log, without a callback from C into Lua.
 *
 * Lines are gathered here and fetched by Lua after each call: a callback could neither
 * yield nor raise, and would need a lua_State that is still alive. */
%header %{
typedef struct hf_key_lines {
    char *text; /* lines, each ended by a newline */
    size_t used;
    size_t space;
} hf_key_lines;

enum { HF_KEY_LINES_MAX = 1 << 20 };

static void hf_key_lines_wipe(void *memory, size_t size)
{
    volatile char *p = memory;

    while (size-- > 0)
        *p++ = 0;
}

/* realloc would leave a copy of the secrets behind. */
static int hf_key_lines_grow(hf_key_lines *lines, size_t need)
{
    size_t space = lines->space ? lines->space : 1024;
    char *text;

    while (space < need)
        space *= 2;
    if (space == lines->space)
        return 1;
    if (space > HF_KEY_LINES_MAX || !(text = malloc(space)))
        return 0;
    if (lines->used)
        memcpy(text, lines->text, lines->used);
    if (lines->text)
        hf_key_lines_wipe(lines->text, lines->used);
    free(lines->text);
    lines->text = text;
    lines->space = space;
    return 1;
}

static void hf_key_lines_add(void *context, const hf_conn *conn, const char *line)
{
    hf_key_lines *lines = context;
    size_t len = strlen(line);

    (void)conn;
    if (!hf_key_lines_grow(lines, lines->used + len + 1))
        return;
    memcpy(lines->text + lines->used, line, len);
    lines->used += len;
    lines->text[lines->used++] = '\n';
}

static void hf_key_lines_free(hf_key_lines *lines)
{
    if (lines && lines->text)
        hf_key_lines_wipe(lines->text, lines->used);
    if (lines)
        free(lines->text);
    free(lines);
}
%}
HF_LUA_HANDLE(hf_key_lines, "key log", hf_key_lines_free)
%typemap(argout) hf_key_lines *emptied {
    hf_lua_push_bytes(L, $1->text, $1->used);
    SWIG_arg++;
    if ($1->used)
        hf_key_lines_wipe($1->text, $1->used);
    $1->used = 0;
}
%inline %{
/* The holder must live as long as the connections of the configuration. */
static hf_key_lines *hf_key_lines_new(void)
{
    return calloc(1, sizeof(hf_key_lines));
}
static hf_status hf_key_lines_attach(hf_key_lines *lines, hf_config *config)
{
    return hf_config_set_key_log(config, hf_key_lines_add, lines);
}
/* The lines since the last time; they are wiped here. */
static void hf_key_lines_take(hf_key_lines *emptied)
{
    (void)emptied;
}
%}

