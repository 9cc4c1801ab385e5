#include <nlohmann/json.hpp>

#include "compiler/diag/render_json.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/testing/report.hpp"

namespace mlp::compiler {
namespace {

using Json = nlohmann::ordered_json;

void AddPlace(Json& json, const SourceSet& sources, Span span) {
  const LineColumn place = sources.Locate(span.file, span.begin);
  json["line"] = place.line;
  json["column"] = place.column;
}

Json ResultJson(const SourceSet& sources, const TestResult& result) {
  Json json{{"name", result.name}};
  AddPlace(json, sources, result.span);
  json["passed"] = result.passed();
  json["mismatches"] = Json::array();
  for (const Mismatch& mismatch : result.mismatches) {
    Json one{{"what", mismatch.what}, {"expected", mismatch.expected}, {"actual", mismatch.actual}};
    AddPlace(one, sources, mismatch.span);
    json["mismatches"].push_back(std::move(one));
  }
  json["decision"] = Json::parse(RenderJson(result.decision));
  return json;
}

Json CountJson(const Coverage::Count& count) {
  return {{"all", count.all}, {"reached", count.reached}, {"missed", Json::array()}};
}

Json CoverageJson(const SourceSet& sources, const Coverage& coverage) {
  Json json;
  json["routes"] = CountJson(coverage.routes);
  for (const Coverage::MissedRoute& missed : coverage.missed_routes) {
    Json one{{"route", missed.route}};
    AddPlace(one, sources, missed.span);
    json["routes"]["missed"].push_back(std::move(one));
  }
  json["steps"] = CountJson(coverage.steps);
  for (const Coverage::MissedStep& missed : coverage.missed_steps) {
    Json one{{"route", missed.route}, {"step", missed.step}};
    AddPlace(one, sources, missed.span);
    json["steps"]["missed"].push_back(std::move(one));
  }
  json["regions"] = nullptr;
  if (!coverage.regions_known) return json;
  json["regions"] = CountJson(coverage.regions);
  for (const MissedRegion& missed : coverage.missed_regions) {
    json["regions"]["missed"].push_back(
        {{"route", missed.route.empty() ? Json(nullptr) : Json(missed.route)},
         {"when", missed.when},
         {"from", missed.dated ? Json(FormatInstant(missed.from_s)) : Json(nullptr)},
         {"test", missed.test.empty() ? Json(nullptr) : Json(missed.test)}});
  }
  return json;
}

Json FileJson(const SourceSet& sources, const FileReport& file) {
  Json json{{"file", file.file},
            {"policy", file.policy.empty() ? Json(nullptr) : Json(file.policy)},
            {"declared", file.declared}};
  json["diagnostics"] =
      std::move(Json::parse(RenderJson(sources, file.diagnostics))["diagnostics"]);
  json["tests"] = Json::array();
  for (const TestResult& result : file.results)
    json["tests"].push_back(ResultJson(sources, result));
  json["coverage"] = file.coverage ? CoverageJson(sources, *file.coverage) : Json(nullptr);
  return json;
}

}  // namespace

std::string RenderTestsJson(const SourceSet& sources, const std::vector<FileReport>& files) {
  Json json{{"version", 1}, {"files", Json::array()}};
  std::size_t broken = 0;
  for (const FileReport& file : files) {
    json["files"].push_back(FileJson(sources, file));
    broken += file.broken ? 1U : 0U;
  }
  const TestCounts counts = Count(files);
  json["summary"] = {{"run", counts.run},
                     {"passed", counts.run - counts.failed},
                     {"failed", counts.failed},
                     {"brokenFiles", broken}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace mlp::compiler
