#include <string_view>

#include <fmt/format.h>

#include "compiler/diag/render_text.hpp"
#include "compiler/source/utf8.hpp"
#include "compiler/testing/report.hpp"

namespace mlp::compiler {
namespace {

/// What XML 1.0 has no character for becomes U+FFFD. In an attribute a reader would make a blank of
/// a line end.
std::string Escaped(std::string_view text, bool attribute = true) {
  std::string escaped;
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text);
    const bool control = point.value < 0x20 && point.value != '\n' && point.value != '\t';
    if (!point.valid || control || point.value == 0xFFFE || point.value == 0xFFFF) {
      escaped += "\xEF\xBF\xBD";
    } else if (point.value == '&') {
      escaped += "&amp;";
    } else if (point.value == '<') {
      escaped += "&lt;";
    } else if (point.value == '>') {
      escaped += "&gt;";
    } else if (point.value == '"') {
      escaped += "&quot;";
    } else if (attribute && (point.value == '\n' || point.value == '\t')) {
      escaped += point.value == '\n' ? "&#10;" : "&#9;";
    } else {
      escaped += text.substr(0, point.length);
    }
    text.remove_prefix(point.length);
  }
  return escaped;
}

void AppendResult(std::string& out, const SourceSet& sources, const FileReport& file,
                  const TestResult& result) {
  out += fmt::format(R"(    <testcase name="{}" classname="{}" file="{}" line="{}" time="0")",
                     Escaped(result.name), Escaped(file.policy),
                     Escaped(sources.name(result.span.file)),
                     sources.Locate(result.span.file, result.span.begin).line);
  if (result.passed()) {
    out += "/>\n";
    return;
  }
  std::string message;
  std::string text;
  for (const Mismatch& mismatch : result.mismatches) {
    const LineColumn place = sources.Locate(mismatch.span.file, mismatch.span.begin);
    message += fmt::format("{}expected {}, but the decision is {}", message.empty() ? "" : "; ",
                           mismatch.expected, mismatch.actual);
    text += fmt::format("{}:{}:{}: expected {}\nbut the decision is {}\n",
                        sources.name(mismatch.span.file), place.line, place.column,
                        mismatch.expected, mismatch.actual);
  }
  out += fmt::format(">\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>\n",
                     Escaped(message), Escaped(result.mismatches.front().what),
                     Escaped(text + RenderText(result.decision), false));
}

}  // namespace

std::string RenderTestsJunit(const SourceSet& sources, const std::vector<FileReport>& files) {
  std::string suites;
  std::size_t errors = 0;
  for (const FileReport& file : files) {
    const TestCounts counts = Count({file});
    const std::size_t broken = file.broken ? 1 : 0;
    errors += broken;
    suites += fmt::format(
        R"(  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="0" time="0">)"
        "\n",
        Escaped(file.file), counts.run + broken, counts.failed, broken);
    if (file.broken) {
      suites += fmt::format(
          "    <testcase name=\"the policy has no errors\" classname=\"{}\" file=\"{}\" "
          "time=\"0\">\n      <error message=\"{}\" type=\"policy\">{}</error>\n    </testcase>\n",
          Escaped(file.file), Escaped(file.file), Escaped(CountText(file.diagnostics)),
          Escaped(RenderText(sources, file.diagnostics), false));
    }
    for (const TestResult& result : file.results) AppendResult(suites, sources, file, result);
    suites += "  </testsuite>\n";
  }
  const TestCounts counts = Count(files);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mlpc test\" tests=\"{}\" "
      "failures=\"{}\" errors=\"{}\" time=\"0\">\n{}</testsuites>\n",
      counts.run + errors, counts.failed, errors, suites);
}

}  // namespace mlp::compiler
