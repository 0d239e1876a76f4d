/* tools/handfast/nearest.c: how far two words are from each other. */
#include "nearest.h"

#include <string.h>

static int least(int a, int b)
{
    return a < b ? a : b;
}

int cli_distance(const char *a, const char *b)
{
    unsigned char table[CLI_WORD_MAX + 1][CLI_WORD_MAX + 1];
    int m = (int)strnlen(a, CLI_WORD_MAX), n = (int)strnlen(b, CLI_WORD_MAX);

    for (int i = 0; i <= m; i++)
        table[i][0] = (unsigned char)i;
    for (int j = 0; j <= n; j++)
        table[0][j] = (unsigned char)j;
    for (int i = 1; i <= m; i++) {
        for (int j = 1; j <= n; j++) {
            int best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

            best = least(best, least(table[i - 1][j], table[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, table[i - 2][j - 2] + 1);
            table[i][j] = (unsigned char)best;
        }
    }
    return table[m][n];
}

bool cli_is_near(const char *word, const char *name)
{
    int allowed = (int)strlen(word) / 4;

    return cli_distance(word, name) <= (allowed > 0 ? allowed : 1);
}
