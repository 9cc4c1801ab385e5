// A well-formed file as tokens, comments among them: what the canonical layout is made from.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace mlp::compiler::format {

enum class TokenKind : std::uint8_t {
  kWord,  ///< a name, literal, operator or any other token without a kind of its own
  kComma,
  kDot,
  kSemicolon,
  kOpenParen,
  kCloseParen,
  kOpenBrace,
  kCloseBrace,
  kComment,  ///< `//` or `///`, without blanks at its end
};

struct Token {
  TokenKind kind = TokenKind::kWord;
  std::string_view text;       ///< of the file; lives as long as it
  std::uint32_t begin = 0;     ///< byte of the file
  std::uint32_t newlines = 0;  ///< line ends between the token before it and this one
};

/// Precondition: the text parses without an error. A byte order mark is left out.
[[nodiscard]] std::vector<Token> Tokens(std::string_view text);

}  // namespace mlp::compiler::format
