#include "runtime/core/metrics/call_metrics.hpp"

#include <algorithm>
#include <array>

namespace mlp {
namespace {

constexpr int kMicro = 6;
constexpr int kPico = 12;

using Cells = std::uint64_t;

void WriteOutcomes(OpenMetricsWriter& out, std::vector<MetricLabel> labels,
                   const OutcomeCells<Cells>& outcomes) {
  labels.push_back({"outcome", {}});
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    labels.back().value = ToString(static_cast<ErrorClass>(i));
    out.Sample(labels, outcomes[i]);
  }
}

std::vector<MetricLabel> LabelsOf(const RouteMetrics& one) {
  return {{"policy", one.policy}, {"route", one.route}};
}

std::vector<MetricLabel> LabelsOf(const ModelMetrics& one) {
  return {{"policy", one.policy}, {"provider", one.provider}, {"model", one.model}};
}

/// The labels of OpenTelemetry's conventions.
std::vector<MetricLabel> ConventionLabels(const ModelMetrics& one) {
  return {{"policy", one.policy},
          {"gen_ai_operation_name", "chat"},
          {"gen_ai_provider_name", one.provider},
          {"gen_ai_request_model", one.model}};
}

void WritePolicies(const CallMetrics& metrics, OpenMetricsWriter& out) {
  out.Family("mlp_policy", MetricType::kInfo, "", "The policy that calls are decided by.");
  for (const PolicyMetrics& one : metrics.policies) {
    const std::array<MetricLabel, 3> labels = {
        {{"policy", one.policy}, {"version", one.version}, {"hash", one.hash}}};
    out.Sample(labels, std::uint64_t{1});
  }
}

void WriteRoutes(const CallMetrics& metrics, OpenMetricsWriter& out) {
  out.Family("mlp_calls", MetricType::kCounter, "",
             "Calls that ended, by the end's class; none: it was answered.");
  for (const RouteMetrics& one : metrics.routes) {
    WriteOutcomes(out, LabelsOf(one), one.cells.outcomes);
  }
  out.Family("mlp_fallbacks", MetricType::kCounter, "",
             "Calls for which another candidate was asked since the one before failed.");
  for (const RouteMetrics& one : metrics.routes) out.Sample(LabelsOf(one), one.cells.fallbacks);
  out.Family("mlp_refusals", MetricType::kCounter, "",
             "Calls that the policy, or the model, refused.");
  for (const RouteMetrics& one : metrics.routes) {
    out.Sample(LabelsOf(one), one.cells.outcomes[IndexOf(ErrorClass::kRefused)]);
  }
  out.Family("mlp_denials", MetricType::kCounter, "",
             "Calls ended for want of money: a budget's or the call's own bound.");
  for (const RouteMetrics& one : metrics.routes) {
    out.Sample(LabelsOf(one), one.cells.outcomes[IndexOf(ErrorClass::kBudgetExhausted)]);
  }
  out.Family("mlp_call_duration_seconds", MetricType::kHistogram, "seconds",
             "From the call to its end, over all attempts and waits.");
  for (const RouteMetrics& one : metrics.routes) {
    out.Histogram(LabelsOf(one), kDurationBoundTexts, one.cells.duration_us.counts,
                  one.cells.duration_us.sum, kMicro);
  }
  out.Family("mlp_route_cost_usd", MetricType::kCounter, "usd",
             "What a route's calls cost, to the picodollar.");
  for (const RouteMetrics& one : metrics.routes) {
    out.Decimal(LabelsOf(one), one.cells.cost.pico(), kPico);
  }
}

void WriteModels(const CallMetrics& metrics, OpenMetricsWriter& out) {
  out.Family("mlp_attempts", MetricType::kCounter, "",
             "Attempts at a model that ended, by the end's class; none: it answered.");
  for (const ModelMetrics& one : metrics.models) {
    WriteOutcomes(out, LabelsOf(one), one.cells.outcomes);
  }
  out.Family("mlp_retries", MetricType::kCounter, "", "Attempts at a model that had just failed.");
  for (const ModelMetrics& one : metrics.models) out.Sample(LabelsOf(one), one.cells.retries);
  out.Family("mlp_tokens", MetricType::kCounter, "tokens",
             "Tokens as providers state them, by the class in which they are billed.");
  for (const ModelMetrics& one : metrics.models) {
    std::vector<MetricLabel> labels = LabelsOf(one);
    labels.push_back({"class", {}});
    for (std::size_t i = 0; i < kUsageClasses.size(); ++i) {
      labels.back().value = kUsageClasses[i];
      out.Sample(labels, one.cells.tokens[i]);
    }
  }
  out.Family("mlp_cost_usd", MetricType::kCounter, "usd", "What attempts cost, to the picodollar.");
  for (const ModelMetrics& one : metrics.models) {
    out.Decimal(LabelsOf(one), one.cells.cost.pico(), kPico);
  }
  out.Family("mlp_unpriced_attempts", MetricType::kCounter, "",
             "Attempts whose cost is not known, a price being missing; counted as free.");
  for (const ModelMetrics& one : metrics.models) out.Sample(LabelsOf(one), one.cells.unpriced);
}

void WriteConventions(const CallMetrics& metrics, OpenMetricsWriter& out) {
  out.Family("gen_ai_client_token_usage", MetricType::kHistogram, "",
             "Tokens of an attempt, as the provider states them.");
  for (const ModelMetrics& one : metrics.models) {
    std::vector<MetricLabel> labels = ConventionLabels(one);
    labels.push_back({"gen_ai_token_type", "input"});
    out.Histogram(labels, kTokenBoundTexts, one.cells.prompt_tokens.counts,
                  one.cells.prompt_tokens.sum, 0);
    labels.back().value = "output";
    out.Histogram(labels, kTokenBoundTexts, one.cells.completion_tokens.counts,
                  one.cells.completion_tokens.sum, 0);
  }
  out.Family("gen_ai_client_operation_duration_seconds", MetricType::kHistogram, "seconds",
             "Of an attempt; those that failed have an error_type, see mlp_attempts for it.");
  for (const ModelMetrics& one : metrics.models) {
    std::vector<MetricLabel> labels = ConventionLabels(one);
    out.Histogram(labels, kDurationBoundTexts, one.cells.answered_us.counts,
                  one.cells.answered_us.sum, kMicro);
    labels.push_back({"error_type", "_OTHER"});
    out.Histogram(labels, kDurationBoundTexts, one.cells.failed_us.counts, one.cells.failed_us.sum,
                  kMicro);
  }
  out.Family("gen_ai_client_operation_time_to_first_chunk_seconds", MetricType::kHistogram,
             "seconds", "Until the answer's first byte, of attempts that answered.");
  for (const ModelMetrics& one : metrics.models) {
    out.Histogram(ConventionLabels(one), kDurationBoundTexts, one.cells.first_token_us.counts,
                  one.cells.first_token_us.sum, kMicro);
  }
}

void WriteRollouts(const CallMetrics& metrics, OpenMetricsWriter& out) {
  out.Family("mlp_rollout_calls", MetricType::kCounter, "",
             "Calls of units that are in an arm of a rollout, by the end's class.");
  for (const RolloutMetrics& one : metrics.rollouts) {
    for (const bool canary : {true, false}) {
      WriteOutcomes(
          out,
          {{"policy", one.policy}, {"rollout", one.rollout}, {"arm", canary ? "canary" : "stable"}},
          canary ? one.cells.canary : one.cells.stable);
    }
  }
}

}  // namespace

bool FellBack(const CallRecord& call) noexcept {
  return std::any_of(call.attempts.begin(), call.attempts.end(), [](const AttemptRecord& attempt) {
    return attempt.kind == AttemptKind::kFallback;
  });
}

void WriteCallMetrics(const CallMetrics& metrics, OpenMetricsWriter& out) {
  WritePolicies(metrics, out);
  WriteRoutes(metrics, out);
  WriteModels(metrics, out);
  WriteConventions(metrics, out);
  WriteRollouts(metrics, out);
}

}  // namespace mlp
