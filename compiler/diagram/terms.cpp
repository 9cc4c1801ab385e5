#include "compiler/diagram/terms.hpp"

#include <utility>

namespace mlp::compiler {
namespace {

/// Walks the paths of one condition, edges to one child taken together.
class PathWalker {
 public:
  PathWalker(const Mdd& mdd, Index route, std::uint32_t most, std::vector<DiagramTerm>& terms)
      : mdd_(mdd), route_(route), most_(most), terms_(terms) {}

  bool Walk(Ref ref) {
    if (ref == kFalse) return true;
    if (IsTerminal(ref)) {
      if (terms_.size() == most_) return false;
      terms_.push_back({route_, path_});
      return true;
    }
    const auto edges = mdd_.edges(ref);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (edges[i].child == kFalse || SeenBefore(edges, i)) continue;
      DiagramTerm::Part part;
      part.axis = mdd_.axis(ref);
      for (std::size_t j = i; j < edges.size(); ++j) {
        if (edges[j].child != edges[i].child) continue;
        part.intervals.push_back({j == 0 ? 0 : edges[j - 1].last + 1, edges[j].last});
      }
      path_.push_back(std::move(part));
      const bool fits = Walk(edges[i].child);
      path_.pop_back();
      if (!fits) return false;
    }
    return true;
  }

 private:
  static bool SeenBefore(std::span<const MddEdge> edges, std::size_t i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (edges[j].child == edges[i].child) return true;
    }
    return false;
  }

  const Mdd& mdd_;
  Index route_;
  std::uint32_t most_;
  std::vector<DiagramTerm>& terms_;
  std::vector<DiagramTerm::Part> path_;
};

}  // namespace

std::optional<std::vector<DiagramTerm>> TermsOf(const Diagram& diagram, std::uint32_t most) {
  std::vector<DiagramTerm> terms;
  for (Index i = 0; i < diagram.conditions.size(); ++i) {
    if (!PathWalker(diagram.mdd, i, most, terms).Walk(diagram.conditions[i])) return std::nullopt;
  }
  std::vector<bool> asked(diagram.axes.axes.size());
  for (const DiagramTerm& term : terms) {
    for (const DiagramTerm::Part& part : term.parts) asked[part.axis] = true;
  }
  std::size_t asked_count = 0;
  for (const bool one : asked) asked_count += one ? 1U : 0U;
  if (asked_count > kMaxBitsetAxes) return std::nullopt;
  return terms;
}

}  // namespace mlp::compiler
