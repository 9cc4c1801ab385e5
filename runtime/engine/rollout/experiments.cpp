#include "runtime/engine/rollout/experiments.hpp"

#include <algorithm>
#include <utility>

#include "mlp/live.hpp"
#include "runtime/store/file_number.hpp"

namespace mlp::engine {
namespace {

constexpr int kBusyMs = 1'000;
constexpr std::size_t kMostWaiting = 100'000;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
/// By which clocks of services on one ledger may differ: a plan from beyond it is older than any.
constexpr std::int64_t kMostSkewS = 60;

/// Whether its units are to be forgotten: other arms are another experiment.
bool TakePlan(const ExperimentPlan& plan, std::int64_t planned_us, std::int64_t now_s,
              ExperimentRow& row) {
  const bool ahead = row.planned_us > (now_s + kMostSkewS) * kMicrosPerSecond;
  if (row.plan == plan || (!ahead && planned_us <= row.planned_us)) return false;
  const bool other = row.plan.arms != plan.arms;
  if (other) {
    row.counts.clear();
    row.started_s = 0;
  } else {
    row.counts = Remapped(row.plan, plan, row.counts);
  }
  row.plan = plan;
  row.planned_us = planned_us;
  return other;
}

}  // namespace

Experiments::Experiments(const Policy& policy, std::string ledger_path, std::int64_t planned_us)
    : policy_(policy), path_(std::move(ledger_path)), planned_us_(planned_us) {
  const Tables& tables = policy.tables();
  for (const Experiment& experiment : tables.experiments) {
    plans_.push_back(PlanOf(tables, experiment));
    ExperimentRow row;
    row.plan = plans_.back();
    row.planned_us = planned_us_;
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
      const bool other = TakePlan(plans_[i], planned_us_, planned_us_ / kMicrosPerSecond, rows_[i]);
      if (!other) seen_[i] = before.seen_[k];
    }
  }
}

std::optional<std::size_t> Experiments::NumberOf(const Experiments& before,
                                                 std::size_t number) const {
  const Tables& tables = policy_.tables();
  const Tables& from = before.policy_.tables();
  if (number >= from.arms.size()) return std::nullopt;
  const std::uint16_t was = from.arms[number].experiment;
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (plans_[i].salt != before.plans_[was].salt || plans_[i].arms != before.plans_[was].arms) {
      continue;
    }
    return number - from.experiments[was].first_arm + tables.experiments[i].first_arm;
  }
  return std::nullopt;
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
  if (file_ == nullptr || FileNumber(path_) != file_number_) {
    auto file = std::make_unique<ExperimentFile>();
    if (Status status = file->Open(path_, kBusyMs); !status) return status;
    file_number_ = FileNumber(path_);
    file_ = std::move(file);
    version_ = -1;
    seen_.assign(rows_.size(), {});  // another file has users of its own
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
  row.planned_us = planned_us_;
  bool changed = !*found;
  if (*found) {
    row = **std::move(found);
    const ExperimentPlan before = row.plan;
    if (TakePlan(plans_[experiment], planned_us_, now_s, row)) {
      if (Status forgot = file_->Forget(row.id); !forgot) return forgot;
    }
    changed = row.plan != before;
  }
  if (row.id == 0) {
    if (Status saved = file_->Save(row); !saved) return saved;
  }
  for (const Waiting& one : waiting_[experiment]) {
    // By arms of a newer policy its users are somewhere else.
    if (row.ended_s != 0 || row.plan.arms != plans_[experiment].arms) break;
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
