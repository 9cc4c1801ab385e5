#include "compiler/prove/judged_requests.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace mlp::compiler {
namespace {

enum class AxisUse : std::uint8_t { kAsks, kInput, kOther };

/// Rebuilds a diagram with other nodes on the axes of asks and input. As deep as there are axes.
class Rebuilder {
 public:
  Rebuilder(const PolicyModel& model, Diagram& diagram)
      : model_(model), axes_(diagram.axes), mdd_(diagram.mdd) {}
  virtual ~Rebuilder() = default;
  Rebuilder(const Rebuilder&) = delete;
  Rebuilder& operator=(const Rebuilder&) = delete;

  Ref operator()(Ref ref) {
    if (IsTerminal(ref)) return ref;
    if (const auto known = done_.find(ref); known != done_.end()) return known->second;
    const std::uint32_t axis = mdd_.axis(ref);
    const std::span<const MddEdge> own = mdd_.edges(ref);
    std::vector<MddEdge> edges(own.begin(), own.end());
    for (MddEdge& edge : edges) edge.child = (*this)(edge.child);
    const Ref result = Node(axis, UseOf(axis), std::move(edges));
    done_.emplace(ref, result);
    return result;
  }

 protected:
  /// `edges` lead to rebuilt children.
  virtual Ref Node(std::uint32_t axis, AxisUse use, std::vector<MddEdge> edges) = 0;
  [[nodiscard]] Mdd& mdd() { return mdd_; }

 private:
  [[nodiscard]] AxisUse UseOf(std::uint32_t axis) const {
    const DiagramAxis& facts = axes_.axes[axis];
    if (facts.kind == AxisKind::kMember && facts.attribute == model_.asks) return AxisUse::kAsks;
    return facts.attribute == model_.input ? AxisUse::kInput : AxisUse::kOther;
  }

  const PolicyModel& model_;
  const AxisOrder& axes_;
  Mdd& mdd_;
  std::map<Ref, Ref> done_;
};

class Grower final : public Rebuilder {
 public:
  using Rebuilder::Rebuilder;

 private:
  Ref Node(std::uint32_t axis, AxisUse use, std::vector<MddEdge> edges) override {
    Ref any = kFalse;
    for (MddEdge& edge : edges) {
      if (use == AxisUse::kOther) break;
      any = mdd().Or(any, edge.child);
      edge.child = any;
    }
    return use == AxisUse::kAsks ? any : mdd().MakeNode(axis, edges);
  }
};

class Silencer final : public Rebuilder {
 public:
  using Rebuilder::Rebuilder;

 private:
  Ref Node(std::uint32_t axis, AxisUse use, std::vector<MddEdge> edges) override {
    return use == AxisUse::kAsks ? edges.front().child : mdd().MakeNode(axis, edges);
  }
};

}  // namespace

Ref JudgeRequests(const PolicyModel& model, Diagram& diagram, Ref judged) {
  return Grower(model, diagram)(judged);
}

Ref WithoutAsks(const PolicyModel& model, Diagram& diagram, Ref ref) {
  return Silencer(model, diagram)(ref);
}

}  // namespace mlp::compiler
