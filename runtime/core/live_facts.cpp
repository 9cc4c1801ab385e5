#include "runtime/core/live_facts.hpp"

#include "runtime/core/comparison.hpp"

namespace mlp {
namespace {

std::optional<std::int64_t> Prior(const Model& model, LiveFact fact) {
  constexpr std::int64_t kMicrosPerMilli = 1'000;
  if (fact == LiveFact::kLatencyP50 && model.prior_p50_ms != 0)
    return model.prior_p50_ms * kMicrosPerMilli;
  if (fact == LiveFact::kLatencyP95 && model.prior_p95_ms != 0)
    return model.prior_p95_ms * kMicrosPerMilli;
  return std::nullopt;
}

}  // namespace

bool Holds(const Tables& tables, const LiveCondition& condition, const FactLookup& lookup) {
  for (const LiveAtom& atom :
       tables.live_atoms.subspan(condition.first_atom, condition.atom_count)) {
    std::optional<std::int64_t> value = lookup(atom.model, atom.fact, atom.window_s);
    if (!value) value = Prior(tables.models[atom.model], atom.fact);
    if (!value || Compare(*value, atom.comparison, atom.threshold)) return true;
  }
  return false;
}

void PublishConditions(const Tables& tables, const FactLookup& lookup, LiveState& live) {
  for (std::size_t i = 0; i < tables.live_conditions.size(); ++i) {
    live.set_condition(static_cast<std::uint16_t>(i),
                       Holds(tables, tables.live_conditions[i], lookup));
  }
}

}  // namespace mlp
