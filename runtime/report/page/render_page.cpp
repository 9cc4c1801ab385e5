#include <fmt/format.h>

#include "runtime/report/figures.hpp"
#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"
#include "runtime/report/page/style.hpp"
#include "runtime/report/render.hpp"

namespace mlp {
namespace {

struct Section {
  const char* id;
  const char* link;
  std::string html;
};

std::string Heading(const Report& report) {
  std::string files;
  for (const std::string& file : report.files) files += (files.empty() ? "" : ", ") + file;
  std::string html = fmt::format("<header>\n<h1>Calls of {}</h1>\n", EscapeHtml(files));
  if (report.total.calls == 0) return html + "<p>No calls in this window.</p>\n</header>\n";
  return html + fmt::format("<p class=\"soft\">{} to {} UTC</p>\n</header>\n",
                            Minute(report.first_us), Minute(report.last_us));
}

std::string Notes(const Report& report) {
  std::string html;
  for (const std::string& remark : Remarks(report)) {
    html += fmt::format("<p class=\"note\">{}</p>\n", EscapeHtml(remark));
  }
  return html;
}

}  // namespace

std::string RenderReportHtml(const Report& report, const ReportPage& page) {
  // What is to be done stands first, that there is nothing near the end.
  const Section advice = {"advice", "Advice", AdviceSection(page)};
  const Section none = {"", "", ""};
  const Section sections[] = {
      page.advice.empty() ? none : advice,
      {"spend", "Money", SpendSection(report, page)},
      {"latency", "Latency", LatencySection(page)},
      {"outcomes", "Success", OutcomeSection(report, page)},
      {"flows", "Fallbacks", FlowSection(report, page)},
      {"cache", "Cache", CacheSection(report, page)},
      {"rollouts", "Rollouts", RolloutSection(report, page)},
      {"experiments", "Experiments", ExperimentSection(report)},
      page.advice.empty() ? advice : none,
      {"calendar", "Ahead", CalendarSection(page)},
      {"tables", "Tables", TableSection(report)},
  };
  std::string links;
  std::string body;
  for (const Section& section : sections) {
    if (section.html.empty()) continue;
    links += fmt::format("<a href=\"#{}\">{}</a>", section.id, section.link);
    body += section.html;
  }
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>mlp report</title>\n<style>{}</style>\n</head>\n<body>\n{}",
      PageStyle(), Heading(report));
  if (!links.empty()) html += "<nav aria-label=\"Sections\">" + links + "</nav>\n";
  html += "<main>\n";
  if (report.total.calls > 0) html += OverviewTiles(report, page);
  html += Notes(report) + body +
          "</main>\n<footer>Times are UTC; money is exact in the tables and "
          "rounded in plots. Made by mlp report.</footer>\n</body>\n</html>\n";
  return html;
}

}  // namespace mlp
