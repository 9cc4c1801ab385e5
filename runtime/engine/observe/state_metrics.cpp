#include "runtime/engine/observe/state_metrics.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include "runtime/core/metrics/budget_metrics.hpp"
#include "runtime/core/wide.hpp"

namespace mlp::engine {
namespace {

constexpr int kPpm = 6;

using OneLabel = std::array<MetricLabel, 1>;

UInt128 Amount(Money money) {
  return money.pico_usd < 0 ? 0 : static_cast<std::uint64_t>(money.pico_usd);
}

/// A budget over all of its values.
struct Whole {
  UInt128 spent[2] = {0, 0};
  UInt128 reserved[2] = {0, 0};
  std::uint32_t used_ppm = 0;
  std::uint64_t denying = 0;
  std::uint64_t restricted = 0;
  std::uint64_t ledgers = 0;
};

Whole SumUp(std::string_view budget, const std::vector<BudgetState>& states) {
  Whole whole;
  for (const BudgetState& state : states) {
    if (state.budget != budget) continue;
    const BudgetPeriod* const periods[2] = {&state.day, &state.month};
    for (int i = 0; i < 2; ++i) {
      whole.spent[i] += Amount(periods[i]->spent);
      whole.reserved[i] += Amount(periods[i]->reserved);
    }
    whole.used_ppm = std::max(whole.used_ppm, state.used_ppm);
    whole.denying += state.denies ? 1 : 0;
    whole.restricted += state.restricts || state.prefers_cheapest ? 1 : 0;
    ++whole.ledgers;
  }
  return whole;
}

void Counter(OpenMetricsWriter& out, const Tables& tables, std::string_view name,
             std::uint64_t value, std::string_view help) {
  out.Family(name, MetricType::kCounter, "", help);
  out.Sample(OneLabel{{{"policy", tables.name}}}, value);
}

void Gauge(OpenMetricsWriter& out, const Tables& tables, std::string_view name, std::uint64_t value,
           std::string_view help) {
  out.Family(name, MetricType::kGauge, "", help);
  out.Sample(OneLabel{{{"policy", tables.name}}}, value);
}

struct Result {
  std::string_view name;
  std::uint64_t count;
};
void ByResult(OpenMetricsWriter& out, const Tables& tables, std::string_view name,
              std::string_view help, std::initializer_list<Result> results) {
  out.Family(name, MetricType::kCounter, "", help);
  for (const Result& result : results) {
    const std::array<MetricLabel, 2> labels = {{{"policy", tables.name}, {"result", result.name}}};
    out.Sample(labels, result.count);
  }
}

using ModelLabels = std::array<MetricLabel, 3>;
ModelLabels LabelsOf(const Tables& tables, std::string_view provider, std::string_view model) {
  return {{{"policy", tables.name}, {"provider", provider}, {"model", model}}};
}

/// One family with a sample for each model that has one.
template <typename Write>
void ForEachModel(const Tables& tables, const HealthReport& health, Write&& write) {
  for (const ModelHealth& model : health.models) {
    write(LabelsOf(tables, model.provider, model.name), model);
  }
}

void WriteBreakers(const Tables& tables, const HealthReport& health, OpenMetricsWriter& out) {
  out.Family("mlp_breaker_state", MetricType::kStateSet, "",
             "Breakers of models, and with an empty model of providers.");
  const auto show = [&](const ModelLabels& labels, const BreakerHealth& breaker) {
    for (const BreakerState state :
         {BreakerState::kClosed, BreakerState::kOpen, BreakerState::kHalfOpen}) {
      out.State(labels, ToString(state), breaker.state == state);
    }
  };
  ForEachModel(tables, health, [&](const ModelLabels& labels, const ModelHealth& model) {
    show(labels, model.breaker);
  });
  for (const ProviderHealth& provider : health.providers) {
    show(LabelsOf(tables, provider.name, ""), provider.breaker);
  }
  out.Family("mlp_breaker_changes", MetricType::kCounter, "", "Changes of a breaker's state.");
  ForEachModel(tables, health, [&](const ModelLabels& labels, const ModelHealth& model) {
    out.Sample(labels, std::uint64_t{model.breaker.generation});
  });
  for (const ProviderHealth& provider : health.providers) {
    out.Sample(LabelsOf(tables, provider.name, ""), std::uint64_t{provider.breaker.generation});
  }
}

}  // namespace

void WriteBudgetMetrics(const Tables& tables, const std::vector<BudgetState>& states,
                        const BudgetStats& stats, OpenMetricsWriter& out) {
  std::vector<BudgetMoney> money;
  for (const Budget& budget : tables.budgets) {
    const Whole whole = SumUp(budget.name, states);
    for (const bool month : {false, true}) {
      const int period = month ? 1 : 0;
      money.push_back({std::string(tables.name), std::string(budget.name), month,
                       whole.spent[period], whole.reserved[period],
                       (month ? budget.per_month : budget.per_day).pico_usd});
    }
  }
  WriteBudgetMoney(money, out);
  const auto for_each = [&](const auto& write) {
    for (const Budget& budget : tables.budgets) {
      const std::array<MetricLabel, 2> labels = {
          {{"policy", tables.name}, {"budget", budget.name}}};
      write(labels, SumUp(budget.name, states));
    }
  };
  out.Family("mlp_budget_used_ratio", MetricType::kGauge, "ratio",
             "Of the tighter limit, of the ledger that is used most.");
  for_each(
      [&](const auto& labels, const Whole& whole) { out.Decimal(labels, whole.used_ppm, kPpm); });
  out.Family("mlp_budget_ledgers", MetricType::kGauge, "", "Ledgers that calls had this month.");
  for_each([&](const auto& labels, const Whole& whole) { out.Sample(labels, whole.ledgers); });
  out.Family("mlp_budget_denying", MetricType::kGauge, "", "Ledgers that deny calls.");
  for_each([&](const auto& labels, const Whole& whole) { out.Sample(labels, whole.denying); });
  out.Family("mlp_budget_restricted", MetricType::kGauge, "",
             "Ledgers whose calls get cheaper or fewer candidates.");
  for_each([&](const auto& labels, const Whole& whole) { out.Sample(labels, whole.restricted); });

  Counter(out, tables, "mlp_budget_holds", stats.held, "Attempts that had their money reserved.");
  Counter(out, tables, "mlp_budget_denied_calls", stats.denied, "Calls ended by a budget.");
  Counter(out, tables, "mlp_budget_unheld_attempts", stats.unheld,
          "Attempts made without, since the ledger could not be written.");
  Counter(out, tables, "mlp_budget_lost_attempts", stats.lost,
          "Attempts whose cost no ledger has.");
  Counter(out, tables, "mlp_budget_expired_holds", stats.expired,
          "Reservations booked as spent because no end came.");
  Gauge(out, tables, "mlp_budget_unsettled", stats.unsettled,
        "Ends of attempts that wait for being written.");
}

void WriteHealthMetrics(const Tables& tables, const HealthReport& health, OpenMetricsWriter& out) {
  out.Family("mlp_model_up", MetricType::kGauge, "", "1 where a model is tried.");
  ForEachModel(tables, health, [&](const ModelLabels& labels, const ModelHealth& model) {
    out.Sample(labels, std::uint64_t{model.up ? 1U : 0U});
  });
  out.Family("mlp_model_down", MetricType::kGauge, "", "1 where it is not, for this reason.");
  ForEachModel(tables, health, [&](const ModelLabels& labels, const ModelHealth& model) {
    for (std::size_t i = 0; i < kDownReasonCount; ++i) {
      const auto reason = static_cast<DownReason>(i);
      const bool holds =
          std::find(model.down.begin(), model.down.end(), reason) != model.down.end();
      const std::array<MetricLabel, 4> all = {
          {labels[0], labels[1], labels[2], {"reason", ToString(reason)}}};
      out.Sample(all, std::uint64_t{holds ? 1U : 0U});
    }
  });
  WriteBreakers(tables, health, out);
  out.Family("mlp_provider_probe_up", MetricType::kGauge, "", "1 where it answers its probes.");
  for (const ProviderHealth& provider : health.providers) {
    if (!provider.probed) continue;
    const std::array<MetricLabel, 2> labels = {
        {{"policy", tables.name}, {"provider", provider.name}}};
    out.Sample(labels, std::uint64_t{provider.probe_up ? 1U : 0U});
  }
  out.Family("mlp_model_in_flight", MetricType::kGauge, "", "Attempts under way.");
  ForEachModel(tables, health, [&](const ModelLabels& labels, const ModelHealth& model) {
    out.Sample(labels, model.in_flight);
  });
  out.Family("mlp_model_requests_per_minute", MetricType::kGauge, "", "Over the last minute.");
  ForEachModel(tables, health, [&](const ModelLabels& labels, const ModelHealth& model) {
    out.Sample(labels, model.requests_per_minute);
  });
  out.Family("mlp_model_tokens_per_minute", MetricType::kGauge, "", "Over the last minute.");
  ForEachModel(tables, health, [&](const ModelLabels& labels, const ModelHealth& model) {
    out.Sample(labels, model.tokens_per_minute);
  });
  out.Family("mlp_model_limit", MetricType::kGauge, "",
             "The policy's own limits a minute, of models that have them.");
  for (const Model& model : tables.models) {
    const ModelLabels labels = LabelsOf(tables, tables.providers[model.provider].name, model.name);
    const auto show = [&](std::string_view of, std::int64_t limit) {
      const std::array<MetricLabel, 4> all = {{labels[0], labels[1], labels[2], {"of", of}}};
      if (limit > 0) out.Sample(all, limit);
    };
    show("requests", model.requests_per_minute);
    show("tokens", model.tokens_per_minute);
  }
}

void WriteRetryMetrics(const Tables& tables, const RetryBudget& retries, OpenMetricsWriter& out) {
  const auto labels = [&](std::string_view result) {
    return std::array<MetricLabel, 2>{{{"policy", tables.name}, {"result", result}}};
  };
  out.Family("mlp_retry_budget", MetricType::kCounter, "",
             "Repeated attempts that the client's retry budget granted, and that it refused.");
  out.Sample(labels("granted"), retries.granted());
  out.Sample(labels("refused"), retries.refused());
}

void WriteStoreMetrics(const Tables& tables, const StoreStats& stats, OpenMetricsWriter& out) {
  ByResult(out, tables, "mlp_store_calls",
           "Calls by what became of their record: dropped where the queue was full, lost where it "
           "could not be written.",
           {{"written", stats.written}, {"dropped", stats.dropped}, {"lost", stats.lost}});
  Gauge(out, tables, "mlp_store_queued", stats.queued, "Calls that wait for being written.");
  Counter(out, tables, "mlp_store_failed_batches", stats.failed_batches,
          "Commits and checkpoints that failed, tries again included.");
}

void WriteCacheMetrics(const Tables& tables, const CacheStats& stats, OpenMetricsWriter& out) {
  ByResult(out, tables, "mlp_cache_calls",
           "Calls of routes that cache, by where their answer came from: memory, the file, a call "
           "under way that asked the same, a model.",
           {{"hit", stats.hits},
            {"file_hit", stats.file_hits},
            {"shared", stats.shared},
            {"similar", stats.similar},
            {"miss", stats.misses}});
  constexpr int kPicoDecimals = 12;
  out.Family("mlp_cache_saved_usd", MetricType::kCounter, "usd",
             "What the calls had cost whose answers were given again.");
  out.Decimal(OneLabel{{{"policy", tables.name}}},
              static_cast<std::uint64_t>(std::max<std::int64_t>(stats.saved_pico, 0)),
              kPicoDecimals);
  Gauge(out, tables, "mlp_cache_answers", stats.answers, "Kept in memory.");
  Gauge(out, tables, "mlp_cache_bytes", stats.bytes, "Of memory that they take, about.");
  Counter(out, tables, "mlp_cache_dropped_answers", stats.dropped,
          "Answers that were not written to the file.");
}

void WriteQualityMetrics(const Tables& tables, const HealthReport& health,
                         const QualityStats& stats, OpenMetricsWriter& out) {
  ByResult(out, tables, "mlp_quality_answers",
           "Answers of routes with an evaluator: good, low (below what the route asks), unscored "
           "where nobody could say.",
           {{"good", stats.scored - std::min(stats.scored, stats.low + stats.unscored)},
            {"low", stats.low},
            {"unscored", stats.unscored}});
  Counter(out, tables, "mlp_quality_scorer_failures", stats.scorer_failures,
          "Scorers that threw or said something outside 0 to 1.");
  Counter(out, tables, "mlp_quality_judge_failures", stats.judge_failures,
          "Judges whose call failed or said nothing that is a score.");
  Counter(out, tables, "mlp_quality_feedback", stats.feedback, "Marks that users gave.");
  out.Family("mlp_model_quality_ratio", MetricType::kGauge, "ratio",
             "The mean score of a model's last answers, where enough were scored.");
  ForEachModel(tables, health, [&](const ModelLabels& labels, const ModelHealth& model) {
    if (model.quality_ppm) {
      out.Decimal(labels, static_cast<std::uint64_t>(*model.quality_ppm), kPpm);
    }
  });
}

}  // namespace mlp::engine
