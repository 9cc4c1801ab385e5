// Reading one file of a record store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "mlp/record.hpp"
#include "mlp/result.hpp"
#include "runtime/store/call_rows.hpp"
#include "runtime/store/reader.hpp"
#include "runtime/store/rolled/rolled_file.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// One connection that only reads; not thread-safe.
class StoreFileReader {
 public:
  [[nodiscard]] Status Open(const std::string& path);

  /// Until End all that is read is as of one instant.
  [[nodiscard]] Status Begin();
  void End() noexcept;

  /// How far it is rolled up; of an empty file or one of before, not at all.
  [[nodiscard]] Result<RolledState> State();
  /// Widens [from_us, to_us) by what the file has, in rows and in sums.
  [[nodiscard]] Status AddExtent(std::int64_t& from_us, std::int64_t& to_us);
  /// The rows of calls begun in [from_us, to_us), counted to `most` at most.
  [[nodiscard]] Result<std::int64_t> CountCalls(std::int64_t from_us, std::int64_t to_us,
                                                std::int64_t most);

  enum class Which { kAll, kSummed, kUnsummed };
  /// In the order of writing; `visit` returns whether to go on.
  [[nodiscard]] Status ForEachCall(Which which, std::int64_t from_us, std::int64_t to_us,
                                   const std::function<bool(const CallRecord&)>& visit);
  [[nodiscard]] Status ForEachCell(RollLevel level, std::int64_t from_us, std::int64_t to_us,
                                   const StoreReader::CellVisit& visit);
  [[nodiscard]] Status AddTotals(CallTotals& totals);
  [[nodiscard]] Status ForEachFeedback(std::int64_t from_us, std::int64_t to_us,
                                       const std::function<void(const Feedback&)>& visit);
  [[nodiscard]] Status AddLosses(std::int64_t from_us, std::int64_t to_us, LossCount& count);

 private:
  [[nodiscard]] Error Failure(int code) const;
  [[nodiscard]] int Prepare();
  [[nodiscard]] Status ShowCalls(const std::function<bool(const CallRecord&)>& visit);

  Database database_;
  std::int64_t schema_ = 0;  // 0: no table yet
  CallRows rows_;
  Statement ids_;
  Statement calls_;
  Statement count_;
  Statement extent_;
  Statement sums_extent_;
  Statement cells_;
  Statement totals_;
  Statement feedback_;
  Statement losses_;
};

}  // namespace mlp
