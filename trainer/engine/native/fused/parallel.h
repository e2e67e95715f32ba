// Runs pieces of work on all cores that TensorFlow may use.
#ifndef TUNELOOP_PARALLEL_H_
#define TUNELOOP_PARALLEL_H_

#include <functional>

namespace tuneloop {

// Calls work(0) … work(units − 1), each once, on this thread and on others, and returns when all are done. Where another
// call is already on its way (TensorFlow runs independent operations side by side), this thread does all of it alone.
// What a piece throws comes out of here, when all threads have stopped.
void ParallelFor(int units, const std::function<void(int unit)> &work);

}  // namespace tuneloop

#endif  // TUNELOOP_PARALLEL_H_
