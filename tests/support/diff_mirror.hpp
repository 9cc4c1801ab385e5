// A comparison and the one the other way round: regions as classes of recorded requests.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "compiler/diff/diff.hpp"

namespace mlp::test {

/// The class of the same change with old and new in each other's place.
[[nodiscard]] compiler::ChangeClass Mirrored(compiler::ChangeClass change);

/// A region's witness as a recorded request; without a date where it names none.
[[nodiscard]] compiler::DiffOptions::Recorded RecordOf(const compiler::DiffRegion& region);

struct RecordClasses {
  /// Per record the class of the region that it lies in, the first of several; nothing where it
  /// lies in none.
  std::vector<std::optional<compiler::ChangeClass>> of;
  std::optional<std::size_t> twice;  ///< a record that lies in two regions
};
/// `count` records were given as traffic.
[[nodiscard]] RecordClasses ClassesOfRecords(const compiler::DiffResult& result, std::size_t count);

}  // namespace mlp::test
