#include "tests/unit/diagram/decision_support.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mlp/live.hpp"

namespace mlp::test {
namespace {

/// By slots, as the tables want it.
struct Packed {
  Packed(const Tables& tables, const ReferenceRequest& request) {
    for (std::size_t i = 0; i < tables.attributes.size(); ++i) {
      switch (tables.attributes[i].type) {
        case AttributeType::kEnum:
        case AttributeType::kNumber:
        case AttributeType::kTokens:
          codes.push_back(request.codes[i]);
          break;
        case AttributeType::kText:
        case AttributeType::kKey:
          texts.emplace_back(request.texts[i]);
          break;
        case AttributeType::kSet:
          sets.push_back(request.sets[i]);
          break;
      }
    }
  }
  [[nodiscard]] RequestView view() const { return {codes, texts, sets}; }
  std::vector<std::int32_t> codes;
  std::vector<std::string_view> texts;
  std::vector<std::uint64_t> sets;
};

}  // namespace

compiler::OwnedTables CompileSample(const compiler::PolicyModel& model,
                                    const compiler::DiagramOptions& options) {
  compiler::Diagnostics diagnostics;
  return compiler::CompileTables(model, compiler::SourceSet(), options, diagnostics);
}

ReferenceDecision TablesDecide(const compiler::PolicyModel& model, const Tables& tables,
                               const ReferenceRequest& request, const ReferenceWorld& world) {
  LiveState live(tables);
  live.set_root(RootAt(tables, world.at_s));
  for (std::uint16_t i = 0; i < tables.rollouts.size(); ++i) {
    live.set_share_ppm(i, world.canary ? 1'000'000 : 0);
  }
  for (std::uint16_t i = 0; i < tables.live_conditions.size(); ++i) {
    const LiveCondition& condition = tables.live_conditions[i];
    bool holds = false;
    for (std::uint32_t k = 0; k < condition.atom_count; ++k) {
      LiveAtom atom = tables.live_atoms[condition.first_atom + k];
      atom.model = static_cast<std::uint16_t>(
          compiler::FindCandidate(model, tables.models[atom.model].name));
      holds = holds || ReferenceLive(atom, world);
    }
    live.set_condition(i, holds);
  }
  const Packed packed(tables, request);
  DecideOptions options;
  options.prefer_cheapest = world.prefer_cheapest;
  const Decision decision = Decide(tables, live, packed.view(), options);

  ReferenceDecision result;
  result.outcome = decision.outcome;
  result.route = decision.route == kNone16 ? compiler::kNoIndex : decision.route;
  result.cached = decision.cache_ttl_s != 0;
  for (const Candidate& candidate : decision.list()) {
    std::uint32_t first = 0;  // of the provider's endpoints
    while (tables.endpoints[first].provider != tables.models[candidate.model].provider) ++first;
    result.candidates.push_back(fmt::format("{}@{}{}", tables.models[candidate.model].name,
                                            candidate.endpoint - first,
                                            candidate.rollout == kNone16 ? "" : "*"));
  }
  return result;
}

std::string Print(const ReferenceDecision& decision) {
  return fmt::format("outcome {} route {} cached {} [{}]", static_cast<int>(decision.outcome),
                     static_cast<int>(decision.route), decision.cached,
                     fmt::join(decision.candidates, " "));
}

std::string Print(const ReferenceRequest& request) {
  return fmt::format("codes {} texts {} sets {}", request.codes, request.texts, request.sets);
}

}  // namespace mlp::test
