#include "runtime/engine/health/probe_state.hpp"

#include <algorithm>

namespace mlp::engine {
namespace {

constexpr std::int64_t kPpm = 1'000'000;

}  // namespace

std::int64_t ProbeState::Report(bool success) noexcept {
  in_a_row_ = success == up_ ? 0 : in_a_row_ + 1;
  if (up_) {
    if (in_a_row_ >= std::max<std::uint32_t>(down_after_, 1)) {
      up_ = false;
      in_a_row_ = 0;
      wait_ms_ = every_ms_;
    }
    return every_ms_;
  }
  if (success) {
    wait_ms_ = every_ms_;
    if (in_a_row_ >= std::max<std::uint32_t>(up_after_, 1)) {
      up_ = true;
      in_a_row_ = 0;
    }
  } else {
    wait_ms_ = std::max(std::min(wait_ms_ * backoff_ppm_ / kPpm, most_ms_), every_ms_);
  }
  return wait_ms_;
}

}  // namespace mlp::engine
