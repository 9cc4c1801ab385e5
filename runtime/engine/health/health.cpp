#include "runtime/engine/health/health.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/core/live_facts.hpp"
#include "runtime/core/split_mix.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;
// The time of an attempt that nothing limits.
constexpr std::int64_t kUnlimitedMs = 600'000;
// What is closed off without a known end comes after all that has one.
constexpr std::int64_t kUnknownEnd = INT64_MAX / 2;

constexpr std::uint32_t BitOf(DownReason reason) {
  return std::uint32_t{1} << static_cast<std::uint32_t>(reason);
}

/// Whether a fact counts things per minute, so that its own window is one.
bool PerMinute(LiveFact fact) {
  return fact == LiveFact::kRequestsPerMinute || fact == LiveFact::kTokensPerMinute;
}

Health::Refusal RefusalOf(const Breaker& breaker, const Breaker::Permit& permit) {
  if (permit.admitted) return Health::Refusal::kNone;
  return breaker.state() == BreakerState::kClosed ? Health::Refusal::kSlowStart
                                                  : Health::Refusal::kDown;
}

}  // namespace

Health::Health(const Policy& policy, const HealthOptions& options, std::uint64_t seed,
               std::int64_t now_us, const Health* before)
    : policy_(policy),
      tables_(policy.tables()),
      options_(options),
      random_(seed),
      models_of_(tables_.providers.size()),
      busy_orders_(tables_.models.size()),
      groups_(FindLiveGroups(tables_)),
      orders_(groups_.size()) {
  for (const Provider& provider : tables_.providers) {
    providers_.push_back(EntryOf(provider, before));
  }
  for (const Model& model : tables_.models) {
    models_of_[model.provider].push_back(static_cast<std::uint16_t>(models_.size()));
    models_.push_back(EntryOf(model, before, now_us));
  }
  for (const LiveAtom& atom : tables_.live_atoms) {
    if (atom.window_s == 0) continue;
    ModelEntry& entry = *models_[atom.model];
    const std::int64_t window_us = std::int64_t{atom.window_s} * 1'000'000;
    const std::lock_guard lock(entry.mutex);
    const bool known =
        std::any_of(entry.windows.begin(), entry.windows.end(),
                    [&](const FactWindow& window) { return window.window_us() == window_us; });
    if (!known) entry.windows.emplace_back(window_us, now_us);
  }
  for (std::size_t number = 0; number < groups_.size(); ++number) {
    if (groups_[number].kind != GroupKind::kLeastBusy) continue;
    for (const std::uint16_t model : groups_[number].models) {
      busy_orders_[model].push_back(static_cast<std::uint16_t>(number));
      models_[model]->in_busy_order.store(true, std::memory_order_relaxed);
    }
  }
  Read();
  for (std::size_t i = 0; i < providers_.size() && options_.breakers; ++i) {
    const std::lock_guard lock(providers_[i]->mutex);
    ShowProvider(static_cast<std::uint16_t>(i));
  }
}

Health::~Health() {
  for (const std::shared_ptr<ModelEntry>& entry : models_) {
    const std::lock_guard lock(entry->readers_mutex);
    std::erase_if(entry->readers, [this](const Reader& reader) { return reader.health == this; });
  }
}

std::shared_ptr<Health::ModelEntry> Health::EntryOf(const Model& model, const Health* before,
                                                    std::int64_t now_us) const {
  const std::string_view provider = tables_.providers[model.provider].name;
  for (std::size_t i = 0; before != nullptr && i < before->models_.size(); ++i) {
    const Model& other = before->tables_.models[i];
    if (other.name == model.name && other.id == model.id &&
        before->tables_.providers[other.provider].name == provider) {
      return before->models_[i];
    }
  }
  return std::make_shared<ModelEntry>(options_, now_us);
}

std::shared_ptr<Health::ProviderEntry> Health::EntryOf(const Provider& provider,
                                                       const Health* before) const {
  for (std::size_t i = 0; before != nullptr && i < before->providers_.size(); ++i) {
    if (before->tables_.providers[i].name == provider.name) return before->providers_[i];
  }
  return std::make_shared<ProviderEntry>(options_);
}

void Health::Read() {
  for (std::size_t i = 0; i < models_.size(); ++i) {
    const auto model = static_cast<std::uint16_t>(i);
    ModelEntry& entry = *models_[i];
    const std::lock_guard lock(entry.readers_mutex);
    entry.readers.push_back({this, model});
    const bool up = entry.down.load(std::memory_order_relaxed) == 0;
    policy_.live().set_model_up(model, up);
    if (!up) down_count_.fetch_add(1, std::memory_order_relaxed);
  }
}

std::uint64_t Health::Random() noexcept {
  return Mix(random_.fetch_add(0x9E3779B97F4A7C15, std::memory_order_relaxed));
}

std::int64_t Health::LeaseUs(std::int64_t attempt_ms) const noexcept {
  const std::int64_t own_ms = attempt_ms > 0 ? std::min(attempt_ms, kUnlimitedMs) : kUnlimitedMs;
  return (own_ms + options_.breaker.lease_grace_ms) * kMicrosPerMilli;
}

void Health::SetModelDown(std::uint16_t model, DownReason reason, bool down) {
  ModelEntry& entry = *models_[model];
  const std::uint32_t bit = BitOf(reason);
  if (((entry.down.load() & bit) != 0) == down) return;
  const std::lock_guard lock(entry.readers_mutex);
  const std::uint32_t before = entry.down.load();
  const std::uint32_t after = down ? before | bit : before & ~bit;
  entry.down.store(after);
  if ((before == 0) == (after == 0)) return;
  for (const Reader& reader : entry.readers) reader.health->PublishUp(reader.model, after == 0);
}

void Health::PublishUp(std::uint16_t model, bool up) {
  policy_.live().set_model_up(model, up);
  down_count_.fetch_add(up ? -1 : 1, std::memory_order_relaxed);
}

void Health::SetProviderDown(std::uint16_t provider, DownReason reason, bool down) {
  for (const std::uint16_t model : models_of_[provider]) SetModelDown(model, reason, down);
}

void Health::ShowBreaker(std::uint16_t model, const Breaker& breaker) {
  SetModelDown(model, DownReason::kBreaker, !breaker.up());
}

void Health::ShowProvider(std::uint16_t provider) {
  SetProviderDown(provider, DownReason::kProviderBreaker, !providers_[provider]->breaker.up());
}

void Health::CountInFlight(ModelEntry& entry, std::int64_t change) {
  entry.in_flight.fetch_add(change, std::memory_order_relaxed);
  if (!entry.in_busy_order.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(entry.readers_mutex);
  for (const Reader& reader : entry.readers) reader.health->PublishBusyOrdersOf(reader.model);
}

void Health::PublishBusyOrdersOf(std::uint16_t model) {
  for (const std::uint16_t number : busy_orders_[model]) PublishBusy(number);
}

void Health::PublishBusy(std::uint16_t number) {
  const LiveGroup& group = groups_[number];
  std::array<MemberFacts, 16> facts;
  std::size_t count = 0;
  for (const std::uint16_t model : group.models) {
    facts[count].in_flight = models_[model]->in_flight.load(std::memory_order_relaxed);
    facts[count++].requests_per_minute =
        models_[model]->requests_per_minute.load(std::memory_order_relaxed);
  }
  policy_.live().set_order(number, LeastBusy({facts.data(), count}));
}

Health::Lease Health::Admit(std::uint16_t model, std::int64_t now_us, std::int64_t attempt_ms) {
  ModelEntry& entry = *models_[model];
  Lease lease;
  lease.model = model;
  lease.begun_us = now_us;
  const std::uint32_t down = entry.down.load(std::memory_order_relaxed);
  for (const DownReason reason :
       {DownReason::kOperator, DownReason::kProbe, DownReason::kQuality}) {
    if ((down & BitOf(reason)) != 0) {
      lease.refusal = Refusal::kDown;
      lease.reason = reason;
      return lease;
    }
  }
  ProviderEntry& provider = *providers_[ProviderOf(model)];
  if (options_.breakers) {
    const std::lock_guard lock(provider.mutex);
    lease.of_provider = provider.breaker.Admit(now_us, LeaseUs(attempt_ms), Random());
    lease.reason = DownReason::kProviderBreaker;
    lease.refusal = RefusalOf(provider.breaker, lease.of_provider);
    if (!provider.breaker.settled(now_us)) ShowProvider(ProviderOf(model));
  }
  if (!lease.ok()) return lease;
  {
    const std::lock_guard lock(entry.mutex);
    AdmitModel(entry, now_us, attempt_ms, lease);
    if (options_.breakers) ShowBreaker(model, entry.breaker);
    if (options_.throttles) {
      SetModelDown(model, DownReason::kCooldown, entry.throttle.cooling(now_us));
    }
    if (lease.ok()) {
      Begin(entry, now_us);
      return lease;
    }
  }
  if (options_.breakers) {
    const std::lock_guard lock(provider.mutex);
    provider.breaker.Report(lease.of_provider, Outcome::kExcluded, now_us, Random());
    if (!provider.breaker.settled(now_us)) ShowProvider(ProviderOf(model));
  }
  return lease;
}

void Health::AdmitModel(ModelEntry& entry, std::int64_t now_us, std::int64_t attempt_ms,
                        Lease& lease) {
  if (options_.throttles && entry.throttle.cooling(now_us)) {
    lease.refusal = Refusal::kDown;
    lease.reason = DownReason::kCooldown;
    return;
  }
  if (options_.breakers) {
    lease.of_model = entry.breaker.Admit(now_us, LeaseUs(attempt_ms), Random());
    lease.reason = DownReason::kBreaker;
    lease.refusal = RefusalOf(entry.breaker, lease.of_model);
  }
  if (!lease.ok() || !options_.throttles || entry.throttle.Admit(now_us, Random())) return;
  entry.breaker.Report(lease.of_model, Outcome::kExcluded, now_us, Random());
  lease.refusal = Refusal::kThrottled;
}

void Health::Begin(ModelEntry& entry, std::int64_t now_us) {
  entry.own.Begin(now_us);
  entry.minute.Begin(now_us);
  for (FactWindow& window : entry.windows) window.Begin(now_us);
  CountInFlight(entry, 1);
}

Health::Lease Health::Force(std::uint16_t model, std::int64_t now_us) {
  ModelEntry& entry = *models_[model];
  Lease lease;
  lease.model = model;
  lease.begun_us = now_us;
  {
    ProviderEntry& provider = *providers_[ProviderOf(model)];
    const std::lock_guard lock(provider.mutex);
    lease.of_provider = provider.breaker.Force();
  }
  const std::lock_guard lock(entry.mutex);
  lease.of_model = entry.breaker.Force();
  Begin(entry, now_us);
  return lease;
}

void Health::Report(const Lease& lease, const End& end, std::int64_t now_us) {
  const std::uint16_t model = lease.model;
  ModelEntry& entry = *models_[model];
  const Verdict verdict =
      JudgeEnd(end.error_class, end.retry_after_ms, end.never_fits || end.of_one_key);
  const MeasuredAttempt measured{.answered = end.error_class == ErrorClass::kNone,
                                 .providers_fault = verdict.providers_fault,
                                 .latency_us = end.latency_us,
                                 .first_byte_us = end.first_byte_us,
                                 .prompt_tokens = end.prompt_tokens,
                                 .output_tokens = end.output_tokens};
  {
    const std::lock_guard lock(entry.mutex);
    if (options_.breakers) {
      if (verdict.model == Outcome::kFailure) entry.last_failure = end.error_class;
      entry.breaker.Report(lease.of_model, verdict.model, now_us, Random());
      ShowBreaker(model, entry.breaker);
    }
    if (options_.throttles && verdict.throttled) {
      entry.throttle.Refused(lease.begun_us, now_us, end.retry_after_ms);
      SetModelDown(model, DownReason::kCooldown, entry.throttle.cooling(now_us));
    }
    if (verdict.counts) {
      entry.own.End(now_us, measured);
      entry.minute.End(now_us, measured);
      for (FactWindow& window : entry.windows) window.End(now_us, measured);
    }
    CountInFlight(entry, -1);
  }
  if (!options_.breakers) return;
  ProviderEntry& provider = *providers_[ProviderOf(model)];
  const std::lock_guard lock(provider.mutex);
  if (verdict.provider == Outcome::kFailure) provider.last_failure = end.error_class;
  const std::uint32_t generation = provider.breaker.generation();
  const bool was_up = provider.breaker.up();
  provider.breaker.Report(lease.of_provider, verdict.provider, now_us, Random());
  if (generation != provider.breaker.generation() || was_up != provider.breaker.up()) {
    ShowProvider(ProviderOf(model));
  }
}

void Health::Score(std::uint16_t model, std::uint32_t score_ppm, std::int64_t now_us) {
  ModelEntry& entry = *models_[model];
  const std::lock_guard lock(entry.mutex);
  entry.own.Score(now_us, score_ppm);
  for (FactWindow& window : entry.windows) window.Score(now_us, score_ppm);
}

void Health::RestForQuality(std::uint16_t model, std::int64_t until_us) {
  ModelEntry& entry = *models_[model];
  const std::lock_guard lock(entry.mutex);
  entry.rests_until_us = until_us;
  SetModelDown(model, DownReason::kQuality, true);
}

bool Health::MayForce(std::uint16_t model) const noexcept {
  return (DownBits(model) & BitOf(DownReason::kOperator)) == 0;
}

bool Health::ClosedOff(std::uint16_t model) const noexcept {
  return (DownBits(model) & ~BitOf(DownReason::kCooldown)) != 0;
}

std::int64_t Health::ClosedUntil(std::uint16_t model, std::int64_t now_us) {
  ModelEntry& entry = *models_[model];
  std::int64_t until = now_us;
  if ((DownBits(model) & BitOf(DownReason::kProbe)) != 0) until = kUnknownEnd;
  {
    const std::lock_guard lock(entry.mutex);
    if (entry.breaker.state() == BreakerState::kOpen) {
      until = std::max(until, entry.breaker.open_until_us());
    }
    until = std::max({until, entry.throttle.cool_until_us(), entry.rests_until_us});
  }
  ProviderEntry& provider = *providers_[ProviderOf(model)];
  const std::lock_guard lock(provider.mutex);
  if (provider.breaker.state() == BreakerState::kOpen) {
    until = std::max(until, provider.breaker.open_until_us());
  }
  return until;
}

std::optional<std::int64_t> Health::Fact(std::uint16_t model, LiveFact fact, std::uint32_t window_s,
                                         std::int64_t now_us) {
  ModelEntry& entry = *models_[model];
  if (fact == LiveFact::kInFlight) return entry.in_flight.load(std::memory_order_relaxed);
  const std::lock_guard lock(entry.mutex);
  if (window_s == 0) return (PerMinute(fact) ? entry.minute : entry.own).Value(fact, now_us);
  const std::int64_t window_us = std::int64_t{window_s} * 1'000'000;
  for (FactWindow& window : entry.windows) {
    if (window.window_us() == window_us) return window.Value(fact, now_us);
  }
  return std::nullopt;
}

std::vector<MemberFacts> Health::FactsOf(const LiveGroup& group, std::int64_t now_us) {
  std::vector<MemberFacts> facts(group.models.size());
  std::vector<LatencyLine> lines(group.models.size());
  double answers = 0;
  double tokens = 0;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    ModelEntry& entry = *models_[group.models[i]];
    const std::lock_guard lock(entry.mutex);
    const FactCounts& total = entry.own.Total(now_us);
    const auto share = [&](LiveFact fact) {
      return static_cast<double>(entry.own.Value(fact, now_us).value_or(1'000'000)) * 1e-6;
    };
    facts[i].success = share(LiveFact::kSuccessRate);
    facts[i].availability = share(LiveFact::kAvailability);
    facts[i].in_flight = entry.in_flight.load(std::memory_order_relaxed);
    facts[i].requests_per_minute =
        entry.minute.Value(LiveFact::kRequestsPerMinute, now_us).value_or(0);
    if (const auto median = entry.own.Value(LiveFact::kLatencyP50, now_us)) {
      lines[i] = {static_cast<double>(*median) * 1e-6,
                  static_cast<double>(total.answered),
                  total.sum_x,
                  total.sum_y,
                  total.sum_xx,
                  total.sum_xy};
      answers += lines[i].count;
      tokens += lines[i].sum_x;
    }
  }
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const std::uint32_t prior_ms = tables_.models[group.models[i]].prior_p50_ms;
    if (lines[i].count > 0) {
      facts[i].seconds = SecondsAt(lines[i], tokens / answers);
    } else if (prior_ms != 0) {
      facts[i].seconds = static_cast<double>(prior_ms) * 1e-3;
    }
  }
  return facts;
}

void Health::Tick(std::int64_t now_us, std::int64_t at_s) {
  for (std::size_t i = 0; i < models_.size(); ++i) {
    ModelEntry& entry = *models_[i];
    const auto model = static_cast<std::uint16_t>(i);
    const std::lock_guard lock(entry.mutex);
    if (options_.breakers) {
      entry.breaker.Advance(now_us, Random());
      ShowBreaker(model, entry.breaker);
    }
    SetModelDown(model, DownReason::kCooldown,
                 options_.throttles && entry.throttle.cooling(now_us));
    if (now_us >= entry.rests_until_us) SetModelDown(model, DownReason::kQuality, false);
    const bool up = entry.down.load(std::memory_order_relaxed) == 0;
    entry.own.Look(now_us, up);
    for (FactWindow& window : entry.windows) window.Look(now_us, up);
    entry.requests_per_minute.store(
        entry.minute.Value(LiveFact::kRequestsPerMinute, now_us).value_or(0),
        std::memory_order_relaxed);
  }
  for (std::size_t i = 0; i < providers_.size() && options_.breakers; ++i) {
    ProviderEntry& provider = *providers_[i];
    const std::lock_guard lock(provider.mutex);
    provider.breaker.Advance(now_us, Random());
    ShowProvider(static_cast<std::uint16_t>(i));
  }
  PublishConditions(
      tables_,
      [&](std::uint16_t model, LiveFact fact, std::uint32_t window_s) {
        return Fact(model, fact, window_s, now_us);
      },
      policy_.live());
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    std::uint64_t nibbles = 0;
    std::vector<OrderMember> members =
        OrderLive(tables_, groups_[i], FactsOf(groups_[i], now_us), at_s, nibbles);
    policy_.live().set_order(static_cast<std::uint16_t>(i), nibbles);
    const std::lock_guard lock(orders_mutex_);
    orders_[i] = std::move(members);
  }
}

}  // namespace mlp::engine
