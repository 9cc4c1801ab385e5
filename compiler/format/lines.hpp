// A statement as lines of at most 100 columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/format/entries.hpp"

namespace mlp::compiler::format {

inline constexpr std::size_t kColumns = 100;  ///< comments and words that cannot break may pass it

/// Terminal columns that a text takes.
[[nodiscard]] std::size_t Width(std::string_view text);

struct Line {
  std::string code;
  std::string_view comment;  ///< behind the code
};

/// How a statement's pieces stand: `gaps[i]` blanks before piece i, unless a line begins with it.
struct Spacing {
  std::vector<std::size_t> gaps;
};

/// One blank between pieces, none where a comma, dot or parenthesis asks for none.
[[nodiscard]] Spacing PlainSpacing(const std::vector<Piece>& pieces);

/// The columns of the statement on one line; nothing stops at kColumns here.
[[nodiscard]] std::size_t WidthOf(const std::vector<Piece>& pieces, const Spacing& spacing);
[[nodiscard]] bool HasComments(const std::vector<Piece>& pieces);

struct Room {
  std::size_t indent = 0;  ///< columns before the first piece
  std::size_t rest = 0;    ///< columns before the pieces of further lines
  std::string_view tail;   ///< what stands behind the last piece: ` {`
};

/// On one line where it fits. Else broken before each `and` and `or` outside parentheses, after
/// commas where a line is full, and inside parentheses only where that does not help; always behind
/// a comment.
[[nodiscard]] std::vector<Line> Lines(const std::vector<Piece>& pieces, const Spacing& spacing,
                                      const Room& room);

}  // namespace mlp::compiler::format
