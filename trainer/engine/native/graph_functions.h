// Builds a TensorFlow graph op by op and registers it as a function of the eager context, to be run by executeOp():
//
//   createGraph() → graph (freed by the garbage collector)
//   addConstant(graph, name, dtype, shape, values: TypedArray) → operation
//   addOperation(graph, op, name, attributes, inputs: number[], listLength: number, controls: number[]) → operation
//   addFunction(graph, name, inputs: number[], outputs: number[], controls: number[])
//   removeFunction(name)
//
// An operation is { operation: number, outputs: { id: number, dtype: number, shape: number[] }[] }. TensorFlow itself
// infers the type attributes that are left out and the shapes (an unknown dimension is -1, an unknown rank null), so that a
// wrong shape is an error of the call that adds the operation. `id`s are the inputs of later operations; `controls`
// are `operation`s. The first `listLength` inputs form one list argument (ConcatV2, Pack, AddN …), the rest are single.
#ifndef TUNELOOP_GRAPH_FUNCTIONS_H_
#define TUNELOOP_GRAPH_FUNCTIONS_H_

#include <deque>

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

struct GraphBuilder {
  std::unique_ptr<TF_Graph, decltype(&TF_DeleteGraph)> graph{TF_NewGraph(), TF_DeleteGraph};
  std::vector<TF_Operation *> operations;
  std::vector<TF_Output> values;
};

static napi_value CreateGraph(napi_env env, napi_callback_info) {
  napi_value result;
  auto *builder = new GraphBuilder();
  napi_status status = napi_create_external(
      env, builder, [](napi_env, void *data, void *) { delete static_cast<GraphBuilder *>(data); }, nullptr, &result);
  if (status != napi_ok) delete builder;
  ENSURE_NAPI_OK_RETVAL(env, status, nullptr);
  return result;
}

static GraphBuilder *GetGraph(napi_env env, napi_value value) {
  void *builder = nullptr;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_value_external(env, value, &builder), nullptr);
  return static_cast<GraphBuilder *>(builder);
}

static bool GetInts(napi_env env, napi_value array, std::vector<int64_t> *result) {
  uint32_t length;
  if (napi_get_array_length(env, array, &length) != napi_ok) return false;
  result->resize(length);
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    if (napi_get_element(env, array, i, &element) != napi_ok) return false;
    if (napi_get_value_int64(env, element, &(*result)[i]) != napi_ok) return false;
  }
  return true;
}

// Numbers of values or operations, with their range checked.
template <typename T>
static bool Resolve(napi_env env, napi_value array, const std::vector<T> &all, std::vector<T> *result) {
  std::vector<int64_t> indices;
  bool ok = GetInts(env, array, &indices);
  for (int64_t index : indices) {
    if (!ok || index < 0 || index >= static_cast<int64_t>(all.size())) {
      ok = false;
      break;
    }
    result->push_back(all[index]);
  }
  if (!ok) NAPI_THROW_ERROR(env, "Unknown value or operation of the graph");
  return ok;
}

static void SetAttribute(napi_env env, TF_OperationDescription *description, napi_value attribute) {
  napi_value name_value, type_value, value;
  ENSURE_NAPI_OK(env, napi_get_named_property(env, attribute, "name", &name_value));
  ENSURE_NAPI_OK(env, napi_get_named_property(env, attribute, "type", &type_value));
  ENSURE_NAPI_OK(env, napi_get_named_property(env, attribute, "value", &value));
  std::string name;
  int32_t type;
  ENSURE_NAPI_OK(env, GetStringParam(env, name_value, name));
  ENSURE_NAPI_OK(env, napi_get_value_int32(env, type_value, &type));
  bool is_array;
  ENSURE_NAPI_OK(env, napi_is_array(env, value, &is_array));
  std::vector<int64_t> ints;
  switch (type) {
    case TF_ATTR_STRING: {
      std::string text;
      ENSURE_NAPI_OK(env, GetStringParam(env, value, text));
      TF_SetAttrString(description, name.c_str(), text.data(), text.size());
      return;
    }
    case TF_ATTR_INT: {
      if (is_array) {
        GetInts(env, value, &ints);
        TF_SetAttrIntList(description, name.c_str(), ints.data(), ints.size());
      } else {
        int64_t number;
        ENSURE_NAPI_OK(env, napi_get_value_int64(env, value, &number));
        TF_SetAttrInt(description, name.c_str(), number);
      }
      return;
    }
    case TF_ATTR_FLOAT: {
      if (is_array) break;
      double number;
      ENSURE_NAPI_OK(env, napi_get_value_double(env, value, &number));
      TF_SetAttrFloat(description, name.c_str(), static_cast<float>(number));
      return;
    }
    case TF_ATTR_BOOL: {
      if (is_array) break;
      bool flag;
      ENSURE_NAPI_OK(env, napi_get_value_bool(env, value, &flag));
      TF_SetAttrBool(description, name.c_str(), flag ? 1 : 0);
      return;
    }
    case TF_ATTR_TYPE: {
      int32_t dtype;
      ENSURE_NAPI_OK(env, napi_get_value_int32(env, value, &dtype));
      TF_SetAttrType(description, name.c_str(), static_cast<TF_DataType>(dtype));
      return;
    }
    case TF_ATTR_SHAPE: {
      GetInts(env, value, &ints);
      TF_SetAttrShape(description, name.c_str(), ints.data(), ints.size());
      return;
    }
  }
  NAPI_THROW_ERROR(env, "Attribute %s has a form that graphs do not take", name.c_str());
}

static napi_value DescribeOutput(napi_env env, GraphBuilder *builder, TF_Output output, TF_Status *tf_status) {
  napi_value result, id, dtype, shape;
  builder->values.push_back(output);
  ENSURE_NAPI_OK_RETVAL(env, napi_create_object(env, &result), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_create_int64(env, builder->values.size() - 1, &id), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_create_int32(env, TF_OperationOutputType(output), &dtype), nullptr);
  const int rank = TF_GraphGetTensorNumDims(builder->graph.get(), output, tf_status);
  if (rank < 0) {
    ENSURE_NAPI_OK_RETVAL(env, napi_get_null(env, &shape), nullptr);
  } else {
    std::vector<int64_t> dims(rank);
    TF_GraphGetTensorShape(builder->graph.get(), output, dims.data(), rank, tf_status);
    ENSURE_NAPI_OK_RETVAL(env, napi_create_array_with_length(env, rank, &shape), nullptr);
    for (int i = 0; i < rank; i++) {
      napi_value dim;
      ENSURE_NAPI_OK_RETVAL(env, napi_create_int64(env, dims[i], &dim), nullptr);
      ENSURE_NAPI_OK_RETVAL(env, napi_set_element(env, shape, i, dim), nullptr);
    }
  }
  ENSURE_NAPI_OK_RETVAL(env, napi_set_named_property(env, result, "id", id), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_set_named_property(env, result, "dtype", dtype), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_set_named_property(env, result, "shape", shape), nullptr);
  return result;
}

// Adds the described operation to the graph and gives it to JavaScript.
static napi_value Finish(napi_env env, GraphBuilder *builder, TF_OperationDescription *description) {
  TF_AutoStatus tf_status;
  TF_Operation *operation = TF_FinishOperation(description, tf_status.status);
  ENSURE_TF_OK_RETVAL(env, tf_status, nullptr);
  builder->operations.push_back(operation);
  napi_value result, number, outputs;
  ENSURE_NAPI_OK_RETVAL(env, napi_create_object(env, &result), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_create_int64(env, builder->operations.size() - 1, &number), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_create_array(env, &outputs), nullptr);
  const int count = TF_OperationNumOutputs(operation);
  for (int i = 0; i < count; i++) {
    napi_value output = DescribeOutput(env, builder, {operation, i}, tf_status.status);
    ENSURE_TF_OK_RETVAL(env, tf_status, nullptr);
    ENSURE_NAPI_OK_RETVAL(env, napi_set_element(env, outputs, i, output), nullptr);
  }
  ENSURE_NAPI_OK_RETVAL(env, napi_set_named_property(env, result, "operation", number), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_set_named_property(env, result, "outputs", outputs), nullptr);
  return result;
}

static napi_value AddOperation(napi_env env, napi_callback_info info) {
  size_t argc = 7;
  napi_value args[7];
  ENSURE_NAPI_OK_RETVAL(env, napi_get_cb_info(env, info, &argc, args, nullptr, nullptr), nullptr);
  if (argc < 7) {
    NAPI_THROW_ERROR(env, "addOperation() takes seven arguments");
    return nullptr;
  }
  GraphBuilder *builder = GetGraph(env, args[0]);
  if (!builder) return nullptr;
  std::string op, name;
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[1], op), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[2], name), nullptr);
  std::vector<TF_Output> inputs;
  std::vector<TF_Operation *> controls;
  int32_t list_length;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_value_int32(env, args[5], &list_length), nullptr);
  if (!Resolve(env, args[4], builder->values, &inputs)) return nullptr;
  if (!Resolve(env, args[6], builder->operations, &controls)) return nullptr;
  if (list_length > static_cast<int32_t>(inputs.size())) {
    NAPI_THROW_ERROR(env, "%s has fewer inputs than its list is long", op.c_str());
    return nullptr;
  }

  TF_OperationDescription *description = TF_NewOperation(builder->graph.get(), op.c_str(), name.c_str());
  if (list_length > 0) TF_AddInputList(description, inputs.data(), list_length);
  for (size_t i = list_length; i < inputs.size(); i++) TF_AddInput(description, inputs[i]);
  for (TF_Operation *control : controls) TF_AddControlInput(description, control);
  uint32_t attributes;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_array_length(env, args[3], &attributes), nullptr);
  for (uint32_t i = 0; i < attributes; i++) {
    napi_value attribute;
    ENSURE_NAPI_OK_RETVAL(env, napi_get_element(env, args[3], i, &attribute), nullptr);
    SetAttribute(env, description, attribute);
    if (IsExceptionPending(env)) {
      // Frees the description; what TensorFlow says of the half-made operation does not matter.
      TF_AutoStatus ignored;
      TF_FinishOperation(description, ignored.status);
      return nullptr;
    }
  }
  return Finish(env, builder, description);
}

static napi_value AddConstant(napi_env env, napi_callback_info info) {
  size_t argc = 5;
  napi_value args[5];
  ENSURE_NAPI_OK_RETVAL(env, napi_get_cb_info(env, info, &argc, args, nullptr, nullptr), nullptr);
  if (argc < 5) {
    NAPI_THROW_ERROR(env, "addConstant() takes five arguments");
    return nullptr;
  }
  GraphBuilder *builder = GetGraph(env, args[0]);
  if (!builder) return nullptr;
  std::string name;
  int32_t dtype;
  std::vector<int64_t> shape;
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[1], name), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_get_value_int32(env, args[2], &dtype), nullptr);
  if (!GetInts(env, args[3], &shape)) {
    NAPI_THROW_ERROR(env, "addConstant() takes a shape");
    return nullptr;
  }
  napi_typedarray_type array_type;
  size_t length;
  void *data;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_typedarray_info(env, args[4], &array_type, &length, &data, nullptr, nullptr),
                        nullptr);
  size_t elements = 1;
  for (int64_t dim : shape) elements *= dim;
  if (elements != length) {
    NAPI_THROW_ERROR(env, "A constant of %zu elements was given %zu values", elements, length);
    return nullptr;
  }
  TF_AutoTensor tensor(TF_AllocateTensor(static_cast<TF_DataType>(dtype), shape.data(), shape.size(),
                                         length * TF_DataTypeSize(static_cast<TF_DataType>(dtype))));
  memcpy(TF_TensorData(tensor.tensor), data, TF_TensorByteSize(tensor.tensor));
  TF_AutoStatus tf_status;
  TF_OperationDescription *description = TF_NewOperation(builder->graph.get(), "Const", name.c_str());
  TF_SetAttrTensor(description, "value", tensor.tensor, tf_status.status);
  TF_SetAttrType(description, "dtype", static_cast<TF_DataType>(dtype));
  return Finish(env, builder, description);
}

static napi_value AddFunction(napi_env env, napi_callback_info info) {
  size_t argc = 5;
  napi_value args[5];
  ENSURE_NAPI_OK_RETVAL(env, napi_get_cb_info(env, info, &argc, args, nullptr, nullptr), nullptr);
  if (argc < 5) {
    NAPI_THROW_ERROR(env, "addFunction() takes five arguments");
    return nullptr;
  }
  TFJSBackend *const backend = GetTFJSBackend(env);
  GraphBuilder *builder = GetGraph(env, args[0]);
  if (!backend || !builder) return nullptr;
  std::string name;
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[1], name), nullptr);
  std::vector<TF_Output> inputs, outputs;
  std::vector<TF_Operation *> controls;
  if (!Resolve(env, args[2], builder->values, &inputs)) return nullptr;
  if (!Resolve(env, args[3], builder->values, &outputs)) return nullptr;
  if (!Resolve(env, args[4], builder->operations, &controls)) return nullptr;
  TF_AutoStatus tf_status;
  // Operations that change a variable are control outputs: nothing else keeps them from being pruned.
  TF_Function *function = TF_GraphToFunctionWithControlOutputs(
      builder->graph.get(), name.c_str(), 0, -1, nullptr, inputs.size(), inputs.data(), outputs.size(), outputs.data(),
      nullptr, controls.size(), controls.data(), nullptr, nullptr, nullptr, tf_status.status);
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

static void DefineGraphFunctions(napi_env env, napi_value exports) {
  napi_property_descriptor properties[] = {
      {"createGraph", nullptr, CreateGraph, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"addConstant", nullptr, AddConstant, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"addOperation", nullptr, AddOperation, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"addFunction", nullptr, AddFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"removeFunction", nullptr, RemoveFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  ENSURE_NAPI_OK(env, napi_define_properties(env, exports, ARRAY_SIZE(properties), properties));
}

}  // namespace tfnodejs

#endif  // TUNELOOP_GRAPH_FUNCTIONS_H_
