// Where a call stands among its decision's candidates: whom it asks now, and how often it did.
#pragma once

#include <cstdint>

#include "runtime/engine/call_frame.hpp"
#include "runtime/engine/retry.hpp"

namespace mlp::engine {

/// Touched where the call runs.
class Chain {
 public:
  /// `frame` outlives it.
  explicit Chain(CallFrame& frame) : frame_(frame) {}

  [[nodiscard]] std::uint32_t candidate() const noexcept { return candidate_; }
  [[nodiscard]] bool has_later() const noexcept { return candidate_ + 1U < frame_.decision.count; }
  /// The one candidate is tried although it is closed off.
  [[nodiscard]] bool forced() const noexcept { return forced_; }
  /// What AfterFailure and AfterLimit look at.
  [[nodiscard]] ChainState State() const;

  /// Precondition: has_later().
  void Next() noexcept {
    ++candidate_;
    retries_ = 0;
  }
  /// The next one that costs less than so much at most; false where there is none.
  [[nodiscard]] bool NextCheaper(std::int64_t refused_pico);
  /// Nobody but the candidate that reopens first, after so long; nothing where operators took down
  /// all.
  [[nodiscard]] std::optional<std::int64_t> KeepWhoReopensFirst();

  void Force() noexcept { forced_ = true; }
  void CountRetry() noexcept { ++retries_; }
  /// An attempt in the record was held back by a limit of ours.
  void CountUnsent() noexcept { ++unsent_; }

 private:
  CallFrame& frame_;
  std::uint32_t candidate_ = 0;
  std::uint32_t retries_ = 0;
  std::uint32_t unsent_ = 0;
  bool forced_ = false;
};

}  // namespace mlp::engine
