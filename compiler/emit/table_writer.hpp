// Tables as text: arrays of plain structs, one row a line.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "compiler/emit/writer.hpp"

namespace mlp::compiler::emit {

/// What refers to the array of these elements: its name, `{}` where there is none.
template <typename T>
std::string Ref(std::string_view name, std::span<const T> elements) {
  return elements.empty() ? "{}" : std::string(name);
}

class TableWriter : public Writer {
 public:
  /// `constexpr TYPE NAME[] = {` with one row per element; nothing for an empty span.
  template <typename T, typename RowText>
  void Array(std::string_view type, std::string_view name, std::span<const T> elements,
             RowText row) {
    if (elements.empty()) return;
    Line(fmt::format("constexpr {} {}[] = {{", type, name));
    {
      const Writer::Indent indent(*this);
      for (std::size_t i = 0; i < elements.size(); ++i) Line(row(elements[i], i));
    }
    Line("};");
  }

  /// An array of numbers, sixteen to a line; words of bits in hexadecimal.
  template <typename T>
  void Numbers(std::string_view type, std::string_view name, std::span<const T> numbers) {
    if (numbers.empty()) return;
    Line(fmt::format("constexpr {} {}[] = {{", type, name));
    {
      const Writer::Indent indent(*this);
      std::string line;
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        if constexpr (sizeof(T) == 8) {
          line += fmt::format("{:#x},", numbers[i]);
        } else {
          line += fmt::format("{},", numbers[i]);
        }
        if (i % 16 == 15 || i + 1 == numbers.size()) {
          Line(line);
          line.clear();
        } else {
          line += ' ';
        }
      }
    }
    Line("};");
  }

  /// An array of texts; returns as Ref.
  std::string Texts(const std::string& name, std::span<const std::string_view> texts);

  /// An empty line and a comment.
  void Section(std::string_view title);
};

}  // namespace mlp::compiler::emit
