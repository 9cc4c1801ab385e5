#include "compiler/diag/render_json.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "compiler/diag/witness.hpp"

namespace mlp::compiler {
namespace {

using Json = nlohmann::ordered_json;

Json RelatedJson(const SourceSet& sources, const Related& related) {
  const auto [line, column] = sources.Locate(related.span.file, related.span.begin);
  return {{"file", sources.name(related.span.file)},
          {"line", line},
          {"column", column},
          {"message", related.message}};
}

Json DiagnosticJson(const SourceSet& sources, const Diagnostic& diagnostic) {
  const Span span = diagnostic.span;
  const auto begin = sources.Locate(span.file, span.begin);
  const auto end = sources.Locate(span.file, span.end);
  Json related = Json::array();
  for (const Related& place : diagnostic.related) related.push_back(RelatedJson(sources, place));
  Json help = Json::array();
  for (const std::string& text : diagnostic.help) help.push_back(text);
  Json witness = nullptr;
  if (diagnostic.witness) {
    witness = Json::object();
    for (const auto& [name, value] : *diagnostic.witness) witness[name] = value;
  }
  return {{"code", Info(diagnostic.code).name},
          {"severity", ToString(diagnostic.severity)},
          {"message", diagnostic.message},
          {"file", sources.name(span.file)},
          {"line", begin.line},
          {"column", begin.column},
          {"endLine", end.line},
          {"endColumn", end.column},
          {"related", std::move(related)},
          {"help", std::move(help)},
          {"witness", std::move(witness)}};
}

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

}  // namespace

std::string RenderJson(const SourceSet& sources, const std::vector<Diagnostic>& diagnostics) {
  Json list = Json::array();
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const Diagnostic& diagnostic : diagnostics) {
    list.push_back(DiagnosticJson(sources, diagnostic));
    errors += diagnostic.severity == Severity::kError ? 1U : 0U;
    warnings += diagnostic.severity == Severity::kWarning ? 1U : 0U;
  }
  const Json document{{"version", 1},
                      {"diagnostics", std::move(list)},
                      {"summary", {{"errors", errors}, {"warnings", warnings}}}};
  // File names and messages may hold bytes that are not UTF-8; JSON may not.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string RenderGithub(const SourceSet& sources, const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) {
    const Span span = diagnostic.span;
    const auto begin = sources.Locate(span.file, span.begin);
    const auto end = sources.Locate(span.file, span.end);
    const bool note = diagnostic.severity == Severity::kNote;
    std::string message = diagnostic.message;
    for (const std::string& help : diagnostic.help) message += "\nhelp: " + help;
    if (diagnostic.witness) message += "\nwitness: " + WitnessWords(*diagnostic.witness);
    fmt::format_to(std::back_inserter(out),
                   "::{} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
                   note ? "notice" : ToString(diagnostic.severity),
                   Escaped(sources.name(span.file), true), begin.line, begin.column, end.line,
                   end.column, Info(diagnostic.code).name, Escaped(message, false));
  }
  return out;
}

}  // namespace mlp::compiler
