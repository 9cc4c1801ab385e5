// A node together with its tree: what the checks pass around instead of bare ids.
#pragma once

#include <vector>

#include "compiler/ast/ast.hpp"

namespace mlp::compiler::check {

/// A node or, where default-constructed, none. Valid as long as the tree.
class View {
 public:
  View() = default;
  View(const ast::Tree& tree, ast::NodeId id) : tree_(&tree), id_(id) {}

  explicit operator bool() const { return id_ != ast::kNoNode; }
  [[nodiscard]] ast::Kind kind() const { return tree_->kind(id_); }
  [[nodiscard]] bool Is(ast::Kind kind) const { return *this && this->kind() == kind; }
  [[nodiscard]] Span span() const { return tree_->span(id_); }
  /// The first child of a kind, or none.
  [[nodiscard]] View Child(ast::Kind kind) const { return {*tree_, tree_->Child(id_, kind)}; }
  [[nodiscard]] View ChildAt(std::uint32_t index) const {
    return {*tree_, tree_->ChildAt(id_, index)};
  }
  [[nodiscard]] std::vector<View> Children() const {
    std::vector<View> all;
    for (const ast::NodeId id : tree_->children(id_)) all.emplace_back(*tree_, id);
    return all;
  }
  [[nodiscard]] std::vector<View> Children(ast::Kind kind) const {
    std::vector<View> all;
    for (const ast::NodeId id : tree_->children(id_)) {
      if (tree_->kind(id) == kind) all.emplace_back(*tree_, id);
    }
    return all;
  }

 private:
  const ast::Tree* tree_ = nullptr;
  ast::NodeId id_ = ast::kNoNode;
};

}  // namespace mlp::compiler::check
