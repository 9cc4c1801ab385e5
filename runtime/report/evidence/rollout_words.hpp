// A rollout in words, for terminals and pages.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/core/rollout/machine.hpp"
#include "runtime/store/rollout_file.hpp"

namespace mlp {

/// `90s`, `45m`, `7h`, `3d`: cut, not rounded.
[[nodiscard]] std::string SpanOf(std::int64_t seconds);

/// `0.5%`, `25%`.
[[nodiscard]] std::string ShareWords(std::uint32_t ppm);

/// A value of a measure as people read it: `2.1%`, `158 us`, `3.2 s`, `$0.0012`, `0.91`. In the
/// units of FigureWords.
[[nodiscard]] std::string MeasureWords(Measured measured, double value);

/// How long its step has lasted, without holds and outages, which do not count.
[[nodiscard]] std::int64_t StepSeconds(const RolloutState& state, std::int64_t now_s);

/// Where it stands: `at 5%, step 2 of 5, for 12m of at least 30m; 40 users of the canary of at
/// least 300`.
[[nodiscard]] std::string StandingWords(const RolloutRow& row, std::int64_t now_s);

/// `1% for at least 30m, 300 users`, `50% until proved: failures <= 1.5x baseline`.
[[nodiscard]] std::string StepWords(const RolloutPlan& plan, const RolloutPlan::Step& step);

/// `canary 2.1% of 40 units, stable 1.9% of 812`.
[[nodiscard]] std::string ArmsWords(const CriterionStanding& standing);

/// `ln E 0.312; harm is shown from 2.996 on`, or of a threshold over a window whether it is passed.
[[nodiscard]] std::string EvidenceWords(const CriterionStanding& standing);

}  // namespace mlp
