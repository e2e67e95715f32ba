// Products of small matrices, register-blocked: a tile of the result stays in registers over the whole depth, while
// elements of A are broadcast and meet vectors of B.
#ifndef TUNELOOP_GEMM_H_
#define TUNELOOP_GEMM_H_

#include <algorithm>

#include "vector.h"

namespace tuneloop::FUSED_NAMESPACE {

// The largest tile whose sums, one row of B and one element of A fit the registers (32 or 16 of them).
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kTileRows = 6;
constexpr int kTileVectors = 4;
#elif defined(__AVX2__)
constexpr int kTileRows = 6;
constexpr int kTileVectors = 2;
#else
constexpr int kTileRows = 4;
constexpr int kTileVectors = 2;
#endif

// C [rows, vectors·kWidth] = or += A [rows, depth] · B [depth, vectors·kWidth].
struct Product {
  const float *a;
  ptrdiff_t a_stride;
  const float *b;
  ptrdiff_t b_stride;
  float *c;
  ptrdiff_t c_stride;
  int depth;
  bool accumulate;
};

enum class LayoutOfA {
  kRows,     // a_stride from row to row, depth contiguous
  kColumns,  // a_stride from depth to depth, rows contiguous: the transposed of what is stored
};
enum class LayoutOfB {
  kRows,    // b_stride from depth to depth, vectors contiguous
  kPanels,  // b_stride from vector to vector, each a contiguous [depth, kWidth]
};

template <LayoutOfA kA, LayoutOfB kB, int kRows, int kVectors>
void MultiplyTile(const Product &product) {
  const ptrdiff_t a_row = kA == LayoutOfA::kRows ? product.a_stride : 1;
  const ptrdiff_t a_step = kA == LayoutOfA::kRows ? 1 : product.a_stride;
  const ptrdiff_t b_vector = kB == LayoutOfB::kRows ? kWidth : product.b_stride;
  const ptrdiff_t b_step = kB == LayoutOfB::kRows ? product.b_stride : kWidth;
  const float *a = product.a;
  const float *b = product.b;
  const int depth = product.depth;
  // The loops over the tile are unrolled at once and the sums begin at zero even where C is added to: otherwise
  // compilers keep the sums in memory before and after the loop over the depth.
  Vector sums[kRows][kVectors];
#pragma GCC unroll 8
  for (int i = 0; i < kRows; i++) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; v++) sums[i][v] = Vector{};
  }
  for (int k = 0; k < depth; k++) {
    Vector of_b[kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; v++) of_b[v] = Load(b + v * b_vector);
#pragma GCC unroll 8
    for (int i = 0; i < kRows; i++) {
      const Vector of_a = Broadcast(a[i * a_row]);
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; v++) sums[i][v] += of_a * of_b[v];
    }
    a += a_step;
    b += b_step;
  }
  float *c = product.c;
  const ptrdiff_t c_stride = product.c_stride;
  if (product.accumulate) {
#pragma GCC unroll 8
    for (int i = 0; i < kRows; i++) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; v++) sums[i][v] += Load(c + i * c_stride + v * kWidth);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kRows; i++) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; v++) Store(c + i * c_stride + v * kWidth, sums[i][v]);
  }
}

template <LayoutOfA kA, LayoutOfB kB, int kRows, int kVectors = 1>
void MultiplyVectors(int vectors, const Product &product) {
  if constexpr (kVectors < kTileVectors) {
    if (vectors > kVectors) return MultiplyVectors<kA, kB, kRows, kVectors + 1>(vectors, product);
  }
  MultiplyTile<kA, kB, kRows, kVectors>(product);
}

// One tile of 1 … kTileRows rows and 1 … kTileVectors vectors.
template <LayoutOfA kA, LayoutOfB kB, int kRows = kTileRows>
void Multiply(int rows, int vectors, const Product &product) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return Multiply<kA, kB, kRows - 1>(rows, vectors, product);
  }
  MultiplyVectors<kA, kB, kRows>(vectors, product);
}

// Cuts a count into the fewest tiles of at most `most`, of sizes as equal as can be: small tiles waste registers.
struct Cut {
  int count;
  int parts;
  Cut(int count, int most) : count(count), parts((count + most - 1) / most) {}
  int operator[](int part) const { return static_cast<int>(static_cast<int64_t>(count) * part / parts); }
};

constexpr int VectorsOf(int columns) { return (columns + kWidth - 1) / kWidth; }
constexpr int64_t PanelFloats(int depth, int columns) {
  return static_cast<int64_t>(depth) * VectorsOf(columns) * kWidth;
}

// b [depth, columns], wherever its elements lie, as panels (LayoutOfB::kPanels), filled up with zeros.
inline void PackPanels(int depth, int columns, const float *b, ptrdiff_t depth_stride, ptrdiff_t column_stride,
                       float *panels) {
  for (int first = 0; first < columns; first += kWidth) {
    const int count = std::min(kWidth, columns - first);
    for (int k = 0; k < depth; k++, panels += kWidth) {
      const float *from = b + k * depth_stride + first * column_stride;
      for (int lane = 0; lane < count; lane++) panels[lane] = from[lane * column_stride];
      for (int lane = count; lane < kWidth; lane++) panels[lane] = 0;
    }
  }
}

}  // namespace tuneloop::FUSED_NAMESPACE

#endif  // TUNELOOP_GEMM_H_
