// What stands beside the routes: rollouts, experiments and budgets, and the criteria they judge by.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/declarations.hpp"

namespace mlp::compiler::check {

void CheckRollouts(Context& context, const Declarations& declarations);
void CheckExperiments(Context& context, const Declarations& declarations);
void CheckBudgets(Context& context, const Declarations& declarations);

/// A Criterion node; `events` are the names that stand for events beside `failures` and `success`.
/// Nothing after a report.
[[nodiscard]] std::optional<CriterionModel> CheckCriterion(Context& context, View criterion,
                                                           const std::vector<std::string>& events);
/// What may be measured, as in `latency.p95` or `quality.accuracy`, with its unit; reports what may
/// not.
[[nodiscard]] std::optional<CriterionModel::Unit> CheckSubject(
    Context& context, View path, const std::vector<std::string>& events);

/// One of the ends of a call that a provider can cause, as `timeout`: how often it is seen may be
/// judged by its name.
[[nodiscard]] bool IsProvidersFailure(std::string_view name);

/// The attribute that a By or Per node names: the unit that is kept together. Enums only where
/// `enums`.
[[nodiscard]] Index CheckKey(Context& context, View by, bool enums);
/// Users per day from `2000 users per hour`.
[[nodiscard]] std::int64_t ReadUserRate(Context& context, View rate);
/// The count of a MinimumUnits node, 0 without one.
[[nodiscard]] std::uint32_t ReadMinimumUnits(Context& context, View minimum);
/// A share of confidence strictly between 50% and 100%.
[[nodiscard]] std::int64_t ReadConfidence(Context& context, View confidence, std::int64_t fallback);
/// A factor of harm above 1x.
[[nodiscard]] std::int64_t ReadDetect(Context& context, View detect, std::int64_t fallback);

}  // namespace mlp::compiler::check
