#include "compiler/prove/unused.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

namespace mlp::compiler {
namespace {

class Finder {
 public:
  Finder(const PolicyModel& model, const Diagram& diagram, Diagnostics& diagnostics)
      : model_(model),
        diagram_(diagram),
        diagnostics_(diagnostics),
        attributes_(model.attributes.size()),
        pools_(model.pools.size()),
        candidates_(model.candidates.size()) {}

  void Find() {
    for (const Index index : {model_.input, model_.output, model_.asks}) Attribute(index);
    if (model_.asks != kNoIndex) capabilities_ |= model_.attributes[model_.asks].members;
    for (const RouteModel& route : model_.routes) Route(route);
    for (const PoolModel& pool : model_.pools) Where(pool.where);
    for (const BudgetModel& budget : model_.budgets) {
      When(budget.when);
      Attribute(budget.per);
      for (const BudgetModel::Only& only : budget.only) Where(only.condition);
    }
    for (const RolloutModel& rollout : model_.rollouts) {
      Attribute(rollout.key);
      Candidate(rollout.from);
      Candidate(rollout.to);
    }
    for (const ExperimentModel& experiment : model_.experiments) {
      When(experiment.when);
      Attribute(experiment.key);
      Candidate(experiment.replaces);
      for (const ExperimentModel::Arm& arm : experiment.arms) Candidate(arm.candidate);
    }
    for (const DiagramLeaf& leaf : diagram_.leaves) {
      for (const CandidateEntry& row : leaf.rows) Candidate(row.candidate);
    }
    Report();
  }

 private:
  // ------------------------------------------------------------ uses

  void Attribute(Index index) {
    if (index != kNoIndex) attributes_[index] = true;
  }

  void Candidate(Index index) {
    while (index != kNoIndex && !candidates_[index]) {
      candidates_[index] = true;
      Candidate(model_.candidates[index].variant_of);
      index = model_.candidates[index].successor_index;
    }
  }

  void When(const Condition& condition) {
    for (const RequestAtom& atom : condition.atoms) Attribute(atom.attribute);
  }

  void Where(const CandidateCondition& condition) {
    for (const CandidateAtom& atom : condition.atoms) {
      switch (atom.kind) {
        case CandidateAtom::Kind::kCan:
          capabilities_ |= atom.members;
          break;
        case CandidateAtom::Kind::kRequest:
          Attribute(atom.request.attribute);
          break;
        case CandidateAtom::Kind::kFactRequest:
        case CandidateAtom::Kind::kPlaceRequest:
          Attribute(atom.attribute);
          break;
        case CandidateAtom::Kind::kFact:
        case CandidateAtom::Kind::kLive:
        case CandidateAtom::Kind::kList:
          break;
      }
    }
  }

  void Route(const RouteModel& route) {
    When(route.when);
    When(route.cache_when);
    Attribute(route.place_attribute);
    Candidate(route.cache_vectors);
    capabilities_ |= route.need;
    for (const StepModel& step : route.steps) {
      Where(step.where);
      Attribute(step.spread_key);
      for (const std::uint8_t bit : step.prefer) capabilities_ |= std::uint64_t{1} << bit;
      for (const Index candidate : step.models) Candidate(candidate);
      if (step.pool == kNoIndex) continue;
      pools_[step.pool] = true;
      for (const Index candidate : model_.pools[step.pool].members) Candidate(candidate);
    }
  }

  // ------------------------------------------------------------ findings

  void Report() {
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      if (attributes_[i]) continue;
      const AttributeModel& attribute = model_.attributes[i];
      Add(attribute.span, "attribute", attribute.name,
          attribute.default_code >= 0 || attribute.has_default
              ? "remove it, or let a route ask for it"
              : "remove it, or let a route ask for it: every caller has to fill it in");
    }
    for (const CapabilityModel& capability : model_.declared_capabilities) {
      if (capability.from_import || (capabilities_ >> capability.bit & 1U) != 0) continue;
      Add(capability.span, "capability", capability.name,
          "remove it, or name it in a route's `need`, a `where` or the request's `asks`");
    }
    for (std::size_t i = 0; i < pools_.size(); ++i) {
      const PoolModel& pool = model_.pools[i];
      if (pools_[i] || pool.from_import) continue;
      Add(pool.span, "pool", pool.name, "remove it, or let a step range over it");
    }
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const CandidateModel& candidate = model_.candidates[i];
      if (candidates_[i] || candidate.from_import) continue;
      Add(candidate.span, "model", candidate.name, "remove it, or let a route try it");
    }
  }

  void Add(Span span, std::string_view what, std::string_view name, const char* help) {
    diagnostics_.Add(Code::k0406, span, fmt::format("no decision depends on {} `{}`", what, name))
        .help.emplace_back(help);
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  Diagnostics& diagnostics_;
  std::vector<bool> attributes_;
  std::vector<bool> pools_;
  std::vector<bool> candidates_;
  std::uint64_t capabilities_ = 0;
};

}  // namespace

void FindUnused(const PolicyModel& model, const Diagram& diagram, Diagnostics& diagnostics) {
  Finder(model, diagram, diagnostics).Find();
}

}  // namespace mlp::compiler
