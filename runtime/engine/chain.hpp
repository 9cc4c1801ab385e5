// Where a call stands among its decision's candidates: whom it asks now, and how often it did.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/engine/call_frame.hpp"
#include "runtime/engine/retry.hpp"

namespace mlp::engine {

/// Touched where the call runs.
class Chain {
 public:
  /// `frame` outlives it.
  explicit Chain(CallFrame& frame) : frame_(frame) {}

  [[nodiscard]] std::uint32_t candidate() const noexcept { return candidate_; }
  [[nodiscard]] bool has_later() const noexcept { return last_ + 1U < frame_.decision.count; }
  /// The one candidate is tried although it is closed off.
  [[nodiscard]] bool forced() const noexcept { return forced_; }
  /// What AfterFailure and AfterLimit look at.
  [[nodiscard]] ChainState State() const;

  /// Precondition: has_later().
  void Next() noexcept { GoTo(last_ + 1); }
  /// The next one that costs less than so much at most; false where there is none.
  [[nodiscard]] bool NextCheaper(std::int64_t refused_pico);
  /// Nobody but the candidate that reopens first, after so long; nothing where operators took down
  /// all.
  [[nodiscard]] std::optional<std::int64_t> KeepWhoReopensFirst();

  /// The first later candidate that another provider serves.
  [[nodiscard]] std::optional<std::uint32_t> OfAnotherProvider() const noexcept;
  /// That later candidate is asked beside the present one: it moves up behind it, and the chain
  /// goes on behind both. Returns its new place.
  std::uint32_t Hedge(std::uint32_t candidate) noexcept;
  /// The hedged candidate answers: it is the present one now.
  void FollowHedge() noexcept { GoTo(last_); }

  void Force() noexcept { forced_ = true; }
  void CountRetry() noexcept { ++retries_; }
  /// An attempt in the record was held back by a limit of ours.
  void CountUnsent() noexcept { ++unsent_; }

 private:
  void GoTo(std::uint32_t candidate) noexcept {
    candidate_ = last_ = candidate;
    retries_ = 0;
  }

  CallFrame& frame_;
  std::uint32_t candidate_ = 0;
  std::uint32_t last_ = 0;  // that was asked
  std::uint32_t retries_ = 0;
  std::uint32_t unsent_ = 0;
  bool forced_ = false;
};

}  // namespace mlp::engine
