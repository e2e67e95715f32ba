// Compiled once for each instruction set; FUSED_NAMESPACE names the copy.
#include "kernels.h"

#include "adapter.h"
#include "attention.h"
#include "decoding.h"
#include "elementwise.h"
#include "sampling.h"

#define TUNELOOP_NAME_OF(name) #name
#define TUNELOOP_NAME(name) TUNELOOP_NAME_OF(name)

namespace tuneloop::FUSED_NAMESPACE {

const Kernels *GetKernels() {
  static const Kernels kernels{TUNELOOP_NAME(FUSED_NAMESPACE),
                               RmsNorm,
                               RmsNormGradient,
                               SwiGlu,
                               SwiGluGradient,
                               AdapterLow,
                               AddAdapter,
                               AdapterGradients,
                               AttentionForward,
                               AttentionBackward,
                               ThinProduct,
                               CachedAttention,
                               KeysAndValues,
                               ChooseFromNucleus};
  return &kernels;
}

}  // namespace tuneloop::FUSED_NAMESPACE
