#include "runtime/store/ledger.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>

#include "runtime/store/file_number.hpp"

namespace mlp {
namespace {

/// An account that nobody asked about for so long is no longer looked up by the sweeps.
constexpr std::int64_t kQuietAfterS = 600;
constexpr std::string_view kMemory = ":memory:";
/// More than a file has reservations in its life: those of the next file are numbered from there.
constexpr std::int64_t kIds = std::int64_t{1} << 48;

using Clock = std::chrono::steady_clock;

struct Reservation {
  std::vector<LedgerAccount> accounts;
  std::int64_t amount_pico;
  std::int64_t now_s;
  std::int64_t expires_s;
  Ledger::Granted granted;
};
struct Settlement {
  std::int64_t id;
  std::int64_t actual_pico;
};
using Operation = std::variant<Reservation, Settlement>;

std::int64_t WallSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

class Ledger::Impl {
 public:
  explicit Impl(LedgerOptions options) : options_(options) {}
  ~Impl() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  Status Open(const std::string& path) {
    path_ = path;
    if (Status status = FollowFile(); !status) return status;
    if (Status status = Preload(); !status) return status;
    thread_ = std::thread([this] { Run(); });
    return Done{};
  }

  void Push(Operation operation) {
    {
      const std::lock_guard lock(mutex_);
      const bool urgent = std::holds_alternative<Reservation>(operation);
      if (queue_.empty()) oldest_ = Clock::now();
      urgent_ = urgent_ || urgent;
      queue_.push_back(std::move(operation));
      ++handed_in_;
      if (!urgent && queue_.size() > 1 && queue_.size() < options_.batch) return;
    }
    wake_.notify_one();
  }

  Status Flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t target = handed_in_;
    const std::uint64_t failed = stats_.failed;
    urgent_ = true;
    wake_.notify_one();
    tried_changed_.wait(lock, [&] { return tried_ >= target || stats_.failed > failed; });
    if (tried_ >= target) return Done{};
    return Error{ErrorClass::kNone, stats_.last_error};
  }

  Share ShareOf(const LedgerAccount& account, std::int64_t now_s) {
    const std::lock_guard lock(use_mutex_);
    Known& known = uses_[{account.budget, account.value}];
    known.account = account;
    known.asked_s = now_s;
    const LedgerUse use = known.At(now_s);
    const auto most = [&](std::int64_t day, std::int64_t month) {
      return std::max(SharePpm(day, account.per_day_pico), SharePpm(month, account.per_month_pico));
    };
    return {most(use.day_spent_pico, use.month_spent_pico),
            most(use.day_spent_pico + use.day_reserved_pico,
                 use.month_spent_pico + use.month_reserved_pico),
            use};
  }

  std::vector<Use> Uses(std::int64_t now_s) {
    const std::lock_guard lock(use_mutex_);
    std::vector<Use> uses;
    for (const auto& [key, known] : uses_) {
      if (known.asked_s >= MonthStart(now_s)) uses.push_back({known.account, known.At(now_s)});
    }
    return uses;
  }

  LedgerStats stats() const {
    const std::lock_guard lock(mutex_);
    LedgerStats stats = stats_;
    stats.waiting = static_cast<std::uint64_t>(std::count_if(
        queue_.begin(), queue_.end(),
        [](const Operation& operation) { return std::holds_alternative<Settlement>(operation); }));
    return stats;
  }

 private:
  struct Known {
    LedgerAccount account;
    LedgerUse use;
    std::int64_t day_s = -1;
    std::int64_t month_s = -1;
    std::int64_t asked_s = 0;  ///< 0: nobody asked, and there is no account but its name
    [[nodiscard]] LedgerUse At(std::int64_t now_s) const {
      LedgerUse at = use;
      if (day_s != DayStart(now_s)) at.day_spent_pico = at.day_reserved_pico = 0;
      if (month_s != MonthStart(now_s)) at.month_spent_pico = at.month_reserved_pico = 0;
      return at;
    }
  };
  using Key = std::pair<std::string, std::string>;
  static Key KeyOf(const LedgerAccount& account) { return {account.budget, account.value}; }
  /// What a batch came to, told after its commit.
  struct Outcome {
    std::vector<std::pair<Granted, LedgerFile::Grant>> answers;
    std::vector<std::pair<std::int64_t, std::vector<LedgerAccount>>> held;
    LedgerStats counts;
  };

  /// What there is already, so that the first calls of a process know it.
  Status Preload() {
    const std::int64_t now_s = WallSeconds();
    const Result<std::vector<LedgerEntry>> entries = file_->Entries(now_s);
    if (!entries) return entries.error();
    for (const LedgerEntry& entry : *entries) {
      Known& known = uses_[{entry.budget, entry.value}];
      known.day_s = DayStart(now_s);
      known.month_s = MonthStart(now_s);
      LedgerUse& use = known.use;
      (entry.month ? use.month_spent_pico : use.day_spent_pico) = entry.spent_pico;
      (entry.month ? use.month_reserved_pico : use.day_reserved_pico) = entry.reserved_pico;
    }
    return Done{};
  }

  void Run() {
    auto next_sweep = Clock::now();
    std::unique_lock lock(mutex_);
    for (;;) {
      AwaitWork(lock, next_sweep);
      const bool sweep = Clock::now() >= next_sweep;
      if (stopping_ && queue_.empty()) return;
      std::vector<Operation> batch;
      while (!queue_.empty() && batch.size() < options_.batch) {
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      urgent_ = !queue_.empty();
      lock.unlock();
      Outcome outcome;
      const Status status = Write(batch, sweep, outcome);
      if (sweep) {
        next_sweep = Clock::now() + std::chrono::milliseconds(options_.sweep_ms);
      }
      if (status) {
        for (auto& [granted, grant] : outcome.answers) granted(grant);
        lock.lock();
        Count(outcome.counts);
        tried_ += batch.size();
        tried_changed_.notify_all();
      } else {
        GiveBack(batch, status.error(), lock);
        if (stopping_) return;
        wake_.wait_for(lock, std::chrono::milliseconds(options_.retry_ms),
                       [&] { return stopping_; });
      }
    }
  }

  /// Until the thread stops, a sweep is due, a reservation or a flush waits, or settlements have
  /// waited long enough.
  void AwaitWork(std::unique_lock<std::mutex>& lock, Clock::time_point next_sweep) {
    const std::chrono::milliseconds patience(options_.settle_ms);
    for (;;) {
      const Clock::time_point now = Clock::now();
      if (stopping_ || urgent_ || now >= next_sweep || queue_.size() >= options_.batch) return;
      if (!queue_.empty() && now >= oldest_ + patience) return;
      wake_.wait_until(lock,
                       queue_.empty() ? next_sweep : std::min(next_sweep, oldest_ + patience));
    }
  }

  /// What lies at the path is the ledger, also where it was put there since, as from a backup, or
  /// was taken away.
  Status FollowFile() {
    if (file_ != nullptr && (path_ == kMemory || FileNumber(path_) == file_number_)) return Done{};
    auto file = std::make_unique<LedgerFile>();
    if (Status status = file->Open(path_); !status) return status;
    file_number_ = FileNumber(path_);
    if (file_ != nullptr) ++files_before_;
    file_ = std::move(file);
    return Done{};
  }

  /// Reservations of a file that is no longer ours have numbers that another one may use too.
  [[nodiscard]] std::int64_t Outside(std::int64_t id) const { return id + files_before_ * kIds; }
  [[nodiscard]] bool IsOfThisFile(std::int64_t id) const { return id / kIds == files_before_; }

  Result<bool> Settle(const Settlement& settlement) {
    if (IsOfThisFile(settlement.id)) {
      return file_->Settle(settlement.id % kIds, settlement.actual_pico);
    }
    const auto held = held_.find(settlement.id);
    if (held == held_.end() || settlement.actual_pico <= 0) return false;
    std::vector<LedgerAccount> accounts = held->second;
    for (LedgerAccount& account : accounts) account.hold_ppm = kHoldAny;
    const std::int64_t now_s = WallSeconds();
    const auto grant = file_->Reserve(accounts, settlement.actual_pico, now_s, now_s);
    if (!grant) return grant.error();
    return file_->Settle(grant->id, settlement.actual_pico);
  }

  Status Write(std::vector<Operation>& batch, bool sweep, Outcome& outcome) {
    if (Status status = FollowFile(); !status) return status;
    if (Status status = file_->Begin(); !status) return status;
    if (sweep) {
      const Result<std::int64_t> expired = file_->Sweep(WallSeconds());
      if (!expired) return expired.error();
      outcome.counts.sweeps = 1;
      outcome.counts.expired = static_cast<std::uint64_t>(*expired);
    }
    std::vector<Key> touched;
    for (Operation& operation : batch) {
      if (auto* settlement = std::get_if<Settlement>(&operation)) {
        const Result<bool> settled = Settle(*settlement);
        if (!settled) return settled.error();
        outcome.counts.settled += *settled ? 1 : 0;
        const auto held = held_.find(settlement->id);
        if (held == held_.end()) continue;
        for (const LedgerAccount& account : held->second) touched.push_back(KeyOf(account));
        continue;
      }
      auto& wanted = std::get<Reservation>(operation);
      Result<LedgerFile::Grant> grant =
          file_->Reserve(wanted.accounts, wanted.amount_pico, wanted.now_s, wanted.expires_s);
      if (!grant) return grant.error();
      ++(grant->ok() ? outcome.counts.reserved : outcome.counts.refused);
      if (grant->ok()) grant->id = Outside(grant->id);
      outcome.answers.emplace_back(wanted.granted, *grant);
      for (const LedgerAccount& account : wanted.accounts) touched.push_back(KeyOf(account));
      if (grant->ok()) outcome.held.emplace_back(grant->id, std::move(wanted.accounts));
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    std::vector<std::pair<Key, Known>> seen;
    if (Status status = LookUp(touched, sweep, seen); !status) return status;
    if (Status status = file_->Commit(); !status) return status;
    for (auto& [id, accounts] : outcome.held) held_.emplace(id, std::move(accounts));
    for (const Operation& operation : batch) {
      if (const auto* settlement = std::get_if<Settlement>(&operation)) held_.erase(settlement->id);
    }
    const std::lock_guard lock(use_mutex_);
    for (auto& [key, known] : seen) {
      Known& kept = uses_[key];  // its account and when it was asked for may be newer
      kept.use = known.use;
      kept.day_s = known.day_s;
      kept.month_s = known.month_s;
    }
    return Done{};
  }

  /// The uses of the accounts that anybody asked about: those of the batch, with a sweep all that
  /// are not quiet. Those of past months are forgotten.
  Status LookUp(const std::vector<Key>& touched, bool all,
                std::vector<std::pair<Key, Known>>& seen) {
    const std::int64_t now_s = WallSeconds();
    {
      const std::lock_guard lock(use_mutex_);
      if (all) {
        std::erase_if(uses_, [&](const auto& entry) {
          return entry.second.asked_s < now_s - kQuietAfterS &&
                 entry.second.month_s != MonthStart(now_s);
        });
        std::copy_if(uses_.begin(), uses_.end(), std::back_inserter(seen), [&](const auto& entry) {
          return entry.second.asked_s >= now_s - kQuietAfterS;
        });
      }
      for (const Key& key : touched) {
        const auto at = uses_.find(key);
        if (at == uses_.end() || (all && at->second.asked_s >= now_s - kQuietAfterS)) continue;
        seen.push_back(*at);
      }
    }
    for (auto& [key, known] : seen) {
      const Result<LedgerUse> use = file_->Use({.budget = key.first, .value = key.second}, now_s);
      if (!use) return use.error();
      known.use = *use;
      known.day_s = DayStart(now_s);
      known.month_s = MonthStart(now_s);
    }
    return Done{};
  }

  void Count(const LedgerStats& more) {
    stats_.reserved += more.reserved;
    stats_.refused += more.refused;
    stats_.settled += more.settled;
    stats_.expired += more.expired;
    stats_.sweeps += more.sweeps;
  }

  /// Settlements of a failed batch wait at the head of the queue; reservations get the error. Takes
  /// the lock.
  void GiveBack(std::vector<Operation>& batch, const Error& error,
                std::unique_lock<std::mutex>& lock) {
    std::uint64_t unanswered = 0;
    for (Operation& operation : batch) {
      if (auto* wanted = std::get_if<Reservation>(&operation)) {
        wanted->granted(error);
        ++unanswered;
      }
    }
    lock.lock();
    for (auto at = batch.rbegin(); at != batch.rend(); ++at) {
      if (std::holds_alternative<Settlement>(*at)) queue_.push_front(std::move(*at));
    }
    tried_ += unanswered;
    ++stats_.failed;
    stats_.unanswered += unanswered;
    stats_.last_error = error.context;
    tried_changed_.notify_all();
  }

  const LedgerOptions options_;
  std::string path_;
  // The thread's alone once it runs:
  std::unique_ptr<LedgerFile> file_;
  std::uint64_t file_number_ = 0;
  std::int64_t files_before_ = 0;  // since the start, in this one's place
  std::unordered_map<std::int64_t, std::vector<LedgerAccount>> held_;  // not yet settled
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable tried_changed_;
  std::deque<Operation> queue_;
  std::uint64_t handed_in_ = 0;
  std::uint64_t tried_ = 0;
  bool stopping_ = false;
  bool urgent_ = false;       ///< a reservation is in the queue, or a flush waits
  Clock::time_point oldest_;  ///< when the first of the queue came
  LedgerStats stats_;
  std::mutex use_mutex_;
  std::map<Key, Known> uses_;
  std::thread thread_;
};

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::~Ledger() = default;

Result<std::unique_ptr<Ledger>> Ledger::Open(const std::string& path, LedgerOptions options) {
  auto impl = std::make_unique<Impl>(options);
  if (Status status = impl->Open(path); !status) return status.error();
  return std::unique_ptr<Ledger>(new Ledger(std::move(impl)));
}

void Ledger::Reserve(std::vector<LedgerAccount> accounts, std::int64_t amount_pico,
                     std::int64_t now_s, std::int64_t expires_s, Granted granted) {
  impl_->Push(Reservation{std::move(accounts), amount_pico, now_s, expires_s, std::move(granted)});
}

void Ledger::Settle(std::int64_t reservation, std::int64_t actual_pico) {
  impl_->Push(Settlement{reservation, actual_pico});
}

Status Ledger::Flush() { return impl_->Flush(); }

Ledger::Share Ledger::ShareOf(const LedgerAccount& account, std::int64_t now_s) {
  return impl_->ShareOf(account, now_s);
}

std::vector<Ledger::Use> Ledger::Uses(std::int64_t now_s) { return impl_->Uses(now_s); }

LedgerStats Ledger::stats() const { return impl_->stats(); }

}  // namespace mlp
