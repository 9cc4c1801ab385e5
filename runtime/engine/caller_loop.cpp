#include "runtime/engine/caller_loop.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mlp::engine {
namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point At(std::int64_t at_us) {
  return Clock::time_point(std::chrono::microseconds(at_us));
}

std::int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::uint64_t CallerLoop::Start(HttpRequest request, HttpCallback done) {
  next_ = {std::move(request), std::move(done)};
  return ++last_id_;
}

void CallerLoop::Cancel(std::uint64_t) { stop_.Request(); }

void CallerLoop::After(std::int64_t delay_us, std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  timers_.push_back({NowUs() + std::max<std::int64_t>(delay_us, 0), std::move(action)});
  timer_set_.notify_one();
}

void CallerLoop::Run(const bool& ended) {
  while (!ended) {
    if (next_) {
      Exchange exchange = *std::exchange(next_, std::nullopt);
      exchange.done(http_.Perform(std::move(exchange.request), stop_));
    } else {
      NextAction()();
    }
  }
  std::vector<Timer> dropped;  // destroyed after the lock is gone, since they may own this loop
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(timers_);
}

/// Waits for the earliest timer, which another thread may set meanwhile.
std::function<void()> CallerLoop::NextAction() {
  const auto earlier = [](const Timer& a, const Timer& b) { return a.at_us < b.at_us; };
  std::unique_lock lock(mutex_);
  while (true) {
    const auto first = std::min_element(timers_.begin(), timers_.end(), earlier);
    if (first == timers_.end()) {
      timer_set_.wait(lock);
    } else if (first->at_us <= NowUs()) {
      std::function<void()> action = std::move(first->action);
      timers_.erase(first);
      return action;
    } else {
      timer_set_.wait_until(lock, At(first->at_us));
    }
  }
}

}  // namespace mlp::engine
