#include "compiler/diag/snippet.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "compiler/source/utf8.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kTabStop = 4;
constexpr std::size_t kLongestLine = 240;  // bytes; longer ones are shown in a window
constexpr std::size_t kBefore = 80;        // bytes of the window before the span
constexpr std::string_view kCut = "...";

bool IsContinuation(char c) { return (c & '\xC0') == '\x80'; }

/// A position that does not split a character, at or after `at`.
std::size_t CharacterStart(std::string_view text, std::size_t at) {
  while (at < text.size() && IsContinuation(text[at])) ++at;
  return std::min(at, text.size());
}

}  // namespace

Snippet MakeSnippet(const SourceSet& sources, Span span) {
  const std::uint32_t line_number = sources.Locate(span.file, span.begin).line;
  const std::string_view line = sources.Line(span.file, line_number);
  const auto offset = line.data() - sources.text(span.file).data();
  const std::size_t line_begin = line.data() == nullptr ? span.begin : static_cast<size_t>(offset);
  const std::size_t begin =
      std::min(span.begin > line_begin ? span.begin - line_begin : 0, line.size());
  std::size_t end =
      std::clamp(span.end > line_begin ? span.end - line_begin : 0, begin, line.size());

  std::size_t from = 0;
  std::size_t to = line.size();
  if (line.size() > kLongestLine) {
    from = CharacterStart(line, begin > kBefore ? begin - kBefore : 0);
    to = CharacterStart(line, std::min(line.size(), from + kLongestLine));
    end = std::min(end, to);
  }

  Snippet snippet;
  if (from > 0) snippet.line += kCut;
  std::size_t column = snippet.line.size();
  std::size_t caret = column;
  std::size_t caret_end = column;
  for (std::size_t at = from; at < to;) {
    if (at <= begin) caret = column;
    const CodePoint point = DecodeUtf8(line.substr(at));
    if (point.value == '\t') {
      const std::size_t width = kTabStop - column % kTabStop;
      snippet.line.append(width, ' ');
      column += width;
    } else if (!point.valid || point.value < 0x20 || point.value == 0x7F) {
      snippet.line += "\xEF\xBF\xBD";
      column += 1;
    } else {
      snippet.line += line.substr(at, point.length);
      column += static_cast<std::size_t>(DisplayWidth(point.value));
    }
    at += point.length;
    if (at <= begin) caret = column;
    if (at <= end) caret_end = column;
  }
  if (to < line.size()) snippet.line += kCut;
  snippet.indent = caret;
  snippet.underline = caret_end > caret ? caret_end - caret : 1;
  return snippet;
}

}  // namespace mlp::compiler
