#include "compiler/emit/spelling.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

namespace mlp::compiler::emit {
namespace {

// C++20's keywords and alternative tokens, sorted.
constexpr std::array<std::string_view, 92> kKeywords = {
    "alignas",       "alignof",     "and",
    "and_eq",        "asm",         "auto",
    "bitand",        "bitor",       "bool",
    "break",         "case",        "catch",
    "char",          "char16_t",    "char32_t",
    "char8_t",       "class",       "co_await",
    "co_return",     "co_yield",    "compl",
    "concept",       "const",       "const_cast",
    "consteval",     "constexpr",   "constinit",
    "continue",      "decltype",    "default",
    "delete",        "do",          "double",
    "dynamic_cast",  "else",        "enum",
    "explicit",      "export",      "extern",
    "false",         "float",       "for",
    "friend",        "goto",        "if",
    "inline",        "int",         "long",
    "mutable",       "namespace",   "new",
    "noexcept",      "not",         "not_eq",
    "nullptr",       "operator",    "or",
    "or_eq",         "private",     "protected",
    "public",        "register",    "reinterpret_cast",
    "requires",      "return",      "short",
    "signed",        "sizeof",      "static",
    "static_assert", "static_cast", "struct",
    "switch",        "template",    "this",
    "thread_local",  "throw",       "true",
    "try",           "typedef",     "typeid",
    "typename",      "union",       "unsigned",
    "using",         "virtual",     "void",
    "volatile",      "wchar_t",     "while",
    "xor",           "xor_eq",
};

constexpr std::array<std::string_view, 4> kOwnNames = {"Decide", "Policy", "Request", "Tables"};

}  // namespace

std::string Identifier(std::string_view name) {
  std::string spelt(name);
  std::replace(spelt.begin(), spelt.end(), '-', '_');
  if (std::binary_search(kKeywords.begin(), kKeywords.end(), spelt)) spelt += '_';
  return spelt;
}

std::string TypeName(std::string_view name) {
  std::string spelt;
  bool upper = true;
  for (const char c : name) {
    if (c == '-') {
      upper = true;
      continue;
    }
    if (upper && c >= '0' && c <= '9') spelt += '_';  // keeps a-1 apart from a1
    spelt += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  if (std::binary_search(kOwnNames.begin(), kOwnNames.end(), spelt)) spelt += '_';
  return spelt;
}

std::string Quoted(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        literal += '\\';
        literal += c;
        break;
      case '\n':
        literal += "\\n";
        break;
      case '\t':
        literal += "\\t";
        break;
      case '?':  // no trigraphs
        literal += "\\?";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          literal += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
        } else {
          literal += c;
        }
    }
  }
  literal += '"';
  return literal;
}

std::string Literal(std::int64_t value) {
  if (value == std::numeric_limits<std::int64_t>::max()) return "mlp::kForever";
  if (value == std::numeric_limits<std::int64_t>::min()) return "INT64_MIN";
  return fmt::format("{}", value);
}

}  // namespace mlp::compiler::emit
