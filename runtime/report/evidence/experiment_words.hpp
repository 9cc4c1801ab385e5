// An experiment in words: its figures, what is to be done, and with what uncertainty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/report/evidence/evidence.hpp"

namespace mlp {

/// `runs since 2026-11-21 14:00 UTC (3d), until 2026-12-05 14:00 UTC and 1,000 users in each arm`,
/// `ended 2026-11-24 09:30 UTC: by ann: enough`.
[[nodiscard]] std::string StandingWords(const ExperimentFinding& finding);

/// How differences of a measure are shown: in percentage points of units, in percent of the
/// control's value, or as scores.
struct DifferenceScale {
  double factor = 1;  ///< of Compared::difference, low and high
  std::string_view unit;
};
[[nodiscard]] DifferenceScale ScaleOf(const ExperimentPlan::Measure& measure, const Compared& one);
/// `+0.51 pp`, `-12%`; `?` for the end of an interval that has none yet.
[[nodiscard]] std::string DifferenceWords(const DifferenceScale& scale, double difference);

/// `0.034`, `<0.0001`.
[[nodiscard]] std::string PWords(double p);

/// Whether a horizon was fixed beforehand, for which alone p-values are.
[[nodiscard]] bool HasHorizon(const ExperimentPlan& plan) noexcept;
/// `Holm`, `Bonferroni`, empty: none.
[[nodiscard]] std::string_view CorrectionName(Correction correction) noexcept;

/// `users came in the shares that they were given (p 0.61)`, or that they did not.
[[nodiscard]] std::string SharesWords(const ExperimentFinding& finding);
/// What to do with each arm, with its uncertainty.
[[nodiscard]] std::string RecommendationWords(const ExperimentFinding& finding);
/// What one more week at this traffic would bring; empty where it ended, or none can say.
[[nodiscard]] std::string WeekWords(const ExperimentFinding& finding);
/// How the intervals and p-values are to be read, a sentence each.
[[nodiscard]] std::vector<std::string> MethodWords(const ExperimentPlan& plan);

}  // namespace mlp
