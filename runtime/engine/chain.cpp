#include "runtime/engine/chain.hpp"

#include "runtime/engine/clock.hpp"
#include "runtime/engine/health/fail_open.hpp"

namespace mlp::engine {

ChainState Chain::State() const {
  ChainState state;
  state.attempts_made = static_cast<std::uint32_t>(frame_.record.attempts.size()) - unsent_;
  state.retries_made = retries_;
  state.later_candidates = frame_.decision.count - candidate_ - 1;
  state.remaining_ms = frame_.RemainingMs();
  state.attempt_ms = frame_.AttemptMs(candidate_);
  state.closed_off =
      !forced_ && frame_.state.health.ClosedOff(frame_.decision.candidates[candidate_].model);
  return state;
}

bool Chain::NextCheaper(std::int64_t refused_pico) {
  retries_ = 0;
  for (++candidate_; candidate_ < frame_.decision.count; ++candidate_) {
    std::int64_t most_pico = 0;
    if (frame_.Affordable(candidate_, most_pico) && most_pico >= 0 && most_pico < refused_pico) {
      return true;
    }
  }
  return false;
}

std::optional<std::int64_t> Chain::KeepWhoReopensFirst() {
  Health& health = frame_.state.health;
  const std::int64_t now_us = SteadyUs();
  const auto chosen = ReopensFirst(frame_.decision, health, now_us);
  if (!chosen) return std::nullopt;
  frame_.decision.candidates[0] = frame_.decision.candidates[*chosen];
  frame_.decision.count = 1;
  candidate_ = 0;
  return health.ClosedUntil(frame_.decision.candidates[0].model, now_us) - now_us;
}

}  // namespace mlp::engine
