#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>

namespace tuneloop {
namespace {

int ThreadCount() {
  const char *set = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int wanted = set ? std::atoi(set) : 0;
  return wanted > 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
}

class Threads {
 public:
  Threads() {
    for (int i = 1; i < ThreadCount(); i++) std::thread([this] { Serve(); }).detach();
    others_ = ThreadCount() - 1;
  }

  void Run(int units, const std::function<void(int)> &work) {
    std::unique_lock<std::mutex> mine(in_use_, std::try_to_lock);
    if (units < 2 || others_ == 0 || !mine.owns_lock()) {
      for (int unit = 0; unit < units; unit++) work(unit);
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      units_ = units;
      next_ = 0;
      call_++;
      idle_ = 0;
    }
    wake_.notify_all();
    Work(work, units);
    // `work` lives in the caller: no thread may still hold it, nor come late and find the next call's counter.
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return idle_ == others_; });
    if (!error_) return;
    const std::exception_ptr error = error_;
    error_ = nullptr;
    std::rethrow_exception(error);
  }

 private:
  void Work(const std::function<void(int)> &work, int units) {
    try {
      for (int unit; (unit = next_.fetch_add(1, std::memory_order_relaxed)) < units;) work(unit);
    } catch (...) { // no memory
      next_ = units;
      std::lock_guard<std::mutex> lock(mutex_);
      error_ = std::current_exception();
    }
  }

  void Serve() {
    for (uint64_t seen = 0;;) {
      const std::function<void(int)> *work;
      int units;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return call_ != seen; });
        seen = call_;
        work = work_;
        units = units_;
      }
      Work(*work, units);
      std::lock_guard<std::mutex> lock(mutex_);
      if (++idle_ == others_) done_.notify_one();
    }
  }

  std::mutex in_use_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const std::function<void(int)> *work_ = nullptr;
  int units_ = 0;
  int others_ = 0;
  int idle_ = 0;
  uint64_t call_ = 0;
  std::exception_ptr error_;
  std::atomic<int> next_{0};
};

}  // namespace

void ParallelFor(int units, const std::function<void(int unit)> &work) {
  // Never destroyed: its threads run until the process ends.
  static Threads *threads = new Threads();
  threads->Run(units, work);
}

}  // namespace tuneloop
