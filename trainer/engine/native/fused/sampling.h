// Drawing a token of each row.
#ifndef TUNELOOP_SAMPLING_H_
#define TUNELOOP_SAMPLING_H_

#include <algorithm>
#include <cmath>
#include <cstring>

#include "buffer.h"
#include "parallel.h"
#include "vector.h"

namespace tuneloop::FUSED_NAMESPACE {

// Which power of two a weight in [0, 1] lies under: 0 for the smallest, 127 for 1 itself.
inline int PowerOf(float weight) {
  int32_t bits;
  std::memcpy(&bits, &weight, sizeof(bits));
  return bits >> 23;
}

// Nucleus sampling (Holtzman et al. 2020): of the tokens in the order of falling logits (equal ones by rising id), the
// fewest whose probabilities at this temperature sum to at least top_p; of those the one at which the sum of weights
// passes uniforms[row] of their total. logits [rows, vocabulary], uniforms [rows] in [0, 1) → ids [rows].
inline void ChooseFromNucleus(int64_t rows, int vocabulary, const float *logits, const float *uniforms,
                              float temperature, float top_p, int32_t *ids) {
  ParallelFor(static_cast<int>(rows), [=](int row) {
    const float *of_row = logits + static_cast<int64_t>(row) * vocabulary;
    thread_local Buffer buffer;
    float *weights = buffer.Reserve(2 * (static_cast<int64_t>(vocabulary) + kWidth));
    auto *candidates = reinterpret_cast<int32_t *>(weights + vocabulary + kWidth);

    Vector largest = Broadcast(of_row[0]);
    int i = 0;
    for (; i + kWidth <= vocabulary; i += kWidth) largest = Max(Load(of_row + i), largest);
    float most = MaxOf(largest);
    for (; i < vocabulary; i++) most = of_row[i] > most ? of_row[i] : most;
    for (i = 0; i + kWidth <= vocabulary; i += kWidth) {
      Store(weights + i, Exp((Load(of_row + i) - most) / temperature));
    }
    for (; i < vocabulary; i++) weights[i] = std::exp((of_row[i] - most) / temperature);

    // Weights by powers of two: only the tokens above the power at which the nucleus is full need an order.
    double of_power[128] = {};
    double total = 0;
    for (i = 0; i < vocabulary; i++) {
      of_power[PowerOf(weights[i])] += weights[i];
      total += weights[i];
    }
    int power = 127;
    for (double held = of_power[power]; held < top_p * total && power > 0;) held += of_power[--power];
    int count = 0;
    for (i = 0; i < vocabulary; i++) {
      candidates[count] = i;
      count += PowerOf(weights[i]) >= power;
    }
    std::sort(candidates, candidates + count, [of_row](int32_t a, int32_t b) {
      return of_row[a] > of_row[b] || (of_row[a] == of_row[b] && a < b);
    });

    double held = 0;
    int inside = 0;
    while (inside < count && (inside == 0 || held < top_p * total)) held += weights[candidates[inside++]];
    const double level = uniforms[row] * held;
    double passed = 0;
    int chosen = 0;
    for (; chosen < inside - 1; chosen++) {
      passed += weights[candidates[chosen]];
      if (passed > level) break;
    }
    ids[row] = candidates[chosen];
  });
}

}  // namespace tuneloop::FUSED_NAMESPACE

#endif  // TUNELOOP_SAMPLING_H_
