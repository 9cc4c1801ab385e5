#include "runtime/engine/health/throttle.hpp"

#include <algorithm>

namespace mlp::engine {

double Throttle::HeldBack(std::int64_t now_us) {
  ring_.Advance(now_us, [this](const Counts& leaving) {
    total_.requests -= leaving.requests;
    total_.refused -= leaving.refused;
  });
  if (total_.requests < rules_.least_requests) return 0;
  const double requests = total_.requests;
  const double accepts = requests - total_.refused;
  return std::max(0.0, (requests - rules_.multiplier * accepts) / (requests + 1));
}

bool Throttle::Admit(std::int64_t now_us, std::uint64_t random) {
  const double held_back = HeldBack(now_us);
  const bool admitted = static_cast<double>(random >> 11) * 0x1.0p-53 >= held_back;
  if (Counts* const slot = ring_.At(now_us)) {
    const std::uint32_t refused = admitted ? 0 : 1;
    ++slot->requests;
    slot->refused += refused;
    ++total_.requests;
    total_.refused += refused;
  }
  return admitted;
}

void Throttle::Refused(std::int64_t started_us, std::int64_t now_us, std::int64_t retry_after_ms) {
  static_cast<void>(HeldBack(now_us));
  Counts* const slot = ring_.At(started_us);
  if (slot != nullptr && slot->refused < slot->requests) {
    ++slot->refused;
    ++total_.refused;
  }
  if (retry_after_ms > 0) {
    const std::int64_t pause_ms = std::min(retry_after_ms, rules_.most_cooldown_ms);
    cool_until_us_ = std::max(cool_until_us_, now_us + pause_ms * 1'000);
  }
}

}  // namespace mlp::engine
