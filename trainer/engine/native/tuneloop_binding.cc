// tfjs-node's own N-API binding, unchanged, with the calls that the step compiler needs (graph_functions.h).
// tfjs-node's sources are included rather than patched, so that an update of the package needs no new patch.
#include <node_api.h>

#include "deferred_napi_auto_ref.h"
#include "binding/tfjs_backend.cc"

// The package's file registers its module itself; NAPI_MODULE_INIT at the bottom takes its place.
#undef NAPI_MODULE
#define NAPI_MODULE(name, init)
#include "binding/tfjs_binding.cc"

#include "fused_ops.h"
#include "graph_functions.h"

// quiet_start.cc: TensorFlow is loaded when this runs.
extern "C" void TuneloopGiveStandardErrorBack();
__attribute__((constructor)) static void AfterTensorflow() { TuneloopGiveStandardErrorBack(); }

namespace tfnodejs {

// `fusedInstructions`: what the fused operations are compiled for on this processor. Absent where TensorFlow took none.
static void DefineFusedOpsOnce(napi_env env, napi_value exports) {
  static const bool defined = [] {
    try {
      tuneloop::DefineFusedOps();
      return true;
    } catch (const std::exception &error) {
      fprintf(stderr, "TensorFlow takes no fused operations: %s\n", error.what());
      return false;
    }
  }();
  if (!defined) return;
  napi_value instructions;
  ENSURE_NAPI_OK(env, napi_create_string_utf8(env, tuneloop::GetKernels()->instructions, NAPI_AUTO_LENGTH, &instructions));
  ENSURE_NAPI_OK(env, napi_set_named_property(env, exports, "fusedInstructions", instructions));
}

}  // namespace tfnodejs

NAPI_MODULE_INIT() {
  tfnodejs::InitTFNodeJSBinding(env, exports);
  tfnodejs::DefineGraphFunctions(env, exports);
  tfnodejs::DefineFusedOpsOnce(env, exports);
  return exports;
}
