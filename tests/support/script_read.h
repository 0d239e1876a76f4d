/* tests/support/script_read.h: a message's body, read by all of the engine's readers that
 * look at its syntax: that of engine/msg, and those of the extensions in it. */
#ifndef SCRIPT_READ_H
#define SCRIPT_READ_H

#include "msg/shape.h"

/* What the readers say of it, on a side that was asked for everything that may be asked
 * for.  What only a whole handshake can know is not looked at. */
hfi_err script_read(const hfi_shape_context *context, hfi_view body);

/* Ends the program, with a line about it, unless the readers and the shapes agree: where
 * the readers say that a message or an extension cannot be read, the shape finds a
 * fault; where the shape finds a fault, the readers refuse.  Returns the readers' word.
 */
hfi_err script_agree(const hfi_shape_context *context, hfi_view body);

#endif
