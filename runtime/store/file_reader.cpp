#include "runtime/store/file_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "runtime/store/schema.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
using Limits = std::numeric_limits<std::int64_t>;

// Without rows in files of before.
std::string SelectFeedback(std::int64_t schema) {
  if (schema < kQualitySchema) return "SELECT '', 0, 0, '' WHERE ?1 IS NULL AND ?2 IS NULL";
  return "SELECT call_id, at_us, score_ppm, note FROM feedback WHERE at_us >= ?1 AND at_us < ?2";
}

}  // namespace

Status StoreFileReader::Open(const std::string& path) {
  if (const int code = database_.Open(path, Database::Mode::kReadOnly); code != SQLITE_OK) {
    return Failure(code);
  }
  // Readers leave the log alone, whoever closes last.
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  bool empty = false;
  if (Status status = CheckReadable(database_, empty); !status) return status;
  if (empty) return Done{};
  if (const int code = Prepare(); code != SQLITE_OK) return Failure(code);
  return Done{};
}

int StoreFileReader::Prepare() {
  if (const int code = database_.Number("PRAGMA user_version", schema_); code != SQLITE_OK) {
    return code;
  }
  // Calls lie in the order of their end, nearly that of their start: the rows between the first and
  // the last of a window are read as they lie, since sorting those that the index finds takes
  // longer than all the rest.
  const std::string calls = CallRows::Columns(schema_) +
                            "WHERE id >= ? AND id <= ? AND +started_us >= ? AND +started_us < ? "
                            "ORDER BY id";
  const std::string cells = "SELECT start_s, kind, policy, a, b, c, " + CellColumns() +
                            " FROM rolled WHERE level = ? AND start_s >= ? AND start_s < ?";
  const std::string feedback = SelectFeedback(schema_);
  std::vector<std::pair<Statement*, const char*>> statements = {
      {&ids_, "SELECT min(id), max(id) FROM calls WHERE started_us >= ? AND started_us < ?"},
      {&calls_, calls.c_str()},
      {&count_,
       "SELECT count(*) FROM (SELECT 1 FROM calls WHERE started_us >= ? AND started_us < ? "
       "LIMIT ?)"},
      {&extent_, "SELECT (SELECT min(started_us) FROM calls), (SELECT max(started_us) FROM calls)"},
      {&feedback_, feedback.c_str()},
      {&losses_, "SELECT total(dropped), total(lost) FROM losses WHERE at_us >= ? AND at_us < ?"},
  };
  if (schema_ >= kRolledSchema) {
    statements.insert(statements.end(),
                      {{&sums_extent_,
                        "SELECT (SELECT min(start_s) FROM rolled WHERE level = 2), "
                        "(SELECT max(start_s) FROM rolled WHERE level = 2)"},
                       {&cells_, cells.c_str()},
                       {&totals_, "SELECT kind, policy, a, b, ends, numbers FROM rolled_totals"}});
  }
  for (const auto& [statement, sql] : statements) {
    if (const int code = statement->Prepare(database_, sql); code != SQLITE_OK) return code;
  }
  return rows_.Prepare(database_, schema_);
}

Status StoreFileReader::Begin() {
  if (schema_ == 0) return Done{};
  int code = database_.Run("BEGIN");
  std::int64_t ignored = 0;  // the instant is that of the first reading
  if (code == SQLITE_OK) code = database_.Number("SELECT 1 FROM sqlite_schema LIMIT 1", ignored);
  return code == SQLITE_OK ? Status(Done{}) : Status(Failure(code));
}

void StoreFileReader::End() noexcept {
  if (schema_ == 0) return;
  for (Statement* statement : {&calls_, &cells_, &totals_}) statement->Start();
  rows_.Reset();
  if (sqlite3_get_autocommit(database_.get()) == 0) static_cast<void>(database_.Run("COMMIT"));
}

Result<RolledState> StoreFileReader::State() {
  RolledState state;
  if (schema_ < kRolledSchema) return state;
  const int code = ReadState(database_, state);
  if (code != SQLITE_OK) return Failure(code);
  return state;
}

Status StoreFileReader::AddExtent(std::int64_t& from_us, std::int64_t& to_us) {
  if (schema_ == 0) return Done{};
  if (const int code = extent_.Start().Step(); code != SQLITE_ROW) return Failure(code);
  if (!extent_.IsNull(0)) {
    from_us = std::min(from_us, extent_.Integer(0));
    to_us = std::max(to_us, extent_.Integer(1) + 1);
  }
  extent_.Start();
  if (schema_ < kRolledSchema) return Done{};
  if (const int code = sums_extent_.Start().Step(); code != SQLITE_ROW) return Failure(code);
  if (!sums_extent_.IsNull(0)) {
    from_us = std::min(from_us, sums_extent_.Integer(0) * kMicros);
    to_us = std::max(to_us, (sums_extent_.Integer(1) + SpanSeconds(RollLevel::kDay)) * kMicros);
  }
  sums_extent_.Start();
  return Done{};
}

Result<std::int64_t> StoreFileReader::CountCalls(std::int64_t from_us, std::int64_t to_us,
                                                 std::int64_t most) {
  if (schema_ == 0) return std::int64_t{0};
  if (const int code = count_.Start().Int(from_us).Int(to_us).Int(most).Step();
      code != SQLITE_ROW) {
    return Failure(code);
  }
  const std::int64_t count = count_.Integer(0);
  count_.Start();
  return count;
}

Status StoreFileReader::ForEachCall(Which which, std::int64_t from_us, std::int64_t to_us,
                                    const std::function<bool(const CallRecord&)>& visit) {
  if (schema_ == 0) return Done{};
  const auto state = State();
  if (!state) return state.error();
  std::int64_t first = which == Which::kUnsummed ? state->calls_to + 1 : Limits::min();
  std::int64_t last = which == Which::kSummed ? state->calls_to : Limits::max();
  const bool is_narrow = from_us != Limits::min() || to_us != Limits::max();
  if (is_narrow && which != Which::kUnsummed) {
    if (const int code = ids_.Start().Int(from_us).Int(to_us).Step(); code != SQLITE_ROW) {
      return Failure(code);
    }
    const bool none = ids_.IsNull(0);
    first = std::max(first, ids_.Integer(0));
    last = std::min(last, ids_.Integer(1));
    ids_.Start();
    if (none) return Done{};
  }
  calls_.Start().Int(first).Int(last).Int(from_us).Int(to_us);
  Status status = ShowCalls(visit);
  calls_.Start();
  rows_.Reset();
  return status;
}

Status StoreFileReader::ShowCalls(const std::function<bool(const CallRecord&)>& visit) {
  CallRecord call;
  int code = SQLITE_DONE;
  while ((code = calls_.Step()) == SQLITE_ROW) {
    if (Status status = rows_.Read(calls_, call); !status) return status;
    if (!visit(call)) return Done{};
  }
  return code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
}

Status StoreFileReader::ForEachCell(RollLevel level, std::int64_t from_us, std::int64_t to_us,
                                    const StoreReader::CellVisit& visit) {
  if (schema_ < kRolledSchema) return Done{};
  constexpr int kFirstColumn = 6;  // of the cell
  cells_.Start().Int(static_cast<std::int64_t>(level)).Int(from_us / kMicros).Int(to_us / kMicros);
  int code = SQLITE_DONE;
  while ((code = cells_.Step()) == SQLITE_ROW) {
    CellKey key;
    key.kind = static_cast<CellKind>(cells_.Integer(1));
    key.policy = rows_.Name(cells_.Integer(2));
    for (int i = 0; i < 3; ++i) {
      key.names[static_cast<std::size_t>(i)] = rows_.Name(cells_.Integer(3 + i));
    }
    if (rows_.failure() != SQLITE_OK) return Failure(rows_.failure());
    RolledCell cell;
    if (!ReadCell(cells_, kFirstColumn, cell)) return Failure(SQLITE_CORRUPT);
    visit(cells_.Integer(0) * kMicros, key, cell);
  }
  return code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
}

Status StoreFileReader::AddTotals(CallTotals& totals) {
  const auto add = [&totals](const CallRecord& call) {
    totals.Add(call);
    return true;
  };
  if (schema_ >= kRolledSchema) {
    // A name lives until the next is read.
    const auto name = [this](int column) {
      return std::string(rows_.Name(totals_.Integer(column)));
    };
    totals_.Start();
    int code = SQLITE_DONE;
    while ((code = totals_.Step()) == SQLITE_ROW) {
      CallTotals::Row row{totals_.Integer(0),
                          {name(1), name(2), name(3)},
                          std::string(totals_.Characters(4)),
                          std::string(totals_.Bytes(5))};
      if (rows_.failure() != SQLITE_OK) return Failure(rows_.failure());
      if (!totals.Merge(row)) return Failure(SQLITE_CORRUPT);
    }
    if (code != SQLITE_DONE) return Failure(code);
  }
  return ForEachCall(Which::kUnsummed, Limits::min(), Limits::max(), add);
}

Status StoreFileReader::ForEachFeedback(std::int64_t from_us, std::int64_t to_us,
                                        const std::function<void(const Feedback&)>& visit) {
  if (schema_ == 0) return Done{};
  feedback_.Start().Int(from_us).Int(to_us);
  Feedback feedback;
  int code = feedback_.Step();
  for (; code == SQLITE_ROW; code = feedback_.Step()) {
    feedback.call_id.assign(feedback_.Characters(0));
    feedback.at_us = feedback_.Integer(1);
    feedback.score_ppm = static_cast<std::int32_t>(feedback_.Integer(2));
    feedback.note.assign(feedback_.Characters(3));
    visit(feedback);
  }
  feedback_.Start();
  return code == SQLITE_DONE ? Status(Done{}) : Failure(code);
}

Status StoreFileReader::AddLosses(std::int64_t from_us, std::int64_t to_us, LossCount& count) {
  if (schema_ == 0) return Done{};
  const int code = losses_.Start().Int(from_us).Int(to_us).Step();
  if (code != SQLITE_ROW) return Failure(code);
  count.dropped += losses_.Integer(0);
  count.lost += losses_.Integer(1);
  losses_.Start();
  return Done{};
}

Error StoreFileReader::Failure(int code) const {
  return {ErrorClass::kNone, Describe(code, database_)};
}

}  // namespace mlp
