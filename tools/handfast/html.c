/* tools/handfast/html.c: the pieces of the report: text made harmless, the frame of the
 * page, and the file that it goes to. */
#include "html.h"
#include "command.h"
#include "replace_file.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { CHARACTERS_MAX = 5000, WIDE = 40 };

/* ---- text ---- */

/* The next character of UTF-8, and its length in *n; -1, with a length of 1, for a byte
 * that is not UTF-8. */
static long next_character(const unsigned char *s, size_t *n)
{
    static const long least[] = {0, 0, 0x80, 0x800, 0x10000};
    long c = s[0];

    *n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (*n == 0 || s[0] > 0xf4) {
        *n = 1;
        return -1;
    }
    if (*n > 1)
        c &= 0x7f >> *n;
    for (size_t i = 1; i < *n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            *n = 1;
            return -1;
        }
        c = c << 6 | (s[i] & 0x3f);
    }
    if (c < least[*n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        *n = 1;
        return -1;
    }
    return c;
}

/* Characters that have no form, or change that of others: controls, marks of direction
 * (a name could show itself reversed), spaces without width. */
static bool is_hidden(long c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
           c == 0x180e || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
           (c & 0xfffe) == 0xfffe || c >= 0xe0000;
}

static void put_character(FILE *out, const unsigned char *s, size_t n, long c)
{
    switch (c) {
    case '&':
        fputs("&amp;", out);
        return;
    case '<':
        fputs("&lt;", out);
        return;
    case '>':
        fputs("&gt;", out);
        return;
    case '"':
        fputs("&quot;", out);
        return;
    case '\'':
        fputs("&#39;", out);
        return;
    case -1:
        fputs("&#xfffd;", out);
        return;
    default:
        if (is_hidden(c))
            fprintf(out, "<span class=\"hidden\">U+%04lX</span>", (unsigned long)c);
        else
            fwrite(s, 1, n, out);
    }
}

void cli_html_text(FILE *out, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t n;

    for (int i = 0; *s != '\0'; i++, s += n) {
        long c = next_character(s, &n);

        if (i == CHARACTERS_MAX) {
            fprintf(out, "... <em>(%zu bytes more)</em>", strlen((const char *)s));
            return;
        }
        put_character(out, s, n, c);
    }
}

/* The texts of the library are parts of lines in a log: no capital, no full stop.  A
 * first word that is a name (of a setting, a file, a protocol) stays as it is. */
void cli_html_sentence(FILE *out, const char *text)
{
    size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyz'"), len = strlen(text);
    char first[2] = {text[0], '\0'};

    if (len == 0)
        return;
    fputs("<bdi>", out);
    if (first[0] >= 'a' && first[0] <= 'z' && strchr(" ,;:.", text[word]) != NULL) {
        first[0] = (char)(first[0] - 'a' + 'A');
        cli_html_text(out, first);
        text++;
        len--;
    }
    cli_html_text(out, text);
    fputs("</bdi>", out);
    if (len == 0 || strchr(".!?", text[len - 1]) == NULL)
        fputc('.', out);
}

void cli_html_name(FILE *out, const char *text)
{
    fputs("<bdi>", out);
    cli_html_text(out, text);
    fputs("</bdi>", out);
}

void cli_html_fact(FILE *out, const char *label, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    fprintf(out, "<div%s><dt>%s</dt><dd>", strlen(value) > WIDE ? " class=\"whole\"" : "",
            label);
    cli_html_name(out, value);
    fputs("</dd></div>\n", out);
}

void cli_html_date(FILE *out, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm tm;
    char text[40];

    if (gmtime_r(&when, &tm) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm) == 0)
        snprintf(text, sizeof text, "%" PRId64, seconds);
    fputs(text, out);
}

void cli_html_time(FILE *out, int64_t microseconds)
{
    time_t when = (time_t)(microseconds / 1000000);
    int ms = (int)(microseconds / 1000 % 1000);
    struct tm tm;
    char day[40];

    if (gmtime_r(&when, &tm) == NULL ||
        strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
        return;
    fprintf(out, "<time datetime=\"%s.%03dZ\">", day, ms);
    day[10] = ' ';
    fprintf(out, "%s.%03d UTC</time>", day, ms);
}

void cli_html_json(FILE *out, const char *json)
{
    const unsigned char *s = (const unsigned char *)json;
    size_t n;

    for (; *s != '\0'; s += n) {
        long c = next_character(s, &n);

        if (c == -1)
            fputs("\\ufffd", out);
        else if (c >= 0x10000)
            fprintf(out, "\\u%04lx\\u%04lx", (unsigned long)(0xd7c0 + (c >> 10)),
                    (unsigned long)(0xdc00 + (c & 0x3ff)));
        else if (c >= 0x7f || c == '<' || c == '>' || c == '&')
            fprintf(out, "\\u%04lx", (unsigned long)c);
        else
            fputc((int)c, out);
    }
}

/* ---- the frame ---- */

/* No script is ever run and nothing is fetched, whatever a name contains. */
void cli_html_head(FILE *out, const char *title, bool good)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" "
          "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
          out);
    cli_html_text(out, title);
    fputs("</title>\n<style>\n", out);
    cli_html_style(out);
    fprintf(out, "</style>\n</head>\n<body class=\"%s\">\n", good ? "good" : "bad");
}

void cli_html_foot(FILE *out)
{
    char now[64];
    time_t when = time(NULL);
    struct tm tm;

    if (gmtime_r(&when, &tm) == NULL ||
        strftime(now, sizeof now, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
        now[0] = '\0';
    fprintf(out,
            "<footer><p>Made by handfast %s on %s. No secret is in it: neither keys nor "
            "data that was exchanged. It names the server, its addresses and its "
            "certificates.</p></footer>\n</body>\n</html>\n",
            hf_version_text(), now);
}

/* Lines as they are, however many. */
static void put_lines(FILE *out, const char *lines)
{
    for (const unsigned char *s = (const unsigned char *)lines; *s != '\0';) {
        size_t n;
        long c = next_character(s, &n);

        if (c == '\n')
            fputc('\n', out);
        else
            put_character(out, s, n, c);
        s += n;
    }
}

void cli_html_plain(FILE *out, const char *lines)
{
    fputs("<section aria-labelledby=\"plain-title\" class=\"screen\">\n"
          "<h2 id=\"plain-title\">For a bug report</h2>\n"
          "<p class=\"note\">The same as plain text, to be pasted where this page cannot "
          "be attached. One click selects all of it.</p>\n"
          "<details><summary>Show the text</summary>\n"
          "<pre class=\"plain\" tabindex=\"0\">",
          out);
    put_lines(out, lines);
    fputs("</pre></details>\n</section>\n", out);
}

void cli_html_record(FILE *out, const char *json)
{
    fputs("<section aria-labelledby=\"record-title\" class=\"screen\">\n"
          "<h2 id=\"record-title\">The record, for machines</h2>\n"
          "<details><summary>Show the JSON document</summary>\n<pre tabindex=\"0\">",
          out);
    put_lines(out, json);
    fputs("</pre></details>\n<script type=\"application/json\" id=\"record\">", out);
    cli_html_json(out, json);
    fputs("</script>\n</section>\n", out);
}

/* ---- the file ---- */

int cli_html_write(const char *command, const char *path, cli_html_page *page,
                   const void *subject)
{
    int why;

    if (strcmp(path, "-") == 0) {
        page(stdout, subject); /* main looks whether it was written */
        return 0;
    }
    why = cli_replace_file(path, CLI_FOR_ALL, page, subject);
    if (why == 0)
        return 0;
    fprintf(stderr, "handfast %s: --html '%s': %s\n", command, path, strerror(why));
    return CLI_LOCAL_FAILURE;
}
