#include "compiler/diag/render_github.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "compiler/diag/places.hpp"
#include "compiler/diag/witness.hpp"

namespace mlp::compiler {
namespace {

/// The escapes of workflow commands; properties escape `:` and `,` too.
std::string Escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string Message(const SourceSet& sources, const Diagnostic& diagnostic) {
  std::string message = diagnostic.message;
  Places places(sources);
  for (const Related& related : diagnostic.related) {
    const LineColumn at = places.Locate(related.span.file, related.span.begin);
    fmt::format_to(std::back_inserter(message), "\n{}:{}:{}: note: {}",
                   sources.name(related.span.file), at.line, at.column, related.message);
  }
  for (const std::string& help : diagnostic.help) message += "\nhelp: " + help;
  if (diagnostic.witness && !diagnostic.witness->empty()) {
    message += "\nwitness: " + WitnessWords(*diagnostic.witness);
  }
  return message;
}

}  // namespace

std::string RenderGithub(const SourceSet& sources, const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  Places places(sources);
  for (const Diagnostic& diagnostic : diagnostics) {
    const Span span = diagnostic.span;
    const LineColumn begin = places.Locate(span.file, span.begin);
    const LineColumn end = places.Locate(span.file, span.end);
    const bool note = diagnostic.severity == Severity::kNote;
    fmt::format_to(std::back_inserter(out), "::{} file={},line={},endLine={}",
                   note ? "notice" : ToString(diagnostic.severity),
                   Escaped(sources.name(span.file), true), begin.line, end.line);
    if (begin.line == end.line) {
      fmt::format_to(std::back_inserter(out), ",col={},endColumn={}", begin.column, end.column);
    }
    const CodeInfo& info = Info(diagnostic.code);
    fmt::format_to(std::back_inserter(out), ",title={}::{}\n",
                   Escaped(fmt::format("{} {}", info.name, info.title), true),
                   Escaped(Message(sources, diagnostic), false));
  }
  return out;
}

}  // namespace mlp::compiler
