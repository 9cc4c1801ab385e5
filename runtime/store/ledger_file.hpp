// Money reserved and spent, per budget, value and period, in one SQLite file that any number of
// processes write.
//
// A reservation is made before money can be spent and settled when it is known what was. It ends by
// itself: once it expires it counts as spent in full, so that with any number of writers and a kill
// at any moment spent + reserved never passes a limit. A settlement that comes later corrects it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mlp/result.hpp"
#include "runtime/store/schema.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// A budget, for one value of its `per` attribute, and its limits in picodollars; INT64_MAX is
/// none. Days and months are those of UTC.
struct LedgerAccount {
  std::string budget;
  std::string value;  ///< empty where the budget has one ledger for all
  std::int64_t per_day_pico = INT64_MAX;
  std::int64_t per_month_pico = INT64_MAX;
  /// The share of each limit that reservations may fill; kHoldAny: they are never refused.
  std::uint32_t hold_ppm = 1'000'000;
};
inline constexpr std::uint32_t kHoldAny = UINT32_MAX;

/// An account's money in the periods that hold an instant, in picodollars.
struct LedgerUse {
  std::int64_t day_spent_pico = 0;
  std::int64_t day_reserved_pico = 0;
  std::int64_t month_spent_pico = 0;
  std::int64_t month_reserved_pico = 0;
};

/// An account's money in one period as it is written; the limit is the one last reserved under.
struct LedgerEntry {
  std::string budget;
  std::string value;
  bool month = false;
  std::int64_t start_s = 0;
  std::int64_t spent_pico = 0;
  std::int64_t reserved_pico = 0;
  std::int64_t limit_pico = INT64_MAX;
};

/// The first seconds of the UTC day and month of an instant.
[[nodiscard]] std::int64_t DayStart(std::int64_t at_s) noexcept;
[[nodiscard]] std::int64_t MonthStart(std::int64_t at_s) noexcept;
/// The first seconds of the next ones.
[[nodiscard]] std::int64_t DayEnd(std::int64_t at_s) noexcept;
[[nodiscard]] std::int64_t MonthEnd(std::int64_t at_s) noexcept;

/// What part of a limit is used, in parts per million, rounded down; 0 without a limit, all of one
/// that is 0.
[[nodiscard]] std::uint32_t SharePpm(std::int64_t used_pico, std::int64_t limit_pico) noexcept;

[[nodiscard]] FileKind LedgerFileKind() noexcept;
/// The schemas from which on there are tables of what is taken down, and of rollouts and
/// experiments.
inline constexpr std::int64_t kDownsSchema = 3;
inline constexpr std::int64_t kRolloutSchema = 4;
/// The entries of the day and month that hold an instant, by budget, value and period; for a
/// connection of any kind.
[[nodiscard]] Result<std::vector<LedgerEntry>> ReadLedger(Database& database, std::int64_t now_s);

/// One connection; not thread-safe. Changes are made between Begin and Commit. After an error the
/// transaction is rolled back, and nothing of it has happened.
class LedgerFile {
 public:
  /// Opens or creates the file; the error says what is wrong and how to mend it.
  [[nodiscard]] Status Open(const std::string& path);

  [[nodiscard]] Status Begin();
  /// What is committed outlives a kill and a failure of power.
  [[nodiscard]] Status Commit();
  void Rollback() noexcept;

  struct Grant {
    std::int64_t id = 0;         ///< of the reservation; 0: refused
    std::size_t refused_by = 0;  ///< the first account without room
    bool month = false;          ///< its month, else its day
    std::int64_t room_pico = 0;  ///< what it had left
    [[nodiscard]] bool ok() const { return id != 0; }
  };
  /// Reserves the amount (0 or more) in every account, or in none where one has no room for it.
  [[nodiscard]] Result<Grant> Reserve(std::span<const LedgerAccount> accounts,
                                      std::int64_t amount_pico, std::int64_t now_s,
                                      std::int64_t expires_s);
  /// Ends a reservation: `actual_pico` is what was spent, which may be more than was reserved where
  /// a provider did not keep to the limits. Of a reservation that had expired, the difference is
  /// booked. False where there is no such reservation, as when it was settled before.
  [[nodiscard]] Result<bool> Settle(std::int64_t id, std::int64_t actual_pico);
  /// Books the reservations that expired before `now_s` as spent and forgets what is too old to be
  /// corrected or shown. Returns how many expired.
  [[nodiscard]] Result<std::int64_t> Sweep(std::int64_t now_s);

  [[nodiscard]] Result<std::vector<LedgerEntry>> Entries(std::int64_t now_s) {
    return ReadLedger(database_, now_s);
  }
  [[nodiscard]] Result<LedgerUse> Use(const LedgerAccount& account, std::int64_t now_s);

 private:
  struct Row {
    std::int64_t id = 0;
    std::int64_t spent = 0;
    std::int64_t reserved = 0;
    std::int64_t limit = INT64_MAX;
  };
  [[nodiscard]] Status Prepare();
  [[nodiscard]] int Find(const LedgerAccount& account, bool month, std::int64_t now_s, Row& row);
  [[nodiscard]] int FindOrMake(const LedgerAccount& account, bool month, std::int64_t now_s,
                               Row& row);
  [[nodiscard]] Error Failure(int code);

  Database database_;
  Statement find_, make_, limit_, hold_, add_reservation_, add_hold_, reservation_, book_, end_,
      lapse_;
  Statement forget_holds_, expired_, old_reservations_, old_accounts_;
};

}  // namespace mlp
