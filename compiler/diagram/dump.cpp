#include "compiler/diagram/dump.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <utility>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/request_words.hpp"
#include "compiler/model/arms.hpp"

namespace mlp::compiler {
namespace {

class Dumper {
 public:
  Dumper(const PolicyModel& model, const Diagram& diagram) : model_(model), diagram_(diagram) {}

  std::string Dump() {
    for (const DiagramAxis& axis : diagram_.axes.axes) {
      Line(0, fmt::format("axis {} of {}", model_.attributes[axis.attribute].name, axis.size));
    }
    for (const DiagramRoot& root : diagram_.roots) {
      Line(0, fmt::format("from {}", FormatInstant(root.from_s)));
      if (diagram_.complete) {
        DumpRef(root.ref, 1);
      } else {
        DumpTerms(root);
      }
    }
    // Printing a leaf names no further one.
    for (const auto& [leaf, number] : leaves_) by_number_[number] = leaf;
    for (const auto& [number, leaf] : by_number_) DumpLeaf(number, diagram_.leaves[leaf]);
    return std::move(text_);
  }

 private:
  void Line(int depth, const std::string& text) {
    fmt::format_to(std::back_inserter(text_), "{:{}}{}\n", "", depth * 2, text);
  }

  /// Numbered as they are met.
  static std::uint32_t NumberIn(std::map<std::uint32_t, std::uint32_t>& numbers,
                                std::uint32_t which) {
    return numbers.emplace(which, static_cast<std::uint32_t>(numbers.size())).first->second;
  }

  std::string LeafName(std::uint32_t leaf) {
    return fmt::format("leaf {}", NumberIn(leaves_, leaf));
  }

  void DumpRef(Ref ref, int depth) {
    if (IsTerminal(ref)) {
      Line(depth, LeafName(Label(ref)));
      return;
    }
    const bool known = nodes_.count(ref) != 0;
    Line(depth, fmt::format("node {}{}", NumberIn(nodes_, ref), known ? ", as above" : ""));
    if (known) return;
    std::int32_t first = 0;
    for (const MddEdge& edge : diagram_.mdd.edges(ref)) {
      DiagramTerm::Part part;
      part.axis = diagram_.mdd.axis(ref);
      part.intervals = {{first, edge.last}};
      const std::string words = RegionWords(model_, diagram_.axes, {part});
      if (IsTerminal(edge.child)) {
        Line(depth, fmt::format("{}: {}", words, LeafName(Label(edge.child))));
      } else {
        Line(depth, words + ":");
        DumpRef(edge.child, depth + 1);
      }
      first = edge.last + 1;
    }
  }

  void DumpTerms(const DiagramRoot& root) {
    for (const DiagramTerm& term : diagram_.terms) {
      Line(1, fmt::format("{}: route {}", RegionWords(model_, diagram_.axes, term.parts),
                          model_.routes[term.route].name));
    }
    for (std::size_t i = 0; i < root.routes.size(); ++i) {
      Line(1, fmt::format("route {}", model_.routes[i].name));
      DumpRef(root.routes[i], 2);
    }
  }

  void DumpLeaf(std::uint32_t number, const DiagramLeaf& leaf) {
    switch (leaf.kind) {
      case LeafKind::kNoRoute:
        Line(0, fmt::format("leaf {}: no route", number));
        return;
      case LeafKind::kRefuse:
        Line(0, fmt::format("leaf {}: route {} refuses", number, model_.routes[leaf.route].name));
        return;
      case LeafKind::kServe:
        break;
    }
    Line(0,
         fmt::format("leaf {}: route {}{}", number, model_.routes[leaf.route].name,
                     leaf.cache_ttl_ms > 0 ? fmt::format(", cached {}ms", leaf.cache_ttl_ms) : ""));
    for (const CandidateEntry& row : leaf.rows) Line(1, RowText(row));
    if (leaf.cheapest.empty()) return;
    Line(1, fmt::format("cheapest first: {}", fmt::join(leaf.cheapest, " ")));
  }

  [[nodiscard]] std::string RowText(const CandidateEntry& row) const {
    std::string text =
        fmt::format("{} step {}", model_.candidates[row.candidate].name, row.step + 1);
    if (row.endpoint != kNoIndex) text += fmt::format(" endpoint {}", row.endpoint);
    if (row.group != 0) text += fmt::format(" group {}", row.group);
    if (row.rollout != kNoIndex) {
      const bool canary = row.rollout < model_.rollouts.size();
      text += fmt::format(" {} {}", canary ? "canary of" : "arm", ArmName(model_, row.rollout));
    }
    for (const Guard& guard : row.guards) {
      text += fmt::format(", {} input + {} output <= {}", guard.a, guard.b, guard.c);
    }
    if (!row.live.empty()) text += fmt::format(", {} live", row.live.size());
    return text;
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  std::string text_;
  std::map<std::uint32_t, std::uint32_t> nodes_;
  std::map<std::uint32_t, std::uint32_t> leaves_;
  std::map<std::uint32_t, std::uint32_t> by_number_;
};

}  // namespace

std::string DumpDiagram(const PolicyModel& model, const Diagram& diagram) {
  return Dumper(model, diagram).Dump();
}

}  // namespace mlp::compiler
