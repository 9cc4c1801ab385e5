// Reading a record store, also while services write it: all files of the store merged, each over
// one connection that only reads.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "mlp/record.hpp"
#include "mlp/result.hpp"
#include "runtime/store/rolled/cell.hpp"
#include "runtime/store/rolled/reading_plan.hpp"
#include "runtime/store/rolled/totals.hpp"

namespace mlp {

class StoreFileReader;

/// Counts of calls that are not in the store.
struct LossCount {
  std::int64_t dropped = 0;  ///< a queue was full
  std::int64_t lost = 0;     ///< writing failed
};

/// What ForEachRecorded is asked for.
struct RecordedWindow {
  std::int64_t from_us = std::numeric_limits<std::int64_t>::min();
  std::int64_t to_us = std::numeric_limits<std::int64_t>::max();
  std::int64_t grain_us = 0;  ///< see PlanReading
  /// Up to so many calls are shown one by one, where their rows are all there.
  std::int64_t most_rows = std::numeric_limits<std::int64_t>::max();
};

/// What it showed: wider than asked for where only sums are kept.
struct RecordedSpan {
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
  bool summed = false;  ///< sums were among it
};

/// Not thread-safe.
class StoreReader {
 public:
  /// Opens the files PATH, PATH.2, PATH.3 ... that exist; an error where there is none, or one is
  /// not a store.
  static Result<StoreReader> Open(const std::string& path);

  StoreReader(StoreReader&&) noexcept;
  StoreReader& operator=(StoreReader&&) noexcept;
  ~StoreReader();

  using CallVisit = std::function<void(const CallRecord&)>;
  using CellVisit =
      std::function<void(std::int64_t start_us, const CellKey& key, const RolledCell& cell)>;

  /// Shows each call begun in [from_us, to_us) whose row is kept to `visit`, file after file and
  /// within a file in the order of writing; stops when it returns false. Each file is shown as of
  /// one instant. The record lives for the call of `visit` only.
  Status ForEachCall(std::int64_t from_us, std::int64_t to_us,
                     const std::function<bool(const CallRecord&)>& visit);

  /// Shows each call of the window once, by itself or in sums, as of one instant. Sums are exact;
  /// of times they know histograms.
  Result<RecordedSpan> ForEachRecorded(const RecordedWindow& window, const CallVisit& on_call,
                                       const CellVisit& on_cell);
  /// From when on the whole store has what.
  Result<KeptFrom> Kept();
  /// Adds all calls that there ever were.
  Status AddTotals(CallTotals& totals);

  /// Shows what users made of answers, by the time that they said so, as long as their calls are
  /// kept.
  Status ForEachFeedback(std::int64_t from_us, std::int64_t to_us,
                         const std::function<void(const Feedback&)>& visit);

  /// What was noted as missing in [from_us, to_us).
  Result<LossCount> CountLosses(std::int64_t from_us, std::int64_t to_us);

  [[nodiscard]] const std::vector<std::string>& files() const noexcept { return files_; }

 private:
  class Instant;
  StoreReader();

  std::vector<std::string> files_;
  std::vector<std::unique_ptr<StoreFileReader>> open_;  // parallel to files_
};

}  // namespace mlp
