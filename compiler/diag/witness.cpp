#include "compiler/diag/witness.hpp"

#include <algorithm>

namespace mlp::compiler {
namespace {

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("%+,-./:=@_").find(c) != std::string_view::npos;
}

}  // namespace

std::string ShellQuoted(std::string_view word) {
  bool plain = !word.empty();
  for (const char c : word) plain = plain && IsPlain(c);
  if (plain) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  quoted += '\'';
  return quoted;
}

std::string WitnessWords(const Witness& witness) {
  std::string words;
  for (const auto& [name, value] : witness) {
    if (!words.empty()) words += ' ';
    words += ShellQuoted(name) + '=';
    if (!value.empty()) words += ShellQuoted(value);
  }
  return words;
}

Witness Joined(const Witness& witness) {
  Witness joined;
  for (const auto& [name, value] : witness) {
    const auto same = std::find_if(joined.begin(), joined.end(),
                                   [&name = name](const auto& word) { return word.first == name; });
    if (same == joined.end()) {
      joined.emplace_back(name, value);
    } else {
      same->second += ',' + value;
    }
  }
  return joined;
}

}  // namespace mlp::compiler
