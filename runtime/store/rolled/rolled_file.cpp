#include "runtime/store/rolled/rolled_file.hpp"

#include <utility>

#include "runtime/store/rolled/packing.hpp"

namespace mlp {
namespace {

constexpr const char* kKeyColumns = "level, start_s, kind, policy, a, b, c";
constexpr const char* kKeyIs =
    " WHERE level = ? AND start_s = ? AND kind = ? AND policy = ? AND a = ? AND b = ? AND c = ?";
constexpr std::size_t kKeyColumnCount = 7;
constexpr std::size_t kFurtherColumns = 7;  // behind the counters

std::string Marks(std::size_t count) {
  std::string marks = "?";
  for (std::size_t i = 1; i < count; ++i) marks += ",?";
  return marks;
}

int Finish(Statement& statement) {
  const int code = statement.Step();
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

}  // namespace

int ReadState(Database& database, RolledState& state) {
  Statement read;
  int code = read.Prepare(database,
                          "SELECT calls_to, calls_from_s, minutes_from_s, hours_from_s "
                          "FROM rolled_state");
  if (code == SQLITE_OK) code = read.Start().Step();
  if (code != SQLITE_ROW) return code == SQLITE_DONE ? SQLITE_CORRUPT : code;
  state = {read.Integer(0), read.Integer(1), read.Integer(2), read.Integer(3)};
  return SQLITE_OK;
}

int WriteState(Database& database, const RolledState& state) {
  Statement write;
  const int code = write.Prepare(database,
                                 "UPDATE rolled_state SET calls_to = ?, calls_from_s = ?, "
                                 "minutes_from_s = ?, hours_from_s = ?");
  if (code != SQLITE_OK) return code;
  write.Start()
      .Int(state.calls_to)
      .Int(state.calls_from_s)
      .Int(state.minutes_from_s)
      .Int(state.hours_from_s);
  return Finish(write);
}

std::string CellColumns() {
  std::string columns;
  for (const RolledCounter& counter : kRolledCounters)
    columns += std::string(counter.column) + ", ";
  return columns + "cost_usd, cost_pico, first_us, last_us, latency, first_byte, ends";
}

bool ReadCell(const Statement& row, int first, RolledCell& cell) {
  RolledCell read;
  int column = first;
  for (const RolledCounter& counter : kRolledCounters) {
    read.*counter.field = row.Integer(column++);
  }
  read.cost = MoneySum(row.Integer(column), row.Integer(column + 1));
  read.first_us = row.Integer(column + 2);
  read.last_us = row.Integer(column + 3);
  column += 4;
  if (!UnpackHistogram(row.Bytes(column), read.latency) ||
      !UnpackHistogram(row.Bytes(column + 1), read.first_byte) ||
      !UnpackEnds(row.Characters(column + 2), read.ends)) {
    return false;
  }
  cell.Merge(read);
  return true;
}

int RolledWriter::Prepare(Database& database, NameTable& names) {
  names_ = &names;
  const std::string find = "SELECT " + CellColumns() + " FROM rolled" + kKeyIs;
  const std::string put = std::string("INSERT OR REPLACE INTO rolled(") + kKeyColumns + ", " +
                          CellColumns() + ") VALUES(" +
                          Marks(kKeyColumnCount + kRolledCounters.size() + kFurtherColumns) + ")";
  const std::pair<Statement*, const char*> statements[] = {
      {&find_, find.c_str()},
      {&put_, put.c_str()},
      {&find_total_,
       "SELECT ends, numbers FROM rolled_totals WHERE kind = ? AND policy = ? AND a = ? AND b = ?"},
      {&put_total_,
       "INSERT OR REPLACE INTO rolled_totals(kind, policy, a, b, ends, numbers) "
       "VALUES(?,?,?,?,?,?)"},
  };
  for (const auto& [statement, sql] : statements) {
    if (const int code = statement->Prepare(database, sql); code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

bool RolledWriter::Number(const std::string& policy, const std::array<std::string, 3>& names,
                          KeyNumbers& numbers) {
  numbers = {names_->Number(policy), names_->Number(names[0]), names_->Number(names[1]),
             names_->Number(names[2])};
  return names_->Failure() == SQLITE_OK;
}

int RolledWriter::Add(RollLevel level, std::int64_t start_s, const CellKey& key,
                      const RolledCell& cell) {
  KeyNumbers numbers;
  if (!Number(key.policy, key.names, numbers)) return names_->Failure();
  const auto start = [&](Statement& statement) -> Statement& {
    statement.Start()
        .Int(static_cast<std::int64_t>(level))
        .Int(start_s)
        .Int(static_cast<std::int64_t>(key.kind));
    for (const std::int64_t number : numbers) statement.Int(number);
    return statement;
  };
  RolledCell sum = cell;
  const int code = start(find_).Step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return code;
  if (code == SQLITE_ROW) {
    const bool understood = ReadCell(find_, 0, sum);
    find_.Start();
    if (!understood) return SQLITE_CORRUPT;
  }
  start(put_);
  for (const RolledCounter& counter : kRolledCounters) put_.Int(sum.*counter.field);
  const std::string latency = PackHistogram(sum.latency);
  const std::string first_byte = PackHistogram(sum.first_byte);
  const std::string ends = PackEnds(sum.ends);
  put_.Int(sum.cost.usd()).Int(sum.cost.pico()).Int(sum.first_us).Int(sum.last_us);
  put_.Blob(latency).Blob(first_byte).Text(ends);
  return Finish(put_);
}

int RolledWriter::Add(const CallTotals& totals) {
  int code = SQLITE_OK;
  totals.ForEachRow([&](const CallTotals::Row& row) {
    if (code == SQLITE_OK) code = AddRow(row);
  });
  return code;
}

int RolledWriter::AddRow(const CallTotals::Row& row) {
  KeyNumbers numbers;
  const auto& [policy, a, b] = row.names;
  if (!Number(policy, {a, b, {}}, numbers)) return names_->Failure();
  CallTotals sum;
  if (!sum.Merge(row)) return SQLITE_CORRUPT;
  find_total_.Start().Int(row.kind).Int(numbers[0]).Int(numbers[1]).Int(numbers[2]);
  int code = find_total_.Step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return code;
  if (code == SQLITE_ROW) {
    const bool understood = sum.Merge({row.kind, row.names, std::string(find_total_.Characters(0)),
                                       std::string(find_total_.Bytes(1))});
    find_total_.Start();
    if (!understood) return SQLITE_CORRUPT;
  }
  sum.ForEachRow([&](const CallTotals::Row& one) {
    put_total_.Start().Int(one.kind).Int(numbers[0]).Int(numbers[1]).Int(numbers[2]);
    code = Finish(put_total_.Text(one.ends).Blob(one.numbers));
  });
  return code;
}

}  // namespace mlp
