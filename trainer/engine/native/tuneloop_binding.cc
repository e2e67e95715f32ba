// tfjs-node's own N-API binding, unchanged, with the calls that the step compiler needs (graph_functions.h).
// tfjs-node's sources are included rather than patched, so that an update of the package needs no new patch.
#include <node_api.h>

#include "deferred_napi_auto_ref.h"
#include "binding/tfjs_backend.cc"

// The package's file registers its module itself; NAPI_MODULE_INIT at the bottom takes its place.
#undef NAPI_MODULE
#define NAPI_MODULE(name, init)
#include "binding/tfjs_binding.cc"

#include "graph_functions.h"

NAPI_MODULE_INIT() {
  tfnodejs::InitTFNodeJSBinding(env, exports);
  tfnodejs::DefineGraphFunctions(env, exports);
  return exports;
}
