#include "mlp/client.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "mlp/http_client.hpp"
#include "runtime/core/split_mix.hpp"
#include "runtime/engine/call.hpp"
#include "runtime/engine/caller_loop.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/engine/control_loop.hpp"
#include "runtime/engine/health/health.hpp"
#include "runtime/engine/health/probes.hpp"
#include "runtime/engine/observe/observer.hpp"
#include "runtime/engine/operator_watch.hpp"
#include "runtime/engine/providers.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kBudgetIntervalUs = 1'000'000;

std::uint64_t SystemSeed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

class Client::Impl {
 public:
  Impl(const Policy& policy, const ClientOptions& options)
      : policy_(policy),
        secrets_(options.secret),
        providers_(policy.tables(), options, secrets_, warnings_),
        limits_(policy.tables()),
        answers_(options.cache, engine::WallUs() / 1'000'000, warnings_),
        budgets_(policy, options.store.empty() ? std::string() : options.store + ".ledger",
                 Listening(options.on_budget), warnings_),
        seed_(options.seed == 0 ? SystemSeed() : options.seed),
        observer_(policy.tables(), options, secrets_, Mix(seed_ + 2), warnings_),
        look_us_(std::max<std::int64_t>(options.alerts.interval_ms, 1) * 1'000),
        health_(policy, options.health, Mix(seed_), engine::SteadyUs()),
        probes_(policy.tables(), providers_, health_, Mix(seed_ + 1)),
        control_(policy, health_, options.health.control_ms) {
    if (!options.store.empty()) {
      Result<std::unique_ptr<Store>> store = Store::Open(options.store, options.store_options);
      if (store.ok()) {
        store_ = std::move(store).value();
      } else {
        warnings_.push_back(
            fmt::format("store: {}; calls go on unrecorded", store.error().context));
      }
    }
    if (!options.store.empty()) {
      watch_ = std::make_unique<engine::OperatorWatch>(
          policy.tables(), health_, options.store + ".ledger", options.health.operator_ms);
      for (const OperatorDown& down : Report().unknown_names) {
        warnings_.push_back(
            fmt::format("`{}` is taken down by {}, and policy `{}` has no such model or provider",
                        down.name, down.who, policy.tables().name));
      }
    }
    if (options.health.probes) probes_.Start(http_);
    http_.After(0, [this] { WatchBudgets(); });
    if (observer_.watches()) http_.After(0, [this] { Look(); });
  }

  ~Impl() {
    std::unordered_map<std::uint64_t, std::shared_ptr<engine::Call>> active;
    {
      const std::lock_guard lock(mutex_);
      active = active_;
    }
    for (const auto& [id, call] : active) call->Cancel();
    active.clear();
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return active_.empty(); });
  }

  Event Complete(const RequestView& request, const Prompt& prompt, const CallOptions& options) {
    Event end;
    bool ended = false;
    const auto loop = std::make_shared<engine::CallerLoop>(http_);
    Begin(loop, request, prompt, options, engine::Report::kEndAlone, [&](Event event) {
      end = std::move(event);
      ended = true;
    });
    loop->Run(ended);
    return end;
  }

  std::uint64_t Start(const RequestView& request, Prompt prompt,
                      std::function<void(Event)> on_event, const CallOptions& options) {
    const auto kept = std::make_shared<const Prompt>(std::move(prompt));
    const std::shared_ptr<HttpExecutor> not_owned(std::shared_ptr<void>(), &http_);
    return Begin(
        not_owned, request, *kept, options, engine::Report::kPieces,
        [kept, on_event = std::move(on_event)](Event event) { on_event(std::move(event)); });
  }

  void Cancel(std::uint64_t id) {
    std::shared_ptr<engine::Call> call;
    {
      const std::lock_guard lock(mutex_);
      const auto found = active_.find(id);
      if (found == active_.end()) return;
      call = found->second;
    }
    call->Cancel();
  }

  Status Flush() {
    Status ledger = budgets_.Flush();
    answers_.Flush();
    Status store = store_ == nullptr ? Status(Done{}) : store_->Flush();
    return store ? ledger : store;
  }
  std::vector<BudgetState> budgets() { return budgets_.States(engine::WallUs() / 1'000'000); }
  BudgetStats budget_stats() const { return budgets_.stats(); }
  CacheStats cache_stats() const { return answers_.stats(); }
  StoreStats store_stats() const { return store_ == nullptr ? StoreStats{} : store_->stats(); }
  const std::vector<std::string>& warnings() const { return warnings_; }

  HealthReport Report() {
    HealthReport report;
    const std::int64_t now_us = engine::SteadyUs();
    health_.Describe(report, now_us, engine::WallUs() - now_us);
    probes_.Describe(report);
    if (watch_ != nullptr) watch_->Describe(report);
    return report;
  }

  std::string Metrics() {
    const HealthReport health = Report();
    const std::vector<BudgetState> states = budgets();
    const BudgetStats budgets = budget_stats();
    const StoreStats store = store_stats();
    return observer_.Metrics({health, states, budgets, store, InFlight()});
  }

 private:
  template <typename OnEvent>
  std::uint64_t Begin(std::shared_ptr<HttpExecutor> http, const RequestView& request,
                      const Prompt& prompt, const CallOptions& options, engine::Report report,
                      OnEvent on_event) {
    const std::uint64_t id = next_.fetch_add(1, std::memory_order_relaxed);
    auto call = std::make_shared<engine::Call>(
        engine::CallContext{policy_, providers_, limits_, budgets_, health_, answers_, store_.get(),
                            observer_, std::move(http)},
        request, prompt, options, Mix(seed_ + id * 0x9E3779B97F4A7C15), report,
        [this, id, on_event = std::move(on_event)](Event event) {
          const bool ends = event.kind == Event::Kind::kReply || event.kind == Event::Kind::kError;
          on_event(std::move(event));
          if (!ends) return;
          const std::lock_guard lock(mutex_);
          active_.erase(id);
          if (active_.empty()) idle_.notify_all();
        });
    {
      const std::lock_guard lock(mutex_);
      active_.emplace(id, call);
    }
    call->Begin();
    return id;
  }

  /// On the I/O thread.
  void WatchBudgets() {
    budgets_.Watch(engine::WallUs() / 1'000'000);
    http_.After(kBudgetIntervalUs, [this] { WatchBudgets(); });
  }

  /// On the I/O thread, as Look.
  BudgetListener Listening(BudgetListener own) {
    return [this, own = std::move(own)](const BudgetNotice& notice) {
      observer_.OnBudget(http_, notice);
      if (own) own(notice);
    };
  }

  void Look() {
    const HealthReport health = Report();
    const StoreStats store = store_stats();
    const BudgetStats budgets = budget_stats();
    observer_.Look(http_, {health, store, budgets, InFlight()});
    http_.After(look_us_, [this] { Look(); });
  }

  std::int64_t InFlight() {
    const std::lock_guard lock(mutex_);
    return static_cast<std::int64_t>(active_.size());
  }

  const Policy& policy_;
  std::vector<std::string> warnings_;
  engine::Secrets secrets_;
  engine::Providers providers_;
  engine::ModelLimits limits_;
  engine::Answers answers_;
  engine::Budgets budgets_;
  const std::uint64_t seed_;
  engine::Observer observer_;
  const std::int64_t look_us_;
  engine::Health health_;
  engine::Probes probes_;
  engine::ControlLoop control_;
  std::unique_ptr<engine::OperatorWatch> watch_;
  std::atomic<std::uint64_t> next_{1};
  std::unique_ptr<Store> store_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::unordered_map<std::uint64_t, std::shared_ptr<engine::Call>> active_;
  HttpClient http_;  // last: its thread ends before what its callbacks use
};

Client::Client(const Policy& policy, const ClientOptions& options)
    : impl_(std::make_unique<Impl>(policy, options)) {}
Client::~Client() = default;

Result<Reply> Client::Complete(const RequestView& request, const Prompt& prompt,
                               const CallOptions& options) {
  Event event = impl_->Complete(request, prompt, options);
  if (event.kind == Event::Kind::kError) return std::move(event.error);
  return std::move(event.reply);
}

std::uint64_t Client::Start(const RequestView& request, Prompt prompt,
                            std::function<void(Event)> on_event, const CallOptions& options) {
  return impl_->Start(request, std::move(prompt), std::move(on_event), options);
}

void Client::Cancel(std::uint64_t call) { impl_->Cancel(call); }
Status Client::Flush() { return impl_->Flush(); }
StoreStats Client::store_stats() const { return impl_->store_stats(); }
std::vector<BudgetState> Client::Budgets() const { return impl_->budgets(); }
BudgetStats Client::budget_stats() const { return impl_->budget_stats(); }
CacheStats Client::cache_stats() const { return impl_->cache_stats(); }
const std::vector<std::string>& Client::warnings() const { return impl_->warnings(); }
HealthReport Client::Health() const { return impl_->Report(); }
std::string Client::Metrics() const { return impl_->Metrics(); }

}  // namespace mlp
