#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compiler/graph/graph.hpp"

namespace mlp::compiler {
namespace {

/// For a label in quotes: characters that Mermaid, its Markdown or HTML would read as their own are
/// written as entities. So are the marks of a list, as in `1. x` and `- x`.
std::string Escaped(std::string_view text) {
  std::string escaped;
  bool begun = false;  // anything but digits and blanks
  for (const char c : text) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    const bool number = (c >= '0' && c <= '9') || c == ' ';
    const bool plain = std::string_view(",:$%/(='").find(c) != std::string_view::npos;
    const bool mark = std::string_view("-+.)").find(c) != std::string_view::npos;
    if (letter || number || plain || (mark && begun)) {
      escaped += c;
    } else if (c == '"') {
      escaped += "#quot;";
    } else if (c == '<' || c == '>') {
      escaped += c == '<' ? "#lt;" : "#gt;";
    } else {
      escaped += fmt::format("#{};", static_cast<int>(c));
    }
    begun = begun || !number;
  }
  return escaped;
}

std::string Label(const std::vector<std::string>& lines) {
  std::string label;
  for (const std::string& line : lines) label += (label.empty() ? "" : "<br/>") + Escaped(line);
  return label;
}

std::string Node(const GraphNode& node) {
  const std::string label = Label(node.lines);
  switch (node.shape) {
    case NodeShape::kRequest:
      return fmt::format("{}([\"{}\"])", node.id, label);
    case NodeShape::kRoute:
      return fmt::format("{}[\"{}\"]", node.id, label);
    case NodeShape::kRefusal:
      return fmt::format("{}{{{{\"{}\"}}}}", node.id, label);
    case NodeShape::kModel:
      return fmt::format("{}(\"{}\")", node.id, label);
  }
  return {};
}

}  // namespace

std::string RenderMermaid(const PolicyGraph& graph) {
  std::string text = "flowchart LR\n";
  for (std::string remark : graph.remarks) {
    // A comment with braces would be read as a directive.
    std::replace(remark.begin(), remark.end(), '{', '(');
    std::replace(remark.begin(), remark.end(), '}', ')');
    text += fmt::format("  %% {}\n", remark);
  }
  for (const GraphNode& node : graph.nodes) text += fmt::format("  {}\n", Node(node));
  std::string leaving;
  for (const GraphCluster& cluster : graph.clusters) {
    text += fmt::format("  subgraph {} [\"{}\"]\n", cluster.id, Escaped(cluster.title));
    for (const GraphNode& node : cluster.nodes) {
      text += fmt::format("    {}\n", Node(node));
      if (node.leaving) leaving += (leaving.empty() ? "" : ",") + node.id;
    }
    text += "  end\n";
  }
  for (const GraphEdge& edge : graph.edges) {
    const std::string label = edge.lines.empty() ? "" : fmt::format("|\"{}\"|", Label(edge.lines));
    text += fmt::format("  {} {}{} {}\n", edge.from, edge.moving ? "-.->" : "-->", label, edge.to);
  }
  if (!leaving.empty()) {
    text += "  classDef leaving stroke:#b45309,stroke-width:2px,stroke-dasharray:4 2\n";
    text += fmt::format("  class {} leaving\n", leaving);
  }
  return text;
}

}  // namespace mlp::compiler
