// A comparison for people, for a pull request and for programs.
#pragma once

#include <string>
#include <vector>

#include "compiler/diff/diff.hpp"

namespace mlp::compiler {

struct DiffNames {
  std::string older;  ///< as the user named it: `support.mlp`, `git:HEAD`
  std::string newer;
};

/// A line per region under a heading per weight, declarations beside them, and the bump at the end;
/// of more than 50 regions the first 50 with a count of the rest.
[[nodiscard]] std::string RenderText(const DiffResult& result, const DiffNames& names);
/// The same as GitHub's markdown, with witnesses folded away.
[[nodiscard]] std::string RenderMarkdown(const DiffResult& result, const DiffNames& names);
/// The contract's JSON, two-space indent.
[[nodiscard]] std::string RenderJson(const DiffResult& result);

[[nodiscard]] std::string RenderText(const std::vector<TimelineEntry>& timeline);
[[nodiscard]] std::string RenderMarkdown(const std::vector<TimelineEntry>& timeline);
/// `{"version":1,"dates":[{"date","because":[...],"regions":[...]}]}`; regions as a diff has them.
[[nodiscard]] std::string RenderJson(const std::vector<TimelineEntry>& timeline);

}  // namespace mlp::compiler
