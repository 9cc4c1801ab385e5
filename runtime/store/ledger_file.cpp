#include "runtime/store/ledger_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "runtime/core/wide.hpp"

namespace mlp {
namespace {

// "mlpl", so that neither file is taken for the other.
constexpr std::int64_t kApplicationId = 0x6D6C706C;
constexpr std::int64_t kSecondsPerDay = 86'400;
// What is kept behind: days for looking back over two months, months for over a year, and expired
// reservations as long as a provider's usage may still come.
constexpr std::int64_t kKeepDaysS = 62 * kSecondsPerDay;
constexpr std::int64_t kKeepMonthsS = 400 * kSecondsPerDay;
constexpr std::int64_t kKeepExpiredS = kSecondsPerDay;

constexpr const char* kStep1 = R"sql(
CREATE TABLE accounts(
  id INTEGER PRIMARY KEY,
  budget TEXT NOT NULL,
  value TEXT NOT NULL,
  month INTEGER NOT NULL,    -- 0: a day, 1: a month
  start_s INTEGER NOT NULL,  -- a new period is a new row, so nothing is ever set back
  spent_pico INTEGER NOT NULL DEFAULT 0,
  reserved_pico INTEGER NOT NULL DEFAULT 0 CHECK (reserved_pico >= 0),
  UNIQUE(budget, value, month, start_s)
) STRICT;

CREATE TABLE reservations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: a late settlement finds its own or none
  amount_pico INTEGER NOT NULL CHECK (amount_pico >= 0),
  expires_s INTEGER NOT NULL,
  expired INTEGER NOT NULL DEFAULT 0     -- 1: booked as spent
) STRICT;
CREATE INDEX reservations_by_end ON reservations(expired, expires_s);

CREATE TABLE holds(
  reservation INTEGER NOT NULL REFERENCES reservations(id),
  account INTEGER NOT NULL REFERENCES accounts(id),
  PRIMARY KEY(reservation, account)
) STRICT, WITHOUT ROWID;
)sql";
// For those who read the file without the policy.
constexpr const char* kStep2 =
    "ALTER TABLE accounts ADD COLUMN limit_pico INTEGER NOT NULL DEFAULT 9223372036854775807";
// What operators took down (operator_downs.hpp).
constexpr const char* kStep3 = R"sql(
CREATE TABLE operator_downs(
  name TEXT PRIMARY KEY,     -- a model or a provider
  until_s INTEGER NOT NULL,  -- since 1970 UTC; the largest number: until it is taken up
  why TEXT NOT NULL,
  who TEXT NOT NULL,
  at_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";
// Rollouts (rollout_file.hpp) and experiments (experiment_file.hpp). Of units there is a hash.
constexpr const char* kStep4 = R"sql(
CREATE TABLE rollouts(
  id INTEGER PRIMARY KEY,
  salt TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  policy TEXT NOT NULL,
  plan TEXT NOT NULL,
  state TEXT NOT NULL,
  pending TEXT NOT NULL,           -- counts that are in no block yet
  pending_since_s INTEGER NOT NULL,
  sequence INTEGER NOT NULL,       -- of the next entry of its log
  planned_us INTEGER NOT NULL
) STRICT;

CREATE TABLE rollout_log(
  rollout INTEGER NOT NULL REFERENCES rollouts(id),
  sequence INTEGER NOT NULL,
  at_s INTEGER NOT NULL,
  kind TEXT NOT NULL,              -- started, block, move, edited
  input TEXT NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  changes TEXT NOT NULL,
  PRIMARY KEY(rollout, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollout_units(
  rollout INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  hour INTEGER NOT NULL,           -- since 1970, of its last call that counted
  step INTEGER NOT NULL,
  shown INTEGER NOT NULL,          -- bits: the events that it showed in that step
  PRIMARY KEY(rollout, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiments(
  id INTEGER PRIMARY KEY,
  salt TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  policy TEXT NOT NULL,
  plan TEXT NOT NULL,
  counts TEXT NOT NULL,
  started_s INTEGER NOT NULL,
  ended_s INTEGER NOT NULL,        -- 0: it runs
  ended_by TEXT NOT NULL
) STRICT;

CREATE TABLE experiment_units(
  experiment INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  PRIMARY KEY(experiment, unit)
) STRICT, WITHOUT ROWID;
)sql";
constexpr std::array kSteps{kStep1, kStep2, kStep3, kStep4};
constexpr std::uint64_t kPpm = 1'000'000;

std::optional<std::int64_t> Sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

/// What is left below the limit; below 0 where the limit was lowered meanwhile.
std::int64_t Room(std::int64_t limit, std::int64_t spent, std::int64_t reserved) {
  const std::optional<std::int64_t> used = Sum(spent, reserved);
  return used ? limit - *used : -1;
}

/// What of a limit reservations may fill.
std::int64_t Fillable(std::int64_t limit, std::uint32_t hold_ppm) {
  if (limit == INT64_MAX || hold_ppm == kHoldAny) return INT64_MAX;
  if (limit <= 0) return 0;
  const UInt128 part = UInt128{static_cast<std::uint64_t>(limit)} * hold_ppm / kPpm;
  return static_cast<std::int64_t>(std::min<UInt128>(part, INT64_MAX));
}

}  // namespace

std::int64_t DayStart(std::int64_t at_s) noexcept {
  std::int64_t day = at_s / kSecondsPerDay;
  if (day * kSecondsPerDay > at_s) --day;
  return day * kSecondsPerDay;
}

std::int64_t MonthStart(std::int64_t at_s) noexcept {
  const std::chrono::sys_days day{std::chrono::days{DayStart(at_s) / kSecondsPerDay}};
  const std::chrono::year_month_day date{day};
  const std::chrono::sys_days first{date.year() / date.month() / std::chrono::day{1}};
  return std::int64_t{first.time_since_epoch().count()} * kSecondsPerDay;
}

std::int64_t DayEnd(std::int64_t at_s) noexcept { return DayStart(at_s) + kSecondsPerDay; }

std::int64_t MonthEnd(std::int64_t at_s) noexcept {
  constexpr std::int64_t kLongestMonth = 31;
  return MonthStart(MonthStart(at_s) + kLongestMonth * kSecondsPerDay);
}

std::uint32_t SharePpm(std::int64_t used_pico, std::int64_t limit_pico) noexcept {
  if (limit_pico == INT64_MAX) return 0;
  if (limit_pico <= 0) return std::uint32_t{kPpm};
  const UInt128 share = UInt128{static_cast<std::uint64_t>(std::max(used_pico, std::int64_t{0}))} *
                        kPpm / static_cast<std::uint64_t>(limit_pico);
  return static_cast<std::uint32_t>(std::min<UInt128>(share, UINT32_MAX));
}

FileKind LedgerFileKind() noexcept { return {kApplicationId, kSteps, Journal::kRollback}; }

Result<std::vector<LedgerEntry>> ReadLedger(Database& database, std::int64_t now_s) {
  Statement statement;
  int code =
      statement.Prepare(database,
                        "SELECT budget, value, month, start_s, spent_pico, reserved_pico,"
                        " limit_pico FROM accounts WHERE start_s = CASE month WHEN 0 THEN ?1 ELSE"
                        " ?2 END ORDER BY budget, value, month");
  if (code == SQLITE_OK) {
    statement.Start().Int(DayStart(now_s)).Int(MonthStart(now_s));
    code = statement.Step();
  }
  std::vector<LedgerEntry> entries;
  for (; code == SQLITE_ROW; code = statement.Step()) {
    entries.push_back({std::string(statement.Characters(0)), std::string(statement.Characters(1)),
                       statement.Integer(2) != 0, statement.Integer(3), statement.Integer(4),
                       statement.Integer(5), statement.Integer(6)});
  }
  if (code != SQLITE_DONE) return Error{ErrorClass::kNone, Describe(code, database)};
  return entries;
}

Error LedgerFile::Failure(int code) {
  Error error{ErrorClass::kNone, Describe(code, database_)};
  Rollback();
  return error;
}

Status LedgerFile::Open(const std::string& path) {
  int code = database_.Open(path, Database::Mode::kReadWrite);
  if (code != SQLITE_OK) return Error{ErrorClass::kNone, Describe(code, database_)};
  if (Status status = PrepareToWrite(database_, LedgerFileKind()); !status) {
    return status;
  }
  return Prepare();
}

Status LedgerFile::Prepare() {
  struct Text {
    Statement& statement;
    const char* sql;
  };
  const std::array texts{
      Text{find_,
           "SELECT id, spent_pico, reserved_pico, limit_pico FROM accounts"
           " WHERE budget = ?1 AND value = ?2 AND month = ?3 AND start_s = ?4"},
      Text{make_, "INSERT INTO accounts(budget, value, month, start_s) VALUES(?1, ?2, ?3, ?4)"},
      Text{limit_, "UPDATE accounts SET limit_pico = ?1 WHERE id = ?2"},
      // Sums stop at what 63 bits hold, 9.2 million dollars: a larger one would be no integer, and
      // the table takes nothing else.
      Text{hold_,
           "UPDATE accounts SET reserved_pico = CASE WHEN reserved_pico > 9223372036854775807 - ?1"
           " THEN 9223372036854775807 ELSE reserved_pico + ?1 END WHERE id = ?2"},
      Text{add_reservation_, "INSERT INTO reservations(amount_pico, expires_s) VALUES(?1, ?2)"},
      Text{add_hold_, "INSERT INTO holds(reservation, account) VALUES(?1, ?2)"},
      Text{reservation_, "SELECT amount_pico, expired FROM reservations WHERE id = ?1"},
      // In each account of the reservation: what is spent more, what is reserved less.
      Text{book_,
           "UPDATE accounts SET spent_pico = CASE WHEN ?1 > 0 AND spent_pico > 9223372036854775807 "
           "- ?1"
           " THEN 9223372036854775807 ELSE spent_pico + ?1 END,"
           " reserved_pico = max(reserved_pico - ?2, 0)"
           " WHERE id IN (SELECT account FROM holds WHERE reservation = ?3)"},
      Text{end_, "DELETE FROM reservations WHERE id = ?1"},
      Text{lapse_, "UPDATE reservations SET expired = 1 WHERE id = ?1"},
      Text{forget_holds_, "DELETE FROM holds WHERE reservation = ?1"},
      Text{expired_,
           "SELECT id, amount_pico FROM reservations WHERE expired = 0 AND expires_s < ?1"
           " ORDER BY expires_s LIMIT 1"},
      Text{old_reservations_,
           "SELECT id, 0 FROM reservations WHERE expired = 1 AND expires_s < ?1"
           " ORDER BY expires_s LIMIT 1"},
      Text{old_accounts_,
           "DELETE FROM accounts WHERE start_s < CASE month WHEN 0 THEN ?1 ELSE ?2 END"
           " AND id NOT IN (SELECT account FROM holds)"},
  };
  for (const Text& text : texts) {
    if (const int code = text.statement.Prepare(database_, text.sql); code != SQLITE_OK) {
      return Failure(code);
    }
  }
  return Done{};
}

Status LedgerFile::Begin() {
  const int code = database_.Run("BEGIN IMMEDIATE");
  return code == SQLITE_OK ? Status(Done{}) : Status(Failure(code));
}

Status LedgerFile::Commit() {
  const int code = database_.Run("COMMIT");
  return code == SQLITE_OK ? Status(Done{}) : Status(Failure(code));
}

void LedgerFile::Rollback() noexcept {
  if (database_.get() != nullptr && sqlite3_get_autocommit(database_.get()) == 0) {
    static_cast<void>(database_.Run("ROLLBACK"));
  }
}

int LedgerFile::Find(const LedgerAccount& account, bool month, std::int64_t now_s, Row& row) {
  find_.Start().Text(account.budget).Text(account.value).Int(month ? 1 : 0);
  const int code = find_.Int(month ? MonthStart(now_s) : DayStart(now_s)).Step();
  if (code != SQLITE_ROW) return code;
  row = {find_.Integer(0), find_.Integer(1), find_.Integer(2), find_.Integer(3)};
  find_.Start();
  return SQLITE_ROW;
}

int LedgerFile::FindOrMake(const LedgerAccount& account, bool month, std::int64_t now_s, Row& row) {
  if (const int code = Find(account, month, now_s, row); code != SQLITE_DONE) return code;
  make_.Start().Text(account.budget).Text(account.value).Int(month ? 1 : 0);
  const int code = make_.Int(month ? MonthStart(now_s) : DayStart(now_s)).Step();
  if (code != SQLITE_DONE) return code;
  row = {sqlite3_last_insert_rowid(database_.get())};
  return SQLITE_ROW;
}

Result<LedgerFile::Grant> LedgerFile::Reserve(std::span<const LedgerAccount> accounts,
                                              std::int64_t amount_pico, std::int64_t now_s,
                                              std::int64_t expires_s) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    for (const bool month : {false, true}) {
      Row row;
      if (const int code = FindOrMake(accounts[i], month, now_s, row); code != SQLITE_ROW) {
        return Failure(code);
      }
      const std::int64_t limit = month ? accounts[i].per_month_pico : accounts[i].per_day_pico;
      if (limit != row.limit) {
        const int code = limit_.Start().Int(limit).Int(row.id).Step();
        if (code != SQLITE_DONE) return Failure(code);
      }
      const std::int64_t fillable = Fillable(limit, accounts[i].hold_ppm);
      const std::int64_t room = Room(fillable, row.spent, row.reserved);
      if (fillable != INT64_MAX && amount_pico > room) {
        return Grant{.refused_by = i, .month = month, .room_pico = room};
      }
      rows.push_back(row);
    }
  }
  int code = add_reservation_.Start().Int(amount_pico).Int(expires_s).Step();
  if (code != SQLITE_DONE) return Failure(code);
  const std::int64_t id = sqlite3_last_insert_rowid(database_.get());
  for (const Row& row : rows) {
    code = hold_.Start().Int(amount_pico).Int(row.id).Step();
    if (code == SQLITE_DONE) code = add_hold_.Start().Int(id).Int(row.id).Step();
    if (code != SQLITE_DONE) return Failure(code);
  }
  return Grant{.id = id};
}

Result<bool> LedgerFile::Settle(std::int64_t id, std::int64_t actual_pico) {
  int code = reservation_.Start().Int(id).Step();
  if (code == SQLITE_DONE) return false;
  if (code != SQLITE_ROW) return Failure(code);
  const std::int64_t amount = reservation_.Integer(0);
  const bool expired = reservation_.Integer(1) != 0;
  reservation_.Start();
  const std::int64_t more = expired ? actual_pico - amount : actual_pico;
  code = book_.Start().Int(more).Int(expired ? 0 : amount).Int(id).Step();
  if (code == SQLITE_DONE) code = forget_holds_.Start().Int(id).Step();
  if (code == SQLITE_DONE) code = end_.Start().Int(id).Step();
  if (code != SQLITE_DONE) return Failure(code);
  return true;
}

Result<std::int64_t> LedgerFile::Sweep(std::int64_t now_s) {
  std::int64_t count = 0;
  for (;; ++count) {
    int code = expired_.Start().Int(now_s).Step();
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) return Failure(code);
    const std::int64_t id = expired_.Integer(0);
    const std::int64_t amount = expired_.Integer(1);
    expired_.Start();
    code = book_.Start().Int(amount).Int(amount).Int(id).Step();
    if (code == SQLITE_DONE) code = lapse_.Start().Int(id).Step();
    if (code != SQLITE_DONE) return Failure(code);
  }
  for (;;) {
    int code = old_reservations_.Start().Int(now_s - kKeepExpiredS).Step();
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) return Failure(code);
    const std::int64_t id = old_reservations_.Integer(0);
    old_reservations_.Start();
    code = forget_holds_.Start().Int(id).Step();
    if (code == SQLITE_DONE) code = end_.Start().Int(id).Step();
    if (code != SQLITE_DONE) return Failure(code);
  }
  const int code = old_accounts_.Start().Int(now_s - kKeepDaysS).Int(now_s - kKeepMonthsS).Step();
  if (code != SQLITE_DONE) return Failure(code);
  return count;
}

Result<LedgerUse> LedgerFile::Use(const LedgerAccount& account, std::int64_t now_s) {
  LedgerUse use;
  for (const bool month : {false, true}) {
    Row row;
    const int code = Find(account, month, now_s, row);
    if (code != SQLITE_ROW && code != SQLITE_DONE) return Failure(code);
    (month ? use.month_spent_pico : use.day_spent_pico) = row.spent;
    (month ? use.month_reserved_pico : use.day_reserved_pico) = row.reserved;
  }
  return use;
}

}  // namespace mlp
