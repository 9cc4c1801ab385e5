#include <algorithm>
#include <utility>

#include "compiler/diagram/flatten_parts.hpp"

namespace mlp::compiler {
namespace {

class Numberer {
 public:
  Numberer(const PolicyModel& model, const Diagram& diagram, KeptModels kept)
      : model_(model), diagram_(diagram), kept_(kept) {}

  TableNumbers Run() {
    FindReachable();
    NumberCatalog();
    NumberSlots();
    NumberEndpoints();
    return std::move(numbers_);
  }

 private:
  void FindReachable() {
    numbers_.leaf.assign(diagram_.leaves.size(), kNoIndex);
    numbers_.axis.assign(diagram_.axes.axes.size(), kNoIndex);
    std::vector<bool> seen(diagram_.mdd.node_count());
    std::vector<Ref> open;
    bool labels_are_leaves = true;
    const auto visit = [&](Ref ref) {
      if (IsTerminal(ref)) {
        if (labels_are_leaves) numbers_.leaf[Label(ref)] = 0;
      } else if (!seen[ref]) {
        seen[ref] = true;
        numbers_.axis[diagram_.mdd.axis(ref)] = 0;
        open.push_back(ref);
      }
    };
    for (const DiagramRoot& root : diagram_.roots) {
      visit(root.ref);
      for (const DiagramTerm& term : diagram_.terms) visit(root.routes[term.route]);
      for (const Index judge : JudgeRoutes(model_)) visit(root.routes[judge]);
    }
    const auto visit_below = [&] {
      while (!open.empty()) {
        const Ref ref = open.back();
        open.pop_back();
        for (const MddEdge& edge : diagram_.mdd.edges(ref)) visit(edge.child);
      }
    };
    visit_below();
    labels_are_leaves = false;
    for (const DiagramBudget& budget : diagram_.budgets) {
      visit(budget.when);
      ForEachOnlyCase(budget, [&](const DiagramBudget::OnlyCase& one) { visit(one.when); });
    }
    visit_below();
    for (const DiagramTerm& term : diagram_.terms) {
      for (const DiagramTerm::Part& part : term.parts) numbers_.axis[part.axis] = 0;
    }
    Number(numbers_.leaf);
    Number(numbers_.axis);
  }

  static void Number(std::vector<std::uint32_t>& used) {
    std::uint32_t next = 0;
    for (std::uint32_t& number : used) {
      if (number != kNoIndex) number = next++;
    }
  }

  void NumberCatalog() {
    numbers_.model.assign(model_.candidates.size(), kept_ == KeptModels::kAll ? 0 : kNoIndex);
    numbers_.provider.assign(model_.providers.size(), kNoIndex);
    for (std::size_t i = 0; i < diagram_.leaves.size(); ++i) {
      if (numbers_.leaf[i] == kNoIndex) continue;
      for (const CandidateEntry& row : diagram_.leaves[i].rows) numbers_.model[row.candidate] = 0;
    }
    for (const RouteModel& route : model_.routes) {
      if (route.cache_vectors != kNoIndex) numbers_.model[route.cache_vectors] = 0;
    }
    for (const RolloutModel& rollout : model_.rollouts) {
      if (rollout.from != kNoIndex) numbers_.model[rollout.from] = 0;
      if (rollout.to != kNoIndex) numbers_.model[rollout.to] = 0;
    }
    for (const ExperimentModel& experiment : model_.experiments) {
      const Index replaced = experiment.Replaced();
      if (replaced != kNoIndex) numbers_.model[replaced] = 0;
      for (const ExperimentModel::Arm& arm : experiment.arms) {
        if (arm.candidate != kNoIndex) numbers_.model[arm.candidate] = 0;
      }
    }
    for (std::size_t i = 0; i < model_.candidates.size(); ++i) {
      if (numbers_.model[i] != kNoIndex) numbers_.provider[model_.candidates[i].provider] = 0;
    }
    Number(numbers_.model);
    Number(numbers_.provider);
  }

  void NumberSlots() {
    std::uint16_t codes = 0;
    std::uint16_t texts = 0;
    std::uint16_t sets = 0;
    for (const AttributeModel& attribute : model_.attributes) {
      switch (attribute.type) {
        case AttributeType::kEnum:
        case AttributeType::kNumber:
        case AttributeType::kTokens:
          numbers_.slot.push_back(codes++);
          break;
        case AttributeType::kText:
        case AttributeType::kKey:
          numbers_.slot.push_back(texts++);
          break;
        case AttributeType::kSet:
          numbers_.slot.push_back(sets++);
          break;
      }
    }
  }

  void NumberEndpoints() {
    std::size_t next = 0;
    for (std::size_t i = 0; i < model_.providers.size(); ++i) {
      if (numbers_.provider[i] == kNoIndex) continue;
      numbers_.first_endpoint.push_back(next);
      next += std::max<std::size_t>(model_.providers[i].endpoints.size(), 1);
    }
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  const KeptModels kept_;
  TableNumbers numbers_;
};

}  // namespace

TableNumbers NumberTables(const PolicyModel& model, const Diagram& diagram, KeptModels kept) {
  return Numberer(model, diagram, kept).Run();
}

}  // namespace mlp::compiler
