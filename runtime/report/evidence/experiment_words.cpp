#include "runtime/report/evidence/experiment_words.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "runtime/report/evidence/rollout_words.hpp"
#include "runtime/report/figures.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
/// Traffic of less time says little of a week's.
constexpr std::int64_t kLeastElapsedS = 3'600;
constexpr std::int64_t kWeekS = std::int64_t{7} * 86'400;

std::string UtcMinute(std::int64_t at_s) { return Minute(at_s * kMicros) + " UTC"; }

std::string Short(double value) {
  return value < 1'000 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value);
}

void Append(std::string& list, const std::string& one) {
  if (!list.empty()) list += ", ";
  list += one;
}

std::string Confidence(const ExperimentPlan& plan) {
  return fmt::format("{:.4g}%", plan.confidence_ppm / 1e4);
}

std::string Shown(const ExperimentPlan& plan, const Compared& one) {
  const ExperimentPlan::Measure& measure = plan.measures[one.measure];
  const DifferenceScale scale = ScaleOf(measure, one);
  return fmt::format("{} ({}, {} to {})", measure.name, DifferenceWords(scale, one.difference),
                     DifferenceWords(scale, one.low), DifferenceWords(scale, one.high));
}

std::string ArmAdvice(const ExperimentFinding& finding, std::size_t arm) {
  const ExperimentPlan& plan = finding.row.plan;
  std::string better;
  std::string worse;
  std::string open;
  std::int64_t least = 0;
  bool enough = false;
  for (const Compared& one : finding.compared) {
    if (one.arm != arm) continue;
    const std::int64_t fewer = std::min(one.units, one.control_units);
    least = enough ? std::max(least, fewer) : fewer;
    enough = true;
    if (one.verdict == Verdict::kOpen) {
      Append(open, plan.measures[one.measure].name);
    } else {
      Append(one.verdict == Verdict::kBetter ? better : worse, Shown(plan, one));
    }
  }
  const std::string& name = plan.arms[arm].name;
  const std::string rest = open.empty() ? "." : "; of " + open + " nothing is shown.";
  if (!better.empty() && !worse.empty()) {
    return fmt::format("Weigh `{}`: with {} confidence it is better in {} and worse in {}{}", name,
                       Confidence(plan), better, worse, rest);
  }
  if (!better.empty()) {
    return fmt::format("Take `{}`: with {} confidence it is better in {}{}", name, Confidence(plan),
                       better, rest);
  }
  if (!worse.empty()) {
    return fmt::format("Leave `{}`: with {} confidence it is worse in {}{}", name, Confidence(plan),
                       worse, rest);
  }
  if (least < kLeastExperimentUnits) {
    return fmt::format(
        "Of `{}` nothing can be said yet: {} of the {} users that a comparison needs "
        "in each arm.",
        name, least, kLeastExperimentUnits);
  }
  return fmt::format("Of `{}` nothing is shown: what difference there is may be chance.", name);
}

}  // namespace

std::string StandingWords(const ExperimentFinding& finding) {
  const ExperimentRow& row = finding.row;
  if (row.ended_s != 0) {
    return fmt::format("ended {} after {}: {}; all users have {}", UtcMinute(row.ended_s),
                       SpanOf(finding.elapsed_s), row.ended_by, row.plan.replaced);
  }
  if (row.started_s == 0) return "waits for its first user";
  std::string words =
      fmt::format("runs since {} ({})", UtcMinute(row.started_s), SpanOf(finding.elapsed_s));
  if (row.plan.until_s != kForever) words += ", until " + UtcMinute(row.plan.until_s);
  if (row.plan.lasts_s != 0) words += ", until " + UtcMinute(row.started_s + row.plan.lasts_s);
  if (row.plan.min_units != 0) {
    words += fmt::format(" and {} users in each arm", Grouped(row.plan.min_units));
  }
  return words;
}

DifferenceScale ScaleOf(const ExperimentPlan::Measure& measure, const Compared& one) {
  if (measure.IsShare() || measure.percentile != 0) return {100, " pp"};
  if (measure.measured == Measured::kQuality) return {1e-6, ""};
  if (one.control != 0) return {100 / one.control, "%"};
  if (measure.measured == Measured::kCost) return {1e-12, " $"};
  return {1e-6, " s"};
}

std::string DifferenceWords(const DifferenceScale& scale, double difference) {
  const double value = difference * scale.factor;
  if (!std::isfinite(value)) return "?";
  return fmt::format("{}{}{}", value < 0 ? "-" : "+", Short(std::abs(value)), scale.unit);
}

std::string PWords(double p) { return p < 1e-4 ? "<0.0001" : fmt::format("{:.2g}", p); }

bool HasHorizon(const ExperimentPlan& plan) noexcept {
  return plan.until_s != kForever || plan.lasts_s != 0;
}

std::string_view CorrectionName(Correction correction) noexcept {
  switch (correction) {
    case Correction::kNone:
      return "";
    case Correction::kHolm:
      return "Holm";
    case Correction::kBonferroni:
      return "Bonferroni";
  }
  return "";
}

std::string SharesWords(const ExperimentFinding& finding) {
  if (!finding.shares.differ) {
    return fmt::format("users came in the shares that they were given (p {})",
                       PWords(finding.shares.p));
  }
  std::string arms;
  for (std::size_t i = 0; i < finding.row.plan.arms.size(); ++i) {
    const ExperimentPlan::Arm& arm = finding.row.plan.arms[i];
    Append(arms, fmt::format("{} {} for {}", arm.name, Grouped(finding.row.users(i)),
                             ShareWords(arm.share_ppm)));
  }
  return fmt::format("users came in other shares than they were given (p {}): {}",
                     PWords(finding.shares.p), arms);
}

std::string RecommendationWords(const ExperimentFinding& finding) {
  const ExperimentPlan& plan = finding.row.plan;
  if (finding.shares.differ) {
    return "Decide nothing by these numbers: " + SharesWords(finding) +
           ". Some were lost before they were counted, and those who are left are not alike; look "
           "for calls of one arm that end early.";
  }
  std::string words;
  for (std::size_t arm = 0; arm < plan.arms.size(); ++arm) {
    if (arm == plan.Control()) continue;
    words += (words.empty() ? "" : " ") + ArmAdvice(finding, arm);
  }
  return words;
}

std::string WeekWords(const ExperimentFinding& finding) {
  const ExperimentPlan& plan = finding.row.plan;
  if (finding.row.ended_s != 0 || finding.elapsed_s < kLeastElapsedS) return {};
  double users = 0;
  for (std::size_t i = 0; i < plan.arms.size(); ++i) {
    users += static_cast<double>(finding.row.users(i));
  }
  users *= static_cast<double>(kWeekS) / static_cast<double>(finding.elapsed_s);
  std::string measures;
  for (std::size_t m = 0; m < plan.measures.size(); ++m) {
    double least = 0;
    double now = 0;
    DifferenceScale scale;
    for (const Compared& one : finding.compared) {
      if (one.measure != m || one.half_width_in_a_week <= 0) continue;
      scale = ScaleOf(plan.measures[m], one);
      least = std::max(least, one.half_width_in_a_week * std::abs(scale.factor));
      now = std::max(now, std::max(one.high - one.difference, one.difference - one.low) *
                              std::abs(scale.factor));
    }
    if (least <= 0) continue;
    Append(measures,
           fmt::format("{} to ±{}{}{}", plan.measures[m].name, Short(least), scale.unit,
                       std::isfinite(now) ? fmt::format(" from ±{}{}", Short(now), scale.unit)
                                          : std::string()));
  }
  if (measures.empty()) return {};
  return fmt::format(
      "One more week at this traffic, about {} users, would narrow the intervals: {}.",
      Grouped(std::llround(users)), measures);
}

std::vector<std::string> MethodWords(const ExperimentPlan& plan) {
  std::vector<std::string> words;
  const bool apart = plan.correction == Correction::kNone;
  words.push_back(fmt::format("intervals hold however often one looks, {} with {} confidence",
                              apart ? "each" : "all together", Confidence(plan)));
  if (HasHorizon(plan)) {
    words.push_back(fmt::format(
        "p is of Welch's t or of two proportions{}, for one look at the end that was fixed "
        "beforehand",
        apart ? std::string() : fmt::format(", corrected by {}", CorrectionName(plan.correction))));
  } else {
    words.emplace_back("no end was fixed beforehand, so that no p-value means anything");
  }
  const bool has_percentile =
      std::any_of(plan.measures.begin(), plan.measures.end(),
                  [](const ExperimentPlan::Measure& one) { return one.percentile != 0; });
  if (has_percentile) {
    words.emplace_back("a percentile's difference is the share of users beyond the control's");
  }
  return words;
}

}  // namespace mlp
