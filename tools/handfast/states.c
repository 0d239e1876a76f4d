/* tools/handfast/states.c: prints the tables of the handshake's states, as a page or as
 * Graphviz pictures.  The one subcommand that reads the engine's tables. */
#include "command.h"
#include "handshake/machine.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* "TLS 1.3 client" -> "tls-1.3-client" */
static void file_name(const hfi_table *t, char *out, size_t size)
{
    size_t n = 0;

    for (const char *p = t->name; *p != '\0' && n + 1 < size; p++, n++) {
        out[n] = (char)tolower((unsigned char)*p);
        if (out[n] == ' ')
            out[n] = '-';
    }
    out[n] = '\0';
}

/* The keys column in words, with between between them; returns how many there are. */
static int print_keys(unsigned keys, const char *between)
{
    static const struct {
        unsigned bit;
        const char *text;
    } words[] = {
        {HFI_MAKE_HS, "make handshake secrets"},
        {HFI_MAKE_APP, "make application secrets"},
        {HFI_MAKE_RESUME, "make resumption secret"},
        {HFI_RECV_HS, "receive under handshake keys"},
        {HFI_SEND_HS, "send under handshake keys"},
        {HFI_RECV_APP, "receive under application keys"},
        {HFI_SEND_APP, "send under application keys"},
        {HFI_MAKE_MASTER, "make master secret"},
        {HFI_RECV_TLS12, "receive under new keys"},
        {HFI_SEND_TLS12, "send under new keys"},
        {HFI_FLIGHT_ENDS, "the record ends"},
        {HFI_RECV_EARLY, "receive under keys of early data"},
        {HFI_RECV_NEXT, "receive under the next keys"},
    };
    int printed = 0;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((keys & words[i].bit) == 0)
            continue;
        printf("%s%s", printed++ == 0 ? "" : between, words[i].text);
    }
    return printed;
}

static void print_rows(const hfi_table *t)
{
    puts("| in state | on | if | does | keys | goes to |");
    puts("| --- | --- | --- | --- | --- | --- |");
    for (size_t i = 0; i < t->edge_count; i++) {
        const hfi_edge *e = &t->edges[i];
        printf("| %s | %s | %s | `%s` | ", t->states[e->from],
               hfi_event_type_name(e->event), e->when_name, e->handler_name);
        print_keys(e->keys, "; ");
        printf(" | %s |\n", t->states[e->to]);
    }
    for (size_t i = 0; i < t->after_count; i++) {
        const hfi_after *a = &t->after[i];
        const char *state = a->anywhere ? "any" : t->states[t->connected];
        printf("| %s | %s | always | `%s` | ", state, hfi_event_type_name(a->event),
               hfi_after_step_name(a->step));
        print_keys(a->keys, "; ");
        printf(" | %s |\n", a->anywhere ? "the same" : state);
    }
}

static void print_page(void)
{
    const hfi_table *t;

    puts("# The states of a handshake\n"
         "\n"
         "Printed by `handfast states`; a test fails when this page is stale.\n"
         "\n"
         "Each row is one arrow of the diagrams of RFC 8446 A.  `GO` rows run by\n"
         "themselves, all others on the message that they name.  Rows of one state and\n"
         "event are tried from above; a message without a row is refused with\n"
         "`unexpected_message`.  Secrets are made when the transcript that they need is\n"
         "whole, and keys are used from the next record on.  Rows of CONNECTED and of "
         "any\n"
         "state stand apart in the tables: what they do is the connection's, since the\n"
         "handshake's memory is gone by then.");
    for (size_t i = 0; (t = hfi_table_at(i)) != NULL; i++) {
        char name[64];
        file_name(t, name, sizeof name);
        printf("\n## %s\n\n![The states of a %s and the messages between them]"
               "(states/%s.svg)\n\n",
               t->name, t->name, name);
        print_rows(t);
    }
}

static void print_picture(const hfi_table *t)
{
    puts("digraph states {\n"
         "    graph [fontname=\"Helvetica\", rankdir=TB, nodesep=0.5, ranksep=0.45, "
         "bgcolor=\"white\"]\n"
         "    node [fontname=\"Helvetica\", fontsize=12, shape=box, "
         "style=\"rounded,filled\", "
         "fillcolor=\"#eef3f8\", color=\"#37597a\"]\n"
         "    edge [fontname=\"Helvetica\", fontsize=10, color=\"#37597a\", "
         "fontcolor=\"#222222\"]");
    printf("    label=\"%s\"\n    labelloc=t\n", t->name);
    printf("    %s [shape=oval]\n", t->states[t->start]);
    printf("    %s [shape=oval, fillcolor=\"#dff0df\", color=\"#2f6b2f\"]\n",
           t->states[t->connected]);
    if (t->next != NULL)
        printf("    %s [shape=oval, style=dashed, label=\"%s\"]\n", t->states[t->leaves],
               t->next->name);
    for (size_t i = 0; i < t->edge_count; i++) {
        const hfi_edge *e = &t->edges[i];
        int is_go = e->event == HFI_GO;
        printf("    %s -> %s [label=\"%s", t->states[e->from], t->states[e->to],
               is_go ? e->handler_name : hfi_event_type_name(e->event));
        if (e->when != NULL)
            printf(" [%s]", e->when_name);
        if (e->keys != 0) {
            printf("\\n");
            print_keys(e->keys, "\\n");
        }
        printf("\"%s]\n", is_go ? ", style=dashed" : "");
    }
    for (size_t i = 0; i < t->after_count; i++) {
        const hfi_after *a = &t->after[i];
        printf("    %s -> %s [label=\"%s%s", t->states[t->connected],
               t->states[t->connected], hfi_event_type_name(a->event),
               a->anywhere ? " (in any state)" : "");
        if (a->keys != 0) {
            printf("\\n");
            print_keys(a->keys, "\\n");
        }
        puts("\"]");
    }
    puts("}");
}

int cli_states(int argc, char **argv)
{
    if (argc == 1) {
        print_page();
        return CLI_OK;
    }
    if (argc == 3 && strcmp(argv[1], "--dot") == 0) {
        const hfi_table *t;
        for (size_t i = 0; (t = hfi_table_at(i)) != NULL; i++) {
            char name[64];
            file_name(t, name, sizeof name);
            if (strcmp(name, argv[2]) == 0) {
                print_picture(t);
                return CLI_OK;
            }
        }
        fprintf(stderr, "handfast: no table '%s' (see handfast states)\n", argv[2]);
        return CLI_USAGE;
    }
    if (argc == 2 && strcmp(argv[1], "--names") == 0) {
        const hfi_table *t;
        for (size_t i = 0; (t = hfi_table_at(i)) != NULL; i++) {
            char name[64];
            file_name(t, name, sizeof name);
            puts(name);
        }
        return CLI_OK;
    }
    fputs("handfast: states takes nothing, --names, or --dot NAME\n", stderr);
    return CLI_USAGE;
}
