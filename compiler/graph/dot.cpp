#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compiler/graph/graph.hpp"

namespace mlp::compiler {
namespace {

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) escaped += c;
  }
  return escaped;
}

std::string Label(const std::vector<std::string>& lines) {
  std::string label;
  for (const std::string& line : lines) label += (label.empty() ? "" : "\\n") + Escaped(line);
  return label;
}

std::string Node(const GraphNode& node) {
  std::string_view shape = "shape=box, style=rounded";
  switch (node.shape) {
    case NodeShape::kRequest:
      shape = "shape=oval";
      break;
    case NodeShape::kRoute:
      shape = "shape=box";
      break;
    case NodeShape::kRefusal:
      shape = "shape=hexagon";
      break;
    case NodeShape::kModel:
      if (node.leaving)
        shape = "shape=box, style=\"rounded,dashed\", color=\"#b45309\", penwidth=2";
      break;
  }
  return fmt::format("{} [label=\"{}\", {}];", node.id, Label(node.lines), shape);
}

}  // namespace

std::string RenderDot(const PolicyGraph& graph) {
  std::string text;
  for (const std::string& remark : graph.remarks) text += fmt::format("// {}\n", remark);
  text +=
      "digraph policy {\n"
      "  rankdir=LR;\n"
      "  node [fontname=\"sans-serif\", fontsize=11];\n"
      "  edge [fontname=\"sans-serif\", fontsize=9];\n";
  for (const GraphNode& node : graph.nodes) text += fmt::format("  {}\n", Node(node));
  for (const GraphCluster& cluster : graph.clusters) {
    // Graphviz draws a box around a subgraph only where its name begins so.
    text +=
        fmt::format("  subgraph cluster_{} {{\n    label=\"{}\";\n    fontname=\"sans-serif\";\n",
                    cluster.id, Escaped(cluster.title));
    for (const GraphNode& node : cluster.nodes) text += fmt::format("    {}\n", Node(node));
    text += "  }\n";
  }
  for (const GraphEdge& edge : graph.edges) {
    std::string attributes;
    if (!edge.lines.empty()) attributes = fmt::format("label=\"{}\"", Label(edge.lines));
    if (edge.moving) attributes += (attributes.empty() ? "" : ", ") + std::string("style=dashed");
    text += fmt::format("  {} -> {}{};\n", edge.from, edge.to,
                        attributes.empty() ? "" : fmt::format(" [{}]", attributes));
  }
  return text + "}\n";
}

}  // namespace mlp::compiler
