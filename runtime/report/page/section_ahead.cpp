// Rollouts with their evidence, and what changes by itself.
#include <cmath>

#include <fmt/format.h>

#include "runtime/core/evidence/wilson.hpp"
#include "runtime/report/figures.hpp"
#include "runtime/report/page/chart.hpp"
#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"
#include "runtime/report/since.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
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

std::string Rollout(const ReportPage& page, const PageRollout& rollout) {
  std::string html = fmt::format("<h3>{}</h3>\n", EscapeHtml(rollout.name));
  html += HtmlTable("Units whose first attempt failed at least once, with Wilson's interval of 95%",
                    {"Arm", "calls", "units", "failing units", "share"},
                    {ArmRow("canary", rollout.canary), ArmRow("stable", rollout.stable)});
  Chart chart;
  chart.title = fmt::format("Evidence that {} harms", rollout.name);
  chart.columns = false;
  chart.is_signed = true;
  chart.start_us = page.start_us;
  chart.slot_us = page.slot_us;
  chart.series = {{"ln E", 5, rollout.harm}};
  chart.levels = {{-std::log(kAlpha), "harm shown (95%)"}};
  chart.words = [](double value) { return fmt::format("{:.3g}", value); };
  return html + RenderChart(chart);
}

std::string Month(std::int64_t at_s) { return FormatInstant(at_s * kMicrosPerSecond).substr(0, 7); }

}  // namespace

std::string RolloutSection(const ReportPage& page) {
  std::string html;
  for (const PageRollout& rollout : page.rollouts) html += Rollout(page, rollout);
  return HtmlSection(
      "rollouts", "Rollouts",
      "From the records of this window alone: a unit counts once, in the arm and at "
      "the time it was first seen. The curve is the log of the e-value that the canary "
      "fails more often than the stable arm; looking at it any time keeps its 95%.",
      html);
}

std::string CalendarSection(const ReportPage& page) {
  if (!page.has_policy) return {};
  if (page.dates.empty()) {
    return HtmlSection("calendar", "Ahead", "",
                       "<p>Nothing changes by itself within a year.</p>\n");
  }
  std::string html;
  std::string month;
  for (const PageDate& date : page.dates) {
    if (Month(date.at_s) != month) {
      if (!month.empty()) html += "</ul>\n";
      month = Month(date.at_s);
      html += fmt::format("<h3>{}</h3>\n<ul class=\"dates\">\n", month);
    }
    const std::string day = FormatInstant(date.at_s * kMicrosPerSecond).substr(0, 10);
    const std::string tag = date.what.substr(0, date.what.find(' '));
    html += fmt::format(
        "<li><time datetime=\"{0}\">{0}</time><span class=\"tag {1}\">{2}</span>"
        "<span>{3}{4}<span class=\"soft\">{5}</span></span></li>\n",
        day, tag, date.what,
        date.model.empty() ? "" : fmt::format("<b>{}</b> ", EscapeHtml(date.model)),
        EscapeHtml(date.words),
        date.calls > 0 ? fmt::format("; {} calls here tried it", Grouped(date.calls)) : "");
  }
  return HtmlSection("calendar", "Ahead",
                     "What the policy's models do by themselves within a year (UTC).",
                     html + "</ul>\n");
}

}  // namespace mlp
