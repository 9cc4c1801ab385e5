#include "compiler/source/source_set.hpp"

#include <algorithm>
#include <utility>

#include "compiler/source/utf8.hpp"

namespace mlp::compiler {
namespace {

std::uint32_t MarkSize(std::string_view text) {
  return text.substr(0, kByteOrderMark.size()) == kByteOrderMark
             ? static_cast<std::uint32_t>(kByteOrderMark.size())
             : 0;
}

}  // namespace

FileId SourceSet::Add(std::string name, std::string text) {
  File& file = files_.emplace_back();
  file.name = std::move(name);
  file.text = std::move(text);
  file.line_starts.push_back(MarkSize(file.text));
  for (std::size_t end = file.text.find('\n'); end != std::string::npos;
       end = file.text.find('\n', end + 1)) {
    file.line_starts.push_back(static_cast<std::uint32_t>(end + 1));
  }
  return static_cast<FileId>(files_.size() - 1);
}

LineColumn SourceSet::Locate(FileId file, std::uint32_t byte) const {
  const File& source = files_[file];
  const auto& starts = source.line_starts;
  const auto after = std::upper_bound(starts.begin(), starts.end(), byte);
  const auto line = static_cast<std::uint32_t>(std::max<std::ptrdiff_t>(after - starts.begin(), 1));
  const std::uint32_t start = starts[line - 1];
  const std::uint32_t end =
      std::max(start, std::min(byte, static_cast<std::uint32_t>(source.text.size())));
  // Every byte but a continuation byte begins a character; right for wrong bytes too, nearly.
  const auto column = std::count_if(source.text.begin() + start, source.text.begin() + end,
                                    [](char c) { return (c & '\xC0') != '\x80'; });
  return {line, static_cast<std::uint32_t>(column) + 1};
}

std::string_view SourceSet::Line(FileId file, std::uint32_t line) const {
  const File& source = files_[file];
  if (line == 0 || line > source.line_starts.size()) return {};
  const std::size_t begin = source.line_starts[line - 1];
  std::string_view text = std::string_view(source.text).substr(begin);
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

}  // namespace mlp::compiler
