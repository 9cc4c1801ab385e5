#include "compiler/diff/comparison.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagram/comparable.hpp"
#include "compiler/diagram/condition_diagram.hpp"
#include "compiler/diagram/dates.hpp"

namespace mlp::compiler {
namespace {

/// Names every attribute that a candidate's own limits look at, so that each has an axis.
Condition TokensAndAsks(const PolicyModel& request) {
  Condition all;
  all.nodes.push_back({ConditionKind::kTrue, 0, {}, {}});
  for (const Index tokens : {request.input, request.output}) {
    if (tokens == kNoIndex) continue;
    all.atoms.push_back({RequestAtom::Kind::kCodeRange, tokens, 0, 0, std::string(), 0});
  }
  if (request.asks != kNoIndex) {
    all.atoms.push_back({RequestAtom::Kind::kHasMember, request.asks, 0, 0, std::string(),
                         request.attributes[request.asks].members});
  }
  return all;
}

void AddLimit(const std::string& limit, Span policy, Diagnostics& diagnostics) {
  diagnostics.Add(Code::k0803, policy, "the two versions are too large to compare exactly").help = {
      limit, "compare in smaller steps, or split the policy"};
}

}  // namespace

std::unique_ptr<Comparison> Comparison::Make(const PolicyModel& older, const PolicyModel& newer,
                                             std::size_t slice_count,
                                             const ChangeMapOptions& options, MddBudget budget,
                                             Diagnostics& diagnostics) {
  std::unique_ptr<Comparison> made(new Comparison());
  made->diagnostics_ = &diagnostics;
  made->policy_span_ = newer.span;
  made->budget_ = {2 * budget.nodes, 2 * budget.steps};
  Result<Alignment, std::string> alignment = Align(older, newer);
  if (!alignment.ok()) {
    made->Fail(alignment.error());
    return nullptr;
  }
  made->alignment_ = std::move(alignment).value();
  const std::array<const PolicyModel*, 2> models{&made->alignment_.older.model,
                                                 &made->alignment_.newer.model};
  const std::array<Condition, 3> further{made->alignment_.older.domain,
                                         made->alignment_.newer.domain,
                                         TokensAndAsks(made->alignment_.request)};
  const AxisOrder axes = OrderAxes(models, further);
  Diagnostics of_diagrams;
  const std::array<Diagram*, 2> diagrams{&made->older_diagram_, &made->newer_diagram_};
  for (std::size_t i = 0; i < diagrams.size(); ++i) {
    *diagrams[i] = BuildDiagram(*models[i], axes, {.budget = budget}, of_diagrams);
    if (diagrams[i]->complete) continue;
    TooTangled(i == 0 ? "old" : "new", newer.span, diagnostics);
    return nullptr;
  }
  std::vector<std::int32_t> sizes = axes.Sizes();
  sizes.push_back(static_cast<std::int32_t>(std::max<std::size_t>(slice_count, 1)));
  sizes.resize(sizes.size() + ChangeMap::kMostLines, 2);
  made->mdd_ = Mdd(std::move(sizes), made->budget_);
  made->older_side_.emplace(made->alignment_.older, made->older_diagram_, made->mdd_,
                            made->offers_);
  made->newer_side_.emplace(made->alignment_.newer, made->newer_diagram_, made->mdd_,
                            made->offers_);
  made->map_.emplace(made->alignment_.request, made->older_diagram_.axes, made->mdd_,
                     made->first_line(), made->offers_, made->changes_, options);
  return made;
}

void TooTangled(std::string_view version, Span policy, Diagnostics& diagnostics) {
  AddLimit(fmt::format("the conditions of the {} version overlap so much that their diagram passes "
                       "{} nodes or {} steps",
                       version, MddBudget{}.nodes, MddBudget{}.steps),
           policy, diagnostics);
}

bool Comparison::Fail(const std::string& limit) {
  AddLimit(limit, policy_span_, *diagnostics_);
  return false;
}

bool Comparison::Compare(const Slice& slice) {
  SliceRefs refs;
  refs.older = older_side_->At(slice.older_s);
  refs.newer = newer_side_->At(slice.newer_s);
  refs.changes = map_->Map(refs.older, refs.newer);
  if (refs.changes == kOverBudget) {
    return Fail(
        fmt::format("the comparison of all pairs of decisions passes {} nodes, {} steps or "
                    "{} lines between tokens",
                    budget_.nodes, budget_.steps, ChangeMap::kMostLines));
  }
  slices_.push_back(slice);
  refs_.push_back(refs);
  return true;
}

std::optional<std::vector<Cube>> Comparison::Cubes(std::size_t most) {
  std::map<Ref, Ref> dates;  // where each diagram of changes holds
  for (std::size_t i = 0; i < refs_.size(); ++i) {
    if (refs_[i].changes == kFalse) continue;
    const auto code = static_cast<std::int64_t>(i);
    const auto [at, added] = dates.emplace(refs_[i].changes, kFalse);
    at->second = mdd_.Or(at->second, mdd_.Interval(slice_axis(), code, code));
  }
  std::vector<Ref> parts;
  for (const auto& [changes, when] : dates) parts.push_back(mdd_.Gate(when, changes));
  while (parts.size() > 1) {
    std::vector<Ref> halved;
    for (std::size_t i = 0; i < parts.size(); i += 2) {
      halved.push_back(i + 1 < parts.size() ? mdd_.FirstMatch(parts[i], parts[i + 1]) : parts[i]);
    }
    parts = std::move(halved);
  }
  if (parts.empty()) return std::vector<Cube>();
  std::optional<std::vector<Cube>> cubes;
  if (parts.front() != kOverBudget) cubes = FewCubes(mdd_, parts.front(), most);
  if (!cubes) Fail(fmt::format("more than {} regions, or {} nodes", most, budget_.nodes));
  return cubes;
}

std::optional<std::vector<Cube>> Comparison::CubesOf(std::size_t slice, std::size_t most) {
  auto cubes = FewCubes(mdd_, refs_[slice].changes, most);
  if (!cubes) Fail(fmt::format("more than {} regions", most));
  return cubes;
}

std::uint32_t Comparison::LabelAt(Ref ref, const std::vector<std::int32_t>& codes) const {
  while (!IsTerminal(ref)) ref = mdd_.Child(ref, codes[mdd_.axis(ref)]);
  return Label(ref);
}

bool Comparison::Holds(const AlignedPolicy& policy, const Condition& condition,
                       const std::vector<std::int32_t>& codes) const {
  Mdd scratch(axes().Sizes());
  Ref ref = ConditionDiagram(policy.model, axes(), scratch, condition);
  while (!IsTerminal(ref)) ref = scratch.Child(ref, codes[scratch.axis(ref)]);
  return ref == kTrue;
}

std::vector<std::int64_t> JointCutPoints(const PolicyModel& older, const PolicyModel& newer) {
  const DateRange whole{std::min(older.valid.from_s, newer.valid.from_s),
                        std::max(older.valid.to_s, newer.valid.to_s)};
  std::set<std::int64_t> cuts;
  for (const PolicyModel* model : {&older, &newer}) {
    PolicyModel longer = *model;
    longer.valid = whole;
    for (const std::int64_t at_s : CutPoints(longer)) cuts.insert(at_s);
    cuts.insert(model->valid.from_s);
  }
  return {cuts.begin(), cuts.end()};
}

}  // namespace mlp::compiler
