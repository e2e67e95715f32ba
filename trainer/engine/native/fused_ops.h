// The fused kernels as operations of TensorFlow, on the CPU, by its stable C interface. Its shape functions read no
// attributes, so that what a shape needs comes as (the shape of) an input.
//
//   TuneloopRmsNorm(x, gain; epsilon) → same, y, inverse          `same` is x: where the paths of a residual part
//   TuneloopRmsNormGradient(dsame, dy, x, inverse, gain) → dx
//   TuneloopSwiGlu(gate_up) → y
//   TuneloopSwiGluGradient(dy, gate_up) → dgate_up
//   TuneloopAdapterLow(x, a, scale) → scale·x·aᵀ
//   TuneloopAddAdapter(y, low, b, places) → y + low·bᵀ
//   TuneloopAddAdapterTo(y, residual, low, b, places) → y + residual + low·bᵀ
//   TuneloopAdapterGradients(base, dy, x, low, a, b, places, scale) → dx, da, db
//   TuneloopAttention(qkv, cosines, sines, token_of_slot, segments, heads) → mixed, log_sum_exp
//   TuneloopAttentionGradient(qkv, cosines, sines, token_of_slot, segments, heads, mixed, log_sum_exp, dmixed) → dqkv
//
//   TuneloopThinProduct(x, w) → x·wᵀ                               few rows of x
//   TuneloopKeysAndValues(qkv, cosines, sines, token_of_slot, segments, heads) → keys, values
//   TuneloopCachedAttention(qkv, cosines, sines, slot, first_slot, heads, keys, values) → mixed
//   TuneloopNucleus(logits, uniforms, temperature, top_p) → ids
//
// TuneloopCachedAttention writes into `keys` and `values`, which are aliases of variables.
// `heads` is a float32 [heads, key/value heads] of any values. See fused/ for what they compute.
#ifndef TUNELOOP_FUSED_OPS_H_
#define TUNELOOP_FUSED_OPS_H_

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "fused/kernels.h"
#define IS_SLIM_BUILD  // leaves out a part of kernels.h that includes TensorFlow's own headers
#include "tensorflow/c/kernels.h"
#undef IS_SLIM_BUILD
#include "tensorflow/c/ops.h"

namespace tuneloop {

struct Status {
  TF_Status *status = TF_NewStatus();
  ~Status() { TF_DeleteStatus(status); }
  operator TF_Status *() const { return status; }
  void Check() const {
    if (TF_GetCode(status) != TF_OK) throw std::runtime_error(TF_Message(status));
  }
};

// ------------------------------------------------------------------------------------------------------------ kernels

// A tensor that an operation reads or writes; owned here, the memory is TensorFlow's.
class Tensor {
 public:
  explicit Tensor(TF_Tensor *tensor) : tensor_(tensor) {}
  Tensor(Tensor &&other) noexcept : tensor_(other.tensor_) { other.tensor_ = nullptr; }
  Tensor(const Tensor &) = delete;
  Tensor &operator=(const Tensor &) = delete;
  ~Tensor() {
    if (tensor_) TF_DeleteTensor(tensor_);
  }

  int64_t dim(int i) const { return TF_Dim(tensor_, i); }
  template <typename T = float>
  T *data() const {
    return static_cast<T *>(TF_TensorData(tensor_));
  }
  TF_Tensor *get() const { return tensor_; }

 private:
  TF_Tensor *tensor_;
};

// One call of an operation.
class Call {
 public:
  explicit Call(TF_OpKernelContext *context) : context_(context) {}

  Tensor Input(int i, int rank) const {
    TF_Tensor *tensor = nullptr;
    TF_GetInput(context_, i, &tensor, status_);
    status_.Check();
    Tensor input(tensor);
    if (TF_NumDims(tensor) != rank) {
      throw std::runtime_error("input " + std::to_string(i) + " should have rank " + std::to_string(rank));
    }
    return input;
  }

  // One size of an input, without holding on to the tensor.
  int64_t Dim(int input, int i) const { return Input(input, 2).dim(i); }

  Tensor Output(int i, std::initializer_list<int64_t> dims, TF_DataType type = TF_FLOAT) const {
    size_t size = TF_DataTypeSize(type);
    for (int64_t dim : dims) size *= dim;
    TF_Tensor *tensor = TF_AllocateOutput(context_, i, type, dims.begin(), dims.size(), size, status_);
    status_.Check();
    return Tensor(tensor);
  }

  // The memory of input `input`, where nobody else reads it, or new memory. To be called before Input(input).
  Tensor OutputInPlace(int i, int input, std::initializer_list<int64_t> dims) const {
    int forwarded = -1;
    TF_Tensor *tensor = TF_ForwardInputOrAllocateOutput(context_, &input, 1, i, dims.begin(), dims.size(), &forwarded,
                                                        status_);
    status_.Check();
    return Tensor(tensor);
  }

  void Forward(int i, const Tensor &input) const {
    TF_SetOutput(context_, i, input.get(), status_);
    status_.Check();
  }

  static void Require(bool holds, const char *what) {
    if (!holds) throw std::runtime_error(what);
  }

 private:
  TF_OpKernelContext *context_;
  Status status_;
};

using Compute = void (*)(const Call &call, float epsilon);

// Errors become TensorFlow's: nothing may be thrown through it.
template <Compute kCompute>
void ComputeOrFail(void *state, TF_OpKernelContext *context) {
  try {
    kCompute(Call(context), *static_cast<float *>(state));
  } catch (const std::exception &error) {
    Status status;
    TF_SetStatus(status, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelContext_Failure(context, status);
  }
}

template <bool kHasEpsilon>
void *CreateState(TF_OpKernelConstruction *construction) {
  auto *epsilon = new float(0);
  if (kHasEpsilon) {
    Status status;
    TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", epsilon, status);
    if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  }
  return epsilon;
}

inline void ComputeRmsNorm(const Call &call, float epsilon) {
  const Tensor x = call.Input(0, 2), gain = call.Input(1, 1);
  const int64_t rows = x.dim(0), size = x.dim(1);
  Call::Require(gain.dim(0) == size, "gain should be as wide as x");
  call.Forward(0, x);
  const Tensor y = call.Output(1, {rows, size}), inverse = call.Output(2, {rows});
  GetKernels()->rms_norm(rows, size, x.data(), gain.data(), epsilon, y.data(), inverse.data());
}

inline void ComputeRmsNormGradient(const Call &call, float) {
  const Tensor dsame = call.Input(0, 2), dy = call.Input(1, 2), x = call.Input(2, 2);
  const Tensor inverse = call.Input(3, 1), gain = call.Input(4, 1);
  const int64_t rows = x.dim(0), size = x.dim(1);
  const Tensor dx = call.Output(0, {rows, size});
  GetKernels()->rms_norm_gradient(rows, size, dsame.data(), dy.data(), x.data(), inverse.data(), gain.data(),
                                  dx.data());
}

inline void ComputeSwiGlu(const Call &call, float) {
  const Tensor gate_up = call.Input(0, 2);
  const int64_t rows = gate_up.dim(0), size = gate_up.dim(1) / 2;
  const Tensor y = call.Output(0, {rows, size});
  GetKernels()->swiglu(rows, size, gate_up.data(), y.data());
}

inline void ComputeSwiGluGradient(const Call &call, float) {
  const Tensor dy = call.Input(0, 2), gate_up = call.Input(1, 2);
  const int64_t rows = dy.dim(0), size = dy.dim(1);
  const Tensor dgate_up = call.Output(0, {rows, 2 * size});
  GetKernels()->swiglu_gradient(rows, size, dy.data(), gate_up.data(), dgate_up.data());
}

inline void ComputeAdapterLow(const Call &call, float) {
  const Tensor x = call.Input(0, 2), a = call.Input(1, 2), scale = call.Input(2, 0);
  const int64_t rows = x.dim(0), in = x.dim(1), width = a.dim(0);
  Call::Require(a.dim(1) == in, "a should be as wide as x");
  const Tensor low = call.Output(0, {rows, width});
  GetKernels()->adapter_low(rows, in, width, x.data(), a.data(), *scale.data(), low.data());
}

// The sizes of pairs that add to a y [rows, out], once they are known to fit.
inline AdapterSizes SizesOfAdapter(int64_t rows, int64_t in, int64_t out, const Tensor &low, const Tensor &b,
                                   const Tensor &places) {
  const int64_t pairs = places.dim(0), rank = b.dim(1);
  Call::Require(places.dim(1) == 2, "places should be pairs of first column and count");
  Call::Require(low.dim(0) == rows && low.dim(1) == pairs * rank, "low should have b's rank for each pair");
  int64_t outs = 0;
  for (int64_t pair = 0; pair < pairs; pair++) {
    const int32_t first = places.data<int32_t>()[2 * pair], count = places.data<int32_t>()[2 * pair + 1];
    Call::Require(first >= 0 && count >= 0 && first + static_cast<int64_t>(count) <= out, "a place lies outside of y");
    outs += count;
  }
  Call::Require(b.dim(0) == outs, "b should have a row for each column of the places");
  return {rows, static_cast<int>(in), static_cast<int>(out), static_cast<int>(rank), static_cast<int>(pairs)};
}

template <bool kHasResidual>
void ComputeAddAdapter(const Call &call, float) {
  const Tensor low = call.Input(1 + kHasResidual, 2), b = call.Input(2 + kHasResidual, 2);
  const Tensor places = call.Input(3 + kHasResidual, 2);
  const int64_t rows = call.Dim(0, 0), out = call.Dim(0, 1);
  const AdapterSizes sizes = SizesOfAdapter(rows, 0, out, low, b, places);
  const Tensor sum = call.OutputInPlace(0, 0, {rows, out});
  const Tensor y = call.Input(0, 2), residual = call.Input(kHasResidual ? 1 : 0, 2);
  Call::Require(residual.dim(0) == rows && residual.dim(1) == out, "the residual should have the shape of y");
  GetKernels()->add_adapter(sizes, y.data(), kHasResidual ? residual.data() : nullptr, low.data(), b.data(),
                            places.data<int32_t>(), sum.data());
}

inline void ComputeAdapterGradients(const Call &call, float) {
  const Tensor dy = call.Input(1, 2), x = call.Input(2, 2), low = call.Input(3, 2), a = call.Input(4, 2);
  const Tensor b = call.Input(5, 2), places = call.Input(6, 2), scale = call.Input(7, 0);
  const int64_t rows = x.dim(0), in = x.dim(1);
  Call::Require(dy.dim(0) == rows && call.Dim(0, 0) == rows && call.Dim(0, 1) == in, "base should have the shape of x");
  Call::Require(a.dim(0) == low.dim(1) && a.dim(1) == in, "a should have x's width, and a row for each column of low");
  const AdapterSizes sizes = SizesOfAdapter(rows, in, dy.dim(1), low, b, places);
  const Tensor dx = call.OutputInPlace(0, 0, {rows, in});
  const Tensor base = call.Input(0, 2);
  const Tensor da = call.Output(1, {a.dim(0), in}), db = call.Output(2, {b.dim(0), b.dim(1)});
  GetKernels()->adapter_gradients(sizes, base.data(), dy.data(), x.data(), low.data(), a.data(), b.data(),
                                  places.data<int32_t>(), *scale.data(), dx.data(), da.data(), db.data());
}

// The inputs that both passes of attention begin with.
struct AttentionInputs {
  explicit AttentionInputs(const Call &call)
      : qkv(call.Input(0, 2)),
        cosines(call.Input(1, 2)),
        sines(call.Input(2, 2)),
        token_of_slot(call.Input(3, 2)),
        segments(call.Input(4, 2)),
        heads(call.Input(5, 2)) {
    const int head_dim = 2 * cosines.dim(1);
    sizes = {static_cast<int>(qkv.dim(0)),   static_cast<int>(segments.dim(0)), static_cast<int>(segments.dim(1)),
             static_cast<int>(heads.dim(0)), static_cast<int>(heads.dim(1)),    head_dim};
    Call::Require(qkv.dim(1) == (sizes.heads + 2 * sizes.key_value_heads) * head_dim, "qkv has another width");
    Call::Require(sizes.heads % sizes.key_value_heads == 0, "heads should be a multiple of key/value heads");
    const int32_t *token = token_of_slot.data<int32_t>(), *segment = segments.data<int32_t>();
    for (int64_t slot = 0; slot < static_cast<int64_t>(sizes.rows) * sizes.time; slot++) {
      Call::Require(segment[slot] < 0 || (token[slot] >= 0 && token[slot] < sizes.tokens), "a slot's token is not there");
    }
  }

  Tensor qkv, cosines, sines, token_of_slot, segments, heads;
  AttentionSizes sizes;
};

inline void ComputeAttention(const Call &call, float) {
  const AttentionInputs in(call);
  const AttentionSizes &sizes = in.sizes;
  const Tensor mixed = call.Output(0, {sizes.tokens, static_cast<int64_t>(sizes.heads) * sizes.head_dim});
  const Tensor log_sum_exp = call.Output(1, {sizes.rows, sizes.heads, sizes.time});
  GetKernels()->attention(sizes, in.qkv.data(), in.cosines.data(), in.sines.data(), in.token_of_slot.data<int32_t>(),
                          in.segments.data<int32_t>(), mixed.data(), log_sum_exp.data());
}

inline void ComputeAttentionGradient(const Call &call, float) {
  const AttentionInputs in(call);
  const Tensor mixed = call.Input(6, 2), log_sum_exp = call.Input(7, 3), dmixed = call.Input(8, 2);
  const Tensor dqkv = call.Output(0, {in.qkv.dim(0), in.qkv.dim(1)});
  GetKernels()->attention_gradient(in.sizes, in.qkv.data(), in.cosines.data(), in.sines.data(),
                                   in.token_of_slot.data<int32_t>(), in.segments.data<int32_t>(), mixed.data(),
                                   log_sum_exp.data(), dmixed.data(), dqkv.data());
}

inline void ComputeThinProduct(const Call &call, float) {
  const Tensor x = call.Input(0, 2), w = call.Input(1, 2);
  const int64_t rows = x.dim(0), depth = x.dim(1), outs = w.dim(0);
  Call::Require(w.dim(1) == depth, "x should be as wide as w");
  const Tensor y = call.Output(0, {rows, outs});
  GetKernels()->thin_product(rows, outs, depth, x.data(), w.data(), y.data());
}

inline void ComputeKeysAndValues(const Call &call, float) {
  const AttentionInputs in(call);
  const auto &[tokens, rows, time, heads, key_value_heads, head_dim] = in.sizes;
  const Tensor keys = call.Output(0, {rows, key_value_heads, time, head_dim});
  const Tensor values = call.Output(1, {rows, key_value_heads, time, head_dim});
  GetKernels()->keys_and_values(in.sizes, in.qkv.data(), in.cosines.data(), in.sines.data(),
                                in.token_of_slot.data<int32_t>(), in.segments.data<int32_t>(), keys.data(),
                                values.data());
}

inline void ComputeCachedAttention(const Call &call, float) {
  const Tensor qkv = call.Input(0, 2), cosines = call.Input(1, 2), sines = call.Input(2, 2), slot = call.Input(3, 0);
  const Tensor first_slot = call.Input(4, 1), heads = call.Input(5, 2), keys = call.Input(6, 4);
  const Tensor values = call.Input(7, 4);
  const int rows = qkv.dim(0), head_dim = keys.dim(3), time = keys.dim(2), at = *slot.data<int32_t>();
  const AttentionSizes sizes{rows, rows, time, static_cast<int>(heads.dim(0)), static_cast<int>(heads.dim(1)),
                             head_dim};
  Call::Require(keys.dim(0) == rows && keys.dim(1) == sizes.key_value_heads && 2 * cosines.dim(1) == head_dim,
                "the cache has another shape");
  Call::Require(at >= 0 && at < time, "the cache is full");
  const Tensor mixed = call.Output(0, {rows, static_cast<int64_t>(sizes.heads) * head_dim});
  GetKernels()->cached_attention(sizes, qkv.data(), cosines.data(), sines.data(), at, first_slot.data<int32_t>(),
                                 keys.data(), values.data(), mixed.data());
}

inline void ComputeNucleus(const Call &call, float) {
  const Tensor logits = call.Input(0, 2), uniforms = call.Input(1, 1), temperature = call.Input(2, 0);
  const Tensor top_p = call.Input(3, 0);
  const int64_t rows = logits.dim(0);
  Call::Require(uniforms.dim(0) == rows && logits.dim(1) > 0, "there should be a uniform for each row of logits");
  const Tensor ids = call.Output(0, {rows}, TF_INT32);
  GetKernels()->choose_from_nucleus(rows, logits.dim(1), logits.data(), uniforms.data(), *temperature.data(),
                                    *top_p.data(), ids.data<int32_t>());
}

// ------------------------------------------------------------------------------------------------------------- shapes

// The shapes of an operation's inputs while its outputs' are worked out.
class Shapes {
 public:
  Shapes(TF_ShapeInferenceContext *context, TF_Status *status) : context_(context), status_(status) {}
  ~Shapes() {
    for (TF_ShapeHandle *handle : handles_) TF_DeleteShapeHandle(handle);
  }

  TF_ShapeHandle *Of(int input) {
    TF_ShapeHandle *handle = Add(TF_NewShapeHandle());
    TF_ShapeInferenceContextGetInput(context_, input, handle, status_);
    return handle;
  }
  // Dimensions `from` … `to − 1` of an input's shape.
  TF_ShapeHandle *Part(int input, int from, int to) {
    TF_ShapeHandle *part = Add(TF_NewShapeHandle());
    TF_ShapeInferenceContextSubshape(context_, Of(input), from, to, part, status_);
    return part;
  }
  int64_t Dim(int input, int i) {
    TF_DimensionHandle *dim = TF_NewDimensionHandle();
    TF_ShapeInferenceContextDim(context_, Of(input), i, dim);
    const int64_t size = TF_DimensionHandleValueKnown(dim) ? TF_DimensionHandleValue(dim) : -1;
    TF_DeleteDimensionHandle(dim);
    return size;
  }
  TF_ShapeHandle *Vector(int64_t size) { return Add(TF_ShapeInferenceContextVectorFromSize(context_, size)); }
  TF_ShapeHandle *Join(TF_ShapeHandle *first, TF_ShapeHandle *second) {
    TF_ShapeHandle *joined = Add(TF_NewShapeHandle());
    TF_ShapeInferenceContextConcatenateShapes(context_, first, second, joined, status_);
    return joined;
  }
  void Set(int output, TF_ShapeHandle *shape) { TF_ShapeInferenceContextSetOutput(context_, output, shape, status_); }
  void SetUnknown() { TF_ShapeInferenceContextSetUnknownShape(context_, status_); }

 private:
  TF_ShapeHandle *Add(TF_ShapeHandle *handle) {
    handles_.push_back(handle);
    return handle;
  }

  TF_ShapeInferenceContext *context_;
  TF_Status *status_;
  std::vector<TF_ShapeHandle *> handles_;
};

inline void ShapeOfRmsNorm(TF_ShapeInferenceContext *context, TF_Status *status) {
  Shapes shapes(context, status);
  shapes.Set(0, shapes.Of(0));
  shapes.Set(1, shapes.Of(0));
  shapes.Set(2, shapes.Part(0, 0, 1));
}

template <int kInput>
void ShapeOfInput(TF_ShapeInferenceContext *context, TF_Status *status) {
  Shapes shapes(context, status);
  shapes.Set(0, shapes.Of(kInput));
}

inline void ShapeOfAdapterGradients(TF_ShapeInferenceContext *context, TF_Status *status) {
  Shapes shapes(context, status);
  shapes.Set(0, shapes.Of(2));
  shapes.Set(1, shapes.Of(4));
  shapes.Set(2, shapes.Of(5));
}

inline void ShapeOfSwiGlu(TF_ShapeInferenceContext *context, TF_Status *status) {
  Shapes shapes(context, status);
  const int64_t width = shapes.Dim(0, 1);
  if (width < 0) return shapes.SetUnknown();
  shapes.Set(0, shapes.Join(shapes.Part(0, 0, 1), shapes.Vector(width / 2)));
}

inline void ShapeOfAttention(TF_ShapeInferenceContext *context, TF_Status *status) {
  Shapes shapes(context, status);
  const int64_t heads = shapes.Dim(5, 0), half = shapes.Dim(1, 1);
  if (heads < 0 || half < 0) return shapes.SetUnknown();
  shapes.Set(0, shapes.Join(shapes.Part(0, 0, 1), shapes.Vector(heads * 2 * half)));
  shapes.Set(1, shapes.Join(shapes.Join(shapes.Part(4, 0, 1), shapes.Vector(heads)), shapes.Part(4, 1, 2)));
}

inline void ShapeOfThinProduct(TF_ShapeInferenceContext *context, TF_Status *status) {
  Shapes shapes(context, status);
  shapes.Set(0, shapes.Join(shapes.Part(0, 0, 1), shapes.Part(1, 0, 1)));
}

inline void ShapeOfKeysAndValues(TF_ShapeInferenceContext *context, TF_Status *status) {
  Shapes shapes(context, status);
  const int64_t half = shapes.Dim(1, 1);
  if (half < 0) return shapes.SetUnknown();
  TF_ShapeHandle *of_heads = shapes.Join(shapes.Part(4, 0, 1), shapes.Part(5, 1, 2));
  TF_ShapeHandle *of_slots = shapes.Join(shapes.Part(4, 1, 2), shapes.Vector(2 * half));
  for (int output = 0; output < 2; output++) shapes.Set(output, shapes.Join(of_heads, of_slots));
}

inline void ShapeOfCachedAttention(TF_ShapeInferenceContext *context, TF_Status *status) {
  Shapes shapes(context, status);
  const int64_t heads = shapes.Dim(5, 0), half = shapes.Dim(1, 1);
  if (heads < 0 || half < 0) return shapes.SetUnknown();
  shapes.Set(0, shapes.Join(shapes.Part(0, 0, 1), shapes.Vector(heads * 2 * half)));
}

// ------------------------------------------------------------------------------------------------------- registration

using ShapeFunction = void (*)(TF_ShapeInferenceContext *, TF_Status *);

inline void DefineOp(const char *name, std::initializer_list<const char *> inputs,
                     std::initializer_list<const char *> outputs, std::initializer_list<const char *> attributes,
                     ShapeFunction shape, bool is_stateful = false) {
  TF_OpDefinitionBuilder *builder = TF_NewOpDefinitionBuilder(name);
  TF_OpDefinitionBuilderSetIsStateful(builder, is_stateful);
  for (const char *attribute : attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute);
  for (const char *input : inputs) TF_OpDefinitionBuilderAddInput(builder, input);
  for (const char *output : outputs) TF_OpDefinitionBuilderAddOutput(builder, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, shape);
  Status status;
  TF_RegisterOpDefinition(builder, status);
  status.Check();
}

template <Compute kCompute, bool kHasEpsilon = false>
void DefineKernel(const char *name) {
  TF_KernelBuilder *builder = TF_NewKernelBuilder(name, "CPU", CreateState<kHasEpsilon>, ComputeOrFail<kCompute>,
                                                  [](void *state) { delete static_cast<float *>(state); });
  Status status;
  TF_RegisterKernelBuilder(name, builder, status);
  status.Check();
}

// Once for the process. Throws where TensorFlow refuses.
inline void DefineFusedOps() {
  DefineOp("TuneloopRmsNorm", {"x: float", "gain: float"}, {"same: float", "y: float", "inverse: float"},
           {"epsilon: float"}, ShapeOfRmsNorm);
  DefineKernel<ComputeRmsNorm, true>("TuneloopRmsNorm");
  DefineOp("TuneloopRmsNormGradient", {"dsame: float", "dy: float", "x: float", "inverse: float", "gain: float"},
           {"dx: float"}, {}, ShapeOfInput<2>);
  DefineKernel<ComputeRmsNormGradient>("TuneloopRmsNormGradient");
  DefineOp("TuneloopSwiGlu", {"gate_up: float"}, {"y: float"}, {}, ShapeOfSwiGlu);
  DefineKernel<ComputeSwiGlu>("TuneloopSwiGlu");
  DefineOp("TuneloopSwiGluGradient", {"dy: float", "gate_up: float"}, {"dgate_up: float"}, {}, ShapeOfInput<1>);
  DefineKernel<ComputeSwiGluGradient>("TuneloopSwiGluGradient");
  DefineOp("TuneloopAdapterLow", {"x: float", "a: float", "scale: float"}, {"low: float"}, {}, ShapeOfThinProduct);
  DefineKernel<ComputeAdapterLow>("TuneloopAdapterLow");
  DefineOp("TuneloopAddAdapter", {"y: float", "low: float", "b: float", "places: int32"}, {"sum: float"}, {},
           ShapeOfInput<0>);
  DefineKernel<ComputeAddAdapter<false>>("TuneloopAddAdapter");
  DefineOp("TuneloopAddAdapterTo", {"y: float", "residual: float", "low: float", "b: float", "places: int32"},
           {"sum: float"}, {}, ShapeOfInput<0>);
  DefineKernel<ComputeAddAdapter<true>>("TuneloopAddAdapterTo");
  DefineOp("TuneloopAdapterGradients",
           {"base: float", "dy: float", "x: float", "low: float", "a: float", "b: float", "places: int32",
            "scale: float"},
           {"dx: float", "da: float", "db: float"}, {}, ShapeOfAdapterGradients);
  DefineKernel<ComputeAdapterGradients>("TuneloopAdapterGradients");
  DefineOp("TuneloopAttention",
           {"qkv: float", "cosines: float", "sines: float", "token_of_slot: int32", "segments: int32", "heads: float"},
           {"mixed: float", "log_sum_exp: float"}, {}, ShapeOfAttention);
  DefineKernel<ComputeAttention>("TuneloopAttention");
  DefineOp("TuneloopAttentionGradient",
           {"qkv: float", "cosines: float", "sines: float", "token_of_slot: int32", "segments: int32", "heads: float",
            "mixed: float", "log_sum_exp: float", "dmixed: float"},
           {"dqkv: float"}, {}, ShapeOfInput<0>);
  DefineKernel<ComputeAttentionGradient>("TuneloopAttentionGradient");
  DefineOp("TuneloopThinProduct", {"x: float", "w: float"}, {"y: float"}, {}, ShapeOfThinProduct);
  DefineKernel<ComputeThinProduct>("TuneloopThinProduct");
  DefineOp("TuneloopKeysAndValues",
           {"qkv: float", "cosines: float", "sines: float", "token_of_slot: int32", "segments: int32", "heads: float"},
           {"keys: float", "values: float"}, {}, ShapeOfKeysAndValues);
  DefineKernel<ComputeKeysAndValues>("TuneloopKeysAndValues");
  DefineOp("TuneloopCachedAttention",
           {"qkv: float", "cosines: float", "sines: float", "slot: int32", "first_slot: int32", "heads: float",
            "keys: float", "values: float"},
           {"mixed: float"}, {}, ShapeOfCachedAttention, true);
  DefineKernel<ComputeCachedAttention>("TuneloopCachedAttention");
  DefineOp("TuneloopNucleus", {"logits: float", "uniforms: float", "temperature: float", "top_p: float"},
           {"ids: int32"}, {}, ShapeOfInput<1>);
  DefineKernel<ComputeNucleus>("TuneloopNucleus");
}

}  // namespace tuneloop

#endif  // TUNELOOP_FUSED_OPS_H_
