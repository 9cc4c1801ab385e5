#include "runtime/engine/observe/observer.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "runtime/engine/clock.hpp"
#include "runtime/engine/observe/arm_metrics.hpp"
#include "runtime/engine/observe/state_metrics.hpp"

namespace mlp::engine {
namespace {

LogLevel LevelOf(ErrorClass outcome, bool fell_back) {
  switch (outcome) {
    case ErrorClass::kNone:
      return fell_back ? LogLevel::kWarning : LogLevel::kInfo;
    case ErrorClass::kCancelled:
    case ErrorClass::kRefused:
      return LogLevel::kInfo;
    default:
      return LogLevel::kError;
  }
}

}  // namespace

Observer::Observer(const Tables& tables, const ClientOptions& options, Secrets& secrets,
                   std::uint64_t seed, std::vector<std::string>& warnings, const Observer* before)
    : tables_(tables),
      log_(before != nullptr ? before->log_ : std::make_shared<LogOut>(options.log, secrets)),
      cells_(before != nullptr ? before->cells_ : std::make_shared<CallCellStore>()),
      counters_(tables, cells_),
      keys_(tables, cells_),
      totals_(Goes(before, tables) ? before->totals_
                                   : std::make_shared<PolicyTotals>(Alerts::LookAtTimes(tables))),
      alerts_(tables, options.alerts, *log_, secrets, seed, warnings,
              before != nullptr ? &before->alerts_ : nullptr, Goes(before, tables)),
      generations_(before != nullptr ? before->generations_ : std::make_shared<Generations>()),
      began_us_(before != nullptr ? before->began_us_ : WallUs()) {
  for (const RoutePlan& route : tables.routes) {
    if (route.logs_prompts) logs_prompts_.insert(route.name);
  }
  for (const Rollout& rollout : tables.rollouts) {
    static_cast<void>(cells_->rollout_changes.At(tables.name, rollout.name));
  }
}

bool Observer::Goes(const Observer* before, const Tables& tables) {
  return before != nullptr && before->alerts_.any() &&
         (before->totals_->times() || !Alerts::LookAtTimes(tables));
}

void Observer::CallEnded(const CallEnd& end) noexcept {
  const CallRecord& record = end.record;
  counters_.Count(record);
  if (alerts_.any()) totals_->Count(record);
  if (!log_->on()) return;
  const bool fell_back = FellBack(record);
  const bool texts = logs_prompts_.contains(record.route);
  if (!texts && !fell_back && record.outcome == ErrorClass::kNone) return;
  try {
    const LogLevel level = LevelOf(record.outcome, fell_back);
    log_->Write(level, CallLine(end, level, texts, log_->secrets()));
  } catch (...) {
    log_->CountFailure();
  }
}

void Observer::Look(HttpExecutor& http, const Surroundings& around) {
  const std::int64_t wall_us = WallUs();
  if (log_->on()) LogBreakers(around.health, wall_us);
  if (alerts_.any()) alerts_.Look(http, totals_->Read(), around, SteadyUs(), wall_us);
}

void Observer::LogBreakers(const HealthReport& health, std::int64_t wall_us) {
  const auto look = [&](std::string_view kind, const std::string& name,
                        const BreakerHealth& breaker) {
    std::uint32_t& generation = (*generations_)[{kind == "model", name}];
    if (breaker.generation == generation) return;
    generation = breaker.generation;
    const bool closed = breaker.state == BreakerState::kClosed;
    log_->Write(closed ? LogLevel::kInfo : LogLevel::kWarning,
                BreakerLine(kind, name, breaker, wall_us));
  };
  for (const ModelHealth& model : health.models) look("model", model.name, model.breaker);
  for (const ProviderHealth& provider : health.providers) {
    look("provider", provider.name, provider.breaker);
  }
}

void Observer::OnBudget(HttpExecutor& http, const BudgetNotice& notice) {
  const std::int64_t wall_us = WallUs();
  log_->Write(LogLevel::kWarning, BudgetLine(notice, wall_us));
  if (notice.action != BudgetAction::kAlert) return;
  Alerts::News news;
  news.source = AlertSource::kBudget;
  news.subject = notice.budget;
  news.value = notice.value;
  news.message =
      fmt::format("budget `{}` has used {} of {} a {}", notice.budget, ToString(notice.used),
                  ToString(notice.limit), notice.month ? "month" : "day");
  alerts_.Tell(http, notice.alert, std::move(news), wall_us);
}

void Observer::OnRollout(HttpExecutor& http, const RolloutNews& news) {
  const std::int64_t wall_us = WallUs();
  const RolloutTransition& change = news.transition;
  const bool back = change.change == RolloutChange::kRolledBack;
  cells_->rollout_changes.At(tables_.name, news.rollout)[static_cast<std::size_t>(change.change)] +=
      1;
  if (back) totals_->CountRollback();
  log_->Write(back ? LogLevel::kWarning : LogLevel::kInfo, RolloutLine(news, wall_us));
  if (news.alert.empty()) return;
  Alerts::News told;
  told.source = AlertSource::kRollout;
  told.subject = news.rollout;
  told.message =
      fmt::format("rollout `{}` {}: {:.4g}% to {:.4g}%, {}", news.rollout, ToString(change.change),
                  change.from_ppm / 1e4, change.to_ppm / 1e4, change.because);
  alerts_.Tell(http, news.alert, std::move(told), wall_us);
}

std::string Observer::Metrics(const State& state) const {
  OpenMetricsWriter out;
  WriteCallMetrics(counters_.Metrics(), out);
  keys_.Write(out);
  WriteBudgetMetrics(tables_, state.budgets, state.budget_stats, out);
  WriteHealthMetrics(tables_, state.health, out);
  WriteStoreMetrics(tables_, state.store, out);
  WriteRetryMetrics(tables_, state.retries, out);
  state.hedges.Write(out);
  WriteCacheMetrics(tables_, state.cache, out);
  WriteQualityMetrics(tables_, state.health, state.quality, out);
  WriteRolloutMetrics(tables_, state.rollouts, cells_->rollout_changes, out);
  WriteExperimentMetrics(tables_, state.experiments, out);
  WriteOwn(out);
  const std::array<MetricLabel, 1> labels = {{{"policy", tables_.name}}};
  out.Family("mlp_calls_in_flight", MetricType::kGauge, "", "Calls under way.");
  out.Sample(labels, state.in_flight);
  out.Family("mlp_client_start_time_seconds", MetricType::kGauge, "seconds",
             "When the client began, and with it every count, since 1970.");
  out.Decimal(labels, static_cast<std::uint64_t>(began_us_), 6);
  return out.Finish();
}

void Observer::WriteOwn(OpenMetricsWriter& out) const {
  const std::vector<AlertState> alerts = alerts_.States();
  const auto family = [&](std::string_view name, MetricType type, std::string_view help,
                          const auto& write) {
    out.Family(name, type, "", help);
    for (const AlertState& alert : alerts) write(alert);
  };
  const auto show = [&](const AlertState& alert, std::string_view label, std::string_view value,
                        std::uint64_t count) {
    const std::array<MetricLabel, 3> labels = {
        {{"policy", tables_.name}, {"alert", alert.name}, {label, value}}};
    out.Sample(OpenMetricsWriter::Labels(labels).first(label.empty() ? 2 : 3), count);
  };
  family("mlp_alert_firing", MetricType::kGauge, "How much of what an alert is about holds now.",
         [&](const AlertState& alert) { show(alert, "", "", alert.firing); });
  family("mlp_alert_notices", MetricType::kCounter, "What an alert told.",
         [&](const AlertState& alert) {
           show(alert, "state", "raised", alert.raised);
           show(alert, "state", "cleared", alert.cleared);
         });
  family("mlp_alert_webhooks", MetricType::kCounter,
         "Notices to webhooks; a retried one ends as delivered or failed.",
         [&](const AlertState& alert) {
           show(alert, "result", "delivered", alert.webhooks.delivered);
           show(alert, "result", "retried", alert.webhooks.retried);
           show(alert, "result", "failed", alert.webhooks.failed);
           show(alert, "result", "dropped", alert.webhooks.dropped);
         });
  family("mlp_alert_webhooks_queued", MetricType::kGauge, "Notices that wait for a webhook.",
         [&](const AlertState& alert) { show(alert, "", "", alert.webhooks.queued); });
  family("mlp_alert_callback_failures", MetricType::kCounter, "Callbacks that threw.",
         [&](const AlertState& alert) { show(alert, "", "", alert.callback_failures); });
  const std::array<MetricLabel, 1> labels = {{{"policy", tables_.name}}};
  out.Family("mlp_log_lines", MetricType::kCounter, "", "Lines logged.");
  out.Sample(labels, log_->written());
  out.Family("mlp_log_failures", MetricType::kCounter, "", "Lines that could not be logged.");
  out.Sample(labels, log_->failures());
}

}  // namespace mlp::engine
