#include "compiler/parse/tree_builder.hpp"

#include <algorithm>

namespace mlp::compiler::parse {
namespace {

using ast::Kind;
using ast::kNoNode;
using ast::NodeId;

/// The `///` lines before these are theirs.
bool TakesDocs(Kind kind) {
  switch (kind) {
    case Kind::kAttribute:
    case Kind::kAsks:
    case Kind::kPolicy:
    case Kind::kRequest:
    case Kind::kDefaults:
    case Kind::kProvider:
    case Kind::kAmendProvider:
    case Kind::kModel:
    case Kind::kVariant:
    case Kind::kAmendModel:
    case Kind::kCapability:
    case Kind::kPool:
    case Kind::kRoute:
    case Kind::kRollout:
    case Kind::kExperiment:
    case Kind::kBudget:
    case Kind::kEvaluator:
    case Kind::kAlert:
    case Kind::kAssert:
    case Kind::kGuardrail:
    case Kind::kTest:
    case Kind::kLint:
      return true;
    default:
      return false;
  }
}

}  // namespace

void TreeBuilder::DropBehind(std::uint32_t place) {
  while (!pending_.empty() && pending_.back().outer_end > place) {
    tree_.nodes.resize(pending_.back().first);
    pending_.pop_back();
  }
}

std::size_t TreeBuilder::Open(std::uint32_t begin) {
  DropBehind(begin);
  return pending_.size();
}

void TreeBuilder::Close(Kind kind, std::size_t mark, std::uint32_t begin, std::uint32_t end,
                        std::uint32_t block) {
  DropBehind(end);
  mark = std::min(mark, pending_.size());
  std::vector<Pending> children(pending_.begin() + static_cast<std::ptrdiff_t>(mark),
                                pending_.end());
  // Inside a declaration `///` lines that document nothing are comments.
  std::erase_if(children, [&](const Pending& child) {
    return tree_.kind(child.id) == Kind::kDoc && (kind == Kind::kFile || TakesDocs(kind));
  });
  NodeId first =
      mark < pending_.size() ? pending_[mark].first : static_cast<NodeId>(tree_.nodes.size());
  if (std::any_of(children.begin(), children.end(),
                  [](const Pending& child) { return child.broken_header; })) {
    kind = Kind::kError;
    std::erase_if(children,
                  [&](const Pending& child) { return tree_.kind(child.id) != Kind::kName; });
    if (children.size() > 1) children.resize(1);
  }
  if (TakesDocs(kind)) {
    std::size_t docs = mark;
    while (docs > 0 && tree_.kind(pending_[docs - 1].id) == Kind::kDoc &&
           pending_[docs - 1].outer_begin >= block) {
      --docs;
    }
    children.insert(children.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(docs),
                    pending_.begin() + static_cast<std::ptrdiff_t>(mark));
    mark = docs;
    if (!children.empty()) begin = std::min(begin, children.front().outer_begin);
    if (mark < pending_.size()) first = std::min(first, pending_[mark].first);
  }
  end = std::max(begin, WithoutGap(end));
  if (!children.empty()) end = std::max(end, children.back().outer_end);
  pending_.resize(mark);
  const auto id = static_cast<NodeId>(tree_.nodes.size());
  ast::Node node{kind, {tree_.file, begin, end}, kNoNode, kNoNode};
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (i == 0) node.first_child = children[0].id;
    if (i > 0) tree_.nodes[children[i - 1].id].next = children[i].id;
  }
  tree_.nodes.push_back(node);
  pending_.push_back({id, first, begin, end, false});
}

void TreeBuilder::Fold(Kind kind, std::size_t mark, std::uint32_t end) {
  Close(kind, mark - 1, pending_[mark - 1].outer_begin, end);
}

void TreeBuilder::AddGap(std::uint32_t begin, std::uint32_t end) {
  while (!gaps_.empty() && gaps_.back().end > begin) gaps_.pop_back();
  if (end > begin) gaps_.push_back({begin, end});
}

std::uint32_t TreeBuilder::WithoutGap(std::uint32_t end) {
  while (!gaps_.empty() && gaps_.back().end > end) gaps_.pop_back();
  return !gaps_.empty() && gaps_.back().end == end ? gaps_.back().begin : end;
}

void TreeBuilder::AddComment(std::uint32_t begin, std::uint32_t end) {
  // Parsed again after rewinding, a comment is there already.
  if (!tree_.comments.empty() && tree_.comments.back().end > begin) return;
  tree_.comments.push_back({tree_.file, begin, end});
}

void TreeBuilder::Parenthesise(std::uint32_t begin, std::uint32_t end) {
  pending_.back().outer_begin = begin;
  pending_.back().outer_end = WithoutGap(end);
}

}  // namespace mlp::compiler::parse
