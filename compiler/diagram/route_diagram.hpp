// One route at one instant as a diagram whose labels are leaves; its own `when` is not asked.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/diagram/build.hpp"

namespace mlp::compiler {

/// Leaves by content: equal ones get one number, in the order of their first use.
class LeafTable {
 public:
  /// 0 is the leaf without a route.
  LeafTable() { (void)Intern({}); }
  std::uint32_t Intern(DiagramLeaf leaf);
  [[nodiscard]] std::vector<DiagramLeaf> Take() { return std::move(leaves_); }
  [[nodiscard]] std::size_t size() const { return leaves_.size(); }

 private:
  std::vector<DiagramLeaf> leaves_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

/// kOverBudget where the budget is passed.
[[nodiscard]] Ref RouteDiagram(const PolicyModel& model, const AxisOrder& axes, Mdd& mdd,
                               LeafTable& leaves, Index route, std::int64_t at_s);

}  // namespace mlp::compiler
