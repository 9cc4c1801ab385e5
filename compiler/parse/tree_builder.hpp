// Builds the tree while the grammar tries this and that. What a rule made before the input was
// rewound is known by its place: it ends behind the place where parsing goes on, and is dropped
// there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compiler/ast/ast.hpp"

namespace mlp::compiler::parse {

/// Places are bytes of the file. Amortised constant time per call and child.
class TreeBuilder {
 public:
  explicit TreeBuilder(ast::Tree& tree) : tree_(tree) {}

  /// A node may begin here. What it returns belongs to Close.
  [[nodiscard]] std::size_t Open(std::uint32_t begin);
  /// Makes a node of everything made since Open; `end` may lie behind the gap after its last token.
  /// `///` lines before `block`, where the block around begins, belong to what is outside of it.
  void Close(ast::Kind kind, std::size_t mark, std::uint32_t begin, std::uint32_t end,
             std::uint32_t block = 0);
  /// As Close, with the node before `mark` as the first child.
  void Fold(ast::Kind kind, std::size_t mark, std::uint32_t end);

  /// A gap between tokens, so that nodes end with their last token.
  void AddGap(std::uint32_t begin, std::uint32_t end);
  /// `end`, or the begin of the gap that ends there.
  [[nodiscard]] std::uint32_t WithoutGap(std::uint32_t end);

  void AddComment(std::uint32_t begin, std::uint32_t end);
  /// The parentheses around the last node, which a node that folds it in covers too.
  void Parenthesise(std::uint32_t begin, std::uint32_t end);
  /// The declaration around has a head that did not parse: it becomes a kError when it closes.
  void MarkBrokenHeader() { pending_.back().broken_header = true; }

 private:
  struct Pending {
    ast::NodeId id;
    ast::NodeId first;          // of the node and all under it, the least id
    std::uint32_t outer_begin;  // with parentheses
    std::uint32_t outer_end;
    bool broken_header;
  };
  struct Gap {
    std::uint32_t begin;
    std::uint32_t end;
  };

  void DropBehind(std::uint32_t place);

  ast::Tree& tree_;
  std::vector<Pending> pending_;  // nodes that have no parent yet
  std::vector<Gap> gaps_;
};

}  // namespace mlp::compiler::parse
