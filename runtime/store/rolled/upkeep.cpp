#include "runtime/store/rolled/upkeep.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runtime/core/floor_divide.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
// Of a step: some 50 ms of the writer's time (2 cores at 2.6 GHz, 2026-11-21).
constexpr std::int64_t kCallsRolled = 4'096;
constexpr std::int64_t kCallsDeleted = 1'024;
constexpr std::int64_t kSumsSpan_s = 3'600;  // minutes of an hour go together
constexpr std::int64_t kFarAhead_s = 31 * std::int64_t{86'400};
// Free pages are used again by the next calls. Only where a quarter of a file is free, as after a
// shorter time to keep, is it cut, so many pages at a time.
constexpr std::int64_t kFreeShare = 4;
constexpr std::int64_t kLeastFreePages = 1'024;

int Finish(Statement& statement) {
  const int code = statement.Step();
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

// The instant that lies `keep_s` back, on a border of the wider span.
std::int64_t Before(std::int64_t now_s, std::int64_t keep_s, std::int64_t border_s) {
  std::int64_t at_s = 0;
  if (__builtin_sub_overflow(now_s, keep_s, &at_s)) return RolledState::kAll;
  return std::max(FloorTo(std::max(at_s, RolledState::kAll), border_s), RolledState::kAll);
}

// A clock that once ran far ahead left marks in what is now the future. What it took is gone; the
// next spans are whole again. Marks that are a little ahead are left: their time comes.
void BringBack(RolledState& state, std::int64_t now_s) {
  const auto next = [now_s](std::int64_t& from_s, RollLevel border) {
    const std::int64_t span_s = SpanSeconds(border);
    if (from_s > now_s + kFarAhead_s) from_s = FloorTo(now_s, span_s) + span_s;
  };
  next(state.calls_from_s, RollLevel::kMinute);
  next(state.minutes_from_s, RollLevel::kHour);
  next(state.hours_from_s, RollLevel::kDay);
}

}  // namespace

int Upkeep::Prepare(Database& database, NameTable& names) {
  database_ = &database;
  names_ = &names;
  const std::string next = CallRows::Columns(kRolledSchema) + "WHERE id > ? ORDER BY id LIMIT ?";
  const std::pair<Statement*, const char*> statements[] = {
      {&next_calls_, next.c_str()},
      {&old_calls_, "SELECT id, call_id FROM calls WHERE started_us < ? AND id <= ? LIMIT ?"},
      {&delete_attempts_, "DELETE FROM attempts WHERE call = ?"},
      {&delete_feedback_, "DELETE FROM feedback WHERE call_id = ?"},
      // Of calls that other files hold, or none: a mark is no older than its call. The oldest have
      // the lowest numbers.
      {&delete_old_feedback_,
       "DELETE FROM feedback WHERE rowid IN (SELECT rowid FROM feedback ORDER BY rowid LIMIT 256)"
       " AND at_us < ?"},
      {&delete_call_, "DELETE FROM calls WHERE id = ?"},
      {&last_call_, "SELECT max(id) FROM calls"},
      {&first_sum_, "SELECT min(start_s) FROM rolled WHERE level = ? AND start_s < ?"},
      {&delete_sums_, "DELETE FROM rolled WHERE level = ? AND start_s < ?"},
  };
  for (const auto& [statement, sql] : statements) {
    if (const int code = statement->Prepare(database, sql); code != SQLITE_OK) return code;
  }
  const int code = rows_.Prepare(database, kRolledSchema);
  return code == SQLITE_OK ? writer_.Prepare(database, names) : code;
}

Status Upkeep::Step(const Retention& keep, std::int64_t now_us, UpkeepDone& done) {
  UpkeepDone step;
  int code = database_->Run("BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return Failure(code);
  RolledState state;
  code = ReadState(*database_, state);
  const RolledState before = state;
  const std::int64_t now_s = FloorDivide(now_us, kMicros);
  BringBack(state, now_s);
  Status status = code == SQLITE_OK ? RollUp(state, step) : Status(Failure(code));
  if (status) {
    if (!step.more) code = Retain(keep, now_s, state, step);
    if (code == SQLITE_OK && state != before) code = WriteState(*database_, state);
    if (code == SQLITE_OK && !step.more) code = GivePagesBack(step);
    if (code == SQLITE_OK) code = database_->Run("COMMIT");
    if (code != SQLITE_OK) status = Failure(code);
  }
  if (!status) {
    if (sqlite3_get_autocommit(database_->get()) == 0) {
      static_cast<void>(database_->Run("ROLLBACK"));
    }
    names_->Forget();
    return status;
  }
  done.rolled += step.rolled;
  done.deleted += step.deleted;
  done.more = step.more;
  return Done{};
}

Status Upkeep::RollUp(RolledState& state, UpkeepDone& done) {
  minutes_.clear();
  totals_ = {};
  next_calls_.Start().Int(state.calls_to).Int(kCallsRolled);
  int code = SQLITE_DONE;
  while ((code = next_calls_.Step()) == SQLITE_ROW) {
    state.calls_to = next_calls_.Integer(0);
    if (Status status = rows_.Read(next_calls_, call_); !status) {
      next_calls_.Start();
      rows_.Reset();
      return status;
    }
    const std::int64_t second = FloorDivide(call_.started_us, kMicros);
    AddCall(call_, minutes_[FloorTo(second, SpanSeconds(RollLevel::kMinute))]);
    totals_.Add(call_);
    ++done.rolled;
  }
  if (code == SQLITE_DONE) code = done.rolled == 0 ? SQLITE_OK : AddAll(state);
  done.more = done.rolled == kCallsRolled;
  return code == SQLITE_OK ? Status(Done{}) : Status(Failure(code));
}

int Upkeep::AddAll(const RolledState& state) {
  const std::int64_t kept_from[] = {state.minutes_from_s, state.hours_from_s, RolledState::kAll};
  for (const RollLevel level : kRollLevels) {
    std::map<std::int64_t, RolledCells> spans;
    for (const auto& [minute, cells] : minutes_) {
      RolledCells& span = spans[FloorTo(minute, SpanSeconds(level))];
      for (const auto& [key, cell] : cells) span[key].Merge(cell);
    }
    for (const auto& [start_s, cells] : spans) {
      if (start_s < kept_from[static_cast<std::size_t>(level)]) continue;
      for (const auto& [key, cell] : cells) {
        const int code = writer_.Add(level, start_s, key, cell);
        if (code != SQLITE_OK) return code;
      }
    }
  }
  return writer_.Add(totals_);
}

int Upkeep::Retain(const Retention& keep, std::int64_t now_s, RolledState& state,
                   UpkeepDone& done) {
  const std::int64_t calls_s = std::max<std::int64_t>(keep.calls_s, 1);
  const std::int64_t minutes_s = std::max(keep.minutes_s, calls_s);
  const std::int64_t hours_s = std::max(keep.hours_s, minutes_s);
  const auto advance = [now_s](std::int64_t& from_s, std::int64_t keep_s, RollLevel border) {
    from_s = std::max(from_s, Before(now_s, keep_s, SpanSeconds(border)));
  };
  advance(state.calls_from_s, calls_s, RollLevel::kMinute);
  advance(state.minutes_from_s, minutes_s, RollLevel::kHour);
  advance(state.hours_from_s, hours_s, RollLevel::kDay);
  int code = DeleteCalls(state, done);
  if (code == SQLITE_OK) {
    code = Finish(delete_old_feedback_.Start().Int(state.calls_from_s * kMicros));
  }
  if (code == SQLITE_OK) code = DeleteSums(RollLevel::kMinute, state.minutes_from_s, done);
  if (code == SQLITE_OK) code = DeleteSums(RollLevel::kHour, state.hours_from_s, done);
  return code;
}

int Upkeep::DeleteCalls(RolledState& state, UpkeepDone& done) {
  std::vector<std::pair<std::int64_t, std::string>> old;
  old_calls_.Start().Int(state.calls_from_s * kMicros).Int(state.calls_to).Int(kCallsDeleted);
  int code = SQLITE_DONE;
  while ((code = old_calls_.Step()) == SQLITE_ROW) {
    old.emplace_back(old_calls_.Integer(0), old_calls_.Characters(1));
  }
  if (code != SQLITE_DONE) return code;
  for (const auto& [id, call_id] : old) {
    code = Finish(delete_attempts_.Start().Int(id));
    if (code == SQLITE_OK) code = Finish(delete_feedback_.Start().Text(call_id));
    if (code == SQLITE_OK) code = Finish(delete_call_.Start().Int(id));
    if (code != SQLITE_OK) return code;
  }
  if (old.empty()) return SQLITE_OK;
  done.deleted += old.size();
  done.more = done.more || old.size() == kCallsDeleted;
  // Numbers go on behind the last row that is left: the mark must not lie beyond.
  code = last_call_.Start().Step();
  if (code != SQLITE_ROW) return code;
  state.calls_to = std::min(state.calls_to, last_call_.Integer(0));
  return Finish(last_call_);
}

int Upkeep::DeleteSums(RollLevel level, std::int64_t before_s, UpkeepDone& done) {
  const auto number = static_cast<std::int64_t>(level);
  const int code = first_sum_.Start().Int(number).Int(before_s).Step();
  if (code != SQLITE_ROW) return code;
  const bool is_none = first_sum_.IsNull(0);
  const std::int64_t first_s = first_sum_.Integer(0);
  first_sum_.Start();
  if (is_none) return SQLITE_OK;
  const std::int64_t piece = kSumsSpan_s * (level == RollLevel::kHour ? 24 : 1);
  const std::int64_t end_s = std::min(before_s, FloorTo(first_s, piece) + piece);
  done.more = true;
  return Finish(delete_sums_.Start().Int(number).Int(end_s));
}

int Upkeep::GivePagesBack(UpkeepDone& done) {
  std::int64_t free = 0;
  std::int64_t pages = 0;
  int code = database_->Number("PRAGMA freelist_count", free);
  if (code == SQLITE_OK) code = database_->Number("PRAGMA page_count", pages);
  if (code != SQLITE_OK || free < kLeastFreePages || free * kFreeShare < pages) return code;
  code = database_->Run("PRAGMA incremental_vacuum(1024)");
  std::int64_t left = free;
  if (code == SQLITE_OK) code = database_->Number("PRAGMA freelist_count", left);
  done.more = done.more || left < free;
  return code;
}

Error Upkeep::Failure(int code) const { return {ErrorClass::kNone, Describe(code, *database_)}; }

}  // namespace mlp
