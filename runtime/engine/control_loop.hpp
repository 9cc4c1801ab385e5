// What decisions may read but must not compute, kept fresh on a thread of its own: the current date
// root, live conditions, the orders of live groups, and what time changes in breakers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "mlp/policy.hpp"
#include "runtime/engine/health/health.hpp"

namespace mlp::engine {

class ControlLoop {
 public:
  /// Looks once here and then every `interval_ms` until destruction. `policy` and `health` outlive
  /// it. (A breaker that opens does not wait for it: Health publishes that at once.)
  ControlLoop(const Policy& policy, Health& health, std::int64_t interval_ms);
  ControlLoop(const ControlLoop&) = delete;
  ControlLoop& operator=(const ControlLoop&) = delete;
  ~ControlLoop() { Stop(); }
  /// Waits for a look that is under way. For one thread at a time.
  void Stop();

 private:
  void Look();
  void Run(std::int64_t interval_ms);

  const Policy& policy_;
  Health& health_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace mlp::engine
