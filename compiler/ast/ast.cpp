#include "compiler/ast/ast.hpp"

#include <array>
#include <cstddef>

namespace mlp::compiler::ast {
namespace {

struct KindInfo {
  std::string_view name;
  bool leaf;
};

constexpr bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

constexpr std::array kKinds = std::to_array<KindInfo>({
#define MLP_KIND(name, children) {#name, StartsWith(children, "leaf")},
#include "compiler/ast/kinds.def"
#undef MLP_KIND
});

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::string_view ToString(Kind kind) { return kKinds[static_cast<std::size_t>(kind)].name; }

bool IsLeaf(Kind kind) { return kKinds[static_cast<std::size_t>(kind)].leaf; }

NodeId Tree::Child(NodeId id, Kind kind) const {
  for (const NodeId child : children(id)) {
    if (nodes[child].kind == kind) return child;
  }
  return kNoNode;
}

NodeId Tree::ChildAt(NodeId id, std::uint32_t index) const {
  for (const NodeId child : children(id)) {
    if (index-- == 0) return child;
  }
  return kNoNode;
}

std::string Dump(const Tree& tree, const SourceSet& sources) {
  std::string out;
  if (tree.root == kNoNode) return out;
  // What is still to be written: nodes, and the closing of a node whose children are done.
  struct Step {
    NodeId node;
    std::size_t depth;
  };
  std::vector<Step> steps{{tree.root, 0}};
  std::vector<NodeId> reversed;
  std::size_t open = 0;  // nodes written and not yet closed
  const auto close_to = [&](std::size_t depth) {
    out.append(open - depth, ')');
    open = depth;
  };
  while (!steps.empty()) {
    const auto [id, depth] = steps.back();
    steps.pop_back();
    close_to(depth);
    if (!out.empty()) out += '\n';
    out.append(2 * depth, ' ');
    out += '(';
    out += ToString(tree.kind(id));
    open = depth + 1;
    if (IsLeaf(tree.kind(id))) {
      out += ' ';
      AppendQuoted(out, sources.text(tree.span(id)));
      continue;
    }
    reversed.clear();
    for (const NodeId child : tree.children(id)) reversed.push_back(child);
    for (std::size_t i = reversed.size(); i > 0; --i) steps.push_back({reversed[i - 1], depth + 1});
  }
  close_to(0);
  out += '\n';
  return out;
}

}  // namespace mlp::compiler::ast
