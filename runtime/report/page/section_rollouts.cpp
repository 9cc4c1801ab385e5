// Rollouts: where they stand, their evidence over time, and each change with what caused it.
#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "runtime/core/evidence/wilson.hpp"
#include "runtime/report/evidence/rollout_words.hpp"
#include "runtime/report/figures.hpp"
#include "runtime/report/page/chart.hpp"
#include "runtime/report/page/course_chart.hpp"
#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"
#include "runtime/report/since.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
/// The newest; more are lines of a table.
constexpr std::size_t kMostDrawn = 8;
constexpr double kAlpha = 0.05;

std::string RateWords(const PageArm& arm) {
  if (arm.units == 0) return "-";
  const Interval interval = WilsonInterval(static_cast<std::uint64_t>(arm.failing_units),
                                           static_cast<std::uint64_t>(arm.units));
  return fmt::format("{:.2f}% ({:.2f}% to {:.2f}%)",
                     100 * static_cast<double>(arm.failing_units) / static_cast<double>(arm.units),
                     100 * interval.low, 100 * interval.high);
}

std::vector<std::string> ArmRow(const char* name, const PageArm& arm) {
  return {name, Grouped(arm.calls), Grouped(arm.units), Grouped(arm.failing_units), RateWords(arm)};
}

std::string ArmTable(const PageRollout& rollout) {
  return "<p class=\"soft\">Calls of this window: a unit fails whose first attempt failed at least "
         "once, the share with Wilson's interval of 95%.</p>\n" +
         HtmlTable("Calls of this window", {"Arm", "calls", "units", "failing units", "share"},
                   {ArmRow("canary", rollout.canary), ArmRow("stable", rollout.stable)});
}

/// What the records alone say, where no ledger has the rollout.
std::string OfRecords(const ReportPage& page, const PageRollout& rollout) {
  Chart chart;
  chart.title = fmt::format("Evidence that {} harms", rollout.name);
  chart.columns = false;
  chart.is_signed = true;
  chart.start_us = page.start_us;
  chart.slot_us = page.slot_us;
  chart.series = {{"ln E", 5, rollout.harm}};
  chart.levels = {{-std::log(kAlpha), "harm shown (95%)"}};
  chart.words = [](double value) { return fmt::format("{:.3g}", value); };
  return fmt::format(
             "<article>\n<h3>{}</h3>\n<p class=\"soft\">From the records of this window alone; no "
             "ledger beside the store has it. The curve is the log of the e-value that the canary "
             "fails more often than the stable arm.</p>\n",
             EscapeHtml(rollout.name)) +
         ArmTable(rollout) + RenderChart(chart) + "</article>\n";
}

std::string Tag(const RolloutState& state) {
  const bool active = state.stage == RolloutStage::kStep || state.stage == RolloutStage::kHoldback;
  std::string words(ToString(state.stage));
  std::string colour = "on";
  if (state.stage == RolloutStage::kRolledBack) {
    words = "rolled back";
    colour = "retires";
  } else if (state.stage == RolloutStage::kDone) {
    colour = "done";
  } else if (active && state.hold != RolloutHold::kNone) {
    words = "held";
    colour = "deprecated";
  } else if (state.stage == RolloutStage::kStep) {
    words = "under way";
  }
  return fmt::format("<span class=\"tag {}\">{}</span>", colour, words);
}

std::string Ramp(const RolloutRow& row) {
  std::string html = "<ol class=\"ramp\">";
  for (std::size_t i = 0; i < row.plan.steps.size(); ++i) {
    const RolloutStage stage = row.state.stage;
    const bool here = stage == RolloutStage::kStep && row.state.step == i;
    const bool past = stage == RolloutStage::kDone || stage == RolloutStage::kHoldback ||
                      (stage == RolloutStage::kStep && i < row.state.step);
    html += fmt::format("<li class=\"{}\">{}</li>",
                        here   ? "here"
                        : past ? "past"
                               : "",
                        EscapeHtml(StepWords(row.plan, row.plan.steps[i])));
  }
  return html + "</ol>\n";
}

std::string Criterion(const CriterionStanding& one) {
  const double part =
      one.needed > 0 ? std::clamp(one.log_evidence / one.needed, 0.0, 1.0) : (one.holds ? 1 : 0);
  return fmt::format(
      "<li><div class=\"head\"><b>{} {}</b><span{}>{}</span></div>"
      "<div class=\"track {}\" aria-hidden=\"true\"><i style=\"width:{:.1f}%\"></i></div>"
      "<span class=\"soft\">{}</span></li>\n",
      one.proof ? "prove" : "rollback when", EscapeHtml(one.words),
      one.holds ? (one.proof ? " class=\"ok\"" : " class=\"over\"") : "",
      EscapeHtml(EvidenceWords(one)), one.proof ? "c3" : "c5", 100 * part,
      EscapeHtml(ArmsWords(one)));
}

std::string Log(const RolloutFinding& finding) {
  std::string html = "<ol class=\"log\">\n";
  for (const RolloutChangeRecord& one : finding.story.changes) {
    const std::string at = Minute(one.at_s * kMicros);
    html += fmt::format(
        "<li><time datetime=\"{}\">{}</time><span><b>{}</b>{}<span class=\"soft\">{}</span></span>"
        "</li>\n",
        FormatInstant(one.at_s * kMicros), at, EscapeHtml(one.change),
        one.from_ppm == one.to_ppm
            ? ""
            : fmt::format(" {} → {}", ShareWords(one.from_ppm), ShareWords(one.to_ppm)),
        EscapeHtml(one.because));
  }
  return html + "</ol>\n";
}

std::string OfLedger(const RolloutFinding& finding, std::int64_t now_s,
                     const PageRollout* records) {
  const RolloutRow& row = finding.story.row;
  std::string html =
      fmt::format("<article>\n<h3>{} {}</h3>\n<p class=\"soft\">{} → {}; {}.</p>\n{}",
                  EscapeHtml(row.plan.name), Tag(row.state), EscapeHtml(row.plan.from),
                  EscapeHtml(row.plan.to), EscapeHtml(StandingWords(row, now_s)), Ramp(row));
  if (!finding.standing.empty()) {
    html += "<ul class=\"bars\">\n";
    for (const CriterionStanding& one : finding.standing) html += Criterion(one);
    html += "</ul>\n";
  }
  const RolloutCourse course = CourseOf(finding.story.log);
  html += RenderCourse(course, row.state.ended_s == 0 ? now_s : row.state.ended_s);
  if (!course.difference.empty()) {
    html += fmt::format("<p class=\"note alarm\">The log does not lead to this state: {}</p>\n",
                        EscapeHtml(course.difference));
  }
  html += Log(finding);
  if (records != nullptr) html += ArmTable(*records);
  return html + "</article>\n";
}

const PageRollout* RecordsOf(const ReportPage& page, const std::string& name) {
  const auto found = std::find_if(page.rollouts.begin(), page.rollouts.end(),
                                  [&](const PageRollout& one) { return one.name == name; });
  return found == page.rollouts.end() ? nullptr : &*found;
}

/// Those that go on first, then the newest end.
std::vector<const RolloutFinding*> InOrder(const Evidence& evidence) {
  std::vector<const RolloutFinding*> order;
  for (const RolloutFinding& one : evidence.rollouts) order.push_back(&one);
  const auto end = [](const RolloutFinding* one) {
    const std::int64_t ended_s = one->story.row.state.ended_s;
    return ended_s == 0 ? INT64_MAX : ended_s;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const auto* a, const auto* b) { return end(a) > end(b); });
  return order;
}

}  // namespace

std::string RolloutSection(const Report& report, const ReportPage& page) {
  const Evidence& evidence = report.evidence;
  const std::vector<const RolloutFinding*> order = InOrder(evidence);
  std::string html;
  HtmlRows older;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const RolloutRow& row = order[i]->story.row;
    if (i < kMostDrawn) {
      html += OfLedger(*order[i], evidence.now_s, RecordsOf(page, row.plan.name));
    } else {
      older.push_back(
          {row.plan.name, row.plan.from, row.plan.to, StandingWords(row, evidence.now_s)});
    }
  }
  html += HtmlTable("Earlier rollouts", {"Rollout", "from", "to", "stands"}, older);
  for (const PageRollout& one : page.rollouts) {
    const bool known = std::any_of(order.begin(), order.end(), [&](const RolloutFinding* finding) {
      return finding->story.row.plan.name == one.name;
    });
    if (!known) html += OfRecords(page, one);
  }
  return HtmlSection("rollouts", "Rollouts",
                     "A curve is the log of an e-value: looking at it any time keeps its "
                     "confidence. At the dashed line it is shown.",
                     html);
}

}  // namespace mlp
