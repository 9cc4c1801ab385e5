// What of a policy's rollout its machine needs, as a value that outlives the tables and can be
// written into a log.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/tables.hpp"

namespace mlp {

/// As mlp::Criterion, with a text of its own; `event` is a number in RolloutPlan::events.
struct PlanCriterion {
  Measured measured = Measured::kFailures;
  std::uint8_t percentile = 0;
  ErrorClass error_class = ErrorClass::kNone;
  std::uint16_t event = kNone16;
  std::string score;
  Comparison comparison = Comparison::kGreater;
  bool relative = false;
  std::uint8_t baseline_percentile = 0;
  std::int64_t value = 1'000'000;
  std::uint32_t window_s = 0;
  std::uint32_t min_units = 0;
  friend bool operator==(const PlanCriterion&, const PlanCriterion&) = default;

  /// `>` and `>=`: more is what it is about.
  [[nodiscard]] bool above() const noexcept {
    return comparison == Comparison::kGreater || comparison == Comparison::kGreaterEqual;
  }
  [[nodiscard]] bool sequential() const noexcept { return window_s == 0; }
};

struct RolloutPlan {
  struct Event {
    std::string name;
    PlanCriterion criterion;
    friend bool operator==(const Event&, const Event&) = default;
  };
  struct Step {
    std::uint32_t share_ppm = 0;
    std::uint32_t dwell_s = 0;
    std::uint32_t min_units = 0;
    bool prove = false;
    std::uint16_t proof = kNone16;
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::string name;
  std::string salt;
  std::string from;  ///< models' names
  std::string to;
  std::string policy;
  std::vector<Step> steps;
  std::vector<Event> events;
  std::vector<PlanCriterion> rollbacks;
  std::vector<PlanCriterion> proofs;
  std::uint32_t hold_s = 0;
  Undecided undecided = Undecided::kRollback;
  std::uint32_t confidence_ppm = 950'000;
  std::uint32_t detect_ppm = 2'000'000;
  std::uint32_t holdback_ppm = 0;
  std::uint32_t holdback_s = 0;
  std::int64_t units_per_day = 0;
  friend bool operator==(const RolloutPlan&, const RolloutPlan&) = default;

  /// The error rate of each sequential `rollback`, and of a proof.
  [[nodiscard]] double HarmAlpha() const noexcept;
  [[nodiscard]] double ProofAlpha() const noexcept;
};

[[nodiscard]] RolloutPlan PlanOf(const Tables& tables, const Rollout& rollout);

/// A line without line breaks, and back; nothing where the text is none of these.
[[nodiscard]] std::string ToText(const RolloutPlan& plan);
[[nodiscard]] std::optional<RolloutPlan> ParseRolloutPlan(std::string_view text);

/// `failures <= 1.5x baseline`, as the language writes it.
[[nodiscard]] std::string Words(const RolloutPlan& plan, const PlanCriterion& criterion);

/// A value of a measure as people read it: `2.1%`, `3.2 s`, `$0.0012`, `0.91`. Times in
/// microseconds, money in picodollars, scores in millionths, rates as shares of 1.
[[nodiscard]] std::string FigureWords(Measured measured, double value);

/// What is counted of each unit, beside its values: signal 0 is whether its attempt failed.
/// At most kMaxSignals; criteria beyond share the last.
inline constexpr std::size_t kMaxSignals = 64;
[[nodiscard]] std::vector<PlanCriterion> SignalsOf(const RolloutPlan& plan);
/// The number of a criterion's signal in it; 0 for what has none.
[[nodiscard]] std::size_t SignalOf(const std::vector<PlanCriterion>& signals,
                                   const PlanCriterion& criterion);
/// Whether its rate is judged: it counts how many units show something.
[[nodiscard]] bool IsRate(const PlanCriterion& criterion) noexcept;

}  // namespace mlp
