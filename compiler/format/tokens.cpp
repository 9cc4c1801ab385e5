#include "compiler/format/tokens.hpp"

#include <algorithm>
#include <cstddef>

#include "compiler/parse/lexeme.hpp"
#include "compiler/source/utf8.hpp"

namespace mlp::compiler::format {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

TokenKind KindOf(std::string_view lexeme) {
  if (lexeme.size() != 1) return TokenKind::kWord;
  switch (lexeme.front()) {
    case ',':
      return TokenKind::kComma;
    case '.':
      return TokenKind::kDot;
    case ';':
      return TokenKind::kSemicolon;
    case '(':
      return TokenKind::kOpenParen;
    case ')':
      return TokenKind::kCloseParen;
    case '{':
      return TokenKind::kOpenBrace;
    case '}':
      return TokenKind::kCloseBrace;
    default:
      return TokenKind::kWord;
  }
}

}  // namespace

std::vector<Token> Tokens(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  std::uint32_t newlines = 0;
  while (at < text.size()) {
    if (IsBlank(text[at])) {
      newlines += text[at] == '\n' ? 1U : 0U;
      ++at;
      continue;
    }
    Token token;
    token.begin = static_cast<std::uint32_t>(at);
    token.newlines = newlines;
    std::size_t end = 0;
    if (text.substr(at, 2) == "//") {
      token.kind = TokenKind::kComment;
      end = std::min(text.find('\n', at), text.size());
      std::size_t last = end;
      while (IsBlank(text[last - 1])) --last;
      token.text = text.substr(at, last - at);
    } else {
      // No token of a well-formed file is empty; of any other, at least one byte.
      end = std::max(parse::LexemeEnd(text, at), at + 1);
      token.text = text.substr(at, end - at);
      token.kind = KindOf(token.text);
    }
    tokens.push_back(token);
    newlines = 0;
    at = end;
  }
  return tokens;
}

}  // namespace mlp::compiler::format
