// What a transformer does between its large products. Each is one pass over memory, where separate operations would
// read and write everything several times.
#ifndef TUNELOOP_ELEMENTWISE_H_
#define TUNELOOP_ELEMENTWISE_H_

#include <algorithm>
#include <cmath>
#include <cstring>

#include "parallel.h"
#include "vector.h"

namespace tuneloop::FUSED_NAMESPACE {

// Calls work(from, to) for ranges of rows: a unit has enough to do, and there are several for each thread.
template <typename Work>
void ForRows(int64_t rows, int64_t cost_of_row, Work work) {
  constexpr int64_t kUnit = 1 << 15;
  const int64_t size = std::max<int64_t>(1, kUnit / std::max<int64_t>(1, cost_of_row));
  ParallelFor(static_cast<int>((rows + size - 1) / size),
              [&](int unit) { work(unit * size, std::min(rows, (unit + 1) * size)); });
}

// RMSNorm (Zhang & Sennrich 2019) of x [rows, size]: y = x·inverse·gain, inverse [rows] = 1/√(mean(x²) + epsilon).
inline void RmsNorm(int64_t rows, int size, const float *x, const float *gain, float epsilon, float *y,
                    float *inverse) {
  ForRows(rows, size, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *in = x + row * size;
      float *out = y + row * size;
      Vector squares{};
      int i = 0;
      for (; i + kWidth <= size; i += kWidth) squares += Load(in + i) * Load(in + i);
      float sum = SumOf(squares);
      for (; i < size; i++) sum += in[i] * in[i];
      const float factor = 1 / std::sqrt(sum / size + epsilon);
      inverse[row] = factor;
      for (i = 0; i + kWidth <= size; i += kWidth) Store(out + i, Load(in + i) * factor * Load(gain + i));
      for (; i < size; i++) out[i] = in[i] * factor * gain[i];
    }
  });
}

// The gradient of x from dy, that of RmsNorm()'s y, with what else goes back to x added: dx = dsame + ….
inline void RmsNormGradient(int64_t rows, int size, const float *dsame, const float *dy, const float *x,
                            const float *inverse, const float *gain, float *dx) {
  ForRows(rows, size, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const int64_t at = row * size;
      Vector products{};
      int i = 0;
      for (; i + kWidth <= size; i += kWidth) products += Load(dy + at + i) * Load(gain + i) * Load(x + at + i);
      float sum = SumOf(products);
      for (; i < size; i++) sum += dy[at + i] * gain[i] * x[at + i];
      const float factor = inverse[row];
      const float along = sum / size * factor * factor;
      for (i = 0; i + kWidth <= size; i += kWidth) {
        const Vector scaled = Load(dy + at + i) * Load(gain + i);
        Store(dx + at + i, Load(dsame + at + i) + (scaled - Load(x + at + i) * along) * factor);
      }
      for (; i < size; i++) dx[at + i] = dsame[at + i] + (dy[at + i] * gain[i] - x[at + i] * along) * factor;
    }
  });
}

inline Vector Sigmoid(Vector x) { return 1.0f / (1.0f + Exp(-x)); }

// A vector of which only `count` elements are there.
inline Vector LoadSome(const float *from, int count) {
  float lanes[kWidth] = {};
  std::memcpy(lanes, from, count * sizeof(float));
  return Load(lanes);
}
inline void StoreSome(float *to, Vector x, int count) {
  float lanes[kWidth];
  Store(lanes, x);
  std::memcpy(to, lanes, count * sizeof(float));
}

// SwiGLU (Shazeer 2020): silu(gate)·up of gate_up [rows, 2·size], gate first → y [rows, size].
inline void SwiGlu(int64_t rows, int size, const float *gate_up, float *y) {
  ForRows(rows, 4 * size, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *gate = gate_up + row * 2 * size;
      const float *up = gate + size;
      float *out = y + row * size;
      int i = 0;
      for (; i + kWidth <= size; i += kWidth) {
        const Vector g = Load(gate + i);
        Store(out + i, g * Sigmoid(g) * Load(up + i));
      }
      if (i < size) {
        const Vector g = LoadSome(gate + i, size - i);
        StoreSome(out + i, g * Sigmoid(g) * LoadSome(up + i, size - i), size - i);
      }
    }
  });
}

// The gradient of gate_up from dy, that of SwiGlu()'s y. The sigmoid is made again rather than kept.
inline void SwiGluGradient(int64_t rows, int size, const float *dy, const float *gate_up, float *dgate_up) {
  const auto gradient = [](Vector d, Vector g, Vector u, Vector *dgate, Vector *dup) {
    const Vector sigmoid = Sigmoid(g);
    const Vector silu = g * sigmoid;
    *dgate = d * u * (sigmoid + silu * (1.0f - sigmoid));
    *dup = d * silu;
  };
  ForRows(rows, 6 * size, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *gate = gate_up + row * 2 * size;
      const float *up = gate + size;
      const float *d = dy + row * size;
      float *dgate = dgate_up + row * 2 * size;
      float *dup = dgate + size;
      Vector of_gate, of_up;
      int i = 0;
      for (; i + kWidth <= size; i += kWidth) {
        gradient(Load(d + i), Load(gate + i), Load(up + i), &of_gate, &of_up);
        Store(dgate + i, of_gate);
        Store(dup + i, of_up);
      }
      if (i < size) {
        const int rest = size - i;
        gradient(LoadSome(d + i, rest), LoadSome(gate + i, rest), LoadSome(up + i, rest), &of_gate, &of_up);
        StoreSome(dgate + i, of_gate, rest);
        StoreSome(dup + i, of_up, rest);
      }
    }
  });
}

}  // namespace tuneloop::FUSED_NAMESPACE

#endif  // TUNELOOP_ELEMENTWISE_H_
