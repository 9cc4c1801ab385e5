#include "runtime/report/text_table.hpp"

#include <algorithm>
#include <numeric>

namespace mlp {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastFirst = 8;  // the first column stays at least this wide

bool IsTail(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// The text itself, or as much of it as fits before an ellipsis.
std::string Fit(const std::string& text, std::size_t width) {
  if (TextWidth(text) <= width) return text;
  std::size_t end = 0;
  for (std::size_t points = 0; end < text.size(); ++end) {
    if (!IsTail(text[end]) && ++points == width) break;
  }
  return text.substr(0, end) + "…";
}

}  // namespace

std::size_t TextWidth(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !IsTail(byte); }));
}

std::string TextTable::Render(std::size_t width) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], TextWidth(row[i]));
    }
  }
  const std::size_t others =
      std::accumulate(widths.begin() + 1, widths.end(), std::size_t{0},
                      [](std::size_t sum, std::size_t each) { return sum + kGap + each; });
  const std::size_t room = width > others ? width - others : 0;
  widths[0] = std::min(widths[0], std::max(room, kLeastFirst));

  std::string text;
  for (const auto& row : rows_) {
    std::string line = Fit(row[0], widths[0]);
    line.append(widths[0] - TextWidth(line), ' ');
    for (std::size_t i = 1; i < widths.size(); ++i) {
      line.append(kGap + widths[i] - TextWidth(row[i]), ' ');
      line += row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string Wrapped(std::string line, const std::vector<std::string>& words, std::size_t width) {
  const std::size_t indent = line.size();
  std::string text;
  bool first = true;
  for (const std::string& word : words) {
    if (!first && TextWidth(line) + TextWidth(word) > width) {
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
      line.assign(indent, ' ');
    }
    line += word + " ";
    first = false;
  }
  return text + line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

std::string Paragraph(std::string_view text, std::size_t indent, std::size_t width) {
  std::vector<std::string> words;
  while (!text.empty()) {
    words.emplace_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(words.back().size() + 1, text.size()));
  }
  return words.empty() ? std::string() : Wrapped(std::string(indent, ' '), words, width);
}

}  // namespace mlp
