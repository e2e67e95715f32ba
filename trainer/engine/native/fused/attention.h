// Attention of a packed batch, fused as in FlashAttention-2 (Dao 2023, arXiv 2307.08691) and laid out for a CPU: scores
// of a block of queries live only in the cache, the backward pass makes them again from the forward's log-sum-exp.
//
// Padding costs nothing: per row the slots that hold a token are brought together and cut into runs of one segment. A
// query sees whole runs (earlier ones of segment 0 or of its own) and its own run up to itself, so that only the
// diagonal needs a mask, and what lies after it is never computed. Every run begins at a multiple of kWidth; the
// positions that this leaves free hold zeros.
#ifndef TUNELOOP_ATTENTION_H_
#define TUNELOOP_ATTENTION_H_

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "buffer.h"
#include "gemm.h"
#include "kernels.h"
#include "parallel.h"
#include "vector.h"

namespace tuneloop::FUSED_NAMESPACE {

struct AttentionShape : AttentionSizes {
  explicit AttentionShape(const AttentionSizes &sizes) : AttentionSizes(sizes) {}

  int Width() const { return (heads + 2 * key_value_heads) * head_dim; }
  int HeadsPerKey() const { return heads / key_value_heads; }
  // head_dim up to whole vectors: the length of a head's row in every buffer here.
  int Padded() const { return (head_dim + kWidth - 1) / kWidth * kWidth; }
};

// Queries of a block: a multiple of kTileRows, few enough that a block's scores stay in the second-level cache.
constexpr int kBlock = 48;
// Keys that a block meets at once.
constexpr int kChunk = 256;
// From row to row of a block's scores: an odd number of cache lines, or a column would fall into few sets of the cache.
constexpr int kScoreStride = kChunk + 16;
static_assert(kChunk % kWidth == 0 && kBlock % kTileRows == 0);
// Rows of a batch are worked on in waves whose buffers stay below this (or hold a single row).
constexpr int64_t kWaveFloats = kKeptFloats;

// What lies at a position of a row: −1, −1 where nothing does.
struct Place {
  int token, slot;
};

// Neighbouring tokens of one segment, at the positions `begin` … `begin + count − 1` of their row.
struct Run {
  int segment, begin, count;
};

// The queries `first` … `first + count − 1` of a run.
struct Block {
  int row, run, first, count;
};

struct Row {
  int index;
  int64_t base;  // of its first position among those of all rows
  int length;    // in positions, a multiple of kWidth
  int first_run, first_block, end_block;
  int64_t pairs;  // of a query with a key: its share of the work
};

// Keys that a block meets at once: its query i sees the first min(count, reach + i) of them.
struct Chunk {
  int begin, count, reach;

  int SeenBy(int query) const { return std::max(0, std::min(count, reach + query)); }
  // The first query that sees a key.
  int FirstToSee(int key) const { return std::max(0, key + 1 - reach); }
  int Vectors() const { return (count + kWidth - 1) / kWidth; }
};

// How the tokens of a batch lie in runs and blocks.
class Plan {
 public:
  Plan(const AttentionShape &shape, const int32_t *token_of_slot, const int32_t *segments) : tokens_(shape.tokens) {
    for (int row = 0; row < shape.rows; row++) {
      AddRow(row, shape.time, token_of_slot + static_cast<int64_t>(row) * shape.time,
             segments + static_cast<int64_t>(row) * shape.time);
    }
  }

  const std::vector<Row> &rows() const { return rows_; }
  const std::vector<Block> &blocks() const { return blocks_; }
  const Place *PlacesOf(const Row &row) const { return places_.data() + row.base; }
  const Place *PlacesOf(const Block &block) const {
    return PlacesOf(rows_[block.row]) + runs_[block.run].begin + block.first;
  }

  template <typename Visit>
  void ForEachChunk(const Block &block, Visit visit) const {
    const Run &own = runs_[block.run];
    for (int index = rows_[block.row].first_run; index <= block.run; index++) {
      const Run &run = runs_[index];
      const bool is_own = index == block.run;
      if (run.segment != 0 && run.segment != own.segment) continue;
      const int count = is_own ? block.first + block.count : run.count;
      const int parts = (count + kChunk - 1) / kChunk;
      const int size = (count + parts * kWidth - 1) / (parts * kWidth) * kWidth;
      for (int at = 0; at < count; at += size) {
        visit(Chunk{run.begin + at, std::min(size, count - at), is_own ? block.first + 1 - at : run.count});
      }
    }
  }

  // Zeros in the rows [tokens, width] of tokens that lie nowhere.
  void ClearUnplaced(int width, float *values) const {
    for (size_t token = 0; token < tokens_.size(); token++) {
      if (!tokens_[token].placed) std::memset(values + token * width, 0, width * sizeof(float));
    }
  }

  // Calls work(from, to) for ranges of rows that need at most kWaveFloats, given the floats that a position needs.
  template <typename Work>
  void ForEachWave(int64_t floats_of_position, Work work) const {
    const int count = static_cast<int>(rows_.size());
    for (int from = 0, to = 0; from < count; from = to) {
      int64_t floats = 0;
      do {
        floats += rows_[to].length * floats_of_position;
        to++;
      } while (to < count && floats + rows_[to].length * floats_of_position <= kWaveFloats);
      if (floats > 0) work(from, to);
    }
  }

 private:
  struct Token {
    bool placed = false;
  };

  void AddRow(int index, int time, const int32_t *token_of_slot, const int32_t *segments) {
    Row row{index, static_cast<int64_t>(places_.size()), 0, static_cast<int>(runs_.size()),
            static_cast<int>(blocks_.size()), 0, 0};
    const auto pad = [&] {
      while ((places_.size() - row.base) % kWidth != 0) places_.push_back({-1, -1});
    };
    for (int slot = 0; slot < time; slot++) {
      if (segments[slot] < 0) continue;
      if (static_cast<int>(runs_.size()) == row.first_run || runs_.back().segment != segments[slot]) {
        pad();
        runs_.push_back({segments[slot], static_cast<int>(places_.size() - row.base), 0});
      }
      runs_.back().count++;
      places_.push_back({token_of_slot[slot], slot});
      tokens_[token_of_slot[slot]].placed = true;
    }
    pad();
    row.length = static_cast<int>(places_.size() - row.base);
    for (int run = row.first_run; run < static_cast<int>(runs_.size()); run++) {
      const Cut cut(runs_[run].count, kBlock);
      for (int part = 0; part < cut.parts; part++) {
        const Block block{static_cast<int>(rows_.size()), run, cut[part], cut[part + 1] - cut[part]};
        blocks_.push_back(block);
      }
    }
    row.end_block = static_cast<int>(blocks_.size());
    rows_.push_back(row);
    for (int block = row.first_block; block < row.end_block; block++) {
      ForEachChunk(blocks_[block], [&](const Chunk &chunk) {
        rows_.back().pairs += static_cast<int64_t>(chunk.count) * blocks_[block].count;
      });
    }
  }

  std::vector<Token> tokens_;
  std::vector<Place> places_;
  std::vector<Run> runs_;
  std::vector<Block> blocks_;
  std::vector<Row> rows_;
};

// The rotary embedding of one head, in halves; `scale` goes on top. Zeros follow up to the padded length.
inline void Rotate(const AttentionShape &shape, const float *__restrict x, const float *__restrict cosines,
                   const float *__restrict sines, float scale, float *__restrict rotated) {
  const int half = shape.head_dim / 2;
  for (int i = 0; i < half; i++) {
    const float cosine = cosines[i] * scale;
    const float sine = sines[i] * scale;
    rotated[i] = x[i] * cosine - x[i + half] * sine;
    rotated[i + half] = x[i + half] * cosine + x[i] * sine;
  }
  for (int i = shape.head_dim; i < shape.Padded(); i++) rotated[i] = 0;
}

// The gradient of x from that of Rotate(x).
inline void RotateBack(const AttentionShape &shape, const float *__restrict drotated, const float *__restrict cosines,
                       const float *__restrict sines, float scale, float *__restrict dx) {
  const int half = shape.head_dim / 2;
  for (int i = 0; i < half; i++) {
    const float cosine = cosines[i] * scale;
    const float sine = sines[i] * scale;
    dx[i] = drotated[i] * cosine + drotated[i + half] * sine;
    dx[i + half] = drotated[i + half] * cosine - drotated[i] * sine;
  }
}

inline void CopyPadded(const AttentionShape &shape, const float *from, float *to) {
  std::memcpy(to, from, shape.head_dim * sizeof(float));
  for (int i = shape.head_dim; i < shape.Padded(); i++) to[i] = 0;
}

inline float Dot(int count, const float *a, const float *b) {
  Vector sums{};
  int i = 0;
  for (; i + kWidth <= count; i += kWidth) sums += Load(a + i) * Load(b + i);
  float sum = SumOf(sums);
  for (; i < count; i++) sum += a[i] * b[i];
  return sum;
}

// Rows [length, Padded()] as panels [length / kWidth, head_dim, kWidth]: B of a product with the transposed.
inline void WritePanels(const AttentionShape &shape, int length, const float *rows, float *panels) {
  PackPanels(shape.head_dim, length, rows, 1, shape.Padded(), panels);
}

// Scores [queries, chunk] = A [queries, head_dim] · panels of the chunk, without the tiles that no query sees.
inline void MultiplyPanels(const AttentionShape &shape, const Cut &queries, const Chunk &chunk, const float *a,
                           const float *panels, float *scores) {
  const ptrdiff_t panel = static_cast<ptrdiff_t>(shape.head_dim) * kWidth;
  const Cut groups(chunk.Vectors(), kTileVectors);
  // A group's panels stay in the first-level cache while the queries pass.
  for (int group = 0; group < groups.parts; group++) {
    const int vector = groups[group];
    for (int tile = 0; tile < queries.parts; tile++) {
      const int query = queries[tile];
      const int seen = (chunk.SeenBy(queries[tile + 1] - 1) + kWidth - 1) / kWidth;
      const int vectors = std::min(groups[group + 1], seen) - vector;
      if (vectors <= 0) continue;
      Multiply<LayoutOfA::kRows, LayoutOfB::kPanels>(
          queries[tile + 1] - query, vectors,
          {a + query * shape.Padded(), shape.Padded(), panels + vector * panel, panel,
           scores + query * kScoreStride + vector * kWidth, kScoreStride, shape.head_dim, false});
    }
  }
}

// C [queries, Padded()] = or += scores [queries, chunk] · rows of the chunk.
inline void MultiplyRows(const AttentionShape &shape, const Cut &queries, const Chunk &chunk, const float *scores,
                         const float *rows, bool accumulate, float *c) {
  const int padded = shape.Padded();
  const Cut groups(padded / kWidth, kTileVectors);
  for (int group = 0; group < groups.parts; group++) {
    const int vector = groups[group];
    for (int tile = 0; tile < queries.parts; tile++) {
      const int query = queries[tile];
      const int depth = chunk.SeenBy(queries[tile + 1] - 1);
      if (depth == 0) continue;
      Multiply<LayoutOfA::kRows, LayoutOfB::kRows>(
          queries[tile + 1] - query, groups[group + 1] - vector,
          {scores + query * kScoreStride, kScoreStride, rows + vector * kWidth, padded,
           c + query * padded + vector * kWidth, padded, depth, accumulate});
    }
  }
}

// C [chunk, Padded()] += transposed scores [queries, chunk] · B [queries, Padded()].
inline void MultiplyColumns(const AttentionShape &shape, int queries, const Chunk &chunk, const float *scores,
                            const float *b, float *c) {
  const int padded = shape.Padded();
  const Cut keys(chunk.count, kTileRows);
  const Cut groups(padded / kWidth, kTileVectors);
  for (int group = 0; group < groups.parts; group++) {
    const int vector = groups[group];
    for (int tile = 0; tile < keys.parts; tile++) {
      const int key = keys[tile];
      const int query = chunk.FirstToSee(key);
      if (query >= queries) break;
      Multiply<LayoutOfA::kColumns, LayoutOfB::kRows>(
          keys[tile + 1] - key, groups[group + 1] - vector,
          {scores + query * kScoreStride + key, kScoreStride, b + query * padded + vector * kWidth, padded,
           c + key * padded + vector * kWidth, padded, queries - query, true});
    }
  }
}

// A block of one head, on its way through the forward pass. Where the head's keys and values lie is the caller's.
class ForwardBlock {
 public:
  ForwardBlock(const AttentionShape &shape, const Plan &plan, const Block &block)
      : shape_(shape), plan_(plan), block_(block), places_(plan.PlacesOf(block)), tiles_(block.count, kTileRows) {
    const int64_t head = static_cast<int64_t>(kBlock) * shape.Padded();
    thread_local Buffer buffer;
    queries_ = buffer.Reserve(2 * head + kBlock * kScoreStride);
    mixed_ = queries_ + head;
    scores_ = mixed_ + head;
  }

  // panels: rotated keys as WritePanels() gives them; values [length, Padded()].
  void Run(int head, const float *qkv, const float *cosines, const float *sines, const float *panels,
           const float *values, float *mixed, float *log_sum_exp) {
    const int half = shape_.head_dim / 2;
    const int padded = shape_.Padded();
    const float scale = 1 / std::sqrt(static_cast<float>(shape_.head_dim));
    for (int i = 0; i < block_.count; i++) {
      const int64_t token = places_[i].token;
      Rotate(shape_, qkv + token * shape_.Width() + head * shape_.head_dim, cosines + token * half,
             sines + token * half, scale, queries_ + i * padded);
    }
    bool first = true;
    plan_.ForEachChunk(block_, [&](const Chunk &chunk) {
      MultiplyPanels(shape_, tiles_, chunk, queries_, panels + static_cast<int64_t>(chunk.begin) * shape_.head_dim,
                     scores_);
      for (int tile = 0; tile < tiles_.parts; tile++) {
        const int last = tiles_[tile + 1] - 1;
        const int vectors = (chunk.SeenBy(last) + kWidth - 1) / kWidth;
        for (int i = tiles_[tile]; i <= last && vectors > 0; i++) Weigh(i, chunk.SeenBy(i), vectors, first);
      }
      MultiplyRows(shape_, tiles_, chunk, scores_, values + static_cast<int64_t>(chunk.begin) * padded, !first,
                   mixed_);
      first = false;
    });
    for (int i = 0; i < block_.count; i++) {
      const float inverse = 1 / sum_[i];
      float *to = mixed + (static_cast<int64_t>(places_[i].token) * shape_.heads + head) * shape_.head_dim;
      for (int j = 0; j < shape_.head_dim; j++) to[j] = mixed_[i * padded + j] * inverse;
      log_sum_exp[places_[i].slot] = max_[i] + std::log(sum_[i]);
    }
  }

 private:
  // Scores of a query → weights relative to the largest score so far; what was summed up before is brought to it. The
  // first chunk shows every query a key, so that the largest score is a number from then on.
  void Weigh(int query, int seen, int vectors, bool first) {
    constexpr float kHidden = -std::numeric_limits<float>::infinity();
    float *scores = scores_ + query * kScoreStride;
    for (int key = seen; key < vectors * kWidth; key++) scores[key] = kHidden;
    Vector largest = Load(scores);
    for (int v = 1; v < vectors; v++) largest = Max(Load(scores + v * kWidth), largest);
    float max = MaxOf(largest);
    if (!first && max_[query] > max) max = max_[query];
    Vector sums{};
    for (int v = 0; v < vectors; v++) {
      const Vector weights = Exp(Load(scores + v * kWidth) - max);
      Store(scores + v * kWidth, weights);
      sums += weights;
    }
    float sum = SumOf(sums);
    if (!first) {
      const float factor = std::exp(max_[query] - max);
      sum += sum_[query] * factor;
      if (factor != 1) {
        float *mixed = mixed_ + query * shape_.Padded();
        for (int j = 0; j < shape_.Padded(); j += kWidth) Store(mixed + j, Load(mixed + j) * factor);
      }
    }
    max_[query] = max;
    sum_[query] = sum;
  }

  const AttentionShape &shape_;
  const Plan &plan_;
  const Block &block_;
  const Place *places_;
  const Cut tiles_;
  float *queries_;  // [kBlock, Padded()]
  float *mixed_;    // [kBlock, Padded()]
  float *scores_;   // [kBlock, kScoreStride]
  float max_[kBlock];
  float sum_[kBlock];
};

// What the backward pass of one head reads and adds to, by positions of a row; the first three are its group's.
struct BackwardHead {
  float *key_panels;
  float *keys;
  float *value_panels;
  float *dkeys;
  float *dvalues;
};

class BackwardBlock {
 public:
  BackwardBlock(const AttentionShape &shape, const Plan &plan, const Block &block)
      : shape_(shape), plan_(plan), block_(block), places_(plan.PlacesOf(block)), tiles_(block.count, kTileRows) {
    const int64_t head = static_cast<int64_t>(kBlock) * shape.Padded();
    thread_local Buffer buffer;
    queries_ = buffer.Reserve(3 * head + 2 * kBlock * kScoreStride);
    dqueries_ = queries_ + head;
    dmixed_ = dqueries_ + head;
    weights_ = dmixed_ + head;
    dscores_ = weights_ + kBlock * kScoreStride;
  }

  void Run(int head, const BackwardHead &of_head, const float *qkv, const float *cosines, const float *sines,
           const float *mixed, const float *log_sum_exp, const float *dmixed, float *dqkv) {
    const int half = shape_.head_dim / 2;
    const int padded = shape_.Padded();
    const float scale = 1 / std::sqrt(static_cast<float>(shape_.head_dim));
    for (int i = 0; i < block_.count; i++) {
      const int64_t token = places_[i].token;
      const int64_t at = (token * shape_.heads + head) * shape_.head_dim;
      Rotate(shape_, qkv + token * shape_.Width() + head * shape_.head_dim, cosines + token * half,
             sines + token * half, scale, queries_ + i * padded);
      CopyPadded(shape_, dmixed + at, dmixed_ + i * padded);
      delta_[i] = Dot(shape_.head_dim, dmixed + at, mixed + at);
      log_sum_exp_[i] = log_sum_exp[places_[i].slot];
    }
    bool first = true;
    plan_.ForEachChunk(block_, [&](const Chunk &chunk) {
      const int64_t begin = static_cast<int64_t>(chunk.begin);
      MultiplyPanels(shape_, tiles_, chunk, queries_, of_head.key_panels + begin * shape_.head_dim, weights_);
      MultiplyPanels(shape_, tiles_, chunk, dmixed_, of_head.value_panels + begin * shape_.head_dim, dscores_);
      for (int i = 0; i < block_.count; i++) Weigh(i, chunk.SeenBy(i), chunk.Vectors());
      MultiplyColumns(shape_, block_.count, chunk, weights_, dmixed_, of_head.dvalues + begin * padded);
      MultiplyRows(shape_, tiles_, chunk, dscores_, of_head.keys + begin * padded, !first, dqueries_);
      MultiplyColumns(shape_, block_.count, chunk, dscores_, queries_, of_head.dkeys + begin * padded);
      first = false;
    });
    for (int i = 0; i < block_.count; i++) {
      const int64_t token = places_[i].token;
      RotateBack(shape_, dqueries_ + i * padded, cosines + token * half, sines + token * half, scale,
                 dqkv + token * shape_.Width() + head * shape_.head_dim);
    }
  }

 private:
  // Scores and gradients of a query's weights → weights and gradients of its scores; both 0 for the keys not seen,
  // which a tile of other queries may have left uncomputed.
  void Weigh(int query, int seen, int vectors) {
    float *weights = weights_ + query * kScoreStride;
    float *dscores = dscores_ + query * kScoreStride;
    const int seen_vectors = (seen + kWidth - 1) / kWidth;
    for (int v = 0; v < seen_vectors; v++) {
      const Vector p = Exp(Load(weights + v * kWidth) - log_sum_exp_[query]);
      Store(weights + v * kWidth, p);
      Store(dscores + v * kWidth, p * (Load(dscores + v * kWidth) - delta_[query]));
    }
    for (int key = seen; key < vectors * kWidth; key++) weights[key] = dscores[key] = 0;
  }

  const AttentionShape &shape_;
  const Plan &plan_;
  const Block &block_;
  const Place *places_;
  const Cut tiles_;
  float *queries_;   // [kBlock, Padded()], as the next two
  float *dqueries_;
  float *dmixed_;
  float *weights_;  // [kBlock, kScoreStride], as the next
  float *dscores_;
  float delta_[kBlock];
  float log_sum_exp_[kBlock];
};

// Keys (rotated) and values of a row's key/value head by position, [length, Padded()].
inline void GatherKeysAndValues(const AttentionShape &shape, const Plan &plan, const Row &row, int key_value_head,
                                const float *qkv, const float *cosines, const float *sines, float *keys,
                                float *values) {
  const int half = shape.head_dim / 2;
  const int padded = shape.Padded();
  const Place *places = plan.PlacesOf(row);
  for (int position = 0; position < row.length; position++) {
    const int64_t token = places[position].token;
    float *key = keys + static_cast<int64_t>(position) * padded;
    float *value = values + static_cast<int64_t>(position) * padded;
    if (token < 0) {
      std::memset(key, 0, padded * sizeof(float));
      std::memset(value, 0, padded * sizeof(float));
      continue;
    }
    const float *from = qkv + token * shape.Width() + (shape.heads + key_value_head) * shape.head_dim;
    Rotate(shape, from, cosines + token * half, sines + token * half, 1, key);
    CopyPadded(shape, from + shape.key_value_heads * shape.head_dim, value);
  }
}

// Mixes the values of the tokens that each token sees: of its row, not after it, of segment 0 or its own.
//
// qkv [tokens, (heads + 2·key_value_heads)·head_dim], before the rotary embedding, whose tables cosines and sines
// [tokens, head_dim / 2] are (ones and zeros for a model without); token_of_slot and segments [rows, time], segment −1
// where no token lies; a token lies in at most one slot. mixed [tokens, heads·head_dim], 0 for tokens that lie in no
// slot; log_sum_exp [rows, heads, time], written where a token lies. Scores are scaled by 1/√head_dim. A query head
// uses key/value head h / (heads / key_value_heads).
inline void AttentionForward(const AttentionSizes &sizes, const float *qkv, const float *cosines, const float *sines,
                             const int32_t *token_of_slot, const int32_t *segments, float *mixed,
                             float *log_sum_exp) {
  const AttentionShape shape(sizes);
  const Plan plan(shape, token_of_slot, segments);
  plan.ClearUnplaced(shape.heads * shape.head_dim, mixed);
  const int padded = shape.Padded();
  const int groups = shape.key_value_heads;
  const int64_t of_position = shape.head_dim + padded;
  thread_local Buffer buffer;
  plan.ForEachWave(of_position * groups, [&](int from, int to) {
    const Row *rows = plan.rows().data();
    const int64_t base = rows[from].base;
    const int64_t positions = rows[to - 1].base + rows[to - 1].length - base;
    float *all = buffer.Reserve(positions * groups * of_position);
    // Panels of the keys, then the values.
    const auto of_group = [=](const Row &row, int group) {
      return all + ((row.base - base) * groups + static_cast<int64_t>(group) * row.length) * of_position;
    };
    ParallelFor((to - from) * groups, [&](int unit) {
      const Row &row = rows[from + unit / groups];
      const int group = unit % groups;
      thread_local Buffer unpanelled;
      float *keys = unpanelled.Reserve(static_cast<int64_t>(row.length) * padded);
      float *panels = of_group(row, group);
      GatherKeysAndValues(shape, plan, row, group, qkv, cosines, sines, keys,
                          panels + static_cast<int64_t>(row.length) * shape.head_dim);
      WritePanels(shape, row.length, keys, panels);
    });
    // Group by group, so that threads share keys and values in their caches, and a block's heads in turn, since their
    // queries are neighbours in memory.
    const int blocks = rows[to - 1].end_block - rows[from].first_block;
    ParallelFor(blocks * shape.heads, [&](int unit) {
      const Row *row = rows + from;
      while (unit >= (row->end_block - row->first_block) * shape.heads) {
        unit -= (row->end_block - row->first_block) * shape.heads;
        row++;
      }
      const int of_group_units = (row->end_block - row->first_block) * shape.HeadsPerKey();
      const int head = unit / of_group_units * shape.HeadsPerKey() + unit % shape.HeadsPerKey();
      // The last blocks see most: they come first, so that threads end together.
      const Block &block = plan.blocks()[row->end_block - 1 - unit % of_group_units / shape.HeadsPerKey()];
      const float *panels = of_group(*row, head / shape.HeadsPerKey());
      ForwardBlock(shape, plan, block)
          .Run(head, qkv, cosines, sines, panels, panels + static_cast<int64_t>(row->length) * shape.head_dim, mixed,
               log_sum_exp + (static_cast<int64_t>(row->index) * shape.heads + head) * shape.time);
    });
  });
}

// The gradient dqkv [tokens, (heads + 2·key_value_heads)·head_dim] of AttentionForward() from dmixed, that of mixed; 0
// for tokens that lie in no slot.
inline void AttentionBackward(const AttentionSizes &sizes, const float *qkv, const float *cosines, const float *sines,
                              const int32_t *token_of_slot, const int32_t *segments, const float *mixed,
                              const float *log_sum_exp, const float *dmixed, float *dqkv) {
  const AttentionShape shape(sizes);
  const Plan plan(shape, token_of_slot, segments);
  plan.ClearUnplaced(shape.Width(), dqkv);
  const int half = shape.head_dim / 2;
  const int padded = shape.Padded();
  const int groups = shape.key_value_heads;
  const int64_t of_keys = 2 * shape.head_dim + padded;
  const int64_t of_head = 2 * padded;
  const int64_t of_position = groups * of_keys + shape.heads * of_head;
  thread_local Buffer buffer;
  plan.ForEachWave(of_position, [&](int from, int to) {
    std::vector<Row> rows(plan.rows().begin() + from, plan.rows().begin() + to);
    const int64_t base = rows.front().base;
    float *all = buffer.Reserve((rows.back().base + rows.back().length - base) * of_position);
    // Large rows first, so that threads end together.
    std::stable_sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) { return a.pairs > b.pairs; });
    const auto head_of = [=, &shape](const Row &row, int head) {
      const int64_t length = row.length;
      float *of_row = all + (row.base - base) * of_position;
      float *keys = of_row + head / shape.HeadsPerKey() * length * of_keys;
      float *dkeys = of_row + groups * length * of_keys + head * length * of_head;
      return BackwardHead{keys, keys + length * shape.head_dim, keys + length * (shape.head_dim + padded), dkeys,
                          dkeys + length * padded};
    };
    ParallelFor(static_cast<int>(rows.size()) * groups, [&](int unit) {
      const Row &row = rows[unit / groups];
      const int group = unit % groups;
      const BackwardHead head = head_of(row, group * shape.HeadsPerKey());
      thread_local Buffer unpanelled;
      float *values = unpanelled.Reserve(static_cast<int64_t>(row.length) * padded);
      GatherKeysAndValues(shape, plan, row, group, qkv, cosines, sines, head.keys, values);
      WritePanels(shape, row.length, head.keys, head.key_panels);
      WritePanels(shape, row.length, values, head.value_panels);
    });
    ParallelFor(static_cast<int>(rows.size()) * shape.heads, [&](int unit) {
      const Row &row = rows[unit / shape.heads];
      const int head = unit % shape.heads;
      const BackwardHead of_head = head_of(row, head);
      std::memset(of_head.dkeys, 0, 2 * static_cast<int64_t>(row.length) * padded * sizeof(float));
      const float *of_row = log_sum_exp + (static_cast<int64_t>(row.index) * shape.heads + head) * shape.time;
      for (int block = row.first_block; block < row.end_block; block++) {
        BackwardBlock(shape, plan, plan.blocks()[block])
            .Run(head, of_head, qkv, cosines, sines, mixed, of_row, dmixed, dqkv);
      }
    });
    // Heads are summed here, always in the same order, since those of a group run on any threads.
    ParallelFor(static_cast<int>(rows.size()) * groups, [&](int unit) {
      const Row &row = rows[unit / groups];
      const int group = unit % groups;
      const Place *places = plan.PlacesOf(row);
      const int first = group * shape.HeadsPerKey();
      const BackwardHead sums = head_of(row, first);
      const int64_t count = 2 * static_cast<int64_t>(row.length) * padded;
      for (int head = first + 1; head < first + shape.HeadsPerKey(); head++) {
        const float *more = head_of(row, head).dkeys;
        for (int64_t i = 0; i < count; i += kWidth) Store(sums.dkeys + i, Load(sums.dkeys + i) + Load(more + i));
      }
      for (int position = 0; position < row.length; position++) {
        const int64_t token = places[position].token;
        if (token < 0) continue;
        float *to = dqkv + token * shape.Width() + (shape.heads + group) * shape.head_dim;
        const int64_t at = static_cast<int64_t>(position) * padded;
        RotateBack(shape, sums.dkeys + at, cosines + token * half, sines + token * half, 1, to);
        std::memcpy(to + groups * shape.head_dim, sums.dvalues + at, shape.head_dim * sizeof(float));
      }
    });
  });
}

}  // namespace tuneloop::FUSED_NAMESPACE

#endif  // TUNELOOP_ATTENTION_H_
