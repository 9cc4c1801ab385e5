// What the parts of one call share: what was asked, decided and recorded so far, and what time and
// money are left.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/client.hpp"
#include "mlp/decide.hpp"
#include "mlp/http_client.hpp"
#include "mlp/record.hpp"
#include "runtime/core/split_mix.hpp"
#include "runtime/engine/cache/answers.hpp"
#include "runtime/engine/policy_state.hpp"
#include "runtime/engine/rollout/arms.hpp"

namespace mlp::engine {

/// The policy that a call begins and ends under, what all calls of a client share (it outlives
/// them), and where this one runs.
struct CallContext {
  std::shared_ptr<PolicyState> state;
  Answers& answers;
  Store* store;  ///< null: nothing is recorded
  std::shared_ptr<HttpExecutor> http;
  HttpExecutor& io;  ///< instead, where the call may have two attempts under way at a time
};

/// Touched where the call runs, but for the atomics.
struct CallFrame {
  /// The request is copied; `asked` lives until the end. `seed` is this call's own randomness.
  /// `judged`: the evaluator whose judge this call asks, or kNone16.
  CallFrame(CallContext shared, const RequestView& request, const Prompt& asked,
            const CallOptions& wishes, std::uint64_t seed, std::uint16_t judged);
  CallFrame(const CallFrame&) = delete;
  CallFrame& operator=(const CallFrame&) = delete;

  [[nodiscard]] RequestView request() const noexcept { return {codes, texts, sets}; }
  /// Precondition for all that follows: the decision names a route.
  [[nodiscard]] const RoutePlan& route() const noexcept { return tables.routes[decision.route]; }
  [[nodiscard]] const Provider& ProviderOf(std::uint32_t candidate) const noexcept {
    return tables.providers[tables.models[decision.candidates[candidate].model].provider];
  }
  [[nodiscard]] HttpExecutor& http() const noexcept {
    return on_io.load() ? context.io : *context.http;
  }
  /// The shorter one of the caller's and the route's wishes holds.
  void LimitTimeAndCost();

  [[nodiscard]] std::int64_t RemainingMs() const;
  /// The most that an attempt at a model may take.
  [[nodiscard]] std::int64_t AttemptMs(std::uint16_t model) const;
  [[nodiscard]] std::int64_t InputTokens() const;
  /// Whether the call's bound has room for the most that an attempt at a candidate may cost, which
  /// is `most_pico` (-1: not known), beside what was billed and what is under way.
  [[nodiscard]] bool Affordable(const Candidate& candidate, std::int64_t& most_pico) const;

  const CallContext context;
  PolicyState& state;
  const Tables& tables;
  const std::vector<std::int32_t> codes;
  const std::vector<std::string> text_store;
  std::vector<std::string_view> texts;
  const std::vector<std::uint64_t> sets;
  const Prompt& prompt;
  const CallOptions options;
  const std::uint16_t judges_for;
  SplitMix64 random;
  Decision decision;
  std::vector<TouchedArm> arms;
  CallRecord record;
  std::int64_t begun_us = 0;  ///< steady clock
  std::int64_t deadline_us = INT64_MAX;
  std::int64_t bound_pico = INT64_MAX;
  std::int64_t billed_pico = 0;     ///< of attempts that ended, as BilledPico has it
  std::int64_t under_way_pico = 0;  ///< the most that those under way may cost
  bool streams = false;             ///< models that can are asked for pieces
  std::atomic<bool> cancelled{false};
  std::atomic<bool> on_io{false};  ///< set before the first attempt
};

}  // namespace mlp::engine
