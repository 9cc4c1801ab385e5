#include "runtime/report/evidence/evidence_text.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "runtime/report/evidence/experiment_words.hpp"
#include "runtime/report/evidence/rollout_words.hpp"
#include "runtime/report/figures.hpp"
#include "runtime/report/text_table.hpp"

namespace mlp {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::int64_t kMicros = 1'000'000;

std::string Paragraph(std::string_view words, std::size_t indent) {
  return mlp::Paragraph(words, indent, kWidth);
}

std::string Ramp(const RolloutRow& row) {
  std::string text = "ramp\n";
  for (std::size_t i = 0; i < row.plan.steps.size(); ++i) {
    const bool here = row.state.stage == RolloutStage::kStep && row.state.step == i;
    text += fmt::format("  {} {}\n", here ? '>' : ' ', StepWords(row.plan, row.plan.steps[i]));
  }
  return text;
}

std::string Arms(const ExperimentRow& row) {
  TextTable table({"Arm", "model", "share", "users", ""});
  for (std::size_t i = 0; i < row.plan.arms.size(); ++i) {
    const ExperimentPlan::Arm& arm = row.plan.arms[i];
    table.AddRow({arm.name, arm.model, ShareWords(arm.share_ppm), Grouped(row.users(i)),
                  i == row.plan.Control() ? "control" : ""});
  }
  return table.Render(kWidth);
}

std::string Comparisons(const ExperimentFinding& finding) {
  const ExperimentPlan& plan = finding.row.plan;
  const bool has_p = HasHorizon(plan);
  std::vector<std::string> heading = {"Measure",    "arm",  "value", "control",
                                      "difference", "from", "to"};
  if (has_p) heading.emplace_back("p");
  heading.emplace_back("shown");
  TextTable table(heading);
  for (const Compared& one : finding.compared) {
    const ExperimentPlan::Measure& measure = plan.measures[one.measure];
    const DifferenceScale scale = ScaleOf(measure, one);
    const bool some = one.units > 0 && one.control_units > 0;
    std::vector<std::string> cells = {
        measure.name,
        plan.arms[one.arm].name,
        one.units > 0 ? MeasureWords(measure.measured, one.value) : "-",
        one.control_units > 0 ? MeasureWords(measure.measured, one.control) : "-",
        some ? DifferenceWords(scale, one.difference) : "-",
        some ? DifferenceWords(scale, one.low) : "-",
        some ? DifferenceWords(scale, one.high) : "-"};
    if (has_p) cells.push_back(some ? PWords(one.adjusted_p) : "-");
    cells.emplace_back(ToString(one.verdict));
    table.AddRow(std::move(cells));
  }
  return table.Render(kWidth);
}

}  // namespace

std::string RolloutLines(const RolloutRow& row, std::int64_t now_s) {
  return fmt::format("{}: {} -> {}\n", row.plan.name, row.plan.from, row.plan.to) +
         Paragraph(StandingWords(row, now_s), 2);
}

std::string RolloutText(const RolloutFinding& finding, std::int64_t now_s) {
  const RolloutRow& row = finding.story.row;
  std::string text = fmt::format("rollout {} of policy {}: {} -> {}, salt \"{}\"\n", row.plan.name,
                                 row.plan.policy, row.plan.from, row.plan.to, row.plan.salt) +
                     Paragraph(StandingWords(row, now_s), 2) + Ramp(row);
  if (!finding.standing.empty()) text += "evidence\n";
  for (const CriterionStanding& one : finding.standing) {
    text += fmt::format("  {:<9} {}\n", one.proof ? "prove" : "rollback", one.words) +
            Paragraph(ArmsWords(one) + "; " + EvidenceWords(one), 12);
  }
  text += "log\n";
  for (const RolloutChangeRecord& one : finding.story.changes) {
    text += fmt::format("  {} UTC  {}, {} -> {}\n", Minute(one.at_s * kMicros), one.change,
                        ShareWords(one.from_ppm), ShareWords(one.to_ppm)) +
            Paragraph(one.because, 12);
  }
  return text;
}

std::string ExperimentLines(const ExperimentFinding& finding) {
  const ExperimentPlan& plan = finding.row.plan;
  std::string arms;
  for (const ExperimentPlan::Arm& arm : plan.arms) {
    arms += fmt::format("{}{} {} ({})", arms.empty() ? "" : ", ", ShareWords(arm.share_ppm),
                        arm.name, arm.model);
  }
  return plan.name + ": " + arms + "\n" + Paragraph(StandingWords(finding), 2);
}

std::string ExperimentText(const ExperimentFinding& finding) {
  const ExperimentPlan& plan = finding.row.plan;
  std::string text = fmt::format("experiment {} of policy {}, in place of {}\n", plan.name,
                                 plan.policy, plan.replaced) +
                     Paragraph(StandingWords(finding), 2) + "\n" + Arms(finding.row);
  const bool came = finding.row.started_s != 0;
  if (came && !finding.shares.differ) text += Paragraph("shares: " + SharesWords(finding), 0);
  if (!finding.compared.empty()) {
    text += "\n" + Comparisons(finding);
    for (const std::string& note : MethodWords(plan)) text += Paragraph("note: " + note, 0);
    text += "\n" + Paragraph(RecommendationWords(finding), 0);
  }
  return text + Paragraph(WeekWords(finding), 0);
}

std::string EvidenceText(const Evidence& evidence) {
  std::string text;
  for (const RolloutFinding& one : evidence.rollouts) {
    text += (text.empty() ? "Rollouts\n" : "") + RolloutLines(one.story.row, evidence.now_s);
  }
  const bool has_rollouts = !text.empty();
  for (const ExperimentFinding& one : evidence.experiments) {
    if (&one == &evidence.experiments.front()) {
      text += has_rollouts ? "\nExperiments\n" : "Experiments\n";
    }
    text += ExperimentLines(one) + Paragraph(RecommendationWords(one), 2);
  }
  return text;
}

}  // namespace mlp
