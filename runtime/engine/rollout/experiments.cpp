#include "runtime/engine/rollout/experiments.hpp"

#include <algorithm>
#include <utility>

#include "mlp/live.hpp"

namespace mlp::engine {
namespace {

constexpr int kBusyMs = 1'000;
constexpr std::size_t kMostWaiting = 100'000;

}  // namespace

Experiments::Experiments(const Policy& policy, std::string ledger_path)
    : policy_(policy), path_(std::move(ledger_path)) {
  const Tables& tables = policy.tables();
  for (const Experiment& experiment : tables.experiments) {
    plans_.push_back(PlanOf(tables, experiment));
    ExperimentRow row;
    row.plan = plans_.back();
    rows_.push_back(std::move(row));
  }
  waiting_.resize(rows_.size());
  seen_.resize(rows_.size());
}

void Experiments::Inherit(const Experiments& before) {
  if (!path_.empty()) return;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    for (std::size_t k = 0; k < before.rows_.size(); ++k) {
      if (before.plans_[k].salt != plans_[i].salt) continue;
      rows_[i] = before.rows_[k];
      rows_[i].plan = plans_[i];
      if (before.plans_[k].arms != plans_[i].arms) rows_[i].counts.clear();
      seen_[i] = before.seen_[k];
    }
  }
}

void Experiments::Take(std::size_t number, const RolloutSample& sample) {
  const Tables& tables = policy_.tables();
  if (number >= tables.arms.size()) return;
  const std::uint16_t experiment = tables.arms[number].experiment;
  if (rows_[experiment].ended_s != 0) return;
  if (seen_[experiment].contains(sample.unit)) return;
  std::vector<Waiting>& waiting = waiting_[experiment];
  if (waiting.size() < kMostWaiting) {
    waiting.push_back({number - tables.experiments[experiment].first_arm, sample});
  }
}

Status Experiments::Look(std::int64_t now_s, bool may_write) {
  if (rows_.empty()) return Done{};
  if (path_.empty()) {
    LookAtMemory(now_s);
    return Done{};
  }
  Status status = LookAtFile(now_s, may_write);
  if (!status && file_ != nullptr) file_->Abandon();
  return status;
}

bool Experiments::End(ExperimentRow& row, std::int64_t now_s) {
  if (row.ended_s != 0 || row.started_s == 0) return false;
  if (!IsOver(row.plan, row.counts, row.started_s, now_s)) return false;
  row.ended_s = now_s;
  row.ended_by = "its time was over";
  return true;
}

void Experiments::LookAtMemory(std::int64_t now_s) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    for (const Waiting& one : waiting_[i]) {
      if (!seen_[i].insert(one.sample.unit).second) continue;
      if (rows_[i].started_s == 0) rows_[i].started_s = now_s;
      CountOnce(rows_[i].plan, one.arm, one.sample, rows_[i].counts);
    }
    waiting_[i].clear();
    End(rows_[i], now_s);
  }
  Publish();
}

Status Experiments::LookAtFile(std::int64_t now_s, bool may_write) {
  if (file_ == nullptr) {
    auto file = std::make_unique<ExperimentFile>();
    if (Status status = file->Open(path_, kBusyMs); !status) return status;
    file_ = std::move(file);
  }
  const Result<std::int64_t> version = file_->Version();
  if (!version) return version.error();
  const bool counted = std::any_of(waiting_.begin(), waiting_.end(),
                                   [](const auto& waiting) { return !waiting.empty(); });
  const bool over =
      std::any_of(rows_.begin(), rows_.end(), [&](ExperimentRow row) { return End(row, now_s); });
  if (version_ >= 0 && *version == version_ && !over && !(counted && may_write)) return Done{};
  if (Status begun = file_->Begin(); !begun) return begun;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (Status status = Count(i, now_s); !status) return status;
  }
  if (Status committed = file_->Commit(); !committed) return committed;
  version_ = *version;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    for (const Waiting& one : waiting_[i]) seen_[i].insert(one.sample.unit);
    waiting_[i].clear();
  }
  Publish();
  return Done{};
}

Status Experiments::Count(std::size_t experiment, std::int64_t now_s) {
  Result<std::optional<ExperimentRow>> found = file_->Find(plans_[experiment].salt);
  if (!found) return found.error();
  ExperimentRow row;
  row.plan = plans_[experiment];
  bool changed = !*found;
  if (*found) {
    row = **std::move(found);
    // Other arms are another experiment; other measures begin to be counted.
    if (row.plan.arms != plans_[experiment].arms) row.counts.clear();
    changed = changed || row.plan != plans_[experiment];
    row.plan = plans_[experiment];
  }
  if (row.id == 0) {
    if (Status saved = file_->Save(row); !saved) return saved;
  }
  for (const Waiting& one : waiting_[experiment]) {
    if (row.ended_s != 0) break;
    const Result<bool> came = file_->Remember(row.id, one.sample.unit);
    if (!came) return came.error();
    if (!*came) continue;
    if (row.started_s == 0) row.started_s = now_s;
    CountOnce(row.plan, one.arm, one.sample, row.counts);
    changed = true;
  }
  changed = End(row, now_s) || changed;
  rows_[experiment] = row;
  return changed ? file_->Save(rows_[experiment]) : Status(Done{});
}

void Experiments::Publish() {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    policy_.live().set_experiment_runs(static_cast<std::uint16_t>(i), rows_[i].ended_s == 0);
  }
}

}  // namespace mlp::engine
