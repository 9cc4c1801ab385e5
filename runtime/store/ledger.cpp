#include "runtime/store/ledger.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

#include "runtime/core/wide.hpp"

namespace mlp {
namespace {

constexpr std::uint64_t kPpm = 1'000'000;
/// An account that nobody asked about for so long is no longer looked up.
constexpr std::int64_t kForgetAfterS = 600;

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

std::int64_t SharePpm(std::int64_t spent, std::int64_t reserved, std::int64_t limit) {
  if (limit == INT64_MAX) return 0;
  if (limit <= 0) return std::int64_t{kPpm};
  const std::int64_t used = std::max(spent, std::int64_t{0}) + reserved;
  const UInt128 share =
      UInt128{static_cast<std::uint64_t>(used)} * kPpm / static_cast<std::uint64_t>(limit);
  return static_cast<std::int64_t>(std::min<UInt128>(share, UINT32_MAX));
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
    if (Status status = file_.Open(path); !status) return status;
    thread_ = std::thread([this] { Run(); });
    return Done{};
  }

  void Push(Operation operation) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(operation));
      ++handed_in_;
    }
    wake_.notify_one();
  }

  Status Flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t target = handed_in_;
    const std::uint64_t failed = stats_.failed;
    tried_changed_.wait(lock, [&] { return tried_ >= target || stats_.failed > failed; });
    if (tried_ >= target) return Done{};
    return Error{ErrorClass::kNone, stats_.last_error};
  }

  std::uint32_t UsedPpm(const LedgerAccount& account, std::int64_t now_s) {
    const std::lock_guard lock(use_mutex_);
    const auto [at, added] = uses_.try_emplace({account.budget, account.value});
    Known& known = at->second;
    if (added) known.account = account;
    known.asked_s = now_s;
    const bool day = known.day_s == DayStart(now_s);
    const bool month = known.month_s == MonthStart(now_s);
    const std::int64_t of_day =
        day ? SharePpm(known.use.day_spent_pico, known.use.day_reserved_pico, account.per_day_pico)
            : 0;
    const std::int64_t of_month =
        month ? SharePpm(known.use.month_spent_pico, known.use.month_reserved_pico,
                         account.per_month_pico)
              : 0;
    return static_cast<std::uint32_t>(std::max(of_day, of_month));
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
    std::int64_t asked_s = 0;
  };
  using Key = std::pair<std::string, std::string>;
  /// What a batch came to, told after its commit.
  struct Outcome {
    std::vector<std::pair<Granted, LedgerFile::Grant>> answers;
    LedgerStats counts;
  };

  void Run() {
    auto next_sweep = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait_until(lock, next_sweep, [&] { return stopping_ || !queue_.empty(); });
      const bool sweep = std::chrono::steady_clock::now() >= next_sweep;
      if (stopping_ && queue_.empty()) return;
      std::vector<Operation> batch;
      while (!queue_.empty() && batch.size() < options_.batch) {
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      lock.unlock();
      Outcome outcome;
      const Status status = Write(batch, sweep, outcome);
      if (sweep) {
        next_sweep =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(options_.sweep_ms);
      }
      if (status) {
        for (auto& [granted, grant] : outcome.answers) granted(std::move(grant));
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

  Status Write(std::vector<Operation>& batch, bool sweep, Outcome& outcome) {
    if (Status status = file_.Begin(); !status) return status;
    if (sweep) {
      const Result<std::int64_t> expired = file_.Sweep(WallSeconds());
      if (!expired) return expired.error();
      outcome.counts.expired = static_cast<std::uint64_t>(*expired);
    }
    for (Operation& operation : batch) {
      if (auto* settlement = std::get_if<Settlement>(&operation)) {
        const Result<bool> settled = file_.Settle(settlement->id, settlement->actual_pico);
        if (!settled) return settled.error();
        outcome.counts.settled += *settled ? 1 : 0;
        continue;
      }
      auto& wanted = std::get<Reservation>(operation);
      const Result<LedgerFile::Grant> grant =
          file_.Reserve(wanted.accounts, wanted.amount_pico, wanted.now_s, wanted.expires_s);
      if (!grant) return grant.error();
      ++(grant->ok() ? outcome.counts.reserved : outcome.counts.refused);
      outcome.answers.emplace_back(wanted.granted, *grant);
    }
    std::vector<std::pair<Key, Known>> seen;
    if (Status status = LookUp(batch, sweep, seen); !status) return status;
    if (Status status = file_.Commit(); !status) return status;
    const std::lock_guard lock(use_mutex_);
    for (auto& [key, known] : seen) {
      Known& kept = uses_[key];
      known.asked_s = std::max(known.asked_s, kept.asked_s);
      kept = std::move(known);
    }
    return Done{};
  }

  /// The uses of the accounts that anybody asked about: those of the batch, with a sweep all.
  Status LookUp(const std::vector<Operation>& batch, bool all,
                std::vector<std::pair<Key, Known>>& seen) {
    const std::int64_t now_s = WallSeconds();
    {
      const std::lock_guard lock(use_mutex_);
      if (all) {
        std::erase_if(
            uses_, [&](const auto& entry) { return entry.second.asked_s < now_s - kForgetAfterS; });
        seen.assign(uses_.begin(), uses_.end());
      }
      for (const Operation& operation : batch) {
        const auto* wanted = std::get_if<Reservation>(&operation);
        if (all || wanted == nullptr) continue;
        for (const LedgerAccount& account : wanted->accounts) {
          const auto at = uses_.find({account.budget, account.value});
          if (at != uses_.end()) seen.push_back(*at);
        }
      }
    }
    for (auto& [key, known] : seen) {
      const Result<LedgerUse> use = file_.Use(known.account, now_s);
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
  LedgerFile file_;  // the thread's alone once it runs
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable tried_changed_;
  std::deque<Operation> queue_;
  std::uint64_t handed_in_ = 0;
  std::uint64_t tried_ = 0;
  bool stopping_ = false;
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

std::uint32_t Ledger::UsedPpm(const LedgerAccount& account, std::int64_t now_s) {
  return impl_->UsedPpm(account, now_s);
}

LedgerStats Ledger::stats() const { return impl_->stats(); }

}  // namespace mlp
