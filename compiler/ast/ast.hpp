// The syntax tree: one kind of node for everything, in one vector, addressed by 32-bit ids. What
// the children of each kind are stands in kinds.def. Values are read from the text under a node's
// span (literals.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source_set.hpp"
#include "compiler/source/span.hpp"

namespace mlp::compiler::ast {

enum class Kind : std::uint8_t {
#define MLP_KIND(name, children) k##name,
#include "compiler/ast/kinds.def"
#undef MLP_KIND
};

/// The kind's name without the k, as in dumps.
[[nodiscard]] std::string_view ToString(Kind kind);
/// Whether the text under its span is all that a kind says.
[[nodiscard]] bool IsLeaf(Kind kind);

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xFFFFFFFF;

struct Node {
  Kind kind;
  Span span;
  NodeId first_child = kNoNode;
  NodeId next = kNoNode;  ///< the next sibling
};

/// The tree of one file. Immutable once parsed; references into it live as long as it does.
class Tree {
 public:
  /// Iterates over siblings.
  class Children {
   public:
    class Iterator {
     public:
      Iterator(const Tree* tree, NodeId id) : tree_(tree), id_(id) {}
      NodeId operator*() const { return id_; }
      Iterator& operator++() {
        id_ = tree_->node(id_).next;
        return *this;
      }
      bool operator!=(const Iterator& other) const { return id_ != other.id_; }

     private:
      const Tree* tree_;
      NodeId id_;
    };
    Children(const Tree* tree, NodeId first) : tree_(tree), first_(first) {}
    [[nodiscard]] Iterator begin() const { return {tree_, first_}; }
    [[nodiscard]] Iterator end() const { return {tree_, kNoNode}; }

   private:
    const Tree* tree_;
    NodeId first_;
  };

  [[nodiscard]] const Node& node(NodeId id) const { return nodes[id]; }
  [[nodiscard]] Kind kind(NodeId id) const { return nodes[id].kind; }
  [[nodiscard]] Span span(NodeId id) const { return nodes[id].span; }
  [[nodiscard]] Children children(NodeId id) const { return {this, nodes[id].first_child}; }
  /// The first child of a kind, or kNoNode.
  [[nodiscard]] NodeId Child(NodeId id, Kind kind) const;
  /// The n-th child (0-based), or kNoNode.
  [[nodiscard]] NodeId ChildAt(NodeId id, std::uint32_t index) const;

  FileId file = 0;
  NodeId root = kNoNode;  ///< a kFile; kNoNode only in an empty tree
  std::vector<Node> nodes;
  std::vector<Span> comments;  ///< every `//` and `///` comment in order, without the line end
};

/// One node a line, indented by depth, leaves with their text: `(Name "claude-sonnet-4-5")`.
[[nodiscard]] std::string Dump(const Tree& tree, const SourceSet& sources);

}  // namespace mlp::compiler::ast
