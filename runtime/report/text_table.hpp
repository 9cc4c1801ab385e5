// A table of aligned columns for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mlp {

/// The first column is left-aligned and gives way where a row would pass the width; the others are
/// right-aligned. Cells are UTF-8, each code point one column wide.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> heading) { rows_.push_back(std::move(heading)); }

  /// As many cells as the heading has.
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  /// Lines that end with a line break, without blanks before it.
  [[nodiscard]] std::string Render(std::size_t width) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// How many columns a text takes: its code points.
[[nodiscard]] std::size_t TextWidth(const std::string& text);

/// Words behind `line`, as many to a line as fit, the next lines under the first word.
[[nodiscard]] std::string Wrapped(std::string line, const std::vector<std::string>& words,
                                  std::size_t width);
/// A text broken at its blanks, each line behind `indent` ones; empty of an empty text.
[[nodiscard]] std::string Paragraph(std::string_view text, std::size_t indent, std::size_t width);

}  // namespace mlp
