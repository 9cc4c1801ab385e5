// Keeps a record store's file small: sums up its calls, and deletes the rows and sums whose time
// is over, in short transactions.
#pragma once

#include <cstdint>

#include "mlp/record.hpp"
#include "mlp/result.hpp"
#include "runtime/store/call_rows.hpp"
#include "runtime/store/name_table.hpp"
#include "runtime/store/rolled/rolled_file.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// How long a store keeps what, in seconds; below 1 counts as 1, and nothing is kept shorter than
/// what is finer. Days are kept for good.
struct Retention {
  std::int64_t calls_s = INT64_MAX;
  std::int64_t minutes_s = INT64_MAX;
  std::int64_t hours_s = INT64_MAX;
};

/// What one step, or several, did.
struct UpkeepDone {
  std::uint64_t rolled = 0;   ///< calls that went into the sums
  std::uint64_t deleted = 0;  ///< calls whose rows went
  bool more = false;          ///< another step has something to do at once
};

/// Of the connection that alone writes the file; not thread-safe.
class Upkeep {
 public:
  [[nodiscard]] int Prepare(Database& database, NameTable& names);

  /// One transaction of a few thousand calls: the next ones go into the sums together with the mark
  /// of how far that is, so that a kill at any moment neither loses nor doubles one; once all are
  /// in, the next of those go whose time is over. Adds to `done`. After an error nothing has
  /// happened.
  [[nodiscard]] Status Step(const Retention& keep, std::int64_t now_us, UpkeepDone& done);

 private:
  [[nodiscard]] Status RollUp(RolledState& state, UpkeepDone& done);
  [[nodiscard]] int AddAll(const RolledState& state);
  [[nodiscard]] int Retain(const Retention& keep, std::int64_t now_s, RolledState& state,
                           UpkeepDone& done);
  [[nodiscard]] int DeleteCalls(RolledState& state, UpkeepDone& done);
  [[nodiscard]] int DeleteSums(RollLevel level, std::int64_t before_s, UpkeepDone& done);
  [[nodiscard]] int GivePagesBack(UpkeepDone& done);
  [[nodiscard]] Error Failure(int code) const;

  Database* database_ = nullptr;
  NameTable* names_ = nullptr;
  CallRows rows_;
  RolledWriter writer_;
  Statement next_calls_;
  Statement old_calls_;
  Statement delete_attempts_;
  Statement delete_feedback_;
  Statement delete_old_feedback_;
  Statement delete_call_;
  Statement last_call_;
  Statement first_sum_;
  Statement delete_sums_;
  CallRecord call_;
  std::map<std::int64_t, RolledCells> minutes_;  // by their first second
  CallTotals totals_;
};

}  // namespace mlp
