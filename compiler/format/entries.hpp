// A well-formed file as what a reader sees: statements, blocks, comments and the blank lines
// between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.hpp"
#include "compiler/format/tokens.hpp"

namespace mlp::compiler::format {

struct InnerComment {
  std::string_view text;
  bool own_line = false;  ///< else it stands behind the piece
};

/// A token of a statement, with the comments between it and the next one.
struct Piece {
  TokenKind kind = TokenKind::kWord;
  std::string_view text;
  std::uint32_t begin = 0;
  std::vector<InnerComment> comments;
};

struct Entry;

struct Block {
  bool one_line = false;          ///< its braces stand on one line
  std::string_view open_comment;  ///< behind the `{`
  std::vector<Entry> entries;
};

/// A comment on lines of its own, or a statement (a declaration too) with what belongs to it.
struct Entry {
  bool blank_before = false;  ///< at least one blank line above
  std::string_view comment;   ///< then there are no pieces
  std::vector<Piece> pieces;
  std::unique_ptr<Block> block;
  std::string_view trailing;  ///< the comment behind it on its last line
};

/// Whether the statement that begins so is an assertion or a guardrail.
[[nodiscard]] bool IsClaim(const std::vector<Piece>& pieces);

/// Where the parts of a claim begin behind its text, each of which may stand on a line of its own:
/// at its `when`, and at `always`, `never` or `survives`.
[[nodiscard]] std::vector<std::size_t> ClaimParts(const std::vector<Piece>& pieces);

/// `docs` are where the `///` lines begin that document something: they never stand behind a
/// statement.
[[nodiscard]] std::vector<Entry> Entries(const std::vector<Token>& tokens,
                                         const std::set<std::uint32_t>& docs);

}  // namespace mlp::compiler::format
