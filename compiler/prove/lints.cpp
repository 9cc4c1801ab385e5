#include "compiler/prove/lints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace mlp::compiler {
namespace {

Severity SeverityOf(LintLevel level) {
  switch (level) {
    case LintLevel::kOff:
    case LintLevel::kNote:
      return Severity::kNote;
    case LintLevel::kWarning:
      return Severity::kWarning;
    case LintLevel::kError:
      return Severity::kError;
  }
  return Severity::kWarning;
}

std::string_view WordOf(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "a note";
    case Severity::kWarning:
      return "a warning";
    case Severity::kError:
      return "an error";
  }
  return {};
}

}  // namespace

Lints::Lints(const PolicyModel& model) : model_(model), matched_(model.lints.size()) {}

void Lints::Apply(std::size_t first, Diagnostics& diagnostics) {
  std::vector<Diagnostic>& all = diagnostics.all();
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(std::min(first, all.size()));
  const auto kept = std::remove_if(begin, all.end(), [&](Diagnostic& diagnostic) {
    const auto found = std::find_if(
        model_.lints.begin(), model_.lints.end(),
        [&](const LintModel& lint) { return lint.code == Info(diagnostic.code).name; });
    if (found == model_.lints.end()) return false;
    matched_[static_cast<std::size_t>(found - model_.lints.begin())] = true;
    if (found->level == LintLevel::kOff) {
      ++off_count_;
      return true;
    }
    const Severity severity = SeverityOf(found->level);
    if (severity == diagnostic.severity) return false;
    diagnostic.severity = severity;
    diagnostic.related.push_back(
        {found->span, fmt::format("made {} here: {}", WordOf(severity), found->reason)});
    return false;
  });
  all.erase(kept, all.end());
}

void Lints::ReportUnused(Diagnostics& diagnostics) const {
  for (std::size_t i = 0; i < matched_.size(); ++i) {
    const LintModel& lint = model_.lints[i];
    if (matched_[i] || lint.code == Info(Code::k0503).name) continue;
    diagnostics
        .Add(Code::k0901, lint.span,
             fmt::format("no finding of this policy is {}, so this lint does nothing", lint.code))
        .help.emplace_back("remove it: it would hide the next one");
  }
}

}  // namespace mlp::compiler
