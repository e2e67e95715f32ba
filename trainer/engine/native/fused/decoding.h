// What writing one token for each of a few rows needs: bound by memory, so that weights and cache are read once.
#ifndef TUNELOOP_DECODING_H_
#define TUNELOOP_DECODING_H_

#include <algorithm>
#include <cmath>
#include <cstring>

#include "attention.h"
#include "buffer.h"
#include "kernels.h"
#include "parallel.h"
#include "vector.h"

namespace tuneloop::FUSED_NAMESPACE {

// Tiles of the thin product: as many sums as the registers hold beside a vector of each operand.
constexpr int kThinOuts = kWidth == 16 ? 4 : 2;
constexpr int kThinRows = 4;

// y [kRows of x, kOuts of w] = dot products of rows of x and rows of w, each `depth` long.
template <int kRows, int kOuts>
void DotTile(int depth, const float *x, const float *w, int64_t y_stride, float *y) {
  Vector sums[kRows][kOuts] = {};
  int k = 0;
  // Unrolled at once, or compilers keep the sums in memory.
  for (; k + kWidth <= depth; k += kWidth) {
    Vector of_w[kOuts];
#pragma GCC unroll 8
    for (int j = 0; j < kOuts; j++) of_w[j] = Load(w + static_cast<int64_t>(j) * depth + k);
#pragma GCC unroll 8
    for (int i = 0; i < kRows; i++) {
      const Vector of_x = Load(x + static_cast<int64_t>(i) * depth + k);
#pragma GCC unroll 8
      for (int j = 0; j < kOuts; j++) sums[i][j] += of_x * of_w[j];
    }
  }
  for (int i = 0; i < kRows; i++) {
    for (int j = 0; j < kOuts; j++) {
      float sum = SumOf(sums[i][j]);
      for (int rest = k; rest < depth; rest++) {
        sum += x[static_cast<int64_t>(i) * depth + rest] * w[static_cast<int64_t>(j) * depth + rest];
      }
      y[i * y_stride + j] = sum;
    }
  }
}

template <int kOuts>
void DotRows(int64_t rows, int depth, const float *x, const float *w, int64_t y_stride, float *y) {
  int64_t i = 0;
  for (; i + kThinRows <= rows; i += kThinRows) {
    DotTile<kThinRows, kOuts>(depth, x + i * depth, w, y_stride, y + i * y_stride);
  }
  for (; i < rows; i++) DotTile<1, kOuts>(depth, x + i * depth, w, y_stride, y + i * y_stride);
}

// y [rows, outs] = x [rows, depth]·wᵀ for w [outs, depth] and few rows: w is read once from memory.
inline void ThinProduct(int64_t rows, int64_t outs, int depth, const float *x, const float *w, float *y) {
  constexpr int64_t kUnit = 64;
  ParallelFor(static_cast<int>((outs + kUnit - 1) / kUnit), [=](int unit) {
    const int64_t end = std::min(outs, (unit + 1) * kUnit);
    int64_t out = unit * kUnit;
    for (; out + kThinOuts <= end; out += kThinOuts) {
      DotRows<kThinOuts>(rows, depth, x, w + out * depth, outs, y + out);
    }
    for (; out < end; out++) DotRows<1>(rows, depth, x, w + out * depth, outs, y + out);
  });
}

// out [kVectors·kWidth] = factor·Σ weights[s]·rows[s], rows `stride` apart.
template <int kVectors>
void WeighedSum(int count, int64_t stride, const float *weights, const float *rows, float factor, float *out) {
  Vector sums[kVectors] = {};
  for (int s = 0; s < count; s++) {
    for (int v = 0; v < kVectors; v++) sums[v] += weights[s] * Load(rows + s * stride + v * kWidth);
  }
  for (int v = 0; v < kVectors; v++) Store(out + v * kWidth, sums[v] * factor);
}

// One new token a row: its rotated key and its value are written to the cache at `slot`, then each query head attends to
// slots first_slot[row] … slot. qkv [rows, (heads + 2·key_value_heads)·head_dim], tables [rows, head_dim / 2], keys and
// values [rows, key_value_heads, time, head_dim] (sizes.tokens is rows, sizes.time the cache's); mixed [rows,
// heads·head_dim].
inline void CachedAttention(const AttentionSizes &sizes, const float *qkv, const float *cosines, const float *sines,
                            int slot, const int32_t *first_slot, float *keys, float *values, float *mixed) {
  const AttentionShape shape(sizes);
  const int dim = shape.head_dim, padded = shape.Padded(), groups = shape.key_value_heads;
  const int of_group = shape.HeadsPerKey();
  const float scale = 1 / std::sqrt(static_cast<float>(dim));
  ParallelFor(shape.rows * groups, [&](int unit) {
    const int row = unit / groups, group = unit % groups;
    const float *in = qkv + static_cast<int64_t>(row) * shape.Width();
    const float *cosine = cosines + static_cast<int64_t>(row) * (dim / 2);
    const float *sine = sines + static_cast<int64_t>(row) * (dim / 2);
    float *of_keys = keys + (static_cast<int64_t>(row) * groups + group) * shape.time * dim;
    float *of_values = values + (static_cast<int64_t>(row) * groups + group) * shape.time * dim;
    const int first = first_slot[row], count = slot + 1 - first;

    thread_local Buffer buffer;
    float *queries = buffer.Reserve(static_cast<int64_t>(of_group + 1) * padded + static_cast<int64_t>(of_group) * count);
    float *rotated = queries + of_group * padded, *scores = rotated + padded;
    Rotate(shape, in + (shape.heads + group) * dim, cosine, sine, 1, rotated);
    std::memcpy(of_keys + static_cast<int64_t>(slot) * dim, rotated, dim * sizeof(float));
    std::memcpy(of_values + static_cast<int64_t>(slot) * dim, in + (shape.heads + groups + group) * dim,
                dim * sizeof(float));
    for (int h = 0; h < of_group; h++) {
      Rotate(shape, in + (group * of_group + h) * dim, cosine, sine, scale, queries + h * padded);
    }
    for (int s = 0; s < count; s++) {
      const float *key = of_keys + static_cast<int64_t>(first + s) * dim;
      for (int h = 0; h < of_group; h++) {
        const float *query = queries + h * padded;
        Vector sums{};
        int i = 0;
        for (; i + kWidth <= dim; i += kWidth) sums += Load(query + i) * Load(key + i);
        float score = SumOf(sums);
        for (; i < dim; i++) score += query[i] * key[i];
        scores[h * count + s] = score;
      }
    }
    for (int h = 0; h < of_group; h++) {
      float *weights = scores + h * count;
      float largest = weights[0], sum = 0;
      for (int s = 1; s < count; s++) largest = weights[s] > largest ? weights[s] : largest;
      for (int s = 0; s < count; s++) sum += weights[s] = std::exp(weights[s] - largest);
      float *out = mixed + (static_cast<int64_t>(row) * shape.heads + group * of_group + h) * dim;
      const float inverse = 1 / sum;
      const float *seen = of_values + static_cast<int64_t>(first) * dim;
      int i = 0;
      // Four sums side by side: one would wait for itself.
      for (; i + 4 * kWidth <= dim; i += 4 * kWidth) WeighedSum<4>(count, dim, weights, seen + i, inverse, out + i);
      for (; i + kWidth <= dim; i += kWidth) WeighedSum<1>(count, dim, weights, seen + i, inverse, out + i);
      for (; i < dim; i++) {
        float one = 0;
        for (int s = 0; s < count; s++) one += weights[s] * of_values[static_cast<int64_t>(first + s) * dim + i];
        out[i] = one * inverse;
      }
    }
  });
}

// Rotated keys and values as a cache holds them: [rows, key_value_heads, time, head_dim], 0 where no token lies.
inline void KeysAndValues(const AttentionSizes &sizes, const float *qkv, const float *cosines, const float *sines,
                          const int32_t *token_of_slot, const int32_t *segments, float *keys, float *values) {
  const AttentionShape shape(sizes);
  const int dim = shape.head_dim, groups = shape.key_value_heads;
  ParallelFor(shape.rows * groups, [&](int unit) {
    const int row = unit / groups, group = unit % groups;
    thread_local Buffer buffer;
    float *rotated = buffer.Reserve(shape.Padded());
    for (int slot = 0; slot < shape.time; slot++) {
      const int64_t at = static_cast<int64_t>(row) * shape.time + slot;
      float *key = keys + (static_cast<int64_t>(unit) * shape.time + slot) * dim;
      float *value = values + (static_cast<int64_t>(unit) * shape.time + slot) * dim;
      if (segments[at] < 0) {
        std::memset(key, 0, dim * sizeof(float));
        std::memset(value, 0, dim * sizeof(float));
        continue;
      }
      const int64_t token = token_of_slot[at];
      const float *from = qkv + token * shape.Width() + (shape.heads + group) * dim;
      Rotate(shape, from, cosines + token * (dim / 2), sines + token * (dim / 2), 1, rotated);
      std::memcpy(key, rotated, dim * sizeof(float));
      std::memcpy(value, from + groups * dim, dim * sizeof(float));
    }
  });
}

}  // namespace tuneloop::FUSED_NAMESPACE

#endif  // TUNELOOP_DECODING_H_
