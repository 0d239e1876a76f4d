/* tools/handfast/html.c: the pieces of the report: text made harmless, the frame of the
 * page, and the file that it goes to. */
#include "html.h"
#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CHARACTERS_MAX = 2000 };

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
    fprintf(out, "<div><dt>%s</dt><dd>", label);
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

void cli_html_record(FILE *out, const char *json)
{
    fputs("<section aria-labelledby=\"record-title\" class=\"screen\">\n"
          "<h2 id=\"record-title\">The record, for machines</h2>\n"
          "<details><summary>Show the JSON document</summary>\n<pre tabindex=\"0\">",
          out);
    for (const unsigned char *s = (const unsigned char *)json; *s != '\0';) {
        size_t n;
        long c = next_character(s, &n);

        if (c == '\n')
            fputc('\n', out);
        else
            put_character(out, s, n, c);
        s += n;
    }
    fputs("</pre></details>\n<script type=\"application/json\" id=\"record\">", out);
    cli_html_json(out, json);
    fputs("</script>\n</section>\n", out);
}

/* ---- the file ---- */

static int fail(const char *command, const char *path)
{
    fprintf(stderr, "handfast %s: --html '%s': %s\n", command, path, strerror(errno));
    return CLI_LOCAL_FAILURE;
}

/* Whether all of it was written. */
static bool print_page(int fd, cli_html_page *page, const void *subject)
{
    FILE *out = fdopen(fd, "w");
    bool whole;

    if (out == NULL) {
        (void)close(fd);
        return false;
    }
    page(out, subject);
    whole = fflush(out) == 0 && ferror(out) == 0;
    return fclose(out) == 0 && whole;
}

/* A device or pipe is written to, never replaced. */
static int write_through(const char *command, const char *path, cli_html_page *page,
                         const void *subject)
{
    FILE *out = fopen(path, "w");
    bool whole;

    if (out == NULL)
        return fail(command, path);
    page(out, subject);
    whole = fflush(out) == 0 && ferror(out) == 0;
    return fclose(out) == 0 && whole ? 0 : fail(command, path);
}

/* Beside the file, then in its place: nobody sees half a page. */
static int replace(const char *command, const char *path, cli_html_page *page,
                   const void *subject)
{
    size_t size = strlen(path) + sizeof ".XXXXXX";
    char *temporary = malloc(size);
    mode_t mask = umask(0);
    int fd, code = 0;

    (void)umask(mask);
    if (temporary == NULL)
        return fail(command, path);
    (void)snprintf(temporary, size, "%s.XXXXXX", path);
    fd = mkstemp(temporary);
    if (fd < 0) {
        code = fail(command, path);
    } else {
        (void)fchmod(fd, 0666 & ~mask);
        if (!print_page(fd, page, subject) || rename(temporary, path) != 0) {
            code = fail(command, path);
            (void)unlink(temporary);
        }
    }
    free(temporary);
    return code;
}

int cli_html_write(const char *command, const char *path, cli_html_page *page,
                   const void *subject)
{
    struct stat st;
    char *target;
    int code;

    if (strcmp(path, "-") == 0) {
        page(stdout, subject); /* main looks whether it was written */
        return 0;
    }
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return write_through(command, path, page, subject);
    target = realpath(path, NULL); /* of a symbolic link the file is replaced */
    code = replace(command, target != NULL ? target : path, page, subject);
    free(target);
    return code;
}
