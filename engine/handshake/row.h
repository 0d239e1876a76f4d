/* engine/handshake/row.h: the words that a state table is written in; for the files that
 * hold one. */
#ifndef HFI_HANDSHAKE_ROW_H
#define HFI_HANDSHAKE_ROW_H

#include "handshake/machine.h"

/* The condition of a row that has none. */
#define always NULL

/* An arrow of the diagram, with the names of its condition and its handler. */
#define ROW(from, event, when, handler, keys, to)                   \
    {                                                               \
        from, HFI_##event, when, handler, keys, to, #when, #handler \
    }

/* A message after the handshake. */
#define AFTER(event, step, keys)                         \
    {                                                    \
        HFI_##event, false, HFI_AFTER_##step, HFI_##keys \
    }
/* The same, or before it is over. */
#define ANYWHERE(event, step)                              \
    {                                                      \
        HFI_##event, true, HFI_AFTER_##step, HFI_KEYS_NONE \
    }

/* The table, of a file that has state_names, edges and after: from which state to which,
 * and where in it another table goes on (the last state, NULL: nowhere). */
/* clang-format off */
#define TABLE(label, first, last, left, other)                     \
    {                                                              \
        .name = label,                                             \
        .edges = edges,                                            \
        .edge_count = sizeof edges / sizeof edges[0],              \
        .states = state_names,                                     \
        .state_count = sizeof state_names / sizeof state_names[0], \
        .start = first,                                            \
        .connected = last,                                         \
        .leaves = left,                                            \
        .next = other,                                             \
        .after = after,                                            \
        .after_count = sizeof after / sizeof after[0],             \
    }
/* clang-format on */

#endif
