// Vectors as wide as the instruction set that this file is compiled for, by the vector extensions of GCC and Clang.
//
// Every file that includes this one is compiled once per instruction set, with FUSED_NAMESPACE naming the copy. Types
// and functions stay inside that namespace: a template over a standard type alone would be one weak symbol for all
// copies, and the linker could give the plain copy the code of the wide one.
#ifndef TUNELOOP_VECTOR_H_
#define TUNELOOP_VECTOR_H_

#include <cstddef>
#include <cstdint>

#ifdef __clang__
#pragma STDC FP_CONTRACT ON
#endif

namespace tuneloop::FUSED_NAMESPACE {

#if defined(__AVX512F__)
constexpr int kWidth = 16;
#elif defined(__AVX2__)
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif

typedef float Vector __attribute__((vector_size(kWidth * 4)));
typedef int32_t IntVector __attribute__((vector_size(kWidth * 4)));
typedef uint32_t BitVector __attribute__((vector_size(kWidth * 4)));
typedef float UnalignedVector __attribute__((vector_size(kWidth * 4), aligned(4), may_alias));

inline Vector Load(const float *from) { return *reinterpret_cast<const UnalignedVector *>(from); }
inline void Store(float *to, Vector x) { *reinterpret_cast<UnalignedVector *>(to) = x; }
inline Vector Broadcast(float x) { return x - Vector{}; }
// The second where either is not a number.
inline Vector Max(Vector a, Vector b) { return a > b ? a : b; }

// Each lane with the one whose number differs in the bit kDistance.
template <int kDistance>
inline Vector Swapped(Vector x) {
#ifdef __clang__
  Vector swapped;
  for (int i = 0; i < kWidth; i++) swapped[i] = x[i ^ kDistance];
  return swapped;
#else
  IntVector from;
  for (int i = 0; i < kWidth; i++) from[i] = i ^ kDistance;
  return __builtin_shuffle(x, from);
#endif
}

template <int kDistance = kWidth / 2>
inline float SumOf(Vector x) {
  x += Swapped<kDistance>(x);
  if constexpr (kDistance > 1) {
    return SumOf<kDistance / 2>(x);
  } else {
    return x[0];
  }
}

template <int kDistance = kWidth / 2>
inline float MaxOf(Vector x) {
  x = Max(x, Swapped<kDistance>(x));
  if constexpr (kDistance > 1) {
    return MaxOf<kDistance / 2>(x);
  } else {
    return x[0];
  }
}

// e^x to within 2 units in the last place. Below the smallest normal number (and at -infinity) it is 0, above the
// largest it stays at the largest: x = n·ln 2 + r, e^x = 2^n·e^r, with the polynomial of Cephes' expf for e^r.
inline Vector Exp(Vector x) {
  constexpr float kLowest = -87.33654f;          // 2^-126
  constexpr float kHighest = 88.72283f;          // just below 2^128
  constexpr float kRound = 12582912.0f;          // 1.5·2^23: adding it leaves the nearest integer in the low bits
  constexpr float kLn2High = 0.693359375f;       // few bits, so that n times it is exact without FMA too
  constexpr float kLn2Low = -2.12194440e-4f;
  const Vector capped = x > kHighest ? Broadcast(kHighest) : x;
  const Vector shifted = capped * 1.44269504f + kRound;
  const Vector n = shifted - kRound;
  const Vector r = (capped - n * kLn2High) - n * kLn2Low;
  Vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + (r + 1.0f);
  const BitVector power = reinterpret_cast<BitVector>(p) + (reinterpret_cast<BitVector>(shifted) << 23);
  return x < kLowest ? Vector{} : reinterpret_cast<Vector>(power);
}

}  // namespace tuneloop::FUSED_NAMESPACE

#endif  // TUNELOOP_VECTOR_H_
