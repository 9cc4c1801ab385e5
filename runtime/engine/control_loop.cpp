#include "runtime/engine/control_loop.hpp"

#include <algorithm>
#include <chrono>

#include "mlp/live.hpp"
#include "runtime/engine/clock.hpp"

namespace mlp::engine {

ControlLoop::ControlLoop(const Policy& policy, Health& health, std::int64_t interval_ms)
    : policy_(policy), health_(health) {
  Look();
  thread_ = std::thread([this, interval_ms] { Run(interval_ms); });
}

void ControlLoop::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

void ControlLoop::Look() {
  const std::int64_t at_s = WallUs() / 1'000'000;
  policy_.live().set_root(RootAt(policy_.tables(), at_s));
  health_.Tick(SteadyUs(), at_s);
}

void ControlLoop::Run(std::int64_t interval_ms) {
  const std::chrono::milliseconds interval(std::max<std::int64_t>(interval_ms, 1));
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, interval, [this] { return stopping_; })) {
    lock.unlock();
    Look();
    lock.lock();
  }
}

}  // namespace mlp::engine
