// An experiment in numbers: its plan, and what is counted of its arms.
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

    /// It counts units that show something, with the signal that says which.
    [[nodiscard]] bool IsShare() const noexcept;
    [[nodiscard]] PlanCriterion Signal() const;
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
/// What of the counts stays where the plan measures something else: by what is measured, not by its
/// place. What is measured from now on begins at nothing.
[[nodiscard]] ExperimentCounts Remapped(const ExperimentPlan& before, const ExperimentPlan& plan,
                                        const ExperimentCounts& counts);
void CountOnce(const ExperimentPlan& plan, std::size_t arm, const RolloutSample& sample,
               ExperimentCounts& counts);

/// Whether its own time is over: the instant came, or its length passed and every arm has its
/// units.
[[nodiscard]] bool IsOver(const ExperimentPlan& plan, const ExperimentCounts& counts,
                          std::int64_t started_s, std::int64_t now_s) noexcept;

}  // namespace mlp
