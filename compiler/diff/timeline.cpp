#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/reachable.hpp"
#include "compiler/diagram/unit_words.hpp"
#include "compiler/diff/comparison.hpp"
#include "compiler/diff/diff.hpp"
#include "compiler/diff/region_writer.hpp"

namespace mlp::compiler {
namespace {

/// The plain prices at an instant, as `$3/M, $15/M`.
std::string PricesAt(const CandidateModel& candidate, std::int64_t at_s) {
  for (const PriceModel& price : candidate.prices) {
    if (at_s < price.when.from_s || price.when.to_s <= at_s || price.days != 0) continue;
    return fmt::format("{}, {}",
                       PriceWords(price.per_token[static_cast<std::size_t>(TokenClass::kInput)]),
                       PriceWords(price.per_token[static_cast<std::size_t>(TokenClass::kOutput)]));
  }
  return "none";
}

/// What the catalog says of the instant, for models that a route may come to.
std::vector<std::string> Because(const PolicyModel& model, const std::vector<bool>& reachable,
                                 std::int64_t at_s) {
  std::vector<std::string> because;
  for (std::size_t i = 0; i < model.candidates.size(); ++i) {
    if (!reachable[i]) continue;
    const CandidateModel& candidate = model.candidates[i];
    if (candidate.released_s == at_s) because.push_back(candidate.name + " is released");
    if (candidate.deprecated_s == at_s) because.push_back(candidate.name + " is deprecated");
    if (candidate.retires_s == at_s) because.push_back(candidate.name + " retires");
    const bool priced =
        std::any_of(candidate.prices.begin(), candidate.prices.end(), [&](const PriceModel& price) {
          return price.when.from_s == at_s || price.when.to_s == at_s;
        });
    if (!priced) continue;
    const std::string before = PricesAt(candidate, at_s - 1);
    const std::string after = PricesAt(candidate, at_s);
    because.push_back(before == after ? fmt::format("prices of {} change", candidate.name)
                                      : fmt::format("the price of {} goes from {} to {}",
                                                    candidate.name, before, after));
  }
  if (because.empty()) because.emplace_back("a retirement comes nearer than a condition allows");
  return because;
}

}  // namespace

std::optional<std::vector<TimelineEntry>> Timeline(const DiffSide& policy, std::int64_t from_s,
                                                   std::int64_t to_s, const DiffOptions& options,
                                                   Diagnostics& diagnostics) {
  std::vector<std::int64_t> cuts;
  for (const std::int64_t at_s : CutPoints(policy.model)) {
    const bool inside = policy.model.valid.from_s < at_s && at_s < policy.model.valid.to_s;
    if (inside && from_s < at_s && at_s <= to_s) cuts.push_back(at_s);
  }
  std::vector<TimelineEntry> timeline;
  if (cuts.empty()) return timeline;
  if (!CanBeCompared(policy.tables, "only", policy.model.span, diagnostics)) return std::nullopt;
  ChangeMapOptions map_options;
  map_options.tolerance_micro = options.tolerance_micro;
  map_options.steps = options.token_steps;
  const std::unique_ptr<Comparison> comparison = Comparison::Make(
      policy.model, policy.model, cuts.size(), map_options, options.budget, diagnostics);
  if (!comparison) return std::nullopt;
  const std::vector<bool> reachable = ReachableCandidates(policy.model);
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    if (!comparison->Compare({cuts[i] - 1, cuts[i]})) return std::nullopt;
    const auto cubes = comparison->CubesOf(i, options.most_regions);
    if (!cubes) return std::nullopt;
    TimelineEntry entry{cuts[i], Because(policy.model, reachable, cuts[i]), {}};
    const RegionWriter writer(*comparison, policy, policy, false);
    for (Cube cube : *cubes) {
      const auto code = static_cast<std::int32_t>(i);
      cube.parts.push_back({comparison->slice_axis(), {{code, code}}});
      std::stable_sort(cube.parts.begin(), cube.parts.end(),
                       [](const auto& a, const auto& b) { return a.axis < b.axis; });
      if (auto region = writer.Write(cube)) entry.regions.push_back(*std::move(region));
    }
    SortRegions(entry.regions);
    if (!entry.regions.empty()) timeline.push_back(std::move(entry));
  }
  return timeline;
}

}  // namespace mlp::compiler
