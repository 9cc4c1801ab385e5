// Rollouts and experiments: how traffic moves between models, and what is judged on the way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/condition.hpp"
#include "compiler/model/units.hpp"
#include "compiler/source/span.hpp"

namespace mlp::compiler {

/// `success over 1h < 0.95x baseline, at least 100 users`. Ratios and factors in millionths.
struct CriterionModel {
  enum class Unit : std::uint8_t { kRatio, kMilliseconds, kPicodollars };
  std::string subject;  ///< failures, success, an event, latency.p95, quality.accuracy, cost ...
  Unit unit = Unit::kRatio;
  Comparison comparison = Comparison::kGreater;
  bool relative = false;           ///< to the baseline; then value is the factor
  std::string baseline;            ///< with relative: `baseline` or `baseline.p95`
  std::int64_t value = 1'000'000;  ///< in the unit, or the factor
  std::int64_t window_s = 0;       ///< 0: sequential
  std::uint32_t min_units = 0;
  Span span;
};

struct RolloutModel {
  std::string name;
  std::string doc;
  Span span;
  std::string salt;
  Index from = kNoIndex;
  Index to = kNoIndex;
  Span from_span;
  Span to_span;
  std::vector<Index> routes;  ///< `for`; empty: all
  Index key = kNoIndex;       ///< attribute
  struct Step {
    std::uint32_t share_ppm = 0;
    std::int64_t dwell_s = 0;
    std::uint32_t min_units = 0;
    bool prove = false;
    Span span;                                ///< of the share
    std::optional<CriterionModel> criterion;  ///< of a prove step
  };
  std::vector<Step> steps;  ///< ramp, prove, then, in order
  struct Event {
    std::string name;
    CriterionModel criterion;
  };
  std::vector<Event> events;
  std::vector<CriterionModel> rollbacks;
  std::int64_t units_per_day = 0;  ///< 0: not declared
  Span traffic_span;
  std::vector<std::pair<std::string, std::int64_t>> base_rates;  ///< event, rate in millionths
  std::int64_t undecided_hold_s = 0;
  Undecided undecided = Undecided::kRollback;
  std::int64_t confidence_micro = 950'000;
  std::int64_t detect_micro = 2'000'000;
  Index alert = kNoIndex;
  bool reshuffle = false;
  std::uint32_t holdback_ppm = 0;
  std::int64_t holdback_s = 0;
};

struct ExperimentModel {
  std::string name;
  std::string doc;
  Span span;
  std::string salt;
  Condition when;
  std::vector<Index> routes;
  Index key = kNoIndex;
  Index replaces = kNoIndex;
  struct Arm {
    std::string name;
    Index candidate = kNoIndex;
    std::uint32_t share_ppm = 0;
    Span span;
  };
  std::vector<Arm> arms;
  /// What the arms stand in for: `replace`, else the first arm's candidate.
  [[nodiscard]] Index Replaced() const {
    return replaces == kNoIndex && !arms.empty() ? arms.front().candidate : replaces;
  }
  std::vector<std::string> measures;
  std::string correction = "holm";
  std::int64_t until_s = kForever;  ///< an instant
  std::int64_t lasts_s = 0;         ///< or a length; 0: none
  std::uint32_t min_units = 0;
  std::int64_t units_per_day = 0;
  std::int64_t confidence_micro = 950'000;
  std::int64_t detect_micro = 2'000'000;
  Index alert = kNoIndex;
};

}  // namespace mlp::compiler
