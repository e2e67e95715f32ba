// The small products of low-rank adapters (Hu et al. 2021, LoRA) beside a large one: y = x·Wᵀ + scale·(x·Aᵀ)·Bᵀ.
//
// Where several layers are stacked into one weight, their pairs lie one after another: A [pairs·rank, in], B [the outs of
// all pairs, rank], and `places` [pairs, 2] holds the first column of y that a pair adds to, and how many. Column
// ranges without a pair stay as they are.
#ifndef TUNELOOP_ADAPTER_H_
#define TUNELOOP_ADAPTER_H_

#include <algorithm>
#include <cstring>

#include "buffer.h"
#include "elementwise.h"
#include "gemm.h"
#include "kernels.h"
#include "parallel.h"
#include "vector.h"

namespace tuneloop::FUSED_NAMESPACE {

// c [rows, columns] = or += a [rows, depth]·b for b in panels and at most kTileRows rows.
inline void MultiplyByPanels(int rows, int columns, int depth, const float *a, ptrdiff_t a_stride, const float *panels,
                           float *c, ptrdiff_t c_stride, bool accumulate) {
  const ptrdiff_t panel = static_cast<ptrdiff_t>(depth) * kWidth;
  const int vectors = columns / kWidth;
  const Cut groups(vectors, kTileVectors);
  for (int group = 0; group < groups.parts; group++) {
    const int vector = groups[group];
    Multiply<LayoutOfA::kRows, LayoutOfB::kPanels>(
        rows, groups[group + 1] - vector,
        {a, a_stride, panels + vector * panel, panel, c + vector * kWidth, c_stride, depth, accumulate});
  }
  const int rest = columns % kWidth;
  if (rest == 0) return;
  float last[kTileRows * kWidth];
  Multiply<LayoutOfA::kRows, LayoutOfB::kPanels>(
      rows, 1, {a, a_stride, panels + vectors * panel, panel, last, kWidth, depth, false});
  for (int row = 0; row < rows; row++) {
    float *to = c + row * c_stride + vectors * kWidth;
    for (int i = 0; i < rest; i++) to[i] = last[row * kWidth + i] + (accumulate ? to[i] : 0);
  }
}

// Calls work(row, count) for tiles of rows.
template <typename Work>
void ForRowTiles(int64_t rows, int64_t cost_of_row, Work work) {
  ForRows((rows + kTileRows - 1) / kTileRows, cost_of_row * kTileRows, [=](int64_t from, int64_t to) {
    for (int64_t tile = from; tile < to; tile++) {
      const int64_t row = tile * kTileRows;
      work(row, static_cast<int>(std::min<int64_t>(kTileRows, rows - row)));
    }
  });
}

// Multiply-adds that take as long as one element of what ForRows() otherwise does.
constexpr int64_t kProductsOfUnit = 8;

// low [rows, width] = scale·x·aᵀ of x [rows, in] and a [width, in].
inline void AdapterLow(int64_t rows, int in, int width, const float *x, const float *a, float scale, float *low) {
  thread_local Buffer buffer;
  float *panels = buffer.Reserve(PanelFloats(in, width));
  PackPanels(in, width, a, 1, in, panels);
  ForRowTiles(rows, static_cast<int64_t>(in) * width / kProductsOfUnit, [=](int64_t row, int count) {
    float *to = low + row * width;
    MultiplyByPanels(count, width, in, x + row * in, in, panels, to, width, false);
    for (int64_t i = 0; i < static_cast<int64_t>(count) * width; i++) to[i] *= scale;
  });
}

// sum = y (+ residual) + low·bᵀ at the places of the pairs. `sum` may be y.
inline void AddAdapter(const AdapterSizes &sizes, const float *y, const float *residual, const float *low,
                       const float *b, const int32_t *places, float *sum) {
  const auto &[rows, in, out, rank, pairs] = sizes;
  thread_local Buffer buffer;
  int64_t floats = 0, outs = 0;
  for (int pair = 0; pair < pairs; pair++) floats += PanelFloats(rank, places[2 * pair + 1]);
  float *panels = buffer.Reserve(floats), *next = panels;
  for (int pair = 0; pair < pairs; pair++) {
    const int count = places[2 * pair + 1];
    PackPanels(rank, count, b + outs * rank, 1, rank, next);
    next += PanelFloats(rank, count);
    outs += count;
  }
  const int width = pairs * rank, columns = out, depth = rank, many = pairs;
  ForRowTiles(rows, outs * rank / kProductsOfUnit + out, [=](int64_t row, int count) {
    const int64_t end = (row + count) * columns;
    if (residual) {
      for (int64_t at = row * columns; at < end; at++) sum[at] = y[at] + residual[at];
    } else if (sum != y) {
      std::memcpy(sum + row * columns, y + row * columns, (end - row * columns) * sizeof(float));
    }
    const float *panel = panels;
    for (int pair = 0; pair < many; pair++) {
      const int size = places[2 * pair + 1];
      MultiplyByPanels(count, size, depth, low + row * width + pair * depth, width, panel,
                     sum + row * columns + places[2 * pair], columns, true);
      panel += PanelFloats(depth, size);
    }
  });
}

// Columns that one unit of TransposedProduct() makes, and rows that it takes in at once: what it copies stays in the L1.
constexpr int kUnitColumns = 64;
constexpr int kUnitDepth = 128;
constexpr int kPrefetchedRows = 8;

// Calls store(row, c) for each row of c [rows, columns] = aᵀ·b, of a [depth, rows] and at most kUnitColumns columns of b
// [depth, …].
template <typename StoreRow>
void TransposedProduct(int64_t depth, int rows, int columns, const float *a, ptrdiff_t a_stride, const float *b,
                       ptrdiff_t b_stride, StoreRow store) {
  thread_local Buffer buffer;
  float *copied = buffer.Reserve((kUnitDepth + rows) * kUnitColumns);
  float *c = copied + kUnitDepth * kUnitColumns;
  const int vectors = VectorsOf(columns), stride = vectors * kWidth;
  const Cut tiles(rows, kTileRows), groups(vectors, kTileVectors);
  for (int64_t from = 0; from < depth; from += kUnitDepth) {
    const int count = static_cast<int>(std::min<int64_t>(kUnitDepth, depth - from));
    for (int k = 0; k < count; k++) {
      // Rows lie pages apart, where the processor does not look ahead by itself.
      const float *ahead = b + std::min(from + k + kPrefetchedRows, depth - 1) * b_stride;
      for (int i = 0; i < columns; i += 16) __builtin_prefetch(ahead + i);
      std::memcpy(copied + k * stride, b + (from + k) * b_stride, columns * sizeof(float));
      std::fill(copied + k * stride + columns, copied + (k + 1) * stride, 0.0f);
    }
    for (int tile = 0; tile < tiles.parts; tile++) {
      const int row = tiles[tile];
      for (int group = 0; group < groups.parts; group++) {
        const int vector = groups[group];
        Multiply<LayoutOfA::kColumns, LayoutOfB::kRows>(
            tiles[tile + 1] - row, groups[group + 1] - vector,
            {a + from * a_stride + row, a_stride, copied + vector * kWidth, stride, c + row * stride + vector * kWidth,
             stride, count, from > 0});
      }
    }
  }
  if (depth == 0) std::fill(c, c + rows * stride, 0.0f);
  for (int row = 0; row < rows; row++) store(row, c + row * stride);
}

// The gradients of y = x·Wᵀ + low·bᵀ, low = scale·x·aᵀ, from dy [rows, out], beside that of W:
//   dlow = scale·dy·b, dx = base + dlow·a (`dx` may be `base`, which is dy·W), da = dlowᵀ·x, db = dyᵀ·low.
inline void AdapterGradients(const AdapterSizes &sizes, const float *base, const float *dy, const float *x,
                             const float *low, const float *a, const float *b, const int32_t *places, float scale,
                             float *dx, float *da, float *db) {
  const int64_t rows = sizes.rows;
  const int in = sizes.in, out = sizes.out, rank = sizes.rank, pairs = sizes.pairs, width = pairs * rank;
  thread_local Buffer buffer;
  int64_t outs = 0, panel_floats = PanelFloats(width, in);
  for (int pair = 0; pair < pairs; pair++) {
    outs += places[2 * pair + 1];
    panel_floats += PanelFloats(places[2 * pair + 1], rank);
  }
  float *dlow = buffer.Reserve(rows * width + panel_floats);
  float *of_a = dlow + rows * width, *of_b = of_a + PanelFloats(width, in), *next = of_b;
  PackPanels(width, in, a, in, 1, of_a);
  const float *from = b;
  for (int pair = 0; pair < pairs; pair++) {
    const int count = places[2 * pair + 1];
    PackPanels(count, rank, from, rank, 1, next);
    next += PanelFloats(count, rank);
    from += static_cast<int64_t>(count) * rank;
  }

  const int64_t cost = (outs * rank + static_cast<int64_t>(width) * in) / kProductsOfUnit;
  ForRowTiles(rows, cost, [=](int64_t row, int count) {
    float *to = dlow + row * width;
    const float *panel = of_b;
    for (int pair = 0; pair < pairs; pair++) {
      const int size = places[2 * pair + 1];
      MultiplyByPanels(count, rank, size, dy + row * out + places[2 * pair], out, panel, to + pair * rank, width, false);
      panel += PanelFloats(size, rank);
    }
    for (int i = 0; i < count * width; i++) to[i] *= scale;
    if (dx != base) std::memcpy(dx + row * in, base + row * in, static_cast<int64_t>(count) * in * sizeof(float));
    MultiplyByPanels(count, in, width, to, width, of_a, dx + row * in, in, true);
  });

  // Units of columns rather than of rows: each sum is made in one place, so that threads change nothing about it.
  const int of_in = (in + kUnitColumns - 1) / kUnitColumns;
  int units = of_in;
  for (int pair = 0; pair < pairs; pair++) units += (places[2 * pair + 1] + kUnitColumns - 1) / kUnitColumns;
  ParallelFor(units, [=](int unit) {
    if (unit < of_in) {
      const int column = unit * kUnitColumns, columns = std::min(kUnitColumns, in - column);
      TransposedProduct(rows, width, columns, dlow, width, x + column, in, [=](int row, const float *sums) {
        std::memcpy(da + static_cast<int64_t>(row) * in + column, sums, columns * sizeof(float));
      });
      return;
    }
    unit -= of_in;
    int64_t before = 0;
    for (int pair = 0; pair < pairs; pair++) {
      const int size = places[2 * pair + 1], parts = (size + kUnitColumns - 1) / kUnitColumns;
      if (unit < parts) {
        const int column = unit * kUnitColumns, columns = std::min(kUnitColumns, size - column);
        float *to = db + (before + column) * rank;
        TransposedProduct(rows, rank, columns, low + pair * rank, width, dy + places[2 * pair] + column, out,
                          [=](int row, const float *sums) {
                            for (int i = 0; i < columns; i++) to[static_cast<int64_t>(i) * rank + row] = sums[i];
                          });
        return;
      }
      unit -= parts;
      before += size;
    }
  });
}

}  // namespace tuneloop::FUSED_NAMESPACE

#endif  // TUNELOOP_ADAPTER_H_
