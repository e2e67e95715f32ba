#ifndef TUNELOOP_BUFFER_H_
#define TUNELOOP_BUFFER_H_

#include <cstdint>
#include <new>

namespace tuneloop::FUSED_NAMESPACE {

// What a buffer keeps at most when less is asked for.
constexpr int64_t kKeptFloats = 16 << 20;

// Memory that is kept between calls: fresh pages cost as much as the work on them.
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  ~Buffer() { Free(); }

  float *Reserve(int64_t floats) {
    // One huge row must not hold its memory for ever.
    if (floats > capacity_ || (capacity_ > kKeptFloats && floats <= kKeptFloats)) {
      Free();
      data_ = static_cast<float *>(::operator new(floats * sizeof(float), kAlignment));
      capacity_ = floats;
    }
    return data_;
  }

 private:
  static constexpr std::align_val_t kAlignment{64};

  void Free() {
    if (data_) ::operator delete(data_, kAlignment);
    data_ = nullptr;
    capacity_ = 0;
  }

  float *data_ = nullptr;
  int64_t capacity_ = 0;
};

}  // namespace tuneloop::FUSED_NAMESPACE

#endif  // TUNELOOP_BUFFER_H_
