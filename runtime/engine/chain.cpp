#include "runtime/engine/chain.hpp"

#include <algorithm>

#include "runtime/engine/clock.hpp"
#include "runtime/engine/health/fail_open.hpp"

namespace mlp::engine {

ChainState Chain::State() const {
  ChainState state;
  state.attempts_made = static_cast<std::uint32_t>(frame_.record.attempts.size()) - unsent_;
  state.retries_made = retries_;
  state.later_candidates = frame_.decision.count - last_ - 1;
  state.remaining_ms = frame_.RemainingMs();
  state.attempt_ms = frame_.AttemptMs(frame_.decision.candidates[candidate_].model);
  state.closed_off =
      !forced_ && frame_.state.health.ClosedOff(frame_.decision.candidates[candidate_].model);
  return state;
}

bool Chain::NextCheaper(std::int64_t refused_pico) {
  while (has_later()) {
    Next();
    std::int64_t most_pico = 0;
    if (frame_.Affordable(frame_.decision.candidates[candidate_], most_pico) && most_pico >= 0 &&
        most_pico < refused_pico) {
      return true;
    }
  }
  return false;
}

std::optional<std::uint32_t> Chain::OfAnotherProvider() const noexcept {
  for (std::uint32_t i = last_ + 1; i < frame_.decision.count; ++i) {
    if (&frame_.ProviderOf(i) != &frame_.ProviderOf(candidate_)) return i;
  }
  return std::nullopt;
}

std::uint32_t Chain::Hedge(std::uint32_t candidate) noexcept {
  auto* const candidates = frame_.decision.candidates.data();
  std::rotate(candidates + last_ + 1, candidates + candidate, candidates + candidate + 1);
  return ++last_;
}

std::optional<std::int64_t> Chain::KeepWhoReopensFirst() {
  Health& health = frame_.state.health;
  const std::int64_t now_us = SteadyUs();
  const auto chosen = ReopensFirst(frame_.decision, health, now_us);
  if (!chosen) return std::nullopt;
  frame_.decision.candidates[0] = frame_.decision.candidates[*chosen];
  frame_.decision.count = 1;
  GoTo(0);
  return health.ClosedUntil(frame_.decision.candidates[0].model, now_us) - now_us;
}

}  // namespace mlp::engine
