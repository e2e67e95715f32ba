// tfjs-node's own N-API binding, unchanged, with two more calls for the step compiler:
//
//   addGraphFunction(name, graphDef: Uint8Array, inputs: "a:0,b:0", outputs: "c:0")
//     registers a serialized GraphDef as a function of the eager context, to be run by executeOp(name, …)
//   removeFunction(name)
//
// tfjs-node's sources are included rather than patched, so that an update of the package needs no new patch.
#include <node_api.h>

#include "deferred_napi_auto_ref.h"
#include "binding/tfjs_backend.cc"

// The package's file registers its module itself; NAPI_MODULE_INIT at the bottom takes its place.
#undef NAPI_MODULE
#define NAPI_MODULE(name, init)
#include "binding/tfjs_binding.cc"

#include "tensorflow/c/c_api.h"

namespace tfnodejs {

// Standard C++ access to a private member: access checks do not apply to an explicit instantiation.
template <typename Tag, typename Tag::type Member>
struct MemberAccess {
  friend typename Tag::type Get(Tag) { return Member; }
};
struct EagerContext {
  typedef TFE_Context *TFJSBackend::*type;
  friend type Get(EagerContext);
};
template struct MemberAccess<EagerContext, &TFJSBackend::tfe_context_>;

// Reads "a:0,b:1" into outputs of operations of the graph. False with the name of the first unknown operation.
static bool ResolveOutputs(TF_Graph *graph, const std::string &list, std::vector<TF_Output> *result,
                           std::string *unknown) {
  size_t start = 0;
  while (start < list.size()) {
    size_t end = list.find(',', start);
    if (end == std::string::npos) end = list.size();
    const std::string item = list.substr(start, end - start);
    const size_t colon = item.find(':');
    TF_Operation *operation = TF_GraphOperationByName(graph, item.substr(0, colon).c_str());
    if (operation == nullptr) {
      *unknown = item;
      return false;
    }
    result->push_back({operation, colon == std::string::npos ? 0 : atoi(item.c_str() + colon + 1)});
    start = end + 1;
  }
  return true;
}

static napi_value AddGraphFunction(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value args[4];
  ENSURE_NAPI_OK_RETVAL(env, napi_get_cb_info(env, info, &argc, args, nullptr, nullptr), nullptr);
  if (argc < 4) {
    NAPI_THROW_ERROR(env, "addGraphFunction() takes a name, a graph, inputs and outputs");
    return nullptr;
  }
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend) return nullptr;
  std::string name, input_names, output_names;
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[0], name), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[2], input_names), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[3], output_names), nullptr);
  napi_typedarray_type type;
  size_t length;
  void *data;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_typedarray_info(env, args[1], &type, &length, &data, nullptr, nullptr), nullptr);

  TF_AutoStatus tf_status;
  std::unique_ptr<TF_Graph, decltype(&TF_DeleteGraph)> graph(TF_NewGraph(), TF_DeleteGraph);
  TF_Buffer *buffer = TF_NewBufferFromString(data, length);
  TF_ImportGraphDefOptions *options = TF_NewImportGraphDefOptions();
  TF_GraphImportGraphDef(graph.get(), buffer, options, tf_status.status);
  TF_DeleteImportGraphDefOptions(options);
  TF_DeleteBuffer(buffer);
  ENSURE_TF_OK_RETVAL(env, tf_status, nullptr);

  std::vector<TF_Output> inputs, outputs;
  std::string unknown;
  if (!ResolveOutputs(graph.get(), input_names, &inputs, &unknown) ||
      !ResolveOutputs(graph.get(), output_names, &outputs, &unknown)) {
    NAPI_THROW_ERROR(env, "Function %s: unknown input or output %s", name.c_str(), unknown.c_str());
    return nullptr;
  }
  TF_Function *function =
      TF_GraphToFunction(graph.get(), name.c_str(), 0, -1, nullptr, inputs.size(), inputs.data(), outputs.size(),
                         outputs.data(), nullptr, nullptr, nullptr, tf_status.status);
  ENSURE_TF_OK_RETVAL(env, tf_status, nullptr);
  TFE_ContextAddFunction(backend->*Get(EagerContext()), function, tf_status.status);
  TF_DeleteFunction(function);
  ENSURE_TF_OK_RETVAL(env, tf_status, nullptr);
  return nullptr;
}

static napi_value RemoveFunction(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value args[1];
  ENSURE_NAPI_OK_RETVAL(env, napi_get_cb_info(env, info, &argc, args, nullptr, nullptr), nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend) return nullptr;
  std::string name;
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[0], name), nullptr);
  TF_AutoStatus tf_status;
  TFE_ContextRemoveFunction(backend->*Get(EagerContext()), name.c_str(), tf_status.status);
  ENSURE_TF_OK_RETVAL(env, tf_status, nullptr);
  return nullptr;
}

}  // namespace tfnodejs

NAPI_MODULE_INIT() {
  using namespace tfnodejs;
  InitTFNodeJSBinding(env, exports);
  napi_property_descriptor properties[] = {
      {"addGraphFunction", nullptr, AddGraphFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"removeFunction", nullptr, RemoveFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  ENSURE_NAPI_OK_RETVAL(env, napi_define_properties(env, exports, ARRAY_SIZE(properties), properties), exports);
  return exports;
}
