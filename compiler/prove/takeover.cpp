#include "compiler/prove/takeover.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagram/candidates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/guards.hpp"

namespace mlp::compiler {
namespace {

/// The model with the one step of the one route, which names `candidate` alone.
PolicyModel WithStep(const PolicyModel& model, Index route, std::uint32_t step, Index candidate) {
  PolicyModel alone = model;
  alone.rollouts.clear();
  RouteModel facts = model.routes[route];
  StepModel only = facts.steps[step];
  if (only.pool != kNoIndex && only.models.empty()) {
    alone.pools[only.pool].listed = true;
    alone.pools[only.pool].members = {candidate};
    alone.pools[only.pool].member_spans.clear();
  } else {
    only.kind = ObjectiveKind::kList;
    only.models = {candidate};
    only.model_spans.clear();
  }
  facts.steps = {only};
  facts.follows_successors = false;
  alone.routes = {facts};
  return alone;
}

/// The asks that a request may have.
std::uint64_t MostAsks(const PolicyModel& model) {
  return model.asks == kNoIndex ? 0 : model.attributes[model.asks].members;
}

}  // namespace

std::optional<std::string> WhyNoTakeover(const PolicyModel& model, Index route, std::uint32_t step,
                                         Index candidate, Index other, std::int64_t at_s) {
  PolicyModel alive = WithStep(model, route, step, candidate);
  alive.candidates[candidate].retires_s = kForever;
  ModelStatus& status = alive.candidates[candidate].status;
  if (status == ModelStatus::kRetired || status == ModelStatus::kArchived) {
    status = ModelStatus::kActive;
  }
  const RouteCandidates before = CandidatesAt(alive, 0, at_s - 1);
  const RouteCandidates after = CandidatesAt(WithStep(model, route, step, other), 0, at_s);
  for (std::size_t place = 0; place < before.places.size(); ++place) {
    const PlaceCandidates& now = after.places[place];
    for (const CandidateEntry& old : before.places[place].entries) {
      const std::uint64_t asked = old.capabilities & MostAsks(model);
      if (now.entries.empty()) {
        return now.rejected.empty() ? std::string("no request of this route reaches it")
                                    : now.rejected.front().because;
      }
      const bool covered =
          std::any_of(now.entries.begin(), now.entries.end(), [&](const CandidateEntry& entry) {
            return (asked & ~entry.capabilities) == 0 &&
                   (entry.when.always() || !old.when.always()) && Implies(old.guards, entry.guards);
          });
      if (covered) continue;
      const std::uint64_t lacking = asked & ~now.entries.front().capabilities;
      if (lacking != 0) return "it lacks " + CapabilityWords(model, lacking);
      return fmt::format("it does not take every request that `{}` takes",
                         model.candidates[candidate].name);
    }
  }
  return std::nullopt;
}

}  // namespace mlp::compiler
