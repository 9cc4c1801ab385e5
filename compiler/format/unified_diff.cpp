#include "compiler/format/unified_diff.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

namespace mlp::compiler {
namespace {

constexpr std::ptrdiff_t kMostEdits = 1'000;  // the search takes its square of time and memory
constexpr std::size_t kAround = 3;

/// Each with its line end, so that a missing one at the end of a text is a difference.
std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

using Lines = std::vector<std::string_view>;

/// Which lines of both texts are not in their common part.
struct Changes {
  std::vector<bool> removed;
  std::vector<bool> added;
};

/// Marks the changes between old[first, old_end) and new[first, new_end).
void MarkChanges(const Lines& old_lines, const Lines& new_lines, std::size_t first,
                 std::size_t old_end, std::size_t new_end, Changes& changes) {
  const auto n = static_cast<std::ptrdiff_t>(old_end - first);
  const auto m = static_cast<std::ptrdiff_t>(new_end - first);
  const std::ptrdiff_t most = std::min(n + m, kMostEdits);
  const auto same = [&](std::ptrdiff_t x, std::ptrdiff_t y) {
    return old_lines[first + static_cast<std::size_t>(x)] ==
           new_lines[first + static_cast<std::size_t>(y)];
  };
  // The farthest old line on each diagonal k = x - y, per number of edits.
  std::vector<std::ptrdiff_t> far(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::ptrdiff_t k) -> std::ptrdiff_t& {
    return far[static_cast<std::size_t>(k + most + 1)];
  };
  std::vector<std::vector<std::ptrdiff_t>> trace;
  for (std::ptrdiff_t d = 0; d <= most; ++d) {
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
      std::ptrdiff_t x = down ? at(k + 1) : at(k - 1) + 1;
      while (x < n && x - k < m && x - k >= 0 && same(x, x - k)) ++x;
      at(k) = x;
      if (x < n || x - k < m) continue;
      // Found: back along the way.
      std::ptrdiff_t diagonal = k;
      for (std::ptrdiff_t edits = d; edits > 0; --edits) {
        const std::vector<std::ptrdiff_t>& before = trace[static_cast<std::size_t>(edits - 1)];
        const auto was = [&](std::ptrdiff_t i) {
          return before[static_cast<std::size_t>(i + edits)];
        };
        const bool insert =
            diagonal == -edits || (diagonal != edits && was(diagonal - 1) < was(diagonal + 1));
        const std::ptrdiff_t from = insert ? was(diagonal + 1) : was(diagonal - 1);
        diagonal += insert ? 1 : -1;
        if (insert) {
          changes.added[first + static_cast<std::size_t>(from - diagonal)] = true;
        } else {
          changes.removed[first + static_cast<std::size_t>(from)] = true;
        }
      }
      return;
    }
    // Diagonals -d - 1 .. d + 1 of this round.
    trace.emplace_back(&at(-d - 1), &at(d + 1) + 1);
  }
  std::fill_n(changes.removed.begin() + static_cast<std::ptrdiff_t>(first), n, true);
  std::fill_n(changes.added.begin() + static_cast<std::ptrdiff_t>(first), m, true);
}

void AppendLine(std::string& out, char mark, std::string_view line) {
  out += mark;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

/// `7,3`, as in a hunk's head: a range without lines names the line before it.
std::string Range(std::size_t begin, std::size_t end) {
  const std::size_t count = end - begin;
  const std::size_t line = count == 0 ? begin : begin + 1;
  return count == 1 ? fmt::format("{}", line) : fmt::format("{},{}", line, count);
}

}  // namespace

std::string UnifiedDiff(std::string_view old_text, std::string_view new_text,
                        std::string_view old_name, std::string_view new_name) {
  if (old_text == new_text) return {};
  const Lines old_lines = SplitLines(old_text);
  const Lines new_lines = SplitLines(new_text);
  std::size_t first = 0;
  const std::size_t shorter = std::min(old_lines.size(), new_lines.size());
  while (first < shorter && old_lines[first] == new_lines[first]) ++first;
  std::size_t old_end = old_lines.size();
  std::size_t new_end = new_lines.size();
  while (old_end > first && new_end > first && old_lines[old_end - 1] == new_lines[new_end - 1]) {
    --old_end;
    --new_end;
  }
  Changes changes{std::vector<bool>(old_lines.size()), std::vector<bool>(new_lines.size())};
  MarkChanges(old_lines, new_lines, first, old_end, new_end, changes);

  std::string out = fmt::format("--- {}\n+++ {}\n", old_name, new_name);
  std::size_t x = 0;
  std::size_t y = 0;
  const auto changed = [&](std::size_t i, std::size_t j) {
    return (i < old_lines.size() && changes.removed[i]) ||
           (j < new_lines.size() && changes.added[j]);
  };
  while (x < old_lines.size() || y < new_lines.size()) {
    if (!changed(x, y)) {
      ++x;
      ++y;
      continue;
    }
    const std::size_t before = std::min(kAround, x);
    const std::size_t old_begin = x - before;
    const std::size_t new_begin = y - before;
    std::string body;
    for (std::size_t i = old_begin; i < x; ++i) AppendLine(body, ' ', old_lines[i]);
    // As long as the next change is near, it belongs to this hunk.
    for (std::size_t calm = 0; x < old_lines.size() || y < new_lines.size();) {
      if (changed(x, y)) {
        calm = 0;
        while (x < old_lines.size() && changes.removed[x]) AppendLine(body, '-', old_lines[x++]);
        while (y < new_lines.size() && changes.added[y]) AppendLine(body, '+', new_lines[y++]);
        continue;
      }
      if (calm == kAround) {
        std::size_t ahead = 0;
        while (ahead < kAround && !changed(x + ahead, y + ahead)) ++ahead;
        if (!changed(x + ahead, y + ahead)) break;
        calm = 0;
      }
      AppendLine(body, ' ', old_lines[x]);
      ++x;
      ++y;
      ++calm;
    }
    out += fmt::format("@@ -{} +{} @@\n{}", Range(old_begin, x), Range(new_begin, y), body);
  }
  return out;
}

}  // namespace mlp::compiler
