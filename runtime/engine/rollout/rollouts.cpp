#include "runtime/engine/rollout/rollouts.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "mlp/live.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/store/file_number.hpp"

namespace mlp::engine {
namespace {

constexpr int kBusyMs = 1'000;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
/// What waits while the ledger cannot be written; more is dropped.
constexpr std::size_t kMostWaiting = 100'000;

std::int64_t NowS() { return WallUs() / kMicrosPerSecond; }

}  // namespace

Rollouts::Rollouts(const Policy& policy, std::string ledger_path, const RolloutOptions& pace,
                   RolloutListener listener, Rollouts* before)
    : policy_(policy),
      path_(std::move(ledger_path)),
      pace_(pace),
      listener_(std::move(listener)),
      planned_us_(WallUs()),
      experiments_(policy, path_, planned_us_) {
  const Tables& tables = policy.tables();
  for (const Rollout& rollout : tables.rollouts) {
    plans_.push_back(PlanOf(tables, rollout));
    signals_.push_back(SignalsOf(plans_.back()));
  }
  waiting_.resize(plans_.size());
  rows_.resize(plans_.size());
  marks_.resize(plans_.size());
  if (path_.empty() && before != nullptr) {
    const std::lock_guard lock(before->work_mutex_);
    experiments_.Inherit(before->experiments_);
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      for (std::size_t k = 0; k < before->plans_.size(); ++k) {
        if (before->plans_[k].salt != plans_[i].salt) continue;
        rows_[i] = before->rows_[k];
        marks_[i] = before->marks_[k];
      }
    }
  }
  if (before != nullptr) TakeInletsOf(*before);
  static_cast<void>(Look(true));
  if (!plans_.empty() || experiments_.any()) thread_ = std::thread([this] { Run(); });
}

Rollouts::~Rollouts() { Stop(); }

void Rollouts::Stop() {
  {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
    static_cast<void>(Look(true));
  }
}

Status Rollouts::Flush() { return Look(true); }

std::vector<RolloutRow> Rollouts::Rows() {
  const std::lock_guard lock(work_mutex_);
  return rows_;
}

std::vector<ExperimentRow> Rollouts::ExperimentRows() {
  const std::lock_guard lock(work_mutex_);
  return experiments_.rows();
}

std::string Rollouts::trouble() {
  const std::lock_guard lock(work_mutex_);
  return trouble_;
}

void Rollouts::Run() {
  const std::chrono::milliseconds interval(std::max<std::int64_t>(pace_.look_ms, 1));
  std::unique_lock lock(stop_mutex_);
  while (!stop_.wait_for(lock, interval, [this] { return stopping_; })) {
    lock.unlock();
    static_cast<void>(Look(false));
    lock.lock();
  }
}

/// Calls that the policy before began end by it, and are counted here: under the same salts.
void Rollouts::TakeInletsOf(Rollouts& before) {
  const std::lock_guard lock(before.work_mutex_);
  const std::size_t rollouts = before.plans_.size();
  std::vector<std::uint16_t> numbers(rollouts + before.policy_.tables().arms.size(), kNone16);
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (k >= rollouts) {
      const std::optional<std::size_t> arm =
          experiments_.NumberOf(before.experiments_, k - rollouts);
      if (arm) numbers[k] = static_cast<std::uint16_t>(plans_.size() + *arm);
      continue;
    }
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (plans_[i].salt == before.plans_[k].salt) numbers[k] = static_cast<std::uint16_t>(i);
    }
  }
  const auto keep = [this](FormerInlet former) {
    const bool counts = std::any_of(former.numbers.begin(), former.numbers.end(),
                                    [](std::uint16_t number) { return number != kNone16; });
    if (counts) former_.push_back(std::move(former));
  };
  for (FormerInlet& former : std::exchange(before.former_, {})) {
    for (std::uint16_t& number : former.numbers) {
      if (number != kNone16) number = numbers[number];
    }
    keep(std::move(former));
  }
  keep({before.inlet_, std::move(numbers)});
}

void Rollouts::Drain() {
  const auto take = [&](NumberedSample one) {
    if (one.number >= plans_.size()) {
      experiments_.Take(one.number - plans_.size(), one.sample);
      return;
    }
    std::vector<RolloutSample>& samples = waiting_[one.number];
    if (samples.size() < kMostWaiting) samples.push_back(one.sample);
  };
  NumberedSample one;
  std::erase_if(former_, [&](const FormerInlet& former) {
    // Nobody else holds it: nothing comes behind what is taken out now.
    const bool last = former.inlet.use_count() == 1;
    const std::lock_guard lock(former.inlet->drain);
    while (former.inlet->ring.Pop(one)) {
      const std::uint16_t number = former.numbers[one.number];
      if (number != kNone16) take({number, one.sample});
    }
    return last;
  });
  const std::lock_guard lock(inlet_->drain);
  while (inlet_->ring.Pop(one)) take(one);
}

Status Rollouts::Look(bool must_write) {
  if (plans_.empty() && !experiments_.any()) return Done{};
  const std::lock_guard lock(work_mutex_);
  Drain();
  const std::int64_t now_s = NowS();
  const std::int64_t now_ms = SteadyUs() / 1'000;
  const bool may_write = must_write || now_ms - experiments_ms_ >= pace_.write_ms;
  if (may_write) experiments_ms_ = now_ms;
  Status counted = experiments_.Look(now_s, may_write);
  if (path_.empty()) {
    LookAtMemory(now_s);
    return Done{};
  }
  Status status = plans_.empty() ? Status(Done{}) : LookAtFile(now_s, must_write);
  if (status) status = std::move(counted);
  trouble_ = status ? std::string() : status.error().context;
  if (!status && file_ != nullptr) file_->Abandon();
  return status;
}

void Rollouts::LookAtMemory(std::int64_t now_s) {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    RolloutWork work;
    if (rows_[i].plan.salt.empty()) {
      work = BeginRollout(plans_[i], now_s, planned_us_);
    } else {
      work.row = std::move(rows_[i]);
      TakePlan(plans_[i], now_s, planned_us_, work);
    }
    for (const RolloutSample& sample : waiting_[i]) {
      if (!IsActive(work.row.state)) break;
      CountSample(signals_[i], sample, now_s, marks_[i][sample.unit], work);
    }
    waiting_[i].clear();
    EndBlock(now_s, pace_.block_s, work);
    if (!IsActive(work.row.state)) marks_[i].clear();
    Publish(i, work.row);
    rows_[i] = std::move(work.row);
    Tell(i, work);
  }
}

bool Rollouts::IsDue(std::int64_t now_s) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const RolloutRow& row) {
    return row.plan.salt.empty() ||
           (IsActive(row.state) && now_s - row.pending_since_s >= pace_.block_s);
  });
}

Status Rollouts::LookAtFile(std::int64_t now_s, bool must_write) {
  if (file_ == nullptr || FileNumber(path_) != file_number_) {
    auto file = std::make_unique<RolloutFile>();
    if (Status status = file->Open(path_, kBusyMs); !status) return status;
    file_number_ = FileNumber(path_);
    file_ = std::move(file);
    version_ = -1;
    rows_.assign(plans_.size(), {});
  }
  const std::int64_t now_ms = SteadyUs() / 1'000;
  const bool counted = std::any_of(waiting_.begin(), waiting_.end(),
                                   [](const auto& samples) { return !samples.empty(); });
  const bool writes =
      must_write || IsDue(now_s) || (counted && now_ms - written_ms_ >= pace_.write_ms);
  if (!writes) {
    const Result<std::int64_t> version = file_->Version();
    if (!version) return version.error();
    if (*version == version_) return Done{};
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      Result<std::optional<RolloutRow>> row = file_->Find(plans_[i].salt);
      if (!row) return row.error();
      if (*row) Publish(i, **row);
      rows_[i] = *row ? **std::move(row) : RolloutRow{};
    }
    version_ = *version;
    return Done{};
  }
  if (Status begun = file_->Begin(); !begun) return begun;
  std::vector<RolloutWork> works(plans_.size());
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (Status status = WorkInFile(i, now_s, works[i]); !status) return status;
  }
  if (Status committed = file_->Commit(); !committed) return committed;
  written_ms_ = now_ms;
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    waiting_[i].clear();
    Publish(i, works[i].row);
    rows_[i] = std::move(works[i].row);
    Tell(i, works[i]);
  }
  return Done{};
}

Status Rollouts::WorkInFile(std::size_t rollout, std::int64_t now_s, RolloutWork& work) {
  Result<std::optional<RolloutRow>> found = file_->Find(plans_[rollout].salt);
  if (!found) return found.error();
  if (*found) {
    work.row = **std::move(found);
    TakePlan(plans_[rollout], now_s, planned_us_, work);
  } else {
    work = BeginRollout(plans_[rollout], now_s, planned_us_);
    if (Status saved = file_->Save(work.row); !saved) return saved;
  }
  const bool active = IsActive(work.row.state);
  // By the row's own plan: another service may have brought a newer one.
  const std::vector<PlanCriterion> signals = SignalsOf(work.row.plan);
  for (const RolloutSample& sample : waiting_[rollout]) {
    if (!active) break;
    Result<UnitMarks> marks = file_->Marks(work.row.id, sample.unit);
    if (!marks) return marks.error();
    UnitMarks next = *marks;
    CountSample(signals, sample, now_s, next, work);
    if (next.hour == marks->hour && next.step == marks->step) continue;
    work.changed = true;
    if (Status set = file_->SetMarks(work.row.id, sample.unit, next); !set) return set;
  }
  EndBlock(now_s, pace_.block_s, work);
  if (active && !IsActive(work.row.state)) {
    if (Status forgot = file_->ForgetUnits(work.row.id); !forgot) return forgot;
  }
  if (!work.changed) return Done{};
  for (const RolloutEntry& entry : work.entries) {
    if (Status appended = file_->Append(work.row, entry); !appended) return appended;
  }
  return file_->Save(work.row);
}

void Rollouts::Tell(std::size_t rollout, const RolloutWork& work) const {
  const Tables& tables = policy_.tables();
  const std::uint16_t alert = tables.rollouts[rollout].alert;
  for (const RolloutTransition& one : work.transitions) {
    listener_({plans_[rollout].name,
               alert == kNone16 ? std::string() : std::string(tables.alerts[alert].name), one});
  }
}

void Rollouts::Publish(std::size_t rollout, const RolloutRow& row) {
  policy_.live().set_share_ppm(static_cast<std::uint16_t>(rollout), row.state.share_ppm);
}

}  // namespace mlp::engine
