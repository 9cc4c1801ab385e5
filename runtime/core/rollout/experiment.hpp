// An experiment in numbers: what is counted of its arms, and what that says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/tables.hpp"
#include "runtime/core/rollout/block.hpp"

namespace mlp {

/// A value that outlives the tables, with a text for the ledger.
struct ExperimentPlan {
  struct Arm {
    std::string name;
    std::string model;
    std::uint32_t share_ppm = 0;
    friend bool operator==(const Arm&, const Arm&) = default;
  };
  struct Measure {
    std::string name;
    Measured measured = Measured::kFailures;
    std::uint8_t percentile = 0;
    ErrorClass error_class = ErrorClass::kNone;
    std::string score;
    friend bool operator==(const Measure&, const Measure&) = default;
  };
  std::string name;
  std::string salt;
  std::string policy;
  std::string replaced;
  std::vector<Arm> arms;
  std::vector<Measure> measures;
  Correction correction = Correction::kHolm;
  std::int64_t until_s = kForever;
  std::uint32_t lasts_s = 0;
  std::uint32_t min_units = 0;  ///< of each arm
  std::uint32_t confidence_ppm = 950'000;
  friend bool operator==(const ExperimentPlan&, const ExperimentPlan&) = default;

  /// The arm that the others are compared with: the replaced model's own, else the first.
  [[nodiscard]] std::size_t Control() const noexcept;
  [[nodiscard]] std::vector<PlanCriterion> Signals() const;
};
[[nodiscard]] ExperimentPlan PlanOf(const Tables& tables, const Experiment& experiment);
[[nodiscard]] std::string ToText(const ExperimentPlan& plan);
[[nodiscard]] std::optional<ExperimentPlan> ParseExperimentPlan(std::string_view text);

/// Per arm, in the order of the plan: each unit once, by its first call that says something.
using ExperimentCounts = std::vector<ArmCounts>;
[[nodiscard]] std::string ToText(const ExperimentCounts& counts);
[[nodiscard]] std::optional<ExperimentCounts> ParseExperimentCounts(std::string_view text);
void CountOnce(const ExperimentPlan& plan, std::size_t arm, const RolloutSample& sample,
               ExperimentCounts& counts);

/// Whether its own time is over: the instant came, or its length passed and every arm has its
/// units.
[[nodiscard]] bool IsOver(const ExperimentPlan& plan, const ExperimentCounts& counts,
                          std::int64_t started_s, std::int64_t now_s) noexcept;

enum class Verdict : std::uint8_t { kOpen, kBetter, kWorse };
[[nodiscard]] std::string_view ToString(Verdict verdict) noexcept;

/// One measure of one arm against the control. Differences in the measure's unit (ppm as shares);
/// a percentile is compared by the share of units beyond the control's.
struct Compared {
  std::size_t arm = 0;
  std::size_t measure = 0;
  std::int64_t units = 0;
  std::int64_t control_units = 0;
  double value = 0;
  double control = 0;
  double difference = 0;
  double low = 0;  ///< holds at any look, all comparisons together with the confidence
  double high = 0;
  double p = 1;           ///< two-sided, at a horizon that was fixed beforehand
  double adjusted_p = 1;  ///< by the experiment's correction
  Verdict verdict = Verdict::kOpen;
  double half_width_in_a_week = 0;
};
[[nodiscard]] std::vector<Compared> Compare(const ExperimentPlan& plan,
                                            const ExperimentCounts& counts, std::int64_t elapsed_s);
/// What to do, with its uncertainty, and what one more week would bring.
[[nodiscard]] std::string Recommendation(const ExperimentPlan& plan,
                                         const std::vector<Compared>& compared, bool runs);

}  // namespace mlp
