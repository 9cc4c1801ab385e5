#include "compiler/format/format.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/format/entries.hpp"
#include "compiler/format/page.hpp"
#include "compiler/format/tokens.hpp"

namespace mlp::compiler {
namespace {

using ast::Kind;
using ast::NodeId;

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Leaves of several words, as in `follow successors`, may stand with any blanks between them.
bool SameWords(std::string_view left, std::string_view right) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() && j < right.size()) {
    if (IsBlank(left[i]) && IsBlank(right[j])) {
      while (i < left.size() && IsBlank(left[i])) ++i;
      while (j < right.size() && IsBlank(right[j])) ++j;
    } else if (left[i++] != right[j++]) {
      return false;
    }
  }
  return i == left.size() && j == right.size();
}

bool SameLeaf(Kind kind, std::string_view left, std::string_view right) {
  if (kind == Kind::kString) return left == right;
  return kind == Kind::kDoc ? Trimmed(left) == Trimmed(right) : SameWords(left, right);
}

/// What stands two blanks behind what is before it, and the docs.
format::Marks MarksOf(const ast::Tree& tree) {
  format::Marks marks;
  std::vector<NodeId> open{tree.root};
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    const std::uint32_t begin = tree.span(id).begin;
    if (tree.kind(id) == Kind::kDoc) marks.docs.insert(begin);
    if (tree.kind(id) == Kind::kDefault) marks.wide.insert(begin);
    bool first = true;
    for (const NodeId child : tree.children(id)) {
      open.push_back(child);
      const Kind kind = tree.kind(child);
      const std::uint32_t at = tree.span(child).begin;
      if (tree.kind(id) == Kind::kPrice && kind == Kind::kPriceItem) {
        if (!first) marks.wide.insert(at);
        break;
      }
      if ((tree.kind(id) == Kind::kEvent || tree.kind(id) == Kind::kProve) &&
          kind == Kind::kCriterion) {
        marks.wide.insert(at);
      }
      if (kind == Kind::kBreaking && tree.kind(id) == Kind::kSuccessor) {
        marks.wide_word_before.insert(at);
        break;
      }
      first = false;
    }
  }
  return marks;
}

}  // namespace

std::string Format(const SourceSet& sources, const ast::Tree& tree) {
  const format::Marks marks = MarksOf(tree);
  const std::vector<format::Token> tokens = format::Tokens(sources.text(tree.file));
  return format::WritePage(format::Entries(tokens, marks.docs), marks);
}

bool SaysTheSame(const SourceSet& sources, const ast::Tree& left, const ast::Tree& right) {
  if (left.comments.size() != right.comments.size()) return false;
  for (std::size_t i = 0; i < left.comments.size(); ++i) {
    if (Trimmed(sources.text(left.comments[i])) != Trimmed(sources.text(right.comments[i])))
      return false;
  }
  std::vector<std::pair<NodeId, NodeId>> open{{left.root, right.root}};
  while (!open.empty()) {
    const auto [a, b] = open.back();
    open.pop_back();
    if (left.kind(a) != right.kind(b)) return false;
    if (ast::IsLeaf(left.kind(a)) &&
        !SameLeaf(left.kind(a), sources.text(left.span(a)), sources.text(right.span(b)))) {
      return false;
    }
    NodeId x = left.node(a).first_child;
    NodeId y = right.node(b).first_child;
    for (; x != ast::kNoNode && y != ast::kNoNode; x = left.node(x).next, y = right.node(y).next)
      open.emplace_back(x, y);
    if (x != y) return false;
  }
  return true;
}

}  // namespace mlp::compiler
