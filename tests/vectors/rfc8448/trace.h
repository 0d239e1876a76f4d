/* tests/vectors/rfc8448/trace.h: one step of a trace and its values.
 * Every value of a step must be taken exactly once: that is how the test knows that
 * none was passed over. */
#ifndef HF_TEST_RFC8448_TRACE_H
#define HF_TEST_RFC8448_TRACE_H

#include <jansson.h>

#include "base/types.h"

enum { TRACE_VALUE_MAX = 1024 };

typedef struct trace_bytes {
    uint8_t p[TRACE_VALUE_MAX];
    size_t len;
} trace_bytes;

typedef struct trace_step {
    int section;
    size_t number;
    const char *side;
    const char *name; /* of the step, as in the document */
    const json_t *values;
    size_t taken; /* values looked at so far */
} trace_step;

/* The value of that name; fails the test if there is none. */
void trace_take(trace_step *step, const char *name, trace_bytes *out);
/* Takes the value and fails the test unless it is these bytes. */
void trace_expect(trace_step *step, const char *name, hfi_view want);
/* Fails the test at this step; format as in printf. */
void trace_fail(const trace_step *step, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));
/* Fails the test at this step unless ok. */
void trace_check(const trace_step *step, bool ok, const char *what);
/* Fails the test if a value of the step was not taken. */
void trace_end(const trace_step *step);

/* Decodes hexadecimal; false if text is not that or too long. */
bool trace_unhex(const char *text, trace_bytes *out);

hfi_view trace_view(const trace_bytes *bytes);
/* Appends; fails the running test if it does not fit. */
void trace_append(trace_bytes *to, hfi_view bytes);

#endif
