// Replaces tfjs-node's napi_auto_ref.h (same include guard, same interface).
//
// A tensor made from a JavaScript array shares its memory through a N-API reference. TensorFlow may drop the last use of
// that tensor on one of its own threads, and deleting a N-API reference there corrupts V8's heap. This version deletes
// at once on the JavaScript thread, and otherwise leaves the reference in a list that the next createTensor() empties.
#ifndef TF_NODEJS_NAPI_AUTO_REF_H_
#define TF_NODEJS_NAPI_AUTO_REF_H_

#include <node_api.h>

#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "binding/utils.h"

namespace tfnodejs {

class NapiAutoRef {
 public:
  NapiAutoRef() : env_(nullptr), ref_(nullptr) {}

  napi_status Init(napi_env env, napi_value value) {
    env_ = env;
    owner_ = std::this_thread::get_id();
    DeleteDeferred(env);
    return napi_create_reference(env_, value, 1, &ref_);
  }

  napi_status Cleanup() {
    if (!env_ || !ref_) return napi_invalid_arg;
    napi_status status = napi_ok;
    if (std::this_thread::get_id() == owner_) {
      status = napi_delete_reference(env_, ref_);
    } else {
      std::lock_guard<std::mutex> lock(mutex());
      deferred().emplace_back(env_, ref_);
    }
    env_ = nullptr;
    ref_ = nullptr;
    return status;
  }

 private:
  static std::mutex &mutex() {
    static std::mutex instance;
    return instance;
  }
  static std::vector<std::pair<napi_env, napi_ref>> &deferred() {
    static std::vector<std::pair<napi_env, napi_ref>> instance;
    return instance;
  }
  // Deletes the references of this environment that other threads could not.
  static void DeleteDeferred(napi_env env) {
    std::lock_guard<std::mutex> lock(mutex());
    auto &list = deferred();
    size_t kept = 0;
    for (auto &entry : list) {
      if (entry.first == env) {
        napi_delete_reference(env, entry.second);
      } else {
        list[kept++] = entry;
      }
    }
    list.resize(kept);
  }

  napi_env env_;
  napi_ref ref_;
  std::thread::id owner_;
};

}  // namespace tfnodejs

#endif  // TF_NODEJS_NAPI_AUTO_REF_H_
