#include "runtime/engine/key_ring.hpp"

#include <algorithm>
#include <utility>

namespace mlp::engine {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kMinuteUs = 60 * kSecondUs;
// Of what a provider says: a century, whose microseconds can be counted.
constexpr std::int64_t kMost_ms = std::int64_t{100} * 366 * 86'400'000;

/// first * 2^times, at most `most`.
std::int64_t Doubled(std::int64_t first_us, std::int64_t most_us, std::uint32_t times) noexcept {
  std::int64_t rest = first_us;
  for (std::uint32_t i = 0; i < times && rest < most_us; ++i) rest *= 2;
  return std::min(rest, most_us);
}

}  // namespace

KeyRing::KeyRing(std::vector<std::string> keys)
    : keys_(std::move(keys)),
      rests_(std::make_unique<Rest[]>(keys_.size())),
      turn_(std::make_unique<std::atomic<std::uint32_t>>(0)) {}

std::size_t KeyRing::Next(std::int64_t now_us) const noexcept {
  if (keys_.size() == 1) return 0;
  const std::size_t turn = turn_->fetch_add(1, std::memory_order_relaxed);
  std::size_t earliest = 0;
  std::int64_t wakes_us = INT64_MAX;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const std::size_t index = (turn + i) % keys_.size();
    const std::int64_t until = rests_[index].until_us.load(std::memory_order_relaxed);
    if (until <= now_us) return index;
    if (until < wakes_us) {
      wakes_us = until;
      earliest = index;
    }
  }
  return earliest;
}

bool KeyRing::AnyAwake(std::int64_t now_us) const noexcept {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (rests_[i].until_us.load(std::memory_order_relaxed) <= now_us) return true;
  }
  return false;
}

void KeyRing::Note(std::size_t index, ErrorClass end, std::int64_t retry_after_ms,
                   std::int64_t begun_us, std::int64_t now_us) const noexcept {
  Rest& rest = rests_[index];
  const bool refused = end == ErrorClass::kAuth;
  std::int64_t since_us = rest.since_us.load(std::memory_order_relaxed);
  if (!refused && end != ErrorClass::kRateLimited && end != ErrorClass::kQuotaExhausted) {
    if (end == ErrorClass::kNone && begun_us > since_us &&
        rest.in_a_row.load(std::memory_order_relaxed) != 0) {
      rest.in_a_row.store(0, std::memory_order_relaxed);
      rest.until_us.store(0, std::memory_order_relaxed);
    }
    return;
  }
  // Of many that were under way together, one counts.
  const bool counts = begun_us > since_us && rest.since_us.compare_exchange_strong(
                                                 since_us, now_us, std::memory_order_relaxed);
  const std::uint32_t before =
      counts ? rest.in_a_row.fetch_add(1, std::memory_order_relaxed)
             : std::max(rest.in_a_row.load(std::memory_order_relaxed), 1U) - 1;
  std::int64_t rest_us = end == ErrorClass::kRateLimited
                             ? Doubled(kSecondUs, kMinuteUs, before)
                             : Doubled(kMinuteUs, 60 * kMinuteUs, before);
  if (!refused && retry_after_ms >= 0) rest_us = std::min(retry_after_ms, kMost_ms) * 1'000;
  std::int64_t until_us = rest.until_us.load(std::memory_order_relaxed);
  while (
      until_us < now_us + rest_us &&
      !rest.until_us.compare_exchange_weak(until_us, now_us + rest_us, std::memory_order_relaxed)) {
  }
}

}  // namespace mlp::engine
