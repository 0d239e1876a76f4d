/* capi/registry.h: names out of the IANA registries of TLS, as the engine has them. */
#ifndef HFI_CAPI_REGISTRY_H
#define HFI_CAPI_REGISTRY_H

#include "handshake/registered.h"

#endif
