#include "runtime/store/experiment_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "runtime/store/text.hpp"

namespace mlp {
namespace {

/// The plan, and in a line behind it when it came; a former version wrote the plan alone.
std::string PlanText(const ExperimentRow& row) {
  return ToText(row.plan) + '\n' + std::to_string(row.planned_us);
}

bool ReadPlan(std::string_view text, ExperimentRow& row) {
  const std::size_t end = std::min(text.rfind('\n'), text.size());
  const std::string_view planned = text.substr(end == text.size() ? end : end + 1);
  auto plan = ParseExperimentPlan(text.substr(0, end));
  if (!plan) return false;
  row.plan = *std::move(plan);
  if (planned.empty()) return true;
  const auto read =
      std::from_chars(planned.data(), planned.data() + planned.size(), row.planned_us);
  return read.ec == std::errc() && read.ptr == planned.data() + planned.size();
}

}  // namespace

Status ExperimentFile::Prepare() {
  return PrepareAll({
      {find_,
       "SELECT id, plan, counts, started_s, ended_s, ended_by FROM experiments WHERE salt = ?1"},
      {list_,
       "SELECT id, plan, counts, started_s, ended_s, ended_by FROM experiments ORDER BY name, id"},
      {insert_,
       "INSERT INTO experiments(salt, name, policy, plan, counts, started_s, ended_s, ended_by)"
       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
      {update_,
       "UPDATE experiments SET name = ?2, policy = ?3, plan = ?4, counts = ?5, started_s = ?6,"
       " ended_s = ?7, ended_by = ?8 WHERE salt = ?1"},
      {remember_, "INSERT OR IGNORE INTO experiment_units(experiment, unit) VALUES(?1, ?2)"},
      {forget_, "DELETE FROM experiment_units WHERE experiment = ?1"},
  });
}

Result<std::vector<ExperimentRow>> ExperimentFile::Rows(Statement& statement) {
  std::vector<ExperimentRow> rows;
  int code = SQLITE_DONE;
  while ((code = statement.Step()) == SQLITE_ROW) {
    ExperimentRow row;
    row.id = statement.Integer(0);
    const bool planned = ReadPlan(statement.Characters(1), row);
    auto counts = ParseExperimentCounts(statement.Characters(2));
    if (!planned || !counts) {
      statement.Start();
      return Error{ErrorClass::kNone,
                   database().path() + ": an experiment is not one that this mlp can read"};
    }
    row.counts = *std::move(counts);
    row.started_s = statement.Integer(3);
    row.ended_s = statement.Integer(4);
    row.ended_by = statement.Characters(5);
    rows.push_back(std::move(row));
  }
  if (code != SQLITE_DONE) return Failure(code);
  return rows;
}

Result<std::optional<ExperimentRow>> ExperimentFile::Find(std::string_view salt) {
  std::string buffer;
  find_.Start().Text(StorableText(salt, buffer));
  Result<std::vector<ExperimentRow>> rows = Rows(find_);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<ExperimentRow>();
  return std::optional<ExperimentRow>(std::move(rows->front()));
}

Result<std::vector<ExperimentRow>> ExperimentFile::List() {
  list_.Start();
  return Rows(list_);
}

Status ExperimentFile::Save(ExperimentRow& row) {
  std::array<std::string, 4> buffers;
  const std::string plan = PlanText(row);
  const std::string counts = ToText(row.counts);
  Statement& statement = row.id == 0 ? insert_ : update_;
  statement.Start()
      .Text(StorableText(row.plan.salt, buffers[0]))
      .Text(StorableText(row.plan.name, buffers[1]))
      .Text(StorableText(row.plan.policy, buffers[2]))
      .Text(plan)
      .Text(counts)
      .Int(row.started_s)
      .Int(row.ended_s)
      .Text(StorableText(row.ended_by, buffers[3]));
  if (const int code = statement.Step(); code != SQLITE_DONE) return Failure(code);
  if (row.id == 0) row.id = sqlite3_last_insert_rowid(database().get());
  return Done{};
}

Result<bool> ExperimentFile::Remember(std::int64_t id, std::uint64_t unit) {
  const int code = remember_.Start().Int(id).Int(static_cast<std::int64_t>(unit)).Step();
  if (code != SQLITE_DONE) return Failure(code);
  return sqlite3_changes(database().get()) > 0;
}

Status ExperimentFile::Forget(std::int64_t id) {
  const int code = forget_.Start().Int(id).Step();
  return code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
}

Result<std::vector<ExperimentRow>> ReadExperiments(const std::string& ledger_path) {
  std::error_code error;
  if (!std::filesystem::exists(ledger_path, error)) return std::vector<ExperimentRow>();
  ExperimentFile file;
  if (Status opened = file.OpenToRead(ledger_path); !opened) {
    if (file.is_older()) return std::vector<ExperimentRow>();
    return opened.error();
  }
  return file.List();
}

}  // namespace mlp
