#include "compiler/diag/render_json.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>

#include "compiler/diag/places.hpp"
#include "compiler/diag/witness.hpp"

namespace mlp::compiler {
namespace {

using Json = nlohmann::ordered_json;

Json RelatedJson(const SourceSet& sources, Places& places, const Related& related) {
  const auto [line, column] = places.Locate(related.span.file, related.span.begin);
  return {{"file", sources.name(related.span.file)},
          {"line", line},
          {"column", column},
          {"message", related.message}};
}

Json DiagnosticJson(const SourceSet& sources, Places& places, const Diagnostic& diagnostic) {
  const Span span = diagnostic.span;
  const auto begin = places.Locate(span.file, span.begin);
  const auto end = places.Locate(span.file, span.end);
  Json related = Json::array();
  Places related_places(sources);
  for (const Related& place : diagnostic.related)
    related.push_back(RelatedJson(sources, related_places, place));
  Json help = Json::array();
  for (const std::string& text : diagnostic.help) help.push_back(text);
  Json witness = nullptr;
  if (diagnostic.witness) {
    witness = Json::object();
    for (const auto& [name, value] : Joined(*diagnostic.witness)) witness[name] = value;
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

}  // namespace

std::string RenderJson(const SourceSet& sources, const std::vector<Diagnostic>& diagnostics) {
  Json list = Json::array();
  Places places(sources);
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const Diagnostic& diagnostic : diagnostics) {
    list.push_back(DiagnosticJson(sources, places, diagnostic));
    errors += diagnostic.severity == Severity::kError ? 1U : 0U;
    warnings += diagnostic.severity == Severity::kWarning ? 1U : 0U;
  }
  const Json document{{"version", 1},
                      {"diagnostics", std::move(list)},
                      {"summary", {{"errors", errors}, {"warnings", warnings}}}};
  // File names and messages may hold bytes that are not UTF-8; JSON may not.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace mlp::compiler
