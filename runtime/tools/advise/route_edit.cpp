#include "runtime/tools/advise/route_edit.hpp"

#include <cctype>
#include <string_view>
#include <utility>

namespace mlp::tools {
namespace {

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool IsNameByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
}

/// From the beginning of a line to the brace that closes what it opens; texts and comments do not
/// count. Nothing where no brace closes.
std::optional<Range> BlockAt(const std::string& text, std::size_t line) {
  std::size_t begin = 0;
  for (std::size_t i = 1; i < line; ++i) {
    begin = text.find('\n', begin);
    if (begin == std::string::npos) return std::nullopt;
    ++begin;
  }
  int depth = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '"') {
      i = text.find('"', i + 1);
    } else if (text.compare(i, 2, "//") == 0) {
      i = text.find('\n', i);
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      return Range{begin, i + 1};
    }
    if (i == std::string::npos) return std::nullopt;
  }
  return std::nullopt;
}

/// The statement that begins at `at` with one of the words: up to a line break, `;`, `}` or
/// comment.
bool BeginsStep(std::string_view text, std::size_t at, std::string_view word) {
  if (text.compare(at, word.size(), word) != 0) return false;
  const std::size_t after = at + word.size();
  return (at == 0 || !IsNameByte(text[at - 1])) && after < text.size() &&
         (text[after] == ' ' || text[after] == '\t');
}

std::size_t EndOfStatement(const std::string& text, std::size_t at) {
  while (at < text.size() && text[at] != '\n' && text[at] != ';' && text[at] != '}' &&
         text.compare(at, 2, "//") != 0) {
    ++at;
  }
  return at;
}

std::size_t FindName(const std::string& text, Range in, const std::string& name) {
  for (std::size_t at = text.find(name, in.begin); at < in.end; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || !IsNameByte(text[at - 1]);
    const std::size_t after = at + name.size();
    if (begins && (after >= text.size() || !IsNameByte(text[after]))) return at;
  }
  return std::string::npos;
}

}  // namespace

std::optional<std::string> ReplaceInRoute(const std::string& text, std::size_t line,
                                          const std::string& model, const std::string& with) {
  const std::optional<Range> block = BlockAt(text, line);
  if (!block) return std::nullopt;
  std::string edited = text;
  bool found = false;
  std::size_t end = block->end;
  for (std::size_t at = block->begin; at < end; ++at) {
    if (!BeginsStep(edited, at, "try") && !BeginsStep(edited, at, "else")) continue;
    const std::size_t name = FindName(edited, {at, EndOfStatement(edited, at)}, model);
    if (name == std::string::npos) continue;
    edited.replace(name, model.size(), with);
    end += with.size() - model.size();
    found = true;
  }
  if (!found) return std::nullopt;
  return edited;
}

std::optional<std::string> DropElse(const std::string& text, std::size_t line,
                                    const std::string& model) {
  const std::optional<Range> block = BlockAt(text, line);
  if (!block) return std::nullopt;
  for (std::size_t at = block->begin; at < block->end; ++at) {
    if (!BeginsStep(text, at, "else")) continue;
    const std::size_t end = EndOfStatement(text, at);
    std::string_view step(text.data() + at + 4, end - at - 4);
    while (!step.empty() && (step.front() == ' ' || step.front() == '\t')) step.remove_prefix(1);
    while (!step.empty() && (step.back() == ' ' || step.back() == '\t')) step.remove_suffix(1);
    if (step != model) continue;
    const std::size_t before = text.find_last_not_of(" \t", at - 1);
    const bool own_line = before != std::string::npos && text[before] == '\n';
    const std::size_t next = text.find('\n', end);
    if (own_line && next != std::string::npos) {
      return text.substr(0, before + 1) + text.substr(next + 1);
    }
    const bool parted = end < text.size() && text[end] == ';';
    return text.substr(0, at) + text.substr(parted ? end + 1 : end);
  }
  return std::nullopt;
}

}  // namespace mlp::tools
