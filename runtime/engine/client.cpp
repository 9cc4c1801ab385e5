#include "mlp/client.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "mlp/http_client.hpp"
#include "runtime/core/split_mix.hpp"
#include "runtime/engine/call.hpp"
#include "runtime/engine/caller_loop.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/engine/policy_loader.hpp"
#include "runtime/engine/policy_state.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kBudgetIntervalUs = 1'000'000;
constexpr std::int64_t kUntilMadeUs = 1'000;

std::uint64_t SystemSeed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

class Client::Impl {
 public:
  Impl(const Policy& policy, const ClientOptions& options)
      : linked_(policy),
        options_(options),
        secrets_(options.secret),
        answers_(options.cache, engine::WallUs() / 1'000'000, warnings_),
        book_(options.store.empty() ? std::string() : options.store + ".ledger",
              Listening(options.on_budget)),
        seed_(options.seed == 0 ? SystemSeed() : options.seed),
        look_us_(std::max<std::int64_t>(options.alerts.interval_ms, 1) * 1'000) {
    const auto first = std::make_shared<engine::PolicyState>(
        std::shared_ptr<const Policy>(std::shared_ptr<void>(), &policy), Ground(), nullptr,
        warnings_);
    {
      const std::lock_guard lock(state_mutex_);  // rollouts are told of already
      state_ = first;
    }
    if (!options.store.empty()) {
      Result<std::unique_ptr<Store>> store = Store::Open(options.store, options.store_options);
      if (store.ok()) {
        store_ = std::move(store).value();
      } else {
        warnings_.push_back(
            fmt::format("store: {}; calls go on unrecorded", store.error().context));
      }
    }
    http_.After(0, [this] { WatchBudgets(); });
    Enforce(first);
  }

  ~Impl() {
    std::unordered_map<std::uint64_t, std::shared_ptr<engine::Call>> active;
    {
      const std::lock_guard lock(mutex_);
      active = active_;
    }
    for (const auto& [id, call] : active) call->Cancel();
    active.clear();
    {
      std::unique_lock lock(mutex_);
      idle_.wait(lock, [this] { return active_.empty(); });
    }
    State()->rollouts.Stop();  // which tells of changes through http_
  }

  Event Complete(const RequestView& request, const Prompt& prompt, const CallOptions& options) {
    Event end;
    bool ended = false;
    const auto loop = std::make_shared<engine::CallerLoop>(http_);
    const std::thread::id caller = std::this_thread::get_id();
    Begin(loop, request, prompt, options, engine::Report::kEndAlone,
          [&, loop, caller](Event event) {
            end = std::move(event);
            if (std::this_thread::get_id() == caller) {
              ended = true;
            } else {  // it has gone on where two attempts can be under way
              loop->After(0, [&ended] { ended = true; });
            }
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

  Result<std::vector<std::string>> Load(const std::string& file) {
    const engine::PolicyLoader loader = engine::GetPolicyLoader();
    if (loader == nullptr) {
      return Error{
          ErrorClass::kInvalidRequest,
          fmt::format("{}: policies are loaded by the target mlp::loader, and this program "
                      "is not linked with it",
                      file)};
    }
    const std::lock_guard lock(load_mutex_);
    Result<std::shared_ptr<const Policy>> policy = loader(file);
    if (!policy.ok()) return policy.error();
    const std::string difference = engine::SchemaDifference(linked_.tables(), (*policy)->tables());
    if (!difference.empty()) {
      return Error{ErrorClass::kInvalidRequest,
                   fmt::format("{}: its requests are not those that this program makes: {}", file,
                               difference)};
    }
    ++loads_;
    std::vector<std::string> warnings;
    const std::shared_ptr<engine::PolicyState> before = State();
    before->Retire();
    const auto next =
        std::make_shared<engine::PolicyState>(*std::move(policy), Ground(), before.get(), warnings);
    {
      const std::lock_guard state_lock(state_mutex_);
      state_ = next;
    }
    Enforce(next);
    return warnings;
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
    Status ledger = book_.Flush();
    if (Status rollouts = State()->rollouts.Flush(); ledger && !rollouts) ledger = rollouts;
    answers_.Flush();
    Status store = store_ == nullptr ? Status(Done{}) : store_->Flush();
    return store ? ledger : store;
  }
  std::vector<BudgetState> budgets() const {
    return State()->budgets.States(engine::WallUs() / 1'000'000);
  }
  BudgetStats budget_stats() const { return book_.stats(); }
  CacheStats cache_stats() const { return answers_.stats(); }
  bool GiveFeedback(const std::string& call_id, double score, std::string note) {
    if (!(score >= 0 && score <= 1) || store_ == nullptr) return false;
    State()->evaluators.CountFeedback();
    return store_->AppendFeedback(Feedback{call_id, engine::WallUs(),
                                           static_cast<std::int32_t>(std::lround(score * 1e6)),
                                           std::move(note)});
  }
  QualityStats quality_stats() const { return State()->evaluators.stats(); }
  StoreStats store_stats() const { return store_ == nullptr ? StoreStats{} : store_->stats(); }
  const std::vector<std::string>& warnings() const { return warnings_; }

  HealthReport Report() const { return State()->Report(); }

  std::string Metrics() {
    const std::shared_ptr<engine::PolicyState> state = State();
    const HealthReport health = state->Report();
    const std::vector<BudgetState> states = state->budgets.States(engine::WallUs() / 1'000'000);
    const BudgetStats budgets = budget_stats();
    const StoreStats store = store_stats();
    const CacheStats cache = cache_stats();
    const QualityStats quality = state->evaluators.stats();
    const std::vector<RolloutRow> rollouts = state->rollouts.Rows();
    const std::vector<ExperimentRow> experiments = state->rollouts.ExperimentRows();
    return state->observer.Metrics({health, states, budgets, store, state->hedges, *state->retries,
                                    cache, quality, rollouts, experiments, InFlight()});
  }

 private:
  template <typename OnEvent>
  std::uint64_t Begin(std::shared_ptr<HttpExecutor> http, const RequestView& request,
                      const Prompt& prompt, const CallOptions& options, engine::Report report,
                      OnEvent on_event) {
    const std::uint64_t id = next_.fetch_add(1, std::memory_order_relaxed);
    auto call = std::make_shared<engine::Call>(
        engine::CallContext{State(), answers_, store_.get(), std::move(http), http_}, request,
        prompt, options, Mix(seed_ + id * 0x9E3779B97F4A7C15), report,
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

  [[nodiscard]] std::shared_ptr<engine::PolicyState> State() const {
    const std::lock_guard lock(state_mutex_);
    return state_;
  }

  [[nodiscard]] engine::PolicyGround Ground() {
    return {options_, secrets_, book_, on_rollout_, seed_ + loads_ * 3};
  }

  /// What a policy in force does by itself.
  void Enforce(const std::shared_ptr<engine::PolicyState>& state) {
    if (options_.health.probes) state->probes.Start(http_, state);
    if (state->observer.watches() && !looks_.exchange(true)) http_.After(0, [this] { Look(); });
  }

  /// On the I/O thread, as all that follows.
  void WatchBudgets() {
    State()->budgets.Watch(engine::WallUs() / 1'000'000);
    http_.After(kBudgetIntervalUs, [this] { WatchBudgets(); });
  }

  BudgetListener Listening(BudgetListener own) {
    return [this, own = std::move(own)](const BudgetNotice& notice) {
      State()->observer.OnBudget(http_, notice);
      if (own) own(notice);
    };
  }

  void TellOfRollout(const engine::RolloutNews& news) {
    if (const std::shared_ptr<engine::PolicyState> state = State()) {
      state->observer.OnRollout(http_, news);
    } else {  // the first one is still being made
      http_.After(kUntilMadeUs, [this, news] { TellOfRollout(news); });
    }
  }

  void Look() {
    const std::shared_ptr<engine::PolicyState> state = State();
    const HealthReport health = state->Report();
    const StoreStats store = store_stats();
    const BudgetStats budgets = budget_stats();
    state->observer.Look(http_, {health, store, budgets, InFlight()});
    http_.After(look_us_, [this] { Look(); });
  }

  std::int64_t InFlight() {
    const std::lock_guard lock(mutex_);
    return static_cast<std::int64_t>(active_.size());
  }

  const Policy& linked_;
  const ClientOptions options_;
  std::vector<std::string> warnings_;
  engine::Secrets secrets_;
  engine::Answers answers_;
  engine::BudgetBook book_;
  // On a rollout's own thread.
  const engine::RolloutListener on_rollout_ = [this](const engine::RolloutNews& news) {
    http_.After(0, [this, news] { TellOfRollout(news); });
  };
  const std::uint64_t seed_;
  const std::int64_t look_us_;
  std::mutex load_mutex_;
  std::uint64_t loads_ = 0;  // under load_mutex_
  mutable std::mutex state_mutex_;
  std::shared_ptr<engine::PolicyState> state_;  // under state_mutex_
  std::atomic<bool> looks_{false};
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

Result<std::vector<std::string>> Client::Load(const std::string& file) { return impl_->Load(file); }

void Client::Cancel(std::uint64_t call) { impl_->Cancel(call); }
Status Client::Flush() { return impl_->Flush(); }
StoreStats Client::store_stats() const { return impl_->store_stats(); }
std::vector<BudgetState> Client::Budgets() const { return impl_->budgets(); }
BudgetStats Client::budget_stats() const { return impl_->budget_stats(); }
CacheStats Client::cache_stats() const { return impl_->cache_stats(); }
bool Client::GiveFeedback(const std::string& call_id, double score, std::string note) {
  return impl_->GiveFeedback(call_id, score, std::move(note));
}
QualityStats Client::quality_stats() const { return impl_->quality_stats(); }
const std::vector<std::string>& Client::warnings() const { return impl_->warnings(); }
HealthReport Client::Health() const { return impl_->Report(); }
std::string Client::Metrics() const { return impl_->Metrics(); }

}  // namespace mlp
