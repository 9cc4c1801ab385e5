#include "compiler/driver/report.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "compiler/diag/render_github.hpp"
#include "compiler/diag/render_json.hpp"
#include "compiler/diag/render_sarif.hpp"
#include "compiler/diag/render_text.hpp"
#include "compiler/driver/commands.hpp"

namespace mlp::compiler {
namespace {

bool WantsColor() { return isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

/// Two policies of one run may read the same import: its findings are the same in both.
void DropRepeated(const SourceSet& sources, std::vector<Diagnostic>& diagnostics) {
  std::set<std::tuple<std::string_view, std::uint32_t, std::uint32_t, Code, std::string>> seen;
  std::vector<Diagnostic> kept;
  for (Diagnostic& diagnostic : diagnostics) {
    if (seen.emplace(sources.name(diagnostic.span.file), diagnostic.span.begin, diagnostic.span.end,
                     diagnostic.code, diagnostic.message)
            .second) {
      kept.push_back(std::move(diagnostic));
    }
  }
  diagnostics = std::move(kept);
}

void Tidy(const SourceSet& sources, Diagnostics& diagnostics) {
  diagnostics.Sort();
  DropRepeated(sources, diagnostics.all());
}

}  // namespace

std::string ReportJson(const SourceSet& sources, Diagnostics& diagnostics) {
  Tidy(sources, diagnostics);
  return RenderJson(sources, diagnostics.all());
}

void Report(const std::string& format, const SourceSet& sources, Diagnostics& diagnostics) {
  Tidy(sources, diagnostics);
  if (format == "json") {
    fmt::print("{}", RenderJson(sources, diagnostics.all()));
  } else if (format == "github") {
    fmt::print("{}", RenderGithub(sources, diagnostics.all()));
  } else if (format == "sarif") {
    fmt::print("{}", RenderSarif(sources, diagnostics.all(), {.tool_version = MLP_VERSION}));
  } else if (format == "short") {
    fmt::print(stderr, "{}", RenderShort(sources, diagnostics.all()));
  } else {
    fmt::print(stderr, "{}", RenderText(sources, diagnostics.all(), {.color = WantsColor()}));
  }
}

int ExitCodeOf(const Diagnostics& diagnostics, bool deny_warnings) {
  const bool denied =
      std::any_of(diagnostics.all().begin(), diagnostics.all().end(), [&](const Diagnostic& d) {
        return d.severity == Severity::kError ||
               (deny_warnings && d.severity == Severity::kWarning);
      });
  return denied ? kExitFindings : kExitDone;
}

}  // namespace mlp::compiler
