#include "compiler/diff/diff.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagram/dates.hpp"
#include "compiler/diff/comparison.hpp"
#include "compiler/diff/region_writer.hpp"
#include "compiler/diff/traffic.hpp"

namespace mlp::compiler {
namespace {

/// MAJOR.MINOR.PATCH; what follows a `-` or `+` does not count.
std::optional<std::array<std::uint32_t, 3>> ReadVersion(std::string_view text) {
  text = text.substr(0, text.find_first_of("-+"));
  std::array<std::uint32_t, 3> numbers{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, numbers[i]);
    if (error != std::errc()) return std::nullopt;
    at = next;
  }
  return at == end ? std::optional(numbers) : std::nullopt;
}

Bump BumpBetween(const std::string& older, const std::string& newer) {
  const auto before = ReadVersion(older);
  const auto after = ReadVersion(newer);
  if (!before || !after) return older == newer ? Bump::kNone : Bump::kMajor;
  if (*after <= *before) return Bump::kNone;
  if ((*after)[0] != (*before)[0]) return Bump::kMajor;
  // Before 1.0.0 the second number stands for breaking changes too.
  if ((*after)[1] != (*before)[1]) return (*after)[0] == 0 ? Bump::kMajor : Bump::kMinor;
  return Bump::kPatch;
}

Bump BumpFor(const DiffResult& result) {
  if (result.breaking()) return Bump::kMajor;
  const bool moves = std::any_of(
      result.declarations.begin(), result.declarations.end(), [](const DeclarationChange& change) {
        return change.kind == "rollout" || change.kind == "budget" || change.kind == "experiment";
      });
  if (!result.regions.empty() || moves) return Bump::kMinor;
  return result.declarations.empty() ? Bump::kNone : Bump::kPatch;
}

}  // namespace

std::string_view NameOf(Bump bump) {
  switch (bump) {
    case Bump::kNone:
      return "none";
    case Bump::kPatch:
      return "patch";
    case Bump::kMinor:
      return "minor";
    case Bump::kMajor:
      return "major";
  }
  return {};
}

bool DiffResult::breaking() const {
  return std::any_of(regions.begin(), regions.end(),
                     [](const DiffRegion& region) { return !region.change.breaking.empty(); }) ||
         std::any_of(declarations.begin(), declarations.end(),
                     [](const DeclarationChange& change) { return !change.breaking.empty(); });
}

bool DiffResult::under_versioned() const {
  return BumpBetween(older_version, newer_version) < bump;
}

std::array<std::size_t, kChangeClassCount> DiffResult::Counts() const {
  std::array<std::size_t, kChangeClassCount> counts{};
  for (const DiffRegion& region : regions) {
    ++counts[static_cast<std::size_t>(region.change.change)];
  }
  return counts;
}

bool CanBeCompared(const Tables& tables, std::string_view version, Span policy,
                   Diagnostics& diagnostics) {
  // What passed the budget by itself would only pass it again.
  if (tables.bitsets.term_count == 0) return true;
  TooTangled(version, policy, diagnostics);
  return false;
}

std::optional<DiffResult> Diff(const DiffSide& older, const DiffSide& newer,
                               const DiffOptions& options, Diagnostics& diagnostics) {
  if (!CanBeCompared(newer.tables, "new", newer.model.span, diagnostics)) return std::nullopt;
  if (!CanBeCompared(older.tables, "old", newer.model.span, diagnostics)) return std::nullopt;
  const std::vector<std::int64_t> cuts = JointCutPoints(older.model, newer.model);
  ChangeMapOptions map_options;
  map_options.tolerance_micro = options.tolerance_micro;
  map_options.steps = options.token_steps;
  const std::unique_ptr<Comparison> comparison = Comparison::Make(
      older.model, newer.model, cuts.size(), map_options, options.budget, diagnostics);
  if (!comparison) return std::nullopt;
  for (const std::int64_t at_s : cuts) {
    if (!comparison->Compare({at_s, at_s})) return std::nullopt;
  }
  const auto cubes = comparison->Cubes(options.most_regions);
  if (!cubes) return std::nullopt;

  DiffResult result;
  result.older_version = older.model.version;
  result.newer_version = newer.model.version;
  std::optional<RecordedTraffic> traffic;
  if (options.traffic) traffic.emplace(*comparison, *options.traffic);
  const RegionWriter writer(*comparison, older, newer, true);
  for (const Cube& cube : *cubes) {
    auto region = writer.Write(cube);
    if (!region) continue;
    if (traffic) region->records = traffic->In(cube);
    if (traffic && traffic->readable() > 0) {
      region->share =
          static_cast<double>(region->records.size()) / static_cast<double>(traffic->readable());
    }
    result.regions.push_back(*std::move(region));
  }
  if (traffic) result.traffic = traffic->readable();
  SortRegions(result.regions);
  result.declarations =
      CompareDeclarations({older.model, older.sources}, {newer.model, newer.sources});
  result.arms = CompareArms(older.model, newer.model);
  result.bump = BumpFor(result);
  return result;
}

}  // namespace mlp::compiler
