#include "compiler/parse/lexeme.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "compiler/source/utf8.hpp"

namespace mlp::compiler::parse {
namespace {

constexpr std::size_t kLongestShown = 40;     // bytes of a token in a message
constexpr std::size_t kLongestGroup = 4'096;  // how far a `)` is looked for in a broken statement

constexpr std::array<std::string_view, 20> kDeclarations{
    "alert",      "amend",     "assert",  "budget", "capability", "defaults", "evaluator",
    "experiment", "guardrail", "import",  "lint",   "model",      "policy",   "pool",
    "provider",   "request",   "rollout", "route",  "test",       "variant"};
constexpr std::array<std::string_view, 5> kReserved{"and", "or", "not", "true", "false"};
constexpr std::array<std::string_view, 10> kSymbols{"==", "!=", "<=", ">=", "->",
                                                    "..", "&&", "||", "=>", "::"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSmall(char c) { return c >= 'a' && c <= 'z'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool IsWordCharacter(char c) {
  return IsSmall(c) || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '_' || (c & '\x80') != 0;
}
bool IsWordRest(char c) { return IsWordCharacter(c) && (c & '\x80') == 0 && c != '_'; }

char At(std::string_view text, std::size_t at) { return at < text.size() ? text[at] : '\0'; }

bool IsComment(std::string_view text, std::size_t at) { return text.substr(at, 2) == "//"; }

std::size_t LineEnd(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

std::size_t StringEnd(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\' && At(text, i + 1) != '\n') ++i;
  }
  std::size_t end = LineEnd(text, at);
  while (end > at + 1 && IsBlank(text[end - 1])) --end;
  return end;
}

std::size_t WordEnd(std::string_view text, std::size_t at) {
  const bool number = IsDigit(text[at]) || text[at] == '$';
  std::size_t i = at + 1;
  for (; i < text.size(); ++i) {
    const char next = At(text, i + 1);
    if (IsWordCharacter(text[i])) continue;
    if (text[i] == '-' && IsWordRest(next)) continue;
    if (number && text[i] == '.' && IsDigit(next)) continue;
    if (number && text[i] == ':' && IsDigit(next) && IsDigit(text[i - 1])) {
      continue;
    }
    if (number && text[i] == '/' && IsWordRest(next)) continue;
    if (number && text[i] == '%') continue;
    break;
  }
  return i;
}

bool StartsWithWord(std::string_view text, std::string_view word) {
  if (text.substr(0, word.size()) != word) return false;
  const char next = At(text, word.size());
  return !IsWordCharacter(next) && !(next == '-' && IsWordRest(At(text, word.size() + 1)));
}

/// What an assertion claims may stand on a line of its own, and begins no statement.
bool BeginsClaim(std::string_view text) {
  return StartsWithWord(text, "always") || StartsWithWord(text, "never") ||
         StartsWithWord(text, "survives");
}

std::size_t BlockEnd(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (std::size_t i = at; i < text.size();) {
    if (text[i] == '"') {
      i = StringEnd(text, i);
      continue;
    }
    if (IsComment(text, i)) {
      i = LineEnd(text, i);
      continue;
    }
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i + 1;
    ++i;
    if (text[i - 1] == '\n' && LooksLikeDeclaration(text, i)) return i;
  }
  return text.size();
}

/// Where the parenthesis that is open at `at` is closed, if that is near and in the same statement;
/// else 0.
std::size_t GroupEnd(std::string_view text, std::size_t at, std::size_t depth) {
  const std::size_t limit = std::min(text.size(), at + kLongestGroup);
  for (std::size_t i = at; i < limit;) {
    const char c = text[i];
    if (c == '"') {
      i = StringEnd(text, i);
    } else if (IsComment(text, i)) {
      i = LineEnd(text, i);
    } else if (c == '{' || c == '}' || c == ';') {
      return 0;
    } else {
      if (c == '(') ++depth;
      ++i;
      if (c == ')' && --depth == 0) return i;
    }
  }
  return 0;
}

}  // namespace

bool IsWordStart(char c) { return IsWordCharacter(c); }

bool IsName(std::string_view word) {
  if (word.empty() || !IsSmall(word.front()) || word.back() == '-') return false;
  if (std::find(kReserved.begin(), kReserved.end(), word) != kReserved.end()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (!IsSmall(word[i]) && !IsDigit(word[i]) && word[i] != '-') return false;
    if (word[i] == '-' && word[i - 1] == '-') return false;
  }
  return true;
}

std::size_t LexemeEnd(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] == '\n') return std::min(at, text.size());
  if (text[at] == '"') return StringEnd(text, at);
  const CodePoint point = DecodeUtf8(text.substr(at));
  if (point.value >= 0x80 && !point.valid) return at + 1;
  if (point.value >= 0x80) return at + point.length;
  if (IsWordCharacter(text[at]) || (text[at] == '$' && IsWordCharacter(At(text, at + 1)))) {
    return WordEnd(text, at);
  }
  if (text[at] == '-' && IsDigit(At(text, at + 1))) return WordEnd(text, at + 1);
  for (const std::string_view symbol : kSymbols) {
    if (text.substr(at, symbol.size()) == symbol) return at + symbol.size();
  }
  return at + 1;
}

std::string FoundText(std::string_view text, std::size_t at) {
  if (at >= text.size()) return "the end of the file";
  if (text[at] == '\n') return "the end of the line";
  const CodePoint point = DecodeUtf8(text.substr(at));
  if (point.value < 0x20 || point.value == 0x7F || point.value == 0xA0 ||
      DisplayWidth(point.value) == 0) {
    std::array<char, 16> name;
    std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(point.value));
    return name.data();
  }
  std::string_view lexeme = text.substr(at, LexemeEnd(text, at) - at);
  std::string found = "`";
  if (lexeme.size() > kLongestShown) {
    std::size_t cut = kLongestShown;
    while ((lexeme[cut] & '\xC0') == '\x80') --cut;
    found += lexeme.substr(0, cut);
    found += "...";
  } else {
    found += lexeme;
  }
  found += '`';
  return found;
}

std::size_t SkipInline(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (IsBlank(text[at])) {
      ++at;
    } else if (IsComment(text, at)) {
      at = LineEnd(text, at);
    } else {
      break;
    }
  }
  return at;
}

std::size_t SkipWide(std::string_view text, std::size_t at) {
  for (at = SkipInline(text, at); at < text.size() && text[at] == '\n';) {
    at = SkipInline(text, at + 1);
  }
  return at;
}

bool LooksLikeDeclaration(std::string_view text, std::size_t at) {
  if (at >= text.size() || (at > 0 && text[at - 1] != '\n') || !IsSmall(text[at])) return false;
  std::size_t end = LexemeEnd(text, at);
  const std::string_view word = text.substr(at, end - at);
  if (std::find(kDeclarations.begin(), kDeclarations.end(), word) == kDeclarations.end()) {
    return false;
  }
  end = SkipInline(text, end);
  const char next = At(text, end);
  return IsSmall(next) || next == '"' || next == '{';
}

std::size_t StatementEnd(std::string_view text, std::size_t at, std::size_t reached,
                         bool stop_at_brace) {
  std::size_t depth = 0;
  char last = '\0';  // the last character that is neither white space nor a comment
  for (std::size_t i = at; i < text.size();) {
    const char c = text[i];
    if (c == '"') {
      i = StringEnd(text, i);
      last = c;
      continue;
    }
    if (IsComment(text, i)) {
      i = LineEnd(text, i);
      continue;
    }
    if (c == '\n') {
      const std::size_t next = SkipWide(text, i);
      const std::string_view rest = text.substr(next);
      const std::size_t group = depth > 0 ? GroupEnd(text, i, depth) : 0;
      if (group > 0) {
        i = group;
        depth = 0;
        last = ')';
      } else if (i < reached || last == ',' || StartsWithWord(rest, "and") ||
                 StartsWithWord(rest, "or") || rest.substr(0, 2) == "->" || BeginsClaim(rest)) {
        i = std::max(next, i + 1);
      } else {
        return i;
      }
      continue;
    }
    if (c == '{') {
      if (stop_at_brace) return i;
      i = BlockEnd(text, i);
      if (i >= reached) return i;
      last = '}';
      continue;
    }
    if ((c == '}' || c == ';') && i >= reached) return i;
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    if (!IsBlank(c)) last = c;
    ++i;
  }
  return text.size();
}

}  // namespace mlp::compiler::parse
