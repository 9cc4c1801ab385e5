#include "compiler/import/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mlp::compiler {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

/// Does `id` end in "-" and digits in the pattern, where 'd' is a digit and all else itself?
bool EndsLike(std::string_view id, std::string_view pattern) {
  if (id.size() <= pattern.size()) return false;
  const std::string_view end = id.substr(id.size() - pattern.size());
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == 'd' ? !IsDigit(end[i]) : end[i] != pattern[i]) return false;
  }
  return true;
}

}  // namespace

std::string_view WithoutBuild(std::string_view id) {
  for (const std::string_view pattern : {"-dddd-dd-dd", "-dddddddd"}) {
    if (EndsLike(id, pattern)) return id.substr(0, id.size() - pattern.size());
  }
  const std::size_t dash = id.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return id;
  const std::string_view last = id.substr(dash + 1);
  if ((last.size() == 3 || last.size() == 4) && AllDigits(last)) return id.substr(0, dash);
  return id;
}

std::string NameFromText(std::string_view text) {
  std::string name;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || IsDigit(c)) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  constexpr std::array<std::string_view, 5> kReserved{"and", "or", "not", "true", "false"};
  const bool reserved = std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
  if (name.empty()) return "model";
  if (reserved || IsDigit(name.front())) return "model-" + name;
  return name;
}

std::string NameFromId(std::string_view id, const std::vector<std::string>& aliases) {
  const std::string_view rest = WithoutBuild(id);
  const bool known = std::find(aliases.begin(), aliases.end(), rest) != aliases.end();
  return NameFromText(known ? rest : id);
}

std::string Namer::Add(std::string_view provider, std::string_view id,
                       const std::vector<std::string>& aliases,
                       std::vector<std::string>& conflicts) {
  const std::string wanted = NameFromId(id, aliases);
  std::vector<std::string> choices{wanted, NameFromText(id),
                                   NameFromText(fmt::format("{}-{}", provider, id))};
  for (int number = 2; owner_of_.count(choices.back()) != 0; ++number) {
    choices.push_back(fmt::format("{}-{}", choices[2], number));
  }
  for (const std::string& choice : choices) {
    if (!owner_of_.emplace(choice, fmt::format("{} {}", provider, id)).second) continue;
    if (choice != wanted) {
      conflicts.push_back(fmt::format("{} {}: the name `{}` is taken by {}; named `{}`", provider,
                                      id, wanted, owner_of_.at(wanted), choice));
    }
    return choice;
  }
  return wanted;  // not reached: the last choice is free
}

}  // namespace mlp::compiler
