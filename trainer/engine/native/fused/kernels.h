// The fused kernels of the instruction sets that this library holds code for.
#ifndef TUNELOOP_KERNELS_H_
#define TUNELOOP_KERNELS_H_

#include <cstdint>

namespace tuneloop {

struct AttentionSizes {
  int tokens, rows, time, heads, key_value_heads, head_dim;
};

struct AdapterSizes {
  int64_t rows;
  int in, out, rank, pairs;
};

// What each does stands with its definition in adapter.h, attention.h, decoding.h, elementwise.h and sampling.h.
struct Kernels {
  const char *instructions;
  void (*rms_norm)(int64_t rows, int size, const float *x, const float *gain, float epsilon, float *y, float *inverse);
  void (*rms_norm_gradient)(int64_t rows, int size, const float *dsame, const float *dy, const float *x,
                            const float *inverse, const float *gain, float *dx);
  void (*swiglu)(int64_t rows, int size, const float *gate_up, float *y);
  void (*swiglu_gradient)(int64_t rows, int size, const float *dy, const float *gate_up, float *dgate_up);
  void (*adapter_low)(int64_t rows, int in, int width, const float *x, const float *a, float scale, float *low);
  void (*add_adapter)(const AdapterSizes &sizes, const float *y, const float *residual, const float *low,
                      const float *b, const int32_t *places, float *sum);
  void (*adapter_gradients)(const AdapterSizes &sizes, const float *base, const float *dy, const float *x,
                            const float *low, const float *a, const float *b, const int32_t *places, float scale,
                            float *dx, float *da, float *db);
  void (*attention)(const AttentionSizes &sizes, const float *qkv, const float *cosines, const float *sines,
                    const int32_t *token_of_slot, const int32_t *segments, float *mixed, float *log_sum_exp);
  void (*attention_gradient)(const AttentionSizes &sizes, const float *qkv, const float *cosines, const float *sines,
                             const int32_t *token_of_slot, const int32_t *segments, const float *mixed,
                             const float *log_sum_exp, const float *dmixed, float *dqkv);
  void (*thin_product)(int64_t rows, int64_t outs, int depth, const float *x, const float *w, float *y);
  void (*cached_attention)(const AttentionSizes &sizes, const float *qkv, const float *cosines, const float *sines,
                           int slot, const int32_t *first_slot, float *keys, float *values, float *mixed);
  void (*keys_and_values)(const AttentionSizes &sizes, const float *qkv, const float *cosines, const float *sines,
                          const int32_t *token_of_slot, const int32_t *segments, float *keys, float *values);
  void (*choose_from_nucleus)(int64_t rows, int vocabulary, const float *logits, const float *uniforms,
                              float temperature, float top_p, int32_t *ids);
};

namespace plain {
const Kernels *GetKernels();
}
namespace avx2 {
const Kernels *GetKernels();
}
namespace avx512 {
const Kernels *GetKernels();
}

// The fastest that this processor runs.
inline const Kernels *GetKernels() {
#if defined(__x86_64__)
  static const Kernels *kernels = [] {
    __builtin_cpu_init();
    const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    if (has_avx512) return avx512::GetKernels();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2::GetKernels() : plain::GetKernels();
  }();
  return kernels;
#else
  return plain::GetKernels();
#endif
}

}  // namespace tuneloop

#endif  // TUNELOOP_KERNELS_H_
