#include "runtime/store/rollout_file.hpp"

#include <array>
#include <utility>

#include "runtime/store/text.hpp"

namespace mlp {
namespace {

constexpr const char* kColumns =
    "SELECT id, plan, state, pending, pending_since_s, sequence, planned_us FROM rollouts ";

std::optional<RolloutEntryKind> ParseKind(std::string_view text) {
  for (const RolloutEntryKind kind :
       {RolloutEntryKind::kStarted, RolloutEntryKind::kBlock, RolloutEntryKind::kMove,
        RolloutEntryKind::kEdited, RolloutEntryKind::kRestated}) {
    if (ToString(kind) == text) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::string_view ToString(RolloutEntryKind kind) noexcept {
  switch (kind) {
    case RolloutEntryKind::kStarted:
      return "started";
    case RolloutEntryKind::kBlock:
      return "block";
    case RolloutEntryKind::kMove:
      return "move";
    case RolloutEntryKind::kEdited:
      return "edited";
    case RolloutEntryKind::kRestated:
      return "restated";
  }
  return "";
}

Status RolloutFile::Prepare() {
  const std::string find = std::string(kColumns) + "WHERE salt = ?1";
  const std::string list = std::string(kColumns) + "ORDER BY name, id";
  return PrepareAll({
      {find_, find.c_str()},
      {list_, list.c_str()},
      {insert_,
       "INSERT INTO rollouts(salt, name, policy, plan, state, pending, pending_since_s,"
       " sequence, planned_us) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
      {update_,
       "UPDATE rollouts SET name = ?2, policy = ?3, plan = ?4, state = ?5, pending = ?6,"
       " pending_since_s = ?7, sequence = ?8, planned_us = ?9 WHERE salt = ?1"},
      {append_,
       "INSERT INTO rollout_log(rollout, sequence, at_s, kind, input, who, why, changes)"
       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
      {log_,
       "SELECT sequence, at_s, kind, input, who, why, changes FROM rollout_log"
       " WHERE rollout = ?1 AND sequence >= ?2 ORDER BY sequence"},
      {marks_,
       "SELECT hour, step, shown FROM rollout_units WHERE rollout = ?1 AND unit = "
       "?2"},
      {set_marks_,
       "INSERT INTO rollout_units(rollout, unit, hour, step, shown)"
       " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(rollout, unit) DO UPDATE SET hour = ?3,"
       " step = ?4, shown = ?5"},
      {forget_, "DELETE FROM rollout_units WHERE rollout = ?1"},
  });
}

Result<std::vector<RolloutRow>> RolloutFile::Rows(Statement& statement) {
  std::vector<RolloutRow> rows;
  int code = SQLITE_DONE;
  while ((code = statement.Step()) == SQLITE_ROW) {
    RolloutRow row;
    row.id = statement.Integer(0);
    auto plan = ParseRolloutPlan(statement.Characters(1));
    auto state = ParseRolloutState(statement.Characters(2));
    if (plan && !state) {
      state = ParseFormerRolloutState(statement.Characters(2), *plan);
      row.former = state.has_value();
    }
    auto pending = ParseRolloutBlock(statement.Characters(3));
    if (!plan || !state || !pending) {
      statement.Start();
      return Error{ErrorClass::kNone,
                   database().path() + ": a rollout's state is not one that this mlp can read"};
    }
    row.plan = *std::move(plan);
    row.state = *std::move(state);
    row.pending = *std::move(pending);
    row.pending_since_s = statement.Integer(4);
    row.sequence = statement.Integer(5);
    row.planned_us = statement.Integer(6);
    rows.push_back(std::move(row));
  }
  if (code != SQLITE_DONE) return Failure(code);
  return rows;
}

Result<std::optional<RolloutRow>> RolloutFile::Find(std::string_view salt) {
  std::string buffer;
  find_.Start().Text(StorableText(salt, buffer));
  Result<std::vector<RolloutRow>> rows = Rows(find_);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<RolloutRow>();
  return std::optional<RolloutRow>(std::move(rows->front()));
}

Result<std::vector<RolloutRow>> RolloutFile::List() {
  list_.Start();
  return Rows(list_);
}

Status RolloutFile::Save(RolloutRow& row) {
  std::array<std::string, 3> buffers;
  const std::string plan = ToText(row.plan);
  const std::string state = ToText(row.state);
  const std::string pending = ToText(row.pending);
  Statement& statement = row.id == 0 ? insert_ : update_;
  statement.Start()
      .Text(StorableText(row.plan.salt, buffers[0]))
      .Text(StorableText(row.plan.name, buffers[1]))
      .Text(StorableText(row.plan.policy, buffers[2]))
      .Text(plan)
      .Text(state)
      .Text(pending)
      .Int(row.pending_since_s)
      .Int(row.sequence)
      .Int(row.planned_us);
  if (const int code = statement.Step(); code != SQLITE_DONE) return Failure(code);
  if (row.id == 0) row.id = sqlite3_last_insert_rowid(database().get());
  return Done{};
}

Status RolloutFile::Append(const RolloutRow& row, const RolloutEntry& entry) {
  std::array<std::string, 2> buffers;
  append_.Start()
      .Int(row.id)
      .Int(entry.sequence)
      .Int(entry.at_s)
      .Text(ToString(entry.kind))
      .Text(entry.input)
      .Text(StorableText(entry.who, buffers[0]))
      .Text(StorableText(entry.why, buffers[1]))
      .Text(entry.changes);
  const int code = append_.Step();
  return code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
}

Result<std::vector<RolloutEntry>> RolloutFile::Log(std::int64_t id, std::int64_t since) {
  std::vector<RolloutEntry> entries;
  log_.Start().Int(id).Int(since);
  int code = SQLITE_DONE;
  while ((code = log_.Step()) == SQLITE_ROW) {
    RolloutEntry entry;
    entry.sequence = log_.Integer(0);
    entry.at_s = log_.Integer(1);
    entry.kind = ParseKind(log_.Characters(2)).value_or(RolloutEntryKind::kBlock);
    entry.input = log_.Characters(3);
    entry.who = log_.Characters(4);
    entry.why = log_.Characters(5);
    entry.changes = log_.Characters(6);
    entries.push_back(std::move(entry));
  }
  if (code != SQLITE_DONE) return Failure(code);
  return entries;
}

Result<UnitMarks> RolloutFile::Marks(std::int64_t id, std::uint64_t unit) {
  UnitMarks marks;
  const int code = marks_.Start().Int(id).Int(static_cast<std::int64_t>(unit)).Step();
  if (code == SQLITE_DONE) return marks;
  if (code != SQLITE_ROW) return Failure(code);
  marks.hour = marks_.Integer(0);
  marks.step = marks_.Integer(1);
  marks.shown = static_cast<std::uint64_t>(marks_.Integer(2));
  marks_.Start();
  return marks;
}

Status RolloutFile::SetMarks(std::int64_t id, std::uint64_t unit, const UnitMarks& marks) {
  set_marks_.Start().Int(id).Int(static_cast<std::int64_t>(unit)).Int(marks.hour).Int(marks.step);
  const int code = set_marks_.Int(static_cast<std::int64_t>(marks.shown)).Step();
  return code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
}

Status RolloutFile::ForgetUnits(std::int64_t id) {
  const int code = forget_.Start().Int(id).Step();
  return code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
}

std::string ChangeLines(const std::vector<RolloutTransition>& transitions) {
  std::string lines;
  for (const RolloutTransition& one : transitions) {
    if (!lines.empty()) lines += '\n';
    lines += std::string(ToString(one.change)) + ' ' + std::to_string(one.from_ppm) + ' ' +
             std::to_string(one.to_ppm) + ' ' + one.because;
  }
  return lines;
}

}  // namespace mlp
