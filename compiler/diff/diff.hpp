// What a new version of a policy changes: for which requests, from which decision to which, and
// what else it declares.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diff/arm_shifts.hpp"
#include "compiler/diff/change.hpp"
#include "compiler/diff/declarations.hpp"
#include "compiler/explain/explain.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// One version, checked and compiled. Borrowed.
struct DiffSide {
  const PolicyModel& model;
  const Tables& tables;
  const SourceSet& sources;
};

/// How much a version number must move: no difference, declarations alone, some region or a changed
/// rollout, budget or experiment, something breaking.
enum class Bump : std::uint8_t { kNone, kPatch, kMinor, kMajor };
[[nodiscard]] std::string_view NameOf(Bump bump);

/// A request in numbers, per axis of the comparison; kAnyCode where any will do.
inline constexpr std::int32_t kAnyCode = -1;

struct DiffRegion {
  Change change;
  std::string when;                  ///< `tier == free and input + output > 200K, from 2027-01-14`
  std::optional<double> share;       ///< of the recorded traffic
  std::vector<std::size_t> records;  ///< numbers of the recorded requests that lie in it
  Explanation older;                 ///< at the witness
  Explanation newer;
  std::string older_at;  ///< `file:line` of the route, or of the policy without one
  std::string newer_at;
  Witness witness;
  std::optional<std::int64_t> rise_micro;  ///< of the worst chain at the witness, over the old one
};

struct DiffResult {
  std::vector<DiffRegion> regions;  ///< breaking ones first, then by class
  std::vector<DeclarationChange> declarations;
  std::vector<ArmShift> arms;  ///< of every rollout and experiment
  Bump bump = Bump::kNone;
  std::string older_version;
  std::string newer_version;
  std::optional<std::size_t> traffic;  ///< recorded requests that could be read
  [[nodiscard]] bool same() const { return regions.empty() && declarations.empty(); }
  [[nodiscard]] bool breaking() const;
  /// Whether the new version's number moves less than `bump` asks.
  [[nodiscard]] bool under_versioned() const;
  [[nodiscard]] std::array<std::size_t, kChangeClassCount> Counts() const;
};

struct DiffOptions {
  std::int64_t tolerance_micro = 0;  ///< a chain that costs up to this share more is as dear
  /// Recorded requests: attribute names and values as command lines have them, each with the date
  /// where one was recorded.
  struct Recorded {
    AttributeWords words;
    std::optional<std::int64_t> at_s;
  };
  std::optional<std::vector<Recorded>> traffic;
  std::size_t most_regions = 20'000;
  MddBudget budget;  ///< of each side's diagram; their comparison has twice as much
  std::uint64_t token_steps = 40'000'000;  ///< searches for a point between lines, about 1 us each
};

/// Whether a version (`old`, `new`, `only` in messages) can be compared with any other. False, with
/// MLP0803 at `policy`, where its own diagram passed the budget: then the other one need not even
/// be compiled.
[[nodiscard]] bool CanBeCompared(const Tables& tables, std::string_view version, Span policy,
                                 Diagnostics& diagnostics);

/// Nothing where the comparison passes a limit: then MLP0803 says which.
[[nodiscard]] std::optional<DiffResult> Diff(const DiffSide& older, const DiffSide& newer,
                                             const DiffOptions& options, Diagnostics& diagnostics);

/// The decisions of one policy at an instant, compared with those just before.
struct TimelineEntry {
  std::int64_t at_s = 0;
  std::vector<std::string> because;  ///< `gpt-4o retires`
  std::vector<DiffRegion> regions;   ///< as in a DiffResult
};

/// The instants after `from_s` and up to `to_s` on which decisions change by themselves. Instants
/// outside the horizon are left out.
[[nodiscard]] std::optional<std::vector<TimelineEntry>> Timeline(const DiffSide& policy,
                                                                 std::int64_t from_s,
                                                                 std::int64_t to_s,
                                                                 const DiffOptions& options,
                                                                 Diagnostics& diagnostics);

}  // namespace mlp::compiler
