#include "compiler/prove/uses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/request_words.hpp"
#include "compiler/model/arms.hpp"

namespace mlp::compiler {
namespace {

/// States of the walk over one root, as for MLP0403.
constexpr std::size_t kMostReached = 2'000'000;

using Key = std::tuple<std::size_t, Index, std::uint32_t, Index, Index>;

Key KeyOf(const Use& use) { return {use.root, use.route, use.step, use.candidate, use.rollout}; }

class Finder {
 public:
  Finder(const PolicyModel& model, const Diagram& diagram) : model_(model), diagram_(diagram) {}

  Uses Find() {
    uses_.live_routes.assign(model_.routes.size(), false);
    for (std::size_t root = 0; root < diagram_.roots.size(); ++root) {
      const auto reached = ReachedLeaves(model_, diagram_, diagram_.roots[root].ref, kMostReached);
      if (!reached) return {.all = {}, .reached = {}, .live_routes = {}, .complete = false};
      seen_.clear();
      for (const ReachedLeaf& one : *reached) Look(root, one);
    }
    std::sort(uses_.all.begin(), uses_.all.end(),
              [](const Use& a, const Use& b) { return KeyOf(a) < KeyOf(b); });
    return std::move(uses_);
  }

 private:
  void Look(std::size_t root, const ReachedLeaf& reached) {
    const DiagramLeaf& leaf = diagram_.leaves[reached.leaf];
    if (leaf.route != kNoIndex) uses_.live_routes[leaf.route] = true;
    if (leaf.kind != LeafKind::kServe) return;
    bool kept = false;
    for (const CandidateEntry& row : leaf.rows) {
      Use use{root, leaf.route, row.step, row.candidate, row.rollout, row.endpoint, 0, {}};
      if (seen_.count(KeyOf(use)) != 0) continue;
      const auto point = ServedPoint(model_, leaf.route, row, reached);
      if (!point) continue;
      seen_.insert(KeyOf(use));
      if (!kept) uses_.reached.push_back(reached);
      kept = true;
      use.reached = uses_.reached.size() - 1;
      use.point = *point;
      uses_.all.push_back(use);
    }
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  std::set<Key> seen_;
  Uses uses_;
};

/// Dates are written to the minute; roots that begin a second after one last for hours.
std::int64_t NextMinute(std::int64_t at_s) {
  constexpr std::int64_t kMinute = 60;
  const std::int64_t odd = ((at_s % kMinute) + kMinute) % kMinute;
  return odd == 0 ? at_s : at_s + kMinute - odd;
}

/// The place of a candidate in a list, or nothing.
std::optional<Span> NameIn(const std::vector<Index>& names, const std::vector<Span>& spans,
                           Index candidate) {
  const auto found = std::find(names.begin(), names.end(), candidate);
  const auto at = static_cast<std::size_t>(found - names.begin());
  if (found == names.end() || at >= spans.size()) return std::nullopt;
  return spans[at];
}

}  // namespace

Uses FindUses(const PolicyModel& model, const Diagram& diagram) {
  return Finder(model, diagram).Find();
}

std::size_t RootNumber(const Diagram& diagram, std::int64_t at_s) {
  std::size_t root = 0;
  while (root + 1 < diagram.roots.size() && diagram.roots[root + 1].from_s <= at_s) ++root;
  return root;
}

std::int64_t EndOf(const PolicyModel& model, const Diagram& diagram, std::size_t root) {
  return root + 1 < diagram.roots.size() ? diagram.roots[root + 1].from_s : model.valid.to_s;
}

Witness WitnessOf(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                  const Use& use, std::optional<std::int64_t> at_s) {
  RequestPoint point;
  point.codes = uses.reached[use.reached].codes;
  point.asks = use.point.asks;
  point.input = use.point.input;
  point.output = use.point.output;
  Witness witness = WitnessOf(model, diagram.axes, point);
  if (at_s) witness.emplace_back("@date", FormatInstant(NextMinute(*at_s)));
  if (use.rollout != kNoIndex) {
    witness.emplace_back("@arm", ArmWord(ArmName(model, use.rollout)));
  }
  return witness;
}

UsePlace PlaceOf(const PolicyModel& model, Index route, std::uint32_t step, Index candidate,
                 Index rollout) {
  const ArmPlace arm = rollout == kNoIndex ? ArmPlace() : PlaceOfArm(model, rollout);
  if (arm.experiment != kNoIndex) {
    const ExperimentModel& experiment = model.experiments[arm.experiment];
    return {experiment.arms[arm.arm].span, true,
            fmt::format("experiment `{}` tries", experiment.name)};
  }
  if (rollout != kNoIndex) {
    return {model.rollouts[rollout].to_span, true,
            fmt::format("rollout `{}` moves to", model.rollouts[rollout].name)};
  }
  const StepModel& facts = model.routes[route].steps[step];
  const std::string tries = fmt::format("route `{}` tries", model.routes[route].name);
  if (const auto span = NameIn(facts.models, facts.model_spans, candidate)) {
    return {*span, true, tries};
  }
  if (facts.pool != kNoIndex && facts.models.empty()) {
    const PoolModel& pool = model.pools[facts.pool];
    if (const auto span = NameIn(pool.members, pool.member_spans, candidate)) {
      return {*span, true, fmt::format("pool `{}` holds", pool.name)};
    }
  }
  return {facts.span, false, tries};
}

}  // namespace mlp::compiler
