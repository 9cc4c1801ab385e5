// Tokens as people see them, for messages and for skipping what did not parse.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlp::compiler::parse {

/// Bytes from `at` to the end of the token that stands there: a name or number however malformed, a
/// string up to its end or the line's, a symbol, or one character. `at` itself at the end of the
/// text and of a line.
[[nodiscard]] std::size_t LexemeEnd(std::string_view text, std::size_t at);

/// What stands at `at`, for a message: `` `tryy` ``, "the end of the line", "the end of the file".
[[nodiscard]] std::string FoundText(std::string_view text, std::size_t at);

/// Whether the token begins like a name.
[[nodiscard]] bool IsWordStart(char c);
/// Whether this is a whole, well-formed, unreserved name.
[[nodiscard]] bool IsName(std::string_view word);

/// Behind white space and comments, over lines.
[[nodiscard]] std::size_t SkipWide(std::string_view text, std::size_t at);
/// Behind white space and comments of this line.
[[nodiscard]] std::size_t SkipInline(std::string_view text, std::size_t at);

/// Whether a line begins here, unindented, as a declaration does: its keyword, then a name, a
/// string or `{`.
[[nodiscard]] bool LooksLikeDeclaration(std::string_view text, std::size_t at);

/// The end of the statement that begins at `at`: before a line end, `;` or `}` that ends it, behind
/// the block that belongs to it. Goes on at least to `reached`. With `stop_at_brace`, before the
/// first `{`.
[[nodiscard]] std::size_t StatementEnd(std::string_view text, std::size_t at, std::size_t reached,
                                       bool stop_at_brace);

}  // namespace mlp::compiler::parse
