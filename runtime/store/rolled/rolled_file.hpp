// The sums of a record store's file, as they are read and written.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

#include "runtime/store/name_table.hpp"
#include "runtime/store/rolled/cell.hpp"
#include "runtime/store/rolled/totals.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// The schema from which on a file has sums.
inline constexpr std::int64_t kRolledSchema = 6;

/// How far a file has been rolled up, and what it no longer has. Instants are seconds since 1970;
/// each is a multiple of the next wider span.
struct RolledState {
  static constexpr std::int64_t kAll = -9'000'000'000'000;  ///< before every instant in us
  std::int64_t calls_to = 0;           ///< calls up to this row are in the sums
  std::int64_t calls_from_s = kAll;    ///< rows of calls begun before may be gone,
  std::int64_t minutes_from_s = kAll;  ///< and the sums of minutes before,
  std::int64_t hours_from_s = kAll;    ///< and of hours
  friend bool operator==(const RolledState&, const RolledState&) = default;
};
[[nodiscard]] int ReadState(Database& database, RolledState& state);
[[nodiscard]] int WriteState(Database& database, const RolledState& state);

/// Sums while they grow; within the caller's transaction. Returns SQLite's codes, SQLITE_CORRUPT
/// for what cannot be understood.
class RolledWriter {
 public:
  [[nodiscard]] int Prepare(Database& database, NameTable& names);
  /// Adds to the cell that is there.
  [[nodiscard]] int Add(RollLevel level, std::int64_t start_s, const CellKey& key,
                        const RolledCell& cell);
  [[nodiscard]] int Add(const CallTotals& totals);

 private:
  using KeyNumbers = std::array<std::int64_t, 4>;
  [[nodiscard]] bool Number(const std::string& policy, const std::array<std::string, 3>& names,
                            KeyNumbers& numbers);
  [[nodiscard]] int AddRow(const CallTotals::Row& row);

  NameTable* names_ = nullptr;
  Statement find_;
  Statement put_;
  Statement find_total_;
  Statement put_total_;
};

/// The columns of a cell behind its key, for a SELECT.
[[nodiscard]] std::string CellColumns();
/// Reads them from column `first` on and adds them to the cell; false where they are damaged or of
/// a newer mlp.
[[nodiscard]] bool ReadCell(const Statement& row, int first, RolledCell& cell);

}  // namespace mlp
