#include "handshake/settings.h"
