#include "compiler/source/nearest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

namespace mlp::compiler {
namespace {

constexpr std::size_t kLongestWord = 128;  // longer ones are compared by their first bytes
constexpr std::size_t kShortestBeginning = 3;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The one candidate that begins with the word: `prod` for `production`.
std::optional<std::string_view> OnlyLonger(std::string_view word,
                                           const std::vector<std::string_view>& candidates) {
  std::optional<std::string_view> longer;
  if (word.size() < kShortestBeginning) return longer;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() <= word.size() || candidate.substr(0, word.size()) != word) continue;
    if (longer && *longer != candidate) return std::nullopt;
    longer = candidate;
  }
  return longer;
}

}  // namespace

int EditDistance(std::string_view left, std::string_view right, int limit) {
  left = left.substr(0, kLongestWord);
  right = right.substr(0, kLongestWord);
  if (std::abs(static_cast<int>(left.size()) - static_cast<int>(right.size())) > limit) {
    return limit + 1;
  }
  std::array<std::array<int, kLongestWord + 1>, 3> rows;
  auto* before = &rows[0];
  auto* above = &rows[1];
  auto* current = &rows[2];
  for (std::size_t j = 0; j <= right.size(); ++j) (*above)[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= left.size(); ++i) {
    (*current)[0] = static_cast<int>(i);
    int least = (*current)[0];
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const char a = Lower(left[i - 1]);
      const char b = Lower(right[j - 1]);
      int edits = std::min(
          {(*above)[j] + 1, (*current)[j - 1] + 1, (*above)[j - 1] + static_cast<int>(a != b)});
      if (i > 1 && j > 1 && a == Lower(right[j - 2]) && b == Lower(left[i - 2])) {
        edits = std::min(edits, (*before)[j - 2] + 1);
      }
      (*current)[j] = edits;
      least = std::min(least, edits);
    }
    if (least > limit) return limit + 1;
    auto* spare = before;
    before = above;
    above = current;
    current = spare;
  }
  return std::min((*above)[right.size()], limit + 1);
}

std::optional<std::string_view> NearestName(std::string_view word,
                                            const std::vector<std::string_view>& candidates) {
  std::optional<std::string_view> nearest;
  int limit = std::max(1, static_cast<int>(std::min(word.size(), kLongestWord)) / 3);
  for (const std::string_view candidate : candidates) {
    if (candidate == word) continue;
    const int edits = EditDistance(word, candidate, limit);
    if (edits > limit) continue;
    nearest = candidate;
    limit = edits - 1;
    if (limit < 0) break;
  }
  return nearest ? nearest : OnlyLonger(word, candidates);
}

}  // namespace mlp::compiler
