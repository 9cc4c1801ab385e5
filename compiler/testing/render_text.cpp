#include <algorithm>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "compiler/diagram/dates.hpp"
#include "compiler/testing/report.hpp"

namespace mlp::compiler {
namespace {

std::string Place(const SourceSet& sources, Span span) {
  const LineColumn place = sources.Locate(span.file, span.begin);
  return fmt::format("{}:{}:{}", sources.name(span.file), place.line, place.column);
}

std::string Indented(std::string_view text, std::size_t columns) {
  std::string indented;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    indented.append(columns, ' ');
    indented += text.substr(0, end);
    text.remove_prefix(end);
  }
  return indented;
}

std::string Plural(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

/// Never rounded up to 100%: `99.9%`.
std::string Percent(const Coverage::Count& count) {
  if (count.all == 0) return "100%";
  const std::size_t tenths = count.reached * 1'000 / count.all;
  return tenths % 10 == 0 ? fmt::format("{}%", tenths / 10)
                          : fmt::format("{}.{}%", tenths / 10, tenths % 10);
}

void AppendResult(std::string& out, const SourceSet& sources, const TestResult& result) {
  out += fmt::format("  {}  {}\n", result.passed() ? "ok  " : "FAIL", result.name);
  for (const Mismatch& mismatch : result.mismatches) {
    out += fmt::format("        {}: expected {}\n        but the decision is {}\n",
                       Place(sources, mismatch.span), mismatch.expected, mismatch.actual);
  }
  if (!result.passed()) out += Indented(RenderText(result.decision), 10);
}

void AppendMissedRegions(std::string& out, const Coverage& coverage, std::size_t most) {
  const std::size_t missed = coverage.regions.all - coverage.regions.reached;
  if (missed == 0) return;
  const std::size_t shown = std::min(most, coverage.missed_regions.size());
  out += fmt::format("  {} not reached{}\n", Plural(missed, "region"),
                     missed > shown ? fmt::format(", of which {} are shown", shown) : "");
  for (std::size_t i = 0; i < shown; ++i) {
    const MissedRegion& region = coverage.missed_regions[i];
    out +=
        fmt::format("    {}: {}{}\n", region.route.empty() ? "no route" : "route " + region.route,
                    region.when, region.dated ? " from " + FormatInstant(region.from_s) : "");
    out += Indented(region.test, 6);
  }
  out += "  these tests expect what is decided now: take over those that are meant so\n";
}

void AppendCoverage(std::string& out, const SourceSet& sources, const FileReport& file,
                    std::size_t most) {
  const Coverage& coverage = *file.coverage;
  const auto line = [&](std::string_view what, const Coverage::Count& count) {
    out += fmt::format("  {:<7}  {} of {}, {}\n", what, count.reached, count.all, Percent(count));
  };
  out += fmt::format("coverage of {}\n", file.file);
  line("routes", coverage.routes);
  line("steps", coverage.steps);
  if (coverage.regions_known) {
    line("regions", coverage.regions);
  } else {
    out += "  regions  not known: the decision diagram passed its budget (MLP0802)\n";
  }
  for (std::size_t i = 0; i < coverage.missed_routes.size(); ++i) {
    if (i == most) {
      out += fmt::format("  and {} more\n", coverage.missed_routes.size() - most);
      break;
    }
    const Coverage::MissedRoute& missed = coverage.missed_routes[i];
    out +=
        fmt::format("  no test reaches route {}, {}\n", missed.route, Place(sources, missed.span));
  }
  for (std::size_t i = 0; i < coverage.missed_steps.size(); ++i) {
    if (i == most) {
      out += fmt::format("  and {} more\n", coverage.missed_steps.size() - most);
      break;
    }
    const Coverage::MissedStep& missed = coverage.missed_steps[i];
    out += fmt::format("  no test reaches step {} of route {}, {}\n", missed.step, missed.route,
                       Place(sources, missed.span));
  }
  AppendMissedRegions(out, coverage, most);
}

}  // namespace

TestCounts Count(const std::vector<FileReport>& files) {
  TestCounts counts;
  for (const FileReport& file : files) {
    counts.run += file.results.size();
    counts.failed += static_cast<std::size_t>(
        std::count_if(file.results.begin(), file.results.end(),
                      [](const TestResult& result) { return !result.passed(); }));
  }
  return counts;
}

std::string RenderTestsText(const SourceSet& sources, const std::vector<FileReport>& files,
                            std::size_t most) {
  std::string out;
  for (const FileReport& file : files) {
    if (file.broken) {
      out += fmt::format("{}: no test ran, for the policy has errors\n", file.file);
      continue;
    }
    if (file.policy.empty()) {
      out += fmt::format("{}: no `policy`, so there is nothing to test\n", file.file);
      continue;
    }
    if (file.declared == 0) {
      out += fmt::format("{}: no tests\n", file.file);
    } else if (file.results.size() == file.declared) {
      out += fmt::format("{}: {}\n", file.file, Plural(file.declared, "test"));
    } else {
      out += fmt::format("{}: {} of {}\n", file.file, file.results.size(),
                         Plural(file.declared, "test"));
    }
    for (const TestResult& result : file.results) AppendResult(out, sources, result);
    if (file.coverage) AppendCoverage(out, sources, file, most);
  }
  const TestCounts counts = Count(files);
  out += fmt::format("{} passed, {} failed\n", counts.run - counts.failed, counts.failed);
  return out;
}

}  // namespace mlp::compiler
