// Experiments: their arms, what differs with its intervals, and what follows.
#include <cmath>

#include <fmt/format.h>

#include "runtime/report/evidence/experiment_words.hpp"
#include "runtime/report/evidence/rollout_words.hpp"
#include "runtime/report/figures.hpp"
#include "runtime/report/page/forest.hpp"
#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"

namespace mlp {
namespace {

std::string Arms(const ExperimentRow& row) {
  HtmlRows rows;
  for (std::size_t i = 0; i < row.plan.arms.size(); ++i) {
    const ExperimentPlan::Arm& arm = row.plan.arms[i];
    rows.push_back({arm.name + (i == row.plan.Control() ? " (control)" : ""), arm.model,
                    ShareWords(arm.share_ppm), Grouped(row.users(i))});
  }
  return HtmlTable("Users by arm", {"Arm", "model", "share", "users"}, rows);
}

ForestRow RowOf(const ExperimentFinding& finding, const Compared& one) {
  const ExperimentPlan& plan = finding.row.plan;
  const ExperimentPlan::Measure& measure = plan.measures[one.measure];
  const DifferenceScale scale = ScaleOf(measure, one);
  ForestRow row;
  row.label = fmt::format("{} {}, {} {}", plan.arms[one.arm].name,
                          MeasureWords(measure.measured, one.value), plan.arms[plan.Control()].name,
                          MeasureWords(measure.measured, one.control));
  row.words = DifferenceWords(scale, one.difference);
  if (std::isfinite(one.low) && std::isfinite(one.high)) {
    row.words += fmt::format(" ({} to {})", DifferenceWords(scale, one.low),
                             DifferenceWords(scale, one.high));
  } else {
    row.words += " (no interval yet)";
  }
  if (HasHorizon(plan)) row.words += ", p " + PWords(one.adjusted_p);
  row.value = one.difference * scale.factor;
  row.low = one.low * scale.factor;
  row.high = one.high * scale.factor;
  row.colour = one.verdict == Verdict::kBetter  ? ForestRow::Colour::kGood
               : one.verdict == Verdict::kWorse ? ForestRow::Colour::kBad
                                                : ForestRow::Colour::kOpen;
  return row;
}

/// A plot for each measure: each has its own scale.
std::string Differences(const ExperimentFinding& finding) {
  const ExperimentPlan& plan = finding.row.plan;
  std::string html;
  for (std::size_t m = 0; m < plan.measures.size(); ++m) {
    std::vector<ForestRow> rows;
    std::string unit;
    for (const Compared& one : finding.compared) {
      if (one.measure != m || one.units == 0 || one.control_units == 0) continue;
      rows.push_back(RowOf(finding, one));
      unit = ScaleOf(plan.measures[m], one).unit;
    }
    html += RenderForest(plan.measures[m].name, rows, unit);
  }
  return html;
}

std::string ArticleOf(const ExperimentFinding& finding) {
  const ExperimentRow& row = finding.row;
  std::string html = fmt::format(
      "<article>\n<h3>{} <span class=\"tag {}\">{}</span></h3>\n"
      "<p class=\"soft\">In place of {}; {}.</p>\n{}",
      EscapeHtml(row.plan.name), row.ended_s == 0 ? "on" : "off",
      row.ended_s != 0     ? "ended"
      : row.started_s == 0 ? "waiting"
                           : "running",
      EscapeHtml(row.plan.replaced), EscapeHtml(StandingWords(finding)), Arms(row));
  if (row.started_s == 0) return html + "</article>\n";
  if (!finding.shares.differ) {
    html += fmt::format("<p class=\"soft\">Shares: {}.</p>\n", EscapeHtml(SharesWords(finding)));
  }
  html += fmt::format("<p class=\"note{}\">{}</p>\n", finding.shares.differ ? " alarm" : " say",
                      EscapeHtml(RecommendationWords(finding)));
  html += Differences(finding);
  const std::string week = WeekWords(finding);
  if (!week.empty()) html += fmt::format("<p>{}</p>\n", EscapeHtml(week));
  std::string notes;
  for (const std::string& note : MethodWords(row.plan)) {
    notes += fmt::format("<li>{}</li>", EscapeHtml(note));
  }
  return html + "<ul class=\"method\">" + notes + "</ul>\n</article>\n";
}

}  // namespace

std::string ExperimentSection(const Report& report) {
  std::string html;
  for (const ExperimentFinding& one : report.evidence.experiments) html += ArticleOf(one);
  return HtmlSection("experiments", "Experiments",
                     "Each user counts once, in the arm that its key draws. Bars are intervals of "
                     "the difference from the control; one that keeps clear of zero shows "
                     "something.",
                     html);
}

}  // namespace mlp
