#include "runtime/tools/eval/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace mlp::tools {
namespace {

/// By nearest rank.
std::int64_t QuantileOf(std::vector<std::int64_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

Score ScoreOf(const EvalRun& run, Trial CaseRun::*side) {
  Score score;
  std::vector<std::int64_t> latencies;
  for (const CaseRun& one : run.cases) {
    const Trial& trial = one.*side;
    if (!trial.asked) continue;
    ++score.asked;
    if (trial.passed) ++score.passed;
    if (trial.errs()) ++score.errors[std::string(ToString(trial.error))];
    if (trial.judge_failed) ++score.errors["judge"];
    score.cost_pico += trial.cost_pico;
    if (!trial.errs()) latencies.push_back(trial.latency_us);
  }
  std::sort(latencies.begin(), latencies.end());
  score.latency_p50_us = QuantileOf(latencies, 0.5);
  score.latency_p95_us = QuantileOf(latencies, 0.95);
  return score;
}

std::string Points(double share) { return fmt::format("{:+.1f}", 100 * share); }

/// About as many pairs as a half-width of the margin takes, at the discordance seen.
std::uint64_t CasesNeeded(const PairedCounts& counts, double margin) {
  const auto cases = static_cast<double>(counts.cases());
  const double discordant =
      std::max(static_cast<double>(counts.first + counts.second), 1.0) / std::max(cases, 1.0);
  return static_cast<std::uint64_t>(
      std::ceil(kNormal95 * kNormal95 * discordant / (margin * margin)));
}

std::string MoneyWords(const Verdict& verdict) {
  const PairedDifference& cost = verdict.cost_usd;
  if (verdict.answered_pairs == 0) return "nothing can be said of its cost";
  if (cost.high < 0) return fmt::format("it costs less, ${:.6f} a case", -cost.estimate);
  if (cost.low > 0) return fmt::format("it costs more, ${:.6f} a case", cost.estimate);
  return "its cost cannot be told from the baseline's";
}

}  // namespace

Verdict Judge(const EvalRun& run, const EvalPlan& plan, double margin) {
  Verdict verdict;
  verdict.margin = margin;
  verdict.candidate = ScoreOf(run, &CaseRun::candidate);
  verdict.baseline = ScoreOf(run, &CaseRun::baseline);
  std::vector<double> cost;
  std::vector<double> latency;
  for (const CaseRun& one : run.cases) {
    if (!one.candidate.asked || !one.baseline.asked) continue;
    PairedCounts& counts = verdict.quality_counts;
    const bool first = one.candidate.passed;
    const bool second = one.baseline.passed;
    ++(first ? (second ? counts.both : counts.first) : (second ? counts.second : counts.neither));
    if (one.candidate.errs() || one.baseline.errs()) continue;
    cost.push_back(static_cast<double>(one.candidate.cost_pico - one.baseline.cost_pico) / 1e12);
    latency.push_back(static_cast<double>(one.candidate.latency_us - one.baseline.latency_us) /
                      1e3);
  }
  verdict.answered_pairs = cost.size();
  verdict.quality = NewcombePaired(verdict.quality_counts);
  verdict.cost_usd = BootstrapMean(cost);
  verdict.latency_ms = BootstrapMean(latency);
  const PairedDifference& quality = verdict.quality;
  const std::string interval =
      fmt::format("{} points of quality (95%: {} to {}) over {} cases", Points(quality.estimate),
                  Points(quality.low), Points(quality.high), verdict.quality_counts.cases());
  const std::string money = MoneyWords(verdict);
  if (verdict.quality_counts.cases() == 0) {
    verdict.words = "no case was asked of both models: there is nothing to recommend";
  } else if (quality.low > 0) {
    verdict.advice = Advice::kBetter;
    verdict.words = fmt::format("use {}: it is better, {}; {}", plan.candidate, interval, money);
  } else if (quality.low > -margin) {
    verdict.advice = Advice::kNoWorse;
    verdict.words = fmt::format("{} is no worse than {} by the margin of {:.1f} points, {}; {}",
                                plan.candidate, plan.baseline, 100 * margin, interval, money);
  } else if (quality.high < 0) {
    verdict.advice = Advice::kWorse;
    verdict.words =
        fmt::format("keep {}: {} is worse, {}; {}", plan.baseline, plan.candidate, interval, money);
  } else {
    verdict.words = fmt::format(
        "not enough to tell: {}; showing that {} is no worse by {:.1f} points would take about {} "
        "cases; {}",
        interval, plan.candidate, 100 * margin, CasesNeeded(verdict.quality_counts, margin), money);
  }
  if (run.stopped) verdict.words += "; the ceiling of --most-cost ended it before the last case";
  return verdict;
}

const char* ToString(Advice advice) {
  switch (advice) {
    case Advice::kBetter:
      return "better";
    case Advice::kNoWorse:
      return "no-worse";
    case Advice::kWorse:
      return "worse";
    case Advice::kUnknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace mlp::tools
